//! The same source shows an item under a name that it showed before.
//!
//! Feeds re-show an item on every poll, change it silently, and flip between two states when two servers of one wire
//! are not in step; some give one guid to two releases, some lose their guids for a day. Only a lasting change makes a
//! version.

use std::cmp::Ordering;

use chrono::TimeDelta;

use super::compare::{
    Content, content, is_another_day, is_another_item, is_newest, is_next_issue, is_unlike, name, seen, version_of,
};
use super::facts::compare_whole;
use super::name::{Name, NameKind, Trust, address};
use super::news::Relation;
use super::reading::SUPPORTING_WORDS;
use super::recall::{Carrier, RECALL_LIMIT};
use super::{Case, Known, KnownVersion, Reading, Recall, Ruling, Shown, is_notice};
use crate::article::Verdict;

/// Servers of one wire may be out of step for this long; a return to an earlier text after it is meant.
const SETTLED_AFTER: TimeDelta = TimeDelta::hours(1);

pub(super) fn decide(case: &Case<'_>) -> Option<Ruling> {
    let (reading, recall) = (case.reading, case.recall);
    (0..reading.names.len()).find_map(|at| by_name(reading, recall, at))
}

/// Is the item one that this source shows again as it was? Then [`decide`] says so by its strongest name alone, and nobody need look for what is
/// like it. `called`: the articles of its source's items that had that name, with those items. No other item of the document may have it.
#[must_use]
pub(crate) fn is_shown_again(reading: &Reading<'_>, called: &[(i64, &Shown)]) -> bool {
    // A page's name bows to the wire's number, which only the article has.
    let telling = |name: &&Name| {
        let trusted = matches!(name.trust, Trust::Vouched | Trust::Alone);
        trusted && (name.kind == NameKind::Guid || (name.kind != NameKind::Content && reading.release().is_none()))
    };
    let one_owner = called.windows(2).all(|pair| matches!(pair, [a, b] if a.0 == b.0));
    let mut contents = called.iter().map(|(_, item)| &item.content_hash);
    reading.names.first().is_some_and(|name| telling(&name))
        && !reading.several_texts
        && one_owner
        && called.len() < RECALL_LIMIT
        && contents.any(|content| *content == reading.content_hash)
}

fn by_name(reading: &Reading<'_>, recall: &Recall, at: usize) -> Option<Ruling> {
    let name = reading.names.get(at)?;
    let ruling = ruling(reading, recall, at, name)?;
    Some(Ruling {
        why: format!("{}; known by {}", ruling.why, name.kind.shown()),
        ..ruling
    })
}

fn ruling(reading: &Reading<'_>, recall: &Recall, at: usize, name: &Name) -> Option<Ruling> {
    let mut shown: Vec<(&Known, &Shown)> = recall.shown_as(reading, at).collect();
    let weight = Weight::of(name, &shown);
    if weight == Weight::Some {
        shown.retain(|(known, _)| !is_another_item(reading, known, recall));
    }
    // One guid on two releases: the one that shows this very content is meant.
    let equal = shown.iter().find(|(_, item)| item.content_hash == reading.content_hash);
    if let Some((known, item)) = equal {
        return Some(lasting_return(reading, known, item).unwrap_or_else(|| same_again(reading, known)));
    }
    if let Some(ruling) = shown.iter().find_map(|(known, item)| unchanged(reading, known, item)) {
        return Some(ruling);
    }
    let same = |(known, _): &&(&Known, &Shown)| is_same_item(reading, known, name, weight);
    shown
        .iter()
        .find(same)
        .map(|(known, item)| changed(reading, known, item))
}

/// How much a name tells against all else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// The operator says so.
    All,
    /// It is the name of one article.
    Much,
    /// Its words are all that tells the item, the guids of the document are in doubt, or the source gave the name to several
    /// articles: nothing against another day, another headline, or another item of the document.
    Some,
}

impl Weight {
    fn of(name: &Name, shown: &[(&Known, &Shown)]) -> Self {
        let one_owner = shown
            .windows(2)
            .all(|pair| matches!(pair, [a, b] if a.0.article == b.0.article));
        match name.trust {
            Trust::Vouched if one_owner => Self::All,
            Trust::Alone if one_owner && name.kind != NameKind::Content => Self::Much,
            Trust::Vouched | Trust::Alone | Trust::WithHeadline | Trust::Kept => Self::Some,
        }
    }
}

/// A changed text under a known name: the same item, or another one to which the feed gave a name once more?
fn is_same_item(reading: &Reading<'_>, known: &Known, name: &Name, weight: Weight) -> bool {
    let same_headline = || {
        let mut versions = known.versions.iter();
        versions.any(|v| reading.has_headline_of(&v.headline.folded, &v.headline.clean))
    };
    let may_be_reused = name.may_move() || weight == Weight::Some;
    match weight {
        Weight::All => true,
        Weight::Much | Weight::Some if may_be_reused && is_next_issue(reading, known) => false,
        Weight::Much => same_headline() || is_likely(reading, known, name),
        Weight::Some => same_headline() || known.newest().is_some_and(|newest| is_one_text(reading, newest)),
    }
}

/// A guid alone is not trusted: the page must agree as well, or the text; where nothing more is known, the day. A place may show
/// one release after the other, so something of what it shows must stay.
fn is_likely(reading: &Reading<'_>, known: &Known, name: &Name) -> bool {
    if name.may_move() && is_unlike(reading, known) {
        return false;
    }
    let page = reading.owns_its_url().then_some(reading.draft.url.as_deref()).flatten();
    let pages = page.map(address).zip(known.page());
    let one_page = match name.kind {
        NameKind::Guid => pages.map(|(new, old)| new == old),
        NameKind::Url | NameKind::Issue | NameKind::Content => None,
    };
    match one_page {
        Some(true) => true,
        Some(false) => known.newest().is_some_and(|newest| is_one_text(reading, newest)),
        None => !is_another_day(reading, known),
    }
}

/// Issued at one instant with one text: only headline and page were changed.
fn is_one_text(reading: &Reading<'_>, version: &KnownVersion) -> bool {
    reading.is_of_one_instant(version)
        && reading.shorter_words(version) >= SUPPORTING_WORDS
        && reading.news.relation(&version.news) != Relation::Other
}

/// The item went back to an earlier text after the newest version was made, and has shown it ever since: not two servers out of step.
fn lasting_return(reading: &Reading<'_>, known: &Known, item: &Shown) -> Option<Ruling> {
    let Content::Equal(version) = content(reading, known) else {
        return None;
    };
    // A release that came after its notice never was what the article showed.
    let newest = known
        .newest_own()
        .filter(|newest| newest.number != version.number && version.received <= newest.received)?;
    let went_back =
        item.content_since > newest.received && known.maker == Carrier::ThisSource && !reading.several_texts;
    let lasts = reading.draft.received - item.content_since > SETTLED_AFTER;
    (went_back && lasts).then(|| {
        version_of(
            reading,
            known,
            format!("went back to the text of version {} for good", version.number),
        )
    })
}

fn same_again(reading: &Reading<'_>, known: &Known) -> Ruling {
    let version = content(reading, known).version();
    let why = version.map_or_else(
        || "shows again what it showed last".to_owned(),
        |version| format!("shows {} again", name(version, known)),
    );
    match version {
        Some(version) => seen(known, why).at(version),
        None => seen(known, why),
    }
}

/// Content that the article has or had, or a shorter cut of it.
fn unchanged(reading: &Reading<'_>, known: &Known, item: &Shown) -> Option<Ruling> {
    match content(reading, known) {
        Content::Equal(version) if is_newest(version, known) => {
            Some(seen(known, format!("shows version {} unchanged", version.number)))
        }
        Content::Equal(version) => {
            // Who shows the text of a copy has not said it.
            let newest = known.newest_own()?;
            let showed_newest = item.content_hash == newest.content_hash
                && version.number != newest.number
                && version.received <= newest.received
                && !reading.several_texts;
            let settled = reading.draft.received - newest.received > SETTLED_AFTER;
            Some(if showed_newest && settled && !is_no_newer(reading, newest) {
                version_of(
                    reading,
                    known,
                    format!("went back to the text of version {}", version.number),
                )
            } else {
                seen(known, format!("shows {}", name(version, known))).at(version)
            })
        }
        Content::Cut(version) => Some(seen(known, format!("a shorter cut of {}", name(version, known))).at(version)),
        Content::Fuller(_) | Content::Changed => None,
    }
}

/// Does it say that it is no newer than a version? An earlier text that does may be an answer that a cache kept too long; it went back only
/// when the item goes on to show it.
fn is_no_newer(reading: &Reading<'_>, version: &KnownVersion) -> bool {
    let new = reading.draft.updated.max(reading.draft.published);
    let old = version.updated.max(version.published);
    new.zip(old).is_some_and(|(new, old)| new <= old)
}

fn changed(reading: &Reading<'_>, known: &Known, item: &Shown) -> Ruling {
    // A copy that another source first brought: its owner's text is the one we keep, unless this one is a correction. A source whose names
    // changed shows a copy of its own.
    let release = reading.release();
    let ours = release.is_some() && known.versions.iter().any(|v| v.release == release);
    let copy = item.first_verdict == Verdict::Duplicate && known.maker == Carrier::Others && !ours;
    if copy && !is_notice(reading.draft.kind) {
        return seen(
            known,
            "a copy changed; versions come from the wire that brought it first".to_owned(),
        );
    }
    match content(reading, known) {
        // What a notice has replaced is told no more, and kept all the same.
        Content::Fuller(version) if !is_newest(version, known) => {
            let why = format!("a fuller text of {}", name(version, known));
            match replaced(reading, known, item) {
                Some(_) => version_of(reading, known, why).late(),
                None => seen(known, why).at(version),
            }
        }
        Content::Fuller(version) => version_of(
            reading,
            known,
            format!("the same item with a fuller text than version {}", version.number),
        ),
        Content::Equal(_) | Content::Cut(_) | Content::Changed => match replaced(reading, known, item) {
            Some(version) => version_of(
                reading,
                known,
                format!("the same item with an edited text of {}", name(version, known)),
            )
            .late(),
            None => version_of(
                reading,
                known,
                format!("the same item with {}", what_changed(reading, known)),
            ),
        },
    }
}

/// The version that a notice has replaced since, where that is what the draft edits: an original goes on to be edited, and what was corrected or
/// withdrawn does not come back with it. An item that has shown the notice means what it says.
fn replaced<'k>(reading: &Reading<'_>, known: &'k Known, item: &Shown) -> Option<&'k KnownVersion> {
    let notice = known.versions.iter().rposition(|version| is_notice(version.kind))?;
    let (before, since) = known.versions.split_at(notice);
    let has_shown_it = since.iter().any(|version| version.content_hash == item.content_hash);
    if has_shown_it || is_notice(reading.draft.kind) {
        return None;
    }
    let nearest = |versions: &'k [KnownVersion]| {
        let apart = versions.iter().map(|version| (Apart::of(reading, version), version));
        apart.min_by(|(a, _), (b, _)| a.total_cmp(b))
    };
    let ((old, version), (new, _)) = nearest(before).zip(nearest(since))?;
    old.total_cmp(&new).is_lt().then_some(version)
}

/// How far a draft is from a version of its item.
struct Apart {
    facts: usize,
    has_another_headline: bool,
    text: f64,
}

impl Apart {
    fn of(reading: &Reading<'_>, version: &KnownVersion) -> Self {
        let whole = compare_whole(&reading.news, &version.news);
        Self {
            facts: whole.facts(),
            has_another_headline: !reading.has_headline_of(&version.headline.folded, &version.headline.clean),
            text: 1.0 - whole.coverage_longer,
        }
    }

    fn total_cmp(&self, other: &Self) -> Ordering {
        let facts = self.facts.cmp(&other.facts);
        facts
            .then(self.has_another_headline.cmp(&other.has_another_headline))
            .then(self.text.total_cmp(&other.text))
    }
}

/// For a person: which part differs from the newest version.
pub(super) fn what_changed(reading: &Reading<'_>, known: &Known) -> &'static str {
    match known.newest() {
        Some(newest) if newest.headline.folded == reading.headline.folded => "another text",
        Some(newest) if newest.news.relation(&reading.news) == Relation::Same => "another headline",
        Some(_) | None => "another headline and text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Draft, SourceId};
    use chrono::DateTime;

    #[test]
    fn only_what_its_strongest_name_settles_is_shown_again() {
        let draft = Draft {
            headline: Some("Acme opens a plant".to_owned()),
            body_text: "Acme opened a plant today.".to_owned(),
            guid: Some("g-1".to_owned()),
            ..Draft::empty(SourceId::new("wire"), DateTime::UNIX_EPOCH)
        };
        let mere = Draft {
            guid: None,
            ..draft.clone()
        };
        let page = Draft {
            url: Some("https://acme.example/1".to_owned()),
            ..mere.clone()
        };
        let numbered = Draft {
            wire: Some("PR Newswire".to_owned()),
            release_id: Some("302".to_owned()),
            ..page.clone()
        };
        let doubted = |mut reading: Reading<'static>| {
            reading.names[0].trust = Trust::WithHeadline;
            reading
        };
        let several = |mut reading: Reading<'static>| {
            reading.several_texts = true;
            reading
        };
        let as_it_is = |reading: Reading<'static>| reading;
        type Change = fn(Reading<'static>) -> Reading<'static>;
        type Case<'c> = (&'c Draft, Change, &'c [(i64, bool)], bool);
        let cases: [Case<'_>; 10] = [
            (&draft, as_it_is, &[(1, true)], true),
            (&draft, as_it_is, &[(1, false), (1, true)], true),
            (&draft, as_it_is, &[], false),
            (&draft, as_it_is, &[(1, false)], false),
            (&draft, as_it_is, &[(1, true), (2, false)], false),
            (&draft, as_it_is, &[(1, true); RECALL_LIMIT], false),
            (&draft, doubted, &[(1, true)], false),
            (&draft, several, &[(1, true)], false),
            (&page, as_it_is, &[(1, true)], true),
            (&numbered, as_it_is, &[(1, true)], false),
        ];
        for (at, (draft, change, items, want)) in cases.into_iter().enumerate() {
            let reading = change(Reading::of(Box::leak(Box::new(draft.clone()))));
            let shown: Vec<(i64, Shown)> = items
                .iter()
                .map(|(article, is_same)| {
                    let content_hash = if *is_same {
                        reading.content_hash.as_str()
                    } else {
                        "1:other"
                    };
                    let shown = Shown {
                        item_key: reading.item_key().to_owned(),
                        names: Vec::new(),
                        content_hash: content_hash.to_owned(),
                        content_since: DateTime::UNIX_EPOCH,
                        first_verdict: Verdict::New,
                    };
                    (*article, shown)
                })
                .collect();
            let called: Vec<(i64, &Shown)> = shown.iter().map(|(article, shown)| (*article, shown)).collect();
            assert_eq!(is_shown_again(&reading, &called), want, "case {at}");
        }
        assert!(!is_shown_again(&Reading::of(&mere), &[]), "words alone");
    }
}
