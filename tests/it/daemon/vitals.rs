//! What the daemon tells those who watch over it: /readyz and /metrics.

use std::sync::atomic::{AtomicI64, Ordering};

use sqlx::{Connection, SqliteConnection};

use super::*;
use crate::deploy::promtool;

/// The value of a metric with these labels, as it is written.
fn value(metrics: &str, name: &str) -> Option<f64> {
    let line = metrics
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
    line.parse().ok()
}

/// We ask again and again: more often than one address may.
pub(super) fn count_no_requests(house: &House) {
    let config = house.folder.path().join("dateline.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replace("[http]\n", "[http]\nrequests_per_minute = 0\n")).unwrap();
}

/// The answer's body.
fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

/// Metrics, once that one is at least so large.
fn once(listen: SocketAddr, name: &str, least: f64) -> String {
    let begin = Instant::now();
    loop {
        let metrics = curl(listen, "/metrics");
        if value(&metrics, name).is_some_and(|value| value >= least) {
            return metrics;
        }
        assert!(begin.elapsed() < Duration::from_secs(30), "{name} {least}:\n{metrics}");
        std::thread::yield_now();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_polls_and_readers_did_is_in_the_metrics() {
    let wires = Server::start().await;
    // One release more at each poll.
    let shown = AtomicI64::new(2);
    wires.on("/feed", move |_| {
        Reply::ok(feed(shown.fetch_add(1, Ordering::Relaxed).min(5)))
    });
    wires.on("/bad", |_| {
        Reply::raw("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n")
    });
    let listen = free_port();
    let house = House::new(
        &[
            ("wire", wires.url("/feed").to_string()),
            ("bad", wires.url("/bad").to_string()),
        ],
        listen,
    );
    count_no_requests(&house);
    tokio::task::spawn_blocking(move || {
        let daemon = house.start();
        let new = "dateline_items_total{wire=\"prnewswire\",verdict=\"new\"}";
        once(listen, new, 5.0);
        let answer = curl(listen, "/outputs/all.atom");
        let Some(etag) = answer.lines().find_map(|line| line.strip_prefix("etag: ")) else {
            panic!("no ETag in {answer}");
        };
        let not_modified = curl(
            listen,
            &format!("/outputs/all.atom HTTP/1.1\r\nIf-None-Match: {etag}\r\nX-Rest:"),
        );
        assert!(not_modified.starts_with("HTTP/1.1 304"), "{not_modified}");
        let failed = "dateline_polls_total{wire=\"prnewswire\",tier=\"wire\",outcome=\"fetch-error\"}";
        once(listen, failed, 1.0);
        let failing = "dateline_sources{tier=\"wire\",state=\"failing\"}";
        let metrics = once(listen, failing, 1.0);
        assert!(metrics.contains("content-type: text/plain; version=0.0.4"), "{metrics}");
        for (name, least, most) in [
            (
                "dateline_polls_total{wire=\"prnewswire\",tier=\"wire\",outcome=\"ok\"}",
                4.0,
                f64::MAX,
            ),
            (
                "dateline_polls_total{wire=\"prnewswire\",tier=\"wire\",outcome=\"unkept\"}",
                0.0,
                0.0,
            ),
            (new, 5.0, 5.0),
            // Three came after the first document, which tells nothing of it.
            ("dateline_publish_lag_seconds_count{wire=\"prnewswire\"}", 3.0, 3.0),
            ("dateline_items_overlapping_total{wire=\"prnewswire\"}", 9.0, f64::MAX),
            ("dateline_gaps_total{wire=\"prnewswire\"}", 0.0, 0.0),
            ("dateline_sources{tier=\"wire\",state=\"ok\"}", 1.0, 1.0),
            ("dateline_tier_ready{tier=\"wire\"}", 1.0, 1.0),
            (
                "dateline_output_requests_total{output=\"all\",format=\"atom\",status=\"200\"}",
                1.0,
                1.0,
            ),
            (
                "dateline_output_requests_total{output=\"all\",format=\"atom\",status=\"304\"}",
                1.0,
                1.0,
            ),
            ("dateline_transaction_seconds_count", 6.0, f64::MAX),
            ("dateline_writer_wait_seconds_count", 6.0, f64::MAX),
            ("dateline_wal_bytes", 1.0, f64::MAX),
            ("dateline_store_bytes", 1.0, f64::MAX),
            ("dateline_disk_available_bytes", 1.0, f64::MAX),
            ("dateline_store_up", 1.0, 1.0),
            ("dateline_subscribers", 0.0, 0.0),
        ] {
            let value = value(&metrics, name).unwrap_or_else(|| panic!("no {name} in\n{metrics}"));
            assert!((least..=most).contains(&value), "{name} is {value}\n{metrics}");
        }
        assert!(!metrics.contains("127.0.0.1"), "no address is told: {metrics}");
        promtool(&["check", "metrics"], body(&metrics));
        drop(daemon);
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_for_whom_the_configuration_says() {
    let token = "a-token-of-some-length";
    for (setting, path, status) in [
        ("", "/metrics", "200 OK"),
        (
            "",
            "/metrics HTTP/1.1\r\nX-Forwarded-For: 192.0.2.1\r\nX-Rest:",
            "401 Unauthorized",
        ),
        (
            "",
            "/metrics?token=a-token-of-some-length HTTP/1.1\r\nVia: 1.1 x\r\nX-Rest:",
            "200 OK",
        ),
        (
            "metrics = \"open\"\n",
            "/metrics HTTP/1.1\r\nVia: 1.1 x\r\nX-Rest:",
            "200 OK",
        ),
        ("metrics = \"off\"\n", "/metrics", "404 Not Found"),
    ] {
        let listen = free_port();
        let house = House::new(&[], listen);
        let (config, tokens) = (
            house.folder.path().join("dateline.toml"),
            house.folder.path().join("tokens"),
        );
        std::fs::write(&tokens, token).unwrap();
        let text = std::fs::read_to_string(&config).unwrap();
        let http = format!("[http]\ntoken_file = {tokens:?}\n{setting}");
        std::fs::write(&config, text.replace("[http]\n", &http)).unwrap();
        let answer = tokio::task::spawn_blocking(move || {
            let daemon = house.start();
            let answer = curl(listen, path);
            drop(daemon);
            answer
        })
        .await
        .unwrap();
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{setting}{path}: {answer}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_ready_once_each_tier_has_answered_and_while_the_writer_does() {
    let wires = Server::start().await;
    let body_of_feed = feed(3);
    wires.on("/feed", move |_| Reply::ok(&body_of_feed));
    wires.on("/bad", |_| {
        Reply::raw("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n")
    });
    let listen = free_port();
    let house = House::new(&[("wire", wires.url("/feed").to_string())], listen);
    count_no_requests(&house);
    let config = house.folder.path().join("dateline.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let guest = format!("[[source]]\nid = \"guest\"\nurl = \"{}\"\n", wires.url("/bad"));
    std::fs::write(&config, text + &guest).unwrap();

    let ask = || tokio::task::spawn_blocking(move || curl(listen, "/readyz"));
    let (mut daemon, house) = tokio::task::spawn_blocking(move || (house.start(), house))
        .await
        .unwrap();
    let daemon = tokio::task::spawn_blocking(move || {
        daemon.wait_for("polled wire");
        daemon
    })
    .await
    .unwrap();
    let answer = ask().await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 503 Service Unavailable"), "{answer}");
    assert_eq!(body(&answer), "no source of tier guest has answered yet\n");

    wires.on("/bad", |_| Reply::ok(feed(1)));
    let begin = Instant::now();
    while !ask().await.unwrap().starts_with("HTTP/1.1 200 OK") {
        assert!(begin.elapsed() < Duration::from_secs(60), "the guest answers");
    }

    let mut other = SqliteConnection::connect(&format!("sqlite://{}", house.store().display()))
        .await
        .unwrap();
    let lock = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let answer = ask().await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 503 Service Unavailable"), "{answer}");
    assert!(body(&answer).starts_with("the store"), "{answer}");
    assert_eq!(body(&answer).lines().count(), 1, "{answer}");
    lock.rollback().await.unwrap();
    let begin = Instant::now();
    while !ask().await.unwrap().starts_with("HTTP/1.1 200 OK") {
        assert!(begin.elapsed() < Duration::from_secs(60), "the writer answers");
    }
    drop(daemon);
}
