//! No statement reads the whole of a table that grows, as SQLite itself says (`EXPLAIN QUERY PLAN`). The statements are those of the code:
//! the fixed ones stand in the query cache, those that are put together are read from the source or made by the very functions.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use sqlx::{AssertSqlSafe, Row};

use super::super::output;
use super::super::row::{ARTICLE_COLUMNS, HEAD_COLUMNS, NEWEST_VERSION};
use super::super::select::page_sql;
use super::*;
use crate::filter::Filter;

/// Tables that are as large as a configuration, or are emptied again and again.
const SMALL: &[&str] = &[
    "counter",
    "output",
    "posting_log",
    "robots",
    "source",
    "source_move",
    "subscription",
    "subscription_request",
];

/// Statements that may: a piece of each, and why.
const EXCUSED: &[(&str, &str)] = &[
    ("SELECT count(*) AS \"count!: i64\" FROM article", "it counts them all"),
    (
        "FROM poll p WHERE p.started < ?1",
        "what is old is looked for among all, once a day and beside the writer",
    ),
    (
        "FROM tombstone WHERE last_seen < ?1",
        "what is old is looked for among all, once a day and beside the writer",
    ),
    (
        "FROM article ORDER BY article_id DESC LIMIT ?1",
        "the last numbers, and no further than the limit",
    ),
    (
        "FROM v_poll ORDER BY poll_id DESC LIMIT ?1",
        "the last numbers, and no further than the limit",
    ),
    (
        "FROM v_reject ORDER BY poll_id DESC, item_index LIMIT ?1",
        "the last numbers, and no further than the limit",
    ),
];

#[tokio::test]
async fn no_statement_reads_the_whole_of_a_table_that_grows() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let (fixed, made) = (cached(), formatted());
    assert!(fixed.len() > 150, "found {} fixed statements", fixed.len());
    assert!(made.len() > 7, "found {} statements that are put together", made.len());
    let mut excused = BTreeSet::new();
    let mut mistakes = Vec::new();
    for sql in fixed
        .iter()
        .chain(&made)
        .chain(&searches())
        .chain(&output::statements())
    {
        let scans = scans(&store, sql).await;
        let line = sql.split_whitespace().collect::<Vec<_>>().join(" ");
        let may = EXCUSED.iter().find(|(piece, _)| line.contains(piece));
        match may {
            Some((piece, _)) if !scans.is_empty() => drop(excused.insert(piece)),
            _ => mistakes.extend(scans.into_iter().map(|step| format!("{step} in\n{sql}\n"))),
        }
    }
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
    assert_eq!(excused.len(), EXCUSED.len(), "nothing else scans: {excused:?}");
}

#[tokio::test]
async fn what_goes_with_a_row_is_found_by_an_index() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    let bound: Vec<(String, String)> = sqlx::query_as(
        "SELECT s.name, f.\"from\" FROM sqlite_schema s JOIN pragma_foreign_key_list(s.name) f \
         WHERE s.type = 'table' AND f.on_delete = 'CASCADE'",
    )
    .fetch_all(store.readers())
    .await
    .unwrap();
    assert!(bound.len() > 9, "found {bound:?}");
    for (table, column) in bound {
        let steps = steps(&store, &format!("SELECT 1 FROM {table} WHERE {column} = 1")).await;
        assert!(steps[0].starts_with("SEARCH"), "{table}.{column}: {steps:?}");
    }
}

#[tokio::test]
async fn a_search_sorts_numbers_and_no_texts() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory).await;
    for (text, sorts) in [
        ("", false),
        ("published > -7d", false),
        ("text ~ 'steel'", true),
        ("symbol = 'XNAS:NUE'", true),
    ] {
        let filter = Filter::parse(text).unwrap();
        let steps = steps(
            &store,
            &page_sql("SELECT ", &filter, None, None, 100, noon()).into_string(),
        )
        .await;
        // What is found stands before what is read of it.
        let read = steps.iter().position(|step| step.starts_with("SCAN found")).unwrap();
        let (found, read) = steps.split_at(read);
        let any = |piece: &str| found.iter().any(|step| step.contains(piece));
        assert_eq!(any("TEMP B-TREE"), sorts, "{text}: {steps:#?}");
        // By the order of time the texts that a test needs are read until there are enough.
        assert!(any("INDEX article_by_time") != sorts, "{text}: {steps:#?}");
        assert!(!sorts || any("SEARCH v USING COVERING INDEX"), "{text}: {steps:#?}");
        assert!(
            read.iter().any(|step| step.starts_with("SEARCH v USING INDEX")),
            "{text}: {steps:#?}"
        );
    }
}

/// Every statement of the query cache.
fn cached() -> Vec<String> {
    let files = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.sqlx")).unwrap();
    files
        .map(|file| {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            let cached: serde_json::Value = serde_json::from_str(&text).unwrap();
            cached["query"].as_str().unwrap().to_owned()
        })
        .collect()
}

/// Every `format!("SELECT {...`" of this room.
fn formatted() -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("tests") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = fs::read_to_string(path).unwrap();
                let literals = source.split("\"SELECT {").skip(1);
                found.extend(literals.map(|rest| format!("SELECT {{{}", rest.split('"').next().unwrap())));
            }
        }
    }
    found
        .iter()
        .map(|literal| {
            let line: Vec<&str> = literal.split("\\\n").map(str::trim_start).collect();
            line.concat()
                .replace("{ARTICLE_COLUMNS}", ARTICLE_COLUMNS)
                .replace("{HEAD_COLUMNS}", HEAD_COLUMNS)
                .replace("{NEWEST_VERSION}", NEWEST_VERSION)
                .replace("{CHANGES}", "500")
        })
        .collect()
}

/// A walk through all articles: from the start, from a time on, and from the last page on.
fn searches() -> Vec<String> {
    let (all, after) = (Filter::parse("").unwrap(), ("2026-01-01T00:00:00.000Z".to_owned(), 7));
    [(None, None), (Some(noon()), None), (None, Some(&after))]
        .map(|(since, after)| page_sql("SELECT ", &all, since, after, 100, noon()).into_string())
        .to_vec()
}

async fn steps(store: &Store, sql: &str) -> Vec<String> {
    let explained = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
    let steps = sqlx::query(explained).fetch_all(store.readers()).await;
    let steps = steps.unwrap_or_else(|error| panic!("{error}: {sql}"));
    steps.iter().map(|step| step.get("detail")).collect()
}

/// The steps that read the whole of a table that grows, or of one of its indexes. A scan in the order of an index up to a limit does not.
async fn scans(store: &Store, sql: &str) -> Vec<String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite*' AND name NOT GLOB '_sqlx*' \
           AND name NOT GLOB 'article_fts*'",
    )
    .fetch_all(store.readers())
    .await
    .unwrap();
    let views: Vec<(String, String)> = sqlx::query_as("SELECT name, sql FROM sqlite_schema WHERE type = 'view'")
        .fetch_all(store.readers())
        .await
        .unwrap();
    // A step names a table as the statement or its view does.
    let named = views.iter().filter(|(name, _)| words(sql).contains(&name.as_str()));
    let text: Vec<&str> = named.map(|(_, view)| view.as_str()).chain([sql]).collect();
    let text = text.join("; ");
    let words = words(&text);
    let is_large = |name: &str| {
        let calls = |table: &&String| {
            let alias = |at: usize| words.get(at).is_some_and(|word| *word == name);
            let at = |(at, word): (usize, &&str)| {
                *word == table.as_str() && (alias(at + 1) || words.get(at + 1) == Some(&"AS") && alias(at + 2))
            };
            table.as_str() == name || words.iter().enumerate().any(at)
        };
        let mut growing = tables.iter().filter(|table| !SMALL.contains(&table.as_str()));
        growing.any(|table| calls(&table))
    };
    let mut steps = steps(store, sql).await;
    steps.retain(|step| {
        let Some(scanned) = step.strip_prefix("SCAN ") else {
            return false;
        };
        let (name, how) = scanned.split_once(' ').unwrap_or((scanned, ""));
        let ends = how.contains("INDEX") && words.contains(&"LIMIT");
        !how.contains("VIRTUAL TABLE") && !ends && is_large(name)
    });
    steps
}

fn words(sql: &str) -> Vec<&str> {
    sql.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .collect()
}
