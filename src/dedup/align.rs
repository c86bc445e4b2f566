//! Lays two texts beside each other: which runs of words they share, and what stands in the gaps between.
//!
//! Runs grow from anchors, short sequences that stand once in each text, in the longest order that both agree on. Linear in the length of the
//! texts but for the gaps, whose size is bounded: a hostile text costs no more than a long one.

use std::cell::OnceCell;

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::token::Token;

/// Words of an anchor, by preference: long ones are rarely mistaken, short ones are found in edited texts.
const ANCHOR_WORDS: [usize; 3] = [6, 3, 2];

/// A long anchor may stand in the other text so often, and still its first place is taken.
const REPEATED: u32 = 4;

/// Cells of a table of common subsequences.
const CELLS: usize = 4_000;

/// Words that two texts share, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) a: usize,
    pub(super) b: usize,
    pub(super) length: usize,
}

/// Shared runs, increasing in both texts. Which text is which matters: an anchor stands once in `a`.
pub(super) fn runs(a: &[Token], b: &[Token], indexed: Indexed<'_>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (i, j) in increasing(&anchors(a, b, indexed)) {
        let (from_a, from_b) = runs
            .last()
            .map_or((0, 0), |run| (run.a + run.length, run.b + run.length));
        if i < from_a || j < from_b {
            continue;
        }
        let backwards = common(
            a.get(from_a..i).unwrap_or_default().iter().rev(),
            b.get(from_b..j).unwrap_or_default().iter().rev(),
        );
        let forwards = common(
            a.get(i..).unwrap_or_default().iter(),
            b.get(j..).unwrap_or_default().iter(),
        );
        let run = Run {
            a: i - backwards,
            b: j - backwards,
            length: backwards + forwards,
        };
        match runs.last_mut() {
            Some(last) if last.a + last.length == run.a && last.b + last.length == run.b => last.length += run.length,
            Some(_) | None if run.length > 0 => runs.push(run),
            Some(_) | None => {}
        }
    }
    runs
}

fn common<'t>(a: impl Iterator<Item = &'t Token>, b: impl Iterator<Item = &'t Token>) -> usize {
    a.zip(b).take_while(|(a, b)| a.hash == b.hash).count()
}

/// Which of two texts has an index, and that.
#[derive(Clone, Copy)]
pub(super) enum Indexed<'i> {
    A(&'i Index),
    B(&'i Index),
}

/// Where the sequences of a text stand, by their length: made once for a text that is laid beside many, and only as far as it is asked for.
#[derive(Debug, Default)]
pub(super) struct Index([OnceCell<Sequences>; ANCHOR_WORDS.len()]);

/// The sequences of one length in a text.
#[derive(Debug)]
struct Sequences {
    places: FxHashMap<u64, usize>,
    list: Vec<Place>,
}

/// Where a sequence first stands in a text, and how often.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    first: usize,
    times: u32,
}

impl Place {
    fn seen(&mut self, at: usize) {
        if self.times == 0 {
            self.first = at;
        }
        self.times += 1;
    }
}

impl Sequences {
    fn of(tokens: &[Token], words: usize) -> Self {
        let mut all = Self {
            places: FxHashMap::with_capacity_and_hasher(tokens.len(), FxBuildHasher),
            list: Vec::with_capacity(tokens.len()),
        };
        for (at, hash) in sequences(tokens, words).enumerate() {
            let next = all.list.len();
            let place = *all.places.entry(hash).or_insert(next);
            if place == next {
                all.list.push(Place::default());
            }
            if let Some(place) = all.list.get_mut(place) {
                place.seen(at);
            }
        }
        all
    }

    /// Where each of them stands here and in another text.
    fn beside(&self, other: &[Token], words: usize) -> impl Iterator<Item = (Place, Place)> {
        let mut there = vec![Place::default(); self.list.len()];
        for (at, hash) in sequences(other, words).enumerate() {
            let place = self.places.get(&hash).and_then(|place| there.get_mut(*place));
            if let Some(place) = place {
                place.seen(at);
            }
        }
        self.list.iter().copied().zip(there)
    }
}

/// Places of sequences that stand once in each text (long ones may be repeated in `b`); of long ones, else of shorter.
fn anchors(a: &[Token], b: &[Token], indexed: Indexed<'_>) -> Vec<(usize, usize)> {
    let mut anchors = Vec::new();
    let (Indexed::A(index) | Indexed::B(index)) = indexed;
    for (level, words) in index.0.iter().zip(ANCHOR_WORDS) {
        if a.len() < words || b.len() < words {
            continue;
        }
        let long = ANCHOR_WORDS.first() == Some(&words);
        let most = if long { REPEATED } else { 1 };
        let mut found = |a: Place, b: Place| {
            if a.times == 1 && (1..=most).contains(&b.times) {
                anchors.push((a.first, b.first));
            }
        };
        let sequences = |tokens| level.get_or_init(|| Sequences::of(tokens, words));
        match indexed {
            Indexed::A(_) => sequences(a).beside(b, words).for_each(|(a, b)| found(a, b)),
            Indexed::B(_) => sequences(b).beside(a, words).for_each(|(b, a)| found(a, b)),
        }
        let enough = anchors.len() * 3 >= a.len().min(b.len());
        if enough || (!long && !anchors.is_empty()) {
            break;
        }
    }
    anchors.sort_unstable();
    anchors.dedup();
    anchors
}

fn sequences(tokens: &[Token], words: usize) -> impl Iterator<Item = u64> + '_ {
    tokens.windows(words).map(mix)
}

/// One number for a sequence of words.
pub(super) fn mix(tokens: &[Token]) -> u64 {
    tokens.iter().fold(0xcbf2_9ce4_8422_2325, |hash, token| {
        (hash ^ token.hash).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29)
    })
}

/// The longest sequence of anchors that increases in both texts (they are sorted by the first).
fn increasing(anchors: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut tails: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; anchors.len()];
    let place = |at: usize| anchors.get(at).map_or(0, |anchor| anchor.1);
    for at in 0..anchors.len() {
        let length = tails.partition_point(|tail| place(*tail) < place(at));
        if let (Some(slot), Some(previous)) = (before.get_mut(at), length.checked_sub(1)) {
            *slot = tails.get(previous).copied();
        }
        match tails.get_mut(length) {
            Some(tail) => *tail = at,
            None => tails.push(at),
        }
    }
    let mut chain: Vec<(usize, usize)> = Vec::with_capacity(tails.len());
    let mut next = tails.last().copied();
    while let Some(at) = next {
        chain.extend(anchors.get(at));
        next = before.get(at).copied().flatten();
    }
    chain.reverse();
    chain
}

/// Places of a longest common subsequence; nothing where the table would be too large.
pub(super) fn subsequence(a: &[Token], b: &[Token]) -> Vec<(usize, usize)> {
    if a.len().saturating_mul(b.len()) > CELLS {
        return Vec::new();
    }
    let width = b.len() + 1;
    let mut lengths = vec![0u16; (a.len() + 1) * width];
    let at = |lengths: &[u16], i: usize, j: usize| lengths.get(i * width + j).copied().unwrap_or(0);
    for (i, x) in a.iter().enumerate().rev() {
        for (j, y) in b.iter().enumerate().rev() {
            let length = if x.hash == y.hash {
                at(&lengths, i + 1, j + 1) + 1
            } else {
                at(&lengths, i + 1, j).max(at(&lengths, i, j + 1))
            };
            if let Some(cell) = lengths.get_mut(i * width + j) {
                *cell = length;
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut places = Vec::new();
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        if x.hash == y.hash {
            places.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if at(&lengths, i + 1, j) >= at(&lengths, i, j + 1) {
            i += 1;
        } else {
            j += 1;
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::News;
    use super::*;

    fn news(text: &str) -> News {
        News::read(text, None, &[])
    }

    /// It is the same whichever of the two has the index, and however often that was used.
    fn laid(a: &News, b: &News) -> Vec<Run> {
        let (of_a, of_b) = (Index::default(), Index::default());
        let once = runs(a.tokens(), b.tokens(), Indexed::A(&of_a));
        for indexed in [Indexed::A(&of_a), Indexed::B(&of_b), Indexed::B(&of_b)] {
            assert_eq!(runs(a.tokens(), b.tokens(), indexed), once);
        }
        once
    }

    fn shared(a: &str, b: &str) -> String {
        let (a, b) = (news(a), news(b));
        let words = |run: &Run| {
            let run = &a.tokens()[run.a..run.a + run.length];
            run.iter().map(|token| a.word(token)).collect::<Vec<_>>().join(" ")
        };
        laid(&a, &b).iter().map(words).collect::<Vec<_>>().join(" / ")
    }

    #[test]
    fn runs_of_words_that_two_texts_share() {
        for (a, b, want) in [
            (
                "he said that they won",
                "he said that they won",
                "he said that they won",
            ),
            ("he said that they won", "she said that they lost", "said that they"),
            (
                "we sold it all, they said, to her",
                "we sold it, they said, to him",
                "we sold it / they said to",
            ),
            ("cut here", "cut here and then it goes on", "cut here"),
            ("you left and then we came", "then we came, you left", "then we came"),
            ("so it is", "it was not", ""),
            ("", "not a word", ""),
        ] {
            assert_eq!(shared(a, b), want, "{a} | {b}");
        }
    }

    #[test]
    fn a_text_that_repeats_itself_costs_no_more_than_a_long_one() {
        // With a table of all pairs each of these would take 400 million steps.
        let equal = news(&"spam ".repeat(20_000));
        let equal_longer = news(&"spam ".repeat(20_001));
        assert_eq!(laid(&equal, &equal_longer), [], "no sequence stands once");
        let by_turns = news(&"to and fro they go ".repeat(4_000));
        assert_eq!(laid(&by_turns, &equal), []);
        let numbered: Vec<String> = (0..20_000).map(|n| format!("w{n}")).collect();
        let backwards: Vec<String> = numbered.iter().rev().cloned().collect();
        let (numbered, backwards) = (news(&numbered.join(" ")), news(&backwards.join(" ")));
        let whole = Run {
            a: 0,
            b: 0,
            length: 20_000,
        };
        assert_eq!(laid(&numbered, &numbered), [whole]);
        assert_eq!(laid(&numbered, &backwards), []);
        assert_eq!(
            subsequence(equal.tokens(), equal.tokens()),
            [],
            "a table of that size is not made"
        );
    }

    #[test]
    fn a_common_subsequence_is_a_longest_one() {
        for (a, b, want) in [
            ("he went to her", "she went up to her", vec![(1, 1), (2, 3), (3, 4)]),
            ("up and down", "down and up", vec![(0, 2)]),
            ("", "up", vec![]),
        ] {
            let (x, y) = (news(a), news(b));
            let got = subsequence(x.tokens(), y.tokens());
            assert_eq!(got.len(), want.len(), "{a} | {b}: {got:?}");
            assert!(got.iter().all(|(i, j)| x.tokens()[*i].hash == y.tokens()[*j].hash));
        }
    }

    proptest! {
        #[test]
        fn runs_increase_in_both_texts_and_hold_equal_words(a in "([a-f] ){0,60}", b in "([a-f] ){0,60}") {
            let (a, b) = (news(&a), news(&b));
            let (mut from_a, mut from_b) = (0, 0);
            for run in laid(&a, &b) {
                prop_assert!(run.length > 0 && run.a >= from_a && run.b >= from_b, "{run:?}");
                (from_a, from_b) = (run.a + run.length, run.b + run.length);
                let hashes = |tokens: &[Token]| tokens.iter().map(|token| token.hash).collect::<Vec<_>>();
                prop_assert_eq!(hashes(&a.tokens()[run.a..from_a]), hashes(&b.tokens()[run.b..from_b]));
            }
        }

        #[test]
        fn a_beginning_is_found_whole(words in prop::collection::vec("[a-z]{3,7}", 8..80), share in 0.2..1.0f64) {
            let cut = (words.len() as f64 * share).ceil() as usize;
            let (short, long) = (news(&words[..cut].join(" ")), news(&words.join(" ")));
            let covered: usize = laid(&short, &long).iter().map(|run| run.length).sum();
            // Two words may be equal, and then a sequence need not stand once.
            prop_assert!(covered * 10 >= short.tokens().len() * 9 || short.tokens().len() < 12);
        }
    }
}
