//! What flows through Dateline: the item as said, the draft as understood, the article as kept, the verdict between them.
//!
//! Names follow IPTC ninjs and schema.org `NewsArticle` where those have one. A [`Draft`] serialises to exactly the
//! article schema that `dateline parse`, `show --json` and `/articles/ID.json` print; an [`Article`] adds the identity
//! that the store gave it. Nothing in this room decides anything.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Declares a string newtype: ids of different things never mix.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps an already checked text.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// Names a `[[source]]`: `[a-z0-9-]`, chosen by the operator, stable.
    SourceId
);
id!(
    /// Names an `[[output]]`: `[a-z0-9-]`, chosen by the operator, stable; part of its URL.
    OutputId
);
id!(
    /// The public id of an article, a `tag:` URI (RFC 4151). Stable for the life of a release, over corrections and restarts.
    ArticleId
);

/// Declares a closed vocabulary: one list gives the variant, its published spelling and both conversions.
macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every value, in order.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The spelling used in configuration, JSON, SQL and filters.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// Reads that spelling back; `None` for anything else.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

vocabulary!(
    /// IPTC `pubStatus`: may this article be shown?
    PubStatus {
        /// Show it.
        Usable = "usable",
        /// Under an embargo that has not lapsed.
        Withheld = "withheld",
        /// Withdrawn by its issuer or wire.
        Canceled = "canceled",
    }
);

vocabulary!(
    /// What a release is with respect to earlier ones.
    Kind {
        /// An ordinary release.
        Release = "release",
        /// Names what was wrong in an earlier release.
        Correction = "correction",
        /// Stands in the place of an earlier release ("CORRECTING and REPLACING").
        Replacement = "replacement",
        /// Newer facts on the same matter.
        Update = "update",
        /// Adds material ("ADDING MULTIMEDIA").
        Addition = "addition",
        /// The same text sent again.
        Repeat = "repeat",
        /// Withdraws an earlier release.
        Retraction = "retraction",
        /// Explains an earlier release without changing it.
        Clarification = "clarification",
        /// An invitation to the media, not news in itself.
        Advisory = "advisory",
        /// Repeats a date or an invitation.
        Reminder = "reminder",
    }
);

vocabulary!(
    /// How much of a release outputs may re-emit; the wires' terms decide.
    Rights {
        /// Everything.
        Full = "full",
        /// Headline and summary.
        Summary = "summary",
        /// Headline and link.
        Headline = "headline",
    }
);

vocabulary!(
    /// By which of its names an item of a source is known again; the weaker names follow where the strong one is missing.
    Identity {
        /// By its guid; by the names below in a document whose guids cannot be trusted.
        Auto = "auto",
        /// By its guid, whatever else it shows and the other guids of the document are: one guid is one item.
        Guid = "guid",
        /// By its page, where no other item of the document links to it: guids tell nothing.
        Url = "url",
        /// By its headline and text: neither guids nor links tell anything.
        Hash = "hash",
    }
);

vocabulary!(
    /// How sure a reading is.
    Confidence {
        /// Every expected part was found.
        High = "high",
        /// The deciding part was found, others are missing.
        Medium = "medium",
        /// A guess that fits.
        Low = "low",
    }
);

vocabulary!(
    /// What a passage of the body is.
    SectionKind {
        /// The first paragraph of the news itself, after the dateline.
        Lead = "lead",
        /// An ordinary paragraph.
        Body = "body",
        /// A sub-heading.
        Subhead = "subhead",
        /// A paragraph that is a quotation.
        Quote = "quote",
        /// "About X" boilerplate.
        About = "about",
        /// Forward-looking statement, safe harbor.
        ForwardLooking = "forward-looking",
        /// Any other legal notice: disclaimer, note on a translation, offer restrictions.
        Disclaimer = "disclaimer",
        /// Contact block.
        Contact = "contact",
        /// Photo, logo and video lines.
        Media = "media",
        /// The SOURCE line.
        Source = "source",
        /// A line to the desk: `FOR IMMEDIATE RELEASE`, `EMBARGOED UNTIL ...`.
        Instruction = "instruction",
        /// End mark (`###`, `-30-`).
        End = "end",
    }
);

vocabulary!(
    /// What the judge said of a draft.
    Verdict {
        /// Never seen before.
        New = "new",
        /// The same item of the same source again, unchanged.
        Seen = "seen",
        /// The same item with other text and no word of correction: a new version.
        Revised = "revised",
        /// A copy of an article that another source or item already brought.
        Duplicate = "duplicate",
        /// An announced correction: a new version of its target.
        Correction = "correction",
        /// Withdraws its target.
        Withdrawal = "withdrawal",
        /// The same release in another language.
        Variant = "variant",
    }
);

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

/// A place of a dateline.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// As printed: `BOISE, Idaho`.
    pub text: String,
    /// City in title case, if it could be told.
    pub city: Option<String>,
    /// State or province, spelled out.
    pub region: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
}

/// The line that opens a release: where, when, by which wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dateline {
    /// As printed, separator included.
    pub raw: String,
    /// One or more places, in order.
    pub places: Vec<Place>,
    /// The local date printed; never converted to an instant.
    pub date: Option<NaiveDate>,
    /// Display name of the wire that it names.
    pub wire: Option<String>,
    /// Further wires that relayed it.
    pub via: Vec<String>,
    /// How sure the reading is.
    pub confidence: Confidence,
}

/// A listed security.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Symbol {
    /// Market identifier code (ISO 10383), or the label as printed when no code is known.
    pub exchange: String,
    /// Ticker.
    pub symbol: String,
    /// As printed.
    pub raw: String,
}

impl Symbol {
    /// `XNAS:PGC`, the form of filters and of the store.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}:{}", self.exchange, self.symbol)
    }
}

/// An organisation that a release names with its securities.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Name, if the text ties one to the symbols.
    pub name: Option<String>,
    /// Listings.
    pub symbols: Vec<Symbol>,
    /// ISINs with a right check digit.
    pub isin: Vec<String>,
    /// German securities numbers (Wertpapierkennnummer), six characters, as labelled by the text.
    #[serde(default)]
    pub wkn: Vec<String>,
}

/// A passage of the body and what it is. `text` is a verbatim slice of `body_text`; sections stand in text order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// What it is.
    pub kind: SectionKind,
    /// The slice.
    pub text: String,
}

/// A subject with its code list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// Code list: `prn:industry`, `prn:subject`, `gnw:subject`, `dc:subject`, `category` ...
    pub scheme: String,
    /// Code, if the list has codes.
    pub code: Option<String>,
    /// Label.
    pub name: Option<String>,
}

/// A person or desk to call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Name of the person or desk.
    pub name: Option<String>,
    /// What the block calls it: `Media Contact`.
    pub role: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone, as printed.
    pub phone: Option<String>,
}

/// What a release says that it does to an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// The kind of notice.
    pub kind: Kind,
    /// The headline without its mark (`CORRECTING and REPLACING ...`); `None` when the headline is only the mark.
    pub clean_headline: Option<String>,
    /// The headline of the release that it names, if it names one.
    pub target_headline: Option<String>,
    /// The date of the release that it names.
    pub target_date: Option<NaiveDate>,
    /// Display name of the wire that carried the release that it names.
    #[serde(default)]
    pub target_wire: Option<String>,
}

/// What we understood of an item: the article schema, not yet judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// May it be shown?
    pub pubstatus: PubStatus,
    /// What it is with respect to earlier releases.
    pub kind: Kind,
    /// Plain text; `None` when the item has none: never invented.
    pub headline: Option<String>,
    /// Plain text.
    pub subheadline: Option<String>,
    /// Plain text, cut at the wires' terms (at most 250 characters), without the dateline.
    pub summary: Option<String>,
    /// The opening line, if there is one.
    pub dateline: Option<Dateline>,
    /// Display name of the distributor: from the dateline, else the source's wire; `None` for a newsroom of its own.
    pub wire: Option<String>,
    /// The wire's own number for the release.
    pub release_id: Option<String>,
    /// The source that showed it.
    pub source: SourceId,
    /// Who issued it; never the wire.
    pub issuer: Option<String>,
    /// Organisations with their listings.
    pub organisations: Vec<Organisation>,
    /// Tickers that the text writes as `$ACME`, without the sign: hints, for no exchange is named.
    #[serde(default)]
    pub cashtags: Vec<String>,
    /// When it was issued; `None` when the wire gave no time.
    pub published: Option<DateTime<Utc>>,
    /// When the wire says it was changed.
    pub updated: Option<DateTime<Utc>>,
    /// Not to be shown before.
    pub embargoed: Option<DateTime<Utc>>,
    /// When we read it.
    pub received: DateTime<Utc>,
    /// BCP 47.
    pub language: Option<String>,
    /// Canonical URL: what identifies the page, without tracking.
    pub url: Option<String>,
    /// URLs as seen.
    pub urls: Vec<String>,
    /// The feed's own id, as written.
    pub guid: Option<String>,
    /// Paragraphs separated by one empty line; dateline included.
    pub body_text: String,
    /// Sanitised HTML.
    pub body_html: String,
    /// Passages of `body_text`.
    pub sections: Vec<Section>,
    /// Subjects with their code lists.
    pub subjects: Vec<Subject>,
    /// Whom to call, by the release.
    pub contacts: Vec<Contact>,
    /// Who wrote, edited and published it, by the feed.
    pub people: Vec<Person>,
    /// Pictures, films, documents.
    pub media: Vec<Media>,
    /// `None` unless it revises another release.
    pub revision: Option<Revision>,
    /// What outputs may re-emit.
    pub rights: Rights,
    /// The owner of the rights, in the feed's words; plain text.
    pub copyright_notice: Option<String>,
    /// What had to be mended, by name, for this item.
    pub repairs: Vec<String>,
}

impl Draft {
    /// A draft that says nothing yet but where and when it was read; rooms fill in what they understand.
    #[must_use]
    pub fn empty(source: SourceId, received: DateTime<Utc>) -> Self {
        Self {
            pubstatus: PubStatus::Usable,
            kind: Kind::Release,
            headline: None,
            subheadline: None,
            summary: None,
            dateline: None,
            wire: None,
            release_id: None,
            source,
            issuer: None,
            organisations: Vec::new(),
            cashtags: Vec::new(),
            published: None,
            updated: None,
            embargoed: None,
            received,
            language: None,
            url: None,
            urls: Vec::new(),
            guid: None,
            body_text: String::new(),
            body_html: String::new(),
            sections: Vec::new(),
            subjects: Vec::new(),
            contacts: Vec::new(),
            people: Vec::new(),
            media: Vec::new(),
            revision: None,
            rights: Rights::Summary,
            copyright_notice: None,
            repairs: Vec::new(),
        }
    }

    /// Every listing of every organisation.
    pub fn symbols(&self) -> impl Iterator<Item = &Symbol> {
        self.organisations.iter().flat_map(|o| &o.symbols)
    }

    /// Every ISIN of every organisation.
    pub fn isins(&self) -> impl Iterator<Item = &str> {
        self.organisations
            .iter()
            .flat_map(|o| o.isin.iter().map(String::as_str))
    }
}

/// What we keep: a draft with the identity and the history that the store gave it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Article {
    /// Public id.
    pub id: ArticleId,
    /// Row number in the store; the `ID` of `/articles/ID` and of `dateline show ID`.
    pub number: i64,
    /// Story that this article belongs to: its translations share it.
    pub story: i64,
    /// Version shown here, from 1.
    pub version: i64,
    /// When version 1 was admitted.
    pub first_received: DateTime<Utc>,
    /// When the version shown here was admitted; what outputs sort by (see `store::select`).
    pub modified: DateTime<Utc>,
    /// The newest version's draft.
    #[serde(flatten)]
    pub draft: Draft,
}

/// An item that could not become a draft, with the reason: nothing is dropped silently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// Position in the document, from 0.
    pub index: usize,
    /// Why, for a person.
    pub why: String,
}
