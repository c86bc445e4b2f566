//! Serves a router on a listener: the accept loop, its limits, and the ordered end.
//!
//! `axum::serve` has neither a time-out for the header of a request nor a cap on connections, so one client with many
//! half-sent requests would hold all file descriptors. HTTP/1.1 only: a reverse proxy in front speaks the rest.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tower_http::add_extension::AddExtension;
use tracing::{debug, warn};

use super::http::Peer;

/// Rest after a failed accept: out of file descriptors does not pass at once, and must not become a busy loop.
const ACCEPT_REST: Duration = Duration::from_millis(200);

/// What one client may take.
#[derive(Debug, Clone, Copy)]
pub struct ServeLimits {
    /// Connections served at once; further ones wait to be accepted.
    pub max_connections: usize,
    /// From the start of a connection, or the end of its last answer, to the end of a request's header.
    pub header_read_timeout: Duration,
    /// Longest life of a connection: a client that does not read its answer holds no place for ever.
    pub connection_lifetime: Duration,
}

impl Default for ServeLimits {
    fn default() -> Self {
        Self {
            max_connections: 512,
            header_read_timeout: Duration::from_secs(5),
            connection_lifetime: Duration::from_secs(600),
        }
    }
}

/// Serves until `shutdown`, then lets running answers end within `grace`, then closes what is left.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ServeLimits,
    shutdown: CancellationToken,
    grace: Duration,
) {
    let permits = Arc::new(Semaphore::new(limits.max_connections.max(1)));
    let graceful = GracefulShutdown::new();
    let end = CancellationToken::new();
    // Whatever way this function ends, no connection outlives it.
    let _end_of_all = end.clone().drop_guard();
    while let Some((stream, peer, permit)) = next_connection(&listener, &permits, &shutdown).await {
        let service = AddExtension::new(router.clone(), Peer(peer.ip()));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.header_read_timeout)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        let connection = graceful.watch(connection);
        let end = end.clone();
        tokio::spawn(async move {
            let _permit = permit;
            tokio::select! {
                served = timeout(limits.connection_lifetime, connection) => {
                    if let Ok(Err(error)) = served {
                        debug!(%error, "a connection ended badly");
                    }
                }
                () = end.cancelled() => {}
            }
        });
    }
    drop(listener);
    if timeout(grace, graceful.shutdown()).await.is_err() {
        warn!("closing connections that did not end in {} s", grace.as_secs());
    }
}

/// The next connection, whose it is, and its place; `None` on shutdown.
async fn next_connection(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
    shutdown: &CancellationToken,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    shutdown
        .run_until_cancelled(async {
            // The semaphore is never closed.
            let permit = Arc::clone(permits).acquire_owned().await.ok()?;
            loop {
                match listener.accept().await {
                    Ok((stream, peer)) => {
                        // Only a matter of delay.
                        let _ = stream.set_nodelay(true);
                        return Some((stream, peer, permit));
                    }
                    Err(error) => {
                        warn!(%error, "cannot accept a connection");
                        tokio::time::sleep(ACCEPT_REST).await;
                    }
                }
            }
        })
        .await
        .flatten()
}
