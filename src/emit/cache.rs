//! Documents as they were rendered last, with their coded forms: a request for what nothing has changed in reads no row and renders nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

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

/// The documents kept.
#[derive(Debug, Default)]
pub(super) struct Cache(Mutex<Documents>);

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
    /// The document, if it is still what would be rendered.
    pub(super) fn get(&self, key: &Key, revision: u64, now: DateTime<Utc>) -> Option<Arc<Kept>> {
        let documents = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = documents.kept.get(key)?;
        let is_young = (TimeDelta::zero()..LIFE).contains(&(now - kept.made));
        (kept.revision == revision && is_young).then(|| Arc::clone(kept))
    }

    /// Keeps a document that was read when the store was of this revision.
    pub(super) fn keep(&self, key: Key, document: Published, revision: u64, now: DateTime<Utc>) -> Arc<Kept> {
        let bytes = document.bytes.len();
        let mut documents = self.0.lock().unwrap_or_else(PoisonError::into_inner);
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
}
