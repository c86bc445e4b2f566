//! `store check`.

use clap::Args;

use super::super::answer::{Exit, Failure, print, print_json, progress_bar};
use crate::config::Config;
use crate::store::{Checked, Depth, Store};

#[derive(Debug, Args)]
pub(in crate::cli) struct CheckArgs {
    /// Faster: do not compare indexes to their tables
    #[arg(long)]
    quick: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn check(args: CheckArgs, config: Config) -> Result<Exit, Failure> {
    let depth = match args.quick {
        true => Depth::Quick,
        false => Depth::Whole,
    };
    let store = match Store::open_read_only(&config.store.path).await {
        Ok(store) => store,
        Err(error) => return told(&args, &[Checked::of_damage(&error).ok_or(error)?]),
    };
    let bar = progress_bar();
    let progress = |what: &'static str, done: usize, all: usize| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
        bar.set_message(what);
    };
    let checked = store.check(depth, progress).await;
    bar.finish_and_clear();
    told(&args, &checked?)
}

fn told(args: &CheckArgs, checked: &[Checked]) -> Result<Exit, Failure> {
    if args.json {
        print_json(&checked)?;
    } else {
        print(&text(checked))?;
    }
    let is_well = checked.iter().all(|checked| checked.mistakes.is_empty());
    Ok(if is_well { Exit::Ok } else { Exit::Failed })
}

fn text(checked: &[Checked]) -> String {
    let mut lines = Vec::new();
    for Checked { what, mistakes } in checked {
        match mistakes.is_empty() {
            true => lines.push(format!("yes  {what}")),
            false => lines.push(format!("NO   {what}")),
        }
        lines.extend(mistakes.iter().map(|mistake| format!("       {mistake}")));
    }
    if checked.iter().any(|checked| !checked.mistakes.is_empty()) {
        lines.push(
            "restore a backup (`dateline store restore`), or save what can be read with `sqlite3 FILE .recover`"
                .to_owned(),
        );
    }
    lines.join("\n")
}
