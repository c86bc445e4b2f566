//! From the tables of a document to the values of [`Config`](super::Config): one function a table.
//!
//! Each asks for all its keys before it gives up, so that all their problems are found. `None` always comes with a problem
//! that the document has noted.

use std::collections::HashMap;
use std::path::PathBuf;

use toml::de::DeTable;
use url::Url;

use super::document::{Document, Section};
use super::keys::{self, Key, Table};
use super::kind::{self, Fault};
use super::locate;
use super::{
    DedupConfig, FetchConfig, HttpConfig, Manners, NamedFilter, Output, ScheduleConfig, Source, StoreConfig,
    WebSubConfig,
};
use crate::article::{OutputId, Rights, SourceId, Tier};
use crate::crontab::Crontab;
use crate::filter::{Filter, FilterError, Named};

pub(super) fn store(document: &mut Document<'_>, section: &Section<'_>) -> Option<StoreConfig> {
    let path = PathBuf::from(locate::STORE_NAME);
    let path = document.get_or(section, &keys::STORE_PATH, path, &locate::STORE_NAME);
    let keep = document.get(section, &keys::KEEP);
    let keep_shown = document.get(section, &keys::KEEP_SHOWN);
    Some(StoreConfig {
        path,
        keep,
        keep_shown: keep_shown?,
    })
}

/// What copies and corrections look for must be kept.
pub(super) fn keeps_the_window(
    document: &mut Document<'_>,
    section: &Section<'_>,
    store: Option<&StoreConfig>,
    dedup: Option<&DedupConfig>,
) {
    if let (Some(StoreConfig { keep: Some(keep), .. }), Some(DedupConfig { window })) = (store, dedup)
        && keep < window
    {
        let fault =
            Fault::new("shorter than `window` of [dedup]: what a copy or a correction may still look for must stay");
        document.fault(
            section,
            &keys::KEEP,
            fault.hint("write a longer time here, or a shorter `window`"),
        );
    }
}

pub(super) fn http(document: &mut Document<'_>, root: &DeTable<'_>) -> Option<HttpConfig> {
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
            &here.as_str().trim_end_matches('/'),
        )),
        None => document.get(&section, &keys::BASE_URL),
    };
    let max_connections = document.get(&section, &keys::MAX_CONNECTIONS);
    let requests_per_minute = document.get(&section, &keys::REQUESTS_PER_MINUTE);
    let token_file = document.get(&section, &keys::HTTP_TOKEN_FILE);
    let metrics = document.get(&section, &keys::METRICS);
    let mut base_url = base_url?;
    let path = base_url.path().trim_end_matches('/').to_owned();
    base_url.set_path(&path);
    Some(HttpConfig {
        listen: listen?,
        base_url,
        max_connections: max_connections?,
        requests_per_minute: requests_per_minute?,
        token_file,
        metrics: metrics?,
    })
}

pub(super) fn fetch(document: &mut Document<'_>, root: &DeTable<'_>) -> Option<FetchConfig> {
    let section = document.section(root, Table::Fetch);
    let contact = document.get(&section, &keys::CONTACT);
    let user_agent = user_agent(contact.as_deref());
    let user_agent = document.get_or(&section, &keys::USER_AGENT, user_agent.clone(), &user_agent);
    let connect_timeout = document.get(&section, &keys::CONNECT_TIMEOUT);
    let read_timeout = document.get(&section, &keys::READ_TIMEOUT);
    let total_timeout = document.get(&section, &keys::TOTAL_TIMEOUT);
    let max_body_bytes = document.get(&section, &keys::MAX_BODY_BYTES);
    let max_items = document.get(&section, &keys::MAX_ITEMS);
    let max_text_bytes = document.get(&section, &keys::MAX_TEXT_BYTES);
    let max_attribute_bytes = document.get(&section, &keys::MAX_ATTRIBUTE_BYTES);
    let max_categories = document.get(&section, &keys::MAX_CATEGORIES);
    let max_redirects = document.get(&section, &keys::MAX_REDIRECTS);
    let concurrency = document.get(&section, &keys::CONCURRENCY);
    let per_host = document.get(&section, &keys::PER_HOST);
    let per_host_gap = document.get(&section, &keys::PER_HOST_GAP);
    let allow_private_networks = document.get(&section, &keys::ALLOW_PRIVATE_NETWORKS);
    let allow_networks = document.get(&section, &keys::ALLOW_NETWORKS);
    let proxy = document.get(&section, &keys::PROXY);
    let adopt_moves_after = document.get(&section, &keys::ADOPT_MOVES_AFTER);
    let refetch = document.get(&section, &keys::REFETCH);
    Some(FetchConfig {
        user_agent,
        connect_timeout: connect_timeout?,
        read_timeout: read_timeout?,
        total_timeout: total_timeout?,
        max_body_bytes: max_body_bytes?,
        max_items: max_items?,
        max_text_bytes: max_text_bytes?,
        max_attribute_bytes: max_attribute_bytes?,
        max_categories: max_categories?,
        max_redirects: max_redirects?,
        concurrency: concurrency?,
        per_host: per_host?,
        per_host_gap: per_host_gap?,
        allow_private_networks: allow_private_networks?,
        allow_networks: allow_networks?,
        proxy,
        adopt_moves_after: adopt_moves_after?,
        refetch: refetch?,
    })
}

/// Names us as a bot: GlobeNewswire resets the connections of agents that it does not know, and serves those.
pub(super) fn user_agent(contact: Option<&str>) -> String {
    let contact = contact.map(|contact| format!("; +{contact}")).unwrap_or_default();
    format!(
        "DatelineBot/{} (press-release feed reader{contact})",
        env!("CARGO_PKG_VERSION")
    )
}

pub(super) fn schedule(document: &mut Document<'_>, root: &DeTable<'_>) -> Option<ScheduleConfig> {
    let section = document.section(root, Table::Schedule);
    let adaptive = document.get(&section, &keys::ADAPTIVE);
    let hourly = (adaptive == Some(false))
        .then(|| Crontab::parse("@hourly").ok())
        .flatten();
    let default = document.get_or(&section, &keys::DEFAULT, hourly.clone(), &shown(hourly.as_ref()));
    let time_zone = document.get(&section, &keys::TIME_ZONE);
    let floor = document.get(&section, &keys::FLOOR);
    let wire_floor = document.get(&section, &keys::WIRE_FLOOR);
    let guest_floor = document.get(&section, &keys::GUEST_FLOOR);
    let unvalidated_floor = document.get(&section, &keys::UNVALIDATED_FLOOR);
    let ceiling = document.get(&section, &keys::CEILING);
    let wire_ceiling = document.get(&section, &keys::WIRE_CEILING);
    let overlap = document.get(&section, &keys::OVERLAP);
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
        default,
        time_zone: time_zone?,
        floor: floor?,
        wire_floor: wire_floor?,
        guest_floor: guest_floor?,
        unvalidated_floor: unvalidated_floor?,
        ceiling: ceiling?,
        wire_ceiling: wire_ceiling?,
        overlap: overlap?,
        jitter: jitter?,
        shutdown_grace: shutdown_grace?,
    })
}

/// A schedule as `config print` shows it.
fn shown(schedule: Option<&Crontab>) -> String {
    schedule.map_or_else(|| kind::ADAPTIVE.to_owned(), Crontab::to_string)
}

pub(super) fn dedup(document: &mut Document<'_>, root: &DeTable<'_>) -> Option<DedupConfig> {
    let section = document.section(root, Table::Dedup);
    Some(DedupConfig {
        window: document.get(&section, &keys::WINDOW)?,
    })
}

pub(super) fn websub(document: &mut Document<'_>, root: &DeTable<'_>) -> Option<WebSubConfig> {
    let section = document.section(root, Table::WebSub);
    let hub = document.get(&section, &keys::HUB);
    let ping = document.get(&section, &keys::PING);
    let lease = document.get(&section, &keys::LEASE);
    let allow_networks = document.get(&section, &keys::CALLBACK_NETWORKS);
    let max_subscriptions = document.get(&section, &keys::MAX_SUBSCRIPTIONS);
    Some(WebSubConfig {
        hub: hub?,
        ping: ping?,
        lease: lease?,
        allow_networks: allow_networks?,
        max_subscriptions: max_subscriptions?,
    })
}

pub(super) fn sources(
    document: &mut Document<'_>,
    root: &DeTable<'_>,
    defaults: Option<&ScheduleConfig>,
) -> Vec<Source> {
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
        let default = defaults.and_then(|defaults| defaults.default.clone());
        let schedule = document.get_or(
            section,
            &keys::SOURCE_SCHEDULE,
            default.clone(),
            &shown(default.as_ref()),
        );
        let time_zone = match defaults {
            Some(ScheduleConfig { time_zone, .. }) => {
                Some(document.get_or(section, &keys::SOURCE_TIME_ZONE, *time_zone, time_zone))
            }
            None => document.get(section, &keys::SOURCE_TIME_ZONE),
        };
        let usual = wire.map_or(Tier::Guest, |wire| wire.tier);
        let tier = document.get_or(section, &keys::TIER, usual, &usual);
        let date_zone = document.get(section, &keys::DATE_ZONE);
        let terms = wire.map_or(Rights::Headline, |wire| wire.rights);
        let rights = document.get_or(section, &keys::RIGHTS, terms, &terms);
        let identity = document.get(section, &keys::IDENTITY);
        let full_text = document.get(section, &keys::FULL_TEXT);
        let manners = Manners {
            user_agent: document.get(section, &keys::SOURCE_USER_AGENT),
            headers: document.get(section, &keys::HEADERS).unwrap_or_default(),
            authorization_file: document.get(section, &keys::AUTHORIZATION_FILE),
        };
        let enabled = document.get(section, &keys::ENABLED);
        let time_zone = time_zone?;
        Some(Source {
            id: SourceId::new(id?),
            url: url?,
            wire: wire?,
            schedule,
            tier,
            time_zone,
            date_zone: date_zone?,
            identity: identity?,
            full_text: full_text?,
            rights,
            manners,
            enabled: enabled?,
        })
    });
    sources.collect::<Vec<_>>().into_iter().flatten().collect()
}

/// The named filters, which may use one another in any order.
pub(super) fn filters(document: &mut Document<'_>, root: &DeTable<'_>) -> (Vec<NamedFilter>, Named) {
    let mut names = HashMap::new();
    let sections = document.sections(root, Table::Filter);
    let (mut places, mut definitions) = (Vec::new(), Vec::new());
    for section in &sections {
        let name = document.get(section, &keys::FILTER_NAME);
        once(document, section, &keys::FILTER_NAME, name.as_deref(), &mut names);
        let text = document.get(section, &keys::NAMED_FILTER);
        let description = document.get(section, &keys::FILTER_DESCRIPTION);
        if let (Some(name), Some(text), Some(description)) = (name, text, description) {
            places.push(section);
            definitions.push((name, text, description));
        }
    }
    let texts: Vec<(&str, &str)> = definitions
        .iter()
        .map(|(name, text, _)| (name.as_str(), text.as_str()))
        .collect();
    let (named, mistakes) = Named::read(&texts);
    for (position, mistake) in mistakes {
        if let Some(section) = places.get(position) {
            document.fault(section, &keys::NAMED_FILTER, in_text(mistake));
        }
    }
    let filters = definitions.into_iter().map(|(name, _, description)| NamedFilter {
        filter: named.get(&name).cloned().unwrap_or_default(),
        name,
        description,
    });
    (filters.collect(), named)
}

fn in_text(mistake: FilterError) -> Fault {
    Fault::within(mistake.span, mistake.message, mistake.hint)
}

pub(super) fn outputs(document: &mut Document<'_>, root: &DeTable<'_>, named: &Named) -> Vec<Output> {
    let mut ids = HashMap::new();
    let sections = document.sections(root, Table::Output);
    let outputs = sections.iter().map(|section| {
        let id = document.get(section, &keys::OUTPUT_ID);
        once(document, section, &keys::OUTPUT_ID, id.as_deref(), &mut ids);
        let name = id.clone().unwrap_or_default();
        let title = document.get_or(section, &keys::TITLE, name.clone(), &name);
        let description = document.get(section, &keys::DESCRIPTION);
        let text = document.get(section, &keys::FILTER);
        let filter = text.and_then(|text| match Filter::parse_with(&text, named) {
            Ok(filter) => Some(filter),
            Err(mistake) => {
                document.fault(section, &keys::FILTER, in_text(mistake));
                None
            }
        });
        let limit = document.get(section, &keys::LIMIT);
        let sort = document.get(section, &keys::SORT);
        let max_age = document.get(section, &keys::MAX_AGE);
        let rights = document.get(section, &keys::OUTPUT_RIGHTS);
        let withdrawn = document.get(section, &keys::WITHDRAWN);
        let copies = document.get(section, &keys::COPIES);
        let entry_title = document.get(section, &keys::ENTRY_TITLE);
        let token_file = document.get(section, &keys::OUTPUT_TOKEN_FILE);
        Some(Output {
            id: OutputId::new(id?),
            title,
            description: description?,
            filter: filter?,
            limit: limit?,
            sort: sort?,
            max_age,
            rights: rights?,
            withdrawn: withdrawn?,
            copies: copies?,
            entry_title: entry_title?,
            token_file,
        })
    });
    outputs.collect::<Vec<_>>().into_iter().flatten().collect()
}

/// Reports a value that an earlier table of the same name has already.
fn once<T>(
    document: &mut Document<'_>,
    section: &Section<'_>,
    key: &Key<T>,
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

/// URLs that differ only in a fragment, a last slash, `www.` or http and https are one feed: it is polled once.
pub(crate) fn same_feed(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let mut key = host.strip_prefix("www.").unwrap_or(host).to_owned();
    // None is the scheme's own port: http and https on their usual ports are one server.
    if let Some(port) = url.port() {
        key.push_str(&format!(":{port}"));
    }
    key.push_str(url.path().trim_end_matches('/'));
    if let Some(query) = url.query() {
        key.push_str(&format!("?{query}"));
    }
    key
}
