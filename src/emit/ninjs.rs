//! An article as an IPTC ninjs 3.1 document.
//!
//! In: an article, and what stands beside it. Out: the JSON. What the schema does not know is left out, for it forbids unknown properties:
//! datelines stand in `descriptions` by role, and a dateline's date without a time is never padded to an instant.
//!
//! | of the article | in the document |
//! |---|---|
//! | kind | `profile`, `edNote` with the release that it revises |
//! | headline without its mark, as printed; subheadline | `headlines` `main`, `as-published`, `sub` |
//! | summary; dateline, its date | `descriptions` `summary`, `dateline`, `dateline-date` |
//! | places | `located` (the first), `places` `dateline`, with city, region and country as an address |
//! | issuer, other organisations, their listings | `organisations` `issuer`, `mentions`; MIC as `exchange` |
//! | subjects, cashtags | `subjects` |
//! | contacts, authors | `people` |
//! | wire, relays | `infoSources` `distributor`, `relay` |
//! | guid, URLs, the wire's number | `altIds` |
//! | media; earlier versions; copies; translations | `associations` `replaces`, `sameAs`, `translation` |
//! | what may be re-emitted | `usageTerms` |

use std::collections::HashSet;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use url::Url;

use super::entry::{is_language_tag, scheme, web_url};
use crate::article::{
    Article, Contact, Draft, Kind, Media, Organisation, Person, PersonRole, Place, PubStatus, Revision, Rights, Subject,
};
use crate::store::Family;
use crate::wire;

const SCHEMA: &str = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json";

/// IPTC NewsCodes for the kind of a financial symbol.
const ISIN: &str = "http://cv.iptc.org/newscodes/financialinstrumentsymboltype/isin";

/// IPTC subject codes, which the subjects of PR Newswire are mapped to.
const SUBJECT_CODES: &str = "http://cv.iptc.org/newscodes/subjectcode/";

/// The document of one article, as it stands.
#[must_use]
pub fn document(article: &Article, family: &Family) -> Value {
    let draft = &article.draft;
    let mut properties = Properties::default();
    properties.put(
        "standard",
        json!({ "name": "ninjs", "version": "3.1", "schema": SCHEMA }),
    );
    properties.put("uri", json!(article.id));
    properties.put("type", json!("text"));
    properties.put("profile", json!(profile(draft.kind)));
    properties.put("version", json!(article.version.to_string()));
    let first = family.versions.first().map_or(article, |first| &first.article);
    properties.put(
        "firstCreated",
        instant(first.draft.published.or(Some(article.first_received))),
    );
    properties.put("versionCreated", instant(draft.updated.or(Some(article.modified))));
    properties.put("embargoedUntil", instant(draft.embargoed));
    properties.put("pubStatus", json!(draft.pubstatus));
    properties.put("representationType", json!(completeness(draft)));
    properties.put("language", json!(language(draft)));
    properties.put("copyrightNotice", json!(draft.copyright_notice));
    properties.put("usageTerms", json!(usage_terms(draft.rights)));
    properties.put("edNote", json!(editorial_note(article, family)));
    words(draft, &mut properties);
    names(draft, &mut properties);
    properties.put("altIds", alternative_ids(article, family));
    properties.put("associations", associations(article, family));
    Value::Object(properties.0)
}

/// The document so far. What is null or empty says nothing and is left out.
#[derive(Default)]
struct Properties(Map<String, Value>);

impl Properties {
    fn put(&mut self, name: &str, value: Value) {
        let says_something = match &value {
            Value::Null => false,
            Value::Array(values) => !values.is_empty(),
            Value::Object(values) => !values.is_empty(),
            Value::String(_) | Value::Bool(_) | Value::Number(_) => true,
        };
        if says_something {
            self.0.insert(name.to_owned(), value);
        }
    }

    /// An object of what says something.
    fn of<'n>(values: impl IntoIterator<Item = (&'n str, Value)>) -> Value {
        let mut properties = Self::default();
        for (name, value) in values {
            properties.put(name, value);
        }
        Value::Object(properties.0)
    }
}

fn instant(at: Option<DateTime<Utc>>) -> Value {
    json!(at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)))
}

fn profile(kind: Kind) -> String {
    match kind == Kind::Release {
        true => "press-release".to_owned(),
        false => format!("press-release-{kind}"),
    }
}

/// Whether the whole text is here; a withdrawn release has none, and nothing is missing.
fn completeness(draft: &Draft) -> &'static str {
    let wire = draft.wire.as_deref().and_then(wire::by_name);
    let is_whole = !draft.body_text.trim().is_empty() && !wire::is_cut(wire, &draft.body_text);
    if is_whole || draft.pubstatus == PubStatus::Canceled {
        "full"
    } else {
        "partial"
    }
}

fn language(draft: &Draft) -> Option<&str> {
    draft.language.as_deref().filter(|tag| is_language_tag(tag))
}

const fn usage_terms(rights: Rights) -> Option<&'static str> {
    match rights {
        Rights::Full => None,
        Rights::Summary => Some("Headline, summary and link only: the text stays with its wire."),
        Rights::Headline => Some("Headline and link only."),
    }
}

/// What it revises by its own word, and why this version is one.
fn editorial_note(article: &Article, family: &Family) -> Option<String> {
    let revises = article.draft.revision.as_ref().map(revises);
    let version = family
        .versions
        .iter()
        .rev()
        .find(|known| known.article.version == article.version && known.article.version > 1);
    let reason = version.map(|version| format!("Version {}, {}: {}", article.version, version.verdict, version.why));
    let notes: Vec<String> = revises.into_iter().chain(reason).collect();
    (!notes.is_empty()).then(|| notes.join(". "))
}

/// `Correction of "Acme opens plant", issued 2026-10-05 over PR Newswire`.
fn revises(revision: &Revision) -> String {
    let mut note = revision.kind.to_string();
    if let Some(first) = note.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    if let Some(headline) = &revision.target_headline {
        note.push_str(&format!(" of \"{headline}\""));
    }
    if let Some(date) = revision.target_date {
        note.push_str(&format!(", issued {date}"));
    }
    if let Some(wire) = &revision.target_wire {
        note.push_str(&format!(" over {wire}"));
    }
    note
}

/// Headlines, descriptions and bodies.
fn words(draft: &Draft, properties: &mut Properties) {
    let text = |role: &str, value: Option<String>| {
        value.map(|value| json!({ "role": role, "contentType": "text/plain", "value": value }))
    };
    let clean = draft
        .revision
        .as_ref()
        .and_then(|revision| revision.clean_headline.clone());
    let clean = clean.filter(|clean| draft.headline.as_ref() != Some(clean));
    let printed = clean.as_ref().and(draft.headline.clone());
    let headlines = [
        text("main", clean.or_else(|| draft.headline.clone())),
        text("as-published", printed),
        text("sub", draft.subheadline.clone()),
    ];
    properties.put("headlines", headlines.into_iter().flatten().collect());

    let dateline = draft.dateline.as_ref();
    let date = dateline.and_then(|dateline| dateline.date);
    let withdrawn = draft.pubstatus == PubStatus::Canceled;
    let descriptions = [
        text("summary", draft.summary.clone().filter(|_| !withdrawn)),
        text("dateline", dateline.map(|dateline| dateline.raw.clone())),
        text("dateline-date", date.map(|date| date.to_string())),
    ];
    properties.put("descriptions", descriptions.into_iter().flatten().collect());

    let (characters, words) = (
        draft.body_text.chars().count(),
        draft.body_text.split_whitespace().count(),
    );
    let bodies = [
        json!({ "role": "main", "contentType": "text/plain", "charCount": characters, "wordCount": words, "value": draft.body_text }),
        json!({ "role": "main", "contentType": "text/html", "value": draft.body_html }),
    ];
    let says_something = |body: &Value| !withdrawn && body["value"].as_str().is_some_and(|text| !text.is_empty());
    properties.put("bodies", bodies.into_iter().filter(says_something).collect());
}

/// Places, organisations, people, subjects and sources.
fn names(draft: &Draft, properties: &mut Properties) {
    let dateline = draft.dateline.as_ref();
    let places = dateline.map(|dateline| dateline.places.as_slice()).unwrap_or_default();
    properties.put("located", json!(places.first().map(|place| &place.text)));
    properties.put("places", places.iter().map(place).collect());
    properties.put("organisations", organisations(draft));
    let is_person = |person: &&Person| person.role != PersonRole::Publisher && person.name != draft.issuer;
    let authors = draft.people.iter().filter(is_person).filter_map(person);
    properties.put(
        "people",
        authors.chain(draft.contacts.iter().filter_map(contact)).collect(),
    );
    let wire = draft.wire.as_deref();
    let wire_id = wire.and_then(wire::by_name).map(|row| row.id);
    let subjects = draft.subjects.iter().filter_map(|about| subject(about, wire_id));
    let hints = draft.cashtags.iter();
    let hints =
        hints.map(|tag| json!({ "name": format!("${tag}"), "rel": "about", "literal": format!("cashtag:{tag}") }));
    properties.put("subjects", subjects.chain(hints).collect());
    let relays = dateline.map(|dateline| dateline.via.as_slice()).unwrap_or_default();
    let sources = wire.map(|name| ("distributor", name)).into_iter();
    let sources = sources.chain(relays.iter().map(|name| ("relay", name.as_str())));
    let sources = sources.map(|(role, name)| {
        let id = wire::by_name(name).map(|row| row.id);
        Properties::of([("name", json!(name)), ("role", json!(role)), ("literal", json!(id))])
    });
    properties.put("infoSources", sources.collect());
}

fn place(place: &Place) -> Value {
    let address = Properties::of([
        ("locality", json!(place.city)),
        ("area", json!(place.region)),
        ("country", json!(place.country)),
    ]);
    let knows_it = address.as_object().is_some_and(|known| !known.is_empty());
    Properties::of([
        ("name", json!(place.city.as_ref().unwrap_or(&place.text))),
        ("rel", json!("dateline")),
        ("literal", json!(place.text)),
        (
            "contactInfo",
            knows_it
                .then(|| json!({ "type": "address", "address": address }))
                .into_iter()
                .collect(),
        ),
    ])
}

/// The issuer with its listings, then whoever else is named with some.
fn organisations(draft: &Draft) -> Value {
    let is_issuer = |known: &Organisation| known.name.is_some() && known.name == draft.issuer;
    let is_listed = draft.organisations.iter().any(is_issuer);
    let issuer = draft.issuer.as_ref().filter(|_| !is_listed);
    let issuer = issuer.map(|name| json!({ "name": name, "rel": "issuer" }));
    let listed = draft.organisations.iter().map(|known| {
        let symbols = known
            .symbols
            .iter()
            .map(|symbol| json!({ "exchange": symbol.exchange, "symbol": symbol.symbol }));
        let numbers = known.isin.iter().map(|isin| (isin, ISIN.to_owned()));
        let numbers = numbers.chain(known.wkn.iter().map(|wkn| (wkn, scheme("wkn"))));
        let numbers = numbers.map(|(number, list)| json!({ "symbol": number, "symbolType": list }));
        let rel = if is_issuer(known) { "issuer" } else { "mentions" };
        Properties::of([
            ("name", json!(known.name)),
            ("rel", json!(rel)),
            ("symbols", symbols.chain(numbers).collect()),
        ])
    });
    issuer.into_iter().chain(listed).collect()
}

/// A person whom the feed names; organisations that a feed writes where persons go stand among the organisations.
fn person(person: &Person) -> Option<Value> {
    Some(Properties::of([
        ("name", json!(person.name.as_ref()?)),
        ("rel", json!(person.role)),
        ("uri", json!(person.uri.as_deref().and_then(web_url))),
        ("contactInfo", reachable(None, person.email.as_ref(), None)),
    ]))
}

/// A person or desk whom the release names.
fn contact(contact: &Contact) -> Option<Value> {
    let reached = reachable(contact.role.as_ref(), contact.email.as_ref(), contact.phone.as_ref());
    let says_something = contact.name.is_some() || reached.as_array().is_some_and(|ways| !ways.is_empty());
    says_something.then(|| {
        Properties::of([
            ("name", json!(contact.name)),
            ("rel", json!("contact")),
            ("contactInfo", reached),
        ])
    })
}

fn reachable(role: Option<&String>, email: Option<&String>, phone: Option<&String>) -> Value {
    let ways = [("email", email), ("phone", phone)];
    ways.into_iter()
        .filter_map(|(kind, value)| {
            Some(Properties::of([
                ("type", json!(kind)),
                ("role", json!(role)),
                ("value", json!(value?)),
            ]))
        })
        .collect()
}

fn subject(subject: &Subject, wire: Option<&str>) -> Option<Value> {
    let name = subject.name.as_ref().or(subject.code.as_ref())?;
    let literal = match &subject.code {
        Some(code) => format!("{}:{code}", subject.scheme),
        None => subject.scheme.clone(),
    };
    let listed = subject.code.as_deref().filter(|_| subject.scheme == "prn:subject");
    let iptc = listed.and_then(wire::prn_subject).and_then(|row| row.iptc);
    Some(Properties::of([
        ("name", json!(name)),
        ("rel", json!("about")),
        ("uri", json!(iptc.map(|code| format!("{SUBJECT_CODES}{code}")))),
        ("creator", json!(wire)),
        ("literal", json!(literal)),
    ]))
}

/// Every name that the release has elsewhere, each once: of this version, of earlier ones, of its copies.
fn alternative_ids(article: &Article, family: &Family) -> Value {
    let number = |draft: &Draft| {
        let wire = draft.wire.as_deref().and_then(wire::by_name)?;
        Some(format!("{}:{}", wire.id, draft.release_id.as_ref()?))
    };
    let draft = &article.draft;
    let own = [
        ("guid", draft.guid.clone()),
        ("url", draft.url.clone()),
        ("wire-release-id", number(draft)),
    ];
    let earlier = family
        .versions
        .iter()
        .filter(|known| known.article.version < article.version);
    let earlier = earlier.map(|known| ("wire-release-id-previous", number(&known.article.draft)));
    let copies = family
        .sightings
        .iter()
        .flat_map(|seen| [("guid", seen.guid.clone()), ("url", seen.url.clone())]);
    let mut known = HashSet::new();
    own.into_iter()
        .chain(earlier)
        .chain(copies)
        .filter_map(|(role, value)| Some((role, value?)))
        .filter(|(role, value)| {
            let kind = if role.starts_with("wire") {
                "wire-release-id"
            } else {
                *role
            };
            known.insert((kind, value.clone()))
        })
        .map(|(role, value)| json!({ "role": role, "value": value }))
        .collect()
}

/// Media, what this version replaces, the same release elsewhere, and in other languages.
fn associations(article: &Article, family: &Family) -> Value {
    let media = article.draft.media.iter().enumerate();
    let media = media.filter_map(|(at, media)| medium(article, at, media));
    let earlier = family
        .versions
        .iter()
        .filter(|known| known.article.version < article.version);
    let earlier = earlier.map(|known| {
        let version = known.article.version;
        named(
            &format!("version {version}"),
            "replaces",
            &format!("{}#version-{version}", article.id),
            &known.article.draft,
        )
    });
    let mut pages: HashSet<String> = article.draft.url.as_deref().and_then(web_url).into_iter().collect();
    let copies: Vec<Value> = family
        .sightings
        .iter()
        .filter_map(|seen| Some((seen, seen.url.as_deref().and_then(web_url)?)))
        .filter(|(_, page)| pages.insert(page.clone()))
        .map(|(seen, page)| json!({ "name": format!("copy in {}", seen.source), "rel": "sameAs", "uri": page, "type": "text" }))
        .collect();
    let translations = family.shown().map(|other| {
        let language = language(&other.draft).unwrap_or("another language");
        named(
            &format!("in {language}"),
            "translation",
            other.id.as_str(),
            &other.draft,
        )
    });
    media.chain(earlier).chain(copies).chain(translations).collect()
}

/// A reference to a text by its headline, which may always be re-emitted.
fn named(name: &str, rel: &str, uri: &str, draft: &Draft) -> Value {
    let headline = draft.headline.iter();
    let headlines = headline.map(|headline| json!({ "role": "main", "contentType": "text/plain", "value": headline }));
    Properties::of([
        ("name", json!(name)),
        ("rel", json!(rel)),
        ("uri", json!(uri)),
        ("type", json!("text")),
        ("language", json!(language(draft))),
        ("headlines", headlines.collect()),
    ])
}

/// Sites whose pages show films: wires link them as `image/jpeg`.
const FILM_SITES: &[&str] = &["youtube.com", "youtu.be", "vimeo.com"];

fn medium(article: &Article, at: usize, media: &Media) -> Option<Value> {
    let href = web_url(&media.url)?;
    let host = Url::parse(&href)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default();
    let is_film_page = FILM_SITES.iter().any(|site| {
        host.strip_suffix(site)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    });
    let claimed = media.media_type.as_deref().filter(|_| !is_film_page);
    let kind = match claimed.and_then(|claimed| claimed.split('/').next()) {
        _ if is_film_page => "video",
        Some("video") => "video",
        Some("audio") => "audio",
        Some("application" | "text") => "text",
        Some(_) | None => "picture",
    };
    let rendition = Properties::of([
        ("name", json!("original")),
        ("href", json!(href)),
        ("contentType", json!(claimed)),
        ("width", json!(media.width)),
        ("height", json!(media.height)),
        ("sizeInBytes", json!(media.length)),
    ]);
    let caption = media.caption.iter();
    let captions = caption.map(|caption| json!({ "role": "caption", "contentType": "text/plain", "value": caption }));
    Some(Properties::of([
        ("name", json!(format!("media-{}", at + 1))),
        ("uri", json!(format!("{}#media-{}", article.id, at + 1))),
        ("type", json!(kind)),
        ("by", json!(media.credit)),
        ("descriptions", captions.collect()),
        ("renditions", json!([rendition])),
    ]))
}
