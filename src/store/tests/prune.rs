//! What is old goes, and does not come back.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{AssertSqlSafe, Row};

use super::super::row::{date, day};
use super::{
    Counts, Poll, Pruned, Retention, Store, admit, draft, full_draft, is_well, noon, open, poll, settle_postings,
};
use crate::article::{Draft, FullText, Kind, OutputId, PubStatus, Reject, SourceId, Verdict};
use crate::config::Output;
use crate::filter::Filter;

const RETENTION: Retention = Retention {
    older_than: TimeDelta::days(365),
    unseen_for: TimeDelta::days(30),
};

fn later() -> DateTime<Utc> {
    noon() + TimeDelta::days(400)
}

async fn purge(store: &Store, now: DateTime<Utc>) -> Pruned {
    store.prune(RETENTION, now, |_, _| ()).await.unwrap()
}

/// The newest article stays whatever its age: one that nobody asks for.
async fn admit_newest(store: &Store) {
    let newest = draft("elsewhere", "newest", "The newest of all");
    admit(store, vec![newest], noon() + TimeDelta::days(1)).await;
}

async fn number(store: &Store, sql: String) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_one(store.readers())
        .await
        .unwrap()
}

/// Rows of every table.
async fn rows(store: &Store) -> BTreeMap<String, i64> {
    let tables =
        sqlx::query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'")
            .fetch_all(store.readers())
            .await
            .unwrap();
    let mut rows = BTreeMap::new();
    for table in tables {
        let table: String = table.get("name");
        let count = number(store, format!("SELECT count(*) FROM \"{table}\"")).await;
        rows.insert(table, count);
    }
    rows
}

/// A release with all that can belong to one: two versions, a copy on another source, listings, a translation, rejects.
async fn admit_a_release_with_everything(store: &Store) {
    let everything = Output::new(OutputId::new("all"), Filter::everything());
    store.serve_outputs(&[everything], noon()).await.unwrap();
    let release = Draft {
        kind: Kind::Release,
        revision: None,
        pubstatus: PubStatus::Usable,
        embargoed: None,
        headline: Some("Fries".into()),
        ..full_draft()
    };
    let first = Poll {
        drafts: vec![release.clone()],
        rejects: vec![Reject {
            index: 1,
            why: "no headline, text or link".into(),
        }],
        full_text: FullText::Wire,
        ..poll("wire-a", noon())
    };
    store.admit(&first, noon()).await.unwrap();
    let edited = Draft {
        body_text: "BOISE, Idaho, Oct. 5, 2026 /PRNewswire/ -- Fries and more of them are here, for everybody.".into(),
        sections: Vec::new(),
        ..release.clone()
    };
    let copy = Draft {
        source: SourceId::new("wire-b"),
        guid: Some("b-1".into()),
        ..edited.clone()
    };
    let translation = Draft {
        language: Some("fr".into()),
        headline: Some("Frites".into()),
        body_text: "Les frites sont là, et il y en a pour tout le monde.".into(),
        sections: Vec::new(),
        guid: Some("g-fr".into()),
        url: Some("https://e.example/frites".into()),
        ..release
    };
    let mut told = Vec::new();
    for (minutes, draft) in [(2, edited), (3, copy), (4, translation)] {
        let at = noon() + TimeDelta::minutes(minutes);
        told.extend(super::verdicts(&admit(store, vec![draft], at).await));
    }
    assert_eq!(told, [Verdict::Revised, Verdict::Duplicate, Verdict::Variant]);
}

#[tokio::test]
async fn what_was_purged_is_seen_when_it_is_shown_again() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let feed: Vec<Draft> = (0..250)
        .map(|i| draft("wire-a", &format!("g{i}"), &format!("Headline number {i}")))
        .collect();
    admit(&store, feed.clone(), noon()).await;
    admit_newest(&store).await;
    let gone = purge(&store, later()).await;
    assert_eq!((gone.articles, gone.stories, gone.sightings), (250, 250, 250));
    assert_eq!((gone.oldest, gone.newest), (Some(noon()), Some(noon())));

    let last_seen = async || number(&store, "SELECT max(last_seen) FROM tombstone".into()).await;
    let tombstones = rows(&store).await["tombstone"];
    assert_eq!(last_seen().await, day(later()));
    for days in [1, 1, 40] {
        let now = later() + TimeDelta::days(days);
        let again = admit(&store, feed.clone(), now).await;
        let seen = Counts {
            seen: 250,
            ..Counts::default()
        };
        assert_eq!(again.counts, seen);
        for judged in &again.judgements {
            assert_eq!((judged.judgement.stage, &judged.filed), ("tombstone", &None));
            assert!(judged.judgement.why.starts_with("purged on or before "));
        }
        assert_eq!(store.polls(1).await.unwrap()[0].seen, 250);
        assert_eq!(last_seen().await, day(now), "shown again on {}", date(day(now)));
    }
    let left = rows(&store).await;
    assert_eq!((left["article"], left["tombstone"]), (1, tombstones));
}

#[tokio::test]
async fn a_purge_leaves_no_row_of_what_it_removed() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    admit_a_release_with_everything(&store).await;
    settle_postings(&store).await;
    let before = rows(&store).await;
    let empty: Vec<&String> = before
        .iter()
        .filter(|(_, rows)| **rows == 0)
        .map(|(name, _)| name)
        .collect();
    // What a person overruled is no part of an article, and stays: the numbers that it names are never given again. Nor are subscribers, nor what
    // servers allow.
    assert_eq!(
        empty,
        [
            "overruled",
            "page_site",
            "posting_log",
            "robots",
            "source_move",
            "subscription",
            "subscription_request",
            "tombstone"
        ],
        "every other table has something to lose"
    );
    admit_newest(&store).await;

    let gone = purge(&store, later()).await;
    assert_eq!(
        (gone.articles, gone.versions, gone.sightings, gone.stories),
        (2, 3, 3, 1)
    );
    assert_eq!((gone.polls, gone.rejects), (2, 1), "the last poll of each source stays");

    let broken = sqlx::query("PRAGMA foreign_key_check")
        .fetch_all(store.readers())
        .await
        .unwrap();
    assert!(broken.is_empty());
    let mut walked = 0;
    for table in rows(&store).await.into_keys() {
        for (column, owner) in [
            ("article_id", "article"),
            ("sighting_id", "sighting"),
            ("story_id", "story"),
            ("poll_id", "poll"),
        ] {
            let sql = format!("SELECT count(*) FROM pragma_table_info('{table}') WHERE name = '{column}'");
            // Those of words find nothing then, and are swept out in their time.
            let of_words = if table == "posting" { "day IS NULL AND" } else { "" };
            if number(&store, sql).await == 0 {
                continue;
            }
            let orphans = format!(
                "SELECT count(*) FROM \"{table}\" WHERE {of_words} {column} NOT IN (SELECT {column} FROM {owner})"
            );
            assert_eq!(number(&store, orphans).await, 0, "{table}.{column}");
            walked += 1;
        }
    }
    assert!(walked > 10, "walked {walked} columns");
    for (owned, owner) in [
        ("rowid FROM article_fts", "article_id FROM article"),
        ("story_id FROM story", "story_id FROM article"),
    ] {
        let orphans = format!("SELECT count(*) FROM (SELECT {owned} EXCEPT SELECT {owner})");
        assert_eq!(number(&store, orphans).await, 0, "{owned}");
    }
    is_well(&store).await;
}

#[tokio::test]
async fn what_a_purge_frees_is_given_back_to_the_disk() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let long = |i: usize| Draft {
        body_text: format!("{i} said {i} and no more. ").repeat(200),
        ..draft("wire-a", &format!("g{i}"), &format!("Headline number {i}"))
    };
    admit(&store, (0..300).map(long).collect(), noon()).await;
    admit_newest(&store).await;
    let before = store.stats().await.unwrap();
    assert_eq!(store.optimize().await.unwrap().pages, 0, "a full file keeps its pages");
    purge(&store, later()).await;
    let freed = store.stats().await.unwrap();
    assert!(freed.free_pages > before.pages / 4, "{freed:?}");
    let given = store.optimize().await.unwrap();
    let after = store.stats().await.unwrap();
    assert_eq!(after.pages, freed.pages - given.pages);
    assert!(after.free_pages * 10 <= after.pages, "{after:?}");
    is_well(&store).await;
}

#[tokio::test]
async fn a_dry_run_counts_what_would_go_and_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    admit_a_release_with_everything(&store).await;
    let many: Vec<Draft> = (0..250)
        .map(|i| draft("wire-a", &format!("g{i}"), &format!("Headline number {i}")))
        .collect();
    admit(&store, many, noon() + TimeDelta::minutes(5)).await;
    admit_newest(&store).await;

    let before = rows(&store).await;
    let reader = Store::open_read_only(store.path()).await.unwrap();
    let told = reader.prunable(RETENTION, later()).await.unwrap();
    assert_eq!(rows(&store).await, before);

    let mut steps = Vec::new();
    let gone = store
        .prune(RETENTION, later(), |done, all| steps.push((done, all)))
        .await
        .unwrap();
    assert_eq!(gone, told);
    assert_eq!(gone.articles, 252);
    assert!(steps.windows(2).all(|pair| pair[0].0 < pair[1].0), "{steps:?}");
    assert!(steps.last().is_some_and(|(done, all)| done == all), "{steps:?}");
    assert_eq!(purge(&store, later()).await, Pruned::default(), "nothing is left to go");
}

#[tokio::test]
async fn what_is_young_or_shown_or_under_embargo_stays() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let one = |guid: &str, headline: &str| draft("wire-a", guid, headline);
    let withheld = Draft {
        pubstatus: PubStatus::Withheld,
        embargoed: Some(later() + TimeDelta::days(9)),
        ..one("withheld", "Embargoed until much later")
    };
    let (goes, shown, changed) = (
        one("goes", "Nobody shows this"),
        one("shown", "Still on the list"),
        one("changed", "Mended last month"),
    );
    admit(&store, vec![goes, shown.clone(), changed.clone(), withheld], noon()).await;
    let mended = Draft {
        body_text: "The company has another view of it, and says so in many other words.".into(),
        received: later() - TimeDelta::days(40),
        ..changed
    };
    admit(&store, vec![mended], later() - TimeDelta::days(40)).await;
    admit(&store, vec![shown], later() - TimeDelta::days(29)).await;
    let young = Draft {
        received: later() - TimeDelta::days(200),
        ..one("young", "Half a year old")
    };
    admit(&store, vec![young], later() - TimeDelta::days(200)).await;
    admit_newest(&store).await;

    let gone = purge(&store, later()).await;
    assert_eq!(gone.articles, 1);
    let left = store.latest(9).await.unwrap();
    let left: Vec<_> = left
        .iter()
        .filter_map(|article| article.draft.guid.as_deref())
        .collect();
    assert!(!left.contains(&"goes"), "{left:?}");

    let much_later = later() + TimeDelta::days(800);
    assert_eq!(purge(&store, much_later).await.articles, 3);
    let left = number(
        &store,
        "SELECT count(*) FROM article WHERE pubstatus = 'withheld'".into(),
    )
    .await;
    assert_eq!(
        (store.count().await.unwrap(), left),
        (2, 1),
        "and the newest, so that no number is given twice"
    );
    assert_eq!(
        store.health().await.unwrap().len(),
        2,
        "each source keeps its last poll"
    );
}

#[tokio::test]
async fn a_tombstone_goes_when_nobody_has_shown_its_article_for_longer_than_an_article_stays() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let old = draft("wire-a", "g", "An old headline");
    admit(&store, vec![old.clone()], noon()).await;
    admit_newest(&store).await;
    purge(&store, later()).await;
    let tombstones = async || rows(&store).await["tombstone"];
    let set = tombstones().await;
    assert!(set > 0);

    let shown = later() + TimeDelta::days(300);
    admit(&store, vec![old], shown).await;
    for (days, want) in [(390, 0), (396, set.unsigned_abs())] {
        let gone = purge(&store, shown + TimeDelta::days(days)).await;
        assert_eq!(gone.tombstones, want, "{days} days after it was shown");
    }
    assert_eq!(tombstones().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn polls_go_on_while_a_purge_removes() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let old = (0..600).map(|i| draft("wire-a", &format!("g{i}"), &format!("Headline number {i}")));
    admit(&store, old.collect(), noon()).await;
    // Too young to go whatever comes after it.
    admit(&store, vec![draft("wire-c", "young", "A young headline")], later()).await;
    // A store of its own, as the command has one beside the daemon's.
    let other = open(&directory).await;
    let purge = tokio::spawn(async move { purge(&other, later()).await });
    for i in 0..20 {
        let now = later() + TimeDelta::minutes(i);
        let fresh = draft("wire-b", &format!("f{i}"), &format!("Fresh news number {i}"));
        let again = draft("wire-a", &format!("g{i}"), &format!("Headline number {i}"));
        let counts = [
            admit(&store, vec![fresh], now).await.counts,
            admit(&store, vec![again], now).await.counts,
        ];
        assert_eq!((counts[0].new, counts[1].seen), (1, 1), "{counts:?}");
    }
    let gone = purge.await.unwrap();
    assert!((580..=600).contains(&gone.articles), "{gone:?}");
    assert_eq!(
        store.count().await.unwrap(),
        621 - i64::try_from(gone.articles).unwrap()
    );
}
