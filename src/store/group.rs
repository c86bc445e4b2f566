//! Group commit: polls that wait for the writer one behind the other share a transaction.
//!
//! A commit writes every page that was changed into the log, the same ones for each poll (the ends of the tables, the roots of the
//! indexes), and makes the full-text index write out what it has gathered. So who has done its part while others wait leaves the transaction
//! open to the next; the last one commits for all. Nobody waits for company, and nobody is told that its poll was kept before it was.
//!
//! All or nothing holds for the whole group: where one part fails nothing of any is kept, and each of the others does its part again in a
//! transaction of its own. So the one that cannot be kept takes no other with it. (Group commit: DeWitt et al., "Implementation techniques for
//! main memory database systems", 1984.)

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use sqlx::pool::PoolConnection;
use sqlx::{Sqlite, SqliteConnection};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use super::write::Texts;
use super::{Store, StoreError, WRITER_QUEUE};
use crate::telemetry::{Lane, chain};

/// Parts of a transaction: the first waits for the last, and so does whoever else wants the writer.
const PARTS: usize = 8;

/// The transaction that is open between two of its parts, and how many are to go on with it: never none. Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    open: Arc<Mutex<Option<Open>>>,
    queued: Arc<AtomicUsize>,
}

/// A transaction. One that is dropped before it was kept goes with its connection: what its group has done so far is taken back.
#[derive(Debug)]
struct Open {
    writer: PoolConnection<Sqlite>,
    begun: Instant,
    lane: Lane,
    /// Whom to tell that it was kept.
    members: Vec<oneshot::Sender<()>>,
    done: Done,
    is_kept: bool,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.lane.held(self.begun.elapsed());
        if !self.is_kept {
            self.writer.close_on_drop();
        }
    }
}

/// What parts have done, to be finished when all are done and made known when it has been kept.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// The last change of the postings, as [`Postings::kept`](super::postings::Postings::kept) wants it.
    pub(super) posted: Option<u64>,
    /// Outputs may show something else.
    pub(super) is_news: bool,
    /// What the full-text index takes in.
    pub(super) texts: Texts,
}

impl Done {
    fn extend(&mut self, later: Self) {
        self.posted = later.posted.or(self.posted);
        self.is_news |= later.is_news;
        self.texts.extend(later.texts);
    }
}

/// One who waits for a turn.
struct Queued<'g>(&'g Group);

impl<'g> Queued<'g> {
    fn new(group: &'g Group) -> Self {
        group.queued.fetch_add(1, Ordering::SeqCst);
        Self(group)
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.queued.fetch_sub(1, Ordering::SeqCst);
        // Who has got its turn has the lock. Who gives up may have been the one that was to go on.
        drop(self.0.forsaken());
    }
}

impl Group {
    async fn turn(&self) -> OwnedMutexGuard<Option<Open>> {
        let _queued = Queued::new(self);
        Arc::clone(&self.open).lock_owned().await
    }

    fn is_waited_for(&self) -> bool {
        self.queued.load(Ordering::SeqCst) > 0
    }

    /// The transaction with which nobody is going to go on, if there is one: those who were to have all given up.
    fn forsaken(&self) -> Option<(Open, OwnedMutexGuard<Option<Open>>)> {
        if self.is_waited_for() {
            return None;
        }
        let mut turn = Arc::clone(&self.open).try_lock_owned().ok()?;
        turn.take().map(|open| (open, turn))
    }

    /// How many wait for a turn or have it.
    #[cfg(test)]
    pub(super) fn wanted(&self) -> usize {
        self.queued.load(Ordering::SeqCst) + usize::from(self.open.try_lock().is_err())
    }
}

/// One's turn in a transaction. What is done there is taken back unless it is [left](Self::leave).
pub(super) struct Seat<'s> {
    store: &'s Store,
    doing: &'static str,
    open: Open,
    /// Dropped last: the next one finds what has become of the transaction.
    turn: OwnedMutexGuard<Option<Open>>,
}

impl Seat<'_> {
    /// The connection, and the last change of the postings that was made on it before.
    pub(super) fn work(&mut self) -> (&mut SqliteConnection, Option<u64>) {
        (&mut self.open.writer, self.open.done.posted)
    }

    /// One's part is done. True when it has been kept; false where it was taken back for another's sake, and is to be done again.
    pub(super) async fn leave(self, done: Done) -> Result<bool, StoreError> {
        let Self {
            store,
            doing,
            mut open,
            mut turn,
        } = self;
        open.done.extend(done);
        if open.members.len() + 1 >= PARTS || !store.group.is_waited_for() {
            let others = open.members.len();
            return store.commit(open, turn, others, doing).await;
        }
        let (tell, told) = oneshot::channel();
        open.members.push(tell);
        *turn = Some(open);
        drop(turn);
        // The one behind may have given up before it could find this.
        if let Some((open, turn)) = store.group.forsaken() {
            let others = open.members.len() - 1;
            return store.commit(open, turn, others, doing).await;
        }
        Ok(told.await.is_ok())
    }
}

impl Store {
    /// One's turn in a write transaction that it may share with those who wait behind.
    pub(super) async fn seat(&self, doing: &'static str) -> Result<Seat<'_>, StoreError> {
        let asked = Instant::now();
        let turn = tokio::time::timeout(WRITER_QUEUE, self.group.turn()).await;
        let mut turn = turn.map_err(|_| self.failed("waiting for the writer")(sqlx::Error::PoolTimedOut))?;
        let open = match turn.take() {
            Some(open) => {
                self.lane.waited(asked.elapsed());
                open
            }
            None => {
                let mut open = Open {
                    writer: self.writer_since(asked).await?,
                    begun: Instant::now(),
                    lane: self.lane.clone(),
                    members: Vec::new(),
                    done: Done::default(),
                    is_kept: false,
                };
                let begun = sqlx::query("BEGIN IMMEDIATE").execute(&mut *open.writer).await;
                begun.map_err(self.failed(doing))?;
                open
            }
        };
        Ok(Seat {
            store: self,
            doing,
            open,
            turn,
        })
    }

    /// True when it has been kept; false where it was taken back, perhaps for the sake of one of the others. It goes on when nobody waits for it
    /// any more: what was kept is made known.
    async fn commit(
        &self,
        open: Open,
        turn: OwnedMutexGuard<Option<Open>>,
        others: usize,
        doing: &'static str,
    ) -> Result<bool, StoreError> {
        let store = self.clone();
        let committed = tokio::spawn(async move {
            let _turn = turn;
            store.committed(open, doing).await
        });
        match committed.await {
            Ok(Ok(())) => Ok(true),
            Ok(Err(error)) if others == 0 => Err(error),
            Ok(Err(error)) => {
                tracing::debug!(
                    error = chain(&error),
                    "a shared transaction failed; its parts are done again"
                );
                Ok(false)
            }
            Err(_) => Ok(false),
        }
    }

    async fn committed(&self, mut open: Open, doing: &'static str) -> Result<(), StoreError> {
        let finished = open.done.texts.write(&mut open.writer).await;
        finished.map_err(|error| self.placed(error))?;
        let kept = sqlx::query("COMMIT").execute(&mut *open.writer).await;
        kept.map_err(self.failed(doing))?;
        open.is_kept = true;
        // What a file has taken that was removed meanwhile is not kept.
        self.in_place()?;
        self.made_known(&open.done);
        for member in open.members.drain(..) {
            // Who does not wait any more need not know.
            let _ = member.send(());
        }
        Ok(())
    }

    /// Says what was kept to those who go by it.
    pub(super) fn made_known(&self, done: &Done) {
        self.postings.kept(done.posted);
        if done.is_news {
            self.revise();
        }
    }
}
