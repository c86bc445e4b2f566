//! Why a fetch failed, and what to do next.
//!
//! In: the HTTP client's error, or our own refusal. Out: a [`FetchError`] with one clear line, and a [`Next`] by type, never by
//! text. Pure: what time it is, the caller says.

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::ingest::guard::Blocked;

/// Why there is no document. The first field is the URL of the hop that failed, without user name, password and query,
/// which may hold secrets; a duration or a number is the limit that was met.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// At start only.
    #[error("the HTTP client cannot start; check user_agent under [fetch] and that this machine has CA certificates")]
    Setup(#[source] Cause),
    /// The URL, or what it redirects or resolves to, is not for us to reach.
    #[error("{0} was not fetched")]
    Blocked(String, #[source] Blocked),
    /// The URL cannot be put into a request.
    #[error("{0} cannot be requested; check the source's url")]
    BadUrl(String, #[source] Cause),
    /// The file of its credentials.
    #[error("{} cannot be read; check the source's authorization_file", .0.display())]
    Authorization(PathBuf, #[source] Cause),
    /// No address for the name.
    #[error("the host of {0} has no address; check its spelling and this machine's DNS")]
    Dns(String, #[source] Cause),
    /// Refused, unreachable.
    #[error("no connection to {0}")]
    Connect(String, #[source] Cause),
    /// Certificate or handshake. There is no way back to plain http.
    #[error("no trusted TLS connection to {0}")]
    Tls(String, #[source] Cause),
    /// DNS, TCP and TLS together took too long.
    #[error("no connection to {0} within {1:?} (connect_timeout)")]
    ConnectTimeout(String, Duration),
    /// The server fell silent, before the end of its header or within its body.
    #[error("{0} was silent for {1:?} (read_timeout)")]
    ReadTimeout(String, Duration),
    /// All of it together, redirects and quick retries included.
    #[error("{0} took longer than {1:?} in all (total_timeout)")]
    TotalTimeout(String, Duration),
    /// Nothing was answered to what it was told.
    #[error("no answer from {0} within {1:?}")]
    Unheard(String, Duration),
    /// The connection ended before an answer.
    #[error("{0} closed the connection without an answer")]
    NoAnswer(String, #[source] Cause),
    /// Not HTTP, or more header than any feed needs.
    #[error("{0} gave an answer that is not sound HTTP")]
    NotHttp(String, #[source] Cause),
    /// The URL is the one that was not asked any more.
    #[error(
        "more than {1} redirects (max_redirects), the last to {0}; put the feed's final address in the source's url"
    )]
    TooManyRedirects(String, usize),
    /// The URL was asked before.
    #[error("redirects lead in a circle back to {0}")]
    RedirectLoop(String),
    /// No `Location`, or one that is no URL.
    #[error("{0} redirects to no readable address")]
    BadRedirect(String),
    /// From https to the http address in the second field.
    #[error("{0} redirects from https down to {1}, which is not followed")]
    Downgrade(String, String),
    /// Any status that carries no whole document.
    #[error("{url} answered {status}{}", advice(*status))]
    Status {
        /// The last hop.
        url: String,
        /// HTTP status.
        status: u16,
        /// Redirects before this answer.
        hops: usize,
        /// What `Retry-After` said, on 429 and 503 only.
        retry_after: Option<RetryAfter>,
    },
    /// 304 to a question without validators.
    #[error("{0} answered 304 (not modified) though it was asked for the whole document")]
    UnaskedNotModified(String),
    /// In bytes, counted after decoding.
    #[error("{0} sends more than {1} bytes; raise max_body_bytes under [fetch] if that is its true size")]
    TooLarge(String, usize),
    /// A compressed body that unfolds to so many times its length.
    #[error("the compressed document of {0} unfolds {1} times over: no feed does")]
    Bomb(String, usize),
    /// The body ended, or broke, before its announced end.
    #[error("the document of {0} was cut on its way")]
    Cut(String, #[source] Cause),
    /// A content coding that we did not offer (second field), or several on top of each other.
    #[error("{0} answered in content coding \"{1}\", which was not asked for")]
    UnknownEncoding(String, String),
    /// The body is not what its content coding says.
    #[error("the compressed document of {0} is damaged")]
    Decoding(String, #[source] Cause),
}

/// What to do after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Back off and try again.
    Retry,
    /// The server named a time; not before.
    WaitUntil(DateTime<Utc>),
    /// Only the operator can mend this (410, a blocked address): slow to the ceiling, keep saying so.
    GiveUp,
}

/// The innermost reason that the HTTP client gave, without the layers that it came through.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Cause(String);

/// `Retry-After` (RFC 9110 section 10.2.3), as said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// Seconds from the answer.
    Seconds(u32),
    /// The HTTP-date form.
    At(DateTime<Utc>),
}

impl FetchError {
    /// What to do after this failure, given the time at which it came.
    #[must_use]
    pub fn next(&self, now: DateTime<Utc>) -> Next {
        match self {
            Self::Setup(..) | Self::Blocked(..) | Self::BadUrl(..) | Self::Status { status: 410, .. } => Next::GiveUp,
            Self::Status {
                retry_after: Some(said),
                ..
            } => match said.after(now) {
                at if at > now => Next::WaitUntil(at),
                _ => Next::Retry,
            },
            Self::Status { retry_after: None, .. }
            | Self::Authorization(..)
            | Self::Dns(..)
            | Self::Connect(..)
            | Self::Tls(..)
            | Self::ConnectTimeout(..)
            | Self::ReadTimeout(..)
            | Self::TotalTimeout(..)
            | Self::Unheard(..)
            | Self::NoAnswer(..)
            | Self::NotHttp(..)
            | Self::TooManyRedirects(..)
            | Self::RedirectLoop(..)
            | Self::BadRedirect(..)
            | Self::Downgrade(..)
            | Self::UnaskedNotModified(..)
            | Self::TooLarge(..)
            | Self::Bomb(..)
            | Self::Cut(..)
            | Self::UnknownEncoding(..)
            | Self::Decoding(..) => Next::Retry,
        }
    }

    /// The HTTP status, if it was the status that failed.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        if let Self::Status { status, .. } = self {
            return Some(*status);
        }
        matches!(self, Self::UnaskedNotModified(..)).then_some(304)
    }

    /// Whether half a second may mend it: a connection that broke, and PR Newswire, which answers one request in three with a 301 to the
    /// URL and a slash, which is a 404; the next request is answered well. A server in trouble (5xx) has answered: it is left alone.
    pub(super) fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Connect(..)
                | Self::NoAnswer(..)
                | Self::Cut(..)
                | Self::Status {
                    status: 404,
                    hops: 1..,
                    ..
                }
        )
    }
}

impl RetryAfter {
    /// `None` for what is neither whole seconds nor an HTTP-date: then it is as if nothing was said.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            // More than a number can hold is a very long time (RFC 9111 section 1.2.2); the longest wait bounds it.
            return (!text.is_empty()).then(|| Self::Seconds(text.parse().unwrap_or(u32::MAX)));
        }
        httpdate::parse_http_date(text).ok().map(|at| Self::At(at.into()))
    }

    /// The instant meant, at most [`LONGEST_WAIT`] after `now`.
    pub(crate) fn after(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Seconds(seconds) => now + TimeDelta::seconds(seconds.into()).min(LONGEST_WAIT),
            Self::At(at) => at.min(now + LONGEST_WAIT),
        }
    }
}

impl Cause {
    /// Of a decoder, a file.
    pub(super) fn new(error: &io::Error) -> Self {
        Self(error.to_string())
    }

    pub(super) fn of(error: &reqwest::Error) -> Self {
        // Not the client's own words: those hold the whole URL.
        let innermost = causes(error).last();
        Self(innermost.map_or_else(|| "no reason given".to_owned(), ToString::to_string))
    }
}

/// The longest wait that a server may ask for.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(48);

/// What the operator can do about a status, in the words that follow it.
fn advice(status: u16) -> &'static str {
    match status {
        300..=399 => ", a redirect that cannot be followed",
        401 => ": it wants credentials; name the file that holds them in the source's authorization_file",
        407 => ": the proxy wants credentials; name one under [fetch] that lets us through without",
        403 | 451 => ": it refuses us; check user_agent under [fetch] and the site's terms",
        404 => ": no feed there; check the source's url if this stays so",
        410 => ": the feed is gone for good; remove the source",
        429 => ": it asks us to poll less often",
        200..=299 => ", which carries no whole document",
        500..=599 => ": the server is in trouble",
        _ => "",
    }
}

/// The first error of type `E` below `error`.
pub(super) fn find<E: Error + 'static>(error: &reqwest::Error) -> Option<&E> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// Whether a time-out is behind `error`, also where a decoder has wrapped it.
pub(super) fn is_timeout(error: &reqwest::Error) -> bool {
    error.is_timeout()
        || causes(error)
            .filter_map(|cause| cause.downcast_ref())
            .any(reqwest::Error::is_timeout)
}

/// The chain below `error`. `io::Error::source` steps over the error that it wraps; this does not.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |&cause| {
        match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => cause.source(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_reads_as_one_line_that_says_where_and_what_to_do() {
        let status = |status| FetchError::Status {
            url: "https://a.example/feed".into(),
            status,
            hops: 0,
            retry_after: None,
        };
        for (error, want) in [
            (
                status(404),
                "https://a.example/feed answered 404: no feed there; check the source's url if this stays so",
            ),
            (
                status(410),
                "https://a.example/feed answered 410: the feed is gone for good; remove the source",
            ),
            (
                status(401),
                "https://a.example/feed answered 401: it wants credentials; name the file that holds them in the source's \
                 authorization_file",
            ),
            (
                status(407),
                "https://a.example/feed answered 407: the proxy wants credentials; name one under [fetch] that lets us through without",
            ),
            (
                status(429),
                "https://a.example/feed answered 429: it asks us to poll less often",
            ),
            (status(418), "https://a.example/feed answered 418"),
            (
                FetchError::ReadTimeout("https://a.example/feed".into(), Duration::from_secs(30)),
                "https://a.example/feed was silent for 30s (read_timeout)",
            ),
            (
                FetchError::TooLarge("https://a.example/feed".into(), 16_777_216),
                "https://a.example/feed sends more than 16777216 bytes; raise max_body_bytes under [fetch] if that is \
                 its true size",
            ),
        ] {
            assert_eq!(error.to_string(), want);
        }
    }
}
