//! When to poll a source next, and why.
//!
//! In: the source's [`Policy`], what is remembered of it ([`Memory`]), what this poll brought ([`Observed`]), now. Out: a [`Decision`]: the
//! next due instant with its reason, what to remember, and what a person should hear. Pure: the same input gives the same answer, so
//! that a restart changes nothing and weeks can be played through in a second.
//!
//! The rules, in the order in which they bind:
//! 1. A server that named a time (`Retry-After`, RFC 9110 section 10.2.3) is not asked before it.
//! 2. Failures back off by their class ([`ladder`]); what only a person can mend is tried once per ceiling, so that it stays visible, and
//!    at each start where it is a matter of our own configuration.
//! 3. What the publisher asks is a floor: how long the answer is fresh (`max-age`, `Expires`; RFC 9111), `ttl`, `skipHours`, `skipDays`
//!    (RSS 2.0), `sy:updatePeriod` (RSS 1.0 syndication module). It holds up to the ceiling of the source's tier.
//! 4. Cron is the operator's wish: obeyed, never closer than `floor`, delayed by the rules above alone.
//! 5. Without cron the source's own week decides ([`profile`]): soon enough that its document cannot turn over between two polls, and as
//!    often as what is to be expected is worth a request; within the floor and the ceiling of its tier.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_64;

use crate::article::{Health, Tier};
use crate::clock;
use crate::config::{ScheduleConfig, Source};
use crate::crontab::Crontab;

pub mod completeness;
mod decide;
pub mod freshness;
mod health;
pub mod ladder;
mod outage;
pub mod pace;
pub mod profile;
mod start;

pub use completeness::{Document, Extent, Shown};
pub use decide::{decide, said};
pub use freshness::{Freshness, Hints};
pub use ladder::{Class, Failure, Failures};
pub use outage::{Blamed, Outage, Turn};
use profile::Profile;
pub use start::{Start, Stored, at_start};

/// What the operator and the tier of a source allow.
#[derive(Debug, Clone, Copy)]
pub struct Policy<'s> {
    /// The source's name, of which its place within a spread is made.
    pub id: &'s str,
    /// Whose rules hold.
    pub tier: Tier,
    /// When the operator wants it, and in which zone; `None`: adaptive.
    pub cron: Option<(&'s Crontab, Tz)>,
    /// Never two polls closer than this.
    pub floor: TimeDelta,
    /// ... nor than this, where the server gives no validators.
    pub unvalidated_floor: TimeDelta,
    /// The longest wait for a source that can be polled, and for what a publisher may ask.
    pub ceiling: TimeDelta,
    /// The wait for one that cannot.
    pub patience: TimeDelta,
    /// The part of a document that the next poll should find again, 0 to 1.
    pub overlap: f64,
    /// The first wait after "too many requests" without a time.
    pub rest: TimeDelta,
    /// Cron times are shifted by a fixed part of this.
    pub jitter: Duration,
}

impl<'s> Policy<'s> {
    /// That of a configured source. The operator's cron has the plain floor; the floors of the tiers are for who was told nothing.
    #[must_use]
    pub fn of(source: &'s Source, config: &ScheduleConfig) -> Self {
        let plain = clock::span(config.floor);
        let (floor, ceiling) = match source.tier {
            Tier::Wire => (clock::span(config.wire_floor), clock::span(config.wire_ceiling)),
            Tier::Guest => (clock::span(config.guest_floor), clock::span(config.ceiling)),
        };
        let (least, unvalidated) = match (&source.schedule, source.tier) {
            (Some(_), _) => (plain, plain),
            (None, Tier::Wire) => (floor.max(plain), floor.max(plain)),
            (None, Tier::Guest) => (
                floor.max(plain),
                clock::span(config.unvalidated_floor).max(floor).max(plain),
            ),
        };
        #[allow(clippy::cast_precision_loss)] // a percentage
        let overlap = config.overlap as f64 / 100.0;
        Self {
            id: source.id.as_str(),
            tier: source.tier,
            cron: source.schedule.as_ref().map(|cron| (cron, source.time_zone)),
            floor: least,
            unvalidated_floor: unvalidated,
            ceiling: ceiling.max(least),
            patience: clock::span(config.ceiling).max(least),
            rest: match source.tier {
                Tier::Wire => floor * 15,
                Tier::Guest => floor * 4,
            },
            overlap,
            jitter: config.jitter,
        }
    }

    /// A hash of all that a due time is planned by, the same in every run: where it differs, the configuration changed.
    #[must_use]
    pub fn mark(&self) -> u64 {
        let schedule = self.cron.map(|(cron, zone)| (cron.to_string(), zone.name()));
        let spans = [
            self.floor,
            self.unvalidated_floor,
            self.ceiling,
            self.patience,
            self.rest,
        ];
        let (spans, jitter) = (spans.map(|span| span.num_milliseconds()), self.jitter.as_millis());
        let text = format!(
            "{} {schedule:?} {spans:?} {} {jitter}",
            self.tier.as_str(),
            self.overlap
        );
        XxHash3_64::oneshot(text.as_bytes())
    }

    /// The floor of a source that gives validators, or none.
    #[must_use]
    pub const fn floor_for(&self, validated: bool) -> TimeDelta {
        if validated { self.floor } else { self.unvalidated_floor }
    }

    /// The source's own part of a span, the same in every run: what starts together is spread.
    #[must_use]
    pub fn part_of(&self, span: impl Into<Span>) -> TimeDelta {
        let Span(span) = span.into();
        let hash = XxHash3_64::oneshot(self.id.as_bytes()) >> 32;
        let milliseconds = u64::try_from(span.num_milliseconds()).unwrap_or(0);
        let part = (u128::from(milliseconds) * u128::from(hash)) >> 32;
        TimeDelta::milliseconds(i64::try_from(part).unwrap_or(0))
    }
}

/// A span of time, signed or not.
#[derive(Debug, Clone, Copy)]
pub struct Span(TimeDelta);

impl From<TimeDelta> for Span {
    fn from(span: TimeDelta) -> Self {
        Self(span)
    }
}

impl From<Duration> for Span {
    fn from(span: Duration) -> Self {
        Self(clock::span(span))
    }
}

/// What is remembered of a source between two polls. Bounded: a week of figures, and the names of one document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// Its week.
    pub profile: Profile,
    /// Its last document.
    pub last: completeness::Last,
    /// What that asked of those who poll it.
    pub hints: Hints,
    /// When it last answered well.
    pub read: Option<DateTime<Utc>>,
    /// When something new last came.
    pub last_new: Option<DateTime<Utc>>,
    /// The longest of its silences that ended, in items that were to be expected meanwhile; slowly forgotten.
    pub longest_silence: f64,
    /// The date of the newest item of its last document.
    pub newest: Option<DateTime<Utc>>,
    /// Whether its last answer gave validators.
    pub validated: bool,
    /// Items a minute that came lately; fades within the hour.
    pub recent: f64,
    /// The poll that was planned last.
    pub planned: Option<DateTime<Utc>>,
    /// How long a wait that was, in seconds.
    pub interval_s: i64,
    /// By which policy ([`Policy::mark`]).
    pub policy: Option<u64>,
    /// No poll before: what the server asked, and the back-off after failures.
    pub not_before: Option<DateTime<Utc>>,
    /// Failures in a row.
    pub failures: Failures,
    /// When the last of them began.
    pub failed: Option<DateTime<Utc>>,
    /// It waits for the operator to mend what is ours ([`Class::Setup`]).
    pub is_unmended: bool,
    /// How it does.
    pub health: Health,
    /// How it did when that was last said.
    pub said: Health,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            profile: Profile::default(),
            last: completeness::Last::default(),
            hints: Hints::default(),
            read: None,
            last_new: None,
            longest_silence: 0.0,
            newest: None,
            validated: true,
            recent: 0.0,
            planned: None,
            interval_s: 0,
            policy: None,
            not_before: None,
            failures: Failures::default(),
            failed: None,
            is_unmended: false,
            health: Health::Ok,
            said: Health::Ok,
        }
    }
}

impl Memory {
    /// As the store keeps it. What a later or a broken hand wrote is forgotten: a source is learned again within days.
    #[must_use]
    pub fn read(kept: Option<&str>) -> Self {
        kept.and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default()
    }

    /// For the store.
    #[must_use]
    pub fn written(&self) -> String {
        // Numbers, times and text: serde_json cannot fail on those.
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }
}

/// What a poll brought.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// When the poll had been due; `None`: nobody had planned it.
    pub due: Option<DateTime<Utc>>,
    /// When it began.
    pub started: DateTime<Utc>,
    /// What came.
    pub answer: Answer,
    /// What the header said of it.
    pub freshness: Freshness,
    /// Whether there is something to ask "has it changed?" with.
    pub validated: bool,
}

impl Observed {
    /// A poll that reached nobody, for our network was out.
    #[must_use]
    pub fn offline(started: DateTime<Utc>) -> Self {
        Self {
            due: None,
            started,
            answer: Answer::Offline,
            freshness: Freshness::default(),
            validated: false,
        }
    }
}

/// What came of a poll, as far as the schedule goes.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// 304, or the same bytes.
    Same,
    /// A document with items.
    Document(Document),
    /// A feed without items, and what it asks.
    Empty(Hints),
    /// Nothing.
    Failed(Failure),
    /// Nothing, and it is our own network ([`Outage`]).
    Offline,
}

/// An instant with its reason, both stored and shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Not before.
    pub at: DateTime<Utc>,
    /// For a person: `cron */5 * * * * (+17 s)`.
    pub reason: String,
}

/// What follows from a poll.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The next poll.
    pub due: Due,
    /// What to remember.
    pub memory: Memory,
    /// Nobody of its site is to be asked before.
    pub held: Option<DateTime<Utc>>,
    /// Items that the last document showed too; `None` where no two documents were compared.
    pub known: Option<usize>,
    /// Why items may be lost.
    pub gap: Option<String>,
    /// The health changed for good: from, to.
    pub turn: Option<(Health, Health)>,
}

#[cfg(test)]
mod tests;
