//! `kill -9` at any point of ingest, again and again, beside a ledger of what the wires served.
//!
//! Eight feeds, two of each wire's. A feed shows three releases more than its reader has, as the validator of the request tells, and the 60 newest:
//! a validator that was kept without the releases that came with it would lose them. A kill falls between a request and the time in which all feeds are polled: in the fetch,
//! the parse, the judgement, the write, the commit, or between two polls. In CI a dozen; with `DATELINE_LONG=1` a thousand.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use dateline::demo::{Form, MadeUp, render};

use super::{House, free_port, headlines};
use crate::server::{Reply, Server};

const FEEDS: usize = 8;
/// Releases that are new with each request.
const NEW: usize = 3;
/// Releases that a feed shows.
const SHOWN: usize = 60;

fn release(wire: usize, number: usize) -> MadeUp<'static> {
    let number = i64::try_from(wire * 100_000 + number).unwrap();
    super::release(
        number,
        dateline::clock::now() - chrono::TimeDelta::seconds(number % 1_000),
    )
}

/// How many kills: a long run is asked for by the environment.
#[allow(clippy::disallowed_methods)] // how long a test runs is for whoever runs it
fn kills() -> usize {
    if std::env::var_os("DATELINE_LONG").is_some() {
        1_000
    } else {
        12
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_point_again_and_again_the_store_holds_what_was_served_once() {
    let wires = Server::start().await;
    let is_over = Arc::new(AtomicBool::new(false));
    let ledger: Arc<[AtomicUsize; FEEDS]> = Arc::default();
    let path = |feed: usize| format!("/feed{feed}");
    for feed in 0..FEEDS {
        let (is_over, ledger) = (Arc::clone(&is_over), Arc::clone(&ledger));
        wires.on(&path(feed), move |request| {
            let known = request
                .header("if-none-match")
                .map(|tag| tag.trim_matches('"').to_owned());
            let known = known
                .and_then(|number| number.parse::<usize>().ok())
                .unwrap_or_default();
            let shown = match is_over.load(Ordering::SeqCst) {
                true => ledger[feed].load(Ordering::SeqCst),
                false => known + NEW,
            };
            ledger[feed].fetch_max(shown, Ordering::SeqCst);
            let tag = format!("\"{shown}\"");
            if shown == known {
                return Reply::status(304, &[("ETag", &tag)], "");
            }
            let releases: Vec<MadeUp<'_>> = (shown.saturating_sub(SHOWN)..shown)
                .rev()
                .map(|number| release(feed / 2, number))
                .collect();
            let document = render(Form::PrNewswire, "All", &releases, dateline::clock::now());
            Reply::status(200, &[("ETag", &tag)], document)
        });
    }
    let names: Vec<String> = (0..FEEDS).map(|feed| format!("feed-{feed}")).collect();
    let sources: Vec<(&str, String)> = names
        .iter()
        .enumerate()
        .map(|(feed, name)| (name.as_str(), wires.url(&path(feed)).to_string()))
        .collect();
    let house = House::new(&sources, free_port());
    let mut rng = fastrand::Rng::with_seed(7);
    let (began, kills) = (Instant::now(), kills());
    // How long a round of polls takes here and now: every other kill leaves some of them behind it, and falls into one.
    let mut daemon = house.start();
    let first = Instant::now();
    for _ in 0..FEEDS {
        daemon.wait_for("polled feed");
    }
    let round = u64::try_from(first.elapsed().as_millis()).unwrap().max(20);
    daemon.child.kill().unwrap();
    daemon.child.wait().unwrap();
    for kill in 0..kills {
        if kill > 0 && kill % 50 == 0 {
            let stored = headlines(&house.store()).await.len();
            println!(
                "{kill} kills: {} requests served, {stored} releases stored",
                wires.hits()
            );
        }
        let before = wires.hits();
        let mut daemon = house.start();
        let begin = Instant::now();
        while wires.hits() == before && begin.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(rng.u64(0..round)));
        daemon.child.kill().unwrap();
        daemon.child.wait().unwrap();
    }
    // Now nothing new comes, and every feed is read once more to its end.
    is_over.store(true, Ordering::SeqCst);
    let requests = |feed: usize| wires.requests(&path(feed)).len();
    let at_the_end: Vec<usize> = (0..FEEDS).map(requests).collect();
    let mut daemon = house.start();
    let begin = Instant::now();
    while (0..FEEDS).any(|feed| requests(feed) < at_the_end[feed] + 3) {
        assert!(begin.elapsed() < Duration::from_secs(60), "every feed is polled");
        std::thread::sleep(Duration::from_millis(20));
    }
    daemon.signal("TERM");
    daemon.wait_for("stopped");
    drop(daemon);

    let want: BTreeSet<String> = (0..FEEDS)
        .flat_map(|feed| (0..ledger[feed].load(Ordering::SeqCst)).map(move |number| release(feed / 2, number).headline))
        .collect();
    let there = headlines(&house.store()).await;
    let once: BTreeSet<String> = there.iter().cloned().collect();
    assert_eq!(there.len(), once.len(), "doubled");
    let lost: Vec<&String> = want.difference(&once).take(5).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    assert_eq!(once, want);
    assert!(
        want.len() > FEEDS / 2 * NEW,
        "polls were kept between the kills: {}",
        want.len()
    );
    let url = format!("sqlite://{}", house.store().display());
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    for (what, sql) in [
        (
            "integrity",
            "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
        ),
        ("keys", "SELECT count(*) FROM pragma_foreign_key_check"),
        (
            "articles without their newest version",
            "SELECT count(*) FROM article a WHERE NOT EXISTS (SELECT 1 FROM version v WHERE v.article_id = a.article_id AND v.version = a.version)",
        ),
        (
            "stories without articles, but the newest",
            "SELECT count(*) FROM story s WHERE NOT EXISTS (SELECT 1 FROM article a WHERE a.story_id = s.story_id)
             AND s.story_id < (SELECT max(story_id) FROM story)",
        ),
        (
            "articles that no source shows",
            "SELECT count(*) FROM article a WHERE NOT EXISTS (SELECT 1 FROM sighting g WHERE g.article_id = a.article_id)",
        ),
        (
            "articles that the output does not hold",
            "SELECT count(*) FROM article a WHERE NOT EXISTS (SELECT 1 FROM member m WHERE m.article_id = a.article_id)",
        ),
    ] {
        let (found,): (i64,) = sqlx::query_as(sql).fetch_one(&pool).await.unwrap();
        assert_eq!(found, 0, "{what}");
    }
    pool.close().await;
    println!(
        "{kills} kills in {:.0} s: {} requests served, {} releases, each stored once",
        began.elapsed().as_secs_f64(),
        wires.hits(),
        want.len()
    );
}
