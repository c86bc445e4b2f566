//! How many documents are read at once.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinError;

/// The places of those who read documents: as many as there are cores, for more at once are no faster, and each costs two megabytes of what
/// regular expressions remember of a thread.
#[derive(Debug, Clone)]
pub struct Work(Arc<Semaphore>);

impl Default for Work {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        // A document that takes its time leaves a place to the others.
        Self(Arc::new(Semaphore::new(cores.clamp(2, 8))))
    }
}

impl Work {
    /// Does work off the async threads, when there is a place. A panic of it is an error.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, JoinError> {
        // The semaphore is never closed, so a place always comes.
        let place = Arc::clone(&self.0).acquire_owned().await;
        tokio::task::spawn_blocking(move || {
            let _place = place;
            work()
        })
        .await
    }
}
