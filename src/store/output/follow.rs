//! Takes the changes that the outputs do not know yet into them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, QueryBuilder, Row, Sqlite, SqliteConnection};

use super::Rules;
use crate::article::{Article, Draft};
use crate::store::error::fail;
use crate::store::row::{ARTICLE_COLUMNS, HEAD_COLUMNS, NEWEST_VERSION, article_from_row, article_of, json};
use crate::store::write::AtHand;
use crate::store::{Store, StoreError};

/// Changes taken in one transaction.
const CHANGES: i64 = 500;
/// Rows a statement.
const ROWS: usize = 500;

/// An article as it was changed.
struct Changed {
    article: Article,
    change: i64,
    sort_time: String,
}

/// A member to write.
pub(super) struct Member {
    pub(super) article: i64,
    pub(super) output: i64,
    pub(super) seq: i64,
    pub(super) sort_time: String,
}

impl Store {
    /// Takes in what other processes changed; what polls of this one change is taken in with them. How many changes there were.
    ///
    /// # Errors
    /// When the store cannot be read or written; it can be asked for again.
    pub async fn follow_changes(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        const DOING: &str = "following changes into the outputs";
        let rules = self.served.rules();
        let mut taken = 0;
        loop {
            let behind = sqlx::query_scalar!(
                r#"SELECT EXISTS (SELECT 1 FROM article WHERE change > (SELECT value FROM counter WHERE name = 'followed')) AS "behind!: bool""#
            )
            .fetch_one(self.readers())
            .await
            .map_err(self.failed(DOING))?;
            if rules.is_empty() || !behind {
                return Ok(taken);
            }
            taken += self
                .transaction(DOING, async |transaction| {
                    follow(transaction, &rules, &AtHand::new(), now).await
                })
                .await?;
            self.revise();
        }
    }
}

/// Takes in the oldest changes that the outputs do not know yet, at most [`CHANGES`]; how many those were. What was written in the same
/// transaction is at hand, and not read again.
pub(in crate::store) async fn follow(
    connection: &mut SqliteConnection,
    rules: &Rules,
    at_hand: &AtHand<'_>,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    if rules.is_empty() {
        return Ok(0);
    }
    let changed = changed(connection, at_hand).await?;
    let Some(last) = changed.last().map(|changed| changed.change) else {
        return Ok(0);
    };
    let numbers: Vec<i64> = changed.iter().map(|changed| changed.article.number).collect();
    let carried = carried(connection, &numbers).await?;
    let mut members = Vec::new();
    for Changed {
        article,
        change,
        sort_time,
    } in &changed
    {
        let outputs: BTreeSet<i64> = rules
            .fitting(article, now)
            .into_iter()
            .chain(carried.get(&article.number).into_iter().flatten().copied())
            .collect();
        members.extend(outputs.into_iter().map(|output| Member {
            article: article.number,
            output,
            seq: *change,
            sort_time: sort_time.clone(),
        }));
    }
    write(connection, &members, &carried).await?;
    sqlx::query!("UPDATE counter SET value = ?1 WHERE name = 'followed'", last)
        .execute(connection)
        .await
        .map_err(fail("following changes into the outputs"))?;
    Ok(changed.len() as u64)
}

async fn changed(connection: &mut SqliteConnection, at_hand: &AtHand<'_>) -> Result<Vec<Changed>, StoreError> {
    const DOING: &str = "reading what has changed";
    let sql = format!(
        "SELECT {HEAD_COLUMNS}, a.change, a.sort_time FROM article a \
         WHERE a.change > (SELECT value FROM counter WHERE name = 'followed') ORDER BY a.change LIMIT {CHANGES}"
    );
    let heads = sqlx::query(AssertSqlSafe(sql))
        .fetch_all(&mut *connection)
        .await
        .map_err(fail(DOING))?;
    let numbers: Vec<i64> = heads
        .iter()
        .map(|head| head.try_get("article_id").map_err(fail(DOING)))
        .collect::<Result<_, StoreError>>()?;
    let elsewhere: Vec<&i64> = numbers.iter().filter(|number| !at_hand.contains_key(number)).collect();
    let mut read = drafts(connection, &elsewhere).await?;
    let mut changed = Vec::with_capacity(heads.len());
    for (row, number) in heads.iter().zip(&numbers) {
        let at_hand = at_hand.get(number).map(|draft| draft.clone().into_owned());
        let Some(draft) = at_hand.or_else(|| read.remove(number)) else {
            continue;
        };
        changed.push(Changed {
            article: article_of(row, draft)?,
            change: row.try_get("change").map_err(fail(DOING))?,
            sort_time: row.try_get("sort_time").map_err(fail(DOING))?,
        });
    }
    Ok(changed)
}

/// What these articles show.
async fn drafts(connection: &mut SqliteConnection, articles: &[&i64]) -> Result<BTreeMap<i64, Draft>, StoreError> {
    if articles.is_empty() {
        return Ok(BTreeMap::new());
    }
    let sql = format!(
        "SELECT {ARTICLE_COLUMNS} FROM {NEWEST_VERSION} WHERE a.article_id IN (SELECT value FROM json_each(?1))"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(json(&articles))
        .fetch_all(connection)
        .await
        .map_err(fail("reading what has changed"))?;
    let articles = rows.iter().map(|row| {
        let article = article_from_row(row)?;
        Ok((article.number, article.draft))
    });
    articles.collect()
}

/// The outputs that carry each article.
pub(super) type Carried = BTreeMap<i64, BTreeSet<i64>>;

/// The outputs that carry each of these articles.
pub(super) async fn carried(connection: &mut SqliteConnection, articles: &[i64]) -> Result<Carried, StoreError> {
    let ids = json(&articles);
    let rows = sqlx::query!(
        r#"SELECT m.article_id AS "article!: i64", m.output_no AS "output!: i64"
           FROM json_each(?1) AS wanted CROSS JOIN member m ON m.article_id = wanted.value"#,
        ids
    )
    .fetch_all(connection)
    .await
    .map_err(fail("reading what outputs carry"))?;
    let mut carried = Carried::new();
    for row in rows {
        carried.entry(row.article).or_default().insert(row.output);
    }
    Ok(carried)
}

/// Writes members; who is one already, as `carried` says, keeps its position.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    members: &[Member],
    carried: &Carried,
) -> Result<(), StoreError> {
    let mut given: BTreeMap<i64, i64> = BTreeMap::new();
    let outputs: BTreeSet<i64> = members.iter().map(|member| member.output).collect();
    let outputs = json(&outputs);
    let rows = sqlx::query!(
        r#"SELECT o.output_no AS "output!: i64", o.members AS "members!: i64"
           FROM json_each(?1) AS wanted CROSS JOIN output o ON o.output_no = wanted.value"#,
        outputs
    )
    .fetch_all(&mut *connection)
    .await
    .map_err(fail("numbering members"))?;
    given.extend(rows.iter().map(|row| (row.output, row.members)));
    let mut seen: BTreeSet<(i64, i64)> = BTreeSet::new();
    // An output that is served no more is in `carried`, but has no row.
    let rows: Vec<(&Member, i64)> = members
        .iter()
        .filter_map(|member| {
            let last = given.get_mut(&member.output)?;
            let is_new = !carried
                .get(&member.article)
                .is_some_and(|of| of.contains(&member.output))
                && seen.insert((member.article, member.output));
            *last += i64::from(is_new);
            Some((member, *last))
        })
        .collect();
    for rows in rows.chunks(ROWS) {
        let mut sql =
            QueryBuilder::<Sqlite>::new("INSERT INTO member (article_id, output_no, position, seq, sort_time) ");
        sql.push_values(rows, |mut row, (member, position)| {
            row.push_bind(member.article);
            row.push_bind(member.output);
            row.push_bind(*position);
            row.push_bind(member.seq);
            row.push_bind(member.sort_time.as_str());
        });
        sql.push(
            " ON CONFLICT (article_id, output_no) DO UPDATE SET seq = excluded.seq, sort_time = excluded.sort_time",
        );
        sql.build()
            .execute(&mut *connection)
            .await
            .map_err(fail("writing members"))?;
    }
    for (output, members) in given {
        sqlx::query!("UPDATE output SET members = ?2 WHERE output_no = ?1", output, members)
            .execute(&mut *connection)
            .await
            .map_err(fail("numbering members"))?;
    }
    Ok(())
}
