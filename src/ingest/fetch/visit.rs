//! One request for a page or a robots.txt, and the whole answer whatever its status: no redirect is followed and nothing is tried again, for each
//! step is one of its own, which the server's robots.txt and the pace of its site must allow first.
//!
//! The same way out as that of feeds: past the [`Guard`](crate::ingest::guard::Guard), through the proxy if there is one, within every limit.

use std::time::Duration;

use reqwest::header::{self, HeaderValue};
use tokio::time::timeout;
use url::Url;

use super::{
    A_IM, Ask, FetchError, Fetcher, RetryAfter, conditions, given_validators, is_redirect, own_headers,
    redirect_target, shown, text, without_credentials,
};
use crate::article::Validators;

const ACCEPT: HeaderValue =
    HeaderValue::from_static("text/html, application/xhtml+xml;q=0.9, text/plain;q=0.5, */*;q=0.1");

/// The longest that a page is waited for: meanwhile no feed of its site is polled.
const WITHIN: Duration = Duration::from_secs(30);

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`, as received.
    pub content_type: Option<String>,
    /// The body, decoded of its content coding; empty with a redirect.
    pub body: Vec<u8>,
    /// To ask with next time.
    pub validators: Validators,
    /// `Retry-After`.
    pub retry_after: Option<RetryAfter>,
    /// Where a redirect leads.
    pub moved: Option<Url>,
    /// A header line says that this is a check whether we are a person.
    pub is_challenge: bool,
}

/// Header lines that say so: of Cloudflare and of AWS WAF.
const CHALLENGES: &[&str] = &["cf-mitigated", "x-amzn-waf-action"];

impl Fetcher {
    /// Asks for a page once. What the source tells its own server is told to its origin alone; `Ask::validators` to the page itself.
    ///
    /// # Errors
    /// [`FetchError`] if there was no whole answer.
    pub async fn visit(&self, ask: Ask<'_>) -> Result<Visit, FetchError> {
        let within = self.total_timeout.min(WITHIN);
        timeout(within, self.go(ask))
            .await
            .unwrap_or_else(|_| Err(FetchError::TotalTimeout(shown(ask.url), within)))
    }

    /// [`visit`](Self::visit)s, and follows at most so many redirects; gives where that ended: at an answer, or at one redirect more, which may
    /// lead to where it stands.
    ///
    /// # Errors
    /// As there.
    pub async fn visit_through(&self, ask: Ask<'_>, redirects: usize) -> Result<(Url, Visit), FetchError> {
        let mut url = ask.url.clone();
        let mut visit = self.visit(ask).await?;
        for _ in 0..redirects {
            match visit.moved.take() {
                Some(next) if next != url => url = next,
                moved => {
                    visit.moved = moved;
                    break;
                }
            }
            visit = self.visit(Ask { url: &url, ..ask }).await?;
        }
        Ok((url, visit))
    }

    async fn go(&self, ask: Ask<'_>) -> Result<Visit, FetchError> {
        let mut url = ask.url.clone();
        url.set_fragment(None);
        self.guard
            .check_url(&url)
            .map_err(|blocked| FetchError::Blocked(shown(&url), blocked))?;
        let mut headers = conditions(ask.validators);
        headers.remove(A_IM);
        headers.insert(header::ACCEPT, ACCEPT);
        let mut request = self.negotiated.get(url.clone());
        if ask.home.origin() == url.origin() {
            let own = own_headers(ask.manners).await?;
            headers.extend(own.into_iter().filter_map(|(name, value)| Some((name?, value))));
        }
        if let Some(agent) = &ask.manners.user_agent {
            request = request.header(header::USER_AGENT, agent);
        }
        let response = request
            .headers(headers)
            .send()
            .await
            .map_err(|error| self.unanswered(&error, &url))?;
        let status = response.status();
        let said = response.headers();
        let visit = Visit {
            status: status.as_u16(),
            content_type: text(said, header::CONTENT_TYPE),
            body: Vec::new(),
            validators: given_validators(said),
            retry_after: text(said, header::RETRY_AFTER).and_then(|said| RetryAfter::parse(&said)),
            moved: None,
            is_challenge: CHALLENGES.iter().any(|name| said.contains_key(*name)),
        };
        if is_redirect(status) {
            let moved = redirect_target(&url, said.get(header::LOCATION))?;
            return Ok(Visit {
                moved: Some(without_credentials(moved)),
                ..visit
            });
        }
        let body = self.body(response, &url).await?;
        Ok(Visit { body, ..visit })
    }
}
