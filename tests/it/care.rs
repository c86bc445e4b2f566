//! Care of the store by the real binary: backup, restore, check, stats; and readers beside a writer.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use dateline::filter::Filter;
use dateline::store::Store;
use serde_json::Value;
use sqlx::{Connection, SqliteConnection};

use crate::made;

/// What the binary said, on standard output and on standard error, and how it ended.
fn dateline(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let ended = Command::new(env!("CARGO_BIN_EXE_dateline"))
        .args(["--store", "store.sqlite"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the binary starts");
    (
        ended.status.code().expect("it ended by itself"),
        String::from_utf8_lossy(&ended.stdout).into_owned(),
        String::from_utf8_lossy(&ended.stderr).into_owned(),
    )
}

async fn admit(folder: &Path, numbers: std::ops::Range<usize>) {
    let store = Store::open(&folder.join("store.sqlite")).await.expect("a store");
    made::admit(&store, numbers.map(made::draft).collect()).await;
    store.close().await.expect("closed");
}

async fn articles(store: &Path) -> i64 {
    let store = Store::open_read_only(store).await.expect("a store");
    store.count().await.expect("it can be read")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_holds_what_the_store_held_and_is_put_back_over_what_came_since() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    admit(folder, 0..5).await;
    // Beside a store that is open and has written to its log.
    let open = Store::open(&folder.join("store.sqlite")).await.expect("a store");
    made::admit(&open, (5..8).map(made::draft).collect()).await;
    let (code, said, told) = dateline(folder, &["store", "backup", "kept.sqlite", "--json"]);
    assert_eq!(code, 0, "{told}");
    let made: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(
        (&made["rows"]["article"], &made["rows"]["article_fts_docsize"]),
        (&8.into(), &8.into())
    );
    made::admit(&open, (8..20).map(made::draft).collect()).await;
    open.close().await.expect("closed");
    assert_eq!(articles(&folder.join("kept.sqlite")).await, 8);

    let (code, said, told) = dateline(folder, &["store", "restore", "kept.sqlite", "--json"]);
    assert_eq!(code, 0, "{told}");
    let restored: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(articles(&folder.join("store.sqlite")).await, 8);
    let kept = restored["kept"].as_str().expect("where the other is");
    assert_eq!(articles(&folder.join(kept)).await, 20, "what was there stays beside it");
    let (code, said, _) = dateline(folder, &["store", "check"]);
    assert_eq!(code, 0, "{said}");
    // And the store goes on.
    admit(folder, 8..10).await;
    assert_eq!(articles(&folder.join("store.sqlite")).await, 10);
    assert!(
        names(folder).iter().all(|name| !name.ends_with(".partial")),
        "{:?}",
        names(folder)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_daemon_left_in_its_log_is_restored_and_kept_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    admit(folder, 0..3).await;
    let open = Store::open(&folder.join("store.sqlite")).await.expect("a store");
    made::admit(&open, (3..7).map(made::draft).collect()).await;
    // As after `kill -9`: file and log as they stand.
    let crashed = folder.join("crashed");
    std::fs::create_dir(&crashed).expect("a folder");
    for name in ["store.sqlite", "store.sqlite-wal"] {
        std::fs::copy(folder.join(name), crashed.join(name)).expect("copied");
    }
    let empty = tempfile::tempdir().expect("a folder");
    admit(empty.path(), 0..1).await;
    let backup = empty.path().join("store.sqlite");
    let (code, said, told) = dateline(
        &crashed,
        &["store", "restore", backup.to_str().expect("a name"), "--json"],
    );
    assert_eq!(code, 0, "{told}");
    assert_eq!(
        articles(&crashed.join("store.sqlite")).await,
        1,
        "no log of the other store is read"
    );
    let restored: Value = serde_json::from_str(&said).expect("JSON");
    let kept = restored["kept"].as_str().expect("where the other is");
    assert_eq!(articles(&crashed.join(kept)).await, 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn backup_and_restore_refuse_what_would_lose_something() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    for arguments in [&["store", "backup", "b.sqlite"][..], &["store", "restore", "b.sqlite"]] {
        let (code, _, told) = dateline(folder, arguments);
        assert_eq!(code, 69, "{told}");
        assert!(told.contains("there is no store at"), "{told}");
    }
    admit(folder, 0..3).await;
    std::fs::write(folder.join("there"), "mine").expect("written");
    std::fs::write(folder.join("broken"), "no database, and long enough to be one").expect("written");
    let damaged = damaged(folder).await;
    for (arguments, want) in [
        (&["backup", "there"][..], (64, "is there already and was left as it is")),
        (&["backup", "store.sqlite"], (64, "is the store itself")),
        (&["backup", "."], (64, "is no name for a file")),
        (&["backup", "nowhere/b.sqlite"], (74, "cannot write into")),
        (&["restore", "store.sqlite"], (64, "is the store itself")),
        (&["restore", "broken"], (69, "is not an SQLite database")),
        (&["restore", &damaged], (65, "nothing was changed")),
        (&["backup", "there", "--force"], (0, "")),
    ] {
        let before = names(folder);
        let (code, _, told) = dateline(folder, &[&["store"], arguments].concat());
        assert_eq!(code, want.0, "{arguments:?}: {told}");
        assert!(told.contains(want.1), "{arguments:?}: {told}");
        let after: Vec<String> = names(folder)
            .into_iter()
            .filter(|name| name != "store.sqlite.lock")
            .collect();
        let before: Vec<String> = before.into_iter().filter(|name| name != "store.sqlite.lock").collect();
        assert_eq!(after, before, "{arguments:?} left something behind");
        assert_eq!(articles(&folder.join("store.sqlite")).await, 3, "{arguments:?}");
    }
    assert_eq!(articles(&folder.join("there")).await, 3, "replaced, as was asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_is_refused_while_another_process_has_the_store_open_whatever_it_does_with_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    admit(folder, 0..2).await;
    assert_eq!(dateline(folder, &["store", "backup", "b.sqlite"]).0, 0);
    admit(folder, 2..3).await;
    let file = format!("sqlite://{}", folder.join("store.sqlite").display());
    let reader = Store::open_read_only(&folder.join("store.sqlite"))
        .await
        .expect("a reader");
    reader.count().await.expect("it reads");
    let refused = |what: &str| {
        let (code, _, told) = dateline(folder, &["store", "restore", "b.sqlite"]);
        assert_eq!(code, 69, "{what}: {told}");
        assert!(
            told.contains("another process has store.sqlite open; nothing was changed"),
            "{what}: {told}"
        );
    };
    refused("it has read");
    reader.close().await.expect("closed");
    let mut writer = SqliteConnection::connect(&file).await.expect("a writer");
    let lock = writer.begin_with("BEGIN IMMEDIATE").await.expect("locked");
    refused("it holds the write lock");
    lock.rollback().await.expect("unlocked");
    refused("it may write again");
    writer.close().await.expect("closed");
    assert_eq!(articles(&folder.join("store.sqlite")).await, 3);
    let (code, said, told) = dateline(folder, &["store", "restore", "b.sqlite"]);
    assert_eq!(code, 0, "{told}");
    assert!(
        said.ends_with("now start Dateline: systemctl start dateline.socket dateline.service\n"),
        "{said}"
    );
    assert_eq!(articles(&folder.join("store.sqlite")).await, 2);
}

/// A copy of the store of which an index has lost a row.
async fn damaged(folder: &Path) -> String {
    let (code, _, told) = dateline(folder, &["store", "backup", "damaged.sqlite"]);
    assert_eq!(code, 0, "{told}");
    let path = folder.join("damaged.sqlite");
    let mut bytes = std::fs::read(&path).expect("a file");
    // The uri of an article stands in its row and in an index: changed in one place, they no longer agree.
    let uri = b"tag:";
    let at = bytes
        .windows(uri.len())
        .position(|window| window == uri)
        .expect("a uri");
    bytes[at] = b'x';
    std::fs::write(&path, bytes).expect("written");
    "damaged.sqlite".to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_finds_what_is_wrong_and_says_where() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    admit(folder, 0..3).await;
    let (code, said, _) = dateline(folder, &["store", "check"]);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.lines().count() > 8 && said.lines().all(|line| line.starts_with("yes  ")),
        "{said}"
    );
    std::fs::rename(folder.join(damaged(folder).await), folder.join("store.sqlite")).expect("renamed");
    let (code, said, _) = dateline(folder, &["store", "check", "--json"]);
    assert_eq!(code, 1, "{said}");
    let checked: Value = serde_json::from_str(&said).expect("JSON");
    let wrong: Vec<&Value> = checked
        .as_array()
        .expect("checks")
        .iter()
        .filter(|check| check["mistakes"] != serde_json::json!([]))
        .collect();
    assert_eq!(wrong.len(), 1, "{said}");
    assert_eq!(wrong[0]["what"], "the file is whole");
    let (code, said, _) = dateline(folder, &["store", "check"]);
    assert_eq!(code, 1);
    assert!(
        said.contains("NO   the file is whole\n") && said.contains("restore a backup"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn stats_count_rows_bytes_and_members() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    admit(folder, 0..6).await;
    let (code, said, told) = dateline(folder, &["store", "stats", "--json"]);
    assert_eq!(code, 0, "{told}");
    let stats: Value = serde_json::from_str(&said).expect("JSON");
    let table = |name: &str| {
        let tables = stats["tables"].as_array().expect("tables");
        tables
            .iter()
            .find(|table| table["name"] == name)
            .expect("it is listed")
            .clone()
    };
    for name in ["article", "version", "article_fts"] {
        assert_eq!(table(name)["rows"], 6, "{name}");
        assert!(table(name)["bytes"].as_i64().expect("bytes") > 0, "{name}");
    }
    let all: i64 = stats["tables"]
        .as_array()
        .expect("tables")
        .iter()
        .map(|table| table["bytes"].as_i64().expect("bytes") + table["index_bytes"].as_i64().expect("bytes"))
        .sum();
    let whole = stats["file_bytes"].as_i64().expect("bytes");
    assert!(all <= whole && all * 10 > whole * 8, "{all} of {whole} bytes are told");
    let (code, said, _) = dateline(folder, &["store", "stats"]);
    assert_eq!(code, 0);
    assert!(
        said.contains("6 articles, first received from 2026-03-02 08:00:00Z"),
        "{said}"
    );
}

/// Readers of other processes have connections of their own, as these have.
#[tokio::test(flavor = "multi_thread")]
async fn eight_readers_beside_a_writer_never_find_the_store_busy() {
    #[allow(clippy::disallowed_methods)] // more of the same, for whoever asks
    let polls = if std::env::var_os("DATELINE_LONG").is_some() {
        3_000
    } else {
        60
    };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store.sqlite");
    let store = Store::open(&path).await.expect("a store");
    let ended = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..8)
        .map(|reader| {
            let (path, ended) = (path.clone(), Arc::clone(&ended));
            tokio::spawn(async move {
                let (mut most, mut reads) = (0, 0_u32);
                loop {
                    let is_last = ended.load(Ordering::Acquire);
                    // Opening and closing are reads too; the last to close would like to tidy up.
                    let store = Store::open_read_only(&path).await.expect("it opens");
                    let count = store.count().await.expect("it counts");
                    assert!(count >= most, "reader {reader} saw {most} articles and then {count}");
                    most = count;
                    store
                        .select(&Filter::everything(), 10, made::morning())
                        .await
                        .expect("it selects");
                    store.health().await.expect("it tells of sources");
                    store.close().await.expect("it closes");
                    reads += 1;
                    if is_last {
                        return (most, reads);
                    }
                }
            })
        })
        .collect();
    for poll in 0..polls {
        made::admit(&store, (poll * 5..poll * 5 + 5).map(made::draft).collect()).await;
        if poll % 20 == 19 {
            store.optimize().await.expect("tidied meanwhile");
        }
    }
    ended.store(true, Ordering::Release);
    let all = i64::try_from(polls * 5).expect("small");
    for reader in readers {
        let (most, reads) = reader.await.expect("no reader failed");
        assert_eq!(most, all, "the last read sees all");
        assert!(reads > 1, "it read {reads} times");
    }
    store.close().await.expect("closed");
}
