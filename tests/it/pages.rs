//! The pages for people, over a store with a bit of everything.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use chrono::TimeDelta;
use dateline::article::{Draft, Kind, Media, Organisation, PubStatus, Reject, Rights, SourceId, Symbol};
use dateline::config::Config;
use dateline::emit::{App, router};
use dateline::filter::Filter;
use dateline::release;
use dateline::store::{Bounds, Outcome, Poll};
use dateline::text::{html_of_text, html_to_text};
use tower::ServiceExt;

use crate::made;
use crate::site::ask;

/// A site and its store.
pub(crate) struct Site {
    pub(crate) router: Router,
    made: made::MadeStore,
}

impl Site {
    async fn over(config: Config, drafts: Vec<Draft>) -> Self {
        let made = made::store(drafts).await;
        let synced = made.store.sync_sources(&config.sources, made::morning()).await;
        synced.expect("the sources are known");
        let router = router(
            App::new(Arc::new(config), made.store.clone()).expect("no token file"),
            Router::new(),
        );
        Self { router, made }
    }

    /// Status and text.
    async fn get(&self, url: &str) -> (u16, String) {
        let answer = ask(&self.router, "GET", url, &[]).await;
        (answer.status.as_u16(), answer.text())
    }

    /// The number of the article with this in its headline.
    async fn number(&self, headline: &str) -> i64 {
        let holds = |draft: &Draft| draft.headline.as_deref().is_some_and(|text| text.contains(headline));
        let articles = made::everything(&self.made.store).await;
        let found = articles.iter().find(|article| holds(&article.draft));
        found.unwrap_or_else(|| panic!("{headline} is stored")).number
    }

    /// Every kind of page, by name.
    pub(crate) async fn urls(&self) -> Vec<(&'static str, String)> {
        let corrected = self.number("Castellane").await;
        let long = self.number("Supercalifragilistic").await;
        let arabic = self.number("أعلنت").await;
        let withdrawn = self.number("Quillfeather").await;
        let short = self.number("Release number 12 ").await;
        vec![
            ("index", "/".to_owned()),
            ("search", "/?q=dividend".to_owned()),
            ("nothing", "/?q=unheard-of".to_owned()),
            ("mistake", "/?q=headlin+%7E+%22steel%22".to_owned()),
            ("output", "/outputs/steel".to_owned()),
            ("article", format!("/articles/{corrected}")),
            ("long", format!("/articles/{long}")),
            ("arabic", format!("/articles/{arabic}")),
            ("withdrawn", format!("/articles/{withdrawn}")),
            ("summary", format!("/articles/{short}")),
            ("versions", format!("/articles/{corrected}/versions")),
            ("sources", "/sources".to_owned()),
            ("source", "/sources/wire-a".to_owned()),
            ("failing", "/sources/wire-b".to_owned()),
        ]
    }
}

fn config(home: &str) -> Config {
    let text = format!(
        r#"
[http]
base_url = "{home}"

[[source]]
id = "wire-a"
url = "https://wire.example/feed.rss?token=secret"
wire = "businesswire"

[[source]]
id = "wire-b"
url = "https://other.example/feed.rss?token=secret"
wire = "globenewswire"

[[output]]
id = "all"
title = "Everything"

[[output]]
id = "steel"
title = "Steel and dividends, in English"
description = "What the steel makers of Europe say of themselves, and who pays a dividend."
filter = 'language = "en" and (text ~ "steel" or text ~ "quarterly dividend") and not kind = "advisory"'
"#
    );
    dateline::config::parse(&text, "dateline.toml").expect("the configuration is good")
}

/// A release with its parts, of which everything may be shown.
fn release(number: usize, language: &str, headline: &str, body: &str) -> Draft {
    let html = html_of_text(body);
    let body_text = html_to_text(&html);
    Draft {
        headline: Some(headline.to_owned()),
        language: Some(language.to_owned()),
        wire: Some("Business Wire".to_owned()),
        summary: Some(dateline::text::summary(&body_text, 250)),
        sections: release::sections(&body_text, 0..0),
        published: Some(made::morning() + TimeDelta::minutes(i64::try_from(number).expect("small"))),
        body_html: html,
        body_text,
        ..made::draft(number)
    }
}

const DIVIDEND: &str = "CAMBRIDGE, Mass.--(BUSINESS WIRE)--Castellane Biotech (NASDAQ: CSTL) today declared a quarterly dividend of 25 cents per share, payable on January 15 to shareholders of record on December 30.\n\n“We have grown in each of the last twelve quarters,” said Ada Quill, chief executive. “Our budget for research is unchanged, and so is our view of the year.”\n\nThe company opened its second plant in Toledo in March and expects to employ 640 people there.\n\nAbout Castellane Biotech\n\nCastellane Biotech makes enzymes for bakers and brewers. It was founded in 1988 and is based in Cambridge, Massachusetts.\n\nForward-Looking Statements\n\nThis press release contains forward-looking statements within the meaning of the Private Securities Litigation Reform Act of 1995. Actual results may differ materially from those anticipated.\n\nContacts\n\nMedia: Ben Field, +1 617 555 0100, press@castellane.example";

fn castellane() -> Draft {
    let symbol = |exchange: &str, symbol: &str| Symbol {
        exchange: exchange.to_owned(),
        symbol: symbol.to_owned(),
        raw: symbol.to_owned(),
    };
    Draft {
        issuer: Some("Castellane Biotech".to_owned()),
        organisations: vec![Organisation {
            name: Some("Castellane Biotech".to_owned()),
            symbols: vec![symbol("XNAS", "CSTL"), symbol("XFRA", "CB7")],
            isin: vec!["US1484111018".to_owned()],
            ..Organisation::default()
        }],
        subheadline: Some("Payable on January 15 to shareholders of record on December 30".to_owned()),
        media: vec![Media {
            url: "https://media.example/annual-report.pdf".to_owned(),
            media_type: Some("application/pdf".to_owned()),
            caption: Some("Annual report".to_owned()),
            ..Media::default()
        }],
        ..release(101, "en", "Castellane Biotech Declares Quarterly Dividend", DIVIDEND)
    }
}

/// A site with a bit of everything, whose pages lead to `home`.
pub(crate) async fn furnished(home: &str) -> Site {
    let mut drafts: Vec<Draft> = (0..40)
        .map(|number| Draft {
            rights: Rights::Summary,
            wire: Some("Business Wire".to_owned()),
            ..made::draft(number)
        })
        .collect();
    drafts.push(castellane());
    drafts.push(release(
        102,
        "en",
        &format!(
            "Supercalifragilistic{} and then some words of steel {}",
            "x".repeat(900),
            "long ".repeat(220)
        ),
        &format!(
            "BERN -- {} steel.\n\nhttps://wire.example/{}",
            "A sentence of some length. ".repeat(30),
            "y".repeat(600)
        ),
    ));
    drafts.push(Draft {
        wire: None,
        ..release(
            103,
            "ar",
            "أعلنت شركة الفولاذ عن أرباح الربع الثالث",
            "دبي -- أعلنت شركة الفولاذ اليوم عن أرباح الربع الثالث من العام.",
        )
    });
    drafts.push(release(
        104,
        "ja",
        "鋼鉄株式会社、第3四半期の決算を発表",
        "東京 -- 鋼鉄株式会社は本日、第3四半期の決算を発表しました。売上高は25億円です。",
    ));
    drafts.push(Draft {
        pubstatus: PubStatus::Canceled,
        kind: Kind::Retraction,
        ..release(
            105,
            "en",
            "Quillfeather Robotics Announces Merger Talks",
            "AUSTIN, Texas -- What was told too early.",
        )
    });
    let site = Site::over(config(home), drafts).await;
    let at = |minutes| made::morning() + TimeDelta::minutes(minutes);
    let admit = async |poll: Poll| {
        site.made
            .store
            .admit(&poll, poll.started)
            .await
            .expect("the store takes a poll")
    };
    // The same item again, with another figure and a mark.
    let corrected = DIVIDEND
        .replace("25 cents", "26 cents")
        .replace("640 people", "655 people by the end of the year");
    let corrected = Draft {
        kind: Kind::Replacement,
        headline: Some("CORRECTING and REPLACING Castellane Biotech Declares Quarterly Dividend".to_owned()),
        received: at(30),
        body_html: html_of_text(&corrected),
        body_text: html_to_text(&html_of_text(&corrected)),
        sections: release::sections(&html_to_text(&html_of_text(&corrected)), 0..0),
        ..castellane()
    };
    admit(Poll {
        started: at(30),
        wire: Some("businesswire".to_owned()),
        ..made::poll(vec![corrected])
    })
    .await;
    let copy = Draft {
        source: SourceId::new("wire-b"),
        wire: Some("GlobeNewswire".to_owned()),
        url: Some("https://other.example/castellane".to_owned()),
        guid: Some("other-101".to_owned()),
        received: at(34),
        ..castellane()
    };
    let other = |minutes, drafts| Poll {
        source: SourceId::new("wire-b"),
        url: "https://other.example/feed.rss?token=secret".to_owned(),
        wire: Some("globenewswire".to_owned()),
        started: at(minutes),
        rejects: vec![Reject {
            index: 3,
            why: "neither headline nor text; see https://other.example/?token=secret".to_owned(),
        }],
        ..made::poll(drafts)
    };
    admit(other(34, vec![copy])).await;
    for minutes in 35..60 {
        admit(Poll {
            outcome: if minutes % 7 == 0 {
                Outcome::FetchError
            } else {
                Outcome::NotModified
            },
            error: (minutes % 7 == 0)
                .then(|| "no answer from https://other.example/feed.rss?token=secret in 30 s".to_owned()),
            rejects: vec![],
            ..other(minutes, vec![])
        })
        .await;
    }
    admit(Poll {
        outcome: Outcome::FetchError,
        error: Some("https://u:password@other.example/feed.rss?token=secret answers 503".to_owned()),
        rejects: vec![],
        ..other(61, vec![])
    })
    .await;
    site
}

#[tokio::test]
async fn what_each_page_tells() {
    let site = furnished("https://news.example/press").await;
    let urls = site.urls().await;
    let page = |name: &str| urls.iter().find(|(known, _)| *known == name).expect("a page").1.clone();
    for (name, status, holds) in [
        ("index", 200, "also on GlobeNewswire"),
        ("index", 200, "href=\"https://news.example/press/outputs/steel.rss\""),
        ("index", 200, "<span class=\"badge plain\">Japanese</span>"),
        ("search", 200, "all these words in headline or body"),
        ("nothing", 200, "No release holds this"),
        ("mistake", 400, "headlin ~ &#34;steel&#34;\n^^^^^^^"),
        (
            "output",
            200,
            "Releases where language is English, and (headline or body has the word “steel” or",
        ),
        ("output", 200, "application/feed+json"),
        ("article", 200, "This release was corrected: it is version 2"),
        ("article", 200, "<summary lang=\"en\">About the issuer</summary>"),
        (
            "article",
            200,
            "<summary lang=\"en\">Forward-looking statements</summary>",
        ),
        ("article", 200, "XNAS:CSTL"),
        ("article", 200, "annual-report.pdf"),
        ("article", 200, "data-label=\"Behind the first\">34 min"),
        ("article", 200, "\"@type\":\"NewsArticle\""),
        ("arabic", 200, "<article lang=\"ar\">"),
        (
            "withdrawn",
            200,
            "This release was withdrawn by its issuer or its wire.",
        ),
        ("summary", 200, "let this page show no more"),
        ("versions", 200, "<del>25</del>"),
        ("versions", 200, "<ins>26</ins>"),
        ("versions", 200, "paragraphs unchanged"),
        ("sources", 200, "Last 27 polls: 1 with news, "),
        ("source", 200, "<code>https://wire.example/feed.rss</code>"),
        ("failing", 200, "https://other.example/feed.rss answers 503"),
        ("failing", 200, "neither headline nor text; see https://other.example/"),
    ] {
        let (have, text) = site.get(&page(name)).await;
        assert_eq!(have, status, "{name}");
        assert!(text.contains(holds), "{name}: {holds:?} is not in {text}");
    }
    for (url, status, holds) in [
        (
            "/sources/none",
            404,
            "there is no source none; all are listed at /sources\n",
        ),
        ("/articles/9999/versions", 404, "there is no article 9999"),
        ("/articles/1/versions?compare=7..x", 200, "This release has one version"),
        ("/?before=nonsense", 200, "Latest releases"),
    ] {
        let (have, text) = site.get(url).await;
        assert_eq!(have, status, "{url}");
        assert!(text.contains(holds), "{url}: {text}");
    }
}

#[tokio::test]
async fn no_page_tells_a_secret_or_what_its_source_keeps_back() {
    let site = furnished("https://news.example/press").await;
    for (name, url) in site.urls().await {
        let (_, text) = site.get(&url).await;
        for hidden in ["secret", "password", "The text of release", "told too early"] {
            assert!(!text.contains(hidden), "{name} tells {hidden:?}");
        }
    }
}

#[tokio::test]
async fn older_pages_lead_through_every_article_once() {
    let site = Site::over(config("https://news.example"), (0..95).map(made::draft).collect()).await;
    let (mut url, mut seen) = ("/".to_owned(), Vec::new());
    for _ in 0..10 {
        let (_, text) = site.get(&url).await;
        seen.extend(
            text.split("/articles/")
                .skip(1)
                .filter_map(|rest| rest.split('"').next()?.parse::<i64>().ok()),
        );
        let Some((_, rest)) = text.split_once("rel=\"next\" href=\"https://news.example") else {
            break;
        };
        url = rest.split('"').next().expect("a link").replace("&#38;", "&");
    }
    let all = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!((all, seen.len()), (95, 95));
}

#[tokio::test]
async fn a_search_is_bounded_and_says_where_to_go_on() {
    let site = Site::over(config("https://news.example"), (0..300).map(made::draft).collect()).await;
    let store = &site.made.store;
    let find = |text: &str| Filter::parse(text).expect("a filter");
    let second = std::time::Duration::from_secs(60);
    // Memory alone decides of an issuer: every row must be looked at.
    let rare = find("issuer exists or headline ~ 'number 290'");
    let bounds = |rows| Bounds { rows, time: second };
    let page = store
        .page(&rare, None, 5, bounds(100), made::morning())
        .await
        .expect("it reads");
    assert!(page.is_cut && page.articles.is_empty());
    let page = store
        .page(&rare, page.next, 5, bounds(250), made::morning())
        .await
        .expect("it reads");
    assert_eq!((page.is_cut, page.articles.len(), page.next), (false, 1, None));
    let all = store
        .page(&Filter::everything(), None, 300, bounds(1_000), made::morning())
        .await
        .expect("it reads");
    assert_eq!((all.articles.len(), all.is_cut), (300, false));
    // No time at all: it ends at once, and what ended it stops nothing that comes after.
    let none = Bounds {
        rows: 1_000,
        time: std::time::Duration::ZERO,
    };
    for _ in 0..8 {
        let page = store
            .page(&find("source = 'none' or url = 'none'"), None, 5, none, made::morning())
            .await
            .expect("it reads");
        assert!(page.is_cut, "SQLite itself was interrupted");
        let page = store
            .page(&Filter::everything(), None, 5, none, made::morning())
            .await
            .expect("it reads");
        assert!(page.is_cut && page.articles.is_empty());
        assert_eq!(made::everything(store).await.len(), 300);
    }
}

#[tokio::test]
async fn an_empty_site_says_what_to_do() {
    let site = Site::over(config("https://news.example"), vec![]).await;
    let (_, polled) = site.get("/").await;
    assert!(polled.contains("No release yet."), "{polled}");
    let folder = tempfile::tempdir().expect("a folder");
    let store = dateline::store::Store::open(&folder.path().join("s.sqlite"))
        .await
        .expect("a store");
    for (text, want) in [
        ("", "No source is configured."),
        (
            "[[source]]\nid = \"a\"\nurl = \"https://a.example/\"\n",
            "No source has been polled yet.",
        ),
    ] {
        let config = Arc::new(dateline::config::parse(text, "dateline.toml").expect("it is good"));
        let store = store.clone();
        let request = Request::builder().uri("/").body(Body::empty()).expect("a request");
        let answer = router(App::new(config, store).expect("no token file"), Router::new())
            .oneshot(request)
            .await
            .expect("infallible");
        let page = to_bytes(answer.into_body(), 1_000_000).await.expect("a page");
        assert!(String::from_utf8_lossy(&page).contains(want), "{want}");
    }
}

/// Elements that run or load something.
const ACTIVE: &[&str] = &[
    "iframe", "object", "embed", "base", "link", "math", "frame", "template", "audio", "video",
];

/// The elements of a page, each with the names of its attributes; every `<` of a letter must be one that we could have written.
fn elements(page: &str) -> Vec<(&str, Vec<&str>)> {
    const ATTRIBUTE: &str = r#"\s+([A-Za-z-]+)(?:="[^"]*")?"#;
    let attribute = regex::Regex::new(ATTRIBUTE).expect("a pattern");
    let element = regex::Regex::new(&format!("<([a-z][a-z0-9]*)((?:{ATTRIBUTE})*)\\s*/?>")).expect("a pattern");
    let found: Vec<_> = element
        .captures_iter(page)
        .map(|found| {
            let attributes = found.get(2).map_or("", |text| text.as_str());
            let names = attribute
                .captures_iter(attributes)
                .filter_map(|name| Some(name.get(1)?.as_str()));
            (found.get(1).map_or("", |name| name.as_str()), names.collect())
        })
        .collect();
    let opened = regex::Regex::new("<[A-Za-z]")
        .expect("a pattern")
        .find_iter(page)
        .count();
    assert_eq!(found.len(), opened, "a tag is not one of ours: {page}");
    found
}

#[tokio::test]
async fn pages_hold_no_active_content_whatever_the_wire_wrote() {
    let hostile = "\"></pre></script><script>alert(1)</script><img src=x onerror=alert(1) style=x><!--";
    let some = || Some(hostile.to_owned());
    let draft = |rights, number: usize| Draft {
        headline: Some(format!("{hostile} of day {number}")),
        subheadline: some(),
        summary: some(),
        issuer: some(),
        wire: some(),
        language: some(),
        release_id: Some(format!("{hostile}{number}")),
        copyright_notice: some(),
        url: Some(format!("javascript:{hostile}{number}")),
        body_html: dateline::text::sanitize_html(hostile, None),
        body_text: format!("{hostile} {number}"),
        organisations: vec![Organisation {
            symbols: vec![Symbol {
                exchange: hostile.into(),
                symbol: hostile.into(),
                raw: hostile.into(),
            }],
            isin: vec![hostile.into()],
            ..Organisation::default()
        }],
        media: vec![Media {
            url: format!("https://media.example/{hostile}"),
            media_type: Some(format!("image/{hostile}")),
            caption: some(),
            credit: some(),
            ..Media::default()
        }],
        rights,
        ..made::draft(number)
    };
    let site = Site::over(
        config("https://news.example"),
        vec![draft(Rights::Full, 1), draft(Rights::Summary, 2)],
    )
    .await;
    let changed = Draft {
        body_text: format!("{hostile} and more words of it, five or six"),
        ..draft(Rights::Full, 1)
    };
    let poll = Poll {
        started: made::morning() + TimeDelta::hours(1),
        outcome: Outcome::Ok,
        error: some(),
        next_due_reason: hostile.to_owned(),
        wire: some(),
        rejects: vec![Reject {
            index: 0,
            why: hostile.to_owned(),
        }],
        ..made::poll(vec![changed])
    };
    site.made
        .store
        .admit(&poll, poll.started)
        .await
        .expect("the store takes it");
    let query: String = url::form_urlencoded::byte_serialize(hostile.as_bytes()).collect();
    for url in [
        "/".to_owned(),
        format!("/?q={query}"),
        format!("/?filter={query}"),
        "/outputs/all".to_owned(),
        "/articles/1".to_owned(),
        "/articles/2".to_owned(),
        "/articles/1/versions".to_owned(),
        "/sources".to_owned(),
        "/sources/wire-a".to_owned(),
    ] {
        let (_, text) = site.get(&url).await;
        assert!(text.contains("alert(1)") || url == "/sources", "{url} shows the text");
        for (name, attributes) in elements(&text) {
            let is_icon = name == "link" && attributes.first() == Some(&"rel");
            assert!(is_icon || !ACTIVE.contains(&name), "{url}: <{name}>");
            let active = attributes
                .iter()
                .find(|name| name.starts_with("on") || **name == "style");
            assert_eq!(active, None, "{url}: <{name}>");
        }
        assert!(!text.contains("=\"javascript:"), "{url}");
        // Data is no script, and what it holds cannot end it.
        for block in text.split("<script").skip(1) {
            assert!(block.starts_with(" type=\"application/ld+json\">"), "{url}: {block}");
            let inside = block
                .split_once('>')
                .and_then(|(_, rest)| rest.split_once("</script>"))
                .expect("it ends")
                .0;
            assert!(
                !inside.contains('<') && serde_json::from_str::<serde_json::Value>(inside).is_ok(),
                "{inside}"
            );
        }
    }
}
