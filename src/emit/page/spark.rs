//! The last polls of a source as a small picture: a bar for what was new, a dash for nothing, a cross for a failure.
//!
//! Each outcome has a shape of its own, so that no one needs to tell the colours apart, and the picture says in words what it
//! shows. In: polls, the newest first. Out: SVG of numbers and words of ours alone.

use std::fmt::Write as _;

use crate::store::{Outcome, PollLine};

/// Polls that a picture shows.
pub(super) const POLLS: usize = 48;

/// Pixels of one poll.
const STEP: usize = 4;
/// Where bars stand.
const GROUND: i64 = 22;
/// The tallest bar.
const TALLEST: i64 = 20;

/// The picture of the last polls.
pub(super) fn svg(polls: &[PollLine]) -> String {
    let shown = &polls[..polls.len().min(POLLS)];
    let (mut news, mut nothing, mut failed) = (String::new(), String::new(), String::new());
    // The newest poll stands at the right end.
    for (at, poll) in shown.iter().enumerate() {
        let x = (shown.len() - at) * STEP - STEP / 2;
        // Writing to a String cannot fail.
        let _ = match weight(poll) {
            Weight::Failed => write!(failed, "M{} {}l3 3m0-3l-3 3", x - 1, GROUND - 3),
            Weight::Nothing => write!(nothing, "M{} {GROUND}h2", x - 1),
            Weight::News(items) => write!(news, "M{x} {GROUND}v-{}", height(items)),
        };
    }
    let mut svg = format!(
        "<svg class=\"spark\" role=\"img\" viewBox=\"0 0 {width} 24\" width=\"{width}\" height=\"24\" aria-label=\"{}\">",
        words(shown),
        width = shown.len().max(1) * STEP
    );
    for (class, path) in [("news", news), ("none", nothing), ("failed", failed)] {
        if !path.is_empty() {
            let _ = write!(svg, "<path class=\"{class}\" d=\"{path}\"/>");
        }
    }
    svg + "</svg>"
}

/// What a poll counts for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Failed,
    Nothing,
    /// So many items that were new or changed.
    News(i64),
}

pub(super) fn weight(poll: &PollLine) -> Weight {
    match poll.outcome {
        Outcome::FetchError | Outcome::ParseError | Outcome::Panic => Weight::Failed,
        Outcome::Ok | Outcome::NotModified | Outcome::Unchanged | Outcome::Empty => {
            match poll.new + poll.changed + poll.duplicate {
                0 => Weight::Nothing,
                items => Weight::News(items),
            }
        }
    }
}

/// Doubling the items adds a step: one item is seen beside a hundred.
fn height(items: i64) -> i64 {
    let doublings = i64::from(items.max(1).ilog2());
    (4 + doublings * 3).min(TALLEST)
}

/// `Last 48 polls: 40 with news, 6 with nothing new, 2 failed.`
fn words(polls: &[PollLine]) -> String {
    let count = |is: fn(&Weight) -> bool| polls.iter().map(weight).filter(is).count();
    let news = count(|weight| matches!(weight, Weight::News(_)));
    let failed = count(|weight| *weight == Weight::Failed);
    match polls.len() {
        0 => "No poll yet".to_owned(),
        all => format!(
            "Last {all} poll{}: {news} with news, {} with nothing new, {failed} failed",
            if all == 1 { "" } else { "s" },
            all - news - failed
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::SourceId;

    fn poll(outcome: Outcome, new: i64) -> PollLine {
        PollLine {
            source: SourceId::new("a"),
            started: chrono::DateTime::UNIX_EPOCH,
            elapsed_ms: 1,
            outcome,
            http_status: None,
            items: new,
            new,
            duplicate: 0,
            changed: 0,
            rejected: 0,
            error: None,
            gap: None,
        }
    }

    #[test]
    fn each_outcome_has_its_shape_and_the_picture_its_words() {
        let polls = [
            poll(Outcome::Ok, 1),
            poll(Outcome::NotModified, 0),
            poll(Outcome::FetchError, 0),
            poll(Outcome::Ok, 4_000),
        ];
        assert_eq!(
            svg(&polls),
            "<svg class=\"spark\" role=\"img\" viewBox=\"0 0 16 24\" width=\"16\" height=\"24\" \
             aria-label=\"Last 4 polls: 2 with news, 1 with nothing new, 1 failed\">\
             <path class=\"news\" d=\"M14 22v-4M2 22v-20\"/><path class=\"none\" d=\"M9 22h2\"/>\
             <path class=\"failed\" d=\"M5 19l3 3m0-3l-3 3\"/></svg>"
        );
        assert!(svg(&[]).contains("No poll yet"));
        let many: Vec<PollLine> = (0..100).map(|at| poll(Outcome::Ok, at)).collect();
        assert!(svg(&many).contains("Last 48 polls: 47 with news, 1 with nothing new, 0 failed"));
    }
}
