//! Renders an output as Atom (RFC 4287). Pure: the same articles give the same bytes.
//!
//! Titles and summaries are `type="text"`: readers disagree about the entities of html titles. `updated` moves with every
//! version, `published` never.

use chrono::{DateTime, SecondsFormat, Utc};

use super::entry::{Entry, OutputHead};
use super::xml::Xml;
use crate::article::Article;

/// The document.
#[must_use]
pub fn render(head: &OutputHead, articles: &[Article]) -> Vec<u8> {
    let mut xml = Xml::document();
    xml.open("feed", &[("xmlns", "http://www.w3.org/2005/Atom")]);
    xml.text("id", &[], &head.id);
    xml.text("title", &[("type", "text")], &head.title);
    if !head.description.is_empty() {
        xml.text("subtitle", &[("type", "text")], &head.description);
    }
    xml.text("updated", &[], &instant(head.updated));
    link(&mut xml, "self", "application/atom+xml", &head.self_url);
    link(&mut xml, "alternate", "text/html", &head.site_url);
    xml.text("generator", &[], "Dateline");
    for article in articles {
        entry(&mut xml, &head.entry(article));
    }
    xml.close("feed");
    xml.finish()
}

fn entry(xml: &mut Xml, entry: &Entry) {
    match &entry.language {
        Some(language) => xml.open("entry", &[("xml:lang", language)]),
        None => xml.open("entry", &[]),
    }
    xml.text("id", &[], &entry.id);
    xml.text("title", &[("type", "text")], &entry.title);
    xml.text("updated", &[], &instant(entry.updated));
    if let Some(published) = entry.published {
        xml.text("published", &[], &instant(published));
    }
    link(xml, "alternate", "text/html", &entry.link);
    xml.open("author", &[]);
    xml.text("name", &[], &entry.author);
    xml.close("author");
    for term in &entry.categories {
        let mut attributes = vec![("term", term.code.as_str()), ("scheme", term.scheme.as_str())];
        attributes.extend(term.label.as_deref().map(|label| ("label", label)));
        xml.empty("category", &attributes);
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
        xml.close("source");
    }
    xml.close("entry");
}

fn link(xml: &mut Xml, rel: &str, media_type: &str, href: &str) {
    xml.empty("link", &[("rel", rel), ("type", media_type), ("href", href)]);
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
