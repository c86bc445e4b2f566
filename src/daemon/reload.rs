//! Takes another configuration up while the daemon runs: all of it, or nothing.
//!
//! What may be wrong with it is found before anything is changed. Connections and polls go on; a poll in flight ends as it was begun.

use std::sync::Arc;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use super::DaemonError;
use super::members::Members;
use super::polls::Schedule;
use crate::clock;
use crate::config::{Config, ConfigError};
use crate::emit::{AccessError, App, Live, Router, router};
use crate::ingest::Ingest;
use crate::ingest::fetch::{FetchError, Fetcher};
use crate::store::{Store, StoreError};
use crate::telemetry::chain;
use crate::websub::Hub;

/// Why the configuration before still holds.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// It cannot be read, or holds mistakes.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A token file cannot be used.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The HTTP client cannot be built.
    #[error(transparent)]
    Client(#[from] FetchError),
    /// The store cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The daemon ends.
    #[error("the daemon is stopping")]
    Stopping,
}

impl ReloadError {
    /// For a person at a terminal: problems of a configuration, line by line.
    pub(super) fn told(&self) -> String {
        match self {
            Self::Config(error) => error.to_string(),
            Self::Access(_) | Self::Client(_) | Self::Store(_) | Self::Stopping => chain(self),
        }
    }

    /// For the log: a line a problem, of many the first ones.
    pub(super) fn lines(&self) -> Vec<String> {
        match self {
            Self::Config(error) => error.lines(),
            Self::Access(_) | Self::Client(_) | Self::Store(_) | Self::Stopping => vec![chain(self)],
        }
    }

    /// Is it the operator's to mend?
    pub(super) const fn is_of_configuration(&self) -> bool {
        match self {
            Self::Config(_) | Self::Access(_) => true,
            Self::Client(_) | Self::Store(_) | Self::Stopping => false,
        }
    }
}

/// The outputs, as one configuration after the other has them.
pub(super) struct Outputs {
    /// With which the daemon was started: some of it stays in force.
    started: Arc<Config>,
    live: Live,
    /// Ends what listens to the changes of the outputs now served.
    closing: CancellationToken,
    shutdown: CancellationToken,
    members: Arc<Members>,
    /// Tells subscribers and hubs of others.
    telling: JoinHandle<()>,
}

impl Outputs {
    /// Serves those of this configuration, until `shutdown`. The store serves them already.
    pub(super) fn open(
        ingest: &Ingest,
        members: Arc<Members>,
        shutdown: &CancellationToken,
    ) -> Result<Self, DaemonError> {
        let Face { router, hub, closing } = Face::of::<DaemonError>(ingest, shutdown)?;
        let config = Arc::clone(&ingest.config);
        let grace = config.schedule.shutdown_grace;
        Ok(Self {
            live: Live::new(router),
            telling: tokio::spawn(hub.run(closing.clone(), grace)),
            started: config,
            closing,
            shutdown: shutdown.clone(),
            members,
        })
    }

    /// Shows another face.
    fn replace(&mut self, Face { router, hub, closing }: Face) {
        self.live.replace(router);
        // Listeners of the outputs before come again with the id of the last change that they heard.
        std::mem::replace(&mut self.closing, closing.clone()).cancel();
        let grace = self.started.schedule.shutdown_grace;
        // What the hub before has on its way is noted first: it must not be sent twice.
        let before = std::mem::replace(&mut self.telling, tokio::spawn(async {}));
        self.telling = tokio::spawn(async move {
            if let Err(failed) = before.await {
                error!(error = %failed, "the hub ended badly");
            }
            hub.run(closing, grace).await;
        });
        self.members.seek();
    }

    /// Waits for what is told at the end.
    pub(super) async fn finish(self) {
        if let Err(failed) = self.telling.await {
            error!(error = %failed, "the hub ended badly");
        }
    }

    pub(super) const fn live(&self) -> &Live {
        &self.live
    }
}

/// What a configuration shows to the outside.
struct Face {
    router: Router,
    hub: Hub,
    /// Ends what of it would not end by itself.
    closing: CancellationToken,
}

impl Face {
    fn of<E>(ingest: &Ingest, shutdown: &CancellationToken) -> Result<Self, E>
    where
        E: From<AccessError> + From<FetchError>,
    {
        let Ingest {
            config,
            store,
            fetcher,
            metrics,
            ..
        } = ingest;
        let closing = shutdown.child_token();
        let app = App::new(Arc::clone(config), store.clone())?
            .until(closing.clone())
            .counted_in(Arc::clone(metrics));
        let hub = Hub::new(Arc::clone(config), store.clone(), Arc::clone(fetcher), app.clone())?;
        Ok(Self {
            router: router(app, hub.router()),
            hub,
            closing,
        })
    }
}

/// Goes over to `config`; what it could not change without a restart, for a person.
///
/// # Errors
/// Then the one before holds.
pub(super) async fn apply(
    config: Config,
    schedule: &mut Schedule,
    outputs: &mut Outputs,
) -> Result<Vec<&'static str>, ReloadError> {
    let config = Arc::new(config);
    let before = schedule.ingest().clone();
    let store = &before.store;
    let next = Ingest {
        fetcher: Arc::new(Fetcher::new(&config.fetch)?),
        config: Arc::clone(&config),
        ..before.clone()
    };
    let face: Face = Face::of::<ReloadError>(&next, &outputs.shutdown)?;
    schedule.give_up_addresses(&config).await;
    if let Err(failed) = take_up(store, &config).await {
        if let Err(failed) = take_up(store, &before.config).await {
            warn!(
                error = chain(&failed),
                "the store may hold the sources of a configuration that could not be applied; reload again"
            );
        }
        return Err(failed.into());
    }
    outputs.replace(face);
    let kept = fixed(&outputs.started, &config);
    schedule.reconfigure(next);
    Ok(kept)
}

/// Brings the store up to a configuration.
async fn take_up(store: &Store, config: &Config) -> Result<(), StoreError> {
    store.sync_sources(&config.sources, clock::now()).await?;
    store.serve_outputs(&config.outputs, clock::now()).await
}

/// What has changed and holds from the next start on.
fn fixed(started: &Config, now: &Config) -> Vec<&'static str> {
    [
        ("[store] path", started.store.path != now.store.path),
        ("[http] listen", started.http.listen != now.http.listen),
        (
            "[http] max_connections",
            started.http.max_connections != now.http.max_connections,
        ),
        (
            "[schedule] shutdown_grace",
            started.schedule.shutdown_grace != now.schedule.shutdown_grace,
        ),
    ]
    .into_iter()
    .filter_map(|(key, is_changed)| is_changed.then_some(key))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_has_a_line_a_problem_and_an_end() {
        let refused = |text: &str| ReloadError::from(crate::config::parse(text, "t.toml").unwrap_err()).lines();
        for (count, want) in [(1, 1), (10, 10), (11, 11), (500, 11)] {
            let lines = refused(&"[[output]]\nid = 5\n".repeat(count));
            assert_eq!(lines.len(), want, "{count}: {lines:?}");
            assert!(lines[0].starts_with("t.toml:2:6: output.id: "), "{lines:?}");
            assert!(
                lines.iter().all(|line| !line.contains('\n') && line.len() < 300),
                "{lines:?}"
            );
        }
        let lines = refused(&"[[output]]\nid = 5\n".repeat(500));
        assert_eq!(lines[10], "and 490 more: `dateline check` shows all");
        assert_eq!(ReloadError::Stopping.lines(), ["the daemon is stopping"]);
    }

    #[test]
    fn what_waits_for_a_restart_is_named() {
        let config = |text: &str| crate::config::parse(text, "t.toml").unwrap();
        for (text, want) in [
            ("", &[][..]),
            ("[fetch]\nconcurrency = 3\n", &[]),
            ("[http]\nlisten = \"127.0.0.1:1\"\n", &["[http] listen"]),
            (
                "[store]\npath = \"other.sqlite\"\n[http]\nmax_connections = 3\n[schedule]\nshutdown_grace = \"1s\"\n",
                &["[store] path", "[http] max_connections", "[schedule] shutdown_grace"],
            ),
        ] {
            assert_eq!(fixed(&config(""), &config(text)), want, "{text}");
        }
    }
}
