//! Nearly the same text: cut, edited, in other typography, with other boilerplate, and no fact changed.

use super::alike::{Alike, Likeness};
use super::compare::{name, version_of};
use super::reading::SHORT_WORDS;
use super::recall::Carrier;
use super::{Case, Ruling, is_marked};
use crate::article::Verdict;

pub(super) fn decide(case: &Case<'_>) -> Option<Ruling> {
    let best = case.best().filter(|best| best.comparison.words >= SHORT_WORDS)?;
    Some(ruling(case, best))
}

/// What the likeliest look-alike makes of the draft.
pub(super) fn ruling(case: &Case<'_>, alike: &Alike<'_>) -> Ruling {
    let Alike { known, version, .. } = alike;
    let what = shown(alike);
    let is_newer = case.reading.draft.published >= version.published;
    // Who carries another's release and edits it makes no version of it.
    let is_ours = known.maker == Carrier::ThisSource || known.is_on_wire_of(case.reading);
    match alike.likeness {
        // An edited text that is older than the one that we have changes nothing.
        Likeness::Edited if is_newer && is_ours && !is_marked(version.kind) => version_of(
            case.reading,
            known,
            format!("{} sent again with edited words: {what}", name(version, known)),
        )
        .against(alike),
        Likeness::Copy | Likeness::Edited | Likeness::Noticed | Likeness::Distinct | Likeness::Unrelated => Ruling::of(
            Verdict::Duplicate,
            known,
            format!("a copy of {}: {what}", name(version, known)),
        )
        .at(version)
        .against(alike),
    }
}

/// For a person: `97 % of its words, 12 facts agree and none differs`.
pub(super) fn shown(alike: &Alike<'_>) -> String {
    let c = &alike.comparison;
    let differ = match c.facts() {
        0 => "none differs".to_owned(),
        1 => "1 differs".to_owned(),
        more => format!("{more} differ"),
    };
    format!(
        "{:.0} % of the shorter text's {} words, {} names and figures agree and {differ}",
        c.coverage * 100.0,
        c.words,
        c.agreed
    )
}
