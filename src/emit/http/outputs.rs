//! Outputs by URL: the newest articles, archive pages, changes since a cursor, and the page for people.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use url::Url;

use super::refusal::Refusal;
use super::{App, html, open_to_scripts};
use crate::clock;
use crate::config::{Config, Output};
use crate::emit::access::Leave;
use crate::emit::cache::{Kept, Key};
use crate::emit::coding::Coding;
use crate::emit::conditional::respond;
use crate::emit::feed::{hub_links, hubs};
use crate::emit::{Asked, Format, page, publish};
use crate::filter::Filter;
use crate::store::{ArchivePage, Cursor};

pub(super) async fn output(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    asked: HeaderMap,
) -> Result<Response, Refusal> {
    let query = query.as_deref();
    let Some((id, extension)) = name.rsplit_once('.') else {
        let (output, leave) = app.find(&name, &asked, query)?;
        let page = page::output(&app.config, &app.store, output, clock::now()).await?;
        return Ok(html(page, leave, &asked));
    };
    let (output, leave) = app.find(id, &asked, query)?;
    let format = format(extension)?;
    let wanted = match (cursor(query)?, limit(query)?) {
        (Some(cursor), limit) => Asked::Since(cursor, limit),
        (None, limit) => Asked::Newest(limit),
    };
    let Some(text) = value(query, "filter") else {
        let is_topic = matches!(wanted, Asked::Newest(None));
        let document = app.document(output, format, wanted).await?;
        let mut response = answer(&document, format, leave, &asked).await?;
        if is_topic && let Some(links) = discovery(&app.config, output, format, query) {
            response.headers_mut().insert(header::LINK, links);
        }
        return Ok(response);
    };
    if !app.access.to_all(&asked, query) {
        return Err(Refusal::new(
            StatusCode::UNAUTHORIZED,
            "?filter= needs a token of [http] token_file, as `Authorization: Bearer TOKEN`",
        ));
    }
    let filter = Filter::parse_with(&text, &app.config.named).map_err(|error| {
        let hint = error.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
        Refusal::new(
            StatusCode::BAD_REQUEST,
            format!("the filter is wrong at byte {}: {error}{hint}", error.span.start),
        )
    })?;
    let Asked::Newest(limit) = wanted else {
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "?since= goes with the output's own filter; leave one of ?since= and ?filter= out",
        ));
    };
    let narrowed = Output {
        filter: output.filter.and(&filter),
        ..output.clone()
    };
    let document = app.render(&narrowed, format, Asked::Part(limit, text)).await?;
    answer(&document, format, Leave::ByToken, &asked).await
}

pub(super) async fn archive(
    State(app): State<Arc<App>>,
    Path((id, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    asked: HeaderMap,
) -> Result<Response, Refusal> {
    let (output, leave) = app.find(&id, &asked, query.as_deref())?;
    let none = || {
        Refusal::not_found(format!(
            "there is no archive page {name} of {id}; the feed links to those that there are"
        ))
    };
    let (page, extension) = name.rsplit_once('.').ok_or_else(none)?;
    let format = format(extension)?;
    let page = ArchivePage::parse(page).ok_or_else(none)?;
    let document = app.document(output, format, Asked::Archive(page)).await?;
    answer(&document, format, leave, &asked).await
}

impl App {
    /// The output of that name, if this request may read it.
    pub(super) fn find(&self, id: &str, asked: &HeaderMap, query: Option<&str>) -> Result<(&Output, Leave), Refusal> {
        let outputs = &self.config.outputs;
        let Some(output) = outputs.iter().find(|output| output.id.as_str() == id) else {
            let open = outputs.iter().filter(|output| self.access.is_open(output));
            let known: Vec<&str> = open.map(|output| output.id.as_str()).collect();
            return Err(Refusal::not_found(format!(
                "there is no output {id}; there are: {}",
                known.join(", ")
            )));
        };
        match self.access.to(output, asked, query) {
            Some(leave) => Ok((output, leave)),
            None => Err(Refusal::new(
                StatusCode::UNAUTHORIZED,
                format!("{id} is read with a token: `Authorization: Bearer TOKEN` or ?token=TOKEN"),
            )),
        }
    }

    /// The document, rendered now or as it was rendered last.
    async fn document(&self, output: &Output, format: Format, asked: Asked) -> Result<Arc<Kept>, Refusal> {
        // Each client has its own limit and cursor; only what all of them ask for is worth keeping.
        if !matches!(asked, Asked::Newest(None) | Asked::Archive(_)) {
            return self.render(output, format, asked).await;
        }
        let key = Key {
            output: output.id.clone(),
            format,
            asked: asked.clone(),
        };
        let moment = || (self.store.revision(), clock::now());
        let render = self.published(output, format, asked);
        self.cache
            .get_or_render(&key, moment, render, Refusal::unreadable)
            .await
    }

    /// The document, rendered for this request alone.
    async fn render(&self, output: &Output, format: Format, asked: Asked) -> Result<Arc<Kept>, Refusal> {
        Ok(Arc::new(Kept::once(
            self.published(output, format, asked).await?,
            clock::now(),
        )))
    }

    async fn published(
        &self,
        output: &Output,
        format: Format,
        asked: Asked,
    ) -> Result<crate::emit::Published, Refusal> {
        let is_since = matches!(asked, Asked::Since(..));
        let document = publish(&self.config, &self.store, output, format, asked, clock::now()).await?;
        document.ok_or_else(|| match is_since {
            true => Refusal::other_store(),
            false => {
                Refusal::not_found("there is no such archive page; the feed links to those that there are".to_owned())
            }
        })
    }
}

/// The document in the coding that the client likes best.
async fn answer(kept: &Kept, format: Format, leave: Leave, asked: &HeaderMap) -> Result<Response, Refusal> {
    let mut response = respond(&kept.document, leave, asked);
    if leave == Leave::Open && matches!(format, Format::JsonFeed | Format::Ninjs | Format::Ndjson) {
        open_to_scripts(response.headers_mut());
    }
    if response.status() == StatusCode::OK
        && let Some(coding) = Coding::chosen(asked)
        && let Some(coded) = kept.coded(coding).await
    {
        *response.body_mut() = Body::from(coded);
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
    }
    Ok(response)
}

/// Where the changes of a document are told, if anywhere: the links of WebSub, section 4.
fn discovery(config: &Config, output: &Output, format: Format, query: Option<&str>) -> Option<HeaderValue> {
    let hubs = hubs(config, output);
    if hubs.is_empty() {
        return None;
    }
    let document = config
        .http
        .url(&format!("/outputs/{}.{}", output.id, format.extension()));
    let mut topic = Url::parse(&document).ok()?;
    // Who came by a token in the address subscribes by it: this answer is for him alone.
    if let Some(token) = value(query, "token").filter(|_| output.token_file.is_some()) {
        topic.query_pairs_mut().append_pair("token", &token);
    }
    HeaderValue::try_from(hub_links(&hubs, topic.as_str())).ok()
}

fn format(extension: &str) -> Result<Format, Refusal> {
    Format::of_extension(extension).ok_or_else(|| {
        let known: Vec<String> = Format::ALL
            .iter()
            .map(|format| format!(".{}", format.extension()))
            .collect();
        Refusal::not_found(format!(
            "outputs are not served as .{extension}; there are: {}",
            known.join(", ")
        ))
    })
}

pub(super) fn value(query: Option<&str>, name: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn limit(query: Option<&str>) -> Result<Option<usize>, Refusal> {
    let Some(limit) = value(query, "limit") else {
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

pub(super) fn cursor(query: Option<&str>) -> Result<Option<Cursor>, Refusal> {
    let Some(text) = value(query, "since") else {
        return Ok(None);
    };
    match Cursor::parse(&text) {
        Some(cursor) => Ok(Some(cursor)),
        None => Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "since is a cursor as the header Dateline-Cursor gives it, or 0 for the beginning",
        )),
    }
}
