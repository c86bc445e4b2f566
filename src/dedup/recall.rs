//! The stored articles that share a key, a name or a shingle with the drafts of one poll, in memory.
//!
//! The store fills it before the first draft is judged and adds each admitted draft before the next is judged, so two
//! copies in one document find each other.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rustc_hash::FxHashMap;

use super::fuller::may_replace;
use super::name::{Name, NameKind, Trust, address, contradicts};
use super::news::{News, Relation};
use super::reading::{is_site_root, wire_slug};
use super::shingle::LEAD_WORDS;
use super::title::Headline;
use super::{Judgement, Key, KeyKind, Mark, Reading};
use crate::article::{Kind, PubStatus, Rights, SourceId, Verdict};

/// Names of one kind kept of one item: one that has had so many changes them on every poll, and they tell nothing.
const NAMES_LIMIT: usize = 64;

/// Articles read for one key, newest first: a daily headline ("Net Asset Value") must not make a poll slow.
pub(crate) const RECALL_LIMIT: usize = 24;

/// Look-alikes that are laid beside a draft (measured: from 4 to 12 the outcome is the same).
const LIKELY: usize = 4;

/// A run of words that so many articles have is a phrase: alone it makes none of them likely (measured on labelled releases: the outcome is the
/// same). Of a text that is shorter than the beginning that runs are taken from it may be all that it shares with the whole.
const PHRASE: usize = 3;

/// One version of a known article.
#[derive(Debug)]
pub struct KnownVersion {
    /// From 1.
    pub number: i64,
    /// Hash of headline and text as shown.
    pub content_hash: String,
    /// What it announced itself as.
    pub kind: Kind,
    /// The headline.
    pub headline: Headline,
    /// The text.
    pub news: News,
    /// The fullest text that a copy showed of it, where that is fuller.
    pub fullest: Option<News>,
    /// The first version with the same news: itself, unless it only brought a fuller text.
    pub edition: i64,
    /// What outputs may re-emit of it.
    pub rights: Rights,
    /// The source whose text it shows, where that is a copy's.
    pub text_source: Option<SourceId>,
    /// Wire and number of the release that made it.
    pub release: Option<String>,
    /// When it was admitted.
    pub received: DateTime<Utc>,
    /// When it was issued, if the wire said.
    pub published: Option<DateTime<Utc>>,
    /// The day of its dateline.
    pub day: Option<NaiveDate>,
    /// When the wire says that it was changed.
    pub updated: Option<DateTime<Utc>>,
}

/// One item of the source in hand that showed a known article.
#[derive(Debug)]
pub struct Shown {
    /// The name that it is filed under.
    pub item_key: String,
    /// Every name that it had so far.
    pub names: Vec<String>,
    /// What it showed last.
    pub content_hash: String,
    /// Since when it has shown that.
    pub content_since: DateTime<Utc>,
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
    /// Who made its versions: the source in hand one or more of them, or others all.
    pub maker: Carrier,
    /// Number of its first version; below 1 where a release came after its notice.
    pub first_version: i64,
    /// When it was issued, by the earliest of all that say so who showed it: which of them was read first is chance.
    pub published: Option<DateTime<Utc>>,
    /// Its newest versions, oldest of them first; never empty.
    pub versions: Vec<KnownVersion>,
    /// The items of the source in hand that showed it and that share a name with one of this poll.
    pub items: Items,
}

/// The items of one source that showed one article.
#[derive(Debug, Default)]
pub struct Items {
    list: Vec<Shown>,
    by_name: HashMap<String, Vec<usize>>,
}

impl Items {
    /// Adds an item, or brings the one that is filed under its name up to date; what was first said of it stays.
    pub fn show(&mut self, shown: Shown) {
        let at = self.position(&shown.item_key).unwrap_or_else(|| {
            self.by_name
                .entry(shown.item_key.clone())
                .or_default()
                .push(self.list.len());
            self.list.push(Shown {
                item_key: shown.item_key.clone(),
                names: Vec::new(),
                content_hash: String::new(),
                content_since: shown.content_since,
                first_verdict: shown.first_verdict,
            });
            self.list.len() - 1
        });
        let Some(item) = self.list.get_mut(at) else { return };
        if item.content_hash != shown.content_hash {
            item.content_hash = shown.content_hash;
            item.content_since = shown.content_since;
        }
        for name in shown.names {
            if item.names.contains(&name) {
                continue;
            }
            if name != item.item_key {
                self.by_name.entry(name.clone()).or_default().push(at);
            }
            item.names.push(name);
        }
    }

    fn position(&self, item_key: &str) -> Option<usize> {
        let called = self.by_name.get(item_key)?;
        called
            .iter()
            .copied()
            .find(|at| self.list.get(*at).is_some_and(|item| item.item_key == item_key))
    }

    /// Items that had a name, the latest first.
    fn called(&self, name: &str) -> impl Iterator<Item = &Shown> {
        let places = self.by_name.get(name).map(Vec::as_slice).unwrap_or_default();
        places.iter().rev().filter_map(|at| self.list.get(*at))
    }
}

impl Shown {
    /// Those names of a reading that it did not have yet.
    pub(crate) fn new_names<'n>(&self, names: &'n [Name]) -> impl Iterator<Item = &'n Name> {
        let kept = |kind| {
            self.names
                .iter()
                .filter(|text| NameKind::of(text) == Some(kind))
                .count()
        };
        names
            .iter()
            .filter(move |name| !self.names.contains(&name.text) && kept(name.kind) < NAMES_LIMIT)
    }
}

impl KnownVersion {
    /// Is the text of a copy of it fuller than any that we have?
    pub(crate) fn is_less_than(&self, copy: &Reading<'_>, judgement: &Judgement) -> bool {
        let known = self.fullest.as_ref().unwrap_or(&self.news);
        let contained = judgement.against.is_some() || copy.news.relation(known) == Relation::Fuller;
        contained && may_replace(copy.draft.kind, self.kind) && copy.news.news().len() > known.news().len()
    }
}

/// Whose an article is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// The source in hand's, perhaps with others.
    ThisSource,
    /// Only other sources'.
    Others,
}

impl Carrier {
    /// From whether the source in hand is one of them.
    pub(crate) const fn of(ours: bool) -> Self {
        if ours { Self::ThisSource } else { Self::Others }
    }
}

impl Known {
    /// The newest version.
    pub(super) fn newest(&self) -> Option<&KnownVersion> {
        self.versions.last()
    }

    /// The newest version that shows a text of its own: who lent a text has said it, and nobody else.
    pub(crate) fn newest_own(&self) -> Option<&KnownVersion> {
        self.versions.iter().rev().find(|version| version.text_source.is_none())
    }

    /// The address of its own page; a front page is none.
    pub(super) fn page(&self) -> Option<&str> {
        self.url.as_deref().map(address).filter(|page| !is_site_root(page))
    }

    /// The item of the source in hand that a reading is, by the strongest of its names.
    pub(crate) fn item_of(&self, reading: &Reading<'_>) -> Option<&Shown> {
        (0..reading.names.len()).find_map(|at| self.items_called(reading, at).next())
    }

    /// Items with the name at `at` of a reading, unless a stronger name or the wire's number says that they are others.
    fn items_called<'k>(&'k self, reading: &Reading<'_>, at: usize) -> impl Iterator<Item = &'k Shown> {
        let (stronger, rest) = reading.names.split_at(at.min(reading.names.len()));
        let name = rest.first().filter(|name| name.trust != Trust::Kept);
        let number = name
            .filter(|name| name.kind != NameKind::Guid)
            .and_then(|_| reading.release());
        let other_number = number.is_some_and(|number| !self.releases.is_empty() && !self.releases.contains(&number));
        name.filter(|_| !other_number)
            .into_iter()
            .flat_map(|name| self.items.called(&name.text).take(RECALL_LIMIT))
            .filter(|item| !contradicts(stronger, &item.names))
    }

    /// Does the document in hand show it as another item than this one?
    pub(super) fn is_shown_beside(&self, reading: &Reading<'_>, recall: &Recall) -> bool {
        let is_own = |name: &String| reading.names.iter().any(|own| own.text == *name);
        let mut others = self
            .items
            .list
            .iter()
            .rev()
            .take(RECALL_LIMIT)
            .flat_map(|item| &item.names);
        others.any(|name| recall.in_hand.contains(name) && !is_own(name))
    }

    /// Is the wire of a draft one that distributed it?
    pub(super) fn is_on_wire_of(&self, reading: &Reading<'_>) -> bool {
        reading.draft.wire.as_deref().is_some_and(|wire| self.is_on(wire))
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

/// What an article has in common with a reading.
#[derive(Debug, Default)]
struct Votes {
    sum: f64,
    /// More than one phrase.
    are_enough: bool,
}

/// Known look-alikes and what each is recalled by.
#[derive(Debug)]
pub struct Recall {
    window: TimeDelta,
    in_hand: HashSet<String>,
    known: Vec<Known>,
    by_article: HashMap<i64, usize>,
    by_key: HashMap<Key, Vec<usize>>,
    by_shingle: FxHashMap<i64, Vec<i64>>,
    tombstones: FxHashMap<i64, NaiveDate>,
}

impl Default for Recall {
    /// Nothing is known, and two months are the window.
    fn default() -> Self {
        Self::within(TimeDelta::days(60))
    }
}

impl Recall {
    /// Knows nothing yet; a copy or a notice may look back for its original by `window`.
    #[must_use]
    pub fn within(window: TimeDelta) -> Self {
        Self {
            window,
            in_hand: HashSet::new(),
            known: Vec::new(),
            by_article: HashMap::new(),
            by_key: HashMap::new(),
            by_shingle: FxHashMap::default(),
            tombstones: FxHashMap::default(),
        }
    }

    /// Says which items the document in hand shows.
    pub fn hold(&mut self, readings: &[Reading<'_>]) {
        let names = readings.iter().flat_map(|reading| &reading.names);
        let telling = names.filter(|name| name.kind != NameKind::Content && name.trust != Trust::Kept);
        self.in_hand = telling.map(|name| name.text.clone()).collect();
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

    /// Says that an article has a shingle; the newest article last.
    pub fn post(&mut self, shingle: i64, article: i64) {
        let list = self.by_shingle.entry(shingle).or_default();
        if !list.contains(&article) {
            list.push(article);
        }
    }

    /// Says that a purged article had a mark of this hash: it was purged on that day or before.
    pub fn bury(&mut self, hash: i64, day: NaiveDate) {
        self.tombstones.insert(hash, day);
    }

    /// The day on or before which an article of this mark was purged.
    pub(crate) fn purged(&self, mark: Mark<'_>) -> Option<NaiveDate> {
        self.tombstones.get(&mark.hash()).copied()
    }

    /// The articles that have most in common with a reading: a shingle or name that many share says little.
    #[must_use]
    pub fn likely(&self, reading: &Reading<'_>) -> Vec<i64> {
        let is_short = reading.news.news().len() < LEAD_WORDS;
        let mut votes: FxHashMap<i64, Votes> = FxHashMap::default();
        let mut vote = |articles: &mut dyn Iterator<Item = i64>, weight: f64| {
            let articles: Vec<i64> = articles.take(RECALL_LIMIT).collect();
            let share = weight / (articles.len() as f64).sqrt();
            // A key weighs more than a run of words.
            let is_telling = weight > 1.0 || is_short || articles.len() < PHRASE;
            for article in articles {
                let votes = votes.entry(article).or_default();
                votes.are_enough |= is_telling || votes.sum > 0.0;
                votes.sum += share;
            }
        };
        for shingle in &reading.shingles {
            vote(
                &mut self.by_shingle.get(shingle).into_iter().flatten().rev().copied(),
                1.0,
            );
        }
        for key in &reading.keys {
            let weight = match key.kind {
                KeyKind::Item | KeyKind::Release => continue,
                KeyKind::Url | KeyKind::Text => 50.0,
                KeyKind::Headline => 4.0,
            };
            let articles = self.by_key.get(key).into_iter().flatten().rev();
            vote(
                &mut articles.filter_map(|at| self.known.get(*at)).map(|known| known.article),
                weight,
            );
        }
        let mut likely: Vec<(f64, i64)> = votes
            .into_iter()
            .filter(|(_, votes)| votes.are_enough)
            .map(|(article, votes)| (votes.sum, article))
            .collect();
        likely.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
        likely.into_iter().take(LIKELY).map(|(_, article)| article).collect()
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

    /// Articles that the source in hand showed as an item with the name at `at` of a reading, with that item; newest first.
    pub(super) fn shown_as<'r>(
        &'r self,
        reading: &'r Reading<'_>,
        at: usize,
    ) -> impl Iterator<Item = (&'r Known, &'r Shown)> {
        let key = reading.names.get(at).map(|name| Key::item(&name.text));
        key.and_then(|key| self.by_key.get(&key))
            .into_iter()
            .flat_map(|list| list.iter().rev().take(RECALL_LIMIT))
            .filter_map(|place| self.known.get(*place))
            .flat_map(move |known| known.items_called(reading, at).map(move |item| (known, item)))
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
