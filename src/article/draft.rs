//! The draft as understood: the article schema, not yet judged.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{Kind, Media, Person, PubStatus, Rights, SourceId};

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

vocabulary!(
    /// What a passage of the body is.
    SectionKind {
        /// The dateline.
        Dateline = "dateline",
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

    /// The day of its dateline.
    #[must_use]
    pub fn day(&self) -> Option<NaiveDate> {
        self.dateline.as_ref().and_then(|dateline| dateline.date)
    }

    /// A notice whose headline is its mark, with the company at most (`/CORRECTION -- Acme Corp./`): it names no release by it.
    #[must_use]
    pub fn is_headed_by_its_mark(&self) -> bool {
        self.revision
            .as_ref()
            .is_some_and(|revision| revision.clean_headline.is_none())
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
