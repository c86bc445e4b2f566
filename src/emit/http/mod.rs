//! The HTTP face: URLs to documents. Reads only.
//!
//! ```text
//! GET /                     latest articles, outputs to subscribe to; ?q= a filter or words, ?filter=, ?before= of its links
//! GET /outputs/ID           page of an output
//! GET /outputs/ID.atom      the output as a document (.rss, .json, .ninjs, .ndjson); ?limit=N up to the output's own limit;
//!                           ?since=CURSOR what has changed after it; ?filter=EXPR, with a token, what of it fits
//! GET /outputs/ID/archive/PAGE.atom   an archive page (RFC 5005), as linked by the document
//! GET /outputs/ID/events    changes as they come (Server-Sent Events)
//! GET /articles/N           page of an article (.json: the article schema, .ninjs: IPTC ninjs 3.1)
//! GET /articles/N/versions  what changed between its versions; ?compare=1..2
//! GET /sources              how the sources do; /sources/ID: one of them
//! GET /opml                 the open outputs as a list of subscriptions (OPML 2.0)
//! GET /healthz              200 if the store can be read, or no restart would mend it
//! GET /readyz               200 if it can be written too and each tier of sources answers
//! GET /metrics              what is counted, for Prometheus; for whom `[http] metrics` says
//! POST /hub                 our WebSub hub, where there is one ([`crate::websub`])
//! ```
//! HEAD is GET without the body. Errors are one plain line that says what there is.

mod events;
mod opml;
mod outputs;
mod refusal;
mod topic;
mod vitals;

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use super::access::{Access, AccessError, Leave, Terms};
use super::cache::Cache;
use super::conditional::{respond, tag_coding};
use super::entry::permitted;
use super::page::Search;
use super::{Published, ninjs, page};
use crate::article::{Article, PubStatus};
use crate::clock;
use crate::config::Config;
use crate::store::{Family, Store};
use crate::telemetry::Metrics;
use refusal::Refusal;
pub use refusal::one_line;
pub use topic::{Topic, TopicError};

/// One connection of so many may listen to changes: the others are for those who ask and go.
const LISTENERS_SHARE: usize = 4;

/// What the handlers share.
#[derive(Debug, Clone)]
pub struct App {
    /// The outputs and our address.
    config: Arc<Config>,
    /// What they are selected from.
    store: Store,
    /// The same without the outputs that not everybody may read: what pages list.
    open: Arc<Config>,
    access: Arc<Access>,
    terms: Arc<Terms>,
    cache: Arc<Cache>,
    /// Places for those who listen to changes.
    listeners: Arc<Semaphore>,
    /// Ends what would not end by itself.
    closing: CancellationToken,
    metrics: Arc<Metrics>,
}

impl App {
    /// Serves these outputs from that store.
    ///
    /// # Errors
    /// When a token file cannot be used.
    pub fn new(config: Arc<Config>, store: Store) -> Result<Self, AccessError> {
        let access = Access::of(&config)?;
        let mut open = Config::clone(&config);
        open.outputs.retain(|output| access.is_open(output));
        Ok(Self {
            open: Arc::new(open),
            terms: Arc::new(Terms::of(&config, &access)),
            access: Arc::new(access),
            cache: Arc::default(),
            listeners: Arc::new(Semaphore::new(config.http.max_connections.div_ceil(LISTENERS_SHARE))),
            closing: CancellationToken::new(),
            metrics: Arc::new(Metrics::new(store.lane(), clock::now())),
            config,
            store,
        })
    }

    /// Ends connections that listen to changes when this is cancelled.
    #[must_use]
    pub fn until(self, closing: CancellationToken) -> Self {
        Self { closing, ..self }
    }

    /// Counts there, beside what polls count.
    #[must_use]
    pub fn counted_in(self, metrics: Arc<Metrics>) -> Self {
        Self { metrics, ..self }
    }

    /// Where it counts.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }
}

/// The address of a client, as its connection has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) IpAddr);

/// Every URL that we answer, and those of `further`.
pub fn router(app: App, further: Router) -> Router {
    let app = Arc::new(app);
    let outputs = Router::new()
        .route("/outputs/{name}", get(outputs::output))
        .route("/outputs/{id}/archive/{page}", get(outputs::archive))
        .route("/outputs/{id}/events", get(events::events))
        .route_layer(from_fn_with_state(Arc::clone(&app), vitals::count));
    Router::new()
        .route("/", get(index))
        .merge(outputs)
        .route("/articles/{name}", get(article))
        .route("/articles/{name}/versions", get(versions))
        .route("/sources", get(sources))
        .route("/sources/{id}", get(source))
        .route("/opml", get(opml::opml))
        .route("/healthz", get(vitals::healthz))
        .route("/readyz", get(vitals::readyz))
        .route("/metrics", get(vitals::metrics))
        .method_not_allowed_fallback(wrong_method)
        .fallback(unknown)
        .merge(further.with_state(()))
        // One layer of them all: each by itself would be a box more for every request.
        .layer(
            ServiceBuilder::new()
                .layer(always(
                    header::CONTENT_SECURITY_POLICY,
                    page::CONTENT_SECURITY_POLICY.as_str(),
                ))
                .layer(always(header::REFERRER_POLICY, "no-referrer"))
                .layer(always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
                .map_response(tag_coding)
                .layer(CompressionLayer::new())
                .layer(CatchPanicLayer::new())
                .layer(from_fn_with_state(Arc::clone(&app), rate)),
        )
        .with_state(app)
}

fn always(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}

async fn index(State(app): State<Arc<App>>, RawQuery(query): RawQuery, asked: HeaderMap) -> Result<Response, Refusal> {
    let search = Search::of(query.as_deref(), &app.config.named);
    match page::index(&app.open, &app.store, &app.terms, &search, clock::now()).await? {
        (StatusCode::OK, page) => Ok(html(page, Leave::Open, &asked)),
        (status, page) => Ok((status, [(header::CACHE_CONTROL, "no-store")], Html(page)).into_response()),
    }
}

async fn article(State(app): State<Arc<App>>, Path(name): Path<String>, asked: HeaderMap) -> Result<Response, Refusal> {
    let json = |value: serde_json::Result<Vec<u8>>, modified| -> Result<Response, Refusal> {
        let json = value.map_err(|error| Refusal::fault(&error))?;
        let mut response = respond(&Published::new(json, "application/json", modified), Leave::Open, &asked);
        open_to_scripts(response.headers_mut());
        Ok(response)
    };
    match name.rsplit_once('.') {
        Some((number, "json")) => {
            let article = permitted(&app.article(number).await?);
            json(serde_json::to_vec_pretty(&article), Some(article.modified))
        }
        Some((number, "ninjs")) => {
            let article = permitted(&app.article(number).await?);
            let listed = app.store.listed(vec![article]).await?;
            // It names copies too, which come and go without a change of the article.
            json(serde_json::to_vec_pretty(&listed.first().map(ninjs::document)), None)
        }
        Some(_) | None => {
            let (article, family) = app.family(&name).await?;
            Ok(html(
                page::article(&app.config, &article, &family, clock::now()),
                Leave::Open,
                &asked,
            ))
        }
    }
}

async fn versions(
    State(app): State<Arc<App>>,
    Path(number): Path<String>,
    RawQuery(query): RawQuery,
    asked: HeaderMap,
) -> Result<Response, Refusal> {
    let (article, family) = app.family(&number).await?;
    let page = page::versions(&app.config, &article, &family, query.as_deref(), clock::now());
    Ok(html(page, Leave::Open, &asked))
}

async fn sources(State(app): State<Arc<App>>, asked: HeaderMap) -> Result<Response, Refusal> {
    Ok(html(
        page::sources(&app.config, &app.store, clock::now()).await?,
        Leave::Open,
        &asked,
    ))
}

async fn source(State(app): State<Arc<App>>, Path(id): Path<String>, asked: HeaderMap) -> Result<Response, Refusal> {
    match page::source(&app.config, &app.store, &id, clock::now()).await? {
        Some(page) => Ok(html(page, Leave::Open, &asked)),
        None => Err(Refusal::not_found(format!(
            "there is no source {id}; all are listed at /sources"
        ))),
    }
}

/// Lets an address that asks too often wait, whatever it asks for; but not who watches over the daemon from its own machine.
async fn rate(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>();
    if vitals::is_watch(&request) || peer.is_none_or(|Peer(address)| app.access.counts(*address)) {
        return next.run(request).await;
    }
    let refusal = Refusal::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too many requests from this address; ask again in a minute",
    );
    ([(header::RETRY_AFTER, "60")], refusal).into_response()
}

async fn unknown(uri: Uri) -> Refusal {
    Refusal::not_found(format!("there is no {}; start at /", uri.path()))
}

async fn wrong_method() -> Response {
    (
        [(header::ALLOW, "GET, HEAD")],
        Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "use GET or HEAD"),
    )
        .into_response()
}

/// Lets scripts of other sites read what everybody may read (Fetch, section 3.3).
pub(super) fn open_to_scripts(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("etag, dateline-cursor, retry-after"),
    );
}

fn html(page: String, leave: Leave, asked: &HeaderMap) -> Response {
    let page = Published::new(page.into_bytes(), "text/html; charset=utf-8", None);
    respond(&page, leave, asked)
}

impl App {
    /// The article of that number, as far as an open output may show it.
    async fn article(&self, number: &str) -> Result<Article, Refusal> {
        let mut article = self.found(number).await?;
        let carried = self.store.outputs_of(&[article.number]).await?;
        self.terms.keep([&mut article], &carried);
        Ok(article)
    }

    /// The same, with what belongs to it.
    async fn family(&self, number: &str) -> Result<(Article, Family), Refusal> {
        let mut article = self.found(number).await?;
        let mut family = self.store.family(&article).await?;
        let carried = self.store.outputs_of(&[article.number]).await?;
        let versions = family.versions.iter_mut().map(|version| &mut version.article);
        self.terms.keep(versions.chain([&mut article]), &carried);
        Ok((article, family))
    }

    /// The article of that number; what is under embargo is not there yet.
    async fn found(&self, number: &str) -> Result<Article, Refusal> {
        // The page of an article that was merged into another leads to that one.
        let found = match number.parse::<i64>() {
            Ok(_) => self.store.find(number).await?.map(|found| found.article),
            Err(_) => None,
        };
        found
            .filter(|article| article.draft.pubstatus != PubStatus::Withheld)
            .ok_or_else(|| Refusal::not_found(format!("there is no article {number}; the latest are listed at /")))
    }
}
