//! What the log says of a poll: one line, and one for each change that a person should hear of.

use chrono::SecondsFormat;
use tracing::{debug, info, warn};

use crate::article::Health;
use crate::ingest::{Report, schedule};
use crate::store::{Movement, Outcome};

/// One line a poll, and one for each change that a person should hear of.
pub(super) fn log(report: &Report) {
    log_poll(report);
    let poll = &report.poll;
    if let Some(gap) = poll.watch.as_ref().and_then(|watch| watch.gap.as_deref()) {
        warn!(source.id = %poll.source, stage = "gap", "{}: {gap}", poll.source);
    }
    match poll.watch.as_ref().map(|watch| &watch.movement) {
        None | Some(Movement::None | Movement::Said(_) | Movement::Unsaid | Movement::Kept) => {}
        Some(Movement::Adopted(to)) => warn!(
            source.id = %poll.source, stage = "moved",
            "{} has moved for good: it is asked at {} from now on; write the new url into the configuration (`dateline sources` shows it whole)",
            poll.source, without_query(to)
        ),
        Some(Movement::Returned(why)) => warn!(
            source.id = %poll.source, stage = "moved", "{} is asked at {} again: {why}", poll.source, without_query(&poll.url)
        ),
    }
    match report.health {
        None => {}
        Some((from, Health::Ok)) => {
            info!(source.id = %poll.source, stage = "health", from = %from, "{} is well again: it was {from}", poll.source);
        }
        Some((_, to)) => {
            let meaning = poll
                .error
                .as_deref()
                .filter(|_| to == Health::Gone)
                .unwrap_or_else(|| meaning(to));
            warn!(source.id = %poll.source, stage = "health", "{} is {to}: {meaning}", poll.source);
        }
    }
    match report.network {
        None => {}
        Some(schedule::Turn::Began) => warn!(
            stage = "network",
            "most sites cannot be reached: this machine's network is out, and failures count against nobody until it is back"
        ),
        Some(schedule::Turn::Ended(after)) => {
            info!(stage = "network", "the network is back after {}", schedule::said(after));
        }
    }
}

/// An address without what may hold a secret.
fn without_query(url: &str) -> &str {
    url.split('?').next().unwrap_or(url)
}

/// What a health means, for a person.
const fn meaning(health: Health) -> &'static str {
    match health {
        Health::Ok => "it answers, and brings what it used to",
        Health::Quiet => "it answers, and has brought nothing for longer than its own week lets expect",
        Health::Stale => "it answers, and has brought nothing for so long that it looks abandoned",
        Health::Empty => "it answers with a feed without items",
        Health::Future => "its newest item is dated ahead of its own clock",
        Health::Throttled => "it asks us to wait",
        Health::Failing => "it does not answer, or badly",
        Health::Gone => "it will not come back by itself",
    }
}

fn log_poll(report: &Report) {
    let poll = &report.poll;
    let counts = &report.admitted.counts;
    let outcome = poll.outcome.as_str();
    let next_due = poll.next_due.to_rfc3339_opts(SecondsFormat::Secs, true);
    match &poll.error {
        None if matches!(poll.outcome, Outcome::NotModified | Outcome::Unchanged) => debug!(
            source.id = %poll.source,
            stage = "done",
            outcome,
            elapsed_ms = poll.elapsed_ms,
            %next_due,
            "polled {}: not modified",
            poll.source
        ),
        None => info!(
            source.id = %poll.source,
            stage = "done",
            outcome,
            items.new = some(counts.new),
            items.seen = some(counts.seen),
            items.revised = some(counts.revised),
            items.duplicate = some(counts.duplicate),
            items.correction = some(counts.correction),
            items.withdrawal = some(counts.withdrawal),
            items.variant = some(counts.variant),
            items.rejected = some(counts.rejected),
            elapsed_ms = poll.elapsed_ms,
            %next_due,
            "polled {}",
            poll.source
        ),
        Some(error) => warn!(
            source.id = %poll.source,
            stage = stage(poll.outcome),
            outcome,
            elapsed_ms = poll.elapsed_ms,
            %next_due,
            "{}: {error}",
            poll.source
        ),
    }
}

/// A counter worth a word.
fn some(count: i64) -> Option<i64> {
    (count != 0).then_some(count)
}

/// The stage at which a poll ended.
fn stage(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::FetchError => "fetch",
        Outcome::ParseError | Outcome::Panic | Outcome::Empty => "parse",
        Outcome::Ok | Outcome::NotModified | Outcome::Unchanged => "done",
    }
}
