//! What the store knows of each source between two polls.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::SqliteConnection;
use tokio::sync::Mutex;
use url::Url;

use super::error::fail;
use super::row::{from_json, json, optional_instant, stamp};
use super::together::{Together, answer};
use super::{Store, StoreError};
use crate::article::{FullText, Health, SourceId, Validators};
use crate::config::Source;

/// One source, as the next poll needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceState {
    /// Which.
    pub id: SourceId,
    /// What is polled.
    pub url: String,
    /// Is it in the configuration, and enabled?
    pub configured: bool,
    /// To ask with.
    pub validators: Validators,
    /// Hash of the last body.
    pub body_hash: Option<String>,
    /// When to poll; `None` is now.
    pub next_due: Option<DateTime<Utc>>,
    /// Why then, for a person.
    pub next_due_reason: Option<String>,
    /// Failed polls since the last good one.
    pub failures: i64,
    /// When it first answered well.
    pub first_success: Option<DateTime<Utc>>,
    /// When it last answered well.
    pub last_success: Option<DateTime<Utc>>,
    /// When it was last asked.
    pub last_poll: Option<DateTime<Utc>>,
    /// What the schedule remembers of it: JSON, the schedule's own.
    pub memory: Option<String>,
    /// When its whole document was last read.
    pub read_whole: Option<DateTime<Utc>>,
    /// Where it said that it moved.
    pub moves: Vec<Move>,
}

/// A place where a feed said that it has moved for good.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Move {
    /// From where, as configured.
    pub from_url: String,
    /// To where.
    pub to_url: String,
    /// Since when it has said so.
    pub first_seen: DateTime<Utc>,
    /// When home last said so, or was asked and had no feed.
    pub last_seen: DateTime<Utc>,
    /// Answers that said so since then; 0: it says so no more.
    pub times: i64,
    /// Since when it is asked there.
    pub adopted: Option<DateTime<Utc>>,
}

impl Move {
    /// Is it of the feed that is configured so?
    #[must_use]
    pub fn is_of(&self, home: &Url) -> bool {
        self.from_url == home.as_str()
    }
}

impl SourceState {
    /// A source that was never polled.
    pub(crate) fn unknown(id: SourceId) -> Self {
        Self {
            id,
            url: String::new(),
            configured: false,
            validators: Validators::default(),
            body_hash: None,
            next_due: None,
            next_due_reason: None,
            failures: 0,
            first_success: None,
            last_success: None,
            last_poll: None,
            memory: None,
            read_whole: None,
            moves: Vec::new(),
        }
    }
}

impl Store {
    /// Brings the sources up to the configuration. New ones are due, at a time that the schedule may still move. Those that left it or are
    /// disabled keep their rows and are not polled. A new URL is asked without the old one's validators.
    ///
    /// # Errors
    /// Nothing is changed then.
    pub async fn sync_sources(&self, sources: &[Source], now: DateTime<Utc>) -> Result<(), StoreError> {
        const DOING: &str = "bringing the sources up to the configuration";
        let rows: Vec<Row<'_>> = sources
            .iter()
            .map(|s| Row {
                id: s.id.as_str(),
                url: s.url.as_str(),
                wire: s.wire.id,
                polled: s.enabled,
            })
            .collect();
        let reading = sources.iter().filter(|s| s.enabled && s.full_text != FullText::Off);
        let reading = json(&reading.map(|s| s.id.as_str()).collect::<Vec<_>>());
        self.transaction(DOING, async |transaction| {
            sync(transaction, &rows, now).await.map_err(fail(DOING))?;
            sqlx::query!(
                "UPDATE page SET due = NULL, class = coalesce(class, 'off'), reason = coalesce(reason, 'its source reads no pages any more')
                 WHERE due IS NOT NULL AND source_id NOT IN (SELECT value FROM json_each(?1))",
                reading
            )
            .execute(transaction)
            .await
            .map(drop)
            .map_err(fail(DOING))
        })
        .await
    }

    /// Every source that was ever configured or imported, by name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn source_states(&self) -> Result<Vec<SourceState>, StoreError> {
        let rows = sqlx::query_as!(
            Kept,
            r#"SELECT s.source_id AS "id!: String", url AS "url!: String", configured AS "configured!: bool",
                      etag AS "etag: String", last_modified AS "last_modified: String", body_hash AS "body_hash: String",
                      s.next_due AS "next_due: String", s.next_due_reason AS "next_due_reason: String",
                      failures AS "failures!: i64", first_success AS "first_success: String",
                      last_success AS "last_success: String", p.started AS "last_poll: String", memory AS "memory: String",
                      read_whole AS "read_whole: String",
                      (SELECT json_group_array(json_object('from_url', m.from_url, 'to_url', m.to_url, 'first_seen', m.first_seen, 'last_seen', m.last_seen,
                                                           'times', m.times, 'adopted', m.adopted))
                       FROM source_move m WHERE m.source_id = s.source_id) AS "moves!: String"
               FROM source s LEFT JOIN poll p ON p.poll_id = s.last_poll_id ORDER BY s.source_id"#
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("reading the sources"))?;
        rows.into_iter().map(Kept::state).collect()
    }

    /// One source; one that was never configured or imported knows nothing yet.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn source_state(&self, id: &SourceId) -> Result<SourceState, StoreError> {
        let mut told = self.states.asked.ask(id.clone());
        loop {
            tokio::select! {
                biased;
                told = &mut told => return match told {
                    Ok(state) => state,
                    Err(_) => self.states_of(&[id]).await.map(|mut states| states.remove(0)),
                },
                _turn = self.states.turn.lock() => {
                    let asked = self.states.asked.take(SOURCES_A_STATEMENT, |one, other| one != other);
                    let ids: Vec<&SourceId> = asked.iter().map(|asked| &asked.what).collect();
                    let states = self.states_of(&ids).await;
                    answer(asked, states);
                }
            }
        }
    }

    /// These sources, each of them once, in this order.
    async fn states_of(&self, ids: &[&SourceId]) -> Result<Vec<SourceState>, StoreError> {
        let wanted = json(&ids);
        let rows = sqlx::query_as!(
            Kept,
            r#"SELECT s.source_id AS "id!: String", url AS "url!: String", configured AS "configured!: bool",
                      etag AS "etag?: String", last_modified AS "last_modified?: String", body_hash AS "body_hash?: String",
                      s.next_due AS "next_due?: String", s.next_due_reason AS "next_due_reason?: String",
                      failures AS "failures!: i64", first_success AS "first_success?: String",
                      last_success AS "last_success?: String", p.started AS "last_poll?: String", memory AS "memory?: String",
                      read_whole AS "read_whole?: String",
                      (SELECT json_group_array(json_object('from_url', m.from_url, 'to_url', m.to_url, 'first_seen', m.first_seen, 'last_seen', m.last_seen,
                                                           'times', m.times, 'adopted', m.adopted))
                       FROM source_move m WHERE m.source_id = s.source_id) AS "moves!: String"
               FROM json_each(?1) AS wanted CROSS JOIN source s ON s.source_id = wanted.value LEFT JOIN poll p ON p.poll_id = s.last_poll_id"#,
            wanted
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("reading sources"))?;
        let states = rows
            .into_iter()
            .map(|row| row.state().map(|state| (state.id.clone(), state)));
        let mut known: HashMap<SourceId, SourceState> = states.collect::<Result<_, StoreError>>()?;
        let ids = ids.iter().copied();
        Ok(ids
            .map(|id| known.remove(id).unwrap_or_else(|| SourceState::unknown(id.clone())))
            .collect())
    }

    /// Moves the next poll of sources, each with its reason, and with what the schedule remembers from now on where that changes.
    ///
    /// # Errors
    /// Nothing is changed then.
    pub async fn set_next_due(&self, moved: &[Moved<'_>]) -> Result<(), StoreError> {
        if moved.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = moved
            .iter()
            .map(|moved| (moved.source.as_str(), stamp(moved.at), moved.reason, &moved.memory))
            .collect();
        let rows = json(&rows);
        self.transaction("moving due times", async |transaction| {
            sqlx::query!(
                "UPDATE source SET next_due = moved.value ->> 1, next_due_reason = moved.value ->> 2,
                                   memory = coalesce(moved.value ->> 3, memory)
                 FROM json_each(?1) AS moved WHERE source_id = moved.value ->> 0",
                rows
            )
            .execute(transaction)
            .await
            .map(drop)
            .map_err(fail("moving due times"))
        })
        .await
    }

    /// Takes failures back that were not the sources' own. One that answered meanwhile is left alone.
    ///
    /// # Errors
    /// Nothing is changed then.
    pub async fn pardon(&self, pardons: &[Pardon], now: DateTime<Utc>) -> Result<(), StoreError> {
        if pardons.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = pardons
            .iter()
            .map(|p| {
                let (at, state) = (stamp(p.at), p.health.as_str());
                (p.source.as_str(), p.failures, state, &p.memory, at, &p.reason)
            })
            .collect();
        let (rows, now) = (json(&rows), stamp(now));
        self.transaction("taking failures back", async |transaction| {
            sqlx::query!(
                "UPDATE source SET failures = p.value ->> 1,
                                   state_since = CASE WHEN state = p.value ->> 2 THEN state_since ELSE ?2 END, state = p.value ->> 2,
                                   memory = p.value ->> 3, next_due = p.value ->> 4, next_due_reason = p.value ->> 5
                 FROM json_each(?1) AS p WHERE source_id = p.value ->> 0 AND failures > p.value ->> 1",
                rows,
                now
            )
            .execute(transaction)
            .await
            .map(drop)
            .map_err(fail("taking failures back"))
        })
        .await
    }

    /// When the next source after `now` is due.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn next_due(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
        let now = stamp(now);
        let next = sqlx::query_scalar!(
            r#"SELECT min(next_due) AS "next: String" FROM source WHERE configured = 1 AND next_due > ?1"#,
            now
        )
        .fetch_one(self.readers())
        .await
        .map_err(self.failed("asking what is due next"))?;
        optional_instant("source", "next_due", next.as_deref())
    }

    /// The sources to poll now, the longest overdue first; of those that were moved to one instant, for their site was held, the one that
    /// was polled longest ago: else the last of them would wait behind the first for ever.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn due(&self, now: DateTime<Utc>) -> Result<Vec<SourceId>, StoreError> {
        let now = stamp(now);
        let ids = sqlx::query_scalar!(
            r#"SELECT source_id AS "id!: String" FROM source
               WHERE configured = 1 AND (next_due IS NULL OR next_due <= ?1) ORDER BY next_due, last_poll_id"#,
            now
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("asking what is due"))?;
        Ok(ids.into_iter().map(SourceId::new).collect())
    }
}

/// A poll that is moved.
#[derive(Debug, Clone)]
pub struct Moved<'s> {
    /// Of which source.
    pub source: &'s SourceId,
    /// To when.
    pub at: DateTime<Utc>,
    /// Why then, for a person.
    pub reason: &'s str,
    /// What the schedule remembers from now on: JSON; `None`: as before.
    pub memory: Option<String>,
}

impl<'s> Moved<'s> {
    /// One that changes nothing else.
    #[must_use]
    pub const fn new(source: &'s SourceId, at: DateTime<Utc>, reason: &'s str) -> Self {
        Self {
            source,
            at,
            reason,
            memory: None,
        }
    }
}

/// How a source stands without the failures that were not its own.
#[derive(Debug, Clone)]
pub struct Pardon {
    /// Which.
    pub source: SourceId,
    /// Failures in a row that are its own.
    pub failures: i64,
    /// How it does.
    pub health: Health,
    /// What the schedule remembers of it: JSON.
    pub memory: String,
    /// The next poll.
    pub at: DateTime<Utc>,
    /// Why then, for a person.
    pub reason: String,
}

/// At most.
const SOURCES_A_STATEMENT: usize = 128;

/// Who asks how a source stands, and whose turn it is to read.
#[derive(Debug, Clone, Default)]
pub(super) struct States {
    asked: Together<SourceId, SourceState>,
    turn: Arc<Mutex<()>>,
}

/// A row of the store.
struct Kept {
    id: String,
    url: String,
    configured: bool,
    etag: Option<String>,
    last_modified: Option<String>,
    body_hash: Option<String>,
    next_due: Option<String>,
    next_due_reason: Option<String>,
    failures: i64,
    first_success: Option<String>,
    last_success: Option<String>,
    last_poll: Option<String>,
    memory: Option<String>,
    read_whole: Option<String>,
    moves: String,
}

impl Kept {
    fn state(self) -> Result<SourceState, StoreError> {
        Ok(SourceState {
            id: SourceId::new(self.id),
            url: self.url,
            configured: self.configured,
            validators: Validators {
                etag: self.etag,
                last_modified: self.last_modified,
            },
            body_hash: self.body_hash,
            next_due: optional_instant("source", "next_due", self.next_due.as_deref())?,
            next_due_reason: self.next_due_reason,
            failures: self.failures,
            first_success: optional_instant("source", "first_success", self.first_success.as_deref())?,
            last_success: optional_instant("source", "last_success", self.last_success.as_deref())?,
            last_poll: optional_instant("poll", "started", self.last_poll.as_deref())?,
            memory: self.memory,
            read_whole: optional_instant("source", "read_whole", self.read_whole.as_deref())?,
            moves: from_json("source_move", &self.moves)?,
        })
    }
}

/// What the store keeps of a configured source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'s> {
    pub(super) id: &'s str,
    pub(super) url: &'s str,
    pub(super) wire: &'s str,
    pub(super) polled: bool,
}

pub(super) async fn sync(
    connection: &mut SqliteConnection,
    sources: &[Row<'_>],
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let at = stamp(now);
    let configured = json(&sources.iter().filter(|s| s.polled).map(|s| s.id).collect::<Vec<_>>());
    sqlx::query!(
        "UPDATE source SET configured = source_id IN (SELECT value FROM json_each(?1))",
        configured
    )
    .execute(&mut *connection)
    .await?;
    for source in sources {
        sqlx::query!(
            "INSERT INTO source (source_id, url, wire, configured, next_due_reason)
                 VALUES (?1, ?2, ?3, ?4, 'new source')
                 ON CONFLICT (source_id) DO UPDATE SET
                   wire = excluded.wire,
                   url = excluded.url,
                   etag = CASE WHEN url = excluded.url THEN etag END,
                   last_modified = CASE WHEN url = excluded.url THEN last_modified END,
                   body_hash = CASE WHEN url = excluded.url THEN body_hash END,
                   failures = CASE WHEN url = excluded.url THEN failures ELSE 0 END,
                   memory = CASE WHEN url = excluded.url THEN memory END,
                   next_due = CASE WHEN url = excluded.url THEN next_due ELSE ?5 END,
                   next_due_reason = CASE WHEN url = excluded.url THEN next_due_reason ELSE 'new URL' END",
            source.id,
            source.url,
            source.wire,
            source.polled,
            at
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
