//! What a poll leaves beside its articles: its own row, its rejects, and what its source needs next.

use chrono::{DateTime, Utc};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::StoreError;
use super::admit::{Counts, Movement, Poll, Watch};
use super::error::fail;
use super::row::{json, stamp};
use crate::article::Validators;

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
        sqlx::query!(
            "INSERT INTO source (source_id, url, wire, configured) VALUES (?1, ?2, ?3, 0)",
            source,
            poll.url,
            poll.wire
        )
        .execute(&mut *connection)
        .await
        .map_err(fail("naming a source"))?;
    }
    Ok(match read_before {
        Some(true) => Arrival::News,
        Some(false) | None => Arrival::Backlog,
    })
}

/// Writes the row of the poll, its rejects, and what its source needs next; gives the poll's number. `doubt`: why the guids of
/// the document were not trusted; it stands among the repairs.
pub(super) async fn poll(
    connection: &mut SqliteConnection,
    poll: &Poll,
    counts: &Counts,
    doubt: Option<&str>,
) -> Result<i64, StoreError> {
    let doubt = doubt.map(|doubt| format!("guids-not-trusted: {doubt}"));
    let repairs: Vec<&String> = poll.repairs.iter().chain(&doubt).collect();
    let (source, outcome) = (poll.source.as_str(), poll.outcome.as_str());
    let (started, next_due, repairs) = (stamp(poll.started), stamp(poll.next_due), json(&repairs));
    let bytes = poll.bytes.map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX));
    let items = counts.items();
    let watch = poll.watch.as_ref();
    let known = watch
        .and_then(|watch| watch.known)
        .and_then(|known| i64::try_from(known).ok());
    let gap = watch.and_then(|watch| watch.gap.as_deref());
    // An old copy of the document came back: nothing of it is new.
    let gap = gap.filter(|_| !counts.is_all_seen());
    let poll_id = sqlx::query_scalar!(
        r#"INSERT INTO poll (source_id, started, elapsed_ms, outcome, http_status, bytes, items, new, seen, revised, duplicate,
                             correction, withdrawal, variant, rejected, repairs, error, next_due, next_due_reason, known, gap)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)
           RETURNING poll_id AS "poll_id!: i64""#,
        source,
        started,
        poll.elapsed_ms,
        outcome,
        poll.http_status,
        bytes,
        items,
        counts.new,
        counts.seen,
        counts.revised,
        counts.duplicate,
        counts.correction,
        counts.withdrawal,
        counts.variant,
        counts.rejected,
        repairs,
        poll.error,
        next_due,
        poll.next_due_reason,
        known,
        gap
    )
    .fetch_one(&mut *connection)
    .await
    .map_err(fail("writing a poll"))?;

    let success = poll.outcome.is_success();
    let is_ours = watch.is_some_and(|watch| watch.is_ours);
    let replaces = poll.validators.is_some();
    let Validators { etag, last_modified } = poll.validators.clone().unwrap_or_default();
    sqlx::query!(
        "UPDATE source SET etag = CASE WHEN ?2 THEN ?3 ELSE etag END,
                           last_modified = CASE WHEN ?2 THEN ?4 ELSE last_modified END,
                           body_hash = coalesce(?5, body_hash),
                           next_due = ?6, next_due_reason = ?7,
                           failures = CASE WHEN ?8 THEN 0 WHEN ?11 THEN failures ELSE failures + 1 END,
                           first_success = CASE WHEN ?8 THEN coalesce(first_success, ?9) ELSE first_success END,
                           last_success = CASE WHEN ?8 THEN ?9 ELSE last_success END,
                           last_poll_id = ?10
         WHERE source_id = ?1",
        source,
        replaces,
        etag,
        last_modified,
        poll.body_hash,
        next_due,
        poll.next_due_reason,
        success,
        started,
        poll_id,
        is_ours
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("writing what a source needs next"))?;
    if let Some(seen) = watch {
        remember(connection, poll, seen, gap).await?;
        moves(connection, poll, &seen.movement).await?;
    }

    // Two rejects may name one item; the first reason is the one that counts.
    for rejects in poll.rejects.chunks(ROWS) {
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
    Ok(poll_id)
}

/// Writes what the schedule saw of the source.
async fn remember(
    connection: &mut SqliteConnection,
    poll: &Poll,
    watch: &Watch,
    gap: Option<&str>,
) -> Result<(), StoreError> {
    let (source, started) = (poll.source.as_str(), stamp(poll.started));
    let (tier, health) = (watch.tier.as_str(), watch.health.as_str());
    let interval_ms = (poll.next_due - poll.started).num_milliseconds() - poll.elapsed_ms;
    let last_new = watch.last_new.map(stamp);
    sqlx::query!(
        "UPDATE source SET tier = ?2, interval_ms = ?3,
                           state_since = CASE WHEN state = ?4 THEN coalesce(state_since, ?5) ELSE ?5 END, state = ?4,
                           last_new = ?6, gaps = gaps + (?7 IS NOT NULL),
                           last_gap = CASE WHEN ?7 IS NULL THEN last_gap ELSE ?5 END,
                           last_gap_reason = coalesce(?7, last_gap_reason), memory = ?8,
                           read_whole = CASE WHEN ?9 THEN ?5 ELSE read_whole END
         WHERE source_id = ?1",
        source,
        tier,
        interval_ms,
        health,
        started,
        last_new,
        gap,
        watch.memory,
        watch.is_whole
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail("writing what the schedule saw"))
}

/// Writes what was met of a feed's moves. One that was given back keeps its row, for whoever asks later.
async fn moves(connection: &mut SqliteConnection, poll: &Poll, movement: &Movement) -> Result<(), StoreError> {
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
