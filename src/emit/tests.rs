//! Every format over a fixed set of articles, and over hostile text: re-read by a second parser they say the same.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use proptest::prelude::*;
use serde_json::Value;

use super::entry::{one_line, web_url};
use super::*;
use crate::article::{
    Article, ArticleId, Confidence, Copies, Dateline, Draft, Kind, Media, Organisation, Place, PubStatus, Rights,
    SourceId, Subject, Symbol, Verdict,
};
use crate::config::TitleTemplate;
use crate::store::{PastVersion, Seen as SeenBy, Translation};

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
        entry_title: TitleTemplate::default(),
        sources: BTreeMap::from([(SourceId::new("wire-a"), "https://wire.example/steel.rss".into())]),
        hubs: Vec::new(),
        archive: None,
        next: None,
        ttl: None,
    }
}

fn alone(article: &Article) -> [Listed; 1] {
    [Listed::alone(article.clone())]
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

/// A picture of which the feed told all, a film on a page of its own, and what is no medium.
fn media() -> Vec<Media> {
    let picture = Media {
        url: "https://mma.example/plant.jpg?a=1&b=2".into(),
        media_type: Some("image/jpeg".into()),
        length: Some(4096),
        width: Some(640),
        height: Some(480),
        caption: Some("The <plant>".into()),
        credit: Some("Jo & Co.".into()),
    };
    let film = Media {
        url: "https://www.youtube.com/watch?v=1".into(),
        media_type: Some("image/jpeg".into()),
        ..Media::default()
    };
    let script = Media {
        url: "javascript:alert(1)".into(),
        media_type: Some("image/jpeg".into()),
        ..Media::default()
    };
    vec![picture, film, script]
}

/// A correction of an article that two other wires carried, and that stands in French too.
fn correction() -> Listed {
    let mut article = article(4, Rights::Full);
    let first = article.draft.clone();
    article.version = 2;
    article.modified = at("2026-03-02T10:00:00Z");
    let draft = &mut article.draft;
    draft.kind = Kind::Correction;
    draft.published = Some(at("2026-03-02T09:58:00Z"));
    draft.url = Some("https://wire.example/r/4-corrected.html".into());
    draft.urls = vec!["https://wire.example/r/4-corrected.html?feedref=secret".into()];
    draft.guid = Some("https://wire.example/?p=4&utm_source=rss".into());
    draft.copyright_notice = Some("© 2026 Acme Corp.".into());
    draft.media = media();
    let version = |version, verdict, draft: &Draft| PastVersion {
        version,
        verdict,
        why: "names its headline".into(),
        headline: draft.headline.clone(),
        language: draft.language.clone(),
        published: draft.published,
        wire: draft.wire.clone(),
        release_id: draft.release_id.clone(),
        url: draft.url.clone(),
        source: draft.source.clone(),
    };
    let seen = |source: &str, wire: Option<&str>, url: &str, minutes: i64| SeenBy {
        withdraws: false,
        source: SourceId::new(source),
        wire: wire.map(str::to_owned),
        guid: None,
        url: Some(url.into()),
        headline: None,
        rights: Rights::Full,
        first_seen: first.received + chrono::TimeDelta::minutes(minutes),
        behind_ms: minutes * 60_000,
    };
    Listed {
        versions: vec![
            version(1, Verdict::New, &first),
            version(2, Verdict::Correction, &article.draft),
        ],
        sightings: vec![
            seen("wire-a", Some("PR Newswire"), first.url.as_deref().expect("a page"), 0),
            seen("wire-b", Some("Cision <&> Co."), "https://b.example/r/9?x=1&y=2", 2),
            seen("wire-b-2", Some("Cision <&> Co."), "https://b.example/r/9?x=1&y=2", 3),
            seen("wire-c", None, "javascript:alert(1)", 4),
            seen("newsroom", None, "https://acme.example/news/4", 5),
            seen(
                "wire-a",
                Some("PR Newswire"),
                "https://wire.example/r/4-corrected.html",
                55,
            ),
        ],
        translations: vec![Translation {
            id: ArticleId::new("tag:dateline,2026:8"),
            number: 8,
            headline: Some("Acme achète".into()),
            language: Some("fr".into()),
        }],
        copy_of: None,
        article,
    }
}

/// Each of the rights, a correction, a withdrawal, one of which the wire said next to nothing, and two of other scripts.
fn listed() -> Vec<Listed> {
    let mut withdrawn = article(5, Rights::Full);
    withdrawn.draft.pubstatus = PubStatus::Canceled;
    withdrawn.draft.kind = Kind::Retraction;
    withdrawn.draft.media = media();
    let mut bare = article(6, Rights::Full);
    bare.draft = Draft::empty(SourceId::new("newsroom"), bare.first_received);
    let mut arabic = article(7, Rights::Full);
    arabic.draft.headline = Some("شركة «أكمي» تستحوذ على Bolt".into());
    arabic.draft.language = Some("ar".into());
    arabic.draft.summary = None;
    let mut japanese = article(8, Rights::Full);
    japanese.draft.headline = Some("アクメ、ボルトを買収\u{b}".into());
    japanese.draft.language = Some("ja".into());
    let mut of: Vec<Listed> = [
        article(1, Rights::Full),
        article(2, Rights::Summary),
        article(3, Rights::Headline),
    ]
    .into_iter()
    .map(Listed::alone)
    .collect();
    of.push(correction());
    of.extend([withdrawn, bare, arabic, japanese].map(Listed::alone));
    of
}

#[test]
fn a_fixed_set_of_articles_in_every_format() {
    for format in Format::ALL {
        let bytes = format.render(&head(*format), &listed());
        let text = String::from_utf8(bytes.clone()).expect("UTF-8");
        let text = text.replace(env!("CARGO_PKG_VERSION"), "(version)");
        insta::assert_snapshot!(format!("steel.{}", format.extension()), text);
        assert_eq!(
            format.render(&head(*format), &listed()),
            bytes,
            "the same articles give the same bytes"
        );
    }
}

#[test]
fn a_document_leads_to_its_hub_its_archives_and_its_next_page() {
    let url = |name: &str| format!("https://news.example/outputs/steel/{name}");
    let live = |format| OutputHead {
        hubs: vec![url("hub")],
        archive: Some(Archive {
            prev: Some(url("9")),
            ..Archive::default()
        }),
        ttl: Some(Duration::from_secs(61)),
        ..head(format)
    };
    let archived = |format| OutputHead {
        archive: Some(Archive {
            current: Some(url("live")),
            prev: Some(url("7")),
            next: Some(url("9")),
        }),
        ..head(format)
    };
    let paged = |format| OutputHead {
        next: Some(url("more")),
        archive: live(format).archive,
        ..head(format)
    };
    type Case<'a> = (
        &'a str,
        &'a dyn Fn(Format) -> OutputHead,
        &'a [(&'a str, &'a str)],
        &'a str,
    );
    let cases: [Case<'_>; 3] = [
        ("live", &live, &[("hub", "hub"), ("prev-archive", "9")], "9"),
        (
            "archive",
            &archived,
            &[("current", "live"), ("prev-archive", "7"), ("next-archive", "9")],
            "7",
        ),
        (
            "page of changes",
            &paged,
            &[("next", "more"), ("prev-archive", "9")],
            "more",
        ),
    ];
    for (name, head, relations, next) in cases {
        for (format, element) in [(Format::Atom, "link"), (Format::Rss, "atom:link")] {
            let text = String::from_utf8(format.render(&head(format), &[])).expect("UTF-8");
            for (rel, to) in relations {
                let link = format!("<{element} rel=\"{rel}\" href=\"{}\"/>", url(to));
                assert_eq!(text.matches(&link).count(), 1, "{rel} of {name} in {format:?}: {text}");
            }
            let all = text.matches(&format!("<{element} rel=")).count();
            let own = if format == Format::Atom { 2 } else { 1 };
            assert_eq!(all, relations.len() + own, "{name} in {format:?}: {text}");
            assert_eq!(
                text.contains("<fh:archive/>"),
                name == "archive",
                "{name} in {format:?}"
            );
            assert_eq!(
                text.contains("<ttl>2</ttl>"),
                format == Format::Rss && name == "live",
                "{name} in {format:?}"
            );
            feed_rs::parser::parse(text.as_bytes()).expect("well-formed");
        }
        let json: Value = serde_json::from_slice(&json_feed::render(&head(Format::JsonFeed), &[])).expect("JSON");
        assert_eq!(json["next_url"], url(next), "{name}");
        assert_eq!(json["hubs"][0]["url"].as_str().is_some(), name == "live", "{name}");
    }
}

#[test]
fn a_withdrawal_is_a_tombstone_and_a_notice_under_one_id() {
    let withdrawn = listed().remove(4);
    let id = withdrawn.article.id.as_str();
    let text = String::from_utf8(atom::render(&head(Format::Atom), std::slice::from_ref(&withdrawn))).expect("UTF-8");
    let when = "2026-03-02T09:05:00.250Z";
    assert!(
        text.contains(&format!("<at:deleted-entry ref=\"{id}\" when=\"{when}\">")),
        "{text}"
    );
    assert!(text.contains(&format!("<updated>{when}</updated>")), "{text}");
    assert_eq!(
        read(Format::Atom, &[withdrawn])[0].title,
        "[WITHDRAWN] Acme & Bolt <steel> \"5\""
    );
    let others = String::from_utf8(atom::render(&head(Format::Atom), &listed()[..4])).expect("UTF-8");
    assert!(!others.contains("tombstones"), "nothing is declared that is not there");
}

#[test]
fn an_article_changes_when_a_copy_of_it_comes() {
    let listed = correction();
    assert_eq!(
        listed.published(),
        Some(at("2026-03-02T09:00:00Z")),
        "the correction does not move it"
    );
    let pages: Vec<&str> = listed.copies().map(|(_, page)| page).collect();
    assert_eq!(
        pages,
        [
            "https://b.example/r/9?x=1&y=2",
            "javascript:alert(1)",
            "https://acme.example/news/4"
        ]
    );
    assert_eq!(
        listed.changed(),
        listed.article.modified,
        "copies came before the correction"
    );
    let mut late = listed.clone();
    late.sightings[4].first_seen = at("2026-03-02T11:00:00Z");
    assert_eq!(late.changed(), at("2026-03-02T11:00:00Z"));
}

/// The correction with its copies as entries: of a wire that allows a summary, and of a newsroom that allows all.
fn shown() -> Vec<Listed> {
    let mut listed = correction();
    listed.sightings[1].headline = Some("Cision: Acme & Bolt".into());
    listed.sightings[1].rights = Rights::Summary;
    listed.sightings[4].first_seen = at("2026-03-02T11:00:00Z");
    copies::told(Copies::Shown, vec![listed, Listed::alone(article(1, Rights::Full))])
}

#[test]
fn a_copy_that_is_shown_is_an_entry_behind_its_article() {
    let id = "tag:dateline,2026:4";
    for format in Format::ALL {
        let read = read(*format, &shown());
        let seen: Vec<(&str, &str)> = read.iter().map(|seen| (seen.id.as_str(), seen.link.as_str())).collect();
        assert_eq!(
            seen,
            [
                (id, "https://wire.example/r/4-corrected.html"),
                (
                    "tag:dateline,2026:4#copy-f4eac6c877e0176f",
                    "https://b.example/r/9?x=1&y=2"
                ),
                (
                    "tag:dateline,2026:4#copy-8b446f062c23e151",
                    "https://acme.example/news/4"
                ),
                ("tag:dateline,2026:1", "https://wire.example/r/1.html?a=1&b=2"),
            ],
            "{format:?}"
        );
        let titles: Vec<&str> = read.iter().map(|seen| seen.title.as_str()).collect();
        assert_eq!(
            titles[1..3],
            ["Cision: Acme & Bolt", "Acme & Bolt <steel> \"4\""],
            "{format:?}"
        );
        let first_seen = [at("2026-03-02T09:07:00.25Z"), at("2026-03-02T11:00:00Z")];
        let dated = read[1..3].iter().map(|seen| seen.published.map(|at| at.timestamp()));
        assert!(dated.eq(first_seen.map(|at| Some(at.timestamp()))), "{format:?}");
    }
    let text =
        |format: Format, listed: &[Listed]| String::from_utf8(format.render(&head(format), listed)).expect("UTF-8");
    for (format, names_it) in [
        (
            Format::Atom,
            "rel=\"related\" type=\"text/html\" title=\"PR Newswire\" href=\"https://wire.example/r/4-corrected.html\"",
        ),
        (
            Format::Rss,
            "rel=\"related\" type=\"text/html\" title=\"PR Newswire\" href=\"https://wire.example/r/4-corrected.html\"",
        ),
        (Format::JsonFeed, "\"copy_of\": \"tag:dateline,2026:4\""),
        (
            Format::Ninjs,
            "{\"name\":\"article\",\"rel\":\"sameAs\",\"type\":\"text\",\"uri\":\"tag:dateline,2026:4\"}",
        ),
        (Format::Ndjson, "\"copy_of\":\"tag:dateline,2026:4\"}"),
    ] {
        for (position, is_copy) in [(0, false), (1, true), (2, true)] {
            let text = text(format, &shown()[position..=position]);
            assert_eq!(text.contains(names_it), is_copy, "{position} in {format:?}: {text}");
            // The text is the article's, and the copy's source has a say.
            assert_eq!(text.contains("CLEVELAND --"), position != 1, "{position} in {format:?}");
            assert!(text.contains("D of Bolt"), "{position} in {format:?}");
            assert!(
                is_copy || !text.contains("b.example"),
                "an article names no copy that is shown: {format:?}"
            );
        }
    }
}

#[test]
fn what_an_output_says_of_copies() {
    for (copies, entries, names) in [
        (Copies::Folded, 1, true),
        (Copies::Shown, 3, true),
        (Copies::Omitted, 1, false),
    ] {
        let listed = copies::told(copies, vec![correction()]);
        let text = String::from_utf8(atom::render(&head(Format::Atom), &listed)).expect("UTF-8");
        assert_eq!(text.matches("<entry").count(), entries, "{copies}");
        assert_eq!(text.contains("https://acme.example/news/4"), names, "{copies}");
    }
    let mut crowd = correction();
    crowd.sightings = (0..40)
        .map(|n| SeenBy {
            url: Some(format!("https://{n}.example/")),
            ..crowd.sightings[1].clone()
        })
        .collect();
    assert_eq!(
        copies::told(Copies::Shown, vec![crowd]).len(),
        17,
        "each carries the text again"
    );
}

#[test]
fn a_withdrawal_reaches_the_copies_that_are_shown() {
    let mut withdrawn = correction();
    withdrawn.article.draft.pubstatus = PubStatus::Canceled;
    for format in Format::ALL {
        for seen in read(*format, &copies::told(Copies::Shown, vec![withdrawn.clone()])) {
            assert!(seen.title.starts_with("[WITHDRAWN] "), "{seen:?} in {format:?}");
        }
    }
}

#[test]
fn titles_are_made_by_the_template_of_the_output_where_a_format_has_titles() {
    let bare = Article {
        draft: Draft::empty(SourceId::new("wire-a"), at("2026-03-02T09:00:00Z")),
        ..article(9, Rights::Full)
    };
    let mut withdrawn = article(5, Rights::Full);
    withdrawn.draft.pubstatus = PubStatus::Canceled;
    for (template, titles) in [
        (
            "{issuer}: {headline} ({symbols})",
            [
                "Acme Corp.: Acme & Bolt <steel> \"1\" (XNAS:ACME)",
                "[WITHDRAWN] Acme Corp.: Acme & Bolt <steel> \"5\" (XNAS:ACME)",
                "(no headline)",
            ],
        ),
        (
            "{place} | {wire}",
            [
                "Cleveland | PR Newswire",
                "[WITHDRAWN] Cleveland | PR Newswire",
                "(no headline)",
            ],
        ),
    ] {
        for format in Format::ALL {
            let head = OutputHead {
                entry_title: TitleTemplate::parse(template).expect("it is good"),
                ..head(*format)
            };
            let listed = [article(1, Rights::Full), withdrawn.clone(), bare.clone()].map(Listed::alone);
            let bytes = format.render(&head, &listed);
            match format {
                Format::Atom | Format::Rss | Format::JsonFeed => {
                    let read: Vec<String> = read_feed(*format, &bytes).into_iter().map(|seen| seen.title).collect();
                    assert_eq!(read, titles, "{format:?}");
                }
                Format::Ninjs | Format::Ndjson => assert_eq!(bytes, format.render(&self::head(*format), &listed)),
            }
        }
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
            let text = String::from_utf8(format.render(&head(*format), &alone(&article))).expect("UTF-8");
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
            let read = read(*format, &alone(&article));
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
        assert_eq!(web_url(url).as_deref(), Some(want));
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

/// Renders, and reads back: feeds by the parser that we use for the feeds of others, the rest as plain JSON.
fn read(format: Format, listed: &[Listed]) -> Vec<Seen> {
    let bytes = format.render(&head(format), listed);
    match format {
        Format::Atom | Format::Rss | Format::JsonFeed => read_feed(format, &bytes),
        Format::Ninjs => serde_json::from_slice::<Vec<Value>>(&bytes)
            .expect("a JSON array")
            .iter()
            .map(of_ninjs)
            .collect(),
        Format::Ndjson => bytes.split_inclusive(|byte| *byte == b'\n').map(of_line).collect(),
    }
}

fn read_feed(format: Format, bytes: &[u8]) -> Vec<Seen> {
    let feed = feed_rs::parser::parse(bytes).unwrap_or_else(|error| {
        panic!("{format:?}: {error}\n{}", String::from_utf8_lossy(bytes));
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

/// What the schemas leave out is what a feed has a stand-in for.
fn plain(
    id: &str,
    headline: Option<&str>,
    page: Option<&str>,
    published: Option<DateTime<Utc>>,
    names: [Option<&str>; 2],
) -> Seen {
    let number = id.rsplit(':').next().unwrap_or_default();
    Seen {
        id: id.to_owned(),
        title: headline
            .and_then(one_line)
            .unwrap_or_else(|| "(no headline)".to_owned()),
        link: page
            .and_then(web_url)
            .unwrap_or_else(|| format!("https://news.example/articles/{number}")),
        published,
        author: names.into_iter().flatten().find_map(one_line),
    }
}

fn of_ninjs(document: &Value) -> Seen {
    let named = |list: &str, key: &str, name: &str, value: &str| {
        let mut all = document[list].as_array().into_iter().flatten();
        let found = all.find(|entry| entry[key] == name)?;
        found[value].as_str().map(str::to_owned)
    };
    plain(
        document["uri"].as_str().expect("an id"),
        named("headlines", "role", "main", "value").as_deref(),
        named("altIds", "role", "url", "value").as_deref(),
        document["firstCreated"].as_str().map(at),
        [
            named("organisations", "rel", "issuer", "name").as_deref(),
            named("infoSources", "role", "distributor", "name").as_deref(),
        ],
    )
}

fn of_line(line: &[u8]) -> Seen {
    let Article { id, draft, .. } = serde_json::from_slice(line).expect("an article of the schema");
    let names = [draft.issuer.as_deref(), draft.wire.as_deref()];
    plain(
        id.as_str(),
        draft.headline.as_deref(),
        draft.url.as_deref(),
        draft.published,
        names,
    )
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
        article.draft.subheadline = Some(hostile.clone());
        article.draft.body_text = format!("{body}{hostile}");
        article.draft.copyright_notice = Some(format!("{hostile}{summary}"));
        article.draft.organisations[0].symbols[0].symbol = format!("ACME{hostile}");
        article.draft.organisations[0].isin[0] = format!("US{hostile}");
        if let Some(dateline) = &mut article.draft.dateline {
            dateline.raw = format!("{issuer}{hostile}");
            dateline.places[0].text = hostile.clone();
        }
        article.draft.guid = Some(format!("{issuer}{hostile}"));
        article.draft.urls = vec![format!("https://wire.example/{hostile}"), hostile.clone()];
        article.draft.media = vec![
            Media { url: format!("https://mma.example/{hostile}"), media_type: Some(format!("image/{hostile}")), length: Some(1),
                caption: Some(hostile.clone()), credit: Some(hostile.clone()), ..Media::default() },
        ];
        let listed = Listed {
            sightings: vec![SeenBy {
                withdraws: false,
                source: SourceId::new("wire-b"), wire: Some(format!("Wire {subject}{hostile}")), guid: Some(hostile.clone()),
                url: Some(format!("https://b.example/{hostile}{headline}")), headline: Some(hostile),
                rights: Rights::Full, first_seen: published, behind_ms: 0,
            }],
            ..Listed::alone(article)
        };

        // The article, and its copy as an entry.
        let listed = copies::told(Copies::Shown, vec![listed]);
        prop_assert_eq!(listed.len(), 2);
        let entries = head(Format::Atom).entries(&listed).into_iter();
        let want: Vec<Seen> = entries.map(|entry| Seen {
            id: entry.id, title: entry.title, link: entry.link, published: Some(published), author: Some(entry.author),
        }).collect();
        for format in Format::ALL {
            let text = String::from_utf8(format.render(&head(*format), &listed)).expect("UTF-8");
            // XML 1.0 section 2.2; as characters and, for JSON, as escapes.
            let forbidden = text.chars().find(|c| (*c < ' ' && *c != '\n' && *c != '\t') || matches!(c, '\u{fffe}' | '\u{ffff}'));
            prop_assert_eq!(forbidden, None, "{:?}", format);
            prop_assert!(!text.contains("\\u00"), "{:?}", format);
            prop_assert_eq!(&read(*format, &listed), &want, "{:?}", format);
        }
    }
}

#[test]
fn ninjs_holds_the_dateline_by_role_and_symbols_by_market() {
    let document = ninjs::document(&Listed::alone(article(1, Rights::Full)));
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
            document.pointer(pointer).and_then(Value::as_str),
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
