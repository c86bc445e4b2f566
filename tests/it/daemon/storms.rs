//! What an operator in haste and a machine at its limits do to a daemon: signals without end, no file descriptors left.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{House, Running, curl, feed, free_port, headlines};
use crate::server::{Reply, Server};

fn descriptors(process: u32) -> usize {
    std::fs::read_dir(format!("/proc/{process}/fd")).unwrap().count()
}

async fn soon(what: &str, is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < Duration::from_secs(30), "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_stop_signals_ends_it_once_and_in_order() {
    let wires = Server::start().await;
    let body = feed(50);
    wires.on("/feed", move |_| Reply::ok(&body).after(Duration::from_millis(300)));
    let house = House::new(&[("wire", wires.url("/feed").to_string())], free_port());
    let mut daemon = house.start();
    soon("it is asked", || !wires.requests("/feed").is_empty()).await;
    for _ in 0..40 {
        daemon.signal("TERM");
        daemon.signal("INT");
    }
    daemon.wait_for("stopped");
    assert_eq!(daemon.child.wait().unwrap().code(), Some(0));
    assert_eq!(headlines(&house.store()).await.len(), 50, "the poll in flight was kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_reloads_leaves_it_as_it_was() {
    let wires = Server::start().await;
    let body = feed(3);
    wires.on("/feed", move |_| Reply::ok(&body));
    let listen = free_port();
    let house = House::new(&[("wire", wires.url("/feed").to_string())], listen);
    let mut daemon = house.start();
    daemon.wait_for("polled wire");
    curl(listen, "/outputs/all.atom");
    let before = descriptors(daemon.child.id());
    for _ in 0..60 {
        daemon.signal("HUP");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    daemon.wait_for("holds now");
    let polls = wires.requests("/feed").len();
    soon("polls go on", || wires.requests("/feed").len() > polls + 1).await;
    assert!(curl(listen, "/outputs/all.atom").contains("Aldermoor Steel opens furnace 2"));
    let after = descriptors(daemon.child.id());
    assert!(after <= before + 8, "{before} descriptors before, {after} after");
    daemon.signal("TERM");
    daemon.wait_for("stopped");
    assert_eq!(daemon.child.wait().unwrap().code(), Some(0));
}

/// The daemon with no more than so many file descriptors.
fn start_with(house: &House, descriptors: usize) -> Running {
    let own = house.dateline(&["--log-format", "json", "run"]);
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("ulimit -n {descriptors}; exec \"$@\""), "sh"])
        .arg(own.get_program())
        .args(own.get_args())
        .current_dir(own.get_current_dir().unwrap_or(Path::new(".")))
        .stdin(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("started:") {
        line.clear();
        assert!(lines.read_line(&mut line).unwrap() > 0, "it ended before it was up");
    }
    Running { child, lines }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_file_descriptor_left_it_goes_on_as_soon_as_there_are_some() {
    let wires = Server::start().await;
    let body = feed(5);
    wires.on("/feed", move |_| Reply::ok(&body));
    let listen = free_port();
    let house = House::new(&[("wire", wires.url("/feed").to_string())], listen);
    let mut daemon = start_with(&house, 64);
    daemon.wait_for("polled wire");
    // More than it can accept; each has begun a request, so that it is kept open for the time-out of headers.
    let held: Vec<TcpStream> = (0..120)
        .filter_map(|_| {
            let mut stream = TcpStream::connect(listen).ok()?;
            stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n").ok()?;
            Some(stream)
        })
        .collect();
    daemon.wait_for("cannot accept a connection");
    drop(held);
    let polls = wires.requests("/feed").len();
    soon("polls go on", || wires.requests("/feed").len() > polls + 1).await;
    let answered = tokio::task::spawn_blocking(move || curl(listen, "/outputs/all.atom"))
        .await
        .unwrap();
    assert!(answered.contains("Aldermoor Steel opens furnace 4"), "{answered}");
    assert_eq!(headlines(&house.store()).await.len(), 5);
    daemon.signal("TERM");
    daemon.wait_for("stopped");
    assert_eq!(daemon.child.wait().unwrap().code(), Some(0));
}
