//! Brings everything that is derived of an article up to what its versions and sightings are, after a person moved some of them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;

use super::StoreError;
use super::borrow::borrowed;
use super::error::fail;
use super::postings::unpost;
use super::row::{json, stamp};
use super::whole::{Kept, Whole, whole};
use super::write::renew;
use crate::article::Draft;
use crate::dedup::{Key, News, may_replace};

/// What an article was found by that went away with a part of it.
#[derive(Debug, Default)]
pub(super) struct Gone {
    keys: BTreeSet<Key>,
    shingles: BTreeSet<i64>,
}

impl Gone {
    /// What this article is found by, which was a part of it.
    pub(super) fn with(part: &Whole) -> Self {
        Self {
            keys: part.keys(),
            shingles: part.shingles(),
        }
    }
}

/// Makes versions, status, indexes and keys of an article agree with what it holds now; it surfaces as changed where it shows something else.
/// Gives the article as it is; `None` if there is none of that number.
pub(super) async fn settle(
    connection: &mut SqliteConnection,
    number: i64,
    gone: &Gone,
    now: DateTime<Utc>,
) -> Result<Option<Whole>, StoreError> {
    let Some(mut article) = whole(connection, number, now).await? else {
        return Ok(None);
    };
    if borrowed(connection, &article, now).await?
        && let Some(renewed) = whole(connection, number, now).await?
    {
        article = renewed;
    }
    editions(connection, &article).await?;
    fullest(connection, &article).await?;
    forget(connection, &article, gone).await?;
    if let Some(newest) = article.newest() {
        stand(connection, &article, newest, now).await?;
        let shown = BTreeMap::from([(number, Cow::Borrowed(&newest.draft))]);
        let texts = renew(connection, std::iter::once(&number), &shown).await?;
        texts.write(connection).await?;
    }
    Ok(Some(article))
}

async fn stand(
    connection: &mut SqliteConnection,
    article: &Whole,
    newest: &Kept,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (at, pubstatus) = (stamp(now), article.pubstatus().as_str());
    let received = article
        .versions
        .iter()
        .map(|version| version.draft.received)
        .min()
        .map(stamp);
    sqlx::query!(
        "UPDATE article SET sort_time = CASE WHEN version = ?2 AND pubstatus = ?3 THEN sort_time ELSE ?4 END,
                            version = ?2, pubstatus = ?3, modified = ?4, first_received = coalesce(?5, first_received)
         WHERE article_id = ?1",
        article.number,
        newest.number,
        pubstatus,
        at,
        received
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("bringing an article up to date"))?;
    // An item that shows an older version does so because a person put it there; it has not gone back to it.
    let received = stamp(newest.draft.received);
    sqlx::query!(
        "UPDATE sighting SET content_since = min(content_since, ?3) WHERE article_id = ?1 AND content_hash <> ?2",
        article.number,
        newest.content_hash,
        received
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail("bringing sightings up to date"))
}

/// An edition is named by its first version; where that went, by the first that is left.
async fn editions(connection: &mut SqliteConnection, article: &Whole) -> Result<(), StoreError> {
    for version in article
        .versions
        .iter()
        .filter(|version| article.version(version.edition).is_none())
    {
        let of_edition = article.versions.iter().filter(|other| other.edition == version.edition);
        let first = of_edition.map(|other| other.number).min().unwrap_or(version.number);
        sqlx::query!(
            "UPDATE version SET edition = ?3 WHERE article_id = ?1 AND version = ?2",
            article.number,
            version.number,
            first
        )
        .execute(&mut *connection)
        .await
        .map_err(fail("renewing editions"))?;
    }
    Ok(())
}

/// The words of the fullest copy of each version, of those that are still copies.
async fn fullest(connection: &mut SqliteConnection, article: &Whole) -> Result<(), StoreError> {
    let news = |draft: &Draft| News::read(&draft.body_text, draft.dateline.as_ref(), &draft.sections);
    for version in &article.versions {
        let own = news(&version.draft);
        let copies = article
            .showings
            .iter()
            .filter(|copy| copy.is_copy() && copy.version == Some(version.number));
        let mut longest: Option<News> = None;
        for copy in copies {
            let compared = copy
                .against
                .as_ref()
                .is_some_and(|against| against.article == article.number);
            let marked = |own: &&Draft| may_replace(own.kind, version.draft.kind);
            let Some(text) = copy.own.as_ref().filter(marked).map(news) else {
                continue;
            };
            let is_fuller = text.is_longer_than(longest.as_ref().unwrap_or(&own));
            if is_fuller && (compared || text.continues(&own)) {
                longest = Some(text);
            }
        }
        let fullest = longest.map(|news| news.stored());
        sqlx::query!(
            "UPDATE news SET fullest = ?3 WHERE article_id = ?1 AND version = ?2",
            article.number,
            version.number,
            fullest
        )
        .execute(&mut *connection)
        .await
        .map_err(fail("renewing the words of copies"))?;
    }
    Ok(())
}

/// What only the part that went was found by finds the article no more.
async fn forget(connection: &mut SqliteConnection, article: &Whole, gone: &Gone) -> Result<(), StoreError> {
    let kept = article.keys();
    let keys: Vec<_> = gone.keys.iter().filter(|key| !kept.contains(key)).collect();
    let keys = json(
        &keys
            .iter()
            .map(|key| (key.kind.as_str(), &key.value))
            .collect::<Vec<_>>(),
    );
    sqlx::query!(
        "DELETE FROM key WHERE article_id = ?1
           AND (kind, value) IN (SELECT lost.value ->> 0, lost.value ->> 1 FROM json_each(?2) AS lost)",
        article.number,
        keys
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("forgetting keys"))?;
    let kept = article.shingles();
    let lost = gone.shingles.difference(&kept).map(|hash| (*hash, article.number));
    unpost(connection, &lost.collect()).await
}
