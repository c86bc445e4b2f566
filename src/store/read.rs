//! Reads that people ask for: one article and its history, lists, the health of sources.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{AssertSqlSafe, Row};

use super::row::{ARTICLE_COLUMNS, NEWEST_VERSION, article_from_row, from_json, instant, optional_instant, word};
use super::{Outcome, Store, StoreError};
use crate::article::{Article, ArticleId, PubStatus, Reject, SourceId, Verdict};
use crate::dedup::Against;

/// One version of an article, and why it is one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Version {
    /// The article as it was; `modified` is when this version was read.
    pub article: Article,
    /// The edition that it shows: the number of the first version with the same news.
    pub edition: i64,
    /// What was said of it.
    pub verdict: Verdict,
    /// The stage that said it.
    pub stage: String,
    /// The deciding facts, for a person.
    pub why: String,
    /// Hash of headline and text.
    pub content_hash: String,
}

/// One source showing one article under one name.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sighting {
    /// Its number in the store.
    pub id: i64,
    /// The version that it showed first; not known of one that an earlier Dateline wrote.
    pub version: Option<i64>,
    /// The headline that it showed last.
    pub headline: Option<String>,
    /// Who showed it.
    pub source: SourceId,
    /// Under which guid.
    pub guid: Option<String>,
    /// At which canonical URL.
    pub url: Option<String>,
    /// What was said of it when it was first seen.
    pub verdict: Verdict,
    /// The stage that said it.
    pub stage: String,
    /// The deciding facts, for a person.
    pub why: String,
    /// How it compared with its counterpart; of what is new, with the likeliest one that it is not. `None` where no texts had to be compared.
    pub against: Option<Against>,
    /// When it was first seen.
    pub first_seen: DateTime<Utc>,
    /// When it was last seen.
    pub last_seen: DateTime<Utc>,
}

/// What stands beside an article.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Family {
    /// Every version, the first one first.
    pub versions: Vec<Version>,
    /// Who showed it, the first one first.
    pub sightings: Vec<Sighting>,
    /// The other articles of its story, the first one first: the same release in other languages.
    pub translations: Vec<Article>,
}

impl Family {
    /// The translations that may be named: what is withheld may not.
    pub fn shown(&self) -> impl Iterator<Item = &Article> {
        let translations = self.translations.iter();
        translations.filter(|article| article.draft.pubstatus != PubStatus::Withheld)
    }
}

/// One row of `v_source_health`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // the view's columns, documented with it
pub struct SourceHealth {
    pub source: SourceId,
    pub wire: Option<String>,
    pub url: String,
    pub configured: bool,
    pub last_poll: Option<DateTime<Utc>>,
    pub last_outcome: Option<&'static str>,
    pub last_error: Option<String>,
    pub first_success: Option<DateTime<Utc>>,
    pub last_success: Option<DateTime<Utc>>,
    pub failures: i64,
    pub next_due: Option<DateTime<Utc>>,
    pub next_due_reason: Option<String>,
    pub polls: i64,
    pub new: i64,
    pub duplicate: i64,
    pub rejected: i64,
    pub tier: Option<String>,
    pub state: String,
    pub state_since: Option<DateTime<Utc>>,
    pub interval_ms: Option<i64>,
    pub last_new: Option<DateTime<Utc>>,
    pub gaps: i64,
    pub last_gap: Option<DateTime<Utc>>,
    pub last_gap_reason: Option<String>,
    pub moved_to: Option<String>,
}

/// One row of `v_poll`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // the view's columns, documented with it
pub struct PollRecord {
    pub poll_id: i64,
    pub source: SourceId,
    pub started: DateTime<Utc>,
    pub elapsed_ms: i64,
    pub outcome: &'static str,
    pub http_status: Option<i64>,
    pub bytes: Option<i64>,
    pub items: i64,
    pub new: i64,
    pub seen: i64,
    pub revised: i64,
    pub duplicate: i64,
    pub correction: i64,
    pub withdrawal: i64,
    pub variant: i64,
    pub rejected: i64,
    pub repairs: Vec<String>,
    pub error: Option<String>,
    pub next_due: Option<DateTime<Utc>>,
    pub next_due_reason: Option<String>,
    pub known: Option<i64>,
    pub gap: Option<String>,
}

/// An item that could not become an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RejectRecord {
    /// The poll that met it.
    pub poll_id: i64,
    /// Its source.
    pub source: SourceId,
    /// When the poll began.
    pub started: DateTime<Utc>,
    /// Which item, and why.
    #[serde(flatten)]
    pub reject: Reject,
}

impl Store {
    /// The article of that number, as it stands.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn article(&self, number: i64) -> Result<Option<Article>, StoreError> {
        let sql = format!("SELECT {ARTICLE_COLUMNS} FROM {NEWEST_VERSION} WHERE a.article_id = ?1");
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(number)
            .fetch_optional(self.readers())
            .await
            .map_err(self.failed("reading an article"))?;
        row.as_ref().map(article_from_row).transpose()
    }

    /// The article of that public id, as it stands.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn article_by_uri(&self, id: &ArticleId) -> Result<Option<Article>, StoreError> {
        let sql = format!("SELECT {ARTICLE_COLUMNS} FROM {NEWEST_VERSION} WHERE a.uri = ?1");
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(id.as_str())
            .fetch_optional(self.readers())
            .await
            .map_err(self.failed("reading an article"))?;
        row.as_ref().map(article_from_row).transpose()
    }

    /// Every version of an article, the first one first; empty if there is no such article.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn versions(&self, number: i64) -> Result<Vec<Version>, StoreError> {
        let fail = self.failed("reading the versions of an article");
        let sql = format!(
            "SELECT {ARTICLE_COLUMNS}, v.edition, v.verdict, v.stage, v.reason, v.content_hash \
             FROM article a JOIN version v ON v.article_id = a.article_id WHERE a.article_id = ?1 ORDER BY v.version"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(number)
            .fetch_all(self.readers())
            .await
            .map_err(&fail)?;
        rows.iter()
            .map(|row| {
                let mut article = article_from_row(row)?;
                article.modified = article.draft.received;
                Ok(Version {
                    article,
                    edition: row.try_get("edition").map_err(&fail)?,
                    verdict: word(
                        "version",
                        "verdict",
                        row.try_get("verdict").map_err(&fail)?,
                        Verdict::parse,
                    )?,
                    stage: row.try_get("stage").map_err(&fail)?,
                    why: row.try_get("reason").map_err(&fail)?,
                    content_hash: row.try_get("content_hash").map_err(&fail)?,
                })
            })
            .collect()
    }

    /// Who showed an article, the first one first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn sightings(&self, number: i64) -> Result<Vec<Sighting>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT sighting_id AS "id!: i64", version AS "version: i64", headline AS "headline: String",
                      against AS "against: String", source_id AS "source!: String", guid AS "guid: String", url AS "url: String",
                      verdict AS "verdict!: String", stage AS "stage!: String", reason AS "why!: String",
                      first_seen AS "first_seen!: String", last_seen AS "last_seen!: String"
               FROM sighting WHERE article_id = ?1 ORDER BY first_seen, sighting_id"#,
            number
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("reading who showed an article"))?;
        rows.into_iter()
            .map(|row| {
                Ok(Sighting {
                    id: row.id,
                    version: row.version,
                    headline: row.headline,
                    against: row
                        .against
                        .as_deref()
                        .map(|text| from_json("against", text))
                        .transpose()?,
                    source: SourceId::new(row.source),
                    guid: row.guid,
                    url: row.url,
                    verdict: word("sighting", "verdict", &row.verdict, Verdict::parse)?,
                    stage: row.stage,
                    why: row.why,
                    first_seen: instant("sighting", "first_seen", &row.first_seen)?,
                    last_seen: instant("sighting", "last_seen", &row.last_seen)?,
                })
            })
            .collect()
    }

    /// The history of an article, who showed it, and its translations.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn family(&self, article: &Article) -> Result<Family, StoreError> {
        let sql = format!(
            "SELECT {ARTICLE_COLUMNS} FROM {NEWEST_VERSION} WHERE a.story_id = ?1 AND a.article_id <> ?2 ORDER BY a.article_id"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(article.story)
            .bind(article.number)
            .fetch_all(self.readers())
            .await
            .map_err(self.failed("reading the translations of an article"))?;
        Ok(Family {
            versions: self.versions(article.number).await?,
            sightings: self.sightings(article.number).await?,
            translations: rows.iter().map(article_from_row).collect::<Result<_, _>>()?,
        })
    }

    /// The newest articles, at most `limit`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn latest(&self, limit: usize) -> Result<Vec<Article>, StoreError> {
        let sql = format!(
            "SELECT {ARTICLE_COLUMNS} FROM {NEWEST_VERSION} ORDER BY a.sort_time DESC, a.article_id DESC LIMIT ?1"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(rows(limit))
            .fetch_all(self.readers())
            .await
            .map_err(self.failed("reading the newest articles"))?;
        rows.iter().map(article_from_row).collect()
    }

    /// How many articles there are.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn count(&self) -> Result<i64, StoreError> {
        sqlx::query_scalar!(r#"SELECT count(*) AS "count!: i64" FROM article"#)
            .fetch_one(self.readers())
            .await
            .map_err(self.failed("counting articles"))
    }

    /// How each source does, by name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn health(&self) -> Result<Vec<SourceHealth>, StoreError> {
        self.health_of(None).await
    }

    /// How one source does, or each, by name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn health_of(&self, source: Option<&SourceId>) -> Result<Vec<SourceHealth>, StoreError> {
        let source = source.map(SourceId::as_str);
        let rows = sqlx::query!(
            r#"SELECT source_id AS "source!: String", wire AS "wire: String", url AS "url!: String",
                      configured AS "configured!: bool", last_poll AS "last_poll: String",
                      last_outcome AS "last_outcome: String", last_error AS "last_error: String",
                      first_success AS "first_success: String", last_success AS "last_success: String",
                      failures AS "failures!: i64", next_due AS "next_due: String",
                      next_due_reason AS "next_due_reason: String", polls AS "polls!: i64", new AS "new!: i64",
                      duplicate AS "duplicate!: i64", rejected AS "rejected!: i64", tier AS "tier: String",
                      state AS "state!: String", state_since AS "state_since: String", interval_ms AS "interval_ms: i64",
                      last_new AS "last_new: String", gaps AS "gaps!: i64", last_gap AS "last_gap: String",
                      last_gap_reason AS "last_gap_reason: String", moved_to AS "moved_to: String"
               FROM v_source_health WHERE ?1 IS NULL OR source_id = ?1 ORDER BY source_id"#,
            source
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("reading the health of the sources"))?;
        rows.into_iter()
            .map(|row| {
                Ok(SourceHealth {
                    source: SourceId::new(row.source),
                    wire: row.wire,
                    url: row.url,
                    configured: row.configured,
                    last_poll: optional_instant("poll", "started", row.last_poll.as_deref())?,
                    last_outcome: row.last_outcome.as_deref().map(outcome).transpose()?,
                    last_error: row.last_error,
                    first_success: optional_instant("source", "first_success", row.first_success.as_deref())?,
                    last_success: optional_instant("source", "last_success", row.last_success.as_deref())?,
                    failures: row.failures,
                    next_due: optional_instant("source", "next_due", row.next_due.as_deref())?,
                    next_due_reason: row.next_due_reason,
                    polls: row.polls,
                    new: row.new,
                    duplicate: row.duplicate,
                    rejected: row.rejected,
                    tier: row.tier,
                    state: row.state,
                    state_since: optional_instant("source", "state_since", row.state_since.as_deref())?,
                    interval_ms: row.interval_ms,
                    last_new: optional_instant("source", "last_new", row.last_new.as_deref())?,
                    gaps: row.gaps,
                    last_gap: optional_instant("source", "last_gap", row.last_gap.as_deref())?,
                    last_gap_reason: row.last_gap_reason,
                    moved_to: row.moved_to,
                })
            })
            .collect()
    }

    /// The last polls of all sources, the newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn polls(&self, limit: usize) -> Result<Vec<PollRecord>, StoreError> {
        let limit = rows(limit);
        let rows = sqlx::query!(
            r#"SELECT poll_id AS "poll_id!: i64", source_id AS "source!: String", started AS "started!: String",
                      elapsed_ms AS "elapsed_ms!: i64", outcome AS "outcome!: String", http_status AS "http_status: i64",
                      bytes AS "bytes: i64", items AS "items!: i64", new AS "new!: i64", seen AS "seen!: i64",
                      revised AS "revised!: i64", duplicate AS "duplicate!: i64", correction AS "correction!: i64",
                      withdrawal AS "withdrawal!: i64", variant AS "variant!: i64", rejected AS "rejected!: i64",
                      repairs AS "repairs!: String", error AS "error: String", next_due AS "next_due: String",
                      next_due_reason AS "next_due_reason: String", known AS "known: i64", gap AS "gap: String"
               FROM v_poll ORDER BY poll_id DESC LIMIT ?1"#,
            limit
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("reading polls"))?;
        rows.into_iter()
            .map(|row| {
                Ok(PollRecord {
                    poll_id: row.poll_id,
                    source: SourceId::new(row.source),
                    started: instant("poll", "started", &row.started)?,
                    elapsed_ms: row.elapsed_ms,
                    outcome: outcome(&row.outcome)?,
                    http_status: row.http_status,
                    bytes: row.bytes,
                    items: row.items,
                    new: row.new,
                    seen: row.seen,
                    revised: row.revised,
                    duplicate: row.duplicate,
                    correction: row.correction,
                    withdrawal: row.withdrawal,
                    variant: row.variant,
                    rejected: row.rejected,
                    repairs: from_json("repairs", &row.repairs)?,
                    error: row.error,
                    next_due: optional_instant("poll", "next_due", row.next_due.as_deref())?,
                    next_due_reason: row.next_due_reason,
                    known: row.known,
                    gap: row.gap,
                })
            })
            .collect()
    }

    /// The last items that could not become articles, the newest poll first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn rejects(&self, limit: usize) -> Result<Vec<RejectRecord>, StoreError> {
        let limit = rows(limit);
        let rows = sqlx::query_as!(
            RejectRow,
            r#"SELECT poll_id AS "poll_id!: i64", source_id AS "source!: String", started AS "started!: String",
                      item_index AS "index!: i64", why AS "why!: String"
               FROM v_reject ORDER BY poll_id DESC, item_index LIMIT ?1"#,
            limit
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("reading rejects"))?;
        rows.into_iter().map(RejectRow::record).collect()
    }
}

/// A row of `v_reject`.
pub(super) struct RejectRow {
    pub(super) poll_id: i64,
    pub(super) source: String,
    pub(super) started: String,
    pub(super) index: i64,
    pub(super) why: String,
}

impl RejectRow {
    pub(super) fn record(self) -> Result<RejectRecord, StoreError> {
        Ok(RejectRecord {
            poll_id: self.poll_id,
            source: SourceId::new(self.source),
            started: instant("poll", "started", &self.started)?,
            reject: Reject {
                index: usize::try_from(self.index).unwrap_or_default(),
                why: self.why,
            },
        })
    }
}

pub(super) fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn outcome(text: &str) -> Result<&'static str, StoreError> {
    word("poll", "outcome", text, Outcome::parse).map(Outcome::as_str)
}
