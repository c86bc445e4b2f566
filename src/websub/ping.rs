//! Tells the hubs of others which documents have changed; they fetch them and tell their subscribers.
//!
//! What they were told is not kept: after a start each is told of every output once, and finds for itself what has changed.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use tracing::{debug, warn};
use url::Url;

use super::{Hub, again, letter, wait};
use crate::article::OutputId;
use crate::config::Config;
use crate::emit::Format;
use crate::ingest::fetch::RetryAfter;
use crate::telemetry::chain;

/// Outputs of one ping.
const OUTPUTS: usize = 20;

/// Between two pings of one hub: what changes meanwhile is told in one.
const GAP: TimeDelta = TimeDelta::seconds(10);

/// The longest wait after failures: what a hub does not hear its subscribers wait for.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(1);

/// A hub of somebody else.
#[derive(Debug)]
pub(super) struct Ping {
    hub: Url,
    /// The last change of each output that it was told of.
    told: HashMap<OutputId, i64>,
    failures: u32,
    /// Not before.
    next: Option<DateTime<Utc>>,
}

/// Outputs with their last changes.
pub(super) type News = Vec<(OutputId, i64)>;

/// What became of a ping.
#[derive(Debug)]
pub(super) enum Pinged {
    /// It has heard this.
    Heard(News),
    /// It did not listen; after when it may be told again, if it said so.
    Deaf(Option<RetryAfter>),
}

impl Ping {
    pub(super) fn new(hub: Url) -> Self {
        Self {
            hub,
            told: HashMap::new(),
            failures: 0,
            next: None,
        }
    }

    pub(super) const fn hub(&self) -> &Url {
        &self.hub
    }

    /// When it may be told again.
    pub(super) const fn next(&self) -> Option<DateTime<Utc>> {
        self.next
    }

    /// What it is to be told now, of outputs that everybody may read.
    pub(super) fn news(&self, config: &Config, changes: &[(OutputId, i64)], now: DateTime<Utc>) -> Option<News> {
        if self.next.is_some_and(|next| next > now) {
            return None;
        }
        let is_open = |id: &OutputId| {
            let mut outputs = config.outputs.iter();
            outputs.any(|output| output.id == *id && output.token_file.is_none())
        };
        let news = changes
            .iter()
            .filter(|(output, change)| self.told.get(output) != Some(change) && is_open(output));
        let news: News = news.take(OUTPUTS).cloned().collect();
        (!news.is_empty()).then_some(news)
    }

    pub(super) fn ended(&mut self, pinged: Pinged, now: DateTime<Utc>) {
        match pinged {
            Pinged::Heard(news) => {
                self.told.extend(news);
                (self.failures, self.next) = (0, Some(now + GAP));
            }
            Pinged::Deaf(asked) => {
                self.failures = self.failures.saturating_add(1);
                self.next = Some(again(wait(self.failures).min(LONGEST_WAIT), asked, now));
            }
        }
    }
}

/// Tells a hub that these outputs have changed, in every format.
pub(super) async fn tell(hub: Hub, url: Url, news: News) -> Pinged {
    let topics: Vec<String> = news
        .iter()
        .flat_map(|(output, _)| {
            let document = move |format: &Format| format!("/outputs/{output}.{}", format.extension());
            Format::ALL.iter().map(document)
        })
        .map(|path| hub.config.http.url(&path))
        .collect();
    let place = url.to_string();
    match hub.fetcher.send(letter::news(&url, &topics)).await {
        Ok(reply) if reply.is_success() => {
            debug!(
                stage = "websub",
                hub = place,
                outputs = news.len(),
                "a hub was told of changes"
            );
            Pinged::Heard(news)
        }
        Ok(reply) => {
            warn!(
                stage = "websub",
                hub = place,
                "a hub was told of changes and answered {}",
                reply.status
            );
            Pinged::Deaf(reply.retry_after)
        }
        Err(error) => {
            warn!(
                stage = "websub",
                hub = place,
                "a hub could not be told of changes: {}",
                chain(&error)
            );
            Pinged::Deaf(None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_is_told_of_each_change_of_an_open_output_until_it_has_listened() {
        let config = "[[output]]\nid = \"open\"\n[[output]]\nid = \"own\"\ntoken_file = \"tokens\"\n";
        let config = crate::config::parse(config, "t.toml").expect("it is good");
        let (id, now) = (OutputId::new, DateTime::UNIX_EPOCH);
        let at = |seconds: i64| now + TimeDelta::seconds(seconds);
        let mut ping = Ping::new("https://hub.example/".parse().expect("a URL"));
        let changes = [(id("open"), 5), (id("own"), 6), (id("gone"), 7)];
        let news = ping.news(&config, &changes, now).expect("there is news");
        assert_eq!(news, [(id("open"), 5)]);
        ping.ended(Pinged::Deaf(None), now);
        assert_eq!(ping.news(&config, &changes, at(59)), None);
        let news = ping.news(&config, &changes, at(60)).expect("it is told again");
        ping.ended(Pinged::Heard(news), at(60));
        assert_eq!(ping.news(&config, &changes, at(70)), None);
        let changes = [(id("open"), 8)];
        assert_eq!(
            (ping.news(&config, &changes, at(69)), ping.next()),
            (None, Some(at(70)))
        );
        assert_eq!(ping.news(&config, &changes, at(70)), Some(changes.to_vec()));
    }
}
