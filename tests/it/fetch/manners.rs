//! Who we say we are, what we tell a server, and what we never say.

use dateline::article::Validators;
use dateline::config::{FetchConfig, Manners};
use dateline::ingest::fetch::{Ask, Fetcher};
use url::Url;

use super::{FEED, PLAIN_VALIDATORS, body, config, failure, fetcher, name};
use crate::server::{Reply, Server};

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
        home: &url,
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
async fn a_proxy_that_cannot_be_reached_is_named() {
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let fetcher = Fetcher::new(&FetchConfig {
        proxy: Some(Url::parse(&format!("http://{free}")).unwrap()),
        ..config()
    })
    .unwrap();
    for feed in ["http://feeds.example/rss", "https://feeds.example/rss"] {
        let ask = Ask {
            url: &Url::parse(feed).unwrap(),
            home: &Url::parse(feed).unwrap(),
            validators: &Validators::default(),
            manners: &Manners::default(),
        };
        let error = fetcher.fetch(ask).await.unwrap_err().to_string();
        assert_eq!(
            error,
            format!("no connection to {feed} through the proxy http://{free}/")
        );
    }
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
