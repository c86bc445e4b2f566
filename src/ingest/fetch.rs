//! Fetches one document: conditional, bounded, guarded.
//!
//! In: a URL and the [`Validators`] of the last time. Out: the whole document, or "nothing changed", or a [`FetchError`]
//! that knows by its type what to do [`Next`]. A document that is cut, coded in a way we did not ask for, or longer than the
//! cap is an error, never a shorter document. (Two cuts do not show: the end of a body that announced no length, and what
//! follows the first member of a gzip body. The parser finds those.)
//!
//! Asks as a feed reader should: both validators echoed byte for byte, feed types in `Accept`, no cookies, no `Referer`,
//! no proxy, no probing of other paths. Redirects are followed by hand, so that every hop passes the [`Guard`] and the
//! validators go no further than the site they came from. Never reads the clock: `Retry-After` is kept as said until
//! [`FetchError::next`] is told what time it is.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, ClientBuilder, Response, StatusCode, redirect};
use url::Url;

use super::guard::{Blocked, Guard, Reach};
use super::schedule::Freshness;
use crate::article::Validators;
use crate::config::FetchConfig;

mod error;

pub use error::{Cause, FetchError, Next, RetryAfter};
use error::{find, is_timeout};

/// A document, complete.
#[derive(Debug, Clone)]
pub struct Payload {
    /// Decoded of its content coding, not of its character set.
    pub bytes: Vec<u8>,
    /// `Content-Type`, as received.
    pub content_type: Option<String>,
    /// Where it came from, after redirects, without user name and password: what relative links are relative to.
    pub url: Url,
    /// HTTP status: 200, or 203 where a proxy changed the document on its way.
    pub status: u16,
    /// To ask with next time. Empty if redirects led to another site: see [`Fetcher::fetch`].
    pub validators: Validators,
    /// How long it is good for, by the server.
    pub freshness: Freshness,
}

/// The answer of a server that answered well.
#[derive(Debug, Clone)]
pub enum Fetched {
    /// 304: nothing changed. The validators to ask with next time (the server may send new ones), and how long that is good for.
    NotModified(Validators, Freshness),
    /// A document.
    Body(Payload),
}

/// One HTTP client for all sources: connections to a host are shared and kept.
#[derive(Debug, Clone)]
pub struct Fetcher {
    /// HTTP/2 where the server has it.
    negotiated: Client,
    /// HTTP/1.1 only, for quick retries: GlobeNewswire resets HTTP/2 streams of user agents it does not know.
    http1: Client,
    guard: Guard,
    connect_timeout: Duration,
    read_timeout: Duration,
    total_timeout: Duration,
    max_body_bytes: usize,
    max_redirects: usize,
}

impl Fetcher {
    /// Reads the system's CA certificates, and makes ring the TLS provider of the whole program if none was chosen.
    ///
    /// # Errors
    /// [`FetchError::Setup`].
    pub fn new(config: &FetchConfig) -> Result<Self, FetchError> {
        // An error here means that a provider is installed already: then that one serves.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let guard = Guard::new(match config.allow_private_networks {
            true => Reach::Any,
            false => Reach::Public,
        });
        let build = |builder: ClientBuilder| builder.build().map_err(|error| FetchError::Setup(Cause::of(&error)));
        Ok(Self {
            negotiated: build(client(config, guard))?,
            http1: build(client(config, guard).http1_only())?,
            guard,
            connect_timeout: config.connect_timeout,
            read_timeout: config.read_timeout,
            total_timeout: config.total_timeout,
            max_body_bytes: config.max_body_bytes,
            max_redirects: config.max_redirects,
        })
    }

    /// Fetches `url`, asking whether it changed since `validators` were given.
    ///
    /// Validators belong to the site of `url` (its host and port, `www.` or not, http or https). They are sent to no
    /// other, and what another site gives is not kept: a feed that lives behind a redirect to another site is fetched
    /// whole each time, until the operator writes its final address.
    ///
    /// Failures that pass in a moment are tried again, twice at most, within the same total time-out.
    ///
    /// # Errors
    /// [`FetchError`]; nothing of a document that did not arrive whole is returned, its validators neither.
    pub async fn fetch(&self, url: &Url, validators: &Validators) -> Result<Fetched, FetchError> {
        tokio::time::timeout(self.total_timeout, self.persist(url, validators))
            .await
            .unwrap_or_else(|_| Err(FetchError::TotalTimeout(shown(url), self.total_timeout)))
    }

    async fn persist(&self, url: &Url, validators: &Validators) -> Result<Fetched, FetchError> {
        let mut outcome = self.follow(&self.negotiated, url, validators).await;
        for pause in QUICK_RETRIES {
            if !outcome.as_ref().is_err_and(FetchError::is_passing) {
                break;
            }
            tokio::time::sleep(pause).await;
            outcome = self.follow(&self.http1, url, validators).await;
        }
        outcome
    }

    async fn follow(&self, client: &Client, source: &Url, validators: &Validators) -> Result<Fetched, FetchError> {
        let mut url = source.clone();
        url.set_fragment(None);
        let mut visited = Vec::new();
        loop {
            self.guard
                .check_url(&url)
                .map_err(|blocked| FetchError::Blocked(shown(&url), blocked))?;
            let at_home = same_site(source, &url);
            let asked = if at_home {
                validators.clone()
            } else {
                Validators::default()
            };
            let request = client.get(url.clone()).headers(conditions(&asked));
            let response = request.send().await.map_err(|error| self.unanswered(&error, &url))?;
            if !is_redirect(response.status()) {
                let given = if at_home {
                    given_validators(response.headers())
                } else {
                    Validators::default()
                };
                return self.answer(response, url, asked, given, visited.len()).await;
            }
            let next = redirect_target(&url, response.headers().get(header::LOCATION))?;
            visited.push(url);
            if visited.contains(&next) {
                return Err(FetchError::RedirectLoop(shown(&next)));
            }
            if visited.len() > self.max_redirects {
                return Err(FetchError::TooManyRedirects(shown(&next), self.max_redirects));
            }
            url = next;
        }
    }

    /// Judges the answer that is no redirect.
    async fn answer(
        &self,
        response: Response,
        url: Url,
        asked: Validators,
        given: Validators,
        hops: usize,
    ) -> Result<Fetched, FetchError> {
        let freshness = freshness(response.headers());
        match response.status() {
            StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION => {
                let (status, content_type) = (
                    response.status().as_u16(),
                    text(response.headers(), header::CONTENT_TYPE),
                );
                let bytes = self.body(response, &url).await?;
                let url = without_credentials(url);
                Ok(Fetched::Body(Payload {
                    bytes,
                    content_type,
                    url,
                    status,
                    validators: given,
                    freshness,
                }))
            }
            StatusCode::NOT_MODIFIED if asked == Validators::default() => {
                Err(FetchError::UnaskedNotModified(shown(&url)))
            }
            // RFC 9111 section 4.3.4: what a 304 carries replaces what is stored, what it leaves out stays.
            StatusCode::NOT_MODIFIED => {
                let kept = Validators {
                    etag: given.etag.or(asked.etag),
                    last_modified: given.last_modified.or(asked.last_modified),
                };
                Ok(Fetched::NotModified(kept, freshness))
            }
            status => Err(FetchError::Status {
                url: shown(&url),
                status: status.as_u16(),
                hops,
                retry_after: match status {
                    StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                        text(response.headers(), header::RETRY_AFTER).and_then(|said| RetryAfter::parse(&said))
                    }
                    _ => None,
                },
            }),
        }
    }

    /// The whole decoded body. Memory grows with what arrives, never with what a header announces.
    async fn body(&self, mut response: Response, url: &Url) -> Result<Vec<u8>, FetchError> {
        // The client takes the header away when it decodes: what is left is a coding that nobody undid.
        if let Some(encoding) = response.headers().get(header::CONTENT_ENCODING)
            && !encoding.as_bytes().eq_ignore_ascii_case(b"identity")
        {
            let encoding = String::from_utf8_lossy(encoding.as_bytes()).chars().take(40).collect();
            return Err(FetchError::UnknownEncoding(shown(url), encoding));
        }
        let too_large = || FetchError::TooLarge(shown(url), self.max_body_bytes);
        if response
            .content_length()
            .is_some_and(|announced| announced > self.max_body_bytes as u64)
        {
            return Err(too_large());
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.broken(&error, url))? {
            if chunk.len() > self.max_body_bytes - bytes.len() {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    /// Names a failure before the end of the header.
    fn unanswered(&self, error: &reqwest::Error, url: &Url) -> FetchError {
        let (place, cause) = (shown(url), Cause::of(error));
        if let Some(blocked) = find::<Blocked>(error) {
            FetchError::Blocked(place, blocked.clone())
        } else if error.is_builder() {
            FetchError::BadUrl(place, cause)
        } else if is_timeout(error) && error.is_connect() {
            FetchError::ConnectTimeout(place, self.connect_timeout)
        } else if is_timeout(error) {
            FetchError::ReadTimeout(place, self.read_timeout)
        } else if error.is_dns() {
            FetchError::Dns(place, cause)
        } else if find::<rustls::Error>(error).is_some() {
            FetchError::Tls(place, cause)
        } else if error.is_connect() {
            FetchError::Connect(place, cause)
        } else if find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse) {
            FetchError::NotHttp(place, cause)
        } else {
            FetchError::NoAnswer(place, cause)
        }
    }

    /// Names a failure within the body: the transport's have hyper's error in their chain, a decoder's have not.
    fn broken(&self, error: &reqwest::Error, url: &Url) -> FetchError {
        let (place, cause) = (shown(url), Cause::of(error));
        if is_timeout(error) {
            FetchError::ReadTimeout(place, self.read_timeout)
        } else if find::<hyper::Error>(error).is_some() {
            FetchError::Cut(place, cause)
        } else {
            FetchError::Decoding(place, cause)
        }
    }
}

/// The validators that an answer carries.
fn given_validators(headers: &HeaderMap) -> Validators {
    Validators {
        etag: text(headers, header::ETAG),
        last_modified: text(headers, header::LAST_MODIFIED),
    }
}

/// How long an answer is good for, by its header.
fn freshness(headers: &HeaderMap) -> Freshness {
    let said = |name| text(headers, name);
    Freshness::parse(
        said(header::CACHE_CONTROL).as_deref(),
        said(header::EXPIRES).as_deref(),
        said(header::DATE).as_deref(),
        said(header::AGE).as_deref(),
    )
}

/// Pauses before the second and the third try.
const QUICK_RETRIES: [Duration; 2] = [Duration::from_millis(250), Duration::from_millis(500)];

/// Response header lines read; a feed has some twenty, a cookie storm ten thousand.
const MAX_HEADERS: usize = 200;

/// Longest header value that is kept.
const MAX_KEPT_BYTES: usize = 1024;

/// Longest URL that a redirect may lead to (RFC 9110 section 4.1 asks for 8000 at least).
const MAX_REDIRECT_BYTES: usize = 8192;

const ACCEPT: HeaderValue = HeaderValue::from_static(
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1",
);

const ACCEPT_ENCODING: HeaderValue = HeaderValue::from_static("gzip, br, zstd");

/// The client's own defaults are none of ours: no time-out at all, ten redirects, `Referer` sent.
fn client(config: &FetchConfig, guard: Guard) -> ClientBuilder {
    let headers = HeaderMap::from_iter([(header::ACCEPT, ACCEPT), (header::ACCEPT_ENCODING, ACCEPT_ENCODING)]);
    Client::builder()
        .user_agent(&config.user_agent)
        .default_headers(headers)
        .redirect(redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .dns_resolver(Arc::new(guard))
        .connect_timeout(config.connect_timeout)
        .read_timeout(config.read_timeout)
        .pool_max_idle_per_host(config.per_host)
        .http1_max_headers(MAX_HEADERS)
}

/// The redirects that name a new address for the same question. 300, 304 and 305 do not.
fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Where a redirect leads. Credentials stay behind when it leaves the origin, and those that it brings are dropped: only the
/// operator decides what we sign in with.
fn redirect_target(from: &Url, location: Option<&HeaderValue>) -> Result<Url, FetchError> {
    let mut target = location
        .and_then(|location| std::str::from_utf8(location.as_bytes()).ok())
        .and_then(|location| from.join(location).ok())
        .filter(|target| target.as_str().len() <= MAX_REDIRECT_BYTES)
        .ok_or_else(|| FetchError::BadRedirect(shown(from)))?;
    target.set_fragment(None);
    if from.scheme() == "https" && target.scheme() == "http" {
        return Err(FetchError::Downgrade(shown(from), shown(&target)));
    }
    let mut target = without_credentials(target);
    if from.origin() == target.origin() {
        let _ = target.set_username(from.username());
        let _ = target.set_password(from.password());
    }
    Ok(target)
}

/// Whether two URLs are of one publisher's server, as far as validators go.
fn same_site(source: &Url, hop: &Url) -> bool {
    fn host(url: &Url) -> Option<&str> {
        url.host_str().map(|host| host.strip_prefix("www.").unwrap_or(host))
    }
    // `port` is None for the scheme's own port, so that http and https on their usual ports are one site.
    host(source) == host(hop) && source.port() == hop.port()
}

/// A stored validator that is no header text is left out: the question is then asked without it.
fn conditions(validators: &Validators) -> HeaderMap {
    [
        (header::IF_NONE_MATCH, &validators.etag),
        (header::IF_MODIFIED_SINCE, &validators.last_modified),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, HeaderValue::from_str(value.as_deref()?).ok()?)))
    .collect()
}

/// A header's value, if it is short and plain text and so can be stored and sent back byte for byte.
fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    (!value.is_empty() && value.len() <= MAX_KEPT_BYTES).then(|| value.to_owned())
}

fn without_credentials(mut url: Url) -> Url {
    // Only URLs that cannot have credentials refuse.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url
}

/// A URL for people and logs.
fn shown(url: &Url) -> String {
    let mut url = without_credentials(url.clone());
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn redirects_keep_to_https_and_leave_credentials_behind() {
        for (from, location, want) in [
            ("https://a.example/x/y", "z?q=1#f", Ok("https://a.example/x/z?q=1")),
            ("https://a.example/x", "//b.example/", Ok("https://b.example/")),
            ("http://a.example/x", "https://a.example/x", Ok("https://a.example/x")),
            ("http://u:p@a.example/x", "/y", Ok("http://u:p@a.example/y")),
            (
                "http://u:p@a.example/x",
                "http://v:q@a.example/y",
                Ok("http://u:p@a.example/y"),
            ),
            (
                "http://u:p@a.example/x",
                "http://a.example:8080/y",
                Ok("http://a.example:8080/y"),
            ),
            (
                "http://u:p@a.example/x",
                "https://a.example/y",
                Ok("https://a.example/y"),
            ),
            (
                "http://u:p@a.example/x",
                "http://v:q@b.example/y",
                Ok("http://b.example/y"),
            ),
            ("https://a.example/x", "ftp://a.example/", Ok("ftp://a.example/")), // for the guard to refuse
            (
                "https://a.example/x?k=1",
                "http://a.example/y?k=1",
                Err(FetchError::Downgrade(
                    "https://a.example/x".into(),
                    "http://a.example/y".into(),
                )),
            ),
            (
                "https://a.example/x?k=1",
                "http://",
                Err(FetchError::BadRedirect("https://a.example/x".into())),
            ),
        ] {
            let target = redirect_target(&url(from), HeaderValue::from_str(location).ok().as_ref());
            assert_eq!(target, want.map(url), "{from} to {location}");
        }
    }

    #[test]
    fn a_public_site_cannot_lead_us_to_an_inner_address() {
        let guard = Guard::new(Reach::Public);
        for location in [
            "http://127.0.0.1/secret",
            "//127.0.0.1/secret",
            "\\\\127.1\\secret",
            "http:\\\\127.0.0.1\\secret",
            "http://public.example@127.0.0.1/",
            "http://localhost:6379/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://[::ffff:7f00:1]/",
            "http://169.254.169.254/latest/meta-data/",
            "http://%EF%BC%91%EF%BC%92%EF%BC%97.0.0.1/",
            "http://127\u{3002}0\u{3002}0\u{3002}1/",
            "file:///etc/passwd",
        ] {
            let header = HeaderValue::from_bytes(location.as_bytes()).unwrap();
            let target = redirect_target(&url("http://feeds.example/x"), Some(&header)).unwrap();
            assert!(guard.check_url(&target).is_err(), "{location} led to {target}");
        }
    }

    #[test]
    fn validators_belong_to_host_and_port() {
        for (source, hop, want) in [
            ("http://a.example/x", "http://a.example/y", true),
            ("http://a.example/x", "https://a.example/x", true),
            ("https://a.example/x", "https://www.a.example/x", true),
            ("https://www.a.example/x", "https://a.example:443/x", true),
            ("https://a.example/x", "https://feeds.a.example/x", false),
            ("https://a.example/x", "https://a.example.evil.example/x", false),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8081/", false),
        ] {
            assert_eq!(same_site(&url(source), &url(hop)), want, "{source} {hop}");
        }
    }
}
