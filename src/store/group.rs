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
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::{Sqlite, SqliteConnection};
use tokio::sync::{Mutex, MutexGuard, oneshot};

use super::write::Texts;
use super::{Store, StoreError};

/// Parts of a transaction: the first waits for the last, and so does whoever else wants the writer.
const TOGETHER: usize = 8;

/// How long one waits to be told before it looks whether the one that was to go on has given up. Hardly anybody does.
const PATIENCE: Duration = Duration::from_millis(100);

/// The transaction that is open between two of its parts, and how many wait for it. Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    open: Arc<Mutex<Option<Open>>>,
    waiting: Arc<AtomicUsize>,
}

/// A transaction. One that is dropped before it was kept goes with its connection: what its group has done so far is taken back.
#[derive(Debug)]
struct Open {
    writer: PoolConnection<Sqlite>,
    begun: Instant,
    /// Whom to tell that it was kept.
    members: Vec<oneshot::Sender<()>>,
    done: Done,
    is_kept: bool,
}

impl Drop for Open {
    fn drop(&mut self) {
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
struct Waiting<'g>(&'g AtomicUsize);

impl<'g> Waiting<'g> {
    fn new(count: &'g AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Group {
    async fn turn(&self) -> MutexGuard<'_, Option<Open>> {
        let _waiting = Waiting::new(&self.waiting);
        self.open.lock().await
    }

    fn is_waited_for(&self) -> bool {
        self.waiting.load(Ordering::SeqCst) > 0
    }

    /// How many wait for a turn or have it.
    #[cfg(test)]
    pub(super) fn wanted(&self) -> usize {
        self.waiting.load(Ordering::SeqCst) + usize::from(self.open.try_lock().is_err())
    }
}

/// One's turn in a transaction. What is done there is taken back unless it is [left](Self::leave).
pub(super) struct Seat<'s> {
    store: &'s Store,
    doing: &'static str,
    open: Open,
    /// Dropped last: the next one finds what has become of the transaction.
    turn: MutexGuard<'s, Option<Open>>,
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
        if open.members.len() + 1 >= TOGETHER || !store.group.is_waited_for() {
            let is_alone = open.members.is_empty();
            return match store.commit(open, doing).await {
                Ok(()) => Ok(true),
                Err(error) if is_alone => Err(error),
                // Perhaps for another's sake.
                Err(_) => Ok(false),
            };
        }
        let (tell, mut told) = oneshot::channel();
        open.members.push(tell);
        *turn = Some(open);
        drop(turn);
        loop {
            match tokio::time::timeout(PATIENCE, &mut told).await {
                Ok(kept) => return Ok(kept.is_ok()),
                // Where that fails all of them are told so.
                Err(_) => drop(store.go_on(doing).await),
            }
        }
    }
}

impl Store {
    /// One's turn in a write transaction that it may share with those who wait behind.
    pub(super) async fn seat(&self, doing: &'static str) -> Result<Seat<'_>, StoreError> {
        let asked = Instant::now();
        let mut turn = self.group.turn().await;
        let open = match turn.take() {
            Some(open) => {
                self.lane.waited(asked.elapsed());
                open
            }
            None => {
                let mut open = Open {
                    writer: self.writer_since(asked).await?,
                    begun: Instant::now(),
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

    /// Commits for those who waited behind and gave up.
    async fn go_on(&self, doing: &'static str) -> Result<(), StoreError> {
        if self.group.is_waited_for() {
            return Ok(());
        }
        let mut turn = self.group.turn().await;
        match turn.take() {
            Some(open) => self.commit(open, doing).await,
            None => Ok(()),
        }
    }

    async fn commit(&self, mut open: Open, doing: &'static str) -> Result<(), StoreError> {
        let finished = open.done.texts.write(&mut open.writer).await;
        finished.map_err(|error| self.placed(error))?;
        let kept = sqlx::query("COMMIT").execute(&mut *open.writer).await;
        kept.map_err(self.failed(doing))?;
        open.is_kept = true;
        self.lane.held(open.begun.elapsed());
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
