//! Puts an item together: the texts from feed-rs, everything else from the scan.
//!
//! In: one scanned item. Out: an [`Item`] that says what the feed said, or a [`Reject`] with the reason. The format's own elements become
//! fields; all others become extensions, so nothing that a wire wrote is lost.

use feed_rs::model::Entry;

use super::media::{is_web, media};
use super::scan::{Node, Scanned};
use super::{FeedHead, Limits, Repairs, cut, entry, instant};
use crate::article::{Category, Extension, Item, Link, Reject, Stamp};

/// Elements of the formats that have a field of their own in [`Item`].
#[rustfmt::skip]
const FIELDS: &[(&str, &[&str])] = &[
    ("rss", &["title", "link", "description", "author", "category", "enclosure", "guid", "pubDate"]),
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
    limits: &Limits,
    repairs: &mut Repairs,
) -> Result<Item, Reject> {
    let Entry {
        title,
        summary,
        content,
        categories,
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
        published: stamp(node, PUBLISHED),
        updated: stamp(node, UPDATED),
        language: language(node),
        authors: authors(node),
        categories: categories
            .into_iter()
            .map(|category| Category {
                scheme: category.scheme,
                term: category.term,
                label: category.label,
            })
            .collect(),
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
        cut(text, limits.max_text_bytes, repairs);
    }
    Ok(item)
}

/// What the channel says of itself.
pub(super) fn head(scanned: &Scanned<'_>) -> FeedHead {
    let said = |names: &[&str]| {
        let own = scanned.head.iter().filter(|node| node.vocabulary == scanned.own);
        own.filter(|node| names.contains(&node.name.as_str()))
            .find_map(Node::said)
            .map(str::to_owned)
    };
    let dc_language = || {
        scanned
            .head
            .iter()
            .find(|node| node.is("dc", "language"))
            .and_then(Node::said)
            .map(str::to_owned)
    };
    FeedHead {
        title: said(&["title"]),
        link: scanned
            .head
            .iter()
            .filter(|node| node.vocabulary == scanned.own)
            .filter_map(link)
            .find(|link| matches!(link.rel.as_deref(), None | Some("alternate")) && is_web(&link.href))
            .map(|link| link.href),
        language: said(&["language"])
            .or_else(dc_language)
            .or_else(|| scanned.language.clone()),
        ttl_seconds: said(&["ttl"])
            .and_then(|minutes| minutes.parse::<u32>().ok())
            .map(|minutes| u64::from(minutes) * 60),
        format: scanned.format,
        description: said(&["description", "subtitle", "tagline"]),
    }
}

/// An item's elements beside the text they stand in.
struct Source<'a> {
    node: &'a Node,
    xml: &'a str,
}

impl Source<'_> {
    /// The inner XML of an element that holds markup unescaped.
    fn markup(&self, (vocabulary, name): (&str, &str)) -> Option<String> {
        let node = self
            .node
            .children
            .iter()
            .find(|child| child.is(vocabulary, name) && child.has_markup)?;
        let inner = self.xml[node.inner.clone()].trim();
        let is_xhtml = node.attribute("type").is_some_and(|kind| kind.contains("xhtml"));
        Some(if is_xhtml { within_div(inner) } else { inner }.to_owned())
    }

    fn text(&self, (vocabulary, name): (&str, &str)) -> Option<String> {
        self.node
            .children
            .iter()
            .filter(|child| child.is(vocabulary, name))
            .find_map(Node::said)
            .map(str::to_owned)
    }
}

/// RFC 4287, section 3.1.1.3: the `div` around xhtml is no part of it.
fn within_div(inner: &str) -> &str {
    let tail = inner.strip_prefix("<div").and_then(|rest| rest.split_once('>'));
    tail.and_then(|(_, rest)| rest.strip_suffix("</div>")).unwrap_or(inner)
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
    let links: Vec<Link> = item.children.iter().filter_map(link).collect();
    if !links.is_empty() {
        return links;
    }
    let guid = item
        .children
        .iter()
        .find(|node| node.is("rss", "guid") && node.attribute("isPermaLink") != Some("false"));
    let permanent = guid.and_then(Node::said).or_else(|| item.attribute("rdf:about"));
    let permanent = permanent.map(str::trim).filter(|href| is_web(href));
    permanent
        .map(|href| Link {
            href: href.to_owned(),
            rel: None,
            media_type: None,
        })
        .into_iter()
        .collect()
}

fn link(node: &Node) -> Option<Link> {
    let (href, rel) = match (node.vocabulary.as_ref(), node.name.as_str()) {
        ("rss", "link") => (node.said()?, None),
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
    Some(Link {
        href: node.resolve(href),
        rel: rel.map(str::to_owned),
        media_type: node.attribute("type").map(str::to_owned),
    })
}

fn stamp(item: &Node, places: &[(&str, &str)]) -> Option<Stamp> {
    let raw = places.iter().find_map(|(vocabulary, name)| {
        item.children
            .iter()
            .filter(|node| node.is(vocabulary, name))
            .find_map(Node::said)
    })?;
    Some(Stamp {
        raw: raw.to_owned(),
        instant: instant(raw),
    })
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

/// Names of persons, each once.
fn authors(item: &Node) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for node in &item.children {
        let name = match (node.vocabulary.as_ref(), node.name.as_str()) {
            ("rss", "author") | ("dc", "creator") => node.said().map(person),
            ("atom", "author") => {
                let part = |name| {
                    node.children
                        .iter()
                        .find(|child| child.is("atom", name))
                        .and_then(Node::said)
                };
                part("name")
                    .or_else(|| part("email"))
                    .or_else(|| node.said().filter(|_| !node.has_markup))
                    .map(str::to_owned)
            }
            _ => None,
        };
        names.extend(name.filter(|name| !names.contains(name)));
    }
    names
}

/// The name in `mail@example.com (Name)`, the form of RSS, and in `Name <mail@example.com>`; an address alone stands for itself.
fn person(text: &str) -> String {
    let named = match text.split_once('(') {
        Some((address, name)) if address.contains('@') => name.trim_end().trim_end_matches(')'),
        _ => match text.split_once('<') {
            Some((name, address)) if address.contains('@') => name,
            _ => text,
        },
    };
    let named = named.trim();
    if named.is_empty() {
        text.to_owned()
    } else {
        named.to_owned()
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_persons() {
        for (text, want) in [
            ("newsdesk@globenewswire.example (NewsDesk)", "NewsDesk"),
            ("Jane Doe <jane@e.example>", "Jane Doe"),
            ("jane@e.example", "jane@e.example"),
            ("jane@e.example ()", "jane@e.example ()"),
            ("Jane Doe (Acme)", "Jane Doe (Acme)"),
            ("Doe—jane@e.example", "Doe—jane@e.example"),
            ("info@e.example（山田太郎広報部）", "info@e.example（山田太郎広報部）"),
        ] {
            assert_eq!(person(text), want, "{text}");
        }
    }
}
