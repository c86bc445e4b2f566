//! The same headline, by the same issuer, at the same time: for texts that are too short to tell, or cut.
//!
//! Figures in the headline and distance in time keep templates apart: a fund's daily notice opens with the same words
//! every day.

use chrono::TimeDelta;

use super::alike::apart;
use super::compare::{duplicate, may_be_copy, name};
use super::facts::compare;
use super::news::Relation;
use super::reading::{A_DAY, SUPPORTING_WORDS};
use super::recall::Carrier;
use super::title::TELLING_HEADLINE;
use super::{Case, KeyKind, Known, KnownVersion, Reading, Ruling};
use crate::text::fold;

/// Two sites show one release within this; of one issuer, within a day.
const AT_ONCE: TimeDelta = TimeDelta::hours(1);

pub(super) fn decide(case: &Case<'_>) -> Option<Ruling> {
    with_text(case).or_else(|| alone(case))
}

fn with_text(case: &Case<'_>) -> Option<Ruling> {
    let (reading, recall) = (case.reading, case.recall);
    recall.find(reading, KeyKind::Headline).find_map(|known| {
        known
            .versions
            .iter()
            .rev()
            .filter(|v| v.headline.clean == reading.headline.clean)
            .find_map(|version| {
                if !may_be_copy(reading, known, version, recall.window()) {
                    return None;
                }
                let what = match reading.news.relation(&version.news) {
                    Relation::Same => "the same text as",
                    Relation::Cut => "a cut of",
                    Relation::Fuller if goes_on_otherwise(reading, version) => return None,
                    Relation::Fuller => "a fuller text of",
                    Relation::Other => return None,
                };
                (reading.shorter_words(version) >= SUPPORTING_WORDS).then(|| {
                    duplicate(known, format!("the same headline and {what} {}", name(version, known))).at(version)
                })
            })
    })
}

/// Both are fuller than the text that they have in common, and differ: no bridge between two notices. What differs is left to the stages
/// that compare.
fn goes_on_otherwise(reading: &Reading<'_>, version: &KnownVersion) -> bool {
    version
        .fullest
        .as_ref()
        .is_some_and(|fullest| reading.news.relation(fullest) == Relation::Other)
}

/// An item that is nothing but a headline, on another source: one release and no other may be meant.
fn alone(case: &Case<'_>) -> Option<Ruling> {
    let (reading, recall) = (case.reading, case.recall);
    if reading.headline.title.words() < TELLING_HEADLINE {
        return None;
    }
    let mut meant = recall
        .find(reading, KeyKind::Headline)
        .filter(|known| known.carrier == Carrier::Others)
        .filter_map(|known| Some((known, meant(reading, known)?)));
    let (known, version) = meant.next()?;
    if meant.next().is_some_and(|(other, _)| other.article != known.article) {
        return None;
    }
    let why = format!(
        "the same headline at the same time as {}, and no text that could tell",
        name(version, known)
    );
    may_be_copy(reading, known, version, recall.window()).then(|| duplicate(known, why).at(version))
}

fn meant<'k>(reading: &Reading<'_>, known: &'k Known) -> Option<&'k KnownVersion> {
    let issuers = reading.draft.issuer.as_deref().zip(known.issuer.as_deref());
    let reach = match issuers {
        Some((a, b)) if fold(a) == fold(b) => A_DAY,
        Some(_) => return None,
        None => AT_ONCE,
    };
    let told = reading.draft.published.is_some();
    let mut versions = known.versions.iter().rev();
    versions.find(|version| {
        told && version.published.is_some()
            && version.headline.clean == reading.headline.clean
            && apart(reading, version) <= reach
            && reading.shorter_words(version) < SUPPORTING_WORDS
            // A few words may say the opposite.
            && compare(&reading.news, &version.news).facts() == 0
    })
}
