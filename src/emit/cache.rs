//! Documents as they were rendered last, with their coded forms: a request for what nothing has changed in reads no row and renders nothing.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use axum::body::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use tokio::sync::OnceCell;

use super::coding::Coding;
use super::{Asked, Format, Published};
use crate::article::OutputId;

/// Bytes of documents kept, coded forms not counted; when there are more all of them go.
const MOST_BYTES: usize = 64 << 20;
/// A document is rendered anew after this time whatever the store says: its age limit, relative times, and other processes move on.
const LIFE: TimeDelta = TimeDelta::seconds(60);

/// Which document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) output: OutputId,
    pub(super) format: Format,
    pub(super) asked: Asked,
}

/// A document of one moment.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) document: Published,
    /// What the store said of itself before the document was read.
    revision: u64,
    made: DateTime<Utc>,
    coded: [OnceCell<Option<Bytes>>; Coding::ALL.len()],
}

/// Those who want to render one document.
#[derive(Debug, Default)]
struct Turn {
    lock: tokio::sync::Mutex<()>,
    /// Renderings that failed.
    failures: AtomicU64,
}

/// The documents kept.
#[derive(Debug, Default)]
pub(super) struct Cache {
    documents: Mutex<Documents>,
    /// Of the documents that are being rendered.
    turns: Mutex<HashMap<Key, Weak<Turn>>>,
}

#[derive(Debug, Default)]
struct Documents {
    kept: HashMap<Key, Arc<Kept>>,
    bytes: usize,
}

impl Kept {
    /// A document that nobody else will ask for.
    pub(super) fn once(document: Published, now: DateTime<Utc>) -> Self {
        Self {
            document,
            revision: 0,
            made: now,
            coded: Default::default(),
        }
    }

    /// The document in a coding, worked out once.
    pub(super) async fn coded(&self, coding: Coding) -> Option<Bytes> {
        let place = Coding::ALL.iter().position(|known| *known == coding)?;
        let coded = self.coded.get(place)?;
        let document = self.document.bytes.clone();
        let coded = coded.get_or_init(|| async move {
            // Off the threads that polls share.
            let work = tokio::task::spawn_blocking(move || coding.code(&document).now_or_never().flatten());
            work.await.ok().flatten()
        });
        coded.await.clone()
    }
}

/// When the document became what it is, as far as we saw it: later than what a client has of any other, also where the newest article left.
fn last_modified(before: Option<&Kept>, document: &Published, now: DateTime<Utc>) -> DateTime<Utc> {
    match before.and_then(|before| Some((before, before.document.last_modified?))) {
        Some((before, at)) if before.document.etag == document.etag => at,
        // Dates of HTTP are seconds: two documents of one second must not share theirs.
        Some((_, at)) => now.max(at + TimeDelta::seconds(1)),
        None => now,
    }
}

impl Cache {
    /// The document as it is kept, or rendered and kept. Of all who ask at once one renders, and the others get what it made, or `failed` if it
    /// could not. If it is cancelled the next one does it.
    ///
    /// `moment`: the revision of the store, and the time.
    ///
    /// # Errors
    /// What the rendering says.
    pub(super) async fn get_or_render<E>(
        &self,
        key: &Key,
        moment: impl Fn() -> (u64, DateTime<Utc>),
        render: impl Future<Output = Result<Published, E>>,
        failed: impl FnOnce() -> E,
    ) -> Result<Arc<Kept>, E> {
        let (asked, now) = moment();
        if let Some(kept) = self.get(key, asked, now) {
            return Ok(kept);
        }
        let turn = self.turn(key);
        let failures = turn.failures.load(Ordering::Relaxed);
        let _turn = turn.lock.lock().await;
        // Before anything is read: what changes while it is read makes the document old.
        let (revision, now) = moment();
        // What changed while this one waited was not there when it asked: it waits for the rendering that went on, and for one more at most.
        if let Some(kept) = self.get(key, asked, now) {
            return Ok(kept);
        }
        // Whoever waited for one that failed need not fail by itself, all one after the other.
        if turn.failures.load(Ordering::Relaxed) > failures {
            return Err(failed());
        }
        let document = render.await.inspect_err(|_| {
            turn.failures.fetch_add(1, Ordering::Relaxed);
        })?;
        Ok(self.keep(key.clone(), document, revision, now))
    }

    /// What those who render this document hold one after the other.
    fn turn(&self, key: &Key) -> Arc<Turn> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| turn.strong_count() > 0);
        if let Some(turn) = turns.get(key).and_then(Weak::upgrade) {
            return turn;
        }
        let turn: Arc<Turn> = Arc::default();
        turns.insert(key.clone(), Arc::downgrade(&turn));
        turn
    }

    /// The document, if nothing has changed since the store was of this revision.
    fn get(&self, key: &Key, revision: u64, now: DateTime<Utc>) -> Option<Arc<Kept>> {
        let documents = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = documents.kept.get(key)?;
        let is_young = (TimeDelta::zero()..LIFE).contains(&(now - kept.made));
        (kept.revision >= revision && is_young).then(|| Arc::clone(kept))
    }

    /// Keeps a document that was read when the store was of this revision.
    fn keep(&self, key: Key, document: Published, revision: u64, now: DateTime<Utc>) -> Arc<Kept> {
        let bytes = document.bytes.len();
        let mut documents = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        let before = documents.kept.remove(&key);
        let kept = Arc::new(Kept {
            document: Published {
                last_modified: Some(last_modified(before.as_deref(), &document, now)),
                ..document
            },
            revision,
            made: now,
            coded: Default::default(),
        });
        documents.bytes -= before.map_or(0, |before| before.document.bytes.len());
        if documents.bytes + bytes > MOST_BYTES {
            *documents = Documents::default();
        }
        documents.bytes += bytes;
        documents.kept.insert(key, Arc::clone(&kept));
        kept
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use futures_util::StreamExt;
    use futures_util::stream::FuturesUnordered;
    use tokio::sync::Semaphore;

    use super::*;

    #[test]
    fn a_document_is_kept_while_nothing_changes_for_a_minute_and_not_without_end() {
        let cache = Cache::default();
        let key = |id: &str| Key {
            output: OutputId::new(id),
            format: Format::Atom,
            asked: Asked::Newest(None),
        };
        let now = DateTime::UNIX_EPOCH;
        let document = |bytes: usize| Published::new(vec![b' '; bytes], "text/plain", None);
        cache.keep(key("all"), document(5), 7, now);
        for (id, revision, seconds, is_there) in [
            ("all", 7, 0, true),
            ("all", 7, 59, true),
            ("all", 7, 60, false),
            ("all", 7, -1, false),
            ("all", 8, 0, false),
            ("other", 7, 0, false),
        ] {
            let found = cache.get(&key(id), revision, now + TimeDelta::seconds(seconds));
            assert_eq!(found.is_some(), is_there, "{id} {revision} {seconds}");
        }
        for n in 0..3 {
            cache.keep(key("large"), document(MOST_BYTES / 2), n, now);
        }
        assert!(
            cache.get(&key("all"), 7, now).is_some(),
            "the same document anew takes no more place"
        );
        cache.keep(key("larger"), document(MOST_BYTES / 2), 7, now);
        assert!(cache.get(&key("all"), 7, now).is_none());
        assert!(cache.get(&key("larger"), 7, now).is_some());
    }

    fn newest(id: &str) -> Key {
        Key {
            output: OutputId::new(id),
            format: Format::Atom,
            asked: Asked::Newest(None),
        }
    }

    fn page(text: &'static str) -> Published {
        Published::new(text.as_bytes(), "text/plain", None)
    }

    /// Asks for the newest of `all`; what is rendered is counted, and waits until it is let go.
    async fn ask(
        cache: &Cache,
        revision: u64,
        rendered: &AtomicUsize,
        go: &Semaphore,
    ) -> Result<Arc<Kept>, &'static str> {
        let render = async {
            rendered.fetch_add(1, Ordering::SeqCst);
            let _go = go.acquire().await.map_err(|_| "closed")?;
            Ok(page("all"))
        };
        let moment = || (revision, DateTime::UNIX_EPOCH);
        cache
            .get_or_render(&newest("all"), moment, render, || "another failed")
            .await
    }

    #[tokio::test]
    async fn of_all_who_ask_at_once_one_renders() {
        let (cache, rendered, go) = (Cache::default(), AtomicUsize::new(0), Semaphore::new(0));
        let mut asking: FuturesUnordered<_> = (0..64).map(|_| ask(&cache, 7, &rendered, &go)).collect();
        assert!(asking.next().now_or_never().is_none(), "they wait");
        go.add_permits(64);
        let first = asking.next().await.expect("somebody asked").expect("it is rendered");
        let others: Vec<_> = asking.collect().await;
        assert_eq!((others.len(), rendered.load(Ordering::SeqCst)), (63, 1));
        assert!(
            others
                .into_iter()
                .all(|kept| Arc::ptr_eq(&kept.expect("it is there"), &first))
        );
        // Another document waits for nobody, and nothing is left of those who waited.
        let key = newest("other");
        let other = cache.get_or_render(
            &key,
            || (7, DateTime::UNIX_EPOCH),
            async { Ok::<_, ()>(page("other")) },
            || (),
        );
        assert_eq!(other.await.expect("it is rendered").document.bytes, "other");
        assert_eq!(
            cache
                .turns
                .lock()
                .expect("no panic")
                .values()
                .filter(|turn| turn.strong_count() > 0)
                .count(),
            0
        );
    }

    #[tokio::test]
    async fn when_the_one_who_renders_is_cancelled_or_fails_the_next_one_renders() {
        let (cache, rendered, go) = (Cache::default(), AtomicUsize::new(0), Semaphore::new(0));
        let mut first = Box::pin(ask(&cache, 7, &rendered, &go));
        let mut second = Box::pin(ask(&cache, 7, &rendered, &go));
        assert!(first.as_mut().now_or_never().is_none());
        assert!(second.as_mut().now_or_never().is_none());
        assert_eq!(rendered.load(Ordering::SeqCst), 1);
        drop(first);
        assert!(second.as_mut().now_or_never().is_none());
        assert_eq!(rendered.load(Ordering::SeqCst), 2, "it is its turn");
        let third = ask(&cache, 7, &rendered, &go);
        go.add_permits(1);
        assert!(second.await.is_ok());
        assert!(third.await.is_ok());
        assert_eq!(rendered.load(Ordering::SeqCst), 2);

        go.close();
        assert_eq!(
            ask(&cache, 8, &rendered, &go).await.err(),
            Some("closed"),
            "a change is rendered anew"
        );
        assert_eq!(rendered.load(Ordering::SeqCst), 3);
        assert!(
            ask(&cache, 7, &rendered, &go).await.is_ok(),
            "what did not change is there"
        );
    }

    #[tokio::test]
    async fn who_waited_for_one_that_failed_fails_with_it() {
        let (cache, rendered, go) = (Cache::default(), AtomicUsize::new(0), Semaphore::new(0));
        let mut asking: Vec<_> = (0..9).map(|_| Box::pin(ask(&cache, 7, &rendered, &go))).collect();
        assert!(asking.iter_mut().all(|one| one.as_mut().now_or_never().is_none()));
        go.close();
        let mut ended = Vec::new();
        for one in asking {
            ended.push(one.await.err());
        }
        let others = [Some("another failed"); 8];
        assert_eq!(ended, [&[Some("closed")][..], &others].concat());
        assert_eq!(rendered.load(Ordering::SeqCst), 1);
        assert_eq!(
            ask(&cache, 7, &rendered, &go).await.err(),
            Some("closed"),
            "a new one tries"
        );
    }

    #[tokio::test]
    async fn a_change_that_comes_while_one_waits_is_not_waited_for() {
        let (cache, rendered, go) = (Cache::default(), AtomicUsize::new(0), Semaphore::new(0));
        let revision = AtomicU64::new(7);
        let asking = || async {
            let moment = || (revision.load(Ordering::SeqCst), DateTime::UNIX_EPOCH);
            let render = async {
                rendered.fetch_add(1, Ordering::SeqCst);
                let _go = go.acquire().await.map_err(|_| "closed")?;
                Ok::<_, &str>(page("all"))
            };
            cache
                .get_or_render(&newest("all"), moment, render, || "another failed")
                .await
        };
        let (mut first, mut second) = (Box::pin(asking()), Box::pin(asking()));
        assert!(first.as_mut().now_or_never().is_none());
        assert!(second.as_mut().now_or_never().is_none());
        // A change comes while they wait: who asked before takes what is made, who asks after has it made anew.
        revision.store(8, Ordering::SeqCst);
        go.add_permits(2);
        assert!(first.await.is_ok() && second.await.is_ok());
        assert_eq!(rendered.load(Ordering::SeqCst), 1);
        assert!(asking().await.is_ok());
        assert_eq!(rendered.load(Ordering::SeqCst), 2);
    }
}
