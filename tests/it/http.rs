//! The HTTP face over a real store, and the accept loop over a real socket.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::routing::get;
use dateline::article::{Draft, PubStatus, Rights};
use dateline::emit::{App, ServeLimits, router, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::made;
use crate::site::{Answer, ask};

const CONFIG: &str = r#"
[http]
base_url = "https://news.example/press"

[[source]]
id = "wire-a"
url = "https://wire.example/feed.rss?token=secret"

[[output]]
id = "all"
title = "All <news>"
limit = 20

[[output]]
id = "odd"
title = "Odd"
filter = 'headline ~ "number 1" or headline ~ "number 3"'
"#;

struct Site {
    router: Router,
    made: made::MadeStore,
}

async fn site(drafts: Vec<Draft>) -> Site {
    let made = made::store(drafts).await;
    let config = dateline::config::parse(CONFIG, "dateline.toml").expect("the configuration is good");
    made.store
        .serve_outputs(&config.outputs, dateline::clock::now())
        .await
        .expect("the store takes outputs");
    while made.store.seek_members(made::morning()).await.expect("it seeks").left > 0 {}
    let app = App::new(Arc::new(config), made.store.clone()).expect("no token file");
    let router = router(app, Router::new());
    Site { router, made }
}

impl Site {
    async fn ask(&self, method: &str, url: &str, headers: &[(&str, &str)]) -> Answer {
        ask(&self.router, method, url, headers).await
    }

    async fn get(&self, url: &str) -> Answer {
        self.ask("GET", url, &[]).await
    }
}

#[tokio::test]
async fn what_each_url_answers() {
    let site = site((0..30).map(made::draft).collect()).await;
    for (url, status, media_type, holds) in [
        (
            "/",
            200,
            "text/html; charset=utf-8",
            "https://news.example/press/outputs/odd.rss",
        ),
        ("/", 200, "text/html; charset=utf-8", "All &#60;news&#62;"),
        (
            "/outputs/odd.atom",
            200,
            "application/atom+xml; charset=utf-8",
            "<title type=\"text\">Release number 3 of",
        ),
        (
            "/outputs/odd.rss",
            200,
            "application/rss+xml; charset=utf-8",
            "href=\"https://news.example/press/outputs/odd.rss\"",
        ),
        (
            "/outputs/odd.json",
            200,
            "application/feed+json",
            "\"feed_url\": \"https://news.example/press/outputs/odd.json\"",
        ),
        ("/outputs/odd", 200, "text/html; charset=utf-8", "Release number 3 of"),
        (
            "/articles/1",
            200,
            "text/html; charset=utf-8",
            "id=\"carried\">Who carried it</h2>",
        ),
        ("/articles/1.json", 200, "application/json", "\"pubstatus\": \"usable\""),
        (
            "/articles/1.ninjs",
            200,
            "application/json",
            "\"pubStatus\": \"usable\"",
        ),
        ("/healthz", 200, "text/plain; charset=utf-8", "ok\n"),
        (
            "/opml",
            200,
            "text/x-opml; charset=utf-8",
            "xmlUrl=\"https://news.example/press/outputs/odd.atom\" htmlUrl=\"https://news.example/press/outputs/odd\"",
        ),
        (
            "/outputs/none.atom",
            404,
            "text/plain; charset=utf-8",
            "there is no output none; there are: all, odd\n",
        ),
        (
            "/outputs/odd.xml",
            404,
            "text/plain; charset=utf-8",
            "outputs are not served as .xml; there are: .atom, .rss, .json, .ninjs, .ndjson",
        ),
        (
            "/outputs/%0Ax",
            404,
            "text/plain; charset=utf-8",
            "there is no output \u{FFFD}x; there are: all, odd\n",
        ),
        (
            "/articles/9999",
            404,
            "text/plain; charset=utf-8",
            "there is no article 9999; the latest are listed at /\n",
        ),
        (
            "/articles/..%2f1",
            404,
            "text/plain; charset=utf-8",
            "there is no article ../1; the latest are listed at /\n",
        ),
        (
            "/feed",
            404,
            "text/plain; charset=utf-8",
            "there is no /feed; start at /\n",
        ),
        (
            "/outputs/odd.atom?limit=many",
            400,
            "text/plain; charset=utf-8",
            "limit is a number from 1: ?limit=20\n",
        ),
    ] {
        let answer = site.get(url).await;
        assert_eq!(answer.status.as_u16(), status, "{url}: {}", answer.text());
        assert_eq!(answer.header(header::CONTENT_TYPE), media_type, "{url}");
        let text = answer.text();
        assert!(text.contains(holds), "{url}: {holds:?} is not in {text}");
        assert!(!text.contains("secret"), "{url} tells a secret of a source's URL");
        assert_eq!(answer.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{url}");
        assert!(
            answer
                .header(header::CONTENT_SECURITY_POLICY)
                .starts_with("default-src 'none'"),
            "{url}"
        );
    }
    for method in ["POST", "PUT", "DELETE"] {
        let answer = site.ask(method, "/outputs/odd.atom", &[]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.text().as_str()),
            (405, "use GET or HEAD\n"),
            "{method}"
        );
        assert_eq!(answer.header(header::ALLOW), "GET, HEAD", "{method}");
    }
}

#[tokio::test]
async fn a_release_in_two_languages_is_two_articles_that_name_each_other() {
    let release = |number, language: &str, headline: &str| Draft {
        wire: Some("Business Wire".into()),
        release_id: Some("20260302005001".into()),
        language: Some(language.into()),
        headline: Some(headline.into()),
        ..made::draft(number)
    };
    let drafts = vec![
        release(2, "en", "Acme opens its second plant in Toledo"),
        release(1, "fr", "Acme ouvre sa deuxième usine à Toledo"),
    ];
    let site = site(drafts).await;
    let page = site.get("/articles/1").await.text();
    assert!(
        page.contains("<h2>In other languages</h2>") && page.contains("/articles/2\">Acme ouvre"),
        "{page}"
    );
    let document = site.get("/articles/2.ninjs").await.text();
    assert!(
        document.contains("\"rel\": \"translation\"") && document.contains("Acme opens its second"),
        "{document}"
    );
}

#[tokio::test]
async fn a_limit_asks_for_less_and_never_for_more() {
    let site = site((0..30).map(made::draft).collect()).await;
    for (query, want) in [("", 20), ("?limit=7", 7), ("?limit=5000", 20), ("?x=1&limit=1", 1)] {
        let answer = site.get(&format!("/outputs/all.rss{query}")).await;
        assert_eq!(answer.text().matches("<item>").count(), want, "{query}");
    }
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let site = site((0..3).map(made::draft).collect()).await;
    for url in ["/", "/outputs/all.atom", "/articles/1.json", "/nothing"] {
        for coding in ["identity", "gzip"] {
            let headers = [("accept-encoding", coding)];
            let (get, head) = (
                site.ask("GET", url, &headers).await,
                site.ask("HEAD", url, &headers).await,
            );
            assert_eq!(get.status, head.status, "{url}");
            assert!(head.body.is_empty() && !get.body.is_empty(), "{url}");
            for name in [
                header::ETAG,
                header::CONTENT_TYPE,
                header::CONTENT_ENCODING,
                header::VARY,
                header::LAST_MODIFIED,
            ] {
                assert_eq!(get.headers.get(&name), head.headers.get(&name), "{url} {coding} {name}");
            }
        }
    }
}

#[tokio::test]
async fn each_coding_has_its_own_validator_and_each_gives_304() {
    let site = site((0..9).map(made::draft).collect()).await;
    let plain = site.get("/outputs/all.atom").await;
    let etag = plain.header(header::ETAG).to_owned();
    assert_eq!(etag.len(), 34, "{etag}: sixteen bytes in hexadecimal, in quotes");
    assert_eq!(plain.header(header::CACHE_CONTROL), "public, max-age=30");
    assert!(!plain.header(header::LAST_MODIFIED).is_empty());
    let mut tags = vec![etag.clone()];
    for coding in ["gzip", "br", "zstd"] {
        let coded = site
            .ask("GET", "/outputs/all.atom", &[("accept-encoding", coding)])
            .await;
        assert_eq!(coded.header(header::CONTENT_ENCODING), coding);
        assert_eq!(
            coded.header(header::ETAG),
            format!("{}-{coding}\"", etag.trim_end_matches('"'))
        );
        assert_eq!(coded.header(header::VARY), "accept-encoding");
        assert!(coded.body.len() < plain.body.len());
        tags.push(coded.header(header::ETAG).to_owned());
    }
    for tag in &tags {
        for coding in ["identity", "gzip"] {
            let headers = [("if-none-match", tag.as_str()), ("accept-encoding", coding)];
            let answer = site.ask("GET", "/outputs/all.atom", &headers).await;
            assert_eq!(answer.status, StatusCode::NOT_MODIFIED, "{tag}");
            assert!(answer.body.is_empty());
            assert_eq!(answer.header(header::ETAG), tag);
            assert_eq!(answer.header(header::VARY), "accept-encoding");
        }
    }
    made::admit(&site.made.store, vec![made::draft(40)]).await;
    let answer = site
        .ask("GET", "/outputs/all.atom", &[("if-none-match", &tags.join(", "))])
        .await;
    assert_eq!(answer.status, StatusCode::OK, "a new article is new bytes");
}

#[tokio::test]
async fn what_is_withheld_or_may_not_be_re_emitted_stays_inside() {
    let withheld = Draft {
        pubstatus: PubStatus::Withheld,
        ..made::draft(1)
    };
    let headline_only = Draft {
        rights: Rights::Headline,
        ..made::draft(3)
    };
    let site = site(vec![withheld, headline_only]).await;
    let mut pages = 0;
    for article in made::everything(&site.made.store).await {
        let number = article.number;
        for url in ["", ".json", ".ninjs"].map(|format| format!("/articles/{number}{format}")) {
            let answer = site.get(&url).await;
            let is_withheld = article.draft.pubstatus == PubStatus::Withheld;
            assert_eq!(answer.status.as_u16(), if is_withheld { 404 } else { 200 }, "{url}");
            assert!(!answer.text().contains("The text of release"), "{url}");
            pages += 1;
        }
    }
    assert_eq!(pages, 6);
    for url in [
        "/",
        "/outputs/odd",
        "/outputs/odd.atom",
        "/outputs/odd.rss",
        "/outputs/odd.json",
        "/outputs/odd.ninjs",
        "/outputs/odd.ndjson",
    ] {
        let text = site.get(url).await.text();
        assert!(text.contains("Release number 3"), "{url}");
        assert!(
            !text.contains("number 1 of this") && !text.contains("The text of release") && !text.contains("in short"),
            "{url}"
        );
    }
}

struct Served {
    address: std::net::SocketAddr,
    shutdown: CancellationToken,
    server: tokio::task::JoinHandle<()>,
    _site: Site,
}

async fn served(limits: ServeLimits, grace: Duration) -> Served {
    over_a_socket(site((0..3).map(made::draft).collect()).await, limits, grace).await
}

async fn over_a_socket(site: Site, limits: ServeLimits, grace: Duration) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let address = listener.local_addr().expect("an address");
    let shutdown = CancellationToken::new();
    let server = tokio::spawn(serve(listener, site.router.clone(), limits, shutdown.clone(), grace));
    Served {
        address,
        shutdown,
        server,
        _site: site,
    }
}

async fn connect(served: &Served, sent: &str) -> TcpStream {
    let mut stream = TcpStream::connect(served.address).await.expect("it listens");
    stream.write_all(sent.as_bytes()).await.expect("it reads");
    stream
}

async fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset is an end as well.
    let _ = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut bytes))
        .await
        .expect("it closes");
    String::from_utf8_lossy(&bytes).into_owned()
}

const ONE_REQUEST: &str = "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn half_a_request_holds_its_place_no_longer_than_the_header_time_out() {
    let limits = ServeLimits {
        max_connections: 1,
        header_read_timeout: Duration::from_millis(200),
        ..ServeLimits::default()
    };
    let served = served(limits, Duration::from_secs(5)).await;
    let slow = connect(&served, "GET /healthz HTTP/1.1\r\nhost:").await;
    // There is one place, so this is answered only once the slow one is gone.
    let next = connect(&served, ONE_REQUEST).await;
    assert!(rest(next).await.starts_with("HTTP/1.1 200 OK"));
    assert!(!rest(slow).await.contains("200 OK"));
}

#[tokio::test]
async fn shutdown_closes_idle_connections_at_once_and_ends_within_the_grace() {
    let limits = ServeLimits {
        header_read_timeout: Duration::from_secs(60),
        ..ServeLimits::default()
    };
    let served = served(limits, Duration::from_millis(300)).await;
    let mut idle = connect(&served, "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let mut start = [0; 15];
    idle.read_exact(&mut start).await.expect("an answer");
    assert_eq!(&start, b"HTTP/1.1 200 OK");
    let half = connect(&served, "GET /healthz HTTP/1.1\r\nhost:").await;
    served.shutdown.cancel();
    tokio::time::timeout(Duration::from_secs(20), served.server)
        .await
        .expect("it ends")
        .expect("without a panic");
    rest(idle).await;
    rest(half).await;
    assert!(
        TcpStream::connect(served.address).await.is_err(),
        "nobody listens any more"
    );
}

#[tokio::test]
async fn whatever_is_answered_bears_the_headers_of_security_and_is_coded_as_asked() {
    async fn fault() {
        panic!("a fault of ours");
    }
    let made = made::store((0..3).map(made::draft).collect()).await;
    let config = dateline::config::parse("[http]\nrequests_per_minute = 2\n", "dateline.toml").expect("it is good");
    let app = App::new(Arc::new(config), made.store.clone()).expect("no token file");
    let router = router(app, Router::new().route("/fault", get(fault)));
    let served = over_a_socket(Site { router, made }, ServeLimits::default(), Duration::ZERO).await;
    for (path, status, is_coded) in [
        ("/fault", 500, false),
        ("/", 200, true),
        ("/", 429, true),
        ("/nothing", 429, true),
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\naccept-encoding: gzip\r\nconnection: close\r\n\r\n");
        let answer = rest(connect(&served, &request).await).await;
        let head = answer
            .split_once("\r\n\r\n")
            .expect("a head and a body")
            .0
            .to_ascii_lowercase();
        assert!(head.starts_with(&format!("http/1.1 {status} ")), "{path}: {head}");
        for line in [
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "content-security-policy: default-src 'none'",
        ] {
            assert!(head.contains(line), "{path}: no {line} in {head}");
        }
        assert_eq!(head.contains("retry-after: 60"), status == 429, "{path}: {head}");
        assert_eq!(head.contains("content-encoding: gzip"), is_coded, "{path}: {head}");
        assert_eq!(head.contains("-gzip\"\r\n"), status == 200, "the tag of {path}: {head}");
    }
    for (host, status) in [("localhost", "200 OK"), ("news.example", "429 Too Many Requests")] {
        let request = format!("GET /healthz HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        let answer = rest(connect(&served, &request).await).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}\r\n")),
            "a probe of {host}: {answer}"
        );
    }
}

#[tokio::test]
async fn a_feed_is_whole_over_a_socket() {
    let served = served(ServeLimits::default(), Duration::from_secs(5)).await;
    let url = format!("http://{}/outputs/all.atom", served.address);
    let feed = tokio::task::spawn_blocking(move || plain_get(&url))
        .await
        .expect("no panic");
    assert_eq!(
        feed_rs::parser::parse(feed.as_bytes()).expect("a feed").entries.len(),
        3
    );
}

/// The simplest client: one request, read to the end.
fn plain_get(url: &str) -> String {
    let url = url::Url::parse(url).expect("a URL");
    let address = url.socket_addrs(|| None).expect("loopback")[0];
    let mut stream = std::net::TcpStream::connect(address).expect("it listens");
    let request = format!("GET {} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", url.path());
    std::io::Write::write_all(&mut stream, request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer.split_once("\r\n\r\n").expect("a head and a body").1.to_owned()
}
