//! Takes the full text of a release out of its HTML page.
//!
//! In: the bytes of a page with what HTTP said of them, and the row of its wire. Out: a [`Page`]: headline, text, pictures, and the
//! [`Class`] that says whether the text is one. A page that asks for something first (a bot wall, a consent form, a sign-in) is never
//! taken for a text. Pure and total: hostile pages cost bounded time and memory, and never a panic. Up to a second for the worst page
//! known: call it off the async threads.
//!
//! ```text
//! bytes ─► decoded ─► lean ─► tree ─┬► layout of the wire ─┬► prune ─► sanitize ─► text ─► Page
//!                      │            └► generic ────────────┘                                ▲
//!                      └► wall ─────────────────────────────────────────────────────────────┘
//! ```
//! Never fetches: whether a page may be asked for, and when, is decided elsewhere.

mod lean;
mod tree;
mod furniture;
mod prune;
mod media;
mod head;
mod generic;
mod wall;
mod glance;

use std::panic::{AssertUnwindSafe, catch_unwind};

use dom_query::{Document, NodeRef};
use serde::Serialize;
use url::Url;

use self::lean::Stated;
use self::tree::{Weights, letters, outermost};
use crate::article::Media;
use crate::text;
use crate::wire::{self, Layout, Wire};

/// What came of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// The text of a release.
    Text,
    /// No text: not there, not there any more, or a page of links.
    Empty,
    /// It wants something first: a person, a browser that runs scripts, consent, a sign-in, money.
    Challenge,
    /// It refuses us.
    Blocked,
    /// Longer, or nested deeper, than a page is read.
    TooLarge,
    /// A picture, an archive, a feed, plain text.
    NotHtml,
}

impl Class {
    /// The spelling of JSON and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Empty => "empty",
            Self::Challenge => "challenge",
            Self::Blocked => "blocked",
            Self::TooLarge => "too-large",
            Self::NotHtml => "not-html",
        }
    }
}

/// By what the text was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// The [`Layout`] of the wire's pages.
    Wire,
    /// The page's own mark, `itemprop="articleBody"`.
    Microdata,
    /// What the page states in JSON-LD.
    JsonLd,
    /// The look of its paragraphs.
    Readability,
}

impl Method {
    /// The spelling of JSON and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wire => "wire",
            Self::Microdata => "microdata",
            Self::JsonLd => "json-ld",
            Self::Readability => "readability",
        }
    }

    /// Letters and digits, in bytes, of the shortest release that is found so.
    const fn least(self) -> usize {
        match self {
            Self::Wire => 40,
            Self::Microdata => 80,
            Self::JsonLd | Self::Readability => 140,
        }
    }
}

/// How the text is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Where the wire's layout says, and where that finds nothing as in any page.
    Wire,
    /// As in any page.
    Generic,
}

/// A page as it came.
#[derive(Debug, Clone, Copy, Default)]
pub struct Received<'a> {
    /// Decoded of its content coding, not of its character set.
    pub bytes: &'a [u8],
    /// `Content-Type`, as received.
    pub content_type: Option<&'a str>,
    /// Where it came from, after redirects: what relative links are relative to.
    pub url: Option<&'a Url>,
    /// HTTP status, if it was asked for over HTTP.
    pub status: Option<u16>,
}

/// What a page holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Page {
    /// Where it came from; of a page that came from nowhere, what it says of itself (`canonical`).
    pub url: Option<String>,
    /// The wire whose page it was read as.
    pub wire: &'static str,
    /// What it is. Only of [`Class::Text`] is there a text.
    pub class: Class,
    /// Which wall it is, where it is one: `cloudflare`, `login`, `not-found`.
    pub wall: Option<&'static str>,
    /// By what the text was found.
    pub method: Option<Method>,
    /// Plain text.
    pub headline: Option<String>,
    /// The text, as [`text::html_to_text`] writes it.
    pub body_text: String,
    /// The same as safe HTML ([`text::sanitize_html`]).
    pub body_html: String,
    /// The text is longer than is kept: its end is missing.
    pub cut: bool,
    /// Its pictures and films, with captions.
    pub media: Vec<Media>,
}

/// Letters of a marked text that is one whatever else the page shows.
const FIRM: usize = 300;

/// Reads a page. Without a row, the wire is told by the page's address.
#[must_use]
pub fn extract(received: &Received<'_>, wire: Option<&'static Wire>, mode: Mode) -> Page {
    let given = wire.or_else(|| received.url.and_then(wire_of));
    // No page is known that makes us panic; the next one must be its page's fault all the same.
    let read = catch_unwind(AssertUnwindSafe(|| read(received, given, mode)));
    read.unwrap_or(Err(Class::Empty))
        .unwrap_or_else(|class| without_text(class, received, given))
}

fn wire_of(url: &Url) -> Option<&'static Wire> {
    url.host_str().and_then(wire::by_host)
}

fn without_text(class: Class, received: &Received<'_>, wire: Option<&'static Wire>) -> Page {
    Page {
        url: received.url.map(|url| url.to_string()),
        wire: wire.unwrap_or_else(wire::generic).id,
        class,
        wall: None,
        method: None,
        headline: None,
        body_text: String::new(),
        body_html: String::new(),
        cut: false,
        media: Vec::new(),
    }
}

fn read(received: &Received<'_>, wire: Option<&'static Wire>, mode: Mode) -> Result<Page, Class> {
    let source = lean::decoded(received.bytes, received.content_type)?;
    let lean = lean::lean(&source)?;
    let stated = lean::stated(&lean.json_ld);
    let document = Document::from(lean.html.as_str());
    let canonical = head::canonical(&document, received.url);
    let wire = wire
        .or_else(|| canonical.as_ref().and_then(wire_of))
        .unwrap_or_else(wire::generic);
    let seen = glance::seen(&document, &lean, &source, received.status);
    let headline = head::headline(&document, &wire.layout, &stated);

    let url = received.url.or(canonical.as_ref());
    let base = head::base(&document, url);
    let text = found(
        &document,
        &wire.layout,
        &stated,
        mode,
        headline.as_deref(),
        base.as_ref(),
    );
    let mut page = Page {
        url: url.map(|url| url.to_string()),
        headline,
        ..without_text(Class::Empty, received, Some(wire))
    };
    let is_firm = text.as_ref().is_some_and(|text| {
        let is_marked = matches!(text.method, Method::Wire | Method::Microdata);
        is_marked && letters(&text.text) >= FIRM && !stated.closed
    });
    let wall = if is_firm { None } else { wall::wall(&seen) };
    let refused = received.status.filter(|status| !(200..300).contains(status));
    match (wall, refused, text) {
        (Some(wall), _, _) => {
            page.class = wall.class;
            page.wall = Some(wall.name);
        }
        (None, Some(401 | 402 | 403 | 407 | 429 | 451), _) => page.class = Class::Blocked,
        (None, Some(_), _) | (None, None, None) => page.class = Class::Empty,
        (None, None, Some(text)) => {
            page.class = Class::Text;
            page.method = Some(text.method);
            page.body_text = text.text;
            page.body_html = text.html;
            page.cut = text.cut;
            page.media = text.media;
        }
    }
    Ok(page)
}

/// A text, found and cleaned.
struct Text {
    method: Method,
    html: String,
    text: String,
    cut: bool,
    media: Vec<Media>,
}

/// The text of a page, the tree of which is used up.
fn found(
    document: &Document,
    layout: &Layout,
    stated: &Stated,
    mode: Mode,
    headline: Option<&str>,
    base: Option<&Url>,
) -> Option<Text> {
    let of_wire = match mode {
        Mode::Wire => in_layout(document, layout),
        Mode::Generic => None,
    };
    // What is known of the wire's pages counts only where they are as we know them.
    let layout = if of_wire.is_some() { layout } else { &Layout::UNKNOWN };
    let of_wire = of_wire.map(|nodes| (nodes, Method::Wire));
    let of_tree = of_wire
        .or_else(|| generic::find(document, stated))
        .and_then(|(nodes, method)| {
            prune::prune(&nodes, layout.removals, headline);
            let galleries = layout
                .galleries
                .iter()
                .flat_map(|selector| outermost(document, selector));
            let shown: Vec<NodeRef<'_>> = nodes.iter().copied().chain(galleries).collect();
            let media = media::media(&shown, base);
            match method {
                Method::Wire => prune::without(&nodes, layout.galleries),
                Method::Microdata | Method::JsonLd | Method::Readability => prune::without_galleries(&nodes),
            }
            let weight = Weights::below(&nodes).of_all(&nodes);
            // A list of releases is none.
            let is_list = method != Method::Wire && weight.is_linked(50);
            let markup = prune::markup(&nodes);
            let html = text::sanitize_html(&markup, base);
            let text = text::html_to_text(&html);
            (!is_list && letters(&text) >= method.least()).then_some(Text {
                method,
                cut: markup.len() > text::MAX_HTML_BYTES,
                html,
                text,
                media,
            })
        });
    of_tree.or_else(|| {
        let said = generic::stated_text(stated)?;
        let html = text::sanitize_html(said, base);
        Some(Text {
            method: Method::JsonLd,
            text: text::html_to_text(&html),
            cut: said.len() > text::MAX_HTML_BYTES,
            html,
            media: Vec::new(),
        })
    })
}

/// The body, where the wire's pages have it.
fn in_layout<'a>(document: &'a Document, layout: &Layout) -> Option<Vec<NodeRef<'a>>> {
    layout
        .body
        .iter()
        .map(|selector| outermost(document, selector))
        .find(|nodes| {
            let weight = Weights::below(nodes).of_all(nodes);
            weight.letters >= Method::Wire.least()
        })
}

#[cfg(test)]
mod tests;
