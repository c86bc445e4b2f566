//! A disk that fills up under the daemon, and empties again.
//!
//! The store lies on a small file system of its own, in a mount namespace of the daemon's. Where that is not allowed the test says so.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use dateline::demo::{Form, MadeUp, render};

use super::vitals::count_no_requests;
use super::{House, Running, curl, free_port, release};
use crate::server::{Reply, Server};

/// Releases that are new with each request, and all that the feed shows: a validator that is kept without them loses them.
const NEW: usize = 3;

/// May this user mount a file system in a namespace of his own?
fn may_mount() -> bool {
    let tried = Command::new("unshare")
        .args(["-rm", "mount", "-t", "tmpfs", "none", "/mnt"])
        .stderr(Stdio::null())
        .status();
    tried.is_ok_and(|status| status.success())
}

/// How much room there is when the daemon starts.
#[derive(Clone, Copy, PartialEq)]
enum Room {
    All,
    None,
}

/// The daemon, with its store on a disk of so many bytes; and that disk, as seen from here.
fn start_on_disk(house: &House, bytes: usize, room: Room) -> (Running, PathBuf) {
    let store = house.store();
    let disk = store.parent().unwrap();
    std::fs::create_dir(disk).unwrap();
    let own = house.dateline(&["--log-format", "json", "run"]);
    let mut command = Command::new("unshare");
    command
        .args([
            "-rm",
            "sh",
            "-c",
            "mount -t tmpfs -o size=$1 none $2 && { test $3 = all || cat /dev/zero >$2/filler 2>/dev/null; shift 3; exec \"$@\"; }",
            "sh",
        ])
        .arg(bytes.to_string())
        .arg(disk)
        .arg(if room == Room::All { "all" } else { "none" })
        .arg(own.get_program())
        .args(own.get_args())
        .current_dir(house.folder.path())
        .stdin(Stdio::null());
    let mut daemon = House::spawned(&mut command);
    daemon.wait_for(if room == Room::All { "started:" } else { "no space left" });
    let inside = PathBuf::from(format!("/proc/{}/root", daemon.child.id())).join(disk.strip_prefix("/").unwrap());
    (daemon, inside)
}

/// Writes until nothing more fits.
fn fill(file: &std::path::Path) {
    let mut file = std::fs::File::create(file).unwrap();
    for size in [65_536, 4_096] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
}

/// The answer's body, once the answer is as it should be.
async fn answered(
    listen: std::net::SocketAddr,
    path: &'static str,
    patience: Duration,
    is_so: impl Fn(&str) -> bool,
) -> String {
    let begin = Instant::now();
    loop {
        let answer = tokio::task::spawn_blocking(move || curl(listen, path)).await.unwrap();
        if is_so(&answer) {
            return answer;
        }
        assert!(begin.elapsed() < patience, "{path}: {answer}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fills_up_is_told_of_and_costs_no_release_and_no_restart() {
    if !may_mount() {
        println!("skipped: no file system can be mounted here");
        return;
    }
    let wires = Server::start().await;
    let issued = dateline::clock::now();
    let served: Arc<AtomicUsize> = Arc::default();
    let made = move |number: usize| release(i64::try_from(number).unwrap(), issued);
    let is_over = Arc::new(std::sync::atomic::AtomicBool::new(false));
    wires.on("/feed", {
        let (served, is_over) = (Arc::clone(&served), Arc::clone(&is_over));
        move |request| {
            let known = request
                .header("if-none-match")
                .map(|tag| tag.trim_matches('"').to_owned());
            let known: usize = known.and_then(|tag| tag.parse().ok()).unwrap_or_default();
            if is_over.load(Ordering::SeqCst) && known == served.load(Ordering::SeqCst) {
                return Reply::status(304, &[("ETag", &format!("\"{known}\""))], "");
            }
            let shown = known + NEW;
            served.fetch_max(shown, Ordering::SeqCst);
            let releases: Vec<MadeUp<'_>> = (known..shown).rev().map(made).collect();
            let document = render(Form::PrNewswire, "All", &releases, issued);
            Reply::status(200, &[("ETag", &format!("\"{shown}\""))], document)
        }
    });
    let listen = free_port();
    let house = House::new(&[("wire", wires.url("/feed").to_string())], listen);
    count_no_requests(&house);
    let (mut daemon, disk) = start_on_disk(&house, 4 << 20, Room::All);
    daemon.wait_for("polled wire");
    answered(listen, "/readyz", Duration::from_secs(10), |answer| {
        answer.contains("200 OK")
    })
    .await;

    let filler = disk.join("filler");
    fill(&filler);
    let said = daemon.wait_for("nothing was kept of this poll");
    assert!(said.contains("no space left"), "{said}");
    let reason = "the last polls of 1 source could not be stored; their operator finds the reason in the log\n";
    answered(listen, "/readyz", Duration::from_secs(10), |answer| {
        answer.contains("503 Service Unavailable") && answer.contains(reason)
    })
    .await;
    let kept = curl(listen, "/outputs/all.ndjson");
    assert!(kept.contains("200 OK") && kept.contains("furnace 0"), "{kept}");

    std::fs::remove_file(&filler).unwrap();
    is_over.store(true, Ordering::SeqCst);
    answered(listen, "/readyz", Duration::from_secs(150), |answer| {
        answer.contains("200 OK")
    })
    .await;
    let want: BTreeSet<String> = (0..served.load(Ordering::SeqCst))
        .map(|number| made(number).headline)
        .collect();
    let all = |answer: &str| want.iter().all(|headline| answer.contains(&format!("{headline}\"")));
    let answer = answered(listen, "/outputs/all.ndjson", Duration::from_secs(20), all).await;
    assert_eq!(
        answer.matches("Aldermoor Steel opens").count(),
        want.len(),
        "each once: {answer}"
    );
    daemon.signal("TERM");
    daemon.wait_for("stopped");
    assert_eq!(daemon.child.wait().unwrap().code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_on_a_full_disk_waits_for_room() {
    if !may_mount() {
        println!("skipped: no file system can be mounted here");
        return;
    }
    let wires = Server::start().await;
    let issued = dateline::clock::now();
    wires.on("/feed", move |_| {
        let document = render(Form::PrNewswire, "All", &[release(0, issued)], issued);
        Reply::status(200, &[], document)
    });
    let listen = free_port();
    let house = House::new(&[("wire", wires.url("/feed").to_string())], listen);
    let (mut daemon, disk) = start_on_disk(&house, 4 << 20, Room::None);
    std::fs::remove_file(disk.join("filler")).unwrap();
    daemon.wait_for("polled wire");
    answered(listen, "/outputs/all.ndjson", Duration::from_secs(10), |answer| {
        answer.contains("furnace 0")
    })
    .await;
    daemon.signal("TERM");
    daemon.wait_for("stopped");
    assert_eq!(daemon.child.wait().unwrap().code(), Some(0));
}
