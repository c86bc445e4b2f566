//! Polls that brought nothing, as most do: all that wait for the writer at once are written in one transaction.
//!
//! What a poll without items leaves is a row and a due time. On its own that is a handful of statements and a commit; together they cost
//! hardly more than one alone. Nobody waits for company: whoever gets the writer takes along who waits beside.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sqlx::pool::PoolConnection;
use sqlx::{Sqlite, SqliteConnection};
use tokio::sync::oneshot;

use super::admit::{Admitted, Counts, Movement, Poll};
use super::ledger::{self, Entries, Entry};
use super::row::json;
use super::{Store, StoreError};
use crate::article::SourceId;

/// Polls a transaction: who waits for the writer meanwhile waits no longer than for a feed of news.
const TOGETHER: usize = 128;

/// Those that wait. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Quiet(Arc<Mutex<Vec<Waiting>>>);

#[derive(Debug)]
struct Waiting {
    source: SourceId,
    /// The [`Entry`] as JSON.
    entry: String,
    /// Is told the number of its row; nothing, where a transaction of several failed.
    tell: oneshot::Sender<Result<i64, StoreError>>,
}

impl Quiet {
    fn join(&self, poll: &Poll) -> oneshot::Receiver<Result<i64, StoreError>> {
        let (tell, told) = oneshot::channel();
        let waiting = Waiting {
            source: poll.source.clone(),
            entry: json(&Entry::of(poll, Counts::default(), None)),
            tell,
        };
        self.lock().push(waiting);
        told
    }

    /// Takes out who waited longest, no two of one source: what a source needs next is what its last poll says.
    fn take(&self) -> Vec<Waiting> {
        let mut all = self.lock();
        let mut taken: Vec<Waiting> = Vec::new();
        let mut rest = Vec::new();
        for waiting in all.drain(..) {
            if waiting.tell.is_closed() {
                continue;
            }
            let is_second = taken.iter().any(|other| other.source == waiting.source);
            if taken.len() < TOGETHER && !is_second {
                taken.push(waiting);
            } else {
                rest.push(waiting);
            }
        }
        *all = rest;
        taken
    }

    /// How many wait.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Waiting>> {
        // Every change of it is whole when it panics.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// Keeps a poll that brought nothing, with those that wait beside it.
    pub(super) async fn admit_quiet(&self, poll: &Poll) -> Result<Admitted, StoreError> {
        let mut told = self.quiet.join(poll);
        let poll_id = loop {
            tokio::select! {
                biased;
                told = &mut told => break match told {
                    Ok(poll_id) => poll_id?,
                    // With others it failed; perhaps for one of them.
                    Err(_) => self.admit_alone(poll).await?,
                },
                writer = self.writer() => self.admit_waiting(writer?).await,
            }
        };
        Ok(Admitted {
            poll_id: Some(poll_id),
            counts: Counts::default(),
            judgements: Vec::new(),
        })
    }

    async fn admit_waiting(&self, writer: PoolConnection<Sqlite>) {
        let waiting = self.quiet.take();
        let entries = Entries::of(waiting.iter().map(|waiting| waiting.entry.as_str()));
        let kept = self
            .transaction_of(writer, DOING, async |transaction| keep(transaction, &entries).await)
            .await;
        match kept {
            Ok(first) => {
                for (poll_id, waiting) in (first..).zip(waiting) {
                    // Who does not wait any more need not know.
                    let _ = waiting.tell.send(Ok(poll_id));
                }
            }
            Err(error) => {
                if let Ok([alone]) = <[Waiting; 1]>::try_from(waiting) {
                    let _ = alone.tell.send(Err(error));
                }
            }
        }
    }

    async fn admit_alone(&self, poll: &Poll) -> Result<i64, StoreError> {
        let entries = Entries::one(&Entry::of(poll, Counts::default(), None));
        self.transaction(DOING, async |transaction| keep(transaction, &entries).await)
            .await
    }
}

const DOING: &str = "keeping polls that brought nothing";

async fn keep(connection: &mut SqliteConnection, entries: &Entries) -> Result<i64, StoreError> {
    ledger::sources(connection, entries).await?;
    ledger::polls(connection, entries).await
}

impl Poll {
    /// It brought nothing, and the feed is where it was.
    pub(super) fn is_quiet(&self) -> bool {
        let movement = self.watch.as_ref().map(|watch| &watch.movement);
        self.drafts.is_empty() && self.rejects.is_empty() && matches!(movement, None | Some(Movement::None))
    }
}
