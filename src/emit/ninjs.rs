//! An article as an IPTC ninjs 3.1 document, and an output as a list of them.
//!
//! In: an article, with what stands beside it. Out: the JSON. IPTC defines the document and no list: ours is a JSON array with a
//! document a line, so that it is read by any JSON parser at once and by line tools one by one. What the schema does not know is left out, for it forbids unknown properties:
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
//! | media; earlier versions; copies, of a copy its article; translations | `associations` `replaces`, `sameAs`, `translation` |
//! | what may be re-emitted | `usageTerms` |

mod beside;
mod names;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use self::beside::{alternative_ids, associations};
use self::names::names;
use super::entry::{is_language_tag, permitted};
use super::head::OutputHead;
use super::json;
use crate::article::{Draft, Kind, PubStatus, Revision, Rights};
use crate::store::Listed;
use crate::wire;

const SCHEMA: &str = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json";

/// The list: what may be re-emitted of each article.
#[must_use]
pub fn render(_: &OutputHead, listed: &[Listed]) -> Vec<u8> {
    let mut bytes = b"[".to_vec();
    for (at, listed) in listed.iter().enumerate() {
        bytes.extend_from_slice(if at == 0 { b"\n" } else { b",\n" });
        let listed = Listed {
            article: permitted(&listed.article),
            ..listed.clone()
        };
        bytes.extend_from_slice(json::line(&document(&listed)).trim_ascii_end());
    }
    bytes.extend_from_slice(b"\n]\n");
    bytes
}

/// The document of one article, as it stands.
#[must_use]
pub fn document(listed: &Listed) -> Value {
    let article = &listed.article;
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
    properties.put(
        "firstCreated",
        instant(listed.published().or(Some(article.first_received))),
    );
    properties.put("versionCreated", instant(draft.updated.or(Some(article.modified))));
    properties.put("embargoedUntil", instant(draft.embargoed));
    properties.put("pubStatus", json!(draft.pubstatus));
    properties.put("representationType", json!(completeness(draft)));
    properties.put("language", json!(language_tag(draft.language.as_deref())));
    properties.put("copyrightNotice", json!(draft.copyright_notice));
    properties.put("usageTerms", json!(usage_terms(draft.rights)));
    properties.put("edNote", json!(editorial_note(listed)));
    words(draft, &mut properties);
    names(draft, &mut properties);
    properties.put("altIds", alternative_ids(listed));
    properties.put("associations", associations(listed));
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

fn language_tag(language: Option<&str>) -> Option<&str> {
    language.filter(|tag| is_language_tag(tag))
}

const fn usage_terms(rights: Rights) -> Option<&'static str> {
    match rights {
        Rights::Full => None,
        Rights::Summary => Some("Headline, summary and link only: the text stays with its wire."),
        Rights::Headline => Some("Headline and link only."),
    }
}

/// What it revises by its own word, and why this version is one.
fn editorial_note(listed: &Listed) -> Option<String> {
    let shown = listed.article.version;
    let revises = listed.article.draft.revision.as_ref().map(revises);
    let mut versions = listed.versions.iter();
    let version = versions.find(|known| known.version == shown && shown > 1);
    let reason = version.map(|version| format!("Version {shown}, {}: {}", version.verdict, version.why));
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
