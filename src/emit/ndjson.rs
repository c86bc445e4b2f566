//! Renders an output as newline-delimited JSON: one article of the article schema a line, the newest first. Pure.
//!
//! Each line is what `/articles/N.json` shows, cut down to what may be re-emitted. An output without articles has no lines.

use super::entry::permitted;
use super::head::OutputHead;
use super::json;
use crate::store::Listed;

/// The document.
#[must_use]
pub fn render(_: &OutputHead, listed: &[Listed]) -> Vec<u8> {
    listed
        .iter()
        .flat_map(|listed| json::line(&permitted(&listed.article)))
        .collect()
}
