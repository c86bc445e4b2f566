//! Reads of pages for people: bounded, whatever is asked and however large the store is.
//!
//! A reader of a page is a stranger. A search of theirs looks at so many rows and so long, and says where to go on; what
//! stands beside articles and sources is read for all of them at once.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::read::{RejectRow, rows};
use super::row::{article_from_row, instant, json, stamp, word};
use super::select::page_sql;
use super::{Outcome, RejectRecord, Store, StoreError};
use crate::article::{Article, SourceId};
use crate::filter::Filter;

const SEARCHING: &str = "searching articles";

/// Articles of one statement.
const BATCH: usize = 64;

/// Polls of a source among which its rejects are looked for.
const POLLS_FOR_REJECTS: usize = 1_000;

/// Steps of SQLite's machine between two looks at the time: well under a millisecond.
const STEPS: i32 = 1_000;

/// Where a page of a list ends: the next one goes on behind this key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageKey {
    /// What articles are sorted by.
    pub sort_time: DateTime<Utc>,
    /// And by, at one time.
    pub number: i64,
}

/// What one search may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Articles looked at.
    pub rows: usize,
    /// Time taken.
    pub time: Duration,
}

/// The newest articles behind a key that a filter holds.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// At most as many as were asked for.
    pub articles: Vec<Article>,
    /// Where to go on; `None` at the end of the store.
    pub next: Option<PageKey>,
    /// The bounds ended the search: there may be more behind `next`.
    pub is_cut: bool,
}

/// One source that carried an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carrier {
    /// Number of the article.
    pub article: i64,
    /// Which source.
    pub source: SourceId,
    /// Row of `WIRES` that the source belongs to.
    pub wire: Option<String>,
    /// Its page of the release.
    pub url: Option<String>,
    /// When it first showed the release.
    pub first_seen: DateTime<Utc>,
}

/// How late a source is with what others carry too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lag {
    /// Which source.
    pub source: SourceId,
    /// Articles that it shares with others.
    pub shared: i64,
    /// Those that it had first.
    pub first: i64,
    /// Behind the first source, in the mean.
    pub mean_behind_ms: i64,
}

/// One poll, in short.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // columns of `v_poll`; `changed`: revised, corrected and withdrawn
pub struct PollLine {
    pub source: SourceId,
    pub started: DateTime<Utc>,
    pub elapsed_ms: i64,
    pub outcome: Outcome,
    pub http_status: Option<i64>,
    pub items: i64,
    pub new: i64,
    pub duplicate: i64,
    pub changed: i64,
    pub rejected: i64,
    pub error: Option<String>,
    pub gap: Option<String>,
}

/// Ends a search. A connection outlives its reader, who may go at any moment: then this is gone, and the handler that it
/// leaves behind stops nothing.
#[derive(Debug)]
struct Deadline(Instant);

impl Deadline {
    fn is_over(&self) -> bool {
        Instant::now() >= self.0
    }

    /// Interrupts whatever the connection does when the time is over.
    async fn watch(self: &Arc<Self>, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let watched: Weak<Self> = Arc::downgrade(self);
        let goes_on = move || watched.upgrade().is_none_or(|deadline| !deadline.is_over());
        connection.lock_handle().await?.set_progress_handler(STEPS, goes_on);
        Ok(())
    }
}

impl Store {
    /// The newest articles behind `after` that the filter holds, at most `limit`, in the order of outputs.
    ///
    /// # Errors
    /// When the store cannot be read. A search that takes too long is no error: see [`Page::is_cut`].
    pub async fn page(
        &self,
        filter: &Filter,
        after: Option<PageKey>,
        limit: usize,
        bounds: Bounds,
        now: DateTime<Utc>,
    ) -> Result<Page, StoreError> {
        let fail = self.failed(SEARCHING);
        let deadline = Arc::new(Deadline(Instant::now() + bounds.time));
        let mut moment = self.readers().begin().await.map_err(&fail)?;
        deadline.watch(&mut moment).await.map_err(&fail)?;
        let mut page = Page {
            next: after,
            ..Page::default()
        };
        let mut looked_at = 0;
        'search: loop {
            let rows = match batch(filter, page.next.as_ref(), &mut moment, now).await {
                Ok(rows) => rows,
                Err(error) if deadline.is_over() && is_interrupt(&error) => {
                    page.is_cut = true;
                    break;
                }
                Err(error) => return Err(fail(error)),
            };
            for row in &rows {
                if page.articles.len() == limit {
                    break 'search;
                }
                if looked_at == bounds.rows || deadline.is_over() {
                    page.is_cut = true;
                    break 'search;
                }
                looked_at += 1;
                let article = article_from_row(row)?;
                let sort_time: &str = row.try_get("sort_time").map_err(&fail)?;
                page.next = Some(PageKey {
                    sort_time: instant("article", "sort_time", sort_time)?,
                    number: article.number,
                });
                if filter.matches(&article, now) {
                    page.articles.push(article);
                }
            }
            if rows.len() < BATCH {
                page.next = None;
                break;
            }
        }
        // Reading alone leaves nothing to undo; an interrupted statement has ended the transaction by itself.
        drop(moment);
        Ok(page)
    }

    /// Who carried these articles, the first one first; each source once an article.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn carried_by(&self, articles: &[i64]) -> Result<Vec<Carrier>, StoreError> {
        let numbers = json(&articles);
        let rows = sqlx::query!(
            r#"SELECT g.article_id AS "article!: i64", g.source_id AS "source!: String", s.wire AS "wire: String",
                      max(g.url) AS "url: String", min(g.first_seen) AS "first_seen!: String"
               FROM json_each(?1) asked JOIN sighting g ON g.article_id = asked.value JOIN source s ON s.source_id = g.source_id
               GROUP BY g.article_id, g.source_id ORDER BY min(g.first_seen), min(g.sighting_id)"#,
            numbers
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("reading who carried articles"))?;
        rows.into_iter()
            .map(|row| {
                Ok(Carrier {
                    article: row.article,
                    source: SourceId::new(row.source),
                    wire: row.wire,
                    url: row.url,
                    first_seen: instant("sighting", "first_seen", &row.first_seen)?,
                })
            })
            .collect()
    }

    /// How many sources there are in each state.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn states(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT state AS "state!: String", count(*) AS "sources!: i64" FROM v_source_health GROUP BY state ORDER BY state"#
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("reading the states of the sources"))?;
        Ok(rows.into_iter().map(|row| (row.state, row.sources)).collect())
    }

    /// The last polls of one source, or of each, at most `each` of one; by source, the newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn last_polls(&self, source: Option<&SourceId>, each: usize) -> Result<Vec<PollLine>, StoreError> {
        let (source, each) = (source.map(SourceId::as_str), rows(each));
        let rows = sqlx::query!(
            r#"SELECT p.source_id AS "source!: String", p.started AS "started!: String", p.elapsed_ms AS "elapsed_ms!: i64",
                      p.outcome AS "outcome!: String", p.http_status AS "http_status: i64", p.items AS "items!: i64",
                      p.new AS "new!: i64", p.duplicate AS "duplicate!: i64",
                      p.revised + p.correction + p.withdrawal AS "changed!: i64", p.rejected AS "rejected!: i64",
                      p.error AS "error: String", p.gap AS "gap: String"
               FROM source s JOIN poll p ON p.poll_id IN
                 (SELECT q.poll_id FROM poll q WHERE q.source_id = s.source_id ORDER BY q.poll_id DESC LIMIT ?2)
               WHERE ?1 IS NULL OR s.source_id = ?1
               ORDER BY p.source_id, p.poll_id DESC"#,
            source,
            each
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("reading the last polls"))?;
        rows.into_iter()
            .map(|row| {
                Ok(PollLine {
                    source: SourceId::new(row.source),
                    started: instant("poll", "started", &row.started)?,
                    elapsed_ms: row.elapsed_ms,
                    outcome: word("poll", "outcome", &row.outcome, Outcome::parse)?,
                    http_status: row.http_status,
                    items: row.items,
                    new: row.new,
                    duplicate: row.duplicate,
                    changed: row.changed,
                    rejected: row.rejected,
                    error: row.error,
                    gap: row.gap,
                })
            })
            .collect()
    }

    /// The last items of a source that could not become articles, out of its last polls; the newest poll first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn last_rejects(&self, source: &SourceId, limit: usize) -> Result<Vec<RejectRecord>, StoreError> {
        let (source, polls, limit) = (source.as_str(), rows(POLLS_FOR_REJECTS), rows(limit));
        let rows = sqlx::query_as!(
            RejectRow,
            r#"SELECT poll_id AS "poll_id!: i64", source_id AS "source!: String", started AS "started!: String",
                      item_index AS "index!: i64", why AS "why!: String"
               FROM v_reject WHERE poll_id IN
                 (SELECT q.poll_id FROM poll q WHERE q.source_id = ?1 ORDER BY q.poll_id DESC LIMIT ?2)
               ORDER BY poll_id DESC, item_index LIMIT ?3"#,
            source,
            polls,
            limit
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("reading the rejects of a source"))?;
        rows.into_iter().map(RejectRow::record).collect()
    }

    /// How late each source is, by the newest articles alone: what `v_lag` says of the whole store.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn lags(&self, newest: usize) -> Result<Vec<Lag>, StoreError> {
        let newest = rows(newest);
        let rows = sqlx::query!(
            r#"WITH newest AS (SELECT article_id FROM article ORDER BY article_id DESC LIMIT ?1),
                    carried AS (SELECT g.article_id, g.source_id, min(g.first_seen) AS first_seen
                                FROM newest n JOIN sighting g ON g.article_id = n.article_id GROUP BY g.article_id, g.source_id),
                    shared AS (SELECT article_id, min(first_seen) AS first_seen FROM carried GROUP BY article_id HAVING count(*) > 1)
               SELECT c.source_id AS "source!: String", count(*) AS "shared!: i64", sum(c.first_seen = f.first_seen) AS "first!: i64",
                      CAST(round(avg(julianday(c.first_seen) - julianday(f.first_seen)) * 86400000) AS INTEGER) AS "mean_behind_ms!: i64"
               FROM carried c JOIN shared f ON f.article_id = c.article_id GROUP BY c.source_id ORDER BY c.source_id"#,
            newest
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("reading how late sources are"))?;
        Ok(rows
            .into_iter()
            .map(|row| Lag {
                source: SourceId::new(row.source),
                shared: row.shared,
                first: row.first,
                mean_behind_ms: row.mean_behind_ms,
            })
            .collect())
    }
}

/// The next rows behind a key that SQL cannot rule out.
async fn batch(
    filter: &Filter,
    after: Option<&PageKey>,
    connection: &mut SqliteConnection,
    now: DateTime<Utc>,
) -> Result<Vec<SqliteRow>, sqlx::Error> {
    let after = after.map(|key| (stamp(key.sort_time), key.number));
    let mut sql = page_sql("SELECT ", filter, None, after.as_ref(), BATCH, now);
    sql.build().fetch_all(connection).await
}

/// `SQLITE_INTERRUPT`: the statement was stopped by its progress handler.
fn is_interrupt(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(|error| error.code().as_deref() == Some("9"))
}
