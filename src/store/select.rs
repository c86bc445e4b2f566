//! Reads the articles that a filter holds, newest first.
//!
//! SQL narrows ([`narrowed`]), [`Filter::matches`] decides: every condition here is one that an article of the filter cannot but
//! meet, so that a filter means the same in memory and in the store, and an index still carries the search. Pages go by key
//! (`sort_time`, `article_id`) inside one read transaction: one moment of the store, no offset, no cursor left open.

use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, QueryBuilder, Row, Sqlite};

use super::narrow::narrowed;
use super::row::{ARTICLE_COLUMNS, NEWEST_VERSION, article_from_row, stamp};
use super::{Store, StoreError};
use crate::article::Article;
use crate::filter::Filter;

/// Articles of one page: enough that most outputs need one, few enough to hold in memory with their bodies.
const PAGE: std::ops::RangeInclusive<usize> = 32..=128;

const DOING: &str = "selecting articles";

/// How a filter does over the whole store.
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    /// Articles that it holds.
    pub matches: usize,
    /// Articles that SQL could not rule out, which were read.
    pub read: usize,
    /// The newest that it holds.
    pub newest: Vec<Article>,
}

impl Store {
    /// The newest articles that the filter holds, at most `limit`, by the time they sort by and then by number, both
    /// descending: the same rows always come in the same order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn select(&self, filter: &Filter, limit: usize, now: DateTime<Utc>) -> Result<Vec<Article>, StoreError> {
        self.select_since(filter, None, limit, now).await
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
        now: DateTime<Utc>,
    ) -> Result<Vec<Article>, StoreError> {
        let mut articles = Vec::new();
        if limit == 0 {
            return Ok(articles);
        }
        let page = limit.clamp(*PAGE.start(), *PAGE.end());
        self.walk(filter, since, page, now, |article| {
            if filter.matches(&article, now) {
                articles.push(article);
            }
            if articles.len() < limit {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })
        .await?;
        Ok(articles)
    }

    /// Counts what the filter holds, and keeps the newest `limit`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn tally(&self, filter: &Filter, limit: usize, now: DateTime<Utc>) -> Result<Tally, StoreError> {
        let (mut matches, mut read, mut newest) = (0, 0, Vec::new());
        self.walk(filter, None, *PAGE.end(), now, |article| {
            read += 1;
            if filter.matches(&article, now) {
                matches += 1;
                if newest.len() < limit {
                    newest.push(article);
                }
            }
            ControlFlow::Continue(())
        })
        .await?;
        Ok(Tally { matches, read, newest })
    }

    /// How SQLite would search for the filter's articles, a step a line (`EXPLAIN QUERY PLAN`).
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn plan_of(&self, filter: &Filter, now: DateTime<Utc>) -> Result<Vec<String>, StoreError> {
        let sql = page_sql("EXPLAIN QUERY PLAN SELECT ", filter, None, None, *PAGE.end(), now).into_string();
        // Its values are not bound: a plan does not depend on them.
        let steps = sqlx::query(AssertSqlSafe(sql)).fetch_all(self.readers()).await;
        let steps = steps.map_err(self.failed("asking for the plan of a search"))?;
        let details = steps.iter().map(|step| step.try_get("detail"));
        details
            .collect::<Result<_, _>>()
            .map_err(self.failed("asking for the plan of a search"))
    }

    /// Shows the articles that SQL cannot rule out to `visit`, newest first, until it has enough.
    async fn walk(
        &self,
        filter: &Filter,
        since: Option<DateTime<Utc>>,
        page: usize,
        now: DateTime<Utc>,
        mut visit: impl FnMut(Article) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut moment = self.readers().begin().await.map_err(self.failed(DOING))?;
        let mut after: Option<(String, i64)> = None;
        'pages: loop {
            let mut sql = page_sql("SELECT ", filter, since, after.as_ref(), page, now);
            let rows = sql.build().fetch_all(&mut *moment).await.map_err(self.failed(DOING))?;
            for row in &rows {
                if visit(article_from_row(row)?).is_break() {
                    break 'pages;
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
        moment.rollback().await.map_err(self.failed(DOING))
    }
}

/// Selects the next articles behind a key that SQL cannot rule out, newest first. Their numbers are found and sorted first, and only those
/// of the page are read: of a common word an index gives most of the store, and to sort so many texts would be to read them.
pub(super) fn page_sql(
    select: &'static str,
    filter: &Filter,
    since: Option<DateTime<Utc>>,
    after: Option<&(String, i64)>,
    page: usize,
    now: DateTime<Utc>,
) -> QueryBuilder<Sqlite> {
    let mut sql = QueryBuilder::new(select);
    sql.push(ARTICLE_COLUMNS)
        .push(", a.sort_time FROM (SELECT a.article_id FROM ")
        .push(NEWEST_VERSION)
        .push(" WHERE ");
    narrowed(filter).push_to(&mut sql, now);
    if let Some(since) = since {
        sql.push(" AND a.modified >= ").push_bind(stamp(since));
    }
    if let Some((sort_time, article_id)) = after {
        sql.push(" AND (a.sort_time, a.article_id) < (")
            .push_bind(sort_time.clone());
        sql.push(", ").push_bind(*article_id).push(")");
    }
    sql.push(" ORDER BY a.sort_time DESC, a.article_id DESC LIMIT ")
        .push_bind(i64::try_from(page).unwrap_or(i64::MAX))
        .push(
            ") AS found CROSS JOIN article a ON a.article_id = found.article_id \
             CROSS JOIN version v ON v.article_id = a.article_id AND v.version = a.version \
             ORDER BY a.sort_time DESC, a.article_id DESC",
        );
    sql
}
