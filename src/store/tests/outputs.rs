//! Which articles each output holds, and what a reader that goes on from a cursor hears.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::article::{Article, Order, OutputId};
use crate::config::Output;
use crate::filter::Filter;

fn output(id: &str, filter: &str, limit: usize) -> Output {
    Output {
        limit,
        ..Output::new(OutputId::new(id), Filter::parse(filter).unwrap())
    }
}

async fn seek_all(store: &Store) {
    while store.seek_members(noon()).await.unwrap().left > 0 {}
}

async fn serve(store: &Store, outputs: &[Output]) {
    store.serve_outputs(outputs, clock::now()).await.unwrap();
    seek_all(store).await;
}

async fn listing(store: &Store, output: &Output, slice: Slice) -> Listing {
    store.listing(output, slice, noon()).await.unwrap().unwrap()
}

fn headlines(articles: &[Article]) -> Vec<&str> {
    articles
        .iter()
        .map(|a| a.draft.headline.as_deref().unwrap_or_default())
        .collect()
}

/// A reader that goes on from where it was until it has everything.
struct Reader {
    cursor: Cursor,
}

impl Reader {
    fn new() -> Self {
        Self {
            cursor: Cursor::parse("0").unwrap(),
        }
    }

    async fn read(&mut self, store: &Store, output: &Output) -> Vec<Article> {
        let mut read = Vec::new();
        loop {
            let listing = listing(store, output, Slice::Since(self.cursor, 7)).await;
            assert!(listing.articles.len() <= 7);
            assert_eq!(Cursor::parse(&listing.cursor.to_string()), Some(listing.cursor));
            self.cursor = listing.cursor;
            read.extend(listing.articles);
            if !listing.has_more {
                return read;
            }
        }
    }
}

#[tokio::test]
async fn an_output_holds_what_fits_and_carries_on_what_it_carried() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let (steel, all) = (output("steel", "headline ~ 'steel'", 10), output("all", "", 10));
    serve(&store, &[steel.clone(), all.clone()]).await;
    let (mut of_steel, mut of_all) = (Reader::new(), Reader::new());

    admit(
        &store,
        vec![
            draft("wire-a", "g1", "Acme buys steel works"),
            draft("wire-a", "g2", "Bolt sells zinc"),
        ],
        noon(),
    )
    .await;
    assert_eq!(
        headlines(&of_steel.read(&store, &steel).await),
        ["Acme buys steel works"]
    );
    assert_eq!(of_all.read(&store, &all).await.len(), 2);
    assert!(of_steel.read(&store, &steel).await.is_empty(), "nothing twice");

    // A silent change takes the word away: who had the release gets what it says now.
    let later = noon() + TimeDelta::minutes(9);
    admit(
        &store,
        vec![draft("wire-a", "g1", "Acme buys iron works of old")],
        later,
    )
    .await;
    let heard = of_steel.read(&store, &steel).await;
    assert_eq!(headlines(&heard), ["Acme buys iron works of old"]);
    assert_eq!(heard[0].version, 2);
    assert_eq!(
        headlines(&listing(&store, &steel, Slice::Newest(10)).await.articles),
        ["Acme buys iron works of old"]
    );
    assert_eq!(of_all.read(&store, &all).await.len(), 1);
}

#[tokio::test]
async fn history_follows_a_rule_that_changes() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let drafts = |kind: &str| -> Vec<Draft> {
        (0..5)
            .map(|n| {
                draft(
                    "wire-a",
                    &format!("{kind}{n}"),
                    &format!("Firm {kind}{n} deals in {kind} of sort {n}"),
                )
            })
            .collect()
    };
    admit(&store, [drafts("steel"), drafts("zinc")].concat(), noon()).await;
    let before = output("metal", "headline ~ 'steel'", 20);
    serve(&store, std::slice::from_ref(&before)).await;
    let mut reader = Reader::new();
    assert_eq!(
        reader.read(&store, &before).await.len(),
        5,
        "what the store held before is found"
    );

    // The same rule again asks nobody.
    store
        .serve_outputs(std::slice::from_ref(&before), noon())
        .await
        .unwrap();
    assert_eq!(store.seek_members(noon()).await.unwrap().left, 0);
    assert!(reader.read(&store, &before).await.is_empty());

    let after = output("metal", "headline ~ 'zinc' or headline ~ 'sort 1'", 20);
    store.serve_outputs(std::slice::from_ref(&after), noon()).await.unwrap();
    let shown = listing(&store, &after, Slice::Newest(20)).await;
    assert_eq!(shown.articles.len(), 6, "right at once, before the members are found");
    seek_all(&store).await;
    assert_eq!(
        listing(&store, &after, Slice::Newest(20)).await.articles,
        shown.articles
    );
    let heard = reader.read(&store, &after).await;
    assert_eq!(
        heard.len(),
        5,
        "those that are new to it, once: {:?}",
        headlines(&heard)
    );
    assert!(headlines(&heard).iter().all(|headline| headline.contains("zinc")));

    store.serve_outputs(&[], noon()).await.unwrap();
    assert!(
        listing(&store, &after, Slice::Since(Cursor::parse("0").unwrap(), 9))
            .await
            .articles
            .is_empty()
    );
}

#[tokio::test]
async fn what_another_process_changes_is_followed() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let all = output("all", "", 10);
    serve(&store, std::slice::from_ref(&all)).await;
    let other = open(&directory).await;
    admit(&other, vec![draft("wire-a", "g1", "Acme buys steel works")], noon()).await;
    let mut reader = Reader::new();
    assert!(reader.read(&store, &all).await.is_empty());
    assert_eq!(store.follow_changes(noon()).await.unwrap(), 1);
    assert_eq!(store.follow_changes(noon()).await.unwrap(), 0);
    assert_eq!(reader.read(&store, &all).await.len(), 1);
}

#[tokio::test]
async fn an_embargo_and_its_end_a_withdrawal_and_a_purge_are_heard() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let all = output("all", "", 10);
    serve(&store, std::slice::from_ref(&all)).await;
    let mut reader = Reader::new();
    let lapses = noon() + TimeDelta::hours(1);
    let withheld = Draft {
        pubstatus: PubStatus::Withheld,
        embargoed: Some(lapses),
        ..draft("wire-a", "g1", "Acme buys steel works")
    };
    admit(&store, vec![withheld, draft("wire-a", "g2", "Bolt sells zinc")], noon()).await;
    assert_eq!(headlines(&reader.read(&store, &all).await), ["Bolt sells zinc"]);
    assert_eq!(listing(&store, &all, Slice::Newest(10)).await.articles.len(), 1);

    store.lift_embargoes(lapses).await.unwrap();
    store.follow_changes(lapses).await.unwrap();
    assert_eq!(headlines(&reader.read(&store, &all).await), ["Acme buys steel works"]);

    let notice = Draft {
        kind: Kind::Retraction,
        revision: Some(Revision {
            kind: Kind::Retraction,
            clean_headline: Some("Bolt sells zinc".into()),
            target_headline: Some("Bolt sells zinc".into()),
            target_date: None,
            target_wire: None,
        }),
        ..draft("wire-a", "g3", "RETRACTION: Bolt sells zinc")
    };
    let admitted = admit(&store, vec![notice], lapses + TimeDelta::minutes(5)).await;
    assert_eq!(verdicts(&admitted), [Verdict::Withdrawal]);
    let heard = reader.read(&store, &all).await;
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].draft.pubstatus, PubStatus::Canceled);
}

#[tokio::test]
async fn an_output_shows_what_its_options_say() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let all = output("all", "", 10);
    serve(&store, std::slice::from_ref(&all)).await;
    let issued = |guid: &str, headline: &str, hours: i64| Draft {
        published: Some(noon() - TimeDelta::hours(hours)),
        ..draft("wire-a", guid, headline)
    };
    let days = |days: i64| noon() + TimeDelta::days(days);
    admit(&store, Vec::new(), days(-9)).await;
    admit(&store, vec![issued("g1", "Acme buys steel works", 1)], days(-2)).await;
    admit(&store, vec![issued("g2", "Bolt sells zinc", 30)], days(0)).await;
    let canceled = Draft {
        pubstatus: PubStatus::Canceled,
        ..issued("g3", "Cork floats a bond", 2)
    };
    admit(&store, vec![canceled], days(0)).await;
    let shown = |options: Output| {
        let store = store.clone();
        async move { listing(&store, &options, Slice::Newest(10)).await.articles }
    };
    for (options, want) in [
        (
            all.clone(),
            vec!["Cork floats a bond", "Bolt sells zinc", "Acme buys steel works"],
        ),
        (
            Output {
                withdrawn: false,
                ..all.clone()
            },
            vec!["Bolt sells zinc", "Acme buys steel works"],
        ),
        (
            Output {
                sort: Order::Published,
                ..all.clone()
            },
            vec!["Acme buys steel works", "Cork floats a bond", "Bolt sells zinc"],
        ),
        (
            Output {
                max_age: Some(Duration::from_secs(86_400)),
                ..all.clone()
            },
            vec!["Cork floats a bond", "Bolt sells zinc"],
        ),
        // The same where the rule is not the one whose members are kept.
        (
            Output {
                withdrawn: false,
                filter: Filter::parse("headline exists").unwrap(),
                ..all.clone()
            },
            vec!["Bolt sells zinc", "Acme buys steel works"],
        ),
    ] {
        assert_eq!(headlines(&shown(options.clone()).await), want, "{options:?}");
    }
}

#[tokio::test]
async fn a_cursor_of_another_store_is_refused() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, two) = (open(&one).await, open(&two).await);
    let all = output("all", "", 10);
    for store in [&one, &two] {
        serve(store, std::slice::from_ref(&all)).await;
        admit(store, vec![draft("wire-a", "g1", "Acme buys steel works")], noon()).await;
    }
    let cursor = listing(&one, &all, Slice::Newest(10)).await.cursor;
    assert_eq!(two.listing(&all, Slice::Since(cursor, 10), noon()).await.unwrap(), None);
    let from_the_start = Cursor::parse("0").unwrap();
    assert!(
        two.listing(&all, Slice::Since(from_the_start, 10), noon())
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn a_reader_misses_nothing_after_a_power_cut_that_took_back_what_it_had_heard() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("store.sqlite");
    let (kept, all) = (directory.path().join("kept.sqlite"), output("all", "", 10));
    let release = |guid: &str, headline: &str| draft("wire-a", guid, headline);
    let first = release("g1", "Acme buys steel works");
    let (heard, other) = (
        release("g2", "Bolt sells zinc"),
        release("g3", "Crane lifts its outlook"),
    );

    let store = Store::open(&file).await.unwrap();
    serve(&store, std::slice::from_ref(&all)).await;
    admit(&store, vec![first], noon()).await;
    store.close().await.unwrap();
    fs::copy(&file, &kept).unwrap();
    let store = Store::open(&file).await.unwrap();
    serve(&store, std::slice::from_ref(&all)).await;
    admit(&store, vec![heard.clone()], noon()).await;
    let mut reader = Reader::new();
    assert_eq!(reader.read(&store, &all).await.len(), 2);
    store.close().await.unwrap();

    // The disk has what it had before; the other one comes first this time.
    let store = Store::open(&kept).await.unwrap();
    serve(&store, std::slice::from_ref(&all)).await;
    admit(&store, vec![other], noon()).await;
    admit(&store, vec![heard], noon()).await;
    let heard = reader.read(&store, &all).await;
    assert_eq!(headlines(&heard), ["Crane lifts its outlook", "Bolt sells zinc"]);
}

#[tokio::test]
async fn archive_pages_and_the_newest_are_everything_and_full_pages_stay() {
    for max_age in [None, Some(Duration::from_secs(60))] {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        let all = Output {
            max_age,
            ..output("all", "", 6)
        };
        serve(&store, std::slice::from_ref(&all)).await;
        let mut pages: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for round in 0..9 {
            let drafts = (0..5).map(|n| {
                draft(
                    "wire-a",
                    &format!("g{round}-{n}"),
                    &format!("Firm {round}-{n} sells {n} ships in {round} days"),
                )
            });
            let now = noon() + TimeDelta::minutes(round * 3);
            admit(&store, drafts.collect(), now).await;
            // Corrections of old releases come to the front, and push nothing out of sight.
            let mended = (0..5).map(|n| {
                draft(
                    "wire-a",
                    &format!("g0-{n}"),
                    &format!("Firm 0-{n} sells {n} boats, not ships, after {round} days"),
                )
            });
            admit(&store, mended.collect(), now + TimeDelta::seconds(30)).await;

            // In time for all of these, and too late.
            for late in [TimeDelta::seconds(30), TimeDelta::minutes(2)] {
                let read = |slice| store.listing(&all, slice, now + late);
                let newest = read(Slice::Newest(6)).await.unwrap().unwrap();
                let is_empty = max_age.is_some() && late > TimeDelta::minutes(1);
                assert_eq!(newest.articles.is_empty(), is_empty, "{max_age:?} {late}");
                let mut seen: BTreeSet<i64> = newest.articles.iter().map(|a| a.number).collect();
                for page in std::iter::successors(newest.newest_page, |page| page.before()) {
                    let archive = read(Slice::Archive(page)).await.unwrap().unwrap();
                    let numbers: Vec<i64> = archive.articles.iter().map(|a| a.number).collect();
                    seen.extend(&numbers);
                    assert_eq!(
                        pages.entry(page.to_string()).or_insert_with(|| numbers.clone()),
                        &numbers,
                        "page {page} stays"
                    );
                }
                assert_eq!(seen.len() as i64, store.count().await.unwrap(), "{max_age:?} {late}");
            }
        }
        assert!(pages.len() > 10);
        let is_full = |(page, numbers): (&String, &Vec<i64>)| page.matches('-').count() == 1 && numbers.len() == 3;
        assert_eq!(pages.iter().all(is_full), max_age.is_none());
    }
}

/// How many articles the property is tried with: more on request, for it takes minutes.
#[allow(clippy::disallowed_methods)] // a long run is asked for by the environment
fn articles_of_a_run() -> usize {
    std::env::var("DATELINE_LONG").map_or(2_000, |_| 100_000)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn polls_at_once_and_a_cursor_reader_each_article_is_seen_once() {
    const SOURCES: usize = 8;
    const A_POLL: usize = 20;
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let all = output("all", "", 100);
    serve(&store, std::slice::from_ref(&all)).await;
    let total = articles_of_a_run();
    let polls = (0..SOURCES).map(|source| {
        let store = store.clone();
        tokio::spawn(async move {
            for first in (0..total / SOURCES).step_by(A_POLL) {
                let source = format!("wire-{source}");
                let drafts = (first..(first + A_POLL).min(total / SOURCES))
                    .map(|n| {
                        draft(
                            &source,
                            &format!("g{n}"),
                            &format!("Firm {n} of {source} opens plant {n}"),
                        )
                    })
                    .collect();
                admit(&store, drafts, noon()).await;
            }
        })
    });
    let polls: Vec<_> = polls.collect();
    let mut reader = Reader::new();
    let mut seen: BTreeMap<i64, usize> = BTreeMap::new();
    while seen.len() < total
        && !(polls.iter().all(|poll| poll.is_finished()) && seen.len() as i64 == store.count().await.unwrap())
    {
        for article in reader.read(&store, &all).await {
            *seen.entry(article.number).or_default() += 1;
        }
        tokio::task::yield_now().await;
    }
    for poll in polls {
        poll.await.unwrap();
    }
    assert!(reader.read(&store, &all).await.is_empty());
    assert_eq!(seen.len() as i64, store.count().await.unwrap());
    assert_eq!(seen.len(), total);
    assert!(seen.values().all(|times| *times == 1));
}

#[tokio::test]
async fn what_of_a_filter_depends_on_the_time_is_asked_when_an_output_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let fresh = output("fresh", "headline ~ 'steel' and published > -7d", 10);
    let copied = output("copied", "duplicates > 0", 2);
    serve(&store, &[fresh.clone(), copied.clone()]).await;
    let mut reader = Reader::new();
    admit(&store, vec![draft("wire-a", "g1", "Acme buys steel works")], noon()).await;
    assert_eq!(reader.read(&store, &fresh).await.len(), 1);
    // What it carried it carries on, as long as the time allows.
    admit(
        &store,
        vec![draft("wire-a", "g1", "Acme buys iron works of old")],
        noon() + TimeDelta::minutes(9),
    )
    .await;
    assert_eq!(
        headlines(&reader.read(&store, &fresh).await),
        ["Acme buys iron works of old"]
    );
    let newest = |at| {
        let (store, fresh) = (store.clone(), fresh.clone());
        async move {
            store
                .listing(&fresh, Slice::Newest(10), at)
                .await
                .unwrap()
                .unwrap()
                .articles
                .len()
        }
    };
    assert_eq!(
        (newest(noon()).await, newest(noon() + TimeDelta::days(8)).await),
        (1, 0)
    );

    let twice = |source: &str| Draft {
        source: SourceId::new(source),
        ..draft("wire-a", "g2", "Bolt sells all of its zinc to the navy of Malta")
    };
    admit(&store, vec![twice("wire-a")], noon()).await;
    admit(&store, vec![twice("wire-b")], noon() + TimeDelta::minutes(1)).await;
    for n in 0..9 {
        admit(
            &store,
            vec![draft("wire-a", &format!("h{n}"), &format!("Firm {n} opens plant {n}"))],
            noon() + TimeDelta::hours(1),
        )
        .await;
    }
    let shown = listing(&store, &copied, Slice::Newest(2)).await.articles;
    assert_eq!(
        headlines(&shown),
        ["Bolt sells all of its zinc to the navy of Malta"],
        "further down than two"
    );
}

#[tokio::test]
async fn what_is_found_by_a_new_rule_hides_no_change_that_is_not_followed_yet() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let zinc = output("metal", "headline ~ 'zinc'", 10);
    serve(&store, std::slice::from_ref(&zinc)).await;
    admit(&store, vec![draft("wire-a", "g1", "Acme buys steel works")], noon()).await;
    let other = open(&directory).await;
    admit(&other, vec![draft("wire-a", "g2", "Bolt sells zinc")], noon()).await;
    let metal = output("metal", "headline ~ 'zinc' or headline ~ 'steel'", 10);
    store.serve_outputs(std::slice::from_ref(&metal), noon()).await.unwrap();
    let mut reader = Reader::new();
    let mut heard = 0;
    loop {
        let left = store.seek_members(noon()).await.unwrap().left;
        heard += reader.read(&store, &metal).await.len();
        store.follow_changes(noon()).await.unwrap();
        if left == 0 {
            break;
        }
    }
    heard += reader.read(&store, &metal).await.len();
    assert_eq!(heard, 2);
}

#[tokio::test]
async fn a_cursor_that_is_ahead_of_a_restored_store_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let all = output("all", "", 10);
    serve(&store, std::slice::from_ref(&all)).await;
    admit(&store, vec![draft("wire-a", "g1", "Acme buys steel works")], noon()).await;
    let here = listing(&store, &all, Slice::Newest(10)).await.cursor.to_string();
    let (epoch, seq) = here.split_once('-').unwrap();
    let ahead = Cursor::parse(&format!("{epoch}-z{seq}")).unwrap();
    assert_eq!(
        store.listing(&all, Slice::Since(ahead, 10), noon()).await.unwrap(),
        None
    );
    let here = Cursor::parse(&here).unwrap();
    assert!(
        store
            .listing(&all, Slice::Since(here, 10), noon())
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn an_output_that_carried_a_merged_article_carries_the_one_that_stays() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let zinc = output("zinc", "headline ~ 'zinc'", 10);
    serve(&store, std::slice::from_ref(&zinc)).await;
    admit(&store, vec![draft("wire-a", "g1", "Acme buys steel works")], noon()).await;
    admit(&store, vec![draft("wire-b", "g2", "Bolt sells zinc")], noon()).await;
    let mut reader = Reader::new();
    assert_eq!(headlines(&reader.read(&store, &zinc).await), ["Bolt sells zinc"]);
    store.merge(1, 2, noon()).await.unwrap();
    store.follow_changes(noon()).await.unwrap();
    assert_eq!(headlines(&reader.read(&store, &zinc).await), ["Acme buys steel works"]);
}
