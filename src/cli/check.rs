//! `check`: what a configuration that reads well may still lack.

use crate::config::Config;
use crate::emit;
use crate::ingest::fetch;
use crate::ingest::guard::{Guard, Reach};

/// What would keep a source from being polled, each with the source's name, or the daemon from starting, as things stand. None of it is an error: a file may come later,
/// and another machine may be meant.
pub(super) fn warnings(config: &Config) -> Vec<String> {
    let guard = Guard::new(Reach::of(&config.fetch));
    let tokens = emit::check(config).err().map(|error| crate::telemetry::chain(&error));
    let enabled = config.sources.iter().filter(|source| source.enabled);
    enabled
        .flat_map(|source| {
            let blocked = guard.check_url(&source.url).err().map(|blocked| blocked.to_string());
            let file = source.manners.authorization_file.as_deref();
            let unread = file.and_then(|file| fetch::authorization(file).err());
            let unread = unread.map(|error| crate::telemetry::chain(&error));
            let found = blocked.into_iter().chain(unread);
            found.map(|why| format!("source {:?}: {why}", source.id.as_str()))
        })
        .chain(tokens)
        .collect()
}
