//! Reads the look-alikes of a whole poll in a handful of statements, inside the transaction that will write.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sqlx::SqliteConnection;

use super::StoreError;
use super::error::fail;
use super::postings::Postings;
use super::row::{date, day, from_json, instant, json, optional_instant, sections, word};
use crate::article::{Dateline, Kind, PubStatus, Revision, Rights, SourceId, Verdict};
use crate::dedup::{
    Carrier, Headline, Items, Key, KeyKind, Known, KnownVersion, Mark, News, RECALL_LIMIT, Reading, Recall, Shown,
    is_shown_again, judge_reading, marks, release,
};

const RECALLING: &str = "recalling what is known";

/// Versions read of one article, newest first: a source that changes an item on every poll must not make polls slow.
const VERSION_LIMIT: i64 = 50;

/// What is known of the drafts of one poll of one source; of one article's new text what is known of others, `apart` from it.
pub(super) async fn recall(
    connection: &mut SqliteConnection,
    postings: &Postings,
    source: &str,
    readings: &[Reading<'_>],
    window: TimeDelta,
    now: DateTime<Utc>,
    apart: Option<i64>,
) -> Result<Recall, StoreError> {
    let oldest = oldest_day(now, window);
    let is_other = |(_, article): &(i64, i64)| Some(*article) != apart;
    let names: HashMap<i64, &str> = readings
        .iter()
        .flat_map(|reading| &reading.keys)
        .filter(|key| key.kind == KeyKind::Item)
        .map(|key| (key.hash(source), key.value.as_str()))
        .collect();
    let found = postings
        .find(connection, &names.keys().copied().collect(), oldest)
        .await?;
    let found = found.into_iter().filter(is_other);
    let named: Vec<(i64, &str)> = found
        .filter_map(|(hash, article)| Some((article, *names.get(&hash)?)))
        .collect();
    let by_name = by_name(connection, source, &named).await?;

    // Most of what a feed shows it has shown before.
    let again = again(readings, &by_name);
    let (again, new): (Vec<&Reading<'_>>, Vec<&Reading<'_>>) =
        readings.iter().partition(|reading| again.contains(reading.item_key()));
    let wanted: HashMap<i64, &Key> = new
        .iter()
        .flat_map(|reading| &reading.keys)
        .filter(|key| key.kind != KeyKind::Item)
        .map(|key| (key.hash(source), key))
        .collect();
    let shingles: BTreeSet<i64> = new.iter().flat_map(|reading| &reading.shingles).copied().collect();
    let hashes: BTreeSet<i64> = wanted.keys().chain(&shingles).copied().collect();
    let found = postings.find(connection, &hashes, oldest).await?;

    let mut recall = Recall::within(window);
    let mut keys: Vec<(i64, &str, &str)> = Vec::new();
    for (hash, article) in found.into_iter().filter(is_other) {
        if shingles.contains(&hash) {
            recall.post(hash, article);
        }
        keys.extend(
            wanted
                .get(&hash)
                .map(|key| (article, key.kind.as_str(), key.value.as_str())),
        );
    }
    let by_key = by_key(connection, &keys).await?;

    for (hash, day) in tombstones(connection, &new).await? {
        recall.bury(hash, day);
    }
    let articles: BTreeSet<i64> = by_key
        .iter()
        .map(|(_, article)| *article)
        .chain(by_name.iter().map(|named| named.article))
        .chain(new.iter().flat_map(|reading| recall.likely(reading)))
        .collect();
    for known in known_articles(connection, source, &articles).await? {
        recall.add(known);
    }
    for (key, article) in by_key {
        recall.index(key, article);
    }
    for Named { article, shown } in by_name {
        for name in &shown.names {
            recall.index(Key::item(name), article);
        }
        if let Some(known) = recall.get_mut(article) {
            known.items.show(shown);
        }
    }
    debug_assert!(
        again
            .iter()
            .all(|reading| judge_reading(reading, &recall).stage == "identity"),
        "what is shown again is known by its name"
    );
    Ok(recall)
}

/// An item that a source has shown, and the article that it is of.
struct Named {
    article: i64,
    shown: Shown,
}

/// Items of a document that it shows again as they were, by their strongest names: those alone that no other item of it has.
fn again<'r>(readings: &'r [Reading<'_>], by_name: &[Named]) -> HashSet<&'r str> {
    let mut called: HashMap<&str, Vec<(i64, &Shown)>> = HashMap::new();
    for Named { article, shown } in by_name {
        let names: BTreeSet<&str> = shown
            .names
            .iter()
            .chain([&shown.item_key])
            .map(String::as_str)
            .collect();
        for name in names {
            called.entry(name).or_default().push((*article, shown));
        }
    }
    let mut holders: HashMap<&str, usize> = HashMap::new();
    for name in readings.iter().flat_map(|reading| &reading.names) {
        *holders.entry(&name.text).or_default() += 1;
    }
    let of = |reading: &Reading<'_>| called.get(reading.item_key()).map_or(&[][..], Vec::as_slice);
    readings
        .iter()
        .filter(|reading| holders.get(reading.item_key()) == Some(&1) && is_shown_again(reading, of(reading)))
        .map(Reading::item_key)
        .collect()
}

/// Which of these articles have these keys, by kind and value.
async fn by_key(
    connection: &mut SqliteConnection,
    wanted: &[(i64, &str, &str)],
) -> Result<Vec<(Key, i64)>, StoreError> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = json(&wanted);
    let rows = sqlx::query!(
        r#"SELECT k.kind AS "kind!: String", k.value AS "value!: String", k.article_id AS "article!: i64"
           FROM json_each(?1) AS wanted
           CROSS JOIN key k ON k.article_id = wanted.value ->> 0 AND k.kind = wanted.value ->> 1 AND k.value = wanted.value ->> 2
           ORDER BY k.article_id"#,
        wanted
    )
    .fetch_all(connection)
    .await
    .map_err(fail(RECALLING))?;
    rows.into_iter()
        .map(|row| {
            let kind = word("key", "kind", &row.kind, KeyKind::parse)?;
            Ok((Key { kind, value: row.value }, row.article))
        })
        .collect()
}

/// Items of the source that are of these articles and have had these names.
async fn by_name(
    connection: &mut SqliteConnection,
    source: &str,
    wanted: &[(i64, &str)],
) -> Result<Vec<Named>, StoreError> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = json(&wanted);
    let limit = i64::try_from(RECALL_LIMIT).unwrap_or(i64::MAX);
    let rows = sqlx::query!(
        r#"SELECT g.item_key AS "item_key!: String", g.article_id AS "article!: i64", g.verdict AS "verdict!: String",
                  g.content_hash AS "content_hash!: String", g.content_since AS "content_since!: String",
                  (SELECT json_group_array(o.name) FROM item_name o WHERE o.sighting_id = g.sighting_id) AS "names!: String"
           FROM sighting g
           WHERE g.sighting_id IN (
             SELECT m.sighting_id FROM json_each(?1) AS wanted
             CROSS JOIN sighting m ON m.sighting_id IN (
               SELECT s.sighting_id FROM sighting s CROSS JOIN item_name n ON n.sighting_id = s.sighting_id AND n.name = wanted.value ->> 1
               WHERE s.article_id = wanted.value ->> 0 AND s.source_id = ?2
               ORDER BY s.sighting_id DESC LIMIT ?3))
           ORDER BY g.sighting_id"#,
        wanted,
        source,
        limit
    )
    .fetch_all(connection)
    .await
    .map_err(fail(RECALLING))?;
    rows.into_iter()
        .map(|row| {
            Ok(Named {
                article: row.article,
                shown: Shown {
                    item_key: row.item_key,
                    names: from_json("names", &row.names)?,
                    content_hash: row.content_hash,
                    content_since: instant("sighting", "content_since", &row.content_since)?,
                    first_verdict: word("sighting", "verdict", &row.verdict, Verdict::parse)?,
                },
            })
        })
        .collect()
}

/// The tombstones that the readings hit.
async fn tombstones(
    connection: &mut SqliteConnection,
    readings: &[&Reading<'_>],
) -> Result<Vec<(i64, NaiveDate)>, StoreError> {
    let hashes = json(
        &readings
            .iter()
            .flat_map(|reading| marks(reading))
            .map(Mark::hash)
            .collect::<BTreeSet<_>>(),
    );
    let rows = sqlx::query!(
        r#"SELECT t.hash AS "hash!: i64", t.last_seen AS "last_seen!: i64"
           FROM json_each(?1) AS wanted CROSS JOIN tombstone t ON t.hash = wanted.value"#,
        hashes
    )
    .fetch_all(connection)
    .await
    .map_err(|source| StoreError::Sql {
        doing: "looking for what was purged",
        source,
    })?;
    Ok(rows.into_iter().map(|row| (row.hash, date(row.last_seen))).collect())
}

/// The first day, counted from 1970, that a copy admitted at `now` may look back to.
pub(super) fn oldest_day(now: DateTime<Utc>, window: TimeDelta) -> i64 {
    now.checked_sub_signed(window).map_or(i64::MIN, day)
}

async fn known_articles(
    connection: &mut SqliteConnection,
    source: &str,
    articles: &BTreeSet<i64>,
) -> Result<Vec<Known>, StoreError> {
    let fail = |source| StoreError::Sql {
        doing: "reading what is known",
        source,
    };
    if articles.is_empty() {
        return Ok(Vec::new());
    }
    let ids = json(articles);
    let heads = sqlx::query!(
        r#"SELECT a.article_id AS "article!: i64", a.story_id AS "story!: i64", a.pubstatus AS "pubstatus!: String",
                  EXISTS (SELECT 1 FROM sighting g WHERE g.article_id = a.article_id AND g.source_id = ?2) AS "ours!: bool",
                  EXISTS (SELECT 1 FROM version m WHERE m.article_id = a.article_id AND m.source_id = ?2) AS "made!: bool",
                  v.wire AS "wire: String", v.issuer AS "issuer: String", v.language AS "language: String",
                  v.url AS "url: String",
                  (SELECT min(m.version) FROM version m WHERE m.article_id = a.article_id) AS "first_version!: i64",
                  (SELECT min(g.published) FROM sighting g WHERE g.article_id = a.article_id) AS "published: String",
                  (SELECT json_group_array(k.value) FROM key k WHERE k.article_id = a.article_id AND k.kind = 'release') AS "releases!: String"
           FROM json_each(?1) AS wanted
           CROSS JOIN article a ON a.article_id = wanted.value
           CROSS JOIN version v ON v.article_id = a.article_id AND v.version = a.version
           ORDER BY a.article_id"#,
        ids,
        source
    )
    .fetch_all(&mut *connection)
    .await
    .map_err(fail)?;

    let mut versions: HashMap<i64, Vec<KnownVersion>> = HashMap::new();
    let rows = sqlx::query!(
        r#"SELECT v.article_id AS "article!: i64", v.version AS "version!: i64", v.content_hash AS "content_hash!: String",
                  v.kind AS "kind!: String", v.headline AS "headline: String", v.revision AS "revision: String",
                  v.received AS "received!: String", v.published AS "published: String",
                  v.dateline ->> 'date' AS "day: String", v.updated AS "updated: String", v.wire AS "wire: String",
                  v.release_id AS "release_id: String", v.edition AS "edition!: i64", n.words AS "words?: String",
                  n.fullest AS "fullest?: String", v.rights AS "rights!: String", v.text_source AS "text_source: String"
           FROM json_each(?1) AS wanted
           CROSS JOIN article a ON a.article_id = wanted.value
           CROSS JOIN version v ON v.article_id = a.article_id AND v.version > a.version - ?2
           LEFT JOIN news n ON n.article_id = v.article_id AND n.version = v.version
           ORDER BY v.article_id, v.version"#,
        ids,
        VERSION_LIMIT
    )
    .fetch_all(&mut *connection)
    .await
    .map_err(fail)?;
    for row in rows {
        let revision: Option<Revision> = row.revision.map(|text| from_json("revision", &text)).transpose()?;
        let clean = revision.and_then(|r| r.clean_headline);
        let news = match row.words.as_deref().and_then(News::from_stored) {
            Some(news) => news,
            None => unread(connection, row.article, row.version).await?,
        };
        versions.entry(row.article).or_default().push(KnownVersion {
            number: row.version,
            content_hash: row.content_hash,
            kind: word("version", "kind", &row.kind, Kind::parse)?,
            headline: Headline::read(row.headline.as_deref(), clean.as_deref()),
            news,
            fullest: row.fullest.as_deref().and_then(News::from_stored),
            edition: row.edition,
            rights: word("version", "rights", &row.rights, Rights::parse)?,
            text_source: row.text_source.map(SourceId::new),
            release: release(row.wire.as_deref(), row.release_id.as_deref()),
            received: instant("version", "received", &row.received)?,
            published: optional_instant("version", "published", row.published.as_deref())?,
            day: row.day.and_then(|day| day.parse().ok()),
            updated: optional_instant("version", "updated", row.updated.as_deref())?,
        });
    }

    heads
        .into_iter()
        .map(|head| {
            Ok(Known {
                article: head.article,
                story: head.story,
                pubstatus: word("article", "pubstatus", &head.pubstatus, PubStatus::parse)?,
                wire: head.wire,
                issuer: head.issuer,
                language: head.language,
                url: head.url,
                releases: from_json("release", &head.releases)?,
                carrier: Carrier::of(head.ours),
                maker: Carrier::of(head.made),
                first_version: head.first_version,
                published: optional_instant("sighting", "published", head.published.as_deref())?,
                versions: versions.remove(&head.article).unwrap_or_default(),
                items: Items::default(),
            })
        })
        .collect()
}

/// The words of a version that an earlier Dateline wrote.
async fn unread(connection: &mut SqliteConnection, article: i64, version: i64) -> Result<News, StoreError> {
    let row = sqlx::query!(
        r#"SELECT dateline AS "dateline: String", body_text AS "body_text!: String", sections AS "sections!: String"
           FROM version WHERE article_id = ?1 AND version = ?2"#,
        article,
        version
    )
    .fetch_one(&mut *connection)
    .await
    .map_err(|source| StoreError::Sql {
        doing: "reading a text again",
        source,
    })?;
    let dateline: Option<Dateline> = row.dateline.map(|text| from_json("dateline", &text)).transpose()?;
    let sections = sections(&row.body_text, &row.sections)?;
    Ok(News::read(&row.body_text, dateline.as_ref(), &sections))
}
