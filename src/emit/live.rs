//! A router that is replaced while it serves: every request, also of a connection that is open already, meets the newest one.

use std::convert::Infallible;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use tokio::sync::watch;
use tower::{ServiceExt, service_fn};

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

    /// For [`serve`](fn@super::serve).
    pub fn router(&self) -> Router {
        let newest = self.0.subscribe();
        Router::new().fallback_service(service_fn(move |request: Request| {
            let router = newest.borrow().clone();
            async move { Ok::<Response, Infallible>(router.oneshot(request).await.unwrap_or_else(|never| match never {})) }
        }))
    }
}
