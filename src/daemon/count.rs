//! What is counted of a poll, beside the line of the log.

use std::time::Duration;

use crate::article::Verdict;
use crate::config::Config;
use crate::ingest::Report;
use crate::store::{Counts, Outcome};
use crate::telemetry::Metrics;

/// A poll that the store could not take: it has no outcome, for it has no row.
pub(super) const UNKEPT: &str = "unkept";

/// An item that could not become an article: it has no verdict.
const REJECTED: &str = "rejected";

/// What a date is told to be by that gives no instant: a day, or a time in some zone.
const NO_INSTANT: &str = "published-without-";

/// All that a configuration lets us count begins at 0.
pub(super) fn expect(metrics: &Metrics, config: &Config) {
    let outcomes: Vec<&str> = Outcome::ALL
        .iter()
        .map(|outcome| outcome.as_str())
        .chain([UNKEPT])
        .collect();
    let verdicts: Vec<&str> = judged(&Counts::default()).map(|(verdict, _)| verdict).collect();
    for source in config.sources.iter().filter(|source| source.enabled) {
        metrics.expect(source.wire.id, source.tier, &outcomes, &verdicts);
    }
}

/// Counts a poll that was kept.
pub(super) fn count(metrics: &Metrics, report: &Report) {
    let poll = &report.poll;
    let (Some(wire), Some(watch)) = (poll.wire.as_deref(), &poll.watch) else {
        return;
    };
    metrics.polled(wire, watch.tier, poll.outcome.as_str());
    metrics.poll_took(watch.tier, Duration::from_millis(poll.elapsed_ms.unsigned_abs()));
    for (verdict, count) in judged(&report.admitted.counts) {
        metrics.judged(wire, verdict, count.unsigned_abs());
    }
    if watch.gap.is_some() {
        metrics.gap(wire);
    }
    // The first document of a source shows what was issued long before we asked: it tells nothing of lag or overlap.
    let Some(known) = watch.known else { return };
    metrics.compared(wire, number(poll.drafts.len()), number(known));
    let first_shown = report
        .admitted
        .judgements
        .iter()
        .filter(|judged| match judged.judgement.verdict {
            Verdict::New | Verdict::Duplicate | Verdict::Correction | Verdict::Withdrawal | Verdict::Variant => true,
            Verdict::Seen | Verdict::Revised => false,
        });
    for draft in first_shown.filter_map(|judged| poll.drafts.get(judged.index)) {
        let is_instant = !draft.repairs.iter().any(|repair| repair.starts_with(NO_INSTANT));
        if let Some(published) = draft.published.filter(|_| is_instant) {
            metrics.seen_after(wire, draft.received - published);
        }
    }
}

fn judged(counts: &Counts) -> impl Iterator<Item = (&'static str, i64)> {
    [
        (Verdict::New.as_str(), counts.new),
        (Verdict::Seen.as_str(), counts.seen),
        (Verdict::Revised.as_str(), counts.revised),
        (Verdict::Duplicate.as_str(), counts.duplicate),
        (Verdict::Correction.as_str(), counts.correction),
        (Verdict::Withdrawal.as_str(), counts.withdrawal),
        (Verdict::Variant.as_str(), counts.variant),
        (REJECTED, counts.rejected),
    ]
    .into_iter()
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
