//! Starts the reading of pages for full texts: one at a time of each site, in the gaps that polls leave, and no faster than a site's
//! `Crawl-delay`.
//!
//! Feeds go first: a page is started only when no poll that is due could be. What waits stands in the store.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::{Id, JoinError, JoinSet};
use tracing::{debug, error, info, warn};

use crate::article::{FullText, PageClass};
use crate::clock;
use crate::config::Config;
use crate::ingest::Ingest;
use crate::ingest::full_text::{PageReport, read_page};
use crate::ingest::schedule::pace::{Pace, Turn};
use crate::store::{Completed, PageAnswer, StoreError};
use crate::telemetry::chain;

/// Pages at once, of all sites.
const AT_ONCE: usize = 8;

/// How long a site rests whose page could not be kept, or made us panic: it has done nothing wrong, and is not to be asked the same for nothing.
const STORE_REST: TimeDelta = TimeDelta::hours(1);

/// The pages that are being read.
#[derive(Default)]
pub(super) struct Pages {
    tasks: JoinSet<Result<PageReport, StoreError>>,
    /// With the site of each.
    in_flight: HashMap<Id, String>,
    /// Sites of which no page is asked before.
    resting: HashMap<String, DateTime<Utc>>,
}

/// What ended.
type Ended = Result<(Id, Result<PageReport, StoreError>), JoinError>;

fn are_wanted(config: &Config) -> bool {
    config
        .sources
        .iter()
        .any(|source| source.enabled && source.full_text != FullText::Off)
}

impl Pages {
    /// Starts what is due and may start; says when to look again.
    pub(super) async fn start_due(
        &mut self,
        ingest: &Ingest,
        pace: &mut Pace,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        if !are_wanted(&ingest.config) {
            return None;
        }
        self.resting.retain(|_, until| *until > now);
        let busy: BTreeSet<String> = self.in_flight.values().chain(self.resting.keys()).cloned().collect();
        let (due, next) = match (
            ingest.store.due_pages(&busy, now).await,
            ingest.store.next_page(now).await,
        ) {
            (Ok(due), Ok(next)) => (due, next),
            (Err(failed), _) | (_, Err(failed)) => {
                error!(error = chain(&failed), "the queue of pages cannot be read");
                return None;
            }
        };
        let mut next: Vec<DateTime<Utc>> = next.into_iter().chain(self.resting.values().copied()).collect();
        for page in due {
            match pace.turn(&page.site, now) {
                Turn::Held(until) => {
                    self.resting.insert(page.site, until);
                    next.push(until);
                }
                Turn::At(free) => next.push(free),
                Turn::AfterAnother => {}
                Turn::Now if self.tasks.len() < AT_ONCE => {
                    pace.started(&page.site, now);
                    let (site, ingest) = (page.site.clone(), ingest.clone());
                    let task = self.tasks.spawn(async move { read_page(&ingest, page).await });
                    self.in_flight.insert(task.id(), site);
                }
                // The one that ends makes room.
                Turn::Now => {}
            }
        }
        next.into_iter().filter(|at| *at > now).min()
    }

    /// The next one that ends; never, if none is being read.
    pub(super) async fn next_end(&mut self) -> Ended {
        match self.tasks.join_next_with_id().await {
            Some(ended) => ended,
            None => std::future::pending().await,
        }
    }

    /// Takes in what it left.
    pub(super) fn ended(&mut self, ended: Ended, ingest: &Ingest, pace: &mut Pace) {
        let id = match &ended {
            Ok((id, _)) => *id,
            Err(failed) => failed.id(),
        };
        let Some(site) = self.in_flight.remove(&id) else { return };
        let now = clock::now();
        pace.ended(&site, now);
        match ended {
            Ok((_, Ok(report))) => {
                if let Some(until) = report.held {
                    pace.hold(&site, until);
                }
                if let Some(gap) = report.gap {
                    self.resting.insert(site, now + clock::span(gap));
                }
                log(&report);
                if let Some((answer, completed)) = &report.kept {
                    let source = ingest.config.source(&report.page.source);
                    let wire = source.map_or("", |source| source.wire.id);
                    ingest.metrics.page_read(wire, completed.class(answer.class).as_str());
                }
            }
            Ok((_, Err(failed))) => {
                self.resting.insert(site, now + STORE_REST);
                error!(
                    stage = "page",
                    error = chain(&failed),
                    "nothing was kept of a page; it will be asked again"
                );
            }
            Err(failed) if failed.is_panic() => {
                self.resting.insert(site, now + STORE_REST);
                error!(stage = "page", error = %failed, "the reading of a page panicked; the others go on");
            }
            Err(_) => {}
        }
    }

    /// Times of a clock that was wrong are let go.
    pub(super) fn let_go(&mut self) {
        self.resting.clear();
    }

    /// Gives up what is being read: nothing of it is written, so it stays due.
    pub(super) async fn give_up(&mut self) {
        self.tasks.shutdown().await;
    }
}

fn log(report: &PageReport) {
    let page = &report.page;
    let Some((answer, completed)) = &report.kept else {
        debug!(source.id = %page.source, stage = "page", "read the robots.txt for {}", page.url);
        return;
    };
    let class = completed.class(answer.class);
    match (completed, class) {
        (Completed::Filled { version, merged, .. }, _) => {
            info!(source.id = %page.source, stage = "page", article = page.article, version, "read the full text of article {}", page.article);
            if let Some(merged) = merged {
                info!(
                    source.id = %page.source, stage = "page", article = merged,
                    "with its full text article {} turned out to be one with another: article {merged} (`dateline explain {merged}`)",
                    page.article
                );
            }
        }
        (_, PageClass::Challenge | PageClass::Blocked | PageClass::Throttled) => warn!(
            source.id = %page.source, stage = "page", class = %class, article = page.article,
            "{} does not let us read its pages now ({class}): {}; article {} keeps its teaser, and no page of the site is asked before {}",
            page.site, answer.reason, page.article, until(answer)
        ),
        (_, PageClass::Moved) => {
            debug!(source.id = %page.source, stage = "page", "the page of article {}: {}", page.article, answer.reason);
        }
        (_, _) => info!(
            source.id = %page.source, stage = "page", class = %class, article = page.article,
            "the page of article {} gives no text ({class}): {}", page.article, completed.reason(&answer.reason)
        ),
    }
}

/// When a site may be asked for a page again, for a person.
fn until(answer: &PageAnswer) -> String {
    let held = answer.site_held.map(|at| at.format("%Y-%m-%d %H:%M:%SZ").to_string());
    held.unwrap_or_else(|| "the next is due".to_owned())
}
