//! Changes of an output as they come: Server-Sent Events (HTML, section 9.2).
//!
//! One event a change: `article` or `withdrawal`, its data the article schema on one line, its id the cursor to go on from. A client that was cut
//! off sends the last id (`Last-Event-ID`) and hears what came meanwhile; a new one may begin with `?since=CURSOR`, else with what comes next.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tracing::warn;

use super::outputs::{cursor, value};
use super::refusal::Refusal;
use super::{App, open_to_scripts};
use crate::article::{Copies, PubStatus};
use crate::clock;
use crate::config::Output;
use crate::emit::access::Leave;
use crate::emit::{Asked, Format, publish};
use crate::store::{Cursor, Slice, StoreError};
use crate::telemetry::chain;

/// A silent connection says that it is alive: proxies cut those that are silent for a minute.
const ALIVE: Duration = Duration::from_secs(15);

/// One client.
struct Listener {
    app: Arc<App>,
    output: Output,
    cursor: Cursor,
    changes: watch::Receiver<u64>,
    /// Its place among the listeners.
    _place: OwnedSemaphorePermit,
}

pub(super) async fn events(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    asked: HeaderMap,
) -> Result<Response, Refusal> {
    let query = query.as_deref();
    let (output, leave) = app.find(&id, &asked, query)?;
    // One event a change: copies come without one.
    let output = Output {
        copies: Copies::Omitted,
        ..output.clone()
    };
    if value(query, "filter").is_some() {
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "events are those of the whole output; configure an output with that filter, and listen to it",
        ));
    }
    let last = asked.get("last-event-id").and_then(|id| id.to_str().ok());
    let place = Arc::clone(&app.listeners).try_acquire_owned().map_err(|_| {
        Refusal::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "as many listen as may; ask again later, or ask with ?since= now and then",
        )
    })?;
    // Before anything is read: what changes from here on is heard.
    let changes = app.store.changes();
    let from = match last.map(Cursor::parse) {
        Some(Some(cursor)) => Some(cursor),
        Some(None) => {
            return Err(Refusal::new(
                StatusCode::BAD_REQUEST,
                "Last-Event-ID is no cursor of ours",
            ));
        }
        None => cursor(query)?,
    };
    let slice = from.map_or(Slice::Newest(0), |cursor| Slice::Since(cursor, 0));
    let Some(listing) = app.store.listing(&output, slice, clock::now()).await? else {
        return Err(Refusal::other_store());
    };
    let listener = Listener {
        cursor: from.unwrap_or(listing.cursor),
        app,
        output,
        changes,
        _place: place,
    };
    let events = stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok::<_, Infallible>(event), listener))
    });
    let mut response = Sse::new(events)
        .keep_alive(KeepAlive::new().interval(ALIVE))
        .into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if leave == Leave::Open {
        open_to_scripts(headers);
    }
    Ok(response)
}

impl Listener {
    /// The next change, when it comes; `None` at the end of the daemon, or when the store cannot be read: the client comes again.
    async fn next(&mut self) -> Option<Event> {
        loop {
            match self.read().await {
                Ok(Some(event)) => return Some(event),
                Ok(None) => {}
                Err(failed) => {
                    warn!(stage = "respond", output.id = %self.output.id, error = chain(&failed), "a listener is cut off");
                    return None;
                }
            }
            let closing = self.app.closing.clone();
            closing.run_until_cancelled(self.changes.changed()).await?.ok()?;
        }
    }

    /// The next change that is there already.
    async fn read(&mut self) -> Result<Option<Event>, StoreError> {
        let (app, output) = (&self.app, &self.output);
        let (line, cursor) = loop {
            let asked = Asked::Since(self.cursor, Some(1));
            let read = publish(&app.config, &app.store, output, Format::Ndjson, asked, clock::now()).await?;
            let read = read.and_then(|document| Some((document.cursor?, document.bytes)));
            let Some((cursor, line)) = read.filter(|(cursor, _)| *cursor != self.cursor) else {
                return Ok(None);
            };
            self.cursor = cursor;
            // A change may be of an article that does not fit any more what of the filter depends on the time.
            if !line.is_empty() {
                break (line, cursor);
            }
        };
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end();
        // Quotes within a text are escaped: nothing else reads so.
        let is_withdrawn = line.contains(&format!("\"pubstatus\":\"{}\"", PubStatus::Canceled));
        let name = if is_withdrawn { "withdrawal" } else { "article" };
        Ok(Some(Event::default().event(name).id(cursor.to_string()).data(line)))
    }
}
