//! The wire's own number in another language: the same release, another article of its story.
//!
//! Business Wire and GlobeNewswire give all languages of a release one number; translations on other wires are not
//! guessed from their text.

use super::compare::{Languages, languages};
use super::{Case, KeyKind, Ruling};
use crate::article::Verdict;

pub(super) fn decide(case: &Case<'_>) -> Option<Ruling> {
    let (reading, recall) = (case.reading, case.recall);
    let release = reading.release()?;
    let known = recall
        .find(reading, KeyKind::Release)
        .filter(|known| languages(reading, known) == Languages::Different)
        .min_by_key(|known| known.article)?;
    let why = format!(
        "release {release} in {}, known in {}",
        reading.draft.language.as_deref().unwrap_or("und"),
        known.language.as_deref().unwrap_or("und")
    );
    Some(Ruling::of(Verdict::Variant, known, why))
}
