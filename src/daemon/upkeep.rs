//! Care of the store once a day, beside the polls: what `[store] keep` no longer keeps goes, and SQLite looks anew at what it holds.
//!
//! All of it in small transactions, so that no poll waits for it. What is cut short by the end of the daemon goes on the next time.

use chrono::{DateTime, Utc};
use tokio::task::JoinHandle;
use tokio::time::{Duration, Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info};

use crate::clock;
use crate::config::StoreConfig;
use crate::ingest::Ingest;
use crate::store::{Retention, Store, StoreError};
use crate::telemetry::chain;
use crate::text::counted;

/// What is due at a start comes first.
const FIRST: Duration = Duration::from_secs(10 * 60);
const EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// When the store is cared for.
pub(super) struct Upkeep {
    next: Instant,
    shutdown: CancellationToken,
    work: Option<JoinHandle<()>>,
}

impl Upkeep {
    pub(super) fn new(shutdown: CancellationToken) -> Self {
        Self {
            next: Instant::now() + FIRST,
            shutdown,
            work: None,
        }
    }

    /// Until it is time.
    pub(super) async fn due(&self) {
        sleep_until(self.next).await;
    }

    /// Begins it, by the configuration that holds now.
    pub(super) fn start(&mut self, ingest: &Ingest) {
        self.next = Instant::now() + EVERY;
        if self.work.as_ref().is_some_and(|work| !work.is_finished()) {
            return;
        }
        let (store, config) = (ingest.store.clone(), ingest.config.store.clone());
        let shutdown = self.shutdown.clone();
        self.work = Some(tokio::spawn(async move {
            let tended = shutdown.run_until_cancelled(tend(&store, &config, clock::now())).await;
            if let Some(Err(failed)) = tended {
                error!(
                    stage = "upkeep",
                    error = chain(&failed),
                    "the daily care of the store failed; it is tried again tomorrow"
                );
            }
        }));
    }

    /// Waits for what is under way, which ends with the daemon.
    pub(super) async fn finish(self) {
        if let Some(Err(failed)) = match self.work {
            Some(work) => Some(work.await),
            None => None,
        } {
            error!(stage = "upkeep", error = %failed, "the care of the store ended badly");
        }
    }
}

/// Removes what is not to be kept, and tidies up.
async fn tend(store: &Store, config: &StoreConfig, now: DateTime<Utc>) -> Result<(), StoreError> {
    if let Some(keep) = config.keep {
        let retention = Retention {
            older_than: clock::span(keep),
            unseen_for: clock::span(config.keep_shown),
        };
        let gone = store.prune(retention, now, |_, _| ()).await?;
        info!(
            stage = "upkeep",
            articles = gone.articles,
            polls = gone.polls,
            tombstones = gone.tombstones,
            "removed what [store] keep no longer keeps: {}, {}",
            counted(gone.articles, "article"),
            counted(gone.polls, "poll")
        );
    }
    let done = store.optimize().await?;
    debug!(stage = "upkeep", bytes = done.bytes, "optimised the store");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    use crate::article::{Draft, FullText, Identity, SourceId};
    use crate::store::{Outcome, Poll};

    fn poll(headline: &str, started: DateTime<Utc>) -> Poll {
        let source = SourceId::new("wire");
        Poll {
            url: "https://wire.example/feed".to_owned(),
            wire: None,
            started,
            identity: Identity::Auto,
            full_text: FullText::Off,
            dedup_window: TimeDelta::days(60),
            elapsed_ms: 1,
            outcome: Outcome::Ok,
            http_status: None,
            bytes: None,
            validators: None,
            body_hash: None,
            drafts: vec![Draft {
                headline: Some(headline.to_owned()),
                guid: Some(headline.to_owned()),
                ..Draft::empty(source.clone(), started)
            }],
            rejects: vec![],
            repairs: vec![],
            error: None,
            next_due: started,
            next_due_reason: String::new(),
            watch: None,
            source,
        }
    }

    #[tokio::test]
    async fn what_the_configuration_does_not_keep_goes_and_without_one_nothing_does() {
        let begin: DateTime<Utc> = "2026-01-01T08:00:00Z".parse().unwrap();
        for (config, days, want) in [
            ("", 4_000, 3),
            ("[store]\nkeep = \"90d\"\n", 60, 3),
            ("[store]\nkeep = \"90d\"\n", 100, 1),
            ("[store]\nkeep = \"90d\"\nkeep_shown = \"120d\"\n", 100, 3),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let store = Store::open(&folder.path().join("dateline.sqlite")).await.unwrap();
            for (number, headline) in ["Acme opens a plant", "Bolt sells a ship", "Coil digs a well"]
                .iter()
                .enumerate()
            {
                let at = begin + TimeDelta::minutes(number as i64);
                store.admit(&poll(headline, at), at).await.unwrap();
            }
            let config = crate::config::parse(config, "t.toml").unwrap();
            let before = store.revision();
            tend(&store, &config.store, begin + TimeDelta::days(days))
                .await
                .unwrap();
            assert_eq!(store.count().await.unwrap(), want, "{config:?} after {days} days");
            assert_eq!(store.revision() > before, want < 3, "readers hear of what goes");
        }
    }
}
