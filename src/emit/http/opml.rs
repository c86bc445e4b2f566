//! `/opml`: the outputs that everybody may read, as a list that a feed reader subscribes to at once.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::super::access::Leave;
use super::super::conditional::respond;
use super::super::opml::{Outline, render};
use super::super::{Format, Published};
use super::{App, open_to_scripts};

pub(super) async fn opml(State(app): State<Arc<App>>, asked: HeaderMap) -> Response {
    let url = |path: String| app.config.http.url(&path);
    let outlines: Vec<Outline> = app
        .open
        .outputs
        .iter()
        .map(|output| Outline {
            text: output.title.clone(),
            description: output.description.clone(),
            feed: url(format!("/outputs/{}.{}", output.id, Format::Atom.extension())),
            page: Some(url(format!("/outputs/{}", output.id))),
            ours: Vec::new(),
        })
        .collect();
    let title = format!("Outputs of {}", app.config.http.base_url);
    let document = Published::new(render(&title, &outlines), "text/x-opml; charset=utf-8", None);
    let mut response = respond(&document, Leave::Open, &asked);
    open_to_scripts(response.headers_mut());
    response
}
