//! An article in a list: one glance tells what, where from, who, and how sure.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Site, language, when};
use crate::article::{Article, Draft, Kind, PubStatus, SourceId, Symbol};
use crate::emit::entry::{Entry, web_url};
use crate::store::Carrier;
use crate::{text, wire};

/// Characters of a headline in a list; a page shows all of it.
const HEADLINE: usize = 240;
/// Listings named in a list.
const SYMBOLS: usize = 5;

/// What a list shows of an article.
pub(super) struct Card {
    pub(super) url: String,
    pub(super) title: String,
    /// When it was issued, else when it was first read.
    pub(super) at: DateTime<Utc>,
    pub(super) wire: String,
    pub(super) version: i64,
    /// BCP 47.
    pub(super) lang: Option<String>,
    /// By name, unless it is English.
    pub(super) language: Option<String>,
    /// A word, and the class that colours it.
    pub(super) badge: Option<(&'static str, &'static str)>,
    /// Place and date of the dateline, issuer.
    pub(super) origin: Vec<String>,
    pub(super) symbols: Vec<Listing>,
    pub(super) more_symbols: usize,
    pub(super) summary: Option<String>,
    pub(super) also: Vec<Also>,
}

/// A listing, and the search for it.
pub(super) struct Listing {
    pub(super) key: String,
    pub(super) url: String,
}

/// Another wire or newsroom that carried the release.
pub(super) struct Also {
    pub(super) name: String,
    /// Its page of the release.
    pub(super) url: Option<String>,
    /// How long after the first one; `None`: at once.
    pub(super) behind: Option<String>,
}

impl Card {
    /// `carriers`: those of this article, the first one first.
    pub(super) fn of(site: &Site<'_>, article: &Article, carriers: &[&Carrier]) -> Self {
        let entry = Entry::of(article, &site.url(""), None);
        let draft = &entry.article.draft;
        let symbols: Vec<Listing> = listings(site, draft).take(SYMBOLS + 1).collect();
        let more_symbols = draft.symbols().count().saturating_sub(SYMBOLS);
        let wire = wire_name(draft);
        Self {
            url: site.url(&format!("/articles/{}", article.number)),
            title: text::summary(&headline(&entry), HEADLINE),
            at: entry.published.unwrap_or(article.first_received),
            version: article.version,
            language: entry
                .language
                .as_deref()
                .filter(|tag| !is_english(tag))
                .map(language::name),
            lang: entry.language.clone(),
            badge: badge(draft),
            origin: origin(draft),
            symbols: symbols.into_iter().take(SYMBOLS).collect(),
            more_symbols,
            summary: entry.summary.clone().filter(|_| draft.pubstatus != PubStatus::Canceled),
            also: also(&wire, &draft.source, carriers),
            wire,
        }
    }

    /// Their names: `Business Wire, GlobeNewswire and 2 others`.
    pub(super) fn also_names(&self) -> String {
        let names: Vec<&str> = self.also.iter().take(3).map(|also| also.name.as_str()).collect();
        match self.also.len() - names.len() {
            0 => names.join(", "),
            1 => format!("{} and 1 other", names.join(", ")),
            more => format!("{} and {more} others", names.join(", ")),
        }
    }
}

/// The cards of a list of articles, with who carried each.
pub(super) fn cards<'a>(
    site: &Site<'_>,
    articles: impl IntoIterator<Item = &'a Article>,
    carriers: &[Carrier],
) -> Vec<Card> {
    let card = |article: &'a Article| {
        let own: Vec<&Carrier> = carriers
            .iter()
            .filter(|carrier| carrier.article == article.number)
            .collect();
        Card::of(site, article, &own)
    };
    articles.into_iter().map(card).collect()
}

/// The headline as it is; that it was withdrawn is said beside it.
pub(super) fn headline(entry: &Entry) -> String {
    let title = &entry.title;
    title.strip_prefix("[WITHDRAWN] ").unwrap_or(title).to_owned()
}

pub(super) fn is_english(tag: &str) -> bool {
    tag.split('-')
        .next()
        .is_some_and(|primary| primary.eq_ignore_ascii_case("en"))
}

/// The distributor, else the newsroom's own source.
pub(super) fn wire_name(draft: &Draft) -> String {
    draft.wire.clone().unwrap_or_else(|| draft.source.to_string())
}

/// What a carrier is called: its wire, unless it is a newsroom of its own.
pub(super) fn carrier_name(wire: Option<&str>, source: &str) -> String {
    wire.and_then(wire::by_id)
        .filter(|wire| wire.id != wire::generic().id)
        .map_or_else(|| source.to_owned(), |wire| wire.name.to_owned())
}

/// Everybody but the one that the list names already.
fn also(shown: &str, source: &SourceId, carriers: &[&Carrier]) -> Vec<Also> {
    let Some(first) = carriers.iter().map(|carrier| carrier.first_seen).min() else {
        return Vec::new();
    };
    let mut also: Vec<Also> = Vec::new();
    for carrier in carriers {
        let name = carrier_name(carrier.wire.as_deref(), carrier.source.as_str());
        if name != shown && carrier.source != *source && also.iter().all(|known| known.name != name) {
            let behind = carrier.first_seen - first;
            also.push(Also {
                name,
                url: carrier.url.as_deref().and_then(web_url),
                behind: (behind >= TimeDelta::seconds(1)).then(|| when::span(behind)),
            });
        }
    }
    also
}

/// Only what is not an ordinary release has one.
pub(super) fn badge(draft: &Draft) -> Option<(&'static str, &'static str)> {
    match (draft.pubstatus, draft.kind) {
        (PubStatus::Canceled, _) => Some(("Withdrawn", "bad")),
        (PubStatus::Withheld, _) => Some(("Under embargo", "bad")),
        (PubStatus::Usable, Kind::Correction) => Some(("Correction", "warn")),
        (PubStatus::Usable, Kind::Replacement) => Some(("Corrected and replaced", "warn")),
        (PubStatus::Usable, Kind::Retraction) => Some(("Withdrawal", "bad")),
        (PubStatus::Usable, Kind::Clarification) => Some(("Clarification", "warn")),
        (PubStatus::Usable, Kind::Update) => Some(("Update", "plain")),
        (PubStatus::Usable, Kind::Addition) => Some(("Addition", "plain")),
        (PubStatus::Usable, Kind::Repeat) => Some(("Repeat", "plain")),
        (PubStatus::Usable, Kind::Advisory) => Some(("Advisory", "plain")),
        (PubStatus::Usable, Kind::Reminder) => Some(("Reminder", "plain")),
        (PubStatus::Usable, Kind::Release) => None,
    }
}

/// `Vevey, 2 Mar 2026` and `Nestlé S.A.`
fn origin(draft: &Draft) -> Vec<String> {
    let dateline = draft.dateline.as_ref();
    let place = dateline.and_then(|dateline| dateline.places.first());
    let place = place.map(|place| place.city.clone().unwrap_or_else(|| place.text.clone()));
    let date = dateline.and_then(|dateline| dateline.date);
    let date = date.map(|date| date.format("%-d %b %Y").to_string());
    let line: Vec<String> = [place, date]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    [Some(line.join(", ")), draft.issuer.clone()]
        .into_iter()
        .flatten()
        .filter(|part| !part.trim().is_empty())
        .map(|part| text::summary(&part, 120))
        .collect()
}

/// Every listing of the release, each with the search for others of the same share.
pub(super) fn listings(site: &Site<'_>, draft: &Draft) -> impl Iterator<Item = Listing> {
    let listing = |symbol: &Symbol| {
        let key = symbol.key();
        let asked = key.replace('\\', "\\\\").replace('"', "\\\"");
        Listing {
            url: site.search(&format!("symbol = \"{asked}\"")),
            key,
        }
    };
    draft.symbols().map(listing).collect::<Vec<_>>().into_iter()
}
