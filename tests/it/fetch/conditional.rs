//! "Has it changed?": what a server gave is what it is asked with.

use dateline::article::Validators;
use dateline::ingest::fetch::{Answer, Fetched};

use super::{FEED, PLAIN_VALIDATORS, answer, ask, body, fetcher, validators};
use crate::server::{Reply, Server};

#[tokio::test]
async fn validators_come_back_byte_for_byte() {
    let (server, fetcher) = (Server::start().await, fetcher());
    for (nth, (etag, last_modified)) in [
        (Some("\"abc\""), Some("Wed, 08 May 2024 07:00:00 GMT")),
        (Some("W/\"abc\""), None),
        (Some("\"abc--gzip\""), None),
        (Some("bare"), None),
        (Some("\"a,b\""), None),
        (Some("\"a\\b c\""), None),
        (None, Some("Wed, 08 May 2024 00:00:00 -0800")),
        (None, Some("2024-05-08T07:00:00Z")),
        (None, Some("Mon, 08 May 2024 07:00:00 GMT")),
        (None, None),
    ]
    .into_iter()
    .enumerate()
    {
        let path = format!("/{nth}");
        let given = validators(etag, last_modified);
        let headers: Vec<_> = [("ETag", etag), ("Last-Modified", last_modified)]
            .into_iter()
            .filter_map(|(n, v)| Some((n, v?)))
            .collect();
        server.play(&path, vec![Reply::status(200, &headers, FEED)]);
        let first = answer(&fetcher, &server.url(&path), &Validators::default()).await;
        assert_eq!(first.validators, given);
        body(&fetcher, &server.url(&path), &first.validators).await;
        let second = &server.requests(&path)[1];
        assert_eq!(second.header("If-None-Match"), etag);
        assert_eq!(second.header("If-Modified-Since"), last_modified);
    }
}

#[tokio::test]
async fn validators_that_cannot_be_sent_back_are_not_kept() {
    let (server, fetcher) = (Server::start().await, fetcher());
    let long = format!("\"{}\"", "e".repeat(65_000));
    for (path, etag) in [
        ("/long", long.as_bytes()),
        ("/latin1", b"\"caf\xe9\""),
        ("/utf8", "\"é\"".as_bytes()),
        ("/empty", b""),
    ] {
        let head = [
            b"HTTP/1.1 200 OK\r\nETag: ",
            etag,
            b"\r\nContent-Length: 20\r\n\r\n",
            FEED.as_bytes(),
        ]
        .concat();
        server.play(path, vec![Reply::raw(head)]);
        assert_eq!(
            answer(&fetcher, &server.url(path), &Validators::default())
                .await
                .validators,
            Validators::default(),
            "{path}"
        );
    }
    // A stored one that is no header text makes no header, and no second header line.
    server.on("/feed", |_| Reply::ok(FEED));
    body(
        &fetcher,
        &server.url("/feed"),
        &validators(Some("\"a\"\r\nX-Injected: 1"), None),
    )
    .await;
    let [request] = server.requests("/feed").try_into().unwrap();
    assert_eq!(
        (request.header("If-None-Match"), request.header("X-Injected")),
        (None, None)
    );
}

#[tokio::test]
async fn what_a_304_says_replaces_what_was_stored_and_what_it_leaves_out_stays() {
    let (server, fetcher) = (Server::start().await, fetcher());
    let stored = validators(Some("\"1\""), Some("Wed, 08 May 2024 07:00:00 GMT"));
    let later = "Thu, 09 May 2024 07:00:00 GMT";
    for (path, headers, want) in [
        ("/silent", vec![], stored.clone()),
        (
            "/etag",
            vec![("ETag", "\"2\"")],
            validators(Some("\"2\""), stored.last_modified.as_deref()),
        ),
        (
            "/date",
            vec![("Last-Modified", later)],
            validators(Some("\"1\""), Some(later)),
        ),
        (
            "/both",
            vec![("ETag", "\"2\""), ("Last-Modified", later)],
            validators(Some("\"2\""), Some(later)),
        ),
    ] {
        server.play(path, vec![Reply::status(304, &headers, "")]);
        let answer = answer(&fetcher, &server.url(path), &stored).await;
        assert!(matches!(answer.fetched, Fetched::NotModified), "{path}");
        assert_eq!(answer.validators, want, "{path}");
    }
}

#[tokio::test]
async fn what_a_200_gives_replaces_all_that_was_stored() {
    let (server, fetcher) = (Server::start().await, fetcher());
    let stored = validators(Some("\"1\""), Some("Wed, 08 May 2024 07:00:00 GMT"));
    for (path, headers, want) in [
        ("/new", vec![("ETag", "\"2\"")], validators(Some("\"2\""), None)),
        ("/dropped", vec![], Validators::default()),
    ] {
        server.play(path, vec![Reply::status(200, &headers, FEED)]);
        assert_eq!(
            answer(&fetcher, &server.url(path), &stored).await.validators,
            want,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_server_that_can_is_asked_for_nothing_but_what_is_new() {
    let (server, fetcher) = (Server::start().await, fetcher());
    let known = validators(Some("\"1\""), None);
    let delta = |im: &str| Reply::status(226, &[("IM", im), ("ETag", "\"2\"")], FEED);
    for (path, reply, stored, want) in [
        ("/delta", delta("feed"), &known, Some((226, Some("\"2\"")))),
        ("/several", delta("gzip, Feed"), &known, Some((226, Some("\"2\"")))),
        ("/other", delta("diffe"), &known, None),
        ("/unasked", delta("feed"), &PLAIN_VALIDATORS, None),
        ("/whole", Reply::status(200, &[], FEED), &known, Some((200, None))),
    ] {
        server.play(path, vec![reply]);
        let got = match fetcher.fetch(ask(&server.url(path), stored)).await {
            Ok(Answer {
                fetched: Fetched::Body(payload),
                validators,
                ..
            }) => Some((payload.status, validators.etag)),
            Ok(_) | Err(_) => None,
        };
        let want = want.map(|(status, etag): (u16, Option<&str>)| (status, etag.map(str::to_owned)));
        assert_eq!(got, want, "{path}");
        let asked = server.requests(path)[0].header("A-IM").map(str::to_owned);
        assert_eq!(asked.as_deref(), stored.etag.as_ref().map(|_| "feed"), "{path}");
    }
}

#[tokio::test]
async fn how_long_an_answer_holds_is_read_from_200_and_304_alike() {
    let (server, fetcher) = (Server::start().await, fetcher());
    let said = [("Cache-Control", "max-age=300"), ("Expires", "0"), ("Age", "7")];
    let stored = validators(Some("\"1\""), None);
    for status in [200, 304] {
        let path = format!("/{status}");
        server.play(&path, vec![Reply::status(status, &said, FEED)]);
        let freshness = answer(&fetcher, &server.url(&path), &stored).await.freshness;
        let got = (freshness.max_age, freshness.expires, freshness.age);
        assert_eq!(got, (Some(300), None, Some(7)), "{status}");
    }
}
