//! The store: one SQLite file, one writer connection, several readers.
//!
//! [`Store::admit`] keeps a poll: what the source said, what was decided of it and when it is due again stand in one transaction, which
//! polls that wait at once share (`group`, `quiet`), and are kept together or not at all. Reads never wait on writes (WAL). SQL lives in
//! this room and nowhere else. The store never decides what a release is (that is `dedup`), and nothing here reads the clock.
//!
//! Times are kept as RFC 3339 UTC text with milliseconds: of one width, so that text order is time order.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, Sqlite, SqliteConnection};
use tokio::sync::watch;

mod error;
mod row;
mod place;
mod together;
mod group;
mod uri;
mod postings;
mod recall;
mod plan;
mod loan;
mod borrow;
mod write;
mod full_text;
mod robots;
mod ledger;
mod admit;
mod quiet;
mod narrow;
mod select;
mod sources;
mod embargo;
mod output;
mod subscription;
mod prune;
mod backup;
mod check;
mod stats;
mod schema;
mod whole;
mod settle;
mod part;
mod append;
mod leave;
mod merge;
mod split;
mod complete;
mod overrule;
mod read;
mod listed;
mod page;
mod explain;
mod vitals;

pub use admit::{Admitted, Counts, Filed, Judged, Movement, Outcome, Poll, Watch};
pub use backup::{Backup, BackupError, Existing, Restored, backup, restore};
pub use check::{Checked, Depth};
pub use complete::Completed;
pub use error::StoreError;
use error::fail;
pub use explain::{Carried, Counterpart, Explanation, Figures, Guid, KnownBy, Said};
pub use full_text::{PageAnswer, PageRecord, WantedPage};
use group::Group;
pub use listed::{Listed, Original, PastVersion, Seen, Translation};
pub use output::{ArchivePage, Cursor, Listing, Slice, Sought};
pub use overrule::{Found, Merged, OVERRULED, OverruleError, Overruled, Overruling, Part};
pub use page::{Bounds, Carrier, Lag, Page, PageKey, PollLine};
use place::Inode;
pub use place::{Displacement, readable};
use postings::Postings;
pub use prune::{Pruned, Retention};
use quiet::Quiet;
pub use read::{Family, PollRecord, RejectRecord, Sighting, SourceHealth, Version};
pub use robots::Robots;
pub use schema::{Column, View, schema};
pub use select::Tally;
use sources::States;
pub use sources::{Move, Moved, Pardon, SourceState};
pub use stats::{Optimized, OutputSize, Stats, TableSize};
pub use subscription::{
    Delivery, Subscriber, Subscription, SubscriptionMode, SubscriptionRecord, SubscriptionRequest, Wished,
};
pub use vitals::{LATE, Room, Subscribers, Vital};

use crate::telemetry::{Lane, chain};

/// `DTLN` in ASCII, in the file's header: tools and we can tell a store from any other database.
const APPLICATION_ID: i64 = 0x4454_4C4E;

static MIGRATIONS: Migrator = sqlx::migrate!();

/// How long a writer waits for another process (a backup, `sqlite3`) before it gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a poll queues for the one writer: longer than a full round of polls takes to write.
const WRITER_QUEUE: Duration = Duration::from_secs(120);
/// Reads at once.
const READERS: u32 = 4;

/// Pages that the writer keeps: 16 MiB. The index by hash is read all over.
const WRITER_CACHE: &str = "-16384";
/// Pages after which the write-ahead log is moved into the file: 32 MiB, so that a page that many polls change is moved once.
const LOG_PAGES: &str = "8192";
/// Rows that a statement may be ahead of who reads them: each time that it must wait costs two changes of thread.
const ROWS_AHEAD: usize = 1_024;

/// An open store. Clones share the connections.
#[derive(Debug, Clone)]
pub struct Store {
    path: PathBuf,
    /// The file that was opened at that path.
    opened: Option<Inode>,
    /// The first damage that a read or a write has met.
    damage: Arc<OnceLock<String>>,
    writer: SqlitePool,
    readers: SqlitePool,
    postings: Postings,
    group: Group,
    quiet: Quiet,
    states: States,
    served: output::Served,
    /// Grows with everything that an output may show.
    revision: Arc<watch::Sender<u64>>,
    lane: Lane,
}

impl Store {
    /// Opens the store for reading and writing; makes the file, its directory and its schema if they are not there, and
    /// brings an older schema up to date.
    ///
    /// # Errors
    /// A [`StoreError`] of its own for each thing that a person can mend. A file that is not ours is left as it was.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        if let Some(directory) = path.parent().filter(|d| !d.as_os_str().is_empty()) {
            std::fs::create_dir_all(directory).map_err(|source| StoreError::Directory {
                path: directory.to_owned(),
                source,
            })?;
        }
        match readable(path) {
            Ok(()) | Err(StoreError::Missing { .. }) => {}
            Err(denied) => return Err(denied),
        }
        inspect(path).await?;

        let fail = |doing| move |source| StoreError::of(path, doing, source);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .max_lifetime(None)
            .idle_timeout(None)
            .acquire_timeout(WRITER_QUEUE)
            .connect_with(writer_options(path))
            .await
            .map_err(fail("opening it"))?;
        // SQLite opens a write-protected file for reading without a word; ask for the write lock to find out now.
        let lock = writer
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(fail("taking the write lock"))?;
        lock.rollback().await.map_err(fail("releasing the write lock"))?;
        MIGRATIONS
            .run(&writer)
            .await
            .map_err(|source| StoreError::of_migration(path, source))?;

        // After a failure the writer is opened anew, but never of a file that is not there any more.
        writer.set_connect_options(writer_options(path).create_if_missing(false));

        let readers = reader_options()
            .connect_with(options(path).read_only(true))
            .await
            .map_err(fail("opening it"))?;
        let store = Self {
            path: path.to_owned(),
            opened: Inode::of(path),
            damage: Arc::default(),
            writer,
            readers,
            postings: Postings::default(),
            group: Group::default(),
            quiet: Quiet::default(),
            states: States::default(),
            served: output::Served::default(),
            revision: Arc::default(),
            lane: Lane::default(),
        };
        store.post_all().await?;
        Ok(store)
    }

    /// Opens the store for reading alone, beside a running daemon or without one. Writes on it fail.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is no file: reading never makes one; [`StoreError::Denied`] if it is not this user's to read.
    pub async fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        readable(path)?;
        let found = inspect(path).await.map_err(StoreError::while_reading)?;
        if found < newest_schema() {
            return Err(StoreError::Older {
                path: path.to_owned(),
                found,
                known: newest_schema(),
            });
        }
        let readers = reader_options()
            .connect_with(options(path).read_only(true))
            .await
            .map_err(|source| StoreError::of(path, "opening it for reading", source).while_reading())?;
        Ok(Self {
            path: path.to_owned(),
            opened: Inode::of(path),
            damage: Arc::default(),
            writer: readers.clone(),
            readers,
            postings: Postings::default(),
            group: Group::default(),
            quiet: Quiet::default(),
            states: States::default(),
            served: output::Served::default(),
            revision: Arc::default(),
            lane: Lane::default(),
        })
    }

    /// Moves what stands in the write-ahead log into the file and closes every connection; the file alone is then the
    /// whole store.
    ///
    /// # Errors
    /// When the log cannot be moved; nothing is lost by that, the next opening reads it.
    pub async fn close(self) -> Result<(), StoreError> {
        self.readers.close().await;
        if self.writer.is_closed() {
            return Ok(());
        }
        let checkpoint = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)");
        let moved = if self.in_place().is_ok() {
            checkpoint.execute(&self.writer).await.map(drop)
        } else if let Some(mut writer) = self.writer.try_acquire() {
            // A new connection would be to the file that stands there now.
            checkpoint.execute(&mut *writer).await.map(drop)
        } else {
            Ok(())
        };
        self.writer.close().await;
        moved.map_err(|source| StoreError::of(&self.path, "closing it", source))
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A number that grows when this process changes anything that an output may show: who has read the store at one revision need not read it
    /// again before the next.
    #[must_use]
    pub fn revision(&self) -> u64 {
        *self.revision.borrow()
    }

    /// Hears of every new [`revision`](Self::revision).
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    /// How long its writer is waited for, and held.
    #[must_use]
    pub const fn lane(&self) -> &Lane {
        &self.lane
    }

    fn revise(&self) {
        self.revision.send_modify(|revision| *revision += 1);
    }

    /// The read connections, for the other files of this room.
    pub(crate) const fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    /// Does the file that was opened still stand at its path?
    ///
    /// # Errors
    /// [`StoreError::Displaced`]; then nothing is written until it is back.
    pub fn in_place(&self) -> Result<(), StoreError> {
        self.opened.map_or(Ok(()), |opened| opened.stands_at(&self.path))
    }

    /// Does the file stand at its path, and has nothing met damage in it since it was opened?
    ///
    /// # Errors
    /// [`StoreError::Displaced`]; [`StoreError::Unsound`] from the first find on: another page that is well heals nothing.
    pub fn sound(&self) -> Result<(), StoreError> {
        self.in_place()?;
        match self.damage.get() {
            None => Ok(()),
            Some(found) => Err(StoreError::Unsound { found: found.clone() }),
        }
    }

    /// The one connection that writes; waits for its turn.
    async fn writer(&self) -> Result<PoolConnection<Sqlite>, StoreError> {
        self.writer_since(Instant::now()).await
    }

    /// The same, for one who has been waiting since then.
    async fn writer_since(&self, asked: Instant) -> Result<PoolConnection<Sqlite>, StoreError> {
        self.in_place()?;
        let writer = self.writer.acquire().await;
        self.lane.waited(asked.elapsed());
        writer.map_err(self.failed("waiting for the writer"))
    }

    /// Does `work` in one write transaction: all of it is kept, or nothing.
    async fn transaction<T>(
        &self,
        doing: &'static str,
        work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let writer = self.writer().await?;
        self.transaction_of(writer, doing, work).await
    }

    /// The same, for whom the writer was given.
    async fn transaction_of<T>(
        &self,
        mut writer: PoolConnection<Sqlite>,
        doing: &'static str,
        work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let begun = Instant::now();
        let done = async {
            let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await.map_err(fail(doing))?;
            let done = work(&mut transaction).await?;
            transaction.commit().await.map_err(fail(doing))?;
            Ok(done)
        };
        let done = done.await.map_err(|error: StoreError| self.placed(error));
        self.lane.held(begun.elapsed());
        self.release(writer, &done).await;
        // What a file has taken that was removed meanwhile is not kept.
        done.and_then(|done| self.in_place().map(|()| done))
    }

    /// Gives the writer back. SQLite ends a transaction by itself when the disk is full and sqlx keeps counting it as open,
    /// so that no other could begin: after a failure the next one gets a new connection.
    async fn release<T, E>(&self, writer: PoolConnection<Sqlite>, outcome: &Result<T, E>) {
        if outcome.is_err()
            && let Err(error) = writer.close().await
        {
            tracing::debug!(%error, "closing the writer after a failure");
        }
    }

    /// Says where we were when SQL failed.
    pub(crate) fn failed(&self, doing: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
        move |source| self.placed(StoreError::Sql { doing, source })
    }

    /// Names our file in what statements deep in this room said, and remembers damage.
    fn placed(&self, error: StoreError) -> StoreError {
        let error = error.while_open(&self.path);
        if error.is_damage() {
            self.damage.get_or_init(|| chain(&error));
        }
        error
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Normal)
        .row_buffer_size(ROWS_AHEAD)
        .disable_statement_logging()
}

fn writer_options(path: &Path) -> SqliteConnectOptions {
    options(path)
        .create_if_missing(true)
        // Of a new file: what a purge frees can be given back.
        .auto_vacuum(SqliteAutoVacuum::Incremental)
        .journal_mode(SqliteJournalMode::Wal)
        .pragma("cache_size", WRITER_CACHE)
        .pragma("wal_autocheckpoint", LOG_PAGES)
        // What a statement may have to take back is kept in memory, not in a file.
        .pragma("temp_store", "MEMORY")
}

fn reader_options() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(READERS)
        // Those that are open stay with the file that was opened.
        .max_lifetime(None)
        .idle_timeout(None)
}

fn newest_schema() -> i64 {
    MIGRATIONS
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or_default()
}

/// Looks at a file without writing to it, and gives its schema version: 0 for none yet.
async fn inspect(path: &Path) -> Result<i64, StoreError> {
    if std::fs::metadata(path).map_or(0, |m| m.len()) == 0 {
        return Ok(0);
    }
    let fail = |source| StoreError::of(path, "looking at it", source);
    let mut file = options(path).read_only(true).connect().await.map_err(fail)?;
    let pragma = |name: &'static str| sqlx::query_scalar::<_, i64>(name);
    let application = pragma("PRAGMA application_id")
        .fetch_one(&mut file)
        .await
        .map_err(fail)?;
    let schema = pragma("PRAGMA user_version").fetch_one(&mut file).await.map_err(fail)?;
    let tables = pragma("SELECT count(*) FROM sqlite_schema")
        .fetch_one(&mut file)
        .await
        .map_err(fail)?;
    file.close().await.map_err(fail)?;

    if application != APPLICATION_ID && tables > 0 {
        return Err(StoreError::Foreign { path: path.to_owned() });
    }
    if schema > newest_schema() {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            found: schema,
            known: newest_schema(),
        });
    }
    Ok(schema)
}

#[cfg(test)]
mod tests;
