//! Decides what a newly read release is: new, seen, a copy, a new version, a withdrawal or a translation.
//!
//! In: a [`Draft`] and the [`Recall`] of stored look-alikes. Out: one [`Judgement`].
//! Never reads the clock, the database or the network; the same input gives the same judgement.
//!
//! Precision comes before recall: two releases shown as one is a loss, one release shown twice is a nuisance. No
//! similarity threshold separates copies from templates in this domain: what is not told by its names or by an equal text is laid beside its
//! look-alikes, and only what changed decides. A fact in the place of another (a number, a date, a name) keeps two texts apart, however
//! alike they are; text that one side lacks does not.
//!
//! | file | does |
//! |---|---|
//! | `reading`, `name`, `news`, `title` | what is compared of a draft |
//! | `spelling`, `token`, `shingle` | words in canonical form, and the numbers by which look-alikes are found |
//! | `align`, `terms`, `change`, `facts`, `periodic`, `alike` | two texts beside each other, what changed, and what that makes them |
//! | `recall`, `compare`, `fuller` | what is known, what a change of content means, and which copy says more |
//! | the rows of [`STAGES`] | one file each |
//!
//! # Adding a stage
//! Write `fn(&Case) -> Option<Ruling>` in a file here, add one row to [`STAGES`] and a story to
//! `tests/fixtures/stories`.

use std::cell::OnceCell;

use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_64;

use crate::article::{Draft, Kind, Verdict};
use alike::{Alike, Likeness};

mod reading;
mod name;
mod spelling;
mod token;
mod news;
mod title;
mod shingle;
mod align;
mod terms;
mod change;
mod facts;
mod periodic;
mod recall;
mod compare;
mod fuller;
mod alike;
mod identity;
mod tombstone;
mod release_id;
mod url;
mod text;
mod revision;
mod headline;
mod near;
mod summary;
mod variant;

pub use change::{Change, ChangeKind, Comparison};
pub(crate) use compare::edition;
pub(crate) use fuller::{PageText, Renewal, contradict, may_replace, page_text, renewal, says_more};
pub(crate) use identity::is_shown_again;
pub(crate) use name::address;
pub use name::{Document, Name, NameKind, Trust, read};
pub use news::News;
pub use reading::Reading;
pub(crate) use reading::{is_site_root, language_key, release, wire_slug};
pub(crate) use recall::RECALL_LIMIT;
pub use recall::{Carrier, Items, Known, KnownVersion, Recall, Shown};
pub use title::{Headline, Headlines};
pub use tombstone::Mark;
pub(crate) use tombstone::marks;

/// What the judge said, of which article, at which stage and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The word.
    pub verdict: Verdict,
    /// The article that it refers to; `None` for `new`, and for `seen` where that article was purged.
    pub of: Option<i64>,
    /// Name of the stage that decided: a row of [`STAGES`], or `none` when none had anything to say.
    pub stage: &'static str,
    /// The deciding facts, for a person.
    pub why: String,
    /// The version of that article that it shows or takes the place of; `None` where there is no such article.
    pub version: Option<i64>,
    /// A version that came after the notice that replaced it: it stands before all others.
    pub late: bool,
    /// How the texts compare, where they had to be: with the counterpart, or for `new` with the likeliest one that it is not.
    pub against: Option<Against>,
}

impl Judgement {
    /// The share of the shorter text that both have, from 0 to 1, where texts had to be compared to say that they are of one release.
    #[must_use]
    pub fn score(&self) -> Option<f64> {
        let against = self.against.as_ref().filter(|against| self.of == Some(against.article));
        against.map(|against| against.comparison.coverage)
    }
}

/// The version that a draft was laid beside, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Against {
    /// Row number of its article.
    pub article: i64,
    /// Which version.
    pub version: i64,
    /// What the two have in common, and what changed.
    pub comparison: Comparison,
}

/// What became another from one version of a release to the next, boilerplate and addresses included.
#[must_use]
pub fn changes(new: &Draft, known: &Draft) -> Comparison {
    let news = |draft: &Draft| News::read(&draft.body_text, draft.dateline.as_ref(), &draft.sections);
    facts::compare_whole(&news(new), &news(known)).shown()
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

    /// The number by which its articles are found: xxh3 of kind and value. A name of an item is one of its source's.
    #[must_use]
    pub fn hash(&self, source: &str) -> i64 {
        let (kind, value) = (self.kind.as_str(), self.value.as_str());
        let text = match self.kind {
            KeyKind::Item => format!("{kind}\0{source}\0{value}"),
            KeyKind::Release | KeyKind::Url | KeyKind::Headline | KeyKind::Text => format!("{kind}\0{value}"),
        };
        XxHash3_64::oneshot(text.as_bytes()).cast_signed()
    }
}

/// A draft before the judge.
#[derive(Debug)]
pub struct Case<'a> {
    reading: &'a Reading<'a>,
    recall: &'a Recall,
    alike: OnceCell<Vec<Alike<'a>>>,
}

impl<'a> Case<'a> {
    fn new(reading: &'a Reading<'a>, recall: &'a Recall) -> Self {
        Self {
            reading,
            recall,
            alike: OnceCell::new(),
        }
    }

    /// What its look-alikes are to it; worked out when the first stage asks.
    fn alike(&self) -> &[Alike<'a>] {
        self.alike.get_or_init(|| alike::alike(self.reading, self.recall))
    }

    /// The likeliest copy; without one, the likeliest text that was edited. Of equals, the article that came first.
    fn best(&self) -> Option<&Alike<'a>> {
        let of = |likeness| {
            let some = self.alike().iter().filter(move |alike| alike.likeness == likeness);
            some.max_by(|a, b| {
                let order = a.score.total_cmp(&b.score).then(b.known.article.cmp(&a.known.article));
                order.then(a.version.number.cmp(&b.version.number))
            })
        };
        of(Likeness::Copy).or_else(|| of(Likeness::Edited))
    }

    /// The text that has most in common with it and is another release.
    fn nearest(&self) -> Option<&Alike<'a>> {
        let apart = self
            .alike()
            .iter()
            .filter(|alike| alike.likeness != Likeness::Unrelated);
        apart.max_by(|a, b| a.comparison.coverage.total_cmp(&b.comparison.coverage))
    }
}

/// What a stage decided; [`judge`] adds the stage's name.
#[derive(Debug)]
pub struct Ruling {
    verdict: Verdict,
    of: Option<i64>,
    version: Option<i64>,
    why: String,
    late: bool,
    against: Option<Against>,
}

impl Ruling {
    /// Says it of an article as it stands.
    fn of(verdict: Verdict, known: &Known, why: String) -> Self {
        Self {
            verdict,
            of: Some(known.article),
            version: known.newest().map(|newest| newest.number),
            why,
            late: false,
            against: None,
        }
    }

    /// Seen, of an article that is no more.
    fn of_none(why: String) -> Self {
        Self {
            verdict: Verdict::Seen,
            of: None,
            version: None,
            why,
            late: false,
            against: None,
        }
    }

    /// It came after the notice that replaced it.
    fn late(mut self) -> Self {
        self.late = true;
        self
    }

    /// Says it of one of its versions.
    fn at(mut self, version: &KnownVersion) -> Self {
        self.version = Some(version.number);
        self
    }

    /// Keeps how the texts compare.
    fn against(mut self, alike: &Alike<'_>) -> Self {
        self.against = Some(alike.against());
        self
    }
}

/// A stage of the judge.
#[derive(Debug)]
pub struct Stage {
    /// Name in the store, in logs and in `explain`.
    pub name: &'static str,
    /// What it looks at.
    pub doc: &'static str,
    decide: fn(&Case<'_>) -> Option<Ruling>,
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
        name: "text",
        doc: "the same text after the dateline, without boilerplate",
        decide: text::decide,
    },
    Stage {
        name: "tombstone",
        doc: "an article that was purged",
        decide: tombstone::decide,
    },
    Stage {
        name: "revision",
        doc: "a notice and the release that it names, whichever came first",
        decide: revision::decide,
    },
    Stage {
        name: "headline",
        doc: "the same headline, by the same issuer at the same time, or over a cut of one text",
        decide: headline::decide,
    },
    Stage {
        name: "near",
        doc: "nearly the same text, and no fact changed",
        decide: near::decide,
    },
    Stage {
        name: "summary",
        doc: "a summary and its full text",
        decide: summary::decide,
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
    let case = Case::new(reading, recall);
    for stage in STAGES {
        if let Some(ruling) = (stage.decide)(&case) {
            return Judgement {
                verdict: ruling.verdict,
                of: ruling.of,
                stage: stage.name,
                why: ruling.why,
                version: ruling.version,
                late: ruling.late,
                against: ruling.against,
            };
        }
    }
    Judgement {
        verdict: Verdict::New,
        of: None,
        stage: "none",
        why: why_new(&case),
        version: None,
        late: false,
        against: case.nearest().map(Alike::against),
    }
}

fn why_new(case: &Case<'_>) -> String {
    let kind = case.reading.draft.kind;
    let notice = is_notice(kind).then(|| format!("announces itself as {kind}, but its target was not found; "));
    let nearest = case.nearest().map_or_else(
        || "nothing known shares its item, release id or page, nor a text long enough to tell".to_owned(),
        |alike| {
            format!(
                "the nearest is article {}, not the same: {}",
                alike.known.article,
                near::shown(alike)
            )
        },
    );
    notice.unwrap_or_default() + &nearest
}

/// Does a release of this kind take the place of another, or take it away?
const fn is_notice(kind: Kind) -> bool {
    matches!(kind, Kind::Correction | Kind::Replacement | Kind::Retraction)
}

/// Does a release of this kind announce that an earlier one was changed?
const fn is_marked(kind: Kind) -> bool {
    is_notice(kind) || matches!(kind, Kind::Update | Kind::Addition)
}

#[cfg(test)]
mod tests;
