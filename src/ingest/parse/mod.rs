//! Reads one feed document: bytes in, items out.
//!
//! In: the body as fetched, what HTTP said of it, where it came from, and [`Options`]. Out: the channel, its items in document order,
//! the items that could not be read, and the name of everything that had to be mended. Pure and total: hostile bytes cost bounded
//! time and memory and end in a [`ParseError`], never in a panic; nothing is sanitised here and nothing is made up, least of all an id.
//!
//! ```text
//! bytes ─► inflate ─► decode ─► page ─► tidy ─► scan ─┬► item (feed-rs for a few at once) ─► ParsedFeed
//!                        │                            └► sitemap ──────────────────────────►
//!                        └────► json ──────────────────────────────────────────────────────►
//! ```
//! feed-rs refuses a whole document for one bad entry, panics on some, overflows the stack on nested `media:*`, and drops every
//! vocabulary that it does not know. So it never sees a document: it sees a few items at a time, mended and without the elements that
//! it stumbles over, one alone where it refuses them together, and `scan` reads the rest.

use std::borrow::Cow;
use std::panic::catch_unwind;

use chrono::Weekday;
use chrono_tz::Tz;
use serde::Serialize;
use url::Url;

use crate::article::{Category, Item, Link, Person, Reject, Stamp};
use crate::config::{FetchConfig, Source};
use crate::text;

mod repair;
mod vocabulary;
mod inflate;
mod decode;
mod token;
mod page;
mod doctype;
mod tidy;
mod newest;
mod scan;
mod dates;
mod media;
mod people;
mod construct;
mod links;
mod entry;
mod item;
mod head;
mod sitemap;
mod json;

pub use dates::stamp;
pub use repair::REPAIRS;
use repair::Repairs;
use tidy::Cut;

/// What the document says of itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct FeedHead {
    /// HTML source.
    pub title: Option<String>,
    /// The site, if http or https.
    pub link: Option<String>,
    /// As written.
    pub language: Option<String>,
    /// RSS `ttl`, in seconds.
    pub ttl_seconds: Option<u64>,
    /// `rss2`, `rss1`, `rss0`, `atom`, `json` or `news-sitemap`.
    pub format: &'static str,
    /// `description` / `subtitle`, HTML source: some wires put their error message here.
    pub description: Option<String>,
    /// `atom:id`, the `rdf:about` of RSS 1.0, `feed_url` of JSON Feed.
    pub id: Option<String>,
    /// All links, `self` and `hub` (WebSub) among them.
    pub links: Vec<Link>,
    /// `pubDate`, `dc:date`.
    pub published: Option<Stamp>,
    /// `atom:updated`, `lastBuildDate`.
    pub updated: Option<Stamp>,
    /// Authors, editors, publishers, in document order, each once.
    pub people: Vec<Person>,
    /// Categories of the whole feed.
    pub categories: Vec<Category>,
    /// The software that made the feed.
    pub generator: Option<String>,
    /// `copyright`, `atom:rights`, `dc:rights`, HTML source.
    pub rights: Option<String>,
    /// Its picture, if http or https.
    pub logo: Option<String>,
    /// Its small square picture, if http or https.
    pub icon: Option<String>,
    /// `sy:updatePeriod` divided by `sy:updateFrequency` (RSS 1.0 syndication module), in seconds.
    pub update_interval_seconds: Option<u64>,
    /// Hours of the day in GMT, 0 to 23, in which the publisher asks not to be polled (RSS 2.0 `skipHours`).
    pub skip_hours: Vec<u8>,
    /// Days on which the publisher asks not to be polled (RSS 2.0 `skipDays`).
    pub skip_days: Vec<Weekday>,
}

/// A document, read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ParsedFeed {
    /// The channel.
    pub head: FeedHead,
    /// In document order.
    pub items: Vec<Item>,
    /// Items that could not be read alone, with the reason.
    pub rejects: Vec<Reject>,
    /// What had to be mended in the document, by name, each once.
    pub repairs: Vec<&'static str>,
    /// The document was cut: the complete items are here, its validators must not be kept.
    pub partial: bool,
}

/// What one document may cost, and how what it leaves open is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Items kept: the newest, which is one end of the document.
    pub max_items: usize,
    /// Nesting of elements; what lies deeper is left out.
    pub max_depth: usize,
    /// Bytes of one text of an item.
    pub max_text_bytes: usize,
    /// Bytes of one attribute.
    pub max_attribute_bytes: usize,
    /// Categories of one item.
    pub max_categories: usize,
    /// Pictures and films of one item.
    pub max_media: usize,
    /// Child elements of one item.
    pub max_elements: usize,
    /// The zone of dates that name none.
    pub date_zone: Tz,
    /// Bytes that a packed document may become.
    pub max_document_bytes: usize,
}

impl Default for Options {
    /// Above what any wire sends: Business Wire's longest list has about 4 000 items.
    fn default() -> Self {
        Self {
            max_items: 5_000,
            max_depth: 100,
            max_text_bytes: text::MAX_HTML_BYTES,
            max_attribute_bytes: 16 << 10,
            max_categories: 64,
            max_media: 64,
            max_elements: 500,
            date_zone: Tz::UTC,
            max_document_bytes: 16 << 20,
        }
    }
}

impl Options {
    /// What the operator says, of all documents and of this source.
    #[must_use]
    pub fn of(config: &FetchConfig, source: &Source) -> Self {
        Self {
            max_document_bytes: config.max_body_bytes,
            max_items: config.max_items,
            max_text_bytes: config.max_text_bytes,
            max_attribute_bytes: config.max_attribute_bytes,
            max_categories: config.max_categories,
            date_zone: source.date_zone,
            ..Self::default()
        }
    }
}

/// Why a document gave no feed.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    /// Nothing, or white space.
    #[error("the document is empty: the server answered without a body; try again later")]
    Empty,
    /// Something else: a login page, an error page, an archive.
    #[error("not a feed but {what}: {advice}")]
    NotAFeed {
        /// With its article: `an HTML page`.
        what: Cow<'static, str>,
        /// What to do about it.
        advice: Cow<'static, str>,
    },
    /// In bytes.
    #[error(
        "the document inflates to more than {0} bytes; raise max_body_bytes under [fetch] if that is its true size"
    )]
    TooLarge(usize),
    /// Packed data whose end or middle is missing.
    #[error("the document is gzip data that is cut or damaged: try again later")]
    Gzip(#[from] std::io::Error),
    /// A feed that ends before its first item is complete.
    #[error("the feed breaks off before its first item is complete: try again later")]
    Truncated,
    /// A feed whose XML is beyond mending.
    #[error("the feed's XML cannot be read even after mending: tell its publisher")]
    Xml(#[from] quick_xml::Error),
    /// Our own mistake, caught.
    #[error("the document made the parser panic: tell Dateline's makers, with the document")]
    Panic,
    /// JSON that is broken before it says what it is.
    #[error("the feed's JSON cannot be read: tell its publisher")]
    Json,
}

impl ParseError {
    fn not_a_feed(what: impl Into<Cow<'static, str>>) -> Self {
        Self::NotAFeed {
            what: what.into(),
            advice: "check the source's URL".into(),
        }
    }
}

/// The characters of a document that is no feed, and what was mended to read them: byte order marks, labels and what the bytes tell decide,
/// as for feeds.
#[must_use]
pub fn plain_text(bytes: &[u8], content_type: Option<&str>) -> (String, Vec<&'static str>) {
    let mut repairs = Repairs::default();
    let text = decode::decode(bytes, content_type, &mut repairs).into_owned();
    (text, repairs.into_names())
}

/// Reads a document. `content_type` is the HTTP header, `url` what relative references are resolved against; both may be unknown,
/// and neither decides what the document is: servers send feeds as `text/html` and pages as `text/xml`.
///
/// # Errors
/// Only when the document as a whole is no feed; a bad item is a reject, and a feed without items is a feed.
pub fn parse(
    bytes: &[u8],
    content_type: Option<&str>,
    url: Option<&Url>,
    options: &Options,
) -> Result<ParsedFeed, ParseError> {
    // No document is known that makes us panic; the next one must be its source's error all the same.
    catch_unwind(|| match mend(bytes, content_type, url, options)? {
        Mended {
            document: Document::Xml { xml, cut },
            repairs,
        } => read_xml(&xml, cut, url, options, repairs),
        Mended {
            document: Document::Json(text),
            repairs,
        } => json::read(&text, url, options, repairs),
    })
    .unwrap_or(Err(ParseError::Panic))
}

/// A document in the state in which every later stage reads it.
#[derive(Debug)]
pub struct Mended {
    document: Document,
    repairs: Repairs,
}

#[derive(Debug)]
enum Document {
    /// Well-formed, at most so deep, namespaces and versions by their proper names.
    Xml {
        xml: String,
        /// Where the document ended, if with elements open.
        cut: Option<Cut>,
    },
    /// From its first brace on.
    Json(String),
}

/// The pre-pass of [`parse`]: unpacks, decodes, finds the feed in what stands around it, and mends its XML.
///
/// # Errors
/// When it is no feed by the look of it.
pub fn mend(
    bytes: &[u8],
    content_type: Option<&str>,
    url: Option<&Url>,
    options: &Options,
) -> Result<Mended, ParseError> {
    let mut repairs = Repairs::default();
    let bytes = inflate::inflate(bytes, options.max_document_bytes, &mut repairs)?;
    if let Some(what) = archive(&bytes) {
        return Err(ParseError::not_a_feed(what));
    }
    let text = decode::decode(&bytes, content_type, &mut repairs);
    if let Some(start) = json::start(&text) {
        if !text[..start].trim().is_empty() {
            repairs.add("leading-junk");
        }
        let document = Document::Json(text[start..].to_owned());
        return Ok(Mended { document, repairs });
    }
    match text.trim_start().chars().next() {
        None => return Err(ParseError::Empty),
        Some('[') => return Err(ParseError::not_a_feed("a JSON list")),
        Some(_) if is_binary(&text) => return Err(ParseError::not_a_feed("binary data")),
        Some(_) if !text.contains('<') => return Err(ParseError::not_a_feed("plain text")),
        Some(_) => {}
    }
    let tidied = tidy::tidy(
        &page::unwrap(&text, url, &mut repairs)?,
        options.max_depth,
        &mut repairs,
    );
    let document = Document::Xml {
        xml: tidied.xml,
        cut: tidied.cut,
    };
    Ok(Mended { document, repairs })
}

fn read_xml(
    xml: &str,
    cut: Option<Cut>,
    url: Option<&Url>,
    options: &Options,
    mut repairs: Repairs,
) -> Result<ParsedFeed, ParseError> {
    let scanned = scan::scan(xml, url, options, &mut repairs)?;
    if cut.is_some() && scanned.items.is_empty() {
        return Err(ParseError::Truncated);
    }
    let mut feed = ParsedFeed {
        head: head::head(&scanned, options, &mut repairs),
        partial: cut.is_some(),
        ..ParsedFeed::default()
    };
    feed.items = match scanned.format {
        sitemap::FORMAT => sitemap::items(&scanned, options, &mut repairs)?,
        _ => item::items(&scanned, options, &mut repairs),
    };
    if let Some(last) = feed.items.last_mut().filter(|_| cut == Some(Cut::WithinItem)) {
        last.incomplete = true;
    }
    feed.repairs = repairs.into_names();
    Ok(feed)
}

/// Whether the bytes begin as those of an archive, a document or a picture do.
pub(super) fn is_other_format(bytes: &[u8]) -> bool {
    archive(bytes).is_some()
}

/// Names the formats that a misconfigured server sends in place of a feed, by their first bytes.
fn archive(bytes: &[u8]) -> Option<&'static str> {
    const SIGNATURES: &[(&[u8], &str)] = &[
        (b"PK\x03\x04", "a ZIP archive"),
        (b"%PDF", "a PDF document"),
        (b"\x89PNG", "a PNG picture"),
    ];
    SIGNATURES
        .iter()
        .find(|(signature, _)| bytes.starts_with(signature))
        .map(|(_, what)| *what)
}

/// Whether more than one character in thirty is a control character that no text holds. A stray one is damage, many are noise.
pub(super) fn is_binary(text: &str) -> bool {
    let (controls, all) = text.chars().take(1024).fold((0, 0), |(controls, all), c| {
        let noise = c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{80}'..='\u{9f}');
        (controls + usize::from(noise), all + 1)
    });
    controls * 30 > all
}

/// Cuts a text at a character boundary.
fn cut(text: &mut String, max_bytes: usize, repairs: &mut Repairs) {
    if text.len() > max_bytes {
        text.truncate(text.floor_char_boundary(max_bytes));
        repairs.add("long-text");
    }
}

#[cfg(test)]
mod tests;
