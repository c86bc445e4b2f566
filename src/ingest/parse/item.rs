//! Puts an item together: the texts from feed-rs, everything else from the scan.
//!
//! In: one scanned item. Out: an [`Item`] that says what the feed said, or a [`Reject`] with the reason. The format's own elements become
//! fields; all others become extensions, so nothing that a wire wrote is lost.

use chrono_tz::Tz;
use feed_rs::model::Entry;

use super::media::{is_web, media};
use super::people::people;
use super::scan::{Node, Scanned};
use super::{Options, Repairs, cut, entry, stamp};
use crate::article::{Category, Extension, Item, Link, Reject, Stamp};

/// Elements of the formats that have a field of their own in [`Item`].
#[rustfmt::skip]
const FIELDS: &[(&str, &[&str])] = &[
    ("rss", &["title", "link", "description", "author", "category", "comments", "enclosure", "guid", "pubDate"]),
    ("atom", &["id", "title", "link", "summary", "content", "author", "category", "published", "updated", "rights", "issued", "modified"]),
    ("content", &["encoded"]),
];

/// Where the time of issue stands, first found first taken.
const PUBLISHED: &[(&str, &str)] = &[
    ("rss", "pubDate"),
    ("atom", "published"),
    ("atom", "pubDate"),
    ("atom", "issued"),
    ("dc", "date"),
    ("dcterms", "issued"),
    ("dcterms", "created"),
];

/// Where the time of change stands. GlobeNewswire writes `dc:modified`.
const UPDATED: &[(&str, &str)] = &[
    ("atom", "updated"),
    ("atom", "modified"),
    ("dc", "modified"),
    ("dcterms", "modified"),
    ("rss", "updated"),
];

/// Reads the item at `index`.
pub(super) fn read(
    index: usize,
    node: &Node,
    scanned: &Scanned<'_>,
    options: &Options,
    repairs: &mut Repairs,
) -> Result<Item, Reject> {
    let Entry {
        title,
        summary,
        content,
        rights,
        ..
    } = entry::read(node, scanned).map_err(|why| Reject { index, why })?;
    let source = Source { node, xml: scanned.xml };
    let (summary_at, content_at) = match scanned.own {
        "atom" => (("atom", "summary"), ("atom", "content")),
        _ => (("rss", "description"), ("content", "encoded")),
    };
    let mut item = Item {
        index,
        guid: guid(node),
        title: source.markup((scanned.own, "title")).or(title.map(|text| text.content)),
        links: links(node),
        summary: source
            .markup(summary_at)
            .or(summary.map(|text| text.content))
            .or_else(|| source.text(("dc", "description"))),
        content: source.markup(content_at).or(content.and_then(|content| content.body)),
        base: base(node),
        published: date(&node.children, PUBLISHED, options.date_zone),
        updated: date(&node.children, UPDATED, options.date_zone),
        language: language(node),
        people: people(&node.children),
        categories: node.children.iter().filter_map(category).collect(),
        media: media(node),
        rights: rights
            .map(|text| text.content)
            .or_else(|| source.text(("dc", "rights"))),
        extensions: extensions(node, scanned.own),
    };
    for text in [&mut item.title, &mut item.summary, &mut item.content, &mut item.rights]
        .into_iter()
        .flatten()
    {
        cut(text, options.max_text_bytes, repairs);
    }
    Ok(item)
}

/// An item's elements beside the text they stand in.
struct Source<'a> {
    node: &'a Node,
    xml: &'a str,
}

impl Source<'_> {
    /// The inner XML of an element that holds markup unescaped.
    fn markup(&self, (vocabulary, name): (&str, &str)) -> Option<String> {
        let mut found = self.node.children.iter().filter(|child| child.is(vocabulary, name));
        found.find(|child| child.has_markup)?.shown(self.xml)
    }

    fn text(&self, (vocabulary, name): (&str, &str)) -> Option<String> {
        let mut found = self.node.children.iter().filter(|child| child.is(vocabulary, name));
        found.find_map(|child| child.shown(self.xml))
    }
}

/// The id as written: `guid`, `atom:id`, else the `rdf:about` of RSS 1.0, which has no other.
fn guid(item: &Node) -> Option<String> {
    let said = item
        .children
        .iter()
        .filter(|node| node.is("rss", "guid") || node.is("atom", "id"))
        .find_map(Node::said);
    said.or_else(|| {
        item.attribute("rdf:about")
            .map(str::trim)
            .filter(|about| !about.is_empty())
    })
    .map(str::to_owned)
}

/// All links but enclosures and comments. A `guid` is a link too unless it says `isPermaLink="false"` (RSS 2.0), and `rdf:about` is one
/// in RSS 1.0; both count only when nothing else links.
fn links(item: &Node) -> Vec<Link> {
    let mut links: Vec<Link> = item.children.iter().filter_map(link).collect();
    if links.iter().any(|link| link.rel.as_deref() != Some("replies")) {
        return links;
    }
    let guid = item
        .children
        .iter()
        .find(|node| node.is("rss", "guid") && node.attribute("isPermaLink") != Some("false"));
    let permanent = guid.and_then(Node::said).or_else(|| item.attribute("rdf:about"));
    let permanent = permanent.map(str::trim).filter(|href| is_web(href));
    links.extend(permanent.map(|href| Link {
        href: href.to_owned(),
        ..Link::default()
    }));
    links
}

/// Reads an element that links. Enclosures are media.
pub(super) fn link(node: &Node) -> Option<Link> {
    let (href, rel) = match (node.vocabulary.as_ref(), node.name.as_str()) {
        ("rss", "link") => (node.said()?, None),
        ("rss", "comments") => (node.said()?, Some("replies")),
        // RFC 4287, section 4.2.7.2: without rel it is "alternate".
        ("atom", "link") => (
            node.attribute("href")?,
            Some(node.attribute("rel").unwrap_or("alternate")),
        ),
        _ => return None,
    };
    if rel == Some("enclosure") || href.trim().is_empty() {
        return None;
    }
    let said = |name: &str| node.attribute(name).map(str::to_owned);
    Some(Link {
        href: node.resolve(href),
        rel: rel.map(str::to_owned),
        media_type: said("type"),
        title: said("title"),
        hreflang: said("hreflang"),
        length: node.attribute("length").and_then(|length| length.trim().parse().ok()),
    })
}

/// Reads a category of the format's own.
pub(super) fn category(node: &Node) -> Option<Category> {
    let said = |name: &str| node.attribute(name).map(str::to_owned).filter(|text| !text.is_empty());
    match (node.vocabulary.as_ref(), node.name.as_str()) {
        ("rss", "category") => Some(Category {
            scheme: said("domain"),
            term: node.said()?.to_owned(),
            label: None,
        }),
        ("atom", "category") => Some(Category {
            scheme: said("scheme"),
            term: said("term").or_else(|| node.said().map(str::to_owned))?,
            label: said("label"),
        }),
        _ => None,
    }
}

/// The `xml:base` that the item's texts stand under, if the document writes one.
fn base(item: &Node) -> Option<String> {
    let texts = item
        .children
        .iter()
        .filter(|node| node.name == "encoded" || matches!(node.name.as_str(), "content" | "summary" | "description"));
    texts
        .chain(std::iter::once(item))
        .find(|node| node.has_own_base)
        .and_then(|node| node.base.as_ref())
        .map(ToString::to_string)
}

/// The date in the first of these elements that says anything.
pub(super) fn date(nodes: &[Node], places: &[(&str, &str)], zone: Tz) -> Option<Stamp> {
    let raw = places.iter().find_map(|(vocabulary, name)| {
        nodes
            .iter()
            .filter(|node| node.is(vocabulary, name))
            .find_map(Node::said)
    })?;
    Some(stamp(raw, zone))
}

fn language(item: &Node) -> Option<String> {
    let said = item
        .children
        .iter()
        .find(|node| node.is("dc", "language"))
        .and_then(Node::said);
    let marked = || {
        let texts = item
            .children
            .iter()
            .filter(|node| matches!(node.name.as_str(), "title" | "content" | "summary"));
        std::iter::once(item)
            .chain(texts)
            .find_map(|node| node.attribute("xml:lang"))
    };
    said.or_else(marked)
        .map(|language| language.trim().to_owned())
        .filter(|language| !language.is_empty())
}

fn extensions(item: &Node, own: &str) -> Vec<Extension> {
    let is_field = |node: &Node| {
        // atom:link in RSS is no field of RSS but is read as a link; the element itself stays visible.
        (node.vocabulary == own || node.vocabulary == "content")
            && FIELDS
                .iter()
                .any(|(vocabulary, names)| node.vocabulary == *vocabulary && names.contains(&node.name.as_str()))
    };
    item.children
        .iter()
        .filter(|node| !is_field(node))
        .map(|node| Extension {
            vocabulary: node.vocabulary.to_string(),
            name: node.name.clone(),
            attributes: node.attributes.clone(),
            text: node.text.trim().to_owned(),
        })
        .collect()
}
