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
const LEAD_WORDS: usize = 64;
const LEAD_IDEOGRAPHS: usize = 128;

/// Numbers kept of the beginning, and of the whole.
const OF_LEAD: usize = 8;
const OF_WHOLE: usize = 4;

/// What tells a number of the whole from one of the beginning.
const WHOLE: u64 = 0x5851_F42D_4C95_7F2D;

/// The shingles of a text, at most a dozen.
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
        let mut hashes: Vec<u64> = part.windows(run).map(|run| finish(mix(run))).collect();
        hashes.sort_unstable();
        hashes.dedup();
        hashes.truncate(keep);
        hashes
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
