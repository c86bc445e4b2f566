//! Renders an output as JSON Feed 1.1 (<https://www.jsonfeed.org/version/1.1/>). Pure: the same articles give the same bytes.
//!
//! `url` is the wire's page, as the link is in every other format, so that a click opens the release. There is no `external_url`:
//! it is for feeds that talk about a page elsewhere on a page of their own, and readers disagree about which of the two to
//! open. Our own page stands in `_dateline`, with all that the format has no place for, spelled as in the article schema.
//!
//! `next_url` leads to the next page of changes, and where there is none to the archive of what came before.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};

use super::entry::{CopyLink, Entry, one_line};
use super::head::{OutputHead, common_language};
use super::json;
use super::medium::{Medium, MediumKind};
use crate::article::{ArticleId, Dateline, Kind, PubStatus, Symbol};
use crate::store::Listed;

/// The document.
#[must_use]
pub fn render(head: &OutputHead, listed: &[Listed]) -> Vec<u8> {
    let entries = head.entries(listed);
    let previous = head.archive.as_ref().and_then(|archive| archive.prev.as_deref());
    let hubs = head.hubs.iter().map(|url| Hub { kind: "WebSub", url });
    json::pretty(&Feed {
        version: "https://jsonfeed.org/version/1.1",
        title: &head.title,
        home_page_url: &head.site_url,
        feed_url: &head.self_url,
        description: Some(head.description.as_str()).filter(|text| !text.is_empty()),
        next_url: head.next.as_deref().or(previous),
        language: common_language(&entries),
        hubs: hubs.collect(),
        items: entries.iter().map(item).collect(),
    })
}

#[derive(Serialize)]
struct Feed<'a> {
    version: &'static str,
    title: &'a str,
    home_page_url: &'a str,
    feed_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hubs: Vec<Hub<'a>>,
    items: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Hub<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    url: &'a str,
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    url: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'a str>,
    #[serde(flatten)]
    content: Content<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "optional_instant")]
    date_published: Option<DateTime<Utc>>,
    #[serde(serialize_with = "instant")]
    date_modified: DateTime<Utc>,
    authors: [Author<'a>; 1],
    tags: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<Attachment>,
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
struct Attachment {
    url: String,
    mime_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_in_bytes: Option<u64>,
}

#[derive(Serialize)]
struct Extension<'a> {
    kind: Kind,
    pubstatus: PubStatus,
    version: i64,
    story: i64,
    page: &'a str,
    source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    wire: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    release_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    copyright_notice: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dateline: Option<&'a Dateline>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    symbols: Vec<&'a Symbol>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    isin: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    copies: Vec<CopyOf<'a>>,
    /// The id of the article, in an item that is a copy of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    copy_of: Option<&'a ArticleId>,
}

#[derive(Serialize)]
struct CopyOf<'a> {
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    wire: Option<&'a str>,
    source: &'a str,
    #[serde(serialize_with = "instant")]
    first_seen: DateTime<Utc>,
    behind_ms: i64,
}

impl<'a> From<&'a CopyLink> for CopyOf<'a> {
    fn from(copy: &'a CopyLink) -> Self {
        Self {
            url: &copy.url,
            wire: copy.wire.as_deref(),
            source: copy.source.as_str(),
            first_seen: copy.first_seen,
            behind_ms: copy.behind_ms,
        }
    }
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
    let picture = entry.media().find(|medium| medium.kind == MediumKind::Picture);
    Item {
        id: &entry.id,
        url: &entry.link,
        title: &entry.title,
        summary: entry.summary.as_deref(),
        content: entry.html.as_deref().map_or(Content::Text(text), Content::Html),
        image: picture.map(|picture| picture.url),
        date_published: entry.published,
        date_modified: entry.updated,
        authors: [Author { name: &entry.author }],
        tags,
        language: entry.language.as_deref(),
        attachments: entry.media().filter_map(attachment).collect(),
        extension: Extension {
            kind: draft.kind,
            pubstatus: draft.pubstatus,
            version: entry.article.version,
            story: entry.article.story,
            page: &entry.page,
            source: draft.source.as_str(),
            wire: draft.wire.as_deref(),
            release_id: draft.release_id.as_deref(),
            copyright_notice: entry.rights.as_deref(),
            dateline: draft.dateline.as_ref(),
            symbols: draft.symbols().collect(),
            isin: draft.isins().collect(),
            copies: entry.copies.iter().map(CopyOf::from).collect(),
            copy_of: entry.copy_of.as_ref(),
        },
    }
}

/// The format demands a media type.
fn attachment(medium: Medium<'_>) -> Option<Attachment> {
    Some(Attachment {
        mime_type: medium.media_type?.to_owned(),
        title: medium.media.caption.as_deref().and_then(one_line),
        size_in_bytes: medium.length,
        url: medium.url,
    })
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
