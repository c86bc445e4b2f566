//! Did anything slip through between two polls?
//!
//! In: the items of a document and what the last one showed. Out: what is new, what was known, and an alarm where the two share
//! nothing though the document is full: then items came and went unseen. A wire that numbers its releases tells how many.
//! Pure.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_64;

use super::freshness::Hints;
use crate::article::Draft;

/// Items of a document that are compared with the last one; nothing turns over more between two polls.
const COMPARED: usize = 2_000;
/// A document of fewer items has no room for an overlap that could be missed.
const LEAST_ITEMS: usize = 3;
/// Release numbers of a source that must be seen before its density is believed.
const LEAST_NUMBERS: f64 = 50.0;
/// What an old count of release numbers weighs when as many more were seen.
const NUMBERS_KEPT: f64 = 500.0;
/// From this density on a source shows every number, and a hole is a loss.
const DENSE: f64 = 0.9;

/// One item of a document, as far as telling it again goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// Hashes of its names: guid and page; of its headline where it has neither. See [`name`].
    pub names: Vec<u32>,
    /// When it says that it was published.
    pub published: Option<DateTime<Utc>>,
    /// The wire's own number of the release, where that is a number.
    pub number: Option<u64>,
}

/// How much of the feed a document holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Extent {
    /// All that the feed shows.
    #[default]
    Whole,
    /// Nothing but what came since the last document: all that was there is there still (226, RFC 3229).
    Delta,
    /// Its end is missing.
    Cut,
}

/// A document with items.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// In document order.
    pub items: Vec<Shown>,
    /// How much of the feed it holds.
    pub extent: Extent,
    /// What it asks of those who poll it.
    pub hints: Hints,
}

/// The hash by which a name of an item is remembered: 32 bits of xxh3. Two of 2,000 collide in one document of two thousand, and
/// a wrong "known" of one item changes nothing.
#[must_use]
pub fn name(text: &str) -> u32 {
    #[allow(clippy::cast_possible_truncation)] // the low half
    let hash = XxHash3_64::oneshot(text.as_bytes()) as u32;
    hash
}

impl Shown {
    /// That of a draft.
    #[must_use]
    pub fn of(draft: &Draft) -> Self {
        let mut names: Vec<u32> = [&draft.guid, &draft.url]
            .into_iter()
            .flatten()
            .map(|text| name(text))
            .collect();
        names.dedup();
        if names.is_empty() {
            names.extend(draft.headline.as_deref().map(name));
        }
        Self {
            names,
            published: draft.published,
            number: draft.release_id.as_deref().and_then(|id| id.parse().ok()),
        }
    }
}

/// The names in the last document of a source, and what is known of its numbers and of its length.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Last {
    /// Names, in hexadecimal, eight digits each; `None` before the first document.
    names: Option<String>,
    /// Items of a full document: the longest, slowly forgotten.
    pub window: f64,
    /// The newest release number.
    newest: Option<u64>,
    /// Numbers that were seen, and those that they stand among.
    numbers: (f64, f64),
}

/// A document against the one before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overlap {
    /// Items compared.
    pub items: usize,
    /// Items that the last document showed too.
    pub known: usize,
    /// Times of the new ones, as far as they name one.
    pub fresh: Vec<Option<DateTime<Utc>>>,
    /// Why items may be lost, for a person.
    pub gap: Option<String>,
}

impl Overlap {
    /// Items that the last document did not show.
    #[must_use]
    pub fn unknown(&self) -> usize {
        self.items - self.known
    }
}

impl Last {
    /// Has a document been seen?
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.names.is_none()
    }

    /// Compares a document with the last one and takes its place. `None`: there was none.
    pub fn compare(&mut self, document: &Document) -> Option<Overlap> {
        let compared = document.items.get(..COMPARED).unwrap_or(&document.items);
        let mut times: HashMap<u32, usize> = HashMap::new();
        for name in compared.iter().flat_map(|item| &item.names) {
            *times.entry(*name).or_default() += 1;
        }
        // A name that several items share (the home page, an empty guid) tells none of them.
        let own = |item: &Shown| -> Vec<u32> {
            let names = item.names.iter().copied();
            names.filter(|name| times.get(name) == Some(&1)).collect()
        };
        let before: HashSet<u32> = self.names().collect();
        let (mut known, mut fresh) = (0, Vec::new());
        let (mut numbers, mut names) = (Vec::new(), Vec::new());
        for item in compared {
            let own = own(item);
            if own.iter().any(|name| before.contains(name)) {
                known += 1;
            } else {
                fresh.push(item.published);
                numbers.extend(item.number);
            }
            names.extend(own);
        }
        if document.extent == Extent::Delta {
            known += before.len();
            names.extend(before);
            names.truncate(COMPARED);
        }
        let first = self.is_first();
        let items = known + fresh.len();
        let gap = (!first).then(|| self.gap(items, known, &numbers)).flatten();
        self.count(&numbers, known > 0 && !first);
        if let Some(newest) = compared.iter().filter_map(|item| item.number).max() {
            self.newest = self.newest.max(Some(newest));
        }
        #[allow(clippy::cast_precision_loss)] // at most COMPARED
        let length = items as f64;
        if document.extent != Extent::Delta {
            self.window = length.max(self.window * 0.98 + length * 0.02);
        }
        self.names = Some(names.iter().map(|name| format!("{name:08x}")).collect());
        (!first).then_some(Overlap {
            items,
            known,
            fresh,
            gap,
        })
    }

    fn names(&self) -> impl Iterator<Item = u32> {
        let digits = self.names.as_deref().unwrap_or_default().as_bytes().chunks_exact(8);
        digits.filter_map(|digits| u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok())
    }

    /// A full document that shares nothing with the last one, or a hole in numbers that have none. A document that is shorter than
    /// the feed usually is pushed nothing out.
    fn gap(&self, items: usize, known: usize, numbers: &[u64]) -> Option<String> {
        #[allow(clippy::cast_precision_loss)] // at most COMPARED
        let full = items >= LEAST_ITEMS && self.names().count() >= LEAST_ITEMS && items as f64 >= 0.9 * self.window;
        let hole = self.hole(numbers);
        match (known, hole) {
            (0, Some((missing, from, to))) if full => Some(format!(
                "none of {items} items was in the last poll: about {missing} may be lost between the releases {from} and {to}"
            )),
            (0, None) if full => Some(match self.between(numbers) {
                // How dense the numbers are is not known yet: no more than these.
                Some((last, oldest)) if oldest - last > 1 => format!(
                    "none of {items} items was in the last poll: up to {} may be lost between the releases {last} and {oldest}",
                    oldest - last - 1
                ),
                Some(_) | None => format!("none of {items} items was in the last poll: items may be lost"),
            }),
            (1.., Some((missing, from, to))) => Some(format!(
                "about {missing} release numbers between {from} and {to} were never shown"
            )),
            (_, Some(_) | None) => None,
        }
    }

    /// Numbers that ought to stand between the newest one known and the oldest new one, and those two. Only where enough was seen to
    /// tell how dense the numbers of this source are; where it shows some only, a hole in the midst of known items tells nothing.
    fn hole(&self, numbers: &[u64]) -> Option<(u64, u64, u64)> {
        let (seen, among) = self.numbers;
        let density = seen / among.max(1.0);
        let (last, oldest) = self.between(numbers)?;
        #[allow(clippy::cast_precision_loss)] // an estimate
        let missing = (oldest - last - 1) as f64 * density;
        let believed = seen >= LEAST_NUMBERS && (density >= DENSE || numbers.len() >= LEAST_ITEMS);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // positive, and an estimate
        let count = missing.round() as u64;
        (believed && count >= 3).then_some((count, last, oldest))
    }

    /// The newest number known, and the oldest new one behind it.
    fn between(&self, numbers: &[u64]) -> Option<(u64, u64)> {
        let last = self.newest?;
        let oldest = numbers.iter().copied().filter(|number| *number > last).min()?;
        Some((last, oldest))
    }

    /// Learns how dense the numbers are, from documents that overlap.
    fn count(&mut self, numbers: &[u64], overlaps: bool) {
        let (Some(last), true) = (self.newest, overlaps) else {
            return;
        };
        let newer: Vec<u64> = numbers.iter().copied().filter(|number| *number > last).collect();
        let Some(newest) = newer.iter().max() else { return };
        #[allow(clippy::cast_precision_loss)] // an estimate
        let (seen, among) = (newer.len() as f64, (newest - last) as f64);
        let kept = if self.numbers.0 > NUMBERS_KEPT {
            NUMBERS_KEPT / self.numbers.0
        } else {
            1.0
        };
        self.numbers = (self.numbers.0 * kept + seen, self.numbers.1 * kept + among.max(seen));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(items: impl IntoIterator<Item = u64>) -> Document {
        let shown = |number: u64| Shown {
            names: vec![name(&format!("guid {number}")), name("https://a.example/")],
            published: None,
            number: Some(number),
        };
        Document {
            items: items.into_iter().map(shown).collect(),
            extent: Extent::Whole,
            hints: Hints::default(),
        }
    }

    #[test]
    fn a_delta_shares_all_that_was_there_and_loses_nothing() {
        let mut last = Last::default();
        last.compare(&document(0..20));
        let delta = Document {
            extent: Extent::Delta,
            ..document(20..50)
        };
        let overlap = last.compare(&delta).unwrap();
        assert_eq!((overlap.known, overlap.unknown(), overlap.gap), (20, 30, None));
        let overlap = last.compare(&document(30..50)).unwrap();
        assert_eq!(
            (overlap.known, overlap.unknown(), overlap.gap),
            (20, 0, None),
            "the next whole one"
        );
    }

    #[test]
    fn what_two_documents_share_and_what_is_lost_between_them() {
        for (before, after, known, gap, why) in [
            (0..20, 0..20, 20, None, "the same"),
            (0..20, 5..25, 15, None, "five new ones"),
            (0..20, 19..39, 1, None, "one is left: nothing is lost"),
            (
                0..20,
                20..40,
                0,
                Some("none of 20 items was in the last poll: items may be lost"),
                "nothing is left",
            ),
            (
                0..20,
                70..90,
                0,
                Some("none of 20 items was in the last poll: up to 50 may be lost between the releases 19 and 70"),
                "nothing is left, and numbers are missing",
            ),
            (0..20, 90..92, 0, None, "a feed that begins anew is not full"),
            (
                0..1,
                1..2,
                1,
                None,
                "a feed of one item: its page is all that is known of it",
            ),
        ] {
            let mut last = Last::default();
            assert_eq!(
                last.compare(&document(before)),
                None,
                "the first document has none before it"
            );
            let overlap = last.compare(&document(after)).unwrap();
            assert_eq!((overlap.known, overlap.gap.as_deref()), (known, gap), "{why}");
            assert_eq!(overlap.unknown(), overlap.fresh.len());
        }
    }

    #[test]
    fn an_item_is_known_by_any_name_of_its_own() {
        let shown = |names: &[&str]| Shown {
            names: names.iter().map(|text| name(text)).collect(),
            ..Shown::default()
        };
        let feed = |items: &[&[&str]]| Document {
            items: items.iter().map(|names| shown(names)).collect(),
            extent: Extent::Whole,
            hints: Hints::default(),
        };
        for (before, after, known, why) in [
            (
                feed(&[&["guid 1", "/1"]]),
                feed(&[&["guid 9", "/1"]]),
                1,
                "a guid that changes at every poll",
            ),
            (
                feed(&[&["guid 1", "/1"]]),
                feed(&[&["guid 1", "/one"]]),
                1,
                "a page that moved",
            ),
            (
                feed(&[&["1", "/"], &["2", "/"]]),
                feed(&[&["3", "/"], &["4", "/"]]),
                0,
                "all items link to the home page",
            ),
            (
                feed(&[&["headline one"], &["headline two"]]),
                feed(&[&["headline two"], &["headline three"]]),
                1,
                "headlines alone",
            ),
        ] {
            let mut last = Last::default();
            last.compare(&before);
            assert_eq!(last.compare(&after).unwrap().known, known, "{why}");
        }
    }

    #[test]
    fn release_numbers_tell_how_many_are_lost() {
        // Learns from a hundred releases, `step` apart, then meets a document that begins `skipped` numbers later.
        for (step, skipped, shared, want) in [
            (1, 40, 0, Some("about 40 may be lost between the releases 119 and 160")),
            (
                10,
                400,
                0,
                Some("about 40 may be lost between the releases 1190 and 1591"),
            ),
            (
                1,
                5,
                10,
                Some("about 5 release numbers between 119 and 125 were never shown"),
            ),
            (1, 2, 10, None),
            (1, 0, 10, None),
            (10, 9, 10, None),
        ] {
            let mut last = Last::default();
            for start in 0..=100 {
                last.compare(&document((start..start + 20).map(|number| number * step)));
            }
            let newest = 119 * step;
            let next = newest + skipped + 1;
            let shown = (0..shared).map(|back| newest - back * step);
            let fresh = (0..20 - shared).map(|number| next + number * step);
            let gap = last.compare(&document(shown.chain(fresh))).unwrap().gap;
            match want {
                Some(want) => assert!(
                    gap.as_deref().is_some_and(|gap| gap.ends_with(want)),
                    "{step} {skipped}: {gap:?}"
                ),
                None => assert_eq!(gap, None, "{step} {skipped}"),
            }
        }
    }

    #[test]
    fn what_is_kept_of_a_document_is_bounded() {
        let mut last = Last::default();
        last.compare(&document(0..50_000));
        assert_eq!(last.names().count(), COMPARED);
        assert_eq!(last.compare(&document(0..50_000)).unwrap().known, COMPARED);
        assert!(serde_json::to_string(&last).unwrap().len() < 20_000);
    }
}
