//! The real binary: it starts, polls, serves, and ends in order; what it wrote is there after any end.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use dateline::demo::{Form, MadeUp, render};
use dateline::filter::Filter;
use dateline::store::{SourceHealth, Store};

use crate::server::{Reply, Server};

mod clock;
mod crowd;
mod disk;
mod displaced;
mod kills;
mod pages;
mod storms;
mod service;
mod vitals;

/// A folder with a configuration, a store and the program to run on them.
struct House {
    folder: tempfile::TempDir,
}

impl House {
    fn new(sources: &[(&str, String)], listen: SocketAddr) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut text = format!(
            "[http]\nlisten = \"{listen}\"\n[fetch]\nallow_private_networks = true\nper_host_gap = \"0s\"\n[schedule]\ndefault = \"* * * * * *\"\nfloor = \"1s\"\njitter = \"0s\"\n\
             [[output]]\nid = \"all\"\ntitle = \"All\"\nlimit = 1000\n"
        );
        for (id, url) in sources {
            text.push_str(&format!(
                "[[source]]\nid = \"{id}\"\nurl = \"{url}\"\nwire = \"prnewswire\"\n"
            ));
        }
        std::fs::write(folder.path().join("dateline.toml"), text).unwrap();
        Self { folder }
    }

    /// In a folder of its own, which may be on another disk.
    fn store(&self) -> PathBuf {
        self.folder.path().join("store/dateline.sqlite")
    }

    fn dateline(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dateline"));
        command
            .arg("--config")
            .arg(self.folder.path().join("dateline.toml"))
            .arg("--store")
            .arg(self.store())
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    /// Starts the daemon and waits for its word that it is up.
    fn start(&self) -> Running {
        Self::started(&mut self.dateline(&["--log-format", "json", "run"]))
    }

    fn started(command: &mut Command) -> Running {
        let mut daemon = Self::spawned(command);
        daemon.wait_for("started:");
        daemon
    }

    /// Not up yet.
    fn spawned(command: &mut Command) -> Running {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap());
        Running { child, lines }
    }
}

struct Running {
    child: Child,
    lines: BufReader<std::process::ChildStderr>,
}

impl Running {
    fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .arg(format!("-{name}"))
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Reads log lines until one holds `text`.
    fn wait_for(&mut self, text: &str) -> String {
        let mut line = String::new();
        loop {
            line.clear();
            assert!(
                self.lines.read_line(&mut line).unwrap() > 0,
                "the daemon ended without a word of {text:?}"
            );
            if line.contains(text) {
                return line;
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A loopback port that nobody holds now.
fn free_port() -> SocketAddr {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap()
}

pub(crate) fn releases(count: i64) -> Vec<MadeUp<'static>> {
    let now = dateline::clock::now();
    (0..count)
        .map(|n| release(n, now - chrono::TimeDelta::seconds(n)))
        .collect()
}

/// A release that no other number's is a copy of.
fn release(n: i64, issued: DateTime<Utc>) -> MadeUp<'static> {
    MadeUp {
        id: (302_000_000 + n).to_string(),
        language: "en",
        headline: format!("Aldermoor Steel opens furnace {n}"),
        place: "SHEFFIELD, England",
        text: format!(
            "Aldermoor Steel plc today lit furnace number {n}, which melts {} tonnes of scrap an hour.",
            n * 7 + 3
        ),
        issuer: "Aldermoor Steel plc",
        shares: &[],
        isin: &[],
        issued,
    }
}

fn feed(count: i64) -> String {
    render(Form::PrNewswire, "All", &releases(count), dateline::clock::now())
}

async fn headlines(store: &Path) -> Vec<String> {
    let store = Store::open_read_only(store).await.unwrap();
    let found = store
        .select(&Filter::parse("").unwrap(), 100_000, dateline::clock::now())
        .await
        .unwrap();
    let mut headlines: Vec<String> = found.into_iter().filter_map(|article| article.draft.headline).collect();
    headlines.sort();
    headlines
}

#[tokio::test(flavor = "multi_thread")]
async fn it_polls_serves_and_ends_in_order_on_sigterm_and_sigint() {
    let wires = Server::start().await;
    let body = feed(3);
    wires.on("/feed", move |_| Reply::ok(&body));
    for name in ["TERM", "INT"] {
        let listen = free_port();
        let house = House::new(&[("wire", wires.url("/feed").to_string())], listen);
        let (output, status) = tokio::task::spawn_blocking(move || {
            let mut daemon = house.start();
            daemon.wait_for("polled wire");
            let output = curl(listen, "/outputs/all.atom");
            daemon.signal(name);
            daemon.wait_for("stopped");
            let status = daemon.child.wait().unwrap();
            (output, status)
        })
        .await
        .unwrap();
        assert!(output.contains("Aldermoor Steel opens furnace 2"), "{output}");
        assert_eq!(status.code(), Some(0), "SIG{name}");
    }
}

/// A GET without a client library: the test holds the server to HTTP, not to our own client.
fn curl(address: SocketAddr, path: &str) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_does_not_wait_for_a_source_that_hangs() {
    let wires = Server::start().await;
    wires.on("/hang", |_| {
        Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<rss").then_hang()
    });
    let house = House::new(&[("wire", wires.url("/hang").to_string())], free_port());
    let config = house.folder.path().join("dateline.toml");
    let text = std::fs::read_to_string(&config)
        .unwrap()
        .replace("[schedule]\n", "[schedule]\nshutdown_grace = \"500ms\"\n");
    std::fs::write(&config, text).unwrap();
    let mut daemon = tokio::task::spawn_blocking(move || (house.start(), house))
        .await
        .unwrap();
    while wires.requests("/hang").is_empty() {
        tokio::task::yield_now().await;
    }
    let status = tokio::task::spawn_blocking(move || {
        daemon.0.signal("TERM");
        daemon.0.wait_for("gave up polls in flight");
        daemon.0.wait_for("stopped");
        daemon.0.child.wait().unwrap()
    })
    .await
    .unwrap();
    assert_eq!(status.code(), Some(0));
}

/// Replaces the schedule of all sources.
fn reschedule(house: &House, schedule: &str) {
    let config = house.folder.path().join("dateline.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let every_second = "default = \"* * * * * *\"\nfloor = \"1s\"\njitter = \"0s\"\n";
    assert!(text.contains(every_second));
    std::fs::write(&config, text.replace(every_second, schedule)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_asks_to_wait_is_left_alone_with_all_of_its_sources_over_restarts() {
    let wires = Server::start().await;
    for path in ["/a", "/b", "/c"] {
        wires.on(path, |_| {
            Reply::raw("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n")
        });
    }
    let url = |path: &str| wires.url(path).to_string();
    let house = House::new(&[("a", url("/a")), ("b", url("/b")), ("c", url("/c"))], free_port());
    reschedule(&house, "");
    let asked = || {
        ["/a", "/b", "/c"]
            .iter()
            .map(|path| wires.requests(path).len())
            .sum::<usize>()
    };
    for round in 0..4 {
        let (house_store, daemon) = (house.store(), house.start());
        let begin = Instant::now();
        loop {
            let store = Store::open_read_only(&house_store).await.unwrap();
            let health = store.health().await.unwrap();
            let held = health.iter().filter(|source| {
                let why = source.next_due_reason.as_deref().unwrap_or_default();
                why.contains("Retry-After")
            });
            if held.count() == 3 {
                break;
            }
            assert!(begin.elapsed() < Duration::from_secs(20), "round {round}: {health:?}");
            tokio::task::yield_now().await;
        }
        assert_eq!(
            asked(),
            1,
            "round {round}: one question, one answer, and it holds for all three"
        );
        drop(daemon);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_of_our_own_network_is_said_once_and_counts_against_nobody() {
    let port = free_port().port();
    let sources: Vec<(String, String)> = (1..=5)
        .map(|number| (format!("s{number}"), format!("http://127.0.0.{number}:{port}/feed")))
        .collect();
    let sources: Vec<(&str, String)> = sources.iter().map(|(id, url)| (id.as_str(), url.clone())).collect();
    let house = House::new(&sources, free_port());
    let house = tokio::task::spawn_blocking(move || {
        let mut daemon = house.start();
        daemon.wait_for("most sites cannot be reached");
        // Each of the five is heard of again after it was said.
        for number in 1..=5 {
            daemon.wait_for(&format!("s{number}: no connection"));
        }
        drop(daemon);
        house
    })
    .await
    .unwrap();
    let health = Store::open_read_only(&house.store())
        .await
        .unwrap()
        .health()
        .await
        .unwrap();
    let sum = |of: fn(&SourceHealth) -> i64| health.iter().map(of).sum::<i64>();
    let (polls, counted) = (sum(|source| source.polls), sum(|source| source.failures));
    assert!(polls >= 5, "{polls} polls");
    assert_eq!(counted, 0, "neither what failed before it was clear: {health:?}");
    assert!(health.iter().all(|source| source.state == "ok"), "{health:?}");
    for source in &health {
        let why = source.next_due_reason.as_deref().unwrap_or_default();
        assert!(why.contains("no network"), "{why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_mends_is_polled_at_the_next_start() {
    let wires = Server::start().await;
    let body = feed(3);
    wires.on("/feed", move |_| Reply::ok(&body));
    let house = House::new(&[("wire", wires.url("/feed").to_string())], free_port());
    reschedule(&house, "");
    let (config, token) = (
        house.folder.path().join("dateline.toml"),
        house.folder.path().join("token"),
    );
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, format!("{text}authorization_file = {token:?}\n")).unwrap();
    let house = tokio::task::spawn_blocking(move || {
        let mut daemon = house.start();
        let said = daemon.wait_for("wire is gone");
        assert!(said.contains("check the source's authorization_file"), "{said}");
        drop(daemon);
        std::fs::write(token, "Bearer sesame\n").unwrap();
        let mut daemon = house.start();
        daemon.wait_for("polled wire");
        drop(daemon);
        house
    })
    .await
    .unwrap();
    assert_eq!(wires.requests("/feed").len(), 1);
    drop(house.start());
    assert_eq!(wires.requests("/feed").len(), 1, "and no start asks again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_that_changed_holds_at_the_next_start() {
    let wires = Server::start().await;
    let body = feed(3);
    wires.on("/feed", move |_| Reply::ok(&body));
    let house = House::new(&[("wire", wires.url("/feed").to_string())], free_port());
    reschedule(&house, "default = \"0 0 1 1 *\"\n");
    assert!(house.dateline(&["poll"]).output().unwrap().status.success());
    let config = house.folder.path().join("dateline.toml");
    let planned = async || {
        drop(house.start());
        let store = Store::open_read_only(&house.store()).await.unwrap();
        store.health().await.unwrap().remove(0).next_due_reason.unwrap()
    };
    let mut before = "0 0 1 1 *".to_owned();
    assert!(planned().await.contains(&before));
    for schedule in ["30 4 * * *", "0 0 2 1 *", "adaptive"] {
        let text = std::fs::read_to_string(&config).unwrap().replace(&before, schedule);
        std::fs::write(&config, text).unwrap();
        let reason = planned().await;
        assert!(
            reason.contains(schedule) || (schedule == "adaptive" && !reason.contains("cron")),
            "{schedule}: {reason}"
        );
        before = schedule.to_owned();
    }
    assert_eq!(wires.requests("/feed").len(), 1, "nobody is asked for it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_by_hand_tells_moves_and_gaps() {
    let wires = Server::start().await;
    let place = wires.url("/new").to_string();
    wires.on("/old", move |_| Reply::redirect(301, &place));
    let house = House::new(&[("wire", wires.url("/old").to_string())], free_port());
    let of = |from: usize| {
        render(
            Form::PrNewswire,
            "All",
            &releases(12)[from..from + 6],
            dateline::clock::now(),
        )
    };
    let poll = |arguments: &[&str], body: String| {
        wires.on("/new", move |_| Reply::ok(&body));
        String::from_utf8(house.dateline(arguments).output().unwrap().stdout).unwrap()
    };
    let first: serde_json::Value = serde_json::from_str(&poll(&["poll", "--json"], of(0))).unwrap();
    assert_eq!(first[0]["moved_to"], wires.url("/new").as_str());
    assert_eq!(first[0]["gap"], serde_json::Value::Null);
    let second = poll(&["poll"], of(6));
    for part in [
        "(gap: none of 6 items was in the last poll",
        "(moved for good: its url should be http",
    ] {
        assert!(second.contains(part), "{part} is not in {second}");
    }
    let again: serde_json::Value = serde_json::from_str(&poll(&["poll", "--json"], of(0))).unwrap();
    assert_eq!(
        again[0]["gap"],
        serde_json::Value::Null,
        "an old copy came back: all of it is known"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_lists_what_is_configured_whether_or_not_it_was_polled() {
    let wires = Server::start().await;
    let body = feed(3);
    wires.on("/feed", move |_| Reply::ok(&body));
    let house = House::new(
        &[
            ("a", wires.url("/feed").to_string()),
            ("b", wires.url("/feed?b").to_string()),
        ],
        free_port(),
    );
    assert!(house.dateline(&["poll"]).output().unwrap().status.success());
    let config = house.folder.path().join("dateline.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    // The last one is b.
    std::fs::write(
        &config,
        format!("{text}enabled = false\n[[source]]\nid = \"c\"\nurl = \"https://c.example/\"\n"),
    )
    .unwrap();
    let listed = house.dateline(&["sources", "--json"]).output().unwrap();
    let listed: Vec<serde_json::Value> = serde_json::from_slice(&listed.stdout).unwrap();
    let states: Vec<_> = listed
        .iter()
        .map(|source| (source["source"].as_str().unwrap(), source["state"].as_str().unwrap()))
        .collect();
    assert_eq!(states, [("a", "ok"), ("b", "off"), ("c", "new")]);
    for (arguments, lacks) in [
        (&["sources"][..], Some("duplicate")),
        (&["sources", "--wide"][..], None),
    ] {
        let said = String::from_utf8(house.dateline(arguments).output().unwrap().stdout).unwrap();
        assert!(
            ["last poll", "gaps", "next due"].iter().all(|word| said.contains(word)),
            "{said}"
        );
        assert!(lacks.is_none_or(|word| !said.contains(word)), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_restarts_in_a_row_cause_no_request() {
    let wires = Server::start().await;
    let body = feed(3);
    wires.on("/feed", move |_| Reply::ok(&body));
    let house = House::new(&[("wire", wires.url("/feed").to_string())], free_port());
    reschedule(&house, "");
    let polled = house.dateline(&["poll"]).output().unwrap();
    assert!(polled.status.success());
    for restart in 0..10 {
        drop(house.start());
        assert_eq!(wires.requests("/feed").len(), 1, "restart {restart}");
    }
    let listed = house.dateline(&["sources"]).output().unwrap();
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    for word in ["wire", "ok", "gaps", "why then", "1 min"] {
        assert!(listed.contains(word), "{word} is missing in:\n{listed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_middle_of_a_poll_nothing_is_lost_and_nothing_doubled() {
    const ITEMS: i64 = 2_000;
    let wires = Server::start().await;
    let body = feed(ITEMS);
    wires.on("/feed", move |_| Reply::ok(&body));
    let house = House::new(&[("wire", wires.url("/feed").to_string())], free_port());
    let mut want: Vec<String> = releases(ITEMS).into_iter().map(|release| release.headline).collect();
    want.sort();

    let requests = || wires.requests("/feed").len();
    let mut kills = 0;
    for round in 0..6u32 {
        let before = requests();
        let mut daemon = house.start();
        // Once the document is asked for, the kill falls somewhere in parse, judge, write or commit.
        let begin = Instant::now();
        while requests() == before && begin.elapsed() < Duration::from_secs(20) {
            std::thread::yield_now();
        }
        let spread = Instant::now();
        while spread.elapsed() < Duration::from_millis(u64::from(round) * 120) {
            std::thread::yield_now();
        }
        daemon.child.kill().unwrap();
        daemon.child.wait().unwrap();
        kills += 1;
        if house.store().exists() {
            let there = headlines(&house.store()).await;
            let mut once = there.clone();
            once.dedup();
            assert_eq!(once.len(), there.len(), "doubled after kill {kills}");
            assert!(
                there.is_empty() || there.len() == want.len(),
                "half a poll: {} after kill {kills}",
                there.len()
            );
        }
    }
    let polled = house.dateline(&["poll"]).output().unwrap();
    assert!(polled.status.success(), "{}", String::from_utf8_lossy(&polled.stderr));
    assert_eq!(headlines(&house.store()).await, want);
    let checked = Command::new(env!("CARGO_BIN_EXE_dateline"))
        .arg("--store")
        .arg(house.store())
        .args(["sources", "--json"])
        .output()
        .unwrap();
    assert!(checked.status.success());
}

#[test]
fn a_bad_configuration_exits_78_with_every_problem() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bad.toml");
    std::fs::write(
        &file,
        "[http]\nlisten = \"nowhere\"\n[[source]]\nid = \"A\"\nurl = \"ftp://x/\"\nschedul = \"@hourly\"\n",
    )
    .unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_dateline"))
        .arg("--config")
        .arg(&file)
        .arg("check")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert_eq!(run.status.code(), Some(78), "{said}");
    for word in ["listen", "ftp", "schedul", "bad.toml:2", "bad.toml:6"] {
        assert!(said.contains(word), "{word} is missing in:\n{said}");
    }
}

#[test]
fn the_demo_once_prints_each_verdict_and_exits_0() {
    let run = Command::new(env!("CARGO_BIN_EXE_dateline"))
        .args(["demo", "--once"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    for word in ["new", "duplicate", "correction", "withdrawal", "variant"] {
        assert!(said.contains(word), "{word} is missing in:\n{said}");
    }
}

#[test]
fn a_daemon_that_cannot_listen_leaves_no_store_behind() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let house = House::new(&[], taken.local_addr().unwrap());
    let ended = house.dateline(&["run"]).output().unwrap();
    let told = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(69), "{told}");
    assert!(told.contains("cannot listen on"), "{told}");
    assert!(!house.store().exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_daemon_on_one_store_does_not_start() {
    let wires = Server::start().await;
    wires.on("/feed", |_| Reply::status(404, &[], ""));
    let house = House::new(&[("wire", wires.url("/feed").to_string())], free_port());
    tokio::task::spawn_blocking(move || {
        let mut first = house.start();
        let second = house.dateline(&["run"]).output().unwrap();
        let told = String::from_utf8(second.stderr).unwrap();
        assert_eq!(second.status.code(), Some(69), "{told}");
        let first_said = format!("another daemon runs on this store, process {}", first.child.id());
        assert!(told.contains(&first_said), "{told}");
        // Nor is the store put back under it; a copy of it may be made.
        let copy = house.dateline(&["store", "backup", "copy.sqlite"]).output().unwrap();
        assert!(copy.status.success(), "{}", String::from_utf8_lossy(&copy.stderr));
        let restored = house.dateline(&["store", "restore", "copy.sqlite"]).output().unwrap();
        let told = String::from_utf8(restored.stderr).unwrap();
        assert_eq!(restored.status.code(), Some(69), "{told}");
        assert!(told.contains(&first_said), "{told}");
        first.child.kill().unwrap();
        first.child.wait().unwrap();
        // The system lets go of the lock of what was killed.
        drop(house.start());
    })
    .await
    .unwrap();
}
