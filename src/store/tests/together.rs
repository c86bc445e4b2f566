//! Polls that wait for the writer at once, and what they share.

use super::super::group::{Done, Seat};
use super::*;

/// Transactions in the write-ahead log: the last frame of each says how many pages the file has after it
/// (https://www.sqlite.org/fileformat2.html#the_write_ahead_log).
fn commits(store: &Store) -> usize {
    let log = fs::read(store.path().with_extension("sqlite-wal")).unwrap();
    let number = |bytes: &[u8]| u32::from_be_bytes(bytes.try_into().unwrap());
    let page = number(&log[8..12]) as usize;
    let frames = log[32..].chunks_exact(24 + page);
    frames.filter(|frame| number(&frame[4..8]) > 0).count()
}

/// A poll of a feed that has not changed.
fn unchanged(source: &str, minutes: i64) -> Poll {
    Poll {
        outcome: Outcome::NotModified,
        http_status: Some(304),
        bytes: None,
        ..poll(source, noon() + TimeDelta::minutes(minutes))
    }
}

/// A poll of a feed with one release of its own.
fn news(source: &str) -> Poll {
    Poll {
        drafts: vec![Draft {
            guid: Some(format!("{source}-1")),
            headline: Some(format!("{source} opens a plant in Ohio")),
            body_text: format!(
                "{source} opened its plant in Ohio on Monday, and hired 40 people of the town of {source}."
            ),
            ..Draft::empty(SourceId::new(source), noon())
        }],
        ..poll(source, noon())
    }
}

type Admitting = tokio::task::JoinHandle<Result<Admitted, StoreError>>;

/// Begins to admit these: they wait until all are there.
async fn begun(store: &Store, polls: Vec<Poll>) -> Vec<Admitting> {
    let mut admitting = Vec::new();
    for poll in polls {
        let before = store.quiet.waiting() + store.group.wanted();
        admitting.push(tokio::spawn({
            let store = store.clone();
            async move { store.admit(&poll, poll.started).await }
        }));
        while store.quiet.waiting() + store.group.wanted() == before {
            tokio::task::yield_now().await;
        }
    }
    admitting
}

/// Admits these all at once: when all wait, some get the writer.
async fn at_once(store: &Store, polls: Vec<Poll>) -> Vec<Result<Admitted, StoreError>> {
    let writer = store.writer().await.unwrap();
    let waiting = begun(store, polls).await;
    drop(writer);
    let mut admitted = Vec::new();
    for poll in waiting {
        admitted.push(poll.await.unwrap());
    }
    admitted
}

#[tokio::test]
async fn each_of_many_polls_at_once_has_its_row_and_its_due_time() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let polls: Vec<Poll> = (0..300)
        .map(|number| Poll {
            next_due: noon() + TimeDelta::minutes(number),
            ..unchanged(&format!("wire-{number:03}"), 0)
        })
        .collect();
    let before = commits(&store);
    let admitted = at_once(&store, polls.clone()).await;
    assert_eq!(commits(&store) - before, 3, "128 polls a transaction");
    let rows = store.polls(1_000).await.unwrap();
    assert_eq!(rows.len(), 300);
    for (poll, admitted) in polls.iter().zip(admitted) {
        let admitted = admitted.unwrap();
        assert_eq!((admitted.counts, admitted.judgements), (Counts::default(), Vec::new()));
        let row = rows.iter().find(|row| Some(row.poll_id) == admitted.poll_id).unwrap();
        assert_eq!(
            (row.source.as_str(), row.http_status),
            (poll.source.as_str(), Some(304))
        );
        let state = store.source_state(&poll.source).await.unwrap();
        assert_eq!((state.next_due, state.failures), (Some(poll.next_due), 0));
        assert_eq!(state.last_poll, Some(poll.started));
    }
    is_well(&store).await;
}

#[tokio::test]
async fn of_two_polls_of_one_source_the_later_tells_what_it_needs_next() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let failed = |minutes| Poll {
        outcome: Outcome::FetchError,
        error: Some("no answer".to_owned()),
        ..unchanged("wire-a", minutes)
    };
    let polls = vec![failed(0), unchanged("wire-b", 0), failed(1), failed(2)];
    for admitted in at_once(&store, polls).await {
        admitted.unwrap();
    }
    let state = store.source_state(&SourceId::new("wire-a")).await.unwrap();
    assert_eq!(
        (state.failures, state.last_poll),
        (3, Some(noon() + TimeDelta::minutes(2)))
    );
    assert_eq!(store.polls(10).await.unwrap().len(), 4);
}

/// No poll of this source can be kept from now on.
async fn forbid(store: &Store, source: &str) {
    let trigger = format!(
        "CREATE TRIGGER forbidden BEFORE INSERT ON poll WHEN new.source_id = '{source}'
         BEGIN SELECT RAISE(ABORT, 'forbidden'); END"
    );
    sqlx::query(AssertSqlSafe(trigger))
        .execute(&store.writer)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_poll_that_cannot_be_kept_takes_no_other_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    forbid(&store, "wire-b").await;
    let polls = ["wire-a", "wire-b", "wire-c"].map(|source| unchanged(source, 0));
    let admitted = at_once(&store, polls.to_vec()).await;
    let kept: Vec<bool> = admitted.iter().map(Result::is_ok).collect();
    assert_eq!(kept, [true, false, true]);
    let error = chain(admitted[1].as_ref().unwrap_err());
    assert!(error.contains("forbidden"), "{error}");
    assert_eq!(store.polls(10).await.unwrap().len(), 2);
    assert_eq!(store.quiet.waiting(), 0);
}

#[tokio::test]
async fn who_gave_up_waiting_is_not_kept() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let writer = store.writer().await.unwrap();
    let gone = unchanged("wire-a", 0);
    {
        let mut waiting = Box::pin(store.admit(&gone, noon()));
        assert!(futures_util::poll!(&mut waiting).is_pending());
    }
    drop(writer);
    store.admit(&unchanged("wire-b", 0), noon()).await.unwrap();
    let rows = store.polls(10).await.unwrap();
    let sources: Vec<&str> = rows.iter().map(|row| row.source.as_str()).collect();
    assert_eq!(sources, ["wire-b"]);
}

#[tokio::test]
async fn who_asks_at_once_how_sources_stand_is_told_of_each_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let known = unchanged("wire-a", 0);
    store.admit(&known, noon()).await.unwrap();
    sqlx::query("INSERT INTO source (source_id, url) VALUES ('wire-b', 'https://wire-b.example/feed')")
        .execute(&store.writer)
        .await
        .unwrap();
    let ids = ["wire-a", "wire-b", "wire-c", "wire-a"].map(SourceId::new);
    let states = ids.each_ref().map(|id| store.source_state(id));
    let states: Vec<SourceState> = futures_util::future::join_all(states)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert_eq!(states.iter().map(|state| state.id.clone()).collect::<Vec<_>>(), ids);
    assert_eq!(states[0].last_poll, Some(noon()));
    assert_eq!(
        (states[1].last_poll, states[1].url.as_str()),
        (None, "https://wire-b.example/feed")
    );
    assert_eq!(states[2], SourceState::unknown(SourceId::new("wire-c")));
    assert_eq!(states[3], states[0]);
}

/// How many articles there are of each source, by the guids of their sightings.
async fn articles(store: &Store) -> Vec<(String, i64)> {
    sqlx::query_as("SELECT source_id, count(DISTINCT article_id) FROM sighting GROUP BY 1 ORDER BY 1")
        .fetch_all(store.readers())
        .await
        .unwrap()
}

#[tokio::test]
async fn polls_with_news_share_a_transaction_and_see_what_is_done_in_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    // Twenty sources of one release each, and a copy of every one on another site.
    let originals: Vec<Poll> = (0..20).map(|number| news(&format!("wire-{number:02}"))).collect();
    let copies = originals.iter().map(|original| Poll {
        source: SourceId::new(format!("site-{}", original.source)),
        drafts: original
            .drafts
            .iter()
            .map(|draft| Draft {
                source: SourceId::new(format!("site-{}", original.source)),
                guid: None,
                ..draft.clone()
            })
            .collect(),
        ..original.clone()
    });
    let polls: Vec<Poll> = originals.iter().cloned().chain(copies).collect();
    let revision = store.revision();
    let admitted = at_once(&store, polls).await;
    let of: Vec<i64> = admitted
        .iter()
        .map(|admitted| admitted.as_ref().unwrap().judgements[0].filed.as_ref().unwrap().article)
        .collect();
    assert_eq!(of[..20], of[20..], "each copy is of its original");
    assert_eq!(of.iter().collect::<BTreeSet<_>>().len(), 20);
    let transactions = store.revision() - revision;
    assert_eq!(transactions, 5, "eight polls a transaction");
    is_well(&store).await;
    is_all_posted(&store).await;
}

#[tokio::test]
async fn news_that_cannot_be_kept_takes_no_other_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    forbid(&store, "wire-2").await;
    let polls = (0..5).map(|number| news(&format!("wire-{number}"))).collect();
    let kept: Vec<bool> = at_once(&store, polls).await.iter().map(Result::is_ok).collect();
    assert_eq!(kept, [true, true, false, true, true]);
    let one = |source: &str| (source.to_owned(), 1);
    assert_eq!(
        articles(&store).await,
        [one("wire-0"), one("wire-1"), one("wire-3"), one("wire-4")]
    );
    is_well(&store).await;
    is_all_posted(&store).await;
    store.admit(&news("wire-5"), noon()).await.unwrap();
}

/// One's turn in a transaction, and a poll that waits behind.
async fn followed(store: &Store) -> (Seat<'_>, Admitting) {
    let seat = store.seat("waiting").await.unwrap();
    let behind = begun(store, vec![news("wire-a")]).await.remove(0);
    (seat, behind)
}

async fn give_up(poll: Admitting) {
    poll.abort();
    assert!(poll.await.unwrap_err().is_cancelled());
}

#[tokio::test]
async fn who_gives_up_its_turn_leaves_nobody_waiting() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let (seat, behind) = followed(&store).await;
    let mut leaving = Box::pin(seat.leave(Done::default()));
    assert!(futures_util::poll!(&mut leaving).is_pending(), "another is to go on");
    give_up(behind).await;
    assert!(!leaving.await.unwrap(), "it is to be done again");
    store.admit(&news("wire-b"), noon()).await.unwrap();
    assert_eq!(articles(&store).await, [("wire-b".to_owned(), 1)]);
}

#[tokio::test]
async fn who_gives_up_before_its_turn_is_found_out_by_the_one_before_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let (seat, behind) = followed(&store).await;
    give_up(behind).await;
    assert!(seat.leave(Done::default()).await.unwrap());
}

#[tokio::test]
async fn when_all_of_a_transaction_give_up_the_writer_is_free() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let (seat, behind) = followed(&store).await;
    let mut leaving = Box::pin(seat.leave(Done::default()));
    assert!(futures_util::poll!(&mut leaving).is_pending(), "another is to go on");
    drop(leaving);
    give_up(behind).await;
    let free = tokio::time::timeout(Duration::from_secs(20), async {
        store.admit(&unchanged("wire-b", 0), noon()).await.unwrap();
        store.clone().close().await.unwrap();
    });
    free.await.unwrap();
}

#[tokio::test]
async fn what_is_given_up_half_done_is_taken_back_with_all_of_its_transaction() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let seat = store.seat("waiting").await.unwrap();
    let mut behind = Box::pin(store.seat("giving up"));
    assert!(futures_util::poll!(&mut behind).is_pending());
    let mut leaving = Box::pin(seat.leave(Done::default()));
    assert!(futures_util::poll!(&mut leaving).is_pending(), "another is to go on");
    let mut half_done = behind.await.unwrap();
    sqlx::query("INSERT INTO source (source_id, url) VALUES ('half', 'https://half.example/')")
        .execute(half_done.work().0)
        .await
        .unwrap();
    drop(half_done);
    assert!(!leaving.await.unwrap(), "it is to be done again");
    store.admit(&news("wire-a"), noon()).await.unwrap();
    assert_eq!(store.source_state(&SourceId::new("half")).await.unwrap().url, "");
    assert_eq!(articles(&store).await, [("wire-a".to_owned(), 1)]);
    is_well(&store).await;
}
