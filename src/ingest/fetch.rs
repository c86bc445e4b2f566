//! Fetches one document: conditional, bounded, guarded.
//!
//! In: a URL and the [`Validators`] of the last time. Out: the whole document, or "nothing changed", or a [`FetchError`]
//! that knows by its type what to do [`Next`]. A document that is cut, coded in a way we did not ask for, or longer than the
//! cap is an error, never a shorter document. (One cut does not show: the end of a body that announced no length. The parser
//! finds it.)
//!
//! Asks as a feed reader should: both validators echoed byte for byte, feed types in `Accept`, no cookies, no `Referer`,
//! no proxy, no probing of other paths. Redirects are followed by hand, so that every hop passes the [`Guard`] and the
//! validators go no further than the site they came from. Never reads the clock: `Retry-After` is kept as said until
//! [`FetchError::next`] is told what time it is.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, ClientBuilder, Proxy, Response, StatusCode, redirect};
use url::Url;

use super::guard::{Blocked, Guard, Reach};
use super::schedule::Freshness;
use crate::article::Validators;
use crate::config::{FetchConfig, Manners};

mod body;
mod error;
mod letter;
mod visit;

pub use error::{Cause, FetchError, Next, RetryAfter};
use error::{find, is_timeout};
pub use letter::{Letter, Reply};
pub use visit::Visit;

/// What is asked of whom.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The feed.
    pub url: &'a Url,
    /// Where the operator says that it lives: what its own server is told goes to that origin alone.
    pub home: &'a Url,
    /// What its server gave the last time; empty: give me the whole document.
    pub validators: &'a Validators,
    /// What its server is told besides.
    pub manners: &'a Manners,
}

/// The answer of a server that answered well.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What it brought.
    pub fetched: Fetched,
    /// To ask with next time. Empty if redirects led to another site: see [`Fetcher::fetch`].
    pub validators: Validators,
    /// How long it may be relied on.
    pub freshness: Freshness,
    /// Where the feed has moved for good, if every redirect on the way said so (301, 308).
    pub moved: Option<Url>,
}

/// A document, or none.
#[derive(Debug, Clone)]
pub enum Fetched {
    /// 304: nothing changed.
    NotModified,
    /// A document.
    Body(Payload),
}

/// A document, complete.
#[derive(Debug, Clone)]
pub struct Payload {
    /// Decoded of its content coding, not of its character set.
    pub bytes: Vec<u8>,
    /// `Content-Type`, as received.
    pub content_type: Option<String>,
    /// Where it came from, after redirects, without user name and password: what relative links are relative to.
    pub url: Url,
    /// HTTP status: 200; 203 where a proxy changed the document on its way; 226 where it holds nothing but what is new (RFC 3229,
    /// `feed` of draft-snell-atompub-feed-index).
    pub status: u16,
}

impl Payload {
    /// It holds nothing but what came since the validators were given.
    #[must_use]
    pub const fn is_delta(&self) -> bool {
        self.status == IM_USED
    }
}

/// One HTTP client for all sources: connections to a host are shared and kept.
#[derive(Debug, Clone)]
pub struct Fetcher {
    /// HTTP/2 where the server has it.
    negotiated: Client,
    /// HTTP/1.1 only, for quick retries: GlobeNewswire resets HTTP/2 streams of user agents it does not know.
    http1: Client,
    guard: Guard,
    /// Without credentials.
    proxy: Option<String>,
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
        Self::behind(Guard::new(Reach::of(config)), config)
    }

    fn behind(guard: Guard, config: &FetchConfig) -> Result<Self, FetchError> {
        // An error here means that a provider is installed already: then that one serves.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = |adapt: fn(ClientBuilder) -> ClientBuilder| {
            let built = client(config, guard.clone()).and_then(|builder| adapt(builder).build());
            built.map_err(|error| FetchError::Setup(Cause::of(&error)))
        };
        Ok(Self {
            negotiated: client(|builder| builder)?,
            http1: client(ClientBuilder::http1_only)?,
            guard,
            proxy: config.proxy.as_ref().map(shown),
            connect_timeout: config.connect_timeout,
            read_timeout: config.read_timeout,
            total_timeout: config.total_timeout,
            max_body_bytes: config.max_body_bytes,
            max_redirects: config.max_redirects,
        })
    }

    /// Fetches a feed, asking whether it changed since its validators were given.
    ///
    /// Validators belong to the site of the feed's URL (its host and port, `www.` or not, http or https). They are sent to no
    /// other, and what another site gives is not kept: a feed that lives behind a redirect to another site is fetched
    /// whole each time, until it is adopted where it lives. What else is told to its own server goes to its origin alone (RFC 6454).
    ///
    /// Failures that pass in a moment are tried again, twice at most, within the same total time-out.
    ///
    /// # Errors
    /// [`FetchError`]; nothing of a document that did not arrive whole is returned, its validators neither.
    pub async fn fetch(&self, ask: Ask<'_>) -> Result<Answer, FetchError> {
        tokio::time::timeout(self.total_timeout, self.persist(ask))
            .await
            .unwrap_or_else(|_| Err(FetchError::TotalTimeout(shown(ask.url), self.total_timeout)))
    }

    async fn persist(&self, ask: Ask<'_>) -> Result<Answer, FetchError> {
        let own = own_headers(ask.manners).await?;
        let mut outcome = self.follow(&self.negotiated, ask, &own).await;
        for pause in QUICK_RETRIES {
            if !outcome.as_ref().is_err_and(FetchError::is_passing) {
                break;
            }
            tokio::time::sleep(pause).await;
            outcome = self.follow(&self.http1, ask, &own).await;
        }
        outcome
    }

    async fn follow(&self, client: &Client, ask: Ask<'_>, own: &HeaderMap) -> Result<Answer, FetchError> {
        let source = ask.url;
        let mut url = source.clone();
        url.set_fragment(None);
        let mut visited = Vec::new();
        let mut for_good = true;
        loop {
            self.guard
                .check_url(&url)
                .map_err(|blocked| FetchError::Blocked(shown(&url), blocked))?;
            let at_home = same_site(source, &url);
            let asked = if at_home {
                ask.validators.clone()
            } else {
                Validators::default()
            };
            let mut request = client.get(url.clone()).headers(conditions(&asked));
            if ask.home.origin() == url.origin() {
                request = request.headers(own.clone());
            }
            if let Some(agent) = &ask.manners.user_agent {
                request = request.header(header::USER_AGENT, agent);
            }
            let response = request.send().await.map_err(|error| self.unanswered(&error, &url))?;
            if !is_redirect(response.status()) {
                let given = if at_home {
                    given_validators(response.headers())
                } else {
                    Validators::default()
                };
                let moved = (for_good && !visited.is_empty()).then(|| without_credentials(url.clone()));
                let answer = self.answer(response, url, asked, given, visited.len()).await?;
                return Ok(Answer { moved, ..answer });
            }
            for_good &= matches!(response.status().as_u16(), 301 | 308);
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
    ) -> Result<Answer, FetchError> {
        let freshness = freshness(response.headers());
        let answer = |fetched, validators| Answer {
            fetched,
            validators,
            freshness,
            moved: None,
        };
        match response.status() {
            StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION => {
                Ok(answer(Fetched::Body(self.payload(response, url).await?), given))
            }
            StatusCode::IM_USED if asked.etag.is_some() && is_feed_delta(response.headers()) => {
                Ok(answer(Fetched::Body(self.payload(response, url).await?), given))
            }
            StatusCode::NOT_MODIFIED if asked == Validators::default() => {
                Err(FetchError::UnaskedNotModified(shown(&url)))
            }
            // RFC 9111 section 4.3.4: what a 304 carries replaces what is stored, what it leaves out stays.
            StatusCode::NOT_MODIFIED => Ok(answer(
                Fetched::NotModified,
                Validators {
                    etag: given.etag.or(asked.etag),
                    last_modified: given.last_modified.or(asked.last_modified),
                },
            )),
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

    async fn payload(&self, response: Response, url: Url) -> Result<Payload, FetchError> {
        let status = response.status().as_u16();
        let content_type = text(response.headers(), header::CONTENT_TYPE);
        let bytes = self.body(response, &url).await?;
        Ok(Payload {
            bytes,
            content_type,
            url: without_credentials(url),
            status,
        })
    }

    /// Names a failure before the end of the header.
    fn unanswered(&self, error: &reqwest::Error, url: &Url) -> FetchError {
        let (place, cause) = (shown(url), Cause::of(error));
        if let Some(blocked) = find::<Blocked>(error) {
            FetchError::Blocked(place, blocked.clone())
        } else if error.is_builder() {
            FetchError::BadUrl(place, cause)
        } else if let (true, Some(proxy)) = (error.is_connect() || error.is_dns(), &self.proxy) {
            // No connection was made but to the proxy.
            FetchError::Connect(format!("{place} through the proxy {proxy}"), cause)
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
}

/// The validators that an answer carries.
fn given_validators(headers: &HeaderMap) -> Validators {
    Validators {
        etag: text(headers, header::ETAG),
        last_modified: last_modified(headers),
    }
}

/// What to ask with, by the date of the last change. What changes again in the second of the answer has the same date and would not be seen (RFC
/// 9110, section 8.8.2.2): a date of that second is asked with as one second less, which costs one answer more.
fn last_modified(headers: &HeaderMap) -> Option<String> {
    const SECOND: Duration = Duration::from_secs(1);
    let instant = |text: &str| httpdate::parse_http_date(text).ok();
    let said = text(headers, header::LAST_MODIFIED)?;
    let answered = text(headers, header::DATE).as_deref().and_then(instant);
    let weak = instant(&said).zip(answered);
    let weak = weak.filter(|(changed, answered)| changed <= answered && *changed + SECOND > *answered);
    Some(weak.map_or(said, |(changed, _)| httpdate::fmt_http_date(changed - SECOND)))
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

/// 226 IM Used (RFC 3229): the document is an instance manipulation of what was asked for.
const IM_USED: u16 = 226;

/// "Only what is new since that entity tag, if you can": servers that do not know it ignore it.
const A_IM: HeaderName = HeaderName::from_static("a-im");
const FEED: HeaderValue = HeaderValue::from_static("feed");

/// Longest authorization that is read from a file.
const MAX_AUTHORIZATION_BYTES: u64 = 8192;

/// The client's own defaults are none of ours: no time-out at all, ten redirects, `Referer` sent, the environment's proxy.
fn client(config: &FetchConfig, guard: Guard) -> Result<ClientBuilder, reqwest::Error> {
    let headers = HeaderMap::from_iter([(header::ACCEPT, ACCEPT), (header::ACCEPT_ENCODING, ACCEPT_ENCODING)]);
    let builder = Client::builder()
        .user_agent(&config.user_agent)
        .default_headers(headers)
        .redirect(redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .connect_timeout(config.connect_timeout)
        .read_timeout(config.read_timeout)
        .pool_max_idle_per_host(config.per_host)
        .http1_max_headers(MAX_HEADERS);
    Ok(match &config.proxy {
        // Its own address is the operator's word; what it resolves is its affair.
        Some(proxy) => builder.proxy(Proxy::all(proxy.clone())?),
        None => builder.dns_resolver(Arc::new(guard)),
    })
}

/// The operator's header lines for a source, and its credentials.
async fn own_headers(manners: &Manners) -> Result<HeaderMap, FetchError> {
    let lines = manners.headers.iter();
    let mut headers: HeaderMap = lines
        .filter_map(|(name, value)| Some((HeaderName::from_str(name).ok()?, HeaderValue::from_str(value).ok()?)))
        .collect();
    if let Some(file) = &manners.authorization_file {
        let path = file.clone();
        // A file may lie on a share that hangs.
        let value = tokio::task::spawn_blocking(move || authorization(&path)).await;
        let value = value.map_err(|ended| FetchError::Authorization(file.clone(), Cause::new(&ended.into())))??;
        headers.insert(header::AUTHORIZATION, value);
    }
    Ok(headers)
}

/// The credentials in a file.
///
/// # Errors
/// [`FetchError::Authorization`]: it cannot be read, or holds no single line of text.
pub fn authorization(file: &Path) -> Result<HeaderValue, FetchError> {
    let unread = |cause: &io::Error| FetchError::Authorization(file.to_owned(), Cause::new(cause));
    let mut said = String::new();
    let opened = File::open(file).map_err(|error| unread(&error))?;
    let mut opened = opened.take(MAX_AUTHORIZATION_BYTES);
    opened.read_to_string(&mut said).map_err(|error| unread(&error))?;
    let mut value = HeaderValue::from_str(said.trim())
        .ok()
        .filter(|value| !value.is_empty())
        .ok_or_else(|| unread(&io::Error::other("it holds no single line of text")))?;
    value.set_sensitive(true);
    Ok(value)
}

fn is_feed_delta(headers: &HeaderMap) -> bool {
    let manipulations = headers.get_all("im").iter().filter_map(|value| value.to_str().ok());
    manipulations
        .flat_map(|value| value.split(','))
        .any(|manipulation| manipulation.trim().eq_ignore_ascii_case("feed"))
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
    .chain(validators.etag.is_some().then_some((A_IM, FEED)))
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
    use std::net::SocketAddr;
    use std::sync::atomic::{AtomicU8, Ordering};

    use futures_util::future::BoxFuture;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::config;

    #[test]
    fn what_may_change_again_in_the_second_of_the_answer_is_asked_for_again() {
        let (second, before) = ("Wed, 08 May 2024 08:00:00 GMT", "Wed, 08 May 2024 07:59:59 GMT");
        for (date, changed, want) in [
            (Some(second), second, before),
            (Some(second), before, before),
            (Some(before), second, second),
            (Some("today"), second, second),
            (None, second, second),
            (Some(second), "yesterday", "yesterday"),
        ] {
            let lines = [(header::DATE, date), (header::LAST_MODIFIED, Some(changed))];
            let lines = lines.into_iter().filter_map(|(name, value)| Some((name, value?)));
            let headers = lines
                .map(|(name, value)| (name, HeaderValue::from_static(value)))
                .collect();
            assert_eq!(last_modified(&headers).as_deref(), Some(want), "{date:?} {changed}");
        }
        assert_eq!(last_modified(&HeaderMap::new()), None);
    }

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

    /// The name's answers in turn: an address that may be reached, and one that may not.
    fn flip(_: reqwest::dns::Name) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> {
        static ASKED: AtomicU8 = AtomicU8::new(0);
        let last = 2 - ASKED.fetch_add(1, Ordering::Relaxed) % 2;
        Box::pin(async move { Ok(vec![SocketAddr::from(([127, 0, 0, last], 0))]) })
    }

    #[tokio::test]
    async fn a_name_that_flips_to_an_inner_address_is_asked_once_a_connection_and_refused() {
        let outer = TcpListener::bind("127.0.0.2:0").await.unwrap();
        let port = outer.local_addr().unwrap().port();
        let inner = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let serving = tokio::spawn(async move {
            loop {
                let (mut stream, _) = outer.accept().await.unwrap();
                let answer = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\n<rss>";
                stream.read_u8().await.unwrap();
                stream.write_all(answer.as_bytes()).await.unwrap();
                // Closed by the client: what it said is not thrown back at it.
                tokio::io::copy(&mut stream, &mut tokio::io::sink()).await.unwrap();
            }
        });
        // 127.0.0.2 plays the public network.
        let reach = Reach::Also(["127.0.0.2/32".parse().unwrap()].into());
        let config = config::parse("", "test.toml").unwrap().fetch;
        let fetcher = Fetcher::behind(Guard::new(reach).asking(flip), &config).unwrap();
        let (url, validators) = (url(&format!("http://flip.example:{port}/")), Validators::default());
        for round in 0..3 {
            for passes in [true, false] {
                let manners = Manners::default();
                let ask = Ask {
                    url: &url,
                    home: &url,
                    validators: &validators,
                    manners: &manners,
                };
                match fetcher.fetch(ask).await {
                    Ok(_) => assert!(passes, "round {round}"),
                    Err(error) => assert!(
                        !passes && matches!(error, FetchError::Blocked(..)),
                        "round {round}: {error:?}"
                    ),
                }
            }
        }
        let reached = tokio::time::timeout(Duration::ZERO, inner.accept()).await;
        assert!(reached.is_err(), "the inner address was reached");
        serving.abort();
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
