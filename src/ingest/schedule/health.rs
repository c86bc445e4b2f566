//! How a source does, by its last answer and by its own week.
//!
//! In: what was answered, when something new last came, the rates of the source's week. Out: a [`Health`]. Pure. Whether a source is *late*
//! is a matter of the clock and not of a poll: who reads the store compares its due time with now.

use chrono::{DateTime, TimeDelta, Utc};

use super::ladder::Class;
use super::profile::Rates;
use super::{Answer, Memory, Policy};
use crate::article::{Health, Tier};

/// A silence in which so many items were to be expected is none of chance: at a steady rate it comes once in three thousand. Sources are not
/// steady: it must also be twice as long as the longest that ended.
const QUIET_ITEMS: f64 = 8.0;
/// So much longer is the end of a rhythm.
const STALE: f64 = 3.0;
/// ... if it is not a matter of hours.
const LEAST_STALE: TimeDelta = TimeDelta::days(1);
/// What must have been observed before a silence tells anything.
const LEAST_HOURS: f64 = 100.0;
/// How far clocks may differ.
const AHEAD: TimeDelta = TimeDelta::minutes(10);

/// A silence after which a source looks abandoned whatever its rhythm was: three days and a weekend for a wire, a quarter for others.
const fn longest_silence(tier: Tier) -> TimeDelta {
    match tier {
        Tier::Wire => TimeDelta::days(4),
        Tier::Guest => TimeDelta::days(92),
    }
}

/// How the source does after this answer; `memory` is what is known after it.
pub(super) fn of(
    policy: &Policy<'_>,
    memory: &Memory,
    answer: &Answer,
    server_time: DateTime<Utc>,
    rates: &Rates,
    now: DateTime<Utc>,
) -> Health {
    match answer {
        Answer::Failed(failure) => match failure.class {
            Class::Gone | Class::Setup => Health::Gone,
            Class::Throttled => Health::Throttled,
            Class::Unreached | Class::Server | Class::Refused | Class::Document => Health::Failing,
        },
        Answer::Offline => memory.health,
        Answer::Empty(_) => Health::Empty,
        Answer::Same | Answer::Document(_) => standing(policy, memory, server_time, rates, now),
    }
}

fn standing(
    policy: &Policy<'_>,
    memory: &Memory,
    server_time: DateTime<Utc>,
    rates: &Rates,
    now: DateTime<Utc>,
) -> Health {
    if memory.newest.is_some_and(|newest| newest > server_time + AHEAD) {
        return Health::Future;
    }
    let Some(since) = memory.last_new else {
        return Health::Ok;
    };
    let silence = now - since;
    let missed = rates.expected(since, now);
    let rhythm = memory.profile.observed_hours() >= LEAST_HOURS;
    let quiet = QUIET_ITEMS.max(2.0 * memory.longest_silence);
    if silence >= longest_silence(policy.tier) || (rhythm && missed >= STALE * quiet && silence >= LEAST_STALE) {
        Health::Stale
    } else if rhythm && missed >= quiet {
        Health::Quiet
    } else {
        Health::Ok
    }
}
