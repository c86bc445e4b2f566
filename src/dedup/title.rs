//! A headline as it is compared: without a notice's mark, a brand's prefix and a site's suffix.

use serde::Serialize;

use super::News;
use super::terms::{exclude, exclude_anywhere, is_close};
use super::token::{Former, Token, TokenKind, Zone, split};
use crate::text::fold;
use crate::wire;

/// What sites write before a headline that is not their own.
const PREFIXES: &[&str] = &[
    "press release",
    "news release",
    "news",
    "business news",
    "media release",
];

/// What brands of one house call their items: `InvestorNewsBreaks - `, `QualityStocksNewsBreaks - `.
const BRAND_ENDING: &str = "breaks";

/// Sites that carry releases and sign their headlines.
const SITES: &[&str] = &[
    "yahoo finance",
    "markets insider",
    "marketscreener",
    "marketwatch",
    "morningstar",
    "benzinga",
    "streetinsider",
    "nasdaq",
    "bloomberg",
];

/// A headline of fewer words ("Holding in company") is many releases'.
pub(super) const TELLING_HEADLINE: usize = 5;

/// Fewer words in common than these say nothing.
const TELLING: usize = 3;

/// What is counted, in the languages of the wires: `Quarter 2`, `Week 46`, `3e trimestre`, `Tranche 5`.
const COUNTED: &[&str] = &[
    "quarter",
    "quartal",
    "trimestre",
    "trimester",
    "half",
    "halbjahr",
    "semestre",
    "semester",
    "week",
    "woche",
    "semaine",
    "semana",
    "month",
    "monat",
    "mois",
    "mes",
    "series",
    "serie",
    "série",
    "tranche",
    "phase",
    "part",
    "teil",
    "volume",
    "edition",
    "no",
    "nr",
    "number",
    "annual",
];

/// A headline in the spellings that are compared.
#[derive(Debug, Clone, Default)]
pub struct Headline {
    /// As shown.
    pub shown: String,
    /// Folded.
    pub folded: String,
    /// Folded, without a notice's mark.
    pub clean: String,
    /// The words of that.
    pub(super) title: Title,
}

impl Headline {
    /// Reads a headline, and the same without a notice's mark.
    #[must_use]
    pub fn read(shown: Option<&str>, clean: Option<&str>) -> Self {
        let shown = shown.unwrap_or_default();
        let folded = fold(shown);
        Self {
            clean: clean.map_or_else(|| folded.clone(), fold),
            title: Title::read(clean.unwrap_or(shown)),
            shown: shown.to_owned(),
            folded,
        }
    }
}

/// A headline, split into words.
#[derive(Debug, Clone, Default)]
pub(super) struct Title {
    form: String,
    tokens: Vec<Token>,
}

/// Two headlines beside each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Titles {
    /// The same words, and enough of them.
    pub(super) same: bool,
    /// Each has a number or month that the other has not.
    pub(super) contradict: bool,
    /// Each counts otherwise: the quarter, the month, the week, the year. A date or a sum may be mended; the next of a series is another release.
    pub(super) counted_apart: bool,
    /// Each has a word that the other has not.
    pub(super) both_own: bool,
    /// Share of the shorter one's words that the other has.
    pub(super) shared: f64,
}

/// What two headlines say of each other, for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Headlines {
    /// The same words.
    Same,
    /// May be of one release.
    Alike,
    /// Each has words that the other has not.
    Differ,
    /// Each has a number, a month or a word that the other's excludes: they are of two releases.
    Contradict,
}

impl Headlines {
    /// Lays two headlines beside each other, both without a notice's mark.
    #[must_use]
    pub fn of(one: &str, other: &str) -> Self {
        if fold(one) == fold(other) {
            return Self::Same;
        }
        let titles = Title::read(one).beside(&Title::read(other));
        match (titles.contradict, titles.are_compatible()) {
            (true, _) => Self::Contradict,
            (false, true) => Self::Alike,
            (false, false) => Self::Differ,
        }
    }
}

impl Titles {
    /// One of them is no headline: they say nothing.
    pub(super) const SILENT: Self = Self {
        same: false,
        contradict: false,
        counted_apart: false,
        both_own: false,
        shared: 1.0,
    };

    /// May be two headlines of one release.
    pub(super) fn are_compatible(self) -> bool {
        const ALIKE: f64 = 0.75;
        !(self.contradict || (self.both_own && self.shared < ALIKE))
    }
}

impl Title {
    /// Reads a headline that has no notice's mark any more.
    pub(super) fn read(headline: &str) -> Self {
        let mut former = Former::default();
        former.passage(bare(headline), Zone::News);
        let form = former.finish();
        Self {
            tokens: split(&form),
            form,
        }
    }

    /// Words.
    pub(super) fn words(&self) -> usize {
        self.tokens.len()
    }

    /// Holds it against another one.
    pub(super) fn beside(&self, other: &Self) -> Titles {
        let shared = self.tokens.iter().filter(|t| other.has(t)).count();
        let shorter = self.words().min(other.words());
        let hashes = |title: &Self| title.tokens.iter().map(|t| t.hash).collect::<Vec<_>>();
        Titles {
            same: self.words() >= TELLING && hashes(self) == hashes(other),
            contradict: (self.has_own_figure(other) && other.has_own_figure(self)) || self.excludes(other),
            counted_apart: self.has_own_count(other) && other.has_own_count(self),
            both_own: self.has_own_word(other) && other.has_own_word(self),
            shared: if shorter == 0 {
                0.0
            } else {
                shared as f64 / shorter as f64
            },
        }
    }

    fn has(&self, token: &Token) -> bool {
        self.tokens.iter().any(|own| own.hash == token.hash)
    }

    fn has_own_figure(&self, other: &Self) -> bool {
        let figures = self
            .tokens
            .iter()
            .filter(|t| matches!(t.kind, TokenKind::Number | TokenKind::Month));
        figures.into_iter().any(|token| !other.has(token))
    }

    fn has_own_count(&self, other: &Self) -> bool {
        let mut own = self.tokens.iter().enumerate().filter(|(_, token)| !other.has(token));
        own.any(|(at, token)| self.counts(at, token))
    }

    /// Does it tell which of a series this is? A month that has no day, a year, and a small number beside what it counts, or at the end.
    fn counts(&self, at: usize, token: &Token) -> bool {
        let neighbours = || [at.checked_sub(1), at.checked_add(1)].into_iter().flatten();
        let mut beside = neighbours().filter_map(|at| self.tokens.get(at));
        let is_small = |token: &Token| token.kind == TokenKind::Number && token.word(&self.form).len() <= 2;
        let word = token.word(&self.form);
        match token.kind {
            TokenKind::Month => !beside.any(is_small),
            TokenKind::Number if word.starts_with(['q', 'h']) => true,
            TokenKind::Number if word.len() == 4 => word.starts_with("20"),
            TokenKind::Number if is_small(token) => {
                let is_last = at + 1 == self.words() && !beside.clone().any(|other| other.kind == TokenKind::Month);
                is_last || beside.any(|other| COUNTED.contains(&other.word(&self.form)))
            }
            TokenKind::Number
            | TokenKind::Word
            | TokenKind::Name
            | TokenKind::Weekday
            | TokenKind::Ideograph
            | TokenKind::Address => false,
        }
    }

    /// `Prices` and `Closes`: each is said by one of them. `Higher` and `lower` only where one stands in the place of the other: they may
    /// be said of two things.
    fn excludes(&self, other: &Self) -> bool {
        fn own<'t>(title: &'t Title, beside: &'t Title) -> impl Iterator<Item = (usize, &'t str)> {
            let own = title.tokens.iter().enumerate().filter(|(_, t)| !beside.has(t));
            own.map(|(at, t)| (at, t.word(&title.form)))
        }
        let around = |title: &Self, at: usize| {
            let hash = |at: Option<usize>| at.and_then(|at| title.tokens.get(at)).map(|t| t.hash);
            (hash(at.checked_sub(1)), hash(at.checked_add(1)))
        };
        let in_one_place = |at: usize, there: usize| around(self, at) == around(other, there);
        own(self, other).any(|(at, a)| {
            own(other, self).any(|(there, b)| exclude_anywhere(a, b) || (exclude(a, b) && in_one_place(at, there)))
        })
    }

    /// Does a name have a word of it that the other headline has not?
    pub(super) fn has_own_word_of(&self, name: &str, other: &Self) -> bool {
        let words = Self::read(name).tokens;
        words.iter().any(|word| self.has(word) && !other.has(word))
    }

    /// Is it nothing but the beginning of a text? Feeds of items without a headline make one so.
    pub(super) fn begins(&self, news: &News) -> bool {
        const WORDS: usize = 4;
        let lead = news.news().iter().filter(|_| self.words() >= WORDS);
        let same = self
            .tokens
            .iter()
            .zip(lead)
            .take_while(|(own, word)| own.hash == word.hash)
            .count();
        // The last word may be cut.
        self.words() >= WORDS && same + 1 >= self.words()
    }

    /// Does a text speak of something that this headline says and the other does not?
    pub(super) fn has_own_word_in(&self, news: &News, other: &Self) -> bool {
        self.own_words(other).any(|own| is_spoken(own, news))
    }

    /// Does a text speak of nothing that this headline says and the other does not, and are these words enough to tell?
    pub(super) fn is_foreign_to(&self, news: &News, other: &Self) -> bool {
        self.own_words(other).count() >= TELLING && !self.has_own_word_in(news, other)
    }

    /// Has it a word of weight that neither the other nor a text has?
    pub(super) fn has_word_of_its_own(&self, other: &Self, news: &News) -> bool {
        let stems: Vec<&str> = other.tokens.iter().map(|t| stem(t.word(&other.form))).collect();
        self.own_words(other)
            .any(|own| !stems.contains(&own) && !is_spoken(own, news))
    }

    /// Stems of words of weight that the other has not.
    fn own_words<'t>(&'t self, other: &'t Self) -> impl Iterator<Item = &'t str> {
        // A lone digit has none: `first` and `two` stand in most texts.
        let telling = |t: &&Token| match t.kind {
            TokenKind::Word => t.word(&self.form).len() >= ENDING_FROM,
            TokenKind::Number => t.word(&self.form).len() > 1,
            TokenKind::Name | TokenKind::Month | TokenKind::Weekday | TokenKind::Ideograph | TokenKind::Address => true,
        };
        let own = self.tokens.iter().filter(telling).filter(|t| !other.has(t));
        own.map(|t| stem(t.word(&self.form)))
    }

    fn has_own_word(&self, other: &Self) -> bool {
        const WEIGHTY_BYTES: usize = 3;
        let words = self
            .tokens
            .iter()
            .map(|t| t.word(&self.form))
            .filter(|w| w.len() >= WEIGHTY_BYTES);
        let mut own = words.filter(|word| other.tokens.iter().all(|t| !is_close(word, t.word(&other.form))));
        own.next().is_some()
    }
}

/// From here on a word may have another ending: `announces` and `announced` are one word.
const ENDING_FROM: usize = 5;

fn stem(word: &str) -> &str {
    word.get(..ENDING_FROM).unwrap_or(word)
}

/// Looked for in the form itself: a word, behind its sign if it has one, begins after a space, and a short one ends there as well. What
/// would be a sign within an address is none.
fn is_spoken(stem: &str, news: &News) -> bool {
    let form = news.form().as_bytes();
    memchr::memmem::find_iter(form, stem).any(|at| {
        let before = match form.get(..at).unwrap_or_default() {
            [before @ .., b'^' | b'@' | b'&' | b'~'] => before,
            unsigned => unsigned,
        };
        let begins = before.last().is_none_or(|last| *last == b' ');
        let ends = || form.get(at + stem.len()).is_none_or(|after| *after == b' ');
        begins && (stem.len() == ENDING_FROM || ends())
    })
}

/// Without what a brand or site puts around it.
fn bare(headline: &str) -> &str {
    let mut rest = headline.trim().trim_start_matches('*').trim_start();
    while let Some((before, after)) = rest.split_once([':', '|', '\u{2013}', '\u{2014}', '-']) {
        let before = before.trim().to_ascii_lowercase();
        let brand = !before.contains(' ') && before.len() > BRAND_ENDING.len() && before.ends_with(BRAND_ENDING);
        if !brand && !PREFIXES.contains(&before.as_str()) {
            break;
        }
        rest = after.trim_start_matches([' ', '-', '\u{2013}', '\u{2014}']);
    }
    while let Some((before, after)) = rest.rsplit_once(['|', '\u{2013}', '\u{2014}', '-']) {
        let site = after.trim();
        let signed = SITES.iter().any(|known| known.eq_ignore_ascii_case(site)) || wire::by_loose_name(site).is_some();
        if !signed || !rest.get(before.len()..).is_some_and(|end| end.contains(' ')) {
            break;
        }
        rest = before.trim_end();
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_brands_and_sites_add_is_no_headline() {
        for (headline, want) in [
            ("InvestorNewsBreaks \u{2013} Acme Buys Bolt", "Acme Buys Bolt"),
            ("Press Release: Acme Buys Bolt", "Acme Buys Bolt"),
            ("Acme Buys Bolt - Yahoo Finance", "Acme Buys Bolt"),
            ("Acme Buys Bolt | Business Wire", "Acme Buys Bolt"),
            ("Acme Breaks Ground - in Ohio", "Acme Breaks Ground - in Ohio"),
            ("Acme: Bolt Is Ours", "Acme: Bolt Is Ours"),
            ("", ""),
        ] {
            assert_eq!(bare(headline), want, "{headline}");
        }
    }

    #[test]
    fn the_next_of_a_series_is_told_from_what_may_be_mended() {
        for (a, b, want) in [
            ("Acme Reports Quarter 1 Results", "Acme Reports Quarter 2 Results", true),
            (
                "Acme Reports First Quarter Results",
                "Acme Reports Third Quarter Results",
                true,
            ),
            ("Acme Reports Q1 Results", "Acme Reports Q2 Results", true),
            ("Acme Reports Results of 2025", "Acme Reports Results of 2026", true),
            ("Acme Pays for October 2026", "Acme Pays for November 2026", true),
            ("Acme Buys Shares, Week 46", "Acme Buys Shares, Week 47", true),
            (
                "Auction of Covered Bonds CBI 28",
                "Auction of Covered Bonds CBI 30",
                true,
            ),
            ("Acme to Report on March 27", "Acme to Report on March 31", false),
            ("Acme to Report on 31 March", "Acme to Report on 3 April", false),
            (
                "Acme Sells a Ship for $12 Million",
                "Acme Sells a Ship for $21 Million",
                false,
            ),
            ("Acme Buys 3 Ships", "Acme Buys 4 Ships", false),
            ("Acme Reports Results", "Acme Reports Quarter 2 Results", false),
        ] {
            let titles = Title::read(a).beside(&Title::read(b));
            assert_eq!(titles.counted_apart, want, "{a} / {b}");
        }
    }

    #[test]
    fn what_headlines_say_of_each_other_is_told() {
        for (a, b, want) in [
            ("Acme Sells a Ship", "ACME SELLS A SHIP", Headlines::Same),
            (
                "Acme Sells a Ship - Business Wire",
                "Acme Sells a Ship to Bolt",
                Headlines::Alike,
            ),
            (
                "Acme Prices Public Offering",
                "Acme Announces Closing of Offering",
                Headlines::Contradict,
            ),
            ("Acme Sells a Ship", "Bolt Names a Treasurer", Headlines::Differ),
            (
                "Acme Pays a Dividend for May",
                "Acme Pays a Dividend for June",
                Headlines::Contradict,
            ),
        ] {
            assert_eq!(Headlines::of(a, b), want, "{a} / {b}");
        }
    }

    #[test]
    fn headlines_that_contradict_each_other() {
        for (a, b, contradict) in [
            (
                "Acme Prices Public Offering",
                "Acme Announces Closing of Offering",
                true,
            ),
            (
                "Acme Reports Higher Sales in May",
                "Acme Reports Lower Sales in May",
                true,
            ),
            ("Acme Q2: Sales Growth of 12 %", "Acme Q2: EPS Declines on Costs", false),
            ("Acme Sales Rise", "Acme Margin Falls", false),
            ("Acme to Open Early in the Year", "Acme Opens Its Gates Later", false),
            ("Acme Gets More Orders", "Acme Writes Less Red Ink", false),
            ("Strong Quarter for Acme", "Acme Grows in Weak Market", false),
        ] {
            let (a, b) = (Title::read(a), Title::read(b));
            assert_eq!(
                (a.beside(&b).contradict, b.beside(&a).contradict),
                (contradict, contradict),
                "{} | {}",
                a.form,
                b.form
            );
        }
    }

    #[test]
    fn a_text_speaks_of_what_its_words_say() {
        let news = News::read(
            "Halden Marine, ir@halden.com, builds tugs in May; see tidewell.example.",
            None,
            &[],
        );
        for (stem, want) in [
            ("halde", true),
            ("tugs", true),
            ("may", true),
            ("build", true),
            ("tidew", true),
            ("arine", false),
        ] {
            assert_eq!(is_spoken(stem, &news), want, "{stem} in {}", news.form());
        }
        let news = News::read("Write to ir@halden.com for more of it.", None, &[]);
        assert!(!is_spoken("halde", &news), "{}", news.form());
    }

    #[test]
    fn headlines_that_may_and_may_not_be_of_one_release() {
        for (a, b, compatible) in [
            ("Acme Buys Bolt", "Acme Buys Bolt, a Maker of Fasteners", true),
            ("Acme Reports Q3 Results", "Acme Reports Q2 Results", false),
            ("May Distribution of Acme Fund", "June Distribution of Acme Fund", false),
            ("Acme Buys Bolt", "Bolt Sells Nut to Gear", false),
            ("Acme to Present at Fair", "ACME Inc. to present at the fair", true),
        ] {
            let titles = Title::read(a).beside(&Title::read(b));
            assert_eq!(titles.are_compatible(), compatible, "{a} | {b}: {titles:?}");
        }
    }
}
