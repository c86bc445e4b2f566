//! What the program costs when it polls a farm of feeds on loopback, beside fetching and parsing alone in the same run.
//!
//! `cargo bench --bench load -- --feeds 200`. Cold: a fresh store. Warm: nothing has changed, all answers are 304. Steady: one feed in
//! twenty has one new item. Read the ratio of CPU time. The run fails where the store does not hold exactly what the farm showed.
#![allow(clippy::print_stdout)] // it prints its figures

mod farm;
mod press;

use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use dateline::store::Store;
use nix::sys::resource::{UsageWho, getrusage};
use serde::{Deserialize, Serialize};

use self::farm::{Farm, Truth, floor};

/// Feeds where no number is asked for.
const FEEDS: u64 = 200;
/// Of so many feeds one has something new in the steady run.
const STEADY: usize = 20;

type Failure = Box<dyn Error>;

#[tokio::main]
async fn main() -> Result<ExitCode, Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["--measured", file, command, ref rest @ ..] => return measured(Path::new(file), command, rest),
        ["--floor", folder] => return floor::poll(Path::new(folder)).await.map(|()| ExitCode::SUCCESS),
        _ => {}
    }
    // `cargo test --all-targets` only wants to know that it starts.
    if !words.contains(&"--bench") {
        return Ok(ExitCode::SUCCESS);
    }
    let feeds = words
        .iter()
        .skip_while(|word| **word != "--feeds")
        .nth(1)
        .map_or(Ok(FEEDS), |feeds| feeds.parse())?;
    let bench = Bench::new(feeds).await?;
    bench.run().await.map(|()| ExitCode::SUCCESS)
}

struct Bench {
    folder: tempfile::TempDir,
    farm: Farm,
}

/// What a command took.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Cost {
    /// User and system.
    cpu_s: f64,
    wall_s: f64,
    /// The most memory that it had at once.
    peak_bytes: i64,
}

/// What the last polls told.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    polls: u64,
    unchanged: u64,
    new: i64,
    folded: i64,
    seen: i64,
    rejected: i64,
}

impl Bench {
    async fn new(feeds: u64) -> Result<Self, Failure> {
        let (folder, farm) = (tempfile::tempdir()?, Farm::start(feeds).await?);
        let mut urls = String::new();
        let mut config = format!(
            "[fetch]\nallow_private_networks = true\nconcurrency = {0}\nper_host = {0}\nper_host_gap = \"0s\"\n\
             [[output]]\nid = \"all\"\ntitle = \"Everything\"\n",
            floor::IN_FLIGHT
        );
        for (number, (url, wire)) in farm.feeds().enumerate() {
            writeln!(urls, "{url}")?;
            write!(
                config,
                "[[source]]\nid = \"feed-{number}\"\nurl = \"{url}\"\nwire = \"{wire}\"\n"
            )?;
        }
        fs::write(folder.path().join("urls"), urls)?;
        fs::write(folder.path().join("dateline.toml"), config)?;
        Ok(Self { folder, farm })
    }

    async fn run(mut self) -> Result<(), Failure> {
        let feeds = self.farm.feeds().count();
        println!("{feeds} feeds of {} items, {} in flight", farm::SHOWN, floor::IN_FLIGHT);
        println!(
            "{:<7} {:>9} {:>9} {:>6}  {:>8} {:>8}  {:>8} {:>8}  {:>9} {:>7} {:>6}",
            "", "CPU s", "floor", "ratio", "wall s", "floor", "peak MB", "floor", "articles", "folded", "seen"
        );
        let mut before = Truth::default();
        for (mode, changed) in [("cold", feeds), ("warm", 0), ("steady", feeds.div_ceil(STEADY))] {
            if mode == "steady" {
                self.farm.advance(STEADY)?;
            }
            let floor = self.measure(
                &std::env::current_exe()?,
                &["--floor".into(), self.folder.path().into()],
            )?;
            let program = self.measure(
                Path::new(env!("CARGO_BIN_EXE_dateline")),
                &[
                    "--config".into(),
                    self.at("dateline.toml"),
                    "--store".into(),
                    self.at("load.sqlite"),
                    "--quiet".into(),
                    "poll".into(),
                ],
            )?;
            let (articles, told) = self.told(feeds).await?;
            println!(
                "{mode:<7} {:>9.3} {:>9.3} {:>6.1}  {:>8.2} {:>8.2}  {:>8.0} {:>8.0}  {articles:>9} {:>7} {:>6}",
                program.cpu_s,
                floor.cpu_s,
                program.cpu_s / floor.cpu_s,
                program.wall_s,
                floor.wall_s,
                program.peak_bytes as f64 / 1e6,
                floor.peak_bytes as f64 / 1e6,
                told.folded,
                told.seen,
            );
            let truth = self.farm.truth();
            let (items, new) = (truth.items - before.items, truth.articles - before.articles);
            let want = Told {
                polls: feeds as u64,
                unchanged: (feeds - changed) as u64,
                new,
                folded: items - new,
                seen: changed as i64 * farm::SHOWN as i64 - items,
                rejected: 0,
            };
            if (articles, &told) != (truth.articles, &want) {
                return Err(format!(
                    "{mode}: told {articles} articles and {told:?}, and the truth is {truth:?} and {want:?}"
                )
                .into());
            }
            before = truth;
        }
        Ok(())
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a command by a copy of this program that has no other child and little memory: a child begins with the peak of its parent.
    fn measure(&self, command: &Path, arguments: &[PathBuf]) -> Result<Cost, Failure> {
        let file = &self.at("cost.json");
        let status = Command::new(std::env::current_exe()?)
            .arg("--measured")
            .args([file.as_path(), command])
            .args(arguments)
            .status()?;
        if !status.success() {
            return Err(format!("{} {arguments:?} ended with {status}", command.display()).into());
        }
        Ok(serde_json::from_slice(&fs::read(file)?)?)
    }

    async fn told(&self, feeds: usize) -> Result<(i64, Told), Failure> {
        let store = Store::open(&self.at("load.sqlite")).await?;
        let mut told = Told::default();
        for poll in store.polls(feeds).await? {
            told.polls += 1;
            told.unchanged += u64::from(poll.http_status == Some(304));
            told.new += poll.new;
            told.folded += poll.duplicate + poll.correction + poll.revised + poll.withdrawal + poll.variant;
            told.seen += poll.seen;
            told.rejected += poll.rejected;
        }
        let articles = store.count().await?;
        store.close().await?;
        Ok((articles, told))
    }
}

/// Runs a command, and writes what it took.
fn measured(file: &Path, command: &str, arguments: &[&str]) -> Result<ExitCode, Failure> {
    let begun = Instant::now();
    let status = Command::new(command).args(arguments).stdout(Stdio::null()).status()?;
    let wall_s = begun.elapsed().as_secs_f64();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let seconds = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    let cost = Cost {
        cpu_s: seconds(usage.user_time()) + seconds(usage.system_time()),
        wall_s,
        // In units of 1024 bytes: getrusage(2) of Linux.
        peak_bytes: usage.max_rss() * 1024,
    };
    fs::write(file, serde_json::to_vec(&cost)?)?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
