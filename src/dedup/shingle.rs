//! A few numbers by which a text that is nearly the same finds this one: the smallest hashes of its runs of words.
//!
//! The smallest of all rather than bands of MinHash, because a summary is a beginning of its full text: what is smallest in the whole is
//! smallest in the part that holds it. The beginning has numbers of its own for the same reason (measured: summaries found .996 against .10).

use super::News;
use super::align::mix;
use super::token::TokenKind;

/// Words of a run; in scripts without spaces, characters.
const RUN_WORDS: usize = 5;
const RUN_IDEOGRAPHS: usize = 8;

/// Words of the beginning.
pub(super) const LEAD_WORDS: usize = 64;
const LEAD_IDEOGRAPHS: usize = 128;

/// Numbers kept of the beginning, and of the whole.
const OF_LEAD: usize = 8;
const OF_WHOLE: usize = 2;

/// What tells a number of the whole from one of the beginning.
const WHOLE: u64 = 0x5851_F42D_4C95_7F2D;

/// The shingles of a text, at most ten.
#[must_use]
pub(crate) fn shingles(news: &News) -> Vec<i64> {
    let tokens = news.news();
    let ideographs = tokens.iter().filter(|t| t.kind == TokenKind::Ideograph).count();
    let (run, lead) = if ideographs * 2 > tokens.len() {
        (RUN_IDEOGRAPHS, LEAD_IDEOGRAPHS)
    } else {
        (RUN_WORDS, LEAD_WORDS)
    };
    let smallest = |words: usize, keep: usize, salt: u64| {
        let part = tokens.get(..words.min(tokens.len())).unwrap_or_default();
        let run = run.min(part.len()).max(1);
        let mut least: Vec<u64> = Vec::with_capacity(keep + 1);
        for hash in part.windows(run).map(|run| finish(mix(run))) {
            let may_be = least.len() < keep || least.last().is_some_and(|most| hash < *most);
            if may_be && let Err(place) = least.binary_search(&hash) {
                least.insert(place, hash);
                least.truncate(keep);
            }
        }
        least
            .into_iter()
            .map(move |hash| (hash ^ salt).cast_signed())
            .collect::<Vec<_>>()
    };
    let mut shingles = smallest(lead, OF_LEAD, 0);
    shingles.extend(smallest(tokens.len(), OF_WHOLE, WHOLE));
    shingles
}

/// Spreads the last word over all bits: otherwise the smallest hashes are those of certain last words.
const fn finish(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> Vec<i64> {
        shingles(&News::read(text, None, &[]))
    }

    fn of_lead(text: &str) -> HashSet<i64> {
        of(text).into_iter().take(OF_LEAD).collect()
    }

    /// They are stored: another version of Dateline must find what this one wrote, so a change here needs a migration.
    #[test]
    fn stored_values_stay() {
        for (text, want) in [
            ("", &[] as &[i64]),
            ("Acme buys Bolt", &[4381945874428906289, 7250294723561632796]),
            (
                "Acme Inc. today said that it has bought Bolt LLC.",
                &[
                    4473223860229223382,
                    5003062877821152628,
                    6672826374995358160,
                    -8078437284390563663,
                    -4013474879593045527,
                    -931615359776481117,
                    7369544081146825979,
                    2107551599095992921,
                ],
            ),
            (
                "\u{516c}\u{53f8}\u{4eca}\u{65e5}\u{5ba3}\u{5e03}\u{65b0}\u{5de5}\u{5382}",
                &[
                    7150109510400930975,
                    -4530846968297111164,
                    4281725442802813874,
                    -7399758758526861655,
                ],
            ),
        ] {
            assert_eq!(of(text), want, "{text}");
        }
    }

    #[test]
    fn typography_and_the_text_further_down_change_no_shingle_of_the_lead() {
        let words: Vec<String> = (0..200).map(|n| format!("word{n}")).collect();
        let text = words.join(" ");
        assert_eq!(of_lead(&text), of_lead(&words[..70].join(", ")));
        assert_eq!(of(&text), of(&text.to_uppercase()));
        assert_eq!(of(&text).len(), OF_LEAD + OF_WHOLE);
    }

    /// Words that no list of ours knows, always the same for a seed.
    fn coined(seed: u64, words: usize) -> Vec<String> {
        let mut hash = seed;
        let letter = |hash: &mut u64| {
            *hash = finish(hash.wrapping_mul(WHOLE).wrapping_add(1));
            char::from(b"bcdfghjklm"[(*hash % 10) as usize])
        };
        (0..words)
            .map(|_| (0..8).map(|_| letter(&mut hash)).collect())
            .collect()
    }

    /// Shorter than a lead, whether they share one is chance: the odds that all of the eight smallest are in the part that was cut off.
    #[test]
    fn short_texts_nearly_always_share_one_with_their_half() {
        let missed = (0..1000)
            .filter(|&seed| {
                let words = coined(seed, 40);
                let (whole, half) = (of(&words.join(" ")), of(&words[..20].join(" ")));
                !half.iter().any(|shingle| whole.contains(shingle))
            })
            .count();
        assert!(missed <= 10, "{missed} of 1000");
    }

    proptest! {
        #[test]
        fn a_text_and_a_beginning_of_it_as_long_as_a_lead_share_all_of_the_lead(seed in any::<u64>(), words in LEAD_WORDS..200, cut in 0.0..1.0f64) {
            let words = coined(seed, words);
            let cut = LEAD_WORDS + ((words.len() - LEAD_WORDS) as f64 * cut) as usize;
            prop_assert_eq!(of_lead(&words.join(" ")), of_lead(&words[..cut].join(" ")));
        }

        #[test]
        fn any_text_has_ten_at_most(text in "\\PC{0,200}") {
            prop_assert!(of(&text).len() <= OF_LEAD + OF_WHOLE);
        }
    }
}
