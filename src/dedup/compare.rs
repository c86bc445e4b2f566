//! How a draft's content stands to the versions of one article, what a change of content means, and what keeps equal texts apart.
//! Several stages rule by these.

use std::collections::HashSet;
use std::hash::Hash;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};

use super::News;
use super::change::ChangeKind;
use super::facts::{compare, compare_whole};
use super::news::Relation;
use super::periodic::reach;
use super::reading::{A_DAY, SHORT_WORDS, SUPPORTING_WORDS, TELLING_WORDS, language_key};
use super::recall::Carrier;
use super::title::Title;
use super::{Known, KnownVersion, Reading, Recall, Ruling, is_marked, is_notice};
use crate::article::{Kind, Verdict};

/// A wire that is behind another is so by no more.
pub(super) const SLOWER: TimeDelta = TimeDelta::hours(6);

/// The draft's headline and text beside the versions of an article.
#[derive(Debug)]
pub(super) enum Content<'k> {
    /// Exactly what this version shows.
    Equal(&'k KnownVersion),
    /// The headline of this version and a beginning of its text.
    Cut(&'k KnownVersion),
    /// The headline of this version; its text is a beginning of the draft's.
    Fuller(&'k KnownVersion),
    /// Something else.
    Changed,
}

impl<'k> Content<'k> {
    /// The version that it is, or is a part or a fuller text of.
    pub(super) const fn version(&self) -> Option<&'k KnownVersion> {
        match self {
            Self::Equal(version) | Self::Cut(version) | Self::Fuller(version) => Some(version),
            Self::Changed => None,
        }
    }
}

pub(super) fn content<'k>(reading: &Reading<'_>, known: &'k Known) -> Content<'k> {
    let newest_first = || known.versions.iter().rev();
    if let Some(version) = newest_first().find(|v| v.content_hash == reading.content_hash) {
        return Content::Equal(version);
    }
    for version in newest_first().filter(|v| v.headline.folded == reading.headline.folded) {
        match reading.news.relation(&version.news) {
            Relation::Same => return Content::Equal(version),
            Relation::Cut => return Content::Cut(version),
            Relation::Fuller => return Content::Fuller(version),
            Relation::Other => {}
        }
    }
    Content::Changed
}

/// A new version of an article that the draft is known to belong to: what the draft announces decides its name.
pub(super) fn version_of(reading: &Reading<'_>, known: &Known, why: String) -> Ruling {
    let newest_kind = known.newest().map(|v| v.kind);
    let verdict = match reading.draft.kind {
        // A notice that was kept as its own article and changes does not correct or withdraw itself.
        kind if newest_kind == Some(kind) => Verdict::Revised,
        Kind::Retraction => Verdict::Withdrawal,
        Kind::Correction | Kind::Replacement => Verdict::Correction,
        Kind::Release
        | Kind::Update
        | Kind::Addition
        | Kind::Repeat
        | Kind::Clarification
        | Kind::Advisory
        | Kind::Reminder => Verdict::Revised,
    };
    Ruling::of(verdict, known, why)
}

pub(super) fn seen(known: &Known, why: String) -> Ruling {
    Ruling::of(Verdict::Seen, known, why)
}

pub(super) fn duplicate(known: &Known, why: String) -> Ruling {
    Ruling::of(Verdict::Duplicate, known, why)
}

/// The version whose news a new version shows: that of the newest, where only words or the length changed; itself, where a fact or a
/// spelling did.
pub(crate) fn edition(reading: &Reading<'_>, newest: &KnownVersion, number: i64) -> i64 {
    const WORDING: f64 = 0.9;
    let titles = reading.headline.title.beside(&newest.headline.title);
    let whole = compare_whole(&reading.news, &newest.news);
    let same = !is_notice_of(reading, newest)
        && !titles.contradict
        && whole.coverage >= WORDING
        && whole.changes.iter().all(|change| change.kind == ChangeKind::Words);
    if same { newest.edition } else { number }
}

/// `version 2` or `version 1, since replaced`: a copy of an old version never brings it back.
pub(super) fn name(version: &KnownVersion, known: &Known) -> String {
    if is_newest(version, known) {
        format!("version {}", version.number)
    } else {
        format!("version {}, since replaced", version.number)
    }
}

pub(super) fn is_newest(version: &KnownVersion, known: &Known) -> bool {
    known.newest().is_some_and(|newest| newest.number == version.number)
}

/// A notice beside the release that it speaks of: like texts (summaries end before the mended fact) do not make it a copy.
pub(super) fn is_notice_of(reading: &Reading<'_>, version: &KnownVersion) -> bool {
    is_marked(reading.draft.kind) && !is_marked(version.kind)
}

/// How far apart two releases were issued: by their times, or by the days of their datelines where one has none.
pub(super) fn issued_apart(reading: &Reading<'_>, version: &KnownVersion) -> Option<TimeDelta> {
    let times = reading.draft.published.zip(version.published);
    let days = || reading.draft.day().zip(version.day).map(|(a, b)| (a - b).abs());
    times.map(|(a, b)| (a - b).abs()).or_else(days)
}

/// What its wire, or its source, issued hours before a notice is no copy of it, though both say the same: the notice mends a headline, or a photo.
/// What another says of the hour is told by another clock, or is but a day.
pub(super) fn is_before_notice(reading: &Reading<'_>, known: &Known, version: &KnownVersion) -> bool {
    // A site that copies a wire's release names the wire, but has not its number.
    let is_the_wire = || reading.release().is_some() && known.is_on_wire_of(reading);
    let one_clock = known.carrier == Carrier::ThisSource || is_the_wire();
    // A page that goes by the day says midnight.
    let has_time = |at: &DateTime<Utc>| at.time() != NaiveTime::MIN;
    let times = reading.draft.published.filter(has_time).zip(version.published);
    let is_before = times.is_some_and(|(release, notice)| notice - release > SLOWER);
    one_clock && is_before && is_notice(version.kind) && !is_marked(reading.draft.kind)
}

/// A notice that its distributor issued after this one, as another: what says again what an earlier notice said takes a later one back, and of two
/// that are cut nobody knows that they say the same.
pub(super) fn is_next_notice(reading: &Reading<'_>, known: &Known, version: &KnownVersion) -> bool {
    let times = reading.draft.published.zip(version.published);
    is_notice(reading.draft.kind)
        && is_notice(version.kind)
        && is_own_other_item(reading, known)
        && times.is_some_and(|(new, old)| new > old)
        && (!is_newest(version, known) || reading.news.is_cut() || version.news.is_cut())
}

/// Neither headline nor text has half of its words in common with any version, and there are words enough to tell. Two editors of one
/// release share more; two releases of one company share its name. Figures in headlines that contradict each other count as other words.
pub(super) fn is_unlike(reading: &Reading<'_>, known: &Known) -> bool {
    let is_like = |version: &KnownVersion| {
        let shown = reading.draft.headline.as_deref().unwrap_or_default();
        match shares_half(&terms(&reading.headline.clean), &terms(&version.headline.clean)) {
            None => !is_filled_in_otherwise(&reading.news, &version.news),
            Some(shares) if shares && !figures_contradict(shown, &version.headline.shown) => true,
            Some(_) => {
                shares_half(&reading.news.terms(), &version.news.terms()) == Some(true)
                    && !is_filled_in_otherwise(&reading.news, &version.news)
            }
        }
    };
    !known.versions.iter().any(is_like)
}

/// What the texts have in common is the form: more facts of one stand in the place of others than both have.
fn is_filled_in_otherwise(new: &News, old: &News) -> bool {
    let comparison = compare(new, old);
    comparison.facts() > comparison.agreed
}

/// Whether half of the shorter text's words of weight stand in the other; of its characters, where words are not written apart. `None` when
/// there are too few to tell.
fn shares_half<T: Eq + Hash>(a: &HashSet<T>, b: &HashSet<T>) -> Option<bool> {
    const TELLING: usize = 3;
    let shorter = a.len().min(b.len());
    (shorter >= TELLING).then(|| a.intersection(b).count() * 2 >= shorter)
}

fn terms(folded: &str) -> HashSet<&str> {
    const WEIGHTY_CHARS: usize = 4;
    if !folded.is_ascii() && !folded.contains(' ') {
        return folded
            .char_indices()
            .map(|(at, c)| &folded[at..at + c.len_utf8()])
            .collect();
    }
    let words = || folded.split(' ').filter(|word| !word.is_empty());
    let weighty: HashSet<&str> = words().filter(|word| word.chars().count() >= WEIGHTY_CHARS).collect();
    if weighty.is_empty() { words().collect() } else { weighty }
}

/// Issued more than a day from the newest version: what has nothing but a common name or headline is then another release.
pub(super) fn is_another_day(reading: &Reading<'_>, known: &Known) -> bool {
    let issued = known.newest().and_then(|newest| newest.published);
    reading
        .draft
        .published
        .zip(issued)
        .is_some_and(|(a, b)| (a - b).abs() > A_DAY)
}

/// One place and one headline on two days, under two texts: a daily notice ("Net Asset Value") is another release every day. A text that is
/// much the same and has no other figures is the old one, mended. Daily notices are a day apart or a little less, so the date counts.
pub(super) fn is_next_issue(reading: &Reading<'_>, known: &Known) -> bool {
    let is_like = |version: &KnownVersion| {
        let (new, old) = (&reading.news, &version.news);
        let like = new.relation(old) != Relation::Other || shares_half(&new.terms(), &old.terms()) == Some(true);
        let numbers = (new.numbers(), old.numbers());
        let mended = || numbers.0.is_subset(&numbers.1) || numbers.1.is_subset(&numbers.0) || is_mended(new, old);
        like && mended()
    };
    let issued = known.newest().and_then(|newest| newest.published);
    let dates = reading.draft.published.zip(issued);
    let two_dates = dates.is_some_and(|(new, old)| new.date_naive() != old.date_naive());
    two_dates && !known.versions.iter().any(is_like)
}

/// A long text with a fact or two changed: a daily notice is short, or all figures.
fn is_mended(new: &News, old: &News) -> bool {
    let comparison = compare(new, old);
    comparison.words >= SHORT_WORDS
        && comparison.coverage >= 0.9
        && comparison.coverage_longer >= 0.9
        && comparison.facts() <= 2
}

/// Common words tell nothing of an item of another day, or of one that the document in hand shows as well. Nor does a mere headline of
/// another instant: many releases of a day are called "Holding in company".
pub(super) fn is_another_item(reading: &Reading<'_>, known: &Known, recall: &Recall) -> bool {
    let is_mere_headline = || {
        known.newest().is_some_and(|newest| {
            let instants = reading.draft.published.zip(newest.published);
            reading.shorter_words(newest) < SUPPORTING_WORDS && instants.is_some_and(|(new, old)| new != old)
        })
    };
    is_another_day(reading, known) || is_mere_headline() || known.is_shown_beside(reading, recall)
}

/// A text that is short or cut tells two releases apart for no longer than this, however wide the window.
const WEAK_REACH: TimeDelta = TimeDelta::days(3);

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
    let apart = issued_apart(reading, version);
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
        return apart.is_none_or(|apart| apart <= reach(reading, version, window));
    }
    // One distributor that shows two items means two, unless it says otherwise or both left at the same instant.
    if is_own_other_item(reading, known) && !reading.is_of_one_instant(version) && reading.draft.kind != Kind::Repeat {
        return false;
    }
    apart.is_none_or(|apart| apart <= WEAK_REACH.min(reach(reading, version, window)))
}

pub(super) fn is_own_other_item(reading: &Reading<'_>, known: &Known) -> bool {
    let other_number = reading
        .release()
        .is_some_and(|release| !known.releases.contains(&release))
        && known.is_on_wire_of(reading);
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

/// How two languages stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Languages {
    /// Equal, or one is not known.
    Compatible,
    /// Both known, and different.
    Different,
}

pub(super) fn languages(reading: &Reading<'_>, known: &Known) -> Languages {
    match (&reading.draft.language, &known.language) {
        (Some(a), Some(b)) if language_key(a) != language_key(b) => Languages::Different,
        (Some(_) | None, Some(_) | None) => Languages::Compatible,
    }
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
