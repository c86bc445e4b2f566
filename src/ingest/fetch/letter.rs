//! One request to a stranger who is told something, and the beginning of the answer: no redirects, no second try.
//!
//! The same way out as that of feeds: past the [`Guard`](crate::ingest::guard::Guard), through the proxy if there is one, within time-outs.

use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Response};
use tokio::time::timeout;
use url::Url;

use super::error::{Cause, is_timeout};
use super::{Blocked, FetchError, Fetcher, RetryAfter, shown, text};

/// The whole exchange: who is told something has nothing to look up.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// Bytes of an answer that are read.
const ANSWER_BYTES: usize = 4096;

/// What is asked or told.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Whom.
    pub url: Url,
    /// `Content-Type` and the body of a POST; without it this is a GET.
    pub content: Option<(String, Vec<u8>)>,
    /// Further header lines; one that cannot be sent is left out.
    pub headers: Vec<(&'static str, String)>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// The first 4 KiB of its body, as they came.
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
        let within = self.total_timeout.min(ANSWER_WITHIN);
        timeout(within, self.post(letter))
            .await
            .unwrap_or_else(|_| Err(FetchError::TotalTimeout(shown(&url), within)))
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
            body: self.beginning(response, &url).await?,
            retry_after,
        })
    }

    async fn beginning(&self, mut response: Response, url: &Url) -> Result<Vec<u8>, FetchError> {
        let mut body = Vec::new();
        while body.len() < ANSWER_BYTES {
            match response.chunk().await {
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(error) if is_timeout(&error) => {
                    return Err(FetchError::ReadTimeout(shown(url), self.read_timeout));
                }
                Err(error) => return Err(FetchError::Cut(shown(url), Cause::of(&error))),
            }
        }
        body.truncate(ANSWER_BYTES);
        Ok(body)
    }
}
