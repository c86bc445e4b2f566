//! The rows for filters and the full-text index, of what each article shows.

use std::borrow::Cow;
use std::collections::BTreeMap;

use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::{NARROW_ROWS, WIDE_ROWS};
use crate::article::Draft;
use crate::filter::words;
use crate::store::StoreError;
use crate::store::error::fail;
use crate::store::row::json;

/// Takes articles out of the rows for filters and out of the full-text index.
pub(in crate::store) async fn unindex(
    connection: &mut SqliteConnection,
    articles: impl Iterator<Item = &i64>,
) -> Result<(), StoreError> {
    let articles: Vec<&i64> = articles.collect();
    if articles.is_empty() {
        return Ok(());
    }
    let ids = json(&articles);
    sqlx::query!(
        "DELETE FROM symbol WHERE article_id IN (SELECT value FROM json_each(?1))",
        ids
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("renewing symbols"))?;
    sqlx::query!(
        "DELETE FROM isin WHERE article_id IN (SELECT value FROM json_each(?1))",
        ids
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("renewing ISINs"))?;
    sqlx::query!(
        "DELETE FROM article_fts WHERE rowid IN (SELECT value FROM json_each(?1))",
        ids
    )
    .execute(&mut *connection)
    .await
    .map(drop)
    .map_err(fail("renewing the full-text index"))
}

/// Writes what articles that are not indexed show, for filters and for the full-text index.
pub(in crate::store) async fn index(
    connection: &mut SqliteConnection,
    shown: &BTreeMap<i64, Cow<'_, Draft>>,
) -> Result<(), StoreError> {
    let symbols: Vec<_> = shown
        .iter()
        .flat_map(|(id, draft)| draft.symbols().map(move |symbol| (*id, symbol)))
        .collect();
    for rows in symbols.chunks(NARROW_ROWS) {
        let mut sql = QueryBuilder::<Sqlite>::new("INSERT INTO symbol (article_id, exchange, symbol) ");
        sql.push_values(rows, |mut row, (article, symbol)| {
            row.push_bind(*article);
            row.push_bind(symbol.exchange.as_str());
            row.push_bind(symbol.symbol.as_str());
        });
        sql.push(" ON CONFLICT DO NOTHING");
        sql.build()
            .execute(&mut *connection)
            .await
            .map_err(fail("writing symbols"))?;
    }
    let isins: Vec<_> = shown
        .iter()
        .flat_map(|(id, draft)| draft.isins().map(move |isin| (*id, isin)))
        .collect();
    for rows in isins.chunks(NARROW_ROWS) {
        let mut sql = QueryBuilder::<Sqlite>::new("INSERT INTO isin (article_id, isin) ");
        sql.push_values(rows, |mut row, (article, isin)| {
            row.push_bind(*article);
            row.push_bind(*isin);
        });
        sql.push(" ON CONFLICT DO NOTHING");
        sql.build()
            .execute(&mut *connection)
            .await
            .map_err(fail("writing ISINs"))?;
    }
    let texts: Vec<_> = shown.iter().collect();
    for rows in texts.chunks(WIDE_ROWS) {
        let mut sql = QueryBuilder::<Sqlite>::new("INSERT INTO article_fts (rowid, headline, body_text) ");
        sql.push_values(rows, |mut row, (article, draft)| {
            row.push_bind(**article);
            // The words as a filter sees them, so that `~` in SQL misses nothing that it finds in memory.
            row.push_bind(draft.headline.as_deref().map(words));
            row.push_bind(words(&draft.body_text));
        });
        sql.build()
            .execute(&mut *connection)
            .await
            .map_err(fail("writing the full-text index"))?;
    }
    Ok(())
}
