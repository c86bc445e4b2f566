//! Outputs as configured: their rows, and the articles that the store held before a rule.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use super::Rules;
use super::follow::{Member, carried, follow, write};
use crate::article::Article;
use crate::config::Output;
use crate::store::error::fail;
use crate::store::row::{ARTICLE_COLUMNS, article_from_row, json};
use crate::store::write::AtHand;
use crate::store::{Store, StoreError};

/// Articles asked in one transaction.
const ARTICLES: i64 = 200;

/// How far the search for the members of new rules is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sought {
    /// Articles still to ask; 0 when all is done.
    pub left: u64,
    /// An output has other members than before.
    pub changed: bool,
}

/// An output whose older members are being sought.
struct Seeking {
    output: i64,
    sought: i64,
    seek_to: i64,
}

impl Store {
    /// Serves these outputs from now on: writes their rows, drops those of others with their members, and sets out to seek the members of
    /// new and changed rules among what the store holds ([`seek_members`](Self::seek_members)).
    ///
    /// # Errors
    /// When the store cannot be written; nothing is changed then.
    pub async fn serve_outputs(&self, outputs: &[Output], now: DateTime<Utc>) -> Result<(), StoreError> {
        const DOING: &str = "bringing the outputs up to the configuration";
        let rules = self
            .transaction(DOING, async |transaction| set(transaction, outputs, now).await)
            .await?;
        self.served.replace(rules);
        self.revise();
        Ok(())
    }

    /// Asks the next articles for the members of new and changed rules. To be called until nothing is left; each call is one short
    /// transaction, and whatever stops it, the next start goes on.
    ///
    /// # Errors
    /// When the store cannot be read or written; it can be asked for again.
    pub async fn seek_members(&self, now: DateTime<Utc>) -> Result<Sought, StoreError> {
        const DOING: &str = "seeking the members of an output";
        let rules = self.served.rules();
        let done = self
            .transaction(DOING, async |transaction| {
                // First what has changed already: a member that is found here has a later number than every change that is known.
                while follow(transaction, &rules, &AtHand::new(), now).await? > 0 {}
                seek(transaction, &rules, now).await
            })
            .await;
        if done.as_ref().is_ok_and(|sought| sought.changed) {
            self.revise();
        }
        done
    }
}

async fn set(connection: &mut SqliteConnection, outputs: &[Output], now: DateTime<Utc>) -> Result<Rules, StoreError> {
    let fail = |source| StoreError::Sql {
        doing: "bringing the outputs up to the configuration",
        source,
    };
    let ids = json(&outputs.iter().map(|output| output.id.as_str()).collect::<Vec<_>>());
    sqlx::query!(
        "DELETE FROM output WHERE output_id NOT IN (SELECT value FROM json_each(?1))",
        ids
    )
    .execute(&mut *connection)
    .await
    .map_err(fail)?;
    let mut rules = Vec::with_capacity(outputs.len());
    for output in outputs {
        let (id, settled) = (output.id.as_str(), output.filter.settled());
        let rule = &settled.text;
        // Where the rule is as it was, it goes on; else everything that is there now is asked.
        let number = sqlx::query_scalar!(
            r#"INSERT INTO output (output_id, rule, sought, seek_to) VALUES (?1, ?2, 0, (SELECT max(article_id) FROM article))
               ON CONFLICT (output_id) DO UPDATE SET
                 sought = CASE rule WHEN excluded.rule THEN sought ELSE excluded.sought END,
                 seek_to = CASE rule WHEN excluded.rule THEN seek_to ELSE excluded.seek_to END,
                 rule = excluded.rule
               RETURNING output_no AS "number!: i64""#,
            id,
            rule
        )
        .fetch_one(&mut *connection)
        .await
        .map_err(fail)?;
        rules.push((number, settled));
    }
    sqlx::query!("UPDATE output SET sought = NULL, seek_to = NULL WHERE seek_to IS NULL OR sought >= seek_to")
        .execute(&mut *connection)
        .await
        .map_err(fail)?;
    // A power cut, or a backup that was restored, may have taken back changes that a reader has heard. Whatever comes has a later number than all
    // of those, so that it misses none: microseconds, of which there are more than changes.
    let now = now.timestamp_micros();
    sqlx::query!(
        "UPDATE counter SET value = max(value + 1, ?1) WHERE name = 'change'",
        now
    )
    .execute(connection)
    .await
    .map_err(fail)?;
    Ok(Rules::new(rules))
}

async fn seek(connection: &mut SqliteConnection, rules: &Rules, now: DateTime<Utc>) -> Result<Sought, StoreError> {
    let seeking = sqlx::query_as!(
        Seeking,
        r#"SELECT output_no AS "output!: i64", sought AS "sought!: i64", seek_to AS "seek_to!: i64" FROM output
           WHERE sought IS NOT NULL"#
    )
    .fetch_all(&mut *connection)
    .await
    .map_err(fail("reading which outputs seek members"))?;
    // Those that began last catch up first, then all go on together.
    let Some(from) = seeking.iter().map(|seeking| seeking.sought).min() else {
        return Ok(Sought {
            left: 0,
            changed: false,
        });
    };
    let seek_to = seeking.iter().map(|seeking| seeking.seek_to).max().unwrap_or(from);
    let asked: BTreeSet<i64> = seeking
        .iter()
        .filter(|seeking| seeking.sought == from)
        .map(|seeking| seeking.output)
        .collect();
    let up_to = seeking
        .iter()
        .map(|seeking| seeking.sought)
        .filter(|sought| *sought > from)
        .min()
        .unwrap_or(seek_to);
    let (articles, last) = versions(connection, from, up_to).await?;
    let changed = settle(connection, &asked, &rules.of(&asked), &articles, now).await?;
    sqlx::query!("UPDATE output SET sought = ?2 WHERE sought = ?1", from, last)
        .execute(&mut *connection)
        .await
        .map_err(fail("noting how far members were sought"))?;
    sqlx::query!("UPDATE output SET sought = NULL, seek_to = NULL WHERE sought >= seek_to")
        .execute(connection)
        .await
        .map_err(fail("noting how far members were sought"))?;
    Ok(Sought {
        left: u64::try_from(seek_to - last).unwrap_or_default(),
        // At its end the newest articles are those of the members.
        changed: changed || seek_to <= last,
    })
}

/// Every version of the next articles, with their time, and the number of the last article that was looked for.
async fn versions(
    connection: &mut SqliteConnection,
    after: i64,
    up_to: i64,
) -> Result<(BTreeMap<i64, (String, Vec<Article>)>, i64), StoreError> {
    const DOING: &str = "reading articles for an output";
    let sql = format!(
        "SELECT {ARTICLE_COLUMNS}, a.sort_time FROM article a JOIN version v ON v.article_id = a.article_id \
         WHERE a.article_id IN (SELECT article_id FROM article WHERE article_id > ?1 AND article_id <= ?2 ORDER BY article_id LIMIT ?3) \
         ORDER BY a.article_id, v.version"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(after)
        .bind(up_to)
        .bind(ARTICLES)
        .fetch_all(connection)
        .await
        .map_err(fail(DOING))?;
    let mut articles: BTreeMap<i64, (String, Vec<Article>)> = BTreeMap::new();
    for row in &rows {
        let article = article_from_row(row)?;
        let sort_time: String = row.try_get("sort_time").map_err(fail(DOING))?;
        let (_, versions) = articles
            .entry(article.number)
            .or_insert_with(|| (sort_time, Vec::new()));
        versions.push(article);
    }
    let is_all = i64::try_from(articles.len()).unwrap_or(i64::MAX) < ARTICLES;
    let last = articles.last_key_value().map(|(number, _)| *number).filter(|_| !is_all);
    Ok((articles, last.unwrap_or(up_to)))
}

/// Makes these articles members where one of their versions fits, and takes out those of which none does. Was there any of either?
async fn settle(
    connection: &mut SqliteConnection,
    outputs: &BTreeSet<i64>,
    rules: &Rules,
    articles: &BTreeMap<i64, (String, Vec<Article>)>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let numbers: Vec<i64> = articles.keys().copied().collect();
    let carried = carried(connection, &numbers).await?;
    let (mut new, mut gone) = (Vec::new(), Vec::new());
    for (number, (sort_time, versions)) in articles {
        let fits: BTreeSet<i64> = versions
            .iter()
            .flat_map(|version| rules.fitting(version, now))
            .collect();
        let has: BTreeSet<i64> = carried
            .get(number)
            .map(|of| of.intersection(outputs).copied().collect())
            .unwrap_or_default();
        gone.extend(has.difference(&fits).map(|output| (*number, *output)));
        new.extend(fits.difference(&has).map(|output| (*number, *output, sort_time)));
    }
    let changed = !new.is_empty() || !gone.is_empty();
    let count = i64::try_from(new.len()).unwrap_or(i64::MAX);
    let last = sqlx::query_scalar!(
        r#"UPDATE counter SET value = value + ?1 WHERE name = 'change' RETURNING value AS "value!: i64""#,
        count
    )
    .fetch_one(&mut *connection)
    .await
    .map_err(fail("numbering members"))?;
    // A reader that goes on from its cursor hears of them: they are new to it.
    let members: Vec<Member> = (last - count + 1..)
        .zip(new)
        .map(|(seq, (article, output, sort_time))| Member {
            article,
            output,
            seq,
            sort_time: sort_time.clone(),
        })
        .collect();
    write(connection, &members, &carried).await?;
    if count > 0 {
        hold(connection, outputs, last - count, last).await?;
    }
    let gone = json(&gone);
    sqlx::query!(
        "DELETE FROM member WHERE (article_id, output_no) IN (SELECT gone.value ->> 0, gone.value ->> 1 FROM json_each(?1) AS gone)",
        gone
    )
    .execute(connection)
    .await
    .map_err(fail("taking articles out of an output"))?;
    Ok(changed)
}

/// Whoever is sent changes and had them all up to `before` is not sent the past that a new rule found: it is no news, and may be all that the
/// store holds.
async fn hold(
    connection: &mut SqliteConnection,
    outputs: &BTreeSet<i64>,
    before: i64,
    last: i64,
) -> Result<(), StoreError> {
    let outputs = json(outputs);
    sqlx::query!(
        "UPDATE subscription SET seq = ?3
         WHERE EXISTS (SELECT 1 FROM json_each(?1) AS found CROSS JOIN output o ON o.output_no = found.value
                       WHERE o.output_id = subscription.output_id
                         AND NOT EXISTS (SELECT 1 FROM member m
                                         WHERE m.output_no = o.output_no AND m.seq > subscription.seq AND m.seq <= ?2))",
        outputs,
        before,
        last
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail("moving subscribers past what a new rule found"))
}
