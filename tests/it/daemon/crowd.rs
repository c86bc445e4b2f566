//! Many sources of one host: each has its turn, by its due time, within the limits of the host.

use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use dateline::clock;
use dateline::config;
use dateline::store::{Moved, Store};

use super::{House, free_port};
use crate::server::{Reply, Server};

/// What a host saw of a crowd.
struct Seen {
    /// Paths, in the order in which they were to be asked for.
    planned: Vec<String>,
    /// ... and were.
    asked: Vec<String>,
    most_in_flight: usize,
    /// The daemon's memory at its highest, after a tenth of the polls and after all of them, in KiB.
    peaks: [u64; 2],
}

/// How a crowd is polled.
#[derive(Clone, Copy)]
struct Limits {
    per_host: usize,
    /// Of all hosts.
    concurrency: usize,
    /// How long an answer takes.
    answer: Duration,
    /// When the first is due, from now on; the next ones a `step` later each.
    first: TimeDelta,
    step: TimeDelta,
}

impl Limits {
    /// All have been due for long, and are answered at once.
    fn overdue(per_host: usize) -> Self {
        Self {
            per_host,
            concurrency: 8,
            answer: Duration::from_millis(2),
            first: -TimeDelta::hours(2),
            step: TimeDelta::seconds(1),
        }
    }
}

/// So many sources of one host, each due at a time of its own; the daemon polls until the host has heard of each.
async fn crowd(count: usize, limits: Limits) -> Seen {
    let Limits {
        per_host,
        concurrency,
        answer,
        first,
        step,
    } = limits;
    let host = Server::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mut text = format!(
        "[http]\nlisten = \"{}\"\n[fetch]\nallow_private_networks = true\nconcurrency = {concurrency}\nper_host = {per_host}\nper_host_gap = \"0s\"\n\
         [schedule]\ndefault = \"@yearly\"\n",
        free_port()
    );
    for number in 0..count {
        let path = format!("/{number}");
        host.on(&path, move |_| {
            let feed = format!(
                "<rss version=\"2.0\"><channel><title>Plant {number}</title><item><title>Plant {number} opens</title>\
                 <guid>p{number}</guid></item></channel></rss>"
            );
            Reply::status(200, &[("ETag", "\"1\"")], feed).after(answer)
        });
        text.push_str(&format!(
            "[[source]]\nid = \"s{number}\"\nurl = \"{}\"\n",
            host.url(&path)
        ));
    }
    std::fs::write(folder.path().join("dateline.toml"), &text).unwrap();
    let house = House { folder };

    let config = config::parse(&text, "dateline.toml").unwrap();
    let store = Store::open(&house.store()).await.unwrap();
    let now = clock::now();
    store.sync_sources(&config.sources, now).await.unwrap();
    // Neither by name nor as written down: by a stride that meets each of them once.
    let order: Vec<usize> = (0..count).map(|step| step * 7_919 % count).collect();
    let due: Vec<_> = (0..)
        .zip(&order)
        .map(|(rank, number)| {
            let due = now + first + step * rank;
            Moved::new(&config.sources[*number].id, due, "a time of its own")
        })
        .collect();
    store.set_next_due(&due).await.unwrap();
    store.close().await.unwrap();

    let daemon = house.start();
    // What it says goes nowhere: a full pipe would halt it.
    let said = daemon.lines.get_ref().as_fd().try_clone_to_owned().unwrap();
    std::thread::spawn(move || std::io::copy(&mut std::fs::File::from(said), &mut std::io::sink()));
    let mut peaks = [0; 2];
    for (peak, want) in peaks.iter_mut().zip([count / 10, count]) {
        let (begin, mut hits) = (Instant::now(), 0);
        while hits < want {
            // Patience is for each, not for all of them.
            assert!(
                begin.elapsed() < Duration::from_secs(60 + want as u64),
                "{hits} of {want} were polled"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
            hits = host.hits();
        }
        *peak = peak_memory(daemon.child.id());
    }
    Seen {
        planned: order.iter().map(|number| format!("/{number}")).collect(),
        asked: host.asked(),
        most_in_flight: host.most_in_flight(),
        peaks,
    }
}

/// In KiB, as proc(5) says; 0 where there is no such file.
fn peak_memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_of_one_host_are_polled_one_by_one_in_the_order_of_their_due_times() {
    let seen = crowd(200, Limits::overdue(1)).await;
    assert_eq!(seen.asked, seen.planned);
    assert_eq!(seen.most_in_flight, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_of_one_host_are_polled_at_once_up_to_its_limit_and_each_once() {
    let mut seen = crowd(200, Limits::overdue(3)).await;
    assert!(seen.most_in_flight <= 3, "{} at once", seen.most_in_flight);
    seen.asked.sort();
    seen.planned.sort();
    assert_eq!(seen.asked, seen.planned);
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_that_come_due_while_all_places_are_taken_are_polled_once() {
    let mut seen = crowd(
        60,
        Limits {
            per_host: 8,
            concurrency: 1,
            answer: Duration::from_millis(50),
            first: TimeDelta::milliseconds(200),
            step: TimeDelta::milliseconds(20),
        },
    )
    .await;
    assert_eq!(seen.most_in_flight, 1);
    seen.asked.sort();
    seen.planned.sort();
    assert_eq!(seen.asked, seen.planned);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a minute"]
async fn two_thousand_sources_of_one_host_are_polled_in_order_in_steady_memory() {
    let seen = crowd(2_000, Limits::overdue(1)).await;
    assert_eq!(seen.asked, seen.planned);
    assert_eq!(seen.most_in_flight, 1);
    let [early, late] = seen.peaks;
    println!("{early} KiB after 200 sources, {late} KiB after 2,000");
    assert!(late <= early + early / 2, "{early} KiB, then {late} KiB");
}
