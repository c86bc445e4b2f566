//! The daemon: starts polls when they are due, serves the outputs, and ends in order.
//!
//! One loop owns the schedule. It asks the store what is due, starts bounded polls (all together, and per host), and hears of
//! each one's end. A poll that panics is a failed task and a line in the log; the loop goes on. The loop holds no state that a
//! restart would miss: the next due time of every source stands in the store.

use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::{Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::article::SourceId;
use crate::clock;
use crate::config::{Config, Source};
use crate::emit;
use crate::ingest::fetch::{FetchError, Fetcher};
use crate::ingest::schedule::pace::{self, Limits, Pace, Turn};
use crate::ingest::schedule::{self, Memory, Policy, Stored};
use crate::ingest::{Effect, Ingest, Report};
use crate::store::{Moved, SourceState, Store, StoreError};
use crate::systemd;
use crate::websub::Hub;

mod log;
mod members;
mod slots;

use log::log;
use slots::Slots;

/// The longest sleep between two looks at the schedule: after a suspend or a step of the clock it is right again this soon.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// A clock that goes back further than this was set.
const CLOCK_SET: TimeDelta = TimeDelta::minutes(2);

/// How long a source rests when the store could not take its poll (a full disk): its due time could not be written either.
const STORE_REST: TimeDelta = TimeDelta::seconds(30);

/// Doublings of that wait, from one such poll to the next: to an hour.
const LONGEST_REST: u32 = 7;

/// Why the daemon could not start.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// The address is taken or not ours.
    #[error("cannot listen on {address}; another process may hold it: change [http] listen, or stop the other one")]
    Listen {
        /// As configured.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The store cannot be opened or read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another daemon runs on the store.
    #[error(
        "another daemon runs on this store{}: stop it first, or choose another [store] path ({} is locked)",
        process.as_ref().map(|process| format!(", process {process}")).unwrap_or_default(),
        path.display()
    )]
    Held {
        /// The lock file.
        path: PathBuf,
        /// Number of the process, as it wrote it there.
        process: Option<String>,
    },
    /// The lock of the store cannot be taken.
    #[error("cannot lock {}; make its directory writable for this user", path.display())]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The HTTP client cannot be built.
    #[error(transparent)]
    Client(#[from] FetchError),
    /// A token file cannot be used.
    #[error(transparent)]
    Access(#[from] emit::AccessError),
    /// The process may not hear signals.
    #[error("cannot listen for SIGTERM and SIGINT")]
    Signals(#[source] std::io::Error),
}

/// Opens the store and builds what polls share.
///
/// # Errors
/// The store cannot be opened, or the HTTP client cannot be built.
pub async fn open(config: Arc<Config>) -> Result<Ingest, DaemonError> {
    let store = Store::open(&config.store.path).await?;
    let fetcher = Arc::new(Fetcher::new(&config.fetch)?);
    Ok(Ingest {
        config,
        fetcher,
        store,
        network: Arc::default(),
    })
}

/// [`open`], and the store learns which sources there are and when a changed schedule wants them.
///
/// # Errors
/// As [`open`], and when the store cannot be written.
pub async fn prepare(config: Arc<Config>) -> Result<Ingest, DaemonError> {
    let ingest = open(config).await?;
    let now = clock::now();
    ingest.store.sync_sources(&ingest.config.sources, now).await?;
    set_out(&ingest, now).await?;
    Ok(ingest)
}

/// Looks over the due times of all sources: at the start, and when the clock was set.
async fn set_out(ingest: &Ingest, now: DateTime<Utc>) -> Result<(), StoreError> {
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
            Some((source, state, Memory::read(state.memory.as_deref())))
        })
        .collect();
    let start = |source: &Source, state: &SourceState, memory: &Memory, crowd| {
        let stored = Stored {
            next_due: state.next_due,
            last_poll: state.last_poll,
            memory: Some(memory),
            failures: state.failures,
        };
        schedule::at_start(&Policy::of(source, &config.schedule), stored, crowd, now)
    };
    // Those that would all be asked at this moment, if each were alone.
    let crowd = known
        .iter()
        .filter(|(source, state, memory)| {
            let due = start(source, state, memory, 1)
                .map(|start| start.due.at)
                .or(state.next_due);
            due.is_none_or(|at| at <= now)
        })
        .count();
    let moved: Vec<_> = known
        .iter()
        .filter_map(|(source, state, memory)| Some((&source.id, start(source, state, memory, crowd)?)))
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

/// Runs until SIGTERM or SIGINT: polls on schedule and serves the outputs. `started` hears the address once both are going.
///
/// # Errors
/// Only at start: see [`DaemonError`]. Afterwards every failure is a line in the log and a row in the store.
pub async fn run(ingest: Ingest, started: impl FnOnce(SocketAddr)) -> Result<(), DaemonError> {
    let config = Arc::clone(&ingest.config);
    let _lock = lock(&config.store.path)?;
    // Here alone: a poll by hand beside a daemon, perhaps with another configuration, must not take its outputs from it.
    ingest.store.serve_outputs(&config.outputs).await?;
    let address = config.http.listen;
    let listen = |source| DaemonError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;

    let shutdown = CancellationToken::new();
    let signals = watch_signals(shutdown.clone())?;
    let app = emit::App::new(Arc::clone(&config), ingest.store.clone())?.until(shutdown.clone());
    let hub = Hub::new(
        Arc::clone(&config),
        ingest.store.clone(),
        Arc::clone(&ingest.fetcher),
        app.clone(),
    )?;
    let limits = emit::ServeLimits {
        max_connections: config.http.max_connections,
        ..emit::ServeLimits::default()
    };
    let grace = config.schedule.shutdown_grace;
    let server = tokio::spawn(emit::serve(
        listener,
        emit::router(app, hub.router()),
        limits,
        shutdown.clone(),
        grace,
    ));

    let sources = config.sources.iter().filter(|source| source.enabled).count();
    let status = format!(
        "{sources} sources, {} outputs on http://{address}/",
        config.outputs.len()
    );
    info!(version = env!("CARGO_PKG_VERSION"), store = %config.store.path.display(), "started: {status}");
    systemd::ready(&status);
    started(address);

    let seeking = tokio::spawn(members::seek(ingest.store.clone(), shutdown.clone()));
    let telling = tokio::spawn(hub.run(shutdown.clone(), grace));
    Schedule::new(&ingest).run(&shutdown, grace).await;
    if let Err(failed) = seeking.await {
        error!(error = %failed, "seeking the members of outputs ended badly; the next start goes on");
    }
    if let Err(failed) = telling.await {
        error!(error = %failed, "the hub ended badly");
    }
    if let Err(failed) = server.await {
        error!(error = %failed, "the HTTP server ended badly");
    }
    signals.abort();
    if let Err(failed) = ingest.store.close().await {
        warn!(
            error = crate::telemetry::chain(&failed),
            "the store did not close cleanly; the next start recovers it"
        );
    }
    info!("stopped");
    Ok(())
}

/// Two daemons on one store would poll every source twice and take the outputs from each other. The system lets go of the lock when the process
/// ends, however it ends. A file of its own: SQLite loses its locks when another handle of its file is closed.
fn lock(store: &Path) -> Result<File, DaemonError> {
    let mut path = store.as_os_str().to_owned();
    path.push(".lock");
    let path = PathBuf::from(path);
    let failed = |source| DaemonError::Lock {
        path: path.clone(),
        source,
    };
    let mut options = File::options();
    let mut file = options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {
            file.set_len(0).map_err(failed)?;
            writeln!(file, "{}", std::process::id()).map_err(failed)?;
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let process = std::io::read_to_string(file.take(32)).unwrap_or_default();
            let process = Some(process.trim().to_owned()).filter(|process| !process.is_empty());
            Err(DaemonError::Held { path, process })
        }
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// The first signal ends in order; the second one does not wait.
fn watch_signals(shutdown: CancellationToken) -> Result<tokio::task::JoinHandle<()>, DaemonError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(DaemonError::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(DaemonError::Signals)?;
    let mut hangup = signal(SignalKind::hangup()).map_err(DaemonError::Signals)?;
    Ok(tokio::spawn(async move {
        loop {
            let name = tokio::select! {
                _ = terminate.recv() => "SIGTERM",
                _ = interrupt.recv() => "SIGINT",
                _ = hangup.recv() => {
                    // The default action of SIGHUP would kill a daemon that somebody meant to reload.
                    warn!("SIGHUP: the configuration is read at start; restart to change it (`dateline check` tells if it is good)");
                    continue;
                }
            };
            info!("{name}: stopping");
            systemd::stopping();
            shutdown.cancel();
        }
    }))
}

/// The polls in flight and what may start next.
struct Schedule<'a> {
    ingest: &'a Ingest,
    /// With the site of each.
    sources: HashMap<&'a SourceId, (&'a Source, String)>,
    polls: JoinSet<Result<Report, StoreError>>,
    in_flight: HashMap<Id, SourceId>,
    resting: HashMap<SourceId, DateTime<Utc>>,
    /// Polls in a row that could not be kept.
    unkept: HashMap<SourceId, u32>,
    slots: Slots,
    pace: Pace,
    /// When the schedule was last looked at.
    looked: DateTime<Utc>,
}

impl<'a> Schedule<'a> {
    fn new(ingest: &'a Ingest) -> Self {
        let sources = ingest
            .config
            .sources
            .iter()
            .filter(|source| source.enabled)
            .map(|source| (&source.id, (source, pace::site(&source.url))))
            .collect();
        let fetch = &ingest.config.fetch;
        let limits = Limits {
            concurrency: fetch.per_host,
            gap: clock::span(fetch.per_host_gap),
        };
        Self {
            ingest,
            sources,
            polls: JoinSet::new(),
            in_flight: HashMap::new(),
            resting: HashMap::new(),
            unkept: HashMap::new(),
            slots: Slots::new(fetch.concurrency),
            pace: Pace::new(limits),
            looked: clock::now(),
        }
    }

    async fn run(mut self, shutdown: &CancellationToken, grace: Duration) {
        while !shutdown.is_cancelled() {
            let sleep = self.start_due().await;
            tokio::select! {
                () = shutdown.cancelled() => {}
                Some(ended) = self.polls.join_next_with_id() => self.ended(ended),
                () = tokio::time::sleep(sleep) => {}
            }
        }
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
    async fn start_due(&mut self) -> Duration {
        let now = clock::now();
        if let Err(failed) = self.mind_the_clock(now).await {
            error!(
                error = crate::telemetry::chain(&failed),
                "the due times cannot be moved to the new time of day"
            );
        }
        let due = match self.ingest.store.due(now).await {
            Ok(due) => due,
            Err(failed) => {
                error!(error = crate::telemetry::chain(&failed), "the schedule cannot be read");
                return LONGEST_SLEEP.min(Duration::from_secs(5));
            }
        };
        lift_embargoes(&self.ingest.store, now).await;
        members::follow(&self.ingest.store, now).await;
        self.resting.retain(|_, until| *until > now);
        let (mut held, mut next_turn) = (Vec::new(), None);
        for id in due {
            let Some((source, site)) = self.sources.get(&id) else {
                continue;
            };
            if self.slots.is_busy(&id) || self.resting.contains_key(&id) {
                continue;
            }
            let source = *source;
            match self.pace.turn(site, now) {
                Turn::Held(until) => held.push((&source.id, until)),
                Turn::AfterAnother => {}
                Turn::At(free) => next_turn = Some(next_turn.map_or(free, |at: DateTime<Utc>| at.min(free))),
                Turn::Now if self.slots.has_room_for(&id) => {
                    let site = site.clone();
                    self.start(source, &site, now);
                }
                // The one that ends makes room.
                Turn::Now => {}
            }
        }
        let reason = "its site asked to wait, with all of its sources (Retry-After)";
        let moved: Vec<_> = held
            .iter()
            .map(|(source, at)| Moved::new(source, *at, reason))
            .collect();
        if let Err(failed) = self.ingest.store.set_next_due(&moved).await {
            error!(error = crate::telemetry::chain(&failed), "due times cannot be moved");
        }
        let (due, embargo) = (
            self.ingest.store.next_due(now).await,
            self.ingest.store.next_embargo().await,
        );
        let next = due.ok().flatten().into_iter().chain(embargo.ok().flatten());
        // What is overdue could not be shown: the store is at fault, and haste would not help it.
        let next = next.chain(next_turn).filter(|at| *at > now).min();
        next.map_or(LONGEST_SLEEP, |next| {
            (next - now).to_std().unwrap_or(Duration::ZERO).min(LONGEST_SLEEP)
        })
    }

    fn start(&mut self, source: &Source, site: &str, now: DateTime<Utc>) {
        self.pace.started(site, now);
        self.slots.start(source.id.clone());
        let (ingest, source) = (self.ingest.clone(), source.clone());
        let id = source.id.clone();
        let task = self
            .polls
            .spawn(async move { ingest.poll(&source, Effect::Admit).await });
        self.in_flight.insert(task.id(), id);
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
            self.resting.clear();
            set_out(self.ingest, now).await?;
        }
        self.looked = now;
        Ok(())
    }

    /// A source whose poll could not be kept is left alone, the longer the more often it happens: its server has done nothing wrong.
    fn rest(&mut self, source: &SourceId) {
        let count = self.unkept.entry(source.clone()).or_default();
        let wait = STORE_REST * (1i32 << (*count).min(LONGEST_REST));
        *count += 1;
        self.resting.insert(source.clone(), clock::now() + wait);
    }

    fn ended(&mut self, ended: Result<(Id, Result<Report, StoreError>), JoinError>) {
        let id = match &ended {
            Ok((id, _)) => *id,
            Err(failed) => failed.id(),
        };
        let source = self.in_flight.remove(&id).unwrap_or_else(|| SourceId::new("?"));
        let site = self
            .sources
            .get(&source)
            .map(|(_, site)| site.clone())
            .unwrap_or_default();
        self.pace.ended(&site, clock::now());
        let took = match &ended {
            Ok((_, Ok(report))) => Some(TimeDelta::milliseconds(report.poll.elapsed_ms)),
            Ok((_, Err(_))) | Err(_) => None,
        };
        self.slots.end(&source, took);
        match ended {
            Ok((_, Ok(report))) => {
                self.unkept.remove(&source);
                if let Some(until) = report.held {
                    self.pace.hold(&site, until);
                }
                // A feed that moved is paced with its new neighbours.
                if let Some((_, site)) = self.sources.get_mut(&source) {
                    *site = pace::site(&report.home);
                }
                log(&report);
            }
            Ok((_, Err(failed))) => {
                self.rest(&source);
                error!(source.id = %source, stage = "admit", error = crate::telemetry::chain(&failed), "nothing was kept of this poll of {source}; it will be tried again");
            }
            Err(failed) if failed.is_panic() => {
                self.rest(&source);
                error!(source.id = %source, stage = "poll", error = %failed, "the poll of {source} panicked; the others go on");
            }
            Err(_) => {}
        }
    }
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
            error = crate::telemetry::chain(&failed),
            "embargoes that have lapsed still withhold their articles; it will be tried again"
        ),
    }
}
