//! Stores of earlier schemas, brought up to date.

use chrono::TimeDelta;
use sqlx::{Connection, QueryBuilder, Sqlite, SqliteConnection};

use super::super::row::stamp;
use super::{MIGRATIONS, admit, noon, open};
use crate::article::{Draft, SourceId, Verdict};
use crate::dedup::Reading;

fn item(guid: &str, url: &str, headline: &str) -> Draft {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Draft {
        guid: some(guid),
        url: some(url),
        headline: some(headline),
        ..Draft::empty(SourceId::new("wire-a"), noon())
    }
}

/// As the first schema had it: an item was filed under its guid, its URL or a hash of what it said, and under nothing else.
async fn write_as_version_1(connection: &mut SqliteConnection, number: i64, draft: &Draft) {
    let hash = Reading::of(draft).content_hash;
    let (guid, url, at) = (draft.guid.as_deref(), draft.url.as_deref(), stamp(noon()));
    let headline = draft.headline.as_deref();
    let item_key = guid.or(url).unwrap_or(&hash);
    for (table, extra) in [
        ("story", "story_id, created"),
        (
            "article",
            "article_id, uri, story_id, pubstatus, first_received, modified, sort_time",
        ),
    ] {
        let mut sql = QueryBuilder::<Sqlite>::new(format!("INSERT INTO {table} ({extra}) VALUES ("));
        let mut row = sql.separated(", ");
        row.push_bind(number);
        if table == "article" {
            row.push_bind(format!("tag:{number}"))
                .push_bind(number)
                .push_bind("usable")
                .push_bind(at.clone())
                .push_bind(at.clone());
        }
        row.push_bind(at.clone()).push_unseparated(")");
        sql.build().execute(&mut *connection).await.unwrap();
    }
    sqlx::query(
        "INSERT INTO version (article_id, version, verdict, stage, reason, content_hash, received, source_id, kind, headline, organisations,
                              url, urls, guid, body_text, body_html, sections, subjects, contacts, media, rights, repairs)
         VALUES (?1, 1, 'new', 'none', '', ?2, ?3, 'wire-a', 'release', ?4, '[]',
                 ?5, '[]', ?6, '', '', '[]', '[]', '[]', '[]', 'full', '[]')",
    )
    .bind(number)
    .bind(&hash)
    .bind(&at)
    .bind(headline)
    .bind(url)
    .bind(guid)
    .execute(&mut *connection)
    .await
    .unwrap();
    sqlx::query(
        "INSERT INTO sighting (article_id, source_id, item_key, guid, url, verdict, stage, reason, content_hash, first_seen, last_seen,
                               first_poll_id) VALUES (?1, 'wire-a', ?2, ?3, ?4, 'new', 'none', '', ?5, ?6, ?6, 1)",
    )
    .bind(number)
    .bind(item_key)
    .bind(guid)
    .bind(url)
    .bind(&hash)
    .bind(&at)
    .execute(&mut *connection)
    .await
    .unwrap();
    if let Some(url) = url {
        sqlx::query("INSERT INTO key (kind, value, article_id) VALUES ('url', ?1, ?2)")
            .bind(url)
            .bind(number)
            .execute(connection)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_store_without_names_knows_its_items_again_after_the_migration() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("dateline.sqlite");
    let mut old = SqliteConnection::connect(&format!("sqlite://{}?mode=rwc", path.display()))
        .await
        .unwrap();
    MIGRATIONS.run_to(1, &mut old).await.unwrap();
    sqlx::query("INSERT INTO source (source_id, url) VALUES ('wire-a', 'https://wire-a.example/feed')")
        .execute(&mut old)
        .await
        .unwrap();
    let before = [
        item("g-1", "http://www.acme.example/n/1/", "Acme buys Bolt"),
        item("http://acme.example/n/2", "http://acme.example/n/2", "Acme sells Nut"),
        item("", "https://acme.example/n/3?id=3", "Acme hires"),
        item("", "", "Acme moves"),
        item(
            "HTTP://Acme.example/N/5/?utm_source=x",
            "http://acme.example/N/5/",
            "Acme opens",
        ),
        item(" g-6\n", "https://acme.example/n/6", "Acme closes"),
        item(&"g".repeat(600), "https://acme.example/n/7", "Acme grows"),
        item("https://acme.example/n/8#8", "https://acme.example/n/8", "Acme shrinks"),
    ];
    for (number, draft) in (1..).zip(&before) {
        write_as_version_1(&mut old, number, draft).await;
    }
    old.close().await.unwrap();

    let store = open(&directory).await;
    for (number, draft, want) in [
        (
            1,
            item("", "https://acme.example/n/1", "Acme buys all of Bolt"),
            Verdict::Revised,
        ),
        (
            2,
            item("https://www.acme.example/n/2", "", "Acme sells Nuts"),
            Verdict::Revised,
        ),
        (
            3,
            item("", "http://acme.example/n/3?id=3", "Acme hires ten"),
            Verdict::Revised,
        ),
        (4, item("g-4", "", "Acme moves"), Verdict::Seen),
        // Their guids are spelt otherwise as names, and are no others for that.
        (
            5,
            item(
                &before[4].guid.clone().unwrap(),
                "http://acme.example/N/5/",
                "Acme opens a shop",
            ),
            Verdict::Revised,
        ),
        (
            6,
            item(" g-6\n", "https://acme.example/n/6", "Acme closes a shop"),
            Verdict::Revised,
        ),
        (
            7,
            item(&"g".repeat(600), "https://acme.example/n/7", "Acme grows again"),
            Verdict::Revised,
        ),
        (
            8,
            item(
                "https://acme.example/n/8#8",
                "https://acme.example/n/8",
                "Acme shrinks again",
            ),
            Verdict::Revised,
        ),
    ] {
        let admitted = admit(&store, vec![draft], noon() + TimeDelta::hours(2)).await;
        let said: Vec<_> = admitted
            .judgements
            .iter()
            .map(|j| (j.judgement.verdict, j.filed.as_ref().unwrap().article))
            .collect();
        assert_eq!(said, [(want, number)], "{admitted:#?}");
    }
}

#[tokio::test]
async fn copies_tell_after_the_migration_when_they_were_issued() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("dateline.sqlite");
    let mut old = SqliteConnection::connect(&format!("sqlite://{}?mode=rwc", path.display()))
        .await
        .unwrap();
    MIGRATIONS.run_to(19, &mut old).await.unwrap();
    sqlx::raw_sql(
        "INSERT INTO source (source_id, url) VALUES ('wire-a', 'https://wire-a.example/feed');
         INSERT INTO story (story_id, created) VALUES (1, '2026-10-05T12:00:00.000Z');
         INSERT INTO article (article_id, uri, story_id, pubstatus, first_received, modified, sort_time)
         VALUES (1, 'tag:1', 1, 'usable', '2026-10-05T12:00:00.000Z', '2026-10-05T12:00:00.000Z', '2026-10-05T12:00:00.000Z');",
    )
    .execute(&mut old)
    .await
    .unwrap();
    let copies = [
        (1, Some("{\"published\":\"2026-10-05T09:00:00Z\"}")),
        (2, Some("{\"published\":\"2026-10-05T09:00:00.250Z\"}")),
        (3, Some("{\"published\":null}")),
        (4, None),
    ];
    for (number, copy) in copies {
        sqlx::query(
            "INSERT INTO sighting (sighting_id, article_id, version, source_id, item_key, verdict, stage, reason, content_hash, content_since,
                                   first_seen, last_seen, first_poll_id)
             VALUES (?1, 1, 1, 'wire-a', ?1, 'duplicate', 'none', '', '', ?2, ?2, ?2, 1)",
        )
        .bind(number)
        .bind(stamp(noon()))
        .execute(&mut old)
        .await
        .unwrap();
        if let Some(copy) = copy {
            sqlx::query("INSERT INTO copy (sighting_id, draft) VALUES (?1, ?2)")
                .bind(number)
                .bind(copy)
                .execute(&mut old)
                .await
                .unwrap();
        }
    }
    MIGRATIONS.run_to(20, &mut old).await.unwrap();
    let told: Vec<Option<String>> = sqlx::query_scalar("SELECT published FROM sighting ORDER BY sighting_id")
        .fetch_all(&mut old)
        .await
        .unwrap();
    let want = [
        Some("2026-10-05T09:00:00.000Z"),
        Some("2026-10-05T09:00:00.250Z"),
        None,
        None,
    ];
    assert_eq!(told.iter().map(Option::as_deref).collect::<Vec<_>>(), want);
}
