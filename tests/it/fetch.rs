//! The real HTTP client against a server that misbehaves on purpose.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use dateline::article::Validators;
use dateline::config::{FetchConfig, Manners};
use dateline::ingest::fetch::{Answer, Ask, FetchError, Fetched, Fetcher, Next, Payload};
use futures_util::future::join_all;
use url::Url;

use crate::server::{Reply, Server};

const FEED: &str = r#"<rss version="2.0"/>"#;
const FEED_GZIP: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xb3)*.V(K-*\xce\xcc\xcf\xb3U2\xd23P\xd2\xb7\x03\x00\xbb\x93\x1az\x14\x00\x00\x00";

fn config() -> FetchConfig {
    FetchConfig {
        user_agent: "DatelineBot/0.0 (+https://dateline.example/)".to_owned(),
        connect_timeout: Duration::from_secs(20),
        read_timeout: Duration::from_secs(20),
        total_timeout: Duration::from_secs(40),
        max_body_bytes: 1 << 20,
        max_items: 100,
        max_text_bytes: 256 << 10,
        max_attribute_bytes: 16 << 10,
        max_categories: 64,
        max_redirects: 5,
        concurrency: 4,
        per_host: 2,
        per_host_gap: Duration::ZERO,
        allow_private_networks: true,
        allow_networks: Vec::new(),
        proxy: None,
        refetch: Duration::from_secs(604_800),
    }
}

/// A source whose server is told nothing of its own.
static PLAIN: Manners = Manners {
    user_agent: None,
    headers: Vec::new(),
    authorization_file: None,
};

static PLAIN_VALIDATORS: Validators = Validators {
    etag: None,
    last_modified: None,
};

fn ask<'a>(url: &'a Url, validators: &'a Validators) -> Ask<'a> {
    Ask {
        url,
        validators,
        manners: &PLAIN,
    }
}

fn fetcher() -> Fetcher {
    Fetcher::new(&config()).unwrap()
}

fn validators(etag: Option<&str>, last_modified: Option<&str>) -> Validators {
    Validators {
        etag: etag.map(str::to_owned),
        last_modified: last_modified.map(str::to_owned),
    }
}

async fn answer(fetcher: &Fetcher, url: &Url, validators: &Validators) -> Answer {
    match fetcher.fetch(ask(url, validators)).await {
        Ok(answer) => answer,
        Err(error) => panic!("{url}: an answer was wanted, not {error:?}"),
    }
}

async fn body(fetcher: &Fetcher, url: &Url, validators: &Validators) -> Payload {
    match answer(fetcher, url, validators).await.fetched {
        Fetched::Body(payload) => payload,
        Fetched::NotModified => panic!("{url}: a body was wanted"),
    }
}

async fn failure(fetcher: &Fetcher, url: &Url) -> FetchError {
    match fetcher.fetch(ask(url, &Validators::default())).await {
        Err(error) => error,
        Ok(fetched) => panic!("{url}: a failure was wanted, not {fetched:?}"),
    }
}

/// The variant's name.
fn name(error: &FetchError) -> String {
    format!("{error:?}")
        .chars()
        .take_while(char::is_ascii_alphabetic)
        .collect()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[tokio::test]
async fn the_first_request_is_unconditional_and_says_who_asks_for_what() {
    let server = Server::start().await;
    server.on("/feed", |_| Reply::ok(FEED));
    let payload = body(&fetcher(), &server.url("/feed?format=rss#top"), &Validators::default()).await;
    assert_eq!((payload.bytes.as_slice(), payload.status), (FEED.as_bytes(), 200));

    let [request] = server.requests("/feed").try_into().unwrap();
    assert_eq!(
        (request.method.as_str(), request.target.as_str()),
        ("GET", "/feed?format=rss")
    );
    let mut headers: Vec<_> = request
        .headers
        .iter()
        .map(|(n, v)| (n.to_lowercase(), v.as_str()))
        .collect();
    headers.sort();
    let host = server.url("").authority().to_owned();
    let want = [
        (
            "accept",
            "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, \
             text/xml;q=0.9, */*;q=0.1",
        ),
        ("accept-encoding", "gzip, br, zstd"),
        ("host", &host),
        ("user-agent", "DatelineBot/0.0 (+https://dateline.example/)"),
    ];
    assert_eq!(headers, want.map(|(n, v)| (n.to_owned(), v)));
}

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
async fn redirects_are_followed_and_the_validators_are_the_final_ones() {
    let (server, fetcher) = (Server::start().await, fetcher());
    server.on("/final", |_| Reply::status(200, &[("ETag", "\"final\"")], FEED));
    for status in [301, 302, 303, 307, 308] {
        let path = format!("/{status}");
        server.on(&path, move |_| {
            Reply::status(status, &[("Location", "final"), ("ETag", "\"hop\"")], "")
        });
        let answer = answer(&fetcher, &server.url(&path), &validators(Some("\"final\""), None)).await;
        assert!(matches!(&answer.fetched, Fetched::Body(payload) if payload.url == server.url("/final")));
        assert_eq!(answer.validators, validators(Some("\"final\""), None));
        let moved = matches!(status, 301 | 308).then(|| server.url("/final"));
        assert_eq!(answer.moved, moved, "{status} moves the feed for good, or not");
        let last = server.requests("/final").pop().unwrap();
        assert_eq!(
            (last.header("If-None-Match"), last.header("Referer")),
            (Some("\"final\""), None),
            "{status}"
        );
    }
}

#[tokio::test]
async fn another_site_neither_gets_nor_gives_validators_or_credentials() {
    let (home, away, fetcher) = (Server::start().await, Server::start().await, fetcher());
    let target = away.url("/feed").to_string().replace("http://", "http://eve:trap@");
    home.on("/moved", move |_| Reply::redirect(302, &target));
    away.play(
        "/feed",
        vec![
            Reply::status(200, &[("ETag", "\"away\"")], FEED),
            Reply::status(304, &[], ""),
        ],
    );
    let mut source = home.url("/moved");
    source.set_username("ann").unwrap();
    source.set_password(Some("secret")).unwrap();
    let stored = validators(Some("\"home\""), None);

    let answer = answer(&fetcher, &source, &stored).await;
    assert!(matches!(&answer.fetched, Fetched::Body(payload) if payload.url == away.url("/feed")));
    assert_eq!(answer.validators, Validators::default());
    let [at_home] = home.requests("/moved").try_into().unwrap();
    let [at_away] = away.requests("/feed").try_into().unwrap();
    assert_eq!(at_home.header("If-None-Match"), Some("\"home\""));
    assert_eq!(at_home.header("Authorization"), Some("Basic YW5uOnNlY3JldA=="));
    assert_eq!(
        (at_away.header("If-None-Match"), at_away.header("Authorization")),
        (None, None)
    );

    let error = fetcher.fetch(ask(&source, &stored)).await.unwrap_err();
    assert_eq!(
        (name(&error).as_str(), error.status()),
        ("UnaskedNotModified", Some(304))
    );
}

#[tokio::test]
async fn what_a_source_has_its_own_server_told_goes_nowhere_else() {
    let (home, away, fetcher) = (Server::start().await, Server::start().await, fetcher());
    let target = away.url("/feed").to_string();
    home.on("/feed", move |_| Reply::redirect(302, &target));
    away.on("/feed", |_| Reply::ok(FEED));
    let mut secret = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut secret, b"Bearer one\n").unwrap();
    let manners = Manners {
        user_agent: Some("OurBot/1".to_owned()),
        headers: vec![("X-Api-Version".to_owned(), "2".to_owned())],
        authorization_file: Some(secret.path().to_owned()),
    };
    let url = home.url("/feed");
    let ask = |manners| Ask {
        url: &url,
        validators: &PLAIN_VALIDATORS,
        manners,
    };
    fetcher.fetch(ask(&manners)).await.unwrap();
    std::fs::write(secret.path(), "Bearer two").unwrap();
    fetcher.fetch(ask(&manners)).await.unwrap();
    for (request, token) in home.requests("/feed").iter().zip(["Bearer one", "Bearer two"]) {
        let told = ["User-Agent", "X-Api-Version", "Authorization"].map(|name| request.header(name));
        assert_eq!(told, [Some("OurBot/1"), Some("2"), Some(token)]);
    }
    for request in away.requests("/feed") {
        let told = ["User-Agent", "X-Api-Version", "Authorization"].map(|name| request.header(name));
        assert_eq!(told, [Some("OurBot/1"), None, None]);
    }
    for content in ["", "Bearer one\nX-Injected: 1"] {
        std::fs::write(secret.path(), content).unwrap();
        let error = fetcher.fetch(ask(&manners)).await.unwrap_err();
        assert_eq!(name(&error), "Authorization", "{content:?}");
    }
    assert_eq!(
        home.requests("/feed").len(),
        2,
        "without its credentials nothing is asked"
    );
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

#[tokio::test]
async fn a_proxy_is_asked_where_there_is_one() {
    let (proxy, server) = (Server::start().await, Server::start().await);
    let url = Url::parse("http://feeds.example/rss").unwrap();
    proxy.on("http://feeds.example/rss", |_| Reply::ok(FEED));
    let fetcher = Fetcher::new(&FetchConfig {
        proxy: Some(proxy.url("/")),
        ..config()
    })
    .unwrap();
    assert_eq!(body(&fetcher, &url, &PLAIN_VALIDATORS).await.bytes, FEED.as_bytes());
    assert_eq!((proxy.hits(), server.hits()), (1, 0));
}

#[tokio::test]
async fn credentials_stay_on_their_origin_and_out_of_what_we_pass_on() {
    let (server, fetcher) = (Server::start().await, fetcher());
    server.on("/old", |_| Reply::redirect(301, "/new?token=t"));
    server.on("/new", |_| Reply::ok(FEED));
    server.on("/lost", |_| Reply::status(403, &[], ""));
    let sign = |url: Url| Url::parse(&url.as_str().replace("http://", "http://ann:secret@")).unwrap();
    assert_eq!(
        body(&fetcher, &sign(server.url("/old")), &Validators::default())
            .await
            .url,
        server.url("/new?token=t")
    );
    assert_eq!(
        server.requests("/new")[0].header("Authorization"),
        Some("Basic YW5uOnNlY3JldA==")
    );
    let error = failure(&fetcher, &sign(server.url("/lost?token=secret")))
        .await
        .to_string();
    assert!(
        error.contains("/lost answered 403") && !error.contains("secret") && !error.contains("ann"),
        "{error}"
    );
}

#[tokio::test]
async fn redirects_that_lead_nowhere_are_named() {
    let (server, fetcher) = (Server::start().await, fetcher());
    for hop in 0..25 {
        server.on(&format!("/chain/{hop}"), move |_| {
            Reply::redirect(302, &format!("/chain/{}", hop + 1))
        });
    }
    server.on("/chain/25", |_| Reply::ok(FEED));
    server.on("/b", |_| Reply::redirect(301, "/a"));
    for (path, location, want) in [
        ("/self", "/self", "RedirectLoop"),
        ("/empty", "", "RedirectLoop"),
        ("/fragment", "/fragment#again", "RedirectLoop"),
        ("/a", "/b", "RedirectLoop"),
        ("/file", "file:///etc/passwd", "Blocked"),
        ("/ftp", "ftp://127.0.0.1/feed", "Blocked"),
        ("/gopher", "gopher://127.0.0.1:6379/_FLUSHALL", "Blocked"),
        ("/data", "data:text/xml,<rss/>", "Blocked"),
        ("/javascript", "javascript:alert(1)", "Blocked"),
        ("/zone", "http://[fe80::1%25lo]/", "BadRedirect"),
        ("/port", "http://127.0.0.1:99999/", "BadRedirect"),
        ("/host", "http://", "BadRedirect"),
        ("/long", &format!("/{}", "x".repeat(70_000)), "BadRedirect"),
    ] {
        server.play(path, vec![Reply::redirect(302, location)]);
        let error = failure(&fetcher, &server.url(path)).await;
        assert_eq!(name(&error), want, "{path}: {error}");
    }
    server.on("/latin1", |_| {
        Reply::raw(b"HTTP/1.1 302 Found\r\nLocation: /\xe9\r\nContent-Length: 0\r\n\r\n")
    });
    server.on("/none", |_| Reply::status(301, &[], ""));
    for (path, want) in [
        ("/latin1", "BadRedirect"),
        ("/none", "BadRedirect"),
        ("/chain/0", "TooManyRedirects"),
    ] {
        assert_eq!(name(&failure(&fetcher, &server.url(path)).await), want, "{path}");
    }
    assert_eq!(
        body(&fetcher, &server.url("/chain/20"), &Validators::default())
            .await
            .url,
        server.url("/chain/25")
    );
    assert_eq!(
        server.requests("/chain/6").len(),
        0,
        "the sixth redirect of /chain/0 was followed"
    );
}

#[tokio::test]
async fn without_leave_nothing_on_this_machine_is_reached() {
    let server = Server::start().await;
    server.on("/secret", |_| Reply::ok("secret"));
    let fetcher = Fetcher::new(&FetchConfig {
        allow_private_networks: false,
        ..config()
    })
    .unwrap();
    let port = server.url("").port().unwrap();
    for host in [
        "127.0.0.1",
        "localhost",
        "localhost.",
        "127.1",
        "2130706433",
        "0x7f.1",
        "[::ffff:127.0.0.1]",
        "ann:secret@0",
    ] {
        let url = Url::parse(&format!("http://{host}:{port}/secret")).unwrap();
        let error = failure(&fetcher, &url).await;
        assert_eq!(
            (name(&error).as_str(), error.next(at("2024-05-08T07:00:00Z"))),
            ("Blocked", Next::GiveUp),
            "{host}"
        );
        let why = std::error::Error::source(&error).unwrap().to_string();
        assert!(
            why.contains("name its network in allow_networks under [fetch]"),
            "{why}"
        );
    }
    assert_eq!(server.hits(), 0);
}

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
        (429, "99999999999999999999", Next::Retry),
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

#[tokio::test]
async fn cookies_are_not_returned_and_no_header_sends_us_anywhere() {
    let (server, fetcher) = (Server::start().await, fetcher());
    server.on("/feed", |request| {
        let trap = format!("<http://{}/trap>; rel=\"hub\"", request.header("host").unwrap());
        Reply::status(
            200,
            &[
                ("Set-Cookie", "id=1; Path=/"),
                ("Refresh", "0;url=/trap"),
                ("Link", &trap),
            ],
            FEED,
        )
    });
    for _ in 0..2 {
        body(&fetcher, &server.url("/feed"), &Validators::default()).await;
    }
    let [first, second] = server.requests("/feed").try_into().unwrap();
    assert_eq!((second.header("Cookie"), second.header("Referer")), (None, None));
    assert_eq!(second.connection, first.connection, "the connection was not kept");
    assert_eq!(server.hits(), 2);
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
