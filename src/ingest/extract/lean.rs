//! A page as its parser is to see it: decoded, and without what shows no text.
//!
//! In: bytes and what HTTP said of them. Out: markup without scripts, styles, comments and drawings, and the JSON-LD that stood in it; or
//! why it is no page, or too much of one. Nine tenths of many a page are scripts; the parser never sees them. One linear pass.

use std::borrow::Cow;

use super::Class;
use crate::ingest::parse;
use crate::text::{Token, Tokens, decode_entities, is_too_deep};

/// Bytes of a page that are looked at; the heaviest newsroom sends two million, most of them scripts.
const MAX_PAGE_BYTES: usize = 8 << 20;

/// Bytes of markup that go to the parser.
const MAX_LEAN_BYTES: usize = 3 << 20;

/// References of a page, which cost the parser more the more of them stand together.
const MAX_REFERENCES: usize = 100_000;

/// Parts of a tag that the parser gets to see with it; it holds each attribute against all before it.
const MAX_PARTS: usize = 500;

/// Where an HTML parser looks for the charset (HTML standard, 13.2.3.2: 1,024 bytes), and a little more, for pages that begin with scripts.
const CHARSET_WITHIN_BYTES: usize = 4096;

/// Elements that go with their content. Those of the first row hold no markup: without an end tag they hold the rest of the page.
const RAW: &[&str] = &["iframe", "noscript", "script", "style", "textarea"];
const HIDDEN: &[&str] = &["canvas", "math", "object", "select", "svg", "template"];

/// What is left of a page.
#[derive(Debug, Default)]
pub(super) struct Lean {
    pub(super) html: String,
    /// Sources of the JSON-LD blocks.
    pub(super) json_ld: Vec<String>,
    /// What stands in its `noscript` elements, as written.
    pub(super) without_script: String,
    /// It has scripts that do something.
    pub(super) scripted: bool,
}

/// The characters of a page.
///
/// # Errors
/// What it is instead.
pub(super) fn decoded(bytes: &[u8], content_type: Option<&str>) -> Result<String, Class> {
    if bytes.len() > MAX_PAGE_BYTES {
        return Err(Class::TooLarge);
    }
    if is_other_type(content_type) || parse::is_other_format(bytes) {
        return Err(Class::NotHtml);
    }
    let (text, _) = parse::plain_text(bytes, labelled(bytes, content_type).as_deref());
    let start = text.trim_start();
    if start.is_empty() {
        return Err(Class::Empty);
    }
    let is_data = start.starts_with(['{', '[']) || !start.contains('<') || parse::is_binary(&text);
    if is_data || is_feed(start) {
        return Err(Class::NotHtml);
    }
    Ok(text)
}

/// A type that says neither HTML nor nothing; what is sent as plain text or as bytes may be a page.
fn is_other_type(content_type: Option<&str>) -> bool {
    let media_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default();
    let media_type = media_type.trim().to_ascii_lowercase();
    ["image/", "audio/", "video/", "font/", "application/"]
        .iter()
        .any(|kind| media_type.starts_with(kind))
        && !media_type.contains("html")
        && !matches!(media_type.as_str(), "application/xml" | "application/octet-stream")
}

/// The first element is the root of a feed or of another vocabulary, not of a page.
fn is_feed(text: &str) -> bool {
    let first = Tokens::new(text).find_map(|token| match token {
        Token::Open(tag) => Some(tag),
        Token::Text(_) | Token::Close(_) => None,
    });
    first.is_none_or(|tag| !tag.is_html())
}

/// The type with the charset that the page itself declares, where HTTP declared none.
fn labelled<'a>(bytes: &[u8], content_type: Option<&'a str>) -> Option<Cow<'a, str>> {
    let said = content_type.map(Cow::Borrowed);
    if content_type.is_some_and(|said| said.to_ascii_lowercase().contains("charset")) {
        return said;
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(CHARSET_WITHIN_BYTES)]).to_ascii_lowercase();
    let declared = Tokens::new(&head).find_map(|token| match token {
        Token::Open(tag) if tag.is("meta") => {
            let (_, value) = tag.attributes.split_once("charset")?;
            let value = value
                .trim_start()
                .strip_prefix('=')?
                .trim_start_matches(['"', '\'', ' ']);
            let end = value.find(['"', '\'', ' ', ';', '/']).unwrap_or(value.len());
            Some(value[..end].to_owned())
        }
        Token::Open(_) | Token::Close(_) | Token::Text(_) => None,
    });
    match declared {
        Some(charset) => Some(format!("text/html; charset={charset}").into()),
        None => said,
    }
}

/// The markup of a page without what shows nothing.
///
/// # Errors
/// [`Class::TooLarge`]: so long, or nested so deeply, that no parser should try.
pub(super) fn lean(page: &str) -> Result<Lean, Class> {
    let mut lean = Lean::default();
    lean.html.reserve(page.len().min(MAX_LEAN_BYTES));
    let mut unclosed: Vec<&str> = Vec::new();
    let mut tokens = Tokens::new(page);
    while let Some(token) = tokens.next() {
        let tag = match token {
            Token::Open(tag) => tag,
            Token::Close(tag) => {
                lean.html.push_str(tag.source);
                continue;
            }
            Token::Text(text) => {
                lean.html.push_str(text);
                continue;
            }
        };
        if tag.is_one_of(RAW) {
            let content = tokens.skip_element(tag.name);
            if tag.is("script") && tag.attributes.to_ascii_lowercase().contains("ld+json") {
                lean.json_ld.push(content.to_owned());
            } else if tag.is("script") {
                lean.scripted |= !tag.attributes.to_ascii_lowercase().contains("json");
            } else if tag.is("noscript") {
                lean.without_script.push_str(content);
                lean.without_script.push('\n');
            }
        } else if let Some(name) = HIDDEN.iter().find(|name| tag.is(name) && !unclosed.contains(name)) {
            let before = tokens.clone();
            tokens.skip_element(name);
            if tokens.is_done() {
                // Nothing ends it: what follows is the page all the same.
                unclosed.push(name);
                tokens = before;
            }
        } else if tag.parts() > MAX_PARTS {
            lean.html.extend(["<", tag.name, ">"]);
        } else {
            lean.html.push_str(tag.source);
        }
        if lean.html.len() > MAX_LEAN_BYTES {
            return Err(Class::TooLarge);
        }
    }
    let references = memchr::memchr_iter(b'&', lean.html.as_bytes()).count();
    if lean.html.len() > MAX_LEAN_BYTES || references > MAX_REFERENCES || is_too_deep(&lean.html) {
        return Err(Class::TooLarge);
    }
    Ok(lean)
}

/// The text of the JSON-LD of an article, as far as it tells.
#[derive(Debug, Default)]
pub(super) struct Stated {
    pub(super) headline: Option<String>,
    /// Plain text, or HTML where a publisher wrote it so.
    pub(super) body: Option<String>,
    /// It says that only those who pay or sign in read all of it.
    pub(super) closed: bool,
}

/// What the JSON-LD of a page states of the article (schema.org `Article` and the types below it).
pub(super) fn stated(blocks: &[String]) -> Stated {
    let mut stated = Stated::default();
    for block in blocks {
        // Line ends within strings are common, and no JSON.
        let block: String = block.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let Ok(value) = serde_json::from_str::<serde_json::Value>(block.trim().trim_end_matches(';')) else {
            continue;
        };
        read_stated(&value, &mut stated);
    }
    stated
}

fn read_stated(value: &serde_json::Value, stated: &mut Stated) {
    let types = value.get("@type").map(ToString::to_string).unwrap_or_default();
    if ["Article", "Report", "PressRelease"]
        .iter()
        .any(|name| types.contains(name))
    {
        let said = |key: &str| {
            let text = value.get(key).and_then(serde_json::Value::as_str).unwrap_or_default();
            Some(decode_entities(text).trim().to_owned()).filter(|text| !text.is_empty())
        };
        stated.headline = stated.headline.take().or_else(|| said("headline"));
        stated.body = stated.body.take().or_else(|| said("articleBody"));
        let free = value.get("isAccessibleForFree").map(ToString::to_string);
        stated.closed |= free.is_some_and(|free| free.to_ascii_lowercase().contains("false"));
    }
    let graph = value.get("@graph").and_then(serde_json::Value::as_array);
    let below = value.as_array().or(graph).into_iter().flatten();
    for value in below {
        read_stated(value, stated);
    }
}
