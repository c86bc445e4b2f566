//! stub
use super::row::{ARTICLE_COLUMNS, NEWEST_VERSION, article_from_row};
use super::{Store, StoreError};
use crate::article::{Article, SourceId, Verdict};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::AssertSqlSafe;

/// One version of an article, and why it is one.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// The article as it was; `modified` is when this version was read.
    pub article: Article,
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sighting {
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
    /// When it was first seen.
    pub first_seen: DateTime<Utc>,
    /// When it was last seen.
    pub last_seen: DateTime<Utc>,
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
}

#[allow(missing_docs)]
impl Store {
    pub async fn article(&self, number: i64) -> Result<Option<Article>, StoreError> {
        let sql = format!("SELECT {ARTICLE_COLUMNS} FROM {NEWEST_VERSION} WHERE a.article_id = ?1");
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(number)
            .fetch_optional(self.readers())
            .await
            .map_err(self.failed("x"))?;
        row.as_ref().map(article_from_row).transpose()
    }
    pub async fn versions(&self, _: i64) -> Result<Vec<Version>, StoreError> {
        Ok(vec![])
    }
    pub async fn sightings(&self, _: i64) -> Result<Vec<Sighting>, StoreError> {
        Ok(vec![])
    }
    pub async fn health(&self) -> Result<Vec<SourceHealth>, StoreError> {
        Ok(vec![])
    }
}
