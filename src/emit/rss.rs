//! Renders an output as RSS 2.0. Pure: the same articles give the same bytes.
//!
//! `guid` is our id and no link; `source` names the feed that a release came from; dates carry a numeric zone (RFC 822 as
//! amended by RFC 1123: four digits of year). The format knows no date of a change: `atom:updated` has it.
//!
//! `description` holds the summary and `content:encoded` the full text, where the rights allow; of an article without a summary
//! the text is the description. A withdrawn release is an item like the others: its title and its description say so.
//!
//! An `enclosure` is a medium of which the feed told size and type: the format demands both, and we do not ask its server. All
//! media stand in `media:content` (Media RSS), films on pages of their own as its `media:player`.

use chrono::{DateTime, SecondsFormat, Utc};

use super::entry::{Entry, one_line};
use super::head::{OutputHead, common_language};
use super::medium::{Medium, MediumKind};
use super::xml::Xml;
use crate::store::Listed;

/// The document.
#[must_use]
pub fn render(head: &OutputHead, listed: &[Listed]) -> Vec<u8> {
    let entries = head.entries(listed);
    let mut attributes = vec![
        ("version", "2.0"),
        ("xmlns:atom", "http://www.w3.org/2005/Atom"),
        ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
        ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
        ("xmlns:media", "http://search.yahoo.com/mrss/"),
    ];
    if head.is_archive() {
        attributes.push(("xmlns:fh", "http://purl.org/syndication/history/1.0"));
    }
    let mut xml = Xml::document();
    xml.open("rss", &attributes);
    xml.open("channel", &[]);
    xml.text("title", &[], &head.title);
    xml.text("link", &[], &head.site_url);
    // The element is required, and empty ones are warned of.
    let described = [&head.description, &head.title]
        .into_iter()
        .find(|text| !text.is_empty());
    xml.text("description", &[], described.map_or("", String::as_str));
    let self_url = ("href", head.self_url.as_str());
    xml.empty(
        "atom:link",
        &[("rel", "self"), ("type", "application/rss+xml"), self_url],
    );
    for (rel, href) in head.relations() {
        xml.empty("atom:link", &[("rel", rel), ("href", href)]);
    }
    if let Some(language) = common_language(&entries) {
        xml.text("language", &[], language);
    }
    xml.text("lastBuildDate", &[], &instant(head.updated));
    if let Some(ttl) = head.ttl {
        // Whole minutes, and never less than asked for.
        xml.text("ttl", &[], &ttl.as_secs().div_ceil(60).max(1).to_string());
    }
    xml.text("generator", &[], concat!("Dateline ", env!("CARGO_PKG_VERSION")));
    xml.text("docs", &[], "https://www.rssboard.org/rss-specification");
    if head.is_archive() {
        xml.empty("fh:archive", &[]);
    }
    for each in &entries {
        item(&mut xml, each);
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
    if let Some(rights) = &entry.rights {
        xml.text("dc:rights", &[], rights);
    }
    for term in &entry.categories {
        xml.text("category", &[("domain", &term.scheme)], &term.code);
    }
    match (&entry.summary, &entry.html) {
        (Some(summary), html) => {
            // The element holds HTML: a text is escaped once for HTML and once more for XML.
            xml.text("description", &[], &escaped(summary));
            if let Some(html) = html {
                xml.text("content:encoded", &[], html);
            }
        }
        (None, Some(html)) => xml.text("description", &[], html),
        (None, None) => {}
    }
    for copy in &entry.copies {
        let related = [
            ("rel", "related"),
            ("type", "text/html"),
            ("title", copy.title()),
            ("href", &copy.url),
        ];
        xml.empty("atom:link", &related);
    }
    media(xml, entry);
    if let Some(origin) = &entry.origin {
        xml.text("source", &[("url", &origin.url)], &origin.title);
    }
    xml.close("item");
}

fn media(xml: &mut Xml, entry: &Entry) {
    let enclosure = entry
        .media()
        .find_map(|medium| Some((medium.url, medium.length?, medium.media_type?)));
    if let Some((url, length, media_type)) = enclosure {
        xml.empty(
            "enclosure",
            &[("url", &url), ("length", &length.to_string()), ("type", media_type)],
        );
    }
    for medium in entry.media() {
        medium_content(xml, &medium);
    }
}

fn medium_content(xml: &mut Xml, medium: &Medium<'_>) {
    let kind = match medium.kind {
        MediumKind::Picture => "image",
        MediumKind::Audio => "audio",
        MediumKind::Video | MediumKind::FilmPage => "video",
        MediumKind::Document => "document",
    };
    let is_page = medium.kind == MediumKind::FilmPage;
    let positive = |number: Option<u64>| number.filter(|number| *number > 0).map(|number| number.to_string());
    let size = positive(medium.length);
    let width = positive(medium.media.width.map(u64::from));
    let height = positive(medium.media.height.map(u64::from));
    let told = [
        ("url", (!is_page).then_some(medium.url.as_str())),
        ("type", medium.media_type),
        ("medium", Some(kind)),
        ("fileSize", size.as_deref()),
        ("width", width.as_deref()),
        ("height", height.as_deref()),
    ];
    let told: Vec<(&str, &str)> = told
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
    xml.open("media:content", &told);
    if is_page {
        xml.empty("media:player", &[("url", &medium.url)]);
    }
    if let Some(caption) = medium.media.caption.as_deref().and_then(one_line) {
        xml.text("media:description", &[("type", "plain")], &caption);
    }
    if let Some(credit) = medium.media.credit.as_deref().and_then(one_line) {
        xml.text("media:credit", &[], &credit);
    }
    xml.close("media:content");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn instant(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S %z").to_string()
}
