//! What changed between two texts that were laid beside each other, and which of it is a fact.
//!
//! Only substitutions count: a number for a number, a date for a date, a name for a name, a passage for another. Text on one side only (a cut
//! tail, a dropped contact, an added note) contradicts nothing. No share of common words tells copies from templates; this does
//! (measured: without it three in ten merges are wrong).

use std::collections::BTreeSet;
use std::iter;

use super::News;
use super::align::{Index, Indexed, Run, runs, subsequence};
use super::change::{Change, ChangeKind, Comparison};
use super::terms::{Passage, exclude, is_close, is_other_voice, is_passive, reverse};
use super::token::{Token, TokenKind};

mod side;

use side::{Side, clipped};

/// Facts of the first words weigh more: they are the news.
const EARLY_WORDS: usize = 160;
/// The longer text may have as many more before the same place.
const EARLY_SLACK: usize = 40;
/// Words in which the lead must be found.
const LEAD_WORDS: usize = 60;
/// A dateline that was not recognised, with its dashes and names, is no longer.
const DATELINE_WORDS: usize = 16;
/// Gaps of no more words on both sides are compared word by word.
const GAP_WORDS: usize = 48;
/// A replaced passage has at least so many words.
const BLOCK_WORDS: usize = 8;
/// What follows the last shared word on both sides, later in the text, is a passage from so many words on.
const TAIL_WORDS: usize = 12;
/// A word that turns a sentence round stands in a gap of no more words.
const TURN_WORDS: usize = 4;

/// Where a gap stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Head,
    Middle,
    Tail,
}

/// Lays the news of a draft beside a known one.
#[must_use]
pub(super) fn compare(new: &News, known: &News) -> Comparison {
    Laid::of(Side::of(new), Side::of(known), &Index::default()).comparison()
}

/// The same for one of several that may have less in common with the draft than is worth a look; nothing where they cannot share this much of the
/// shorter. `index` is the draft's and no other's.
#[must_use]
pub(super) fn compare_likely(new: &News, index: &Index, known: &News, share: f64) -> Option<Comparison> {
    let laid = Laid::of(Side::of(new), Side::of(known), index);
    (laid.most_in_common() as f64 >= share * laid.short.len() as f64).then(|| laid.comparison())
}

/// The same for whole texts, boilerplate and addresses included: what one source changed in one item.
#[must_use]
pub(super) fn compare_whole(new: &News, known: &News) -> Comparison {
    Laid::of(Side::whole(new), Side::whole(known), &Index::default()).comparison()
}

/// Two texts, and the runs of words that they share.
struct Laid<'n> {
    short: Side<'n>,
    long: Side<'n>,
    /// The new one is the longer.
    swapped: bool,
    runs: Vec<Run>,
}

impl<'n> Laid<'n> {
    fn of(new: Side<'n>, known: Side<'n>, index_of_new: &Index) -> Self {
        // Of two texts of one length either may count as the shorter, but the same one from both sides.
        let swapped = (new.len(), new.news.form()) > (known.len(), known.news.form());
        let (short, long, indexed) = if swapped {
            (known, new, Indexed::B(index_of_new))
        } else {
            (new, known, Indexed::A(index_of_new))
        };
        Self {
            short,
            long,
            swapped,
            runs: runs(short.tokens, long.tokens, indexed),
        }
    }

    /// What stands before each run, and behind the last.
    fn gaps(&self) -> impl Iterator<Item = (Range, Range)> {
        let ends = self.runs.iter().map(|run| (run.a + run.length, run.b + run.length));
        let begins = self.runs.iter().map(|run| (run.a, run.b));
        iter::once((0, 0))
            .chain(ends)
            .zip(begins.chain([(self.short.len(), self.long.len())]))
            .map(|((a, b), (to_a, to_b))| ((a, to_a), (b, to_b)))
    }

    /// No more words than this can be found in both.
    fn most_in_common(&self) -> usize {
        let in_runs: usize = self.runs.iter().map(|run| run.length).sum();
        let in_gap = |(a, b): (Range, Range)| {
            let (of_a, of_b) = (a.1 - a.0, b.1 - b.0);
            let (least, most) = (of_a.min(of_b), of_a.max(of_b));
            if is_looked_into(least, most) { least } else { 0 }
        };
        in_runs + self.gaps().map(in_gap).sum::<usize>()
    }

    fn comparison(&self) -> Comparison {
        let (short, long) = (self.short, self.long);
        let mut found = Found {
            swapped: self.swapped,
            changes: Vec::new(),
            seen: BTreeSet::new(),
            matched: vec![false; short.len()],
            parts: Vec::new(),
        };
        for (at, (a, b)) in self.gaps().enumerate() {
            let place = match self.runs.get(at) {
                None => Place::Tail,
                Some(_) if at == 0 => Place::Head,
                Some(_) => Place::Middle,
            };
            found.gap(short, long, a, b, place);
            if let Some(run) = self.runs.get(at) {
                found.run(run);
            }
        }
        found.turned(short, long);
        found.comparison(short, long)
    }
}

/// Are the words of a gap compared, by how many it has on either side? A large one is a passage, or tells nothing, by its size.
const fn is_looked_into(least: usize, most: usize) -> bool {
    most <= GAP_WORDS || (least > 2 && least < BLOCK_WORDS)
}

type Range = (usize, usize);

/// What was found so far.
struct Found {
    swapped: bool,
    changes: Vec<Change>,
    seen: BTreeSet<(ChangeKind, String, String)>,
    matched: Vec<bool>,
    /// What stands between shared words, in order: where in the shorter text, and where in the longer.
    parts: Vec<(Range, Range)>,
}

impl Found {
    fn comparison(self, short: Side<'_>, long: Side<'_>) -> Comparison {
        let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        let matched = |words: usize| self.matched.iter().take(words).filter(|matched| **matched).count();
        let lead = short.len().min(LEAD_WORDS);
        let facts = short.tokens.iter().zip(&self.matched).filter(|(token, matched)| {
            **matched
                && matches!(
                    token.kind,
                    TokenKind::Number | TokenKind::Month | TokenKind::Weekday | TokenKind::Name
                )
        });
        Comparison {
            words: short.len(),
            coverage: share(matched(short.len()), short.len()),
            coverage_longer: share(matched(short.len()), long.len()),
            lead: share(matched(lead), lead),
            agreed: facts.count(),
            changes: self.changes,
        }
    }

    fn run(&mut self, run: &Run) {
        for matched in self.matched.iter_mut().skip(run.a).take(run.length) {
            *matched = true;
        }
    }

    fn gap(&mut self, short: Side<'_>, long: Side<'_>, a: (usize, usize), b: (usize, usize), place: Place) {
        let (gap_a, gap_b) = (short.part(a.0, a.1), long.part(b.0, b.1));
        let (least, most) = (gap_a.len().min(gap_b.len()), gap_a.len().max(gap_b.len()));
        let early = a.0 < EARLY_WORDS && b.0 < EARLY_WORDS + EARLY_SLACK;
        self.parts.push((a, b));
        let is_suffered = || {
            let (words_a, words_b) = (gap_a.words(), gap_b.words());
            let one = Passage {
                before: short.before(a.0),
                words: &words_a,
            };
            let other = Passage {
                before: long.before(b.0),
                words: &words_b,
            };
            !short.measures(a.1) && !long.measures(b.1) && is_other_voice(one, other)
        };
        let is_turned = || gap_a.turns() != gap_b.turns() || is_suffered();
        if place == Place::Middle && most <= TURN_WORDS && is_turned() {
            return self.add(ChangeKind::Term, gap_a.text(), gap_b.text(), 1, early);
        }
        if least == 0 {
            return;
        }
        let undated = !(short.news.is_dated() && long.news.is_dated());
        match place {
            Place::Head if most <= DATELINE_WORDS && undated && are_datelines(gap_a, gap_b) => return,
            Place::Head if least <= DATELINE_WORDS && (gap_a.is_head() || gap_b.is_head()) => return,
            // Both go on, and differ: a text that was cut contradicts nothing, but another figure does.
            Place::Tail if least <= 6 => return self.tail(gap_a, gap_b, early),
            Place::Tail if !early => {
                if least >= TAIL_WORDS {
                    self.add(ChangeKind::Passage, gap_a.text(), gap_b.text(), least, early);
                }
                return;
            }
            Place::Head | Place::Middle | Place::Tail => {}
        }
        if !is_looked_into(least, most) {
            if least >= BLOCK_WORDS {
                self.add(ChangeKind::Passage, gap_a.text(), gap_b.text(), least, early);
            }
            return;
        }
        let shared = subsequence(gap_a.tokens, gap_b.tokens);
        self.parts.pop();
        let (mut i, mut j) = (0, 0);
        for (p, q) in shared.iter().copied().chain([(gap_a.len(), gap_b.len())]) {
            self.substitution(gap_a.part(i, p), gap_b.part(j, q), early);
            self.parts.push(((a.0 + i, a.0 + p), (b.0 + j, b.0 + q)));
            (i, j) = (p + 1, q + 1);
        }
        for (p, _) in shared {
            if let Some(matched) = self.matched.get_mut(a.0 + p) {
                *matched = true;
            }
        }
    }

    /// What turns a sentence round though no word excludes another: two things that change places about a word that says which is which (`from
    /// the harbour to the airport`), and one who does what the other text says is done to him (`was recently sued by`).
    fn turned(&mut self, short: Side<'_>, long: Side<'_>) {
        let mut parts = std::mem::take(&mut self.parts);
        parts.retain(|(a, b)| a.0 < a.1 || b.0 < b.1);
        for pair in parts.windows(2) {
            let [(a, b), (c, d)] = pair else { continue };
            let kept = short.part(a.1, c.0);
            let (before, behind) = (short.part(a.0, a.1), short.part(c.0, c.1));
            let (other_before, other_behind) = (long.part(b.0, b.1), long.part(d.0, d.1));
            let parts = [before, behind, other_before, other_behind];
            if kept.len() == 0 || [kept].iter().chain(&parts).any(|part| part.len() > 2 * TURN_WORDS) {
                continue;
            }
            let is_turned = match parts.map(|part| part.len() == 0) {
                [false, false, false, false] => {
                    kept.directs() && before.is_same(other_behind) && behind.is_same(other_before)
                }
                [true, false, false, true] => other_before.is_moved(behind),
                [false, true, true, false] => before.is_moved(other_behind),
                [true, true, false, false] => {
                    !long.measures(d.1) && is_passive(&other_before.words(), &other_behind.words())
                }
                [false, false, true, true] => !short.measures(c.1) && is_passive(&before.words(), &behind.words()),
                _ => false,
            };
            if is_turned {
                let around = |before: Side<'_>, behind: Side<'_>| {
                    let words = [before.text(), kept.text(), behind.text()];
                    words.join(" ").trim().to_owned()
                };
                let (ours, theirs) = (around(before, behind), around(other_before, other_behind));
                self.add(ChangeKind::Term, ours, theirs, 1, a.0 < EARLY_WORDS);
            }
        }
    }

    /// The words with which two texts part. One that is cut may have lost a part of its last word.
    fn tail(&mut self, a: Side<'_>, b: Side<'_>, early: bool) {
        let (Some(x), Some(y)) = (a.tokens.first(), b.tokens.first()) else {
            return;
        };
        let (one, other) = (a.word(x), b.word(y));
        if one == other {
            return;
        }
        let begins = (a.news.is_cut() || b.news.is_cut()) && (one.starts_with(other) || other.starts_with(one));
        let kind = match (x.kind, y.kind) {
            (TokenKind::Number, TokenKind::Number) if !begins => ChangeKind::Number,
            (TokenKind::Month, TokenKind::Month) | (TokenKind::Weekday, TokenKind::Weekday) => ChangeKind::Date,
            (TokenKind::Name, TokenKind::Name) if !begins && !is_close(one, other) && a.len().min(b.len()) == 1 => {
                ChangeKind::Name
            }
            (_, _) if exclude(one, other) => ChangeKind::Term,
            (_, _) => return,
        };
        self.add(kind, clipped(one.to_owned()), clipped(other.to_owned()), 1, early);
    }

    /// What stands on both sides of a gap, between two shared words.
    fn substitution(&mut self, a: Side<'_>, b: Side<'_>, early: bool) {
        if a.len() == 0 || b.len() == 0 {
            return;
        }
        const DATES: &[TokenKind] = &[TokenKind::Month, TokenKind::Weekday];
        const NUMBERS: &[TokenKind] = &[TokenKind::Number];
        const NAMES: &[TokenKind] = &[TokenKind::Name, TokenKind::Address];
        let both = |kinds: &[TokenKind]| (a.own(b, kinds), b.own(a, kinds));
        let numbers = both(NUMBERS);
        let months = both(&[TokenKind::Month]);
        let mut told = false;
        if !numbers.0.is_empty() && !numbers.1.is_empty() {
            self.add(ChangeKind::Number, a.spell(&numbers.0), b.spell(&numbers.1), 1, early);
            told = true;
        }
        let weekdays = both(&[TokenKind::Weekday]);
        if (!months.0.is_empty() && !months.1.is_empty()) || (!weekdays.0.is_empty() && !weekdays.1.is_empty()) {
            let dates = both(DATES);
            self.add(ChangeKind::Date, a.spell(&dates.0), b.spell(&dates.1), 1, early);
            told = true;
        }
        if told || letters(a).eq(letters(b)) {
            return;
        }
        if a.len().max(b.len()) <= TURN_WORDS && reverse(&a.words(), &b.words()) {
            return self.add(ChangeKind::Term, a.text(), b.text(), 1, early);
        }
        let names = both(NAMES);
        let names = (with_codes(a, names.0, &numbers.0), with_codes(b, names.1, &numbers.1));
        if !names.0.is_empty() && !names.1.is_empty() && !is_one_name(a, b, &names.0, &names.1) {
            return self.add(ChangeKind::Name, a.spell(&names.0), b.spell(&names.1), 1, early);
        }
        let one_sided = |pair: &(Vec<Token>, Vec<Token>)| pair.0.is_empty() != pair.1.is_empty();
        if one_sided(&numbers) || one_sided(&months) || one_sided(&names) {
            return self.add(ChangeKind::Figure, a.text(), b.text(), a.len().min(b.len()), early);
        }
        let words = a.len().min(b.len());
        let kind = match (a.tokens, b.tokens) {
            ([x, ..], [y, ..]) if words == 1 && is_close(a.word(x), b.word(y)) => ChangeKind::Spelling,
            (_, _) => ChangeKind::Words,
        };
        self.add(kind, a.text(), b.text(), words, early);
    }

    /// A change that a text makes again and again is one.
    fn add(&mut self, kind: ChangeKind, short: String, long: String, words: usize, early: bool) {
        let (new, known) = if self.swapped { (long, short) } else { (short, long) };
        if self.seen.insert((kind, new.clone(), known.clone())) {
            self.changes.push(Change {
                kind,
                new,
                known,
                words,
                early,
            });
        }
    }
}

/// Heads that may be datelines which nobody recognised: one has a date, and the other no other one.
fn are_datelines(a: Side<'_>, b: Side<'_>) -> bool {
    const DATES: &[TokenKind] = &[TokenKind::Month, TokenKind::Weekday, TokenKind::Number];
    let has_month = |side: Side<'_>| side.tokens.iter().any(|t| t.kind == TokenKind::Month);
    (has_month(a) || has_month(b)) && (a.own(b, DATES).is_empty() || b.own(a, DATES).is_empty())
}

/// Names, and words with letters and digits (`gpt4`), which may stand for one.
fn with_codes(side: Side<'_>, mut names: Vec<Token>, numbers: &[Token]) -> Vec<Token> {
    let is_code = |token: &&Token| side.word(token).contains(char::is_alphabetic);
    names.extend(numbers.iter().filter(is_code));
    names
}

/// The same name in another spelling, or its initials.
fn is_one_name(a: Side<'_>, b: Side<'_>, names_a: &[Token], names_b: &[Token]) -> bool {
    let spelt_in = |name: &str, other: Side<'_>| other.tokens.iter().any(|token| is_close(name, other.word(token)));
    names_a.iter().all(|name| spelt_in(a.word(name), b))
        || names_b.iter().all(|name| spelt_in(b.word(name), a))
        || is_initials(a, b)
        || is_initials(b, a)
}

fn is_initials(short: Side<'_>, long: Side<'_>) -> bool {
    let initials = || long.tokens.iter().filter_map(|token| long.word(token).chars().next());
    match short.tokens {
        [one] => short.word(one).chars().eq(initials()),
        _ => false,
    }
}

fn letters(side: Side<'_>) -> impl Iterator<Item = u8> {
    side.tokens.iter().flat_map(move |token| side.word(token).bytes())
}

#[cfg(test)]
mod tests;
