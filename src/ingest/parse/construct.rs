//! Reads a text element as HTML source, whatever its feed calls it.
//!
//! In: an element with text or markup. Out: HTML that shows what the publisher meant to be seen, not yet sanitised. RSS never says whether
//! a text is HTML; Atom says so (RFC 4287, section 3.1.1), and often wrongly.

use base64::prelude::{BASE64_STANDARD, Engine};

use super::scan::Node;
use crate::text;

/// A text element as HTML source: markup as it stands, plain text escaped. `parsed` is feed-rs's reading of it, where there is one.
pub(super) fn html(node: &Node, xml: &str, parsed: Option<&str>) -> Option<String> {
    if node.has_markup {
        return node.shown(xml);
    }
    let said = node.said()?;
    let said = parsed.unwrap_or(said);
    if node.vocabulary != "atom" {
        return Some(said.to_owned());
    }
    match TextForm::of(node) {
        TextForm::Html => Some(said.to_owned()),
        TextForm::Plain if text::looks_like_html(said) => Some(said.to_owned()),
        TextForm::Plain => Some(text::escape_html(said).into_owned()),
        // RFC 4287, section 4.1.3.3: what is neither text nor XML stands there in base64. A picture is no text.
        TextForm::Base64 => match base64(said) {
            Some(bytes) => String::from_utf8(bytes).ok().map(|text| text.trim().to_owned()),
            None => Some(said.to_owned()),
        },
    }
}

/// How the text of an Atom element is written (RFC 4287, section 3.1.1; Atom 0.3 `mode`).
enum TextForm {
    Plain,
    Html,
    Base64,
}

impl TextForm {
    fn of(node: &Node) -> Self {
        let kind = node.attribute("type").unwrap_or_default().trim().to_ascii_lowercase();
        let mode = node.attribute("mode").unwrap_or_default();
        if mode.eq_ignore_ascii_case("base64") {
            Self::Base64
        } else if kind.contains("html") || kind.contains("xml") || mode.eq_ignore_ascii_case("escaped") {
            Self::Html
        } else if !kind.contains('/') || kind.starts_with("text/") || node.name != "content" {
            Self::Plain
        } else {
            Self::Base64
        }
    }
}

/// Base64 with the line breaks that XML authors put into it.
fn base64(text: &str) -> Option<Vec<u8>> {
    let dense: String = text.split_ascii_whitespace().collect();
    BASE64_STANDARD.decode(dense).ok()
}
