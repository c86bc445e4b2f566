//! A copy of the store, made while others write to it, and a store put back from such a copy.
//!
//! `VACUUM INTO` reads one instant of the store and writes a file without free pages and without a log. The copy stands under a name of
//! its own until it has been read through and is on the disk; then it is renamed. What stops before leaves what was there.

use std::collections::BTreeMap;
use std::fs::{File, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};
use tempfile::NamedTempFile;

use super::place::alone;
use super::{StoreError, inspect, options, readable};

/// How often the growing copy is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// What becomes of a file that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and there is no backup.
    Keep,
    /// The backup takes its place, once it is whole.
    Replace,
}

/// A backup that was made, and read through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Backup {
    /// The file.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Its schema.
    pub schema: i64,
    /// Rows of each table.
    pub rows: BTreeMap<String, i64>,
}

/// A store that was put back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// The store, as it is now.
    #[serde(flatten)]
    pub backup: Backup,
    /// Where the store that was there is now.
    pub kept: Option<PathBuf>,
}

/// Why there is no backup, or why the store is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// What is copied cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file is there.
    #[error("{} is there already and was left as it is; name another file, or let --force replace it", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The store itself.
    #[error("{} is the store itself; name another file", path.display())]
    Same {
        /// The file.
        path: PathBuf,
    },
    /// Somebody has the store open.
    #[error(
        "another process has {0} open; nothing was changed: end it (`fuser -v {0}` names it) and restore again",
        path.display()
    )]
    InUse {
        /// The store.
        path: PathBuf,
    },
    /// The name cannot be that of a copy.
    #[error("{} is no name for a file; name one in a folder that is there", path.display())]
    Name {
        /// As given.
        path: PathBuf,
    },
    /// A file or folder cannot be written.
    #[error("cannot {doing} {}; look at the rights of its folder and the free space", path.display())]
    File {
        /// What we were at.
        doing: &'static str,
        /// Which.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It was copied, and the copy is bad.
    #[error("{} is damaged ({found}): its copy was thrown away and nothing was changed; `dateline store check` tells more", path.display())]
    Damaged {
        /// What was copied.
        path: PathBuf,
        /// What is wrong with the copy.
        found: String,
    },
}

/// Copies `store` into `file`, beside a running daemon or without one. A store of an older schema is copied as it is.
/// `progress` is told how many bytes of about how many are written.
///
/// # Errors
/// Then there is no new file, and one that was there is as it was.
pub async fn backup(
    store: &Path,
    file: &Path,
    existing: Existing,
    progress: impl FnMut(u64, u64),
) -> Result<Backup, BackupError> {
    refuse_same(store, file)?;
    // Looked at now, so that nobody waits for a refusal; and once more when it is named.
    if file.is_dir() {
        return Err(BackupError::Name { path: file.to_owned() });
    }
    if existing == Existing::Keep && file.exists() {
        return Err(BackupError::Exists { path: file.to_owned() });
    }
    let (copy, found) = copy(store, file, progress).await?;
    let named = match existing {
        Existing::Keep => copy.persist_noclobber(file),
        Existing::Replace => copy.persist(file),
    };
    named.map_err(|error| match error.error.kind() == io::ErrorKind::AlreadyExists {
        true => BackupError::Exists { path: file.to_owned() },
        false => failed("name", file)(error.error),
    })?;
    sync_folder(file)?;
    found.told(file)
}

/// Puts `file` in the place of `store`, which stays beside it under a name with the time. Whoever has the store open would go on with the
/// old one: then it is refused. Hold the daemon's lock too.
///
/// # Errors
/// Then the store is as it was. Should the machine stop between two renames, the last changes of the store stand beside it, under
/// the new name.
pub async fn restore(
    file: &Path,
    store: &Path,
    now: DateTime<Utc>,
    progress: impl FnMut(u64, u64),
) -> Result<Restored, BackupError> {
    refuse_same(store, file)?;
    let _alone = alone(store).map_err(|error| {
        if error.kind() == io::ErrorKind::WouldBlock {
            BackupError::InUse { path: store.to_owned() }
        } else {
            failed("open", store)(error)
        }
    })?;
    let (copy, found) = copy(file, store, progress).await?;
    own(copy.as_file(), store)?;
    let kept = keep(store, now)?;
    copy.persist(store)
        .map_err(|error| failed("name", store)(error.error))?;
    sync_folder(store)?;
    Ok(Restored {
        backup: found.told(store)?,
        kept,
    })
}

/// A verified copy of `from`, on the disk, in the folder of `to`.
async fn copy(
    from: &Path,
    to: &Path,
    mut progress: impl FnMut(u64, u64),
) -> Result<(NamedTempFile, Found), BackupError> {
    readable(from)?;
    if size(from) == 0 {
        return Err(StoreError::Missing { path: from.to_owned() }.into());
    }
    inspect(from).await.map_err(StoreError::while_reading)?;
    let sql = |doing| move |source| BackupError::from(StoreError::of(from, doing, source));
    let mut source = options(from)
        .read_only(true)
        .connect()
        .await
        .map_err(sql("opening it"))?;
    // Absolute, so that SQLite takes no name for an address.
    let folder = std::path::absolute(folder_of(to)).map_err(failed("find", to))?;
    let name = to
        .file_name()
        .ok_or_else(|| BackupError::Name { path: to.to_owned() })?;
    let partial = tempfile::Builder::new()
        .prefix(&format!(".{}.", name.to_string_lossy()))
        .suffix(".partial")
        .tempfile_in(&folder)
        .map_err(failed("write into", &folder))?;
    let target = partial
        .path()
        .to_str()
        .ok_or_else(|| BackupError::Name { path: to.to_owned() })?;

    let before = Found::of(&mut source).await.map_err(sql("counting its rows"))?;
    let expected = used_bytes(&mut source).await.map_err(sql("looking at its size"))?;
    // A store of an earlier version learns in its copy to give free pages back. Where it knows already, there is nothing to be set.
    let _ = sqlx::query("PRAGMA auto_vacuum = INCREMENTAL")
        .execute(&mut source)
        .await;
    {
        let copying = sqlx::query("VACUUM INTO ?1").bind(target).execute(&mut source);
        tokio::pin!(copying);
        loop {
            tokio::select! {
                copied = &mut copying => {
                    copied.map_err(sql("copying it"))?;
                    break;
                }
                () = tokio::time::sleep(LOOK) => progress(size(partial.path()).min(expected), expected),
            }
        }
    }
    let after = Found::of(&mut source).await.map_err(sql("counting its rows"))?;
    source.close().await.map_err(sql("closing it"))?;

    let copied = read_through(partial.path())
        .await
        .map_err(sql("reading its copy through"))?;
    let wrong = match copied {
        Ok(copied) => match copied.differs(&before, &after) {
            None => {
                partial.as_file().sync_all().map_err(failed("write", partial.path()))?;
                progress(expected, expected);
                return Ok((partial, copied));
            }
            Some(wrong) => wrong,
        },
        Err(wrong) => wrong,
    };
    Err(BackupError::Damaged {
        path: from.to_owned(),
        found: wrong,
    })
}

/// What a store holds, as far as it tells a whole copy.
#[derive(Debug)]
struct Found {
    application: i64,
    schema: i64,
    /// Another number when somebody else has written.
    written: i64,
    rows: BTreeMap<String, i64>,
    /// The newest article and the newest poll: numbers that only grow.
    newest: [i64; 2],
}

impl Found {
    async fn of(connection: &mut SqliteConnection) -> sqlx::Result<Self> {
        let written = number(connection, "PRAGMA data_version").await?;
        let mut reading = connection.begin().await?;
        let found = Self {
            application: number(&mut reading, "PRAGMA application_id").await?,
            schema: number(&mut reading, "PRAGMA user_version").await?,
            written,
            rows: rows(&mut reading).await?,
            newest: [
                number(&mut reading, "SELECT coalesce(max(article_id), 0) FROM article").await?,
                number(&mut reading, "SELECT coalesce(max(poll_id), 0) FROM poll").await?,
            ],
        };
        reading.rollback().await?;
        Ok(found)
    }

    /// What of a copy is not as its source was before it or after it, or in between.
    fn differs(&self, before: &Self, after: &Self) -> Option<String> {
        if (self.application, self.schema) != (before.application, before.schema) {
            return Some(format!("its copy is of schema {}, not {}", self.schema, before.schema));
        }
        if before.written == after.written {
            let wrong = before
                .rows
                .iter()
                .find(|(table, rows)| self.rows.get(*table) != Some(rows));
            return wrong.map(|(table, rows)| {
                let copied = self.rows.get(table).copied().unwrap_or_default();
                format!("its copy has {copied} of {rows} rows of {table}")
            });
        }
        // Somebody wrote meanwhile: the copy is of an instant in between.
        let bounds = before.newest.into_iter().zip(after.newest);
        let is_within = bounds
            .zip(self.newest)
            .all(|((least, most), at)| (least..=most).contains(&at));
        (!is_within || self.rows.len() != before.rows.len())
            .then(|| "its copy is of no instant at which it was made".to_owned())
    }

    fn told(self, path: &Path) -> Result<Backup, BackupError> {
        Ok(Backup {
            bytes: size(path),
            path: path.to_owned(),
            schema: self.schema,
            rows: self.rows,
        })
    }
}

async fn read_through(path: &Path) -> sqlx::Result<Result<Found, String>> {
    let mut copy = options(path).read_only(true).connect().await?;
    let told: String = sqlx::query_scalar("PRAGMA integrity_check(1)")
        .fetch_one(&mut copy)
        .await?;
    let found = match told.as_str() {
        "ok" => Ok(Found::of(&mut copy).await?),
        _ => Err(told),
    };
    copy.close().await?;
    Ok(found)
}

/// Rows of each table; the full text counts as what it is made of.
pub(super) async fn rows(connection: &mut SqliteConnection) -> sqlx::Result<BTreeMap<String, i64>> {
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL%'",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut rows = BTreeMap::new();
    for table in tables {
        let quoted = table.replace('"', "\"\"");
        let count = sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM \"{quoted}\"")));
        let count = count.fetch_one(&mut *connection).await?;
        rows.insert(table, count);
    }
    Ok(rows)
}

pub(super) async fn number(connection: &mut SqliteConnection, sql: &'static str) -> sqlx::Result<i64> {
    sqlx::query_scalar(sql).fetch_one(connection).await
}

async fn used_bytes(connection: &mut SqliteConnection) -> sqlx::Result<u64> {
    let pages = number(connection, "PRAGMA page_count").await?;
    let free = number(connection, "PRAGMA freelist_count").await?;
    let page = number(connection, "PRAGMA page_size").await?;
    Ok(((pages - free) * page).unsigned_abs())
}

/// Moves the store, with its log, out of the way: where to, if there was one.
fn keep(store: &Path, now: DateTime<Utc>) -> Result<Option<PathBuf>, BackupError> {
    if !store.exists() {
        return Ok(None);
    }
    let kept = beside(store, &format!(".before-{}", now.format("%Y%m%dT%H%M%S%3fZ")));
    // Linked, not moved: at no instant is there no store, of which a start would make an empty one.
    if std::fs::hard_link(store, &kept).is_err() {
        std::fs::rename(store, &kept).map_err(failed("move", store))?;
    }
    // A log of the old store would be taken for one of the new.
    let log = beside(store, "-wal");
    if log.exists() {
        std::fs::rename(&log, beside(&kept, "-wal")).map_err(failed("move", &log))?;
    }
    let index = beside(store, "-shm");
    if index.exists() {
        std::fs::remove_file(&index).map_err(failed("remove", &index))?;
    }
    Ok(Some(kept))
}

/// Gives a file the owner and the rights of the store that it replaces, or the owner of its folder: root may restore for a daemon.
fn own(file: &File, store: &Path) -> Result<(), BackupError> {
    let (like, mode) = match store.metadata() {
        Ok(old) => (old.clone(), old.mode()),
        Err(_) => {
            let folder = folder_of(store);
            (folder.metadata().map_err(failed("look at", folder))?, 0o600)
        }
    };
    let ours = file.metadata().map_err(failed("look at", store))?;
    if (ours.uid(), ours.gid()) != (like.uid(), like.gid()) {
        fchown(file, Some(like.uid()), Some(like.gid())).map_err(failed("give its owner", store))?;
    }
    file.set_permissions(Permissions::from_mode(mode & 0o777))
        .map_err(failed("give its rights to", store))
}

fn refuse_same(store: &Path, file: &Path) -> Result<(), BackupError> {
    match (store.canonicalize(), file.canonicalize()) {
        (Ok(store), Ok(same)) if store == same => Err(BackupError::Same { path: file.to_owned() }),
        (_, _) => Ok(()),
    }
}

fn folder_of(file: &Path) -> &Path {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// The file of that name with `ending` behind it.
pub(super) fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

pub(super) fn size(file: &Path) -> u64 {
    std::fs::metadata(file).map_or(0, |file| file.len())
}

/// A name is on the disk when its folder is.
fn sync_folder(file: &Path) -> Result<(), BackupError> {
    let folder = folder_of(file);
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(failed("write", folder))
}

fn failed(doing: &'static str, path: &Path) -> impl Fn(io::Error) -> BackupError {
    move |source| BackupError::File {
        doing,
        path: path.to_owned(),
        source,
    }
}
