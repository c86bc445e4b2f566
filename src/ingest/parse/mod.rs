//! Reads one feed document: bytes in, items out.

use serde::Serialize;

use crate::article::{Item, Reject};

/// What the document says of itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct FeedHead {
    /// Plain text.
    pub title: Option<String>,
    /// The site, if http or https.
    pub link: Option<String>,
    /// As written.
    pub language: Option<String>,
    /// RSS `ttl`, in seconds.
    pub ttl_seconds: Option<u64>,
    /// `rss2`, `rss1`, `rss0`, `atom` or `json`.
    pub format: &'static str,
    /// `description` / `subtitle`, plain text: some wires put their error message here.
    pub description: Option<String>,
}

/// A document, read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ParsedFeed {
    /// The channel.
    pub head: FeedHead,
    /// In document order.
    pub items: Vec<Item>,
    /// Items that could not be read alone, with the reason.
    pub rejects: Vec<Reject>,
    /// What had to be mended in the document, by name, each once.
    pub repairs: Vec<&'static str>,
    /// The document was cut: the complete items are here, its validators must not be kept.
    pub partial: bool,
}
