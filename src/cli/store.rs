//! `store`: care of the file.

use std::time::Duration;

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};

use super::answer::{Exit, Failure, print, print_json, table, time};
use crate::clock;
use crate::config::{self, Config};
use crate::store::{Pruned, Retention, Store};

#[derive(Debug, Subcommand)]
pub(super) enum StoreCommand {
    /// Remove articles that are old and that no source shows any more; they do not come back as new
    #[command(after_help = "Example: dateline store prune --older-than 730d --dry-run\n\
        Both conditions must hold. Polls may go on meanwhile. The file does not shrink: what is freed is used again.")]
    Prune(PruneArgs),
}

#[derive(Debug, Args)]
pub(super) struct PruneArgs {
    /// What was received or changed within this time stays; also polls, and what is remembered of removed articles
    #[arg(long, value_name = "AGE", default_value = "365d", value_parser = config::duration)]
    older_than: Duration,
    /// What a source has shown within this time stays
    #[arg(long, value_name = "AGE", default_value = "30d", value_parser = config::duration)]
    unseen_for: Duration,
    /// Count and print, remove nothing
    #[arg(long)]
    dry_run: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(command: StoreCommand, config: Config) -> Result<Exit, Failure> {
    match command {
        StoreCommand::Prune(args) => prune(args, config).await,
    }
}

async fn prune(args: PruneArgs, config: Config) -> Result<Exit, Failure> {
    if args.older_than < config.dedup.window {
        return Err(Failure::new(
            Exit::Usage,
            "--older-than is shorter than `window` of [dedup]: what a copy or a correction may still look for must stay".to_owned(),
        ));
    }
    let retention = Retention {
        older_than: clock::span(args.older_than),
        unseen_for: clock::span(args.unseen_for),
    };
    let now = clock::now();
    let pruned = if args.dry_run {
        let store = Store::open_read_only(&config.store.path).await?;
        store.prunable(retention, now).await?
    } else {
        remove(&config, retention, now).await?
    };
    if args.json {
        print_json(&pruned)?;
    } else {
        print(&text(&pruned, if args.dry_run { "would go" } else { "went" }))?;
    }
    Ok(Exit::Ok)
}

async fn remove(config: &Config, retention: Retention, now: chrono::DateTime<chrono::Utc>) -> Result<Pruned, Failure> {
    // A purge makes no store.
    Store::open_read_only(&config.store.path).await?.close().await?;
    let store = Store::open(&config.store.path).await?;
    let bar = ProgressBar::no_length();
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {percent}%  {elapsed} gone, {eta} to go") {
        bar.set_style(style);
    }
    let told = |done: usize, all: usize| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    };
    let pruned = store.prune(retention, now, told).await;
    bar.finish_and_clear();
    let pruned = pruned?;
    store.close().await?;
    Ok(pruned)
}

fn text(pruned: &Pruned, went: &str) -> String {
    let counts = [
        ("articles", pruned.articles),
        ("versions", pruned.versions),
        ("sightings", pruned.sightings),
        ("stories", pruned.stories),
        ("polls", pruned.polls),
        ("rejects", pruned.rejects),
        ("tombstones", pruned.tombstones),
    ];
    let rows = counts
        .iter()
        .map(|(name, count)| vec![(*name).to_owned(), count.to_string()]);
    let table = table(&["what", went], rows);
    match (pruned.oldest, pruned.newest) {
        (Some(oldest), Some(newest)) => format!(
            "{table}\n\narticles received from {} to {}",
            time(Some(oldest)),
            time(Some(newest))
        ),
        (None, _) | (_, None) => table,
    }
}
