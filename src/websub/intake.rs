//! `POST /hub`: takes down who wishes to subscribe or to be left alone (WebSub section 5.1). Whether it is meant the callback is asked afterwards.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use chrono::TimeDelta;
use tracing::error;
use url::Url;

use super::Hub;
use crate::clock;
use crate::emit::{HUB_PATH, TopicError, one_line};
use crate::ingest::guard::Blocked;
use crate::store::{Subscriber, SubscriptionMode, Wished};
use crate::telemetry::chain;
use crate::wire;

/// Bytes of a request.
const MAX_BYTES: usize = 16 * 1024;
/// Bytes of a callback or topic.
const MAX_URL_BYTES: usize = 2048;
/// Secrets are shorter than this (section 5.1).
const SECRET_BYTES: usize = 200;
/// Leases: what is asked for is brought between these.
const SHORTEST: TimeDelta = TimeDelta::days(1);
const LONGEST: TimeDelta = TimeDelta::days(365);

/// A wish as it was sent.
#[derive(Debug, PartialEq, Eq)]
struct Wish {
    mode: SubscriptionMode,
    callback: Url,
    topic: String,
    secret: Option<String>,
    lease: Option<TimeDelta>,
}

/// Why a wish cannot be kept: a status and a line of plain text.
type Refusal = (StatusCode, String);

impl Hub {
    /// The hub's URL, if we serve one.
    pub fn router(&self) -> Router {
        if !self.config.websub.hub {
            return Router::new();
        }
        Router::new()
            .route(HUB_PATH, get(what_it_is).post(take))
            .layer(DefaultBodyLimit::max(MAX_BYTES))
            .with_state(self.clone())
    }

    async fn take(&self, body: &[u8]) -> Result<(), Refusal> {
        let wish = read(body)?;
        self.callbacks
            .check(&wish.callback)
            .map_err(|blocked| not_for_us(&blocked))?;
        let topic = self.app.topic(&wish.topic).map_err(|error| {
            let status = match error {
                TopicError::NotOurs(_) => StatusCode::BAD_REQUEST,
                TopicError::NotServed(_) => StatusCode::NOT_FOUND,
            };
            (status, format!("hub.topic: {error}"))
        })?;
        let subscriber = Subscriber {
            site: wire::site(&wish.callback),
            callback: wish.callback.into(),
            topic: wish.topic,
            output: topic.output.id,
            format: topic.format.extension().to_owned(),
            secret: wish.secret,
        };
        let limits = &self.config.websub;
        let lease = wish.lease.unwrap_or_else(|| clock::span(limits.lease));
        let kept = self
            .store
            .wish(wish.mode, &subscriber, lease, limits.max_subscriptions, clock::now())
            .await;
        match kept {
            Ok(Wished::Kept) => {
                self.wished.notify_one();
                Ok(())
            }
            Ok(Wished::Full) => {
                let line =
                    "this hub has as many subscribers as it may, in all or of your site; try again later, or poll";
                Err((StatusCode::SERVICE_UNAVAILABLE, line.to_owned()))
            }
            Err(failed) => {
                error!(
                    stage = "websub",
                    error = chain(&failed),
                    "a subscription cannot be kept"
                );
                let line = "the store cannot be written now; its operator finds the reason in the log";
                Err((StatusCode::SERVICE_UNAVAILABLE, line.to_owned()))
            }
        }
    }
}

async fn take(State(hub): State<Hub>, body: Bytes) -> Response {
    let (status, line) = match hub.take(&body).await {
        Ok(()) => {
            let line = "taken down: the callback will be asked whether it is meant";
            (StatusCode::ACCEPTED, line.to_owned())
        }
        Err(refusal) => refusal,
    };
    let mut response = one_line(status, &line);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, 3_600.into());
    }
    response
}

async fn what_it_is() -> &'static str {
    "This is a WebSub hub (https://www.w3.org/TR/websub/) for the documents of this server. POST hub.mode, hub.topic and hub.callback here.\n"
}

/// Reads a form.
fn read(body: &[u8]) -> Result<Wish, Refusal> {
    let bad = |line: &str| (StatusCode::BAD_REQUEST, line.to_owned());
    let value = |name: &str| {
        let mut pairs = url::form_urlencoded::parse(body);
        let found = pairs.find(|(key, _)| key == name);
        found
            .map(|(_, value)| value.into_owned())
            .filter(|value| !value.is_empty())
    };
    let mode = value("hub.mode").as_deref().and_then(SubscriptionMode::parse);
    let mode =
        mode.ok_or_else(|| bad("hub.mode is subscribe or unsubscribe, in a form (application/x-www-form-urlencoded)"))?;
    let callback = value("hub.callback").filter(|callback| callback.len() <= MAX_URL_BYTES);
    let callback = callback
        .and_then(|callback| Url::parse(&callback).ok())
        .filter(|url| url.has_host() && url.username().is_empty() && url.password().is_none())
        .ok_or_else(|| bad("hub.callback is an http or https URL of at most 2,048 bytes, without name and password"))?;
    let topic = value("hub.topic").filter(|topic| topic.len() <= MAX_URL_BYTES);
    let topic = topic.ok_or_else(|| bad("hub.topic is the URL of a document of this server"))?;
    let secret = value("hub.secret");
    if secret.as_ref().is_some_and(|secret| secret.len() >= SECRET_BYTES) {
        return Err(bad("hub.secret is shorter than 200 bytes"));
    }
    let lease = match value("hub.lease_seconds").map(|lease| lease.parse::<u32>()) {
        None => None,
        Some(Ok(seconds)) => Some(TimeDelta::seconds(seconds.into()).clamp(SHORTEST, LONGEST)),
        Some(Err(_)) => return Err(bad("hub.lease_seconds is a number of seconds")),
    };
    Ok(Wish {
        mode,
        callback,
        topic,
        secret,
        lease,
    })
}

/// What a stranger need know of why.
fn not_for_us(blocked: &Blocked) -> Refusal {
    let line = match blocked {
        Blocked::Scheme { .. } => "hub.callback is an http or https URL",
        Blocked::Port { .. } => {
            "hub.callback has the port of a web server: 80, 443, or one above 1023 that no other protocol is known to use"
        }
        Blocked::Address { .. } | Blocked::LinkLocal { .. } => "hub.callback is not on the public Internet",
    };
    (StatusCode::BAD_REQUEST, line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_read_or_refused_with_what_it_lacks() {
        let form =
            |more: &str| format!("hub.callback=https%3A%2F%2Fa.example%2Fx%3Fy&hub.topic=https://n.example/a{more}");
        for (body, want) in [
            (
                form("&hub.mode=subscribe"),
                Ok((SubscriptionMode::Subscribe, None, None)),
            ),
            (
                form("&hub.mode=unsubscribe&hub.verify=async"),
                Ok((SubscriptionMode::Unsubscribe, None, None)),
            ),
            (
                form("&hub.mode=subscribe&hub.secret=s&hub.lease_seconds=864000"),
                Ok((SubscriptionMode::Subscribe, Some("s"), Some(864_000))),
            ),
            (
                form("&hub.mode=subscribe&hub.lease_seconds=1"),
                Ok((SubscriptionMode::Subscribe, None, Some(86_400))),
            ),
            (
                form("&hub.mode=subscribe&hub.lease_seconds=4294967295"),
                Ok((SubscriptionMode::Subscribe, None, Some(31_536_000))),
            ),
            (form(""), Err("hub.mode")),
            (form("&hub.mode=publish"), Err("hub.mode")),
            (
                form("&hub.mode=subscribe&hub.lease_seconds=x"),
                Err("hub.lease_seconds"),
            ),
            (
                form("&hub.mode=subscribe&hub.lease_seconds=-5"),
                Err("hub.lease_seconds"),
            ),
            (
                form(&format!("&hub.mode=subscribe&hub.secret={}", "s".repeat(200))),
                Err("hub.secret"),
            ),
            ("hub.mode=subscribe&hub.topic=x".into(), Err("hub.callback")),
            (
                "hub.mode=subscribe&hub.topic=x&hub.callback=/x".into(),
                Err("hub.callback"),
            ),
            (
                "hub.mode=subscribe&hub.topic=x&hub.callback=https://u:p@a.example/".into(),
                Err("hub.callback"),
            ),
            (
                "hub.mode=subscribe&hub.callback=https://a.example/".into(),
                Err("hub.topic"),
            ),
            (String::new(), Err("hub.mode")),
            ("\u{0}\u{1}%%%&&==".into(), Err("hub.mode")),
        ] {
            let read = read(body.as_bytes());
            match want {
                Ok((mode, secret, lease)) => {
                    let wish = read.unwrap_or_else(|error| panic!("{body}: {error:?}"));
                    let seconds = wish.lease.map(|lease| lease.num_seconds());
                    assert_eq!(
                        (wish.mode, wish.secret.as_deref(), seconds),
                        (mode, secret, lease),
                        "{body}"
                    );
                    assert_eq!(wish.callback.as_str(), "https://a.example/x?y");
                }
                Err(start) => {
                    let (status, line) = read.expect_err(&body);
                    assert!(
                        status == StatusCode::BAD_REQUEST && line.starts_with(start),
                        "{body}: {line}"
                    );
                }
            }
        }
    }
}
