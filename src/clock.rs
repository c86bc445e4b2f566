//! The one place that reads the wall clock.
//!
//! Everything else takes `now` as its last argument, so that a decision can be replayed and a test never sleeps.

use std::time::Duration;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// The present instant, cut to milliseconds: what the store keeps is what the code compared.
#[must_use]
#[allow(clippy::disallowed_methods)] // this is the clock
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(3)
}

/// A configured duration as a span between two instants. Configuration keeps it far below what a span can hold.
#[must_use]
pub(crate) fn span(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}
