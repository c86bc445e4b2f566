//! The same page.
//!
//! A page that several items of a document link to, or a site's front page, tells a release only together with its
//! headline and a like text; items of one headline that the source shows side by side there are two all the same. Within
//! one source, another guid and another headline on one page are another release, unless time of issue and text are the same.

use super::compare::{
    Content, Languages, content, duplicate, figures_contradict, is_another_item, is_newest, is_next_issue,
    is_notice_of, is_unlike, languages, name, version_of,
};
use super::name::address;
use super::news::Relation;
use super::reading::SUPPORTING_WORDS;
use super::recall::Carrier;
use super::{Case, KeyKind, Known, Reading, Recall, Ruling};

pub(super) fn decide(case: &Case<'_>) -> Option<Ruling> {
    let (reading, recall) = (case.reading, case.recall);
    recall
        .find(reading, KeyKind::Url)
        .filter(|known| languages(reading, known) == Languages::Compatible)
        .filter(|known| {
            reading.owns_its_url() || known.carrier == Carrier::Others || !is_another_item(reading, known, recall)
        })
        .find_map(|known| same_page(reading, known).or_else(|| another_headline(reading, known, recall)))
        .or_else(|| moved(reading, recall))
}

/// A feed that makes new guids, and a headline that was mended: what this source showed on this page, of one instant and with one text.
fn another_headline(reading: &Reading<'_>, known: &Known, recall: &Recall) -> Option<Ruling> {
    let newest = known.newest()?;
    let ours = reading.owns_its_url() && known.carrier == Carrier::ThisSource;
    let one_text = reading.is_of_one_instant(newest)
        && reading.shorter_words(newest) >= SUPPORTING_WORDS
        && reading.news.relation(&newest.news) == Relation::Same;
    let headline = reading.draft.headline.as_deref().unwrap_or_default();
    let other = figures_contradict(headline, &newest.headline.shown) || known.is_shown_beside(reading, recall);
    (ours && one_text && !other).then(|| {
        version_of(
            reading,
            known,
            "same page, time of issue and text of the same source with another headline".to_owned(),
        )
    })
}

/// A site that moved: the same headline and text under the same path of another host, and the old item is gone from the
/// document. Items that are nothing but a title must have been issued at one instant.
fn moved(reading: &Reading<'_>, recall: &Recall) -> Option<Ruling> {
    if !reading.owns_its_url() {
        return None;
    }
    let path = path(address(reading.draft.url.as_deref()?))?;
    recall
        .find(reading, KeyKind::Headline)
        .filter(|known| known.carrier == Carrier::ThisSource && known.page().and_then(self::path) == Some(path))
        .filter(|known| !is_another_item(reading, known, recall))
        .find_map(|known| match content(reading, known) {
            Content::Equal(version) | Content::Cut(version) | Content::Fuller(version) => {
                let told = reading.shorter_words(version) >= SUPPORTING_WORDS || reading.is_of_one_instant(version);
                told.then(|| {
                    duplicate(
                        known,
                        format!("same headline and path on another host, shows {}", name(version, known)),
                    )
                    .at(version)
                })
            }
            Content::Changed => None,
        })
}

/// `news/1?lang=en` of `acme.example/news/1?lang=en`.
fn path(address: &str) -> Option<&str> {
    address.split_once('/').map(|(_, path)| path)
}

fn same_page(reading: &Reading<'_>, known: &Known) -> Option<Ruling> {
    let ours = known.carrier == Carrier::ThisSource;
    let same_headline = known
        .versions
        .iter()
        .any(|v| v.headline.clean == reading.headline.clean);
    if ours && !same_headline {
        return None;
    }
    match content(reading, known) {
        Content::Equal(version) => {
            Some(duplicate(known, format!("same page, shows {}", name(version, known))).at(version))
        }
        Content::Cut(version) | Content::Fuller(version) if is_notice_of(reading, version) => None,
        Content::Cut(version) => {
            Some(duplicate(known, format!("same page, a cut of {}", name(version, known))).at(version))
        }
        Content::Fuller(version) if ours && reading.owns_its_url() && is_newest(version, known) => Some(version_of(
            reading,
            known,
            format!(
                "same page of the same source with a fuller text than version {}",
                version.number
            ),
        )),
        Content::Fuller(version) => {
            Some(duplicate(known, format!("same page, a fuller text of {}", name(version, known))).at(version))
        }
        Content::Changed if !reading.owns_its_url() => None,
        Content::Changed if known.newest().is_some_and(|v| is_notice_of(reading, v)) => None,
        Content::Changed if ours && is_next_issue(reading, known) => None,
        Content::Changed if ours => Some(version_of(
            reading,
            known,
            "same page of the same source with another text".to_owned(),
        )),
        // Two sources may link the news of two releases to one page.
        Content::Changed if is_unlike(reading, known) || is_next_issue(reading, known) => None,
        Content::Changed => Some(duplicate(
            known,
            "same page; the text differs, but another source makes no version unless it announces one".to_owned(),
        )),
    }
}
