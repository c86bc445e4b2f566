//! What a person overrules: two releases that were shown as one are split, one that was shown twice is merged. Each is one transaction,
//! and is remembered.
//!
//! Nothing said before is lost by it: the versions, sightings and names of items move, so that the next poll finds its items where they
//! are now, says `seen` and flips nothing.
//!
//! | file | does |
//! |---|---|
//! | `whole` | reads an article with all that belongs to it |
//! | `settle` | brings what is derived of an article up to what it holds |
//! | `split`, `part` | what may be split off, and how it becomes an article |
//! | `leave` | how items leave together, with what they brought |
//! | `merge`, `append` | what two articles become, and how versions of one become those of the other |

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{Connection, SqliteConnection};

use super::error::fail;
use super::row::{from_json, instant, json, stamp, word};
use super::{Store, StoreError, merge, split};
use crate::article::{Article, ArticleId};

/// Name of the stage of verdicts that a person gave.
pub const OVERRULED: &str = "overruled";

/// What is to be split off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The one thing that this article holds beside its first version; of one that was merged, all that came with it.
    Article(i64),
    /// A version of an article.
    Version {
        /// Row number of the article.
        article: i64,
        /// Which version.
        version: i64,
    },
    /// A copy, by the number of its sighting.
    Sighting(i64),
}

impl Part {
    /// Reads `17`, `17.2`, `#45` or `s45`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(sighting) = text.strip_prefix(['#', 's']) {
            return sighting.parse().ok().map(Self::Sighting);
        }
        match text.split_once('.') {
            Some((article, version)) => Some(Self::Version {
                article: article.parse().ok()?,
                version: version.parse().ok()?,
            }),
            None => text.parse().ok().map(Self::Article),
        }
    }
}

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Overruling {
    /// What was shown as one is two.
    Split,
    /// What was shown as two is one.
    Merge,
}

impl Overruling {
    /// The spelling in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Split => "split",
            Self::Merge => "merge",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Split, Self::Merge]
            .into_iter()
            .find(|what| what.as_str() == text)
    }
}

/// One row of `overruled`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overruled {
    /// When.
    pub at: DateTime<Utc>,
    /// Split or merge.
    pub what: Overruling,
    /// The article that stayed.
    pub article: i64,
    /// What was split off of it, or merged into it; of translations the other one.
    pub other: i64,
    /// The version that was split off, by the number that it had.
    pub version: Option<i64>,
    /// The copy that was split off.
    pub sighting: Option<i64>,
    /// The id of a merged article that went.
    pub uri: Option<ArticleId>,
    /// What was done, and what the judge had said.
    pub note: String,
}

/// What came of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merged {
    /// Done, and remembered.
    Done(Overruled),
    /// They are one already; why, for a person.
    Already(String),
}

/// An article that was asked for by number or id.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The article.
    pub article: Article,
    /// The number of the article that was asked for, where that was merged into this one.
    pub former: Option<i64>,
}

/// Why nothing was overruled.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)] // the messages say it
pub enum OverruleError {
    #[error("no article {number}; `dateline articles` lists them")]
    NoArticle { number: i64 },
    #[error(
        "article {number} was merged into article {into}; `dateline story split {number}` parts them again, and `dateline explain {into}` \
         shows versions and sightings"
    )]
    Gone { number: i64, into: i64 },
    #[error(
        "article {number} was merged into article {into}, and what came with it cannot be told apart any more: it is gone, an item showed both, \
         or an earlier Dateline merged them; `dateline explain {into}` shows versions and sightings that can be split off"
    )]
    NothingLeft { number: i64, into: i64 },
    #[error("article {article} has no version {version}, only {there}; `dateline explain {article}` shows them")]
    NoVersion { article: i64, version: i64, there: String },
    #[error(
        "version {version} is all that article {article} has of its own, and cannot be split off; a copy can: `dateline explain {article}` shows them"
    )]
    LastVersion { article: i64, version: i64 },
    #[error(
        "version {version} of article {article} shows a text of {lender} that it has replaced since, and cannot be split off; \
         the copies of {lender} can: `dateline explain {article}` shows them"
    )]
    PastLoan { article: i64, version: i64, lender: String },
    #[error(
        "version {version} of article {article} shows the text of the release's own page, and goes with the version whose page it is: \
         `dateline explain {article}` shows them"
    )]
    PageText { article: i64, version: i64 },
    #[error("no sighting #{sighting}; `dateline explain ARTICLE` shows their numbers")]
    NoSighting { sighting: i64 },
    #[error(
        "sighting #{sighting} is no copy: it brought version {version} of article {article}; try `dateline story split {article}.{version}`"
    )]
    NotACopy { sighting: i64, article: i64, version: i64 },
    #[error(
        "what sighting #{sighting} of article {article} said was not kept when it was merged, so nothing can be made of it"
    )]
    NotKept { sighting: i64, article: i64 },
    #[error(
        "sightings #{one} and #{other} are of one item, and both keep what they said, of which one would be lost; \
         try `dateline story split s{other}` first"
    )]
    TwoCopies { one: i64, other: i64 },
    #[error(
        "article {article} is one version of one release without copies or translations: there is nothing to split off"
    )]
    Nothing { article: i64 },
    #[error("several things of article {article} can be split off; say which:\n{}", commands.join("\n"))]
    Several { article: i64, commands: Vec<String> },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl OverruleError {
    fn placed(self, store: &Store) -> Self {
        match self.of_store() {
            Ok(error) => Self::Store(store.placed(error)),
            Err(told) => told,
        }
    }

    /// What failed in the store; else what a person asked for in vain.
    pub(crate) fn of_store(self) -> Result<StoreError, Self> {
        match self {
            Self::Store(error) => Ok(error),
            told @ (Self::NoArticle { .. }
            | Self::Gone { .. }
            | Self::NothingLeft { .. }
            | Self::NoVersion { .. }
            | Self::LastVersion { .. }
            | Self::PastLoan { .. }
            | Self::PageText { .. }
            | Self::NoSighting { .. }
            | Self::NotACopy { .. }
            | Self::NotKept { .. }
            | Self::TwoCopies { .. }
            | Self::Nothing { .. }
            | Self::Several { .. }) => Err(told),
        }
    }
}

impl Store {
    /// Makes a part of an article an article of its own.
    ///
    /// # Errors
    /// Nothing is changed then; see [`OverruleError`].
    pub async fn split(&self, part: Part, now: DateTime<Utc>) -> Result<Overruled, OverruleError> {
        let mut writer = self.writer().await?;
        let done = split::split(&mut writer, &self.postings, part, now)
            .await
            .map_err(|error: OverruleError| error.placed(self));
        self.release(writer, &done).await;
        done
    }

    /// Makes two articles one; the one that was first received stays, in whatever order they are named.
    ///
    /// # Errors
    /// Nothing is changed then; see [`OverruleError`].
    pub async fn merge(&self, one: i64, other: i64, now: DateTime<Utc>) -> Result<Merged, OverruleError> {
        let mut writer = self.writer().await?;
        let done = merge::merge(&mut writer, &self.postings, one, other, now)
            .await
            .map_err(|error: OverruleError| error.placed(self));
        self.release(writer, &done).await;
        done
    }

    /// The article of that number or `tag:` id; that into which it was merged, should it be gone.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn find(&self, id: &str) -> Result<Option<Found>, StoreError> {
        let number = id.parse::<i64>().ok();
        let found = match number {
            Some(number) => self.article(number).await?,
            None => self.article_by_uri(&ArticleId::new(id)).await?,
        };
        if let Some(article) = found {
            return Ok(Some(Found { article, former: None }));
        }
        let mut reader = self
            .readers()
            .acquire()
            .await
            .map_err(self.failed("reading an article"))?;
        let number = match number {
            Some(number) => Some(number),
            None => merged_number(&mut reader, id)
                .await
                .map_err(|error| self.placed(error))?,
        };
        let Some(number) = number else { return Ok(None) };
        let lead = leads_to(&mut reader, number)
            .await
            .map_err(|error| self.placed(error))?;
        drop(reader);
        let Some(lead) = lead else { return Ok(None) };
        let article = self.article(lead).await?;
        Ok(article.map(|article| Found {
            article,
            former: Some(number),
        }))
    }

    /// What a person overruled of an article and of those that were merged into it, the first first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn overruled(&self, article: i64) -> Result<Vec<Overruled>, StoreError> {
        let rows = sqlx::query!(
            r#"WITH RECURSIVE part (number) AS (
                 SELECT ?1
                 UNION
                 SELECT past.other_article_id FROM part CROSS JOIN overruled past ON past.article_id = part.number
                 WHERE past.uri IS NOT NULL AND NOT EXISTS (SELECT 1 FROM article a WHERE a.article_id = past.other_article_id)
                   AND NOT EXISTS (SELECT 1 FROM overruled later WHERE later.other_article_id = past.other_article_id
                                   AND later.overruled_id > past.overruled_id))
               SELECT past.at AS "at!: String", past.what AS "what!: String", past.article_id AS "article!: i64",
                      past.other_article_id AS "other!: i64", past.version AS "version: i64", past.sighting_id AS "sighting: i64",
                      past.uri AS "uri: String", past.note AS "note!: String"
               FROM overruled past WHERE past.overruled_id IN (
                 SELECT own.overruled_id FROM part CROSS JOIN overruled own ON own.article_id = part.number
                 UNION
                 SELECT own.overruled_id FROM part CROSS JOIN overruled own ON own.other_article_id = part.number)
               ORDER BY past.overruled_id"#,
            article
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("reading what was overruled"))?;
        rows.into_iter()
            .map(|row| {
                Ok(Overruled {
                    at: instant("overruled", "at", &row.at)?,
                    what: word("overruled", "what", &row.what, Overruling::parse)?,
                    article: row.article,
                    other: row.other,
                    version: row.version,
                    sighting: row.sighting,
                    uri: row.uri.map(ArticleId::new),
                    note: row.note,
                })
            })
            .collect()
    }
}

/// The transaction in which all of it is done.
pub(super) async fn begin(
    connection: &mut SqliteConnection,
) -> Result<sqlx::Transaction<'_, sqlx::Sqlite>, StoreError> {
    connection
        .begin_with("BEGIN IMMEDIATE")
        .await
        .map_err(fail("taking the write lock"))
}

/// Writes what was done into the book; of an article that went, with what came of it.
pub(super) async fn remember(
    connection: &mut SqliteConnection,
    done: &Overruled,
    came: Option<&Came>,
) -> Result<(), StoreError> {
    let (at, what) = (stamp(done.at), done.what.as_str());
    let uri = done.uri.as_ref().map(ArticleId::as_str);
    let came = came.map(json);
    sqlx::query!(
        "INSERT INTO overruled (at, what, article_id, other_article_id, version, sighting_id, uri, note, came)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        at,
        what,
        done.article,
        done.other,
        done.version,
        done.sighting,
        uri,
        done.note,
        came
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail("remembering what was overruled"))
}

/// What came with a merged article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Came {
    /// Its sightings, and when each was first seen: the number of one that is gone may be given again.
    pub(super) sightings: BTreeMap<i64, DateTime<Utc>>,
    /// The other articles of its story.
    pub(super) translations: Vec<i64>,
    /// The outputs that carried it, and not the one that stayed.
    pub(super) outputs: Vec<i64>,
}

/// How an article was merged.
#[derive(Debug)]
pub(super) struct Past {
    /// The id that it had.
    pub(super) uri: String,
    pub(super) note: String,
    pub(super) came: Came,
}

/// How the article of that number was merged last; `None` where what came with it is not remembered.
pub(super) async fn merged_last(connection: &mut SqliteConnection, number: i64) -> Result<Option<Past>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT uri AS "uri!: String", came AS "came: String", note AS "note!: String"
           FROM overruled WHERE other_article_id = ?1 AND uri IS NOT NULL ORDER BY overruled_id DESC LIMIT 1"#,
        number
    )
    .fetch_optional(connection)
    .await
    .map_err(fail("looking for a merge"))?;
    let Some((row, came)) = row.and_then(|mut row| Some((row.came.take()?, row)).map(|(came, row)| (row, came))) else {
        return Ok(None);
    };
    Ok(Some(Past {
        uri: row.uri,
        note: row.note,
        came: from_json("came", &came)?,
    }))
}

/// The sightings that came to an article with those that were merged into it, whether they are still there or not.
pub(super) async fn came_to(connection: &mut SqliteConnection, number: i64) -> Result<BTreeSet<i64>, StoreError> {
    let rows = sqlx::query_scalar!(
        r#"SELECT came AS "came!: String" FROM overruled WHERE article_id = ?1 AND came IS NOT NULL"#,
        number
    )
    .fetch_all(connection)
    .await
    .map_err(fail("looking for merges"))?;
    let mut sightings = BTreeSet::new();
    for came in rows {
        let came: Came = from_json("came", &came)?;
        sightings.extend(came.sightings.into_keys());
    }
    Ok(sightings)
}

/// The article that a number leads to: its own, or the one into which it was merged, perhaps by way of others. What was split off again
/// leads nowhere once it is gone: the last that was done with it counts.
pub(super) async fn leads_to(connection: &mut SqliteConnection, number: i64) -> Result<Option<i64>, StoreError> {
    sqlx::query_scalar!(
        r#"WITH RECURSIVE lead (number, step) AS (
             SELECT ?1, 0
             UNION ALL
             SELECT (SELECT iif(past.uri IS NULL, NULL, past.article_id) FROM overruled past WHERE past.other_article_id = lead.number
                     ORDER BY past.overruled_id DESC LIMIT 1), step + 1
             FROM lead WHERE lead.number IS NOT NULL AND step < 99
               AND NOT EXISTS (SELECT 1 FROM article a WHERE a.article_id = lead.number))
           SELECT number AS "number!: i64" FROM lead
           WHERE EXISTS (SELECT 1 FROM article a WHERE a.article_id = lead.number)"#,
        number
    )
    .fetch_optional(connection)
    .await
    .map_err(fail("following a merged article"))
}

/// The number that the article of an id had that was merged into another.
async fn merged_number(connection: &mut SqliteConnection, uri: &str) -> Result<Option<i64>, StoreError> {
    sqlx::query_scalar!(
        r#"SELECT past.other_article_id AS "number!: i64" FROM overruled past WHERE past.uri = ?1
           ORDER BY past.overruled_id DESC LIMIT 1"#,
        uri
    )
    .fetch_optional(connection)
    .await
    .map_err(fail("following a merged article"))
}
