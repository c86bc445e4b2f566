//! Decides what a newly read release is: new, seen, a copy, a new version, a withdrawal or a translation.
//!
//! In: a [`Draft`] and the [`Recall`] of stored look-alikes. Out: one [`Judgement`].
//! Never reads the clock, the database or the network; the same input gives the same judgement.
//!
//! Precision comes before recall: two releases shown as one is a loss, one release shown twice is a nuisance. No
//! similarity threshold separates copies from templates in this domain, so the stages compare identities and exact
//! (folded) texts; numbers in headlines and distance in time can only keep things apart.
//!
//! # Adding a stage
//! Write `fn(&Reading, &Recall) -> Option<Ruling>` in a file here, add one row to [`STAGES`] and a story to
//! `tests/fixtures/stories`.

use crate::article::{Draft, Kind, Verdict};

mod reading;
mod name;
mod recall;
mod compare;
mod identity;
mod release_id;
mod url;
mod revision;
mod text;
mod variant;

pub use name::{Document, Name, NameKind, Trust, read};
pub use reading::{News, Reading};
pub(crate) use reading::{language_key, release, wire_slug};
pub(crate) use recall::RECALL_LIMIT;
pub use recall::{Carrier, Items, Known, KnownVersion, Recall, Shown};

/// What the judge said, of which article, at which stage and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The word.
    pub verdict: Verdict,
    /// The article that it refers to; `None` for `new`.
    pub of: Option<i64>,
    /// Name of the stage that decided: a row of [`STAGES`], or `none` when none had anything to say.
    pub stage: &'static str,
    /// The deciding facts, for a person.
    pub why: String,
}

/// What two records of one release have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// A name that a source gives an item ([`Name`]). Means something within one source only.
    Item,
    /// Wire and the wire's own number; the language is compared, not part of the key.
    Release,
    /// The canonical URL.
    Url,
    /// The folded headline, without a correction's mark.
    Headline,
    /// The folded news text after the dateline.
    Text,
}

impl KeyKind {
    /// Every kind, in order.
    pub const ALL: &[Self] = &[Self::Item, Self::Release, Self::Url, Self::Headline, Self::Text];

    /// The spelling in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Release => "release",
            Self::Url => "url",
            Self::Headline => "headline",
            Self::Text => "text",
        }
    }

    /// Reads that spelling back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }
}

/// One thing that an article can be recalled by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// What it is.
    pub kind: KeyKind,
    /// Hashed values carry the version of their algorithm (`1:...`).
    pub value: String,
}

impl Key {
    /// The key of a name of an item.
    #[must_use]
    pub fn item(name: &str) -> Self {
        Self {
            kind: KeyKind::Item,
            value: name.to_owned(),
        }
    }
}

/// What a stage decided; [`judge`] adds the stage's name.
#[derive(Debug)]
pub struct Ruling {
    verdict: Verdict,
    of: Option<i64>,
    why: String,
}

/// A stage of the judge.
#[derive(Debug)]
pub struct Stage {
    /// Name in the store, in logs and in `explain`.
    pub name: &'static str,
    /// What it looks at.
    pub doc: &'static str,
    decide: fn(&Reading<'_>, &Recall) -> Option<Ruling>,
}

/// The stages, in order; the first that rules ends the matter.
pub const STAGES: &[Stage] = &[
    Stage {
        name: "identity",
        doc: "the same source shows the same item",
        decide: identity::decide,
    },
    Stage {
        name: "release-id",
        doc: "the wire's own number and the same language",
        decide: release_id::decide,
    },
    Stage {
        name: "url",
        doc: "the same page",
        decide: url::decide,
    },
    Stage {
        name: "revision",
        doc: "a notice that names an earlier release",
        decide: revision::decide,
    },
    Stage {
        name: "text",
        doc: "the same text after the dateline, or a cut of it",
        decide: text::decide,
    },
    Stage {
        name: "variant",
        doc: "the wire's own number in another language",
        decide: variant::decide,
    },
];

/// What a draft is recalled by, and what its article will be recalled by.
#[must_use]
pub fn keys(draft: &Draft) -> Vec<Key> {
    Reading::of(draft).keys
}

/// Judges a draft against what is known.
#[must_use]
pub fn judge(draft: &Draft, recall: &Recall) -> Judgement {
    judge_reading(&Reading::of(draft), recall)
}

/// [`judge`] for a caller that already has the reading.
#[must_use]
pub fn judge_reading(reading: &Reading<'_>, recall: &Recall) -> Judgement {
    for stage in STAGES {
        if let Some(Ruling { verdict, of, why }) = (stage.decide)(reading, recall) {
            return Judgement {
                verdict,
                of,
                stage: stage.name,
                why,
            };
        }
    }
    let why = if is_notice(reading.draft.kind) {
        format!(
            "announces itself as {}, but its target was not found",
            reading.draft.kind
        )
    } else {
        "nothing known shares its item, release id or page, nor its headline and a text long enough to tell".to_owned()
    };
    Judgement {
        verdict: Verdict::New,
        of: None,
        stage: "none",
        why,
    }
}

/// Does a release of this kind take the place of another, or take it away?
const fn is_notice(kind: Kind) -> bool {
    matches!(kind, Kind::Correction | Kind::Replacement | Kind::Retraction)
}
