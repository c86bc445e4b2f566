//! A summary and its full text, whichever came first: the shorter text stands in the longer.
//!
//! A summary ends before most facts, so the headlines have to agree as well, and the fullest text of the article may object.

use super::near::ruling;
use super::reading::SHORT_WORDS;
use super::{Case, Ruling};

pub(super) fn decide(case: &Case<'_>) -> Option<Ruling> {
    let best = case.best().filter(|best| best.comparison.words < SHORT_WORDS)?;
    Some(ruling(case, best))
}
