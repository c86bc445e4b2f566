//! Serves on a listener: the accept loop, its limits, and the ordered end.
//!
//! `axum::serve` has neither a time-out for the header of a request nor a cap on connections, so one client with many
//! half-sent requests would hold all file descriptors. HTTP/1.1 only: a reverse proxy in front speaks the rest.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service;
use tower_http::add_extension::AddExtension;
use tracing::{debug, warn};

use super::http::Peer;

/// Rest after a failed accept: out of file descriptors does not pass at once, and must not become a busy loop.
pub const ACCEPT_REST: Duration = Duration::from_millis(200);

/// How long the request of a connection that was just accepted may take to come when we end.
const ON_ITS_WAY: Duration = Duration::from_secs(1);

/// What one client may take.
#[derive(Debug, Clone, Copy)]
pub struct ServeLimits {
    /// Connections served at once; further ones wait to be accepted.
    pub max_connections: usize,
    /// From the start of a connection to its first byte, from there, or from the end of its last answer, to the end of a request's header.
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
pub async fn serve<S>(
    listener: TcpListener,
    service: S,
    limits: ServeLimits,
    shutdown: CancellationToken,
    grace: Duration,
) where
    S: Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static,
{
    let permits = Arc::new(Semaphore::new(limits.max_connections.max(1)));
    let connections = TaskTracker::new();
    let end = CancellationToken::new();
    // Whatever way this function ends, no connection outlives it.
    let _end_of_all = end.clone().drop_guard();
    while let Some((stream, peer, permit)) = next_connection(&listener, &permits, &shutdown).await {
        let service = AddExtension::new(service.clone(), Peer(peer.ip()));
        let (shutdown, end) = (shutdown.clone(), end.clone());
        connections.spawn(async move {
            let _permit = permit;
            end.run_until_cancelled(answer(stream, service, limits, &shutdown))
                .await;
        });
    }
    drop(listener);
    connections.close();
    if timeout(grace, connections.wait()).await.is_err() {
        warn!("closing connections that did not end in {} s", grace.as_secs());
    }
}

/// Answers the requests of one connection; from the shutdown on only the one that is under way.
async fn answer<S>(stream: TcpStream, service: AddExtension<S, Peer>, limits: ServeLimits, shutdown: &CancellationToken)
where
    S: Service<Request<Incoming>, Response = Response, Error = Infallible> + Clone,
{
    if !has_begun(&stream, limits, shutdown).await {
        return;
    }
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_read_timeout)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let mut connection = pin!(connection);
    let served = timeout(limits.connection_lifetime, async {
        tokio::select! {
            // In this order: what was sent is read before hyper hears of the end, else it would close the connection.
            biased;
            served = connection.as_mut() => return served,
            () = shutdown.cancelled() => connection.as_mut().graceful_shutdown(),
        }
        connection.await
    });
    if let Ok(Err(error)) = served.await {
        debug!(%error, "a connection ended badly");
    }
}

/// Has the client sent anything? One that was accepted just before the shutdown has its request on the way: it is waited for, a moment.
async fn has_begun(stream: &TcpStream, limits: ServeLimits, shutdown: &CancellationToken) -> bool {
    let mut first = [0];
    let mut begin = pin!(timeout(limits.header_read_timeout, stream.peek(&mut first)));
    let begun = match shutdown.run_until_cancelled(begin.as_mut()).await {
        Some(begun) => begun,
        None => timeout(ON_ITS_WAY, begin).await.and_then(|begun| begun),
    };
    matches!(begun, Ok(Ok(1..)))
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
