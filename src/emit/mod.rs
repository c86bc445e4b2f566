//! Emit: what an output looks like to the outside.
//!
//! In: a configured output, the store, a format. Out: the bytes and their validators. Reads only; never fetches, never
//! writes. Rendering is pure: the same articles give the same bytes and so the same `ETag`.
//!
//! A request, step by step: `http` finds the output, [`publish`] selects and renders it, `conditional` answers 200 or 304,
//! and the content coding is put on top.
//!
//! # Adding a format
//! One file with `fn render(&OutputHead, &[Listed]) -> Vec<u8>` and one variant of [`Format`].

mod entry;
mod medium;
mod head;
mod xml;
mod json;
pub mod atom;
pub mod rss;
pub mod json_feed;
pub mod ninjs;
pub mod ndjson;
mod page;
mod conditional;
mod http;
mod serve;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

pub use self::head::{Archive, OutputHead};
pub use self::http::{App, router};
pub use self::serve::{ServeLimits, serve};
use crate::article::Article;
use crate::config::{Config, Output};
use crate::store::{Listed, Store, StoreError};

/// A format of feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// A document with what a cache needs to know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The document.
    pub bytes: Vec<u8>,
    /// Value of `Content-Type`.
    pub content_type: &'static str,
    /// Strong validator, quotes included; of the bytes before any content coding.
    pub etag: String,
    /// When what it shows last changed.
    pub last_modified: Option<DateTime<Utc>>,
}

impl Published {
    /// A document and its validators.
    #[must_use]
    pub fn new(bytes: Vec<u8>, content_type: &'static str, last_modified: Option<DateTime<Utc>>) -> Self {
        let hash: String = Sha256::digest(&bytes)
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Self {
            bytes,
            content_type,
            etag: format!("\"{hash}\""),
            last_modified,
        }
    }
}

/// An output as it is served now: at most `limit` articles and never more than the output's own limit, none that is under
/// embargo.
///
/// # Errors
/// When the store cannot be read.
pub async fn publish(
    config: &Config,
    store: &Store,
    output: &Output,
    format: Format,
    limit: Option<usize>,
) -> Result<Published, StoreError> {
    let listed = store.listed(select(store, output, limit).await?).await?;
    let head = OutputHead::of(config, output, format, &listed);
    Ok(document(format, &head, &listed))
}

/// The document of these articles, with its validators. Pure.
#[must_use]
pub fn document(format: Format, head: &OutputHead, listed: &[Listed]) -> Published {
    let last_modified = listed.iter().map(Listed::changed).max();
    Published::new(format.render(head, listed), format.content_type(), last_modified)
}

async fn select(store: &Store, output: &Output, limit: Option<usize>) -> Result<Vec<Article>, StoreError> {
    let limit = limit.unwrap_or(output.limit).min(output.limit);
    store.select(&output.filter.shown(), limit).await
}

#[cfg(test)]
mod tests;
