//! What may be subscribed to at a hub: the document of an output, by its URL.

use axum::http::HeaderMap;
use url::Url;

use super::App;
use crate::article::OutputId;
use crate::config::Output;
use crate::emit::Format;
use crate::emit::access::Leave;

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
        "it is no document of ours: those are {0}ID.atom, .rss, .json, .ninjs and .ndjson, with ?token=TOKEN where one is needed"
    )]
    NotOurs(String),
    /// No output of that name, or not for whoever asks.
    #[error("there is no output {0}, or it needs its token, as in ?token=TOKEN")]
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
        // One name for one document: else somebody could subscribe to it any number of times.
        let is_plain = Url::parse(url).is_ok_and(|parsed| parsed.as_str() == url);
        let (document, query) = match url.split_once('?') {
            Some((document, query)) => (document, Some(query)),
            None => (url, None),
        };
        let is_token = |query: &str| query.starts_with("token=") && !query.contains('&');
        let name = document
            .strip_prefix(&start)
            .filter(|_| is_plain && query.is_none_or(is_token));
        let (id, extension) = name
            .and_then(|name| name.rsplit_once('.'))
            .filter(|(id, _)| !id.contains('/'))
            .ok_or_else(not_ours)?;
        let format = Format::of_extension(extension).ok_or_else(not_ours)?;
        let not_served = || TopicError::NotServed(id.to_owned());
        let mut outputs = self.config.outputs.iter();
        let output = outputs.find(|output| output.id.as_str() == id).ok_or_else(not_served)?;
        match (self.access.to(output, &HeaderMap::new(), query), query) {
            (None, _) => Err(not_served()),
            (Some(Leave::Open), Some(_)) => Err(not_ours()),
            (Some(Leave::Open), None) | (Some(Leave::ByToken), _) => Ok(Topic {
                output: output.clone(),
                format,
            }),
        }
    }

    /// Is what was subscribed to under that URL still for its subscriber, wherever we are called today?
    ///
    /// # Errors
    /// [`TopicError::NotServed`]: the output is gone, or the token of the URL does not open it any more.
    pub fn serves(&self, output: &OutputId, url: &str) -> Result<(), TopicError> {
        let mut outputs = self.config.outputs.iter();
        let found = outputs.find(|known| known.id == *output);
        let query = url.split_once('?').map(|(_, query)| query);
        found
            .and_then(|output| self.access.to(output, &HeaderMap::new(), query))
            .map(drop)
            .ok_or_else(|| TopicError::NotServed(output.to_string()))
    }
}
