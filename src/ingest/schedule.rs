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

use super::fetch::Next;
use crate::article::SourceId;
use crate::config::{ScheduleConfig, Source};
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    fn one_source(schedule: &str, rest: &str) -> (Source, ScheduleConfig) {
        let text = format!(
            "[schedule]\n{rest}\n[[source]]\nid = \"a\"\nurl = \"https://a.example/\"\nschedule = \"{schedule}\"\n"
        );
        let config = config::parse(&text, "test.toml").unwrap();
        (config.sources[0].clone(), config.schedule)
    }

    #[test]
    fn after_success_cron_says_when_and_the_floor_holds() {
        for (schedule, rest, now, want) in [
            (
                "*/5 * * * *",
                "jitter = \"0s\"",
                "2026-11-25T08:00:10Z",
                "2026-11-25T08:05:00Z",
            ),
            (
                "*/5 * * * *",
                "jitter = \"0s\"\nfloor = \"5m\"",
                "2026-11-25T08:04:50Z",
                "2026-11-25T08:10:00Z",
            ),
            (
                "*/5 * * * *",
                "jitter = \"0s\"\nfloor = \"5m\"",
                "2026-11-25T08:00:00Z",
                "2026-11-25T08:05:00Z",
            ),
            (
                "0 9 * * *",
                "jitter = \"0s\"\ntime_zone = \"America/New_York\"",
                "2026-11-25T08:00:00Z",
                "2026-11-25T14:00:00Z",
            ),
        ] {
            let (source, config) = one_source(schedule, rest);
            assert_eq!(
                after_success(&source, &config, at(now)).at,
                at(want),
                "{schedule} {rest} {now}"
            );
        }
    }

    #[test]
    fn the_shift_is_a_source_s_own_and_below_the_jitter() {
        let (source, config) = one_source("*/5 * * * *", "jitter = \"30s\"");
        let now = at("2026-11-25T08:00:40Z");
        let due = after_success(&source, &config, now);
        let shift = due.at - at("2026-11-25T08:05:00Z");
        assert!(shift >= TimeDelta::zero() && shift < TimeDelta::seconds(30), "{due:?}");
        assert_eq!(after_success(&source, &config, now), due, "the same in every run");
        assert!(due.reason.starts_with("cron */5 * * * * (+"), "{}", due.reason);
    }

    #[test]
    fn failures_back_off_to_the_ceiling_and_never_come_before_cron() {
        let (source, config) = one_source("* * * * *", "jitter = \"0s\"\nfloor = \"1m\"\nceiling = \"1h\"");
        let now = at("2026-11-25T08:00:30Z");
        for (failures, seconds) in [
            (1, 90),
            (2, 120),
            (3, 240),
            (4, 480),
            (7, 3_600),
            (40, 3_600),
            (i64::MAX, 3_600),
        ] {
            let due = after_failure(&source, &config, Next::Retry, failures, now);
            assert_eq!((due.at - now).num_seconds(), seconds, "{failures}: {}", due.reason);
        }
    }

    #[test]
    fn a_server_that_names_a_time_is_not_asked_before_it() {
        let (source, config) = one_source("* * * * *", "jitter = \"0s\"");
        let now = at("2026-11-25T08:00:30Z");
        let until = at("2026-11-25T10:00:00Z");
        assert_eq!(
            after_failure(&source, &config, Next::WaitUntil(until), 1, now).at,
            until
        );
        let past = after_failure(&source, &config, Next::WaitUntil(now - TimeDelta::hours(1)), 1, now);
        assert!(past.at > now, "a time in the past does not hurry us");
        let gone = after_failure(&source, &config, Next::GiveUp, 1, now);
        assert_eq!(gone.at, now + delta(config.ceiling));
    }

    #[test]
    fn at_start_a_shorter_schedule_holds_at_once_but_a_back_off_stands() {
        let (source, config) = one_source("*/5 * * * *", "jitter = \"0s\"");
        let now = at("2026-11-25T08:00:30Z");
        let far = Some(at("2026-11-26T08:00:00Z"));
        for (next_due, failures, want, why) in [
            (far, 0, Some(at("2026-11-25T08:05:00Z")), "a schedule that was longer"),
            (far, 2, None, "backing off"),
            (Some(now), 0, None, "due already"),
            (None, 0, None, "never polled: due at once"),
        ] {
            let state = SourceState {
                next_due,
                failures,
                ..SourceState::unknown(source.id.clone())
            };
            assert_eq!(at_start(&source, &config, &state, now).map(|due| due.at), want, "{why}");
        }
    }
}
