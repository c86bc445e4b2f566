//! Reads where a feed's elements lead, and which of an item's links is its page.
//!
//! In: elements. Out: links in document order. The page is the first link without a relation or with `alternate`, which is all that
//! [`Item::link`](crate::article::Item::link) looks for; where the feed writes none, what may stand in is added here as such a link, and
//! nowhere else:
//!
//! | format | stands in for the page |
//! |---|---|
//! | RSS | a `guid` that is a web address, unless it says `isPermaLink="false"` (RSS 2.0), whatever the letter case |
//! | RSS 1.0 | `rdf:about` |
//! | Atom | an `id` that is a web address, if the entry has no link at all, as feedparser reads it: one that has some leaves its page out |
//! | JSON Feed | `external_url`, then an `id` that is a web address |
//!
//! `self`, `edit`, `related`, `replies` and the like lead elsewhere: to an API, to another's page, to comments.

use super::scan::Node;
use crate::article::Link;
use crate::text;

/// All links of an item but enclosures, which are media.
pub(super) fn links(item: &Node) -> Vec<Link> {
    let is_enclosure = |link: &Link| link.rel.as_deref() == Some("enclosure");
    let mut links: Vec<Link> = item
        .children
        .iter()
        .filter_map(link)
        .filter(|link| !is_enclosure(link))
        .collect();
    if !links.iter().any(Link::is_page) {
        let permanent = permalink(item).or_else(|| item.attribute("rdf:about"));
        let id = || {
            let id = item.children.iter().filter(|node| node.is("atom", "id"));
            id.filter(|_| links.is_empty()).find_map(Node::said)
        };
        let page = permanent.or_else(id).and_then(page);
        links.extend(page);
    }
    links
}

/// The first `guid` that says something, if it is meant to be followed.
fn permalink(item: &Node) -> Option<&str> {
    let guid = item
        .children
        .iter()
        .find(|node| node.is("rss", "guid") && node.said().is_some())?;
    let denies = guid
        .attributes
        .iter()
        .any(|(name, value)| name.eq_ignore_ascii_case("isPermaLink") && value.trim().eq_ignore_ascii_case("false"));
    guid.said().filter(|_| !denies)
}

/// A name that is an address, as the page. One that is no address of its own names nothing on the feed's host.
pub(super) fn page(name: &str) -> Option<Link> {
    text::web_address(name, None).map(|href| Link {
        href,
        ..Link::default()
    })
}

/// Reads an element that links.
pub(super) fn link(node: &Node) -> Option<Link> {
    let (href, rel) = match (node.vocabulary.as_ref(), node.name.as_ref()) {
        ("rss", "link") => (node.said()?, None),
        ("rss", "comments") => (node.said()?, Some("replies")),
        // RFC 4287, section 4.2.7.2: without rel it is "alternate".
        ("atom", "link") => (
            node.attribute("href").or_else(|| node.said())?,
            Some(node.attribute("rel").unwrap_or("alternate")),
        ),
        _ => return None,
    };
    let said = |name: &str| node.attribute(name).map(str::to_owned);
    Some(Link {
        href: node.address(href)?,
        rel: rel.map(str::to_owned),
        media_type: said("type"),
        title: said("title"),
        hreflang: said("hreflang"),
        length: node.attribute("length").and_then(|length| length.trim().parse().ok()),
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Options, parse};

    #[test]
    fn the_page_of_an_item_is_what_its_feed_means_to_be_followed() {
        let rss = |item: &str| {
            format!(
                "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><item>{item}</item></channel></rss>"
            )
        };
        let rdf = |item: &str| {
            format!(
                "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>{item}</rdf:RDF>"
            )
        };
        let atom = |entry: &str| format!("<feed xmlns='http://www.w3.org/2005/Atom'><entry>{entry}</entry></feed>");
        let json = |item: &str| {
            format!("{{\"version\": \"https://jsonfeed.org/version/1.1\", \"items\": [{{\"title\": \"x\", {item}}}]}}")
        };
        for (document, want) in [
            (
                rss("<guid>https://e.example/g</guid><link>https://e.example/l</link>"),
                Some("https://e.example/l"),
            ),
            (rss("<guid>https://e.example/g</guid>"), Some("https://e.example/g")),
            (
                rss("<guid isPermaLink='TRUE'>https://e.example/g</guid>"),
                Some("https://e.example/g"),
            ),
            (rss("<guid isPermaLink='false'>https://e.example/g</guid>"), None),
            (rss("<guid isPermaLink=' False '>https://e.example/g</guid>"), None),
            (rss("<guid ispermalink='false'>https://e.example/g</guid>"), None),
            (rss("<guid>g</guid>"), None),
            (rss("<comments>https://e.example/c</comments>"), None),
            (
                rss("<comments>https://e.example/c</comments><guid>https://e.example/g</guid>"),
                Some("https://e.example/g"),
            ),
            (
                rss("<atom:link rel='self' href='https://e.example/s'/><guid>https://e.example/g</guid>"),
                Some("https://e.example/g"),
            ),
            (
                rdf("<item rdf:about='https://e.example/a'/>"),
                Some("https://e.example/a"),
            ),
            (
                rdf("<item rdf:about='https://e.example/a'><link>https://e.example/l</link></item>"),
                Some("https://e.example/l"),
            ),
            (
                atom("<id>https://e.example/i</id><link href='https://e.example/l'/>"),
                Some("https://e.example/l"),
            ),
            (atom("<id>https://e.example/i</id>"), Some("https://e.example/i")),
            (atom("<id>urn:i</id>"), None),
            (
                atom("<id>https://e.example/i</id><link rel='self' href='https://api.e.example/s'/>"),
                None,
            ),
            (atom("<link rel='edit' href='https://api.e.example/s'/>"), None),
            (atom("<link rel='related' href='https://e.example/r'/>"), None),
            (atom("<link rel='replies' href='https://e.example/r'/>"), None),
            (
                atom("<link rel='self' href='https://e.example/s'/><link rel='alternate' href='https://e.example/l'/>"),
                Some("https://e.example/l"),
            ),
            (
                atom("<id>https://e.example/i</id><link rel='enclosure' href='https://e.example/e'/>"),
                Some("https://e.example/i"),
            ),
            (
                json(
                    "\"id\": \"https://e.example/i\", \"url\": \"https://e.example/u\", \"external_url\": \"https://e.example/x\"",
                ),
                Some("https://e.example/u"),
            ),
            (
                json("\"id\": \"https://e.example/i\", \"external_url\": \"https://e.example/x\""),
                Some("https://e.example/x"),
            ),
            (json("\"id\": \"https://e.example/i\""), Some("https://e.example/i")),
            (json("\"id\": \"i\""), None),
        ] {
            let feed = parse(document.as_bytes(), None, None, &Options::default()).expect(&document);
            assert_eq!(feed.items[0].link(), want, "{document}");
        }
    }
}
