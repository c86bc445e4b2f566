//! `store`: care of the file.

mod backup;
mod check;
mod schema;
mod stats;

use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::answer::{Exit, Failure, bytes, print, print_json, progress_bar, table, time};
use crate::clock;
use crate::config::{self, Config};
use crate::store::{Pruned, Retention, Store};

#[derive(Debug, Subcommand)]
pub(super) enum StoreCommand {
    /// Remove articles that are old and that no source shows any more; they do not come back as new
    #[command(after_help = "Example: dateline store prune --older-than 730d --dry-run\n\
        Both conditions must hold. Polls may go on meanwhile. The file does not shrink: what is freed is used again.")]
    Prune(PruneArgs),
    /// Copy the store into one file, while the daemon runs; the copy is read through before it gets its name
    #[command(after_help = "Example: dateline store backup /root/dateline-$(date +%F).sqlite\n\
        The file is whole by itself, without free pages. One that is there already stays, unless --force is given.")]
    Backup(backup::BackupArgs),
    /// Put a backup in the place of the store; the store that was there stays beside it
    #[command(
        after_help = "Example: systemctl stop dateline.socket dateline.service && dateline store restore backup.sqlite\n\
        Refused while a daemon or another process has the store open. The backup is read through first; a bad one changes nothing.\n\
        What was there is kept as STORE.before-TIME."
    )]
    Restore(backup::RestoreArgs),
    /// Look the store through: is the file whole, and do its rows belong together? Exit 1 if not
    #[command(
        after_help = "Example: dateline store check && echo well\nReads all of it, beside a running daemon or without one."
    )]
    Check(check::CheckArgs),
    /// What the store holds and what takes the room: rows and bytes of tables, free pages, the log, outputs
    #[command(after_help = "Example: dateline store stats --json | jq '.tables[] | select(.rows > 100000) | .name'")]
    Stats(stats::StatsArgs),
    /// Explain the views that people and programs read: each column, with its unit
    #[command(
        after_help = "Examples:\n  dateline store schema v_poll\n  dateline store schema --sql\n\
        deploy/datasette-metadata.json tells Datasette the same, with queries to begin with."
    )]
    Schema(schema::SchemaArgs),
    /// Let SQLite plan its searches by what the store holds now, and give free space back to the disk
    #[command(after_help = "Example: dateline store prune && dateline store optimize\n\
        The daemon does it once a day. Works in small transactions, beside the polls.")]
    Optimize {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
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

/// `load` gives the configuration, `of_store` the defaults too where that cannot be had.
pub(super) async fn run(
    command: StoreCommand,
    load: impl FnOnce() -> Result<Config, Failure>,
    of_store: impl FnOnce() -> Result<Config, Failure>,
) -> Result<Exit, Failure> {
    match command {
        // It minds `window` of [dedup].
        StoreCommand::Prune(args) => prune(args, load()?).await,
        StoreCommand::Backup(args) => backup::backup(args, of_store()?).await,
        StoreCommand::Restore(args) => backup::restore(args, of_store()?).await,
        StoreCommand::Check(args) => check::check(args, of_store()?).await,
        StoreCommand::Stats(args) => stats::stats(args, of_store()?).await,
        StoreCommand::Schema(args) => schema::schema(&args).await,
        StoreCommand::Optimize { json } => optimize(json, of_store()?).await,
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
    let window = Window {
        received_before: now - retention.older_than,
        not_shown_since: now - retention.unseen_for,
    };
    if args.json {
        print_json(&Told { window, pruned })?;
    } else {
        let went = if args.dry_run { "would go" } else { "went" };
        print(&format!("{}\n\n{}", window.told(), text(&pruned, went)))?;
    }
    Ok(Exit::Ok)
}

/// What a removal asked of an article: both.
#[derive(Debug, Clone, Copy, Serialize)]
struct Window {
    received_before: DateTime<Utc>,
    not_shown_since: DateTime<Utc>,
}

impl Window {
    fn told(self) -> String {
        format!(
            "received and changed before {}, and not shown since {}",
            time(Some(self.received_before)),
            time(Some(self.not_shown_since))
        )
    }
}

#[derive(Debug, Serialize)]
struct Told {
    #[serde(flatten)]
    window: Window,
    #[serde(flatten)]
    pruned: Pruned,
}

async fn optimize(json: bool, config: Config) -> Result<Exit, Failure> {
    let store = existing(&config).await?;
    let done = store.optimize().await;
    store.close().await?;
    let done = done?;
    if json {
        print_json(&done)?;
    } else {
        let given = bytes(done.bytes.unsigned_abs());
        print(&format!(
            "{}: optimised; {given} given back to the disk",
            config.store.path.display()
        ))?;
    }
    Ok(Exit::Ok)
}

/// The store for writing; care of a store makes none.
async fn existing(config: &Config) -> Result<Store, Failure> {
    Store::open_read_only(&config.store.path).await?.close().await?;
    Ok(Store::open(&config.store.path).await?)
}

async fn remove(config: &Config, retention: Retention, now: DateTime<Utc>) -> Result<Pruned, Failure> {
    let store = existing(config).await?;
    let bar = progress_bar();
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
