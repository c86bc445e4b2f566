//! Polls that brought nothing, written together.

use super::*;

/// A poll of a feed that has not changed.
fn unchanged(source: &str, minutes: i64) -> Poll {
    Poll {
        outcome: Outcome::NotModified,
        http_status: Some(304),
        bytes: None,
        ..poll(source, noon() + TimeDelta::minutes(minutes))
    }
}

/// Admits these all at once: they wait until all are there, and then some get the writer.
async fn at_once(store: &Store, polls: Vec<Poll>) -> Vec<Result<Admitted, StoreError>> {
    let writer = store.writer().await.unwrap();
    let waiting: Vec<_> = polls
        .into_iter()
        .map(|poll| {
            let store = store.clone();
            tokio::spawn(async move { store.admit(&poll, poll.started).await })
        })
        .collect();
    while store.quiet.waiting() < waiting.len() {
        tokio::task::yield_now().await;
    }
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
    let admitted = at_once(&store, polls.clone()).await;
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

#[tokio::test]
async fn a_poll_that_cannot_be_kept_takes_no_other_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    store
        .transaction("forbidding a source", async |transaction| {
            sqlx::query(
                "CREATE TRIGGER forbidden BEFORE INSERT ON poll WHEN new.source_id = 'wire-b'
                 BEGIN SELECT RAISE(ABORT, 'forbidden'); END",
            )
            .execute(transaction)
            .await
            .map_err(fail("forbidding a source"))
        })
        .await
        .unwrap();
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
