//! A clock that is set while the daemon runs: a day forward, an hour back.
//!
//! The daemon asks libc for the time; a library that is loaded before libc adds what a file says. Where there is no C compiler, or libc is
//! linked in, the test says so.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use dateline::clock;
use dateline::demo::{Form, MadeUp, render};
use dateline::store::{SourceHealth, Store};

use super::{House, Running, curl, free_port, headlines, release};
use crate::server::{Reply, Server};

/// The file holds how many seconds the clock is ahead.
const WALL: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
static const volatile int64_t *seconds;
__attribute__((constructor)) static void begin(void) {
    int file = open(getenv("WALL"), O_RDONLY);
    void *page = mmap(0, sizeof *seconds, PROT_READ, MAP_SHARED, file, 0);
    if (page == MAP_FAILED) abort();
    seconds = page;
}
int clock_gettime(clockid_t clock, struct timespec *time) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, time);
    if (clock == CLOCK_REALTIME && seconds) time->tv_sec += *seconds;
    return result;
}
"#;

/// A clock that can be set, for programs that are started with it.
struct Wall {
    library: PathBuf,
    file: File,
}

impl Wall {
    /// `None`: it cannot be made here.
    fn new(folder: &Path) -> Option<Self> {
        let (source, library) = (folder.join("wall.c"), folder.join("wall.so"));
        std::fs::write(&source, WALL).unwrap();
        let mut compiler = Command::new("cc");
        compiler
            .args(["-shared", "-fPIC", "-o"])
            .args([&library, &source])
            .arg("-ldl");
        let is_made = compiler
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if !is_made || cfg!(target_feature = "crt-static") {
            return None;
        }
        let file = File::create(folder.join("wall")).unwrap();
        let wall = Self { library, file };
        wall.set(TimeDelta::zero());
        Some(wall)
    }

    /// So far from the true time.
    fn set(&self, away: TimeDelta) {
        // In place, for it is mapped.
        self.file.write_all_at(&away.num_seconds().to_ne_bytes(), 0).unwrap();
    }

    /// The daemon lives by it.
    fn start(&self, house: &House) -> Running {
        let mut command = house.dateline(&["--log-format", "json", "run"]);
        command
            .env("LD_PRELOAD", &self.library)
            .env("WALL", house.folder.path().join("wall"));
        House::started(&mut command)
    }
}

/// What the store knows of a source, once it is so.
async fn source(house: &House, id: &str, what: &str, is_so: impl Fn(&SourceHealth) -> bool) -> SourceHealth {
    let begin = Instant::now();
    loop {
        let store = Store::open_read_only(&house.store()).await.unwrap();
        let health = store.health().await.unwrap();
        if let Some(source) = health
            .iter()
            .find(|source| source.source.as_str() == id && is_so(source))
        {
            return source.clone();
        }
        assert!(begin.elapsed() < Duration::from_secs(30), "{what}: {health:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_a_day_forward_and_an_hour_back_silences_nobody_and_doubles_nothing() {
    let wires = Server::start().await;
    // A release more each time.
    let served: Arc<AtomicI64> = Arc::default();
    let issued = clock::now();
    let made = move |count: i64| -> Vec<MadeUp<'static>> { (0..count).map(|number| release(number, issued)).collect() };
    wires.on("/often", {
        let served = Arc::clone(&served);
        move |_| {
            let count = served.fetch_add(1, Ordering::SeqCst) + 1;
            Reply::ok(render(Form::PrNewswire, "All", &made(count), issued))
        }
    });
    wires.on("/hourly", |_| {
        Reply::status(200, &[], render(Form::PrNewswire, "All", &[], clock::now()))
    });
    let listen = free_port();
    let sources = ["often", "hourly"].map(|name| (name, wires.url(&format!("/{name}")).to_string()));
    let house = House::new(&sources, listen);
    let config = house.folder.path().join("dateline.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    // Of the last one.
    std::fs::write(&config, text + "schedule = \"0 * * * *\"\n").unwrap();
    let Some(wall) = Wall::new(house.folder.path()) else {
        println!("skipped: no clock that can be set can be made here");
        return;
    };
    let mut daemon = wall.start(&house);
    let (day, hour) = (TimeDelta::days(1), TimeDelta::hours(1));
    for (polls, away) in [(1, TimeDelta::zero()), (2, day), (3, day - hour)] {
        wall.set(away);
        let began = clock::now() + away;
        let is_near = |source: &SourceHealth| source.last_poll.is_some_and(|at| at >= began && at < began + hour / 2);
        source(&house, "often", &format!("{away} away it goes on"), is_near).await;
        let is_polled = |source: &SourceHealth| source.polls >= polls && is_near(source);
        let hourly = source(&house, "hourly", &format!("{away} away it is polled"), is_polled).await;
        let due = hourly.next_due.unwrap() - began;
        assert!(
            due > TimeDelta::zero() && due <= hour + TimeDelta::minutes(1),
            "{away} away it is due after {due}"
        );
        let answer = tokio::task::spawn_blocking(move || curl(listen, "/readyz"))
            .await
            .unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{away} away: {answer}");
    }
    daemon.wait_for("the clock went back");
    daemon.signal("TERM");
    daemon.wait_for("stopped");
    assert_eq!(daemon.child.wait().unwrap().code(), Some(0));
    let mut want: Vec<String> = made(served.load(Ordering::SeqCst))
        .into_iter()
        .map(|release| release.headline)
        .collect();
    want.sort();
    assert_eq!(headlines(&house.store()).await, want);
}
