//! Renders an output as newline-delimited JSON: one article of the article schema a line, the newest first. Pure.
//!
//! Each line is what `/articles/N.json` shows, cut down to what may be re-emitted. An output without articles has no lines.
//! A copy that is shown by itself is a line of the same schema under its own `id`, with the `number` of its article and the article's id as
//! `copy_of`: who loads releases takes the lines without that key, who counts pages takes all.

use serde::Serialize;

use super::entry::permitted;
use super::head::OutputHead;
use super::json;
use crate::article::{Article, ArticleId};
use crate::store::Listed;

/// The document.
#[must_use]
pub fn render(_: &OutputHead, listed: &[Listed]) -> Vec<u8> {
    listed
        .iter()
        .flat_map(|listed| {
            json::line(&Line {
                article: permitted(&listed.article),
                copy_of: listed.copy_of.as_ref().map(|original| &original.id),
            })
        })
        .collect()
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    article: Article,
    #[serde(skip_serializing_if = "Option::is_none")]
    copy_of: Option<&'a ArticleId>,
}
