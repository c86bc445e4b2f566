//! What a start finds: due times of another day, of another configuration, or of another clock.
//!
//! In: a source's stored due time. Out: another one, or none if it is right. A restart asks nobody earlier than it had been planned, unless
//! the plan was made by a policy that holds no more, or waits for what the operator may have mended; what comes due at once is spread by a
//! hash of the source's name.

use chrono::{DateTime, TimeDelta, Utc};

use super::decide::{adaptive, after_skips, cron};
use super::{Due, Memory, Policy};

/// The longest spread of what is due at once.
const SPREAD: TimeDelta = TimeDelta::minutes(5);
/// The longest wait that a server may ask for, and a week of days to be skipped.
const FURTHEST: TimeDelta = TimeDelta::days(2 + 7);
/// Clocks are set by so much without a word.
const BACKWARDS: TimeDelta = TimeDelta::minutes(2);

/// What the store holds of a source's due time.
#[derive(Debug, Clone, Copy)]
pub struct Stored<'m> {
    /// When; `None`: never polled.
    pub next_due: Option<DateTime<Utc>>,
    /// The start of the last poll, well or not.
    pub last_poll: Option<DateTime<Utc>>,
    /// What is remembered; `None` in a store of an earlier Dateline.
    pub memory: Option<&'m Memory>,
    /// Failures in a row.
    pub failures: i64,
}

/// What a start changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Start {
    /// The next poll.
    pub due: Due,
    /// What to remember instead; `None`: what is remembered.
    pub memory: Option<Memory>,
}

/// The due time of a source at a start among `crowd` others, or after the clock was set; `None`: it is right.
///
/// A second of spread a source, at most five minutes and a quarter of the interval. A source that was moved stays where it was put,
/// however often the daemon starts: nobody starves by restarts.
#[must_use]
pub fn at_start(policy: &Policy<'_>, stored: Stored<'_>, crowd: usize, now: DateTime<Utc>) -> Option<Start> {
    let crowd = TimeDelta::seconds(
        i64::try_from(crowd.saturating_sub(1))
            .unwrap_or(i64::MAX)
            .min(SPREAD.num_seconds()),
    );
    let spread = |limit: TimeDelta| now + policy.part_of(crowd.min(limit));
    let interval = TimeDelta::try_seconds(stored.memory.map_or(0, |memory| memory.interval_s))
        .unwrap_or_default()
        .max(policy.floor);
    let moved = |at, reason: &str| {
        let reason = reason.to_owned();
        Some(Start {
            due: Due { at, reason },
            memory: None,
        })
    };
    let Some(next_due) = stored.next_due else {
        return moved(spread(SPREAD), "new source");
    };
    // No plan reaches further, but for a schedule that comes so rarely.
    let rarely = cron(policy, now).map_or(now, |cron| cron.at);
    let furthest = rarely.max(now + FURTHEST.max(policy.ceiling * 4).max(policy.patience));
    let is_too_far = next_due > furthest + policy.patience;
    let Some(last_poll) = stored.last_poll else {
        return is_too_far
            .then(|| moved(spread(SPREAD), "the clock went back"))
            .flatten();
    };
    if last_poll > now + BACKWARDS {
        return moved(spread(SPREAD), "the clock went back");
    }
    let memory = stored.memory.cloned().unwrap_or_default();
    // What another hand moved stays: its site asked to wait, or an earlier start spread it. So does a back-off that is not remembered.
    let is_planned = memory.planned.is_none_or(|planned| planned == next_due);
    let is_ours = is_planned && (stored.failures == 0 || memory.not_before.is_some());
    let is_changed = memory.policy.is_some_and(|mark| mark != policy.mark());
    if is_too_far && !is_changed {
        return moved(spread(SPREAD), "the clock went back");
    }
    let due = if is_ours && memory.is_unmended && next_due > now {
        Due {
            at: spread(SPREAD),
            reason: "tried anew at the start: it waited for what only a person can mend".to_owned(),
        }
    } else if is_ours && is_changed {
        anew(policy, &memory, last_poll, spread(SPREAD), now)
    } else {
        let at = spread(interval / 4);
        let reason = format!("overdue by {} at the start", super::decide::said(now - next_due));
        return (next_due <= now && at > now).then(|| moved(at, &reason)).flatten();
    };
    let mut memory = Memory {
        is_unmended: false,
        ..memory
    };
    memory.planned_by(policy, due.at, last_poll);
    Some(Start {
        due,
        memory: Some(memory),
    })
}

/// The plan of a policy that did not hold at the last poll: as if it had held, not before what the server and the failures ask.
fn anew(
    policy: &Policy<'_>,
    memory: &Memory,
    last_poll: DateTime<Utc>,
    spread: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Due {
    let asked = memory.not_before.unwrap_or(last_poll);
    let usual = adaptive(policy, memory, last_poll);
    let wish = match cron(policy, now.max(last_poll + policy.floor).max(asked)) {
        Some(cron) => cron,
        // What failed last is tried again when its wait is over.
        None if memory.failures.any() => Due {
            at: asked.max(spread),
            reason: "the wait after its failures; the schedule changed meanwhile".to_owned(),
        },
        None if asked > usual.at => Due {
            at: asked.max(spread),
            reason: "the publisher asks for this wait between polls; the schedule changed meanwhile".to_owned(),
        },
        None => Due {
            at: usual.at.max(spread),
            ..usual
        },
    };
    after_skips(policy, &memory.hints, wish, now)
}
