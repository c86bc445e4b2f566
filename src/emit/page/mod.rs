//! Pages for people: server-rendered, legible on a phone and a desk, without script.
//!
//! In: what the store said and the hour. Out: HTML. Each page is one file here and one template under `templates/`: the
//! reading at its top is bounded, the rest is pure. Every value is escaped by its template; what is not escaped is marked
//! `safe` there and is one of: a body that `ingest` sanitised and that the source's rights allow, a picture or a time that
//! we wrote ourselves, data whose every `<` was replaced.
//!
//! | file | page or part |
//! |---|---|
//! | `index.rs`, `search.rs` | `/`: the latest articles, and what was searched for |
//! | `output.rs`, `english.rs` | `/outputs/ID`: how to subscribe, and what its filter means |
//! | `article.rs`, `body.rs`, `linked.rs` | `/articles/N`: the release, its folded parts, its JSON-LD |
//! | `versions.rs`, `diff.rs` | `/articles/N/versions`: what changed |
//! | `sources.rs`, `spark.rs` | `/sources`, `/sources/ID`: how sources do |
//! | `card.rs`, `when.rs`, `language.rs`, `public.rs` | an article in a list, times, languages, what a stranger may read |

mod article;
mod body;
mod card;
mod diff;
mod english;
mod index;
mod language;
mod linked;
mod output;
mod public;
mod search;
mod sources;
mod spark;
mod versions;
mod when;

use std::sync::LazyLock;

use askama::Template;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

pub(super) use self::article::article;
pub(super) use self::index::index;
pub(super) use self::output::output;
pub(super) use self::search::Search;
pub(super) use self::sources::{source, sources};
pub(super) use self::versions::versions;
use self::when::{Instant, Moment};
use super::Format;
use crate::config::{Config, Output};

/// The one stylesheet. It stands in each page: one request shows a page, and no address of ours can be wrong.
const STYLE: &str = include_str!("style.css");

/// Nothing may run, and no style but ours applies; pictures come over https (bodies of releases have some) but for the page's own icon; the
/// search form leads to us.
pub(super) static CONTENT_SECURITY_POLICY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "default-src 'none'; style-src 'sha256-{}'; img-src https: data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        BASE64_STANDARD.encode(Sha256::digest(STYLE))
    )
});

/// What stands around every page.
struct Site<'a> {
    config: &'a Config,
    /// Of the browser's tab.
    title: String,
    /// Feeds that a reader may find by the page.
    feeds: Vec<Feed>,
    /// The entry of the main menu that the page belongs to.
    place: &'static str,
    now: DateTime<Utc>,
}

impl<'a> Site<'a> {
    fn new(config: &'a Config, place: &'static str, title: impl Into<String>, now: DateTime<Utc>) -> Self {
        Self {
            config,
            title: title.into(),
            feeds: Vec::new(),
            place,
            now,
        }
    }

    fn url(&self, path: &str) -> String {
        self.config.http.url(path)
    }

    fn style(&self) -> &'static str {
        STYLE
    }

    fn moment(&self, at: &DateTime<Utc>) -> Moment {
        Moment { at: *at, now: self.now }
    }

    /// As [`moment`](Self::moment), told exactly: for tables, whose rows are compared.
    fn instant(&self, at: &DateTime<Utc>) -> Instant {
        Instant(*at)
    }

    /// The first page with this search.
    fn search(&self, text: &str) -> String {
        let query: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        format!("{}?q={query}", self.url("/"))
    }
}

/// A rendered page.
fn written(page: &impl Template) -> String {
    // A template fails only when its values fail to be written, and all of ours are plain texts.
    page.render().unwrap_or_default()
}

/// An output in one format.
#[derive(Debug, Clone)]
struct Feed {
    title: String,
    name: &'static str,
    media_type: &'static str,
    url: String,
}

/// An output, and where to subscribe to it.
struct Subscription {
    title: String,
    description: String,
    url: String,
    feeds: Vec<Feed>,
}

impl Subscription {
    fn of(config: &Config, output: &Output) -> Self {
        let url = config.http.url(&format!("/outputs/{}", output.id));
        let feed = |format: &Format| Feed {
            title: format!("{} ({})", output.title, format.name()),
            name: format.name(),
            media_type: format.media_type(),
            url: format!("{url}.{}", format.extension()),
        };
        Self {
            title: output.title.clone(),
            description: output.description.clone(),
            feeds: Format::ALL.iter().map(feed).collect(),
            url,
        }
    }
}

/// `1 article`, `2 articles`
fn counted(count: i64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

#[cfg(test)]
mod tests;
