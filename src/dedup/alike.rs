//! How a draft stands to the releases that its shingles, headline and page find: laid beside each other, and told by what changed.
//!
//! Every threshold was measured on labelled releases; the share of common words hardly matters (from .5 to .9 the outcome is the
//! same), what changed decides.

use chrono::TimeDelta;

use super::align::Index;
use super::change::{ChangeKind, Comparison};
use super::compare::{is_own_other_item, issued_apart};
use super::facts::{compare, compare_likely};
use super::fuller::PART;
use super::periodic::{A_WORKING_DAY, is_periodic, reach};
use super::reading::SHORT_WORDS;
use super::title::{TELLING_HEADLINE, Title, Titles};
use super::{Against, KeyKind, Known, KnownVersion, News, Reading, Recall, is_marked};

/// Texts of fewer words tell nothing without their headline.
const FEWEST_WORDS: usize = 10;
/// Two texts that share less of the shorter have nothing to do with each other.
const RELATED: f64 = 0.3;
/// Share of the shorter text that a copy has in common with the longer.
const COPY: f64 = 0.60;
const COPY_SHORT: f64 = 0.75;
/// The same for a notice and the release that it changes, and where their headlines are not alike.
const NOTICE: f64 = 0.55;
const NOTICE_UNLIKE: f64 = 0.85;
/// Facts that a notice may change.
const NOTICE_FACTS: usize = 6;
/// A notice that replaces this much of the news is another release.
const NOTICE_PASSAGE_WORDS: usize = 30;
/// One in so many names may be mended when a text is sent again; where more are others, the news is of somebody else.
const MENDED_NAMES: usize = 20;
/// So many names and figures in their places make up for another beginning under a like headline.
const AGREED: usize = 20;
/// Notices follow soon.
pub(super) const NOTICE_REACH: TimeDelta = TimeDelta::days(14);
/// An item that is nothing but a headline, and an edited text, are told from the next of their kind by this.
const DAYS: TimeDelta = TimeDelta::days(3);
/// Versions of one article that are compared, newest first.
const VERSIONS: usize = 4;

/// What one text is to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Likeness {
    /// The same release.
    Copy,
    /// The same release, its wording edited.
    Edited,
    /// One announces a change of the other.
    Noticed,
    /// Much in common, and another release: a template, or the next event.
    Distinct,
    /// Little in common.
    Unrelated,
}

/// A known version beside the draft.
#[derive(Debug)]
pub(super) struct Alike<'k> {
    pub(super) known: &'k Known,
    pub(super) version: &'k KnownVersion,
    pub(super) comparison: Comparison,
    pub(super) likeness: Likeness,
    /// Orders several of one likeness.
    pub(super) score: f64,
}

impl Alike<'_> {
    /// What is kept of it.
    pub(super) fn against(&self) -> Against {
        Against {
            article: self.known.article,
            version: self.version.number,
            comparison: self.comparison.shown(),
        }
    }
}

/// Everything that may be the same release and was issued near enough, compared; likeliest candidates first.
pub(super) fn alike<'k>(reading: &Reading<'_>, recall: &'k Recall) -> Vec<Alike<'k>> {
    let versions = |known: &'k Known| {
        known
            .versions
            .iter()
            .rev()
            .take(VERSIONS)
            .map(move |version| (known, version))
    };
    // A wire gives all languages of a release one number: what has the number of one is no copy of another of that wire.
    let numbered: Vec<i64> = recall
        .find(reading, KeyKind::Release)
        .map(|known| known.story)
        .collect();
    let index = Index::default();
    let on_its_wire = |known: &Known| known.is_on_wire_of(reading);
    recall
        .likely(reading)
        .into_iter()
        .filter_map(|article| recall.get(article))
        .filter(|known| numbered.is_empty() || numbered.contains(&known.story) || !on_its_wire(known))
        .flat_map(versions)
        // Before they are laid beside each other: that costs more than all the rest.
        .filter(|(_, version)| apart(reading, version) <= reach(reading, version, recall.window()))
        .filter_map(|(known, version)| beside(reading, &index, known, version))
        .collect()
}

/// Nothing where they are far from alike.
fn beside<'k>(reading: &Reading<'_>, index: &Index, known: &'k Known, version: &'k KnownVersion) -> Option<Alike<'k>> {
    // The fullest text of a version has its say: a summary that ends before the fact that tells two notices apart is no bridge between them.
    let fullest = version.fullest.as_ref();
    let mut known_news = fullest.unwrap_or(&version.news);
    let mut comparison = compare_likely(&reading.news, index, known_news, RELATED)?;
    let untitled = |title: &Title| title.begins(&reading.news) || title.begins(&version.news);
    let titles = if untitled(&reading.headline.title) || untitled(&version.headline.title) {
        Titles::SILENT
    } else {
        reading.headline.title.beside(&version.headline.title)
    };
    let is_lent = fullest.is_some() || version.text_source.is_some();
    // Under one headline a piece is of that release, wherever in its text it stands.
    let one_headline = titles.same && reading.headline.title.words() >= TELLING_HEADLINE;
    let is_piece = is_lent && !one_headline && is_piece(&reading.news, known_news, &comparison);
    if is_piece && fullest.is_some() {
        known_news = &version.news;
        comparison = compare(&reading.news, known_news);
    }
    let is_of_digest = is_piece && version.text_source.is_some();
    let longer = if reading.news.news().len() > known_news.news().len() {
        &reading.news
    } else {
        known_news
    };
    let (new_title, known_title) = (&reading.headline.title, &version.headline.title);
    let pair = Pair {
        unspoken: titles.both_own
            && !new_title.has_own_word_in(longer, known_title)
            && !known_title.has_own_word_in(longer, new_title),
        slip: titles.both_own
            && (new_title.is_foreign_to(longer, known_title) || known_title.is_foreign_to(longer, new_title)),
        of_two: is_marked(reading.draft.kind) != is_marked(version.kind)
            && are_of_two(reading, version, titles, &comparison),
        comparison: &comparison,
        titles,
        title_words: reading.headline.title.words(),
        apart: apart(reading, version),
        one_wire: known.is_on_wire_of(reading),
        new_marked: is_marked(reading.draft.kind),
        known_marked: is_marked(version.kind),
    };
    let likeness = match pair.likeness() {
        _ if is_of_digest => Likeness::Unrelated,
        Likeness::Copy | Likeness::Edited if pair.is_next(reading, known) => Likeness::Distinct,
        likeness @ (Likeness::Copy
        | Likeness::Edited
        | Likeness::Noticed
        | Likeness::Distinct
        | Likeness::Unrelated) => likeness,
    };
    let bonus = if titles.same { 0.2 } else { 0.0 };
    let score = comparison.coverage + bonus + 0.1 * titles.shared - 0.05 * comparison.facts() as f64;
    Some(Alike {
        known,
        version,
        likeness,
        score,
        comparison,
    })
}

/// One of the texts that a copy put together, or no more than a summary of it: the digest of a site has all of a release and is no bridge to
/// the next one in it. What the version said itself decides then.
fn is_piece(new: &News, lent: &News, comparison: &Comparison) -> bool {
    lent.is_longer_than(new) && comparison.coverage >= COPY && comparison.coverage_longer < PART
}

/// What each text calls otherwise than the other stands in its headline, or is a listing where the headlines differ: they are of two companies, or
/// of two of their funds.
fn are_of_two(reading: &Reading<'_>, version: &KnownVersion, titles: Titles, comparison: &Comparison) -> bool {
    let (new_title, known_title) = (&reading.headline.title, &version.headline.title);
    let is_listing = |name: &str| {
        let mut listings = reading.draft.symbols();
        listings.any(|listing| listing.symbol.eq_ignore_ascii_case(name))
    };
    comparison.names().any(|(new, known)| {
        let in_headlines = new_title.has_own_word_of(new, known_title) && known_title.has_own_word_of(known, new_title);
        in_headlines || (!titles.same && is_listing(new))
    })
}

/// How far apart two releases were issued; not at all, where nothing says.
pub(super) fn apart(reading: &Reading<'_>, version: &KnownVersion) -> TimeDelta {
    issued_apart(reading, version).unwrap_or_default()
}

/// What the decision rests on.
struct Pair<'c> {
    comparison: &'c Comparison,
    titles: Titles,
    title_words: usize,
    /// Each headline has words of its own, and they stand in neither text: the text tells nothing of what they tell apart.
    unspoken: bool,
    /// One of the headlines is of another release than the text.
    slip: bool,
    /// A notice, and the release of another company.
    of_two: bool,
    apart: TimeDelta,
    one_wire: bool,
    new_marked: bool,
    known_marked: bool,
}

impl Pair<'_> {
    fn likeness(&self) -> Likeness {
        let c = self.comparison;
        if c.words < FEWEST_WORDS {
            let told = self.titles.same && self.title_words >= TELLING_HEADLINE && self.apart <= DAYS;
            let alike = c.coverage >= 0.5 && c.is_unedited() && self.new_marked == self.known_marked;
            return if told && alike {
                Likeness::Copy
            } else {
                Likeness::Unrelated
            };
        }
        if self.new_marked != self.known_marked {
            // A site that dropped the mark of a notice still carries the notice.
            if self.known_marked && c.facts() == 0 && self.is_copy() {
                return Likeness::Copy;
            }
            return if self.is_noticed() {
                Likeness::Noticed
            } else {
                self.other()
            };
        }
        if self.is_copy() {
            Likeness::Copy
        } else if self.is_edited() {
            Likeness::Edited
        } else {
            self.other()
        }
    }

    fn other(&self) -> Likeness {
        if self.comparison.coverage < RELATED {
            Likeness::Unrelated
        } else {
            Likeness::Distinct
        }
    }

    fn is_noticed(&self) -> bool {
        let c = self.comparison;
        c.coverage >= NOTICE
            && !self.of_two
            && !self.titles.counted_apart
            && c.passages(true) < NOTICE_PASSAGE_WORDS
            && c.facts() <= NOTICE_FACTS
            && (self.titles.shared >= 0.5 || c.coverage > NOTICE_UNLIKE)
            && self.apart < NOTICE_REACH
    }

    /// One source or wire that shows two short texts as two items means two, unless they name the same things; a periodic notice names them
    /// again the next day.
    fn is_next(&self, reading: &Reading<'_>, known: &Known) -> bool {
        const NAMED: usize = 3;
        let c = self.comparison;
        let headline = self.titles.same && self.title_words >= TELLING_HEADLINE;
        let told = (c.agreed >= NAMED || headline) && (self.apart <= A_WORKING_DAY || !is_periodic(reading));
        self.is_short() && !told && self.apart > TimeDelta::zero() && is_own_other_item(reading, known)
    }

    fn is_short(&self) -> bool {
        self.comparison.words < SHORT_WORDS
    }

    /// No fact, no passage and no figure in the headline changed, and the news begins alike.
    fn is_clean(&self) -> bool {
        let c = self.comparison;
        c.facts() == 0
            && c.passages(true) == 0
            && c.passages(false) < NOTICE_PASSAGE_WORDS
            && !self.titles.contradict
            && (c.lead >= 0.5 || self.titles.same || (self.titles.shared >= 0.8 && c.agreed >= AGREED))
    }

    fn is_copy(&self) -> bool {
        let c = self.comparison;
        let needed = if self.is_short() { COPY_SHORT } else { COPY };
        c.coverage >= needed
            && self.is_clean()
            && if self.is_short() {
                let edits = if self.titles.both_own { 0 } else { 2 };
                c.vague() == 0 && c.edits() <= edits && self.titles.are_compatible() && !self.unspoken
            } else {
                // Where each headline has words of its own, the text must be that of both.
                let two_headlines = self.titles.both_own && self.titles.shared < 0.9;
                c.edits() == 0 && (!two_headlines || (c.coverage >= 0.8 && !self.slip))
            }
    }

    /// The same wire sends it again within days, or somebody under the same headline, with other words.
    fn is_edited(&self) -> bool {
        let c = self.comparison;
        let by_wire = self.one_wire
            && self.is_clean()
            && self.apart <= DAYS
            && c.coverage >= 0.8
            && !self.is_short()
            && self.titles.shared >= 0.5;
        let by_headline = self.titles.same
            && c.count(ChangeKind::Term) == 0
            && self.apart <= DAYS + TimeDelta::days(1)
            && c.figures() == 0
            && c.count(ChangeKind::Name) * MENDED_NAMES <= c.agreed
            && c.coverage >= 0.85
            && c.words >= 120
            && c.passages(true) < NOTICE_PASSAGE_WORDS;
        by_wire || by_headline
    }
}
