//! `store backup` and `store restore`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::super::answer::{Exit, Failure, bytes, print, print_json, progress_bar};
use crate::clock;
use crate::config::Config;
use crate::daemon;
use crate::store::{self, Backup, BackupError, Existing};
use crate::text::counted;

#[derive(Debug, Args)]
pub(in crate::cli) struct BackupArgs {
    /// The file to make
    file: PathBuf,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct RestoreArgs {
    /// A file that `store backup` made
    file: PathBuf,
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        let exit = match error {
            BackupError::Store(_) | BackupError::InUse { .. } => Exit::Unavailable,
            BackupError::Exists { .. } | BackupError::Same { .. } | BackupError::Name { .. } => Exit::Usage,
            BackupError::File { .. } => Exit::Io,
            BackupError::Damaged { .. } => Exit::Data,
        };
        Self::of(exit, &error)
    }
}

/// Stopped by hand, what is half-written goes, and nothing else has changed.
async fn unless_stopped<T>(work: impl Future<Output = Result<T, BackupError>>) -> Result<T, Failure> {
    tokio::select! {
        done = work => Ok(done?),
        Ok(()) = tokio::signal::ctrl_c() => Err(Failure::new(Exit::Failed, "stopped; nothing was changed")),
    }
}

pub(super) async fn backup(args: BackupArgs, config: Config) -> Result<Exit, Failure> {
    let existing = match args.force {
        true => Existing::Replace,
        false => Existing::Keep,
    };
    let bar = progress_bar();
    let told = |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    };
    let made = unless_stopped(store::backup(&config.store.path, &args.file, existing, told)).await;
    bar.finish_and_clear();
    let made = made?;
    if args.json {
        print_json(&made)?;
    } else {
        print(&text(&made))?;
    }
    Ok(Exit::Ok)
}

pub(super) async fn restore(args: RestoreArgs, config: Config) -> Result<Exit, Failure> {
    let store = &config.store.path;
    let _lock = daemon::lock(store)?;
    let bar = progress_bar();
    let told = |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    };
    let restored = unless_stopped(store::restore(&args.file, store, clock::now(), told)).await;
    bar.finish_and_clear();
    let restored = restored?;
    if args.json {
        print_json(&restored)?;
        return Ok(Exit::Ok);
    }
    let kept = restored.kept.as_deref().map(kept).unwrap_or_default();
    print(&format!(
        "{}{kept}\nnow start Dateline: systemctl start dateline.socket dateline.service",
        text(&restored.backup)
    ))?;
    Ok(Exit::Ok)
}

/// What stays, and for how long.
fn kept(store: &Path) -> String {
    let mut log = store.as_os_str().to_owned();
    log.push("-wal");
    let with = match Path::new(&log).exists() {
        true => " and its -wal, which belongs to it",
        false => "",
    };
    format!(
        "\nthe store that was there: {}{with}; remove it when all is well",
        store.display()
    )
}

fn text(made: &Backup) -> String {
    let rows = |table: &str| made.rows.get(table).copied().unwrap_or_default();
    format!(
        "{}: {}, {}, {}, schema {}; read through, and whole",
        made.path.display(),
        counted(rows("article"), "article"),
        counted(rows("poll"), "poll"),
        bytes(made.bytes),
        made.schema
    )
}
