//! The configuration: validated values that the other rooms can trust.

use std::path::PathBuf;
use std::time::Duration;

use chrono_tz::Tz;
use url::Url;

use crate::article::{OutputId, Rights, SourceId};
use crate::crontab::Crontab;
use crate::filter::Filter;
use crate::wire::Wire;

/// Everything that the operator decided, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// `[store]`
    pub store: StoreConfig,
    /// `[http]`
    pub http: HttpConfig,
    /// `[fetch]`
    pub fetch: FetchConfig,
    /// `[schedule]`
    pub schedule: ScheduleConfig,
    /// `[[source]]`, in file order
    pub sources: Vec<Source>,
    /// `[[output]]`, in file order
    pub outputs: Vec<Output>,
}

/// `[store]`
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// The SQLite file.
    pub path: PathBuf,
}

/// `[http]`
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// `address:port` to listen on.
    pub listen: std::net::SocketAddr,
    /// What the outside calls us: the start of every URL that we emit, without a final slash.
    pub base_url: Url,
    /// Connections served at once; further ones wait.
    pub max_connections: usize,
}

/// `[fetch]`
#[derive(Debug, Clone)]
pub struct FetchConfig {
    /// The whole `User-Agent` value.
    pub user_agent: String,
    /// Time to a TCP and TLS connection.
    pub connect_timeout: Duration,
    /// Longest silence while waiting for header or body.
    pub read_timeout: Duration,
    /// Longest time for one request, redirects included.
    pub total_timeout: Duration,
    /// Cap on the decoded body.
    pub max_body_bytes: usize,
    /// Cap on items read from one document; the first ones of the document are kept.
    pub max_items: usize,
    /// Redirects followed in one request.
    pub max_redirects: usize,
    /// Polls in flight at once, over all hosts.
    pub concurrency: usize,
    /// Polls in flight at once to one host.
    pub per_host: usize,
    /// Lets sources live on loopback and private addresses (tests, intranets).
    pub allow_private_networks: bool,
}

/// `[schedule]`
#[derive(Debug, Clone)]
pub struct ScheduleConfig {
    /// For sources that name none.
    pub default: Crontab,
    /// In which the cron fields are read.
    pub time_zone: Tz,
    /// Never two polls of one source closer than this, whatever cron says.
    pub floor: Duration,
    /// The longest back-off after failures.
    pub ceiling: Duration,
    /// Each source's polls are shifted by a fixed part of this, so that they do not all start on the minute.
    pub jitter: Duration,
}

/// `[[source]]`
#[derive(Debug, Clone)]
pub struct Source {
    /// Stable name.
    pub id: SourceId,
    /// What to poll.
    pub url: Url,
    /// What its distributor does differently.
    pub wire: &'static Wire,
    /// When to poll.
    pub schedule: Crontab,
    /// In which the schedule is read.
    pub time_zone: Tz,
    /// What outputs may re-emit.
    pub rights: Rights,
    /// `false`: keep the row, do not poll.
    pub enabled: bool,
}

/// `[[output]]`
#[derive(Debug, Clone)]
pub struct Output {
    /// Stable name; part of its URL.
    pub id: OutputId,
    /// For people.
    pub title: String,
    /// For people; may be empty.
    pub description: String,
    /// Which articles.
    pub filter: Filter,
    /// How many, at most.
    pub limit: usize,
}
