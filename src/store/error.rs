//! What can go wrong with the store, and what a person does about it.

use std::path::{Path, PathBuf};

use sqlx::migrate::MigrateError;

use super::place::Displacement;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Reading a store that nobody made yet.
    #[error("there is no store at {}; `dateline run` or `dateline poll` makes one, --store names another", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// This user may not look at the file.
    #[error(
        "this user may not read the store {} ({source}); run this as root or as the user that owns it (sudo -u USER), or let its group read it",
        path.display()
    )]
    Denied {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Nobody has it open, and this user may not make the index of its log.
    #[error(
        "{} may be read by who may write into its folder, or beside a process that has it open (SQLite keeps an index of its log there): run \
         this as root or as the user that owns it (sudo -u USER), or while Dateline runs",
        path.display()
    )]
    Unshared {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: sqlx::Error,
    },
    /// The directory of the store cannot be made.
    #[error("cannot make the directory {} for the store ({source}); make it, or choose another [store] path", path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Some other file.
    #[error("{} is not an SQLite database; it was left as it is: move it away, or choose another [store] path", path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// A database of another program.
    #[error("{} is a database of another program; it was left as it is: choose another [store] path", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Written by a newer release of Dateline.
    #[error(
        "{} has schema {found}, this Dateline knows {known}; run the newer Dateline, or restore the backup made before the upgrade",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest that we know.
        known: i64,
    },
    /// Written by an older release; reading alone cannot bring it up to date.
    #[error("{} has schema {found}, this Dateline reads {known}; start `dateline run` once to bring it up to date", path.display())]
    Older {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The one that we read.
        known: i64,
    },
    /// No right to write, or a read-only file system, or opened for reading.
    #[error("{} cannot be written; give this user write access to the file and to its directory", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: sqlx::Error,
    },
    /// The disk is full.
    #[error("no space left for {}; nothing was half-written: free some space and the next poll goes on", path.display())]
    Full {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: sqlx::Error,
    },
    /// Another process, or a long queue, holds the write lock.
    #[error("{} is locked by another process ({doing}); close what writes to it", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
        /// What we were at.
        doing: &'static str,
        /// What SQLite said.
        source: sqlx::Error,
    },
    /// The file that is open does not stand at its path any more.
    #[error("{}", super::place::told(path, what))]
    Displaced {
        /// Where it stood.
        path: PathBuf,
        /// What is there now.
        what: Displacement,
    },
    /// The file is damaged.
    #[error("{} is damaged ({doing}); restore a backup, or save what can be read with `sqlite3 FILE .recover`", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What we were at.
        doing: &'static str,
        /// What SQLite said.
        source: sqlx::Error,
    },
    /// Damage was met since it was opened.
    #[error(
        "damage was found in the store: {found}. What can still be read is served and what can still be kept is kept, until a backup is restored"
    )]
    Unsound {
        /// The failure that found it, which names the file and what to do.
        found: String,
    },
    /// The file cannot be opened or read: missing rights, a directory in its place, a failing disk.
    #[error("cannot open {} ({doing}); check its path, its rights and the disk", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What we were at.
        doing: &'static str,
        /// What SQLite said.
        source: sqlx::Error,
    },
    /// The schema could not be brought up to date; the file is as it was.
    #[error("cannot bring the schema of {} up to date; it was left as it was, please report this", path.display())]
    Migration {
        /// The file.
        path: PathBuf,
        /// What failed.
        source: MigrateError,
    },
    /// A stored value that we did not write.
    #[error("{table}.{column} holds {text:?}, which Dateline never writes; was the store edited by hand?")]
    Value {
        /// Table or view.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// What stands there, shortened.
        text: String,
    },
    /// Anything else that SQL can say: a fault of ours.
    #[error("the store failed while {doing}; please report this")]
    Sql {
        /// What we were at.
        doing: &'static str,
        /// What SQLite said.
        source: sqlx::Error,
    },
}

impl StoreError {
    /// Is it over as soon as there is room again, another process or disk lets go, or the file is back?
    pub(crate) fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::Full { .. }
                | Self::Busy { .. }
                | Self::ReadOnly { .. }
                | Self::Unreadable { .. }
                | Self::Displaced { .. }
        )
    }

    /// Is it the store's, and neither that of what was to be kept nor ours?
    pub(crate) fn is_of_the_store(&self) -> bool {
        self.may_pass() || self.is_damage()
    }

    /// Is the file other than SQLite wrote it?
    pub(crate) fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged { .. } | Self::NotADatabase { .. })
    }

    /// Of a store that was one when it was opened.
    #[allow(clippy::wildcard_enum_match_arm)] // one kind is told anew, whatever the others are
    pub(super) fn while_open(self, path: &Path) -> Self {
        match self {
            Self::Sql { doing, source } if primary_code(&source) == Some(26) => Self::Damaged {
                path: path.to_owned(),
                doing,
                source,
            },
            other => other.at(path),
        }
    }

    /// Sorts SQLite's result codes (<https://sqlite.org/rescode.html>) by what a person can do.
    pub(crate) fn of(path: &Path, doing: &'static str, source: sqlx::Error) -> Self {
        let path = path.to_owned();
        match primary_code(&source) {
            Some(8) => Self::ReadOnly { path, source },
            Some(13) => Self::Full { path, source },
            Some(5 | 6) => Self::Busy { path, doing, source },
            Some(11) => Self::Damaged { path, doing, source },
            Some(26) => Self::NotADatabase { path },
            Some(3 | 10 | 14 | 23) => Self::Unreadable { path, doing, source },
            Some(_) => Self::Sql { doing, source },
            None if matches!(source, sqlx::Error::PoolTimedOut) => Self::Busy { path, doing, source },
            None => Self::Sql { doing, source },
        }
    }

    /// Of who only reads: there is something else to be written than the store.
    #[allow(clippy::wildcard_enum_match_arm)] // one kind is told anew, whatever the others are
    pub(super) fn while_reading(self) -> Self {
        match self {
            Self::ReadOnly { path, source } => Self::Unshared { path, source },
            other => other,
        }
    }

    /// Statements deep in this room know what they were at but not of which file.
    #[allow(clippy::wildcard_enum_match_arm)] // as above
    fn at(self, path: &Path) -> Self {
        match self {
            Self::Sql { doing, source } => Self::of(path, doing, source),
            placed => placed,
        }
    }

    #[allow(clippy::wildcard_enum_match_arm)] // as above
    pub(super) fn of_migration(path: &Path, source: MigrateError) -> Self {
        if let MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _) = source {
            return match Self::of(path, "bringing its schema up to date", cause) {
                Self::Sql { source, .. } => Self::Migration {
                    path: path.to_owned(),
                    source: MigrateError::Execute(source),
                },
                told => told,
            };
        }
        Self::Migration {
            path: path.to_owned(),
            source,
        }
    }

    pub(super) fn value(table: &'static str, column: &'static str, text: &str) -> Self {
        Self::Value {
            table,
            column,
            text: text.chars().take(80).collect(),
        }
    }
}

/// The low byte of an extended result code is the primary one.
fn primary_code(error: &sqlx::Error) -> Option<i32> {
    error
        .as_database_error()?
        .code()?
        .parse::<i32>()
        .ok()
        .map(|code| code & 0xff)
}

/// Says where we were when SQL failed.
pub(super) fn fail(doing: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
    move |source| StoreError::Sql { doing, source }
}
