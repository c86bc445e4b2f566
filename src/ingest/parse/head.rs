//! Says what the channel says of itself, items aside.
//!
//! In: the scanned document. Out: a [`FeedHead`]. What a publisher asks of those who poll it (`ttl`, `skipHours`, `skipDays`, `sy:*`) is
//! what `ingest::schedule` waits for; a `hub` is read and shown, and nothing follows it yet.

use chrono::Weekday;

use super::construct::html;
use super::item::{categories, date};
use super::links::link;
use super::people::people;
use super::scan::{Node, Scanned};
use super::{FeedHead, Options, Repairs};

/// Where the time of publication stands, first found first taken.
const PUBLISHED: &[(&str, &str)] = &[
    ("rss", "pubDate"),
    ("atom", "published"),
    ("dc", "date"),
    ("dcterms", "issued"),
];

/// Where the time of the last change stands.
const UPDATED: &[(&str, &str)] = &[
    ("atom", "updated"),
    ("atom", "modified"),
    ("rss", "lastBuildDate"),
    ("dcterms", "modified"),
];

/// What the channel says of itself.
pub(super) fn head(scanned: &Scanned<'_>, options: &Options, repairs: &mut Repairs) -> FeedHead {
    let nodes = &scanned.head;
    let said = |places: &[(&str, &str)]| {
        places.iter().find_map(|(vocabulary, name)| {
            let mut found = nodes.iter().filter(|node| node.is(vocabulary, name));
            found.find_map(|node| html(node, scanned.xml, None))
        })
    };
    let web = |places: &[(&str, &str)]| {
        let found = nodes
            .iter()
            .find(|node| places.iter().any(|(vocabulary, name)| node.is(vocabulary, name)))?;
        let url = found
            .children
            .iter()
            .find(|child| child.name == "url")
            .and_then(Node::said);
        let reference = url.or_else(|| found.attribute("href")).or_else(|| found.said())?;
        found.address(reference)
    };
    let links: Vec<_> = nodes.iter().filter_map(link).collect();
    FeedHead {
        title: said(&[(scanned.own, "title"), ("dc", "title")]),
        link: links.iter().find(|link| link.is_page()).map(|link| link.href.clone()),
        language: said(&[("rss", "language"), ("dc", "language")])
            .or_else(|| scanned.language.clone())
            .map(|language| language.trim().to_owned()),
        ttl_seconds: said(&[("rss", "ttl")])
            .and_then(|minutes| minutes.parse::<u32>().ok())
            .map(|minutes| u64::from(minutes) * 60),
        format: scanned.format,
        description: said(&[
            ("rss", "description"),
            ("atom", "subtitle"),
            ("atom", "tagline"),
            ("dc", "description"),
            ("itunes", "summary"),
            ("itunes", "subtitle"),
        ]),
        id: said(&[("atom", "id")]).or_else(|| scanned.about.clone()),
        links,
        published: date(nodes, PUBLISHED, options.date_zone),
        updated: date(nodes, UPDATED, options.date_zone),
        people: people(nodes),
        categories: categories(nodes, options.max_categories, repairs),
        generator: generator(nodes),
        rights: said(&[
            ("rss", "copyright"),
            ("atom", "rights"),
            ("atom", "copyright"),
            ("dc", "rights"),
        ]),
        logo: web(&[("rss", "image"), ("atom", "logo"), ("itunes", "image")]),
        icon: web(&[("atom", "icon")]),
        update_interval_seconds: update_interval(nodes),
        skip_hours: skip_hours(nodes),
        skip_days: skip_days(nodes),
    }
}

/// The program's name, as text (`generator` of both formats) or as a page (RSS 1.0 `admin:generatorAgent`).
fn generator(nodes: &[Node]) -> Option<String> {
    nodes.iter().find_map(|node| match node.name.as_ref() {
        "generator" => node.said().or_else(|| node.attribute("uri")).map(str::to_owned),
        "generatorAgent" => node.attribute("rdf:resource").map(str::to_owned),
        _ => None,
    })
}

/// The syndication module of RSS 1.0: so many times in each period; once daily when one of the two is left out.
fn update_interval(nodes: &[Node]) -> Option<u64> {
    let said = |name: &str| nodes.iter().find(|node| node.is("sy", name)).and_then(Node::said);
    let (period, frequency) = (said("updatePeriod"), said("updateFrequency"));
    let seconds: u64 = match period.unwrap_or("daily").to_ascii_lowercase().as_str() {
        "hourly" => 3_600,
        "daily" => 86_400,
        "weekly" => 604_800,
        "monthly" => 2_592_000,
        "yearly" => 31_536_000,
        _ => return None,
    };
    let times = frequency.map_or(Some(1), |text| text.parse::<u32>().ok().filter(|times| *times > 0));
    (period.is_some() || frequency.is_some())
        .then_some(times)
        .flatten()
        .map(|times| seconds / u64::from(times))
}

/// RSS 2.0: hours from 0 to 23 in GMT; RSS 0.91 counted to 24, which is midnight.
fn skip_hours(nodes: &[Node]) -> Vec<u8> {
    let mut hours: Vec<u8> = within(nodes, "skipHours", "hour")
        .filter_map(|hour| hour.parse::<u8>().ok())
        .filter(|hour| *hour <= 24)
        .map(|hour| hour % 24)
        .collect();
    hours.sort_unstable();
    hours.dedup();
    hours
}

fn skip_days(nodes: &[Node]) -> Vec<Weekday> {
    let mut days: Vec<Weekday> = within(nodes, "skipDays", "day")
        .filter_map(|day| day.parse().ok())
        .collect();
    days.sort_unstable_by_key(Weekday::num_days_from_monday);
    days.dedup();
    days
}

fn within<'a>(nodes: &'a [Node], list: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    nodes
        .iter()
        .filter(move |node| node.is("rss", list))
        .flat_map(|node| &node.children)
        .filter(move |child| child.name == name)
        .filter_map(Node::said)
}
