//! Emit: what an output looks like to the outside.
//!
//! In: a configured output, the store, a format. Out: the bytes and their validators. Reads only; never fetches, never
//! writes. Rendering is pure: the same articles give the same bytes and so the same `ETag`.
//!
//! A request, step by step: `access` says whether it may, `http` finds the output, `cache` has the document or [`publish`] selects and renders
//! it, `conditional` answers 200 or 304, and the content coding is put on top.
//!
//! # Adding a format
//! One file with `fn render(&OutputHead, &[Listed]) -> Vec<u8>` and one variant of [`Format`].

mod entry;
mod copies;
mod medium;
mod head;
mod xml;
mod json;
pub mod atom;
pub mod rss;
pub mod json_feed;
pub mod ninjs;
pub mod ndjson;
pub mod opml;
mod page;
mod feed;
mod coding;
mod cache;
mod access;
mod conditional;
mod readiness;
mod http;
mod serve;
mod live;

pub use self::access::{AccessError, check};
pub use self::feed::{Asked, HUB_PATH, Published, hub_links, publish};
pub use self::head::{Archive, OutputHead};
pub use self::http::{App, Topic, TopicError, one_line, router};
pub use self::live::Live;
pub use self::serve::{ACCEPT_REST, ServeLimits, serve};
use crate::store::Listed;
pub use axum::Router;

/// A format of feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Atom, RFC 4287.
    Atom,
    /// RSS 2.0.
    Rss,
    /// JSON Feed 1.1.
    JsonFeed,
    /// A list of IPTC ninjs 3.1 documents.
    Ninjs,
    /// Articles of our schema, one a line.
    Ndjson,
}

impl Format {
    /// Every format, the best first.
    pub const ALL: &[Self] = &[Self::Atom, Self::Rss, Self::JsonFeed, Self::Ninjs, Self::Ndjson];

    /// What ends the URL of an output: `atom` of `/outputs/ID.atom`.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Atom => "atom",
            Self::Rss => "rss",
            Self::JsonFeed => "json",
            Self::Ninjs => "ninjs",
            Self::Ndjson => "ndjson",
        }
    }

    /// For people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Atom => "Atom",
            Self::Rss => "RSS",
            Self::JsonFeed => "JSON Feed",
            Self::Ninjs => "ninjs",
            Self::Ndjson => "NDJSON",
        }
    }

    /// Media type without parameters.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Atom => "application/atom+xml",
            Self::Rss => "application/rss+xml",
            Self::JsonFeed => "application/feed+json",
            // IPTC registered no type for ninjs.
            Self::Ninjs => "application/json",
            Self::Ndjson => "application/x-ndjson",
        }
    }

    /// Value of `Content-Type`.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Rss => "application/rss+xml; charset=utf-8",
            // JSON is UTF-8 and knows no parameter (RFC 8259).
            Self::JsonFeed | Self::Ninjs | Self::Ndjson => self.media_type(),
        }
    }

    /// The format of that extension.
    #[must_use]
    pub fn of_extension(extension: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.extension() == extension)
    }

    /// The document. Pure.
    #[must_use]
    pub fn render(self, head: &OutputHead, listed: &[Listed]) -> Vec<u8> {
        match self {
            Self::Atom => atom::render(head, listed),
            Self::Rss => rss::render(head, listed),
            Self::JsonFeed => json_feed::render(head, listed),
            Self::Ninjs => ninjs::render(head, listed),
            Self::Ndjson => ndjson::render(head, listed),
        }
    }
}

#[cfg(test)]
mod tests;
