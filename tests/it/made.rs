//! Articles made up for tests, and a store that holds them.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use dateline::article::{Article, Draft, Identity, Rights, SourceId};
use dateline::filter::Filter;
use dateline::store::{Outcome, Poll, Store};

/// A file or folder of real third-party data, where it is at hand; it is not ours to ship.
#[allow(clippy::disallowed_methods)] // tests may be told where the corpus is
pub(crate) fn corpus(path: &str) -> Option<PathBuf> {
    let corpus = std::env::var_os("DATELINE_CORPUS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
        PathBuf::from,
    );
    let path = corpus.join(path);
    path.exists().then_some(path)
}

/// The start of every made-up day.
pub(crate) fn morning() -> DateTime<Utc> {
    "2026-03-02T08:00:00Z".parse().expect("RFC 3339")
}

/// A release that nothing else is a copy of.
pub(crate) fn draft(number: usize) -> Draft {
    let received = morning();
    Draft {
        headline: Some(format!("Release number {number} of this morning")),
        summary: Some(format!("What number {number} says in short.")),
        published: Some(received - TimeDelta::minutes(i64::try_from(number).expect("small"))),
        guid: Some(format!("guid-{number}")),
        url: Some(format!("https://wire.example/releases/{number}")),
        body_text: format!("CITY -- The text of release {number}."),
        body_html: format!("<p>CITY -- The text of release {number}.</p>"),
        rights: Rights::Full,
        ..Draft::empty(SourceId::new("wire-a"), received)
    }
}

/// A store in a folder of its own, which goes when this is dropped.
pub(crate) struct MadeStore {
    pub(crate) store: Store,
    _folder: tempfile::TempDir,
}

pub(crate) async fn store(drafts: Vec<Draft>) -> MadeStore {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Store::open(&folder.path().join("store.sqlite"))
        .await
        .expect("a new store");
    admit(&store, drafts).await;
    MadeStore { store, _folder: folder }
}

/// One poll of `wire-a` that brings these.
pub(crate) async fn admit(store: &Store, drafts: Vec<Draft>) {
    admit_from(store, "wire-a", drafts).await;
}

/// One poll of this source that brings these.
pub(crate) async fn admit_from(store: &Store, source: &str, drafts: Vec<Draft>) {
    store
        .admit(&poll_of(source, drafts), morning())
        .await
        .expect("the store takes a poll");
}

/// A poll of `wire-a` that brings these, not yet admitted.
pub(crate) fn poll(drafts: Vec<Draft>) -> Poll {
    poll_of("wire-a", drafts)
}

fn poll_of(source: &str, drafts: Vec<Draft>) -> Poll {
    Poll {
        identity: Identity::Auto,
        full_text: dateline::article::FullText::Off,
        dedup_window: TimeDelta::days(14),
        source: SourceId::new(source),
        url: "https://wire.example/feed.rss".into(),
        wire: None,
        started: morning(),
        elapsed_ms: 1,
        outcome: Outcome::Ok,
        http_status: Some(200),
        bytes: None,
        validators: None,
        body_hash: None,
        drafts,
        rejects: vec![],
        repairs: vec![],
        error: None,
        next_due: morning(),
        next_due_reason: "made up".into(),
        watch: None,
    }
}

/// Everything that a store holds, in the order of outputs.
pub(crate) async fn everything(store: &Store) -> Vec<Article> {
    store
        .select(&Filter::everything(), usize::MAX, morning())
        .await
        .expect("the store can be read")
}
