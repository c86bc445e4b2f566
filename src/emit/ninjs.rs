//! An article as an IPTC ninjs 3.1 document.
//!
//! In: an article. Out: the JSON. ninjs has no property for datelines, so they stand in `descriptions` by role, and a dateline's date without
//! a time is never padded to an instant. What the schema does not know is left out: it forbids unknown properties.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use crate::article::{Article, Media, Organisation, Person, PersonRole, Place, Subject};

const SCHEMA: &str = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json";

/// IPTC NewsCodes for the kind of a financial symbol.
const ISIN: &str = "http://cv.iptc.org/newscodes/financialinstrumentsymboltype/isin";

/// The document of one article, as it stands.
#[must_use]
pub fn document(article: &Article) -> Value {
    let draft = &article.draft;
    let text = |role: &str, value: &Option<String>| {
        value
            .as_ref()
            .map(|value| json!({ "role": role, "contentType": "text/plain", "value": value }))
    };
    let dateline = draft.dateline.as_ref();
    let raw = dateline.map(|dateline| dateline.raw.clone());
    let date = dateline.and_then(|dateline| dateline.date).map(|date| date.to_string());
    let bodies = [("text/plain", &draft.body_text), ("text/html", &draft.body_html)];
    let bodies = bodies.into_iter().filter(|(_, value)| !value.is_empty());
    let release = draft.release_id.clone();
    let alternate = [
        ("guid", draft.guid.clone()),
        ("url", draft.url.clone()),
        ("wire-release-id", release),
    ];
    let distributor = draft
        .wire
        .iter()
        .map(|name| json!({ "name": name, "role": "distributor" }));
    let relays = dateline.map(|dateline| dateline.via.as_slice()).unwrap_or_default();
    let relays = relays.iter().map(|name| json!({ "name": name, "role": "relay" }));

    let mut document = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        let is_empty = value
            .as_ref()
            .is_none_or(|value| value.as_array().is_some_and(Vec::is_empty));
        if let Some(value) = value.filter(|_| !is_empty) {
            document.insert(name.to_owned(), value);
        }
    };
    put(
        "standard",
        Some(json!({ "name": "ninjs", "version": "3.1", "schema": SCHEMA })),
    );
    put("uri", Some(json!(article.id)));
    put("type", Some(json!("text")));
    let representation = if draft.body_text.is_empty() { "partial" } else { "full" };
    put("representationType", Some(json!(representation)));
    put("profile", Some(json!("press-release")));
    put("version", Some(json!(article.version.to_string())));
    put("firstCreated", draft.published.map(|at| json!(instant(at))));
    put(
        "versionCreated",
        Some(json!(instant(draft.updated.unwrap_or(article.modified)))),
    );
    put("embargoedUntil", draft.embargoed.map(|at| json!(instant(at))));
    put("pubStatus", Some(json!(draft.pubstatus)));
    put("language", draft.language.as_ref().map(|language| json!(language)));
    put(
        "copyrightNotice",
        draft.copyright_notice.as_ref().map(|notice| json!(notice)),
    );
    put(
        "located",
        dateline
            .and_then(|dateline| dateline.places.first())
            .map(|place| json!(place.text)),
    );
    let headlines = [text("main", &draft.headline), text("sub", &draft.subheadline)];
    put("headlines", Some(headlines.into_iter().flatten().collect()));
    let descriptions = [
        text("summary", &draft.summary),
        text("dateline", &raw),
        text("dateline-date", &date),
    ];
    put("descriptions", Some(descriptions.into_iter().flatten().collect()));
    put(
        "bodies",
        Some(
            bodies
                .map(|(kind, value)| json!({ "role": "main", "contentType": kind, "value": value }))
                .collect(),
        ),
    );
    put(
        "places",
        Some(
            dateline
                .into_iter()
                .flat_map(|dateline| &dateline.places)
                .map(place)
                .collect(),
        ),
    );
    put("organisations", Some(organisations(article)));
    put("people", Some(people(article)));
    put("subjects", Some(draft.subjects.iter().filter_map(subject).collect()));
    put("infoSources", Some(distributor.chain(relays).collect()));
    let alternate = alternate
        .into_iter()
        .filter_map(|(role, value)| Some(json!({ "role": role, "value": value? })));
    put("altIds", Some(alternate.collect()));
    put(
        "associations",
        Some(
            draft
                .media
                .iter()
                .enumerate()
                .map(|(at, media)| picture(article, at, media))
                .collect(),
        ),
    );
    Value::Object(document)
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn place(place: &Place) -> Value {
    let name = place.city.as_ref().unwrap_or(&place.text);
    json!({ "name": name, "rel": "dateline", "literal": place.text })
}

/// The issuer with its listings, then whoever else is named with some.
fn organisations(article: &Article) -> Value {
    let draft = &article.draft;
    let is_issuer = |known: &Organisation| known.name.is_some() && known.name == draft.issuer;
    let mut listed: Vec<Value> = Vec::new();
    if let Some(name) = draft
        .issuer
        .as_ref()
        .filter(|_| !draft.organisations.iter().any(is_issuer))
    {
        listed.push(json!({ "name": name, "rel": "issuer" }));
    }
    for known in &draft.organisations {
        let symbols = known
            .symbols
            .iter()
            .map(|symbol| json!({ "exchange": symbol.exchange, "symbol": symbol.symbol }));
        let isins = known
            .isin
            .iter()
            .map(|isin| json!({ "symbol": isin, "symbolType": ISIN }));
        let symbols: Vec<Value> = symbols.chain(isins).collect();
        let name = known.name.as_deref().unwrap_or("unnamed");
        let rel = if is_issuer(known) { "issuer" } else { "mentions" };
        listed.push(json!({ "name": name, "rel": rel, "symbols": symbols }));
    }
    Value::Array(listed)
}

/// Persons; organisations that a feed writes where persons go stand among the organisations.
fn people(article: &Article) -> Value {
    let draft = &article.draft;
    let is_person = |person: &&Person| person.role != PersonRole::Publisher && person.name != draft.issuer;
    let people = draft.people.iter().filter(is_person);
    people
        .filter_map(|person| Some(json!({ "name": person.name.as_ref()?, "rel": person.role })))
        .collect()
}

fn subject(subject: &Subject) -> Option<Value> {
    let name = subject.name.as_ref().or(subject.code.as_ref())?;
    Some(json!({ "name": name, "rel": "about", "literal": subject.code.as_ref().unwrap_or(&subject.scheme) }))
}

fn picture(article: &Article, at: usize, media: &Media) -> Value {
    let kind = media.media_type.as_deref().unwrap_or_default();
    let kind = ["video", "audio"]
        .into_iter()
        .find(|known| kind.starts_with(known))
        .unwrap_or("picture");
    let mut rendition = json!({ "name": "original", "href": media.url });
    if let Some(claimed) = &media.media_type {
        rendition["contentType"] = json!(claimed);
    }
    let mut association = json!({
        "name": format!("media-{}", at + 1), "uri": format!("{}#media-{}", article.id, at + 1), "type": kind,
        "renditions": [rendition],
    });
    if let Some(caption) = &media.caption {
        association["descriptions"] = json!([{ "role": "caption", "contentType": "text/plain", "value": caption }]);
    }
    association
}
