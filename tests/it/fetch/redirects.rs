//! Where an answer may send us.

use dateline::article::Validators;
use dateline::config::FetchConfig;
use dateline::ingest::fetch::{Fetched, Fetcher, Next};
use url::Url;

use super::{FEED, answer, ask, at, body, config, failure, fetcher, name, validators};
use crate::server::{Reply, Server};

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
