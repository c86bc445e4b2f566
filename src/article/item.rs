//! The item as said: what a feed told of one release, untouched but for the decoding of its bytes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A time as the feed wrote it and as we read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The text of the element, trimmed.
    pub raw: String,
    /// The instant, if the text names one without guessing.
    pub instant: Option<DateTime<Utc>>,
    /// What the instant rests on that the text does not say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assumed: Vec<Assumed>,
}

vocabulary!(
    /// What a date text leaves out. What is finer than a missing part is missing too.
    Assumed {
        /// `2026`: 1 January, at 00:00.
        Month = "month",
        /// `2026-10`: the first of the month, at 00:00.
        Day = "day",
        /// `2026-10-05`: 00:00.
        Time = "time",
        /// No zone, or one that means several: the zone of the source.
        Zone = "zone",
    }
);

/// What a server gave to ask "has it changed?" with, byte for byte as received (RFC 9110 section 8.8). Opaque: never read, never
/// rewritten.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag`
    pub etag: Option<String>,
    /// `Last-Modified`
    pub last_modified: Option<String>,
}

/// A link of an item or feed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The reference, absolute if there was anything to resolve it against.
    pub href: String,
    /// RFC 8288 relation; `None` for RSS `<link>`, `replies` (RFC 4685) for RSS `<comments>`.
    pub rel: Option<String>,
    /// Media type, as claimed.
    #[serde(rename = "type")]
    pub media_type: Option<String>,
    /// What the link calls itself.
    pub title: Option<String>,
    /// Language of what it leads to, as written.
    pub hreflang: Option<String>,
    /// Bytes of what it leads to, as claimed.
    pub length: Option<u64>,
}

impl Link {
    /// Whether it leads to the page of its item or feed: unqualified or `alternate`.
    #[must_use]
    pub fn is_page(&self) -> bool {
        matches!(self.rel.as_deref(), None | Some("alternate"))
    }
}

vocabulary!(
    /// What a person is to an item or feed.
    PersonRole {
        /// `atom:author`, RSS `author`, JSON Feed `authors`.
        Author = "author",
        /// `dc:creator`.
        Creator = "creator",
        /// `atom:contributor`, `dc:contributor`.
        Contributor = "contributor",
        /// RSS `managingEditor`.
        ManagingEditor = "managingEditor",
        /// RSS `webMaster`.
        WebMaster = "webMaster",
        /// `dc:publisher`.
        Publisher = "publisher",
    }
);

/// A person or desk that a feed names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// What it is to the item or feed.
    pub role: PersonRole,
    /// Name.
    pub name: Option<String>,
    /// Mail address, unchecked.
    pub email: Option<String>,
    /// Page, as written.
    pub uri: Option<String>,
}

/// A category of an item, with its code list if it has one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// `domain` of RSS, `scheme` of Atom.
    pub scheme: Option<String>,
    /// The code or text.
    pub term: String,
    /// A label for people, if given.
    pub label: Option<String>,
}

/// An element that the feed formats do not define, kept as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// The short name of a known vocabulary (`dc`, `prn`, `media`, `atom`, `sy`), else the namespace URI, else the bare prefix.
    pub vocabulary: String,
    /// Local name.
    pub name: String,
    /// Attributes in document order.
    pub attributes: Vec<(String, String)>,
    /// Character data of the element and its children, trimmed.
    pub text: String,
}

/// A picture, film or document that belongs to a release.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// http or https.
    pub url: String,
    /// Media type as the feed claims it (feeds lie: a video page may say `image/jpeg`).
    #[serde(rename = "type")]
    pub media_type: Option<String>,
    /// Bytes, as the feed claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u64>,
    /// Pixels, as the feed claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Pixels, as the feed claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Caption in plain text.
    pub caption: Option<String>,
    /// Credit line.
    pub credit: Option<String>,
}

/// What the feed said of one release, untouched but for the decoding of its bytes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Position in the document, from 0.
    pub index: usize,
    /// `guid`, `atom:id`, `rdf:about`; `None` if the document has none (never made up).
    pub guid: Option<String>,
    /// HTML source, like every text here: markup stands as markup, plain text is escaped where that matters.
    pub title: Option<String>,
    /// All links, in document order; behind them what stands in for the page, such as a permanent guid.
    pub links: Vec<Link>,
    /// `description`, `atom:summary`.
    pub summary: Option<String>,
    /// `content:encoded`, `atom:content`.
    pub content: Option<String>,
    /// What relative references in the texts are resolved against, where the document says so (`xml:base`).
    pub base: Option<String>,
    /// `pubDate`, `atom:published`, `dc:date`.
    pub published: Option<Stamp>,
    /// `atom:updated`, `dc:modified`.
    pub updated: Option<Stamp>,
    /// Language of this item (`dc:language`, `xml:lang`), as written.
    pub language: Option<String>,
    /// `author`, `dc:creator`, `atom:author` and everybody else who is named, in document order, each once.
    pub people: Vec<Person>,
    /// Categories of the feed format.
    pub categories: Vec<Category>,
    /// Enclosures and `media:*`.
    pub media: Vec<Media>,
    /// `atom:rights`, `dc:rights`.
    pub rights: Option<String>,
    /// All elements outside the feed format, `dc:*` included.
    pub extensions: Vec<Extension>,
    /// The document was cut within it: what stands here is whole, and there was more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub incomplete: bool,
}

impl Item {
    /// The texts of one extension element, in document order: `item.extension("dc", "subject")`.
    pub fn extension<'a>(&'a self, vocabulary: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.extensions
            .iter()
            .filter(move |e| e.vocabulary == vocabulary && e.name == name)
            .map(|e| e.text.as_str())
            .filter(|text| !text.is_empty())
    }

    /// The page that a person would follow, if the feed names one.
    #[must_use]
    pub fn link(&self) -> Option<&str> {
        self.links
            .iter()
            .find(|link| link.is_page())
            .map(|link| link.href.as_str())
    }
}
