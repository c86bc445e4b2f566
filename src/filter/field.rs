//! What a filter can ask of an article: one row each.

use std::borrow::Cow;

use chrono::{DateTime, TimeDelta, Utc};

use super::check::{self, Check};
use crate::article::{Article, Kind, PubStatus, Rights};
use crate::wire::WIRES;

/// A field of the filter language. The row is the whole definition.
#[derive(Debug)]
pub struct Field {
    /// As written in filters.
    pub name: &'static str,
    /// For people: `dateline filter fields`.
    pub doc: &'static str,
    /// Of which type, and what an article has. No value, or only empty ones: the article does not have this field.
    pub values: Values,
    /// Where the store keeps it: how far SQL can narrow before the article itself decides.
    pub stored: Stored,
    /// `false`: it may change while the article's versions do not.
    pub is_settled: bool,
    /// Refuses what no article can have, where `=` and `in` ask for it.
    pub(super) check: Check,
}

impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// The type of a field with what an article has of it.
#[derive(Debug, Clone, Copy)]
pub enum Values {
    /// Texts, and when one of them is the one asked for.
    Texts(Compare, Texts),
    /// A whole number.
    Number(fn(&Article) -> Option<i64>),
    /// An instant.
    Instant(fn(&Article) -> Option<DateTime<Utc>>),
    /// A span of time, which may be negative.
    Span(fn(&Article) -> Option<TimeDelta>),
}

/// The texts that an article has of a field.
pub type Texts = for<'a> fn(&'a Article) -> Vec<Cow<'a, str>>;

/// How `=` and `in` compare texts. `~` always compares [words](super::words()), `=~` the text as it stands.
#[derive(Debug, Clone, Copy)]
pub enum Compare {
    /// The same words.
    Words,
    /// The same bytes.
    Exact,
    /// The same but for the case of ASCII letters.
    AsciiCase,
    /// A language range, basic filtering (RFC 4647 section 3.3.1): `en` is `en` and `en-US`, not `eng`.
    LanguageRange,
    /// One of a closed list; a value outside of it is a mistake of the filter.
    OneOf(fn() -> Vec<&'static str>),
}

/// Where the store keeps a field.
#[derive(Debug, Clone, Copy)]
pub enum Stored {
    /// One nullable column of `version v` or `article a`; instants are the store's texts.
    Column(&'static str),
    /// A nullable column with the wire's display name; filters may also write its id.
    Wire(&'static str),
    /// A column of instants of which `a.sort_time` lies no further behind than [`crate::article::MAX_AHEAD`].
    Issued(&'static str),
    /// The full-text index; the text is a column filter of FTS5, empty for all columns.
    Index(&'static str),
    /// A column of the rows of a table by `article_id`.
    Set {
        /// The table.
        table: &'static str,
        /// Its column.
        column: &'static str,
    },
    /// The rows of `symbol`: a symbol, or market and symbol with a colon between them.
    Listing,
    /// Inside JSON, or nowhere: memory alone decides.
    Document,
}

impl Field {
    /// The field of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        FIELDS.iter().find(|field| field.name == name)
    }

    /// The name of its type, for people.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        match self.values {
            Values::Texts(Words, _) => "text",
            Values::Texts(Exact, _) => "exact text",
            Values::Texts(AsciiCase, _) => "code",
            Values::Texts(LanguageRange, _) => "language",
            Values::Texts(OneOf(_), _) => "one of a list",
            Number(_) => "number",
            Instant(_) => "instant",
            Span(_) => "span of time",
        }
    }

    /// What can be asked of it.
    #[must_use]
    pub const fn operators(&self) -> &'static [&'static str] {
        match self.values {
            Values::Texts(_, _) => &["=", "!=", "~", "=~", "in", "not in", "exists"],
            Number(_) | Instant(_) => &["=", "!=", "<", "<=", ">", ">=", "in", "not in", "exists"],
            Span(_) => &["<", "<=", ">", ">=", "exists"],
        }
    }

    /// What an article has of a field that has an order: a number, or milliseconds since 1970, or milliseconds.
    pub(super) fn measure(&self, article: &Article) -> Option<i64> {
        match self.values {
            Values::Texts(_, _) => None,
            Number(get) => get(article),
            Instant(get) => get(article).map(|at| at.timestamp_millis()),
            Span(get) => get(article).map(|span| span.num_milliseconds()),
        }
    }

    /// The texts that an article has of it, none of them empty.
    pub(super) fn texts<'a>(&self, article: &'a Article) -> impl Iterator<Item = Cow<'a, str>> {
        let texts = match self.values {
            Values::Texts(_, get) => get(article),
            Number(_) | Instant(_) | Span(_) => Vec::new(),
        };
        texts.into_iter().filter(|text| !text.is_empty())
    }

    const fn new(name: &'static str, doc: &'static str, values: Values, stored: Stored) -> Self {
        Self {
            name,
            doc,
            values,
            stored,
            is_settled: true,
            check: check::any,
        }
    }

    const fn text(name: &'static str, doc: &'static str, compare: Compare, stored: Stored, get: Texts) -> Self {
        Self::new(name, doc, Values::Texts(compare, get), stored)
    }

    const fn unsettled(mut self) -> Self {
        self.is_settled = false;
        self
    }

    const fn checked(mut self, check: Check) -> Self {
        self.check = check;
        self
    }
}

use Compare::{AsciiCase, Exact, LanguageRange, OneOf, Words};
use Stored::{Column, Document, Index, Issued, Listing, Set, Wire};
use Values::{Instant, Number, Span};

const fn set(table: &'static str, column: &'static str) -> Stored {
    Set { table, column }
}

/// Every field, in the order of the documentation.
#[rustfmt::skip]
pub const FIELDS: &[Field] = &[
    // The text.
    Field::text("headline", "headline, plain text", Words, Index("headline"), |a| one(a.draft.headline.as_deref())),
    Field::text("subheadline", "line under the headline", Words, Document, |a| one(a.draft.subheadline.as_deref())),
    Field::text("summary", "summary, at most 250 characters", Words, Document, |a| one(a.draft.summary.as_deref())),
    Field::text("body", "text of the release, dateline included", Words, Index("body_text"), |a| one(Some(&a.draft.body_text))),
    Field::text("text", "headline or body", Words, Index(""), |a| both(a.draft.headline.as_deref(), Some(&a.draft.body_text))),
    Field::new("words", "words of the body, as `~` reads them; in scripts without spaces each letter is one",
        Number(|a| count(super::words(&a.draft.body_text).split_whitespace().count())), Document),
    Field::text("language", "BCP 47 language range: \"en\" is also \"en-US\"", LanguageRange, Column("v.language"),
        |a| one(a.draft.language.as_deref())).checked(check::language),
    // What it is.
    Field::text("kind", "release, correction, replacement, update, addition, repeat, retraction, clarification, advisory, reminder",
        OneOf(|| Kind::ALL.iter().map(|kind| kind.as_str()).collect()), Column("v.kind"), |a| one(Some(a.draft.kind.as_str()))),
    Field::text("pubstatus", "usable, withheld, canceled",
        OneOf(|| PubStatus::ALL.iter().map(|status| status.as_str()).collect()), Column("a.pubstatus"),
        |a| one(Some(a.draft.pubstatus.as_str()))).unsettled(),
    Field::text("rights", "full, summary, headline", OneOf(|| Rights::ALL.iter().map(|rights| rights.as_str()).collect()),
        Column("v.rights"), |a| one(Some(a.draft.rights.as_str()))),
    Field::text("subject", "subject, by name or code", Words, Document, |a| {
        let subjects = a.draft.subjects.iter();
        subjects.flat_map(|s| both(s.name.as_deref(), s.code.as_deref())).collect()
    }),
    // Who and where.
    Field::text("issuer", "who issued the release", Words, Document, |a| one(a.draft.issuer.as_deref())),
    Field::text("organisation", "organisation that it names with a listing", Words, Document,
        |a| a.draft.organisations.iter().filter_map(|o| o.name.as_deref()).map(Cow::from).collect()),
    Field::text("symbol", "listing, with or without its market: \"XNAS:NUE\", \"NUE\"", AsciiCase, Listing,
        |a| a.draft.symbols().flat_map(|s| [Cow::from(s.key()), Cow::from(s.symbol.as_str())]).collect()).checked(check::symbol),
    Field::text("market", "market of a listing, by its code (ISO 10383): \"XNAS\"", AsciiCase, set("symbol", "exchange"),
        |a| a.draft.symbols().map(|s| Cow::from(s.exchange.as_str())).collect()).checked(check::market),
    Field::text("isin", "international securities identification number (ISO 6166)", AsciiCase, set("isin", "isin"),
        |a| a.draft.isins().map(Cow::from).collect()).checked(check::isin),
    Field::text("wkn", "German securities number", AsciiCase, Document,
        |a| a.draft.organisations.iter().flat_map(|o| &o.wkn).map(Cow::from).collect()),
    Field::text("cashtag", "ticker written as $ACME, with or without the sign", AsciiCase, Document,
        |a| a.draft.cashtags.iter().flat_map(|tag| [Cow::from(tag), Cow::from(format!("${tag}"))]).collect()),
    Field::text("place", "place of the dateline: as printed, city, region, or country code", Words, Document, |a| {
        let places = a.draft.dateline.iter().flat_map(|dateline| &dateline.places);
        let named = places.flat_map(|p| [Some(&p.text), p.city.as_ref(), p.region.as_ref(), p.country.as_ref()]);
        named.flatten().map(Cow::from).collect()
    }),
    Field::text("country", "country of the dateline (ISO 3166-1 alpha-2)", AsciiCase, Document, |a| {
        let places = a.draft.dateline.iter().flat_map(|dateline| &dateline.places);
        places.filter_map(|place| place.country.as_deref()).map(Cow::from).collect()
    }).checked(check::country),
    Field::text("author", "whom the feed names as author, editor or publisher", Words, Document,
        |a| a.draft.people.iter().filter_map(|person| person.name.as_deref()).map(Cow::from).collect()),
    // Where it came from.
    Field::text("wire", "distributor, by id or display name: \"prnewswire\", \"PR Newswire\"", AsciiCase, Wire("v.wire"),
        |a| both(a.draft.wire.as_deref(), a.draft.wire.as_deref().and_then(wire_id))),
    Field::text("source", "id of the [[source]] that brought the newest version", Exact, Column("v.source_id"),
        |a| one(Some(a.draft.source.as_str()))),
    Field::text("release_id", "the wire's own number of the release", Exact, Column("v.release_id"), |a| one(a.draft.release_id.as_deref())),
    Field::text("url", "canonical URL", Exact, Column("v.url"), |a| one(a.draft.url.as_deref())),
    Field::text("guid", "the feed's own id", Exact, Column("v.guid"), |a| one(a.draft.guid.as_deref())),
    Field::text("repair", "what had to be mended or assumed: \"published-without-zone\"", Words, Document,
        |a| a.draft.repairs.iter().map(Cow::from).collect()),
    // When.
    Field::new("published", "when it was issued", Instant(|a| a.draft.published), Issued("v.published")),
    Field::new("updated", "when the wire says it was changed", Instant(|a| a.draft.updated), Column("v.updated")),
    Field::new("embargoed", "not to be shown before", Instant(|a| a.draft.embargoed), Column("v.embargoed")),
    Field::new("received", "when its first version came", Instant(|a| Some(a.first_received)), Column("a.first_received")).unsettled(),
    Field::new("modified", "when the version that is shown came, or was last changed", Instant(|a| Some(a.modified)),
        Column("a.modified")).unsettled(),
    Field::new("lag", "how late its first version came behind `published`", Span(|a| Some(a.first_received - a.draft.published?)),
        Document).unsettled(),
    // What became of it.
    Field::new("version", "number of the version that is shown", Number(|a| Some(a.version)), Column("v.version")),
    Field::new("duplicates", "other sources that carry it", Number(|a| Some(a.copies.into())), Document).unsettled(),
    Field::new("number", "number of the article: the ID of `dateline show ID`", Number(|a| Some(a.number)), Column("a.article_id")),
    Field::new("story", "number of the story that it shares with its translations", Number(|a| Some(a.story)),
        Column("a.story_id")).unsettled(),
];

fn one(value: Option<&str>) -> Vec<Cow<'_, str>> {
    value.map(Cow::from).into_iter().collect()
}

fn both<'a>(first: Option<&'a str>, second: Option<&'a str>) -> Vec<Cow<'a, str>> {
    [first, second].into_iter().flatten().map(Cow::from).collect()
}

fn count(count: usize) -> Option<i64> {
    i64::try_from(count).ok()
}

fn wire_id(name: &str) -> Option<&'static str> {
    WIRES
        .iter()
        .find(|wire| !wire.name.is_empty() && wire.name.eq_ignore_ascii_case(name))
        .map(|wire| wire.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_field_stands_twice_and_each_is_documented() {
        for (at, field) in FIELDS.iter().enumerate() {
            assert!(!field.doc.is_empty(), "{}", field.name);
            assert!(!FIELDS[..at].contains(field), "{} stands twice", field.name);
            assert!(
                field.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
                "{}",
                field.name
            );
        }
    }

    #[test]
    fn the_documentation_of_a_closed_list_names_its_values() {
        for field in FIELDS {
            if let Values::Texts(OneOf(values), _) = field.values {
                assert_eq!(field.doc, values().join(", "), "{}", field.name);
            }
        }
    }
}
