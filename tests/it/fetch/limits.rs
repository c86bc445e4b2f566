//! How much, how long: what a server sends without end ends with us.

use std::time::{Duration, Instant};

use dateline::article::Validators;
use dateline::config::FetchConfig;
use dateline::ingest::fetch::{Answer, FetchError, Fetched, Fetcher, Next};
use futures_util::future::join_all;
use url::Url;

use super::{FEED, FEED_GZIP, ask, at, config, failure, fetcher, name};
use crate::server::{Reply, Server};

#[tokio::test]
async fn endless_documents_stop_at_the_cap_whatever_their_coding() {
    let server = Server::start().await;
    let cap = 8 << 20;
    let fetcher = Fetcher::new(&FetchConfig {
        max_body_bytes: cap,
        ..config()
    })
    .unwrap();
    let head = |coding: &str| format!("HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\n\r\n").into_bytes();
    let bomb = |coding: &str, start: &[u8], rest: &[u8]| Reply::raw([&head(coding), start].concat()).then_forever(rest);
    for (path, reply) in [
        ("/plain", bomb("identity", b"", b"<item/>")),
        // One space, then eight times "the last byte, 258 times more" in 13 bytes, in fixed Huffman codes.
        (
            "/gzip",
            bomb(
                "gzip",
                b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x53\x18",
                b"\x05\xa3\x60\x14\x8c\x82\x51\x30\x0a\x46\xc1\x28\x18",
            ),
        ),
        // A window of 8 MiB, then blocks of "a space, 128 Ki times" in 4 bytes.
        ("/zstd", bomb("zstd", b"\x28\xb5\x2f\xfd\0\x68", b"\x02\0\x10\x20")),
        ("/brotli", Reply::raw([&head("br"), SPACES_64_MIB_BROTLI].concat())),
    ] {
        server.play(path, vec![reply]);
        let error = failure(&fetcher, &server.url(path)).await;
        assert_eq!(
            (name(&error).as_str(), error.next(at("2024-05-08T07:00:00Z"))),
            ("TooLarge", Next::Retry),
            "{path}: {error:?}"
        );
    }
}

#[tokio::test]
async fn what_unfolds_to_nothing_for_ever_or_to_a_thousandfold_is_left() {
    let (server, fetcher) = (Server::start().await, fetcher());
    // Stored blocks of no bytes: nothing is decoded, and the wire never ends.
    let hollow = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\x03";
    server.play("/hollow", vec![Reply::raw(hollow).then_forever(b"\0\0\0\xff\xff")]);
    assert_eq!(name(&failure(&fetcher, &server.url("/hollow")).await), "TooLarge");

    let wide = Fetcher::new(&FetchConfig {
        max_body_bytes: 128 << 20,
        ..config()
    })
    .unwrap();
    let spaces = [
        b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n".as_slice(),
        SPACES_64_MIB_BROTLI,
    ]
    .concat();
    server.play("/bomb", vec![Reply::raw(spaces)]);
    assert_eq!(name(&failure(&wide, &server.url("/bomb")).await), "Bomb");
}

#[tokio::test]
async fn the_cap_is_the_last_size_that_passes() {
    let (server, fetcher) = (Server::start().await, fetcher());
    let cap = config().max_body_bytes;
    let chunked = |size: usize| {
        Reply::raw(format!(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{size:x}\r\n{}\r\n0\r\n\r\n",
            "x".repeat(size)
        ))
    };
    for (path, reply, passes) in [
        ("/length", Reply::ok("x".repeat(cap)), true),
        ("/length-over", Reply::ok("x".repeat(cap + 1)), false),
        ("/chunked", chunked(cap), true),
        ("/chunked-over", chunked(cap + 1), false),
    ] {
        server.play(path, vec![reply]);
        match fetcher.fetch(ask(&server.url(path), &Validators::default())).await {
            Ok(Answer {
                fetched: Fetched::Body(payload),
                ..
            }) => assert!(passes && payload.bytes.len() == cap, "{path}"),
            other => assert!(
                !passes && matches!(other, Err(FetchError::TooLarge(..))),
                "{path}: {other:?}"
            ),
        }
    }
}

#[tokio::test]
async fn content_codings_are_undone_or_refused() {
    let (server, fetcher) = (Server::start().await, fetcher());
    let coded = |coding: &str, body: &[u8]| Reply::status(200, &[("Content-Encoding", coding)], body);
    for (path, reply, want) in [
        ("/gzip", coded("gzip", FEED_GZIP), Ok(FEED)),
        (
            "/members",
            coded("gzip", &FEED_GZIP.repeat(2)),
            Ok("<rss version=\"2.0\"/><rss version=\"2.0\"/>"),
        ),
        ("/x-gzip", coded("x-gzip", FEED_GZIP), Ok(FEED)),
        ("/nothing", coded("gzip", b""), Ok("")),
        ("/identity", coded("identity", FEED.as_bytes()), Ok(FEED)),
        ("/unknown", coded("foo", FEED.as_bytes()), Err("UnknownEncoding")),
        ("/twice", coded("gzip, gzip", FEED_GZIP), Err("UnknownEncoding")),
        ("/lie", coded("gzip", FEED.as_bytes()), Err("Decoding")),
        ("/cut", coded("gzip", &FEED_GZIP[..20]), Err("Decoding")),
        (
            "/checksum",
            coded("gzip", &[&FEED_GZIP[..32], b"\0\0\0\0", &FEED_GZIP[36..]].concat()),
            Err("Decoding"),
        ),
    ] {
        server.play(path, vec![reply]);
        match (
            fetcher.fetch(ask(&server.url(path), &Validators::default())).await,
            want,
        ) {
            (
                Ok(Answer {
                    fetched: Fetched::Body(payload),
                    ..
                }),
                Ok(want),
            ) => assert_eq!(payload.bytes, want.as_bytes(), "{path}"),
            (Err(error), Err(want)) => assert_eq!(name(&error), want, "{path}: {error:?}"),
            (got, want) => panic!("{path}: {got:?}, not {want:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_only_announce_an_answer_end_with_the_time_out() {
    let server = Server::start().await;
    let fetcher = Fetcher::new(&FetchConfig {
        read_timeout: Duration::from_millis(300),
        ..config()
    })
    .unwrap();
    server.play(
        "/feed",
        vec![Reply::raw("").then_forever("HTTP/1.1 100 Continue\r\n\r\n")],
    );
    let error = failure(&fetcher, &server.url("/feed")).await;
    assert_eq!(name(&error), "ReadTimeout", "{error:?}");
}

#[tokio::test]
async fn slow_servers_are_left_by_the_time_out_that_they_broke() {
    let server = Server::start().await;
    let fetcher = Fetcher::new(&FetchConfig {
        connect_timeout: Duration::from_millis(400),
        read_timeout: Duration::from_millis(500),
        total_timeout: Duration::from_millis(1500),
        ..config()
    })
    .unwrap();
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n";
    let gzip = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 100000\r\n\r\n";
    let tick = Duration::from_millis(20);
    let rows = [
        ("/no-answer", Reply::raw("").then_hang(), "ReadTimeout"),
        (
            "/slow-header",
            Reply::raw("").then_drip(format!("{head}X: {}", "a".repeat(9_999)), tick),
            "ReadTimeout",
        ),
        (
            "/continue-flood",
            Reply::raw("").then_drip("HTTP/1.1 100 Continue\r\n\r\n".repeat(999), tick),
            "ReadTimeout",
        ),
        (
            "/body-stops",
            Reply::raw(format!("{head}\r\n{FEED}")).then_hang(),
            "ReadTimeout",
        ),
        (
            "/gzip-stops",
            Reply::raw([gzip.as_bytes(), &FEED_GZIP[..20]].concat()).then_hang(),
            "ReadTimeout",
        ),
        (
            "/slow-body",
            Reply::raw(format!("{head}\r\n")).then_drip(FEED.repeat(5_000), tick),
            "TotalTimeout",
        ),
    ];
    join_all(rows.map(async |(path, reply, want)| {
        server.play(path, vec![reply]);
        let started = Instant::now();
        let error = failure(&fetcher, &server.url(path)).await;
        assert_eq!(
            (name(&error).as_str(), error.next(at("2024-05-08T07:00:00Z"))),
            (want, Next::Retry),
            "{path}: {error:?}"
        );
        assert!(
            started.elapsed() < Duration::from_secs(10),
            "{path} took {:?}",
            started.elapsed()
        );
    }))
    .await;
    // The listener's queue takes the connection, nobody answers the TLS handshake.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("https://{}/", silent.local_addr().unwrap())).unwrap();
    assert_eq!(name(&failure(&fetcher, &url).await), "ConnectTimeout");
}

/// Made with the brotli crate at quality 11: 106 bytes.
const SPACES_64_MIB_BROTLI: &[u8] = &[
    0xcb, 0xff, 0xff, 0x3f, 0xf8, 0x25, 0x40, 0xe2, 0xb1, 0x40, 0x20, 0xf7, 0xfe, 0x8f, 0xff, 0xff, 0x7f, 0xf0, 0x4b,
    0x00, 0xc4, 0x61, 0x11, 0x80, 0xee, 0xfd, 0x1f, 0xff, 0xff, 0xff, 0xe0, 0x97, 0x00, 0x88, 0xc3, 0x02, 0x00, 0xdd,
    0xfb, 0x3f, 0xfe, 0xff, 0xff, 0xc1, 0x2f, 0x01, 0x10, 0x87, 0x05, 0x00, 0xba, 0xf7, 0x7f, 0xfc, 0xff, 0xff, 0x83,
    0x5f, 0x02, 0x20, 0x0e, 0x0b, 0x00, 0x74, 0xef, 0xff, 0xf8, 0xff, 0xff, 0x07, 0xbf, 0x04, 0x40, 0x1c, 0x16, 0x00,
    0xe8, 0xde, 0xff, 0xf1, 0xff, 0xff, 0x0f, 0x7e, 0x09, 0x80, 0x38, 0x2c, 0x00, 0xd0, 0xbd, 0xff, 0xe3, 0xff, 0xff,
    0x1f, 0xfc, 0x12, 0x00, 0x71, 0x58, 0x00, 0xa0, 0x7b, 0xff, 0x37,
];
