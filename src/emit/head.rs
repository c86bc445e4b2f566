//! The head of an emitted document: what it is, where it stands, and what it leads to.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::Format;
use super::entry::{Entry, public_url};
use crate::article::SourceId;
use crate::config::{Config, Output, TitleTemplate};
use crate::store::Listed;

/// The head of an emitted feed.
#[derive(Debug, Clone)]
pub struct OutputHead {
    /// Stable id of the output: a URI, the same in every format.
    pub id: String,
    /// For people.
    pub title: String,
    /// For people; may be empty.
    pub description: String,
    /// Where this document is served.
    pub self_url: String,
    /// Page of the output.
    pub site_url: String,
    /// What our own URLs start with, without a final slash.
    pub base_url: String,
    /// When the newest change among its articles was made.
    pub updated: DateTime<Utc>,
    /// What entries are called in formats that have titles.
    pub entry_title: TitleTemplate,
    /// URLs of the feeds that articles came from.
    pub sources: BTreeMap<SourceId, String>,
    /// The WebSub hubs that tell of changes.
    pub hubs: Vec<String>,
    /// What stands before and after this document, if the output is archived.
    pub archive: Option<Archive>,
    /// Where the next page of changes is (RFC 5005 section 3).
    pub next: Option<String>,
    /// How long a reader need not ask again.
    pub ttl: Option<Duration>,
}

/// The place of a document among the archives of its output (RFC 5005 section 4). All are URLs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Archive {
    /// The live document; `None`: this is it. Named by every archive document, which never changes again.
    pub current: Option<String>,
    /// The archive document with what came before.
    pub prev: Option<String>,
    /// The archive document with what came after.
    pub next: Option<String>,
}

impl OutputHead {
    /// The head of an output that holds these articles, and leads nowhere yet.
    #[must_use]
    pub fn of(config: &Config, output: &Output, format: Format, listed: &[Listed]) -> Self {
        let base_url = config.http.url("");
        let site_url = config.http.url(&format!("/outputs/{}", output.id));
        Self {
            id: site_url.clone(),
            title: output.title.clone(),
            description: output.description.clone(),
            self_url: format!("{site_url}.{}", format.extension()),
            site_url,
            base_url,
            // Atom demands an instant; that of an output without articles is a constant, so that its bytes are too.
            updated: listed
                .iter()
                .map(|listed| listed.article.modified)
                .max()
                .unwrap_or(DateTime::UNIX_EPOCH),
            entry_title: output.entry_title.clone(),
            sources: config
                .sources
                .iter()
                .map(|source| (source.id.clone(), public_url(&source.url)))
                .collect(),
            hubs: Vec::new(),
            archive: None,
            next: None,
            ttl: None,
        }
    }

    /// Is this an archive document, which never changes again?
    pub(super) fn is_archive(&self) -> bool {
        self.archive.as_ref().is_some_and(|archive| archive.current.is_some())
    }

    /// The links of RFC 5005, and that of WebSub: relation and URL.
    pub(super) fn relations(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let archive = self.archive.as_ref();
        let links = [
            ("next", self.next.as_ref()),
            ("current", archive.and_then(|archive| archive.current.as_ref())),
            ("prev-archive", archive.and_then(|archive| archive.prev.as_ref())),
            ("next-archive", archive.and_then(|archive| archive.next.as_ref())),
        ];
        let hubs = self.hubs.iter().map(|hub| ("hub", hub.as_str()));
        hubs.chain(links.into_iter().filter_map(|(rel, url)| Some((rel, url?.as_str()))))
    }

    pub(super) fn entries(&self, listed: &[Listed]) -> Vec<Entry> {
        listed.iter().map(|listed| self.entry(listed)).collect()
    }

    pub(super) fn entry(&self, listed: &Listed) -> Entry {
        let source_url = self.sources.get(&listed.article.draft.source);
        Entry::of(&listed.article, &self.base_url, source_url.map(String::as_str))
            .called(&self.entry_title, &listed.article)
            .beside(listed)
    }
}

/// The language of a document: that of all its entries, if they have one in common.
pub(super) fn common_language(entries: &[Entry]) -> Option<&str> {
    let first = entries.first()?.language.as_deref()?;
    entries
        .iter()
        .all(|entry| entry.language.as_deref() == Some(first))
        .then_some(first)
}
