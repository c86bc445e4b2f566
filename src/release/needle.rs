//! Words of which a text must have one to fit a pattern, found in one pass for many patterns: most lines are asked nothing more.
//!
//! A pattern that may begin anywhere in a sentence walks it to its end, thirty of them thirty times. What a pattern cannot do without is read
//! off itself (the inner literals of grep and ripgrep, as `regex_syntax` parses them), so that no list of words stands beside the table.

use aho_corasick::automaton::Automaton;
use aho_corasick::dfa::DFA;
use aho_corasick::{Anchored, MatchKind, StartKind};
use regex_syntax::Parser;
use regex_syntax::hir::{Class, Hir, HirKind};

/// Which of some patterns a text may fit.
pub(super) struct Needles {
    words: DFA,
    /// The pattern that needs each word.
    of: Vec<usize>,
    /// Patterns that need none that we can name: a bit each.
    always: u64,
}

impl Needles {
    /// Of patterns as [`regex`] reads them; of 64 at most.
    #[allow(clippy::expect_used)]
    pub(super) fn of(patterns: &[String]) -> Self {
        assert!((1..=64).contains(&patterns.len()), "a bit each");
        let (mut needles, mut of, mut always) = (Vec::new(), Vec::new(), 0);
        for (number, pattern) in patterns.iter().enumerate() {
            let parsed = Parser::new().parse(pattern).expect("a constant pattern");
            match needed(&parsed) {
                Some(words) => {
                    of.extend(words.iter().map(|_| number));
                    needles.extend(words);
                }
                None => always |= 1 << number,
            }
        }
        let words = DFA::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .start_kind(StartKind::Unanchored)
            .prefilter(false)
            .build(&needles)
            .expect("constant words");
        Self { words, of, always }
    }

    /// The patterns that the text may fit: the bit of each is set.
    pub(super) fn may_fit(&self, text: &str) -> u64 {
        // Unicode folds these two to ASCII letters; the words are looked for without it.
        let is_folded = ["\u{17f}", "\u{212a}"].iter().any(|letter| text.contains(letter));
        let start = self.words.start_state(Anchored::No);
        let (false, Ok(mut state)) = (is_folded, start) else {
            return u64::MAX;
        };
        let mut found = self.always;
        // By hand: every word counts that ends at a byte, and most bytes end none.
        for byte in text.bytes() {
            state = self.words.next_state(Anchored::No, state, byte);
            if self.words.is_match(state) {
                let words = (0..self.words.match_len(state)).map(|at| self.words.match_pattern(state, at).as_usize());
                found = words
                    .filter_map(|word| self.of.get(word))
                    .fold(found, |bits, number| bits | 1 << number);
            }
        }
        found
    }
}

/// Every text that fits has one of these words, its ASCII letters in either case; `None` where nothing is known.
fn needed(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => None,
        HirKind::Literal(_) | HirKind::Class(_) => letters(hir).map(|word| vec![word]),
        HirKind::Repetition(repetition) if repetition.min > 0 => needed(&repetition.sub),
        HirKind::Repetition(_) => None,
        HirKind::Capture(capture) => needed(&capture.sub),
        HirKind::Alternation(branches) => {
            let words: Option<Vec<Vec<String>>> = branches.iter().map(needed).collect();
            Some(words?.concat())
        }
        HirKind::Concat(parts) => {
            let mut found = Vec::new();
            let mut word = String::new();
            for part in parts {
                match letters(part) {
                    Some(more) => word.push_str(&more),
                    None => {
                        found.extend((!word.is_empty()).then(|| vec![std::mem::take(&mut word)]));
                        found.extend(needed(part));
                    }
                }
            }
            found.extend((!word.is_empty()).then(|| vec![word]));
            // The longer its shortest word, the rarer.
            let shortest = |words: &Vec<String>| words.iter().map(String::len).min();
            found.into_iter().max_by_key(shortest)
        }
    }
}

/// What is one word, its ASCII letters in lower case: a literal, or a letter in both cases.
fn letters(hir: &Hir) -> Option<String> {
    match hir.kind() {
        HirKind::Literal(literal) => Some(str::from_utf8(&literal.0).ok()?.to_ascii_lowercase()),
        HirKind::Class(Class::Unicode(class)) => {
            let mut own = class.iter().flat_map(|range| [range.start(), range.end()]);
            let ascii = own.find(char::is_ascii_alphabetic)?.to_ascii_lowercase();
            let is_own =
                |c: char| c.to_ascii_lowercase() == ascii || matches!((ascii, c), ('s', '\u{17f}') | ('k', '\u{212a}'));
            let is_letter = class
                .iter()
                .all(|range| range.start() == range.end() && is_own(range.start()));
            is_letter.then(|| ascii.to_string())
        }
        HirKind::Class(Class::Bytes(_))
        | HirKind::Empty
        | HirKind::Look(_)
        | HirKind::Repetition(_)
        | HirKind::Capture(_)
        | HirKind::Concat(_)
        | HirKind::Alternation(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_needs_its_rarest_words() {
        for (pattern, want) in [
            ("(?i)^forward[- ]looking", Some(vec!["looking"])),
            (
                "(?i)^[^.]*(?:safe harbou?r|caution)",
                Some(vec!["safe harbo", "caution"]),
            ),
            ("^(?i:ask)$", Some(vec!["ask"])),
            ("^a?$", None),
            ("^(?:abc|.*)$", None),
            ("^(?:abc)+d", Some(vec!["abc"])),
            ("(?i)é", None),
            ("完|以上", Some(vec!["完", "以上"])),
            ("(?i)a\\b b(?-i:C)", Some(vec![" bc"])),
            ("ab|abc", Some(vec!["ab", "abc"])),
            ("(?:abc){0,2}", None),
            ("(abc)(?:d|e)", Some(vec!["abc"])),
            ("ab?cd", Some(vec!["cd"])),
        ] {
            let found = needed(&Parser::new().parse(pattern).unwrap());
            let want = want.map(|words: Vec<&str>| words.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(found, want, "{pattern}");
        }
    }

    #[test]
    fn a_text_is_told_what_it_may_fit() {
        let needles = Needles::of(&["(?i)^[^.]*looking", "(?i)^risk", "^.{3}$"].map(str::to_owned));
        for (text, want) in [
            ("Forward-Looking", 0b101),
            ("a RISK", 0b110),
            ("none of it", 0b100),
            ("ri\u{17f}\u{212a}", u64::MAX),
        ] {
            assert_eq!(needles.may_fit(text), want, "{text}");
        }
    }
}
