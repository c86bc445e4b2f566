//! What people and programs may read of the store: its views, column by column.
//!
//! The words stand in `deploy/datasette-metadata.json`, which shows them to Datasette too; which views and columns there are, and in what
//! order, the migrations say. A test holds the two together.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use super::{MIGRATIONS, StoreError};

const WORDS: &str = include_str!("../../deploy/datasette-metadata.json");

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct View {
    /// Its name.
    pub name: String,
    /// What a row is.
    pub about: String,
    /// In their order.
    pub columns: Vec<Column>,
}

/// A column of a view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it says.
    pub about: String,
    /// Of numbers that have one: `ms`, `B`.
    pub unit: Option<String>,
}

/// What of the file we read.
#[derive(Debug, Deserialize)]
struct Words {
    databases: BTreeMap<String, Database>,
}

#[derive(Debug, Deserialize)]
struct Database {
    tables: BTreeMap<String, Table>,
}

#[derive(Debug, Deserialize)]
struct Table {
    description: String,
    columns: BTreeMap<String, String>,
    #[serde(default)]
    units: BTreeMap<String, String>,
}

impl Words {
    fn database() -> Option<Database> {
        let mut words: Self = serde_json::from_str(WORDS).ok()?;
        words.databases.remove("dateline")
    }
}

/// The schema that this Dateline makes: its views, and the statements that make it, with their comments.
///
/// # Errors
/// None that a person could mend.
pub async fn schema() -> Result<(Vec<View>, Vec<String>), StoreError> {
    let path = Path::new(":memory:");
    let fail = |source| StoreError::of(path, "reading the schema", source);
    let mut empty = SqliteConnectOptions::new()
        .in_memory(true)
        .disable_statement_logging()
        .connect()
        .await
        .map_err(fail)?;
    MIGRATIONS
        .run(&mut empty)
        .await
        .map_err(|source| StoreError::of_migration(path, source))?;
    let columns: Vec<(String, String)> = sqlx::query_as(
        "SELECT s.name, c.name FROM sqlite_schema s JOIN pragma_table_info(s.name) c WHERE s.type = 'view' ORDER BY s.rowid, c.cid",
    )
    .fetch_all(&mut empty)
    .await
    .map_err(fail)?;
    let statements = sqlx::query_scalar(
        "SELECT sql || ';' FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE '\\_sqlx%' ESCAPE '\\'
         AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE 'article_fts\\_%' ESCAPE '\\' ORDER BY rowid",
    )
    .fetch_all(&mut empty)
    .await
    .map_err(fail)?;
    empty.close().await.map_err(fail)?;

    let words = Words::database();
    let mut views: Vec<View> = Vec::new();
    for (view, name) in columns {
        let told = words.as_ref().and_then(|words| words.tables.get(&view));
        if views.last().is_none_or(|last| last.name != view) {
            views.push(View {
                about: told.map(|told| told.description.clone()).unwrap_or_default(),
                name: view,
                columns: Vec::new(),
            });
        }
        let column = Column {
            about: told
                .and_then(|told| told.columns.get(&name).cloned())
                .unwrap_or_default(),
            unit: told.and_then(|told| told.units.get(&name).cloned()),
            name,
        };
        if let Some(view) = views.last_mut() {
            view.columns.push(column);
        }
    }
    Ok((views, statements))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sqlx::{AssertSqlSafe, Executor};

    use super::*;

    /// The statements of the queries that Datasette shows, by name.
    fn queries() -> BTreeMap<String, String> {
        let words: serde_json::Value = serde_json::from_str(WORDS).unwrap();
        let queries = words["databases"]["dateline"]["queries"].as_object().unwrap();
        let sql = |query: &serde_json::Value| query["sql"].as_str().unwrap().to_owned();
        queries.iter().map(|(name, query)| (name.clone(), sql(query))).collect()
    }

    #[tokio::test]
    async fn every_view_and_column_is_explained_and_nothing_else_is() {
        let (views, statements) = schema().await.unwrap();
        assert!(views.len() > 10 && statements.len() > views.len());
        let words = Words::database().unwrap();
        let explained: BTreeSet<(&str, &str)> = words
            .tables
            .iter()
            .flat_map(|(view, told)| told.columns.keys().map(move |column| (view.as_str(), column.as_str())))
            .collect();
        let there: BTreeSet<(&str, &str)> = views
            .iter()
            .flat_map(|view| {
                view.columns
                    .iter()
                    .map(move |column| (view.name.as_str(), column.name.as_str()))
            })
            .collect();
        assert_eq!(explained, there);
        for view in &views {
            assert!(view.about.starts_with("One row a"), "{}: {}", view.name, view.about);
            for column in &view.columns {
                assert!(!column.about.is_empty(), "{}.{}", view.name, column.name);
                assert_eq!(
                    column.unit.as_deref() == Some("ms"),
                    column.name.ends_with("_ms"),
                    "{}.{}",
                    view.name,
                    column.name
                );
            }
        }
        for (view, told) in &words.tables {
            for column in told.units.keys() {
                assert!(
                    told.columns.contains_key(column),
                    "{view}.{column} has a unit and is not there"
                );
            }
        }
    }

    #[tokio::test]
    async fn the_readme_lists_every_view_and_its_queries_are_those_of_datasette() {
        let (views, _) = schema().await.unwrap();
        let readme = include_str!("../../README.md");
        let rows: String = readme.lines().filter(|line| line.starts_with("| `v_")).collect();
        for view in &views {
            assert!(
                rows.contains(&format!("`{}`", view.name)),
                "{} is not in README.md",
                view.name
            );
        }
        let queries = queries();
        let block = readme
            .split("```sql\n")
            .nth(1)
            .and_then(|rest| rest.split("```").next())
            .unwrap();
        let statements: Vec<&str> = block
            .lines()
            .filter(|line| line.starts_with("SELECT"))
            .map(|line| line.trim_end_matches(';'))
            .collect();
        assert!(statements.len() > 4);
        for statement in statements {
            assert!(
                queries.values().any(|query| query == statement),
                "no query is {statement}"
            );
        }
    }

    #[tokio::test]
    async fn every_query_of_datasette_can_be_asked_of_a_store() {
        let mut empty = SqliteConnectOptions::new().in_memory(true).connect().await.unwrap();
        MIGRATIONS.run(&mut empty).await.unwrap();
        let queries = queries();
        assert!(queries.len() > 5);
        for (name, query) in queries {
            // An empty form is how Datasette opens a query.
            for words in ["'steel'", "''", "'  '"] {
                let sql = query.replace(":words", words);
                let answer = (&mut empty).fetch_all(AssertSqlSafe(sql)).await;
                assert!(answer.is_ok(), "{name}: {words}: {answer:?}");
            }
        }
    }
}
