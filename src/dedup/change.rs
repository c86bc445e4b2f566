//! What came of laying two texts beside each other: how much they share, and each thing that stands in the place of another.

use serde::{Deserialize, Serialize};

/// Changes kept for a person; the first ones tell.
const SHOWN: usize = 12;

/// What kind of change it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// A number for a number.
    Number,
    /// A month or weekday for another.
    Date,
    /// A name for a name.
    Name,
    /// A passage for another.
    Passage,
    /// A word for one that excludes it: `pricing` and `closing` are two releases.
    Term,
    /// A number, a month or a name for words.
    Figure,
    /// A word for the same in another spelling.
    Spelling,
    /// Words for words.
    Words,
}

impl ChangeKind {
    /// A contradiction, not a matter of wording.
    const fn is_fact(self) -> bool {
        match self {
            Self::Number | Self::Date | Self::Name | Self::Term => true,
            Self::Passage | Self::Figure | Self::Spelling | Self::Words => false,
        }
    }
}

/// Something that stands in the place of something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What kind.
    pub kind: ChangeKind,
    /// In the words of the release that was judged.
    pub new: String,
    /// In the words of the one that it was held against.
    pub known: String,
    /// Words of the shorter side.
    pub words: usize,
    /// Does it stand among the first words?
    pub early: bool,
}

/// Two texts beside each other.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Comparison {
    /// Words of the shorter text.
    pub words: usize,
    /// Share of the shorter text that the longer has, from 0 to 1.
    pub coverage: f64,
    /// Share of the longer text that the shorter has.
    pub coverage_longer: f64,
    /// Share of the shorter text's beginning that the longer has.
    pub lead: f64,
    /// Numbers, dates and names that both have in the same places.
    pub agreed: usize,
    /// What changed, in text order; at most a dozen are kept when it is stored.
    pub changes: Vec<Change>,
}

impl Comparison {
    /// Contradictions in facts.
    #[must_use]
    pub fn facts(&self) -> usize {
        self.changes.iter().filter(|change| change.kind.is_fact()).count()
    }

    /// The names that stand for others: that of the draft, and that of the known one.
    pub(super) fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        let names = self.changes.iter().filter(|change| change.kind == ChangeKind::Name);
        names.map(|change| (change.new.as_str(), change.known.as_str()))
    }

    /// Contradictions in numbers and dates.
    pub(super) fn figures(&self) -> usize {
        self.count(ChangeKind::Number) + self.count(ChangeKind::Date)
    }

    /// Changes of a kind.
    pub(super) fn count(&self, kind: ChangeKind) -> usize {
        self.changes.iter().filter(|change| change.kind == kind).count()
    }

    /// Words in replaced passages, among the first words or later.
    pub(super) fn passages(&self, early: bool) -> usize {
        let passages = self
            .changes
            .iter()
            .filter(|c| c.kind == ChangeKind::Passage && c.early == early);
        passages.map(|change| change.words).sum()
    }

    /// Early changes of wording: words, and double for figures that became words.
    pub(super) fn edits(&self) -> usize {
        let early = self.changes.iter().filter(|change| change.early);
        early
            .map(|change| match change.kind {
                ChangeKind::Words => change.words,
                ChangeKind::Figure => change.words + 2,
                ChangeKind::Number
                | ChangeKind::Date
                | ChangeKind::Name
                | ChangeKind::Passage
                | ChangeKind::Term
                | ChangeKind::Spelling => 0,
            })
            .sum()
    }

    /// Is every word that both have in a place the same? One side may have more.
    pub(super) fn is_unedited(&self) -> bool {
        self.changes.is_empty()
    }

    /// Early figures that became words.
    pub(super) fn vague(&self) -> usize {
        self.changes
            .iter()
            .filter(|c| c.kind == ChangeKind::Figure && c.early)
            .count()
    }

    /// The same with no more changes than a person reads.
    pub(super) fn shown(&self) -> Self {
        Self {
            changes: self.changes.iter().take(SHOWN).cloned().collect(),
            ..self.clone()
        }
    }
}
