//! The three formats over a fixed set of articles, and over hostile text: re-read by a second parser they say the same.

use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound, Utc};
use proptest::prelude::*;

use super::*;
use crate::article::{
    ArticleId, Confidence, Dateline, Draft, Kind, Organisation, Place, PubStatus, Rights, SourceId, Subject, Symbol,
};
use crate::store::Family;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("RFC 3339")
}

fn head(format: Format) -> OutputHead {
    OutputHead {
        id: "https://news.example/outputs/steel".into(),
        title: "Steel & iron".into(),
        description: "What <mills> say".into(),
        self_url: format!("https://news.example/outputs/steel.{}", format.extension()),
        site_url: "https://news.example/outputs/steel".into(),
        base_url: "https://news.example".into(),
        updated: at("2026-03-02T10:00:00Z"),
        sources: BTreeMap::from([(SourceId::new("wire-a"), "https://wire.example/steel.rss".into())]),
    }
}

fn article(number: i64, rights: Rights) -> Article {
    let received = at("2026-03-02T09:05:00.250Z");
    Article {
        id: ArticleId::new(format!("tag:dateline,2026:{number}")),
        number,
        story: number,
        version: 1,
        first_received: received,
        modified: received,
        copies: 0,
        draft: Draft {
            headline: Some(format!("Acme & Bolt <steel> \"{number}\"")),
            summary: Some("Acme buys R&D of Bolt for <$5.".into()),
            issuer: Some("Acme Corp.".into()),
            wire: Some("PR Newswire".into()),
            release_id: Some("302898756".into()),
            published: Some(at("2026-03-02T09:00:00Z")),
            language: Some("en-US".into()),
            url: Some(format!("https://wire.example/r/{number}.html?a=1&b=2")),
            body_text: "CLEVELAND, March 2, 2026 /PRNewswire/ -- Acme buys.".into(),
            body_html: "<p>CLEVELAND -- Acme <a href=\"https://acme.example/\">buys</a> ]]&gt; R&amp;D.</p>".into(),
            dateline: Some(Dateline {
                raw: "CLEVELAND, March 2, 2026 /PRNewswire/ --".into(),
                places: vec![Place {
                    text: "CLEVELAND".into(),
                    city: Some("Cleveland".into()),
                    region: Some("Ohio".into()),
                    country: Some("US".into()),
                }],
                date: Some("2026-03-02".parse().expect("a date")),
                wire: Some("PR Newswire".into()),
                via: vec![],
                confidence: Confidence::High,
            }),
            organisations: vec![Organisation {
                name: Some("Acme Corp.".into()),
                symbols: vec![Symbol {
                    exchange: "XNAS".into(),
                    symbol: "ACME".into(),
                    raw: "NASDAQ: ACME".into(),
                }],
                isin: vec!["US0378331005".into()],
                wkn: Vec::new(),
            }],
            subjects: vec![
                Subject {
                    scheme: "prn:industry".into(),
                    code: Some("MNG".into()),
                    name: Some("Mining & Metals".into()),
                },
                Subject {
                    scheme: "prn:industry".into(),
                    code: Some("MNG".into()),
                    name: Some("Mining & Metals".into()),
                },
                Subject {
                    scheme: "free words".into(),
                    code: None,
                    name: Some("Steel".into()),
                },
            ],
            rights,
            ..Draft::empty(SourceId::new("wire-a"), received)
        },
    }
}

/// All rights, then a correction, a withdrawal, and one of which the wire said next to nothing.
fn articles() -> Vec<Article> {
    let mut correction = article(4, Rights::Full);
    correction.version = 2;
    correction.modified = at("2026-03-02T10:00:00Z");
    correction.draft.kind = Kind::Correction;
    let mut withdrawn = article(5, Rights::Full);
    withdrawn.draft.pubstatus = PubStatus::Canceled;
    withdrawn.draft.kind = Kind::Retraction;
    let mut bare = article(6, Rights::Full);
    bare.draft = Draft::empty(SourceId::new("newsroom"), bare.first_received);
    vec![
        article(1, Rights::Full),
        article(2, Rights::Summary),
        article(3, Rights::Headline),
        correction,
        withdrawn,
        bare,
    ]
}

#[test]
fn a_fixed_set_of_articles_in_every_format() {
    for format in Format::ALL {
        let bytes = format.render(&head(*format), &articles());
        let text = String::from_utf8(bytes.clone()).expect("UTF-8");
        insta::assert_snapshot!(format!("steel.{}", format.extension()), text);
        assert_eq!(
            format.render(&head(*format), &articles()),
            bytes,
            "the same articles give the same bytes"
        );
    }
}

#[test]
fn text_goes_out_as_far_as_the_rights_allow() {
    for (rights, pubstatus, summary, body) in [
        (Rights::Full, PubStatus::Usable, true, true),
        (Rights::Summary, PubStatus::Usable, true, false),
        (Rights::Headline, PubStatus::Usable, false, false),
        (Rights::Full, PubStatus::Canceled, false, false),
        (Rights::Headline, PubStatus::Canceled, false, false),
    ] {
        let mut article = article(1, rights);
        article.draft.pubstatus = pubstatus;
        for format in Format::ALL {
            let text = String::from_utf8(format.render(&head(*format), &[article.clone()])).expect("UTF-8");
            assert_eq!(
                text.contains("D of Bolt"),
                summary,
                "summary of {rights} {pubstatus} in {format:?}"
            );
            assert_eq!(
                text.contains("CLEVELAND --"),
                body,
                "body of {rights} {pubstatus} in {format:?}"
            );
            assert_eq!(
                text.contains("[WITHDRAWN]"),
                pubstatus == PubStatus::Canceled,
                "{pubstatus} in {format:?}"
            );
        }
    }
}

#[test]
fn links_are_web_addresses_or_our_own_page() {
    let own = "https://news.example/articles/1";
    for (url, want) in [
        (
            Some("https://wire.example/a?b=c&d=%20"),
            "https://wire.example/a?b=c&d=%20",
        ),
        (Some("https://user:secret@wire.example/a"), "https://wire.example/a"),
        (
            Some("http://wire.example/a|b\"c d<e>é"),
            "http://wire.example/a%7Cb%22c%20d%3Ce%3E%C3%A9",
        ),
        (
            Some("https://[::1]/a[1]?b[]=%zz#c#d"),
            "https://[::1]/a%5B1%5D?b%5B%5D=%25zz#c%23d",
        ),
        (Some("javascript:alert(1)"), own),
        (Some("data:text/html,x"), own),
        (Some("//wire.example/a"), own),
        (Some(""), own),
        (None, own),
    ] {
        let mut article = article(1, Rights::Full);
        article.draft.url = url.map(str::to_owned);
        for format in Format::ALL {
            let read = read(*format, &[article.clone()]);
            assert_eq!(read[0].link, want, "{url:?} in {format:?}");
        }
    }
}

#[test]
fn what_rfc_3986_forbids_is_encoded_in_every_part_of_an_address() {
    for (url, want) in [
        ("http://a{b}`\"c.example/", "http://a%7Bb%7D%60%22c.example/"),
        ("http://[::1]:81/[1]", "http://[::1]:81/%5B1%5D"),
        ("http://a.example/%zz%4", "http://a.example/%25zz%254"),
    ] {
        assert_eq!(entry::web_url(url).as_deref(), Some(want));
    }
}

#[test]
fn an_output_without_articles_is_a_valid_feed_and_always_the_same() {
    for format in Format::ALL {
        assert_eq!(read(*format, &[]), vec![], "{format:?}");
    }
}

/// What a subscriber sees of an entry.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    id: String,
    title: String,
    link: String,
    published: Option<DateTime<Utc>>,
    author: Option<String>,
}

/// Renders, and reads back by the parser that we use for the feeds of others.
fn read(format: Format, articles: &[Article]) -> Vec<Seen> {
    let bytes = format.render(&head(format), articles);
    let feed = feed_rs::parser::parse(bytes.as_slice()).unwrap_or_else(|error| {
        panic!("{format:?}: {error}\n{}", String::from_utf8_lossy(&bytes));
    });
    let seen = |entry: feed_rs::model::Entry| Seen {
        id: entry.id,
        title: entry.title.map(|title| title.content).unwrap_or_default(),
        link: entry.links.into_iter().next().map(|link| link.href).unwrap_or_default(),
        published: entry.published,
        author: entry.authors.into_iter().next().and_then(|author| author.name),
    };
    feed.entries.into_iter().map(seen).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn whatever_the_text_every_format_tells_the_same_of_an_article(
        headline in any::<String>(), issuer in any::<String>(), summary in any::<String>(), body in any::<String>(),
        subject in any::<String>(), language in "[a-z0-9 -]{0,6}", url in "https://[a-z]{1,9}\\.example/[ -~]{0,20}",
        hostile in "(\\]\\]>|<!\\[CDATA\\[|<script>|</title>|&amp;|&#0;|\u{0}|\u{b}|\u{fffe}|\u{2028}|\r\n|[a-z]){0,8}",
        seconds in 0_i64..4_000_000_000,
    ) {
        let mut article = article(1, Rights::Full);
        let published = DateTime::from_timestamp(seconds, 0).expect("in range").trunc_subsecs(0);
        article.draft.headline = Some(format!("{hostile}{headline}"));
        article.draft.issuer = Some(format!("{issuer}{hostile}"));
        article.draft.summary = Some(format!("{summary}{hostile}"));
        article.draft.body_html = format!("{body}{hostile}");
        article.draft.subjects[0].name = Some(format!("{subject}{hostile}"));
        article.draft.subjects[1].scheme = format!("{subject}{hostile}");
        article.draft.language = Some(language);
        article.draft.url = Some(url);
        article.draft.published = Some(published);

        let entry = head(Format::Atom).entry(&article);
        let want = Seen {
            id: entry.id, title: entry.title, link: entry.link, published: Some(published), author: Some(entry.author),
        };
        for format in Format::ALL {
            let text = String::from_utf8(format.render(&head(*format), &[article.clone()])).expect("UTF-8");
            // XML 1.0 section 2.2; as characters and, for JSON, as escapes.
            let forbidden = text.chars().find(|c| (*c < ' ' && *c != '\n' && *c != '\t') || matches!(c, '\u{fffe}' | '\u{ffff}'));
            prop_assert_eq!(forbidden, None, "{:?}", format);
            prop_assert!(!text.contains("\\u00"), "{:?}", format);
            let read = read(*format, &[article.clone()]);
            prop_assert_eq!(read, vec![want.clone()], "{:?}", format);
        }
    }
}

#[test]
fn ninjs_holds_the_dateline_by_role_and_symbols_by_market() {
    let document = ninjs::document(&article(1, Rights::Full), &Family::default());
    for (pointer, want) in [
        ("/standard/version", "3.1"),
        ("/uri", "tag:dateline,2026:1"),
        ("/pubStatus", "usable"),
        ("/firstCreated", "2026-03-02T09:00:00Z"),
        ("/located", "CLEVELAND"),
        ("/places/0/name", "Cleveland"),
        ("/organisations/0/rel", "issuer"),
        ("/organisations/0/symbols/0/exchange", "XNAS"),
        ("/organisations/0/symbols/1/symbol", "US0378331005"),
        ("/infoSources/0/name", "PR Newswire"),
    ] {
        assert_eq!(
            document.pointer(pointer).and_then(serde_json::Value::as_str),
            Some(want),
            "{pointer}"
        );
    }
    let role = |role: &str| {
        let described = document["descriptions"].as_array().into_iter().flatten();
        let mut values = described
            .filter(|text| text["role"] == role)
            .map(|text| text["value"].as_str());
        values.next().flatten()
    };
    assert_eq!(role("dateline"), Some("CLEVELAND, March 2, 2026 /PRNewswire/ --"));
    assert_eq!(role("dateline-date"), Some("2026-03-02"));
    // The schema forbids what it does not know, and an empty list says nothing.
    for absent in [
        "dateline",
        "headline",
        "body_text",
        "contentCreated",
        "embargoedUntil",
        "people",
    ] {
        assert_eq!(document.get(absent), None, "{absent}");
    }
}
