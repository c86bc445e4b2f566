//! What a person splits and merges: every rule once, and the same polls again after it.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
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
async fn a_correction_that_was_linked_wrongly_becomes_an_article() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    assert_eq!(
        polls(&store, &[original(), correction()]).await,
        [Verdict::New, Verdict::Correction]
    );
    let was = store.article(1).await.unwrap().unwrap();

    let done = split(&store, "1.2").await;
    assert_eq!(
        (done.what, done.article, done.other, done.version),
        (Overruling::Split, 1, 2, Some(2))
    );
    is_sound(&store).await;
    let (stays, goes) = (
        store.article(1).await.unwrap().unwrap(),
        store.article(2).await.unwrap().unwrap(),
    );
    assert_eq!((stays.version, stays.draft.body_text.as_str()), (1, TEXT));
    assert_eq!(stays.id, was.id);
    assert_eq!((goes.version, &goes.draft), (1, &received(&correction(), 1)));
    assert_eq!(goes.id.as_str(), "tag:dateline,2026:wirea:101:en");
    assert_ne!(goes.story, stays.story);
    assert_eq!(
        (stays.modified, goes.modified, goes.first_received),
        (at(20), at(20), at(1))
    );
    let newest: Vec<i64> = store
        .select(&Filter::everything(), 9, noon())
        .await
        .unwrap()
        .iter()
        .map(|a| a.number)
        .collect();
    assert_eq!(newest, [2, 1], "both come up as changed");
    let found = async |expr: &str| {
        store
            .select(&Filter::parse(expr).unwrap(), 9, noon())
            .await
            .unwrap()
            .len()
    };
    for (expr, want) in [
        ("symbol = \"XNAS:A100\"", 1),
        ("symbol = \"XNAS:A101\"", 1),
        ("body ~ \"35 million\"", 1),
        ("body ~ \"53 million\"", 1),
    ] {
        assert_eq!(found(expr).await, want, "{expr}");
    }
    flips_nothing(&store, &[(original(), 1), (correction(), 2)]).await;
}

#[tokio::test]
async fn a_withdrawal_that_was_linked_wrongly_is_taken_back() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    assert_eq!(
        polls(&store, &[original(), retraction()]).await,
        [Verdict::New, Verdict::Withdrawal]
    );
    assert_eq!(shown(&store, 1).await.1, PubStatus::Canceled);
    split(&store, "1").await;
    is_sound(&store).await;
    assert_eq!(shown(&store, 1).await, (1, PubStatus::Usable, original().headline));
    let notice = store.article(2).await.unwrap().unwrap();
    assert_eq!(
        notice.draft,
        received(&retraction(), 1),
        "under its own headline, with its own names"
    );
    flips_nothing(&store, &[(original(), 1), (retraction(), 2)]).await;

    let done = merge(&store, 2, 1).await;
    assert_eq!((done.article, done.other), (1, 2));
    is_sound(&store).await;
    assert_eq!(
        shown(&store, 1).await,
        (2, PubStatus::Canceled, original().headline),
        "as it was"
    );
    flips_nothing(&store, &[(original(), 1), (retraction(), 1)]).await;
    split(&store, "1.2").await;
    assert_eq!(
        store.article(2).await.unwrap().unwrap().draft,
        received(&retraction(), 1)
    );
}

#[tokio::test]
async fn a_silent_change_that_was_another_release_becomes_an_article_of_the_same_item() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let changed = Draft {
        body_text: TEXT.replace("Boise, Idaho", "Reno, Nevada").replace("240", "310"),
        ..original()
    };
    assert_eq!(
        polls(&store, &[original(), changed.clone()]).await,
        [Verdict::New, Verdict::Revised]
    );
    split(&store, "1.2").await;
    is_sound(&store).await;
    assert_eq!(
        store.article(2).await.unwrap().unwrap().draft.body_text,
        changed.body_text
    );
    assert_ne!(
        store.article(1).await.unwrap().unwrap().id,
        store.article(2).await.unwrap().unwrap().id
    );
    flips_nothing(&store, &[(changed.clone(), 2), (original(), 1), (changed.clone(), 2)]).await;

    merge(&store, 1, 2).await;
    is_sound(&store).await;
    assert_eq!(
        store.article(1).await.unwrap().unwrap().draft.body_text,
        changed.body_text
    );
    flips_nothing(&store, &[(changed, 1)]).await;
}

#[tokio::test]
async fn a_version_in_the_middle_goes_and_the_others_keep_their_numbers() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let changed = Draft {
        body_text: TEXT.replace("240", "250"),
        ..original()
    };
    polls(&store, &[original(), changed, correction()]).await;
    let numbers = async |article| {
        store
            .versions(article)
            .await
            .unwrap()
            .iter()
            .map(|v| v.article.version)
            .collect::<Vec<_>>()
    };
    assert_eq!(numbers(1).await, [1, 2, 3]);
    split(&store, "1.2").await;
    is_sound(&store).await;
    assert_eq!(numbers(1).await, [1, 3]);
    assert_eq!(shown(&store, 1).await.0, 3);
    flips_nothing(&store, &[(correction(), 1)]).await;
    let further = Draft {
        body_text: correction().body_text.replace("240", "260"),
        ..received(&correction(), 40)
    };
    assert_eq!(
        verdicts(&admit(&store, vec![further], at(40)).await),
        [Verdict::Revised]
    );
    assert_eq!(numbers(1).await, [1, 3, 4]);
}

#[tokio::test]
async fn a_copy_becomes_an_article_of_what_it_said_itself() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let cut = Draft {
        body_text: TEXT.chars().take(330).collect(),
        ..release("wire-c", "700", "Acme Opens a Plant in Boise", "")
    };
    for copy in [copy(), cut] {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        assert_eq!(
            polls(&store, &[original(), copy.clone()]).await,
            [Verdict::New, Verdict::Duplicate]
        );
        let sighting = store
            .sightings(1)
            .await
            .unwrap()
            .into_iter()
            .find(|s| s.verdict == Verdict::Duplicate)
            .unwrap();
        for part in [format!("#{}", sighting.id), "1".to_owned()] {
            let done = split(&store, &part).await;
            assert_eq!((done.other, done.sighting), (2, Some(sighting.id)), "{part}");
            is_sound(&store).await;
            let article = store.article(2).await.unwrap().unwrap();
            assert_eq!((article.version, &article.draft), (1, &received(&copy, 1)));
            assert_eq!(article.first_received, at(1));
            assert_eq!(shown(&store, 1).await, (1, PubStatus::Usable, original().headline));
            flips_nothing(&store, &[(original(), 1), (copy.clone(), 2)]).await;
            let id = article.id;

            let done = merge(&store, 2, 1).await;
            assert_eq!((done.article, done.other, done.uri.as_ref()), (1, 2, Some(&id)));
            is_sound(&store).await;
            assert_eq!(store.count().await.unwrap(), 1);
            flips_nothing(&store, &[(original(), 1), (copy.clone(), 1)]).await;
            for known in ["2", id.as_str()] {
                let found = store.find(known).await.unwrap().unwrap();
                assert_eq!((found.article.number, found.former), (1, Some(2)), "{known}");
            }
        }
    }
    drop(store);
}

#[tokio::test]
async fn a_text_that_a_copy_lent_goes_with_the_copy() {
    let teaser = Draft {
        body_text: TEXT.chars().take(330).collect(),
        ..original()
    };
    let again = release("wire-c", "700", "Acme Opens a Plant in Boise", TEXT);
    let mere = Draft {
        rights: Rights::Headline,
        ..again.clone()
    };
    // Who else carries the whole text lends it then, if its rights allow as much.
    for (others, part, left) in [
        (vec![], "1", (1, teaser.body_text.clone())),
        (vec![], "s2", (1, teaser.body_text.clone())),
        (vec![], "1.2", (1, teaser.body_text.clone())),
        (vec![again], "s2", (2, TEXT.to_owned())),
        (vec![mere], "s2", (1, teaser.body_text.clone())),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        let mut drafts = vec![teaser.clone(), copy()];
        drafts.extend(others);
        let said = polls(&store, &drafts).await;
        assert!(said.iter().skip(1).all(|said| *said == Verdict::Duplicate), "{said:?}");
        let lent = store.article(1).await.unwrap().unwrap();
        assert_eq!((lent.version, lent.draft.body_text.as_str()), (2, TEXT));
        assert_eq!((&lent.draft.source, &lent.draft.url), (&teaser.source, &teaser.url));
        let version = store.versions(1).await.unwrap().remove(1);
        assert!(version.why.starts_with("fuller text from wire-b: "), "{}", version.why);

        let done = split(&store, part).await;
        assert_eq!((done.other, done.sighting), (2, Some(2)), "{part}");
        is_sound(&store).await;
        let kept = store.article(1).await.unwrap().unwrap();
        assert_eq!((kept.version, kept.draft.body_text), left, "{part}");
        let gone = store.article(2).await.unwrap().unwrap();
        assert_eq!(gone.draft, received(&copy(), 1));
        let places: Vec<_> = drafts.into_iter().zip([1, 2, 1]).collect();
        flips_nothing(&store, &places).await;
    }
}

/// A copy that lends a text and then a longer one keeps what it says now alone; the version that it lent first is of the past, and stays.
#[tokio::test]
async fn a_text_that_was_lent_before_stays_and_cannot_be_split_off() {
    let cut = |draft: Draft, chars: usize| Draft {
        body_text: TEXT.chars().take(chars).collect::<String>() + "...",
        ..draft
    };
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let drafts = [
        cut(original(), 160),
        cut(copy(), 330),
        copy(),
        release("wire-c", "700", "Acme Opens a Plant in Boise", TEXT),
    ];
    polls(&store, &drafts).await;
    let numbers = async || {
        let versions = store.versions(1).await.unwrap();
        versions.iter().map(|kept| kept.article.version).collect::<Vec<_>>()
    };
    assert_eq!(numbers().await, [1, 2, 3]);
    let before = everything(&store).await;
    let error = store.split(Part::parse("1.2").unwrap(), at(21)).await.unwrap_err();
    assert!(error.to_string().contains("shows a text of wire-b"), "{error}");
    assert_eq!(everything(&store).await, before);
    let done = split(&store, "s3").await;
    is_sound(&store).await;
    assert_eq!(store.versions(done.other).await.unwrap().len(), 1);
    assert_eq!(numbers().await, [1, 2, 3]);
    split(&store, "s2").await;
    is_sound(&store).await;
    assert_eq!(numbers().await, [1]);
}

#[tokio::test]
async fn of_several_copies_that_may_lend_the_fullest_does() {
    let cut = |draft: Draft, chars: usize| Draft {
        body_text: TEXT.chars().take(chars).collect::<String>() + "...",
        ..draft
    };
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let part = cut(release("wire-c", "700", "Acme Opens a Plant in Boise", TEXT), 330);
    let whole = release("wire-d", "800", "Acme Opens a Plant in Boise", TEXT);
    polls(&store, &[cut(original(), 160), copy(), part, whole]).await;
    split(&store, "s2").await;
    is_sound(&store).await;
    let shown = store.article(1).await.unwrap().unwrap();
    assert_eq!((shown.version, shown.draft.body_text.as_str()), (2, TEXT));
}

#[tokio::test]
async fn two_articles_become_one_and_two_again() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    assert_eq!(
        polls(&store, &[original(), other("wire-b")]).await,
        [Verdict::New, Verdict::New]
    );
    let before = (
        store.article(1).await.unwrap().unwrap(),
        store.article(2).await.unwrap().unwrap(),
    );
    merge(&store, 2, 1).await;
    is_sound(&store).await;
    flips_nothing(&store, &[(original(), 1), (other("wire-b"), 1)]).await;
    let third = admit(
        &store,
        vec![release(
            "wire-d",
            "1",
            "Something else",
            "Nobody had thought of this at all before.",
        )],
        at(25),
    )
    .await;
    assert_eq!(
        third.judgements[0].filed.as_ref().unwrap().article,
        3,
        "a number that leads to another article is not given again"
    );

    let done = split(&store, "1").await;
    is_sound(&store).await;
    assert_eq!(done.other, 2);
    let after = (
        store.article(1).await.unwrap().unwrap(),
        store.article(2).await.unwrap().unwrap(),
    );
    assert_eq!((&after.0.id, &after.0.draft), (&before.0.id, &before.0.draft));
    assert_eq!(
        (&after.1.id, &after.1.draft),
        (&before.1.id, &before.1.draft),
        "the same id, and the same release"
    );
    assert_eq!(store.find("2").await.unwrap().unwrap().former, None);
    flips_nothing(&store, &[(original(), 1), (other("wire-b"), 2)]).await;
}

/// Every sighting with what is said of it, and every version with its text.
async fn what_is_shown(store: &Store) -> Vec<String> {
    rows(store, &[
        "SELECT article_id || '.' || version || ' ' || source_id || ' ' || item_key || ' ' || (verdict = 'duplicate') || ' ' || content_hash
         FROM sighting ORDER BY 1",
        "SELECT article_id || '.' || version || ' ' || edition || ' ' || coalesce(headline, '') || ' ' || body_text FROM version ORDER BY 1",
        "SELECT article_id || ' ' || uri || ' ' || version || ' ' || pubstatus FROM article ORDER BY 1",
        "SELECT kind || ' ' || value || ' ' || article_id FROM key ORDER BY 1",
        "SELECT article_id || ' ' || symbol FROM symbol ORDER BY 1",
        "SELECT article_id || '.' || version || ' ' || words || coalesce(fullest, '') FROM news ORDER BY 1",
    ])
    .await
}

#[tokio::test]
async fn what_was_merged_leaves_by_its_number_with_all_that_came_with_it() {
    let copied = |source: &str| Draft {
        wire: Some("wire-b".into()),
        ..release(source, "500", "Bolt Sells a Ship", &other("wire-b").body_text)
    };
    let noticed = Draft {
        headline: Some("CORRECTION: Bolt Sells a Ship".into()),
        body_text: other("wire-b").body_text.replace("Danish", "Dutch"),
        kind: Kind::Correction,
        revision: Some(Revision {
            kind: Kind::Correction,
            clean_headline: Some("Bolt Sells a Ship".into()),
            target_headline: Some("Bolt Sells a Ship".into()),
            target_date: None,
            target_wire: None,
        }),
        ..release("wire-b", "501", "", "")
    };
    for (what, second) in [
        ("an item", vec![other("wire-b")]),
        ("its copies", vec![other("wire-b"), copied("wire-c"), copied("wire-d")]),
        ("its versions", vec![other("wire-b"), copied("wire-c"), noticed.clone()]),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        let all: Vec<Draft> = [vec![original(), copy()], second].concat();
        polls(&store, &all).await;
        assert_eq!(number(&store, "SELECT count(*) FROM article").await, 2, "{what}");
        let before = what_is_shown(&store).await;
        merge(&store, 1, 2).await;
        let done = split(&store, "2").await;
        assert_eq!((done.article, done.other), (1, 2), "{what}");
        is_sound(&store).await;
        assert_eq!(what_is_shown(&store).await, before, "{what}");

        let third = release(
            "wire-e",
            "1",
            "Something else",
            "Nobody had thought of this at all before.",
        );
        admit(&store, vec![received(&third, 12)], at(12)).await;
        let before = what_is_shown(&store).await;
        merge(&store, 2, 3).await;
        merge(&store, 1, 2).await;
        for gone in ["2", "3"] {
            split(&store, gone).await;
            is_sound(&store).await;
        }
        let after: Vec<String> = what_is_shown(&store).await;
        let articles = |rows: &[String]| {
            rows.iter()
                .filter(|row| row.contains(" tag:"))
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(
            articles(&after),
            articles(&before),
            "{what}: the numbers and ids that they had"
        );
    }
}

#[tokio::test]
async fn what_an_item_brought_after_it_was_merged_leaves_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let changed = |draft: Draft| Draft {
        body_text: draft.body_text.replace("Danish", "Dutch"),
        ..draft
    };
    let same_source = Draft {
        source: SourceId::new("wire-a"),
        ..other("wire-b")
    };
    polls(&store, &[original(), same_source.clone()]).await;
    merge(&store, 1, 2).await;
    let poll = admit(&store, vec![received(&changed(same_source.clone()), 21)], at(21)).await;
    assert_eq!(
        verdicts(&poll),
        [Verdict::Revised],
        "one source, whose versions they are"
    );
    assert_eq!(split(&store, "s2").await.other, 2);
    is_sound(&store).await;
    assert_eq!((shown(&store, 1).await.0, shown(&store, 2).await.0), (1, 2));
    flips_nothing(&store, &[(original(), 1), (changed(same_source), 2)]).await;
}

#[tokio::test]
async fn what_a_copy_shows_now_comes_with_the_next_poll() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let changed = Draft {
        body_text: other("wire-b").body_text.replace("Danish", "Dutch"),
        ..other("wire-b")
    };
    polls(&store, &[original(), other("wire-b")]).await;
    merge(&store, 1, 2).await;
    let poll = admit(&store, vec![received(&changed, 21)], at(21)).await;
    assert_eq!(verdicts(&poll), [Verdict::Seen], "a copy makes no version");
    split(&store, "2").await;
    is_sound(&store).await;
    let text = async || store.article(2).await.unwrap().unwrap().draft.body_text;
    assert_eq!(
        text().await,
        other("wire-b").body_text,
        "what it said when it was merged"
    );
    let poll = admit(&store, vec![received(&changed, 22)], at(22)).await;
    assert_eq!(verdicts(&poll), [Verdict::Revised]);
    assert_eq!(text().await, changed.body_text);
    flips_nothing(&store, &[(original(), 1), (changed, 2)]).await;
}

#[tokio::test]
async fn what_leaves_takes_nothing_of_the_other_release_with_it() {
    let of_bolt = |kind: Kind, number: &str, text: &str| Draft {
        headline: Some(format!("{}: Bolt Sells a Ship", kind.as_str().to_uppercase())),
        kind,
        revision: Some(Revision {
            kind,
            clean_headline: Some("Bolt Sells a Ship".into()),
            target_headline: Some("Bolt Sells a Ship".into()),
            target_date: None,
            target_wire: None,
        }),
        ..release("wire-b", number, "", text)
    };
    let disregard = "Please disregard the release of today, Bolt Sells a Ship.";
    let withdrawn = of_bolt(Kind::Retraction, "502", disregard);
    let corrected = of_bolt(
        Kind::Correction,
        "501",
        &other("wire-b").body_text.replace("Danish", "Dutch"),
    );
    let one_page = |draft: Draft| Draft {
        url: other("wire-b").url,
        ..draft
    };
    for (what, all) in [
        (
            "a withdrawal",
            vec![original(), other("wire-b"), correction(), withdrawn.clone()],
        ),
        (
            "a notice on the page of its release",
            vec![original(), other("wire-b"), one_page(corrected.clone())],
        ),
        (
            "a withdrawal there",
            vec![original(), other("wire-b"), correction(), one_page(withdrawn.clone())],
        ),
        ("a release that came late", vec![original(), withdrawn, other("wire-b")]),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        polls(&store, &all).await;
        assert_eq!(number(&store, "SELECT count(*) FROM article").await, 2, "{what}");
        let before = what_is_shown(&store).await;
        for round in 0..2 {
            merge(&store, 1, 2).await;
            is_sound(&store).await;
            split(&store, "2").await;
            is_sound(&store).await;
            let after = what_is_shown(&store).await;
            // The article that stays keeps the numbers that its versions have had in between.
            let of_second = |rows: &[String]| {
                rows.iter()
                    .filter(|row| row.starts_with('2'))
                    .cloned()
                    .collect::<Vec<_>>()
            };
            assert_eq!(of_second(&after), of_second(&before), "{what}, round {round}");
            assert_eq!(shown(&store, 1).await.1, PubStatus::Usable, "{what}");
        }
    }
}

#[tokio::test]
async fn what_came_after_a_notice_that_has_left_is_shown() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let edited = Draft {
        body_text: TEXT.replace("said today", "said on Monday"),
        ..original()
    };
    let said = polls(&store, &[original(), correction(), edited.clone()]).await;
    assert_eq!(said, [Verdict::New, Verdict::Correction, Verdict::Revised]);
    assert_eq!(shown(&store, 1).await.0, 2, "it does not undo the correction");
    split(&store, "1.2").await;
    is_sound(&store).await;
    assert_eq!(
        store.article(1).await.unwrap().unwrap().draft.body_text,
        edited.body_text
    );
    flips_nothing(&store, &[(edited, 1), (correction(), 2)]).await;
}

#[tokio::test]
async fn translations_and_outputs_that_came_with_an_article_leave_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let german = Draft {
        language: Some("de".into()),
        ..release(
            "wire-c",
            "7",
            "Bolt verkauft ein Schiff",
            "Das Schiff ist verkauft und geht nach Riga.",
        )
    };
    polls(&store, &[original(), other("wire-b"), german]).await;
    merge(&store, 2, 3).await;
    let mut writer = store.writer().await.unwrap();
    for sql in [
        "INSERT INTO output (output_no, output_id, rule, members) VALUES (1, 'bolt', 'x', 1), (2, 'both', 'x', 2)",
        "INSERT INTO member (article_id, output_no, position, seq, sort_time)
         VALUES (2, 1, 1, 1, ''), (1, 2, 1, 1, ''), (2, 2, 2, 1, '')",
    ] {
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *writer).await.unwrap();
    }
    drop(writer);
    merge(&store, 1, 2).await;
    let story = async |number| store.article(number).await.unwrap().unwrap().story;
    assert_eq!(story(1).await, story(3).await);
    split(&store, "2").await;
    is_sound(&store).await;
    assert_eq!(story(2).await, story(3).await);
    assert_ne!(story(1).await, story(2).await);
    let carried = "SELECT output_no || ' ' || article_id FROM member ORDER BY 1";
    let carried: Vec<String> = sqlx::query_scalar(carried).fetch_all(store.readers()).await.unwrap();
    assert_eq!(carried, ["1 2", "2 1"], "what carried both is to find it by itself");
}

#[tokio::test]
async fn where_an_item_showed_both_its_versions_are_split_off_by_themselves() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let changed = Draft {
        body_text: TEXT.replace("Boise, Idaho", "Reno, Nevada").replace("240", "310"),
        ..original()
    };
    polls(&store, &[original(), changed]).await;
    split(&store, "1.2").await;
    merge(&store, 1, 2).await;
    let error = store.split(Part::Article(2), at(22)).await.unwrap_err();
    assert!(
        matches!(error, OverruleError::NothingLeft { number: 2, into: 1 }),
        "{error}"
    );
    assert_eq!(split(&store, "1.2").await.other, 2);
}

#[tokio::test]
async fn a_notice_that_names_a_company_alone_stands_under_the_headline_of_its_release() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let headless = |target: Option<&str>| Draft {
        headline: Some("/C O R R E C T I O N -- Acme Corporation/".into()),
        revision: Some(Revision {
            kind: Kind::Correction,
            clean_headline: None,
            target_headline: target.map(str::to_owned),
            target_date: None,
            target_wire: None,
        }),
        ..correction()
    };
    let all = [original(), headless(Some("Acme Opens a Plant in Boise"))];
    assert_eq!(polls(&store, &all).await, [Verdict::New, Verdict::Correction]);
    for _ in 0..2 {
        assert_eq!(shown(&store, 1).await, (2, PubStatus::Usable, original().headline));
        split(&store, "1.2").await;
        is_sound(&store).await;
        assert_eq!(
            shown(&store, 2).await,
            (1, PubStatus::Usable, original().headline),
            "that which it names itself"
        );
        merge(&store, 1, 2).await;
        is_sound(&store).await;
    }
    flips_nothing(&store, &[(all[0].clone(), 1), (all[1].clone(), 1)]).await;
}

#[tokio::test]
async fn a_notice_that_stood_alone_becomes_a_version_of_its_release() {
    let late = Draft {
        body_text: other("x").body_text,
        ..original()
    };
    for (first, notice, status) in [
        (original(), correction(), PubStatus::Usable),
        (original(), retraction(), PubStatus::Canceled),
        (late, correction(), PubStatus::Usable),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        // Without a word of its target it cannot be linked.
        let lost = Draft {
            revision: None,
            headline: Some(format!("{}: something unsaid", notice.kind)),
            organisations: Vec::new(),
            ..release(
                "wire-z",
                "300",
                "",
                "Some words that say nothing of what they are about to anybody at all.",
            )
        };
        let lost = Draft {
            kind: notice.kind,
            ..lost
        };
        assert_eq!(
            polls(&store, &[first.clone(), lost.clone()]).await,
            [Verdict::New, Verdict::New]
        );
        let done = merge(&store, 2, 1).await;
        assert_eq!((done.article, done.other), (1, 2));
        is_sound(&store).await;
        let (version, pubstatus, headline) = shown(&store, 1).await;
        assert_eq!((version, pubstatus), (2, status));
        let withdrawn = status == PubStatus::Canceled;
        assert_eq!(
            headline,
            if withdrawn {
                first.headline.clone()
            } else {
                lost.headline.clone()
            }
        );
        flips_nothing(&store, &[(first.clone(), 1), (lost.clone(), 1)]).await;
        split(&store, "1.2").await;
        assert_eq!(store.article(2).await.unwrap().unwrap().draft, received(&lost, 1));
        assert_eq!(shown(&store, 1).await, (1, PubStatus::Usable, first.headline));
    }
}

#[tokio::test]
async fn a_release_that_came_after_its_notice_stands_before_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let lost = Draft {
        kind: Kind::Retraction,
        ..other("wire-z")
    };
    assert_eq!(
        polls(&store, &[lost.clone(), original()]).await,
        [Verdict::New, Verdict::New]
    );
    merge(&store, 1, 2).await;
    is_sound(&store).await;
    assert_eq!(shown(&store, 1).await.0, 1);
    assert_eq!(shown(&store, 1).await.1, PubStatus::Canceled);
    let versions = store.versions(1).await.unwrap();
    assert_eq!(versions[0].article.version, 0);
    assert_eq!(versions[0].article.draft.body_text, TEXT);
    flips_nothing(&store, &[(lost, 1), (original(), 1)]).await;
}

#[tokio::test]
async fn versions_of_both_stand_in_the_order_of_receipt() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let changed = |draft: Draft, word: &str| Draft {
        body_text: draft.body_text.replace("spring", word).replace("autumn", word),
        ..draft
    };
    let (a, b) = (original(), other("wire-b"));
    let said = polls(
        &store,
        &[
            a.clone(),
            b.clone(),
            changed(b.clone(), "summer"),
            changed(a.clone(), "winter"),
        ],
    )
    .await;
    assert_eq!(said, [Verdict::New, Verdict::New, Verdict::Revised, Verdict::Revised]);
    merge(&store, 1, 2).await;
    is_sound(&store).await;
    let versions = store.versions(1).await.unwrap();
    let order: Vec<_> = versions
        .iter()
        .map(|v| (v.article.version, v.article.draft.received))
        .collect();
    assert_eq!(order, [(1, at(0)), (2, at(1)), (3, at(2)), (4, at(3))]);
    flips_nothing(&store, &[(changed(a, "winter"), 1), (changed(b, "summer"), 1)]).await;
}

#[tokio::test]
async fn articles_of_two_languages_become_translations_and_part_again() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let german = Draft {
        language: Some("de".into()),
        ..other("wire-b")
    };
    polls(&store, &[original(), german.clone()]).await;
    let done = merge(&store, 2, 1).await;
    assert_eq!((done.article, done.other, done.uri), (1, 2, None));
    is_sound(&store).await;
    let story = async |number| store.article(number).await.unwrap().unwrap().story;
    assert_eq!(story(1).await, story(2).await);
    assert_eq!(store.count().await.unwrap(), 2);
    assert!(matches!(store.merge(1, 2, at(21)).await.unwrap(), Merged::Already(_)));
    flips_nothing(&store, &[(original(), 1), (german.clone(), 2)]).await;
    for part in ["2", "1"] {
        split(&store, part).await;
        is_sound(&store).await;
        assert_ne!(story(1).await, story(2).await);
        flips_nothing(&store, &[(original(), 1), (german.clone(), 2)]).await;
        merge(&store, 1, 2).await;
    }

    let french = Draft {
        language: Some("fr".into()),
        ..release("wire-c", "9", "Un navire", "Tout autre chose que le reste.")
    };
    admit(&store, vec![received(&french, 22)], at(22)).await;
    let done = merge(&store, 3, 2).await;
    assert!(
        done.note.ends_with("; of their story is article 1 as well"),
        "{}",
        done.note
    );
}

#[tokio::test]
async fn what_is_one_already_is_said_to_be() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    polls(
        &store,
        &[
            original(),
            other("wire-b"),
            release("wire-c", "3", "Third", "Entirely about cheese and bread."),
        ],
    )
    .await;
    merge(&store, 3, 2).await;
    merge(&store, 2, 1).await;
    is_sound(&store).await;
    for (one, other, want) in [
        (1, 1, "article 1 is one article"),
        (1, 2, "article 2 was merged into article 1 before"),
        (3, 1, "article 3 was merged into article 1 before"),
        (2, 3, "articles 2 and 3 were merged into article 1 before"),
    ] {
        assert_eq!(
            store.merge(one, other, at(21)).await.unwrap(),
            Merged::Already(want.into()),
            "{one} {other}"
        );
    }
    assert_eq!(store.find("3").await.unwrap().unwrap().article.number, 1, "by way of 2");
    assert_eq!(
        store.overruled(1).await.unwrap().len(),
        2,
        "those of what was merged into it too"
    );
    let told: Vec<(String, i64, i64, Option<String>)> = sqlx::query_as(
        "SELECT what, article_id, other_article_id, headline FROM v_overruled ORDER BY at, other_article_id DESC",
    )
    .fetch_all(store.readers())
    .await
    .unwrap();
    assert_eq!(
        told,
        [
            ("merge".into(), 2, 3, None),
            ("merge".into(), 1, 2, original().headline)
        ]
    );
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

#[tokio::test]
async fn an_embargo_holds_after_a_split_until_its_hour() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let withheld = Draft {
        embargoed: Some(at(48)),
        pubstatus: PubStatus::Withheld,
        ..original()
    };
    polls(&store, &[withheld, copy()]).await;
    assert_eq!(shown(&store, 1).await.1, PubStatus::Usable, "the copy shows it openly");
    split(&store, "1").await;
    assert_eq!(
        (shown(&store, 1).await.1, shown(&store, 2).await.1),
        (PubStatus::Withheld, PubStatus::Usable)
    );
    merge(&store, 1, 2).await;
    assert_eq!(shown(&store, 1).await.1, PubStatus::Usable);
}

#[tokio::test]
async fn an_open_copy_of_an_older_version_does_not_end_an_embargo() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let withheld = |draft| Draft {
        embargoed: Some(at(48)),
        pubstatus: PubStatus::Withheld,
        ..draft
    };
    let said = polls(&store, &[withheld(original()), withheld(correction()), copy()]).await;
    assert_eq!(said, [Verdict::New, Verdict::Correction, Verdict::Duplicate]);
    assert_eq!(shown(&store, 1).await.1, PubStatus::Withheld, "by the plan of a poll");
    admit(&store, vec![received(&other("wire-b"), 4)], at(4)).await;
    merge(&store, 1, 2).await;
    let newest = store.sightings(1).await.unwrap();
    let newest = newest
        .iter()
        .find(|sighting| sighting.headline == other("wire-b").headline);
    assert_eq!(
        shown(&store, 1).await.1,
        PubStatus::Usable,
        "what was merged shows it openly"
    );
    split(&store, &format!("s{}", newest.unwrap().id)).await;
    assert_eq!(shown(&store, 1).await.1, PubStatus::Withheld, "by all that is left");
}

#[tokio::test]
async fn the_article_that_was_received_first_stays_though_its_number_is_higher() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    polls(&store, &[original(), correction(), other("wire-b")]).await;
    split(&store, "1.1").await;
    assert_eq!(store.article(1).await.unwrap().unwrap().first_received, at(1));
    assert_eq!(store.article(3).await.unwrap().unwrap().first_received, at(0));
    let done = merge(&store, 1, 3).await;
    assert_eq!((done.article, done.other), (3, 1));
    is_sound(&store).await;
    flips_nothing(&store, &[(original(), 3), (correction(), 3), (other("wire-b"), 2)]).await;
}

#[tokio::test]
async fn a_merge_that_was_undone_leads_nowhere() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    polls(&store, &[original(), other("wire-b")]).await;
    let id = store.article(2).await.unwrap().unwrap().id;
    let story: i64 = number(&store, "SELECT max(story_id) FROM story").await;
    merge(&store, 1, 2).await;
    assert_eq!(
        number(&store, "SELECT max(story_id) FROM story").await,
        story,
        "no number is given twice"
    );
    assert_eq!(split(&store, "1").await.other, 2);
    for sql in [
        "DELETE FROM sighting WHERE article_id = 2",
        "DELETE FROM article WHERE article_id = 2",
    ] {
        let mut writer = store.writer().await.unwrap();
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *writer).await.unwrap();
    }
    for gone in ["2", id.as_str()] {
        assert_eq!(store.find(gone).await.unwrap(), None, "{gone}");
    }
    assert!(matches!(
        store.merge(1, 2, at(21)).await,
        Err(OverruleError::NoArticle { number: 2 })
    ));
}

#[tokio::test]
async fn what_a_copy_said_is_kept_when_it_comes_to_stand_at_another_version() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let changed = |draft: Draft| Draft {
        body_text: TEXT.replace("35 million", "53 million"),
        ..draft
    };
    let all = [original(), copy(), changed(original()), changed(copy())];
    let said = polls(&store, &all).await;
    assert_eq!(
        said,
        [Verdict::New, Verdict::Duplicate, Verdict::Revised, Verdict::Seen]
    );
    let of_copy = store.sightings(1).await.unwrap();
    let of_copy = of_copy.iter().find(|sighting| sighting.verdict == Verdict::Duplicate);
    let part = format!("s{}", of_copy.unwrap().id);

    split(&store, "1.1").await;
    is_sound(&store).await;
    split(&store, &part).await;
    is_sound(&store).await;
    assert_eq!(store.article(3).await.unwrap().unwrap().draft.body_text, TEXT);
}

#[tokio::test]
async fn what_a_copy_said_is_kept_when_both_articles_are_of_its_item() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let changed = |draft: Draft| Draft {
        body_text: TEXT.replace("35 million", "53 million"),
        ..draft
    };
    polls(&store, &[original(), copy(), changed(original()), changed(copy())]).await;
    split(&store, "1.1").await;
    assert_eq!(number(&store, "SELECT count(*) FROM copy").await, 1);
    merge(&store, 1, 2).await;
    is_sound(&store).await;
    assert_eq!(number(&store, "SELECT count(*) FROM copy").await, 1);
}

#[tokio::test]
async fn a_version_that_copies_alone_still_show_keeps_its_maker() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let text = |million: &str, draft: Draft| Draft {
        body_text: TEXT.replace("35 million", million),
        ..draft
    };
    let middle = text("53 million", copy());
    polls(
        &store,
        &[
            original(),
            text("53 million", original()),
            middle.clone(),
            text("71 million", original()),
        ],
    )
    .await;
    assert_eq!(shown(&store, 1).await.0, 3);
    split(&store, "1.2").await;
    is_sound(&store).await;
    let makers = "SELECT count(*) FROM sighting WHERE article_id = 2 AND verdict = 'new' AND source_id = 'wire-a'";
    assert_eq!(number(&store, makers).await, 1);
    flips_nothing(&store, &[(text("71 million", original()), 1), (middle, 2)]).await;
}

#[tokio::test]
async fn a_copy_leaves_with_its_version_and_its_item_stays_with_the_one_that_it_brought() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let changed = Draft {
        body_text: other("wire-b").body_text.replace("Danish", "Dutch"),
        ..other("wire-b")
    };
    polls(&store, &[original(), other("wire-b"), correction(), changed.clone()]).await;
    split(&store, "2.2").await;
    merge(&store, 1, 3).await;
    merge(&store, 1, 2).await;
    assert_eq!(
        shown(&store, 1).await.0,
        3,
        "the correction, of which the changed text is a copy by hand"
    );
    let goes = split(&store, "1.3").await.other;
    is_sound(&store).await;
    assert_eq!(shown(&store, 1).await, (2, PubStatus::Usable, other("wire-b").headline));
    let stands = "SELECT article_id, version, verdict FROM sighting WHERE headline = 'Bolt Sells a Ship' ORDER BY 1";
    let stands: Vec<(i64, i64, String)> = sqlx::query_as(stands).fetch_all(store.readers()).await.unwrap();
    assert_eq!(stands, [(1, 2, "revised".into()), (goes, 1, "duplicate".into())]);
    flips_nothing(
        &store,
        &[
            (original(), 1),
            (changed, goes),
            (correction(), goes),
            (other("wire-b"), 1),
        ],
    )
    .await;
}

async fn number(store: &Store, sql: &'static str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_one(store.readers())
        .await
        .unwrap()
}

/// Something that a person may ask for, of what there is.
#[derive(Debug, Clone, Copy)]
enum Asked {
    Merge(usize, usize),
    Version(usize),
    Copy(usize),
    Article(usize),
    /// What was merged.
    Merged(usize),
    /// An item shows another text: none that it has shown before.
    Change(usize),
}

fn asked() -> impl Strategy<Value = Asked> {
    let any = || 0usize..64;
    prop_oneof![
        (any(), any()).prop_map(|(one, other)| Asked::Merge(one, other)),
        any().prop_map(Asked::Version),
        any().prop_map(Asked::Copy),
        any().prop_map(Asked::Article),
        any().prop_map(Asked::Merged),
        any().prop_map(Asked::Change),
    ]
}

async fn ask(store: &Store, asked: Asked, hours: i64) {
    let numbers =
        async |sql: &'static str| -> Vec<(i64, i64)> { sqlx::query_as(sql).fetch_all(store.readers()).await.unwrap() };
    let articles = numbers("SELECT article_id, 0 FROM article ORDER BY 1").await;
    let versions = numbers("SELECT article_id, version FROM version ORDER BY 1, 2").await;
    let sightings = numbers("SELECT sighting_id, 0 FROM sighting ORDER BY 1").await;
    let merged = numbers("SELECT other_article_id, 0 FROM overruled WHERE uri IS NOT NULL ORDER BY 1").await;
    let article = |at: usize| articles[at % articles.len()].0;
    let part = match asked {
        Asked::Merge(one, other) => {
            if let Err(OverruleError::Store(error)) = store.merge(article(one), article(other), at(hours)).await {
                panic!("{asked:?}: {error}");
            }
            return;
        }
        Asked::Version(at) => {
            let (article, version) = versions[at % versions.len()];
            Part::Version { article, version }
        }
        Asked::Copy(at) => Part::Sighting(sightings[at % sightings.len()].0),
        Asked::Article(at) => Part::Article(article(at)),
        Asked::Merged(at) => match merged.as_slice() {
            [] => return,
            merged => Part::Article(merged[at % merged.len()].0),
        },
        Asked::Change(_) => return,
    };
    // What makes no sense is refused; the store itself must not fail.
    if let Err(OverruleError::Store(error)) = store.split(part, at(hours)).await {
        panic!("{part:?}: {error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 64, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_split_and_merged_the_store_is_sound_and_the_next_polls_change_nothing(all in prop::collection::vec(asked(), 1..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(holds(all));
    }
}

#[tokio::test]
async fn an_item_of_several_versions_stays_with_those_that_remain() {
    for all in [
        vec![
            Asked::Merge(1, 0),
            Asked::Version(3),
            Asked::Merge(1, 12),
            Asked::Version(7),
        ],
        vec![
            Asked::Version(32),
            Asked::Version(30),
            Asked::Merge(63, 30),
            Asked::Merge(38, 46),
            Asked::Version(36),
            Asked::Version(56),
        ],
        vec![
            Asked::Version(9),
            Asked::Merge(5, 4),
            Asked::Merge(28, 13),
            Asked::Version(17),
        ],
        vec![
            Asked::Version(6),
            Asked::Article(31),
            Asked::Merge(5, 4),
            Asked::Merge(4, 10),
            Asked::Merge(11, 32),
        ],
    ] {
        holds(all).await;
    }
}

async fn holds(all: Vec<Asked>) {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let german = Draft {
        language: Some("de".into()),
        ..release(
            "wire-d",
            "44",
            "Acme baut ein Werk",
            "Ein Werk, von dem bisher keiner wusste.",
        )
    };
    let mut items = [
        original(),
        copy(),
        other("wire-b"),
        correction(),
        german,
        retraction_of_nothing(),
        another_of_the_same_wire(),
    ];
    polls(&store, &items).await;
    items[2].body_text = items[2].body_text.replace("Danish", "Dutch");
    admit(&store, vec![received(&items[2], 7)], at(7)).await;
    for (step, asked) in (0..).zip(all) {
        if let Asked::Change(at_item) = asked {
            let item = &mut items[at_item % items.len()];
            item.body_text = item.body_text.replacen(" a ", &format!(" a {}th ", step + 4), 1);
            admit(&store, vec![received(item, 22 + step)], at(22 + step)).await;
        } else {
            ask(&store, asked, 20 + step).await;
        }
        is_sound(&store).await;
        shows_what_its_items_show(&store).await;
    }
    // What an item showed while it was a copy of something comes now.
    for draft in &items {
        admit(&store, vec![received(draft, 49)], at(49)).await;
        is_sound(&store).await;
        shows_what_its_items_show(&store).await;
    }
    let before = everything(&store).await;
    for hours in [50, 51] {
        for draft in &items {
            let admitted = admit(&store, vec![received(draft, hours)], at(hours)).await;
            assert_eq!(
                verdicts(&admitted),
                [Verdict::Seen],
                "{:?}: {:?}",
                draft.headline,
                admitted.judgements
            );
        }
    }
    assert_eq!(everything(&store).await, before);
}

/// What an item shows that is no copy is a version of its article.
async fn shows_what_its_items_show(store: &Store) {
    let sql =
        "SELECT 's' || sighting_id || ' of ' || article_id FROM sighting g WHERE verdict <> 'duplicate' AND NOT EXISTS
                 (SELECT 1 FROM version v WHERE v.article_id = g.article_id AND v.content_hash = g.content_hash)";
    let lost: Vec<String> = sqlx::query_scalar(sql).fetch_all(store.readers()).await.unwrap();
    assert!(lost.is_empty(), "{lost:?}");
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
