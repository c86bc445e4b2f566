mod full_text;
mod migrated;
mod outputs;
mod prune;
mod overruled;
mod plans;
mod together;
mod stories;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;
use sqlx::AssertSqlSafe;
use tempfile::TempDir;

use super::postings::of_articles;
use super::*;
use crate::article::{
    Confidence, Contact, Dateline, Draft, FullText, Health, Identity, Kind, Media, Organisation, Person, PersonRole,
    Place, PubStatus, Reject, Revision, Rights, Section, SectionKind, SourceId, Subject, Symbol, Tier, Validators,
    Verdict,
};
use crate::clock;

pub(super) async fn open(directory: &TempDir) -> Store {
    Store::open(&directory.path().join("dateline.sqlite")).await.unwrap()
}

/// A poll that brought nothing; tests fill in what they are about.
pub(super) fn poll(source: &str, started: DateTime<Utc>) -> Poll {
    Poll {
        source: SourceId::new(source),
        url: format!("https://{source}.example/feed"),
        wire: None,
        started,
        identity: Identity::Auto,
        full_text: FullText::Off,
        dedup_window: TimeDelta::days(60),
        elapsed_ms: 12,
        outcome: Outcome::Ok,
        http_status: Some(200),
        bytes: Some(1_000),
        validators: None,
        body_hash: None,
        drafts: Vec::new(),
        rejects: Vec::new(),
        repairs: Vec::new(),
        error: None,
        next_due: started + TimeDelta::minutes(5),
        next_due_reason: "schedule".to_owned(),
        watch: None,
    }
}

/// What `store check` says of every store that is well.
pub(super) async fn is_well(store: &Store) {
    for checked in store.check(Depth::Whole, |_, _, _| ()).await.unwrap() {
        assert!(checked.mistakes.is_empty(), "{checked:?}");
    }
}

/// All postings in their table, none in memory.
async fn settle_postings(store: &Store) {
    let postings = store.postings.clone();
    store
        .transaction("settling postings", async |transaction| {
            postings.settle(transaction).await
        })
        .await
        .unwrap();
}

/// Every article is found by every key and name that it has.
async fn is_all_posted(store: &Store) {
    settle_postings(store).await;
    let articles: Vec<i64> = sqlx::query_scalar("SELECT article_id FROM article")
        .fetch_all(store.readers())
        .await
        .unwrap();
    let mut reader = store.readers().acquire().await.unwrap();
    let wanted = of_articles(&mut reader, &articles).await.unwrap();
    let posted: Vec<(i64, i64)> = sqlx::query_as("SELECT hash, article_id FROM posting")
        .fetch_all(&mut *reader)
        .await
        .unwrap();
    let posted: BTreeSet<(i64, i64)> = posted.into_iter().collect();
    let missing: Vec<_> = wanted.difference(&posted).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn noon() -> DateTime<Utc> {
    "2026-10-05T12:00:00Z".parse().unwrap()
}

fn draft(source: &str, guid: &str, headline: &str) -> Draft {
    Draft {
        headline: Some(headline.to_owned()),
        guid: Some(guid.to_owned()),
        published: Some(noon() - TimeDelta::hours(1)),
        body_text: format!("Today {headline}, said the company of {guid} to everybody who asked it."),
        ..Draft::empty(SourceId::new(source), noon())
    }
}

fn full_draft() -> Draft {
    let body = "BOISE, Idaho, Oct. 5, 2026 /PRNewswire/ -- Fries are here.\n\n\u{201c}Fries,\u{201d} she said.\n\nAbout Fry\u{e9}";
    let section = |kind, text: &str| Section {
        kind,
        text: text.to_owned(),
    };
    Draft {
        pubstatus: PubStatus::Withheld,
        kind: Kind::Correction,
        headline: Some("CORRECTION: Fries".into()),
        subheadline: Some("More of them".into()),
        summary: Some("Fries are here.".into()),
        dateline: Some(Dateline {
            raw: "BOISE, Idaho, Oct. 5, 2026 /PRNewswire/ --".into(),
            places: vec![Place {
                text: "BOISE, Idaho".into(),
                city: Some("Boise".into()),
                region: None,
                country: Some("US".into()),
            }],
            date: NaiveDate::from_ymd_opt(2026, 10, 5),
            wire: Some("PR Newswire".into()),
            via: vec!["AsiaNet".into()],
            confidence: Confidence::Medium,
        }),
        wire: Some("PR Newswire".into()),
        release_id: Some("302898756".into()),
        issuer: Some("Fry Inc.".into()),
        organisations: vec![Organisation {
            name: Some("Fry Inc.".into()),
            symbols: vec![Symbol {
                exchange: "XNAS".into(),
                symbol: "FRY".into(),
                raw: "NASDAQ: FRY".into(),
            }],
            isin: vec!["US7046991078".into()],
            wkn: vec!["A1C2D3".into()],
        }],
        cashtags: vec!["FRY".into()],
        published: Some(noon() - TimeDelta::milliseconds(1_234_567)),
        updated: Some(noon()),
        embargoed: Some(noon() + TimeDelta::hours(1)),
        language: Some("en-US".into()),
        url: Some("https://e.example/fries".into()),
        urls: vec!["https://e.example/fries?utm_source=x".into()],
        guid: Some("g-1".into()),
        body_text: body.into(),
        body_html: "<p>Fries</p>".into(),
        sections: vec![
            section(SectionKind::Lead, "Fries are here."),
            section(SectionKind::Quote, "\u{201c}Fries,\u{201d} she said."),
            section(SectionKind::About, "About Fry\u{e9}"),
        ],
        subjects: vec![Subject {
            scheme: "prn:industry".into(),
            code: Some("FIN".into()),
            name: None,
        }],
        contacts: vec![Contact {
            name: None,
            role: Some("Media".into()),
            email: Some("a@e.example".into()),
            phone: None,
        }],
        people: vec![Person {
            role: PersonRole::Creator,
            name: Some("Jane Doe".into()),
            email: None,
            uri: Some("https://e.example/jane".into()),
        }],
        media: vec![Media {
            url: "https://e.example/a.jpg".into(),
            media_type: None,
            length: None,
            width: Some(640),
            height: Some(480),
            caption: Some("c".into()),
            credit: None,
        }],
        revision: Some(Revision {
            kind: Kind::Correction,
            clean_headline: Some("Fries".into()),
            target_headline: None,
            target_date: NaiveDate::from_ymd_opt(2026, 10, 4),
            target_wire: Some("PR Newswire".into()),
        }),
        rights: Rights::Full,
        copyright_notice: Some("© Fry".into()),
        repairs: vec!["undeclared-namespace".into()],
        ..Draft::empty(SourceId::new("wire-a"), noon())
    }
}

async fn admit(store: &Store, drafts: Vec<Draft>, now: DateTime<Utc>) -> Admitted {
    let source = drafts
        .first()
        .map_or_else(|| "wire-a".to_owned(), |d| d.source.as_str().to_owned());
    store
        .admit(
            &Poll {
                drafts,
                ..poll(&source, now)
            },
            now,
        )
        .await
        .unwrap()
}

fn verdicts(admitted: &Admitted) -> Vec<Verdict> {
    admitted.judgements.iter().map(|j| j.judgement.verdict).collect()
}

fn etag(etag: &str) -> Validators {
    Validators {
        etag: Some(etag.to_owned()),
        last_modified: None,
    }
}

#[tokio::test]
async fn an_article_was_received_when_its_first_version_was_however_long_the_writer_let_it_wait() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let poll = Poll {
        drafts: vec![draft("wire", "1", "Acme opens a plant")],
        ..poll("wire", noon())
    };
    store.admit(&poll, noon() + TimeDelta::seconds(90)).await.unwrap();
    let article = store.article(1).await.unwrap().unwrap();
    assert_eq!((article.first_received, article.draft.received), (noon(), noon()));
    assert_eq!(
        article.modified,
        noon() + TimeDelta::seconds(90),
        "outputs sort by when it was kept"
    );
}

#[tokio::test]
async fn a_draft_comes_back_as_it_went_in() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let bare = Draft::empty(SourceId::new("wire-a"), noon());
    for draft in [full_draft(), bare] {
        let admitted = admit(&store, vec![draft.clone()], noon()).await;
        let judged = admitted.judgements[0].filed.as_ref().unwrap();
        let article = store.article(judged.article).await.unwrap().unwrap();
        assert_eq!(article.draft, draft);
        assert_eq!(article.id, judged.id);
        assert_eq!(
            (article.version, article.first_received, article.modified),
            (1, noon(), noon())
        );
        assert_eq!(store.article_by_uri(&judged.id).await.unwrap(), Some(article));
    }
    assert_eq!(store.article(99).await.unwrap(), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn sections_come_back_whatever_the_body_is(body in "\\PC{0,60}", cuts in prop::collection::vec(0usize..200, 0..6), stray in "\\PC{0,5}") {
        let mut cuts: Vec<usize> = cuts.into_iter().filter(|cut| body.is_char_boundary(*cut) && *cut <= body.len()).collect();
        cuts.sort_unstable();
        let mut sections: Vec<Section> = cuts
            .windows(2)
            .map(|w| Section { kind: SectionKind::Body, text: body[w[0]..w[1]].to_owned() })
            .collect();
        sections.push(Section { kind: SectionKind::End, text: stray });
        let stored = row::passages(&body, &sections);
        prop_assert_eq!(row::sections(&body, &stored).unwrap(), sections);
    }
}

#[tokio::test]
async fn judging_a_batch_twice_adds_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let batch: Vec<Draft> = (0..40)
        .map(|i| draft("wire-a", &format!("g{i}"), &format!("Headline number {i}")))
        .collect();
    let first = admit(&store, batch.clone(), noon()).await;
    assert_eq!(
        first.counts,
        Counts {
            new: 40,
            ..Counts::default()
        }
    );
    for later in [TimeDelta::minutes(5), TimeDelta::days(3)] {
        let again: Vec<Draft> = batch
            .iter()
            .map(|d| Draft {
                received: noon() + later,
                ..d.clone()
            })
            .collect();
        let admitted = admit(&store, again, noon() + later).await;
        assert_eq!(
            admitted.counts,
            Counts {
                seen: 40,
                ..Counts::default()
            }
        );
        let ids = |a: &Admitted| {
            let filed = a.judgements.iter().map(|j| j.filed.clone().unwrap().id);
            filed.collect::<Vec<_>>()
        };
        assert_eq!(ids(&admitted), ids(&first), "an article keeps its id");
    }
    assert_eq!(store.count().await.unwrap(), 40);
    let sightings = store
        .sightings(first.judgements[0].filed.as_ref().unwrap().article)
        .await
        .unwrap();
    assert_eq!(sightings.len(), 1);
    assert_eq!(
        (sightings[0].first_seen, sightings[0].last_seen),
        (noon(), noon() + TimeDelta::days(3))
    );
}

#[tokio::test]
async fn what_a_better_reader_finds_in_the_same_text_is_no_new_version() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let before = Draft {
        dateline: None,
        sections: Vec::new(),
        ..full_draft()
    };
    let after = full_draft();
    for (read, want) in [(before, Verdict::New), (after, Verdict::Seen)] {
        let admitted = admit(&store, vec![read], noon()).await;
        assert_eq!(verdicts(&admitted), [want], "{:?}", admitted.judgements);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn polls_that_bring_one_story_at_once_make_one_article() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    for round in 0..20 {
        let copies: Vec<_> = (0..4)
            .map(|wire| {
                let mut copy = draft(
                    &format!("wire-{wire}"),
                    &format!("g{wire}-{round}"),
                    &format!("Story {round}"),
                );
                copy.body_text = format!("{} {round}", "The very same words of a long release. ".repeat(8));
                let store = store.clone();
                tokio::spawn(async move { admit(&store, vec![copy], noon()).await })
            })
            .collect();
        let mut told = Vec::new();
        for copy in copies {
            told.extend(verdicts(&copy.await.unwrap()));
        }
        told.sort_unstable();
        assert_eq!(
            told,
            [Verdict::New, Verdict::Duplicate, Verdict::Duplicate, Verdict::Duplicate],
            "round {round}"
        );
    }
    assert_eq!(store.count().await.unwrap(), 20);
}

#[tokio::test]
async fn deciding_keeps_nothing_and_says_what_admitting_says() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let poll = Poll {
        drafts: vec![full_draft(), full_draft()],
        ..poll("wire-a", noon())
    };
    let decided = store.decide(&poll).await.unwrap();
    assert_eq!(
        (store.count().await.unwrap(), store.polls(9).await.unwrap()),
        (0, vec![])
    );
    let admitted = store.admit(&poll, noon()).await.unwrap();
    assert_eq!(
        decided,
        Admitted {
            poll_id: None,
            ..admitted
        }
    );
}

#[tokio::test]
async fn a_store_built_again_gives_the_same_ids() {
    let mut ids = Vec::new();
    for _ in 0..2 {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        let drafts = vec![
            full_draft(),
            draft("wire-a", "g1", "One"),
            draft("wire-a", "g1", "Two"),
            draft("wire-a", "g2", "One"),
        ];
        let admitted = admit(&store, drafts, noon()).await;
        assert_eq!(admitted.counts.new, 4);
        ids.push(
            admitted
                .judgements
                .into_iter()
                .map(|j| j.filed.unwrap().id)
                .collect::<Vec<_>>(),
        );
    }
    assert_eq!(ids[0], ids[1]);
    assert_eq!(ids[0][0].as_str(), "tag:dateline,2026:prnewswire:302898756:en");
}

#[tokio::test]
async fn a_first_poll_sorts_by_time_of_issue_and_later_ones_by_time_of_admission() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let old = Draft {
        published: Some(noon() - TimeDelta::days(2)),
        ..draft("wire-a", "old", "An old one")
    };
    let future = Draft {
        published: Some(noon() + TimeDelta::days(1)),
        ..draft("wire-a", "future", "A clock that is ahead")
    };
    admit(&store, vec![old, future], noon()).await;
    let late = Draft {
        published: Some(noon() - TimeDelta::days(3)),
        ..draft("wire-a", "late", "A late one")
    };
    admit(&store, vec![late], noon() + TimeDelta::minutes(5)).await;
    let order: Vec<_> = store
        .latest(9)
        .await
        .unwrap()
        .into_iter()
        .filter_map(|a| a.draft.guid)
        .collect();
    assert_eq!(order, ["late", "future", "old"]);

    let mended = Draft {
        published: Some(noon() - TimeDelta::days(2)),
        body_text: "Other words.".into(),
        ..draft("wire-a", "old", "An old one")
    };
    let admitted = admit(&store, vec![mended], noon() + TimeDelta::minutes(10)).await;
    assert_eq!(verdicts(&admitted), [Verdict::Revised]);
    let newest = store.latest(1).await.unwrap().remove(0);
    assert_eq!(
        (newest.draft.guid.as_deref(), newest.version),
        (Some("old"), 2),
        "a new version surfaces"
    );
    assert_eq!(newest.first_received, noon());
}

#[tokio::test]
async fn a_withdrawal_reaches_the_outputs_that_carried_the_release() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let release = Draft {
        kind: Kind::Release,
        revision: None,
        pubstatus: PubStatus::Usable,
        headline: Some("Fries".into()),
        ..full_draft()
    };
    admit(&store, vec![release.clone()], noon()).await;
    let notice = Draft {
        headline: Some("/DISREGARD RELEASE: Fry Inc./".into()),
        kind: Kind::Retraction,
        wire: Some("PR Newswire".into()),
        release_id: Some("302898999".into()),
        revision: Some(Revision {
            kind: Kind::Retraction,
            clean_headline: None,
            target_headline: Some("Fries".into()),
            target_date: None,
            target_wire: None,
        }),
        body_text: "Readers should disregard the news release, Fries.".into(),
        ..draft("wire-a", "g-9", "")
    };
    let admitted = admit(&store, vec![notice], noon() + TimeDelta::hours(2)).await;
    assert_eq!(verdicts(&admitted), [Verdict::Withdrawal]);

    let article = store.article(1).await.unwrap().unwrap();
    assert_eq!(
        (article.draft.pubstatus, article.draft.kind, article.version),
        (PubStatus::Canceled, Kind::Retraction, 2)
    );
    assert_eq!(article.draft.headline.as_deref(), Some("Fries"));
    assert_eq!(
        article.draft.body_text,
        "Readers should disregard the news release, Fries."
    );
    assert_eq!(article.draft.organisations, release.organisations);
    let first = store.versions(1).await.unwrap().remove(0);
    assert_eq!(
        first.article.draft.body_text, release.body_text,
        "the old version stays readable"
    );

    let original_again = admit(&store, vec![release], noon() + TimeDelta::hours(4)).await;
    assert_eq!(verdicts(&original_again), [Verdict::Seen]);
    assert_eq!(
        store.article(1).await.unwrap().unwrap().draft.pubstatus,
        PubStatus::Canceled
    );
}

#[tokio::test]
async fn an_embargo_ends_by_the_clock_whether_or_not_the_item_is_seen_again() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    assert_eq!(store.next_embargo().await.unwrap(), None);
    admit(&store, vec![full_draft()], noon()).await;
    let lapses = noon() + TimeDelta::hours(1);
    assert_eq!(store.next_embargo().await.unwrap(), Some(lapses));
    for (now, lifted, status) in [
        (lapses - TimeDelta::milliseconds(1), 0, PubStatus::Withheld),
        (lapses, 1, PubStatus::Usable),
        (lapses + TimeDelta::hours(1), 0, PubStatus::Usable),
    ] {
        assert_eq!(store.lift_embargoes(now).await.unwrap(), lifted, "{now}");
        let article = store.article(1).await.unwrap().unwrap();
        assert_eq!(article.draft.pubstatus, status, "{now}");
        if lifted > 0 {
            assert_eq!(article.modified, now);
        }
    }
    assert_eq!(store.next_embargo().await.unwrap(), None);
}

#[tokio::test]
async fn a_copy_that_another_source_shows_openly_ends_an_embargo() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    admit(&store, vec![full_draft()], noon()).await;
    let open = Draft {
        pubstatus: PubStatus::Usable,
        embargoed: None,
        guid: Some("another".into()),
        ..full_draft()
    };
    let admitted = admit(&store, vec![open], noon() + TimeDelta::minutes(2)).await;
    assert!(
        matches!(verdicts(&admitted)[..], [Verdict::Duplicate | Verdict::Seen]),
        "{:?}",
        verdicts(&admitted)
    );
    assert_eq!(
        store.article(1).await.unwrap().unwrap().draft.pubstatus,
        PubStatus::Usable
    );
}

#[tokio::test]
async fn an_embargo_that_lapses_releases_the_article() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    admit(&store, vec![full_draft()], noon()).await;
    let lapsed = Draft {
        pubstatus: PubStatus::Usable,
        ..full_draft()
    };
    let admitted = admit(&store, vec![lapsed], noon() + TimeDelta::hours(2)).await;
    assert_eq!(verdicts(&admitted), [Verdict::Seen]);
    let article = store.article(1).await.unwrap().unwrap();
    assert_eq!(
        (article.draft.pubstatus, article.modified),
        (PubStatus::Usable, noon() + TimeDelta::hours(2))
    );
}

#[tokio::test]
async fn filters_and_full_text_see_the_newest_version_alone() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    admit(&store, vec![full_draft()], noon()).await;
    let mut mended = full_draft();
    mended.body_text = "Potatoes, not what was said.".into();
    mended.sections.clear();
    mended.organisations[0].symbols[0].symbol = "POT".into();
    mended.organisations[0].isin.clear();
    admit(&store, vec![mended], noon() + TimeDelta::hours(1)).await;
    let count = async |sql: &'static str| {
        sqlx::query_scalar::<_, i64>(sql)
            .fetch_one(store.readers())
            .await
            .unwrap()
    };
    for (sql, want) in [
        ("SELECT count(*) FROM article_fts WHERE article_fts MATCH 'potatoes'", 1),
        ("SELECT count(*) FROM article_fts WHERE article_fts MATCH 'idaho'", 0),
        ("SELECT count(*) FROM symbol WHERE symbol = 'POT'", 1),
        ("SELECT count(*) FROM symbol WHERE symbol = 'FRY'", 0),
        ("SELECT count(*) FROM isin", 0),
        ("SELECT count(*) FROM v_story", 2),
    ] {
        assert_eq!(count(sql).await, want, "{sql}");
    }
}

#[tokio::test]
async fn a_poll_leaves_its_row_its_rejects_and_what_its_source_needs_next() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let good = Poll {
        drafts: vec![full_draft()],
        rejects: vec![Reject {
            index: 1,
            why: "no headline, text or link".into(),
        }],
        repairs: vec!["bare-ampersand".into()],
        validators: Some(etag("\"e1\"")),
        body_hash: Some("1:aa".into()),
        ..poll("wire-a", noon())
    };
    store.admit(&good, noon()).await.unwrap();
    let bad = Poll {
        outcome: Outcome::FetchError,
        http_status: Some(503),
        error: Some("503".into()),
        ..poll("wire-a", noon() + TimeDelta::minutes(5))
    };
    store.admit(&bad, noon() + TimeDelta::minutes(5)).await.unwrap();

    let state = store.source_states().await.unwrap().remove(0);
    assert_eq!(
        state.validators.etag.as_deref(),
        Some("\"e1\""),
        "a failure keeps the validators"
    );
    assert_eq!((state.failures, state.body_hash.as_deref()), (1, Some("1:aa")));
    assert_eq!((state.first_success, state.last_success), (Some(noon()), Some(noon())));
    assert_eq!(state.next_due, Some(noon() + TimeDelta::minutes(10)));

    let polls = store.polls(9).await.unwrap();
    assert_eq!(
        polls.iter().map(|p| p.outcome).collect::<Vec<_>>(),
        ["fetch-error", "ok"]
    );
    assert_eq!((polls[1].items, polls[1].new, polls[1].rejected), (2, 1, 1));
    assert_eq!(polls[1].repairs, ["bare-ampersand"]);
    let reject = store.rejects(9).await.unwrap().remove(0);
    assert_eq!(
        (reject.reject.index, reject.reject.why.as_str()),
        (1, "no headline, text or link")
    );
    let health = store.health().await.unwrap().remove(0);
    assert_eq!(
        (health.polls, health.new, health.rejected, health.last_outcome),
        (2, 1, 1, Some("fetch-error"))
    );

    let forget = Poll {
        validators: Some(Validators::default()),
        ..poll("wire-a", noon() + TimeDelta::minutes(10))
    };
    store.admit(&forget, noon() + TimeDelta::minutes(10)).await.unwrap();
    let state = store.source_states().await.unwrap().remove(0);
    assert_eq!(
        (state.validators.etag, state.failures),
        (None, 0),
        "a partial document takes them away"
    );
}

#[tokio::test]
async fn outcomes_are_those_that_the_schema_allows() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    for outcome in Outcome::ALL {
        assert_eq!(Outcome::parse(outcome.as_str()), Some(*outcome));
        store
            .admit(
                &Poll {
                    outcome: *outcome,
                    ..poll("wire-a", noon())
                },
                noon(),
            )
            .await
            .unwrap();
    }
}

fn watch(health: Health, gap: Option<&str>) -> Watch {
    Watch {
        tier: Tier::Guest,
        health,
        last_new: Some(noon()),
        known: Some(3),
        gap: gap.map(str::to_owned),
        memory: "{\"interval_s\":300}".to_owned(),
        is_ours: false,
        is_whole: true,
        movement: Movement::None,
    }
}

#[tokio::test]
async fn what_the_schedule_saw_stands_in_the_views_and_comes_back() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let gap = "none of 20 items was in the last poll";
    let at = |minutes| noon() + TimeDelta::minutes(minutes);
    for (minutes, watch) in [
        (0, watch(Health::Ok, None)),
        (5, watch(Health::Quiet, Some(gap))),
        (10, watch(Health::Quiet, None)),
    ] {
        let poll = Poll {
            watch: Some(watch),
            ..poll("wire-a", at(minutes))
        };
        store.admit(&poll, at(minutes)).await.unwrap();
    }
    let gaps: Vec<_> = store
        .polls(9)
        .await
        .unwrap()
        .into_iter()
        .map(|poll| (poll.known, poll.gap))
        .collect();
    assert_eq!(
        gaps,
        [(Some(3), None), (Some(3), Some(gap.to_owned())), (Some(3), None)]
    );
    let health = store.health().await.unwrap().remove(0);
    assert_eq!(
        (health.tier.as_deref(), health.interval_ms, health.last_new),
        (Some("guest"), Some(299_988), Some(noon()))
    );
    assert_eq!(health.state_since, Some(at(5)), "since it turned quiet");
    assert_eq!(
        (health.last_gap, health.last_gap_reason.as_deref()),
        (Some(at(5)), Some(gap)),
        "the last gap stays"
    );
    let state = store.source_state(&SourceId::new("wire-a")).await.unwrap();
    assert_eq!(state.memory.as_deref(), Some("{\"interval_s\":300}"));
    assert_eq!(state.last_poll, Some(at(10)));
    store.admit(&poll("wire-a", at(15)), at(15)).await.unwrap();
    let unwatched = store.source_state(&SourceId::new("wire-a")).await.unwrap();
    assert_eq!(unwatched.memory, state.memory, "what nobody watched forgets nothing");
}

#[tokio::test]
async fn an_old_copy_of_a_document_is_no_gap() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let known = draft("wire-a", "1", "Acme opens a plant");
    for (minutes, drafts, gap, want, why) in [
        (0, vec![known.clone()], None, 0, "the first document"),
        (
            5,
            vec![known.clone()],
            Some("none was in the last poll"),
            0,
            "an old copy: all of it is known",
        ),
        (
            10,
            vec![known.clone(), draft("wire-a", "2", "Borealis sells its fleet of tugs")],
            Some("none was in the last poll"),
            1,
            "one of two is new",
        ),
    ] {
        let at = noon() + TimeDelta::minutes(minutes);
        let poll = Poll {
            drafts,
            watch: Some(watch(Health::Ok, gap)),
            ..poll("wire-a", at)
        };
        store.admit(&poll, at).await.unwrap();
        let health = store.health().await.unwrap().remove(0);
        assert_eq!((health.gaps, health.last_gap.is_some()), (want, want > 0), "{why}");
    }
}

#[tokio::test]
async fn an_outage_of_ours_leaves_the_failures_as_they_were() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    for (is_ours, want) in [(false, 1), (true, 1), (false, 2)] {
        let failed = Poll {
            outcome: Outcome::FetchError,
            watch: Some(Watch {
                is_ours,
                ..watch(Health::Failing, None)
            }),
            ..poll("wire-a", noon())
        };
        store.admit(&failed, noon()).await.unwrap();
        let state = store.source_state(&SourceId::new("wire-a")).await.unwrap();
        assert_eq!(state.failures, want, "{is_ours}");
    }
}

#[tokio::test]
async fn a_source_s_state_is_told_with_regard_to_the_clock() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let now = clock::now();
    let rows = ["a", "b"].map(|id| sources::Row {
        id,
        url: "https://a.example/",
        wire: "generic",
        polled: true,
    });
    sources::sync(&mut store.writer().await.unwrap(), &rows, now)
        .await
        .unwrap();
    let state = async || store.health().await.unwrap().remove(0).state;
    assert_eq!(state().await, "new");
    for health in Health::ALL {
        for (late, want) in [
            (false, health.as_str()),
            (
                true,
                match health {
                    Health::Throttled | Health::Failing | Health::Gone => health.as_str(),
                    Health::Ok | Health::Quiet | Health::Stale | Health::Empty | Health::Future => "late",
                },
            ),
        ] {
            let seen = Poll {
                next_due: if late {
                    now - TimeDelta::minutes(11)
                } else {
                    now - TimeDelta::minutes(1)
                },
                watch: Some(watch(*health, None)),
                ..poll("a", now)
            };
            store.admit(&seen, now).await.unwrap();
            assert_eq!(state().await, want, "{health} {late}");
        }
    }
    sources::sync(&mut store.writer().await.unwrap(), &rows[1..], now)
        .await
        .unwrap();
    assert_eq!(state().await, "off");
}

#[tokio::test]
async fn of_sources_due_at_one_instant_the_one_polled_longest_ago_comes_first() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let hour = noon() + TimeDelta::hours(1);
    let ids = ["c", "a", "b"].map(SourceId::new);
    let rows = ["a", "b", "c"].map(|id| sources::Row {
        id,
        url: "https://a.example/feed",
        wire: "generic",
        polled: true,
    });
    sources::sync(&mut store.writer().await.unwrap(), &rows, noon())
        .await
        .unwrap();
    for id in &ids {
        store.admit(&poll(id.as_str(), noon()), noon()).await.unwrap();
    }
    let held: Vec<_> = ids.iter().map(|id| Moved::new(id, hour, "its site was held")).collect();
    store.set_next_due(&held).await.unwrap();
    assert_eq!(store.due(hour).await.unwrap(), ids);
    assert_eq!(store.due(hour - TimeDelta::seconds(1)).await.unwrap(), []);
}

#[tokio::test]
async fn due_times_are_moved_together() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let ids = ["a", "b", "c"].map(SourceId::new);
    for id in &ids {
        store.admit(&poll(id.as_str(), noon()), noon()).await.unwrap();
    }
    let hour = noon() + TimeDelta::hours(1);
    store
        .set_next_due(&[
            Moved::new(&ids[0], hour, "a reason"),
            Moved::new(&ids[2], noon(), "another"),
        ])
        .await
        .unwrap();
    store.set_next_due(&[]).await.unwrap();
    let due: Vec<_> = store
        .source_states()
        .await
        .unwrap()
        .into_iter()
        .map(|state| (state.next_due, state.next_due_reason))
        .collect();
    let said = |at, why: &str| (Some(at), Some(why.to_owned()));
    let untouched = said(noon() + TimeDelta::minutes(5), "schedule");
    assert_eq!(due, [said(hour, "a reason"), untouched, said(noon(), "another")]);
}

#[tokio::test]
async fn sources_follow_the_configuration() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let later = noon() + TimeDelta::days(1);
    let row = |id, url, polled| sources::Row {
        id,
        url,
        wire: "generic",
        polled,
    };
    let sync = async |rows: &[sources::Row<'_>], now| {
        sources::sync(&mut store.writer().await.unwrap(), rows, now)
            .await
            .unwrap();
    };
    let states = async || store.source_states().await.unwrap();

    store.admit(&poll("imported", noon()), noon()).await.unwrap();
    assert_eq!(store.due(later).await.unwrap(), [], "an import is no configured source");

    let [a, b] = [
        row("a", "https://a.example/feed", true),
        row("b", "https://b.example/feed", false),
    ];
    sync(&[a, b], noon()).await;
    assert_eq!(
        store.due(noon()).await.unwrap(),
        [SourceId::new("a")],
        "new ones are due, disabled ones are not"
    );
    let polled = Poll {
        validators: Some(etag("e")),
        body_hash: Some("1:h".into()),
        ..poll("a", noon())
    };
    store.admit(&polled, noon()).await.unwrap();

    sync(&[a, b], noon()).await;
    assert_eq!(store.due(noon()).await.unwrap(), [], "an unchanged one keeps its time");
    assert_eq!(states().await[0].validators.etag.as_deref(), Some("e"));

    sync(&[row("a", "https://a.example/new", true)], noon()).await;
    assert_eq!(
        store.due(noon()).await.unwrap(),
        [SourceId::new("a")],
        "a new URL is due"
    );
    let state = states().await.remove(0);
    assert_eq!(
        (state.url.as_str(), state.validators.etag, state.body_hash),
        ("https://a.example/new", None, None)
    );

    sync(&[], noon()).await;
    assert_eq!(store.due(later).await.unwrap(), []);
    assert_eq!(states().await.len(), 3, "those that left keep their rows");
}

#[tokio::test]
async fn a_large_poll_with_one_headline_over_and_over_is_new_once_and_then_seen() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let filler = "Words of a release that go on for a while. ".repeat(60);
    let batch: Vec<Draft> = (0..2_000)
        .map(|i| Draft {
            body_text: format!("Item {i} says this. {filler}"),
            url: Some(format!("https://e.example/{i}")),
            // One headline in ten is the same every day.
            headline: Some(if i % 10 == 0 {
                "Net Asset Value".into()
            } else {
                format!("Headline {i}")
            }),
            ..draft("wire-a", &format!("g{i}"), "")
        })
        .collect();
    for (want, now) in [("new", noon()), ("seen", noon() + TimeDelta::minutes(5))] {
        let admitted = admit(&store, batch.clone(), now).await;
        assert_eq!(admitted.judgements.len(), batch.len());
        assert!(admitted.judgements.iter().all(|j| j.judgement.verdict.as_str() == want));
    }
}

#[tokio::test]
async fn every_view_for_people_can_be_read() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let reject = vec![Reject {
        index: 7,
        why: "w".into(),
    }];
    store
        .admit(
            &Poll {
                drafts: vec![full_draft()],
                rejects: reject,
                ..poll("wire-a", noon())
            },
            noon(),
        )
        .await
        .unwrap();
    for view in [
        "v_article",
        "v_poll",
        "v_source_health",
        "v_sighting",
        "v_story",
        "v_reject",
    ] {
        let rows: i64 = sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM (SELECT * FROM {view})")))
            .fetch_one(store.readers())
            .await
            .unwrap();
        assert_eq!(rows, 1, "{view}");
    }
}

#[tokio::test]
async fn a_file_that_is_not_ours_is_refused_and_left_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    fs::write(
        path("text"),
        "this is no database at all, but a text of some length\n".repeat(40),
    )
    .unwrap();
    for (name, sql) in [
        ("foreign", "CREATE TABLE theirs (a)"),
        (
            "newer",
            "PRAGMA application_id = 1146375246; PRAGMA user_version = 999; CREATE TABLE ours (a)",
        ),
    ] {
        let mut file = options(&path(name)).create_if_missing(true).connect().await.unwrap();
        sqlx::raw_sql(sql).execute(&mut file).await.unwrap();
        file.close().await.unwrap();
    }
    for (name, want) in [
        ("text", "is not an SQLite database"),
        ("foreign", "of another program"),
        ("newer", "schema 999"),
    ] {
        let before = fs::read(path(name)).unwrap();
        for error in [
            Store::open(&path(name)).await.unwrap_err(),
            Store::open_read_only(&path(name)).await.unwrap_err(),
        ] {
            assert!(error.to_string().contains(want), "{name}: {error}");
        }
        assert_eq!(fs::read(path(name)).unwrap(), before, "{name}");
    }
}

#[tokio::test]
async fn paths_that_cannot_hold_a_store_say_so() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, "").unwrap();
    let missing = directory.path().join("none.sqlite");
    assert!(matches!(
        Store::open_read_only(&missing).await,
        Err(StoreError::Missing { .. })
    ));
    assert!(!missing.exists(), "reading makes no store");
    assert!(matches!(
        Store::open(&file.join("below/dateline.sqlite")).await,
        Err(StoreError::Directory { .. })
    ));
    assert!(matches!(
        Store::open(directory.path()).await,
        Err(StoreError::Unreadable { .. })
    ));
}

#[tokio::test]
async fn an_empty_file_and_a_deep_path_become_stores() {
    let directory = tempfile::tempdir().unwrap();
    let empty = directory.path().join("empty.sqlite");
    fs::write(&empty, "").unwrap();
    for path in [empty, directory.path().join("a/b/c.sqlite")] {
        let store = Store::open(&path).await.unwrap();
        for (pragma, want) in [
            ("PRAGMA application_id", APPLICATION_ID),
            ("PRAGMA user_version", newest_schema()),
        ] {
            let found: i64 = sqlx::query_scalar(pragma).fetch_one(store.readers()).await.unwrap();
            assert_eq!(found, want, "{pragma}");
        }
        let mode: String = sqlx::query_scalar("PRAGMA journal_mode")
            .fetch_one(&store.writer)
            .await
            .unwrap();
        assert_eq!(mode, "wal");
        store.close().await.unwrap();
        let wal = PathBuf::from(format!("{}-wal", path.display()));
        assert_eq!(
            fs::metadata(wal).map_or(0, |m| m.len()),
            0,
            "the file alone is the store"
        );
        Store::open(&path).await.unwrap().close().await.unwrap();
    }
}

#[tokio::test]
async fn a_store_opened_for_reading_reads_beside_the_writer_and_refuses_to_write() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    admit(&store, vec![full_draft()], noon()).await;
    let reader = Store::open_read_only(store.path()).await.unwrap();
    assert_eq!(reader.count().await.unwrap(), 1);
    let refused = reader.admit(&poll("wire-a", noon()), noon()).await.unwrap_err();
    assert!(matches!(refused, StoreError::ReadOnly { .. }), "{refused:?}");
}

#[tokio::test]
async fn a_full_disk_keeps_nothing_of_the_poll_and_the_store_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count")
        .fetch_one(&store.writer)
        .await
        .unwrap();
    let cap = |pages: i64| AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
    sqlx::query(cap(pages + 1)).execute(&store.writer).await.unwrap();
    let big = Draft {
        body_text: "long ".repeat(100_000),
        ..full_draft()
    };
    let poll = Poll {
        drafts: vec![big],
        ..poll("wire-a", noon())
    };
    let error = store.admit(&poll, noon()).await.unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    assert_eq!(
        (store.count().await.unwrap(), store.polls(9).await.unwrap().len()),
        (0, 0)
    );
    sqlx::query(cap(1_000_000)).execute(&store.writer).await.unwrap();
    assert_eq!(store.admit(&poll, noon()).await.unwrap().counts.new, 1);
}

#[tokio::test]
async fn a_damaged_row_is_an_error_with_its_place() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    admit(&store, vec![full_draft()], noon()).await;
    sqlx::query("UPDATE version SET published = 'yesterday'")
        .execute(&store.writer)
        .await
        .unwrap();
    let error = store.article(1).await.unwrap_err().to_string();
    assert!(error.contains("published") && error.contains("yesterday"), "{error}");
}

#[tokio::test]
async fn damage_that_was_met_once_is_told_from_then_on() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    admit(&store, vec![full_draft()], noon()).await;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(&store.writer)
        .await
        .unwrap();
    store.sound().unwrap();
    // Over the file that is open, as `cp` would: all but the page that says what file it is.
    let mut bytes = fs::read(store.path()).unwrap();
    bytes[4096..].fill(0xff);
    fs::write(store.path(), bytes).unwrap();
    // Nobody trusts what he has read before.
    drop(store.admit(&poll("wire-a", noon()), noon()).await);
    let met = store.article(1).await.unwrap_err();
    assert!(matches!(met, StoreError::Damaged { .. }), "{met}");
    for _ in 0..2 {
        let told = store.sound().unwrap_err();
        assert!(matches!(told, StoreError::Unsound { .. }), "{told}");
        let told = told.to_string();
        assert!(
            told.contains("dateline.sqlite is damaged (") && told.contains("restore a backup"),
            "{told}"
        );
    }
}

/// Of one release everything that it can be found by.
fn findable(number: i64) -> Draft {
    let text = |word: &str| {
        format!("{word} number {number} was said on that day, and so was what follows it, up to the end of it. ")
            .repeat(4)
    };
    Draft {
        url: Some(format!("https://acme.example/n/{number}")),
        body_text: text("What"),
        ..draft(
            "wire-a",
            &format!("g-{number}"),
            &format!("Acme says number {number} of all that it has to say"),
        )
    }
}

#[tokio::test]
async fn what_waits_in_memory_is_found_after_a_restart_and_after_a_failure_and_by_another_process() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let beside = open(&directory).await;
    let feed = |numbers: std::ops::Range<i64>| numbers.map(findable).collect::<Vec<_>>();
    let copies = |numbers: std::ops::Range<i64>| {
        let copy = |draft| Draft {
            source: SourceId::new("wire-b"),
            guid: None,
            url: None,
            ..draft
        };
        numbers.map(findable).map(copy).collect::<Vec<_>>()
    };
    assert_eq!(admit(&store, feed(0..40), noon()).await.counts.new, 40);

    let trial = Poll {
        drafts: feed(0..40),
        ..poll("wire-a", noon())
    };
    assert_eq!(beside.decide(&trial).await.unwrap().counts.seen, 40, "in a trial");
    assert_eq!(
        admit(&beside, feed(0..40), noon()).await.counts.seen,
        40,
        "of another process"
    );
    assert_eq!(admit(&beside, feed(40..60), noon()).await.counts.new, 20);
    assert_eq!(admit(&store, feed(0..60), noon()).await.counts.seen, 60, "and back");

    sqlx::query("CREATE TRIGGER refuse BEFORE INSERT ON article BEGIN SELECT raise(ABORT, 'no'); END")
        .execute(&store.writer)
        .await
        .unwrap();
    let refused = Poll {
        drafts: feed(60..80),
        ..poll("wire-a", noon())
    };
    assert!(store.admit(&refused, noon()).await.is_err());
    sqlx::query("DROP TRIGGER refuse")
        .execute(&beside.writer)
        .await
        .unwrap();
    assert_eq!(
        admit(&store, feed(0..60), noon()).await.counts.seen,
        60,
        "after a failure"
    );
    assert_eq!(admit(&store, feed(60..80), noon()).await.counts.new, 20);

    store.close().await.unwrap();
    let store = open(&directory).await;
    assert_eq!(
        admit(&store, feed(0..80), noon()).await.counts.seen,
        80,
        "after a restart"
    );
    assert_eq!(admit(&store, copies(0..80), noon()).await.counts.duplicate, 80);
    is_all_posted(&store).await;
    let logged: i64 = sqlx::query_scalar("SELECT count(*) FROM posting_log")
        .fetch_one(store.readers())
        .await
        .unwrap();
    assert_eq!(logged, 0, "all is in the table");
}
