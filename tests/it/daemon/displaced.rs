//! The store's file goes from its place under a running daemon, or another is written over it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::*;

/// Looks often.
const OFTEN: (&str, &str) = ("WATCHDOG_USEC", "600000");

/// A house whose wire shows one release more at each poll that does not know the last.
async fn house(listen: SocketAddr) -> (House, Server, Arc<AtomicUsize>) {
    let wires = Server::start().await;
    let served: Arc<AtomicUsize> = Arc::default();
    let issued = dateline::clock::now();
    wires.on("/feed", {
        let served = Arc::clone(&served);
        move |request| {
            let known = request
                .header("if-none-match")
                .map(|tag| tag.trim_matches('"').to_owned());
            let known: usize = known.and_then(|tag| tag.parse().ok()).unwrap_or_default();
            let shown = known + 1;
            served.fetch_max(shown, Ordering::SeqCst);
            let newest = [release(i64::try_from(known).unwrap(), issued)];
            Reply::status(
                200,
                &[("ETag", &format!("\"{shown}\""))],
                render(Form::PrNewswire, "All", &newest, issued),
            )
        }
    });
    let house = House::new(&[("wire", wires.url("/feed").to_string())], listen);
    vitals::count_no_requests(&house);
    (house, wires, served)
}

async fn asked(listen: SocketAddr, path: &'static str, wanted: &str) -> String {
    let begin = Instant::now();
    loop {
        let answer = tokio::task::spawn_blocking(move || curl(listen, path)).await.unwrap();
        if answer.contains(wanted) {
            return answer;
        }
        assert!(
            begin.elapsed() < Duration::from_secs(60),
            "{path}: {wanted:?}: {answer}"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_moved_away_and_back_is_told_of_and_costs_no_release() {
    let listen = free_port();
    let (house, _wires, served) = house(listen).await;
    let mut daemon = House::started(house.dateline(&["--log-format", "json", "run"]).env(OFTEN.0, OFTEN.1));
    daemon.wait_for("polled wire");
    asked(listen, "/readyz", "200 OK").await;

    let away = house.folder.path().join("store/away");
    std::fs::rename(house.store(), &away).unwrap();
    let said = daemon.wait_for("\"ERROR\"");
    assert!(said.contains("was moved or removed while it is open"), "{said}");
    asked(
        listen,
        "/readyz",
        "the store's file was moved or removed; polls are not kept until it is back\n",
    )
    .await;
    asked(listen, "/metrics", "\ndateline_store_up 0\n").await;
    daemon.wait_for("nothing was kept of this poll");
    asked(listen, "/readyz", "the last polls of 1 source could not be stored").await;
    assert!(!house.store().exists(), "none is made in its place");

    std::fs::rename(&away, house.store()).unwrap();
    daemon.wait_for("the store's file is back");
    asked(listen, "/readyz", "200 OK").await;
    asked(listen, "/metrics", "\ndateline_store_up 1\n").await;
    daemon.signal("TERM");
    daemon.wait_for("stopped");
    assert_eq!(daemon.child.wait().unwrap().code(), Some(0));
    let (kept, served) = (headlines(&house.store()).await.len(), served.load(Ordering::SeqCst));
    assert!(
        kept > 1 && kept + 1 >= served,
        "{kept} of {served}; the last may have been cut short"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_store_in_its_place_is_gone_on_with_by_the_next_start_and_costs_no_release() {
    let listen = free_port();
    let (house, _wires, _served) = house(listen).await;
    let start = || House::started(house.dateline(&["--log-format", "json", "run"]).env(OFTEN.0, OFTEN.1));
    let mut daemon = start();
    daemon.wait_for("polled wire");
    let backup = house.folder.path().join("backup.sqlite");
    let made = house.dateline(&["store", "backup", "backup.sqlite"]).status().unwrap();
    assert!(made.success());
    daemon.wait_for("polled wire");
    std::fs::copy(&backup, house.folder.path().join("store/new")).unwrap();
    std::fs::rename(house.folder.path().join("store/new"), house.store()).unwrap();
    let said = daemon.wait_for("\"ERROR\"");
    assert!(said.contains("another file than the one that is open"), "{said}");
    daemon.wait_for("stopped");
    assert_eq!(
        daemon.child.wait().unwrap().code(),
        Some(69),
        "it is to be started anew"
    );
    let log = std::fs::metadata(house.folder.path().join("store/dateline.sqlite-wal")).map_or(0, |log| log.len());
    assert_eq!(log, 0, "the log of the file before is none of the new one");

    let mut daemon = start();
    daemon.wait_for("polled wire");
    daemon.wait_for("polled wire");
    daemon.signal("TERM");
    daemon.wait_for("stopped");
    let checked = house.dateline(&["store", "check"]).output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    let kept = headlines(&house.store()).await;
    let numbers: Vec<i64> = {
        let mut numbers: Vec<i64> = kept
            .iter()
            .filter_map(|headline| headline.rsplit(' ').next()?.parse().ok())
            .collect();
        numbers.sort_unstable();
        numbers
    };
    let all: Vec<i64> = (0..i64::try_from(numbers.len()).unwrap()).collect();
    assert!(numbers.len() > 2, "{numbers:?}");
    assert_eq!(numbers, all, "it asked on where the backup stood");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_written_over_is_told_of_until_a_backup_is_restored() {
    is_told_of_until_a_backup_is_restored(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_is_one_of_which_the_head_is_left() {
    is_told_of_until_a_backup_is_restored(4_096).await;
}

/// A store that is written over but for its first bytes.
async fn is_told_of_until_a_backup_is_restored(left: usize) {
    let listen = free_port();
    let (house, _wires, _served) = house(listen).await;
    let start = || House::started(house.dateline(&["--log-format", "json", "run"]).env(OFTEN.0, OFTEN.1));
    let mut daemon = start();
    daemon.wait_for("polled wire");
    let made = house.dateline(&["store", "backup", "backup.sqlite"]).status().unwrap();
    assert!(made.success());
    // What is only in the log would still be there.
    daemon.signal("TERM");
    daemon.wait_for("stopped");
    drop(daemon);
    let mut daemon = start();
    daemon.wait_for("polled wire");
    // Into the very file, as `cp` does.
    let mut bytes = std::fs::read(house.store()).unwrap();
    bytes[left..].fill(0xff);
    std::fs::write(house.store(), bytes).unwrap();
    asked(listen, "/readyz", "damage was found in the store").await;
    for _ in 0..12 {
        // Whatever some reader still has of the file.
        let answer = asked(listen, "/readyz", "HTTP").await;
        assert!(
            answer.contains(" 503 ") && answer.contains("damage was found in the store"),
            "{answer}"
        );
    }
    let metrics = asked(listen, "/metrics", "\ndateline_store_up 0\n").await;
    assert!(metrics.starts_with("HTTP/1.1 200"), "{metrics}");
    let alive = asked(listen, "/healthz", "HTTP").await;
    assert!(alive.starts_with("HTTP/1.1 200"), "no restart mends it: {alive}");
    let checked = house.dateline(&["store", "check", "--json"]).output().unwrap();
    assert_eq!(
        checked.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&checked.stderr)
    );
    let said = daemon.wait_for("damage was found in the store");
    assert!(
        said.contains("\"ERROR\"") && said.contains("restore a backup"),
        "{said}"
    );
    daemon.signal("TERM");
    daemon.wait_for("stopped");
    drop(daemon);
    // Nothing of it is in a log now.
    let checked = house.dateline(&["store", "check"]).output().unwrap();
    assert_eq!(
        checked.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&checked.stderr)
    );

    let restored = house.dateline(&["store", "restore", "backup.sqlite"]).output().unwrap();
    assert!(
        restored.status.success(),
        "{}",
        String::from_utf8_lossy(&restored.stderr)
    );
    let mut daemon = start();
    daemon.wait_for("polled wire");
    asked(listen, "/readyz", "200 OK").await;
    asked(listen, "/metrics", "\ndateline_store_up 1\n").await;
    daemon.signal("TERM");
    daemon.wait_for("stopped");
    let checked = house.dateline(&["store", "check"]).output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}
