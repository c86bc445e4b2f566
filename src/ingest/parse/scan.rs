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

use super::vocabulary::{self, UNDECLARED};
use super::{Options, ParseError, Repairs};

/// An element as it stands in the document.
#[derive(Debug)]
pub(super) struct Node {
    /// As in `article::Extension`; the format's own elements are `rss` or `atom`.
    pub(super) vocabulary: Cow<'static, str>,
    /// Local name.
    pub(super) name: String,
    /// Qualified name and value, in document order.
    pub(super) attributes: Vec<(String, String)>,
    /// Character data of the element and everything in it.
    pub(super) text: String,
    /// Its bytes, start and end tag included.
    pub(super) outer: Range<usize>,
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
}

impl Node {
    pub(super) fn is(&self, vocabulary: &str, name: &str) -> bool {
        self.vocabulary == vocabulary && self.name == name
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

    /// A reference, absolute if there is anything to resolve it against; an absolute one stays as written.
    pub(super) fn resolve(&self, reference: &str) -> String {
        let reference = reference.trim();
        match (Url::parse(reference), &self.base) {
            (Err(url::ParseError::RelativeUrlWithoutBase), Some(base)) => {
                base.join(reference).map_or_else(|_| reference.to_owned(), String::from)
            }
            _ => reference.to_owned(),
        }
    }

    /// Children are kept where someone reads them; elsewhere they would only cost memory.
    fn keeps_children(&self) -> bool {
        self.vocabulary == "media"
            || matches!(
                self.name.as_str(),
                "author" | "contributor" | "creator" | "publisher" | "source" | "image" | "skipHours" | "skipDays"
            )
    }
}

/// RFC 4287, section 3.1.1.3: the `div` around xhtml is no part of it.
fn within_div(inner: &str) -> &str {
    let tail = inner.strip_prefix("<div").and_then(|rest| rest.split_once('>'));
    tail.and_then(|(_, rest)| rest.strip_suffix("</div>")).unwrap_or(inner)
}

/// The document, taken apart.
#[derive(Debug)]
pub(super) struct Scanned<'x> {
    pub(super) xml: &'x str,
    /// `rss2`, `rss1`, `rss0` or `atom`.
    pub(super) format: &'static str,
    /// The vocabulary of the format's own elements: `rss` or `atom`.
    pub(super) own: &'static str,
    /// The root's `xml:lang`.
    pub(super) language: Option<String>,
    /// The channel's `rdf:about`.
    pub(super) about: Option<String>,
    /// What the channel says, items aside.
    pub(super) head: Vec<Node>,
    /// The first items of the document.
    pub(super) items: Vec<Node>,
    /// The tags that stand around an item, so that one alone is a document again.
    pub(super) wrapper: (String, String),
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
        channel: None,
        base: url.map(|url| Rc::new(url.clone())),
        options,
        repairs,
    };
    loop {
        let from = position(&reader);
        let (namespace, event) = reader.read_resolved_event()?;
        match event {
            Event::Start(tag) => {
                let vocabulary = pass.vocabulary(&namespace);
                let mut node = pass.node(vocabulary, &tag);
                let to = position(&reader);
                node.outer = from..to;
                node.inner = to..to;
                if pass.open.is_empty() {
                    pass.root(&node)?;
                }
                let role = pass.role(&node);
                if role == Role::Item && pass.scanned.items.len() >= options.max_items {
                    pass.repairs.add("too-many-items");
                    reader.read_to_end(tag.name())?;
                } else {
                    pass.open.push((role, node));
                }
            }
            Event::End(_) => {
                if let Some((role, mut node)) = pass.open.pop() {
                    // The end of an empty element is made up and takes no bytes.
                    node.inner.end = from;
                    node.outer.end = position(&reader);
                    pass.close(role, node);
                }
            }
            Event::Text(text) => pass.say(&text),
            Event::CData(text) => pass.say(&text),
            Event::GeneralRef(reference) => match reference.resolve_char_ref()? {
                Some(c) => pass.say(c.encode_utf8(&mut [0; 4])),
                None => pass.say(resolve_predefined_entity(&reference).unwrap_or_default()),
            },
            Event::Eof => return Ok(pass.scanned),
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
            wrapper: (String::new(), String::new()),
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
    /// The channel's tags, as written.
    channel: Option<(String, String)>,
    base: Option<Rc<Url>>,
    options: &'r Options,
    repairs: &'r mut Repairs,
}

impl Pass<'_, '_> {
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

    fn node(&self, vocabulary: Cow<'static, str>, tag: &BytesStart<'_>) -> Node {
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
            .collect();
        let outer_base = self.open.last().map_or(&self.base, |(_, parent)| &parent.base);
        let own_base =
            attributes
                .iter()
                .find(|(name, _)| name == "xml:base")
                .and_then(|(_, reference)| match outer_base {
                    Some(base) => base.join(reference).ok(),
                    None => Url::parse(reference).ok(),
                });
        let outer_own = self.open.last().is_some_and(|(_, parent)| parent.has_own_base);
        Node {
            vocabulary,
            has_own_base: own_base.is_some() || outer_own,
            name: tag.local_name().as_ref().to_owned(),
            attributes,
            text: String::new(),
            outer: 0..0,
            inner: 0..0,
            has_markup: false,
            children: Vec::new(),
            base: own_base.map(Rc::new).or_else(|| outer_base.clone()),
        }
    }

    /// Learns the format from the document element.
    fn root(&mut self, node: &Node) -> Result<(), ParseError> {
        (self.scanned.format, self.scanned.own) = match node.name.as_str() {
            "rss"
                if node
                    .attribute("version")
                    .is_some_and(|version| version.starts_with("0.9")) =>
            {
                ("rss0", "rss")
            }
            "rss" => ("rss2", "rss"),
            "RDF" => ("rss1", "rss"),
            "feed" | "entry" => ("atom", "atom"),
            other => {
                let what = match other.to_ascii_lowercase().as_str() {
                    "html" | "head" | "body" => "an HTML page".into(),
                    "urlset" | "sitemapindex" => "a sitemap".into(),
                    "opml" => "an OPML list of feeds".into(),
                    _ => format!(
                        "an XML document with the root <{}>",
                        other.chars().take(40).collect::<String>()
                    )
                    .into(),
                };
                return Err(ParseError::NotAFeed { what });
            }
        };
        self.scanned.language = node.attribute("xml:lang").map(str::to_owned);
        Ok(())
    }

    /// An item stands in the channel or in the root, an entry in the root or alone.
    fn role(&self, node: &Node) -> Role {
        let own = node.vocabulary == self.scanned.own;
        let item = if self.scanned.own == "atom" { "entry" } else { "item" };
        match (self.open.last().map(|(role, _)| *role), node.name.as_str()) {
            (None, "entry") => Role::Item,
            (None, _) => Role::Root,
            (Some(Role::Root), "channel") if own => Role::Channel,
            (Some(Role::Root | Role::Channel), name) if own && name == item => Role::Item,
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
            Role::Root => {
                let (start, end) = self.tags(&node);
                let (channel_start, channel_end) = match self.channel.take() {
                    // feed-rs looks for the items of RSS in a channel alone.
                    None if node.name == "rss" => ("<channel>".to_owned(), "</channel>".to_owned()),
                    Some(tags) if node.name == "rss" => tags,
                    Some(_) | None => (String::new(), String::new()),
                };
                self.scanned.wrapper = (start + &channel_start, channel_end + &end);
            }
            // An empty `<channel/>` has no end tag that could stand around an item.
            Role::Channel => {
                self.scanned.about = node.attribute("rdf:about").map(str::to_owned);
                self.channel = Some(self.tags(&node)).filter(|(_, end)| !end.is_empty());
            }
            Role::Item => self.scanned.items.push(node),
            Role::Other => self.close_other(node),
        }
    }

    fn close_other(&mut self, node: Node) {
        let Some((role, parent)) = self.open.last_mut() else {
            return;
        };
        let siblings = match role {
            Role::Root | Role::Channel => &mut self.scanned.head,
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
        if siblings.len() < self.options.max_elements {
            siblings.push(node);
        } else {
            self.repairs.add("too-many-elements");
        }
    }

    /// The start and end tag of an element, as written.
    fn tags(&self, node: &Node) -> (String, String) {
        let xml = self.scanned.xml;
        (
            xml[node.outer.start..node.inner.start].to_owned(),
            xml[node.inner.end..node.outer.end].to_owned(),
        )
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
