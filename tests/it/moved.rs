//! A feed that moves, one that comes back, and one that hides behind "not modified".

use std::sync::Arc;

use chrono::TimeDelta;
use dateline::config;
use dateline::daemon;
use dateline::ingest::{Effect, Ingest, Report};
use dateline::store::{Movement, Outcome, Poll};

use crate::server::{Reply, Server};

const FEED: &str = r#"<rss version="2.0"><channel><title>T</title><item><title>Acme buys Bolt</title><guid>1</guid></item></channel></rss>"#;

struct House {
    ingest: Ingest,
    server: Server,
    _folder: tempfile::TempDir,
}

impl House {
    async fn new(fetch: &str) -> Self {
        let server = Server::start().await;
        let folder = tempfile::tempdir().unwrap();
        let url = server.url("/feed");
        let text = format!(
            "[fetch]\nallow_private_networks = true\n{fetch}\n[[source]]\nid = \"a\"\nurl = \"{url}\"\nschedule = \"* * * * *\"\n"
        );
        let mut config = config::parse(&text, "test.toml").unwrap();
        config.store.path = folder.path().join("dateline.sqlite");
        let ingest = daemon::prepare(Arc::new(config)).await.unwrap();
        Self {
            ingest,
            server,
            _folder: folder,
        }
    }

    async fn poll(&self) -> Report {
        self.ingest
            .poll(&self.ingest.config.sources[0], Effect::Admit)
            .await
            .unwrap()
    }

    /// Keeps a poll once more, as if it had been made two hours before.
    async fn as_if_two_hours_ago(&self, poll: Poll) {
        let started = poll.started - TimeDelta::hours(2);
        self.ingest
            .store
            .admit(&Poll { started, ..poll }, started)
            .await
            .unwrap();
    }

    fn asked(&self, path: &str) -> usize {
        self.server.requests(path).len()
    }

    async fn moved_to(&self) -> Option<String> {
        self.ingest.store.health().await.unwrap().remove(0).moved_to
    }
}

fn movement(report: Report) -> Movement {
    report.poll.watch.unwrap().movement
}

#[tokio::test]
async fn a_feed_that_moved_for_good_is_asked_where_it_moved_and_at_home_again_when_it_is_lost_there() {
    let house = House::new("adopt_moves_after = \"0s\"").await;
    house.server.on("/feed", |_| Reply::redirect(301, "/new"));
    house
        .server
        .on("/new", |request| match request.header("if-none-match") {
            Some("\"1\"") => Reply::status(304, &[], ""),
            _ => Reply::status(200, &[("ETag", "\"1\"")], FEED),
        });
    let new = house.server.url("/new").to_string();
    for want in [
        Movement::Said(new.clone()),
        Movement::Said(new.clone()),
        Movement::Adopted(new.clone()),
        Movement::None,
    ] {
        assert_eq!(movement(house.poll().await), want);
    }
    assert_eq!(
        (house.asked("/feed"), house.asked("/new")),
        (3, 4),
        "the fourth goes straight there"
    );
    assert_eq!(house.moved_to().await.as_deref(), Some(new.as_str()));
    let last = house.server.requests("/new").pop().unwrap();
    assert_eq!(
        last.header("If-None-Match"),
        Some("\"1\""),
        "with the validators that it gave"
    );

    house.server.on("/new", |_| Reply::status(404, &[], ""));
    house.server.on("/feed", |_| Reply::ok(FEED));
    for _ in 0..2 {
        assert_eq!(movement(house.poll().await), Movement::None);
    }
    assert!(matches!(movement(house.poll().await), Movement::Returned(_)));
    assert_eq!(house.moved_to().await, None);
    let report = house.poll().await;
    assert_eq!(report.poll.outcome, Outcome::Unchanged);
    let last = house.server.requests("/feed").pop().unwrap();
    assert_eq!(
        last.header("If-None-Match"),
        None,
        "what another place gave is not sent here"
    );
}

#[tokio::test]
async fn one_temporary_redirect_or_one_answer_at_home_and_the_move_must_be_said_anew() {
    let house = House::new("adopt_moves_after = \"0s\"").await;
    house.server.on("/new", |_| Reply::ok(FEED));
    let moved = || Reply::redirect(308, "/new");
    house.server.play(
        "/feed",
        vec![
            moved(),
            moved(),
            Reply::redirect(302, "/new"),
            moved(),
            moved(),
            Reply::ok(FEED),
            moved(),
        ],
    );
    let new = house.server.url("/new").to_string();
    for said in [true, true, false, true, true, false, true] {
        let want = if said {
            Movement::Said(new.clone())
        } else {
            Movement::Unsaid
        };
        assert_eq!(movement(house.poll().await), want);
    }
    assert_eq!(house.moved_to().await, None);
}

#[tokio::test]
async fn a_feed_that_is_at_home_again_is_found_there_and_a_home_that_is_gone_costs_nothing() {
    for (home_again, want) in [(Reply::ok(FEED), "/feed"), (Reply::status(404, &[], ""), "/new")] {
        let house = House::new("adopt_moves_after = \"0s\"\nrefetch = \"1h\"").await;
        house.server.on("/feed", |_| Reply::redirect(301, "/new"));
        house.server.on("/new", |_| Reply::ok(FEED));
        for _ in 0..2 {
            house.poll().await;
        }
        let whole = house.poll().await.poll;
        assert!(house.moved_to().await.is_some());
        house.server.on("/feed", move |_| home_again.clone());
        house.as_if_two_hours_ago(whole).await;
        let report = house.poll().await;
        assert_eq!(report.poll.outcome, Outcome::Unchanged);
        assert_eq!(report.home, house.server.url(want));
    }
}

#[tokio::test]
async fn a_redirect_to_what_is_no_feed_moves_nothing() {
    let house = House::new("adopt_moves_after = \"0s\"").await;
    house.server.on("/feed", |_| Reply::redirect(301, "/portal"));
    house
        .server
        .on("/portal", |_| Reply::ok("<html><body>Please sign in</body></html>"));
    for _ in 0..4 {
        let report = house.poll().await;
        assert_eq!(report.poll.outcome, Outcome::ParseError);
        assert_eq!(movement(report), Movement::None);
    }
    assert_eq!(house.asked("/feed"), 4);
}

#[tokio::test]
async fn a_server_that_says_not_modified_for_ever_is_asked_for_the_whole_document_now_and_then() {
    let house = House::new("refetch = \"1h\"").await;
    house
        .server
        .on("/feed", |request| match request.header("if-none-match") {
            Some(_) => Reply::status(304, &[], ""),
            None => Reply::status(200, &[("ETag", "\"1\"")], FEED),
        });
    let whole = house.poll().await.poll;
    assert_eq!(house.poll().await.poll.outcome, Outcome::NotModified);
    house.as_if_two_hours_ago(whole).await;
    for outcome in [Outcome::Unchanged, Outcome::NotModified] {
        assert_eq!(
            house.poll().await.poll.outcome,
            outcome,
            "the whole once, and then it is believed again"
        );
    }
}
