//! `check`: what a configuration that reads well may still lack.

use std::path::Path;

use crate::config::{self, Config};
use crate::emit;
use crate::ingest::fetch;
use crate::ingest::guard::{Guard, Reach};
use crate::telemetry::chain;

/// What is amiss, as things stand here, each in one line.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Keeps a source from being polled, or cannot be looked at here. No error: a file may come later, and another machine may be meant.
    pub(super) warnings: Vec<String>,
    /// Keeps the daemon from starting.
    pub(super) refusals: Vec<String>,
}

pub(super) fn look(config: &Config) -> Found {
    let mut found = Found::default();
    let guard = Guard::new(Reach::of(&config.fetch));
    for source in config.sources.iter().filter(|source| source.enabled) {
        let blocked = guard.check_url(&source.url).err().map(|blocked| blocked.to_string());
        let file = source.manners.authorization_file.as_deref();
        let unread = file.and_then(|file| {
            let unread = fetch::authorization(file).err()?;
            Some(elsewhere("authorization_file", file).unwrap_or_else(|| chain(&unread)))
        });
        let why = blocked.into_iter().chain(unread);
        let id = source.id.as_str();
        found.warnings.extend(why.map(|why| format!("source {id:?}: {why}")));
    }
    if config.store.path.is_dir() {
        found.refusals.push(format!(
            "[store] path {:?} is a folder: name a file, in it or elsewhere",
            config.store.path.display().to_string()
        ));
    }
    for (file, error) in emit::check(config) {
        match elsewhere("token_file", file) {
            Some(why) => found.warnings.push(why),
            None => found.refusals.push(chain(&error)),
        }
    }
    found
}

/// Why a credential cannot be looked at here.
fn elsewhere(key: &str, file: &Path) -> Option<String> {
    config::is_credential_elsewhere(file).then(|| {
        format!(
            "{key} {:?} was not looked at: a bare name is a credential, which systemd hands to the service alone ($CREDENTIALS_DIRECTORY); \
             without it the daemon does not find it either",
            file.display().to_string()
        )
    })
}
