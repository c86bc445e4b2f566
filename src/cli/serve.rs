//! `run`, `reload` and `demo`.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::answer::{Exit, Failure, print, say, table};
use super::scratch::Scratch;
use crate::article::Verdict;
use crate::config::{self, Config, ConfigError};
use crate::daemon::{self, Answer, DaemonError, Start};
use crate::demo::Demo;
use crate::ingest::Effect;
use crate::store::StoreError;
use crate::systemd;
use crate::text::counted;

#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Poll each made-up wire once, print what was decided of each item, and end
    #[arg(long)]
    once: bool,
    /// Where to serve the outputs (port 0: any free one)
    #[arg(long, value_name = "ADDRESS:PORT", default_value_t = SocketAddr::from((Ipv4Addr::LOCALHOST, 8844)))]
    listen: SocketAddr,
}

impl From<DaemonError> for Failure {
    fn from(error: DaemonError) -> Self {
        let exit = match error {
            // No restart mends it.
            DaemonError::Access(_) | DaemonError::HandedOver(_) => Exit::Config,
            DaemonError::Listen { .. }
            | DaemonError::Held { .. }
            | DaemonError::Away { .. }
            | DaemonError::Lock { .. }
            | DaemonError::Store(_)
            | DaemonError::Client(_)
            | DaemonError::Signals(_)
            | DaemonError::Threads(_) => Exit::Unavailable,
        };
        Self::of(exit, &error)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self {
            lines: error.lines(),
            ..Self::new(Exit::Config, error.to_string())
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::of(Exit::Unavailable, &error)
    }
}

pub(super) async fn run(load: impl Fn() -> Result<Config, ConfigError>) -> Result<Exit, Failure> {
    let config = load()?;
    // Before anything else is under way.
    let given = systemd::listeners().map_err(DaemonError::HandedOver)?;
    let path = config.store.path.clone();
    let opened = async {
        let lock = daemon::lock(&path)?;
        let listeners = daemon::listen(&config, given).await?;
        Ok((lock, listeners, daemon::prepare_patiently(Arc::new(config)).await?))
    };
    let (lock, listeners, ingest) = opened.await.map_err(|error| in_its_unit(error, &path))?;
    let start = Start {
        lock,
        listeners,
        load,
        started: |_| {},
    };
    daemon::run(ingest, start).await?;
    Ok(Exit::Ok)
}

/// Says what a unit must allow where a store cannot be had that lies outside of its directory.
fn in_its_unit(error: DaemonError, store: &Path) -> Failure {
    let is_refused = matches!(
        error,
        DaemonError::Lock { .. }
            | DaemonError::Store(
                StoreError::Directory { .. }
                    | StoreError::Denied { .. }
                    | StoreError::ReadOnly { .. }
                    | StoreError::Unreadable { .. }
            )
    );
    let is_forbidden =
        if let DaemonError::Lock { source, .. }
        | DaemonError::Store(StoreError::Directory { source, .. } | StoreError::Denied { source, .. }) = &error
        {
            matches!(
                source.kind(),
                ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
            )
        } else {
            false
        };
    let failure = Failure::from(error);
    match config::outside_of_state_directory(store) {
        Some(why) if is_refused => Failure::new(
            // What the unit forbids no restart allows; a disk that fails or is not there yet may be well the next time.
            if is_forbidden { Exit::Config } else { failure.exit },
            format!("{}; {why}", failure.message),
        ),
        Some(_) | None => failure,
    }
}

/// Asks a running daemon to read its configuration anew.
pub(super) fn reload() -> Result<Exit, Failure> {
    let socket = config::control_socket().unwrap_or_else(config::system_control_socket);
    let answer = daemon::ask(&socket).map_err(|error| {
        Failure::new(
            Exit::Unavailable,
            format!(
                "no daemon answers at {}: {error}; as root, a daemon of systemd does; any other reloads on SIGHUP",
                socket.display()
            ),
        )
    })?;
    match answer {
        Answer::Done(text) => print(&text).map(|()| Exit::Ok),
        Answer::Refused(text) => Err(Failure::new(Exit::Config, text)),
        Answer::Failed(text) => Err(Failure::new(Exit::Unavailable, text)),
    }
}

pub(super) async fn demo(args: DemoArgs, store: Option<PathBuf>) -> Result<Exit, Failure> {
    let io = |error: std::io::Error| Failure::new(Exit::Io, format!("the demo cannot start: {error}"));
    let scratch = Scratch::new(store).map_err(io)?;
    let wires = Demo::start().await.map_err(io)?;
    let load = || wires.config(&scratch.store, args.listen);
    let config = load()?;
    let lock = daemon::lock(&config.store.path)?;
    let config = Arc::new(config);
    let listeners = match args.once {
        true => None,
        false => Some(daemon::listen(&config, Vec::new()).await?),
    };
    let ingest = daemon::prepare(config).await?;
    let Some(listeners) = listeners else {
        let answer = once(&ingest).await?;
        ingest.store.close().await?;
        print(&answer)?;
        return Ok(Exit::Ok);
    };
    let started = |address| {
        say(&format!(
            "Three made-up wires are being polled every ten seconds. Open\n\n  http://{address}/\n  http://{address}/outputs/all.atom\n  http://{address}/outputs/corrections.rss\n\n\
             or look into the store: sqlite3 {} 'SELECT headline, verdict, stage FROM v_article'\nCtrl-C ends the demo.",
            scratch.store.display()
        ));
    };
    let start = Start {
        lock,
        listeners,
        load,
        started,
    };
    daemon::run(ingest, start).await?;
    Ok(Exit::Ok)
}

/// One round over all wires, in a fixed order so that the table always reads the same.
async fn once(ingest: &crate::ingest::Ingest) -> Result<String, Failure> {
    let mut rows = Vec::new();
    for id in Demo::sources() {
        let Some(source) = ingest.config.source(&id) else {
            continue;
        };
        let report = ingest.poll(source, Effect::Admit).await?;
        if let Some(error) = &report.poll.error {
            return Err(Failure::new(Exit::Failed, format!("{id}: {error}")));
        }
        for decided in report.admitted.judgements.iter().rev() {
            let headline = report
                .poll
                .drafts
                .get(decided.index)
                .and_then(|draft| draft.headline.clone())
                .unwrap_or_default();
            let article = decided.filed.as_ref().map_or_else(
                || "a purged article".to_owned(),
                |filed| format!("article {}", filed.article),
            );
            let of = match decided.judgement.verdict {
                Verdict::New => article,
                Verdict::Variant => format!(
                    "{article}, a translation of {}",
                    decided.judgement.of.unwrap_or_default()
                ),
                Verdict::Seen | Verdict::Revised | Verdict::Duplicate | Verdict::Correction | Verdict::Withdrawal => {
                    format!("of {article}")
                }
            };
            rows.push(vec![
                id.to_string(),
                crate::text::cut(&headline, 64).to_owned(),
                decided.judgement.verdict.to_string(),
                of,
                decided.judgement.stage.to_owned(),
            ]);
        }
    }
    let articles = ingest.store.count().await?;
    let table = table(&["source", "headline", "verdict", "article", "stage"], rows);
    Ok(format!(
        "{table}\n\n{} stored; `dateline demo` serves them.\n",
        counted(articles, "article")
    ))
}
