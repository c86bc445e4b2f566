//! The HTTP face: URLs to documents. Reads only.
//!
//! ```text
//! GET /                     outputs to subscribe to, latest articles, health of sources
//! GET /outputs/ID           page of an output
//! GET /outputs/ID.atom      the output as a feed (.rss, .json); ?limit=N up to the output's own limit
//! GET /articles/N           page of an article (.json: the article schema, .ninjs: IPTC ninjs 3.1)
//! GET /healthz              200 if the store can be read
//! ```
//! HEAD is GET without the body. Errors are one plain line that says what there is.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tracing::error;

use super::conditional::{respond, tag_coding};
use super::entry::permitted;
use super::{Format, Published, ninjs, page, publish};
use crate::article::{Article, PubStatus};
use crate::clock;
use crate::config::{Config, Output};
use crate::filter::Filter;
use crate::store::{Store, StoreError};

/// Articles on the first page.
const LATEST: usize = 30;

/// What the handlers share.
#[derive(Debug, Clone)]
pub struct App {
    /// The outputs and our address.
    pub config: Arc<Config>,
    /// What they are selected from.
    pub store: Store,
}

/// Every URL that we answer.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/outputs/{name}", get(output))
        .route("/articles/{name}", get(article))
        .route("/healthz", get(healthz))
        .method_not_allowed_fallback(wrong_method)
        .fallback(unknown)
        .layer(CatchPanicLayer::new())
        .layer(CompressionLayer::new())
        .layer(map_response(tag_coding))
        .layer(always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(always(header::REFERRER_POLICY, "no-referrer"))
        .layer(always(header::CONTENT_SECURITY_POLICY, page::CONTENT_SECURITY_POLICY))
        .with_state(app)
}

fn always(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}

async fn index(State(app): State<App>, asked: HeaderMap) -> Result<Response, Refusal> {
    let articles = app
        .store
        .select(&Filter::everything().shown(), LATEST, clock::now())
        .await?;
    let sources = app.store.health().await?;
    Ok(html(page::index(&app.config, &articles, &sources), &asked))
}

async fn output(
    State(app): State<App>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    asked: HeaderMap,
) -> Result<Response, Refusal> {
    let limit = limit(query.as_deref())?;
    let Some((id, extension)) = name.rsplit_once('.') else {
        let output = find_output(&app.config, &name)?;
        let articles = super::select(&app.store, output, limit).await?;
        return Ok(html(page::output(&app.config, output, &articles), &asked));
    };
    let output = find_output(&app.config, id)?;
    let format = Format::of_extension(extension).ok_or_else(|| {
        let known: Vec<String> = Format::ALL
            .iter()
            .map(|format| format!(".{}", format.extension()))
            .collect();
        Refusal::not_found(format!(
            "outputs are not served as .{extension}; there are: {}",
            known.join(", ")
        ))
    })?;
    let document = publish(&app.config, &app.store, output, format, limit).await?;
    Ok(respond(document, &asked))
}

async fn article(State(app): State<App>, Path(name): Path<String>, asked: HeaderMap) -> Result<Response, Refusal> {
    let json = |value: serde_json::Result<Vec<u8>>, modified| -> Result<Response, Refusal> {
        let json = value.map_err(|error| Refusal::fault(&error))?;
        Ok(respond(Published::new(json, "application/json", modified), &asked))
    };
    match name.rsplit_once('.') {
        Some((number, "json")) => {
            let article = permitted(&find_article(&app.store, number).await?);
            json(serde_json::to_vec_pretty(&article), Some(article.modified))
        }
        Some((number, "ninjs")) => {
            let article = permitted(&find_article(&app.store, number).await?);
            let family = app.store.family(&article).await?;
            // It names copies too, which come and go without a change of the article.
            json(serde_json::to_vec_pretty(&ninjs::document(&article, &family)), None)
        }
        Some(_) | None => {
            let article = find_article(&app.store, &name).await?;
            let family = app.store.family(&article).await?;
            Ok(html(page::article(&app.config, &article, &family), &asked))
        }
    }
}

async fn healthz(State(app): State<App>) -> Result<Response, Refusal> {
    app.store.select(&Filter::everything(), 1, clock::now()).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], "ok\n").into_response())
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

fn html(page: String, asked: &HeaderMap) -> Response {
    respond(
        Published::new(page.into_bytes(), "text/html; charset=utf-8", None),
        asked,
    )
}

fn find_output<'c>(config: &'c Config, id: &str) -> Result<&'c Output, Refusal> {
    config
        .outputs
        .iter()
        .find(|output| output.id.as_str() == id)
        .ok_or_else(|| {
            let known: Vec<&str> = config.outputs.iter().map(|output| output.id.as_str()).collect();
            Refusal::not_found(format!("there is no output {id}; there are: {}", known.join(", ")))
        })
}

/// What is under embargo is not there yet.
async fn find_article(store: &Store, number: &str) -> Result<Article, Refusal> {
    // The page of an article that was merged into another leads to that one.
    let found = match number.parse::<i64>() {
        Ok(_) => store.find(number).await?.map(|found| found.article),
        Err(_) => None,
    };
    found
        .filter(|article| article.draft.pubstatus != PubStatus::Withheld)
        .ok_or_else(|| Refusal::not_found(format!("there is no article {number}; the latest are listed at /")))
}

fn limit(query: Option<&str>) -> Result<Option<usize>, Refusal> {
    let pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let Some((_, limit)) = pairs.into_iter().find(|(key, _)| key == "limit") else {
        return Ok(None);
    };
    match limit.parse() {
        Ok(limit) if limit > 0 => Ok(Some(limit)),
        Ok(_) | Err(_) => Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "limit is a number from 1: ?limit=20",
        )),
    }
}

/// Anything but the document: a status and one plain line.
#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    line: String,
}

impl Refusal {
    fn new(status: StatusCode, line: impl Into<String>) -> Self {
        Self {
            status,
            line: line.into(),
        }
    }

    fn not_found(line: String) -> Self {
        Self::new(StatusCode::NOT_FOUND, line)
    }

    /// The client learns that it is our fault; the log learns what.
    fn fault(error: &dyn std::error::Error) -> Self {
        let causes: Vec<String> = std::iter::successors(Some(error), |error| error.source())
            .map(ToString::to_string)
            .collect();
        error!(
            stage = "respond",
            error = causes.join(": "),
            "a request could not be answered"
        );
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

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        // Whatever the client put into its path, the answer is one line.
        let line: String = self
            .line
            .chars()
            .map(|c| if c.is_control() { '\u{FFFD}' } else { c })
            .collect();
        (self.status, [(header::CACHE_CONTROL, "no-store")], line + "\n").into_response()
    }
}
