//! What a filter can ask of an article: one row each.

use std::borrow::Cow;

use crate::article::{Article, Kind, PubStatus};
use crate::wire::WIRES;

/// A field of the filter language. The row is the whole definition.
#[derive(Debug)]
pub struct Field {
    /// As written in filters.
    pub name: &'static str,
    /// For people: `dateline filter fields`, README.
    pub doc: &'static str,
    /// When a value is the one asked for by `=`.
    pub compare: Compare,
    /// Where the store keeps it: how far SQL can narrow before the article itself decides.
    pub stored: Stored,
    /// Its values. None, or only empty ones: the article does not have this field.
    pub get: for<'a> fn(&'a Article) -> Vec<Cow<'a, str>>,
}

impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// How `=` compares. `~` always compares [words](super::words()).
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
    /// One nullable column of `version v` or `article a`.
    Column(&'static str),
    /// A nullable column with the wire's display name; filters may also write its id.
    Wire(&'static str),
    /// The full-text index; the text is a column filter of FTS5, empty for all columns.
    Index(&'static str),
    /// Rows of a table by `article_id`: any of these SQL expressions is a value.
    Set {
        /// The table.
        table: &'static str,
        /// Its values.
        values: &'static [&'static str],
    },
    /// Inside JSON: memory alone decides.
    Document,
}

/// Every field, in the order of the documentation.
pub const FIELDS: &[Field] = &[
    Field {
        name: "headline",
        doc: "headline, plain text",
        compare: Compare::Words,
        stored: Stored::Index("headline"),
        get: |a| one(a.draft.headline.as_deref()),
    },
    Field {
        name: "subheadline",
        doc: "line under the headline",
        compare: Compare::Words,
        stored: Stored::Document,
        get: |a| one(a.draft.subheadline.as_deref()),
    },
    Field {
        name: "body",
        doc: "text of the release, dateline included",
        compare: Compare::Words,
        stored: Stored::Index("body_text"),
        get: |a| one(Some(&a.draft.body_text)),
    },
    Field {
        name: "text",
        doc: "headline or body",
        compare: Compare::Words,
        stored: Stored::Index(""),
        get: |a| both(a.draft.headline.as_deref(), Some(&a.draft.body_text)),
    },
    Field {
        name: "wire",
        doc: "distributor, by id or display name: \"prnewswire\", \"PR Newswire\"",
        compare: Compare::AsciiCase,
        stored: Stored::Wire("v.wire"),
        get: |a| both(a.draft.wire.as_deref(), a.draft.wire.as_deref().and_then(wire_id)),
    },
    Field {
        name: "source",
        doc: "id of the [[source]] that brought the newest version",
        compare: Compare::Exact,
        stored: Stored::Column("v.source_id"),
        get: |a| one(Some(a.draft.source.as_str())),
    },
    Field {
        name: "language",
        doc: "BCP 47 language range: \"en\" is also \"en-US\"",
        compare: Compare::LanguageRange,
        stored: Stored::Column("v.language"),
        get: |a| one(a.draft.language.as_deref()),
    },
    Field {
        name: "kind",
        doc: "release, correction, replacement, update, addition, repeat, retraction, clarification, advisory, reminder",
        compare: Compare::OneOf(|| Kind::ALL.iter().map(|kind| kind.as_str()).collect()),
        stored: Stored::Column("v.kind"),
        get: |a| one(Some(a.draft.kind.as_str())),
    },
    Field {
        name: "pubstatus",
        doc: "usable, withheld, canceled",
        compare: Compare::OneOf(|| PubStatus::ALL.iter().map(|status| status.as_str()).collect()),
        stored: Stored::Column("a.pubstatus"),
        get: |a| one(Some(a.draft.pubstatus.as_str())),
    },
    Field {
        name: "symbol",
        doc: "listing, with or without its market: \"XNAS:NUE\", \"NUE\"",
        compare: Compare::AsciiCase,
        stored: Stored::Set {
            table: "symbol",
            values: &["symbol", "exchange || ':' || symbol"],
        },
        get: |a| {
            a.draft
                .symbols()
                .flat_map(|s| [Cow::from(s.key()), Cow::from(s.symbol.as_str())])
                .collect()
        },
    },
    Field {
        name: "isin",
        doc: "international securities identification number (ISO 6166)",
        compare: Compare::AsciiCase,
        stored: Stored::Set {
            table: "isin",
            values: &["isin"],
        },
        get: |a| a.draft.isins().map(Cow::from).collect(),
    },
    Field {
        name: "issuer",
        doc: "who issued the release",
        compare: Compare::Words,
        stored: Stored::Document,
        get: |a| one(a.draft.issuer.as_deref()),
    },
    Field {
        name: "place",
        doc: "place of the dateline: as printed, city, region, or country code",
        compare: Compare::Words,
        stored: Stored::Document,
        get: |a| {
            let places = a.draft.dateline.iter().flat_map(|dateline| &dateline.places);
            places
                .flat_map(|p| [Some(&p.text), p.city.as_ref(), p.region.as_ref(), p.country.as_ref()])
                .flatten()
                .map(Cow::from)
                .collect()
        },
    },
    Field {
        name: "country",
        doc: "country of the dateline (ISO 3166-1 alpha-2)",
        compare: Compare::AsciiCase,
        stored: Stored::Document,
        get: |a| {
            let places = a.draft.dateline.iter().flat_map(|dateline| &dateline.places);
            places
                .filter_map(|place| place.country.as_deref())
                .map(Cow::from)
                .collect()
        },
    },
    Field {
        name: "subject",
        doc: "subject, by name or code",
        compare: Compare::Words,
        stored: Stored::Document,
        get: |a| {
            a.draft
                .subjects
                .iter()
                .flat_map(|s| both(s.name.as_deref(), s.code.as_deref()))
                .collect()
        },
    },
    Field {
        name: "release_id",
        doc: "the wire's own number of the release",
        compare: Compare::Exact,
        stored: Stored::Column("v.release_id"),
        get: |a| one(a.draft.release_id.as_deref()),
    },
    Field {
        name: "url",
        doc: "canonical URL",
        compare: Compare::Exact,
        stored: Stored::Column("v.url"),
        get: |a| one(a.draft.url.as_deref()),
    },
];

fn one(value: Option<&str>) -> Vec<Cow<'_, str>> {
    value.map(Cow::from).into_iter().collect()
}

fn both<'a>(first: Option<&'a str>, second: Option<&'a str>) -> Vec<Cow<'a, str>> {
    [first, second].into_iter().flatten().map(Cow::from).collect()
}

fn wire_id(name: &str) -> Option<&'static str> {
    WIRES
        .iter()
        .find(|wire| !wire.name.is_empty() && wire.name == name)
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
            if let Compare::OneOf(values) = field.compare {
                assert_eq!(field.doc, values().join(", "), "{}", field.name);
            }
        }
    }
}
