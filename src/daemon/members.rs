//! Keeps the members of the outputs up to what the store holds, beside the polls: one task, which takes in what other processes changed (an
//! import, a merge by hand) and seeks the members of new and changed rules among what was there before.
//!
//! Not in the loop that starts the polls: after a large import there is much to take in, and nobody shall wait for it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

use crate::clock;
use crate::store::{Sought, Store};
use crate::telemetry::chain;

/// Between two steps: polls must find the writer free.
const BREATH: Duration = Duration::from_millis(20);
/// How soon outputs show what other processes changed.
const LOOK: Duration = Duration::from_secs(1);
/// After a failure.
const REST: Duration = Duration::from_secs(30);
/// How often a long search says how far it is.
const WORD: Duration = Duration::from_secs(10);

/// What the task is told.
#[derive(Debug)]
pub(super) struct Members {
    look: Notify,
    has_new_rules: AtomicBool,
}

impl Members {
    /// The rules of the outputs are new, for all that the last run left behind.
    pub(super) fn new() -> Self {
        Self {
            look: Notify::new(),
            has_new_rules: AtomicBool::new(true),
        }
    }

    /// Another process may have changed something.
    pub(super) fn look(&self) {
        self.look.notify_one();
    }

    /// The store serves other rules.
    pub(super) fn seek(&self) {
        self.has_new_rules.store(true, Ordering::Release);
        self.look();
    }

    /// Until the daemon ends.
    pub(super) async fn keep(&self, store: &Store, shutdown: &CancellationToken) {
        let work = async {
            loop {
                let followed = follow(store).await;
                if self.has_new_rules.swap(false, Ordering::AcqRel) {
                    seek(store).await;
                }
                match followed {
                    // Whether anybody told of it or not.
                    Ok(()) => drop(timeout(LOOK, self.look.notified()).await),
                    Err(Failed) => self.look.notified().await,
                }
            }
        };
        // What is cut short is in a transaction of its own, and the next start goes on.
        let _: Option<std::convert::Infallible> = shutdown.run_until_cancelled(work).await;
    }
}

/// Seeks the members of new and changed rules among what the store held before them, until all are found.
async fn seek(store: &Store) {
    let (started, mut said) = (Instant::now(), Instant::now());
    let mut is_first = true;
    loop {
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
        sleep(wait).await;
    }
}

/// Told already.
struct Failed;

/// Takes in what other processes changed.
async fn follow(store: &Store) -> Result<(), Failed> {
    match store.follow_changes(clock::now()).await {
        Ok(_) => Ok(()),
        Err(failed) => {
            error!(
                stage = "outputs",
                error = chain(&failed),
                "outputs do not show the last changes yet; it will be tried again"
            );
            Err(Failed)
        }
    }
}
