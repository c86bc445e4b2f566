//! The same source shows an item under a name that it showed before.
//!
//! Feeds re-show an item on every poll, change it silently, and flip between two states when two servers of one wire
//! are not in step; some give one guid to two releases. Only a lasting change makes a version.

use chrono::TimeDelta;

use super::compare::{Content, content, is_newest, name, seen, version_of};
use super::{KeyKind, Known, Reading, Recall, Ruling, Shown, is_notice};
use crate::article::Verdict;

/// Servers of one wire may be out of step for this long; a return to an earlier text after it is meant.
const SETTLED_AFTER: TimeDelta = TimeDelta::hours(1);

pub(super) fn decide(reading: &Reading<'_>, recall: &Recall) -> Option<Ruling> {
    let shown = || {
        recall
            .find(reading, KeyKind::Item)
            .filter_map(|known| known.item(&reading.item_key).map(|item| (known, item)))
    };
    // One guid on two releases: the one that shows this very content is meant.
    if let Some((known, _)) = shown().find(|(_, item)| item.content_hash == reading.content_hash) {
        return Some(same_again(reading, known));
    }
    for (known, item) in shown() {
        if let Some(ruling) = unchanged(reading, known, item) {
            return Some(ruling);
        }
    }
    let (known, item) = shown().find(|(known, _)| is_same_thing(reading, known))?;
    Some(changed(reading, known, item))
}

/// A guid alone is not trusted: the page or the headline must agree as well; the headline, when the document gives the
/// guid to several items.
fn is_same_thing(reading: &Reading<'_>, known: &Known) -> bool {
    let same_page = match (&reading.draft.url, &known.url) {
        (Some(new), Some(old)) => new == old,
        (None, _) | (_, None) => true,
    };
    (same_page && !reading.shared_item)
        || known
            .versions
            .iter()
            .any(|v| v.headline == reading.headline || v.clean_headline == reading.clean_headline)
}

fn same_again(reading: &Reading<'_>, known: &Known) -> Ruling {
    let why = match content(reading, known) {
        Content::Equal(version) | Content::Cut(version) | Content::Fuller(version) => {
            format!("shows {} again", name(version, known))
        }
        Content::Changed => "shows again what it showed last".to_owned(),
    };
    seen(known, why)
}

/// Content that the article has or had, or a shorter cut of it.
fn unchanged(reading: &Reading<'_>, known: &Known, item: &Shown) -> Option<Ruling> {
    match content(reading, known) {
        Content::Equal(version) if is_newest(version, known) => {
            Some(seen(known, format!("shows version {} unchanged", version.number)))
        }
        Content::Equal(version) => {
            let newest = known.newest()?;
            let showed_newest = item.content_hash == newest.content_hash && !reading.shared_item;
            let settled = reading.draft.received - newest.received > SETTLED_AFTER;
            Some(if showed_newest && settled {
                version_of(
                    reading,
                    known,
                    format!("went back to the text of version {}", version.number),
                )
            } else {
                seen(known, format!("shows {}", name(version, known)))
            })
        }
        Content::Cut(version) => Some(seen(known, format!("a shorter cut of {}", name(version, known)))),
        Content::Fuller(_) | Content::Changed => None,
    }
}

fn changed(reading: &Reading<'_>, known: &Known, item: &Shown) -> Ruling {
    // A copy that another wire first brought: its owner's text is the one we keep, unless this one is a correction.
    let release = reading.release();
    let ours = release.is_some() && known.versions.iter().any(|v| v.release == release);
    let copy = item.first_verdict == Verdict::Duplicate && !ours;
    if copy && !is_notice(reading.draft.kind) {
        return seen(
            known,
            "a copy changed; versions come from the wire that brought it first".to_owned(),
        );
    }
    match content(reading, known) {
        Content::Fuller(version) if !is_newest(version, known) => {
            seen(known, format!("a fuller text of {}", name(version, known)))
        }
        Content::Fuller(version) => version_of(
            reading,
            known,
            format!("the same item with a fuller text than version {}", version.number),
        ),
        Content::Equal(_) | Content::Cut(_) | Content::Changed => version_of(
            reading,
            known,
            format!("the same item with {}", what_changed(reading, known)),
        ),
    }
}

/// For a person: which part differs from the newest version.
pub(super) fn what_changed(reading: &Reading<'_>, known: &Known) -> &'static str {
    match known.newest() {
        Some(newest) if newest.headline == reading.headline => "another text",
        Some(newest) if newest.news.folded() == reading.news.folded() => "another headline",
        Some(_) | None => "another headline and text",
    }
}
