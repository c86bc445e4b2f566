//! What one more item costs at ten thousand, a hundred thousand and a million stored articles, and what an article takes on the disk.
//!
//! `cargo bench --bench admit -- 10000 100000 1000000`. Fills one store with the items of a made-up [`press`], and stops at each size to
//! measure: [`MEASURED`] further items, as many a poll as a poll brings, are understood ([`normalize`]) and kept ([`Store::admit`]: recall,
//! judge, write); one poll after another first, as when now and then a feed has news, and as many more [`AT_ONCE`], as when many have.
//! Read the ratios of one run, never the times of two.
#![allow(clippy::print_stdout, clippy::print_stderr)] // it prints its figures

mod press;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use dateline::article::{FullText, Identity, Rights, SourceId, Verdict};
use dateline::ingest::normalize::{Normalized, Origin, normalize};
use dateline::store::{Admitted, Outcome, Poll, Store};
use dateline::wire;
use futures_util::stream::{self, StreamExt};

use self::press::Press;

/// Sizes where none are asked for.
const SIZES: &[u64] = &[10_000, 100_000];
/// Items measured at each size: ten runs of a wire.
const MEASURED: u64 = 10 * press::RUN;
/// Items of a measured poll.
const A_POLL: u64 = 20;
/// Polls that wait for the store at once: as many as a daemon has in flight by default (`[fetch] concurrency`).
const AT_ONCE: usize = 8;
/// The default of `[dedup]`.
const WINDOW: TimeDelta = TimeDelta::days(60);

type Failure = Box<dyn Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --all-targets` only wants to know that it starts.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let mut sizes: Vec<u64> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    if sizes.is_empty() {
        sizes.extend(SIZES);
    }
    sizes.sort_unstable();

    let folder = tempfile::tempdir()?;
    let mut load = Load {
        store: Store::open(&folder.path().join("load.sqlite")).await?,
        press: Arc::new(Press::new()),
        next: 0,
        stored: 0,
    };
    let mut figures = Vec::new();
    for size in sizes {
        load.fill(size).await?;
        let at = load.measure().await?;
        if figures.is_empty() {
            head();
        }
        row(&at);
        figures.push(at);
    }
    ratios(&figures);
    Ok(())
}

/// A store that fills.
struct Load {
    store: Store,
    press: Arc<Press>,
    /// Number of the next item.
    next: u64,
    stored: u64,
}

/// How many items were judged what.
type Verdicts = BTreeMap<Verdict, u64>;

/// What was measured at one size.
struct Figures {
    /// Articles before.
    stored: u64,
    normalize: Duration,
    /// Kept one poll after another, and many at once.
    admit: Duration,
    at_once: Duration,
    verdicts: Verdicts,
    /// Bytes of plain text of an item.
    text: u64,
    /// Bytes of the store, its log included, an article.
    store: u64,
    /// Bytes an article of the tables that only de-duplication reads, with their indexes; none without `sqlite3`.
    tables: Vec<(String, u64)>,
}

impl Load {
    /// Admits whole runs until so many articles are stored; the next runs are understood meanwhile.
    async fn fill(&mut self, size: u64) -> Result<(), Failure> {
        let started = Instant::now();
        let (send, ready) = sync_channel(4);
        let (press, first) = (Arc::clone(&self.press), self.next);
        let ahead = thread::spawn(move || {
            for run in (first..).step_by(press::RUN as usize) {
                let poll = poll(run, understand(&press, run..run + press::RUN));
                if send.send(poll).is_err() {
                    break;
                }
            }
        });
        let step = (size / 10).max(1);
        while self.stored < size {
            let (poll, now) = ready.recv()?;
            let before = self.stored;
            self.admit(&poll, now, &mut Verdicts::new()).await?;
            if self.stored / step > before / step {
                eprintln!("{:>9} articles, {:>5} s", self.stored, started.elapsed().as_secs());
            }
        }
        drop(ready);
        ahead.join().map_err(|_| "the made-up press panicked")?;
        Ok(())
    }

    /// Admits further items one poll after another, and then many at once.
    async fn measure(&mut self) -> Result<Figures, Failure> {
        let alone = self.admit_further(1).await?;
        let at_once = self.admit_further(AT_ONCE).await?;
        Ok(Figures {
            normalize: (alone.normalize + at_once.normalize) / 2,
            at_once: at_once.admit,
            ..alone
        })
    }

    async fn admit_further(&mut self, at_once: usize) -> Result<Figures, Failure> {
        let items = self.next..self.next + MEASURED;
        let documents: Vec<_> = items
            .step_by(A_POLL as usize)
            .map(|first| (first, self.press.document(first..first + A_POLL)))
            .collect();
        let stored = self.stored;

        let timer = Timer::start();
        let polls: Vec<_> = documents
            .iter()
            .map(|(first, document)| {
                let now = press::issued(first + A_POLL);
                poll(*first, normalize(document, &origin(*first), now))
            })
            .collect();
        let normalize = timer.elapsed();

        let mut verdicts = Verdicts::new();
        let timer = Timer::start();
        let store = self.store.clone();
        let admitting = polls.iter().map(|(poll, now)| store.admit(poll, *now));
        let mut admitted = stream::iter(admitting).buffered(at_once);
        while let Some(admitted) = admitted.next().await {
            self.count(admitted?, &mut verdicts)?;
        }
        let admit = timer.elapsed();

        let drafts = polls.iter().flat_map(|(poll, _)| &poll.drafts);
        let text: usize = drafts.map(|draft| draft.body_text.len()).sum();
        let path = self.store.path();
        let log = fs::metadata(path.with_extension("sqlite-wal")).map_or(0, |log| log.len());
        Ok(Figures {
            stored,
            normalize,
            admit,
            at_once: admit,
            verdicts,
            text: text as u64 / MEASURED,
            store: (fs::metadata(path)?.len() + log) / self.stored,
            tables: tables(path)
                .into_iter()
                .map(|(name, bytes)| (name, bytes / self.stored))
                .collect(),
        })
    }

    async fn admit(&mut self, poll: &Poll, now: DateTime<Utc>, verdicts: &mut Verdicts) -> Result<(), Failure> {
        let admitted = self.store.admit(poll, now).await?;
        self.count(admitted, verdicts)
    }

    fn count(&mut self, admitted: Admitted, verdicts: &mut Verdicts) -> Result<(), Failure> {
        self.next += u64::try_from(admitted.counts.items())?;
        self.stored += u64::try_from(admitted.counts.new + admitted.counts.variant)?;
        for judged in admitted.judgements {
            *verdicts.entry(judged.judgement.verdict).or_default() += 1;
        }
        Ok(())
    }
}

fn understand(press: &Press, items: Range<u64>) -> Normalized {
    let now = press::issued(items.end);
    normalize(&press.document(items.clone()), &origin(items.start), now)
}

fn origin(item: u64) -> Origin {
    let name = press::feed(item).wire;
    Origin {
        source: SourceId::new(name),
        wire: wire::by_id(name).unwrap_or_else(wire::generic),
        rights: Rights::Full,
    }
}

/// The poll that brought these drafts, the first of them number `first`, and when.
fn poll(first: u64, normalized: Normalized) -> (Poll, DateTime<Utc>) {
    let now = press::issued(first + normalized.drafts.len() as u64);
    let Origin { source, wire, .. } = origin(first);
    let poll = Poll {
        url: format!("https://feeds.example/{source}"),
        source,
        wire: Some(wire.id.to_owned()),
        started: now,
        elapsed_ms: 0,
        outcome: Outcome::Ok,
        http_status: Some(200),
        bytes: None,
        validators: None,
        body_hash: None,
        drafts: normalized.drafts,
        rejects: normalized.rejects,
        identity: Identity::Auto,
        full_text: FullText::Off,
        dedup_window: WINDOW,
        repairs: Vec::new(),
        error: None,
        next_due: now + TimeDelta::minutes(3),
        next_due_reason: "load".to_owned(),
        watch: None,
    };
    (poll, now)
}

/// CPU time of the process where the system tells it, else time on the wall.
struct Timer {
    cpu: Option<Duration>,
    wall: Instant,
}

impl Timer {
    fn start() -> Self {
        Self {
            cpu: cpu(),
            wall: Instant::now(),
        }
    }

    fn elapsed(&self) -> Duration {
        match (self.cpu, cpu()) {
            (Some(before), Some(after)) => after.saturating_sub(before),
            _ => self.wall.elapsed(),
        }
    }
}

/// `utime` and `stime` of proc_pid_stat(5): fields 14 and 15, of which the first two are a number and a name that may hold spaces. Their
/// unit is 1/100 s on every Linux (`USER_HZ`).
fn cpu() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>);
    Some(Duration::from_millis(10 * ticks.sum::<Result<u64, _>>().ok()?))
}

/// Bytes of every table that keeps neither articles nor polls: by `sqlite3` where there is one, for the schema is not ours to know. Pages are
/// counted, for its own sum of bytes ends at 2 GiB.
fn tables(store: &Path) -> Vec<(String, u64)> {
    const SQL: &str = "\
        SELECT tbl_name, sum((SELECT sum(pageno) FROM dbstat WHERE dbstat.name = s.name AND aggregate = TRUE)) * page_size \
        FROM sqlite_schema s, pragma_page_size \
        WHERE rootpage > 0 AND tbl_name NOT GLOB '_sqlx*' AND tbl_name NOT GLOB 'sqlite*' AND tbl_name NOT GLOB 'article_fts*' \
          AND tbl_name NOT IN ('source', 'poll', 'reject', 'story', 'article', 'version', 'sighting', 'symbol', 'isin') \
        GROUP BY 1 ORDER BY 2 DESC";
    let Ok(output) = Command::new("sqlite3")
        .arg("-readonly")
        .args(["-separator", "\t"])
        .arg(store)
        .arg(SQL)
        .output()
    else {
        return Vec::new();
    };
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| {
            let (name, bytes) = line.split_once('\t')?;
            Some((name.to_owned(), bytes.parse().ok()?))
        })
        .collect()
}

fn head() {
    let time = if cpu().is_some() { "CPU" } else { "wall" };
    println!("{MEASURED} further items at each size, {A_POLL} a poll: {time} time an item; bytes an article");
    println!(
        "{:>9}  {:>12} {:>12} {:>12} {:>12} {:>12}  {:>7} {:>7}  of it for de-duplication",
        "stored", "normalize", "admit", "both", "at once", "both", "text", "store"
    );
}

fn row(at: &Figures) {
    let tables: Vec<String> = at
        .tables
        .iter()
        .map(|(name, bytes)| format!("{name} {bytes}"))
        .collect();
    let verdicts: Vec<String> = at
        .verdicts
        .iter()
        .map(|(verdict, items)| format!("{items} {verdict}"))
        .collect();
    println!(
        "{:>9}  {:>9.0} µs {:>9.0} µs {:>9.0} µs {:>9.0} µs {:>9.0} µs  {:>7} {:>7}  {} ({})",
        at.stored,
        micros(at.normalize),
        micros(at.admit),
        micros(at.normalize + at.admit),
        micros(at.at_once),
        micros(at.normalize + at.at_once),
        at.text,
        at.store,
        if tables.is_empty() {
            "no sqlite3".to_owned()
        } else {
            tables.join(", ")
        },
        verdicts.join(", "),
    );
}

/// How each size compares to the first.
fn ratios(figures: &[Figures]) {
    let Some((first, rest)) = figures.split_first() else {
        return;
    };
    for at in rest {
        let ratio = |of: fn(&Figures) -> Duration| of(at).as_secs_f64() / of(first).as_secs_f64();
        println!(
            "{:>9}  {:>12.2} {:>12.2} {:>12.2} {:>12.2} {:>12.2}",
            format!("{}/{}", short(at.stored), short(first.stored)),
            ratio(|figures| figures.normalize),
            ratio(|figures| figures.admit),
            ratio(|figures| figures.normalize + figures.admit),
            ratio(|figures| figures.at_once),
            ratio(|figures| figures.normalize + figures.at_once),
        );
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6 / MEASURED as f64
}

/// `10k`, `1M`.
fn short(articles: u64) -> String {
    match articles {
        1_000_000.. => format!("{}M", articles / 1_000_000),
        1_000.. => format!("{}k", articles / 1_000),
        _ => articles.to_string(),
    }
}
