//! Decides which articles an output holds: a small language over the article schema.
//!
//! In: a text such as `language = "en" and (body ~ "steel" or symbol = "XNAS:NUE") and not kind = "advisory"`.
//! Out: a checked [`Filter`], or a [`FilterError`] that shows the place; then yes or no for an article.
//! Never reads the clock, the database or the network. The store narrows a search with SQL, but [`Filter::matches`] is the
//! one meaning of a filter.
//!
//! # The language
//! | write | holds when |
//! |---|---|
//! | `field = "x"` | a value of the field is `x`, as its row in [`FIELDS`] compares |
//! | `field != "x"` | `not field = "x"`: also when the article does not have the field |
//! | `field ~ "x y"` | a value holds these [words](words()) next to each other, in this order |
//! | `field exists` | the article has the field, with a value that is not empty |
//! | `not a`, `a and b`, `a or b`, `( )` | `not` binds tightest, then `and`, then `or`; letter case is free |
//!
//! A test of a field that the article does not have is false. Values stand in single or double quotes, `\"`, `\'` and `\\`
//! inside them. The empty filter is everything.
//!
//! # Adding a field
//! One row in [`FIELDS`].

mod error;
mod field;
mod parse;
mod words;

use std::fmt;

pub use self::error::FilterError;
pub use self::field::{Compare, FIELDS, Field, Stored};
pub use self::words::words;

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
    /// All of them.
    And(Vec<Expr>),
    /// Any of them.
    Or(Vec<Expr>),
    /// Not this.
    Not(Box<Expr>),
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Does it have a value?
    Exists,
    /// Is a value this one? Never empty, no control characters.
    Is(String),
    /// Does a value hold these [words](words())? At least one.
    Contains(String),
}

impl Filter {
    /// Holds everything.
    #[must_use]
    pub fn everything() -> Self {
        Self::default()
    }

    /// Reads and checks a filter.
    ///
    /// # Errors
    /// The first mistake, with its place and what to do.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        Ok(Self {
            text: text.to_owned(),
            expr: parse::parse(text)?,
        })
    }

    /// Does this article belong?
    #[must_use]
    pub fn matches(&self, article: &Article) -> bool {
        self.expr.as_ref().is_none_or(|expr| expr.matches(article))
    }

    /// The same filter without what may not be shown yet (an embargo that has not lapsed).
    #[must_use]
    pub fn shown(&self) -> Self {
        let withheld = FIELDS.iter().find(|field| field.name == "pubstatus").map(|field| {
            Expr::Not(Box::new(Expr::Test(Test {
                field,
                ask: Ask::Is(PubStatus::Withheld.as_str().to_owned()),
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
    fn matches(&self, article: &Article) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.matches(article)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(article)),
            Self::Not(inner) => !inner.matches(article),
            Self::Test(test) => test.matches(article),
        }
    }
}

impl Test {
    fn matches(&self, article: &Article) -> bool {
        (self.field.get)(article)
            .iter()
            .filter(|value| !value.is_empty())
            .any(|value| self.holds(value))
    }

    fn holds(&self, value: &str) -> bool {
        match &self.ask {
            Ask::Exists => true,
            Ask::Contains(phrase) => words(value).contains(phrase),
            Ask::Is(asked) => match self.field.compare {
                Compare::Words => words(value) == words(asked),
                Compare::Exact | Compare::OneOf(_) => value == asked,
                Compare::AsciiCase => value.eq_ignore_ascii_case(asked),
                Compare::LanguageRange => in_range(value, asked),
            },
        }
    }
}

/// RFC 4647 section 3.3.1.
fn in_range(tag: &str, range: &str) -> bool {
    let (tag, range) = (tag.as_bytes(), range.as_bytes());
    tag.get(..range.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(range))
        && matches!(tag.get(range.len()), None | Some(b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Confidence;
    use crate::article::{ArticleId, Dateline, Draft, Kind, Organisation, Place, SourceId, Subject, Symbol};
    use chrono::DateTime;

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
            draft,
        }
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
        ] {
            let filter = Filter::parse(text).unwrap_or_else(|error| panic!("{}", error.render(text)));
            assert_eq!(filter.matches(&article()), want, "{text}");
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
                    Filter::parse(&text).expect("it is right").matches(&article()),
                    want,
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn what_is_under_embargo_is_not_shown() {
        let mut article = article();
        assert!(Filter::everything().shown().matches(&article));
        article.draft.pubstatus = PubStatus::Withheld;
        assert!(Filter::everything().matches(&article));
        assert!(!Filter::everything().shown().matches(&article));
    }
}
