//! Emit: what an output looks like to the outside.
//!
//! In: a configured output, the store, a format. Out: the bytes and their validators. Reads only; never fetches, never
//! writes. Rendering is pure: the same articles give the same bytes and so the same `ETag`.
//!
//! A request, step by step: `http` finds the output, [`publish`] selects and renders it, `conditional` answers 200 or 304,
//! and the content coding is put on top.
//!
//! # Adding a format
//! One file with `fn render(&OutputHead, &[Article]) -> Vec<u8>` and one variant of [`Format`].

mod entry;
mod xml;
pub mod atom;
pub mod rss;
pub mod json_feed;
pub mod ninjs;
mod page;
mod conditional;
mod http;
mod serve;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

pub use self::entry::OutputHead;
pub use self::http::{App, router};
pub use self::serve::{ServeLimits, serve};
use crate::article::Article;
use crate::clock;
use crate::config::{Config, Output};
use crate::store::{Store, StoreError};

/// A format of feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Atom, RFC 4287.
    Atom,
    /// RSS 2.0.
    Rss,
    /// JSON Feed 1.1.
    JsonFeed,
}

impl Format {
    /// Every format, the best first.
    pub const ALL: &[Self] = &[Self::Atom, Self::Rss, Self::JsonFeed];

    /// What ends the URL of an output: `atom` of `/outputs/ID.atom`.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Atom => "atom",
            Self::Rss => "rss",
            Self::JsonFeed => "json",
        }
    }

    /// For people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Atom => "Atom",
            Self::Rss => "RSS",
            Self::JsonFeed => "JSON Feed",
        }
    }

    /// Media type without parameters.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Atom => "application/atom+xml",
            Self::Rss => "application/rss+xml",
            Self::JsonFeed => "application/feed+json",
        }
    }

    /// Value of `Content-Type`.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Rss => "application/rss+xml; charset=utf-8",
            // JSON is UTF-8 and knows no parameter (RFC 8259).
            Self::JsonFeed => "application/feed+json",
        }
    }

    /// The format of that extension.
    #[must_use]
    pub fn of_extension(extension: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.extension() == extension)
    }

    /// The document. Pure.
    #[must_use]
    pub fn render(self, head: &OutputHead, articles: &[Article]) -> Vec<u8> {
        match self {
            Self::Atom => atom::render(head, articles),
            Self::Rss => rss::render(head, articles),
            Self::JsonFeed => json_feed::render(head, articles),
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
    let articles = select(store, output, limit).await?;
    let head = OutputHead::of(config, output, format, &articles);
    let last_modified = articles.iter().map(|article| article.modified).max();
    Ok(Published::new(
        format.render(&head, &articles),
        format.content_type(),
        last_modified,
    ))
}

async fn select(store: &Store, output: &Output, limit: Option<usize>) -> Result<Vec<Article>, StoreError> {
    let limit = limit.unwrap_or(output.limit).min(output.limit);
    store.select(&output.filter.shown(), limit, clock::now()).await
}

#[cfg(test)]
mod tests;
