//! How the store and its sources do, for who watches over them: reads whose cost grows with sources and subscribers, never with articles.

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::Connection as _;

use super::row::{optional_instant, stamp};
use super::{Store, StoreError};
use crate::article::SourceId;

/// A source whose poll is further behind its time is late, as `v_source_health` has it.
pub const LATE: TimeDelta = TimeDelta::minutes(10);

/// How a configured source stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vital {
    /// Which.
    pub source: SourceId,
    /// As `v_source_health` has it.
    pub state: String,
    /// When it last answered well.
    pub last_success: Option<DateTime<Utc>>,
    /// When it is polled next.
    pub next_due: Option<DateTime<Utc>>,
}

/// Subscribers of our hub, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Subscribers {
    /// All whose time is not over.
    pub all: i64,
    /// Those that have not taken all changes.
    pub behind: i64,
}

/// Bytes on the disk; `None` where the system does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Room {
    /// Of the store's file.
    pub store: Option<u64>,
    /// Of its write-ahead log; 0 where there is none.
    pub log: Option<u64>,
    /// That this user may still write on that disk.
    pub available: Option<u64>,
}

impl Room {
    /// Asks the system, which may take its time: not for an async thread.
    #[must_use]
    pub fn of(store: &Path) -> Self {
        let size = |path: &Path| std::fs::metadata(path).map(|file| file.len());
        let mut log = store.as_os_str().to_owned();
        log.push("-wal");
        let log = match size(&PathBuf::from(log)) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Some(0),
            Err(_) => None,
        };
        let disk = rustix::fs::statvfs(store).ok();
        Self {
            store: size(store).ok(),
            log,
            available: disk.map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize)),
        }
    }
}

impl Store {
    /// How each configured source stands, by name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn vitals(&self) -> Result<Vec<Vital>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT source_id AS "source!: String", state AS "state!: String", last_success AS "last_success: String",
                      next_due AS "next_due: String"
               FROM v_source_health WHERE configured = 1 ORDER BY source_id"#
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("reading how sources stand"))?;
        rows.into_iter()
            .map(|row| {
                Ok(Vital {
                    source: SourceId::new(row.source),
                    state: row.state,
                    last_success: optional_instant("source", "last_success", row.last_success.as_deref())?,
                    next_due: optional_instant("source", "next_due", row.next_due.as_deref())?,
                })
            })
            .collect()
    }

    /// How many subscribers there are, and how many are behind.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn subscribers(&self, now: DateTime<Utc>) -> Result<Subscribers, StoreError> {
        let now = stamp(now);
        let row = sqlx::query!(
            r#"SELECT count(*) AS "all!: i64",
                      coalesce(sum(EXISTS (SELECT 1 FROM output o JOIN member m ON m.output_no = o.output_no
                                           WHERE o.output_id = s.output_id AND m.seq > s.seq)), 0) AS "behind!: i64"
               FROM subscription s WHERE s.denied IS NULL AND s.expires > ?1"#,
            now
        )
        .fetch_one(self.readers())
        .await
        .map_err(self.failed("counting subscribers"))?;
        Ok(Subscribers {
            all: row.all,
            behind: row.behind,
        })
    }

    /// Waits for its turn at the writer, takes the write lock, and writes nothing. Not to be given up half-way: spawn it.
    ///
    /// # Errors
    /// When the writer could not be had, or answered with a failure.
    pub async fn writer_answers(&self) -> Result<(), StoreError> {
        self.transaction("asking the writer", async |transaction| {
            // The lock is held: all that a write needs but room on the disk.
            transaction.ping().await.map_err(super::fail("asking the writer"))
        })
        .await
    }
}
