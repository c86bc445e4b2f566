//! What was purged does not come back as new.
//!
//! Of a purged article nothing is left but hashes of what it was known by ([`Mark`]). They say that a thing was known, not of which
//! article, so none is believed alone: what the item is called must be known, and what it shows. A release that is lost is worse than one
//! that is shown twice: whatever is in doubt is new, and so is every notice, and whatever was issued after the burial. What lives is asked
//! first: a tombstone hides no copy of an article that is there.

use chrono::{DateTime, NaiveDate, Utc};
use twox_hash::XxHash3_64;

use super::name::{Name, NameKind, Trust};
use super::reading::{SUPPORTING_WORDS, language_key};
use super::{Case, Key, KeyKind, Reading, Recall, Ruling};
use crate::article::Kind;

/// What hashes of this form begin with: another number makes all earlier tombstones mute.
const FORM: &str = "1";

/// One thing that an article is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark<'a> {
    /// The guid that a source gives its item.
    Item {
        /// Which source.
        source: &'a str,
        /// As in [`Name::text`].
        name: &'a str,
    },
    /// What it shows, on whatever source, as in [`Name::text`]: its headline and time of issue, or its headline and text.
    Shown(&'a str),
    /// The wire's own number; each language has its release.
    Release {
        /// `prnewswire:302898756`
        release: &'a str,
        /// BCP 47.
        language: Option<&'a str>,
    },
    /// A page that shows it alone.
    Page(&'a str),
    /// Its text, as a key.
    Text(&'a str),
}

impl<'a> Mark<'a> {
    /// A name as the store has it.
    #[must_use]
    pub fn of_name(source: &'a str, name: &'a str) -> Self {
        match NameKind::of(name) {
            Some(NameKind::Url) => Self::Page(NameKind::Url.value(name)),
            Some(NameKind::Issue | NameKind::Content) => Self::Shown(name),
            Some(NameKind::Guid) | None => Self::Item { source, name },
        }
    }

    /// A key of an article in a language. Headlines and pages of many items tell nothing; names are a source's.
    #[must_use]
    pub fn of_key(key: &'a Key, language: Option<&'a str>) -> Option<Self> {
        let value = key.value.as_str();
        match key.kind {
            KeyKind::Release => Some(Self::Release {
                release: value,
                language,
            }),
            KeyKind::Url => (!value.contains(' ')).then_some(Self::Page(value)),
            KeyKind::Text => Some(Self::Text(value)),
            KeyKind::Item | KeyKind::Headline => None,
        }
    }

    /// The number under which it is kept: xxh3 of the form's number, the kind and the value.
    #[must_use]
    pub fn hash(self) -> i64 {
        let language;
        let parts = match self {
            Self::Item { source, name } => ["item", source, name],
            Self::Shown(name) => ["shown", name, ""],
            Self::Release { release, language: tag } => {
                language = tag.map(language_key).unwrap_or_default();
                ["release", release, &language]
            }
            Self::Page(page) => ["page", page, ""],
            Self::Text(text) => ["text", text, ""],
        };
        let [kind, value, rest] = parts;
        XxHash3_64::oneshot(format!("{FORM}\0{kind}\0{value}\0{rest}").as_bytes()).cast_signed()
    }
}

/// Everything that a draft could be known by.
pub(crate) fn marks<'r>(reading: &'r Reading<'_>) -> impl Iterator<Item = Mark<'r>> {
    let (source, language) = (reading.draft.source.as_str(), reading.draft.language.as_deref());
    let names = reading.names.iter().map(move |name| Mark::of_name(source, &name.text));
    names.chain(reading.keys.iter().filter_map(move |key| Mark::of_key(key, language)))
}

pub(super) fn decide(case: &Case<'_>) -> Option<Ruling> {
    let evidence = Evidence::of(case.reading, case.recall);
    evidence
        .is_enough(case.reading)
        .then(|| Ruling::of_none(evidence.why()))
}

/// Which things of a draft are known of purged articles.
#[derive(Debug)]
struct Evidence {
    /// Its guid, page and number that mean something.
    called: Vec<Called>,
    /// Headline and time of issue.
    issue: Option<NaiveDate>,
    /// Headline and text as shown.
    content: Option<NaiveDate>,
    /// The text without boilerplate.
    text: Option<NaiveDate>,
}

/// A guid, a page or a number.
#[derive(Debug)]
struct Called {
    shown: &'static str,
    /// What its own source calls it.
    guid: bool,
    /// It may show or name one release after the other.
    place: bool,
    /// Since when it is known of a purged article, at the latest.
    since: Option<NaiveDate>,
}

impl Evidence {
    fn of(reading: &Reading<'_>, recall: &Recall) -> Self {
        let source = reading.draft.source.as_str();
        let by_name = |name: &Name| recall.purged(Mark::of_name(source, &name.text));
        let names = reading.names.iter();
        let names =
            names.filter(|name| matches!(name.kind, NameKind::Guid | NameKind::Url) && name.trust != Trust::Kept);
        let names = names.map(|name| Called {
            shown: name.kind.shown(),
            guid: name.kind == NameKind::Guid,
            place: name.place || name.trust == Trust::WithHeadline,
            since: by_name(name),
        });
        let language = reading.draft.language.as_deref();
        let number = reading.release().map(|release| Called {
            shown: "its wire's number",
            guid: false,
            place: false,
            since: recall.purged(Mark::Release {
                release: &release,
                language,
            }),
        });
        let shown = |kind| reading.name(kind).and_then(by_name);
        Self {
            called: names.chain(number).collect(),
            issue: shown(NameKind::Issue),
            content: shown(NameKind::Content),
            text: reading
                .key(KeyKind::Text)
                .and_then(|key| recall.purged(Mark::Text(&key.value))),
        }
    }

    fn is_enough(&self, reading: &Reading<'_>) -> bool {
        // A notice is news, and so is what was issued after the burial.
        if reading.draft.kind != Kind::Release || self.is_before(reading.draft.published) {
            return false;
        }
        let issue = self.issue.is_some();
        if self.content.is_none() && !(issue && self.text.is_some()) {
            return false;
        }
        let known = || self.called.iter().filter(|called| called.since.is_some());
        let all = |is: fn(&Called) -> bool| self.called.iter().all(is);
        // A headline and a line or two tell nothing where the source's own name for the item does not.
        if reading.news.words() < SUPPORTING_WORDS && !known().any(|called| called.guid && !called.place) {
            return false;
        }
        let undated = reading.draft.published.is_none();
        if self.called.is_empty() {
            // Its words are all that it has.
            issue || (undated && reading.tells_by_text())
        } else if all(|called| called.since.is_some()) && known().any(|called| !called.place) {
            // The same item.
            true
        } else if known().next().is_some() {
            // A text that comes again on another day is another release: a monthly distribution, a yearly fair.
            issue || (undated && all(|called| called.place || called.since.is_some()))
        } else {
            // A site that moved: guid and page are other ones.
            issue && reading.tells_by_text()
        }
    }

    /// Was all that is known of it purged, or last shown, before that day?
    fn is_before(&self, published: Option<DateTime<Utc>>) -> bool {
        let latest = self.since().max();
        latest.is_none_or(|latest| published.is_some_and(|published| published.date_naive() > latest))
    }

    /// When what is known of it was purged or last shown.
    fn since(&self) -> impl Iterator<Item = NaiveDate> {
        let called = self.called.iter().map(|called| called.since);
        called.chain([self.issue, self.content, self.text]).flatten()
    }

    /// For a person: `purged on or before 2027-10-01; known by its guid, its text`.
    fn why(&self) -> String {
        let called = self.called.iter().map(|called| (called.shown, called.since));
        let shows = [
            (NameKind::Issue.shown(), self.issue),
            (NameKind::Content.shown(), self.content.or(self.text)),
        ];
        let known = || {
            called
                .clone()
                .chain(shows)
                .filter_map(|(shown, since)| Some((shown, since?)))
        };
        let by: Vec<&str> = known().map(|(shown, _)| shown).collect();
        let day = known().map(|(_, since)| since).min().unwrap_or_default();
        format!("purged on or before {day}; known by {}", by.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::article::{Draft, SourceId};

    fn draft(guid: &str, published: bool) -> Draft {
        Draft {
            guid: Some(guid.to_owned()),
            url: Some("https://acme.example/news".to_owned()),
            headline: Some("Acme opens a plant".to_owned()),
            body_text: NEWS.to_owned(),
            published: published.then_some(DateTime::UNIX_EPOCH),
            ..Draft::empty(SourceId::new("s"), DateTime::UNIX_EPOCH)
        }
    }

    const NEWS: &str = "The plant at Lyon is open and makes bolts for all who need some.";

    /// Is it buried by those marks of it?
    fn is_buried(draft: &Draft, known: &str) -> bool {
        let reading = Reading::of(draft);
        let names = reading.names.iter();
        let names = names.map(|name| (name.text.as_str(), Mark::of_name("s", &name.text)));
        let text = reading.key(KeyKind::Text).map(|key| ("text:", Mark::Text(&key.value)));
        let mut recall = Recall::default();
        for (name, mark) in names.chain(text) {
            if known.split(' ').any(|kind| name.starts_with(&format!("{kind}:"))) {
                recall.bury(mark.hash(), NaiveDate::default());
            }
        }
        decide(&Case::new(&reading, &recall)).is_some()
    }

    #[test]
    fn an_item_is_buried_when_it_is_called_and_says_what_is_known() {
        for (guid, dated, known, want) in [
            ("n-7", true, "guid url content", true),
            ("n-7", true, "guid url issue", false),
            ("n-7", true, "guid url issue text", true),
            ("n-7", true, "guid url text", false),
            ("n-7", true, "guid url", false),
            ("n-7", true, "guid content", false),
            ("n-7", true, "guid content issue", true),
            ("n-7", true, "url content issue", true),
            ("n-7", true, "content issue", false),
            ("n-7", false, "guid content", true),
            ("n-7", false, "url content", false),
            ("latest", true, "guid", false),
            ("latest", true, "guid url", false),
            ("latest", true, "guid url issue", false),
            ("latest", true, "guid url content", false),
            ("latest", true, "guid url content issue", true),
            ("latest", false, "guid url content", true),
            ("latest", false, "url content", true),
        ] {
            let draft = draft(guid, dated);
            assert_eq!(is_buried(&draft, known), want, "{guid}, dated: {dated}, known: {known}");
        }
    }

    #[test]
    fn what_is_in_doubt_is_not_buried() {
        let all = "guid url content issue text";
        let a_day_later = DateTime::UNIX_EPOCH + chrono::TimeDelta::days(1);
        for (what, draft, known, want) in [
            ("as it was", draft("n-7", true), all, true),
            (
                "issued after the burial",
                Draft {
                    published: Some(a_day_later),
                    ..draft("n-7", true)
                },
                all,
                false,
            ),
            (
                "an update",
                Draft {
                    kind: Kind::Update,
                    ..draft("n-7", true)
                },
                all,
                false,
            ),
            (
                "a headline under its guid",
                Draft {
                    body_text: String::new(),
                    ..draft("n-7", true)
                },
                "guid content issue",
                true,
            ),
            (
                "a headline on its page",
                Draft {
                    body_text: String::new(),
                    ..draft("n-7", true)
                },
                "url content issue",
                false,
            ),
            (
                "a headline under a guid that others had",
                Draft {
                    body_text: String::new(),
                    ..draft("latest", true)
                },
                all,
                false,
            ),
        ] {
            assert_eq!(is_buried(&draft, known), want, "{what}");
        }
    }

    #[test]
    fn a_hash_does_not_change_between_versions_of_this_program() {
        let mark = Mark::of_name("wire-a", "guid:7");
        assert_eq!(mark.hash(), 3_034_118_771_692_267_463);
        let other = Mark::of_name("wire-b", "guid:7");
        assert_ne!(mark.hash(), other.hash(), "a guid is its source's");
        let page = Key {
            kind: KeyKind::Url,
            value: "acme.example/a".to_owned(),
        };
        assert_eq!(
            Mark::of_key(&page, None),
            Some(Mark::of_name("wire-a", "url:acme.example/a")),
            "a page is a page, whoever links to it"
        );
    }
}
