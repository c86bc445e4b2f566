//! Articles as IPTC ninjs documents, held against IPTC's own schema where that is at hand.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use dateline::article::{
    Article, ArticleId, Contact, Draft, Kind, Media, Organisation, Person, PersonRole, PubStatus, Revision, Rights,
    SourceId, Subject, Symbol, Verdict,
};
use dateline::config::TitleTemplate;
use dateline::emit::{OutputHead, ninjs};
use dateline::ingest::normalize::{Origin, normalize, normalize_text};
use dateline::ingest::parse;
use dateline::store::{Listed, PastVersion, Seen, Translation};
use dateline::{clock, wire};
use jsonschema::{Uri, Validator};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::made;

/// The GeoJSON schema, which IPTC's refers to, says something about what we never write: it is not fetched, and accepts anything.
struct NothingFetched;

impl jsonschema::Retrieve for NothingFetched {
    fn retrieve(&self, _: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        Ok(json!({}))
    }
}

/// IPTC's schema of ninjs 3.1, formats of dates and URIs included.
static SCHEMA: LazyLock<Option<Validator>> = LazyLock::new(|| {
    let Some(path) = made::corpus("ninjs/schema/ninjs-schema_3.1.json") else {
        println!("skipped: IPTC's schema is not here");
        return None;
    };
    let options = jsonschema::options()
        .should_validate_formats(true)
        .with_retriever(NothingFetched);
    Some(options.build(&read(&path)).expect("IPTC's schema"))
});

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON")
}

/// What the schema says against a document; nothing where it is not at hand.
pub(crate) fn complaints(document: &Value) -> Vec<String> {
    let said = SCHEMA.iter().flat_map(|schema| schema.iter_errors(document));
    said.map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

fn article(draft: Draft) -> Article {
    Article {
        id: ArticleId::new("tag:dateline,2026:42"),
        number: 42,
        story: 7,
        version: 1,
        first_received: draft.received,
        modified: draft.received,
        copies: 0,
        draft,
    }
}

#[test]
fn the_schema_refuses_what_iptc_says_that_it_must() {
    for (folder, valid) in [("should_pass", true), ("should_fail", false)] {
        let Some(folder) = made::corpus(&format!("ninjs/test_suite/3.1/{folder}")) else {
            println!("skipped: IPTC's test suite is not here");
            continue;
        };
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            assert_eq!(complaints(&read(&path)).is_empty(), valid, "{}", path.display());
        }
    }
    let mut unknown = ninjs::document(&listed(made::draft(1)));
    unknown["dateline"] = json!("BOISE, Idaho");
    assert_eq!(complaints(&unknown).is_empty(), SCHEMA.is_none(), "an unknown property");
}

fn listed(draft: Draft) -> Listed {
    Listed::alone(article(draft))
}

/// A release that revises another, with all that an article can have.
fn full() -> Listed {
    let mut first = made::draft(1);
    first.wire = Some("PR Newswire".into());
    first.release_id = Some("302898755".into());
    let text = "BOISE, Idaho, March 2, 2026 /PRNewswire-AsiaNet/ -- Acme Corp. (NYSE: ACME) (FRA: A1C) opened its second plant.\n\n\
        Media Contact:\nJo Bolt\npress@acme.example\n+1 (208) 555-0100\n\nSOURCE Acme Corp.";
    let origin = Origin {
        source: SourceId::new("wire-a"),
        wire: wire::by_id("prnewswire").expect("a row"),
        rights: Rights::Summary,
    };
    let mut draft = normalize_text(text, &origin, made::morning());
    draft.kind = Kind::Correction;
    draft.headline = Some("CORRECTION: Acme opens its second plant".into());
    draft.revision = Some(Revision {
        kind: Kind::Correction,
        clean_headline: Some("Acme opens its second plant".into()),
        target_headline: Some("Acme opens its third plant".into()),
        target_date: "2026-03-01".parse().ok(),
        target_wire: Some("PR Newswire".into()),
    });
    draft.release_id = Some("302898756".into());
    draft.url = Some("https://www.prnewswire.com/news-releases/acme-302898756.html".into());
    draft.guid.clone_from(&draft.url);
    draft.subjects = vec![Subject {
        scheme: "prn:subject".into(),
        code: Some("ERN".into()),
        name: Some("Earnings".into()),
    }];
    draft.media = vec![Media {
        url: "https://mma.prnewswire.com/a b|.jpg?id=1&x=[2]".into(),
        media_type: Some("image/jpeg".into()),
        width: Some(144),
        caption: Some("The plant".into()),
        ..Media::default()
    }];
    draft.people = vec![Person {
        role: PersonRole::Author,
        name: Some("Jo Bolt".into()),
        email: Some("jo@acme.example".into()),
        uri: Some("not a page".into()),
    }];
    draft.organisations[0].isin = vec!["US0378331005".into()];
    draft.organisations[0].wkn = vec!["A1C2D3".into()];
    draft.copyright_notice = Some("© 2026 PR Newswire".into());
    let version = |version, draft: &Draft, verdict, why: &str| PastVersion {
        source: draft.source.clone(),
        version,
        verdict,
        why: why.into(),
        headline: draft.headline.clone(),
        language: draft.language.clone(),
        published: draft.published,
        wire: draft.wire.clone(),
        release_id: draft.release_id.clone(),
        url: draft.url.clone(),
    };
    let seen = |source: &str, url: &str| Seen {
        withdraws: false,
        source: SourceId::new(source),
        wire: None,
        guid: None,
        url: Some(url.into()),
        headline: None,
        rights: Rights::Summary,
        first_seen: made::morning(),
        behind_ms: 0,
    };
    Listed {
        versions: vec![
            version(1, &first, Verdict::New, "nothing like it"),
            version(2, &draft, Verdict::Correction, "names its headline"),
        ],
        sightings: vec![
            seen("wire-a", "https://www.prnewswire.com/news-releases/acme-302898756.html"),
            seen("newsroom", "https://acme.example/news/1"),
            seen("newsroom-2", "https://acme.example/news/1"),
        ],
        translations: vec![Translation {
            id: ArticleId::new("tag:dateline,2026:43"),
            number: 43,
            headline: made::draft(3).headline,
            language: Some("fr".into()),
        }],
        copy_of: None,
        article: Article {
            version: 2,
            ..article(draft)
        },
    }
}

#[test]
fn a_document_says_all_that_the_schema_has_a_place_for() {
    let document = ninjs::document(&full());
    assert_eq!(complaints(&document), Vec::<String>::new());
    insta::assert_json_snapshot!(document);
}

#[test]
fn a_withdrawn_release_keeps_its_names_and_no_text() {
    let mut listed = full();
    listed.article.draft.pubstatus = PubStatus::Canceled;
    let document = ninjs::document(&listed);
    assert_eq!(complaints(&document), Vec::<String>::new());
    assert_eq!(
        (&document["pubStatus"], &document["representationType"]),
        (&json!("canceled"), &json!("full"))
    );
    assert_eq!(document.get("bodies"), None);
    assert!(!document.to_string().contains("second plant."), "{document}");
}

#[test]
fn an_empty_article_is_a_document() {
    let document = ninjs::document(&listed(Draft::empty(SourceId::new("s"), made::morning())));
    assert_eq!(complaints(&document), Vec::<String>::new());
    let names: Vec<&str> = document
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        names,
        [
            "firstCreated",
            "profile",
            "pubStatus",
            "representationType",
            "standard",
            "type",
            "uri",
            "usageTerms",
            "version",
            "versionCreated"
        ]
    );
}

#[test]
fn media_are_what_they_are_and_not_what_the_feed_claims() {
    for (url, claimed, want) in [
        ("https://mma.example/a.jpg", Some("image/jpeg"), "picture"),
        ("https://www.youtube.com/watch?v=1", Some("image/jpeg"), "video"),
        ("https://youtu.be/1", None, "video"),
        ("https://notyoutube.com/a.jpg", Some("image/jpeg"), "picture"),
        ("https://mma.example/a.mp3", Some("audio/mpeg"), "audio"),
        ("https://mma.example/a.pdf", Some("application/pdf"), "text"),
        ("https://mma.example/a", None, "picture"),
    ] {
        let mut draft = made::draft(1);
        draft.media = vec![Media {
            url: url.into(),
            media_type: claimed.map(str::to_owned),
            ..Media::default()
        }];
        let document = ninjs::document(&listed(draft));
        assert_eq!(document["associations"][0]["type"], want, "{url}");
    }
}

#[test]
fn a_cut_text_is_partial() {
    for (text, wire, want) in [
        ("Acme opened its second plant.", "GlobeNewswire", "full"),
        ("Acme opened its second ...", "PR Newswire", "partial"),
        ("", "PR Newswire", "partial"),
    ] {
        let mut draft = made::draft(1);
        draft.body_text = text.into();
        draft.wire = Some(wire.into());
        assert_eq!(ninjs::document(&listed(draft))["representationType"], want, "{text}");
    }
}

#[test]
fn documents_of_real_feeds_validate() {
    let mut documents = 0;
    let feeds = ["wires", "suites/feedvalidator", "suites/jsonfeed", "suites/gofeed"];
    let files = feeds
        .iter()
        .filter_map(|folder| made::corpus(folder))
        .flat_map(|folder| files(&folder));
    for path in files {
        let Ok(feed) = parse::parse(
            &std::fs::read(&path).expect("a file"),
            None,
            None,
            &parse::Options::default(),
        ) else {
            continue;
        };
        let name = path.to_string_lossy();
        let row = wire::names()
            .find(|id| name.contains(id))
            .and_then(wire::by_id)
            .unwrap_or_else(wire::generic);
        let origin = Origin {
            source: SourceId::new("s"),
            wire: row,
            rights: Rights::Full,
        };
        for draft in normalize(&feed, &origin, clock::now()).drafts {
            let document = ninjs::document(&listed(draft));
            assert_eq!(complaints(&document), Vec::<String>::new(), "{name}: {document:#}");
            documents += 1;
        }
    }
    println!("ninjs: {documents} documents of real feeds validate");
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<_> = entries
        .flat_map(|entry| match entry.path() {
            path if path.is_dir() => files(&path),
            path => vec![path],
        })
        .collect();
    found.sort();
    found
}

#[test]
fn documents_of_real_releases_validate() {
    let Some(archive) = made::corpus("releases/archive.jsonl") else {
        println!("skipped: the archive is not here");
        return;
    };
    let origin = Origin {
        source: SourceId::new("s"),
        wire: wire::generic(),
        rights: Rights::Full,
    };
    for line in std::fs::read_to_string(archive).expect("text").lines().step_by(5) {
        let row: Value = serde_json::from_str(line).expect("a row");
        let draft = normalize_text(row["body"].as_str().unwrap_or_default(), &origin, made::morning());
        let document = ninjs::document(&listed(draft));
        assert_eq!(complaints(&document), Vec::<String>::new(), "{}", row["id"]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn whatever_an_article_holds_its_document_validates(
        texts in prop::collection::vec(prop::option::of("\\PC{0,20}|(https?|javascript|mailto):[ -~]{0,30}"), 26),
        status in prop::sample::select(PubStatus::ALL), kind in prop::sample::select(Kind::ALL),
        rights in prop::sample::select(Rights::ALL), seconds in 0_i64..4_000_000_000,
    ) {
        let mut texts = texts.into_iter();
        let mut text = || texts.next().flatten();
        let mut draft = made::draft(1);
        (draft.pubstatus, draft.kind, draft.rights) = (status, kind, rights);
        draft.embargoed = chrono::DateTime::from_timestamp(seconds, 0);
        (draft.headline, draft.subheadline, draft.summary) = (text(), text(), text());
        (draft.wire, draft.release_id, draft.issuer, draft.language) = (text(), text(), text(), text());
        (draft.guid, draft.url, draft.copyright_notice) = (text(), text(), text());
        draft.organisations = vec![Organisation {
            name: text(),
            symbols: vec![Symbol { exchange: text().unwrap_or_default(), symbol: text().unwrap_or_default(), raw: String::new() }],
            isin: text().into_iter().collect(),
            wkn: text().into_iter().collect(),
        }];
        draft.subjects = vec![Subject { scheme: text().unwrap_or_default(), code: text(), name: text() }];
        draft.contacts = vec![Contact { name: text(), role: text(), email: text(), phone: text() }];
        draft.people = vec![Person { role: PersonRole::Author, name: text(), email: text(), uri: text() }];
        draft.media = vec![Media { url: text().unwrap_or_default(), media_type: text(), ..Media::default() }];
        let translation = Translation { headline: text(), language: text(), ..full().translations.remove(0) };
        let beside = Listed { article: article(draft), translations: vec![translation], ..full() };
        prop_assert_eq!(complaints(&ninjs::document(&beside)), Vec::<String>::new());
        let head = OutputHead {
            id: String::new(), title: String::new(), description: String::new(), self_url: String::new(), site_url: String::new(),
            base_url: String::new(), updated: made::morning(), entry_title: TitleTemplate::default(),
            sources: BTreeMap::new(), hubs: Vec::new(), archive: None, next: None, ttl: None,
        };
        let list: Vec<Value> = serde_json::from_slice(&ninjs::render(&head, &[beside.clone(), beside])).expect("a JSON array");
        prop_assert_eq!(list.len(), 2);
        prop_assert_eq!(list.iter().flat_map(complaints).collect::<Vec<_>>(), Vec::<String>::new());
    }
}
