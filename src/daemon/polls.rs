//! Starts polls when they are due, bounded in all and per site, and hears of each one's end.
//!
//! The one loop that owns the schedule asks it. A poll that panics is a failed task and a line in the log; the others go on. Nothing is
//! held here that a restart would miss: the next due time of every source stands in the store.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};
use tracing::{error, info, warn};

use super::count::{self, count};
use super::log::log;
use super::members::Members;
use super::pages::Pages;
use super::slots::Slots;
use crate::article::SourceId;
use crate::clock;
use crate::config::{Config, Source};
use crate::ingest::schedule::pace::{Limits, Pace, Turn};
use crate::ingest::schedule::{self, Memory, Policy, Stored};
use crate::ingest::{Effect, Ingest, Report};
use crate::store::{Moved, Outcome, SourceState, Store, StoreError};
use crate::telemetry::chain;
use crate::wire;

/// The longest sleep between two looks at the schedule: after a suspend or a step of the clock it is right again this soon.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// A clock that goes back further than this was set.
const CLOCK_SET: TimeDelta = TimeDelta::minutes(2);

/// How long a source rests when the store could not take its poll (a full disk): its due time could not be written either.
const STORE_REST: TimeDelta = TimeDelta::seconds(30);

/// Doublings of that wait, from one such poll to the next: to an hour.
const LONGEST_REST: u32 = 7;

/// And where it is over as soon as somebody makes room or closes what holds the store: to four minutes.
const LONGEST_PASSING_REST: u32 = 3;

/// The polls in flight and what may start next.
pub(super) struct Schedule {
    ingest: Ingest,
    members: Arc<Members>,
    /// Those that are polled, with the site of each.
    sources: HashMap<SourceId, (Source, String)>,
    polls: JoinSet<Result<Report, StoreError>>,
    in_flight: HashMap<Id, InFlight>,
    resting: HashMap<SourceId, DateTime<Utc>>,
    /// Polls in a row that could not be kept.
    unkept: HashMap<SourceId, u32>,
    /// Those of them that are no fault of theirs nor of ours, but of the disk or of who holds the store.
    unstored: HashSet<SourceId>,
    slots: Slots,
    pace: Pace,
    /// The pages that are read besides, at the same pace.
    pages: Pages,
    /// When the schedule was last looked at.
    looked: DateTime<Utc>,
    /// What is due; `None`: the store is to be asked.
    due: Option<Due>,
    embargoes: Embargoes,
    /// Polls that were begun under an earlier configuration: what they plan is planned anew.
    outdated: HashSet<Id>,
    /// Due times that an earlier configuration planned.
    is_to_be_replanned: bool,
}

/// What is due, so that the store need not be asked at the end of every poll: thousands may be due at once.
struct Due {
    /// Those that did not start yet, the longest overdue first.
    sources: Vec<SourceId>,
    /// From when on others may be.
    until: DateTime<Utc>,
}

/// When an embargo is over.
#[derive(Default)]
struct Embargoes {
    next: Option<DateTime<Utc>>,
    /// What the store was like when it was asked.
    revision: Option<u64>,
}

/// A poll under way.
struct InFlight {
    source: SourceId,
    /// Where its lane is.
    site: String,
    /// Gives it up.
    task: AbortHandle,
}

/// The sources that are polled, with the site of each.
fn polled(config: &Config) -> HashMap<SourceId, (Source, String)> {
    let enabled = config.sources.iter().filter(|source| source.enabled);
    enabled
        .map(|source| (source.id.clone(), (source.clone(), wire::site(&source.url))))
        .collect()
}

fn limits(config: &Config) -> Limits {
    Limits {
        concurrency: config.fetch.per_host,
        gap: clock::span(config.fetch.per_host_gap),
    }
}

impl Schedule {
    pub(super) fn new(ingest: Ingest, members: Arc<Members>) -> Self {
        let config = &ingest.config;
        count::expect(&ingest.metrics, config);
        Self {
            sources: polled(config),
            polls: JoinSet::new(),
            in_flight: HashMap::new(),
            resting: HashMap::new(),
            unkept: HashMap::new(),
            unstored: HashSet::new(),
            slots: Slots::new(config.fetch.concurrency),
            pace: Pace::new(limits(config)),
            pages: Pages::default(),
            looked: clock::now(),
            due: None,
            embargoes: Embargoes::default(),
            outdated: HashSet::new(),
            is_to_be_replanned: false,
            ingest,
            members,
        }
    }

    /// What its polls share.
    pub(super) const fn ingest(&self) -> &Ingest {
        &self.ingest
    }

    /// Sources whose last poll the store had no room for, or could not be had.
    pub(super) fn unkept(&self) -> usize {
        self.unstored.len()
    }

    /// Says so to who asks for `/readyz` and `/metrics`.
    fn tell_unkept(&self) {
        self.ingest.metrics.unkept(self.unkept());
    }

    /// Gives up the polls of addresses that another configuration asks no more: the validators that they bring would be taken for those of
    /// the new address.
    pub(super) async fn give_up_addresses(&mut self, config: &Config) {
        let now = polled(config);
        let is_moved = |source: &SourceId| match (self.sources.get(source), now.get(source)) {
            (Some((before, _)), Some((now, _))) => before.url != now.url,
            (_, _) => false,
        };
        let mut given_up: HashSet<Id> = HashSet::new();
        for (id, poll) in self.in_flight.iter().filter(|(_, poll)| is_moved(&poll.source)) {
            poll.task.abort();
            given_up.insert(*id);
        }
        while self.in_flight.keys().any(|id| given_up.contains(id)) {
            self.next_end().await;
        }
    }

    /// Goes on with another configuration, whose sources the store knows already. Polls in flight end as they were begun.
    pub(super) fn reconfigure(&mut self, ingest: Ingest) {
        self.outdated = self.in_flight.keys().copied().collect();
        self.sources = polled(&ingest.config);
        self.slots.resize(ingest.config.fetch.concurrency);
        self.pace.limit(limits(&ingest.config));
        self.unkept.retain(|source, _| self.sources.contains_key(source));
        self.unstored.retain(|source| self.sources.contains_key(source));
        self.resting.clear();
        count::expect(&ingest.metrics, &ingest.config);
        self.ingest = ingest;
        self.is_to_be_replanned = true;
        self.due = None;
        self.tell_unkept();
    }

    /// The next poll or page that ends, and what it leaves is taken in, with the polls that have ended beside it; never, if none is under way.
    pub(super) async fn next_end(&mut self) {
        tokio::select! {
            Some(ended) = self.polls.join_next_with_id() => {
                self.ended(ended);
                while let Some(ended) = self.polls.try_join_next_with_id() {
                    self.ended(ended);
                }
            }
            ended = self.pages.next_end() => self.pages.ended(ended, &self.ingest, &mut self.pace),
        }
    }

    /// Lets the polls in flight end within `grace`, and gives up the others.
    pub(super) async fn finish(mut self, grace: Duration) {
        self.pages.give_up().await;
        let finish = async {
            while let Some(ended) = self.polls.join_next_with_id().await {
                self.ended(ended);
            }
        };
        if tokio::time::timeout(grace, finish).await.is_err() {
            // Given up, not lost: nothing of such a poll is written, so the next start reads the same document again.
            warn!(
                polls = self.polls.len(),
                "gave up polls in flight after {} s",
                grace.as_secs()
            );
            self.polls.shutdown().await;
        }
    }

    /// Starts what is due and may start; says how long there is nothing to do.
    pub(super) async fn start_due(&mut self) -> Duration {
        let now = clock::now();
        if let Err(failed) = self.mind_the_clock(now).await {
            error!(
                error = chain(&failed),
                "the due times cannot be moved to the new time of day"
            );
        }
        if self.is_to_be_replanned {
            match set_out(&self.ingest, now).await {
                Ok(()) => {
                    self.is_to_be_replanned = false;
                    self.due = None;
                }
                Err(failed) => error!(
                    error = chain(&failed),
                    "due times are still those of the configuration before; it will be tried again"
                ),
            }
        }
        let has_asked = match self.look(now).await {
            Ok(has_asked) => has_asked,
            Err(failed) => {
                error!(error = chain(&failed), "the schedule cannot be read");
                return LONGEST_SLEEP.min(Duration::from_secs(5));
            }
        };
        let revision = self.ingest.store.revision();
        let is_changed = has_asked || self.embargoes.revision != Some(revision);
        if is_changed || self.embargoes.next.is_some_and(|next| next <= now) {
            lift_embargoes(&self.ingest.store, now).await;
            self.embargoes = Embargoes {
                next: self.ingest.store.next_embargo().await.ok().flatten(),
                revision: Some(revision),
            };
        }
        self.members.look();
        self.resting.retain(|_, until| *until > now);
        let next_turn = self.start_those(now).await;
        let next_page = self.pages.start_due(&self.ingest, &mut self.pace, now).await;
        let next = self.due.iter().map(|due| due.until).chain(self.embargoes.next);
        // What is overdue could not be shown: the store is at fault, and haste would not help it.
        let next = next
            .chain(next_turn)
            .chain(next_page)
            .chain(self.resting.values().copied());
        let next = next.filter(|at| *at > now).min();
        next.map_or(LONGEST_SLEEP, |next| {
            (next - now).to_std().unwrap_or(Duration::ZERO).min(LONGEST_SLEEP)
        })
    }

    /// Asks the store what is due, unless that is known; did it?
    async fn look(&mut self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        if self.due.as_ref().is_some_and(|due| now < due.until) {
            return Ok(false);
        }
        let store = &self.ingest.store;
        let mut sources = store.due(now).await?;
        // One that ends is due when it says.
        sources.retain(|source| !self.slots.is_busy(source));
        // Another process may move what is due.
        let latest = now + LONGEST_SLEEP;
        let next = store.next_due(now).await.ok().flatten();
        let until = next.map_or(latest, |next| next.min(latest));
        self.due = Some(Due { sources, until });
        Ok(true)
    }

    /// Starts those that are due and may start; says when the next of them may, for the sake of the gap.
    async fn start_those(&mut self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let Some(due) = &mut self.due else { return None };
        let (mut held, mut left, mut next_turn) = (Vec::new(), Vec::new(), None);
        let mut sources = std::mem::take(&mut due.sources).into_iter();
        // The one that ends makes room.
        while !self.slots.is_full()
            && let Some(id) = sources.next()
        {
            let Some((source, site)) = self.sources.get(&id) else {
                continue;
            };
            if self.resting.contains_key(&id) {
                left.push(id);
                continue;
            }
            match self.pace.turn(site, now) {
                Turn::Held(until) => held.push((id, until)),
                Turn::Now if self.slots.has_room_for(&id) => {
                    let (source, site) = (source.clone(), site.clone());
                    self.start(source, site, now);
                }
                Turn::Now | Turn::AfterAnother => left.push(id),
                Turn::At(free) => {
                    next_turn = Some(next_turn.map_or(free, |at: DateTime<Utc>| at.min(free)));
                    left.push(id);
                }
            }
        }
        left.extend(sources);
        if let Some(due) = &mut self.due {
            due.sources = left;
            due.until = held.iter().map(|(_, at)| *at).fold(due.until, DateTime::min);
        }
        let reason = "its site asked to wait, with all of its sources (Retry-After)";
        let moved: Vec<_> = held
            .iter()
            .map(|(source, at)| Moved::new(source, *at, reason))
            .collect();
        if let Err(failed) = self.ingest.store.set_next_due(&moved).await {
            error!(error = chain(&failed), "due times cannot be moved");
        }
        next_turn
    }

    fn start(&mut self, source: Source, site: String, now: DateTime<Utc>) {
        self.pace.started(&site, now);
        self.slots.start(source.id.clone());
        let (id, ingest) = (source.id.clone(), self.ingest.clone());
        let task = self
            .polls
            .spawn(async move { ingest.poll(&source, Effect::Admit).await });
        let poll = InFlight {
            source: id,
            site,
            task: task.clone(),
        };
        self.in_flight.insert(task.id(), poll);
    }

    /// Due times that another time of day set would silence their sources until it comes again.
    async fn mind_the_clock(&mut self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let back = self.looked - now;
        if back > CLOCK_SET {
            warn!(
                "the clock went back by {} s: sources that were planned by it are due anew",
                back.num_seconds()
            );
            // What was held or rests until a time of the other clock is let go.
            self.pace.let_go();
            self.pages.let_go();
            self.resting.clear();
            self.due = None;
            set_out(&self.ingest, now).await?;
        }
        self.looked = now;
        Ok(())
    }

    /// A source whose poll could not be kept is left alone, the longer the more often it happens: its server has done nothing wrong.
    fn rest(&mut self, source: &SourceId, longest: u32) {
        // It is still due.
        self.due = None;
        let count = self.unkept.entry(source.clone()).or_default();
        let wait = STORE_REST * (1i32 << (*count).min(longest));
        *count += 1;
        self.resting.insert(source.clone(), clock::now() + wait);
    }

    /// A poll that leaves no report.
    fn count_failure(&self, source: &SourceId, outcome: &'static str) {
        if let Some((source, _)) = self.sources.get(source) {
            self.ingest.metrics.polled(source.wire.id, source.tier, outcome);
        }
    }

    fn ended(&mut self, ended: Result<(Id, Result<Report, StoreError>), JoinError>) {
        let id = match &ended {
            Ok((id, _)) => *id,
            Err(failed) => failed.id(),
        };
        let Some(InFlight { source, site, .. }) = self.in_flight.remove(&id) else {
            return;
        };
        self.is_to_be_replanned |= self.outdated.remove(&id);
        self.pace.ended(&site, clock::now());
        let took = match &ended {
            Ok((_, Ok(report))) => Some(TimeDelta::milliseconds(report.poll.elapsed_ms)),
            Ok((_, Err(_))) | Err(_) => None,
        };
        self.slots.end(&source, took);
        match ended {
            Ok((_, Ok(report))) => {
                self.unkept.remove(&source);
                self.unstored.remove(&source);
                match &mut self.due {
                    Some(due) if report.network.is_none() => due.until = due.until.min(report.poll.next_due),
                    // What others had to wait for is over, or has begun.
                    due => *due = None,
                }
                if let Some(until) = report.held {
                    self.pace.hold(&site, until);
                }
                // A feed that moved is paced with its new neighbours.
                if let Some((source, site)) = self.sources.get_mut(&source)
                    && source.url.as_str() == report.poll.url
                {
                    *site = wire::site(&report.home);
                }
                log(&report);
                count(&self.ingest.metrics, &report);
            }
            Ok((_, Err(failed))) => {
                if failed.is_of_the_store() {
                    self.unstored.insert(source.clone());
                }
                let longest = if failed.may_pass() {
                    LONGEST_PASSING_REST
                } else {
                    LONGEST_REST
                };
                self.rest(&source, longest);
                self.count_failure(&source, count::UNKEPT);
                error!(source.id = %source, stage = "admit", error = chain(&failed), "nothing was kept of this poll of {source}; it will be tried again");
            }
            Err(failed) if failed.is_panic() => {
                self.rest(&source, LONGEST_REST);
                self.count_failure(&source, Outcome::Panic.as_str());
                error!(source.id = %source, stage = "poll", error = %failed, "the poll of {source} panicked; the others go on");
            }
            // Given up: it is still due.
            Err(_) => self.due = None,
        }
        self.tell_unkept();
    }
}

/// Looks over the due times of all sources: at the start, and when the clock was set.
pub(super) async fn set_out(ingest: &Ingest, now: DateTime<Utc>) -> Result<(), StoreError> {
    let (config, store) = (&ingest.config, &ingest.store);
    let states: HashMap<SourceId, SourceState> = store
        .source_states()
        .await?
        .into_iter()
        .map(|state| (state.id.clone(), state))
        .collect();
    let enabled = config.sources.iter().filter(|source| source.enabled);
    let known: Vec<_> = enabled
        .filter_map(|source| {
            let state = states.get(&source.id)?;
            Some((source, state))
        })
        .collect();
    // Read for each anew: all memories at once would be kilobytes a source.
    let start = |source: &Source, state: &SourceState, crowd| {
        let stored = Stored {
            next_due: state.next_due,
            last_poll: state.last_poll,
            memory: Some(&Memory::read(state.memory.as_deref())),
            failures: state.failures,
        };
        schedule::at_start(&Policy::of(source, &config.schedule), stored, crowd, now)
    };
    // Those that would all be asked at this moment, if each were alone.
    let crowd = known
        .iter()
        .filter(|(source, state)| {
            let due = start(source, state, 1).map(|start| start.due.at).or(state.next_due);
            due.is_none_or(|at| at <= now)
        })
        .count();
    let moved: Vec<_> = known
        .iter()
        .filter_map(|(source, state)| Some((&source.id, start(source, state, crowd)?)))
        .collect();
    let moved: Vec<_> = moved
        .iter()
        .map(|(source, start)| Moved {
            source,
            at: start.due.at,
            reason: &start.due.reason,
            memory: start.memory.as_ref().map(Memory::written),
        })
        .collect();
    store.set_next_due(&moved).await
}

/// Shows what was withheld until now, and says so.
pub async fn lift_embargoes(store: &Store, now: DateTime<Utc>) {
    match store.lift_embargoes(now).await {
        Ok(0) => {}
        Ok(lifted) => info!(
            stage = "embargo",
            items.lifted = lifted,
            "{lifted} embargoed articles may be shown now"
        ),
        Err(failed) => error!(
            stage = "embargo",
            error = chain(&failed),
            "embargoes that have lapsed still withhold their articles; it will be tried again"
        ),
    }
}
