//! What a person splits and merges: every rule once, and the same polls again after it.

mod parted;
mod merged;
mod undone;
mod any;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::AssertSqlSafe;

use super::super::{Merged, OverruleError, Overruled, Overruling, Part};
use super::{admit, is_all_posted, is_well, noon, open, settle_postings, verdicts};
use crate::article::{Draft, Kind, Organisation, PubStatus, Revision, Rights, SourceId, Symbol, Verdict};
use crate::filter::Filter;
use crate::store::Store;

const TEXT: &str = "Acme Corporation said today that it will open a plant for steel bolts in Boise, Idaho, in the spring of next year, and that \
    it will employ 240 people there. The plant costs 35 million dollars and makes nine thousand tons a year, said its chief executive \
    Jo Bolt, who was born in the town. The state pays for the road that leads to it, and the county gives the land for nothing, as it had \
    said before. \
    Work on the ground begins in October, when the harvest is in and the weather is still dry enough for the heavy machines to move about.";

/// A release of a wire, like no other.
fn release(source: &str, number: &str, headline: &str, text: &str) -> Draft {
    Draft {
        headline: Some(headline.into()),
        guid: Some(format!("guid-{source}-{number}")),
        url: Some(format!("https://{source}.example/releases/{number}.html")),
        wire: Some(source.into()),
        release_id: Some(number.into()),
        language: Some("en".into()),
        published: Some(noon() - TimeDelta::hours(1)),
        organisations: vec![Organisation {
            name: Some("Acme Corporation".into()),
            symbols: vec![Symbol {
                exchange: "XNAS".into(),
                symbol: format!("A{number}"),
                raw: format!("NASDAQ: A{number}"),
            }],
            isin: Vec::new(),
            wkn: Vec::new(),
        }],
        body_text: text.into(),
        ..Draft::empty(SourceId::new(source), noon())
    }
}

fn original() -> Draft {
    release("wire-a", "100", "Acme Opens a Plant in Boise", TEXT)
}

fn notice(kind: Kind, text: &str) -> Draft {
    Draft {
        kind,
        revision: Some(Revision {
            kind,
            clean_headline: Some("Acme Opens a Plant in Boise".into()),
            target_headline: Some("Acme Opens a Plant in Boise".into()),
            target_date: None,
            target_wire: None,
        }),
        ..release(
            "wire-a",
            "101",
            &format!("{}: Acme Opens a Plant in Boise", kind.as_str().to_uppercase()),
            text,
        )
    }
}

fn correction() -> Draft {
    notice(Kind::Correction, &TEXT.replace("35 million", "53 million"))
}

fn retraction() -> Draft {
    notice(
        Kind::Retraction,
        "Please disregard the release of today, Acme Opens a Plant in Boise.",
    )
}

fn copy() -> Draft {
    release("wire-b", "900", "Acme Opens a Plant in Boise", TEXT)
}

fn other(source: &str) -> Draft {
    let text = "Bolt Limited has sold a ship to Danish owners, who will use it for carrying timber between Riga and Hull from the autumn on, \
                under a flag that they did not wish to name while the papers are not signed. The ship was built in Gdansk and carries ice gear.";
    release(source, "500", "Bolt Sells a Ship", text)
}

fn at(hours: i64) -> DateTime<Utc> {
    noon() + TimeDelta::hours(hours)
}

fn received(draft: &Draft, hours: i64) -> Draft {
    Draft {
        received: at(hours),
        ..draft.clone()
    }
}

/// Admits each draft by a poll of its own, an hour apart; gives what was said.
async fn polls(store: &Store, drafts: &[Draft]) -> Vec<Verdict> {
    let mut said = Vec::new();
    for (hours, draft) in (0..).zip(drafts) {
        said.extend(verdicts(&admit(store, vec![received(draft, hours)], at(hours)).await));
    }
    said
}

/// The same items come twice more, and are where they are now.
async fn flips_nothing(store: &Store, drafts: &[(Draft, i64)]) {
    let before = everything(store).await;
    for hours in [30, 31] {
        for (draft, article) in drafts {
            let admitted = admit(store, vec![received(draft, hours)], at(hours)).await;
            assert_eq!(
                verdicts(&admitted),
                [Verdict::Seen],
                "{:?}: {:?}",
                draft.headline,
                admitted.judgements
            );
            assert_eq!(
                admitted.judgements[0].filed.as_ref().unwrap().article,
                *article,
                "{:?}: {:?}",
                draft.headline,
                admitted.judgements
            );
        }
    }
    assert_eq!(everything(store).await, before);
}

/// What these statements give, as text.
async fn rows(store: &Store, statements: &[&'static str]) -> Vec<String> {
    let mut rows = Vec::new();
    for sql in statements {
        let found: Vec<String> = sqlx::query_scalar(AssertSqlSafe(*sql))
            .fetch_all(store.readers())
            .await
            .unwrap();
        rows.extend(found);
    }
    rows
}

/// Every article, version and index row, as text.
async fn everything(store: &Store) -> Vec<String> {
    settle_postings(store).await;
    rows(store, &[
        "SELECT article_id || ' ' || uri || ' ' || version || ' ' || pubstatus || ' ' || modified || ' ' || sort_time FROM article ORDER BY 1",
        "SELECT article_id || '.' || version || ' ' || edition || ' ' || verdict || ' ' || coalesce(headline, '') FROM version ORDER BY 1",
        "SELECT kind || ' ' || value || ' ' || article_id FROM key ORDER BY 1",
        "SELECT hash || ' ' || article_id FROM posting WHERE day IS NOT NULL ORDER BY 1",
        "SELECT article_id || ' ' || symbol FROM symbol ORDER BY 1",
        "SELECT article_id || '.' || version || ' ' || words || coalesce(fullest, '') FROM news ORDER BY 1",
    ])
    .await
}

/// Nothing of the store points at what is not there, and everything that is derived is right.
async fn is_sound(store: &Store) {
    settle_postings(store).await;
    for sql in [
        "SELECT count(*) FROM article a WHERE version <> (SELECT max(version) FROM version v WHERE v.article_id = a.article_id)",
        "SELECT count(*) FROM version v WHERE NOT EXISTS (SELECT 1 FROM news n WHERE n.article_id = v.article_id AND n.version = v.version)",
        "SELECT count(*) FROM news n WHERE NOT EXISTS (SELECT 1 FROM version v WHERE v.article_id = n.article_id AND v.version = n.version)",
        "SELECT count(*) FROM version v WHERE NOT EXISTS
           (SELECT 1 FROM version e WHERE e.article_id = v.article_id AND e.version = v.edition)",
        "SELECT count(*) FROM sighting g WHERE NOT EXISTS
           (SELECT 1 FROM version v WHERE v.article_id = g.article_id AND v.version = g.version)",
        "SELECT count(*) FROM article a WHERE NOT EXISTS (SELECT 1 FROM sighting g WHERE g.article_id = a.article_id)",
        "SELECT count(*) FROM article a WHERE (SELECT min(published) FROM version v WHERE v.article_id = a.article_id)
           < (SELECT coalesce(min(published), '9') FROM sighting g WHERE g.article_id = a.article_id)",
        "SELECT count(*) FROM article a WHERE NOT EXISTS (SELECT 1 FROM key k WHERE k.article_id = a.article_id)",
        "SELECT count(*) FROM article a WHERE NOT EXISTS (SELECT 1 FROM posting p WHERE p.article_id = a.article_id AND p.day IS NOT NULL)",
        // One that was the newest when its articles left it stays, though empty.
        "SELECT max(0, (SELECT count(*) FROM story s WHERE NOT EXISTS (SELECT 1 FROM article a WHERE a.story_id = s.story_id))
                       - (SELECT count(*) FROM overruled WHERE what = 'merge'))",
        "SELECT count(*) FROM article_fts WHERE rowid NOT IN (SELECT article_id FROM article)",
        "SELECT abs((SELECT count(*) FROM article_fts) - (SELECT count(*) FROM article))",
        "SELECT count(*) FROM pragma_foreign_key_check",
    ] {
        let wrong: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_one(store.readers())
            .await
            .unwrap();
        assert_eq!(wrong, 0, "{sql}");
    }
    is_all_posted(store).await;
    is_well(store).await;
}

async fn split(store: &Store, part: &str) -> Overruled {
    store.split(Part::parse(part).unwrap(), at(20)).await.unwrap()
}

async fn merge(store: &Store, one: i64, other: i64) -> Overruled {
    match store.merge(one, other, at(20)).await.unwrap() {
        Merged::Done(done) => done,
        Merged::Already(why) => panic!("{why}"),
    }
}

async fn shown(store: &Store, number: i64) -> (i64, PubStatus, Option<String>) {
    let article = store.article(number).await.unwrap().unwrap();
    (article.version, article.draft.pubstatus, article.draft.headline)
}

#[test]
fn a_part_is_named_by_article_version_or_sighting() {
    for (text, want) in [
        ("17", Some(Part::Article(17))),
        (
            "17.2",
            Some(Part::Version {
                article: 17,
                version: 2,
            }),
        ),
        (
            "17.-1",
            Some(Part::Version {
                article: 17,
                version: -1,
            }),
        ),
        ("#45", Some(Part::Sighting(45))),
        ("s45", Some(Part::Sighting(45))),
        ("45#", None),
        ("17.", None),
        ("", None),
        ("#", None),
    ] {
        assert_eq!(Part::parse(text), want, "{text:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_split_or_merged_says_why_and_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    polls(
        &store,
        &[
            original(),
            correction(),
            copy(),
            other("wire-c"),
            release("wire-e", "8", "Third", "About cheese."),
        ],
    )
    .await;
    let numbers: Vec<_> = store.sightings(1).await.unwrap().iter().map(|s| s.id).collect();
    assert_eq!(numbers, [1, 2, 3]);
    merge(&store, 2, 3).await;
    let before = everything(&store).await;
    for (part, want) in [
        ("99", "no article 99"),
        (
            "3.1",
            "article 3 was merged into article 2; `dateline story split 3` parts them again",
        ),
        ("1.7", "article 1 has no version 7, only 1, 2;"),
        ("2.1", "version 1 is all that article 2 has"),
        ("#99", "no sighting #99"),
        ("#2", "try `dateline story split 1.2`"),
        ("1", "dateline story split 1.2 "),
        ("1", "dateline story split s3 "),
    ] {
        let error = store
            .split(Part::parse(part).unwrap(), at(21))
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains(want), "{part}: {error}");
    }
    assert!(matches!(
        store.merge(1, 99, at(21)).await.unwrap_err(),
        OverruleError::NoArticle { number: 99 }
    ));
    assert_eq!(everything(&store).await, before);
    split(&store, "2").await;
    let error = store.split(Part::Article(2), at(22)).await.unwrap_err();
    assert!(matches!(error, OverruleError::Nothing { article: 2 }), "{error}");

    merge(&store, 2, 3).await;
    let mut writer = store.writer().await.unwrap();
    let forgets = "UPDATE overruled SET came = NULL"; // as of a store of an earlier Dateline
    sqlx::query(forgets).execute(&mut *writer).await.unwrap();
    drop(writer);
    let error = store.split(Part::Article(3), at(22)).await.unwrap_err();
    assert!(
        matches!(error, OverruleError::NothingLeft { number: 3, into: 2 }),
        "{error}"
    );
}

async fn number(store: &Store, sql: &'static str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_one(store.readers())
        .await
        .unwrap()
}

fn another_of_the_same_wire() -> Draft {
    let text = "Coil Works has named Ada Spring its treasurer, who kept the books of a brewery in Ghent for eleven years and will begin on \
                Monday. Her predecessor leaves after a long illness and thanks the staff, the banks and the tax office for their patience.";
    release("wire-a", "700", "Coil Works Names a Treasurer", text)
}

fn retraction_of_nothing() -> Draft {
    Draft {
        kind: Kind::Retraction,
        ..release(
            "wire-z",
            "66",
            "Please disregard",
            "Nobody shall read what had been said of a matter that is not named here.",
        )
    }
}
