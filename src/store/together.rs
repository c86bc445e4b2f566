//! Many who ask for the same at once are answered together: by one statement, or in one transaction.
//!
//! Nobody waits for company. Each asks and then waits for a turn; whoever gets it answers all who wait by then, and the others need no turn any
//! more. What costs is the way to the thread of a connection and back, and the commit: a question more costs hardly anything.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::StoreError;

/// Those that wait. Clones share them.
#[derive(Debug)]
pub(super) struct Together<Q, A>(Arc<Mutex<Vec<Asked<Q, A>>>>);

/// What one asked.
#[derive(Debug)]
pub(super) struct Asked<Q, A> {
    pub(super) what: Q,
    tell: oneshot::Sender<Result<A, StoreError>>,
}

/// What one is told; nothing, where several were to be answered and it failed: perhaps for one of them.
pub(super) type Told<A> = oneshot::Receiver<Result<A, StoreError>>;

impl<Q, A> Together<Q, A> {
    pub(super) fn ask(&self, what: Q) -> Told<A> {
        let (tell, told) = oneshot::channel();
        self.lock().push(Asked { what, tell });
        told
    }

    /// Takes out those who have waited longest, at most so many, and no two of which one is not to be answered `beside` the other.
    pub(super) fn take(&self, most: usize, beside: impl Fn(&Q, &Q) -> bool) -> Vec<Asked<Q, A>> {
        let mut all = self.lock();
        let (mut taken, mut rest): (Vec<Asked<Q, A>>, Vec<_>) = (Vec::new(), Vec::new());
        // Who gave up waiting is not answered.
        for asked in all.drain(..).filter(|asked| !asked.tell.is_closed()) {
            if taken.len() < most && taken.iter().all(|other| beside(&other.what, &asked.what)) {
                taken.push(asked);
            } else {
                rest.push(asked);
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

    fn lock(&self) -> MutexGuard<'_, Vec<Asked<Q, A>>> {
        // Every change of it is whole when it panics.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers them in their order.
pub(super) fn answer<Q, A>(asked: Vec<Asked<Q, A>>, answers: Result<impl IntoIterator<Item = A>, StoreError>) {
    match answers {
        Ok(answers) => {
            for (asked, answer) in asked.into_iter().zip(answers) {
                // Who does not wait any more need not know.
                let _ = asked.tell.send(Ok(answer));
            }
        }
        Err(error) => {
            if let Ok([alone]) = <[Asked<Q, A>; 1]>::try_from(asked) {
                let _ = alone.tell.send(Err(error));
            }
        }
    }
}

impl<Q, A> Clone for Together<Q, A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<Q, A> Default for Together<Q, A> {
    fn default() -> Self {
        Self(Arc::default())
    }
}
