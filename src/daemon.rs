//! The daemon: starts polls when they are due, serves the outputs, takes up a changed configuration, and ends in order.
//!
//! One loop owns everything that changes: it asks the schedule what to start, hears of each poll's end, of requests to reload, and of the time
//! to tell systemd how things stand.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::clock;
use crate::config::{self, Config, ConfigError};
use crate::emit;
use crate::ingest::fetch::{FetchError, Fetcher};
use crate::ingest::{Ingest, Work};
use crate::store::{Store, StoreError};
use crate::systemd;
use crate::telemetry::{Metrics, chain};
use crate::text::counted;

mod lock;
mod log;
mod count;
mod members;
mod slots;
mod pages;
mod polls;
mod reload;
mod control;
mod status;
mod place;
mod upkeep;

pub use control::{Answer, ask};
pub use lock::{Lock, lock, may_be_made};
pub use polls::lift_embargoes;
pub use reload::ReloadError;

use control::Request;
use members::Members;
use place::Place;
use polls::{Schedule, set_out};
use reload::Outputs;
use status::Pulse;
use upkeep::Upkeep;

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
    /// A socket that systemd handed over is of no use.
    #[error(
        "cannot serve a socket that systemd handed over: ListenStream= of the socket unit must name addresses and ports"
    )]
    HandedOver(#[source] std::io::Error),
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
    /// The file of a store on which a daemon runs is gone.
    #[error(
        "there is no file at {}, and a daemon{} runs on the store that was there: put it back, or stop the daemon",
        path.display(),
        process.as_ref().map(|process| format!(", process {process},")).unwrap_or_default()
    )]
    Away {
        /// Where it was.
        path: PathBuf,
        /// Number of the process, as it wrote it into the lock file.
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
    /// The system gives no threads.
    #[error("cannot start the threads that read documents")]
    Threads(#[source] std::io::Error),
}

/// Opens the store and builds what polls share.
///
/// # Errors
/// The store cannot be opened, or the HTTP client cannot be built.
pub async fn open(config: Arc<Config>) -> Result<Ingest, DaemonError> {
    let store = Store::open(&config.store.path).await?;
    with_store(config, store)
}

/// Builds what polls share, on a store that is open.
///
/// # Errors
/// The HTTP client cannot be built, or the threads that read documents cannot be started.
pub fn with_store(config: Arc<Config>, store: Store) -> Result<Ingest, DaemonError> {
    let fetcher = Arc::new(Fetcher::new(&config.fetch)?);
    let metrics = Arc::new(Metrics::new(store.lane(), clock::now()));
    Ok(Ingest {
        config,
        fetcher,
        store,
        network: Arc::default(),
        metrics,
        work: Work::new().map_err(DaemonError::Threads)?,
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

/// After how long a start is tried again that the store could not serve yet.
const OPENING_PAUSE: Duration = Duration::from_secs(10);

/// ... on a full disk, at last: what does not fit may be the rewriting of a large store, which fills the disk each time.
const LONGEST_OPENING_PAUSE: Duration = Duration::from_secs(320);

/// [`prepare`]; on a full disk when there is room, and of a store that another process holds as soon as it lets go. Until then it says
/// what it waits for. A start that gave up would stay down when that is over.
///
/// # Errors
/// As [`prepare`], but for those two.
pub async fn prepare_patiently(config: Arc<Config>) -> Result<Ingest, DaemonError> {
    let mut pause = Duration::ZERO;
    loop {
        systemd::starting("opening the store");
        let (error, longest) = match prepare(Arc::clone(&config)).await {
            Err(DaemonError::Store(error @ StoreError::Full { .. })) => (error, LONGEST_OPENING_PAUSE),
            Err(DaemonError::Store(error @ StoreError::Busy { .. })) => (error, OPENING_PAUSE),
            done => return done,
        };
        pause = opening_pause(pause, longest);
        error!("not started yet: {error}; tried again in {} s", pause.as_secs());
        systemd::starting(&format!("waiting: {error}"));
        tokio::time::sleep(pause).await;
    }
}

/// The next wait, after one of `before`: twice as long, within its bounds.
fn opening_pause(before: Duration, longest: Duration) -> Duration {
    (before * 2).clamp(OPENING_PAUSE, longest)
}

/// What a daemon is started with besides its store.
pub struct Start<L, S> {
    /// Of the store, taken before it was opened.
    pub lock: Lock,
    /// What is listened on ([`listen`]), taken before the store was opened too: none is made for a daemon that cannot serve.
    pub listeners: Listeners,
    /// Reads the configuration anew, for a reload.
    pub load: L,
    /// Hears the first address once polls and outputs are going.
    pub started: S,
}

/// Runs until SIGTERM or SIGINT: polls on schedule and serves the outputs. SIGHUP and [`ask`] let it read its configuration anew.
///
/// # Errors
/// At start: see [`DaemonError`]. Afterwards every failure is a line in the log and a row in the store, but for another file in the store's
/// place: then it ends in order, to be started anew.
pub async fn run<L, S>(ingest: Ingest, start: Start<L, S>) -> Result<(), DaemonError>
where
    L: Fn() -> Result<Config, ConfigError>,
    S: FnOnce(SocketAddr),
{
    let config = Arc::clone(&ingest.config);
    let _lock = start.lock;
    let store = ingest.store.clone();
    // Here alone: a poll by hand beside a daemon, perhaps with another configuration, must not take its outputs from it.
    store.serve_outputs(&config.outputs, clock::now()).await?;
    let Listeners { listeners, address } = start.listeners;

    let shutdown = CancellationToken::new();
    let (requests, mut requested) = mpsc::channel(1);
    let signals = watch_signals(&config, shutdown.clone(), requests.clone())?;
    let members = Arc::new(Members::new());
    let mut outputs = Outputs::open(&ingest, Arc::clone(&members), &shutdown)?;
    let limits = emit::ServeLimits {
        max_connections: config.http.max_connections.div_ceil(listeners.len()),
        ..emit::ServeLimits::default()
    };
    let grace = config.schedule.shutdown_grace;
    let mut servers: JoinSet<()> = listeners
        .into_iter()
        .map(|listener| emit::serve(listener, outputs.live().clone(), limits, shutdown.clone(), grace))
        .collect();
    if let Some(socket) = config::control_socket() {
        let (requests, shutdown) = (requests.clone(), shutdown.clone());
        servers.spawn(async move { control::listen(&socket, requests, shutdown).await });
    }

    let kept = tokio::spawn({
        let (members, store, shutdown) = (Arc::clone(&members), store.clone(), shutdown.clone());
        async move { members.keep(&store, &shutdown).await }
    });

    let mut schedule = Schedule::new(ingest, members);
    let mut upkeep = Upkeep::new(shutdown.clone());
    let mut pulse = Pulse::new();
    let mut place = Place::default();
    let mut end = Ok(());
    let status = pulse.status(&schedule, address).await;
    info!(version = env!("CARGO_PKG_VERSION"), store = %config.store.path.display(), "started: {status}");
    systemd::ready(&status);
    (start.started)(address);

    while !shutdown.is_cancelled() {
        let sleep = schedule.start_due().await;
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = schedule.next_end() => {}
            Some(request) = requested.recv() => {
                systemd::reloading();
                reload(&start.load, &mut schedule, &mut outputs, request).await;
                systemd::ready(&pulse.status(&schedule, address).await);
            }
            () = upkeep.due() => upkeep.start(schedule.ingest()),
            () = pulse.tick() => {
                pulse.beat(&schedule, address).await;
                end = place.look(&store);
                if end.is_err() {
                    info!("another file stands in the store's place: stopping");
                    systemd::stopping(grace);
                    shutdown.cancel();
                }
            }
            () = tokio::time::sleep(sleep) => {}
        }
    }
    // Whoever asked for a reload meanwhile is told that there is none.
    drop(requested);
    schedule.finish(grace).await;
    if let Err(failed) = kept.await {
        error!(error = %failed, "keeping the members of outputs ended badly; the next start goes on");
    }
    upkeep.finish().await;
    outputs.finish().await;
    while let Some(ended) = servers.join_next().await {
        if let Err(failed) = ended {
            error!(error = %failed, "a server ended badly");
        }
    }
    signals.abort();
    if let Err(failed) = store.close().await {
        warn!(
            error = chain(&failed),
            "the store did not close cleanly; the next start recovers it"
        );
    }
    info!("stopped");
    Ok(end?)
}

/// What is listened on, and the first address of it.
#[derive(Debug)]
pub struct Listeners {
    listeners: Vec<TcpListener>,
    address: SocketAddr,
}

/// Takes sockets that listen already ([`systemd::listeners`]); without any, listens on `[http] listen`.
///
/// # Errors
/// [`DaemonError::Listen`], [`DaemonError::HandedOver`].
pub async fn listen(config: &Config, given: Vec<std::net::TcpListener>) -> Result<Listeners, DaemonError> {
    let address = config.http.listen;
    if given.is_empty() {
        let fail = |source| DaemonError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(fail)?;
        let address = listener.local_addr().map_err(fail)?;
        let listeners = vec![listener];
        return Ok(Listeners { listeners, address });
    }
    let mut listeners = Vec::with_capacity(given.len());
    for listener in given {
        listener.set_nonblocking(true).map_err(DaemonError::HandedOver)?;
        listeners.push(TcpListener::from_std(listener).map_err(DaemonError::HandedOver)?);
    }
    let addresses = listeners.iter().map(TcpListener::local_addr);
    let addresses = addresses
        .collect::<Result<Vec<_>, _>>()
        .map_err(DaemonError::HandedOver)?;
    if !addresses.contains(&address) {
        warn!(
            "the socket unit listens on {addresses:?}, not on [http] listen = \"{address}\": make them one, for what we emit names the latter \
             unless base_url is set"
        );
    }
    let address = addresses.first().copied().unwrap_or(address);
    Ok(Listeners { listeners, address })
}

/// Reads the configuration anew and goes over to it, or stays with the one before; says so in the log, and to whoever asked.
async fn reload<L>(load: &L, schedule: &mut Schedule, outputs: &mut Outputs, request: Request)
where
    L: Fn() -> Result<Config, ConfigError>,
{
    let outcome = match load() {
        Ok(config) => reload::apply(config, schedule, outputs).await,
        Err(error) => Err(error.into()),
    };
    let outcome = outcome.map(|waits| {
        let config = &schedule.ingest().config;
        let what = format!(
            "{} holds now: {}, {}",
            config.file,
            counted(config.sources.len(), "source"),
            counted(config.outputs.len(), "output")
        );
        match waits.is_empty() {
            true => what,
            false => format!("{what}; a restart is needed for {}", waits.join(", ")),
        }
    });
    match &outcome {
        Ok(what) => info!(stage = "reload", "{what}"),
        Err(error) => {
            for line in error.lines() {
                error!(stage = "reload", "the configuration before still holds: {line}");
            }
        }
    }
    if let Some(asked) = request {
        // Whoever asked may have gone.
        let _ = asked.send(outcome);
    }
}

/// SIGTERM and SIGINT end in order; SIGHUP asks for a reload.
fn watch_signals(
    config: &Config,
    shutdown: CancellationToken,
    requests: mpsc::Sender<Request>,
) -> Result<JoinHandle<()>, DaemonError> {
    let grace = config.schedule.shutdown_grace;
    let mut terminate = signal(SignalKind::terminate()).map_err(DaemonError::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(DaemonError::Signals)?;
    let mut hangup = signal(SignalKind::hangup()).map_err(DaemonError::Signals)?;
    Ok(tokio::spawn(async move {
        loop {
            let name = tokio::select! {
                _ = terminate.recv() => "SIGTERM",
                _ = interrupt.recv() => "SIGINT",
                _ = hangup.recv() => {
                    // One that waits already reads what is there when its turn comes.
                    let _ = requests.try_send(None);
                    continue;
                }
            };
            info!("{name}: stopping");
            systemd::stopping(grace);
            shutdown.cancel();
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_waits_longer_and_longer_for_room_but_not_for_a_lock() {
        for (longest, want) in [
            (LONGEST_OPENING_PAUSE, [10, 20, 40, 80, 160, 320, 320]),
            (OPENING_PAUSE, [10; 7]),
        ] {
            let mut pause = Duration::ZERO;
            let pauses = [(); 7].map(|()| {
                pause = opening_pause(pause, longest);
                pause.as_secs()
            });
            assert_eq!(pauses, want);
        }
    }
}
