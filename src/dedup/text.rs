//! The same text after the dateline and without boilerplate, on another wire or under another name.
//!
//! Equal texts of some length are one release; short ones, and texts that a feed has cut, need the same headline too.

use super::compare::{duplicate, is_before_notice, is_next_notice, may_be_copy, name};
use super::news::Relation;
use super::{Case, KeyKind, Ruling, is_marked};

pub(super) fn decide(case: &Case<'_>) -> Option<Ruling> {
    let (reading, recall) = (case.reading, case.recall);
    recall.find(reading, KeyKind::Text).find_map(|known| {
        let version = known
            .versions
            .iter()
            .rev()
            .find(|v| reading.news.is_same_news(&v.news))
            .or_else(|| known.newest())?;
        // A notice may have mended nothing but the boilerplate.
        let is_other = if is_marked(version.kind) == is_marked(reading.draft.kind) {
            is_next_notice(reading, known, version)
        } else {
            reading.news.relation(&version.news) != Relation::Same || is_before_notice(reading, known, version)
        };
        (!is_other && may_be_copy(reading, known, version, recall.window())).then(|| {
            duplicate(
                known,
                format!(
                    "the same text as {}, {} words",
                    name(version, known),
                    reading.news.words()
                ),
            )
            .at(version)
        })
    })
}
