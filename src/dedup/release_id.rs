//! The wire's own number for the release, in the same language: list feeds of one wire overlap.
//!
//! The number of a copy on another wire leads to the article as well, but only the wire that brought the article makes
//! versions of it.

use super::compare::{Content, Languages, content, duplicate, is_newest, languages, name, version_of};
use super::identity::what_changed;
use super::{Case, KeyKind, Known, Reading, Ruling, is_notice};

pub(super) fn decide(case: &Case<'_>) -> Option<Ruling> {
    let (reading, recall) = (case.reading, case.recall);
    let release = reading.release()?;
    let known = recall
        .find(reading, KeyKind::Release)
        .find(|known| languages(reading, known) == Languages::Compatible)?;
    let own = known.versions.iter().any(|v| v.release.as_ref() == Some(&release));
    Some(match content(reading, known) {
        Content::Equal(version) => {
            duplicate(known, format!("release {release} as in {}", name(version, known))).at(version)
        }
        Content::Cut(version) => {
            duplicate(known, format!("release {release}, a cut of {}", name(version, known))).at(version)
        }
        Content::Fuller(version) if own && is_newest(version, known) => version_of(
            reading,
            known,
            format!("release {release} with a fuller text than version {}", version.number),
        ),
        Content::Fuller(version) => duplicate(
            known,
            format!("release {release}, a fuller text of {}", name(version, known)),
        )
        .at(version),
        Content::Changed if is_abstract(reading, known) => {
            duplicate(known, format!("release {release}, an abstract of its text"))
        }
        Content::Changed if !own && !is_notice(reading.draft.kind) => {
            duplicate(known, format!("release {release}, a copy whose text differs"))
        }
        Content::Changed => version_of(
            reading,
            known,
            format!("release {release} with {}", what_changed(reading, known)),
        ),
    })
}

/// Some list feeds carry the sub-headline or a digest where others carry the text: no reason to give the text up.
fn is_abstract(reading: &Reading<'_>, known: &Known) -> bool {
    known
        .newest()
        .is_some_and(|v| v.headline.folded == reading.headline.folded && reading.news.words() * 2 < v.news.words())
}
