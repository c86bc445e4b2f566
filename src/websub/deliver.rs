//! Sends a subscriber what has changed, and tells it when its subscription ends.

use std::sync::Arc;

use tracing::{info, warn};
use url::Url;

use super::{Hub, again, letter, wait};
use crate::clock;
use crate::emit::{HUB_PATH, Published, hub_links};
use crate::ingest::fetch::RetryAfter;
use crate::store::{Delivery, Subscription};
use crate::telemetry::chain;

/// The callback does not exist any more.
const GONE: u16 = 410;

/// Sends changes.
pub(super) async fn deliver(hub: Hub, subscription: Subscription, document: Arc<Published>) -> Delivery {
    let subscriber = &subscription.subscriber;
    let (site, output) = (&subscriber.site, &subscriber.output);
    let Ok(callback) = Url::parse(&subscriber.callback) else {
        return Delivery::Gone;
    };
    let links = hub_links(&[hub.config.http.url(HUB_PATH)], &subscriber.topic);
    let letter = letter::document(
        &callback,
        document.bytes.clone(),
        document.content_type,
        links,
        subscriber.secret.as_deref(),
    );
    let sent = hub.callbacks.send(letter).await;
    let now = clock::now();
    let failures = subscription.failures.saturating_add(1);
    let failed = |error: String, asked: Option<RetryAfter>| {
        let next = again(wait(failures), asked, now);
        warn!(stage = "websub", output.id = %output, site, failures, "changes were not taken: {error}");
        Delivery::Failed { error, next }
    };
    match sent {
        Ok(reply) if reply.is_success() => Delivery::Taken(document.cursor.unwrap_or(subscription.cursor)),
        Ok(reply) if reply.status == GONE => {
            info!(stage = "websub", output.id = %output, site, "the callback is gone: its subscription ends");
            Delivery::Gone
        }
        Ok(reply) => failed(format!("the callback answered {}", reply.status), reply.retry_after),
        Err(error) => failed(chain(&error), None),
    }
}

/// Tells a subscriber that its subscription has ended (WebSub section 5.2), whether it hears or not.
pub(super) async fn deny(hub: Hub, subscription: Subscription, why: String) -> Delivery {
    let subscriber = &subscription.subscriber;
    let (site, output) = (&subscriber.site, &subscriber.output);
    info!(stage = "websub", output.id = %output, site, "a subscription ends: {why}");
    if let Ok(callback) = Url::parse(&subscriber.callback) {
        let parameters = [
            ("hub.mode", "denied"),
            ("hub.topic", &subscriber.topic),
            ("hub.reason", &why),
        ];
        if let Err(failed) = hub.callbacks.send(letter::question(&callback, &parameters)).await {
            info!(stage = "websub", site, "it could not be told: {}", chain(&failed));
        }
    }
    Delivery::Denied
}
