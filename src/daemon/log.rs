//! What the log says of a poll: one line, and one for each change that a person should hear of.

use tracing::{info, warn};

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
        None | Some(Movement::None | Movement::Said(_) | Movement::Unsaid) => {}
        Some(Movement::Adopted(to)) => warn!(
            source.id = %poll.source, stage = "moved",
            "{} has moved for good: it is asked at {to} from now on; write that into its url", poll.source
        ),
        Some(Movement::Returned(why)) => warn!(
            source.id = %poll.source, stage = "moved", "{} is asked at {} again: where it moved, {why}", poll.source, poll.url
        ),
    }
    match report.health {
        None => {}
        Some((from, Health::Ok)) => {
            info!(source.id = %poll.source, stage = "health", from = %from, "{} is well again: it was {from}", poll.source);
        }
        Some((_, to)) => {
            warn!(source.id = %poll.source, stage = "health", "{} is {to}: {}", poll.source, meaning(to));
        }
    }
    match report.network {
        None => {}
        Some(schedule::Turn::Began) => warn!(
            stage = "network",
            "most sites cannot be reached: this machine's network is out, and failures count against nobody until it is back"
        ),
        Some(schedule::Turn::Ended(after)) => {
            info!(
                stage = "network",
                "the network is back after {} min",
                after.num_minutes()
            );
        }
    }
}

/// What a health means, for a person.
const fn meaning(health: Health) -> &'static str {
    match health {
        Health::Ok => "it answers, and brings what it used to",
        Health::Quiet => "it answers, and has brought nothing for longer than its own week lets expect",
        Health::Stale => "it answers, and has brought nothing for so long that it looks abandoned",
        Health::Empty => "it answers with a feed without items",
        Health::Future => "its newest item is dated ahead of its own clock",
        Health::Throttled => "it asks us to wait; check its schedule",
        Health::Failing => "it does not answer, or badly",
        Health::Gone => "it will not come back by itself; check its url",
    }
}

fn log_poll(report: &Report) {
    let poll = &report.poll;
    let counts = &report.admitted.counts;
    let outcome = poll.outcome.as_str();
    let next_due = poll.next_due.format("%H:%M:%S");
    match &poll.error {
        None => info!(
            source.id = %poll.source,
            stage = "done",
            outcome,
            items.new = counts.new,
            items.seen = counts.seen,
            items.revised = counts.revised,
            items.duplicate = counts.duplicate,
            items.correction = counts.correction,
            items.withdrawal = counts.withdrawal,
            items.variant = counts.variant,
            items.rejected = counts.rejected,
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

/// The stage at which a poll ended.
fn stage(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::FetchError => "fetch",
        Outcome::ParseError | Outcome::Panic | Outcome::Empty => "parse",
        Outcome::Ok | Outcome::NotModified | Outcome::Unchanged => "done",
    }
}
