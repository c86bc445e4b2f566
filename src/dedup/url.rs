//! The same page.
//!
//! A page that several items of a document link to, or a site's front page, tells a release only together with its
//! headline and a like text. Within one source, another guid and another headline on one page are another release.

use super::compare::{Content, Languages, content, duplicate, is_newest, is_notice_of, languages, name, version_of};
use super::recall::Carrier;
use super::{KeyKind, Known, Reading, Recall, Ruling};

pub(super) fn decide(reading: &Reading<'_>, recall: &Recall) -> Option<Ruling> {
    recall
        .find(reading, KeyKind::Url)
        .filter(|known| languages(reading, known) == Languages::Compatible)
        .find_map(|known| same_page(reading, known))
}

fn same_page(reading: &Reading<'_>, known: &Known) -> Option<Ruling> {
    let ours = known.carrier == Carrier::ThisSource;
    let same_headline = known
        .versions
        .iter()
        .any(|v| v.clean_headline == reading.clean_headline);
    if ours && !same_headline {
        return None;
    }
    match content(reading, known) {
        Content::Equal(version) => Some(duplicate(known, format!("same page, shows {}", name(version, known)))),
        Content::Cut(version) | Content::Fuller(version) if is_notice_of(reading, version) => None,
        Content::Cut(version) => Some(duplicate(
            known,
            format!("same page, a cut of {}", name(version, known)),
        )),
        Content::Fuller(version) if ours && reading.owns_its_url() && is_newest(version, known) => Some(version_of(
            reading,
            known,
            format!(
                "same page of the same source with a fuller text than version {}",
                version.number
            ),
        )),
        Content::Fuller(version) => Some(duplicate(
            known,
            format!("same page, a fuller text of {}", name(version, known)),
        )),
        Content::Changed if !reading.owns_its_url() => None,
        Content::Changed if known.newest().is_some_and(|v| is_notice_of(reading, v)) => None,
        Content::Changed if ours => Some(version_of(
            reading,
            known,
            "same page of the same source with another text".to_owned(),
        )),
        Content::Changed => Some(duplicate(
            known,
            "same page; the text differs, but another source makes no version unless it announces one".to_owned(),
        )),
    }
}
