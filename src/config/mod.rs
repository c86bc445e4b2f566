//! The configuration: validated values that the other rooms can trust.
//!
//! In: the text of a TOML file. Out: a [`Config`], or **every** problem of the file at once, each with line, column, the
//! line itself and what to write instead. [`keys::KEYS`] is the list of what can be set; `config/dateline.toml` shows each
//! key with its default and is built into the program for whoever has no file yet.
//!
//! Never reads the clock or the network. The environment is read by [`locate()`] and, for the store, by [`load`];
//! [`parse`] is pure.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono_tz::Tz;
use ipnet::IpNet;
use toml::de::DeTable;
use url::Url;

use crate::article::{Copies, Exposure, FullText, Identity, Order, OutputId, Rights, SourceId, Tier};
use crate::crontab::Crontab;
use crate::filter::{Filter, Named};
use crate::wire::Wire;

pub mod keys;
mod kind;
mod document;
mod locate;
pub mod print;
mod problem;
mod sections;
mod title;

use document::Document;
use keys::Table;
pub use kind::Scalar;
pub use locate::{
    Located, control_socket, is_credential_elsewhere, is_journal, locate, outside_of_state_directory,
    system_control_socket,
};
use print::{Origin, Setting};
pub use problem::{ConfigError, Problem};
pub(crate) use sections::same_feed;
pub use title::{PLACEHOLDERS, Placeholder, TitleError, TitleTemplate};

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
    /// `[websub]`
    pub websub: WebSubConfig,
    /// `[[source]]`, in file order
    pub sources: Vec<Source>,
    /// `[[filter]]`, in file order
    pub filters: Vec<NamedFilter>,
    /// The same by name, as [`Filter::parse_with`] takes them
    pub named: Named,
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
    /// How long what was received stays; `None`: for good.
    pub keep: Option<Duration>,
    /// How long what a source has shown stays, however old it is.
    pub keep_shown: Duration,
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
    /// Requests of one address; 0: any number.
    pub requests_per_minute: usize,
    /// Who may read every output, and filter.
    pub token_file: Option<PathBuf>,
    /// Who may read the metrics.
    pub metrics: Exposure,
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
    /// Cap on items read from one document; the newest are kept.
    pub max_items: usize,
    /// Bytes of one text of an item.
    pub max_text_bytes: usize,
    /// Bytes of one attribute.
    pub max_attribute_bytes: usize,
    /// Categories of one item.
    pub max_categories: usize,
    /// Redirects followed in one request.
    pub max_redirects: usize,
    /// Polls in flight at once, over all hosts.
    pub concurrency: usize,
    /// Polls in flight at once to one registered domain.
    pub per_host: usize,
    /// Least time between the starts of two of them.
    pub per_host_gap: Duration,
    /// Lets sources live on loopback and private addresses (tests, intranets).
    pub allow_private_networks: bool,
    /// Networks of our own where sources live.
    pub allow_networks: Vec<IpNet>,
    /// For every request.
    pub proxy: Option<Url>,
    /// For how long a feed must say that it has moved for good.
    pub adopt_moves_after: Duration,
    /// After so long of "not modified" alone a source is asked for the whole document.
    pub refetch: Duration,
}

/// `[schedule]`
#[derive(Debug, Clone)]
pub struct ScheduleConfig {
    /// For sources that name none; `None`: adaptive.
    pub default: Option<Crontab>,
    /// In which the cron fields are read.
    pub time_zone: Tz,
    /// Never two polls of one source closer than this, whatever cron says.
    pub floor: Duration,
    /// ... for adaptive polls of a wire.
    pub wire_floor: Duration,
    /// ... of a guest.
    pub guest_floor: Duration,
    /// ... of a guest that gives no validators.
    pub unvalidated_floor: Duration,
    /// The longest back-off after failures, and the longest that a publisher may ask for.
    pub ceiling: Duration,
    /// The same for a wire.
    pub wire_ceiling: Duration,
    /// Percent of a document that the next adaptive poll should find again.
    pub overlap: usize,
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

/// `[websub]`
#[derive(Debug, Clone)]
pub struct WebSubConfig {
    /// A hub of our own is served.
    pub hub: bool,
    /// Hubs of others that are told of changes.
    pub ping: Vec<Url>,
    /// How long a subscription lasts that asks for no time.
    pub lease: Duration,
    /// Networks of our own where callbacks live.
    pub allow_networks: Vec<IpNet>,
    /// Subscriptions at our own hub, at most.
    pub max_subscriptions: usize,
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
    /// When to poll; `None`: adaptive.
    pub schedule: Option<Crontab>,
    /// How it may be polled.
    pub tier: Tier,
    /// In which the schedule is read.
    pub time_zone: Tz,
    /// In which dates are read that name no zone.
    pub date_zone: Tz,
    /// How its items are told apart.
    pub identity: Identity,
    /// Whether the pages of its articles are read.
    pub full_text: FullText,
    /// What outputs may re-emit.
    pub rights: Rights,
    /// What its server is told besides.
    pub manners: Manners,
    /// `false`: keep the row, do not poll.
    pub enabled: bool,
}

/// What one source's server is told, besides what all are told.
#[derive(Debug, Clone, Default)]
pub struct Manners {
    /// Instead of [`FetchConfig::user_agent`].
    pub user_agent: Option<String>,
    /// Names and values of further header lines.
    pub headers: Vec<(String, String)>,
    /// The file that holds the value of `Authorization`.
    pub authorization_file: Option<PathBuf>,
}

/// `[[filter]]`
#[derive(Debug, Clone)]
pub struct NamedFilter {
    /// What filters write behind `@`.
    pub name: String,
    /// Which articles.
    pub filter: Filter,
    /// For people; may be empty.
    pub description: String,
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
    /// How many, at most; and up to half as many that are not on an archive page yet.
    pub limit: usize,
    /// What stands first.
    pub sort: Order,
    /// Nothing older.
    pub max_age: Option<Duration>,
    /// At most this of each article, where its source allows as much.
    pub rights: Rights,
    /// Shows what was withdrawn, as withdrawn.
    pub withdrawn: bool,
    /// What it says of the other pages that carry the same release.
    pub copies: Copies,
    /// What entries are called where a format has titles.
    pub entry_title: TitleTemplate,
    /// Whoever may read it, if not everybody.
    pub token_file: Option<PathBuf>,
}

impl Config {
    /// The source of that name.
    #[must_use]
    pub fn source(&self, id: &SourceId) -> Option<&Source> {
        self.sources.iter().find(|source| source.id == *id)
    }
}

impl Output {
    /// An output of that name which shows everything that the filter holds, as the defaults have it.
    #[must_use]
    pub fn new(id: OutputId, filter: Filter) -> Self {
        Self {
            title: id.to_string(),
            id,
            description: String::new(),
            filter,
            limit: 100,
            sort: Order::Changed,
            max_age: None,
            rights: Rights::Full,
            withdrawn: true,
            copies: Copies::Folded,
            entry_title: TitleTemplate::default(),
            token_file: None,
        }
    }
}

impl Config {
    /// The text of the built-in configuration: a commented file to start from.
    #[must_use]
    pub const fn default_text() -> &'static str {
        EMBEDDED
    }
}

/// Reads and checks what [`locate()`] found. `store_override` is `--store` and beats the file; the file beats the environment.
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
    let of_sources = config
        .sources
        .iter_mut()
        .map(|source| &mut source.manners.authorization_file);
    let of_outputs = config.outputs.iter_mut().map(|output| &mut output.token_file);
    for file in of_sources.chain(of_outputs).chain([&mut config.http.token_file]) {
        if let Some(credential) = file.as_deref().and_then(locate::credential) {
            *file = Some(credential);
        }
    }
    if let Some(path) = store_override {
        config.put_store(path.to_owned(), "--store");
    } else if !config.names_store()
        && let Some((path, origin)) = locate::store_of(located)
    {
        config.put_store(path, origin);
    }
    Ok(config)
}

/// The defaults, on that store: for who asks a store alone, whatever the configuration says.
///
/// # Errors
/// None that we know of: every key has a default.
pub fn of_store(store: &Path) -> Result<Config, ConfigError> {
    let mut config = parse("", "no configuration")?;
    config.put_store(store.to_owned(), "--store");
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
    let of_store = document.section(root, Table::Store);
    let store = sections::store(&mut document, &of_store);
    let http = sections::http(&mut document, root);
    let fetch = sections::fetch(&mut document, root);
    let schedule = sections::schedule(&mut document, root);
    let dedup = sections::dedup(&mut document, root);
    sections::keeps_the_window(&mut document, &of_store, store.as_ref(), dedup.as_ref());
    let websub = sections::websub(&mut document, root);
    let sources = sections::sources(&mut document, root, schedule.as_ref());
    let (filters, named) = sections::filters(&mut document, root);
    let outputs = sections::outputs(&mut document, root, &named);
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
            websub: websub?,
            sources,
            filters,
            named,
            outputs,
            file,
            settings,
        })
    };
    // A value is only missing with a problem that says so.
    whole().ok_or(ConfigError::Invalid { problems: Vec::new() })
}

impl Config {
    fn store_setting(&mut self) -> Option<&mut Setting> {
        self.settings
            .iter_mut()
            .find(|setting| setting.table == Table::Store && setting.name == keys::STORE_PATH.row.name)
    }

    fn names_store(&mut self) -> bool {
        self.store_setting().is_some_and(|setting| setting.is_set())
    }

    fn put_store(&mut self, path: PathBuf, origin: &'static str) {
        if let Some(shown) = self.store_setting() {
            shown.value = Scalar::Text(path.display().to_string());
            shown.origin = Origin::From(origin);
        }
        self.store.path = path;
    }
}

/// Reads a duration as the file writes it (`1h30m`, `365d`), for a command line: from a second to a hundred years.
///
/// # Errors
/// What to write instead, for a person.
pub fn duration(text: &str) -> Result<Duration, String> {
    let read = kind::duration("1s", "36500d").read(&Scalar::Text(text.to_owned()));
    read.map_err(|fault| match fault.hint {
        Some(hint) => format!("{}: write {hint}", fault.message),
        None => fault.message,
    })
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

#[cfg(test)]
mod tests;
