//! Reads the look-alikes of a whole poll in a handful of statements, inside the transaction that will write.

use std::collections::{BTreeSet, HashMap};

use chrono::TimeDelta;
use sqlx::SqliteConnection;

use super::StoreError;
use super::row::{from_json, instant, json, optional_instant, sections, word};
use crate::article::{Dateline, Kind, PubStatus, Revision, Verdict};
use crate::dedup::{
    Carrier, Items, Key, KeyKind, Known, KnownVersion, News, RECALL_LIMIT, Reading, Recall, Shown, release,
};
use crate::text::fold;

/// Versions read of one article, newest first: a source that changes an item on every poll must not make polls slow.
const VERSION_LIMIT: i64 = 50;

/// What is known of the drafts of one poll of one source.
pub(super) async fn recall(
    connection: &mut SqliteConnection,
    source: &str,
    readings: &[Reading<'_>],
    window: TimeDelta,
) -> Result<Recall, StoreError> {
    let fail = |source| StoreError::Sql {
        doing: "recalling what is known",
        source,
    };
    let keys: BTreeSet<&Key> = readings
        .iter()
        .flat_map(|r| &r.keys)
        .filter(|k| k.kind != KeyKind::Item)
        .collect();
    let keys = json(&keys.iter().map(|k| (k.kind.as_str(), &k.value)).collect::<Vec<_>>());
    let names = readings.iter().flat_map(|r| &r.names).map(|name| &name.text);
    let names = json(&names.collect::<BTreeSet<_>>());

    let limit = i64::try_from(RECALL_LIMIT).unwrap_or(i64::MAX);
    let by_key = sqlx::query!(
        r#"SELECT k.kind AS "kind!: String", k.value AS "value!: String", k.article_id AS "article!: i64"
           FROM json_each(?1) AS wanted
           CROSS JOIN key k ON k.kind = wanted.value ->> 0 AND k.value = wanted.value ->> 1
           WHERE k.article_id IN (SELECT n.article_id FROM key n WHERE n.kind = k.kind AND n.value = k.value
                                  ORDER BY n.article_id DESC LIMIT ?2)
           ORDER BY k.article_id"#,
        keys,
        limit
    )
    .fetch_all(&mut *connection)
    .await
    .map_err(fail)?;

    let by_name = sqlx::query!(
        r#"SELECT g.item_key AS "item_key!: String", g.article_id AS "article!: i64", g.verdict AS "verdict!: String",
                  g.content_hash AS "content_hash!: String", g.content_since AS "content_since!: String",
                  (SELECT json_group_array(o.name) FROM item_name o WHERE o.sighting_id = g.sighting_id) AS "names!: String"
           FROM sighting g
           WHERE g.sighting_id IN (
             SELECT n.sighting_id FROM json_each(?1) AS wanted
             CROSS JOIN item_name n ON n.source_id = ?2 AND n.name = wanted.value
             WHERE n.sighting_id IN (SELECT m.sighting_id FROM item_name m WHERE m.source_id = ?2 AND m.name = n.name
                                     ORDER BY m.sighting_id DESC LIMIT ?3))
           ORDER BY g.sighting_id"#,
        names,
        source,
        limit
    )
    .fetch_all(&mut *connection)
    .await
    .map_err(fail)?;

    let articles: BTreeSet<i64> = by_key
        .iter()
        .map(|r| r.article)
        .chain(by_name.iter().map(|r| r.article))
        .collect();
    let mut recall = Recall::within(window);
    for known in known_articles(connection, source, &articles).await? {
        recall.add(known);
    }
    for row in by_key {
        recall.index(
            Key {
                kind: word("key", "kind", &row.kind, KeyKind::parse)?,
                value: row.value,
            },
            row.article,
        );
    }
    for row in by_name {
        let first_verdict = word("sighting", "verdict", &row.verdict, Verdict::parse)?;
        let names: Vec<String> = from_json("names", &row.names)?;
        for name in &names {
            recall.index(Key::item(name), row.article);
        }
        if let Some(known) = recall.get_mut(row.article) {
            known.items.show(Shown {
                item_key: row.item_key,
                names,
                content_hash: row.content_hash,
                content_since: instant("sighting", "content_since", &row.content_since)?,
                first_verdict,
            });
        }
    }
    Ok(recall)
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
    let ids = json(articles);
    let heads = sqlx::query!(
        r#"SELECT a.article_id AS "article!: i64", a.story_id AS "story!: i64", a.pubstatus AS "pubstatus!: String",
                  EXISTS (SELECT 1 FROM sighting g WHERE g.article_id = a.article_id AND g.source_id = ?2) AS "ours!: bool",
                  EXISTS (SELECT 1 FROM version m WHERE m.article_id = a.article_id AND m.source_id = ?2) AS "made!: bool",
                  v.wire AS "wire: String", v.issuer AS "issuer: String", v.language AS "language: String",
                  v.url AS "url: String"
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
                  v.dateline AS "dateline: String", v.body_text AS "body_text!: String", v.sections AS "sections!: String",
                  v.received AS "received!: String", v.published AS "published: String", v.wire AS "wire: String",
                  v.release_id AS "release_id: String"
           FROM json_each(?1) AS wanted
           CROSS JOIN article a ON a.article_id = wanted.value
           CROSS JOIN version v ON v.article_id = a.article_id AND v.version > a.version - ?2
           ORDER BY v.article_id, v.version"#,
        ids,
        VERSION_LIMIT
    )
    .fetch_all(&mut *connection)
    .await
    .map_err(fail)?;
    for row in rows {
        let dateline: Option<Dateline> = row.dateline.map(|text| from_json("dateline", &text)).transpose()?;
        let revision: Option<Revision> = row.revision.map(|text| from_json("revision", &text)).transpose()?;
        let headline_shown = row.headline.unwrap_or_default();
        let headline = fold(&headline_shown);
        let clean = revision.and_then(|r| r.clean_headline);
        versions.entry(row.article).or_default().push(KnownVersion {
            number: row.version,
            content_hash: row.content_hash,
            kind: word("version", "kind", &row.kind, Kind::parse)?,
            clean_headline: clean.as_deref().map_or_else(|| headline.clone(), fold),
            headline,
            headline_shown,
            news: News::whole(
                &row.body_text,
                dateline.as_ref(),
                &sections(&row.body_text, &row.sections)?,
            ),
            release: release(row.wire.as_deref(), row.release_id.as_deref()),
            received: instant("version", "received", &row.received)?,
            published: optional_instant("version", "published", row.published.as_deref())?,
        });
    }

    let mut releases: HashMap<i64, Vec<String>> = HashMap::new();
    let rows = sqlx::query!(
        r#"SELECT k.article_id AS "article!: i64", k.value AS "value!: String"
           FROM json_each(?1) AS wanted
           CROSS JOIN key k INDEXED BY key_by_article ON k.article_id = wanted.value AND k.kind = 'release'"#,
        ids
    )
    .fetch_all(&mut *connection)
    .await
    .map_err(fail)?;
    for row in rows {
        releases.entry(row.article).or_default().push(row.value);
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
                releases: releases.remove(&head.article).unwrap_or_default(),
                carrier: Carrier::of(head.ours),
                maker: Carrier::of(head.made),
                versions: versions.remove(&head.article).unwrap_or_default(),
                items: Items::default(),
            })
        })
        .collect()
}
