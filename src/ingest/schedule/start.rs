//! What a start finds: due times of another day, of another configuration, or of another clock.
//!
//! In: a source's stored due time. Out: another one, or none if it is right. A restart asks nobody earlier than it had been planned, and
//! what comes due at once is spread by a hash of the source's name.

use chrono::{DateTime, TimeDelta, Utc};

use super::decide::{adaptive, cron};
use super::{Due, Memory, Policy};

/// The longest spread of what is due at once.
const SPREAD: TimeDelta = TimeDelta::minutes(5);
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

/// The due time of a source at a start among `crowd` others, or after the clock was set; `None`: it is right.
///
/// A second of spread a source, at most five minutes and a quarter of the interval. A source that was moved stays where it was put,
/// however often the daemon starts: nobody starves by restarts.
#[must_use]
pub fn at_start(policy: &Policy<'_>, stored: Stored<'_>, crowd: usize, now: DateTime<Utc>) -> Option<Due> {
    let crowd = TimeDelta::seconds(
        i64::try_from(crowd.saturating_sub(1))
            .unwrap_or(i64::MAX)
            .min(SPREAD.num_seconds()),
    );
    let spread = |limit: TimeDelta| now + policy.part_of(crowd.min(limit));
    let interval = TimeDelta::seconds(stored.memory.map_or(0, |memory| memory.interval_s)).max(policy.floor);
    let due = |at, reason: &str| {
        Some(Due {
            at,
            reason: reason.to_owned(),
        })
    };
    let Some(next_due) = stored.next_due else {
        return due(spread(SPREAD), "new source");
    };
    if stored.last_poll.is_some_and(|last| last > now + BACKWARDS) {
        return due(spread(SPREAD), "the clock went back");
    }
    if next_due <= now {
        let at = spread(interval / 4);
        return (at > now && stored.last_poll.is_some()).then(|| Due {
            at,
            reason: format!("overdue by {} at the start", super::decide::said(now - next_due)),
        });
    }
    let memory = stored.memory.cloned().unwrap_or_default();
    // What another hand moved stays: its site asked to wait, or an earlier start spread it.
    let is_planned = memory.planned.is_none_or(|planned| planned == next_due);
    if stored.failures > 0 || stored.last_poll.is_none() || !is_planned {
        return None;
    }
    let wish = cron(policy, now).unwrap_or_else(|| adaptive(policy, &memory, now));
    let allowed = memory.not_before.is_none_or(|at| at <= wish.at);
    (allowed && wish.at < next_due).then_some(wish)
}
