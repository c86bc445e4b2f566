//! What a source calls an item: its names, strongest first, and how far each can be trusted.
//!
//! A guid is a promise that many feeds do not keep: some give none, some give one guid to all items, some a new one on
//! every poll. So an item has every name that it can have, each of them stays a name of its article for that source, and the
//! document as a whole tells which of them mean something today.
//!
//! The rules are FreshRSS's (`Feed.php`, `loadGuids` and `decideEntryGuid`): a guid is bad where it is missing or was given to
//! another item of the document before, and a twentieth of bad guids is borne. Unlike there, nothing is doubled when a feed
//! degrades, mends or is told apart otherwise: the other names are known already.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use url::Url;

use super::Reading;
use super::news::Relation;
use super::reading::{A_DAY, SUPPORTING_WORDS, is_site_root, release};
use crate::article::{Draft, Identity};
use crate::text::content_hash;
use crate::wire::{canonical_url, is_tracking_fragment};

/// Longer names are kept as a hash.
const NAME_BYTES: usize = 500;

/// What kind of name it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameKind {
    /// The guid; one that is a URL without what may drift in it.
    Guid,
    /// The page, where it shows this item alone.
    Url,
    /// Headline and time of issue: tells an item whose text is changed when it has nothing better.
    Issue,
    /// Headline and text as shown.
    Content,
}

impl NameKind {
    /// Every kind, strongest first.
    pub const ALL: &[Self] = &[Self::Guid, Self::Url, Self::Issue, Self::Content];

    /// The beginning of its names in the store.
    const fn prefix(self) -> &'static str {
        match self {
            Self::Guid => "guid:",
            Self::Url => "url:",
            Self::Issue => "issue:",
            Self::Content => "content:",
        }
    }

    /// For a person: `known by ...`.
    pub(super) const fn shown(self) -> &'static str {
        match self {
            Self::Guid => "its guid",
            Self::Url => "its page",
            Self::Issue => "its headline and time",
            Self::Content => "its text",
        }
    }

    /// Two items that a source gives different names of this kind are two items.
    const fn tells_apart(self) -> bool {
        match self {
            Self::Guid | Self::Url => true,
            Self::Issue | Self::Content => false,
        }
    }

    /// What a name of this kind stands for, as the store has it.
    pub(super) fn value(self, text: &str) -> &str {
        text.strip_prefix(self.prefix()).unwrap_or(text)
    }

    /// The kind of a name as the store has it.
    pub(super) fn of(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| text.starts_with(kind.prefix()))
    }
}

/// How far a name tells its item, most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trust {
    /// The operator vouches for it.
    Vouched,
    /// By itself, unless everything else speaks against it.
    Alone,
    /// Only with the headline: the document's guids are in doubt.
    WithHeadline,
    /// Not at all; it is kept for the day when it may be needed.
    Kept,
}

/// One name of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// What kind.
    pub kind: NameKind,
    /// How far it is trusted in the document in hand.
    pub trust: Trust,
    /// It names a place that may show one release after the other: a page without the wire's number, or a guid that is a web address, a mere
    /// word (`latest`).
    pub place: bool,
    /// As the store has it: `guid:...`.
    pub text: String,
}

impl Name {
    /// It may go from one item to another: the name of a place, or a guid that may be a position in the document (`0`).
    pub(super) fn may_move(&self) -> bool {
        let value = self.kind.value(&self.text);
        let is_position = value.len() <= 2 && value.bytes().all(|byte| byte.is_ascii_digit());
        self.place || (self.kind == NameKind::Guid && is_position)
    }

    fn new(kind: NameKind, value: &str, place: bool) -> Self {
        let prefix = kind.prefix();
        Self {
            kind,
            trust: Trust::Alone,
            place,
            text: if value.len() > NAME_BYTES {
                format!("{prefix}{}", content_hash(&[value]))
            } else {
                format!("{prefix}{value}")
            },
        }
    }
}

/// Every name of an item that stands alone, strongest first; never empty.
pub(super) fn names(draft: &Draft, page: Option<&str>, headline: &str, content: &str) -> Vec<Name> {
    let guid = draft.guid.as_deref().map(str::trim).filter(|guid| !guid.is_empty());
    let unnumbered = release(draft.wire.as_deref(), draft.release_id.as_deref()).is_none();
    let issue = draft
        .published
        .filter(|_| !headline.is_empty())
        .map(|published| content_hash(&[headline, &published.to_rfc3339()]));
    [
        guid.and_then(|guid| {
            let address = web_address(guid);
            let place = address.is_some() || !guid.contains(|c: char| c.is_numeric());
            let value = address.as_ref().map_or_else(|| Some(guid.to_owned()), guid_value)?;
            Some(Name::new(NameKind::Guid, &value, place && unnumbered))
        }),
        page.map(|page| Name::new(NameKind::Url, page, unnumbered)),
        issue.map(|issue| Name::new(NameKind::Issue, &issue, true)),
        Some(Name::new(NameKind::Content, content, true)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn web_address(guid: &str) -> Option<Url> {
    Url::parse(guid)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// A guid that is a web address counts as the page that it leads to; its fragment may be all that tells two items (`news#2026-10-01`,
/// `#/news/1`). A site's front page names nothing.
fn guid_value(guid: &Url) -> Option<String> {
    let page = canonical_url(guid);
    let page = address(&page);
    match guid.fragment().filter(|fragment| !is_tracking_fragment(fragment)) {
        Some(fragment) => Some(format!("{page}#{fragment}")),
        None => (!is_site_root(page)).then(|| page.to_owned()),
    }
}

/// A canonical URL without what drifts while the page stays: the scheme, `www.` and a last slash.
pub(crate) fn address(canonical: &str) -> &str {
    let rest = canonical
        .strip_prefix("https://")
        .or_else(|| canonical.strip_prefix("http://"))
        .unwrap_or(canonical);
    rest.strip_prefix("www.").unwrap_or(rest).trim_end_matches('/')
}

/// All items of one document.
#[derive(Debug)]
pub struct Document<'a> {
    /// In the order of the drafts.
    pub readings: Vec<Reading<'a>>,
    /// Why its guids are not trusted, for a person: `3 of 20 guids are missing or another item's`.
    pub doubt: Option<String>,
}

/// Reads the drafts of one document of one source, and takes from each the names that other items have as well.
#[must_use]
pub fn read(drafts: &[Draft], identity: Identity) -> Document<'_> {
    let mut readings: Vec<Reading<'_>> = drafts.iter().map(Reading::unsettled).collect();
    let [guids, pages, issues] = [NameKind::Guid, NameKind::Url, NameKind::Issue].map(|kind| shared(&readings, kind));

    let missing = readings.iter().filter(|r| r.name(NameKind::Guid).is_none()).count();
    let (bad, all) = (missing + guids.further, readings.len());
    let degraded = identity == Identity::Auto && bad > tolerated(all);
    for reading in &mut readings {
        for name in &mut reading.names {
            name.trust = trust(name.kind, identity, degraded);
        }
        let is_shared = |name: &Name| [&guids, &pages, &issues].iter().any(|s| s.names.contains(&name.text));
        reading.names.retain(|name| is_obeyed(name) || !is_shared(name));
        reading.names.sort_by_key(|name| name.trust);
    }

    let mut contents: HashMap<String, Option<String>> = HashMap::new();
    for reading in &readings {
        contents
            .entry(reading.item_key().to_owned())
            .and_modify(|one| *one = one.take().filter(|hash| *hash == reading.content_hash))
            .or_insert_with(|| Some(reading.content_hash.clone()));
    }
    for reading in &mut readings {
        reading.several_texts = contents.get(reading.item_key()).is_some_and(Option::is_none);
        reading.settle();
    }
    let doubt = (degraded && missing < all).then(|| format!("{bad} of {all} guids are missing or another item's"));
    Document { readings, doubt }
}

/// One guid for which the operator vouches is one item, however often the document shows it. A page that several items link to is a list of
/// them, whoever vouches for pages.
fn is_obeyed(name: &Name) -> bool {
    name.trust == Trust::Vouched && name.kind == NameKind::Guid
}

/// A twentieth, rounded: none of 9, one of 10, two of 30.
const fn tolerated(items: usize) -> usize {
    (items + 10) / 20
}

const fn trust(kind: NameKind, identity: Identity, degraded: bool) -> Trust {
    match (kind, identity) {
        (NameKind::Guid, Identity::Guid) | (NameKind::Url, Identity::Url) => Trust::Vouched,
        (NameKind::Guid, Identity::Auto) if degraded => Trust::WithHeadline,
        (NameKind::Guid, Identity::Url) | (NameKind::Guid | NameKind::Url, Identity::Hash) => Trust::Kept,
        (NameKind::Guid, Identity::Auto)
        | (NameKind::Url, Identity::Auto | Identity::Guid)
        | (NameKind::Issue | NameKind::Content, _) => Trust::Alone,
    }
}

/// Names that several different items of a document have, and how many items have one that was another's before.
struct Shared {
    names: HashSet<String>,
    further: usize,
}

fn shared(readings: &[Reading<'_>], kind: NameKind) -> Shared {
    let mut first: HashMap<&str, &Reading<'_>> = HashMap::new();
    let mut shared = Shared {
        names: HashSet::new(),
        further: 0,
    };
    for reading in readings {
        let Some(name) = reading.name(kind) else { continue };
        match first.entry(&name.text) {
            Entry::Vacant(place) => {
                place.insert(reading);
            }
            Entry::Occupied(other) if is_one_item(reading, other.get()) => {}
            Entry::Occupied(_) => {
                shared.names.insert(name.text.clone());
                shared.further += 1;
            }
        }
    }
    shared
}

/// The same item shown twice in one document: under the same guid, page and headline, as Atom allows it (RFC 4287 section
/// 4.1.1), or with the same words or a cut of them and not on two days. A mere headline that has two pages or two instants is
/// two items: many releases are called "Holding in company".
fn is_one_item(a: &Reading<'_>, b: &Reading<'_>) -> bool {
    let both = |kind| a.name(kind).zip(b.name(kind)).map(|(a, b)| a.text == b.text);
    if !a.has_headline_of(&b.headline.folded, &b.headline.clean) {
        return false;
    }
    if both(NameKind::Guid) == Some(true) && both(NameKind::Url) == Some(true) {
        return true;
    }
    let apart = a.draft.published.zip(b.draft.published).map(|(a, b)| (a - b).abs());
    let one_text = a.news.relation(&b.news) != Relation::Other;
    if a.news.words().min(b.news.words()) < SUPPORTING_WORDS {
        let two_pages = both(NameKind::Url) == Some(false);
        return one_text && !two_pages && apart.is_none_or(|apart| apart.is_zero());
    }
    one_text && apart.is_none_or(|apart| apart <= A_DAY)
}

/// Is an item that had the names `known` another one, by one of these? Two items to which a source gives two guids are two.
pub(super) fn contradicts(names: &[Name], known: &[String]) -> bool {
    names
        .iter()
        .filter(|name| name.kind.tells_apart() && name.trust <= Trust::Alone)
        .any(|name| {
            let mut others = known
                .iter()
                .filter(|text| NameKind::of(text) == Some(name.kind))
                .peekable();
            others.peek().is_some() && !others.any(|text| *text == name.text)
        })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::article::SourceId;

    fn draft(guid: Option<&str>, url: Option<&str>, headline: &str) -> Draft {
        Draft {
            guid: guid.map(str::to_owned),
            url: url.map(str::to_owned),
            headline: Some(headline.to_owned()),
            ..Draft::empty(SourceId::new("s"), DateTime::UNIX_EPOCH)
        }
    }

    fn said(reading: &Reading<'_>) -> Vec<(NameKind, Trust)> {
        reading.names.iter().map(|name| (name.kind, name.trust)).collect()
    }

    #[test]
    fn a_guid_or_page_that_drifts_is_one_name() {
        for (guid, want) in [
            ("g 1", "guid:g 1"),
            (" g 1\n", "guid:g 1"),
            ("http://WWW.Acme.example/a/?utm_source=x#top", "guid:acme.example/a"),
            ("https://acme.example/a", "guid:acme.example/a"),
            ("https://acme.example/a#2026-10-01", "guid:acme.example/a#2026-10-01"),
            ("https://acme.example/#/news/1", "guid:acme.example#/news/1"),
            ("https://acme.example/a?id=1", "guid:acme.example/a?id=1"),
            ("tag:acme.example,2026:a", "guid:tag:acme.example,2026:a"),
            ("https://acme.example:8443/a", "guid:acme.example:8443/a"),
        ] {
            let draft = draft(Some(guid), None, "H");
            assert_eq!(Reading::of(&draft).item_key(), want);
        }
        let long = draft(Some(&"g".repeat(1 << 20)), None, "H");
        assert!(Reading::of(&long).item_key().len() < NAME_BYTES);
    }

    #[test]
    fn an_item_has_every_name_that_tells_it_strongest_first() {
        use NameKind::{Content, Guid, Issue, Url};
        let page = "https://e.example/a";
        let dated = Draft {
            published: Some(DateTime::UNIX_EPOCH),
            ..draft(Some("g"), Some(page), "H")
        };
        for (draft, want) in [
            (dated, vec![Guid, Url, Issue, Content]),
            (draft(Some("g"), Some(page), "H"), vec![Guid, Url, Content]),
            (draft(Some(" "), Some(page), "H"), vec![Url, Content]),
            (draft(None, Some("https://e.example/"), "H"), vec![Content]),
            (draft(None, Some("https://www.e.example"), "H"), vec![Content]),
            (draft(Some("http://e.example/"), None, "H"), vec![Content]),
            (draft(None, Some("https://e.example/?id=1"), "H"), vec![Url, Content]),
        ] {
            let kinds: Vec<_> = Reading::of(&draft).names.iter().map(|name| name.kind).collect();
            assert_eq!(kinds, want, "{draft:?}");
        }
    }

    #[test]
    fn what_several_items_of_a_document_share_is_no_name_of_any() {
        use NameKind::{Content, Guid, Url};
        use Trust::{Alone, WithHeadline};
        let page = "https://e.example/news";
        let drafts = [
            draft(Some("same"), Some(page), "A"),
            draft(Some("same"), Some("https://e.example/b"), "B"),
            draft(Some("own"), Some("http://www.e.example/news"), "C"),
        ];
        let document = read(&drafts, Identity::Auto);
        let names: Vec<_> = document.readings.iter().map(said).collect();
        assert_eq!(
            names,
            [
                vec![(Content, Alone)],
                vec![(Url, Alone), (Content, Alone)],
                vec![(Content, Alone), (Guid, WithHeadline)],
            ]
        );
        assert_eq!(
            document.doubt.as_deref(),
            Some("1 of 3 guids are missing or another item's")
        );

        use Trust::Vouched;
        let document = read(&drafts, Identity::Guid);
        let guids: Vec<_> = document.readings.iter().map(|reading| said(reading)[0]).collect();
        assert_eq!(
            guids,
            [(Guid, Vouched); 3],
            "one guid is one item where the operator says so"
        );

        let twice = [
            draft(Some("same"), Some(page), "A"),
            draft(Some("same"), Some(page), "a!"),
        ];
        let document = read(&twice, Identity::Auto);
        assert!(
            document
                .readings
                .iter()
                .all(|r| said(r) == [(Guid, Alone), (Url, Alone), (Content, Alone)])
        );
    }

    #[test]
    fn a_twentieth_of_bad_guids_is_borne() {
        for (items, bad, trusted) in [
            (1, 0, true),
            (9, 1, false),
            (10, 1, true),
            (29, 2, false),
            (30, 2, true),
            (50, 3, true),
            (50, 4, false),
        ] {
            for identity in Identity::ALL {
                let drafts: Vec<Draft> = (0..items)
                    .map(|i| draft((i >= bad).then(|| format!("g{i}")).as_deref(), None, &format!("H{i}")))
                    .collect();
                let document = read(&drafts, *identity);
                let want = match identity {
                    Identity::Auto if trusted => Trust::Alone,
                    Identity::Auto => Trust::WithHeadline,
                    Identity::Guid => Trust::Vouched,
                    Identity::Url | Identity::Hash => Trust::Kept,
                };
                let last = document
                    .readings
                    .last()
                    .and_then(|reading| reading.name(NameKind::Guid));
                assert_eq!(last.map(|name| name.trust), Some(want), "{bad} of {items}, {identity}");
                assert_eq!(
                    document.doubt.is_some(),
                    want == Trust::WithHeadline,
                    "{bad} of {items}, {identity}"
                );
            }
        }
    }
}
