//! What flows through Dateline: the item as said, the draft as understood, the article as kept, the verdict between them.
//!
//! Names follow IPTC ninjs and schema.org `NewsArticle` where those have one. A [`Draft`] serialises to exactly the
//! article schema that `dateline parse`, `show --json` and `/articles/ID.json` print; an [`Article`] adds the identity
//! that the store gave it. Nothing in this room decides anything.
//!
//! | file | holds |
//! |---|---|
//! | `item.rs` | what a feed said of one release |
//! | `draft.rs` | what we understood of it: the article schema |
//! | here | ids, the closed vocabularies that several rooms share, the article as kept |

use chrono::{DateTime, TimeDelta, Utc};
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

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

mod item;
mod draft;

pub use draft::{
    Confidence, Contact, Dateline, Draft, Organisation, Place, Revision, Section, SectionKind, Subject, Symbol,
};
pub use item::{Assumed, Category, Extension, Item, Link, Media, Person, PersonRole, Stamp, Validators};

vocabulary!(
    /// In which order an output shows what it holds.
    Order {
        /// What came or changed last is first: a correction of an old release stands on top.
        Changed = "changed",
        /// What was issued last is first.
        Published = "published",
    }
);

vocabulary!(
    /// What an output says of the copies of an article: of the other pages that carry the same release.
    Copies {
        /// The entry of the article names them.
        Folded = "folded",
        /// Each is an entry of its own, behind that of the article.
        Shown = "shown",
        /// Nothing.
        Omitted = "omitted",
    }
);

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

impl Rights {
    /// Does it allow all that the other one does?
    #[must_use]
    pub const fn allows(self, other: Self) -> bool {
        match (self, other) {
            (Self::Full, _) | (Self::Summary, Self::Summary | Self::Headline) | (Self::Headline, Self::Headline) => {
                true
            }
            (Self::Summary, Self::Full) | (Self::Headline, Self::Full | Self::Summary) => false,
        }
    }
}

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
    /// Whether the pages of new articles are read for what their feed leaves out.
    FullText {
        /// What the feed brings is all.
        Off = "off",
        /// By what is known of the wire's own pages; of a wire whose pages are not known, as any page.
        Wire = "wire",
        /// As any page: where most of its text stands.
        Generic = "generic",
    }
);

vocabulary!(
    /// What came of asking for the page of an article.
    PageClass {
        /// The release, whole.
        Text = "text",
        /// The release, and no more of it than its feed showed.
        NoMore = "no-more",
        /// Something else than the release.
        Unlike = "unlike",
        /// The release, not to be shown yet.
        Embargoed = "embargoed",
        /// A page without a text.
        Empty = "empty",
        /// A check whether we are a person.
        Challenge = "challenge",
        /// It is refused to us: 401, 402, 403, 451, a login, a wall.
        Blocked = "blocked",
        /// The server asks to wait.
        Throttled = "throttled",
        /// robots.txt keeps us out, or cannot be had.
        Robots = "robots",
        /// There is no such page, or not yet.
        Missing = "missing",
        /// No HTML.
        NotHtml = "not-html",
        /// More than may be read.
        TooLarge = "too-large",
        /// The server is in trouble, or was not reached.
        Unreached = "unreached",
        /// It lives elsewhere, where it will be asked.
        Moved = "moved",
        /// Nobody asked: its source wants no pages any more.
        Off = "off",
    }
);

vocabulary!(
    /// How a source may be polled, where its operator has not said when.
    Tier {
        /// A wire whose owner lets readers ask every minute: its feed turns over in minutes.
        Wire = "wire",
        /// Everybody else: hourly at most, and daily where a server gives nothing to ask "has it changed?" with.
        Guest = "guest",
    }
);

vocabulary!(
    /// Who may read what the daemon counts of itself.
    Exposure {
        /// This machine, and holders of a token that opens everything.
        Local = "local",
        /// Everybody.
        Open = "open",
        /// Nobody.
        Off = "off",
    }
);

vocabulary!(
    /// How a source does, by its last poll.
    Health {
        /// It answers, and brings what it used to.
        Ok = "ok",
        /// It answers, and has brought nothing for longer than its own week lets expect.
        Quiet = "quiet",
        /// It answers, and has brought nothing for so long that it looks abandoned.
        Stale = "stale",
        /// It answers with a feed without items.
        Empty = "empty",
        /// Its newest item is dated ahead of its own clock.
        Future = "future",
        /// It asks us to wait.
        Throttled = "throttled",
        /// It does not answer, or badly.
        Failing = "failing",
        /// Only its operator, or ours, can bring it back: 410, a blocked address.
        Gone = "gone",
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

/// A wire does not publish the day after tomorrow: how far `published` may lie ahead of the reading.
pub const MAX_AHEAD: TimeDelta = TimeDelta::hours(24);

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
    /// When version 1 was read.
    pub first_received: DateTime<Utc>,
    /// When the version shown here was admitted; what outputs sort by (see `store::select`).
    pub modified: DateTime<Utc>,
    /// Other sources that carry it. It changes while the versions do not, so documents of an article leave it out.
    #[serde(skip)]
    pub copies: u32,
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
