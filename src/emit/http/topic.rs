//! What may be subscribed to at a hub: the document of an output, by its URL.

use axum::http::HeaderMap;
use url::Url;

use super::App;
use crate::config::Output;
use crate::emit::Format;

/// A document that may be subscribed to.
#[derive(Debug, Clone)]
pub struct Topic {
    /// Its output.
    pub output: Output,
    /// Its format.
    pub format: Format,
}

/// Why a URL is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TopicError {
    /// Something else.
    #[error(
        "it is no document of ours: those are {0}ID.atom, .rss, .json, .ninjs and .ndjson, without a query but ?token=TOKEN"
    )]
    NotOurs(String),
    /// No output of that name, or not for whoever asks.
    #[error("there is no output {0}, or it needs its token: {0}.atom?token=TOKEN")]
    NotServed(String),
}

impl App {
    /// The document of that URL.
    ///
    /// # Errors
    /// [`TopicError`]: it is none, or not for whoever asks.
    pub fn topic(&self, url: &str) -> Result<Topic, TopicError> {
        let start = self.config.http.url("/outputs/");
        let not_ours = || TopicError::NotOurs(start.clone());
        let url = Url::parse(url).map_err(|_| not_ours())?;
        let (document, query) = (without_query(&url), url.query());
        let only_token = || url.query_pairs().all(|(key, _)| key == "token");
        let name = document.strip_prefix(&start).filter(|_| only_token());
        let (id, extension) = name.and_then(|name| name.rsplit_once('.')).ok_or_else(not_ours)?;
        let format = Format::of_extension(extension).ok_or_else(not_ours)?;
        let not_served = || TopicError::NotServed(id.to_owned());
        let output = self.config.outputs.iter().find(|output| output.id.as_str() == id);
        let output = output.ok_or_else(not_served)?;
        let leave = self.access.to(output, &HeaderMap::new(), query);
        leave
            .map(|_| Topic {
                output: output.clone(),
                format,
            })
            .ok_or_else(not_served)
    }
}

fn without_query(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.into()
}
