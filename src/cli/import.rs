//! `import`: an archive through the same normalize and admit as a poll.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;
use serde_json::json;

use super::answer::{Exit, Failure, print, say};
use crate::article::{Item, Link, Reject, Rights, SourceId, Stamp};
use crate::clock;
use crate::config::Config;
use crate::ingest::normalize::{Normalized, Origin, normalize};
use crate::ingest::parse::{self, FeedHead, ParsedFeed};
use crate::store::{Outcome, Poll, Store};
use crate::wire::{self, Wire};

/// Items admitted in one transaction: enough to pay for the commit, few enough that readers and memory do not notice.
const BATCH: usize = 200;

/// The longest line that is read; a longer one is a reject.
const LINE_BYTES: usize = 8 * 1024 * 1024;

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// One item a line, in arrival order
    #[arg(value_name = "FILE.jsonl")]
    file: PathBuf,
    /// Write what was decided, one line an item
    #[arg(long, value_name = "OUT.jsonl")]
    verdicts: Option<PathBuf>,
}

/// One line of the archive. Unknown fields are no error: archives carry labels of their own.
#[derive(Debug, Deserialize)]
struct Line {
    id: Option<String>,
    wire: Option<String>,
    feed: Option<String>,
    guid: Option<String>,
    url: Option<String>,
    title: Option<String>,
    body: Option<String>,
    published: Option<String>,
    lang: Option<String>,
}

/// Lines of one feed that go into one transaction.
#[derive(Default)]
struct Batch {
    feed: String,
    wire: Option<&'static Wire>,
    ids: Vec<Option<String>>,
    items: Vec<Item>,
}

#[derive(Default)]
struct Totals {
    lines: u64,
    rejected: u64,
    counts: std::collections::BTreeMap<&'static str, u64>,
}

pub(super) async fn import(args: ImportArgs, config: Config) -> Result<Exit, Failure> {
    let fail = |error: std::io::Error| Failure::new(Exit::Io, format!("cannot read {}: {error}", args.file.display()));
    let file = File::open(&args.file).map_err(fail)?;
    let bytes = file.metadata().map_err(fail)?.len();
    let mut lines = BufReader::new(file);
    let mut verdicts = args.verdicts.as_deref().map(create).transpose()?;
    let store = Store::open(&config.store.path).await?;
    let bar = ProgressBar::new(bytes);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {percent}%  {elapsed} gone, {eta} to go") {
        bar.set_style(style);
    }

    let mut totals = Totals::default();
    let mut batch = Batch::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = std::io::Read::take(&mut lines, LINE_BYTES as u64)
            .read_until(b'\n', &mut line)
            .map_err(fail)?;
        if read == 0 {
            break;
        }
        bar.inc(read as u64);
        totals.lines += 1;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let parsed: Line = match serde_json::from_slice(&line) {
            Ok(parsed) => parsed,
            Err(error) => {
                totals.rejected += 1;
                bar.suspend(|| {
                    say(&format!(
                        "{}:{}: not an item: {error}",
                        args.file.display(),
                        totals.lines
                    ));
                });
                continue;
            }
        };
        let feed = feed_name(&parsed);
        if batch.items.len() >= BATCH || (!batch.items.is_empty() && batch.feed != feed) {
            admit(&store, std::mem::take(&mut batch), &mut verdicts, &mut totals).await?;
        }
        if batch.items.is_empty() {
            batch.wire = parsed
                .wire
                .as_deref()
                .and_then(|name| wire::by_id(name).or_else(|| wire::by_name(name)));
            batch.feed = feed;
        }
        batch.ids.push(parsed.id.clone());
        let index = batch.items.len();
        batch.items.push(item(parsed, index));
    }
    admit(&store, batch, &mut verdicts, &mut totals).await?;
    if let Some(mut out) = verdicts {
        out.flush()
            .map_err(|error| Failure::new(Exit::Io, format!("cannot write the verdicts: {error}")))?;
    }
    bar.finish_and_clear();
    store.close().await?;
    let said: Vec<String> = totals
        .counts
        .iter()
        .map(|(verdict, count)| format!("{count} {verdict}"))
        .collect();
    print(&format!(
        "{} lines: {}, {} rejected",
        totals.lines,
        said.join(", "),
        totals.rejected
    ))?;
    Ok(if totals.rejected > 0 { Exit::Data } else { Exit::Ok })
}

fn create(path: &Path) -> Result<BufWriter<File>, Failure> {
    File::create(path)
        .map(BufWriter::new)
        .map_err(|error| Failure::new(Exit::Io, format!("cannot write {}: {error}", path.display())))
}

/// The source that the items of a feed are filed under: `import-` and the feed's name in the alphabet of source ids.
fn feed_name(line: &Line) -> String {
    let name = line
        .feed
        .as_deref()
        .or(line.wire.as_deref())
        .unwrap_or("archive")
        .to_ascii_lowercase();
    let words: Vec<&str> = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    format!("import-{}", words.join("-"))
}

fn item(line: Line, index: usize) -> Item {
    let stamp = |raw: String| Stamp {
        instant: parse::instant(&raw),
        raw,
    };
    Item {
        index,
        guid: line.guid,
        title: line.title,
        links: line
            .url
            .into_iter()
            .map(|href| Link {
                href,
                rel: None,
                media_type: None,
            })
            .collect(),
        content: line.body,
        published: line.published.map(stamp),
        language: line.lang,
        ..Item::default()
    }
}

async fn admit(
    store: &Store,
    batch: Batch,
    verdicts: &mut Option<BufWriter<File>>,
    totals: &mut Totals,
) -> Result<(), Failure> {
    if batch.items.is_empty() {
        return Ok(());
    }
    let now = clock::now();
    let source = SourceId::new(&batch.feed);
    let origin = Origin {
        source: source.clone(),
        wire: batch.wire.unwrap_or_else(wire::generic),
        rights: Rights::Full,
    };
    let feed = ParsedFeed {
        head: FeedHead::default(),
        items: batch.items,
        ..ParsedFeed::default()
    };
    let mut normalized = normalize(&feed, &origin, now);
    totals.rejected += normalized.rejects.len() as u64;
    // A reject takes a position in the batch, so what is left is matched to its line by position.
    let rejected: Vec<usize> = normalized.rejects.iter().map(|reject: &Reject| reject.index).collect();
    let mut kept: Vec<Option<String>> = batch
        .ids
        .into_iter()
        .enumerate()
        .filter(|(index, _)| !rejected.contains(index))
        .map(|(_, id)| id)
        .collect();
    // The store expects a document's order, which is newest first.
    normalized.drafts.reverse();
    kept.reverse();
    let poll = poll(source, origin.wire, normalized, now);
    let admitted = store.admit(&poll, now).await?;
    for decided in admitted.judgements.iter().rev() {
        let judgement = &decided.judgement;
        *totals.counts.entry(judgement.verdict.as_str()).or_default() += 1;
        let Some(out) = verdicts.as_mut() else { continue };
        let id = kept.get(decided.index).cloned().flatten();
        let line = json!({
            "id": id, "article": decided.article, "story": decided.story, "verdict": judgement.verdict, "of": judgement.of,
            "stage": judgement.stage, "score": null,
        });
        writeln!(out, "{line}")
            .map_err(|error| Failure::new(Exit::Io, format!("cannot write the verdicts: {error}")))?;
    }
    Ok(())
}

fn poll(source: SourceId, wire: &Wire, normalized: Normalized, now: DateTime<Utc>) -> Poll {
    Poll {
        url: format!("import:{source}"),
        wire: Some(wire.id.to_owned()),
        source,
        started: now,
        elapsed_ms: 0,
        outcome: Outcome::Ok,
        http_status: None,
        bytes: None,
        validators: None,
        body_hash: None,
        drafts: normalized.drafts,
        rejects: normalized.rejects,
        repairs: Vec::new(),
        error: None,
        next_due: now,
        next_due_reason: "imported: never polled".to_owned(),
    }
}
