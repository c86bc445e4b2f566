//! The one place that reads the wall clock.
//!
//! Everything else takes `now` as its last argument, so that a decision can be replayed and a test never sleeps.

use chrono::{DateTime, SubsecRound, Utc};

/// The present instant, cut to milliseconds: what the store keeps is what the code compared.
#[must_use]
#[allow(clippy::disallowed_methods)] // this is the clock
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(3)
}
