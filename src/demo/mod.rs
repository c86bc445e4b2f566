//! The demo: three made-up wires on loopback, polled by the very same code as the daemon, into a store that is thrown away.
//!
//! Needs no network, no configuration and no file of its own. What it shows: a release in two list feeds of one wire, a copy on
//! another wire, an announced correction, a withdrawal, a translation.

mod feeds;
mod serve;

use std::net::SocketAddr;
use std::path::Path;

use crate::article::SourceId;
use crate::clock;
use crate::config::{self, Config, ConfigError};

pub use self::feeds::{Form, MadeUp, render};
pub use self::serve::Feeds;

/// The made-up wires, serving.
#[derive(Debug)]
pub struct Demo {
    feeds: Feeds,
    address: SocketAddr,
}

impl Demo {
    /// Starts the wires on a free loopback port.
    ///
    /// # Errors
    /// Loopback cannot be listened on.
    pub async fn start() -> std::io::Result<Self> {
        let now = clock::now();
        let feeds = Feeds::start(feeds::documents(now)).await?;
        let address = feeds.address();
        Ok(Self { feeds, address })
    }

    /// The configuration that a person would have written for these wires.
    ///
    /// # Errors
    /// Never, unless the demo's own text is wrong; a test holds it to the parser.
    pub fn config(&self, store: &Path, listen: SocketAddr) -> Result<Config, ConfigError> {
        let mut config = config::parse(&text(self.address, listen), "the demo's own configuration")?;
        config.store.path = store.to_path_buf();
        Ok(config)
    }

    /// Names of its sources, in the order in which a table reads best.
    #[must_use]
    pub fn sources() -> Vec<SourceId> {
        ["prn-all", "prn-steel", "businesswire", "globenewswire"]
            .map(SourceId::new)
            .to_vec()
    }

    /// How often each made-up feed was asked for, and how often the answer was 304.
    #[must_use]
    pub fn requests(&self) -> (usize, usize) {
        self.feeds.requests()
    }
}

fn text(wires: SocketAddr, listen: SocketAddr) -> String {
    format!(
        r#"
[http]
listen = "{listen}"

[fetch]
allow_private_networks = true   # the made-up wires live on loopback
per_host_gap = "0s"             # all four of them

[schedule]
default = "*/10 * * * * *"      # every ten seconds: nobody is a guest here
floor = "5s"
jitter = "2s"

[[source]]
id = "prn-all"
url = "http://{wires}/prnewswire/all.rss"
wire = "prnewswire"

[[source]]
id = "prn-steel"
url = "http://{wires}/prnewswire/steel.rss"
wire = "prnewswire"

[[source]]
id = "businesswire"
url = "http://{wires}/businesswire/all.rss"
wire = "businesswire"

[[source]]
id = "globenewswire"
url = "http://{wires}/globenewswire/public.rss"
wire = "globenewswire"

[[output]]
id = "all"
title = "Everything"

[[output]]
id = "steel"
title = "Steel, in English"
filter = 'language = "en" and text ~ "steel"'

[[output]]
id = "corrections"
title = "Corrections and withdrawals"
filter = 'kind = "correction" or kind = "replacement" or kind = "retraction"'
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_demo_serves_its_wires_and_its_configuration_is_good() {
        let demo = Demo::start().await.expect("loopback");
        let config = demo
            .config(Path::new("demo.sqlite"), ([127, 0, 0, 1], 0).into())
            .expect("good configuration");
        let ids: Vec<SourceId> = config.sources.iter().map(|source| source.id.clone()).collect();
        assert_eq!(ids, Demo::sources());
        assert_eq!(demo.requests(), (0, 0));
    }
}
