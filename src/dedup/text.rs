//! The same text after the dateline and without boilerplate, on another wire or under another name.
//!
//! Equal texts of some length are one release; short ones, and texts that a feed has cut, need the same headline too.

use std::collections::HashSet;

use chrono::TimeDelta;

use super::compare::{Languages, duplicate, is_notice_of, languages, name};
use super::news::Relation;
use super::periodic::reach;
use super::reading::TELLING_WORDS;
use super::recall::Carrier;
use super::title::Title;
use super::{Case, KeyKind, Known, KnownVersion, Reading, Ruling, is_marked};
use crate::article::Kind;

/// A text that is short or cut tells two releases apart for no longer than this, however wide the window.
const WEAK_REACH: TimeDelta = TimeDelta::days(3);

pub(super) fn decide(case: &Case<'_>) -> Option<Ruling> {
    let (reading, recall) = (case.reading, case.recall);
    recall.find(reading, KeyKind::Text).find_map(|known| {
        let version = known
            .versions
            .iter()
            .rev()
            .find(|v| reading.news.is_same_news(&v.news))
            .or_else(|| known.newest())?;
        // A notice may have mended nothing but the boilerplate.
        let is_other = is_marked(version.kind) != is_marked(reading.draft.kind)
            && reading.news.relation(&version.news) != Relation::Same;
        (!is_other && may_be_copy(reading, known, version, recall.window())).then(|| {
            duplicate(
                known,
                format!(
                    "the same text as {}, {} words",
                    name(version, known),
                    reading.news.words()
                ),
            )
            .at(version)
        })
    })
}

/// The same text after the window is a new event for a reader (a monthly distribution, a yearly fair).
pub(super) fn may_be_copy(reading: &Reading<'_>, known: &Known, version: &KnownVersion, window: TimeDelta) -> bool {
    if is_notice_of(reading, version) || languages(reading, known) == Languages::Different {
        return false;
    }
    if figures_contradict(
        reading.draft.headline.as_deref().unwrap_or_default(),
        &version.headline.shown,
    ) {
        return false;
    }
    let apart = reading
        .draft
        .published
        .zip(version.published)
        .map(|(a, b)| (a - b).abs());
    let words = reading.shorter_words(version);
    // A wire's slip: the text of one company under the headline of another.
    let (new, old) = (&reading.headline.title, &version.headline.title);
    let speaks_of = |title: &Title, other| title.has_own_word_in(&reading.news, other);
    let spoken = new.beside(old).are_compatible() || (speaks_of(new, old) && speaks_of(old, new));
    if !spoken {
        return false;
    }
    let weak = words < TELLING_WORDS || reading.news.is_cut() || version.news.is_cut();
    if !weak {
        return apart.is_none_or(|apart| apart <= reach(reading, window));
    }
    // One distributor that shows two items means two, unless it says otherwise or both left at the same instant.
    let one_instant = apart == Some(TimeDelta::zero());
    if is_own_other_item(reading, known) && !one_instant && reading.draft.kind != Kind::Repeat {
        return false;
    }
    apart.is_none_or(|apart| apart <= WEAK_REACH.min(window))
}

pub(super) fn is_own_other_item(reading: &Reading<'_>, known: &Known) -> bool {
    let other_number = reading
        .release()
        .is_some_and(|release| !known.releases.contains(&release))
        && reading.draft.wire.as_deref().is_some_and(|wire| known.is_on(wire));
    known.carrier == Carrier::ThisSource || other_number
}

/// Each text has a figure that the other has not: "$1.63 Million" and "$755,000" are two offerings.
pub(super) fn figures_contradict(a: &str, b: &str) -> bool {
    let (a, b) = (figures(a), figures(b));
    !a.is_subset(&b) && !b.is_subset(&a)
}

fn figures(text: &str) -> HashSet<String> {
    text.split(|c: char| !(c.is_numeric() || c == '.' || c == ','))
        .map(|run| run.trim_matches(['.', ',']).replace(',', ""))
        .filter(|run| !run.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headlines_whose_figures_say_that_they_are_two_releases() {
        for (a, b, want) in [
            (
                "Gross Proceeds of Approximately $1.63 Million",
                "Gross Proceeds of Approximately $755,000",
                true,
            ),
            ("Acme reports Q3 2026 results", "Acme reports Q2 2026 results", true),
            ("Acme raises $1,000", "Acme Raises $1000", false),
            ("Acme reports results", "Acme reports Q2 results", false),
            ("Acme buys Bolt", "Acme Buys Bolt", false),
        ] {
            assert_eq!(figures_contradict(a, b), want, "{a} | {b}");
        }
    }
}
