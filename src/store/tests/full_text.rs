//! Pages that wait, and what their texts make of articles.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::super::{Completed, PageAnswer, Part, WantedPage};
use super::*;
use crate::article::{OutputId, PageClass};
use crate::config::Output;
use crate::filter::Filter;

const WHOLE: &str = "OSLO, Oct. 5, 2026 /PRNewswire/ -- Halden Marine said today that it will build three electric tugs for the Port of Tromso, \
    which pays 412 million kroner for them.\n\nThe tugs go to sea in 2028, with batteries of 6.2 megawatt hours that are charged at the quay \
    within the hour, said its chief executive Kari Dahl, who was born in the town.\n\nThe yard takes on ninety welders for the work, and the \
    county pays for the road that leads to it, as it had said before the election.";
const TEASER: &str = "OSLO, Oct. 5, 2026 /PRNewswire/ -- Halden Marine said today that it will build three electric tugs for the Port of Tromso, \
    which pays...";

fn teaser(source: &str, number: &str) -> Draft {
    Draft {
        headline: Some("Halden Marine to Build Three Tugs".into()),
        guid: Some(format!("{source}-{number}")),
        url: Some(format!("https://www.{source}.example/{number}.html")),
        published: Some(noon() - TimeDelta::minutes(5)),
        language: Some("en".into()),
        body_text: TEASER.into(),
        rights: Rights::Summary,
        ..Draft::empty(SourceId::new(source), noon())
    }
}

/// What the page of a teaser says.
fn page_of(teaser: &Draft, text: &str) -> Draft {
    Draft {
        body_text: text.into(),
        organisations: vec![Organisation {
            name: Some("Halden Marine".into()),
            symbols: vec![Symbol {
                exchange: "XOSL".into(),
                symbol: "HALD".into(),
                raw: "OSE: HALD".into(),
            }],
            isin: Vec::new(),
            wkn: Vec::new(),
        }],
        ..teaser.clone()
    }
}

async fn show(store: &Store, source: &str, at: DateTime<Utc>, drafts: &[Draft]) -> Admitted {
    let drafts = drafts
        .iter()
        .map(|draft| Draft {
            received: at,
            ..draft.clone()
        })
        .collect();
    let poll = Poll {
        drafts,
        full_text: FullText::Wire,
        ..poll(source, at)
    };
    store.admit(&poll, at).await.unwrap()
}

async fn due(store: &Store, at: DateTime<Utc>) -> Vec<WantedPage> {
    store.due_pages(&BTreeSet::new(), at).await.unwrap()
}

fn brought(draft: Draft) -> PageAnswer {
    PageAnswer {
        draft: Some(draft),
        ..without_text(PageClass::Text)
    }
}

fn without_text(class: PageClass) -> PageAnswer {
    PageAnswer {
        class,
        reason: "answered 200".into(),
        robots: Some("no rule".into()),
        http_status: Some(200),
        validators: Validators {
            etag: Some("\"1\"".into()),
            last_modified: None,
        },
        due: None,
        moved: None,
        site_held: None,
        is_refusal: false,
        draft: None,
    }
}

async fn keep(store: &Store, page: &WantedPage, answer: &PageAnswer, at: DateTime<Utc>) -> Completed {
    let kept = store.keep_page(page, answer, TimeDelta::days(60), at).await.unwrap();
    is_well(store).await;
    kept
}

async fn family(store: &Store) -> Family {
    let article = store.article(1).await.unwrap().unwrap();
    store.family(&article).await.unwrap()
}

fn later(minutes: i64) -> DateTime<Utc> {
    noon() + TimeDelta::minutes(minutes)
}

#[tokio::test]
async fn a_page_brings_what_the_feed_left_out_and_nothing_else_changes() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let welders = Output::new(OutputId::new("welders"), Filter::parse("text ~ 'welders'").unwrap());
    store
        .serve_outputs(std::slice::from_ref(&welders), noon())
        .await
        .unwrap();
    show(&store, "wire", noon(), &[teaser("wire", "1")]).await;
    let before = store.article(1).await.unwrap().unwrap();

    let pages = due(&store, noon()).await;
    let [page] = pages.as_slice() else { panic!("{pages:?}") };
    assert_eq!(
        (page.article, page.version, page.url.as_str()),
        (1, 1, "https://www.wire.example/1.html")
    );
    assert_eq!(page.site, "wire.example");
    let completed = keep(&store, page, &brought(page_of(&teaser("wire", "1"), WHOLE)), later(1)).await;
    let Completed::Filled {
        version: 2,
        merged: None,
        ..
    } = completed
    else {
        panic!("{completed:?}")
    };

    let after = store.article(1).await.unwrap().unwrap();
    assert_eq!(after.draft.body_text, WHOLE);
    assert_eq!(
        after.draft.symbols().map(Symbol::key).collect::<Vec<_>>(),
        ["XOSL:HALD"]
    );
    assert_eq!((&after.id, after.draft.rights), (&before.id, Rights::Summary));
    assert_eq!(
        (after.draft.guid, after.draft.url, after.draft.published),
        (before.draft.guid, before.draft.url, before.draft.published)
    );
    let family = family(&store).await;
    let said: Vec<_> = family
        .versions
        .iter()
        .map(|v| (v.edition, v.stage.as_str(), v.verdict))
        .collect();
    assert_eq!(said, [(1, "none", Verdict::New), (1, "page", Verdict::Revised)]);
    assert_eq!(family.sightings.len(), 1);
    let listing = store
        .listing(&welders, Slice::Newest(10), noon())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        listing.articles.len(),
        1,
        "its words are found, and the output carries it"
    );
    let sorted: Vec<String> = sqlx::query_scalar("SELECT sort_time FROM article")
        .fetch_all(store.readers())
        .await
        .unwrap();
    assert_eq!(sorted, ["2026-10-05T11:55:00.000Z"], "it is no news");

    // The feed goes on to show its teaser.
    let again = show(&store, "wire", later(5), &[teaser("wire", "1")]).await;
    assert_eq!(again.counts.seen, 1);
    assert!(due(&store, later(600)).await.is_empty(), "it is asked once");
    assert_eq!(store.article(1).await.unwrap().unwrap().draft.body_text, WHOLE);
    let record = store.page_record(1).await.unwrap().unwrap();
    assert_eq!(
        (record.class, record.tries, record.due),
        (Some(PageClass::Text), 1, None)
    );
    assert_eq!(record.robots.as_deref(), Some("no rule"));
    is_all_posted(&store).await;
}

#[tokio::test]
async fn a_copy_of_the_whole_text_is_known_by_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    show(&store, "wire", noon(), &[teaser("wire", "1")]).await;
    let pages = due(&store, noon()).await;
    keep(
        &store,
        &pages[0],
        &brought(page_of(&teaser("wire", "1"), WHOLE)),
        later(1),
    )
    .await;
    let copy = Draft {
        headline: Some("Tromso Gets Electric Tugs".into()),
        ..page_of(&teaser("other", "9"), WHOLE)
    };
    let admitted = store
        .admit(
            &Poll {
                drafts: vec![copy],
                ..poll("other", later(2))
            },
            later(2),
        )
        .await
        .unwrap();
    assert_eq!(admitted.judgements[0].judgement.verdict, Verdict::Duplicate);
    assert_eq!(admitted.judgements[0].judgement.of, Some(1));
}

#[tokio::test]
async fn what_is_not_the_page_of_the_release_never_becomes_its_text() {
    let shop = "Our harbour cruises leave every hour from the town quay. Tickets are sold on board and in the kiosk by the church, where there \
                is coffee as well. Dogs are welcome on the upper deck, and children under six travel for nothing on all days of the week.";
    let other = WHOLE.replace("three electric tugs", "seven electric tugs");
    for (what, text, headline, want) in [
        ("the front page", shop, "Welcome", Completed::Unlike),
        ("another release", &other, "Tromso Gets Tugs", Completed::Unlike),
        (
            "no more than the teaser",
            TEASER,
            "Halden Marine to Build Three Tugs",
            Completed::NoMore,
        ),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        show(&store, "wire", noon(), &[teaser("wire", "1")]).await;
        let page = due(&store, noon()).await.remove(0);
        let draft = Draft {
            headline: Some(headline.into()),
            ..page_of(&teaser("wire", "1"), text)
        };
        assert_eq!(keep(&store, &page, &brought(draft), later(1)).await, want, "{what}");
        let article = store.article(1).await.unwrap().unwrap();
        assert_eq!(
            (article.version, article.draft.body_text.as_str()),
            (1, TEASER),
            "{what}"
        );
    }
}

#[tokio::test]
async fn a_text_under_an_embargo_waits_for_its_hour() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    show(&store, "wire", noon(), &[teaser("wire", "1")]).await;
    let page = due(&store, noon()).await.remove(0);
    let draft = Draft {
        pubstatus: PubStatus::Withheld,
        embargoed: Some(later(60)),
        ..page_of(&teaser("wire", "1"), WHOLE)
    };
    assert_eq!(
        keep(&store, &page, &brought(draft), later(1)).await,
        Completed::Embargoed(later(60))
    );
    assert!(due(&store, later(59)).await.is_empty());
    assert_eq!(due(&store, later(60)).await.len(), 1);
}

#[tokio::test]
async fn a_correction_is_shown_with_its_own_text_and_its_page_is_read_anew() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    show(&store, "wire", noon(), &[teaser("wire", "1")]).await;
    let page = due(&store, noon()).await.remove(0);
    keep(&store, &page, &brought(page_of(&teaser("wire", "1"), WHOLE)), later(1)).await;

    let mended = |text: &str| text.replace("three", "four");
    let corrected = Draft {
        body_text: mended(TEASER),
        ..teaser("wire", "1")
    };
    let admitted = show(&store, "wire", later(120), std::slice::from_ref(&corrected)).await;
    assert_eq!(admitted.counts.revised, 1);
    let article = store.article(1).await.unwrap().unwrap();
    assert_eq!(
        (article.version, article.draft.body_text.as_str()),
        (3, mended(TEASER).as_str())
    );
    // An answer that was under way is of the version before, and leaves the page of this one waiting.
    assert_eq!(
        keep(
            &store,
            &page,
            &brought(page_of(&teaser("wire", "1"), WHOLE)),
            later(121)
        )
        .await,
        Completed::Outdated
    );

    let page = due(&store, later(121)).await.remove(0);
    assert_eq!((page.version, page.tries), (3, 0));
    assert_eq!(
        page.validators,
        Validators::default(),
        "the page that is shown no more is not asked whether it changed"
    );
    let completed = keep(&store, &page, &brought(page_of(&corrected, &mended(WHOLE))), later(122)).await;
    assert!(
        matches!(completed, Completed::Filled { version: 4, .. }),
        "{completed:?}"
    );
    let editions: Vec<i64> = family(&store).await.versions.iter().map(|v| v.edition).collect();
    assert_eq!(editions, [1, 1, 3, 3]);
}

#[tokio::test]
async fn an_item_that_changes_at_every_poll_has_its_page_asked_once_an_hour() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    show(&store, "wire", noon(), &[teaser("wire", "1")]).await;
    let page = due(&store, noon()).await.remove(0);
    keep(&store, &page, &without_text(PageClass::Empty), later(1)).await;
    let changed = Draft {
        body_text: TEASER.replace("three", "seven"),
        ..teaser("wire", "1")
    };
    show(&store, "wire", later(5), &[changed]).await;
    assert!(due(&store, later(60)).await.is_empty());
    assert_eq!(due(&store, later(61)).await.len(), 1);
}

/// Two teasers of one release that tell nothing of each other.
async fn two_of_one(store: &Store) -> (Draft, Draft) {
    let first = teaser("wire", "1");
    let second = Draft {
        headline: Some("Electric Tugs for Tromso".into()),
        body_text:
            "The yard takes on ninety welders for the work, and the county pays for the road that leads to it...".into(),
        published: Some(noon()),
        ..teaser("newsroom", "7")
    };
    show(store, "wire", noon(), std::slice::from_ref(&first)).await;
    let admitted = show(store, "newsroom", later(1), std::slice::from_ref(&second)).await;
    assert_eq!(admitted.counts.new, 1);
    (first, second)
}

#[tokio::test]
async fn two_teasers_with_one_page_text_turn_out_to_be_one_release_and_can_be_parted() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let (first, second) = two_of_one(&store).await;
    let pages = due(&store, later(1)).await;
    assert_eq!(pages.len(), 2);
    let of = |article: i64| pages.iter().find(|page| page.article == article).unwrap();
    let completed = keep(&store, of(1), &brought(page_of(&first, WHOLE)), later(2)).await;
    let Completed::Filled { merged: None, .. } = completed else {
        panic!("its counterpart still waits for its page: {completed:?}")
    };
    let completed = keep(&store, of(2), &brought(page_of(&second, WHOLE)), later(3)).await;
    let Completed::Filled { merged, .. } = completed else {
        panic!("{completed:?}")
    };
    assert_eq!(merged, Some(1), "the one that came first stays");
    assert!(store.article(2).await.unwrap().is_none());
    let article = store.article(1).await.unwrap().unwrap();
    assert_eq!((article.draft.body_text.as_str(), article.copies), (WHOLE, 1));
    let found = store.find("2").await.unwrap().unwrap();
    assert_eq!(found.former, Some(2), "its number leads to the one that stays");
    assert!(due(&store, later(60)).await.is_empty());
    is_all_posted(&store).await;

    // Both go on to be seen where they are, and a person has the last word.
    for (source, draft) in [("wire", &first), ("newsroom", &second)] {
        let again = show(&store, source, later(10), std::slice::from_ref(draft)).await;
        assert_eq!(again.counts.seen, 1, "{source}");
    }
    let copy = family(&store).await.sightings;
    let copy = copy
        .iter()
        .find(|sighting| sighting.source.as_str() == "newsroom")
        .unwrap();
    let split = store.split(Part::Sighting(copy.id), later(20)).await.unwrap();
    is_well(&store).await;
    assert_ne!(split.other, 1);
    let parted = store.article(split.other).await.unwrap().unwrap();
    assert_eq!(parted.draft.headline.as_deref(), Some("Electric Tugs for Tromso"));
}

#[tokio::test]
async fn the_text_of_a_page_leaves_with_the_teaser_that_it_stands_for() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let stays = Draft {
        headline: Some("Bolt Names a Treasurer".into()),
        body_text:
            "Bolt Limited of Hull has named Ada Spring its treasurer, who kept the books of a brewery in Ghent..."
                .into(),
        ..teaser("desk", "4")
    };
    let goes = teaser("wire", "1");
    // The teaser is edited, and its page is read again.
    let edited = Draft {
        body_text: goes.body_text.replace("three", "four"),
        ..goes.clone()
    };
    show(&store, "desk", noon(), &[stays]).await;
    for (minute, draft) in [(1, &goes), (90, &edited)] {
        show(&store, "wire", later(minute), std::slice::from_ref(draft)).await;
        let pages = due(&store, later(minute)).await;
        let page = pages.iter().find(|page| page.article == 2).unwrap();
        let text = if minute == 1 {
            WHOLE.to_owned()
        } else {
            WHOLE.replace("three", "four")
        };
        keep(&store, page, &brought(page_of(draft, &text)), later(minute + 1)).await;
    }
    let versions = async || {
        let article = store.article(2).await.unwrap().unwrap();
        let versions = store.family(&article).await.unwrap().versions;
        let texts = versions
            .into_iter()
            .map(|version| (version.edition, version.article.draft.body_text));
        texts.collect::<Vec<_>>()
    };
    let before = versions().await;
    assert_eq!(before.len(), 4);
    store.merge(1, 2, later(200)).await.unwrap();
    is_well(&store).await;
    store.split(Part::Article(2), later(60 * 24 * 30)).await.unwrap();
    is_well(&store).await;
    assert_eq!(versions().await, before);
}

#[tokio::test]
async fn what_a_person_parted_no_page_joins() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let (first, second) = two_of_one(&store).await;
    let pages = due(&store, later(1)).await;
    store.merge(1, 2, later(2)).await.unwrap();
    let copy = family(&store).await.sightings;
    let copy = copy
        .iter()
        .find(|sighting| sighting.source.as_str() == "newsroom")
        .unwrap();
    let parted = store.split(Part::Sighting(copy.id), later(3)).await.unwrap().other;
    let of_first = pages.iter().find(|page| page.article == 1).unwrap();
    let completed = keep(&store, of_first, &brought(page_of(&first, WHOLE)), later(4)).await;
    assert!(
        matches!(completed, Completed::Filled { merged: None, .. }),
        "{completed:?}"
    );
    let of_second = WantedPage {
        article: parted,
        source: SourceId::new("newsroom"),
        ..of_first.clone()
    };
    let completed = keep(&store, &of_second, &brought(page_of(&second, WHOLE)), later(5)).await;
    assert!(
        matches!(completed, Completed::Filled { merged: None, .. }),
        "{completed:?}"
    );
}

#[tokio::test]
async fn what_waits_is_taken_from_each_site_in_turn_and_survives_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let many: Vec<Draft> = (0..5)
        .map(|number| Draft {
            headline: Some(format!("Number {number} of the Five Notices")),
            body_text: format!("Notice {number} of five, which says {number} things of ship {number}."),
            ..teaser("wire", &number.to_string())
        })
        .collect();
    show(&store, "wire", noon(), &many).await;
    show(
        &store,
        "newsroom",
        later(1),
        &[Draft {
            headline: Some("A Bakery Opens in Bergen".into()),
            body_text: "Bread, and cakes on Sundays.".into(),
            ..teaser("newsroom", "7")
        }],
    )
    .await;
    store.close().await.unwrap();

    let store = open(&directory).await;
    let sites = |pages: &[WantedPage]| pages.iter().map(|page| page.site.clone()).collect::<Vec<_>>();
    let pages = due(&store, later(2)).await;
    assert_eq!(
        sites(&pages),
        ["newsroom.example", "wire.example"],
        "what is new is news"
    );
    let busy = BTreeSet::from(["wire.example".to_owned()]);
    assert_eq!(
        sites(&store.due_pages(&busy, later(2)).await.unwrap()),
        ["newsroom.example"]
    );

    // A site that refuses is left alone with all of its pages.
    let refused = PageAnswer {
        due: Some(later(360)),
        site_held: Some(later(360)),
        ..without_text(PageClass::Challenge)
    };
    keep(&store, &pages[1], &refused, later(3)).await;
    assert_eq!(sites(&due(&store, later(359)).await), ["newsroom.example"]);
    assert_eq!(due(&store, later(360)).await.len(), 2);
    assert_eq!(store.next_page(later(2)).await.unwrap(), Some(later(360)));
}

#[tokio::test]
async fn a_page_that_lives_elsewhere_is_asked_there_by_the_pace_of_that_site() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    show(&store, "wire", noon(), &[teaser("wire", "1")]).await;
    let page = due(&store, noon()).await.remove(0);
    let moved = PageAnswer {
        due: Some(later(1)),
        moved: Some("https://releases.other.example/1".parse().unwrap()),
        ..without_text(PageClass::Moved)
    };
    keep(&store, &page, &moved, later(1)).await;
    let page = due(&store, later(1)).await.remove(0);
    assert_eq!((page.site.as_str(), page.hops, page.tries), ("other.example", 1, 0));
}

#[tokio::test]
async fn what_is_old_or_not_wanted_is_not_queued_and_what_does_not_come_is_given_up() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let old = Draft {
        published: Some(noon() - TimeDelta::days(8)),
        ..teaser("wire", "1")
    };
    show(&store, "wire", noon(), &[old]).await;
    let unwanted = Poll {
        drafts: vec![teaser("other", "2")],
        ..poll("other", noon())
    };
    store.admit(&unwanted, noon()).await.unwrap();
    assert!(due(&store, noon()).await.is_empty());

    let young = Draft {
        headline: Some("A Bakery Opens in Bergen".into()),
        body_text: "Bread, and cakes on Sundays.".into(),
        ..teaser("wire", "3")
    };
    show(&store, "wire", noon(), &[young]).await;
    let page = due(&store, noon()).await.remove(0);
    let missing = PageAnswer {
        due: Some(noon() + TimeDelta::days(7)),
        ..without_text(PageClass::Missing)
    };
    keep(&store, &page, &missing, later(1)).await;
    assert!(due(&store, noon() + TimeDelta::days(30)).await.is_empty());
}

#[tokio::test]
async fn a_robots_txt_is_believed_for_its_time() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let robots = Robots {
        origin: "https://www.wire.example".into(),
        fetched: noon(),
        expires: later(60),
        http_status: Some(200),
        rules: "User-agent: *\nDisallow: /private/".into(),
    };
    store.keep_robots(&robots).await.unwrap();
    assert_eq!(
        store.robots(&robots.origin, later(59)).await.unwrap(),
        Some(robots.clone())
    );
    assert_eq!(store.robots(&robots.origin, later(60)).await.unwrap(), None);
    assert_eq!(store.robots("https://wire.example", noon()).await.unwrap(), None);
    let renewed = Robots {
        fetched: later(61),
        expires: later(120),
        ..robots.clone()
    };
    store.keep_robots(&renewed).await.unwrap();
    assert_eq!(store.robots(&robots.origin, later(62)).await.unwrap(), Some(renewed));
}

#[tokio::test]
async fn a_page_whose_article_shows_something_else_is_asked_no_more() {
    let withdrawal = Draft {
        kind: Kind::Retraction,
        revision: Some(Revision {
            kind: Kind::Retraction,
            clean_headline: Some("Halden Marine to Build Three Tugs".into()),
            target_headline: Some("Halden Marine to Build Three Tugs".into()),
            target_date: None,
            target_wire: None,
        }),
        body_text: "Please disregard the release of today, Halden Marine to Build Three Tugs.".into(),
        ..teaser("wire", "1")
    };
    let changed = Draft {
        body_text: TEASER.replace("three", "seven"),
        ..teaser("wire", "1")
    };
    for (what, draft, full_text) in [
        ("withdrawn", withdrawal, FullText::Wire),
        ("changed where pages are not read", changed, FullText::Off),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        show(&store, "wire", noon(), &[teaser("wire", "1")]).await;
        let page = due(&store, noon()).await.remove(0);
        let poll = Poll {
            drafts: vec![Draft {
                received: later(5),
                ..draft
            }],
            full_text,
            ..poll("wire", later(5))
        };
        store.admit(&poll, later(5)).await.unwrap();
        assert_eq!(store.article(1).await.unwrap().unwrap().version, 2, "{what}");
        assert!(due(&store, later(600)).await.is_empty(), "{what}");
        // What was under way comes too late, and asks for nothing more.
        let kept = keep(&store, &page, &brought(page_of(&teaser("wire", "1"), WHOLE)), later(6)).await;
        assert_eq!(kept, Completed::Outdated, "{what}");
        assert!(due(&store, later(600)).await.is_empty(), "{what}");
    }
}

#[tokio::test]
async fn a_site_that_refuses_is_left_alone_with_what_comes_later_too_and_over_restarts() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    show(&store, "wire", noon(), &[teaser("wire", "1")]).await;
    let page = due(&store, noon()).await.remove(0);
    let refused = PageAnswer {
        due: Some(later(360)),
        site_held: Some(later(360)),
        is_refusal: true,
        ..without_text(PageClass::Challenge)
    };
    keep(&store, &page, &refused, later(1)).await;
    let bakery = Draft {
        headline: Some("A Bakery Opens in Bergen".into()),
        body_text: "Bread, and cakes on Sundays.".into(),
        ..teaser("wire", "2")
    };
    show(&store, "wire", later(5), &[bakery]).await;
    store.close().await.unwrap();
    let store = open(&directory).await;
    assert!(due(&store, later(359)).await.is_empty());
    let page = due(&store, later(360)).await.remove(0);
    assert_eq!(page.refusals, 1, "the refusals of the site are remembered");
    let text = brought(page_of(&teaser("wire", "1"), "Something else."));
    keep(&store, &page, &text, later(361)).await;
    assert_eq!(due(&store, later(362)).await.remove(0).refusals, 0, "a text ends them");
}

#[tokio::test]
async fn what_several_items_link_to_is_the_page_of_none() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let at = |number: &str, headline: &str, url: &str| Draft {
        headline: Some(headline.into()),
        body_text: format!(
            "{headline}, said the company of number {number} today to everybody who asked it about {number}."
        ),
        url: Some(url.into()),
        ..teaser("wire", number)
    };
    let shared = "https://www.wire.example/blog";
    show(
        &store,
        "wire",
        noon(),
        &[
            at("1", "Aldermoor Opens a Mill", shared),
            at("2", "Calder Rail Buys Engines", shared),
            at("3", "Dunmere Sells Its Optics", "https://www.wire.example/"),
            at("4", "Farrow Builds a Harbour", "https://www.wire.example/4"),
        ],
    )
    .await;
    show(
        &store,
        "other",
        later(1),
        &[Draft {
            source: SourceId::new("other"),
            ..at("5", "Gantry Hires a Captain", "https://www.wire.example/4")
        }],
    )
    .await;
    let pages = due(&store, later(2)).await;
    assert_eq!(pages.len(), 1, "{pages:?}");
    assert!(
        pages[0].url.ends_with("/4")
            && store
                .article(pages[0].article)
                .await
                .unwrap()
                .unwrap()
                .draft
                .guid
                .as_deref()
                == Some("wire-4")
    );
}

#[tokio::test]
async fn a_page_that_is_found_to_be_a_notice_takes_the_place_of_its_release() {
    for (kind, mark, status) in [
        (Kind::Correction, "CORRECTION: ", PubStatus::Usable),
        (Kind::Retraction, "RETRACTION: ", PubStatus::Canceled),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        let first = teaser("wire", "1");
        show(&store, "wire", noon(), std::slice::from_ref(&first)).await;
        let page = due(&store, noon()).await.remove(0);
        keep(&store, &page, &brought(page_of(&first, WHOLE)), later(1)).await;
        // Its teaser says nothing of it.
        let second = Draft {
            headline: Some("A Note on Our Tugs".into()),
            body_text: "The following version of the release on our tugs has a figure mended, and is told again for all who keep it...".into(),
            published: Some(later(30)),
            ..teaser("wire", "2")
        };
        let admitted = show(&store, "wire", later(31), std::slice::from_ref(&second)).await;
        assert_eq!(admitted.counts.new, 1);
        let text = format!(
            "{} {}",
            second.body_text.trim_end_matches('.'),
            WHOLE.replace("412", "421")
        );
        let notice = Draft {
            kind,
            headline: Some(format!("{mark}Halden Marine to Build Three Tugs")),
            revision: Some(Revision {
                kind,
                clean_headline: Some("Halden Marine to Build Three Tugs".into()),
                target_headline: Some("Halden Marine to Build Three Tugs".into()),
                target_date: None,
                target_wire: None,
            }),
            ..page_of(&second, &text)
        };
        let page = due(&store, later(32)).await.remove(0);
        let completed = keep(&store, &page, &brought(notice), later(32)).await;
        let Completed::Filled { merged: Some(1), .. } = completed else {
            panic!("{kind}: {completed:?}")
        };
        let article = store.article(1).await.unwrap().unwrap();
        assert_eq!((article.draft.kind, article.draft.pubstatus), (kind, status), "{kind}");
        assert!(
            article.draft.body_text.contains("421"),
            "{kind}: {}",
            article.draft.body_text
        );
    }
}

#[tokio::test]
async fn a_page_that_a_cache_kept_is_no_text_of_a_correction() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    show(&store, "wire", noon(), &[teaser("wire", "1")]).await;
    let page = due(&store, noon()).await.remove(0);
    keep(&store, &page, &brought(page_of(&teaser("wire", "1"), WHOLE)), later(1)).await;
    let corrected = Draft {
        headline: Some("CORRECTION: Halden Marine to Build Three Tugs".into()),
        kind: Kind::Correction,
        revision: Some(Revision {
            kind: Kind::Correction,
            clean_headline: Some("Halden Marine to Build Three Tugs".into()),
            target_headline: None,
            target_date: None,
            target_wire: None,
        }),
        ..teaser("wire", "1")
    };
    show(&store, "wire", later(120), std::slice::from_ref(&corrected)).await;
    let page = due(&store, later(121)).await.remove(0);
    let stale = PageAnswer {
        due: Some(later(123)),
        ..brought(page_of(&teaser("wire", "1"), WHOLE))
    };
    assert_eq!(keep(&store, &page, &stale, later(121)).await, Completed::Unlike);
    let page = due(&store, later(123)).await.remove(0);
    let mended = Draft {
        headline: corrected.headline.clone(),
        kind: Kind::Correction,
        revision: corrected.revision.clone(),
        ..page_of(&corrected, &WHOLE.replace("412", "421"))
    };
    let completed = keep(&store, &page, &brought(mended), later(123)).await;
    assert!(matches!(completed, Completed::Filled { .. }), "{completed:?}");
    assert!(store.article(1).await.unwrap().unwrap().draft.body_text.contains("421"));
}

#[tokio::test]
async fn what_waited_for_a_page_that_does_not_come_is_judged_without_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    // A summary that somebody wrote, and the whole text under a headline of its own: nothing tells that they are one.
    let first = Draft {
        body_text: "Halden Marine said today that it will build three electric tugs. Nobody had thought that so small a yard would get them, and many \
                    people of the town danced."
            .into(),
        ..teaser("wire", "1")
    };
    let second = Draft {
        headline: Some("Welders Wanted on the Fjord".into()),
        published: Some(noon()),
        ..page_of(&teaser("newsroom", "7"), WHOLE)
    };
    show(&store, "wire", noon(), std::slice::from_ref(&first)).await;
    let admitted = show(&store, "newsroom", later(1), std::slice::from_ref(&second)).await;
    assert_eq!(admitted.counts.new, 1, "{:?}", admitted.judgements);
    let pages = due(&store, later(1)).await;
    let of = |article: i64| pages.iter().find(|page| page.article == article).unwrap();
    let completed = keep(&store, of(1), &brought(page_of(&first, WHOLE)), later(2)).await;
    assert!(
        matches!(completed, Completed::Filled { merged: None, .. }),
        "its counterpart still waits: {completed:?}"
    );
    keep(&store, of(2), &without_text(PageClass::Robots), later(3)).await;
    let left: Vec<i64> = sqlx::query_scalar("SELECT article_id FROM article")
        .fetch_all(store.readers())
        .await
        .unwrap();
    assert_eq!(left, [1]);
    is_all_posted(&store).await;
}
