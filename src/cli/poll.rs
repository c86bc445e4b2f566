//! `poll`: now and once.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::answer::{Exit, Failure, print, print_json, say};
use super::scratch::Scratch;
use crate::article::SourceId;
use crate::clock;
use crate::config::{Config, Source};
use crate::daemon;
use crate::ingest::{Effect, Report};
use crate::store::{Movement, Store, StoreError};
use crate::wire;

#[derive(Debug, Args)]
pub(super) struct PollArgs {
    /// Sources to poll [default: all enabled ones]
    #[arg(value_name = "SOURCE")]
    sources: Vec<String>,
    /// Decide and print, store nothing
    #[arg(long)]
    dry_run: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// A line of the answer.
#[derive(Debug, Serialize)]
struct Line {
    source: SourceId,
    outcome: &'static str,
    http_status: Option<u16>,
    elapsed_ms: i64,
    items: usize,
    new: i64,
    seen: i64,
    revised: i64,
    duplicate: i64,
    correction: i64,
    withdrawal: i64,
    variant: i64,
    rejected: usize,
    repairs: Vec<String>,
    error: Option<String>,
    /// Why items may be lost.
    gap: Option<String>,
    /// Where the feed says that it lives for good.
    moved_to: Option<String>,
    next_due: chrono::DateTime<chrono::Utc>,
    next_due_reason: String,
    decided: Vec<DecidedLine>,
}

#[derive(Debug, Serialize)]
struct DecidedLine {
    headline: Option<String>,
    verdict: &'static str,
    article: Option<i64>,
    stage: &'static str,
    why: String,
}

pub(super) async fn poll(args: PollArgs, config: Config) -> Result<Exit, Failure> {
    let chosen = choose(&args.sources, &config)?;
    let (effect, ingest, _scratch) = if args.dry_run {
        let (store, scratch) = trial(&config.store.path).await?;
        (Effect::DryRun, daemon::with_store(Arc::new(config), store)?, scratch)
    } else {
        daemon::may_be_made(&config.store.path)?;
        (Effect::Admit, daemon::prepare(Arc::new(config)).await?, None)
    };
    if chosen.is_empty() && !args.json {
        print("no source is enabled: add a [[source]] to the configuration")?;
    }
    let permits = Arc::new(Semaphore::new(ingest.config.fetch.concurrency));
    let mut sites: HashMap<String, Arc<Semaphore>> = HashMap::new();
    let mut polls = JoinSet::new();
    for source in chosen {
        let (ingest, permits) = (ingest.clone(), Arc::clone(&permits));
        let per_host = ingest.config.fetch.per_host;
        let site = sites.entry(wire::site(&source.url));
        let site = Arc::clone(site.or_insert_with(|| Arc::new(Semaphore::new(per_host))));
        polls.spawn(async move {
            // The semaphores are never closed, so a permit always comes. Who waits for its site holds up no other.
            let _turn = site.acquire_owned().await;
            let _permit = permits.acquire_owned().await;
            // Not before: thousands that wait need not have the room of a poll each.
            Box::pin(ingest.poll(&source, effect)).await
        });
    }
    let mut lines = Vec::new();
    let mut failed = false;
    while let Some(ended) = polls.join_next().await {
        let report = ended.map_err(|panic| Failure::new(Exit::Failed, format!("a poll panicked: {panic}")))??;
        failed |= !report.poll.outcome.is_success();
        let line = line(&report);
        if args.json {
            lines.push(line);
        } else {
            print(&text(&line))?;
        }
    }
    if let Effect::Admit = effect {
        daemon::lift_embargoes(&ingest.store, clock::now()).await;
    }
    ingest.store.close().await?;
    if args.json {
        lines.sort_by(|a, b| a.source.cmp(&b.source));
        print_json(&lines)?;
    }
    Ok(if failed { Exit::Failed } else { Exit::Ok })
}

/// The store that is there, to be read alone, so that a trial waits for nobody and needs no right to write; or an empty one that goes with
/// the command: it makes neither file nor row.
async fn trial(path: &Path) -> Result<(Store, Option<Scratch>), Failure> {
    match Store::open_read_only(path).await {
        Err(StoreError::Missing { .. }) => {}
        there => return Ok((there?, None)),
    }
    let io = |error: std::io::Error| Failure::new(Exit::Io, format!("the trial cannot start: {error}"));
    let scratch = Scratch::new(None).map_err(io)?;
    say(&format!(
        "there is no store at {}: to this trial all is new",
        path.display()
    ));
    Ok((Store::open(&scratch.store).await?, Some(scratch)))
}

fn choose(names: &[String], config: &Config) -> Result<Vec<Source>, Failure> {
    if names.is_empty() {
        return Ok(config.sources.iter().filter(|source| source.enabled).cloned().collect());
    }
    names
        .iter()
        .map(|name| {
            config
                .sources
                .iter()
                .find(|source| source.id.as_str() == name)
                .cloned()
                .ok_or_else(|| {
                    let known: Vec<&str> = config.sources.iter().map(|source| source.id.as_str()).collect();
                    Failure::new(
                        Exit::Usage,
                        format!("no source is named {name:?}; there are: {}", known.join(", ")),
                    )
                })
        })
        .collect()
}

fn line(report: &Report) -> Line {
    let (poll, counts) = (&report.poll, &report.admitted.counts);
    Line {
        source: poll.source.clone(),
        outcome: poll.outcome.as_str(),
        http_status: poll.http_status,
        elapsed_ms: poll.elapsed_ms,
        items: poll.drafts.len() + poll.rejects.len(),
        new: counts.new,
        seen: counts.seen,
        revised: counts.revised,
        duplicate: counts.duplicate,
        correction: counts.correction,
        withdrawal: counts.withdrawal,
        variant: counts.variant,
        rejected: poll.rejects.len(),
        repairs: poll.repairs.clone(),
        error: poll.error.clone(),
        gap: poll.watch.as_ref().and_then(|watch| watch.gap.clone()),
        moved_to: poll.watch.as_ref().and_then(|watch| match &watch.movement {
            Movement::Said(to) | Movement::Adopted(to) => Some(to.clone()),
            Movement::None | Movement::Unsaid | Movement::Kept | Movement::Returned(_) => None,
        }),
        next_due: poll.next_due,
        next_due_reason: poll.next_due_reason.clone(),
        decided: report
            .admitted
            .judgements
            .iter()
            .map(|decided| DecidedLine {
                headline: poll.drafts.get(decided.index).and_then(|draft| draft.headline.clone()),
                verdict: decided.judgement.verdict.as_str(),
                article: decided.filed.as_ref().map(|filed| filed.article),
                stage: decided.judgement.stage,
                why: decided.judgement.why.clone(),
            })
            .collect(),
    }
}

fn text(line: &Line) -> String {
    let what = match &line.error {
        Some(error) => error.clone(),
        None => {
            let counts = [
                (line.new, "new"),
                (line.seen, "seen"),
                (line.revised, "revised"),
                (line.duplicate, "duplicate"),
                (line.correction, "correction"),
                (line.withdrawal, "withdrawal"),
                (line.variant, "variant"),
                (i64::try_from(line.rejected).unwrap_or(i64::MAX), "rejected"),
            ];
            let said: Vec<String> = counts
                .iter()
                .filter(|(count, _)| *count > 0)
                .map(|(count, word)| format!("{count} {word}"))
                .collect();
            if said.is_empty() {
                "nothing new".to_owned()
            } else {
                said.join(", ")
            }
        }
    };
    let mended = if line.repairs.is_empty() {
        String::new()
    } else {
        format!("  (mended: {})", line.repairs.join(", "))
    };
    let moved = line.moved_to.as_deref();
    let moved = moved.map_or_else(String::new, |to| format!("  (moved for good: its url should be {to})"));
    let gap = line
        .gap
        .as_deref()
        .map_or_else(String::new, |gap| format!("  (gap: {gap})"));
    format!(
        "{:<24} {:<12} {:>6} ms  {what}{mended}{gap}{moved}",
        line.source, line.outcome, line.elapsed_ms
    )
}
