//! Which clause of a filter let an article in or kept it out.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::reading::Reading;
use super::{Expr, Filter, literal};
use crate::article::Article;
use crate::text;

/// Values told of a field, and characters of each.
const VALUES: usize = 3;
const CHARS: usize = 60;

/// A part of a filter, and whether it holds for one article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clause {
    /// As a filter would write it.
    pub text: String,
    /// Does it hold?
    pub holds: bool,
    /// Would the whole filter have to answer otherwise, had the deciding clauses beside it?
    pub decides: bool,
    /// What the article has of the field that a test asks for, cut short.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has: Option<Vec<String>>,
    /// The clauses that it is made of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Clause>,
}

impl Filter {
    /// Each clause with its answer: that of the whole is that of [`matches`](Self::matches). The empty filter holds and has no parts.
    #[must_use]
    pub fn explain(&self, article: &Article, now: DateTime<Utc>) -> Clause {
        let reading = Reading::new(article, now);
        match &self.expr {
            Some(expr) => clause(expr, &reading, true),
            None => Clause {
                text: String::new(),
                holds: true,
                decides: true,
                has: None,
                parts: Vec::new(),
            },
        }
    }
}

impl Clause {
    /// The smallest clauses that decided.
    #[must_use]
    pub fn deciding(&self) -> Vec<&Self> {
        if self.parts.is_empty() {
            return self.decides.then_some(self).into_iter().collect();
        }
        self.parts.iter().flat_map(Self::deciding).collect()
    }
}

fn clause(expr: &Expr, reading: &Reading<'_>, decides: bool) -> Clause {
    let holds = expr.holds(reading);
    // Of `and` that fails, what fails decides; of `or` that holds, what holds; else all of it.
    let parts = |parts: &[Expr], is_all: bool| {
        let parts = parts.iter().map(|part| {
            clause(
                part,
                reading,
                decides && (holds == is_all || part.holds(reading) == holds),
            )
        });
        parts.collect::<Vec<_>>()
    };
    let (has, parts) = match expr {
        Expr::And(inner) => (None, parts(inner, true)),
        Expr::Or(inner) => (None, parts(inner, false)),
        Expr::Not(inner) | Expr::Named(_, inner) => (None, vec![clause(inner, reading, decides)]),
        Expr::Test(test) => {
            let texts = test
                .field
                .texts(reading.article)
                .map(|text| text::cut(&text, CHARS).to_string());
            let measure = literal::shown(test.field, reading.article);
            (Some(texts.chain(measure).take(VALUES).collect()), Vec::new())
        }
    };
    Clause {
        text: expr.to_string(),
        holds,
        decides,
        has,
        parts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{ArticleId, Draft, SourceId};

    #[test]
    fn the_clauses_that_decided_are_told() {
        let now = DateTime::UNIX_EPOCH;
        let mut draft = Draft::empty(SourceId::new("a"), now);
        draft.headline = Some("Acme buys Bolt".into());
        draft.language = Some("de".into());
        let article = Article {
            id: ArticleId::new("tag:x"),
            number: 1,
            story: 1,
            version: 1,
            first_received: now,
            modified: now,
            copies: 0,
            draft,
        };
        for (text, holds, want) in [
            (
                "language = 'en' and headline ~ 'acme'",
                false,
                &["language = \"en\""][..],
            ),
            (
                "language = 'de' and headline ~ 'acme'",
                true,
                &["language = \"de\"", "headline ~ \"acme\""],
            ),
            ("language = 'de' or headline ~ 'zinc'", true, &["language = \"de\""]),
            (
                "not (language = 'de' or headline ~ 'zinc')",
                false,
                &["language = \"de\""],
            ),
            ("url exists or number > 3", false, &["url exists", "number > 3"]),
            ("", true, &[""]),
        ] {
            let clause = Filter::parse(text).expect(text).explain(&article, now);
            let deciding: Vec<&str> = clause.deciding().iter().map(|clause| clause.text.as_str()).collect();
            assert_eq!((clause.holds, deciding.as_slice()), (holds, want), "{text}");
        }
    }
}
