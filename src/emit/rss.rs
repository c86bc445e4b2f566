//! Renders an output as RSS 2.0. Pure: the same articles give the same bytes.
//!
//! `guid` is our id and no link; `source` names the feed that a release came from; dates carry a numeric zone (RFC 822 as
//! amended by RFC 1123: four digits of year). The full text stands in `content:encoded`, and only where the rights allow.

use chrono::{DateTime, SecondsFormat, Utc};

use super::entry::{Entry, OutputHead};
use super::xml::Xml;
use crate::article::Article;

/// The document.
#[must_use]
pub fn render(head: &OutputHead, articles: &[Article]) -> Vec<u8> {
    let mut xml = Xml::document();
    xml.open(
        "rss",
        &[
            ("version", "2.0"),
            ("xmlns:atom", "http://www.w3.org/2005/Atom"),
            ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
            ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
        ],
    );
    xml.open("channel", &[]);
    xml.text("title", &[], &head.title);
    xml.text("link", &[], &head.site_url);
    // The element is required, and empty ones are warned of.
    xml.text(
        "description",
        &[],
        if head.description.is_empty() {
            &head.title
        } else {
            &head.description
        },
    );
    xml.empty(
        "atom:link",
        &[
            ("rel", "self"),
            ("type", "application/rss+xml"),
            ("href", &head.self_url),
        ],
    );
    xml.text("lastBuildDate", &[], &instant(head.updated));
    xml.text("generator", &[], "Dateline");
    for article in articles {
        item(&mut xml, &head.entry(article));
    }
    xml.close("channel");
    xml.close("rss");
    xml.finish()
}

fn item(xml: &mut Xml, entry: &Entry) {
    xml.open("item", &[]);
    xml.text("title", &[], &entry.title);
    xml.text("link", &[], &entry.link);
    xml.text("guid", &[("isPermaLink", "false")], &entry.id);
    if let Some(published) = entry.published {
        xml.text("pubDate", &[], &instant(published));
    }
    xml.text(
        "atom:updated",
        &[],
        &entry.updated.to_rfc3339_opts(SecondsFormat::AutoSi, true),
    );
    xml.text("dc:creator", &[], &entry.author);
    if let Some(language) = &entry.language {
        xml.text("dc:language", &[], language);
    }
    for term in &entry.categories {
        xml.text("category", &[("domain", &term.scheme)], &term.code);
    }
    if let Some(summary) = &entry.summary {
        // The element holds HTML: a text is escaped once for HTML and once more for XML.
        xml.text("description", &[], &escaped(summary));
    }
    if let Some(html) = &entry.html {
        xml.text("content:encoded", &[], html);
    }
    if let Some(origin) = &entry.origin {
        xml.text("source", &[("url", &origin.url)], &origin.title);
    }
    xml.close("item");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn instant(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S %z").to_string()
}
