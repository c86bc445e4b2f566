//! The rows for filters and the full-text index, of what each article shows.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::{AtHand, NARROW_ROWS};
use crate::article::Draft;
use crate::filter::words;
use crate::store::StoreError;
use crate::store::error::fail;
use crate::store::row::json;

/// Texts a statement: each makes the index write out what it has gathered before.
const TEXTS: usize = 500;

/// What the full-text index is to take in and to let go. It is written last in a transaction, and all of it at once: every statement after it
/// makes the index write out what it has gathered, and each such piece is merged with others later.
#[derive(Debug, Default)]
pub(in crate::store) struct Texts {
    gone: BTreeSet<i64>,
    new: BTreeMap<i64, Words>,
}

/// The words of an article as a filter sees them, so that `~` in SQL misses nothing that it finds in memory.
#[derive(Debug)]
struct Words {
    headline: Option<String>,
    body: String,
}

impl Texts {
    /// What is to be written after this.
    pub(in crate::store) fn extend(&mut self, later: Self) {
        for gone in &later.gone {
            self.new.remove(gone);
        }
        self.gone.extend(later.gone);
        self.new.extend(later.new);
    }

    pub(in crate::store) async fn write(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        if !self.gone.is_empty() {
            let ids = json(&self.gone);
            sqlx::query!(
                "DELETE FROM article_fts WHERE rowid IN (SELECT value FROM json_each(?1))",
                ids
            )
            .execute(&mut *connection)
            .await
            .map_err(fail("renewing the full-text index"))?;
        }
        let texts: Vec<_> = self.new.iter().collect();
        for rows in texts.chunks(TEXTS) {
            let mut sql = QueryBuilder::<Sqlite>::new("INSERT INTO article_fts (rowid, headline, body_text) ");
            sql.push_values(rows, |mut row, (article, words)| {
                row.push_bind(**article);
                row.push_bind(words.headline.as_deref());
                row.push_bind(words.body.as_str());
            });
            sql.build()
                .execute(&mut *connection)
                .await
                .map_err(fail("writing the full-text index"))?;
        }
        Ok(())
    }
}

/// Takes articles out of the rows for filters and out of the full-text index.
pub(in crate::store) async fn unindex(
    connection: &mut SqliteConnection,
    articles: impl Iterator<Item = &i64>,
) -> Result<(), StoreError> {
    renew(connection, articles, &AtHand::new())
        .await?
        .write(connection)
        .await
}

/// Writes what articles show for filters, in the place of what these of them (`before`) have shown; gives what is to become of the full-text
/// index.
pub(in crate::store) async fn renew(
    connection: &mut SqliteConnection,
    before: impl Iterator<Item = &i64>,
    shown: &AtHand<'_>,
) -> Result<Texts, StoreError> {
    let gone: BTreeSet<i64> = before.copied().collect();
    if !gone.is_empty() {
        let ids = json(&gone);
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
    }
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
    let words = |(article, draft): (&i64, &Cow<'_, Draft>)| {
        let words = Words {
            headline: draft.headline.as_deref().map(words),
            body: words(&draft.body_text),
        };
        (*article, words)
    };
    Ok(Texts {
        gone,
        new: shown.iter().map(words).collect(),
    })
}
