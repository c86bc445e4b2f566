//! Keeps the members of the outputs up to what the store holds, beside the polls.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

use crate::clock;
use crate::store::{Sought, Store};
use crate::telemetry::chain;

/// Between two steps: polls must find the writer free.
const BREATH: Duration = Duration::from_millis(20);
/// After a failure.
const REST: Duration = Duration::from_secs(30);
/// How often a long search says how far it is.
const WORD: Duration = Duration::from_secs(10);

/// Seeks the members of new and changed rules among what the store held before them, until all are found or the daemon ends.
pub(super) async fn seek(store: Store, shutdown: CancellationToken) {
    let (started, mut said) = (Instant::now(), Instant::now());
    let mut is_first = true;
    while !shutdown.is_cancelled() {
        let wait = match store.seek_members(clock::now()).await {
            Ok(Sought { left: 0, .. }) => {
                if !is_first {
                    info!(
                        stage = "outputs",
                        elapsed_ms = started.elapsed().as_millis() as u64,
                        "all outputs hold what their rules say"
                    );
                }
                return;
            }
            Ok(Sought { left, .. }) => {
                if is_first || said.elapsed() > WORD {
                    said = Instant::now();
                    info!(
                        stage = "outputs",
                        articles.left = left,
                        "{left} stored articles are still to be asked by new rules of outputs"
                    );
                }
                is_first = false;
                BREATH
            }
            Err(failed) => {
                error!(
                    stage = "outputs",
                    error = chain(&failed),
                    "the members of new rules cannot be sought now; it will be tried again"
                );
                REST
            }
        };
        shutdown.run_until_cancelled(sleep(wait)).await;
    }
}

/// Takes in what other processes changed: an import, a merge by hand, the end of an embargo.
pub(super) async fn follow(store: &Store, now: DateTime<Utc>) {
    if let Err(failed) = store.follow_changes(now).await {
        error!(
            stage = "outputs",
            error = chain(&failed),
            "outputs do not show the last changes yet; it will be tried again"
        );
    }
}
