//! Renders an output as Atom (RFC 4287). Pure: the same articles give the same bytes.
//!
//! | element | holds |
//! |---|---|
//! | `title`, `summary` | `type="text"`: readers disagree about the entities of html titles |
//! | `id`, `published` | stay as they were with the first version |
//! | `updated` | moves with every version |
//! | `link rel="alternate"` | the wire's page, the one alternate: readers take the first or the last one that they meet |
//! | `link rel="via"` | the entry by the feed's own id, where that is an address and another one |
//! | `link rel="related"` | copies on other wires, by the name of the wire |
//! | `link rel="version-history"` ... | our own page of an article that has earlier versions (RFC 5829) |
//! | `link rel="enclosure"` | pictures, sound and films, where the rights allow |
//! | `category` | one code, its `scheme` the code list |
//! | `source` | the feed that it came from |
//!
//! There is no `link rel="self"` in an entry: no Atom document of ours holds one entry alone.
//!
//! # Withdrawals
//! A withdrawn release is said twice: by a tombstone (`at:deleted-entry`, RFC 6721) and by its entry, whose text has given way to
//! a notice. Both may stand in one feed. The instants decide, and as `when` equals `updated`, the entry is the deleted one: who
//! understands the tombstone removes it. Most readers do not; left without the entry, they would go on showing the text that
//! was withdrawn.

use chrono::{DateTime, SecondsFormat, Utc};

use super::entry::{Entry, WITHDRAWN};
use super::head::{OutputHead, common_language};
use super::medium::{Medium, MediumKind};
use super::xml::Xml;
use crate::store::Listed;

/// The document.
#[must_use]
pub fn render(head: &OutputHead, listed: &[Listed]) -> Vec<u8> {
    let entries = head.entries(listed);
    let mut namespaces = vec![("xmlns", "http://www.w3.org/2005/Atom")];
    if head.is_archive() {
        namespaces.push(("xmlns:fh", "http://purl.org/syndication/history/1.0"));
    }
    if entries.iter().any(Entry::is_withdrawn) {
        namespaces.push(("xmlns:at", "http://purl.org/atompub/tombstones/1.0"));
    }
    let language = common_language(&entries);
    namespaces.extend(language.map(|language| ("xml:lang", language)));
    let mut xml = Xml::document();
    xml.open("feed", &namespaces);
    xml.text("id", &[], &head.id);
    xml.text("title", &[("type", "text")], &head.title);
    if !head.description.is_empty() {
        xml.text("subtitle", &[("type", "text")], &head.description);
    }
    xml.text("updated", &[], &instant(head.updated));
    link(&mut xml, "self", "application/atom+xml", &head.self_url);
    link(&mut xml, "alternate", "text/html", &head.site_url);
    for (rel, href) in head.relations() {
        xml.empty("link", &[("rel", rel), ("href", href)]);
    }
    xml.text(
        "generator",
        &[
            ("uri", &format!("{}/", head.base_url)),
            ("version", env!("CARGO_PKG_VERSION")),
        ],
        "Dateline",
    );
    if head.is_archive() {
        xml.empty("fh:archive", &[]);
    }
    for withdrawn in entries.iter().filter(|entry| entry.is_withdrawn()) {
        tombstone(&mut xml, withdrawn);
    }
    for each in &entries {
        entry(&mut xml, each, language);
    }
    xml.close("feed");
    xml.finish()
}

fn tombstone(xml: &mut Xml, entry: &Entry) {
    xml.open(
        "at:deleted-entry",
        &[("ref", &entry.id), ("when", &instant(entry.updated))],
    );
    xml.text("at:comment", &[("xml:lang", "en")], WITHDRAWN);
    xml.close("at:deleted-entry");
}

/// `inherited`: the language of the feed.
fn entry(xml: &mut Xml, entry: &Entry, inherited: Option<&str>) {
    match entry.language.as_deref().filter(|language| inherited != Some(language)) {
        Some(language) => xml.open("entry", &[("xml:lang", language)]),
        None => xml.open("entry", &[]),
    }
    xml.text("id", &[], &entry.id);
    xml.text("title", &[("type", "text")], &entry.title);
    xml.text("updated", &[], &instant(entry.updated));
    if let Some(published) = entry.published {
        xml.text("published", &[], &instant(published));
    }
    links(xml, entry);
    xml.open("author", &[]);
    xml.text("name", &[], &entry.author);
    xml.close("author");
    for term in &entry.categories {
        let mut attributes = vec![("term", term.code.as_str()), ("scheme", term.scheme.as_str())];
        attributes.extend(term.label.as_deref().map(|label| ("label", label)));
        xml.empty("category", &attributes);
    }
    if let Some(rights) = &entry.rights {
        xml.text("rights", &[("type", "text")], rights);
    }
    if let Some(summary) = &entry.summary {
        xml.text("summary", &[("type", "text")], summary);
    }
    if let Some(html) = &entry.html {
        xml.text("content", &[("type", "html")], html);
    }
    if let Some(origin) = &entry.origin {
        xml.open("source", &[]);
        xml.text("id", &[], &origin.url);
        xml.text("title", &[("type", "text")], &origin.title);
        xml.text("updated", &[], &instant(entry.updated));
        xml.empty("link", &[("rel", "self"), ("href", &origin.url)]);
        xml.close("source");
    }
    xml.close("entry");
}

fn links(xml: &mut Xml, entry: &Entry) {
    link(xml, "alternate", "text/html", &entry.link);
    if let Some(via) = &entry.via {
        xml.empty("link", &[("rel", "via"), ("href", via)]);
    }
    for copy in &entry.copies {
        xml.empty(
            "link",
            &[
                ("rel", "related"),
                ("type", "text/html"),
                ("title", copy.title()),
                ("href", &copy.url),
            ],
        );
    }
    if let Some(predecessor) = entry.predecessor {
        link(xml, "version-history", "text/html", &entry.page);
        link(xml, "latest-version", "text/html", &entry.page);
        link(
            xml,
            "predecessor-version",
            "text/html",
            &format!("{}#version-{predecessor}", entry.page),
        );
    }
    for medium in entry.media().filter(|medium| medium.kind != MediumKind::FilmPage) {
        enclosure(xml, &medium);
    }
}

fn enclosure(xml: &mut Xml, medium: &Medium<'_>) {
    let length = medium.length.map(|length| length.to_string());
    let mut attributes = vec![("rel", "enclosure"), ("href", medium.url.as_str())];
    attributes.extend(medium.media_type.map(|media_type| ("type", media_type)));
    attributes.extend(length.as_deref().map(|length| ("length", length)));
    attributes.extend(
        medium
            .media
            .caption
            .as_deref()
            .filter(|caption| !caption.trim().is_empty())
            .map(|caption| ("title", caption)),
    );
    xml.empty("link", &attributes);
}

fn link(xml: &mut Xml, rel: &str, media_type: &str, href: &str) {
    xml.empty("link", &[("rel", rel), ("type", media_type), ("href", href)]);
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
