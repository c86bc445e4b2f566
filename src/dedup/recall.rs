//! The stored articles that share a key with the drafts of one poll, in memory.
//!
//! The store fills it before the first draft is judged and adds each admitted draft before the next is judged, so two
//! copies in one document find each other.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::reading::{News, wire_slug};
use super::{Key, KeyKind, Reading};
use crate::article::{Kind, PubStatus, Verdict};

/// Articles read for one key, newest first: a daily headline ("Net Asset Value") must not make a poll slow.
pub(crate) const RECALL_LIMIT: usize = 24;

/// One version of a known article.
#[derive(Debug)]
pub struct KnownVersion {
    /// From 1.
    pub number: i64,
    /// Hash of headline and text as shown.
    pub content_hash: String,
    /// What it announced itself as.
    pub kind: Kind,
    /// Folded headline as shown.
    pub headline: String,
    /// Folded headline without a notice's mark.
    pub clean_headline: String,
    /// As shown, for the figures in it.
    pub headline_shown: String,
    /// The text.
    pub news: News,
    /// Wire and number of the release that made it.
    pub release: Option<String>,
    /// When it was admitted.
    pub received: DateTime<Utc>,
    /// When it was issued, if the wire said.
    pub published: Option<DateTime<Utc>>,
}

/// One item of the source in hand that showed a known article.
#[derive(Debug)]
pub struct Shown {
    /// What the source calls the item.
    pub item_key: String,
    /// What it showed last.
    pub content_hash: String,
    /// What was said of it when it was first seen.
    pub first_verdict: Verdict,
}

/// A stored article, as far as the judge needs it.
#[derive(Debug)]
pub struct Known {
    /// Row number.
    pub article: i64,
    /// Its story.
    pub story: i64,
    /// As it stands.
    pub pubstatus: PubStatus,
    /// Display name of its wire.
    pub wire: Option<String>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// BCP 47.
    pub language: Option<String>,
    /// Canonical URL.
    pub url: Option<String>,
    /// Release keys (`prnewswire:302898756`), those of corrections and copies included.
    pub releases: Vec<String>,
    /// Has the source in hand shown it, under whatever name?
    pub carrier: Carrier,
    /// Its newest versions, oldest of them first; never empty.
    pub versions: Vec<KnownVersion>,
    /// The items of the source in hand that showed it and that this poll shows again.
    pub items: Vec<Shown>,
}

/// Who has shown an article so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// The source in hand, perhaps with others.
    ThisSource,
    /// Only other sources.
    Others,
}

impl Known {
    /// The newest version.
    pub(super) fn newest(&self) -> Option<&KnownVersion> {
        self.versions.last()
    }

    /// The item of that name, if the source in hand showed the article under it.
    pub(super) fn item(&self, item_key: &str) -> Option<&Shown> {
        self.items.iter().find(|item| item.item_key == item_key)
    }

    /// Is the wire of this display name one that distributed it?
    pub(super) fn is_on(&self, wire: &str) -> bool {
        let slug = wire_slug(wire);
        self.wire.as_deref().is_some_and(|w| wire_slug(w) == slug)
            || self
                .releases
                .iter()
                .any(|r| r.split_once(':').is_some_and(|(w, _)| w == slug))
    }
}

/// Known look-alikes and what each is recalled by.
#[derive(Debug)]
pub struct Recall {
    window: TimeDelta,
    known: Vec<Known>,
    by_article: HashMap<i64, usize>,
    by_key: HashMap<Key, Vec<usize>>,
}

impl Default for Recall {
    /// Nothing is known, and a fortnight is the window.
    fn default() -> Self {
        Self::within(TimeDelta::days(14))
    }
}

impl Recall {
    /// Knows nothing yet; a copy or a notice may look back for its original by `window`.
    #[must_use]
    pub fn within(window: TimeDelta) -> Self {
        Self {
            window,
            known: Vec::new(),
            by_article: HashMap::new(),
            by_key: HashMap::new(),
        }
    }

    pub(super) fn window(&self) -> TimeDelta {
        self.window
    }

    /// Adds an article; oldest first, so that the newest is found first.
    pub fn add(&mut self, known: Known) {
        self.by_article.insert(known.article, self.known.len());
        self.known.push(known);
    }

    /// Makes an article findable by a key. An article that was not added is ignored.
    pub fn index(&mut self, key: Key, article: i64) {
        let Some(&at) = self.by_article.get(&article) else {
            return;
        };
        let list = self.by_key.entry(key).or_default();
        if !list.contains(&at) {
            list.push(at);
        }
    }

    /// The article of that number.
    #[must_use]
    pub fn get(&self, article: i64) -> Option<&Known> {
        self.by_article.get(&article).and_then(|at| self.known.get(*at))
    }

    /// The same, to bring it up to date.
    pub fn get_mut(&mut self, article: i64) -> Option<&mut Known> {
        self.by_article.get(&article).and_then(|at| self.known.get_mut(*at))
    }

    /// Articles that share one of the draft's keys of a kind, newest first, at most [`RECALL_LIMIT`] a key.
    pub(super) fn find<'r>(&'r self, reading: &'r Reading<'_>, kind: KeyKind) -> impl Iterator<Item = &'r Known> {
        reading
            .keys
            .iter()
            .filter(move |key| key.kind == kind)
            .filter_map(|key| self.by_key.get(key))
            .flat_map(|list| list.iter().rev().take(RECALL_LIMIT))
            .filter_map(|at| self.known.get(*at))
    }
}
