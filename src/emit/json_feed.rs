//! Renders an output as JSON Feed 1.1 (<https://www.jsonfeed.org/version/1.1/>). Pure: the same articles give the same bytes.
//!
//! What the format has no place for stands in `_dateline`, spelled as in the article schema.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};

use super::entry::{Entry, OutputHead, printable};
use crate::article::{Article, Dateline, Kind, PubStatus, Symbol};

/// The document.
#[must_use]
#[allow(clippy::expect_used)] // strings, numbers and lists of them: serde_json cannot refuse these
pub fn render(head: &OutputHead, articles: &[Article]) -> Vec<u8> {
    let entries: Vec<Entry> = articles.iter().map(|article| head.entry(article)).collect();
    let feed = Feed {
        version: "https://jsonfeed.org/version/1.1",
        title: printable(&head.title),
        home_page_url: &head.site_url,
        feed_url: &head.self_url,
        description: Some(printable(&head.description)).filter(|text| !text.is_empty()),
        items: entries.iter().map(item).collect(),
    };
    let mut bytes = serde_json::to_vec_pretty(&feed).expect("a feed is plain JSON");
    bytes.push(b'\n');
    bytes
}

#[derive(Serialize)]
struct Feed<'a> {
    version: &'static str,
    title: String,
    home_page_url: &'a str,
    feed_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    items: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_url: Option<&'a str>,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'a str>,
    #[serde(flatten)]
    content: Content<'a>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "optional_instant")]
    date_published: Option<DateTime<Utc>>,
    #[serde(serialize_with = "instant")]
    date_modified: DateTime<Utc>,
    authors: [Author<'a>; 1],
    tags: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(rename = "_dateline")]
    extension: Extension<'a>,
}

/// The format asks for one of them.
#[derive(Serialize)]
enum Content<'a> {
    #[serde(rename = "content_html")]
    Html(&'a str),
    #[serde(rename = "content_text")]
    Text(&'a str),
}

#[derive(Serialize)]
struct Author<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct Extension<'a> {
    kind: Kind,
    pubstatus: PubStatus,
    version: i64,
    story: i64,
    source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    wire: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    release_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dateline: Option<&'a Dateline>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    symbols: Vec<&'a Symbol>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    isin: Vec<&'a str>,
}

fn item(entry: &Entry) -> Item<'_> {
    let draft = &entry.article.draft;
    let text = entry.summary.as_deref().unwrap_or(&entry.title);
    let mut tags: Vec<&str> = Vec::new();
    for term in &entry.categories {
        let tag = term.label.as_deref().unwrap_or(&term.code);
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    Item {
        id: &entry.id,
        url: &entry.link,
        external_url: entry.wire_link.as_deref(),
        title: &entry.title,
        summary: entry.summary.as_deref(),
        content: entry.html.as_deref().map_or(Content::Text(text), Content::Html),
        date_published: entry.published,
        date_modified: entry.updated,
        authors: [Author { name: &entry.author }],
        tags,
        language: entry.language.as_deref(),
        extension: Extension {
            kind: draft.kind,
            pubstatus: draft.pubstatus,
            version: entry.article.version,
            story: entry.article.story,
            source: draft.source.as_str(),
            wire: draft.wire.as_deref(),
            release_id: draft.release_id.as_deref(),
            dateline: draft.dateline.as_ref(),
            symbols: draft.symbols().collect(),
            isin: draft.isins().collect(),
        },
    }
}

fn instant<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

#[allow(clippy::ref_option)] // serde's signature
fn optional_instant<S: Serializer>(at: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => instant(at, serializer),
        None => serializer.serialize_none(),
    }
}
