//! `import`: an archive through the same normalize and admit as a poll.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::de::{Error, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use url::Url;

use super::answer::{Exit, Failure, print, say};
use crate::article::{FullText, Identity, Item, Link, Rights, SourceId};
use crate::clock;
use crate::config::Config;
use crate::daemon;
use crate::ingest::normalize::{Normalized, Origin, normalize};
use crate::ingest::parse::{self, ParsedFeed};
use crate::store::{Outcome, Poll, Store};
use crate::text;
use crate::wire;

/// Items admitted in one transaction: enough to pay for the commit, few enough that readers and memory do not notice.
const BATCH: usize = 200;

/// The longest line that is read; a longer one is a reject.
const LINE_BYTES: u64 = 8 * 1024 * 1024;

/// Some editors begin a file of UTF-8 with it.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// One item a line, in arrival order
    #[arg(value_name = "FILE.jsonl")]
    file: PathBuf,
    /// Write what was decided, one line an item
    #[arg(long, value_name = "OUT.jsonl")]
    verdicts: Option<PathBuf>,
}

/// One line of the archive. Unknown keys are no error, for archives carry labels of their own, but they are named at the end: a `headline` that
/// should be a `title` must not go unseen.
#[derive(Debug, Deserialize)]
struct Line {
    #[serde(default, deserialize_with = "name")]
    id: Option<String>,
    wire: Option<String>,
    feed: Option<String>,
    #[serde(default, deserialize_with = "name")]
    guid: Option<String>,
    url: Option<String>,
    title: Option<String>,
    body: Option<String>,
    published: Option<String>,
    lang: Option<String>,
    #[serde(flatten)]
    unknown: BTreeMap<String, IgnoredAny>,
}

/// A name: text, or a number as it is written.
fn name<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    match Value::deserialize(from)? {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) => Ok(Some(number.to_string())),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            Err(D::Error::custom("an id or guid is a text or a number"))
        }
    }
}

/// What a line says that cannot be understood; the item goes on without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unread {
    Published,
    Url,
    Language,
    Wire,
}

impl Unread {
    /// What is wrong with it, and what comes of it.
    const fn meaning(self) -> &'static str {
        match self {
            Self::Published => {
                "`published` is no time that can be read, or none that a release can have: the item has none"
            }
            Self::Url => "`url` is no web address: the item has none",
            Self::Language => "`lang` is no language tag: the text alone tells",
            Self::Wire => "`wire` is none that is known: kept as a name",
        }
    }

    /// What a line holds of this.
    fn of(line: &Line) -> impl Iterator<Item = (Self, &str)> {
        let is_web = |url: &str| Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        let is_time = |raw: &str| parse::stamp(raw, Tz::UTC).instant.is_some();
        let is_wire = |name: &str| wire::by_id(name).or_else(|| wire::by_name(name)).is_some();
        [
            (Self::Published, line.published.as_deref().filter(|raw| !is_time(raw))),
            (Self::Url, line.url.as_deref().filter(|url| !is_web(url))),
            (
                Self::Language,
                line.lang.as_deref().filter(|tag| text::language_tag(tag).is_none()),
            ),
            (Self::Wire, line.wire.as_deref().filter(|name| !is_wire(name))),
        ]
        .into_iter()
        .filter_map(|(kind, text)| Some((kind, text?)))
    }
}

/// Unknown keys that are named: an archive has a few, a hostile one has millions.
const MOST_UNKNOWN: usize = 20;

/// What a line may hold.
const KEYS: &str = "id, wire, feed, guid, url, title, body, published, lang";

/// Lines of one feed that go into one transaction.
#[derive(Default)]
struct Batch {
    feed: String,
    /// As the lines write it; a name that is in no row is a name all the same.
    wire: Option<String>,
    /// When the last of them was issued that says so.
    published: Option<DateTime<Utc>>,
    ids: Vec<Option<String>>,
    items: Vec<Item>,
}

/// An import under way.
struct Import {
    store: Store,
    window: TimeDelta,
    verdicts: Option<BufWriter<File>>,
    lines: u64,
    rejected: u64,
    unknown: BTreeSet<String>,
    /// How often, with the first such line and what it said.
    unread: BTreeMap<Unread, (u64, u64, String)>,
    counts: BTreeMap<&'static str, u64>,
}

pub(super) async fn import(args: ImportArgs, config: Config) -> Result<Exit, Failure> {
    let fail = |error: std::io::Error| Failure::new(Exit::Io, format!("cannot read {}: {error}", args.file.display()));
    let file = File::open(&args.file).map_err(fail)?;
    let bar = ProgressBar::new(file.metadata().map_err(fail)?.len());
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {percent}%  {elapsed} gone, {eta} to go") {
        bar.set_style(style);
    }
    let mut lines = BufReader::new(file);
    daemon::may_be_made(&config.store.path)?;
    let mut import = Import {
        verdicts: args.verdicts.as_deref().map(create).transpose()?,
        store: Store::open(&config.store.path).await?,
        window: clock::span(config.dedup.window),
        lines: 0,
        rejected: 0,
        unknown: BTreeSet::new(),
        unread: BTreeMap::new(),
        counts: BTreeMap::new(),
    };
    let mut batch = Batch::default();
    let mut line = Vec::new();
    while read_line(&mut lines, &mut line).map_err(fail)? {
        bar.inc(line.len() as u64);
        import.lines += 1;
        if import.lines == 1 && line.starts_with(BYTE_ORDER_MARK) {
            line.drain(..BYTE_ORDER_MARK.len());
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let parsed: Line = match serde_json::from_slice(&line) {
            Ok(parsed) => parsed,
            Err(error) => {
                import.rejected += 1;
                bar.suspend(|| {
                    say(&format!(
                        "{}:{}: {}",
                        args.file.display(),
                        import.lines,
                        unreadable(&line, &error)
                    ));
                });
                if let Ok(Value::Object(item)) = serde_json::from_slice(&line) {
                    // What is decided stands in the order of the lines.
                    import.admit(std::mem::take(&mut batch)).await?;
                    import.reject(
                        item.get("id").unwrap_or(&Value::Null),
                        "parse",
                        &unreadable(&line, &error),
                    )?;
                }
                continue;
            }
        };
        let feed = feed_name(&parsed);
        let published = parsed
            .published
            .as_deref()
            .and_then(|raw| parse::stamp(raw, Tz::UTC).instant);
        // A document is judged in the order of issue; an archive that goes back in time says that its lines came otherwise.
        let goes_on = published >= batch.published || published.is_none();
        let fits = batch.items.len() < BATCH && batch.feed == feed && batch.wire == parsed.wire && goes_on;
        if !fits {
            import.admit(std::mem::take(&mut batch)).await?;
        }
        if batch.items.is_empty() {
            batch.wire.clone_from(&parsed.wire);
            batch.feed = feed;
        }
        if import.unknown.len() < MOST_UNKNOWN {
            import.unknown.extend(parsed.unknown.keys().cloned());
        }
        for (kind, said) in Unread::of(&parsed) {
            let first = || (0, import.lines, text::cut(said, 60).to_owned());
            import.unread.entry(kind).or_insert_with(first).0 += 1;
        }
        batch.published = published.or(batch.published);
        batch.ids.push(parsed.id.clone());
        let index = batch.items.len();
        batch.items.push(item(parsed, index));
    }
    import.admit(batch).await?;
    bar.finish_and_clear();
    import.finish().await
}

/// What is wrong with a line.
fn unreadable(line: &[u8], error: &serde_json::Error) -> String {
    if !line.trim_ascii_start().starts_with(b"{") {
        return format!("not an item: an item is a JSON object with some of {KEYS}");
    }
    let what = error.to_string();
    let what = what.split(" at line ").next().unwrap_or_default();
    format!("not an item: {what} (column {})", error.column())
}

/// Reads one line into `line`; false at the end of the file. What is longer than [`LINE_BYTES`] is cut there and skipped to its end,
/// so that one monstrous line costs itself and no memory.
fn read_line(lines: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<bool> {
    line.clear();
    let read = Read::take(&mut *lines, LINE_BYTES).read_until(b'\n', line)?;
    if line.len() as u64 == LINE_BYTES && !line.ends_with(b"\n") {
        lines.skip_until(b'\n')?;
    }
    Ok(read > 0)
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
    Item {
        index,
        guid: line.guid,
        title: line.title,
        links: line
            .url
            .into_iter()
            .map(|href| Link {
                href,
                ..Link::default()
            })
            .collect(),
        content: line.body,
        published: line.published.map(|raw| parse::stamp(&raw, Tz::UTC)),
        language: line.lang,
        ..Item::default()
    }
}

impl Import {
    async fn admit(&mut self, batch: Batch) -> Result<(), Failure> {
        if batch.items.is_empty() {
            return Ok(());
        }
        let now = clock::now();
        let origin = Origin {
            source: SourceId::new(&batch.feed),
            wire: batch
                .wire
                .as_deref()
                .and_then(|name| wire::by_id(name).or_else(|| wire::by_name(name)))
                .unwrap_or_else(wire::generic),
            rights: Rights::Full,
        };
        let feed = ParsedFeed {
            items: batch.items,
            ..ParsedFeed::default()
        };
        let mut normalized = normalize(&feed, &origin, now);
        for draft in normalized.drafts.iter_mut().filter(|draft| draft.wire.is_none()) {
            draft.wire.clone_from(&batch.wire);
        }
        self.rejected += normalized.rejects.len() as u64;
        // A reject takes a position in the batch, so what is left is matched to its line by position.
        let rejected: HashSet<usize> = normalized.rejects.iter().map(|reject| reject.index).collect();
        let mut ids = batch.ids;
        for reject in &normalized.rejects {
            self.reject(&json!(ids.get(reject.index)), "normalize", &reject.why)?;
        }
        let mut position = 0..;
        ids.retain(|_| position.next().is_none_or(|at| !rejected.contains(&at)));
        // The store expects a document's order, which is newest first.
        normalized.drafts.reverse();
        ids.reverse();

        let admitted = self
            .store
            .admit(&poll(&origin, normalized, self.window, now), now)
            .await?;
        for judged in admitted.judgements.iter().rev() {
            let judgement = &judged.judgement;
            *self.counts.entry(judgement.verdict.as_str()).or_default() += 1;
            let line = json!({
                "id": ids.get(judged.index),
                "article": judged.filed.as_ref().map(|filed| format!("{}.{}", filed.article, filed.edition)),
                "story": judged.filed.as_ref().map(|filed| filed.story),
                "verdict": judgement.verdict,
                "of": judgement.of,
                "stage": judgement.stage,
                "score": judgement.score(),
            });
            self.write(&line)?;
        }
        Ok(())
    }

    fn reject(&mut self, id: &Value, stage: &str, why: &str) -> Result<(), Failure> {
        self.write(&json!({
            "id": id, "article": null, "story": null, "verdict": "reject", "of": null, "stage": stage, "score": null, "why": why,
        }))
    }

    /// Writes one line of what was decided, if anybody wants to know.
    fn write(&mut self, line: &Value) -> Result<(), Failure> {
        match self.verdicts.as_mut() {
            Some(out) => writeln!(out, "{line}").map_err(unwritable),
            None => Ok(()),
        }
    }

    async fn finish(mut self) -> Result<Exit, Failure> {
        if let Some(out) = self.verdicts.as_mut() {
            out.flush().map_err(unwritable)?;
        }
        self.store.close().await?;
        if !self.unknown.is_empty() {
            let unknown: Vec<&str> = self.unknown.iter().map(String::as_str).collect();
            say(&format!(
                "keys that were not read: {} (read are {KEYS})",
                unknown.join(", ")
            ));
        }
        for (kind, (count, line, said)) in &self.unread {
            say(&format!(
                "{}: {}; the first is line {line}: {said:?}",
                text::counted(*count, "line"),
                kind.meaning()
            ));
        }
        let said: Vec<String> = self
            .counts
            .iter()
            .map(|(verdict, count)| format!("{count} {verdict}, "))
            .collect();
        print(&format!(
            "{}: {}{} rejected",
            text::counted(self.lines, "line"),
            said.concat(),
            self.rejected
        ))?;
        Ok(if self.rejected > 0 { Exit::Data } else { Exit::Ok })
    }
}

fn unwritable(error: impl std::error::Error) -> Failure {
    Failure::new(Exit::Io, format!("cannot write the verdicts: {error}"))
}

/// An archive's items as one poll of a source that is never due.
fn poll(origin: &Origin, normalized: Normalized, dedup_window: TimeDelta, now: DateTime<Utc>) -> Poll {
    Poll {
        source: origin.source.clone(),
        url: format!("import:{}", origin.source),
        wire: Some(origin.wire.id.to_owned()),
        started: now,
        elapsed_ms: 0,
        outcome: Outcome::Ok,
        http_status: None,
        bytes: None,
        validators: None,
        body_hash: None,
        drafts: normalized.drafts,
        rejects: normalized.rejects,
        identity: Identity::Auto,
        full_text: FullText::Off,
        dedup_window,
        repairs: Vec::new(),
        error: None,
        next_due: now,
        next_due_reason: "imported: never polled".to_owned(),
        watch: None,
    }
}
