//! How a guest behaves: one source polled again and again through the store, as the daemon does, by what its server says.
//!
//! What a publisher may expect of a feed reader, and the test that holds us to it:
//!
//! | a guest | test |
//! |---|---|
//! | asks the first time without conditions, once | `the_first_request_is_unconditional_and_says_who_asks_for_what` |
//! | then says all that it was given last, and nothing older, over restarts too | `what_a_server_gave_last_is_what_it_is_asked_with` |
//! | says it byte for byte | `validators_come_back_byte_for_byte` |
//! | keeps the validators of no document that it could not use | `what_could_not_be_read_is_asked_for_whole` |
//! | comes hourly, daily where it cannot ask for changes | `a_guest_is_asked_hourly_and_daily_where_it_cannot_be_asked_for_changes` |
//! | counts its interval from the end of a poll | `a_slow_answer_is_not_followed_by_a_hasty_question` |
//! | comes no earlier after a restart | `ten_restarts_in_a_row_cause_no_request` |
//! | comes with no crowd at a start | `a_start_asks_nobody_earlier_and_spreads_what_is_due` |
//! | asks a host one by one, with a gap | `a_site_is_asked_one_by_one_with_a_gap` |
//! | comes not on the minute with all others | `a_cron_shift_is_a_source_s_own_and_below_the_jitter` |
//! | believes `max-age`, `Expires`, `ttl` and `sy:`, within reason | `what_a_publisher_asks_is_a_floor_and_no_more_than_the_ceiling` |
//! | needs no right clock for that | `how_long_an_answer_is_fresh` |
//! | leaves out the hours and days that it is asked to | `hours_to_be_skipped_are_skipped` |
//! | waits as long as `Retry-After` says, if that makes sense | `retry_after_is_kept_within_two_days_and_nonsense_is_ignored` |
//! | takes "too many requests" as said to all of its sources there | `too_many_requests_hold_for_a_site_but_one_feed_does_not_starve_the_others` |
//! | comes less and less often after failures | `a_ladder_doubles_from_its_first_step_to_its_last` |
//! | does not repeat a question that was answered | `what_passes_in_a_moment_is_asked_for_again_and_nothing_else_is` |
//! | slows to the longest wait where a feed is gone, and says so | `a_feed_that_is_gone_is_said_at_once_and_asked_once_a_day` |
//! | takes the validators of where a redirect ends | `redirects_are_followed_and_the_validators_are_the_final_ones` |
//! | gives them to no other site | `another_site_neither_gets_nor_gives_validators_or_credentials` |
//! | asks the old address again after a redirect for the time being | `what_is_moved_for_the_time_being_is_asked_for_at_its_old_address` |
//! | goes where a feed has moved for good, and where it is lost there home again | `a_feed_that_moved_for_good_is_asked_where_it_moved_and_at_home_again_when_it_is_lost_there` |
//! | believes no "not modified" for ever | `a_server_that_says_not_modified_for_ever_is_asked_for_the_whole_document_now_and_then` |
//! | brings no cookies back, sends no `Referer`, keeps its connection | `cookies_are_not_returned_and_no_header_sends_us_anywhere` |
//! | asks for what it was told to and for nothing else | `nothing_that_a_document_names_is_asked_for` |
//! | polls one feed once, however it is written down | `one_feed_written_in_several_ways_is_polled_once` |

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use dateline::article::{Health, Validators};
use dateline::config;
use dateline::daemon;
use dateline::ingest::{Effect, Ingest, Report};
use dateline::store::Outcome;

use crate::server::{Reply, Request, Server};

/// One source, its server and its store.
struct Guest {
    server: Server,
    ingest: Ingest,
    folder: tempfile::TempDir,
}

const MONDAY: &str = "Mon, 02 Mar 2026 09:00:00 GMT";
const TUESDAY: &str = "Tue, 03 Mar 2026 09:00:00 GMT";

fn feed(items: usize) -> String {
    let items: String = (0..items)
        .map(|n| {
            format!("<item><title>Aldermoor lights furnace {n}</title><guid isPermaLink=\"false\">f{n}</guid></item>")
        })
        .collect();
    format!("<rss version=\"2.0\"><channel><title>Aldermoor</title>{items}</channel></rss>")
}

/// A status with these validators and a document.
fn said(status: u16, etag: Option<&str>, last_modified: Option<&str>, body: &str) -> Reply {
    let named = [("ETag", etag), ("Last-Modified", last_modified)];
    let headers: Vec<_> = named
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
    Reply::status(status, &headers, body)
}

impl Guest {
    async fn of(replies: Vec<Reply>) -> Self {
        let server = Server::start().await;
        server.play("/feed", replies);
        let folder = tempfile::tempdir().unwrap();
        let ingest = open(&server, &folder).await;
        Self { server, ingest, folder }
    }

    async fn poll(&self) -> Report {
        self.ingest
            .poll(&self.ingest.config.sources[0], Effect::Admit)
            .await
            .unwrap()
    }

    async fn restart(&mut self) {
        self.ingest.store.clone().close().await.unwrap();
        self.ingest = open(&self.server, &self.folder).await;
    }

    fn requests(&self) -> Vec<Request> {
        self.server.requests("/feed")
    }
}

async fn open(server: &Server, folder: &tempfile::TempDir) -> Ingest {
    let text = format!(
        "[fetch]\nallow_private_networks = true\n[[source]]\nid = \"a\"\nurl = \"{}\"\n",
        server.url("/feed")
    );
    let mut config = config::parse(&text, "test.toml").unwrap();
    config.store.path = folder.path().join("dateline.sqlite");
    daemon::prepare(Arc::new(config)).await.unwrap()
}

fn conditions(request: &Request) -> (Option<&str>, Option<&str>) {
    (request.header("If-None-Match"), request.header("If-Modified-Since"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_gave_last_is_what_it_is_asked_with() {
    let (one, two) = (feed(1), feed(2));
    let (monday, tuesday) = (Some(MONDAY), Some(TUESDAY));
    for (why, first, second, want) in [
        (
            "both, unchanged",
            said(200, Some("\"1\""), monday, &one),
            said(304, None, None, ""),
            (Some("\"1\""), monday),
        ),
        (
            "an entity tag alone",
            said(200, Some("\"1\""), None, &one),
            said(304, None, None, ""),
            (Some("\"1\""), None),
        ),
        (
            "a date alone",
            said(200, None, monday, &one),
            said(304, None, None, ""),
            (None, monday),
        ),
        (
            "neither",
            said(200, None, None, &one),
            said(200, None, None, &one),
            (None, None),
        ),
        (
            "a new document",
            said(200, Some("\"1\""), monday, &one),
            said(200, Some("\"2\""), tuesday, &two),
            (Some("\"2\""), tuesday),
        ),
        (
            "the same document with new ones",
            said(200, Some("\"1\""), monday, &one),
            said(200, Some("\"2\""), tuesday, &one),
            (Some("\"2\""), tuesday),
        ),
        (
            "one of them is not given any more",
            said(200, Some("\"1\""), monday, &one),
            said(200, Some("\"2\""), None, &two),
            (Some("\"2\""), None),
        ),
        (
            "none of them, and the same document",
            said(200, Some("\"1\""), monday, &one),
            said(200, None, None, &one),
            (None, None),
        ),
        (
            "unchanged with a new entity tag",
            said(200, Some("\"1\""), monday, &one),
            said(304, Some("\"2\""), None, ""),
            (Some("\"2\""), monday),
        ),
        (
            "a failure gives and takes nothing",
            said(200, Some("\"1\""), monday, &one),
            said(500, Some("\"bad\""), tuesday, "trouble"),
            (Some("\"1\""), monday),
        ),
        (
            "neither does a document that was cut",
            said(200, Some("\"1\""), monday, &one),
            Reply::raw("HTTP/1.1 200 OK\r\nETag: \"cut\"\r\nContent-Length: 999\r\n\r\n<rss"),
            (Some("\"1\""), monday),
        ),
    ] {
        let mut guest = Guest::of(vec![first, second]).await;
        guest.poll().await;
        guest.poll().await;
        guest.restart().await;
        guest.poll().await;
        let requests = guest.requests();
        assert_eq!(conditions(&requests[0]), (None, None), "{why}");
        assert_eq!(conditions(requests.last().unwrap()), want, "{why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_read_is_asked_for_whole() {
    let good = said(200, Some("\"1\""), Some(MONDAY), &feed(1));
    let cut = feed(3);
    let cut = &cut[..cut.len() - 60];
    for (bad, outcome) in [
        ("<!DOCTYPE html><title>Just a moment...</title>", Outcome::ParseError),
        ("no feed at all", Outcome::ParseError),
        (&feed(0), Outcome::Empty),
        (cut, Outcome::Ok),
    ] {
        let guest = Guest::of(vec![
            good.clone(),
            said(200, Some("\"bad\""), Some(TUESDAY), bad),
            good.clone(),
        ])
        .await;
        guest.poll().await;
        assert_eq!(guest.poll().await.poll.outcome, outcome, "{bad}");
        guest.poll().await;
        assert_eq!(conditions(&guest.requests()[2]), (None, None), "{bad}");
    }
    let unasked = Guest::of(vec![said(304, Some("\"1\""), None, ""), good]).await;
    assert_eq!(unasked.poll().await.poll.outcome, Outcome::FetchError);
    assert_eq!(unasked.poll().await.admitted.counts.new, 1);
    assert_eq!(
        conditions(&unasked.requests()[1]),
        (None, None),
        "a 304 that nobody asked for"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_a_document_names_is_asked_for() {
    let server = Server::start().await;
    let at = |path: &str| server.url(path).to_string();
    let item = format!(
        "<item><title>Aldermoor lights a furnace</title><link>{link}</link><guid>{link}</guid><comments>{link}#c</comments>\
         <enclosure url=\"{picture}\" type=\"image/png\" length=\"9\"/><media:content url=\"{picture}\"/>\
         <description>&lt;p&gt;Lit today.&lt;img src=\"{picture}\"&gt;&lt;iframe src=\"{link}\"&gt;&lt;/iframe&gt;&lt;/p&gt;</description></item>",
        link = at("/release"),
        picture = at("/picture.png"),
    );
    let document = format!(
        "<?xml version=\"1.0\"?><?xml-stylesheet href=\"{style}\"?><!DOCTYPE rss SYSTEM \"{dtd}\">\
         <rss version=\"2.0\" xmlns:media=\"http://search.yahoo.com/mrss/\" xmlns:atom=\"http://www.w3.org/2005/Atom\"><channel>\
         <title>Aldermoor</title><link>{home}</link><atom:link rel=\"self\" href=\"{own}\"/><atom:link rel=\"hub\" href=\"{hub}\"/>\
         <atom:link rel=\"next\" href=\"{next}\"/><image><url>{logo}</url></image>{item}</channel></rss>",
        style = at("/style.xsl"),
        dtd = at("/rss.dtd"),
        home = at("/"),
        own = at("/feed.xml"),
        hub = at("/hub"),
        next = at("/feed?page=2"),
        logo = at("/logo.png"),
    );
    let links = format!("<{}>; rel=\"hub\", <{}>; rel=\"preload\"", at("/hub"), at("/preload"));
    let refresh = format!("0;url={}", at("/refresh"));
    server.on("/feed", move |_| {
        Reply::status(200, &[("Link", &links), ("Refresh", &refresh)], &document)
    });
    let folder = tempfile::tempdir().unwrap();
    let ingest = open(&server, &folder).await;
    let guest = Guest { server, ingest, folder };
    for new in [1, 0] {
        assert_eq!(guest.poll().await.admitted.counts.new, new);
    }
    assert_eq!(guest.server.asked(), ["/feed", "/feed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_answer_is_not_followed_by_a_hasty_question() {
    let slow = Duration::from_millis(300);
    let guest = Guest::of(vec![said(200, Some("\"1\""), None, &feed(1)).after(slow)]).await;
    let poll = guest.poll().await.poll;
    let ended = poll.started + TimeDelta::milliseconds(poll.elapsed_ms);
    assert!(poll.elapsed_ms >= 300, "{}", poll.elapsed_ms);
    assert!(
        poll.next_due - ended >= TimeDelta::hours(1),
        "{} {}",
        poll.next_due,
        poll.next_due_reason
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_is_gone_is_said_at_once_and_asked_once_a_day() {
    let guest = Guest::of(vec![
        said(200, Some("\"1\""), None, &feed(1)),
        said(410, None, None, "gone"),
    ])
    .await;
    guest.poll().await;
    let report = guest.poll().await;
    assert_eq!(report.health, Some((Health::Ok, Health::Gone)));
    assert!(
        report.poll.next_due - report.poll.started >= TimeDelta::days(1),
        "{}",
        report.poll.next_due_reason
    );
    assert_eq!(report.poll.validators, None, "what is stored stays as it is");
    assert_ne!(
        guest
            .ingest
            .store
            .source_state(&report.poll.source)
            .await
            .unwrap()
            .validators,
        Validators::default()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_moved_for_the_time_being_is_asked_for_at_its_old_address() {
    for status in [302, 303, 307] {
        let guest = Guest::of(vec![Reply::redirect(status, "/elsewhere")]).await;
        guest
            .server
            .on("/elsewhere", |request| match request.header("If-None-Match") {
                Some("\"1\"") => said(304, None, None, ""),
                _ => said(200, Some("\"1\""), None, &feed(1)),
            });
        for outcome in [
            Outcome::Ok,
            Outcome::NotModified,
            Outcome::NotModified,
            Outcome::NotModified,
        ] {
            assert_eq!(guest.poll().await.poll.outcome, outcome, "{status}");
        }
        let turns = ["/feed", "/elsewhere"].repeat(4);
        assert_eq!(guest.server.asked(), turns, "{status}");
    }
}
