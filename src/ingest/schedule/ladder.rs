//! What failed, and how long to leave a source alone after it.
//!
//! In: the class of a failure and how many of it there were in a row. Out: a wait. Each class has its own count and its own ladder: what may
//! pass in a moment is tried again soon, what only a person can mend once per ceiling, and nothing is given up for good, for
//! feeds that look dead come back.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::Policy;
use crate::article::Tier;
use crate::ingest::fetch::{FetchError, Next};
use crate::ingest::guard::Blocked;

/// What kind of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// No connection: no address, refused, silent from the start. Many of these at once are our own network.
    Unreached,
    /// The server answered badly or not to the end: 5xx, cut, silent midway, not HTTP.
    Server,
    /// The server refuses the question: 4xx, a redirect that leads nowhere, too large.
    Refused,
    /// A document that is no feed.
    Document,
    /// We ask too often: 429, or 503 with a time.
    Throttled,
    /// The server says that the feed is gone for good: 410.
    Gone,
    /// Nobody was asked: an address that is not ours to reach, credentials that cannot be read. Only the operator can mend it.
    Setup,
}

/// One failed poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// What kind.
    pub class: Class,
    /// Not before, if the server named a time.
    pub until: Option<DateTime<Utc>>,
}

impl Failure {
    /// A document that could not be read.
    pub const DOCUMENT: Self = Self {
        class: Class::Document,
        until: None,
    };

    /// That of a fetch.
    #[must_use]
    pub fn of(error: &FetchError, now: DateTime<Utc>) -> Self {
        let (class, until) = match error.next(now) {
            Next::WaitUntil(at) => (Class::Throttled, Some(at)),
            Next::GiveUp | Next::Retry => (class(error), None),
        };
        Self { class, until }
    }
}

fn class(error: &FetchError) -> Class {
    match error {
        // A router without a way out gives its own address for every name.
        FetchError::Blocked(_, Blocked::Address { destination, .. }) if destination.name.is_some() => Class::Unreached,
        FetchError::Setup(..) | FetchError::Blocked(..) | FetchError::BadUrl(..) | FetchError::Authorization(..) => {
            Class::Setup
        }
        FetchError::Dns(..) | FetchError::Connect(..) | FetchError::ConnectTimeout(..) => Class::Unreached,
        FetchError::Status { status: 429, .. } => Class::Throttled,
        FetchError::Status { status: 410, .. } => Class::Gone,
        FetchError::Status { status: 500.., .. }
        | FetchError::Tls(..)
        | FetchError::ReadTimeout(..)
        | FetchError::TotalTimeout(..)
        | FetchError::Unheard(..)
        | FetchError::NoAnswer(..)
        | FetchError::NotHttp(..)
        | FetchError::Cut(..)
        | FetchError::UnknownEncoding(..)
        | FetchError::Decoding(..) => Class::Server,
        FetchError::Status { .. }
        | FetchError::TooManyRedirects(..)
        | FetchError::RedirectLoop(..)
        | FetchError::BadRedirect(..)
        | FetchError::Downgrade(..)
        | FetchError::UnaskedNotModified(..)
        | FetchError::TooLarge(..)
        | FetchError::Bomb(..) => Class::Refused,
    }
}

/// Failures in a row since the last answer, by class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)] // the classes' own names
pub struct Failures {
    pub unreached: u32,
    pub server: u32,
    pub refused: u32,
    pub document: u32,
    pub throttled: u32,
    pub gone: u32,
    pub setup: u32,
}

impl Failures {
    /// One more of a class; how many it makes.
    pub fn add(&mut self, class: Class) -> u32 {
        let count = match class {
            Class::Unreached => &mut self.unreached,
            Class::Server => &mut self.server,
            Class::Refused => &mut self.refused,
            Class::Document => &mut self.document,
            Class::Throttled => &mut self.throttled,
            Class::Gone => &mut self.gone,
            Class::Setup => &mut self.setup,
        };
        *count = count.saturating_add(1);
        *count
    }

    /// Did the last poll fail?
    #[must_use]
    pub fn any(self) -> bool {
        self != Self::default()
    }
}

/// How long to wait after the `count`th failure of a class in a row (from 1): a first step that doubles, up to a last one.
///
/// | | wire | guest |
/// |---|---|---|
/// | unreached, server, document | floor, to 15 floors | floor, to the ceiling |
/// | refused, setup | floor, to its ceiling | floor, to the ceiling |
/// | throttled without a time | 15 floors, to 4 ceilings | 4 floors, to the ceiling |
/// | gone | the ceiling of a guest | the ceiling |
///
/// A wire is not left for long, because what it shows is gone in half an hour. The steps of a throttled guest are those of readers
/// that are held to be polite: not before four hours.
#[must_use]
pub fn back_off(policy: &Policy<'_>, class: Class, count: u32) -> TimeDelta {
    let (floor, ceiling) = (policy.floor, policy.ceiling);
    let (first, last) = match (policy.tier, class) {
        (_, Class::Gone) => (policy.patience, policy.patience),
        (Tier::Wire, Class::Unreached | Class::Server | Class::Document) => (floor, (floor * 15).min(ceiling)),
        (Tier::Guest, Class::Unreached | Class::Server | Class::Document | Class::Refused | Class::Setup)
        | (Tier::Wire, Class::Refused | Class::Setup) => (floor, ceiling),
        (Tier::Wire, Class::Throttled) => (policy.rest, (ceiling * 4).min(policy.patience)),
        (Tier::Guest, Class::Throttled) => (policy.rest, ceiling),
    };
    let doublings = count.saturating_sub(1).min(30);
    let wait = first.checked_mul(1i32 << doublings).unwrap_or(last);
    wait.min(last).max(first.min(last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::schedule::tests::{guest, wire};

    #[test]
    fn a_ladder_doubles_from_its_first_step_to_its_last() {
        for (policy, class, minutes) in [
            (wire(), Class::Server, [1, 2, 4, 8, 15, 15]),
            (wire(), Class::Unreached, [1, 2, 4, 8, 15, 15]),
            (wire(), Class::Refused, [1, 2, 4, 8, 16, 32]),
            (wire(), Class::Throttled, [15, 30, 60, 120, 240, 240]),
            (wire(), Class::Gone, [1_440; 6]),
            (wire(), Class::Setup, [1, 2, 4, 8, 16, 32]),
            (guest(), Class::Server, [60, 120, 240, 480, 960, 1_440]),
            (guest(), Class::Document, [60, 120, 240, 480, 960, 1_440]),
            (guest(), Class::Throttled, [240, 480, 960, 1_440, 1_440, 1_440]),
            (guest(), Class::Gone, [1_440; 6]),
        ] {
            let got = [1, 2, 3, 4, 5, 6].map(|count| back_off(&policy, class, count).num_minutes());
            assert_eq!(got, minutes, "{:?} {class:?}", policy.tier);
            assert_eq!(
                back_off(&policy, class, u32::MAX),
                back_off(&policy, class, 40),
                "it never ends, and never grows beyond its last step"
            );
        }
    }

    #[test]
    fn each_class_has_its_own_count() {
        let mut failures = Failures::default();
        assert!(!failures.any());
        assert_eq!(
            [Class::Server, Class::Server, Class::Refused].map(|class| failures.add(class)),
            [1, 2, 1]
        );
        assert!(failures.any());
    }
}
