//! How many documents are read at once, and where.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::Semaphore;
use tokio::task::JoinError;

/// How long a thread stays that has nothing to read: feeds are polled more often.
const IDLE: Duration = Duration::from_secs(3600);

/// The places of those who read documents, on threads of their own: as many as there are cores, for more at once are no faster. What regular
/// expressions remember is some megabytes for each thread that ever used them, so the many that wait for a disk or a name are no place to read.
#[derive(Debug, Clone)]
pub struct Work {
    places: Arc<Semaphore>,
    threads: Arc<Threads>,
}

#[derive(Debug)]
struct Threads {
    handle: Handle,
    runtime: Option<Runtime>,
}

impl Drop for Threads {
    fn drop(&mut self) {
        // Dropped as it is it would wait for what is being read, which an async thread may not.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Work {
    /// Places for as many as there are cores.
    ///
    /// # Errors
    /// The system gives no more of what a thread needs.
    pub fn new() -> std::io::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        // A document that takes its time leaves a place to the others.
        let places = cores.clamp(2, 8);
        let runtime = Builder::new_current_thread()
            .thread_name("dateline-read")
            .max_blocking_threads(places)
            .thread_keep_alive(IDLE)
            .build()?;
        Ok(Self {
            places: Arc::new(Semaphore::new(places)),
            threads: Arc::new(Threads {
                handle: runtime.handle().clone(),
                runtime: Some(runtime),
            }),
        })
    }

    /// Does work off the async threads, when there is a place. A panic of it is an error.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, JoinError> {
        // The semaphore is never closed, so a place always comes. Who gives up before has asked for no work; the threads' own bound is for the
        // moment after a place was given back.
        let place = Arc::clone(&self.places).acquire_owned().await;
        self.threads
            .handle
            .spawn_blocking(move || {
                let _place = place;
                work()
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[tokio::test]
    async fn a_few_threads_read_all() {
        let work = Work::new().unwrap();
        let places = work.places.available_permits();
        let mut threads = BTreeSet::new();
        for _ in 0..4 {
            let readers = (0..3 * places).map(|_| {
                let work = work.clone();
                tokio::spawn(async move { work.run(|| format!("{:?}", std::thread::current().id())).await })
            });
            for reader in readers.collect::<Vec<_>>() {
                threads.insert(reader.await.unwrap().unwrap());
            }
        }
        assert!(threads.len() <= places, "{threads:?}");
        assert!(work.run(|| panic!("a hostile document")).await.unwrap_err().is_panic());
        assert_eq!(work.run(|| 1).await.unwrap(), 1);
        // The last clone goes on an async thread.
        drop(work);
    }
}
