//! Our hub and its subscribers, over real sockets: who is told of what, and what is not done for strangers.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use dateline::article::{Draft, OutputId};
use dateline::config::{self, Config};
use dateline::emit::{App, router};
use dateline::ingest::fetch::Fetcher;
use dateline::store::{Store, Subscriber, SubscriptionMode, SubscriptionRecord, Wished};
use dateline::telemetry::Gauges;
use dateline::websub::Hub;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::made;
use crate::server::{Reply, Request, Server};
use crate::site::{Answer, ask, post};

const BASE: &str = "https://news.example";
const ALL: &str = "https://news.example/outputs/all.atom";
const TOKEN: &str = "0123456789abcdef";

/// A running hub.
struct Site {
    app: App,
    router: Router,
    store: Store,
    shutdown: CancellationToken,
    running: JoinHandle<()>,
}

fn config(websub: &str, more: &str) -> Config {
    let text = format!(
        "[http]\nbase_url = \"{BASE}\"\n[fetch]\nallow_private_networks = true\n[websub]\nallow_networks = \"127.0.0.0/8\"\n{websub}\n{more}\n\
         [[source]]\nid = \"wire-a\"\nurl = \"https://wire.example/f\"\n[[output]]\nid = \"all\"\n"
    );
    config::parse(&text, "t.toml").expect("the configuration is good")
}

impl Site {
    async fn start(config: Config, store: &Store) -> Self {
        store
            .serve_outputs(&config.outputs, dateline::clock::now())
            .await
            .expect("the store takes outputs");
        while store.seek_members(made::morning()).await.expect("it seeks").left > 0 {}
        let config = Arc::new(config);
        let app = App::new(Arc::clone(&config), store.clone()).expect("the tokens can be read");
        let fetcher = Arc::new(Fetcher::new(&config.fetch).expect("a client"));
        let hub = Hub::new(config, store.clone(), fetcher, app.clone()).expect("a client");
        let shutdown = CancellationToken::new();
        Self {
            router: router(app.clone(), hub.router()),
            app,
            store: store.clone(),
            running: tokio::spawn(hub.run(shutdown.clone(), Duration::from_secs(5))),
            shutdown,
        }
    }

    async fn stop(self) {
        self.shutdown.cancel();
        self.running.await.expect("it ends in order");
    }

    /// How many letters have had this outcome.
    fn counted(&self, outcome: &str, count: usize) -> bool {
        let text = self.app.metrics().text(&Gauges::default()).expect("text");
        text.contains(&format!(
            "dateline_websub_deliveries_total{{outcome=\"{outcome}\"}} {count}\n"
        ))
    }

    async fn wish(&self, mode: &str, topic: &str, callback: &str, more: &[(&str, &str)]) -> Answer {
        let wish = [("hub.mode", mode), ("hub.topic", topic), ("hub.callback", callback)];
        post(&self.router, "/hub", &[&wish, more].concat()).await
    }

    /// The subscriptions, once they are as wanted.
    async fn once(&self, what: &str, wanted: impl Fn(&[SubscriptionRecord]) -> bool) -> Vec<SubscriptionRecord> {
        for _ in 0..500 {
            let there = self.store.subscriptions().await.expect("the store can be read");
            if wanted(&there) {
                return there;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{what}: {:?}", self.store.subscriptions().await);
    }

    async fn subscribed(&self, topic: &str, callback: &str, more: &[(&str, &str)]) {
        let before = self.store.subscriptions().await.expect("the store can be read").len();
        let answer = self.wish("subscribe", topic, callback, more).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        self.once("it is confirmed", |there| there.len() == before + 1).await;
    }

    /// What would be tried again later is tried again now.
    async fn let_time_pass(&self) {
        let url = format!("sqlite://{}", self.store.path().display());
        let pool = sqlx::SqlitePool::connect(&url).await.expect("the store opens");
        sqlx::query("UPDATE subscription SET next_attempt = '2020-01-01T00:00:00.000Z' WHERE next_attempt IS NOT NULL")
            .execute(&pool)
            .await
            .expect("it is written");
        pool.close().await;
    }

    async fn admit(&self, drafts: Vec<Draft>) {
        made::admit(&self.store, drafts).await;
    }
}

/// Confirms what it is asked, and answers what it is sent with these, one after another.
fn subscriber(server: &Server, path: &str, statuses: Vec<u16>) {
    let taken = std::sync::Mutex::new(statuses.into_iter());
    server.on(path, move |request| match request.method.as_str() {
        "GET" => Reply::ok(request.parameter("hub.challenge").unwrap_or_default()),
        _ => Reply::status(taken.lock().unwrap().next().unwrap_or(204), &[], ""),
    });
}

/// What `dateline output` says of that store.
fn command(site: &Site, arguments: &str) -> String {
    command_of(&site.store, arguments)
}

fn command_of(store: &Store, arguments: &str) -> String {
    let mut dateline = std::process::Command::new(env!("CARGO_BIN_EXE_dateline"));
    dateline
        .arg("--store")
        .arg(store.path())
        .arg("output")
        .args(arguments.split(' '));
    let ended = dateline.output().expect("the program runs");
    assert!(
        ended.status.success(),
        "{arguments}: {}",
        String::from_utf8_lossy(&ended.stderr)
    );
    String::from_utf8(ended.stdout).expect("UTF-8")
}

async fn soon(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..500 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{what}: not in ten seconds");
}

fn sent(server: &Server, path: &str) -> Vec<Request> {
    let mut requests = server.requests(path);
    requests.retain(|request| request.method == "POST");
    requests
}

/// The numbers of the releases of a document, in its order.
fn releases(request: &Request) -> Vec<usize> {
    let body = String::from_utf8(request.body.clone()).expect("UTF-8");
    let titles = body.split("Release number ").skip(1);
    let mut numbers: Vec<usize> = titles
        .filter_map(|rest| rest.split_once(" of this morning")?.0.parse().ok())
        .collect();
    numbers.dedup();
    numbers
}

#[tokio::test]
async fn a_subscriber_is_sent_each_change_once_signed_and_under_the_name_that_it_subscribed_to() {
    let (made, server) = (
        made::store((0..5).map(made::draft).collect()).await,
        Server::start().await,
    );
    let site = Site::start(config("hub = true", ""), &made.store).await;
    subscriber(&server, "/cb", vec![]);
    let callback = server.url("/cb?id=7").to_string();
    site.subscribed(
        ALL,
        &callback,
        &[("hub.secret", "shh"), ("hub.lease_seconds", "172800")],
    )
    .await;

    let [asked] = &server.requests("/cb")[..] else {
        panic!("one question")
    };
    let told = |name| asked.parameter(name).unwrap_or_default();
    assert_eq!(
        (
            told("id"),
            told("hub.mode"),
            told("hub.topic"),
            told("hub.lease_seconds")
        ),
        ("7".into(), "subscribe".into(), ALL.into(), "172800".into())
    );

    for number in 5..9 {
        site.admit(vec![made::draft(number)]).await;
    }
    site.once("all is taken", |there| !there[0].behind && there[0].deliveries > 0)
        .await;
    let letters = sent(&server, "/cb");
    let heard: Vec<usize> = letters.iter().flat_map(releases).collect();
    assert_eq!(heard, [5, 6, 7, 8], "what was there before is not news");
    for letter in &letters {
        assert_eq!(letter.target, "/cb?id=7");
        assert_eq!(
            letter.header("content-type"),
            Some("application/atom+xml; charset=utf-8")
        );
        let links = format!("<{BASE}/hub>; rel=\"hub\", <{ALL}>; rel=\"self\"");
        assert_eq!(letter.header("link"), Some(links.as_str()));
        let mut mac = Hmac::<Sha256>::new_from_slice(b"shh").expect("a key");
        mac.update(&letter.body);
        let hex: String = mac
            .finalize()
            .into_bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(letter.header("x-hub-signature"), Some(format!("sha256={hex}").as_str()));
        let body = String::from_utf8_lossy(&letter.body);
        assert!(
            body.contains(&format!("rel=\"self\" type=\"application/atom+xml\" href=\"{ALL}\"")),
            "{body}"
        );
        assert!(!body.contains("?since="), "{body}");
    }

    // Anybody may ask that it be left alone; it says itself whether that is meant.
    let answer = site.wish("unsubscribe", ALL, &callback, &[]).await;
    assert_eq!(answer.status, 202);
    site.once("it has left", <[_]>::is_empty).await;
    subscriber(&server, "/other", vec![]);
    site.subscribed(ALL, server.url("/other").as_str(), &[]).await;
    site.admit(vec![made::draft(9)]).await;
    site.once("another takes it", |there| there[0].deliveries == 1).await;
    site.stop().await;
    assert_eq!(sent(&server, "/cb").len(), letters.len());
}

#[tokio::test]
async fn what_a_subscriber_did_not_take_is_sent_again_with_what_came_since_and_survives_a_restart() {
    let (made, server) = (made::store(vec![]).await, Server::start().await);
    let site = Site::start(config("hub = true", ""), &made.store).await;
    subscriber(&server, "/cb", vec![503, 500]);
    subscriber(&server, "/gone", vec![410]);
    let json = format!("{BASE}/outputs/all.json");
    site.subscribed(&json, server.url("/cb").as_str(), &[]).await;
    site.subscribed(ALL, server.url("/gone").as_str(), &[]).await;
    site.admit(vec![made::draft(1)]).await;
    let there = site
        .once("one has failed, one has ended", |there| {
            there.len() == 1 && there[0].failures == 1
        })
        .await;
    assert_eq!(there[0].last_error.as_deref(), Some("the callback answered 503"));
    assert!(there[0].behind && there[0].next_attempt.is_some());
    for (outcome, count) in [("failed", 1), ("gone", 1), ("taken", 0), ("denied", 0)] {
        assert!(site.counted(outcome, count), "{outcome}");
    }
    let listed = command(&site, "subscribers");
    for told in ["all.json", "1 failed: the callback answered 503", "127.0.0.1"] {
        assert!(listed.contains(told), "{listed}");
    }
    site.admit(vec![made::draft(2)]).await;
    site.stop().await;
    assert_eq!(sent(&server, "/cb").len(), 1, "it is not hurried");

    let site = Site::start(config("hub = true", ""), &made.store).await;
    site.let_time_pass().await;
    site.admit(vec![made::draft(3)]).await;
    site.once("it has failed again", |there| there[0].failures == 2).await;
    site.let_time_pass().await;
    site.admit(vec![made::draft(4)]).await;
    let there = site.once("it has taken all", |there| !there[0].behind).await;
    assert_eq!((there[0].failures, there[0].last_error.clone()), (0, None));
    let listed: serde_json::Value = serde_json::from_str(&command(&site, "subscribers --json")).expect("JSON");
    assert_eq!(
        (listed[0]["behind"].as_bool(), listed[0]["failures"].as_i64()),
        (Some(false), Some(0))
    );
    let letters = sent(&server, "/cb");
    assert_eq!(letters[2].header("content-type"), Some("application/feed+json"));
    assert_eq!(letters[2].header("x-hub-signature"), None);
    let taken: Vec<usize> = letters[2..].iter().flat_map(releases).collect();
    let mut numbers = taken.clone();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers, [1, 2, 3, 4], "{taken:?}");
    assert_eq!(sent(&server, "/gone").len(), 1);
    let told = command(&site, &format!("unsubscribe {}", there[0].id));
    assert!(told.contains("ends"), "{told}");
    site.admit(vec![made::draft(5)]).await;
    site.once("it has ended", <[_]>::is_empty).await;
    let asked = server.requests("/cb");
    let denied = asked.last().and_then(|request| request.parameter("hub.reason"));
    assert_eq!(denied.as_deref(), Some("its operator has ended it"));
    for (outcome, count) in [("failed", 1), ("gone", 0), ("denied", 1)] {
        assert!(site.counted(outcome, count), "{outcome}");
    }
    site.stop().await;
    assert_eq!(
        command_of(&made.store, "subscribers"),
        "nobody has subscribed; `hub = true` under [websub] opens the hub\n"
    );
}

#[tokio::test]
async fn nobody_is_subscribed_who_does_not_say_so_himself() {
    let (made, server) = (made::store(vec![]).await, Server::start().await);
    let site = Site::start(config("hub = true\nmax_subscriptions = 2", ""), &made.store).await;
    server.on("/other", |_| Reply::ok("something else"));
    server.on("/no", |_| Reply::status(404, &[], ""));
    subscriber(&server, "/cb", vec![]);
    for path in ["/other", "/no"] {
        let answer = site.wish("subscribe", ALL, server.url(path).as_str(), &[]).await;
        assert_eq!(answer.status, 202);
    }
    site.subscribed(ALL, server.url("/cb").as_str(), &[]).await;
    site.subscribed(&format!("{BASE}/outputs/all.rss"), server.url("/cb").as_str(), &[])
        .await;
    let answer = site
        .wish(
            "subscribe",
            &format!("{BASE}/outputs/all.ninjs"),
            server.url("/cb").as_str(),
            &[],
        )
        .await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "3600"));
    // One that is subscribed may renew; one that is asked to leave, and does not mean it, stays.
    for (mode, asked) in [("subscribe", 3), ("unsubscribe", 4)] {
        server.on("/cb", |_| Reply::ok("no"));
        assert_eq!(site.wish(mode, ALL, server.url("/cb").as_str(), &[]).await.status, 202);
        soon("the callback is asked", || server.requests("/cb").len() == asked).await;
    }
    site.stop().await;
    assert_eq!(made.store.subscriptions().await.expect("it can be read").len(), 2);
    assert!(
        made.store
            .wishes(dateline::clock::now())
            .await
            .expect("it can be read")
            .is_empty()
    );
}

#[tokio::test]
async fn what_a_wish_must_be() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("tokens");
    fs::write(&file, TOKEN).expect("a file");
    let (made, server) = (made::store(vec![]).await, Server::start().await);
    let more = format!("[[output]]\nid = \"own\"\ntoken_file = {file:?}\n");
    let site = Site::start(config("hub = true", &more), &made.store).await;
    subscriber(&server, "/cb", vec![]);
    let callback = server.url("/cb").to_string();
    let own = |query: &str| format!("{BASE}/outputs/own.rss{query}");
    for (topic, callback, status, line) in [
        (
            "https://other.example/outputs/all.atom",
            callback.as_str(),
            400,
            "hub.topic: it is no document of ours",
        ),
        (
            &format!("{BASE}/"),
            &callback,
            400,
            "hub.topic: it is no document of ours",
        ),
        (
            &format!("{ALL}?limit=5"),
            &callback,
            400,
            "hub.topic: it is no document of ours",
        ),
        (
            &format!("{BASE}/outputs/all.pdf"),
            &callback,
            400,
            "hub.topic: it is no document of ours",
        ),
        (
            &format!("{BASE}/outputs/none.atom"),
            &callback,
            404,
            "hub.topic: there is no output none",
        ),
        (&own(""), &callback, 404, "hub.topic: there is no output own"),
        (
            &own("?token=fedcba9876543210"),
            &callback,
            404,
            "hub.topic: there is no output own",
        ),
        (ALL, "file:///etc/passwd", 400, "hub.callback"),
        (ALL, "ftp://a.example/", 400, "hub.callback is an http or https URL"),
        (
            ALL,
            "http://169.254.169.254/latest",
            400,
            "hub.callback is not on the public Internet",
        ),
        (ALL, "http://a.example:25/", 400, "hub.callback has the port"),
        // Open to feeds, not to callbacks.
        (
            ALL,
            "http://10.20.0.7/",
            400,
            "hub.callback is not on the public Internet",
        ),
        (
            &format!("{ALL}?token={TOKEN}"),
            &callback,
            400,
            "hub.topic: it is no document of ours",
        ),
        (
            &format!("{BASE}/outputs/all/archive/50-1.atom"),
            &callback,
            400,
            "hub.topic: it is no document of ours",
        ),
        (
            "https://news.example/outputs/./all.atom",
            &callback,
            400,
            "hub.topic: it is no document of ours",
        ),
        (
            "HTTPS://news.example/outputs/all.atom",
            &callback,
            400,
            "hub.topic: it is no document of ours",
        ),
        ("", &callback, 400, "hub.topic"),
    ] {
        let answer = site.wish("subscribe", topic, callback, &[]).await;
        assert_eq!(answer.status.as_u16(), status, "{topic} {callback}: {}", answer.text());
        assert!(answer.text().starts_with(line), "{topic} {callback}: {}", answer.text());
    }
    assert_eq!(server.hits(), 0, "nobody was asked");
    site.subscribed(&own(&format!("?token={TOKEN}")), &callback, &[]).await;
    assert_eq!(ask(&site.router, "GET", "/hub", &[]).await.status, 200);
    site.stop().await;

    let closed = Site::start(config("", ""), &made.store).await;
    assert_eq!(closed.wish("subscribe", ALL, &callback, &[]).await.status, 404);
    closed.once("what was subscribed ends", <[_]>::is_empty).await;
    closed.stop().await;
}

#[tokio::test]
async fn a_subscriber_whose_output_is_gone_is_told_so() {
    let (made, server) = (made::store(vec![]).await, Server::start().await);
    let site = Site::start(config("hub = true", "[[output]]\nid = \"soon-gone\"\n"), &made.store).await;
    subscriber(&server, "/cb", vec![]);
    let topic = format!("{BASE}/outputs/soon-gone.atom");
    site.subscribed(&topic, server.url("/cb").as_str(), &[]).await;
    site.subscribed(ALL, server.url("/cb").as_str(), &[]).await;
    site.stop().await;
    let site = Site::start(config("hub = true", ""), &made.store).await;
    let there = site.once("one is left", |there| there.len() == 1).await;
    assert_eq!(there[0].output, "all");
    let asked = server.requests("/cb");
    let denied = asked.last().expect("it was told");
    assert_eq!(denied.parameter("hub.mode").as_deref(), Some("denied"));
    assert_eq!(denied.parameter("hub.topic"), Some(topic));
    assert!(
        denied
            .parameter("hub.reason")
            .expect("a reason")
            .starts_with("there is no output soon-gone")
    );
    site.stop().await;
}

#[tokio::test]
async fn hubs_of_others_are_told_of_every_open_output_and_again_when_it_changes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("tokens");
    fs::write(&file, TOKEN).expect("a file");
    let (made, server) = (made::store(vec![made::draft(1)]).await, Server::start().await);
    server.on("/push", |_| Reply::status(204, &[], ""));
    let more = format!("[[output]]\nid = \"own\"\ntoken_file = {file:?}\n");
    let hub = server.url("/push");
    let site = Site::start(config(&format!("hub = true\nping = \"{hub}\""), &more), &made.store).await;
    soon("it is told", || server.requests("/push").len() == 1).await;
    site.admit(vec![made::draft(2)]).await;
    soon("it is told again", || server.requests("/push").len() == 2).await;
    let letters = server.requests("/push");
    for letter in &letters {
        let form: Vec<(String, String)> = url::form_urlencoded::parse(&letter.body).into_owned().collect();
        assert_eq!(form[0], ("hub.mode".into(), "publish".into()));
        let urls: Vec<&str> = form[1..].iter().map(|(_, url)| url.as_str()).collect();
        let all = ["atom", "rss", "json", "ninjs", "ndjson"].map(|format| format!("{BASE}/outputs/all.{format}"));
        assert_eq!(urls, all);
    }
    for (url, hubs) in [
        ("/outputs/all.atom", vec![format!("{BASE}/hub"), hub.to_string()]),
        ("/outputs/all.ndjson", vec![format!("{BASE}/hub"), hub.to_string()]),
        (&format!("/outputs/own.json?token={TOKEN}"), vec![format!("{BASE}/hub")]),
        ("/outputs/all.atom?limit=1", vec![]),
        ("/outputs/all.atom?since=0", vec![]),
    ] {
        let answer = ask(&site.router, "GET", url, &[]).await;
        let links = answer.header("link");
        let named: Vec<String> = links
            .split(", ")
            .filter_map(|link| Some(link.strip_suffix(">; rel=\"hub\"")?.trim_start_matches('<').to_owned()))
            .collect();
        assert_eq!(named, hubs, "{url}: {links}");
        let text = answer.text();
        let in_document = |hub: &&String| !url.contains("ndjson") && text.contains(hub.as_str());
        let want = if url.contains("ndjson") { 0 } else { hubs.len() };
        assert_eq!(hubs.iter().filter(in_document).count(), want, "{url}: {text}");
    }
    site.stop().await;
}

#[tokio::test]
async fn a_subscription_ends_that_is_not_renewed() {
    let (made, server) = (made::store(vec![]).await, Server::start().await);
    let site = Site::start(config("hub = true", ""), &made.store).await;
    subscriber(&server, "/cb", vec![]);
    site.subscribed(ALL, server.url("/cb").as_str(), &[]).await;
    let later = dateline::clock::now() + chrono::TimeDelta::days(10);
    assert_eq!(
        site.store
            .expire_subscriptions(dateline::clock::now())
            .await
            .expect("it is written"),
        0
    );
    assert_eq!(site.store.expire_subscriptions(later).await.expect("it is written"), 1);
    site.admit(vec![made::draft(1)]).await;
    site.stop().await;
    assert!(sent(&server, "/cb").is_empty());
}

#[tokio::test]
async fn an_answer_that_is_cut_has_been_given() {
    let (made, server) = (made::store(vec![]).await, Server::start().await);
    let site = Site::start(config("hub = true", ""), &made.store).await;
    server.on("/cb", |request| match request.method.as_str() {
        "GET" => Reply::ok(request.parameter("hub.challenge").unwrap_or_default()),
        _ => Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nthank"),
    });
    site.subscribed(ALL, server.url("/cb").as_str(), &[]).await;
    site.admit(vec![made::draft(1)]).await;
    let there = site.once("it is taken", |there| there[0].deliveries == 1).await;
    assert_eq!((there[0].failures, there[0].behind), (0, false));
    site.stop().await;
    assert_eq!(sent(&server, "/cb").len(), 1);
}

#[tokio::test]
async fn what_is_too_much_for_a_subscriber_comes_in_smaller_letters() {
    let (made, server) = (made::store(vec![]).await, Server::start().await);
    let site = Site::start(config("hub = true", "[[output]]\nid = \"other\"\n"), &made.store).await;
    subscriber(&server, "/cb", vec![413]);
    site.subscribed(&format!("{BASE}/outputs/all.rss"), server.url("/cb").as_str(), &[])
        .await;
    site.admit((0..120).map(made::draft).collect()).await;
    site.once("it is too much", |there| there[0].failures == 1).await;
    site.let_time_pass().await;
    site.admit(vec![made::draft(120)]).await;
    site.once("all is taken", |there| !there[0].behind).await;
    let letters = sent(&server, "/cb");
    let sizes: Vec<usize> = letters.iter().map(|letter| releases(letter).len()).collect();
    assert_eq!(sizes, [100, 50, 71]);
    let mut taken: Vec<usize> = letters[1..].iter().flat_map(releases).collect();
    taken.sort_unstable();
    assert_eq!(taken, (0..=120).collect::<Vec<_>>());
    site.stop().await;
}

#[tokio::test]
async fn a_letter_that_is_on_its_way_at_the_end_is_not_sent_again() {
    let (made, server) = (made::store(vec![]).await, Server::start().await);
    let site = Site::start(config("hub = true", ""), &made.store).await;
    server.on("/cb", |request| match request.method.as_str() {
        "GET" => Reply::ok(request.parameter("hub.challenge").unwrap_or_default()),
        _ => Reply::status(204, &[], "").after(Duration::from_millis(300)),
    });
    site.subscribed(ALL, server.url("/cb").as_str(), &[]).await;
    site.admit(vec![made::draft(1)]).await;
    soon("it is on its way", || sent(&server, "/cb").len() == 1).await;
    site.stop().await;
    let there = made.store.subscriptions().await.expect("it can be read");
    assert_eq!((there[0].deliveries, there[0].behind), (1, false));
}

#[tokio::test]
async fn a_subscription_outlives_another_address_and_another_rule_and_ends_with_its_token() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("tokens");
    fs::write(&file, TOKEN).expect("a file");
    let (made, server) = (
        made::store((0..5).map(made::draft).collect()).await,
        Server::start().await,
    );
    let own = |rule: &str| format!("[[output]]\nid = \"own\"\nfilter = '{rule}'\ntoken_file = {file:?}\n");
    let site = Site::start(config("hub = true", &own("headline ~ \"number 3\"")), &made.store).await;
    subscriber(&server, "/cb", vec![]);
    let topic = format!("{BASE}/outputs/own.rss?token={TOKEN}");
    site.subscribed(&topic, server.url("/cb").as_str(), &[]).await;
    site.stop().await;

    // The rule lets in what has long been there: no news, and not sent.
    let text = format!(
        "[http]\nbase_url = \"https://moved.example\"\n[websub]\nhub = true\nallow_networks = \"127.0.0.0/8\"\n{}",
        own("")
    );
    let moved = || config::parse(&text, "t.toml").expect("the configuration is good");
    let site = Site::start(moved(), &made.store).await;
    site.admit(vec![made::draft(7)]).await;
    site.once("it is sent", |there| there[0].deliveries == 1 && !there[0].behind)
        .await;
    let letters = sent(&server, "/cb");
    assert_eq!(letters.iter().flat_map(releases).collect::<Vec<_>>(), [7]);
    let links = format!("<https://moved.example/hub>; rel=\"hub\", <{topic}>; rel=\"self\"");
    assert_eq!(letters[0].header("link"), Some(links.as_str()));
    let answer = ask(&site.router, "GET", &format!("/outputs/own.rss?token={TOKEN}"), &[]).await;
    let own_name = format!("<https://moved.example/outputs/own.rss?token={TOKEN}>; rel=\"self\"");
    assert!(answer.header("link").ends_with(&own_name), "{}", answer.header("link"));

    // Somebody wishes with a token that is taken back before he is asked.
    server.on("/late", |_| Reply::status(503, &[], ""));
    let late = format!("https://moved.example/outputs/own.atom?token={TOKEN}");
    assert_eq!(
        site.wish("subscribe", &late, server.url("/late").as_str(), &[])
            .await
            .status,
        202
    );
    soon("it is asked", || server.requests("/late").len() == 1).await;
    site.stop().await;
    fs::write(&file, "fedcba9876543210").expect("a file");
    subscriber(&server, "/late", vec![]);
    let site = Site::start(moved(), &made.store).await;
    site.once("it has ended", <[_]>::is_empty).await;
    let asked = server.requests("/cb");
    let denied = asked.last().and_then(|request| request.parameter("hub.mode"));
    assert_eq!(denied.as_deref(), Some("denied"));
    let later = dateline::clock::now() + chrono::TimeDelta::days(1);
    for _ in 0..500 {
        if made.store.wishes(later).await.expect("it can be read").is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    site.stop().await;
    assert_eq!(server.requests("/late").len(), 1, "it is not asked again");
}

#[tokio::test]
async fn of_two_wishes_the_later_one_counts_and_the_places_are_counted_when_they_are_taken() {
    let made = made::store(vec![]).await;
    let store = &made.store;
    let now = made::morning();
    let subscriber = |callback: &str, site: &str, secret: &str| Subscriber {
        callback: callback.into(),
        site: site.into(),
        topic: ALL.into(),
        output: OutputId::new("all"),
        format: "atom".into(),
        secret: Some(secret.into()),
    };
    let wish = async |mode, subscriber: &Subscriber, most| {
        let lease = chrono::TimeDelta::days(1);
        store
            .wish(mode, subscriber, lease, most, now)
            .await
            .expect("it is written")
    };
    let wishes = async || store.wishes(now).await.expect("it can be read");
    let one = subscriber("https://a.example/1", "a.example", "old");
    wish(SubscriptionMode::Subscribe, &one, 2).await;
    let [old] = &wishes().await[..] else { panic!("one wish") };
    wish(
        SubscriptionMode::Subscribe,
        &subscriber("https://a.example/1", "a.example", "new"),
        2,
    )
    .await;
    let [new] = &wishes().await[..] else {
        panic!("the later one takes its place")
    };
    assert!(
        !store.confirmed(old, 2, now).await.expect("it is written"),
        "it was wished otherwise"
    );
    assert!(store.confirmed(new, 2, now).await.expect("it is written"));

    // Both are told that there is a place, and one of them takes it.
    for callback in ["https://b.example/2", "https://c.example/3"] {
        assert_eq!(
            wish(SubscriptionMode::Subscribe, &subscriber(callback, callback, ""), 2).await,
            Wished::Kept
        );
    }
    let mut kept = Vec::new();
    for wish in wishes().await {
        kept.push(store.confirmed(&wish, 2, now).await.expect("it is written"));
    }
    assert_eq!(kept, [true, false]);
    let full = subscriber("https://d.example/", "d.example", "");
    assert_eq!(wish(SubscriptionMode::Subscribe, &full, 2).await, Wished::Full);

    // One site takes a quarter of the places.
    let mut taken = 0;
    while wish(
        SubscriptionMode::Subscribe,
        &subscriber(&format!("https://e.example/{taken}"), "e.example", ""),
        2_000,
    )
    .await
        == Wished::Kept
    {
        taken += 1;
    }
    assert_eq!(taken, 250);
    assert_eq!(wish(SubscriptionMode::Subscribe, &full, 2_000).await, Wished::Kept);
}
