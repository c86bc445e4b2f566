//! Answers that are none, each with an error of its own.

use chrono::TimeDelta;
use dateline::article::Validators;
use dateline::ingest::fetch::{Fetched, Next};
use futures_util::future::join_all;
use url::Url;

use super::{FEED, answer, ask, at, body, failure, fetcher, name, validators};
use crate::server::{Reply, Server};

#[tokio::test]
async fn broken_answers_are_failures_never_shorter_documents() {
    let (server, fetcher) = (Server::start().await, fetcher());
    let ok = "HTTP/1.1 200 OK\r\n";
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let rows = [
        (
            "/length-too-long",
            Reply::raw(format!("{ok}ETag: \"1\"\r\nContent-Length: 999\r\n\r\n{FEED}")),
            "Cut",
        ),
        (
            "/length-negative",
            Reply::raw(format!("{ok}Content-Length: -1\r\n\r\n{FEED}")),
            "NotHttp",
        ),
        (
            "/length-huge",
            Reply::raw(format!("{ok}Content-Length: 18446744073709551615\r\n\r\n{FEED}")),
            "NotHttp",
        ),
        (
            "/length-large",
            Reply::raw(format!("{ok}Content-Length: 18446744073709551000\r\n\r\n{FEED}")),
            "TooLarge",
        ),
        (
            "/length-twice",
            Reply::raw(format!("{ok}Content-Length: 5\r\nContent-Length: 20\r\n\r\n{FEED}")),
            "NotHttp",
        ),
        ("/chunks-cut", Reply::raw(format!("{chunked}14\r\n{FEED}\r\n")), "Cut"),
        ("/chunk-cut", Reply::raw(format!("{chunked}99\r\n{FEED}")), "Cut"),
        ("/chunk-size", Reply::raw(format!("{chunked}ZZZ\r\n{FEED}")), "Cut"),
        (
            "/chunk-extension",
            Reply::raw(format!("{chunked}5;{}\r\n", "a".repeat(1_000_000))),
            "Cut",
        ),
        (
            "/reset",
            Reply::raw(format!("{ok}Content-Length: 999\r\n\r\n{FEED}")).then_reset(),
            "Cut",
        ),
        ("/silent", Reply::raw(""), "NoAnswer"),
        ("/silent-reset", Reply::raw("").then_reset(), "NoAnswer"),
        ("/half-header", Reply::raw("HTTP/1.1 200 OK\r\nContent-"), "NoAnswer"),
        ("/garbage", Reply::raw("\x00\x7f garbage\r\n\r\n"), "NotHttp"),
        ("/http09", Reply::raw(FEED), "NotHttp"),
        (
            "/folded",
            Reply::raw(format!("{ok}ETag: \"a\r\n X: 1\"\r\nContent-Length: 20\r\n\r\n{FEED}")),
            "NotHttp",
        ),
        (
            "/header-of-10-mb",
            Reply::raw(format!("{ok}X: {}\r\n\r\n", "a".repeat(10_000_000))),
            "NotHttp",
        ),
        (
            "/headers-without-end",
            Reply::raw(ok).then_forever("X: y\r\n"),
            "NotHttp",
        ),
        (
            "/cookie-storm",
            Reply::raw(format!("{ok}{}\r\n", "Set-Cookie: a=b\r\n".repeat(10_000))),
            "NotHttp",
        ),
        (
            "/upgrade",
            Reply::raw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"),
            "Status",
        ),
    ];
    join_all(rows.map(async |(path, reply, want)| {
        server.play(path, vec![reply]);
        let error = failure(&fetcher, &server.url(path)).await;
        assert_eq!(name(&error), want, "{path}: {error:?}");
        assert_eq!(error.next(at("2024-05-08T07:00:00Z")), Next::Retry, "{path}");
    }))
    .await;
}

#[tokio::test]
async fn a_lie_that_hides_the_rest_gives_what_was_declared() {
    let (server, fetcher) = (Server::start().await, fetcher());
    for (path, reply, want) in [
        (
            "/length-too-short",
            format!("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{FEED}"),
            "<rss",
        ),
        (
            "/length-and-chunks",
            format!(
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n{FEED}\r\n0\r\n\r\n"
            ),
            FEED,
        ),
        ("/no-length", format!("HTTP/1.0 200 OK\r\n\r\n{FEED}"), FEED),
        (
            "/continue",
            format!("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{FEED}"),
            FEED,
        ),
    ] {
        server.play(path, vec![Reply::raw(reply)]);
        assert_eq!(
            body(&fetcher, &server.url(path), &Validators::default()).await.bytes,
            want.as_bytes(),
            "{path}"
        );
    }
    // What follows a 304 does not become the answer to the next question.
    server.play(
        "/304-with-body",
        vec![
            Reply::raw(format!("HTTP/1.1 304 Not Modified\r\nContent-Length: 20\r\n\r\n{FEED}")),
            Reply::ok("next"),
        ],
    );
    let url = server.url("/304-with-body");
    let unchanged = answer(&fetcher, &url, &validators(Some("\"1\""), None)).await;
    assert!(matches!(unchanged.fetched, Fetched::NotModified));
    assert_eq!(body(&fetcher, &url, &Validators::default()).await.bytes, b"next");
}

#[tokio::test]
async fn statuses_without_a_whole_document_are_failures_with_that_status() {
    let (server, fetcher) = (Server::start().await, fetcher());
    let now = at("2024-05-08T07:00:00Z");
    for (status, next) in [
        (204, Next::Retry),
        (206, Next::Retry),
        (202, Next::Retry),
        (226, Next::Retry),
        (300, Next::Retry),
        (305, Next::Retry),
        (304, Next::Retry),
        (400, Next::Retry),
        (401, Next::Retry),
        (403, Next::Retry),
        (404, Next::Retry),
        (410, Next::GiveUp),
        (429, Next::Retry),
        (600, Next::Retry),
        (999, Next::Retry),
    ] {
        let path = format!("/{status}");
        let body = if matches!(status, 204 | 304) { "" } else { FEED };
        server.play(
            &path,
            vec![Reply::status(
                status,
                &[("ETag", "\"1\""), ("WWW-Authenticate", "Basic")],
                body,
            )],
        );
        let error = failure(&fetcher, &server.url(&path)).await;
        assert_eq!((error.status(), error.next(now)), (Some(status), next), "{error:?}");
        assert_eq!(server.requests(&path).len(), 1, "{status} was asked for again");
    }
}

#[tokio::test]
async fn retry_after_is_kept_within_two_days_and_nonsense_is_ignored() {
    let (server, fetcher) = (Server::start().await, fetcher());
    let now = at("2024-05-08T07:00:00Z");
    let hours = |hours| Next::WaitUntil(now + TimeDelta::hours(hours));
    for (nth, (status, said, want)) in [
        (429, "7200", hours(2)),
        (503, "7200", hours(2)),
        (429, "Wed, 08 May 2024 10:00:00 GMT", hours(3)),
        (503, "Wednesday, 08-May-24 10:00:00 GMT", hours(3)),
        (429, "1000000000", hours(48)),
        (429, "Fri, 31 Dec 9999 23:59:59 GMT", hours(48)),
        (429, "99999999999999999999", hours(48)),
        (429, "Wed, 08 May 2024 06:00:00 GMT", Next::Retry),
        (429, "0", Next::Retry),
        (429, "-5", Next::Retry),
        (429, "soon", Next::Retry),
        (429, "1.5", Next::Retry),
        (403, "7200", Next::Retry),
    ]
    .into_iter()
    .enumerate()
    {
        let path = format!("/{nth}");
        server.play(&path, vec![Reply::status(status, &[("Retry-After", said)], "")]);
        let error = failure(&fetcher, &server.url(&path)).await;
        assert_eq!((error.status(), error.next(now)), (Some(status), want), "{said}");
        assert_eq!(server.requests(&path).len(), 1, "{status} {said} was asked for again");
    }
}

#[tokio::test]
async fn what_passes_in_a_moment_is_asked_for_again_and_nothing_else_is() {
    let (server, fetcher) = (Server::start().await, fetcher());
    let refuse = |status| Reply::status(status, &[], "");
    server.play("/slash/", vec![refuse(404), Reply::ok(FEED)]);
    let cut = Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n<rss");
    for (path, replies, requests, mended) in [
        ("/500", vec![refuse(500), Reply::ok(FEED)], 1, false),
        ("/503", vec![refuse(503), Reply::ok(FEED)], 1, false),
        (
            "/reset-once",
            vec![Reply::raw("").then_reset(), Reply::ok(FEED)],
            2,
            true,
        ),
        ("/cut-once", vec![cut.clone(), Reply::ok(FEED)], 2, true),
        ("/cut-always", vec![cut], 3, false),
        ("/slash", vec![Reply::redirect(301, "/slash/")], 2, true),
        ("/404", vec![refuse(404), Reply::ok(FEED)], 1, false),
        ("/403", vec![refuse(403), Reply::ok(FEED)], 1, false),
        (
            "/garbage",
            vec![Reply::raw("garbage\r\n\r\n"), Reply::ok(FEED)],
            1,
            false,
        ),
    ] {
        server.play(path, replies);
        let outcome = fetcher.fetch(ask(&server.url(path), &Validators::default())).await;
        assert_eq!(
            (outcome.is_ok(), server.requests(path).len()),
            (mended, requests),
            "{path}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn connections_that_fail_say_at_which_layer() {
    let (server, fetcher) = (Server::start().await, fetcher());
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let plain = server.url("/feed").to_string().replace("http://", "https://");
    for (url, want) in [
        (format!("http://{closed}/"), "Connect"),
        (plain, "Tls"),
        // A label of more than 63 bytes: refused by the resolver before it asks anyone.
        (format!("http://{}.invalid/", "x".repeat(64)), "Dns"),
    ] {
        let error = failure(&fetcher, &Url::parse(&url).unwrap()).await;
        assert_eq!(
            (name(&error).as_str(), error.next(at("2024-05-08T07:00:00Z"))),
            (want, Next::Retry),
            "{url}: {error:?}"
        );
        assert!(
            std::error::Error::source(&error).is_some_and(|why| !why.to_string().is_empty()),
            "{error:?}"
        );
    }
}
