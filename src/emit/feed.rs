//! An output as a document: the newest articles, an archive page, or what has changed since a cursor.
//!
//! Archive pages are RFC 5005 section 4: the newest articles and all full pages are everything that the output holds, and a full page keeps
//! its URL. Under `max_age` what is too old for the one may not be on the other yet: the document then leads to the page that is still being
//! filled, under a URL that names how far.
//!
//! A cursor is our own: `?since=0` begins with the oldest change, each answer names the cursor to go on from in the header `Dateline-Cursor`,
//! and whoever goes on from there hears every change once.

use axum::body::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use super::copies::told;
use super::{Archive, Format, OutputHead};
use crate::config::{Config, Output};
use crate::store::{ArchivePage, Cursor, Listed, Slice, Store, StoreError};
use crate::text;

/// What of an output is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Asked {
    /// The newest articles, at most so many and never more than the output's own limit.
    Newest(Option<usize>),
    /// An archive page.
    Archive(ArchivePage),
    /// Changes after a cursor, at most so many.
    Since(Cursor, Option<usize>),
    /// Changes after a cursor, at most so many, as a hub sends them: under the URL of the newest articles (WebSub section 7).
    Pushed(Cursor, usize),
    /// As the newest articles, of a part of the output that has no archive: what fits a filter, whose text this is.
    Part(Option<usize>, String),
}

impl Asked {
    /// What a document of it adds to the URL of its output: what was asked, without the token by which it was.
    fn query(&self) -> String {
        let (since, filter, limit) = match self {
            Self::Archive(_) | Self::Pushed(..) => (None, None, None),
            Self::Newest(limit) => (None, None, limit.as_ref()),
            Self::Since(cursor, limit) => (Some(cursor), None, limit.as_ref()),
            Self::Part(limit, filter) => (None, Some(filter), limit.as_ref()),
        };
        let asked = [
            ("since", since.map(Cursor::to_string)),
            ("filter", filter.cloned()),
            ("limit", limit.map(usize::to_string)),
        ];
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(asked.into_iter().filter_map(|(name, value)| Some((name, value?))));
        match query.finish().as_str() {
            "" => String::new(),
            query => format!("?{query}"),
        }
    }
}

/// The path of our own WebSub hub.
pub const HUB_PATH: &str = "/hub";

/// Changes of one answer, at most.
const CHANGES: usize = 100;

/// A reader need not come back sooner, nor wait longer: of an output in which something changes every few minutes a fourth of that time.
const SOONEST: TimeDelta = TimeDelta::seconds(30);
const LATEST: TimeDelta = TimeDelta::minutes(15);

/// A document with what a cache needs to know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The document.
    pub bytes: Bytes,
    /// Value of `Content-Type`.
    pub content_type: &'static str,
    /// Strong validator, quotes included; of the bytes before any content coding.
    pub etag: String,
    /// When what it shows last changed.
    pub last_modified: Option<DateTime<Utc>>,
    /// How long a reader need not ask again.
    pub max_age: TimeDelta,
    /// To go on from.
    pub cursor: Option<Cursor>,
    /// How many articles it shows, where it is an output.
    pub articles: usize,
}

impl Published {
    /// A document and its validators.
    #[must_use]
    pub fn new(bytes: impl Into<Bytes>, content_type: &'static str, last_modified: Option<DateTime<Utc>>) -> Self {
        let bytes: Bytes = bytes.into();
        let etag = format!("\"{}\"", text::hex(&Sha256::digest(&bytes)[..16]));
        Self {
            bytes,
            content_type,
            etag,
            last_modified,
            max_age: TimeDelta::minutes(1),
            cursor: None,
            articles: 0,
        }
    }
}

/// An output as it is served now; nothing in it is under embargo. `None`: the cursor is of another store, or there is no such page.
///
/// # Errors
/// When the store cannot be read.
pub async fn publish(
    config: &Config,
    store: &Store,
    output: &Output,
    format: Format,
    asked: Asked,
    now: DateTime<Utc>,
) -> Result<Option<Published>, StoreError> {
    let within = |limit: Option<usize>, most: usize| limit.unwrap_or(most).min(most);
    let slice = match asked {
        Asked::Newest(limit) | Asked::Part(limit, _) => Slice::Newest(within(limit, output.limit)),
        Asked::Archive(page) => Slice::Archive(page),
        Asked::Since(cursor, limit) => Slice::Since(cursor, within(limit, CHANGES)),
        Asked::Pushed(cursor, most) => Slice::Since(cursor, most.min(CHANGES)),
    };
    let Some(listing) = store.listing(output, slice, now).await? else {
        return Ok(None);
    };
    let mut listed = store.listed(listing.articles).await?;
    for listed in &mut listed {
        let rights = listed.article.draft.rights;
        listed.article.draft.rights = rights.max(output.rights);
    }
    let listed = told(output.copies, listed);
    let mut head = OutputHead::of(config, output, format, &listed);
    let live = head.self_url.clone();
    let (site, extension) = (head.site_url.clone(), format.extension());
    let page_url = |page: ArchivePage| format!("{site}/archive/{page}.{extension}");
    head.self_url.push_str(&asked.query());
    if matches!(asked, Asked::Part(..)) {
        // Another feed than the whole output: readers know feeds by this.
        head.id.push_str(&asked.query());
    }
    match asked {
        Asked::Newest(None) => {
            head.hubs = hubs(config, output);
            head.archive = listing.newest_page.map(|page| Archive {
                prev: Some(page_url(page)),
                ..Archive::default()
            });
        }
        Asked::Pushed(..) => head.hubs = hubs(config, output),
        Asked::Newest(Some(_)) | Asked::Part(..) => {}
        Asked::Archive(page) => {
            head.self_url = page_url(page);
            head.archive = Some(Archive {
                current: Some(live),
                prev: page.before().map(page_url),
                next: listing.next_page.map(page_url),
            });
        }
        Asked::Since(_, limit) => {
            let next = Asked::Since(listing.cursor, limit);
            head.next = listing.has_more.then(|| format!("{live}{}", next.query()));
        }
    }
    let max_age = max_age(&asked, &listed);
    head.ttl = matches!(asked, Asked::Newest(_)).then(|| max_age.to_std().unwrap_or_default());
    let last_modified = listed.iter().map(Listed::changed).max();
    Ok(Some(Published {
        max_age,
        articles: listed.len(),
        cursor: (!matches!(asked, Asked::Archive(_) | Asked::Part(..))).then_some(listing.cursor),
        ..Published::new(format.render(&head, &listed), format.content_type(), last_modified)
    }))
}

/// The hubs that tell of the changes of an output: one of our own, and those of others where everybody may read it.
pub(super) fn hubs(config: &Config, output: &Output) -> Vec<String> {
    let own = config.websub.hub.then(|| config.http.url(HUB_PATH));
    let others = config.websub.ping.iter().filter(|_| output.token_file.is_none());
    own.into_iter().chain(others.map(ToString::to_string)).collect()
}

/// The value of `Link` that leads from a document to its hubs and says what it is called there (WebSub section 4).
#[must_use]
pub fn hub_links(hubs: &[String], topic: &str) -> String {
    let hubs = hubs.iter().map(|hub| format!("<{hub}>; rel=\"hub\""));
    let links: Vec<String> = hubs.chain([format!("<{topic}>; rel=\"self\"")]).collect();
    links.join(", ")
}

/// How long a reader need not ask again: an archive page changes only with a correction, of the newest articles the time between two changes tells.
fn max_age(asked: &Asked, listed: &[Listed]) -> TimeDelta {
    let changed = || listed.iter().map(|listed| listed.article.modified);
    match (asked, changed().min(), changed().max()) {
        (Asked::Archive(_), _, _) => LATEST,
        (Asked::Since(..) | Asked::Pushed(..), _, _) => TimeDelta::zero(),
        (Asked::Newest(_) | Asked::Part(..), Some(first), Some(last)) => {
            let gaps = i32::try_from(listed.len()).unwrap_or(i32::MAX).max(1);
            ((last - first) / gaps / 4).clamp(SOONEST, LATEST)
        }
        (Asked::Newest(_) | Asked::Part(..), _, _) => SOONEST,
    }
}
