//! What a feed says in elements of its own: issuer, securities, subjects, people, media, times.
//!
//! In: an item. Out: values of the article schema. The feed's own word goes before anything that is read from the text.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::article::{Category, Item, MAX_AHEAD, Media, Person, PersonRole, Stamp, Subject};
use crate::ingest::parse::FeedHead;
use crate::text;
use crate::wire::{self, Wire};

/// Last words of the code lists whose terms are listings: GlobeNewswire's `.../rss/stock`, Newsfile's `.../stocksymbol`, and what
/// newsrooms call theirs.
const STOCKS: &[&str] = &["stock", "stocks", "stocksymbol", "ticker", "tickers", "symbol"];
const ISINS: &[&str] = &["isin", "isins"];

fn is_list(category: &Category, names: &[&str]) -> bool {
    let scheme = category.scheme.as_deref().unwrap_or_default();
    let last = scheme
        .trim_end_matches('/')
        .rsplit(['/', ':', '#'])
        .next()
        .unwrap_or_default();
    names.iter().any(|name| last.eq_ignore_ascii_case(name))
}

/// What the feed itself lists of its issuer's securities: the most reliable source.
pub(super) fn securities(item: &Item) -> impl Iterator<Item = &str> {
    let listed = |category: &&Category| is_list(category, STOCKS) || is_list(category, ISINS);
    let terms = item
        .categories
        .iter()
        .filter(listed)
        .map(|category| category.term.as_str());
    // Google News: `NASDAQ:AMAT, BOM:500325`.
    let tickers = item
        .extension("news", "stock_tickers")
        .flat_map(|tickers| tickers.split(','));
    terms.chain(tickers)
}

/// Who issued it, by the feed's own word: `dc:contributor` is where the wires put it. Never the wire itself; in a feed of no wire these are
/// whoever wrote it or pressed the button.
pub(super) fn issuer(item: &Item, wire: &Wire) -> Option<String> {
    if wire.id == wire::generic().id {
        return None;
    }
    ["contributor", "creator"]
        .into_iter()
        .flat_map(|name| item.extension("dc", name))
        .map(text::plain_title)
        .find(|name| !name.is_empty() && !name.eq_ignore_ascii_case(wire.name))
}

/// Subjects with their code lists, each once. PR Newswire writes labels and codes of one list by turns, in three elements.
pub(super) fn subjects(item: &Item, wire: &Wire) -> Vec<Subject> {
    let lists = [
        ("prn", "industry", "prn:industry"),
        ("prn", "subject", "prn:subject"),
        ("dc", "subject", wire.subject_scheme),
        ("dc", "keyword", "keyword"),
    ];
    let listed = lists.into_iter().flat_map(|(vocabulary, name, scheme)| {
        item.extension(vocabulary, name)
            .map(move |label| term_of(scheme, text::plain_title(label)))
    });
    let is_share = |category: &&Category| is_list(category, STOCKS) || is_list(category, ISINS);
    let categories = item.categories.iter().filter(|category| !is_share(category));
    let categories = categories.map(|category| Subject {
        scheme: category.scheme.as_deref().unwrap_or("category").to_owned(),
        code: category.label.as_ref().map(|_| category.term.clone()),
        name: Some(text::plain_title(category.label.as_deref().unwrap_or(&category.term))),
    });
    let says_something =
        |subject: &Subject| subject.code.is_some() || subject.name.as_ref().is_some_and(|name| !name.is_empty());
    let mut known = HashSet::new();
    listed
        .chain(categories)
        .filter(says_something)
        .filter(|subject| known.insert(subject.clone()))
        .collect()
}

/// A term with code and label where the list is known, else with what the feed gives.
fn term_of(scheme: &str, label: String) -> Subject {
    let row = match scheme {
        "prn:industry" => wire::prn_industry(&label),
        "prn:subject" => wire::prn_subject(&label),
        _ => None,
    };
    let (code, name) = match row {
        Some(row) => (Some(row.code.to_owned()), Some(row.name.to_owned())),
        // A code that is younger than the table.
        None if label.len() == 3 && label.bytes().all(|b| b.is_ascii_uppercase()) => (Some(label), None),
        None => (None, Some(label)),
    };
    Subject {
        scheme: scheme.to_owned(),
        code,
        name,
    }
}

/// Whom the item names; an Atom entry without an author has those of its feed (RFC 4287, section 4.2.1).
pub(super) fn people(item: &Item, head: &FeedHead) -> Vec<Person> {
    let is_author = |person: &&Person| matches!(person.role, PersonRole::Author | PersonRole::Creator);
    let inherits = head.format == "atom" && !item.people.iter().any(|person| is_author(&person));
    let inherited = head.people.iter().filter(is_author).filter(|_| inherits);
    let plain = |said: &Option<String>| said.as_deref().map(text::plain_title).filter(|said| !said.is_empty());
    item.people
        .iter()
        .chain(inherited)
        .map(|person| Person {
            role: person.role,
            name: plain(&person.name),
            email: plain(&person.email),
            uri: person.uri.clone(),
        })
        .filter(|person| person.name.is_some() || person.email.is_some() || person.uri.is_some())
        .collect()
}

pub(super) fn media(media: &Media) -> Option<Media> {
    Some(Media {
        url: text::web_url(&media.url, None)?.to_string(),
        media_type: media.media_type.clone(),
        length: media.length,
        width: media.width,
        height: media.height,
        caption: media
            .caption
            .as_deref()
            .map(text::plain_title)
            .filter(|text| !text.is_empty()),
        credit: media
            .credit
            .as_deref()
            .map(text::plain_title)
            .filter(|text| !text.is_empty()),
    })
}

/// An instant that can be believed: a wire does not publish tomorrow. The raw text stays in the feed, the doubt in `repairs`.
pub(super) fn instant(
    stamp: Option<&Stamp>,
    name: &str,
    repairs: &mut Vec<String>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let stamp = stamp?;
    match stamp.instant {
        Some(instant) if instant <= now + MAX_AHEAD => {
            let raw = text::cut(&stamp.raw, 64);
            repairs.extend(stamp.assumed.iter().map(|part| format!("{name}-without-{part}: {raw}")));
            Some(instant)
        }
        Some(_) => {
            repairs.push(format!("{name}-in-the-future: {}", text::cut(&stamp.raw, 64)));
            None
        }
        None => {
            repairs.push(format!("{name}-unreadable: {}", text::cut(&stamp.raw, 64)));
            None
        }
    }
}
