//! Retention: what is old and no longer shown goes, and leaves tombstones, so that it does not come back as new.
//!
//! In small transactions of their own, so that no poll waits long for the one writer. What is looked for is looked for by readers, and
//! looked at again before it goes: a poll may have changed it meanwhile. Whatever stops it, a purge that is begun again goes on.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use sqlx::SqliteConnection;
use tokio::time::sleep;

use super::error::fail;
use super::postings::Postings;
use super::row::{day, instant, json, stamp, word};
use super::{Store, StoreError, write};
use crate::dedup::{Key, KeyKind, Mark};

/// Articles removed in one transaction; the largest have some dozen versions.
const ARTICLES: usize = 100;
/// Rows of small tables removed in one transaction.
const ROWS: usize = 5_000;
/// Between two transactions: another process that waits for the lock asks for it now and then, and must find it free.
const BREATH: Duration = Duration::from_millis(20);
/// A tombstone stays for this much longer than an article would.
const TOMBSTONE_MARGIN: TimeDelta = TimeDelta::days(30);

/// What is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// What was received or changed within this time stays.
    pub older_than: TimeDelta,
    /// What a source has shown within this time stays, however old it is.
    pub unseen_for: TimeDelta,
}

/// What a purge removed, or would remove.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Pruned {
    /// Articles, with all that belongs to them.
    pub articles: u64,
    /// Their versions.
    pub versions: u64,
    /// Their sightings.
    pub sightings: u64,
    /// Stories without an article.
    pub stories: u64,
    /// Rows of polls.
    pub polls: u64,
    /// Rejects of those polls.
    pub rejects: u64,
    /// Tombstones of articles that nobody has shown for long.
    pub tombstones: u64,
    /// When the oldest article that went was received.
    pub oldest: Option<DateTime<Utc>>,
    /// When the newest article that went was received, in its newest version.
    pub newest: Option<DateTime<Utc>>,
}

/// The times that decide, as the store writes them.
#[derive(Debug)]
struct Cutoffs {
    received: String,
    seen: String,
    /// In days since 1970.
    tombstone: i64,
}

/// Numbers of rows that may go, each list in order.
#[derive(Debug)]
struct Candidates {
    articles: Vec<i64>,
    polls: Vec<i64>,
    tombstones: Vec<i64>,
}

/// An article that goes.
#[derive(Debug)]
struct Doomed {
    article: i64,
    story: i64,
    /// Articles of its story, itself included.
    family: i64,
    versions: u64,
    sightings: u64,
    first: DateTime<Utc>,
    last: DateTime<Utc>,
}

impl Cutoffs {
    fn of(retention: Retention, now: DateTime<Utc>) -> Self {
        let before = |age| now.checked_sub_signed(age).unwrap_or(DateTime::UNIX_EPOCH);
        let tombstone = retention
            .older_than
            .checked_add(&TOMBSTONE_MARGIN)
            .unwrap_or(TimeDelta::MAX);
        Self {
            received: stamp(before(retention.older_than)),
            seen: stamp(before(retention.unseen_for)),
            tombstone: day(before(tombstone)),
        }
    }
}

impl Candidates {
    fn len(&self) -> usize {
        self.articles.len() + self.polls.len() + self.tombstones.len()
    }
}

impl Pruned {
    fn add(&mut self, doomed: &[Doomed]) {
        self.articles += doomed.len() as u64;
        self.versions += doomed.iter().map(|gone| gone.versions).sum::<u64>();
        self.sightings += doomed.iter().map(|gone| gone.sightings).sum::<u64>();
        self.oldest = doomed.iter().map(|gone| gone.first).chain(self.oldest).min();
        self.newest = doomed.iter().map(|gone| gone.last).chain(self.newest).max();
    }
}

impl Store {
    /// Removes articles that were received before `retention.older_than` and that no source has shown for `retention.unseen_for`, with all
    /// that belongs to them; polls and their rejects, and tombstones, that are as old. `progress` is told how many rows of how many were
    /// looked at.
    ///
    /// The newest article and the newest story stay, and the last poll of each source: no number is given twice. What is under embargo
    /// stays.
    ///
    /// # Errors
    /// What was removed by then stays removed; the rest can be removed by asking again.
    pub async fn prune(
        &self,
        retention: Retention,
        now: DateTime<Utc>,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Pruned, StoreError> {
        let cutoffs = Cutoffs::of(retention, now);
        let candidates = self.candidates(&cutoffs).await?;
        let (mut pruned, mut looked_at) = (Pruned::default(), 0);
        let mut step = |rows: usize| {
            looked_at += rows;
            progress(looked_at, candidates.len());
        };
        for articles in candidates.articles.chunks(ARTICLES) {
            // Most of them may still be shown, and nobody has to wait for that.
            if !self.doomed(articles, &cutoffs).await?.is_empty() {
                let (doomed, stories, forgotten) = self
                    .transaction("removing what is old", async |transaction| {
                        remove(transaction, &self.postings, articles, &cutoffs, now).await
                    })
                    .await?;
                self.postings.kept(forgotten);
                if !doomed.is_empty() {
                    self.revise();
                }
                pruned.add(&doomed);
                pruned.stories += stories;
                sleep(BREATH).await;
            }
            step(articles.len());
        }
        for polls in candidates.polls.chunks(ROWS) {
            let ids = json(&polls);
            pruned.rejects += self.rejects_of(&ids).await?;
            let gone = self.transaction("removing polls", async |transaction| {
                sqlx::query!(
                    "DELETE FROM poll WHERE poll_id IN (SELECT value FROM json_each(?1))",
                    ids
                )
                .execute(transaction)
                .await
                .map_err(fail("removing polls"))
            });
            pruned.polls += gone.await?.rows_affected();
            sleep(BREATH).await;
            step(polls.len());
        }
        for tombstones in candidates.tombstones.chunks(ROWS) {
            let hashes = json(&tombstones);
            let gone = self.transaction("removing tombstones", async |transaction| {
                sqlx::query!(
                    "DELETE FROM tombstone WHERE hash IN (SELECT value FROM json_each(?1)) AND last_seen < ?2",
                    hashes,
                    cutoffs.tombstone
                )
                .execute(transaction)
                .await
                .map_err(fail("removing tombstones"))
            });
            pruned.tombstones += gone.await?.rows_affected();
            sleep(BREATH).await;
            step(tombstones.len());
        }
        Ok(pruned)
    }

    /// What [`prune`](Self::prune) would remove; changes nothing.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn prunable(&self, retention: Retention, now: DateTime<Utc>) -> Result<Pruned, StoreError> {
        let cutoffs = Cutoffs::of(retention, now);
        let candidates = self.candidates(&cutoffs).await?;
        let mut pruned = Pruned {
            polls: candidates.polls.len() as u64,
            tombstones: candidates.tombstones.len() as u64,
            ..Pruned::default()
        };
        let mut left: BTreeMap<i64, i64> = BTreeMap::new();
        for articles in candidates.articles.chunks(ARTICLES) {
            let doomed = self.doomed(articles, &cutoffs).await?;
            pruned.add(&doomed);
            for gone in &doomed {
                *left.entry(gone.story).or_insert(gone.family) -= 1;
            }
        }
        pruned.stories = left.values().filter(|articles| **articles == 0).count() as u64;
        for polls in candidates.polls.chunks(ROWS) {
            pruned.rejects += self.rejects_of(&json(&polls)).await?;
        }
        Ok(pruned)
    }

    async fn candidates(&self, cutoffs: &Cutoffs) -> Result<Candidates, StoreError> {
        let fail = self.failed("looking for what is old");
        let mut articles: Vec<i64> = Vec::new();
        loop {
            let (after, limit) = (articles.last().copied().unwrap_or_default(), ROWS as i64);
            let page = sqlx::query_scalar!(
                r#"SELECT a.article_id AS "article!: i64" FROM article a
                   WHERE a.article_id > ?1 AND a.modified < ?2 ORDER BY a.article_id LIMIT ?3"#,
                after,
                cutoffs.received,
                limit
            )
            .fetch_all(self.readers())
            .await
            .map_err(&fail)?;
            articles.extend(&page);
            if page.len() < ROWS {
                break;
            }
        }
        let polls = sqlx::query_scalar!(
            r#"SELECT p.poll_id AS "poll!: i64" FROM poll p
               WHERE p.started < ?1 AND p.poll_id NOT IN (SELECT s.last_poll_id FROM source s WHERE s.last_poll_id IS NOT NULL)
               ORDER BY p.poll_id"#,
            cutoffs.received
        )
        .fetch_all(self.readers())
        .await
        .map_err(&fail)?;
        let tombstones = sqlx::query_scalar!(
            r#"SELECT hash AS "hash!: i64" FROM tombstone WHERE last_seen < ?1 ORDER BY hash"#,
            cutoffs.tombstone
        )
        .fetch_all(self.readers())
        .await
        .map_err(&fail)?;
        Ok(Candidates {
            articles,
            polls,
            tombstones,
        })
    }

    async fn doomed(&self, articles: &[i64], cutoffs: &Cutoffs) -> Result<Vec<Doomed>, StoreError> {
        let fail = self.failed("looking at what is old");
        let mut reader = self.readers().acquire().await.map_err(fail)?;
        doomed(&mut reader, articles, cutoffs)
            .await
            .map_err(|error| self.placed(error))
    }

    async fn rejects_of(&self, polls: &str) -> Result<u64, StoreError> {
        let rejects = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!: i64" FROM json_each(?1) AS old CROSS JOIN reject r ON r.poll_id = old.value"#,
            polls
        )
        .fetch_one(self.readers())
        .await
        .map_err(self.failed("counting rejects"))?;
        Ok(rejects.unsigned_abs())
    }
}

/// Those of the articles that go.
async fn doomed(
    connection: &mut SqliteConnection,
    articles: &[i64],
    cutoffs: &Cutoffs,
) -> Result<Vec<Doomed>, StoreError> {
    let ids = json(&articles);
    let rows = sqlx::query!(
        r#"SELECT a.article_id AS "article!: i64", a.story_id AS "story!: i64", a.first_received AS "first!: String",
                  (SELECT max(v.received) FROM version v WHERE v.article_id = a.article_id) AS "last!: String",
                  (SELECT count(*) FROM version v WHERE v.article_id = a.article_id) AS "versions!: i64",
                  (SELECT count(*) FROM sighting g WHERE g.article_id = a.article_id) AS "sightings!: i64",
                  (SELECT count(*) FROM article o WHERE o.story_id = a.story_id) AS "family!: i64"
           FROM json_each(?1) AS old CROSS JOIN article a ON a.article_id = old.value
           WHERE a.modified < ?2 AND a.pubstatus <> 'withheld'
             AND NOT EXISTS (SELECT 1 FROM version v WHERE v.article_id = a.article_id AND v.received >= ?2)
             AND NOT EXISTS (SELECT 1 FROM sighting g WHERE g.article_id = a.article_id AND g.last_seen >= ?3)
             AND a.article_id < (SELECT max(article_id) FROM article) AND a.story_id < (SELECT max(story_id) FROM story)"#,
        ids,
        cutoffs.received,
        cutoffs.seen
    )
    .fetch_all(connection)
    .await
    .map_err(fail("looking at what is old"))?;
    rows.into_iter()
        .map(|row| {
            Ok(Doomed {
                article: row.article,
                story: row.story,
                family: row.family,
                versions: row.versions.unsigned_abs(),
                sightings: row.sightings.unsigned_abs(),
                first: instant("article", "first_received", &row.first)?,
                last: instant("version", "received", &row.last)?,
            })
        })
        .collect()
}

/// Removes those of the articles that still go, and leaves their tombstones; gives them, how many stories went with them, and what the postings are
/// to be told.
async fn remove(
    connection: &mut SqliteConnection,
    postings: &Postings,
    articles: &[i64],
    cutoffs: &Cutoffs,
    now: DateTime<Utc>,
) -> Result<(Vec<Doomed>, u64, Option<u64>), StoreError> {
    let doomed = doomed(connection, articles, cutoffs).await?;
    let gone: Vec<i64> = doomed.iter().map(|gone| gone.article).collect();
    let ids = json(&gone);
    let stories = json(&doomed.iter().map(|gone| gone.story).collect::<BTreeSet<_>>());
    let hashes = marks(connection, &ids).await?;
    write::tombstones(connection, &hashes, now).await?;
    let forgotten = postings.forget(connection, &gone).await?;
    write::unindex(connection, doomed.iter().map(|gone| &gone.article)).await?;
    // All else that belongs to them goes by its foreign key.
    sqlx::query!(
        "DELETE FROM article WHERE article_id IN (SELECT value FROM json_each(?1))",
        ids
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("removing articles"))?;
    let emptied = sqlx::query!(
        "DELETE FROM story WHERE story_id IN (SELECT value FROM json_each(?1))
         AND NOT EXISTS (SELECT 1 FROM article a WHERE a.story_id = story.story_id)",
        stories
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("removing stories"))?;
    Ok((doomed, emptied.rows_affected(), forgotten))
}

/// The hashes of what articles are known by.
async fn marks(connection: &mut SqliteConnection, articles: &str) -> Result<BTreeSet<i64>, StoreError> {
    let names = sqlx::query!(
        r#"SELECT g.source_id AS "source!: String", n.name AS "name!: String"
           FROM json_each(?1) AS old
           CROSS JOIN sighting g ON g.article_id = old.value
           CROSS JOIN item_name n ON n.sighting_id = g.sighting_id"#,
        articles
    )
    .fetch_all(&mut *connection)
    .await
    .map_err(fail("reading the names of what goes"))?;
    let mut hashes: BTreeSet<i64> = names
        .iter()
        .map(|row| Mark::of_name(&row.source, &row.name).hash())
        .collect();
    let keys = sqlx::query!(
        r#"SELECT k.kind AS "kind!: String", k.value AS "value!: String", v.language AS "language: String"
           FROM json_each(?1) AS old
           CROSS JOIN article a ON a.article_id = old.value
           CROSS JOIN version v ON v.article_id = a.article_id AND v.version = a.version
           CROSS JOIN key k ON k.article_id = a.article_id"#,
        articles
    )
    .fetch_all(&mut *connection)
    .await
    .map_err(fail("reading the keys of what goes"))?;
    for row in keys {
        let key = Key {
            kind: word("key", "kind", &row.kind, KeyKind::parse)?,
            value: row.value,
        };
        hashes.extend(Mark::of_key(&key, row.language.as_deref()).map(Mark::hash));
    }
    Ok(hashes)
}
