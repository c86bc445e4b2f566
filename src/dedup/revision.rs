//! A release that says what it does to an earlier one, and the release that it means.
//!
//! A wire gives a correction a new number and no machine link to the old one, so the target is found by what the notice
//! says: the headline that it quotes, or its own without the mark, on the same wire or by the same issuer, not long ago
//! (Business Wire `CORRECTING and REPLACING H`, GlobeNewswire `CORRECTION - H`). A PR Newswire notice
//! that names only the company stays on its own: a wrong target is worse than none.

use std::cmp::Reverse;
use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::compare::{Languages, duplicate, languages, name};
use super::reading::Relation;
use super::recall::Carrier;
use super::{KeyKind, Known, KnownVersion, Reading, Recall, Ruling};
use crate::article::{Kind, Revision, Verdict};
use crate::text::fold;

/// Share of five-word runs in common from which "UPDATE: H" is the text of H with a clause changed, not new facts under
/// the same headline (measured on real pairs: rescheduled events lie below, mended ones above).
const ONE_TEXT: f64 = 0.7;
const RUN_WORDS: usize = 5;

pub(super) fn decide(reading: &Reading<'_>, recall: &Recall) -> Option<Ruling> {
    let revision = reading.draft.revision.as_ref()?;
    match revision.kind {
        Kind::Correction | Kind::Replacement => replace(reading, target(reading, revision, recall)?),
        Kind::Retraction => Some(match target(reading, revision, recall) {
            Some(known) => withdraw(reading, known),
            None => Ruling {
                verdict: Verdict::New,
                of: None,
                why: "withdraws a release, target not found: kept as its own article".to_owned(),
            },
        }),
        // Their text must be that of the target, so it tells which of several is meant.
        Kind::Update | Kind::Addition => candidates(reading, revision, recall)
            .iter()
            .find_map(|(_, known)| refresh(reading, known)),
        Kind::Repeat => candidates(reading, revision, recall)
            .iter()
            .find_map(|(_, known)| repeat(reading, known)),
        // They speak of another release and leave it as it is.
        Kind::Release | Kind::Clarification | Kind::Advisory | Kind::Reminder => None,
    }
}

fn replace(reading: &Reading<'_>, known: &Known) -> Option<Ruling> {
    let newest = known.newest()?;
    let told = known.versions.iter().rev().find(|v| {
        matches!(v.kind, Kind::Correction | Kind::Replacement)
            && matches!(reading.news.relation(&v.news), Relation::Same | Relation::Cut)
    });
    Some(match told {
        Some(version) => duplicate(
            known,
            format!("the correction that is {} already", name(version, known)),
        ),
        None => Ruling {
            verdict: Verdict::Correction,
            of: Some(known.article),
            why: format!("{} of \u{201c}{}\u{201d}", reading.draft.kind, newest.headline_shown),
        },
    })
}

fn withdraw(reading: &Reading<'_>, known: &Known) -> Ruling {
    match known.newest() {
        Some(newest) if newest.kind == Kind::Retraction => {
            duplicate(known, "the release is withdrawn already".to_owned())
        }
        newest => Ruling {
            verdict: Verdict::Withdrawal,
            of: Some(known.article),
            why: format!(
                "{} of \u{201c}{}\u{201d}",
                reading.draft.kind,
                newest.map(|v| v.headline_shown.as_str()).unwrap_or_default()
            ),
        },
    }
}

fn refresh(reading: &Reading<'_>, known: &Known) -> Option<Ruling> {
    let newest = known.newest()?;
    let alike = alike(reading, newest);
    match reading.news.relation(&newest.news) {
        Relation::Same | Relation::Cut => Some(duplicate(
            known,
            format!("{} without a change of text", reading.draft.kind),
        )),
        Relation::Fuller => Some(announced(reading, known, "adds to the text")),
        Relation::Other if alike >= ONE_TEXT => Some(announced(
            reading,
            known,
            &format!("{:.0} % of its five-word runs are the same", alike * 100.0),
        )),
        Relation::Other => None,
    }
}

fn announced(reading: &Reading<'_>, known: &Known, what: &str) -> Ruling {
    Ruling {
        verdict: Verdict::Correction,
        of: Some(known.article),
        why: format!("{} of the same headline: {what}", reading.draft.kind),
    }
}

fn repeat(reading: &Reading<'_>, known: &Known) -> Option<Ruling> {
    let version = known.versions.iter().rev().find(|v| {
        matches!(
            reading.news.relation(&v.news),
            Relation::Same | Relation::Cut | Relation::Fuller
        )
    })?;
    Some(duplicate(known, format!("sent again: {}", name(version, known))))
}

/// The one release that is meant, or none: never a guess between two.
fn target<'r>(reading: &'r Reading<'_>, revision: &Revision, recall: &'r Recall) -> Option<&'r Known> {
    match candidates(reading, revision, recall).as_slice() {
        [] => None,
        [(_, only)] => Some(only),
        // Two of the same headline: the date or the issuer must say which; of one issuer's, the latest is meant.
        [(first, known), ..] if first.date_named || first.issuer_same => Some(known),
        [..] => None,
    }
}

/// Releases that the notice may speak of, the likeliest first.
fn candidates<'r>(reading: &'r Reading<'_>, revision: &Revision, recall: &'r Recall) -> Vec<(Evidence, &'r Known)> {
    let mut seen = HashSet::new();
    let mut candidates: Vec<(Evidence, &Known)> = recall
        .find(reading, KeyKind::Headline)
        .chain(recall.find(reading, KeyKind::Url).filter(|_| reading.owns_its_url()))
        .filter(|known| seen.insert(known.article))
        .filter(|known| languages(reading, known) == Languages::Compatible)
        .filter_map(|known| evidence(reading, revision, known, recall.window()).map(|evidence| (evidence, known)))
        .collect();
    candidates.sort_by_key(|(evidence, known)| Reverse((*evidence, known.article)));
    candidates
}

/// What speaks for a candidate, weightiest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Evidence {
    date_named: bool,
    issuer_same: bool,
    issued: DateTime<Utc>,
}

fn evidence(reading: &Reading<'_>, revision: &Revision, known: &Known, window: TimeDelta) -> Option<Evidence> {
    let original = known.versions.first()?;
    let issued = original.published.unwrap_or(original.received);
    let noticed = reading.draft.published.unwrap_or(reading.draft.received);
    // Clocks of two wires differ a little; a notice does not speak of the future.
    if issued - noticed > TimeDelta::hours(1) || noticed - issued > window {
        return None;
    }
    let issuers = (
        reading.draft.issuer.as_deref().map(fold),
        known.issuer.as_deref().map(fold),
    );
    let issuer_same = match &issuers {
        (Some(a), Some(b)) if a == b => true,
        (Some(_), Some(_)) => return None,
        (None, _) | (_, None) => false,
    };
    let same_wire = reading.draft.wire.as_deref().is_some_and(|wire| known.is_on(wire));
    if !(same_wire || issuer_same || known.carrier == Carrier::ThisSource) {
        return None;
    }
    let date_named = revision
        .target_date
        .is_some_and(|day| (issued.date_naive() - day).abs() <= TimeDelta::days(1));
    Some(Evidence {
        date_named,
        issuer_same,
        issued,
    })
}

/// Share of five-word runs that two texts have in common (Jaccard).
fn alike(reading: &Reading<'_>, version: &KnownVersion) -> f64 {
    let a = runs(reading.news.folded());
    let b = runs(version.news.folded());
    let common = a.intersection(&b).count();
    let all = a.len() + b.len() - common;
    if all == 0 { 0.0 } else { common as f64 / all as f64 }
}

fn runs(folded: &str) -> HashSet<Vec<&str>> {
    let words: Vec<&str> = folded.split(' ').collect();
    words.windows(RUN_WORDS).map(<[&str]>::to_vec).collect()
}
