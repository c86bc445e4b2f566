//! Reads the whole document once, keeping what feed-rs drops: every element with its vocabulary, attributes, text and place.
//!
//! In: tidy XML. Out: the elements of the channel and of each item, as trees as deep as anyone needs. Decides what an item is, and
//! nothing else.

use std::borrow::Cow;
use std::ops::Range;
use std::rc::Rc;

use quick_xml::NsReader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use url::Url;

use super::item;
use super::links::link;
use super::newest::Newest;
use super::vocabulary::{self, UNDECLARED};
use super::{Options, ParseError, Repairs, cut};
use crate::article::Extension;
use crate::text;

/// An element as it stands in the document.
#[derive(Debug)]
pub(super) struct Node {
    /// As in `article::Extension`; the format's own elements are `rss` or `atom`.
    pub(super) vocabulary: Cow<'static, str>,
    /// Local name.
    pub(super) name: Cow<'static, str>,
    /// Qualified name and value, in document order.
    pub(super) attributes: Vec<(String, String)>,
    /// Character data of the element and everything in it.
    pub(super) text: String,
    /// The bytes between its tags.
    pub(super) inner: Range<usize>,
    /// There are elements in it.
    pub(super) has_markup: bool,
    /// Those elements, where someone reads them.
    pub(super) children: Vec<Self>,
    /// What relative references in it are resolved against.
    pub(super) base: Option<Rc<Url>>,
    /// That is an `xml:base` of the document, its own or an outer element's, not the feed's address.
    pub(super) has_own_base: bool,
    /// The `xml:lang` that holds for it, its own or an outer element's (XML 1.0, section 2.12).
    pub(super) language: Option<Rc<str>>,
}

impl Node {
    pub(super) fn is(&self, vocabulary: &str, name: &str) -> bool {
        // Names differ more often than vocabularies do.
        self.name == name && self.vocabulary == vocabulary
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Its text without the white space around it, if any is left.
    pub(super) fn said(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|text| !text.is_empty())
    }

    /// What a person would see of it: its text, or the markup in it.
    pub(super) fn shown(&self, xml: &str) -> Option<String> {
        if !self.has_markup {
            return self.said().map(str::to_owned);
        }
        let inner = xml[self.inner.clone()].trim();
        let is_xhtml = self.attribute("type").is_some_and(|kind| kind.contains("xhtml"));
        Some(if is_xhtml { within_div(inner) } else { inner }.to_owned())
    }

    /// The web address that a reference in it leads to.
    pub(super) fn address(&self, reference: &str) -> Option<String> {
        text::web_address(reference, self.base.as_deref())
    }

    /// The element as it stands, for those who know what it means.
    pub(super) fn extension(&self) -> Extension {
        Extension {
            vocabulary: self.vocabulary.to_string(),
            name: self.name.to_string(),
            attributes: self.attributes.clone(),
            text: self.text.trim().to_owned(),
        }
    }

    /// Children are kept where someone reads them; elsewhere they would only cost memory.
    fn keeps_children(&self) -> bool {
        matches!(self.vocabulary.as_ref(), "media" | "news" | "image")
            || matches!(
                self.name.as_ref(),
                "author" | "contributor" | "creator" | "publisher" | "source" | "image" | "skipHours" | "skipDays"
            )
    }
}

/// RFC 4287, section 3.1.1.3: the `div` around xhtml is no part of it.
fn within_div(inner: &str) -> &str {
    let tail = inner.strip_prefix("<div").and_then(|rest| rest.split_once('>'));
    tail.and_then(|(_, rest)| rest.strip_suffix("</div>")).unwrap_or(inner)
}

/// The names of RSS 0.9x, 1.0 and 2.0, in their own case; those of every item first.
#[rustfmt::skip]
const RSS: &[&str] = &[
    "title", "link", "guid", "pubDate", "description", "category", "item", "author", "source", "enclosure", "comments",
    "channel", "cloud", "copyright", "day", "docs", "generator", "hour", "image", "items", "language", "lastBuildDate", "managingEditor",
    "name", "rating", "rss", "skipDays", "skipHours", "textInput", "ttl", "url", "webMaster",
];

/// Elements kept of one document: fifty for each of 5,000 items. An element of six bytes costs hundreds in memory.
const MAX_ELEMENTS: usize = 250_000;

/// Bytes of all bases that a document gives itself.
const MAX_BASES_BYTES: usize = 1 << 20;

/// The document, taken apart.
#[derive(Debug)]
pub(super) struct Scanned<'x> {
    pub(super) xml: &'x str,
    /// `rss2`, `rss1`, `rss0`, `atom` or `news-sitemap`.
    pub(super) format: &'static str,
    /// The vocabulary of the format's own elements: `rss`, `atom` or `sitemap`.
    pub(super) own: &'static str,
    /// The root's `xml:lang`.
    pub(super) language: Option<String>,
    /// The channel's `rdf:about`.
    pub(super) about: Option<String>,
    /// What the channel says, items aside.
    pub(super) head: Vec<Node>,
    /// The newest items, in document order.
    pub(super) items: Vec<(usize, Node)>,
    /// Pages of a sitemap, news or not.
    pub(super) pages: usize,
}

/// Takes a document apart.
pub(super) fn scan<'x>(
    xml: &'x str,
    url: Option<&Url>,
    options: &Options,
    repairs: &mut Repairs,
) -> Result<Scanned<'x>, ParseError> {
    let mut reader = NsReader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    // Tidy bounds what is in scope.
    reader.resolver_mut().set_max_namespace_bindings(usize::MAX);
    let mut pass = Pass {
        scanned: Scanned::empty(xml),
        open: Vec::new(),
        newest: Newest::new(options.max_items),
        base_bytes_left: MAX_BASES_BYTES,
        elements_left: MAX_ELEMENTS,
        base: url.map(|url| Rc::new(url.clone())),
        options,
        repairs,
    };
    loop {
        let from = position(&reader);
        match reader.read_event()? {
            Event::Start(tag) => {
                let (namespace, _) = reader.resolver().resolve_element(tag.name());
                let vocabulary = pass.vocabulary(&namespace);
                let mut node = pass.node(vocabulary, &tag);
                let to = position(&reader);
                node.inner = to..to;
                if pass.open.is_empty() {
                    pass.root(&node)?;
                }
                pass.open.push((pass.role(&node), node));
            }
            Event::End(_) => {
                if let Some((role, mut node)) = pass.open.pop() {
                    // The end of an empty element is made up and takes no bytes.
                    node.inner.end = from;
                    pass.close(role, node);
                }
            }
            Event::Text(text) => pass.say(&text),
            Event::CData(text) => pass.say(&text),
            Event::GeneralRef(reference) => match reference.resolve_char_ref()? {
                Some(c) => pass.say(c.encode_utf8(&mut [0; 4])),
                None => pass.say(resolve_predefined_entity(&reference).unwrap_or_default()),
            },
            Event::Eof => return Ok(pass.finish()),
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

impl<'x> Scanned<'x> {
    fn empty(xml: &'x str) -> Self {
        Self {
            xml,
            format: "rss2",
            own: "rss",
            language: None,
            about: None,
            head: Vec::new(),
            items: Vec::new(),
            pages: 0,
        }
    }
}

/// What an element is to the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Root,
    Channel,
    Item,
    Other,
}

struct Pass<'x, 'r> {
    scanned: Scanned<'x>,
    open: Vec<(Role, Node)>,
    newest: Newest<Node>,
    /// What `xml:base` attributes may still cost: an empty one costs as much as the base that it repeats.
    base_bytes_left: usize,
    /// Elements that may still be kept.
    elements_left: usize,
    base: Option<Rc<Url>>,
    options: &'r Options,
    repairs: &'r mut Repairs,
}

impl<'x> Pass<'x, '_> {
    fn vocabulary(&self, namespace: &ResolveResult<'_>) -> Cow<'static, str> {
        match namespace {
            ResolveResult::Bound(namespace) => match vocabulary::by_uri(namespace.as_ref()) {
                Some(vocabulary) => vocabulary.name.into(),
                None => namespace
                    .as_ref()
                    .strip_prefix(UNDECLARED)
                    .unwrap_or(namespace.as_ref())
                    .to_owned()
                    .into(),
            },
            ResolveResult::Unbound => self.scanned.own.into(),
            ResolveResult::Unknown(prefix) => prefix.clone().into(),
        }
    }

    fn node(&mut self, vocabulary: Cow<'static, str>, tag: &BytesStart<'_>) -> Node {
        let attributes: Vec<(String, String)> = tag
            .attributes()
            .flatten()
            .filter(|attribute| attribute.key.as_namespace_binding().is_none())
            .map(|attribute| {
                let value = match attribute.normalized_value(XmlVersion::Implicit1_0) {
                    Ok(value) => value.into_owned(),
                    Err(_) => attribute.value.to_string(),
                };
                (attribute.key.as_ref().to_owned(), value)
            })
            .map(|(name, mut value)| {
                cut(&mut value, self.options.max_attribute_bytes, self.repairs);
                (name, value)
            })
            .collect();
        let outer_base = self
            .open
            .last()
            .and_then(|(_, parent)| parent.base.as_ref())
            .or(self.base.as_ref());
        let reference = attributes.iter().find(|(name, _)| name == "xml:base");
        let own_base = reference.and_then(|(_, reference)| {
            let base = Url::options()
                .base_url(outer_base.map(Rc::as_ref))
                .parse(reference)
                .ok()?;
            self.base_bytes_left = self.base_bytes_left.checked_sub(base.as_str().len())?;
            Some(base)
        });
        let outer_own = self.open.last().is_some_and(|(_, parent)| parent.has_own_base);
        let language = attributes
            .iter()
            .find(|(name, _)| name == "xml:lang")
            .map(|(_, language)| Rc::from(language.trim()));
        let outer_language = self.open.last().and_then(|(_, parent)| parent.language.clone());
        Node {
            name: self.name(&vocabulary, tag),
            vocabulary,
            language: language.or(outer_language),
            has_own_base: own_base.is_some() || outer_own,
            attributes,
            text: String::new(),
            inner: 0..0,
            has_markup: false,
            children: Vec::new(),
            base: own_base.map(Rc::new).or_else(|| outer_base.cloned()),
        }
    }

    /// The local name, in the specification's case where RSS writes it otherwise: `<pubdate>`, `<Title>`.
    fn name(&self, vocabulary: &str, tag: &BytesStart<'_>) -> Cow<'static, str> {
        let written = tag.local_name();
        let written = written.as_ref();
        let as_written = || RSS.iter().find(|known| **known == written);
        let in_another_case = || RSS.iter().find(|known| known.eq_ignore_ascii_case(written));
        let known = match vocabulary {
            "rss" => as_written().or_else(in_another_case),
            _ => None,
        };
        known.map_or_else(|| written.to_owned().into(), |known| Cow::Borrowed(*known))
    }

    /// Learns the format from the document element.
    fn root(&mut self, node: &Node) -> Result<(), ParseError> {
        (self.scanned.format, self.scanned.own) = match node.name.to_ascii_lowercase().as_str() {
            "rss" => {
                let version = node.attribute("version").unwrap_or_default();
                (if version.starts_with("0.9") { "rss0" } else { "rss2" }, "rss")
            }
            // A channel alone is RSS 1.1, or RSS without its root.
            "rdf" | "channel" => ("rss1", "rss"),
            "feed" | "entry" => ("atom", "atom"),
            "urlset" => ("news-sitemap", "sitemap"),
            other => {
                let what: Cow<'static, str> = match other {
                    "html" | "head" | "body" => "an HTML page".into(),
                    "sitemapindex" => "a list of sitemaps".into(),
                    "opml" => "an OPML list of feeds".into(),
                    _ => format!(
                        "an XML document with the root <{}>",
                        other.chars().take(40).collect::<String>()
                    )
                    .into(),
                };
                return Err(ParseError::not_a_feed(what));
            }
        };
        self.scanned.language = node.attribute("xml:lang").map(str::to_owned);
        Ok(())
    }

    /// An item stands anywhere but in another item, an entry may stand alone: feeds call an entry `item`, put items beside the channel, and
    /// into lists of their own; RSS 1.1 puts them into `items`.
    fn role(&self, node: &Node) -> Role {
        let own = node.vocabulary == self.scanned.own;
        match (self.open.last().map(|(role, _)| *role), node.name.as_ref()) {
            (None, "entry") => Role::Item,
            (None, _) => Role::Root,
            (Some(Role::Root | Role::Channel), "channel") if own => Role::Channel,
            (Some(Role::Root), "url") if self.scanned.own == "sitemap" => Role::Item,
            (Some(_), "item" | "entry") if own && !self.open.iter().any(|(role, _)| *role == Role::Item) => Role::Item,
            (Some(_), _) => Role::Other,
        }
    }

    fn say(&mut self, text: &str) {
        if let Some((_, node)) = self.open.last_mut() {
            append(&mut node.text, text, self.options.max_text_bytes, self.repairs);
        }
    }

    /// Puts a complete element where it belongs.
    fn close(&mut self, role: Role, node: Node) {
        match role {
            Role::Root | Role::Channel => {
                let about = node.attribute("rdf:about").map(str::to_owned);
                self.scanned.about = self.scanned.about.take().or(about);
            }
            Role::Item => self.close_item(node),
            Role::Other => self.close_other(node),
        }
    }

    fn close_item(&mut self, node: Node) {
        // A sitemap lists pages; only those that are news are items.
        if self.scanned.own == "sitemap" {
            self.scanned.pages += 1;
            if !node.children.iter().any(|child| child.is("news", "news")) {
                return;
            }
        }
        let zone = self.options.date_zone;
        self.newest.push(node, |node| item::issued(node, zone));
    }

    fn finish(mut self) -> Scanned<'x> {
        let zone = self.options.date_zone;
        let (items, more) = self.newest.finish(|node| item::issued(node, zone));
        if more {
            self.repairs.add("too-many-items");
        }
        self.scanned.items = items;
        self.scanned
    }

    fn close_other(&mut self, node: Node) {
        let Some((role, parent)) = self.open.last_mut() else {
            return;
        };
        let siblings = match role {
            Role::Root | Role::Channel => {
                // A document from nowhere says itself where it belongs.
                if self.base.is_none() {
                    let own = link(&node).and_then(|link| Url::parse(&link.href).ok());
                    self.base = own.map(Rc::new);
                }
                &mut self.scanned.head
            }
            Role::Item => &mut parent.children,
            Role::Other => {
                append(&mut parent.text, &node.text, self.options.max_text_bytes, self.repairs);
                parent.has_markup = true;
                if !parent.keeps_children() {
                    return;
                }
                &mut parent.children
            }
        };
        if siblings.len() < self.options.max_elements && self.elements_left > 0 {
            self.elements_left -= 1;
            siblings.push(node);
        } else {
            self.repairs.add("too-many-elements");
        }
    }
}

fn append(text: &mut String, more: &str, max_bytes: usize, repairs: &mut Repairs) {
    let room = max_bytes.saturating_sub(text.len());
    if more.len() > room {
        repairs.add("long-text");
    }
    text.push_str(&more[..more.floor_char_boundary(room)]);
}

fn position(reader: &NsReader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}
