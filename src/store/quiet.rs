//! Polls that brought nothing, as most do: all that wait for the writer at once are written in one transaction.
//!
//! What a poll without items leaves is a row and a due time. On its own that is a handful of statements and a commit.

use sqlx::pool::PoolConnection;
use sqlx::{Sqlite, SqliteConnection};

use super::admit::{Admitted, Counts, Movement, Poll};
use super::ledger::{self, Entries, Entry};
use super::row::json;
use super::together::{Together, answer};
use super::{Store, StoreError};
use crate::article::SourceId;

/// At most: who waits for the writer meanwhile waits no longer than for a feed of news.
const POLLS_A_TRANSACTION: usize = 128;

const DOING: &str = "keeping polls that brought nothing";

/// Those that wait; each is told the number of its row.
pub(super) type Quiet = Together<Waiting, i64>;

#[derive(Debug)]
pub(super) struct Waiting {
    source: SourceId,
    /// The [`Entry`] as JSON.
    entry: String,
}

impl Store {
    /// Keeps a poll that brought nothing, with those that wait beside it.
    pub(super) async fn admit_quiet(&self, poll: &Poll) -> Result<Admitted, StoreError> {
        let mut told = self.quiet.ask(Waiting {
            source: poll.source.clone(),
            entry: json(&Entry::of(poll, Counts::default(), None)),
        });
        let poll_id = loop {
            tokio::select! {
                biased;
                told = &mut told => break match told {
                    Ok(poll_id) => poll_id?,
                    Err(_) => self.admit_alone(poll).await?,
                },
                writer = self.writer() => {
                    let (store, writer) = (self.clone(), writer?);
                    // It goes on when this one is given up: the others are to be told.
                    let _ = tokio::spawn(async move { store.admit_waiting(writer).await }).await;
                }
            }
        };
        Ok(Admitted {
            poll_id: Some(poll_id),
            counts: Counts::default(),
            judgements: Vec::new(),
        })
    }

    async fn admit_waiting(&self, writer: PoolConnection<Sqlite>) {
        // What a source needs next is what its last poll says: no two of one source.
        let waiting = self
            .quiet
            .take(POLLS_A_TRANSACTION, |one, other| one.source != other.source);
        if waiting.is_empty() {
            return;
        }
        let entries = Entries::of(waiting.iter().map(|waiting| waiting.what.entry.as_str()));
        let first = self
            .transaction_of(writer, DOING, async |transaction| keep(transaction, &entries).await)
            .await;
        answer(waiting, first.map(|first| first..));
    }

    async fn admit_alone(&self, poll: &Poll) -> Result<i64, StoreError> {
        let entries = Entries::one(&Entry::of(poll, Counts::default(), None));
        self.transaction(DOING, async |transaction| keep(transaction, &entries).await)
            .await
    }
}

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
