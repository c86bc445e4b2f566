//! Reads the articles that a filter holds, newest first.
//!
//! SQL narrows, [`Filter::matches`] decides: every condition here is one that an article of the filter cannot but meet, so
//! that a filter means the same in memory and in the store, and an index still carries the search. Pages go by key
//! (`sort_time`, `article_id`) inside one read transaction: one moment of the store, no offset, no cursor left open.
//!
//! The full-text index holds [`words`](crate::filter::words()) of headline and body; see [`full_text`].

use chrono::{DateTime, Utc};
use sqlx::{QueryBuilder, Row, Sqlite};

use super::row::{ARTICLE_COLUMNS, NEWEST_VERSION, article_from_row, stamp};
use super::{Store, StoreError};
use crate::article::Article;
use crate::filter::{Ask, Compare, Expr, Filter, Stored, Test, words};
use crate::wire::WIRES;

/// Articles of one page: enough that most outputs need one, few enough to hold in memory with their bodies.
const PAGE: std::ops::RangeInclusive<usize> = 32..=128;

/// A phrase longer than this is looked for by its first words.
const LONGEST_PHRASE: usize = 32;

impl Store {
    /// The newest articles that the filter holds, at most `limit`, by the time they sort by and then by number, both
    /// descending: the same rows always come in the same order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn select(&self, filter: &Filter, limit: usize) -> Result<Vec<Article>, StoreError> {
        self.select_since(filter, None, limit).await
    }

    /// As [`select`](Self::select), of those only that were admitted or changed at `since` or later.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn select_since(
        &self,
        filter: &Filter,
        since: Option<DateTime<Utc>>,
        limit: usize,
    ) -> Result<Vec<Article>, StoreError> {
        const DOING: &str = "selecting articles";
        let narrowed = filter
            .expr
            .as_ref()
            .map_or(Narrowed::Nothing, |expr| narrow(expr, Sense::Holds));
        let page = limit.clamp(*PAGE.start(), *PAGE.end());
        let mut moment = self.readers().begin().await.map_err(self.failed(DOING))?;
        let mut articles = Vec::new();
        let mut after: Option<(String, i64)> = None;
        while articles.len() < limit {
            let mut sql = QueryBuilder::new("SELECT ");
            sql.push(ARTICLE_COLUMNS)
                .push(", a.sort_time FROM ")
                .push(NEWEST_VERSION)
                .push(" WHERE ");
            narrowed.push_to(&mut sql);
            if let Some(since) = since {
                sql.push(" AND a.modified >= ").push_bind(stamp(since));
            }
            if let Some((sort_time, article_id)) = &after {
                sql.push(" AND (a.sort_time, a.article_id) < (")
                    .push_bind(sort_time.clone());
                sql.push(", ").push_bind(*article_id).push(")");
            }
            let rows_asked = i64::try_from(page).unwrap_or(i64::MAX);
            sql.push(" ORDER BY a.sort_time DESC, a.article_id DESC LIMIT ")
                .push_bind(rows_asked);
            let rows = sql.build().fetch_all(&mut *moment).await.map_err(self.failed(DOING))?;
            for row in &rows {
                let article = article_from_row(row)?;
                if articles.len() < limit && filter.matches(&article) {
                    articles.push(article);
                }
            }
            match rows.last() {
                Some(last) if rows.len() == page => {
                    let key = |column| move |_| StoreError::value("article", column, "");
                    let sort_time = last.try_get("sort_time").map_err(key("sort_time"))?;
                    after = Some((sort_time, last.try_get("article_id").map_err(key("article_id"))?));
                }
                _ => break,
            }
        }
        moment.rollback().await.map_err(self.failed(DOING))?;
        Ok(articles)
    }
}

/// Writes what SQL can tell of a filter: a condition that each of its articles meets.
pub(super) fn push_narrowed(filter: &Filter, sql: &mut QueryBuilder<Sqlite>) {
    let narrowed = filter.expr.as_ref().map(|expr| narrow(expr, Sense::Holds));
    narrowed.unwrap_or(Narrowed::Nothing).push_to(sql);
}

/// What must be true of an article, as far as SQL can tell.
#[derive(Debug)]
enum Narrowed<'f> {
    /// SQL cannot tell.
    Nothing,
    All(Vec<Narrowed<'f>>),
    Any(Vec<Narrowed<'f>>),
    Test(&'f Test, Sense),
    /// The full-text index holds this query.
    FullText(String),
}

/// Is the expression to hold, or not to?
#[derive(Debug, Clone, Copy, PartialEq)]
enum Sense {
    Holds,
    Fails,
}

/// Pushes negation down to the tests: only a test that SQL decides exactly can be turned round.
fn narrow(expr: &Expr, sense: Sense) -> Narrowed<'_> {
    match (expr, sense) {
        (Expr::Not(inner), Sense::Holds) => narrow(inner, Sense::Fails),
        (Expr::Not(inner), Sense::Fails) => narrow(inner, Sense::Holds),
        (Expr::And(inner), Sense::Holds) | (Expr::Or(inner), Sense::Fails) => all(narrow_each(inner, sense)),
        (Expr::Or(inner), Sense::Holds) | (Expr::And(inner), Sense::Fails) => any(narrow_each(inner, sense)),
        (Expr::Test(test), _) => narrow_test(test, sense),
    }
}

fn narrow_each(parts: &[Expr], sense: Sense) -> Vec<Narrowed<'_>> {
    parts.iter().map(|part| narrow(part, sense)).collect()
}

fn all(parts: Vec<Narrowed<'_>>) -> Narrowed<'_> {
    let known: Vec<_> = parts
        .into_iter()
        .filter(|part| !matches!(part, Narrowed::Nothing))
        .collect();
    if known.is_empty() {
        Narrowed::Nothing
    } else {
        Narrowed::All(known)
    }
}

fn any(parts: Vec<Narrowed<'_>>) -> Narrowed<'_> {
    if parts.iter().any(|part| matches!(part, Narrowed::Nothing)) {
        Narrowed::Nothing
    } else {
        Narrowed::Any(parts)
    }
}

fn narrow_test(test: &Test, sense: Sense) -> Narrowed<'_> {
    match (test.field.stored, &test.ask, sense) {
        (Stored::Document, _, _) | (Stored::Index(_), Ask::Exists, _) | (Stored::Index(_), _, Sense::Fails) => {
            Narrowed::Nothing
        }
        (Stored::Index(column), Ask::Is(value), Sense::Holds) => full_text(column, &words(value)),
        (Stored::Index(column), Ask::Contains(phrase), Sense::Holds) => full_text(column, phrase),
        (Stored::Column(_) | Stored::Wire(_) | Stored::Set { .. }, Ask::Contains(_), _) => Narrowed::Nothing,
        (Stored::Column(_) | Stored::Wire(_) | Stored::Set { .. }, Ask::Exists | Ask::Is(_), _) => {
            Narrowed::Test(test, sense)
        }
    }
}

/// An FTS5 query that every text with this phrase meets.
///
/// The index holds our words, separated by spaces, so its tokenizer sees each of them alone and both sides agree on ASCII
/// words. What it makes of the letters of all other scripts is its own matter: those words are left to memory.
fn full_text<'f>(column: &str, phrase: &str) -> Narrowed<'f> {
    let words: Vec<&str> = phrase.split_whitespace().take(LONGEST_PHRASE).collect();
    let ascii: Vec<&str> = words.iter().copied().filter(|word| word.is_ascii()).collect();
    if ascii.is_empty() {
        return Narrowed::Nothing;
    }
    let query = if ascii.len() == words.len() {
        format!("\"{}\"", ascii.join(" "))
    } else {
        format!("(\"{}\")", ascii.join("\" AND \""))
    };
    Narrowed::FullText(if column.is_empty() {
        query
    } else {
        format!("{column} : {query}")
    })
}

impl Narrowed<'_> {
    fn push_to(&self, sql: &mut QueryBuilder<Sqlite>) {
        match self {
            Self::Nothing => {
                sql.push("TRUE");
            }
            Self::All(parts) => join(sql, parts, " AND "),
            Self::Any(parts) => join(sql, parts, " OR "),
            Self::FullText(query) => {
                sql.push("a.article_id IN (SELECT rowid FROM article_fts WHERE article_fts MATCH ");
                sql.push_bind(query.clone()).push(")");
            }
            Self::Test(test, sense) => {
                // A comparison with NULL is NULL, and a test of a missing field is false.
                sql.push(if *sense == Sense::Fails {
                    "NOT coalesce("
                } else {
                    "coalesce("
                });
                push_test(test, sql);
                sql.push(", FALSE)");
            }
        }
    }
}

fn join(sql: &mut QueryBuilder<Sqlite>, parts: &[Narrowed<'_>], operator: &'static str) {
    sql.push("(");
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            sql.push(operator);
        }
        part.push_to(sql);
    }
    sql.push(")");
}

/// Exactly the test, for an article that has the field; names come from the table of fields, values are bound.
fn push_test(test: &Test, sql: &mut QueryBuilder<Sqlite>) {
    match (test.field.stored, &test.ask) {
        (Stored::Set { table, values }, ask) => {
            sql.push("a.article_id IN (SELECT article_id FROM ")
                .push(table)
                .push(" WHERE ");
            for (at, value) in values.iter().enumerate() {
                sql.push(if at > 0 { " OR " } else { "" });
                push_value(value, ask, test.field.compare, sql);
            }
            sql.push(")");
        }
        (Stored::Wire(column), Ask::Is(value)) => {
            push_value(column, &test.ask, Compare::AsciiCase, sql);
            for wire in WIRES
                .iter()
                .filter(|wire| wire.id.eq_ignore_ascii_case(value) && !wire.name.is_empty())
            {
                sql.push(" OR ").push(column).push(" = ").push_bind(wire.name);
            }
        }
        (Stored::Column(column) | Stored::Wire(column) | Stored::Index(column), ask) => {
            push_value(column, ask, test.field.compare, sql);
        }
        (Stored::Document, _) => {
            sql.push("TRUE");
        }
    }
}

fn push_value(value: &'static str, ask: &Ask, compare: Compare, sql: &mut QueryBuilder<Sqlite>) {
    sql.push(value);
    match (ask, compare) {
        (Ask::Exists | Ask::Contains(_), _) => {
            sql.push(" <> ''");
        }
        (Ask::Is(asked), Compare::Words | Compare::Exact | Compare::OneOf(_)) => {
            sql.push(" = ").push_bind(asked.clone());
        }
        (Ask::Is(asked), Compare::AsciiCase) => {
            sql.push(" = ").push_bind(asked.clone()).push(" COLLATE NOCASE");
        }
        (Ask::Is(asked), Compare::LanguageRange) => {
            sql.push(" = ")
                .push_bind(asked.clone())
                .push(" COLLATE NOCASE OR ")
                .push(value);
            // A range is letters, digits and hyphens: nothing that LIKE reads as a pattern.
            sql.push(" LIKE ").push_bind(format!("{asked}-%"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sql(text: &str) -> String {
        let filter = Filter::parse(text).unwrap_or_else(|error| panic!("{}", error.render(text)));
        let mut sql = QueryBuilder::new("");
        filter
            .expr
            .as_ref()
            .map_or(Narrowed::Nothing, |expr| narrow(expr, Sense::Holds))
            .push_to(&mut sql);
        sql.into_string()
    }

    #[test]
    fn sql_asks_for_no_more_than_the_filter_does() {
        let full_text = "a.article_id IN (SELECT rowid FROM article_fts WHERE article_fts MATCH ?)";
        for (text, want) in [
            ("", "TRUE".to_owned()),
            ("issuer ~ 'acme'", "TRUE".to_owned()),
            ("headline ~ 'steel'", full_text.to_owned()),
            ("not headline ~ 'steel'", "TRUE".to_owned()),
            ("headline ~ '鋼鉄'", "TRUE".to_owned()),
            ("url exists", "coalesce(v.url <> '', FALSE)".to_owned()),
            ("url != 'x'", "NOT coalesce(v.url = ?, FALSE)".to_owned()),
            ("url exists or issuer exists", "TRUE".to_owned()),
            (
                "url exists and issuer exists",
                "(coalesce(v.url <> '', FALSE))".to_owned(),
            ),
            ("not (url exists and issuer exists)", "TRUE".to_owned()),
            (
                "not (url exists or issuer exists)",
                "(NOT coalesce(v.url <> '', FALSE))".to_owned(),
            ),
            (
                "isin = 'x' or body ~ 'y'",
                format!(
                    "(coalesce(a.article_id IN (SELECT article_id FROM isin WHERE isin = ? COLLATE NOCASE), FALSE) OR {full_text})"
                ),
            ),
        ] {
            assert_eq!(sql(text), want, "{text}");
        }
    }

    #[test]
    fn a_value_never_becomes_sql() {
        assert!(!sql("url = '\\' OR TRUE --' and headline ~ 'x\" OR y'").contains("TRUE"));
    }

    #[test]
    fn phrases_are_quoted_and_narrowed_by_their_ascii_words() {
        for (column, phrase, want) in [
            ("headline", " steel ", Some("headline : \"steel\"")),
            ("", " steel works ", Some("\"steel works\"")),
            (
                "body_text",
                " pr times 本 社 ",
                Some("body_text : (\"pr\" AND \"times\")"),
            ),
            ("", " 本 社 ", None),
        ] {
            let narrowed = full_text(column, phrase);
            let have = if let Narrowed::FullText(query) = &narrowed {
                Some(query.as_str())
            } else {
                None
            };
            assert_eq!(have, want, "{phrase}");
        }
    }
}
