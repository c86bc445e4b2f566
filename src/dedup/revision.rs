//! A release that says what it does to an earlier one, and the release that it means.
//!
//! A wire gives a correction a new number and no machine link to the old one, so the target is found by what the notice
//! says: the headline that it quotes, or its own without the mark, on the same wire or by the same issuer, not long ago
//! (Business Wire `CORRECTING and REPLACING H`, GlobeNewswire `CORRECTION - H`); and by its text, which is that of the target with a fact or
//! two changed, whatever became of the headline. A PR Newswire notice that names only the company stays on its own: a wrong
//! target is worse than none.
//!
//! Feeds are late, and list feeds differ: the release that a notice speaks of may come after it, and then joins it.

use std::cmp::Reverse;
use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::alike::{Alike, Likeness, NOTICE_REACH, apart};
use super::compare::{Languages, SLOWER, duplicate, is_before_notice, is_next_notice, languages, name};
use super::near::shown;
use super::news::Relation;
use super::periodic::is_periodic;
use super::recall::Carrier;
use super::{Case, KeyKind, Known, KnownVersion, Reading, Ruling, is_marked, is_notice};
use crate::article::{Kind, Revision, Verdict};
use crate::text::fold;

/// Share of words in common from which "UPDATE: H" is the text of H with a clause changed, not new facts under the same headline (measured on
/// real pairs: rescheduled events lie below, mended ones above).
const ONE_TEXT: f64 = 0.7;

/// Clocks of two wires differ a little; a notice does not speak of the future, but for a copy of what it mends that a slower wire carries.
const CLOCKS: TimeDelta = TimeDelta::hours(1);

/// A release that comes after its notice is no older than this: next week's has the same headline.
const LATE: TimeDelta = TimeDelta::days(3);

pub(super) fn decide(case: &Case<'_>) -> Option<Ruling> {
    let draft = case.reading.draft;
    match &draft.revision {
        Some(revision) if is_marked(draft.kind) || draft.kind == Kind::Repeat => notice(case, revision),
        Some(_) | None => late(case),
    }
}

fn notice(case: &Case<'_>, revision: &Revision) -> Option<Ruling> {
    let reading = case.reading;
    if let Some(copy) = copy_of_notice(case) {
        let what = format!(
            "the notice that is {} already: {}",
            name(copy.version, copy.known),
            shown(copy)
        );
        return Some(duplicate(copy.known, what).at(copy.version).against(copy));
    }
    match revision.kind {
        Kind::Correction | Kind::Replacement => replace(reading, &target(case, revision)?),
        Kind::Retraction => Some(match target(case, revision) {
            Some(target) => withdraw(reading, target.known),
            None => Ruling {
                verdict: Verdict::New,
                of: None,
                version: None,
                why: "withdraws a release, target not found: kept as its own article".to_owned(),
                late: false,
                against: None,
            },
        }),
        // Their text must be that of the target, so it tells which of several is meant.
        Kind::Update | Kind::Addition => candidates(case, revision)
            .iter()
            .find_map(|target| refresh(reading, target)),
        Kind::Repeat => candidates(case, revision)
            .iter()
            .find_map(|target| repeat(reading, target.known)),
        // They speak of another release and leave it as it is.
        Kind::Release | Kind::Clarification | Kind::Advisory | Kind::Reminder => None,
    }
}

/// The same notice on another wire.
fn copy_of_notice<'c>(case: &'c Case<'_>) -> Option<&'c Alike<'c>> {
    let copies = case.alike().iter().filter(|alike| alike.likeness == Likeness::Copy);
    copies
        .filter(|alike| is_marked(alike.version.kind) && is_marked(case.reading.draft.kind))
        .filter(|alike| !is_next_notice(case.reading, alike.known, alike.version))
        // The second update of a story is like the first, with a word or a passage more.
        .filter(|alike| alike.comparison.is_unedited() && !adds(case.reading, alike))
        .max_by(|a, b| a.score.total_cmp(&b.score))
}

fn adds(reading: &Reading<'_>, alike: &Alike<'_>) -> bool {
    const WHOLE: f64 = 0.9;
    let is_longer = reading.news.news().len() > alike.comparison.words;
    is_longer && alike.comparison.coverage_longer < WHOLE
}

fn replace(reading: &Reading<'_>, target: &Target<'_>) -> Option<Ruling> {
    let known = target.known;
    let newest = known.newest()?;
    let told = known
        .versions
        .iter()
        .rev()
        .filter(|v| !is_next_notice(reading, known, v))
        .find(|v| is_marked(v.kind) && matches!(reading.news.relation(&v.news), Relation::Same | Relation::Cut));
    Some(match told {
        Some(version) => duplicate(
            known,
            format!("the correction that is {} already", name(version, known)),
        )
        .at(version),
        None => {
            let why = format!("{} of \u{201c}{}\u{201d}", reading.draft.kind, newest.headline.shown);
            let ruling = target.ruling(Verdict::Correction, why);
            let times = reading.draft.published.zip(newest.published);
            let is_withdrawn_since = newest.kind == Kind::Retraction && times.is_some_and(|(new, gone)| new < gone);
            if is_withdrawn_since { ruling.late() } else { ruling }
        }
    })
}

fn withdraw(reading: &Reading<'_>, known: &Known) -> Ruling {
    match known.newest() {
        Some(newest) if newest.kind == Kind::Retraction => {
            duplicate(known, "the release is withdrawn already".to_owned())
        }
        newest => Ruling::of(
            Verdict::Withdrawal,
            known,
            format!(
                "{} of \u{201c}{}\u{201d}",
                reading.draft.kind,
                newest.map(|v| v.headline.shown.as_str()).unwrap_or_default()
            ),
        ),
    }
}

fn refresh(reading: &Reading<'_>, target: &Target<'_>) -> Option<Ruling> {
    let known = target.known;
    let newest = known.newest()?;
    let one_text = target.alike.filter(|alike| {
        let c = &alike.comparison;
        alike.likeness == Likeness::Noticed && c.coverage >= ONE_TEXT && c.coverage_longer >= ONE_TEXT
    });
    match (reading.news.relation(&newest.news), one_text) {
        (Relation::Same | Relation::Cut, _) => {
            Some(duplicate(known, format!("{} without a change of text", reading.draft.kind)).at(newest))
        }
        (Relation::Fuller, _) => Some(target.ruling(
            Verdict::Correction,
            format!("{} that adds to the text", reading.draft.kind),
        )),
        (Relation::Other, Some(alike)) => Some(target.ruling(
            Verdict::Correction,
            format!("{} of the same text: {}", reading.draft.kind, shown(alike)),
        )),
        (Relation::Other, None) => None,
    }
}

fn repeat(reading: &Reading<'_>, known: &Known) -> Option<Ruling> {
    let version = known.versions.iter().rev().find(|v| {
        matches!(
            reading.news.relation(&v.news),
            Relation::Same | Relation::Cut | Relation::Fuller
        )
    })?;
    Some(duplicate(known, format!("sent again: {}", name(version, known))).at(version))
}

/// A release that a notice may speak of.
struct Target<'c> {
    known: &'c Known,
    evidence: Evidence,
    /// Its text beside that of the notice, where they are of one release.
    alike: Option<&'c Alike<'c>>,
}

impl Target<'_> {
    fn ruling(&self, verdict: Verdict, why: String) -> Ruling {
        let ruling = Ruling::of(verdict, self.known, why);
        match self.alike {
            Some(alike) => ruling.against(alike),
            None => ruling,
        }
    }
}

/// What speaks for a candidate, weightiest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Evidence {
    date_named: bool,
    /// Its text is that of the notice, with so many facts changed.
    one_text: Option<Reverse<usize>>,
    issuer_same: bool,
    /// Its own wire carried it.
    same_wire: bool,
    issued: DateTime<Utc>,
}

impl Evidence {
    /// Does it say which of two is meant? Of one issuer's, that of the notice's wire is, or the latest.
    fn outweighs(self, other: Self) -> bool {
        (self.date_named && !other.date_named) || self.one_text > other.one_text || self.issuer_same
    }
}

/// The one release that is meant, or none: never a guess between two.
fn target<'c>(case: &'c Case<'_>, revision: &Revision) -> Option<Target<'c>> {
    let mut candidates = candidates(case, revision).into_iter();
    let first = candidates.next()?;
    match candidates.next() {
        Some(second) => first.evidence.outweighs(second.evidence).then_some(first),
        None => Some(first),
    }
}

/// Releases that the notice may speak of, the likeliest first.
fn candidates<'c>(case: &'c Case<'_>, revision: &Revision) -> Vec<Target<'c>> {
    let (reading, recall) = (case.reading, case.recall);
    let mut seen = HashSet::new();
    let noticed = || case.alike().iter().filter(|alike| alike.likeness == Likeness::Noticed);
    let mut targets: Vec<Target<'_>> = recall
        .find(reading, KeyKind::Headline)
        .chain(recall.find(reading, KeyKind::Url).filter(|_| reading.owns_its_url()))
        .chain(noticed().map(|alike| alike.known))
        .filter(|known| seen.insert(known.article))
        .filter_map(|known| {
            let of_known = noticed().filter(|alike| alike.known.article == known.article);
            let alike = of_known.max_by(|a, b| a.score.total_cmp(&b.score));
            if alike.is_none() && languages(reading, known) == Languages::Different {
                return None;
            }
            let evidence = evidence(reading, revision, known, alike, recall.window())?;
            Some(Target { known, evidence, alike })
        })
        .collect();
    targets.sort_by_key(|target| Reverse((target.evidence, target.known.article)));
    targets
}

fn evidence(
    reading: &Reading<'_>,
    revision: &Revision,
    known: &Known,
    alike: Option<&Alike<'_>>,
    window: TimeDelta,
) -> Option<Evidence> {
    let read_first = known.versions.first()?;
    let read_first = read_first.published.unwrap_or(read_first.received);
    let issued = known
        .published
        .map_or(read_first, |published| published.min(read_first));
    let noticed = reading.draft.published.unwrap_or(reading.draft.received);
    let is_later = issued - noticed > CLOCKS
        && !alike.is_some_and(|alike| is_slower(reading, alike) && !alike.comparison.is_unedited());
    // A source that makes its articles older than they are takes nothing from a notice.
    if is_later || noticed - read_first > window.min(NOTICE_REACH) {
        return None;
    }
    let issuer_same = match issuers(reading, known) {
        Issuers::Same => true,
        // Two readings of one text may name two parties of it.
        Issuers::Different if alike.is_none() => return None,
        Issuers::Different | Issuers::Unknown => false,
    };
    let same_wire = known.is_on_wire_of(reading);
    if !(same_wire || issuer_same || known.carrier == Carrier::ThisSource || alike.is_some()) {
        return None;
    }
    let date_named = revision.target_date.is_some_and(|day| {
        [issued, read_first]
            .iter()
            .any(|at| (at.date_naive() - day).abs() <= TimeDelta::days(1))
    });
    Some(Evidence {
        date_named,
        one_text: alike.map(|alike| Reverse(alike.comparison.facts())),
        issuer_same,
        same_wire,
        issued,
    })
}

/// How the issuers of two releases stand to each other.
enum Issuers {
    Same,
    Different,
    Unknown,
}

fn issuers(reading: &Reading<'_>, known: &Known) -> Issuers {
    match (&reading.draft.issuer, &known.issuer) {
        (Some(a), Some(b)) if fold(a) == fold(b) => Issuers::Same,
        (Some(_), Some(_)) => Issuers::Different,
        (None, _) | (_, None) => Issuers::Unknown,
    }
}

/// A release that comes after the notice that speaks of it, or a copy of it on a slower wire: all that is known of it are notices.
fn late(case: &Case<'_>) -> Option<Ruling> {
    let (reading, recall) = (case.reading, case.recall);
    let named: HashSet<i64> = recall
        .find(reading, KeyKind::Headline)
        .map(|known| known.article)
        .collect();
    let mut seen = HashSet::new();
    let mut notices = recall
        .find(reading, KeyKind::Headline)
        .chain(case.alike().iter().map(|alike| alike.known))
        .filter(|known| seen.insert(known.article))
        .filter(|known| known.versions.iter().all(|v| is_marked(v.kind)))
        .filter_map(|known| {
            let notice = known.versions.first()?;
            let alike = unmended(case, known);
            // An update is told by its text alone: newer facts have the same headline.
            let is_named =
                || is_notice(notice.kind) && named.contains(&known.article) && is_named(reading, known, notice);
            (alike.is_some() || is_named()).then_some((known, notice, alike))
        });
    let (known, notice, alike) = notices.next()?;
    if notices.next().is_some() {
        return None;
    }
    let why = format!(
        "the release that version {} ({}) speaks of, later than its notice",
        notice.number, notice.kind
    );
    let ruling = Ruling::of(Verdict::Revised, known, why).at(notice).late();
    Some(match alike {
        Some(alike) => ruling.against(alike),
        None => ruling,
    })
}

/// The text of a notice as it was before: a word of its news differs, or of its boilerplate where it is older; and it is of the same days.
fn unmended<'c>(case: &'c Case<'_>, known: &Known) -> Option<&'c Alike<'c>> {
    case.alike().iter().find(|alike| {
        alike.known.article == known.article
            && matches!(alike.likeness, Likeness::Noticed | Likeness::Copy)
            && is_other_text(case.reading, alike)
            && apart(case.reading, alike.version) <= LATE
    })
}

fn is_other_text(reading: &Reading<'_>, alike: &Alike<'_>) -> bool {
    let times = reading.draft.published.zip(alike.version.published);
    let older = times.is_some_and(|(release, notice)| release < notice);
    ((older || is_slower(reading, alike)) && !alike.comparison.is_unedited())
        || (older && reading.news.relation(&alike.version.news) == Relation::Other)
        || is_before_notice(reading, alike.known, alike.version)
}

/// One of the two may be of a slower wire, which is hours behind: what comes a day after a notice is the next of its kind.
fn is_slower(reading: &Reading<'_>, alike: &Alike<'_>) -> bool {
    apart(reading, alike.version) <= SLOWER && !is_periodic(reading)
}

/// The notice speaks of this headline of the same issuer or wire, and came after it.
fn is_named(reading: &Reading<'_>, known: &Known, notice: &KnownVersion) -> bool {
    let times = reading.draft.published.zip(notice.published);
    let before = times.is_some_and(|(release, notice)| release <= notice + CLOCKS && notice - release <= LATE);
    let one_wire = || known.is_on_wire_of(reading);
    let told = match issuers(reading, known) {
        Issuers::Same => true,
        Issuers::Different => false,
        Issuers::Unknown => one_wire() || known.carrier == Carrier::ThisSource,
    };
    before && told && languages(reading, known) == Languages::Compatible && !reading.headline.clean.is_empty()
}
