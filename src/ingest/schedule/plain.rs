//! When to poll a source next, and why.
//!
//! In: what the operator wished (cron), what happened (outcome, failures so far), now. Out: a [`Due`], an instant with its
//! reason. Pure: the same input gives the same instant, so that a restart changes nothing.
//!
//! The rules, in the order in which they bind:
//! 1. A server that named a time (`Retry-After`) is not asked before it.
//! 2. What only the operator can mend (410 Gone, a blocked address) is tried once per `ceiling`, so that it stays visible.
//! 3. Failures back off: `floor`, doubled with each failure in a row, at most `ceiling`; never earlier than cron says.
//! 4. Otherwise cron, shifted by the source's own fixed part of `jitter`, and never closer than `floor` to the last poll.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use crate::article::SourceId;
use crate::config::{ScheduleConfig, Source};
use crate::ingest::fetch::Next;
use crate::store::SourceState;

/// The instant of the next poll with its reason, both stored and shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Not before.
    pub at: DateTime<Utc>,
    /// For a person: `cron */5 * * * * (+17 s)`.
    pub reason: String,
}

/// The next poll after one that went well.
#[must_use]
pub fn after_success(source: &Source, config: &ScheduleConfig, now: DateTime<Utc>) -> Due {
    let shift = shift(&source.id, config.jitter);
    let earliest = now + delta(config.floor);
    match source
        .schedule
        .next_after(source.time_zone, earliest - shift - TimeDelta::milliseconds(1))
    {
        Some(at) => Due {
            at: at + shift,
            reason: format!("cron {} (+{} s)", source.schedule, shift.num_seconds()),
        },
        None => Due {
            at: now + delta(config.ceiling),
            reason: format!("cron {} never fires again", source.schedule),
        },
    }
}

/// The next poll after one that failed, for the `failures`th time in a row (from 1).
#[must_use]
pub fn after_failure(source: &Source, config: &ScheduleConfig, next: Next, failures: i64, now: DateTime<Utc>) -> Due {
    let cron = after_success(source, config, now);
    let held = match next {
        Next::WaitUntil(at) => Due {
            at,
            reason: "the server asked to wait (Retry-After)".to_owned(),
        },
        Next::GiveUp => Due {
            at: now + delta(config.ceiling),
            reason: "waits for the operator: it cannot mend itself".to_owned(),
        },
        Next::Retry => {
            let doublings = u32::try_from(failures.saturating_sub(1)).unwrap_or(u32::MAX);
            let wait = config
                .floor
                .saturating_mul(1u32.checked_shl(doublings).unwrap_or(u32::MAX))
                .min(config.ceiling);
            Due {
                at: now + delta(wait),
                reason: format!("backing off {} s after {failures} failures", wait.as_secs()),
            }
        }
    };
    if held.at > cron.at { held } else { cron }
}

/// At start: a shorter schedule takes effect at once, but what a server or a failure asked for stands.
/// `None`: what the store holds is right.
#[must_use]
pub fn at_start(source: &Source, config: &ScheduleConfig, state: &SourceState, now: DateTime<Utc>) -> Option<Due> {
    let stored = state.next_due?;
    let cron = after_success(source, config, now);
    (state.failures == 0 && cron.at < stored).then_some(cron)
}

/// A source's own part of `jitter`: a hash of its id, so that it is the same in every run.
fn shift(id: &SourceId, jitter: Duration) -> TimeDelta {
    let digest = Sha256::digest(id.as_str());
    let hash = digest
        .iter()
        .take(8)
        .fold(0u64, |hash, byte| (hash << 8) | u64::from(*byte));
    let seconds = hash % jitter.as_secs().max(1);
    TimeDelta::seconds(i64::try_from(seconds).unwrap_or(0))
}

/// A configured duration as a span of time; configuration keeps it below a year.
fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}
