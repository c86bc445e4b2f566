//! Decides which articles an output holds: a small language over the article schema.
//!
//! In: a text such as `language = "en" and (body ~ "steel" or symbol = "XNAS:NUE") and not kind = "advisory"`.
//! Out: a checked [`Filter`], or a [`FilterError`] that shows the place; then yes or no for an article.
//! Never reads the clock, the database or the network. The store narrows a search with SQL, but [`Filter::matches`] is the
//! one meaning of a filter.
//!
//! # The language
//! | write | for | holds when |
//! |---|---|---|
//! | `field = "x"` | texts | a value of the field is `x`, as its row in [`FIELDS`] compares |
//! | `field in ("x", "y")` | texts, numbers, instants | a value is one of them; `not in`: none of them |
//! | `field ~ "x y"` | texts | a value holds these [words](words()) next to each other, in this order; with `"x y*"` the last word may go on |
//! | `field =~ /x/` | texts | the regular expression is found in a value as it stands, in any letter case (`(?-i)` minds it), in linear time |
//! | `field = 5`, `< <= > >=` | numbers, instants | ... |
//! | `field < 5m`, `<= > >=` | spans of time | weeks, days, hours, minutes, seconds: `1h30m`; may be negative |
//! | `field exists` | all | the article has the field, with a value that is not empty |
//! | `field != x` | all but spans | `not field = x`: also when the article does not have the field |
//! | `@name` | | the filter of that name ([`Named`], `[[filter]]` of the configuration) lets it in |
//! | `not a`, `a and b`, `a or b`, `( )` | | `not` binds tightest, then `and`, then `or`; letter case is free |
//!
//! A test of a field that the article does not have is false. Values stand in single or double quotes, `\"`, `\'` and `\\`
//! inside them; between slashes, where only patterns stand, `\` is the pattern's own. The empty filter is everything.
//!
//! Instants are days (`2026-11-26`), times with their zone (`2026-11-26T12:00Z`, RFC 3339), `now`, or ages (`-7d`, `-1d12h`, `+2h`: before
//! and after now). A day is that day in UTC, a minute that minute: `=` is within it, `>` after its end, `>=` from its beginning.
//!
//! What changes while an article's versions do not (ages, copies, embargoes) is *unsettled*: see [`Filter::settled`]. Many filters
//! are asked at once by a [`Matcher`].
//!
//! # Adding a field
//! One row in [`FIELDS`].

mod error;
mod words;
mod literal;
mod check;
mod field;
mod pattern;
mod lex;
mod named;
mod parse;
mod reading;
mod print;
mod settle;
mod explain;
mod matcher;

use std::collections::HashSet;
use std::fmt;

use chrono::{DateTime, Utc};

pub use self::error::FilterError;
pub use self::explain::Clause;
pub use self::field::{Compare, FIELDS, Field, Stored, Texts, Values};
pub use self::literal::{Literal, Order};
pub use self::matcher::Matcher;
pub use self::named::Named;
pub use self::pattern::Pattern;
pub use self::words::words;

use self::reading::Reading;
use crate::article::{Article, PubStatus};

/// A checked filter and the text that it was written as.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// As the operator wrote it.
    pub text: String,
    /// `None`: everything.
    pub expr: Option<Expr>,
}

/// A checked expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// All of them; of none: everything.
    And(Vec<Expr>),
    /// Any of them.
    Or(Vec<Expr>),
    /// Not this.
    Not(Box<Expr>),
    /// What a named filter says.
    Named(String, Box<Expr>),
    /// One question about one field.
    Test(Test),
}

/// One question about one field.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// Row of [`FIELDS`].
    pub field: &'static Field,
    /// What is asked.
    pub ask: Ask,
}

/// What is asked of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Does it have a value?
    Exists,
    /// Is a text one of these?
    Is(List),
    /// Does a text hold these [words](words())? At least one; without a space at its end the last word may go on.
    Contains(String),
    /// Is the pattern found in a text?
    Like(Pattern),
    /// How does a number, an instant, a span stand to this?
    Compare(Order, Literal),
}

/// Texts to compare with: at least one, none of them empty, no control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// As written, without quotes and escapes.
    pub written: Vec<String>,
    /// What values are looked up by, see [`Compare`].
    pub(crate) keys: HashSet<String>,
}

impl List {
    fn new(compare: Compare, written: Vec<String>) -> Self {
        let keys = written.iter().map(|text| compare.key(text)).collect();
        Self { written, keys }
    }
}

impl Compare {
    /// Two texts are the same when they have one key; a language range is the key of what it begins.
    fn key(self, text: &str) -> String {
        match self {
            Self::Words => words(text),
            Self::Exact | Self::OneOf(_) => text.to_owned(),
            Self::AsciiCase | Self::LanguageRange => text.to_ascii_lowercase(),
        }
    }
}

impl Filter {
    /// Holds everything.
    #[must_use]
    pub fn everything() -> Self {
        Self::default()
    }

    /// Reads and checks a filter that uses no names.
    ///
    /// # Errors
    /// The first mistake, with its place and what to do.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        Self::parse_with(text, &Named::default())
    }

    /// Reads and checks a filter.
    ///
    /// # Errors
    /// The first mistake, with its place and what to do.
    pub fn parse_with(text: &str, named: &Named) -> Result<Self, FilterError> {
        Ok(Self {
            text: text.to_owned(),
            expr: parse::parse(text, named)?,
        })
    }

    /// Does this article belong?
    #[must_use]
    pub fn matches(&self, article: &Article, now: DateTime<Utc>) -> bool {
        let reading = Reading::new(article, now);
        self.expr.as_ref().is_none_or(|expr| expr.holds(&reading))
    }

    /// What both hold.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let parts: Vec<Expr> = self.expr.iter().chain(&other.expr).cloned().collect();
        Self {
            text: match (self.text.trim(), other.text.trim()) {
                ("", text) | (text, "") => text.to_owned(),
                (one, two) => format!("({one}) and ({two})"),
            },
            expr: (!parts.is_empty()).then_some(Expr::And(parts)),
        }
    }

    /// The same filter without what may not be shown yet (an embargo that has not lapsed).
    #[must_use]
    pub fn shown(&self) -> Self {
        let withheld = Field::named("pubstatus").map(|field| {
            let list = List::new(Compare::Exact, vec![PubStatus::Withheld.as_str().to_owned()]);
            Expr::Not(Box::new(Expr::Test(Test {
                field,
                ask: Ask::Is(list),
            })))
        });
        Self {
            text: self.text.clone(),
            expr: Some(Expr::And(withheld.into_iter().chain(self.expr.clone()).collect())),
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Expr {
    fn holds(&self, reading: &Reading<'_>) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.holds(reading)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(reading)),
            Self::Not(inner) => !inner.holds(reading),
            Self::Named(_, inner) => inner.holds(reading),
            Self::Test(test) => test.holds(reading),
        }
    }
}

impl Test {
    fn holds(&self, reading: &Reading<'_>) -> bool {
        let (field, article) = (self.field, reading.article);
        match (&self.ask, field.values) {
            (Ask::Compare(order, literal), _) => field
                .measure(article)
                .is_some_and(|value| literal::is_within(value, order.bounds(*literal, reading.now))),
            (Ask::Exists, Values::Texts(_, _)) => field.texts(article).next().is_some(),
            (Ask::Exists, _) => field.measure(article).is_some(),
            (Ask::Contains(phrase), _) => field.texts(article).any(|text| reading.words(&text).contains(phrase)),
            (Ask::Like(pattern), _) => field.texts(article).any(|text| pattern.is_match(&text)),
            (Ask::Is(list), Values::Texts(compare, _)) => field.texts(article).any(|text| {
                let mut keys = reading.keys(compare, &text).into_iter();
                keys.any(|key| list.keys.contains(key.as_str()))
            }),
            (Ask::Is(_), Values::Number(_) | Values::Instant(_) | Values::Span(_)) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Confidence;
    use crate::article::{ArticleId, Dateline, Draft, Kind, Organisation, Place, SourceId, Subject, Symbol};

    fn article() -> Article {
        let received = DateTime::UNIX_EPOCH;
        let mut draft = Draft::empty(SourceId::new("wire-a"), received);
        draft.headline = Some("Nestlé buys Bolt Steel-Works".into());
        draft.body_text = "VEVEY, Switzerland -- The \"Bolt\" deal closes in 2024.\n\n鋼鉄のAcme社".into();
        draft.wire = Some("PR Newswire".into());
        draft.language = Some("en-US".into());
        draft.issuer = Some("Nestlé S.A.".into());
        draft.kind = Kind::Correction;
        draft.organisations = vec![Organisation {
            name: None,
            symbols: vec![Symbol {
                exchange: "XSWX".into(),
                symbol: "NESN".into(),
                raw: "SIX: NESN".into(),
            }],
            isin: vec!["CH0038863350".into()],
            wkn: Vec::new(),
        }];
        draft.subjects = vec![Subject {
            scheme: "prn:industry".into(),
            code: Some("FOD".into()),
            name: None,
        }];
        draft.dateline = Some(Dateline {
            raw: "VEVEY, Switzerland --".into(),
            places: vec![Place {
                text: "VEVEY, Switzerland".into(),
                city: Some("Vevey".into()),
                region: None,
                country: Some("CH".into()),
            }],
            date: None,
            wire: None,
            via: vec![],
            confidence: Confidence::High,
        });
        draft.release_id = Some(String::new());
        Article {
            id: ArticleId::new("tag:x,2026:1"),
            number: 1,
            story: 1,
            version: 1,
            first_received: received,
            modified: received,
            copies: 2,
            draft,
        }
    }

    fn noon() -> DateTime<Utc> {
        "2026-11-26T12:00:00Z".parse().expect("RFC 3339")
    }

    #[test]
    fn what_a_filter_holds() {
        for (text, want) in [
            ("", true),
            (" \n", true),
            ("headline ~ 'bolt'", true),
            ("headline ~ 'bol'", false),
            ("headline ~ 'nestle BUYS'", true),
            ("headline ~ 'nestle bolt'", false),
            ("headline ~ 'steel works'", true),
            ("headline = 'NESTLE buys bolt steel works!'", true),
            ("headline = 'bolt'", false),
            ("body ~ 'nestle'", false),
            ("text ~ 'nestle' and text ~ 'vevey'", true),
            ("body ~ 'Acme'", true),
            ("body ~ '鋼鉄'", true),
            ("body ~ '鉄鋼'", false),
            ("wire = 'pr newswire'", true),
            ("wire = 'prnewswire'", true),
            ("wire = 'businesswire'", false),
            ("wire ~ 'newswire'", true),
            ("source = 'wire-a'", true),
            ("source = 'WIRE-A'", false),
            ("language = 'EN'", true),
            ("language = 'en-us'", true),
            ("language = 'e'", false),
            ("language = 'en-US-x'", false),
            ("kind = 'correction' and pubstatus != 'canceled'", true),
            ("symbol = 'nesn' and symbol = 'XSWX:NESN'", true),
            ("symbol = 'XNAS:NESN'", false),
            ("isin = 'ch0038863350'", true),
            ("issuer ~ 'Nestlé'", true),
            ("place = 'vevey' and place ~ 'switzerland' and country = 'ch'", true),
            ("subject = 'FOD'", true),
            ("not (headline ~ 'bolt' or wire exists)", false),
            ("NOT headline ~ 'zinc' AND wire EXISTS", true),
            ("headline ~ 'zinc' and wire exists or source exists", true),
            ("headline ~ 'zinc' and (wire exists or source exists)", false),
            ("headline ~ 'stee*' and headline ~ 'buys bol*'", true),
            ("headline ~ 'tee*' or headline ~ 'buy bolt*'", false),
            ("body ~ '鋼*'", true),
            ("headline =~ /BUYS\\s+bolt/ and headline =~ '^nestl.'", true),
            ("headline =~ /(?-i)BUYS/ or body =~ /buys/", false),
            ("source in ('wire-b', 'wire-a') and language in ('de', 'EN')", true),
            ("source not in ('wire-b', 'wire-a') or url not in ('x')", true),
            ("kind in ('release', 'update')", false),
            ("headline in ('zinc', 'NESTLE buys bolt steel works!')", true),
            ("words = 13 and words >= 13 and words <= 13 and words in (1, 13)", true),
            ("words < 13 or words > 13 or words != 13", false),
            ("version = 1 and number = 1 and story = 1 and duplicates > 1", true),
            ("duplicates exists and published not in (2026-11-26)", true),
            (
                "published exists or lag exists or published != 2026-11-26 and published > 1999-01-01",
                false,
            ),
            (
                "received = 1970-01-01 and received >= 1970-01-01 and received <= 1970-01-01",
                true,
            ),
            ("received > 1970-01-01 or received < 1970-01-01", false),
            ("received = 1970-01-01T00:00Z and received < 1970-01-01T00:01Z", true),
            ("received < -7d and received < now and modified > -30000d", true),
            ("received > -7d", false),
            ("rights = 'headline' and market = 'XSWX' and repair exists", false),
        ] {
            let filter = Filter::parse(text).unwrap_or_else(|error| panic!("{}", error.render(text)));
            assert_eq!(filter.matches(&article(), noon()), want, "{text}");
        }
    }

    #[test]
    fn a_test_of_a_missing_or_empty_field_is_false_and_its_negation_true() {
        for field in ["url", "release_id", "subheadline"] {
            for (text, want) in [
                ("F exists", false),
                ("F = 'x'", false),
                ("F ~ 'x'", false),
                ("F != 'x'", true),
                ("not F ~ 'x'", true),
            ] {
                let text = text.replace('F', field);
                assert_eq!(
                    Filter::parse(&text).expect("it is right").matches(&article(), noon()),
                    want,
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn what_is_under_embargo_is_not_shown() {
        let mut article = article();
        assert!(Filter::everything().shown().matches(&article, noon()));
        article.draft.pubstatus = PubStatus::Withheld;
        assert!(Filter::everything().matches(&article, noon()));
        assert!(!Filter::everything().shown().matches(&article, noon()));
    }
}
