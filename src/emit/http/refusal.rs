//! Every answer but the document: a status and one plain line.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tracing::error;

use super::open_to_scripts;
use crate::store::StoreError;
use crate::telemetry::chain;

/// Anything but the document: a status and one plain line.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    line: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, line: impl Into<String>) -> Self {
        Self {
            status,
            line: line.into(),
        }
    }

    pub(super) fn not_found(line: String) -> Self {
        Self::new(StatusCode::NOT_FOUND, line)
    }

    pub(super) fn other_store() -> Self {
        Self::new(
            StatusCode::GONE,
            "this cursor is of another store, or ahead of this one, which was restored from a backup; begin again with ?since=0",
        )
    }

    /// The client learns that it is our fault; the log learns what.
    pub(super) fn fault(error: &dyn std::error::Error) -> Self {
        error!(
            stage = "respond",
            error = chain(error),
            "a request could not be answered"
        );
        Self::unreadable()
    }

    /// What the client is told of that.
    pub(super) fn unreadable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "the store cannot be read now; its operator finds the reason in the log",
        )
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::fault(&error)
    }
}

/// A line of plain text that nobody keeps; whatever the client wrote that stands in it, it is one line.
pub fn one_line(status: StatusCode, line: &str) -> Response {
    let line: String = line
        .chars()
        .map(|c| if c.is_control() { '\u{FFFD}' } else { c })
        .collect();
    (status, [(header::CACHE_CONTROL, "no-store")], line + "\n").into_response()
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = one_line(self.status, &self.line);
        // What tells nothing private a script of another site may read: that it must wait, or begin again.
        if matches!(
            self.status,
            StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::TOO_MANY_REQUESTS
        ) {
            open_to_scripts(response.headers_mut());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            // Readers that know Basic alone ask their user for a password: the token.
            for scheme in [
                "Bearer realm=\"dateline\"",
                "Basic realm=\"dateline\", charset=\"UTF-8\"",
            ] {
                response
                    .headers_mut()
                    .append(header::WWW_AUTHENTICATE, HeaderValue::from_static(scheme));
            }
        }
        response
    }
}
