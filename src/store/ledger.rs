//! What a poll leaves beside its articles: its own row, its rejects, and what its source needs next.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::StoreError;
use super::admit::{Counts, Movement, Poll};
use super::error::fail;
use super::row::{json, stamp};
use crate::article::Reject;

/// Rejects a statement.
const ROWS: usize = 500;

/// Is what a poll brings news, or what had been standing in the feed before we ever read it?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrival {
    /// The first successful poll of its source: outputs sort it by the time of issue.
    Backlog,
    /// It came since the last poll: outputs sort it by the time of admission, so that no reader misses a late one.
    News,
}

impl Arrival {
    pub(super) fn sort_time(self, published: Option<DateTime<Utc>>, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Backlog => published.map_or(now, |published| published.min(now)),
            Self::News => now,
        }
    }
}

/// Makes the row of a source that has none (an archive's, say), and says what its poll brings.
pub(super) async fn source(connection: &mut SqliteConnection, poll: &Poll) -> Result<Arrival, StoreError> {
    let source = poll.source.as_str();
    let read_before = sqlx::query_scalar!(
        r#"SELECT first_success IS NOT NULL AS "before!: bool" FROM source WHERE source_id = ?1"#,
        source
    )
    .fetch_optional(&mut *connection)
    .await
    .map_err(fail("reading a source"))?;
    if read_before.is_none() {
        name(connection, source, &poll.url, poll.wire.as_deref()).await?;
    }
    Ok(match read_before {
        Some(true) => Arrival::News,
        Some(false) | None => Arrival::Backlog,
    })
}

/// What is written of a poll: its row, and what its source needs next.
#[derive(Debug, Serialize)]
pub(super) struct Entry<'p> {
    source: &'p str,
    url: &'p str,
    wire: Option<&'p str>,
    started: String,
    elapsed_ms: i64,
    outcome: &'static str,
    http_status: Option<u16>,
    bytes: Option<i64>,
    #[serde(flatten)]
    counts: Counts,
    items: i64,
    repairs: Vec<&'p str>,
    error: Option<&'p str>,
    next_due: String,
    next_due_reason: &'p str,
    known: Option<i64>,
    gap: Option<&'p str>,
    is_success: bool,
    is_ours: bool,
    replaces_validators: bool,
    etag: Option<&'p str>,
    last_modified: Option<&'p str>,
    body_hash: Option<&'p str>,
    is_watched: bool,
    tier: Option<&'static str>,
    state: Option<&'static str>,
    interval_ms: Option<i64>,
    last_new: Option<String>,
    memory: Option<&'p str>,
    is_whole: bool,
}

impl<'p> Entry<'p> {
    /// `doubt`: why the guids of the document were not trusted; it stands among the repairs.
    pub(super) fn of(poll: &'p Poll, counts: Counts, doubt: Option<&'p str>) -> Self {
        let watch = poll.watch.as_ref();
        let validators = poll.validators.as_ref();
        let gap = watch.and_then(|watch| watch.gap.as_deref());
        Self {
            source: poll.source.as_str(),
            url: &poll.url,
            wire: poll.wire.as_deref(),
            started: stamp(poll.started),
            elapsed_ms: poll.elapsed_ms,
            outcome: poll.outcome.as_str(),
            http_status: poll.http_status,
            bytes: poll.bytes.map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX)),
            counts,
            items: counts.items(),
            repairs: poll.repairs.iter().map(String::as_str).chain(doubt).collect(),
            error: poll.error.as_deref(),
            next_due: stamp(poll.next_due),
            next_due_reason: &poll.next_due_reason,
            known: watch
                .and_then(|watch| watch.known)
                .and_then(|known| i64::try_from(known).ok()),
            // An old copy of the document came back: nothing of it is new.
            gap: gap.filter(|_| !counts.is_all_seen()),
            is_success: poll.outcome.is_success(),
            is_ours: watch.is_some_and(|watch| watch.is_ours),
            replaces_validators: validators.is_some(),
            etag: validators.and_then(|validators| validators.etag.as_deref()),
            last_modified: validators.and_then(|validators| validators.last_modified.as_deref()),
            body_hash: poll.body_hash.as_deref(),
            is_watched: watch.is_some(),
            tier: watch.map(|watch| watch.tier.as_str()),
            state: watch.map(|watch| watch.health.as_str()),
            interval_ms: watch.map(|_| (poll.next_due - poll.started).num_milliseconds() - poll.elapsed_ms),
            last_new: watch.and_then(|watch| watch.last_new).map(stamp),
            memory: watch.map(|watch| watch.memory.as_str()),
            is_whole: watch.is_some_and(|watch| watch.is_whole),
        }
    }
}

/// Entries of one statement: a JSON array.
#[derive(Debug)]
pub(super) struct Entries(String);

impl Entries {
    pub(super) fn one(entry: &Entry<'_>) -> Self {
        Self(json(&[entry]))
    }

    /// Of entries that are JSON already.
    pub(super) fn of<'e>(entries: impl Iterator<Item = &'e str>) -> Self {
        let entries: Vec<&str> = entries.collect();
        Self(format!("[{}]", entries.join(",")))
    }
}

/// Makes the rows of sources that have none, as [`source`] does.
pub(super) async fn sources(connection: &mut SqliteConnection, entries: &Entries) -> Result<(), StoreError> {
    let unknown = sqlx::query!(
        r#"SELECT new.value ->> 'source' AS "source!: String", new.value ->> 'url' AS "url!: String", new.value ->> 'wire' AS "wire: String"
           FROM json_each(?1) AS new WHERE NOT EXISTS (SELECT 1 FROM source s WHERE s.source_id = new.value ->> 'source')"#,
        entries.0
    )
    .fetch_all(&mut *connection)
    .await
    .map_err(fail("reading sources"))?;
    for row in unknown {
        name(connection, &row.source, &row.url, row.wire.as_deref()).await?;
    }
    Ok(())
}

async fn name(
    connection: &mut SqliteConnection,
    source: &str,
    url: &str,
    wire: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO source (source_id, url, wire, configured) VALUES (?1, ?2, ?3, 0)",
        source,
        url,
        wire
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail("naming a source"))
}

/// Writes the rows of polls, and what their sources need next; gives the number of the first, and the others have those that follow. Each is
/// of another source, and every source has its row.
pub(super) async fn polls(connection: &mut SqliteConnection, entries: &Entries) -> Result<i64, StoreError> {
    let numbers = sqlx::query_scalar!(
        // Written out once: every look at `json_each.value` would be.
        r#"WITH new(at, entry) AS MATERIALIZED (SELECT key, value FROM json_each(?1))
         INSERT INTO poll (poll_id, source_id, started, elapsed_ms, outcome, http_status, bytes, items, new, seen, revised, duplicate,
                           correction, withdrawal, variant, rejected, repairs, error, next_due, next_due_reason, known, gap)
         SELECT (SELECT coalesce(max(poll_id), 0) + 1 FROM poll) + at, entry ->> 'source', entry ->> 'started', entry ->> 'elapsed_ms', entry ->> 'outcome', entry ->> 'http_status',
                entry ->> 'bytes', entry ->> 'items', entry ->> 'new', entry ->> 'seen', entry ->> 'revised', entry ->> 'duplicate',
                entry ->> 'correction', entry ->> 'withdrawal', entry ->> 'variant', entry ->> 'rejected', entry ->> 'repairs',
                entry ->> 'error', entry ->> 'next_due', entry ->> 'next_due_reason', entry ->> 'known', entry ->> 'gap'
         FROM new RETURNING poll_id AS "number!: i64""#,
        entries.0
    )
    .fetch_all(&mut *connection)
    .await
    .map_err(fail("writing polls"))?;
    let first = numbers.into_iter().min().unwrap_or_default();
    sqlx::query!(
        "WITH new(at, entry) AS MATERIALIZED (SELECT key, value FROM json_each(?1))
         UPDATE source SET
             etag = CASE WHEN entry ->> 'replaces_validators' THEN entry ->> 'etag' ELSE etag END,
             last_modified = CASE WHEN entry ->> 'replaces_validators' THEN entry ->> 'last_modified' ELSE last_modified END,
             body_hash = coalesce(entry ->> 'body_hash', body_hash),
             next_due = entry ->> 'next_due', next_due_reason = entry ->> 'next_due_reason',
             failures = CASE WHEN entry ->> 'is_success' THEN 0 WHEN entry ->> 'is_ours' THEN failures ELSE failures + 1 END,
             first_success = CASE WHEN entry ->> 'is_success' THEN coalesce(first_success, entry ->> 'started') ELSE first_success END,
             last_success = CASE WHEN entry ->> 'is_success' THEN entry ->> 'started' ELSE last_success END,
             last_poll_id = ?2 + at,
             tier = coalesce(entry ->> 'tier', tier),
             interval_ms = coalesce(entry ->> 'interval_ms', interval_ms),
             state_since = CASE WHEN entry ->> 'state' IS NULL THEN state_since
                                WHEN state = entry ->> 'state' THEN coalesce(state_since, entry ->> 'started')
                                ELSE entry ->> 'started' END,
             state = coalesce(entry ->> 'state', state),
             last_new = CASE WHEN entry ->> 'is_watched' THEN entry ->> 'last_new' ELSE last_new END,
             gaps = gaps + (entry ->> 'gap' IS NOT NULL),
             last_gap = CASE WHEN entry ->> 'gap' IS NULL THEN last_gap ELSE entry ->> 'started' END,
             last_gap_reason = coalesce(entry ->> 'gap', last_gap_reason),
             memory = coalesce(entry ->> 'memory', memory),
             read_whole = CASE WHEN entry ->> 'is_whole' THEN entry ->> 'started' ELSE read_whole END
         FROM new WHERE source_id = entry ->> 'source'",
        entries.0,
        first
    )
    .execute(connection)
    .await
    .map_err(fail("writing what sources need next"))?;
    Ok(first)
}

/// Writes the rejects of a poll. Two may name one item; the first reason is the one that counts.
pub(super) async fn rejects(
    connection: &mut SqliteConnection,
    poll_id: i64,
    rejects: &[Reject],
) -> Result<(), StoreError> {
    for rejects in rejects.chunks(ROWS) {
        let mut sql = QueryBuilder::<Sqlite>::new("INSERT INTO reject (poll_id, item_index, why) ");
        sql.push_values(rejects, |mut row, reject| {
            row.push_bind(poll_id);
            row.push_bind(i64::try_from(reject.index).unwrap_or(i64::MAX));
            row.push_bind(reject.why.as_str());
        });
        sql.push(" ON CONFLICT DO NOTHING");
        sql.build()
            .execute(&mut *connection)
            .await
            .map_err(fail("writing rejects"))?;
    }
    Ok(())
}

/// Writes what was met of a feed's moves. One that was given back keeps its row, for whoever asks later.
pub(super) async fn moves(
    connection: &mut SqliteConnection,
    poll: &Poll,
    movement: &Movement,
) -> Result<(), StoreError> {
    let (source, home, at) = (poll.source.as_str(), poll.url.as_str(), stamp(poll.started));
    let (to, adopted, returned) = match movement {
        Movement::None => return Ok(()),
        Movement::Said(to) => (Some(to), false, None),
        Movement::Adopted(to) => (Some(to), true, None),
        Movement::Unsaid => (None, false, None),
        Movement::Kept => return kept(connection, source, home, &at).await,
        Movement::Returned(why) => (None, false, Some(why)),
    };
    // What came to nothing is not kept: some servers send everybody to another address each time.
    sqlx::query!(
        "DELETE FROM source_move WHERE source_id = ?1 AND from_url = ?2 AND adopted IS NULL AND returned IS NULL AND to_url IS NOT ?3",
        source,
        home,
        to
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("writing where a feed moved"))?;
    // What else was said, and where else it was asked, holds no more. Something is said anew where it moved, too.
    let leaves = adopted || returned.is_some();
    sqlx::query!(
        "UPDATE source_move SET times = CASE WHEN adopted IS NULL OR ?4 THEN 0 ELSE times END,
                                returned = CASE WHEN adopted IS NOT NULL AND ?4 THEN ?5 ELSE returned END,
                                reason = CASE WHEN adopted IS NOT NULL AND ?4 THEN coalesce(?6, 'it moved on') ELSE reason END,
                                adopted = CASE WHEN ?4 THEN NULL ELSE adopted END
         WHERE source_id = ?1 AND from_url = ?2 AND to_url IS NOT ?3",
        source,
        home,
        to,
        leaves,
        at,
        returned
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("writing where a feed moved"))?;
    let Some(to) = to else { return Ok(()) };
    sqlx::query!(
        "INSERT INTO source_move (source_id, from_url, to_url, first_seen, last_seen, times, adopted)
         VALUES (?1, ?2, ?3, ?4, ?4, 1, CASE WHEN ?5 THEN ?4 END)
         ON CONFLICT DO UPDATE SET first_seen = CASE times WHEN 0 THEN ?4 ELSE first_seen END, last_seen = ?4, times = times + 1,
                                   adopted = CASE WHEN ?5 THEN ?4 ELSE adopted END",
        source,
        home,
        to,
        at,
        adopted
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail("writing where a feed moved"))
}

/// Home was asked, and does not have the feed.
async fn kept(connection: &mut SqliteConnection, source: &str, home: &str, at: &str) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE source_move SET last_seen = ?3 WHERE source_id = ?1 AND from_url = ?2 AND adopted IS NOT NULL",
        source,
        home,
        at
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail("writing where a feed moved"))
}
