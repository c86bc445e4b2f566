//! The configuration: validated values that the other rooms can trust.
//!
//! In: the text of a TOML file. Out: a [`Config`], or **every** problem of the file at once, each with line, column, the
//! line itself and what to write instead. [`keys::KEYS`] is the list of what can be set; `config/dateline.toml` shows each
//! key with its default and is built into the program for whoever has no file yet.
//!
//! Never reads the clock or the network. The environment is read by [`locate`] and, for the store, by [`load`];
//! [`parse`] is pure.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono_tz::Tz;
use toml::de::DeTable;
use url::Url;

use crate::article::{OutputId, Rights, SourceId};
use crate::crontab::Crontab;
use crate::filter::Filter;
use crate::wire::Wire;

pub mod keys;
mod kind;
mod document;
mod locate;
pub mod print;
mod problem;

use document::{Document, Section};
use keys::Table;
use kind::Fault;
pub use kind::Scalar;
pub use locate::{Located, locate};
use print::{Origin, Setting};
pub use problem::{ConfigError, Problem};

/// The configuration of whoever has none.
const EMBEDDED: &str = include_str!("../../config/dateline.toml");
/// How it is called in messages and by `config print`.
const EMBEDDED_NAME: &str = "built-in dateline.toml";

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
    /// `[dedup]`
    pub dedup: DedupConfig,
    /// `[[source]]`, in file order
    pub sources: Vec<Source>,
    /// `[[output]]`, in file order
    pub outputs: Vec<Output>,
    /// The file that it was read from, as given.
    pub file: String,
    /// Every value above as it would be written, with its origin; what [`print`](mod@print) shows.
    pub settings: Vec<Setting>,
}

/// `[store]`
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// The SQLite file. Relative: from the working directory.
    pub path: PathBuf,
}

/// `[http]`
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// `address:port` to listen on.
    pub listen: std::net::SocketAddr,
    /// What the outside calls us: the start of every URL that we emit. Its path ends without a slash unless it is `/`:
    /// join with [`HttpConfig::url`].
    pub base_url: Url,
    /// Connections served at once; further ones wait.
    pub max_connections: usize,
}

impl HttpConfig {
    /// The absolute URL of a path of ours, which starts with `/`.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url.as_str().trim_end_matches('/'))
    }
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
    /// How long polls and answers in flight may take when the daemon is told to stop.
    pub shutdown_grace: Duration,
}

/// `[dedup]`
#[derive(Debug, Clone)]
pub struct DedupConfig {
    /// How far back a correction or a copy may look for the release that it means.
    pub window: Duration,
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

impl Config {
    /// The text of the built-in configuration: a commented file to start from.
    #[must_use]
    pub const fn default_text() -> &'static str {
        EMBEDDED
    }
}

/// Reads and checks what [`locate`] found. `store_override` is `--store` and beats the file.
///
/// # Errors
/// [`ConfigError::Unreadable`] if the file cannot be read, else [`ConfigError::Invalid`] with all its problems.
pub fn load(located: &Located, store_override: Option<&Path>) -> Result<Config, ConfigError> {
    let mut config = match located {
        Located::Embedded => parse(EMBEDDED, EMBEDDED_NAME)?,
        Located::File(path) => {
            let file = path.display().to_string();
            match fs::read(path) {
                Ok(bytes) => parse(&utf8(&bytes, &file)?, &file)?,
                Err(source) => return Err(ConfigError::Unreadable { file, source }),
            }
        }
    };
    if let Some(path) = store_override {
        config.put_store(path.to_owned(), "--store");
    } else if config
        .settings
        .iter()
        .any(|setting| setting.table == Table::Store && !setting.is_set())
        && let Some(path) = locate::store_in_state_directory()
    {
        config.put_store(path, "$STATE_DIRECTORY");
    }
    Ok(config)
}

/// Checks the text of a configuration; `file` is how messages call it. The same text gives the same answer.
///
/// # Errors
/// [`ConfigError::Invalid`] with every problem, in file order.
pub fn parse(text: &str, file: &str) -> Result<Config, ConfigError> {
    let (root, errors) = DeTable::parse_recoverable(text);
    let root = root.get_ref();
    let mut document = Document::new(file, text, &errors);
    document.check_tables(root);
    let store = store(&mut document, root);
    let http = http(&mut document, root);
    let fetch = fetch(&mut document, root);
    let schedule = schedule(&mut document, root);
    let dedup = dedup(&mut document, root);
    let sources = sources(&mut document, root, schedule.as_ref());
    let outputs = outputs(&mut document, root);
    let settings = document
        .finish()
        .map_err(|problems| ConfigError::Invalid { problems })?;
    let whole = || {
        let (store, file) = (store?, file.to_owned());
        Some(Config {
            store,
            http: http?,
            fetch: fetch?,
            schedule: schedule?,
            dedup: dedup?,
            sources,
            outputs,
            file,
            settings,
        })
    };
    // A value is only missing with a problem that says so.
    whole().ok_or(ConfigError::Invalid { problems: Vec::new() })
}

impl Config {
    fn put_store(&mut self, path: PathBuf, origin: &'static str) {
        if let Some(shown) = self.settings.iter_mut().find(|setting| setting.table == Table::Store) {
            shown.value = Scalar::Text(path.display().to_string());
            shown.origin = Origin::From(origin);
        }
        self.store.path = path;
    }
}

/// TOML is UTF-8; anything else is a problem at its first wrong byte.
fn utf8(bytes: &[u8], file: &str) -> Result<String, ConfigError> {
    String::from_utf8(bytes.to_vec()).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(bytes);
        let lines = problem::Lines::new(file, &text);
        let mut problem = lines.problem(at..at + 1, None, "this is not UTF-8".to_owned());
        problem.hint = Some("save the file as UTF-8".to_owned());
        ConfigError::Invalid {
            problems: vec![problem],
        }
    })
}

// Each reader asks for all its keys before it gives up, so that all their problems are found.

fn store(document: &mut Document<'_>, root: &DeTable<'_>) -> Option<StoreConfig> {
    let section = document.section(root, Table::Store);
    let path = PathBuf::from(locate::STORE_NAME);
    Some(StoreConfig {
        path: document.get_or(&section, &keys::STORE_PATH, path, locate::STORE_NAME),
    })
}

fn http(document: &mut Document<'_>, root: &DeTable<'_>) -> Option<HttpConfig> {
    let section = document.section(root, Table::Http);
    let listen = document.get(&section, &keys::LISTEN);
    // Listening on every address is no address to call.
    let host = listen.map(|listen| match listen.ip() {
        ip if ip.is_unspecified() => format!("localhost:{}", listen.port()),
        _ => listen.to_string(),
    });
    let here = host.and_then(|host| Url::parse(&format!("http://{host}")).ok());
    let base_url = match here {
        Some(here) => Some(document.get_or(
            &section,
            &keys::BASE_URL,
            here.clone(),
            here.as_str().trim_end_matches('/'),
        )),
        None => document.get(&section, &keys::BASE_URL),
    };
    let max_connections = document.get(&section, &keys::MAX_CONNECTIONS);
    let mut base_url = base_url?;
    let path = base_url.path().trim_end_matches('/').to_owned();
    base_url.set_path(&path);
    Some(HttpConfig {
        listen: listen?,
        base_url,
        max_connections: max_connections?,
    })
}

fn fetch(document: &mut Document<'_>, root: &DeTable<'_>) -> Option<FetchConfig> {
    let section = document.section(root, Table::Fetch);
    let contact = document.get(&section, &keys::CONTACT);
    let user_agent = user_agent(contact.as_deref());
    let user_agent = document.get_or(&section, &keys::USER_AGENT, user_agent.clone(), user_agent);
    let connect_timeout = document.get(&section, &keys::CONNECT_TIMEOUT);
    let read_timeout = document.get(&section, &keys::READ_TIMEOUT);
    let total_timeout = document.get(&section, &keys::TOTAL_TIMEOUT);
    let max_body_bytes = document.get(&section, &keys::MAX_BODY_BYTES);
    let max_items = document.get(&section, &keys::MAX_ITEMS);
    let max_redirects = document.get(&section, &keys::MAX_REDIRECTS);
    let concurrency = document.get(&section, &keys::CONCURRENCY);
    let per_host = document.get(&section, &keys::PER_HOST);
    let allow_private_networks = document.get(&section, &keys::ALLOW_PRIVATE_NETWORKS);
    Some(FetchConfig {
        user_agent,
        connect_timeout: connect_timeout?,
        read_timeout: read_timeout?,
        total_timeout: total_timeout?,
        max_body_bytes: max_body_bytes?,
        max_items: max_items?,
        max_redirects: max_redirects?,
        concurrency: concurrency?,
        per_host: per_host?,
        allow_private_networks: allow_private_networks?,
    })
}

/// Names us as a bot: GlobeNewswire resets the connections of agents that it does not know, and serves those.
fn user_agent(contact: Option<&str>) -> String {
    let contact = contact.map(|contact| format!("; +{contact}")).unwrap_or_default();
    format!(
        "DatelineBot/{} (press-release feed reader{contact})",
        env!("CARGO_PKG_VERSION")
    )
}

fn schedule(document: &mut Document<'_>, root: &DeTable<'_>) -> Option<ScheduleConfig> {
    let section = document.section(root, Table::Schedule);
    let default = document.get(&section, &keys::DEFAULT);
    let time_zone = document.get(&section, &keys::TIME_ZONE);
    let floor = document.get(&section, &keys::FLOOR);
    let ceiling = document.get(&section, &keys::CEILING);
    if let (Some(floor), Some(ceiling)) = (floor, ceiling)
        && floor > ceiling
    {
        let fault = Fault::new("the floor is longer than the ceiling");
        let fault =
            fault.hint("`floor` is the least time between two polls, `ceiling` the longest wait after failures");
        match document.line(&section, &keys::FLOOR) {
            Some(_) => document.fault(&section, &keys::FLOOR, fault),
            None => document.fault(&section, &keys::CEILING, fault),
        }
    }
    let jitter = document.get(&section, &keys::JITTER);
    let shutdown_grace = document.get(&section, &keys::SHUTDOWN_GRACE);
    Some(ScheduleConfig {
        default: default?,
        time_zone: time_zone?,
        floor: floor?,
        ceiling: ceiling?,
        jitter: jitter?,
        shutdown_grace: shutdown_grace?,
    })
}

fn dedup(document: &mut Document<'_>, root: &DeTable<'_>) -> Option<DedupConfig> {
    let section = document.section(root, Table::Dedup);
    Some(DedupConfig {
        window: document.get(&section, &keys::WINDOW)?,
    })
}

fn sources(document: &mut Document<'_>, root: &DeTable<'_>, defaults: Option<&ScheduleConfig>) -> Vec<Source> {
    let (mut ids, mut urls) = (HashMap::new(), HashMap::new());
    let sections = document.sections(root, Table::Source);
    let sources = sections.iter().map(|section| {
        let id = document.get(section, &keys::SOURCE_ID);
        let url = document.get(section, &keys::URL);
        once(document, section, &keys::SOURCE_ID, id.as_deref(), &mut ids);
        once(
            document,
            section,
            &keys::URL,
            url.as_ref().map(same_feed).as_deref(),
            &mut urls,
        );
        let wire = document.get(section, &keys::WIRE);
        let (schedule, time_zone) = match defaults {
            Some(ScheduleConfig { default, time_zone, .. }) => (
                Some(document.get_or(section, &keys::SOURCE_SCHEDULE, default.clone(), default)),
                Some(document.get_or(section, &keys::SOURCE_TIME_ZONE, *time_zone, time_zone)),
            ),
            None => (
                document.get(section, &keys::SOURCE_SCHEDULE),
                document.get(section, &keys::SOURCE_TIME_ZONE),
            ),
        };
        let terms = wire.map_or(Rights::Headline, |wire| wire.rights);
        let rights = document.get_or(section, &keys::RIGHTS, terms, terms);
        let enabled = document.get(section, &keys::ENABLED);
        let (schedule, time_zone) = (schedule?, time_zone?);
        Some(Source {
            id: SourceId::new(id?),
            url: url?,
            wire: wire?,
            schedule,
            time_zone,
            rights,
            enabled: enabled?,
        })
    });
    sources.collect::<Vec<_>>().into_iter().flatten().collect()
}

fn outputs(document: &mut Document<'_>, root: &DeTable<'_>) -> Vec<Output> {
    let mut ids = HashMap::new();
    let sections = document.sections(root, Table::Output);
    let outputs = sections.iter().map(|section| {
        let id = document.get(section, &keys::OUTPUT_ID);
        once(document, section, &keys::OUTPUT_ID, id.as_deref(), &mut ids);
        let name = id.clone().unwrap_or_default();
        let title = document.get_or(section, &keys::TITLE, name.clone(), name);
        let description = document.get(section, &keys::DESCRIPTION);
        let filter = document.get(section, &keys::FILTER);
        let limit = document.get(section, &keys::LIMIT);
        let (description, filter, limit) = (description?, filter?, limit?);
        Some(Output {
            id: OutputId::new(id?),
            title,
            description,
            filter,
            limit,
        })
    });
    outputs.collect::<Vec<_>>().into_iter().flatten().collect()
}

/// Reports a value that an earlier table of the same name has already.
fn once<T>(
    document: &mut Document<'_>,
    section: &Section<'_>,
    key: &keys::Key<T>,
    value: Option<&str>,
    seen: &mut HashMap<String, usize>,
) {
    let (Some(value), Some(line)) = (value, document.line(section, key)) else {
        return;
    };
    match seen.get(value) {
        Some(first) => {
            let fault = Fault::new(format!("the same {} as in line {first}", key.row.name));
            document.fault(
                section,
                key,
                fault.hint("each has to be there once; remove or change one of them"),
            );
        }
        None => {
            seen.insert(value.to_owned(), line);
        }
    }
}

/// URLs that differ only in a fragment or a last slash are one feed: it is polled once.
fn same_feed(url: &Url) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    url.as_str().trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests;
