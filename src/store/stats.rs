//! What the store holds and what takes the room, and keeping it in shape.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::Connection;
use tokio::time::sleep;

use super::backup::{beside, number, rows, size};
use super::row::optional_instant;
use super::{Store, StoreError};

/// Pages given back to the file system in one transaction: 4 MiB.
const PAGES: &str = "PRAGMA incremental_vacuum(1024)";
/// Free pages stay where they are less than one in so many: they are used again.
const SPARE: i64 = 10;
/// Between two transactions.
const BREATH: Duration = Duration::from_millis(20);

/// What the store holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// The file.
    pub path: PathBuf,
    /// Number of its newest migration.
    pub schema: i64,
    /// Size of the file.
    pub file_bytes: u64,
    /// Size of the write-ahead log beside it.
    pub wal_bytes: u64,
    /// Bytes of a page.
    pub page_bytes: i64,
    /// Pages of the file.
    pub pages: i64,
    /// Pages of those that hold nothing and are used again.
    pub free_pages: i64,
    /// Articles.
    pub articles: i64,
    /// When the oldest of them was first received.
    pub oldest: Option<DateTime<Utc>>,
    /// When the newest of them was first received.
    pub newest: Option<DateTime<Utc>>,
    /// Tables, the largest first.
    pub tables: Vec<TableSize>,
    /// Outputs that were ever served, by id.
    pub outputs: Vec<OutputSize>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableSize {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rows: i64,
    /// Bytes of its pages; `None` where SQLite was built without DBSTAT.
    pub bytes: Option<i64>,
    /// Bytes of the pages of its indexes.
    pub index_bytes: Option<i64>,
}

/// An output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutputSize {
    /// Its id.
    pub output: String,
    /// Articles that it holds.
    pub articles: i64,
    /// When the newest of them came or changed.
    pub newest: Option<DateTime<Utc>>,
}

/// What [`Store::optimize`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Optimized {
    /// Free pages that were given back to the file system.
    pub pages: i64,
    /// Bytes of them.
    pub bytes: i64,
}

impl Store {
    /// What the store holds, table by table. Reads every page: seconds for a large one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn stats(&self) -> Result<Stats, StoreError> {
        let fail = self.failed("counting what it holds");
        let mut reader = self.readers().acquire().await.map_err(&fail)?;
        let mut reading = reader.begin().await.map_err(&fail)?;
        let counted = rows(&mut reading).await.map_err(&fail)?;
        let pages: Option<Vec<(String, bool, i64)>> = sqlx::query_as(
            "SELECT s.tbl_name, s.type = 'index', sum(d.pgsize) FROM dbstat('main', 1) d JOIN sqlite_schema s ON s.name = d.name
             GROUP BY 1, 2",
        )
        .fetch_all(&mut *reading)
        .await
        .ok();
        let (oldest, newest): (Option<String>, Option<String>) =
            sqlx::query_as("SELECT min(first_received), max(first_received) FROM article")
                .fetch_one(&mut *reading)
                .await
                .map_err(&fail)?;
        let outputs: Vec<(String, i64, Option<String>)> =
            sqlx::query_as("SELECT output_id, articles, newest FROM v_output ORDER BY output_id")
                .fetch_all(&mut *reading)
                .await
                .map_err(&fail)?;
        let stats = Stats {
            path: self.path.clone(),
            schema: number(&mut reading, "PRAGMA user_version").await.map_err(&fail)?,
            file_bytes: size(&self.path),
            wal_bytes: size(&beside(&self.path, "-wal")),
            page_bytes: number(&mut reading, "PRAGMA page_size").await.map_err(&fail)?,
            pages: number(&mut reading, "PRAGMA page_count").await.map_err(&fail)?,
            free_pages: number(&mut reading, "PRAGMA freelist_count").await.map_err(&fail)?,
            articles: counted.get("article").copied().unwrap_or_default(),
            oldest: optional_instant("article", "first_received", oldest.as_deref())?,
            newest: optional_instant("article", "first_received", newest.as_deref())?,
            tables: sizes(counted, pages.as_deref()),
            outputs: outputs
                .into_iter()
                .map(|(output, articles, newest)| {
                    Ok(OutputSize {
                        output,
                        articles,
                        newest: optional_instant("v_output", "newest", newest.as_deref())?,
                    })
                })
                .collect::<Result<_, StoreError>>()?,
        };
        reading.rollback().await.map_err(&fail)?;
        Ok(stats)
    }

    /// Lets SQLite look anew at what its indexes hold where that has changed, and gives free pages back to the file system, in small
    /// transactions, as far as more than a tenth of the file is free. A file that an earlier version made keeps its pages; a restored one
    /// does not.
    ///
    /// # Errors
    /// When the store cannot be written; what was done by then stays done.
    pub async fn optimize(&self) -> Result<Optimized, StoreError> {
        let fail = self.failed("optimising it");
        let pragma = async |sql: &'static str| {
            let mut writer = self.writer().await?;
            let done = sqlx::query(sql).fetch_all(&mut *writer).await.map(drop).map_err(&fail);
            self.release(writer, &done).await;
            done
        };
        let read = async |sql: &'static str| -> Result<i64, StoreError> {
            let mut writer = self.writer().await?;
            number(&mut writer, sql).await.map_err(&fail)
        };
        pragma("PRAGMA optimize").await?;
        let before = read("PRAGMA page_count").await?;
        loop {
            let pages = read("PRAGMA page_count").await?;
            if read("PRAGMA freelist_count").await? * SPARE <= pages {
                break;
            }
            pragma(PAGES).await?;
            if read("PRAGMA page_count").await? == pages {
                break;
            }
            sleep(BREATH).await;
        }
        let pages = before - read("PRAGMA page_count").await?;
        Ok(Optimized {
            pages,
            bytes: pages * read("PRAGMA page_size").await?,
        })
    }
}

/// Tables by their size. The full text is one table, of several that SQLite keeps for it.
fn sizes(rows: BTreeMap<String, i64>, pages: Option<&[(String, bool, i64)]>) -> Vec<TableSize> {
    const FULL_TEXT: &str = "article_fts";
    let whole = |table: &str| match table.starts_with(FULL_TEXT) {
        true => FULL_TEXT.to_owned(),
        false => table.to_owned(),
    };
    let bytes = |table: &str, of_index: bool| {
        let of_table = pages?
            .iter()
            .filter(|(name, index, _)| whole(name) == table && *index == of_index);
        Some(of_table.map(|(_, _, bytes)| bytes).sum())
    };
    let mut tables: Vec<TableSize> = rows
        .into_iter()
        .filter(|(name, _)| whole(name) == *name || name == "article_fts_docsize")
        .map(|(name, rows)| {
            let name = whole(&name);
            TableSize {
                bytes: bytes(&name, false),
                index_bytes: bytes(&name, true),
                rows,
                name,
            }
        })
        .collect();
    let room = |table: &TableSize| table.bytes.unwrap_or_default() + table.index_bytes.unwrap_or_default();
    tables.sort_by(|a, b| room(b).cmp(&room(a)).then_with(|| a.name.cmp(&b.name)));
    tables
}
