//! A router that is replaced while it serves: every request, also of a connection that is open already, meets the newest one.

use std::convert::Infallible;
use std::task::{Context, Poll};

use axum::Router;
use axum::response::Response;
use hyper::Request;
use tokio::sync::watch;
use tower::Service;

/// What is served now.
#[derive(Debug, Clone)]
pub struct Live(watch::Sender<Router>);

impl Live {
    /// Serves this.
    #[must_use]
    pub fn new(router: Router) -> Self {
        Self(watch::Sender::new(router))
    }

    /// Serves this from now on. Answers under way end as they were begun.
    pub fn replace(&self, router: Router) {
        drop(self.0.send_replace(router));
    }
}

impl<B> Service<Request<B>> for Live
where
    Router: Service<Request<B>, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = <Router as Service<Request<B>>>::Future;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // A router always is, and who is called may be another one.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let mut router = self.0.borrow().clone();
        router.call(request)
    }
}
