//! One request to a stranger who is told something, and the beginning of the answer: no redirects, no second try.
//!
//! The same way out as that of feeds: past the [`Guard`](crate::ingest::guard::Guard), through the proxy if there is one, within time-outs.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Response};
use tokio::time::timeout;
use url::Url;

use super::{Blocked, FetchError, Fetcher, RetryAfter, shown, text};

/// The whole exchange: who is told something has nothing to look up.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// The body of an answer whose status is known.
const BODY_WITHIN: Duration = Duration::from_secs(2);

/// Bytes of an answer that are read.
const ANSWER_BYTES: usize = 4096;

/// What is asked or told.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Whom.
    pub url: Url,
    /// `Content-Type` and the body of a POST; without it this is a GET.
    pub content: Option<(&'static str, Bytes)>,
    /// Further header lines; one that cannot be sent is left out.
    pub headers: Vec<(&'static str, String)>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// The first 4 KiB of its body, as far as they came within two seconds.
    pub body: Vec<u8>,
    /// `Retry-After`.
    pub retry_after: Option<RetryAfter>,
}

impl Reply {
    /// 2xx.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }
}

impl Fetcher {
    /// May this be asked, as far as can be told before its name is resolved?
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, url: &Url) -> Result<(), Blocked> {
        self.guard.check_url(url)
    }

    /// Sends a letter, and gives what is answered, whatever its status.
    ///
    /// # Errors
    /// [`FetchError`] if there was no answer.
    pub async fn send(&self, letter: Letter) -> Result<Reply, FetchError> {
        let url = letter.url.clone();
        timeout(ANSWER_WITHIN, self.post(letter))
            .await
            .unwrap_or_else(|_| Err(FetchError::Unheard(shown(&url), ANSWER_WITHIN)))
    }

    async fn post(&self, letter: Letter) -> Result<Reply, FetchError> {
        let url = letter.url;
        self.check(&url)
            .map_err(|blocked| FetchError::Blocked(shown(&url), blocked))?;
        let method = if letter.content.is_some() {
            Method::POST
        } else {
            Method::GET
        };
        let lines = letter.headers.into_iter().filter_map(|(name, value)| {
            let value = HeaderValue::try_from(value).ok()?;
            Some((HeaderName::from_static(name), value))
        });
        let mut headers = HeaderMap::new();
        // What is answered is compared byte for byte.
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
        headers.extend(lines);
        let mut request = self.negotiated.request(method, url.clone()).headers(headers);
        if let Some((content_type, body)) = letter.content {
            request = request.header(header::CONTENT_TYPE, content_type).body(body);
        }
        let response = request.send().await.map_err(|error| self.unanswered(&error, &url))?;
        let status = response.status().as_u16();
        let retry_after = text(response.headers(), header::RETRY_AFTER).and_then(|said| RetryAfter::parse(&said));
        Ok(Reply {
            status,
            body: beginning(response).await,
            retry_after,
        })
    }
}

/// What there is of a body. That it is cut or slow does not undo its status: what was taken is taken.
async fn beginning(mut response: Response) -> Vec<u8> {
    let mut body = Vec::new();
    let read = async {
        while body.len() < ANSWER_BYTES
            && let Ok(Some(chunk)) = response.chunk().await
        {
            body.extend_from_slice(&chunk);
        }
    };
    // Whoever has said yes need not be waited for.
    let _ = timeout(BODY_WITHIN, read).await;
    body.truncate(ANSWER_BYTES);
    body
}
