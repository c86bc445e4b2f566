//! Puts items together: the texts from feed-rs, everything else from the scan.
//!
//! In: the scanned items. Out: for each an [`Item`] that says what the feed said. The format's own elements become fields; all others become
//! extensions, so nothing that a wire wrote is lost.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use feed_rs::model::Entry;

use super::construct::html;
use super::links::links;
use super::media::media;
use super::people::people;
use super::scan::{Node, Scanned};
use super::{Options, Repairs, cut, entry, stamp};
use crate::article::{Category, Extension, Item, Stamp};

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
    ("atom", "created"),
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
    ("sitemap", "lastmod"),
];

/// Where the headline stands, first found first taken.
const TITLE: &[(&str, &str)] = &[("rss", "title"), ("atom", "title"), ("dc", "title"), ("media", "title")];

/// Where the short text stands.
const SUMMARY: &[(&str, &str)] = &[
    ("rss", "description"),
    ("atom", "summary"),
    ("rss", "summary"),
    ("dc", "description"),
    ("dcterms", "abstract"),
    ("media", "description"),
    ("itunes", "summary"),
    ("itunes", "subtitle"),
];

/// Where the long text stands. `fullitem` is Userland's, `body` XHTML's.
const CONTENT: &[(&str, &str)] = &[
    ("content", "encoded"),
    ("atom", "content"),
    ("xhtml", "body"),
    ("rss", "fullitem"),
    ("rss", "content"),
];

const RIGHTS: &[(&str, &str)] = &[
    ("atom", "rights"),
    ("atom", "copyright"),
    ("dc", "rights"),
    ("rss", "copyright"),
];

/// Reads all items, in document order.
pub(super) fn items(scanned: &Scanned<'_>, options: &Options, repairs: &mut Repairs) -> Vec<Item> {
    let mut items = Vec::with_capacity(scanned.items.len());
    for some in scanned.items.chunks(entry::AT_ONCE) {
        let entries = entry::read(some.iter().map(|(_, node)| node), scanned);
        for ((index, node), entry) in some.iter().zip(entries) {
            let entry = entry.unwrap_or_else(|_| {
                // The scan has every text as well; only what feed-rs knows of its form is missing.
                repairs.add("read-without-feed-rs");
                Entry::default()
            });
            items.push(item(*index, node, entry, scanned, options, repairs));
        }
    }
    items
}

/// Reads the item at `index`. Every text of it becomes HTML source, whatever the feed called it.
fn item(
    index: usize,
    node: &Node,
    entry: Entry,
    scanned: &Scanned<'_>,
    options: &Options,
    repairs: &mut Repairs,
) -> Item {
    let Entry {
        title,
        summary,
        content,
        rights,
        ..
    } = entry;
    let texts = Texts { node, xml: scanned.xml };
    let mut item = Item {
        index,
        guid: guid(node),
        title: texts.read(TITLE, title.as_ref().map(|text| text.content.as_str())),
        links: links(node),
        summary: texts.read(SUMMARY, summary.as_ref().map(|text| text.content.as_str())),
        content: texts.read(CONTENT, content.as_ref().and_then(|content| content.body.as_deref())),
        base: base(node),
        published: date(&node.children, PUBLISHED, options.date_zone),
        updated: date(&node.children, UPDATED, options.date_zone),
        language: language(node),
        people: people(&node.children),
        categories: categories(&node.children, options.max_categories, repairs),
        media: media(node, options.max_media, repairs),
        rights: texts.read(RIGHTS, rights.as_ref().map(|text| text.content.as_str())),
        extensions: extensions(node, scanned.own),
        incomplete: false,
    };
    for text in [&mut item.title, &mut item.summary, &mut item.content, &mut item.rights]
        .into_iter()
        .flatten()
    {
        cut(text, options.max_text_bytes, repairs);
    }
    item
}

/// The texts of an item, as HTML source.
struct Texts<'a> {
    node: &'a Node,
    xml: &'a str,
}

impl Texts<'_> {
    /// The first text that says something. `parsed` is feed-rs's reading of the format's own element: of several it gives one, and does not
    /// say which, so it counts only where there is no other.
    fn read(&self, places: &[(&str, &str)], parsed: Option<&str>) -> Option<String> {
        let is_own = |place: &&(&str, &str)| entry::VOCABULARIES.contains(&place.0);
        let is_alone = places.iter().filter(is_own).flat_map(|place| self.at(place)).count() == 1;
        places.iter().find_map(|place| {
            let parsed = parsed.filter(|_| is_alone && is_own(&place));
            self.at(place).find_map(|child| html(child, self.xml, parsed))
        })
    }

    fn at<'p>(&'p self, (vocabulary, name): &'p (&str, &str)) -> impl Iterator<Item = &'p Node> {
        self.node
            .children
            .iter()
            .filter(move |child| child.is(vocabulary, name))
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

/// Those of these categories that name something, each once, at most `max`.
pub(super) fn limited(said: impl IntoIterator<Item = Category>, max: usize, repairs: &mut Repairs) -> Vec<Category> {
    let mut categories: Vec<Category> = Vec::new();
    for category in said {
        if category.term.is_empty() || categories.contains(&category) {
            continue;
        }
        if categories.len() == max {
            repairs.add("too-many-categories");
            break;
        }
        categories.push(category);
    }
    categories
}

/// A category that is a word and no more.
pub(super) fn plain_category(term: &str) -> Category {
    Category {
        scheme: None,
        term: term.trim().to_owned(),
        label: None,
    }
}

/// The categories among these elements.
pub(super) fn categories(nodes: &[Node], max: usize, repairs: &mut Repairs) -> Vec<Category> {
    limited(nodes.iter().flat_map(said_categories), max, repairs)
}

/// The categories that one element names; a list of keywords is as long as the publisher likes.
fn said_categories(node: &Node) -> Box<dyn Iterator<Item = Category> + '_> {
    let said = |name: &str| node.attribute(name).map(str::to_owned).filter(|text| !text.is_empty());
    let text = node.said().unwrap_or_default();
    let one = match (node.vocabulary.as_ref(), node.name.as_ref()) {
        ("rss", "category") => Some(Category {
            scheme: said("domain"),
            ..plain_category(text)
        }),
        ("atom", "category") => Some(Category {
            scheme: said("scheme"),
            term: said("term").unwrap_or_else(|| text.to_owned()),
            label: said("label"),
        }),
        ("media", "category") => Some(Category {
            scheme: said("scheme"),
            label: said("label"),
            ..plain_category(text)
        }),
        ("itunes", "category") => Some(plain_category(node.attribute("text").unwrap_or(text))),
        ("rss", "tags") | ("itunes" | "media", "keywords") => return Box::new(text.split(',').map(plain_category)),
        _ => None,
    };
    Box::new(one.into_iter())
}

/// The `xml:base` that the item's longest text stands under, if the document writes one.
fn base(item: &Node) -> Option<String> {
    let text = CONTENT.iter().chain(SUMMARY).find_map(|(vocabulary, name)| {
        let mut found = item.children.iter().filter(|node| node.is(vocabulary, name));
        found.find(|node| node.has_markup || node.said().is_some())
    });
    let node = text.unwrap_or(item);
    let base = node.base.as_ref().filter(|_| node.has_own_base);
    base.map(ToString::to_string)
}

/// When an item was issued or changed, by whatever tells.
pub(super) fn issued(item: &Node, zone: Tz) -> Option<DateTime<Utc>> {
    let news = item
        .children
        .iter()
        .filter(|child| child.is("news", "news"))
        .flat_map(|news| &news.children);
    let news = news
        .filter(|child| child.name == "publication_date")
        .find_map(Node::said);
    let told = news.map(|raw| stamp(raw, zone));
    told.or_else(|| date(&item.children, PUBLISHED, zone))
        .or_else(|| date(&item.children, UPDATED, zone))?
        .instant
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

/// The language that the item says it is in: `dc:language`, else the `xml:lang` of its text, its own or an outer one.
fn language(item: &Node) -> Option<String> {
    let said = item
        .children
        .iter()
        .find(|node| node.is("dc", "language"))
        .and_then(Node::said);
    let marked = || {
        let texts = [
            "encoded",
            "content",
            "summary",
            "description",
            "title",
            "body",
            "fullitem",
        ];
        let text = texts
            .iter()
            .find_map(|name| item.children.iter().find(|node| node.name == *name));
        text.unwrap_or(item).language.as_deref()
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
                .any(|(vocabulary, names)| node.vocabulary == *vocabulary && names.contains(&node.name.as_ref()))
    };
    item.children
        .iter()
        .filter(|node| !is_field(node))
        .map(Node::extension)
        .collect()
}
