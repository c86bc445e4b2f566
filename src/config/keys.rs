//! Every key of the configuration: one row each.
//!
//! # Adding a key
//! Add a row to the list below, read it in `mod.rs`, and document it in `config/dateline.toml`: a test fails until the
//! annotated file shows the key and its default.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use chrono_tz::Tz;
use ipnet::IpNet;
use url::Url;

use super::kind::{self, Kind};
use super::title::TitleTemplate;
use crate::article::{Copies, Exposure, FullText, Identity, Order, Rights, Tier};
use crate::crontab::Crontab;
use crate::wire::Wire;

/// What a key means, for people and for the tests of the annotated file.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The table that it stands in.
    pub table: Table,
    /// Its name there.
    pub name: &'static str,
    /// What may stand behind it: `a duration such as "30s"`.
    pub expects: &'static str,
    /// What holds if it is left out.
    pub absent: Absent,
    /// One or two sentences.
    pub doc: &'static str,
}

/// What holds if a key is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// This value, written in TOML.
    Is(&'static str),
    /// A value that comes from elsewhere, in words.
    From(&'static str),
    /// It stays unset.
    Unset,
    /// It must not be left out.
    Required,
}

/// The tables of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// `[store]`
    Store,
    /// `[http]`
    Http,
    /// `[fetch]`
    Fetch,
    /// `[schedule]`
    Schedule,
    /// `[dedup]`
    Dedup,
    /// `[websub]`
    WebSub,
    /// `[[source]]`
    Source,
    /// `[[filter]]`
    Filter,
    /// `[[output]]`
    Output,
}

impl Table {
    /// In the order of the annotated file.
    pub const ALL: [Self; 9] = [
        Self::Store,
        Self::Http,
        Self::Fetch,
        Self::Schedule,
        Self::Dedup,
        Self::WebSub,
        Self::Source,
        Self::Filter,
        Self::Output,
    ];

    /// Its name in the file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Http => "http",
            Self::Fetch => "fetch",
            Self::Schedule => "schedule",
            Self::Dedup => "dedup",
            Self::WebSub => "websub",
            Self::Source => "source",
            Self::Filter => "filter",
            Self::Output => "output",
        }
    }

    /// Its header: `[http]` for a table that stands once, `[[source]]` for one of many.
    #[must_use]
    pub fn header(self) -> String {
        match self {
            Self::Source | Self::Filter | Self::Output => format!("[[{}]]", self.name()),
            Self::Store | Self::Http | Self::Fetch | Self::Schedule | Self::Dedup | Self::WebSub => {
                format!("[{}]", self.name())
            }
        }
    }
}

/// A row and how its value is read.
#[derive(Debug)]
pub(super) struct Key<T> {
    pub(super) row: Row,
    pub(super) kind: Kind<T>,
}

/// Declares each key once: its constant, its place in [`KEYS`], and the text that it has in both.
macro_rules! keys {
    ($($table:ident { $($(#[doc = $doc:literal])+ $key:ident $name:literal: $type:ty = $kind:expr, $absent:expr;)+ })+) => {
        $($(
            pub(super) const $key: Key<$type> = Key {
                kind: $kind,
                row: Row {
                    table: Table::$table,
                    name: $name,
                    expects: $kind.expects,
                    absent: $absent,
                    doc: concat!($($doc),+),
                },
            };
        )+)+

        /// Every key, in the order of the annotated file.
        pub const KEYS: &[Row] = &[$($($key.row,)+)+];
    };
}

use Absent::{From, Is, Required, Unset};

keys! {
    Store {
        /// The SQLite file. A relative path starts at the working directory, not at this file.
        STORE_PATH "path": PathBuf = kind::PATH, From("$STATE_DIRECTORY, else /var/lib/dateline for /etc/dateline/dateline.toml, else the working directory");
        /// Once a day the daemon removes what was received or changed before so long, and what it remembers of removed articles a month later.
        /// Not shorter than `window` of [dedup].
        KEEP "keep": Duration = kind::duration("1d", "36500d"), Unset;
        /// What a source has shown within this time stays all the same. Asked only where `keep` is set.
        KEEP_SHOWN "keep_shown": Duration = kind::duration("1d", "3650d"), Is(r#""30d""#);
    }
    Http {
        /// Address and port to listen on.
        LISTEN "listen": SocketAddr = kind::ADDRESS, Is(r#""127.0.0.1:8844""#);
        /// What readers call this server: the start of every URL that is emitted.
        BASE_URL "base_url": Url = kind::BASE_URL, From("http.listen");
        /// Connections served at once; further ones wait.
        MAX_CONNECTIONS "max_connections": usize = kind::count("1", "65536"), Is("256");
        /// Requests that one address may make in a minute; 0 is any number. Behind a reverse proxy let that one count.
        REQUESTS_PER_MINUTE "requests_per_minute": usize = kind::count("0", "1000000"), Is("600");
        /// A file with tokens, one a line, 16 characters at least, that open every output and allow `?filter=`. A bare name is a systemd
        /// credential.
        HTTP_TOKEN_FILE "token_file": PathBuf = kind::PATH, Unset;
        /// Who may read /metrics: "local" (this machine, not through a proxy, and holders of a token of `token_file`), "open" (everybody) or
        /// "off".
        METRICS "metrics": Exposure = kind::EXPOSURE, Is(r#""local""#);
    }
    Fetch {
        /// Web page or e-mail address where a wire can reach you; becomes part of the User-Agent.
        CONTACT "contact": String = kind::CONTACT, Unset;
        /// The whole User-Agent, instead of the one made from `contact`. Keep "Bot" in it: GlobeNewswire resets others.
        USER_AGENT "user_agent": String = kind::USER_AGENT, From("fetch.contact");
        /// Time to a TCP and TLS connection.
        CONNECT_TIMEOUT "connect_timeout": Duration = kind::duration("100ms", "5m"), Is(r#""10s""#);
        /// Longest silence while waiting for the header or for more of the body.
        READ_TIMEOUT "read_timeout": Duration = kind::duration("100ms", "10m"), Is(r#""30s""#);
        /// Longest time for one request, redirects included.
        TOTAL_TIMEOUT "total_timeout": Duration = kind::duration("100ms", "1h"), Is(r#""2m""#);
        /// Longest body, after decompression. A longer one is a failed poll.
        MAX_BODY_BYTES "max_body_bytes": usize = kind::size("1KiB", "1GiB"), Is(r#""16MiB""#);
        /// Items read from one document: the newest. A poll that meets more names the repair `too-many-items`.
        MAX_ITEMS "max_items": usize = kind::count("1", "100000"), Is("5000");
        /// Longest text of one item, five times the longest release seen; a longer one is cut between characters, and the poll names the
        /// repair `long-text`.
        MAX_TEXT_BYTES "max_text_bytes": usize = kind::size("1KiB", "256KiB"), Is(r#""256KiB""#);
        /// Longest attribute; a longer one is cut. Never below 8 KiB: an address that long is dropped anyway, so that none is kept cut.
        MAX_ATTRIBUTE_BYTES "max_attribute_bytes": usize = kind::size("8KiB", "1MiB"), Is(r#""16KiB""#);
        /// Categories kept of one item, each once. A poll that meets more names the repair `too-many-categories`.
        MAX_CATEGORIES "max_categories": usize = kind::count("0", "1000"), Is("64");
        /// Redirects followed in one request.
        MAX_REDIRECTS "max_redirects": usize = kind::count("0", "20"), Is("5");
        /// Polls in flight at once, over all hosts. Sources whose last poll took longer than 10 seconds share a
        /// quarter of them, and half of them with those that were not polled yet.
        CONCURRENCY "concurrency": usize = kind::count("1", "256"), Is("8");
        /// Polls in flight at once to one host: to all hosts of one registered domain, as `example.co.uk`.
        PER_HOST "per_host": usize = kind::count("1", "16"), Is("1");
        /// Least time between the starts of two polls of one registered domain.
        PER_HOST_GAP "per_host_gap": Duration = kind::duration("0s", "10m"), Is(r#""1s""#);
        /// Lets sources live on loopback and private addresses: for tests and intranets.
        ALLOW_PRIVATE_NETWORKS "allow_private_networks": bool = kind::FLAG, Is("false");
        /// Networks of your own where sources live, in CIDR, separated by commas: "10.20.0.0/16, fd12::/32".
        ALLOW_NETWORKS "allow_networks": Vec<IpNet> = kind::NETWORKS, Is(r#""""#);
        /// A proxy for every request. It resolves names in our place, so that inner addresses are its affair to refuse.
        PROXY "proxy": Url = kind::PROXY_URL, Unset;
        /// For how long a feed must say, with every answer and at least three of them, that it has moved for good, before it is asked
        /// where it moved.
        ADOPT_MOVES_AFTER "adopt_moves_after": Duration = kind::duration("0s", "365d"), Is(r#""3d""#);
        /// After so long of "not modified" alone a source is asked for the whole document once: some servers say it of what has changed.
        REFETCH "refetch": Duration = kind::duration("1h", "365d"), Is(r#""7d""#);
    }
    Schedule {
        /// For sources that name no schedule of their own: a cron expression, or "adaptive".
        DEFAULT "default": Option<Crontab> = kind::SCHEDULE, From("schedule.adaptive");
        /// "on": where nothing else is said, `default` is "adaptive": by the source's own week, within the floors and ceilings of its tier.
        /// "off": it is "@hourly".
        ADAPTIVE "adaptive": bool = kind::SWITCH, Is(r#""on""#);
        /// The zone in which schedules are read, for sources that name none.
        TIME_ZONE "time_zone": Tz = kind::ZONE, Is(r#""UTC""#);
        /// Never two polls of one source closer than this, whatever its schedule says.
        FLOOR "floor": Duration = kind::duration("1s", "1d"), Is(r#""1m""#);
        /// Adaptive polls of a source of tier "wire" are no closer than this.
        WIRE_FLOOR "wire_floor": Duration = kind::duration("1s", "1d"), Is(r#""1m""#);
        /// ... of tier "guest".
        GUEST_FLOOR "guest_floor": Duration = kind::duration("1s", "7d"), Is(r#""1h""#);
        /// ... of a guest whose server gives neither ETag nor Last-Modified, so that every poll costs it the whole document.
        UNVALIDATED_FLOOR "unvalidated_floor": Duration = kind::duration("1s", "30d"), Is(r#""1d""#);
        /// The longest wait: between two polls after failures, and however long a publisher says that its answer is fresh.
        CEILING "ceiling": Duration = kind::duration("1m", "30d"), Is(r#""1d""#);
        /// The same for a source of tier "wire", whose document turns over in less than an hour.
        WIRE_CEILING "wire_ceiling": Duration = kind::duration("1m", "30d"), Is(r#""1h""#);
        /// How much of a document, in percent, the next adaptive poll should find again.
        OVERLAP "overlap": usize = kind::count("10", "90"), Is("50");
        /// Each source's polls are shifted by a fixed part of this, so that they do not all start on the minute.
        JITTER "jitter": Duration = kind::duration("0s", "1h"), Is(r#""30s""#);
        /// How long polls and answers in flight may take when the daemon is told to stop.
        SHUTDOWN_GRACE "shutdown_grace": Duration = kind::duration("0s", "5m"), Is(r#""10s""#);
    }
    Dedup {
        /// How far back a correction or a copy may look for the release that it means.
        WINDOW "window": Duration = kind::duration("1h", "365d"), Is(r#""60d""#);
    }
    WebSub {
        /// true serves a WebSub hub of our own at BASE_URL/hub: who subscribes there is sent every change at once.
        HUB "hub": bool = kind::FLAG, Is("false");
        /// Hubs of others, separated by commas, that are told of every change of an output that everybody may read.
        PING "ping": Vec<Url> = kind::HUBS, Is(r#""""#);
        /// How long a subscription at our own hub lasts that asks for no time; others get what they ask for, between a day and a year.
        LEASE "lease": Duration = kind::duration("1d", "365d"), Is(r#""10d""#);
        /// Networks of your own where callbacks of subscribers live, in CIDR, separated by commas. Those of [fetch] are not open to them:
        /// anybody may name a callback.
        CALLBACK_NETWORKS "allow_networks": Vec<IpNet> = kind::NETWORKS, Is(r#""""#);
        /// Subscriptions at our own hub, at most; those of one site are a quarter of them, or ten.
        MAX_SUBSCRIPTIONS "max_subscriptions": usize = kind::count("1", "100000"), Is("1000");
    }
    Source {
        /// Stable name: it ties what is stored to this source. Small letters, digits and hyphens.
        SOURCE_ID "id": String = kind::ID, Required;
        /// The feed: RSS, Atom, RDF or JSON Feed.
        URL "url": Url = kind::FEED_URL, Required;
        /// The distributor, whose habits are then known; "generic" knows none.
        WIRE "wire": &'static Wire = kind::WIRE, Is(r#""generic""#);
        /// When to poll: crontab(5) with 5 fields, 6 with seconds first, or @hourly and the like, delayed only by what the
        /// server asks. Or "adaptive".
        SOURCE_SCHEDULE "schedule": Option<Crontab> = kind::SCHEDULE, From("schedule.default");
        /// "wire": may be asked every minute. "guest": hourly, or daily. For adaptive polls, waits after failures and what is called stale.
        TIER "tier": Tier = kind::TIER, From("the wire");
        /// The zone in which `schedule` is read.
        SOURCE_TIME_ZONE "time_zone": Tz = kind::ZONE, From("schedule.time_zone");
        /// The zone of dates in this feed that name none. What had to be assumed stands with each release.
        DATE_ZONE "date_zone": Tz = kind::ZONE, Is(r#""UTC""#);
        /// By what an item is known again: "guid", "url", "hash" (its headline and text), or "auto", which takes the guid as long
        /// as the document's guids can be trusted. Changing it doubles nothing.
        IDENTITY "identity": Identity = kind::IDENTITY, Is(r#""auto""#);
        /// Whether the pages of new releases are read for the whole text, politely and after the teaser is out: "off"; "wire", by what is known
        /// of the wire's pages; or "generic". What outputs may re-emit is as with `rights`.
        FULL_TEXT "full_text": FullText = kind::FULL_TEXT, Is(r#""off""#);
        /// How much of a release outputs may re-emit: "full", "summary" or "headline".
        RIGHTS "rights": Rights = kind::RIGHTS, From("the wire's terms");
        /// The User-Agent for this source, instead of that of [fetch].
        SOURCE_USER_AGENT "user_agent": String = kind::USER_AGENT, Unset;
        /// Further header lines for this source's own server, as in "X-Api-Version: 2"; several stand on lines of their own.
        HEADERS "headers": Vec<(String, String)> = kind::HEADERS, Is(r#""""#);
        /// A file with the value of the `Authorization` header for this source's own server, as in "Basic ..." or "Bearer ...". A bare
        /// name is a systemd credential. Read at each request, so that it can be renewed.
        AUTHORIZATION_FILE "authorization_file": PathBuf = kind::PATH, Unset;
        /// false keeps what is stored and polls no more.
        ENABLED "enabled": bool = kind::FLAG, Is("true");
    }
    Filter {
        /// What others write as `@NAME`. Small letters, digits and hyphens.
        FILTER_NAME "name": String = kind::ID, Required;
        /// Which articles: an expression of the filter language, which may use other names; empty is all of them.
        NAMED_FILTER "filter": String = kind::FILTER, Required;
        /// One sentence about the filter.
        FILTER_DESCRIPTION "description": String = kind::TEXT, Is(r#""""#);
    }
    Output {
        /// Stable name: part of the URL, as in /outputs/ID.atom. Small letters, digits and hyphens.
        OUTPUT_ID "id": String = kind::ID, Required;
        /// Title of the feed.
        TITLE "title": String = kind::TITLE, From("its id");
        /// One sentence about the feed.
        DESCRIPTION "description": String = kind::TEXT, Is(r#""""#);
        /// Which articles: an expression of the filter language, with `@NAME` for the [[filter]] of that name; empty is all of them.
        FILTER "filter": String = kind::FILTER, Is(r#""""#);
        /// Articles in the feed, at most; and up to half as many older ones that are not on an archive page yet.
        LIMIT "limit": usize = kind::count("1", "1000"), Is("100");
        /// What stands first: "changed", what came or changed last, so that a correction of an old release is on top; or "published".
        SORT "sort": Order = kind::ORDER, Is(r#""changed""#);
        /// Nothing that came or changed before this; archive pages and cursors show it all the same. What stood in a feed before it was ever read
        /// goes by its own time of issue.
        MAX_AGE "max_age": Duration = kind::duration("1m", "3650d"), Unset;
        /// At most this of each release: "full", "summary" or "headline"; never more than its source allows.
        OUTPUT_RIGHTS "rights": Rights = kind::RIGHTS, Is(r#""full""#);
        /// false leaves withdrawn releases out. Readers that have one then never hear that it was withdrawn.
        WITHDRAWN "withdrawn": bool = kind::FLAG, Is("true");
        /// "folded": an entry names the wires that carry the same release. "shown": each of their pages is an entry of its own, behind that
        /// of the article and not counted in `limit`. "omitted": nothing is said of them.
        COPIES "copies": Copies = kind::COPIES, Is(r#""folded""#);
        /// Titles of entries in Atom, RSS and JSON Feed, as in "{issuer}: {headline} ({tickers})". What is not known goes with the text
        /// that parts it from the next, and with its brackets.
        ENTRY_TITLE "entry_title": TitleTemplate = kind::ENTRY_TITLE, Is(r#""{headline}""#);
        /// A file with the tokens that open this output, one a line, 16 characters at least; without it everybody may read. Pages of single
        /// articles show no more than other outputs may. A bare name is a systemd credential.
        OUTPUT_TOKEN_FILE "token_file": PathBuf = kind::PATH, Unset;
    }
}
