//! How the daemon does, for who watches over it: `/healthz`, `/readyz` and `/metrics`.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Extension, RawQuery, Request, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;
use tracing::error;

use super::refusal::Refusal;
use super::{App, Peer};
use crate::article::{Exposure, Health, Tier};
use crate::clock;
use crate::config::{Config, Output};
use crate::emit::Format;
use crate::emit::readiness::{TierStands, tiers};
use crate::filter::Filter;
use crate::store::{Displacement, Room, StoreError, Vital};
use crate::telemetry::{CONTENT_TYPE, Gauges, Standing, chain};
use crate::text;

/// A writer that has not answered by then keeps polls waiting. Below what probes wait by default (Kubernetes asks for less: set its own).
const PATIENCE: Duration = Duration::from_secs(5);

/// Header lines by which a proxy says that it asks for somebody else (RFC 9110, RFC 7239, and the names from before).
const OF_PROXIES: [HeaderName; 4] = [
    header::VIA,
    header::FORWARDED,
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-real-ip"),
];

/// States of a source that is polled, besides those of its last poll.
const FURTHER_STATES: [&str; 2] = ["late", "new"];

const PLAIN: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// The store can be read; or what keeps it from that is told by `/readyz`, and no restart mends it.
pub(super) async fn healthz(State(app): State<Arc<App>>) -> Result<Response, Refusal> {
    match app.store.select(&Filter::everything(), 1, clock::now()).await {
        Ok(_) => Ok((PLAIN, "ok\n").into_response()),
        Err(failed) if failed.is_damage() || app.store.in_place().is_err() => {
            Ok((PLAIN, "alive; /readyz says what is wrong\n").into_response())
        }
        Err(failed) => Err(failed.into()),
    }
}

/// The store can be written and takes what is polled, and each tier of sources answers; else a line for each reason.
pub(super) async fn readyz(State(app): State<Arc<App>>) -> Result<Response, Refusal> {
    let store = app.store.clone();
    // A task of its own: a transaction is not given up half-way because a probe went.
    let writer = tokio::spawn(async move { store.writer_answers().await });
    let (writer, vitals) = tokio::join!(timeout(PATIENCE, writer), timeout(PATIENCE, app.store.vitals()));
    let writer = match writer {
        Ok(Ok(Ok(()))) => None,
        Ok(Ok(Err(StoreError::Displaced { what, .. }))) => Some(
            match what {
                Displacement::Gone => "the store's file was moved or removed; polls are not kept until it is back",
                Displacement::Replaced { .. } => {
                    "another file stands in the place of the store's; polls are not kept until a restart"
                }
            }
            .to_owned(),
        ),
        Ok(Ok(Err(failed))) => {
            error!(stage = "respond", error = chain(&failed), "the store cannot be written");
            Some("the store cannot be written; its operator finds the reason in the log".to_owned())
        }
        Ok(Err(_)) => Some("asking the store's writer failed".to_owned()),
        Err(_) => Some(format!(
            "the store's writer has not answered for {} s",
            PATIENCE.as_secs()
        )),
    };
    // The lock can be had on a full disk too.
    let unkept = match app.metrics.sources_unkept() {
        0 => None,
        count => Some(format!(
            "the last polls of {} could not be stored; their operator finds the reason in the log",
            text::counted(count, "source")
        )),
    };
    // It may have been met by what asks now.
    let unsound = match app.store.sound() {
        Err(StoreError::Unsound { .. }) => Some(
            "damage was found in the store; its operator finds the reason in the log, and restores a backup".to_owned(),
        ),
        Ok(()) | Err(_) => None,
    };
    let (unread, tiers) = match vitals {
        Ok(Ok(vitals)) => (None, tiers(&app.config, &vitals, clock::now())),
        Ok(Err(failed)) => {
            error!(stage = "respond", error = chain(&failed), "the store cannot be read");
            (
                Some("the store cannot be read; its operator finds the reason in the log".to_owned()),
                Vec::new(),
            )
        }
        Err(_) => (
            Some(format!(
                "the store has not answered a reader for {} s",
                PATIENCE.as_secs()
            )),
            Vec::new(),
        ),
    };
    let reasons: Vec<String> = writer
        .into_iter()
        .chain(unsound)
        .chain(unread)
        .chain(unkept)
        .chain(tiers.iter().filter_map(TierStands::reason))
        .map(|reason| reason + "\n")
        .collect();
    Ok(match reasons.is_empty() {
        true => (PLAIN, "ready\n".to_owned()).into_response(),
        false => (StatusCode::SERVICE_UNAVAILABLE, PLAIN, reasons.concat()).into_response(),
    })
}

/// What is counted, and how the store and its sources stand; also while the store cannot be read.
pub(super) async fn metrics(
    State(app): State<Arc<App>>,
    peer: Option<Extension<Peer>>,
    RawQuery(query): RawQuery,
    asked: HeaderMap,
) -> Result<Response, Refusal> {
    let may = match app.config.http.metrics {
        Exposure::Open => true,
        Exposure::Off => return Err(Refusal::not_found("there is no /metrics; start at /".to_owned())),
        Exposure::Local => {
            let peer = peer.map(|Extension(Peer(address))| address);
            is_of_this_machine(peer, &asked) || app.access.to_all(&asked, query.as_deref())
        }
    };
    if !may {
        return Err(Refusal::new(
            StatusCode::UNAUTHORIZED,
            "/metrics is read on this machine, or with a token of [http] token_file, as `Authorization: Bearer TOKEN`",
        ));
    }
    let path = app.store.path().to_owned();
    let room = tokio::task::spawn_blocking(move || Room::of(&path));
    let (room, standing) = tokio::join!(room, standing(&app));
    let room = room.unwrap_or_default();
    let standing = standing
        .inspect_err(|failed| error!(stage = "respond", error = chain(failed), "metrics without the store"))
        .ok();
    let gauges = Gauges {
        is_up: standing.is_some() && app.store.sound().is_ok(),
        standing,
        store_bytes: room.store,
        log_bytes: room.log,
        disk_bytes: room.available,
    };
    let text = app.metrics.text(&gauges).map_err(|error| Refusal::fault(&error))?;
    Ok((PLAIN, [(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response())
}

/// Is it asked from this machine how the daemon does? A probe that is turned away takes it for dead.
pub(super) fn is_watch(request: &Request) -> bool {
    let peer = request.extensions().get::<Peer>().map(|Peer(address)| *address);
    matches!(request.uri().path(), "/healthz" | "/readyz" | "/metrics") && is_of_this_machine(peer, request.headers())
}

/// Does who asks sit at this machine? A proxy here asks for others: it says so, or passes on the name that they called.
fn is_of_this_machine(peer: Option<IpAddr>, asked: &HeaderMap) -> bool {
    let is_proxied = OF_PROXIES.iter().any(|name| asked.contains_key(name));
    let host = asked.get(header::HOST).and_then(|host| host.to_str().ok());
    peer.is_some_and(|address| address.to_canonical().is_loopback()) && !is_proxied && host.is_some_and(is_loopback)
}

/// `localhost:8844`, `127.0.0.1`, `[::1]:8844`
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        Some(_) | None => host,
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

async fn standing(app: &App) -> Result<Standing, StoreError> {
    app.store.in_place()?;
    let now = clock::now();
    let vitals = app.store.vitals().await?;
    let subscribers = app.store.subscribers(now).await?;
    let tiers = tiers(&app.config, &vitals, now);
    Ok(Standing {
        sources: tiers
            .iter()
            .flat_map(|stands| by_state(&app.config, &vitals, stands.tier))
            .collect(),
        tiers: tiers
            .iter()
            .map(|stands| (stands.tier, stands.is_ready, stands.last_success))
            .collect(),
        subscribers: subscribers.all,
        subscribers_behind: subscribers.behind,
    })
}

/// Sources of a tier in each state, none among them: a graph shows 0, not a hole.
fn by_state(config: &Config, vitals: &[Vital], tier: Tier) -> Vec<(Tier, String, i64)> {
    let states = Health::ALL.iter().map(|health| health.as_str()).chain(FURTHER_STATES);
    let mut counts: Vec<(Tier, String, i64)> = states.map(|state| (tier, state.to_owned(), 0)).collect();
    let of_tier = config
        .sources
        .iter()
        .filter(|source| source.enabled && source.tier == tier);
    for source in of_tier {
        let vital = vitals.iter().find(|vital| vital.source == source.id);
        let count = vital.and_then(|vital| counts.iter_mut().find(|(_, state, _)| *state == vital.state));
        if let Some((_, _, count)) = count {
            *count += 1;
        }
    }
    counts
}

/// Counts the requests of outputs that there are.
pub(super) async fn count(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    if let Some((output, format)) = counted(&app.config.outputs, &path) {
        app.metrics.answered(&output.id, format, response.status().as_u16());
    }
    response
}

/// Which output a path names, and in what form; nothing that is not ours becomes a label.
fn counted<'o>(outputs: &'o [Output], path: &str) -> Option<(&'o Output, &'static str)> {
    let path = path.strip_prefix("/outputs/")?;
    let extension = |name: &str| Format::of_extension(name.rsplit_once('.')?.1).map(Format::extension);
    let (id, format) = match path.split_once('/') {
        Some((id, "events")) => (id, "events"),
        Some((id, archive)) => (id, extension(archive.strip_prefix("archive/")?)?),
        None => match path.rsplit_once('.') {
            Some((id, _)) => (id, extension(path)?),
            None => (path, "page"),
        },
    };
    let output = outputs.iter().find(|output| output.id.as_str() == id)?;
    Some((output, format))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_of_an_output_is_counted_by_its_form_and_nothing_else_is() {
        let config = crate::config::parse("[[output]]\nid = \"all\"\n", "t.toml").unwrap();
        for (path, want) in [
            ("/outputs/all.atom", Some("atom")),
            ("/outputs/all.ninjs", Some("ninjs")),
            ("/outputs/all/archive/50-1.json", Some("json")),
            ("/outputs/all/events", Some("events")),
            ("/outputs/all", Some("page")),
            ("/outputs/all.exe", None),
            ("/outputs/all/archive/50-1.exe", None),
            ("/outputs/other.atom", None),
            ("/outputs/all/other", None),
            ("/articles/1", None),
        ] {
            assert_eq!(counted(&config.outputs, path).map(|(_, format)| format), want, "{path}");
        }
    }

    #[test]
    fn who_asks_from_this_machine_asks_for_himself() {
        for (peer, host, header, want) in [
            (Some("127.0.0.1"), "127.0.0.1:8844", None, true),
            (Some("127.0.0.1"), "localhost:8844", None, true),
            (Some("127.0.0.1"), "LOCALHOST", None, true),
            (Some("::1"), "[::1]:8844", None, true),
            (Some("::1"), "[::1]", None, true),
            (Some("::ffff:127.0.0.1"), "127.0.0.1:8844", None, true),
            (Some("127.0.0.1"), "127.0.0.1:8844", Some("X-Forwarded-For"), false),
            (Some("127.0.0.1"), "127.0.0.1:8844", Some("Forwarded"), false),
            (Some("::1"), "[::1]:8844", Some("Via"), false),
            (Some("127.0.0.1"), "news.example.org", None, false),
            (Some("127.0.0.1"), "127.0.0.1.example.org:80", None, false),
            (Some("192.0.2.1"), "127.0.0.1:8844", None, false),
            (None, "127.0.0.1:8844", None, false),
        ] {
            let peer = peer.map(|peer| peer.parse().unwrap());
            let further = header.map(|header| (header, "192.0.2.7"));
            let asked: HeaderMap = std::iter::once(("Host", host))
                .chain(further)
                .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap()))
                .collect();
            assert_eq!(is_of_this_machine(peer, &asked), want, "{peer:?} {host} {header:?}");
        }
    }
}
