//! What of a filter SQL can tell: conditions that every article of the filter meets.
//!
//! Names come from the table of fields, values are bound. The full-text index holds [`words`](crate::filter::words()) of headline and
//! body; see [`full_text`].

use chrono::{DateTime, Utc};
use sqlx::{QueryBuilder, Sqlite};

use super::row::{json, stamp};
use crate::article::MAX_AHEAD;
use crate::filter::{Ask, Compare, Expr, Filter, List, Stored, Test, Values, words};
use crate::wire::WIRES;

/// A phrase longer than this is looked for by its first words.
const LONGEST_PHRASE: usize = 32;

/// What must be true of an article, as far as SQL can tell.
#[derive(Debug)]
pub(super) enum Narrowed<'f> {
    /// SQL cannot tell.
    Nothing,
    All(Vec<Narrowed<'f>>),
    Any(Vec<Narrowed<'f>>),
    Test(&'f Test, Sense),
    /// The full-text index holds one of these queries.
    FullText(Vec<String>),
}

/// Is the expression to hold, or not to?
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Sense {
    Holds,
    Fails,
}

/// What an article of this filter cannot but meet.
pub(super) fn narrowed(filter: &Filter) -> Narrowed<'_> {
    filter
        .expr
        .as_ref()
        .map_or(Narrowed::Nothing, |expr| narrow(expr, Sense::Holds))
}

/// Pushes negation down to the tests: only a test that SQL decides exactly can be turned round.
fn narrow(expr: &Expr, sense: Sense) -> Narrowed<'_> {
    match (expr, sense) {
        (Expr::Not(inner), Sense::Holds) => narrow(inner, Sense::Fails),
        (Expr::Not(inner), Sense::Fails) => narrow(inner, Sense::Holds),
        (Expr::Named(_, inner), _) => narrow(inner, sense),
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
        (Stored::Document, _, _)
        | (_, Ask::Like(_), _)
        | (Stored::Index(_), Ask::Exists | Ask::Compare(_, _), _)
        | (Stored::Index(_), _, Sense::Fails) => Narrowed::Nothing,
        (Stored::Index(column), Ask::Is(list), Sense::Holds) => {
            let queries: Option<Vec<String>> = list
                .written
                .iter()
                .map(|text| full_text(column, &words(text)))
                .collect();
            queries.map_or(Narrowed::Nothing, Narrowed::FullText)
        }
        (Stored::Index(column), Ask::Contains(phrase), Sense::Holds) => {
            full_text(column, phrase).map_or(Narrowed::Nothing, |query| Narrowed::FullText(vec![query]))
        }
        (_, Ask::Contains(_), _) => Narrowed::Nothing,
        (
            Stored::Column(_) | Stored::Wire(_) | Stored::Issued(_) | Stored::Set { .. } | Stored::Listing,
            Ask::Exists | Ask::Is(_) | Ask::Compare(_, _),
            _,
        ) => Narrowed::Test(test, sense),
    }
}

/// An FTS5 query that every text with this phrase meets; `None` if there is none.
///
/// The index holds our words, separated by spaces, so its tokenizer sees each of them alone and both sides agree on ASCII
/// words, and on those that begin with ASCII letters. What it makes of the letters of all other scripts is its own matter: those words
/// are left to memory.
fn full_text(column: &str, phrase: &str) -> Option<String> {
    let words: Vec<&str> = phrase.split_whitespace().collect();
    let is_cut = words.len() > LONGEST_PHRASE;
    let words = &words[..words.len().min(LONGEST_PHRASE)];
    let ascii: Vec<&str> = words.iter().copied().filter(|word| word.is_ascii()).collect();
    let last = words
        .last()
        .filter(|word| word.is_ascii())
        .filter(|_| !phrase.ends_with(' ') && !is_cut);
    let star = if last.is_some() { "*" } else { "" };
    if ascii.is_empty() {
        return None;
    }
    let query = if ascii.len() == words.len() {
        format!("\"{}\"{star}", ascii.join(" "))
    } else {
        format!("(\"{}\"{star})", ascii.join("\" AND \""))
    };
    Some(if column.is_empty() {
        query
    } else {
        format!("{column} : {query}")
    })
}

impl Narrowed<'_> {
    pub(super) fn push_to(&self, sql: &mut QueryBuilder<Sqlite>, now: DateTime<Utc>) {
        match self {
            Self::Nothing => {
                sql.push("TRUE");
            }
            Self::All(parts) => join(sql, parts, " AND ", now),
            Self::Any(parts) => join(sql, parts, " OR ", now),
            Self::FullText(queries) => {
                sql.push("a.article_id IN (SELECT rowid FROM article_fts WHERE article_fts MATCH ");
                let each: Vec<String> = queries.iter().map(|query| format!("({query})")).collect();
                let query = if let [only] = queries.as_slice() {
                    only.clone()
                } else {
                    each.join(" OR ")
                };
                sql.push_bind(query).push(")");
            }
            Self::Test(test, Sense::Holds) => {
                sql.push("(");
                push_test(test, sql, now);
                if let (Stored::Issued(_), Ask::Compare(order, literal)) = (test.field.stored, &test.ask)
                    && let Some(least) = order.bounds(*literal, now).0
                    && let Some(least) = DateTime::from_timestamp_millis(least)
                {
                    // Articles stand in this order, so that the search can end.
                    sql.push(" AND a.sort_time >= ").push_bind(stamp(least - MAX_AHEAD));
                }
                sql.push(")");
            }
            Self::Test(test, Sense::Fails) => {
                // A comparison with NULL is NULL, and a test of a missing field is false.
                sql.push("NOT coalesce(");
                push_test(test, sql, now);
                sql.push(", FALSE)");
            }
        }
    }
}

fn join(sql: &mut QueryBuilder<Sqlite>, parts: &[Narrowed<'_>], operator: &'static str, now: DateTime<Utc>) {
    sql.push("(");
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            sql.push(operator);
        }
        part.push_to(sql, now);
    }
    sql.push(")");
}

/// Exactly the test, for an article that has the field.
fn push_test(test: &Test, sql: &mut QueryBuilder<Sqlite>, now: DateTime<Utc>) {
    match (test.field.stored, &test.ask) {
        (Stored::Set { table, column }, ask) => {
            sql.push("a.article_id IN (SELECT article_id FROM ")
                .push(table)
                .push(" WHERE ");
            push_value(column, ask, test.field.values, sql, now);
            sql.push(")");
        }
        (Stored::Listing, Ask::Is(list)) => push_listings(list, sql),
        (Stored::Listing, _) => {
            sql.push("a.article_id IN (SELECT article_id FROM symbol)");
        }
        (Stored::Wire(column), Ask::Is(list)) => {
            let asked = |id: &str| list.written.iter().any(|text| text.eq_ignore_ascii_case(id));
            let names = WIRES
                .iter()
                .filter(|wire| !wire.name.is_empty() && asked(wire.id))
                .map(|wire| wire.name);
            let texts: Vec<&str> = list.written.iter().map(String::as_str).chain(names).collect();
            push_in(column, &texts, " COLLATE NOCASE", sql);
        }
        (Stored::Column(column) | Stored::Issued(column) | Stored::Wire(column) | Stored::Index(column), ask) => {
            push_value(column, ask, test.field.values, sql, now);
        }
        (Stored::Document, _) => {
            sql.push("TRUE");
        }
    }
}

/// Symbols by themselves, and every way to read a text as market and symbol with a colon between them.
fn push_listings(list: &List, sql: &mut QueryBuilder<Sqlite>) {
    let pairs: Vec<(&str, &str)> = list
        .written
        .iter()
        .flat_map(|text| text.match_indices(':').map(|(at, _)| (&text[..at], &text[at + 1..])))
        .collect();
    sql.push("a.article_id IN (SELECT s.article_id FROM json_each(");
    sql.push_bind(json(&list.written))
        .push(") asked CROSS JOIN symbol s ON s.symbol = asked.value COLLATE NOCASE");
    if !pairs.is_empty() {
        sql.push(" UNION ALL SELECT s.article_id FROM json_each(");
        sql.push_bind(json(&pairs)).push(
            ") asked CROSS JOIN symbol s ON s.symbol = json_extract(asked.value, '$[1]') COLLATE NOCASE \
             AND s.exchange = json_extract(asked.value, '$[0]') COLLATE NOCASE",
        );
    }
    sql.push(")");
}

fn push_in(column: &'static str, texts: &[&str], collation: &'static str, sql: &mut QueryBuilder<Sqlite>) {
    sql.push(column).push(collation);
    if let [only] = texts {
        sql.push(" = ").push_bind((*only).to_owned());
    } else {
        sql.push(" IN (SELECT value FROM json_each(")
            .push_bind(json(&texts))
            .push("))");
    }
}

fn push_value(column: &'static str, ask: &Ask, values: Values, sql: &mut QueryBuilder<Sqlite>, now: DateTime<Utc>) {
    match (ask, values) {
        (Ask::Exists | Ask::Contains(_) | Ask::Like(_), _) => {
            sql.push(column).push(" <> ''");
        }
        (Ask::Is(list), Values::Texts(Compare::LanguageRange, _)) => {
            // A range is letters, digits and hyphens: nothing that LIKE reads as a pattern.
            sql.push("EXISTS (SELECT 1 FROM json_each(")
                .push_bind(json(&list.written))
                .push(") asked WHERE ");
            sql.push(column).push(" = asked.value COLLATE NOCASE OR ");
            sql.push(column).push(" LIKE asked.value || '-%')");
        }
        (Ask::Is(list), values) => {
            let texts: Vec<&str> = list.written.iter().map(String::as_str).collect();
            let ignores_case = matches!(values, Values::Texts(Compare::AsciiCase, _));
            push_in(column, &texts, if ignores_case { " COLLATE NOCASE" } else { "" }, sql);
        }
        (Ask::Compare(order, literal), values) => {
            let (least, below) = order.bounds(*literal, now);
            let bounds = [least.map(|bound| (" >= ", bound)), below.map(|bound| (" < ", bound))];
            for (at, (operator, bound)) in bounds.into_iter().flatten().enumerate() {
                sql.push(if at > 0 { " AND " } else { "" }).push(column).push(operator);
                match values {
                    Values::Instant(_) => {
                        let at = DateTime::from_timestamp_millis(bound).unwrap_or(DateTime::UNIX_EPOCH);
                        sql.push_bind(stamp(at));
                    }
                    Values::Number(_) | Values::Span(_) | Values::Texts(_, _) => {
                        sql.push_bind(bound);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sql(text: &str) -> String {
        let filter = Filter::parse(text).unwrap_or_else(|error| panic!("{}", error.render(text)));
        let mut sql = QueryBuilder::new("");
        narrowed(&filter).push_to(&mut sql, DateTime::UNIX_EPOCH);
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
            ("headline =~ 'steel'", "TRUE".to_owned()),
            ("headline ~ '鋼鉄'", "TRUE".to_owned()),
            ("url exists", "(v.url <> '')".to_owned()),
            ("url != 'x'", "NOT coalesce(v.url = ?, FALSE)".to_owned()),
            (
                "source in ('x', 'y')",
                "(v.source_id IN (SELECT value FROM json_each(?)))".to_owned(),
            ),
            ("version >= 2", "(v.version >= ?)".to_owned()),
            ("updated = 2026-11-26", "(v.updated >= ? AND v.updated < ?)".to_owned()),
            ("published > -7d", "(v.published >= ? AND a.sort_time >= ?)".to_owned()),
            (
                "not published > -7d",
                "NOT coalesce(v.published >= ?, FALSE)".to_owned(),
            ),
            ("published < -7d", "(v.published < ?)".to_owned()),
            ("url exists or issuer exists", "TRUE".to_owned()),
            ("url exists and issuer exists", "((v.url <> ''))".to_owned()),
            ("not (url exists and issuer exists)", "TRUE".to_owned()),
            (
                "not (url exists or issuer exists)",
                "(NOT coalesce(v.url <> '', FALSE))".to_owned(),
            ),
            (
                "isin = 'US0378331005' or body ~ 'y'",
                format!(
                    "((a.article_id IN (SELECT article_id FROM isin WHERE isin COLLATE NOCASE = ?)) OR {full_text})"
                ),
            ),
        ] {
            assert_eq!(sql(text), want, "{text}");
        }
    }

    #[test]
    fn a_value_never_becomes_sql() {
        assert!(!sql("url = '\\' OR TRUE --' and headline ~ 'x\" OR y' and guid in ('\\'', 'TRUE)')").contains("TRUE"));
    }

    #[test]
    fn phrases_are_quoted_and_narrowed_by_their_ascii_words() {
        for (column, phrase, want) in [
            ("headline", " steel ", Some("headline : \"steel\"")),
            ("headline", " steel", Some("headline : \"steel\"*")),
            ("", " steel works ", Some("\"steel works\"")),
            ("", " steel wor", Some("\"steel wor\"*")),
            (
                "body_text",
                " pr times 本 社 ",
                Some("body_text : (\"pr\" AND \"times\")"),
            ),
            ("", " 本 社 acm", Some("(\"acm\"*)")),
            ("", " 本 社 ", None),
        ] {
            assert_eq!(full_text(column, phrase).as_deref(), want, "{phrase}");
        }
    }
}
