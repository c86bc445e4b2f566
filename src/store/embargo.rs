//! Embargoes end by the clock. An item may have left its feed, or its feed answer 304, when its hour comes: a release that waited for
//! another sight would be lost.

use chrono::{DateTime, Utc};

use super::error::fail;
use super::row::{optional_instant, stamp};
use super::{Store, StoreError};

impl Store {
    /// Shows what was withheld until `now` or before; how many articles that were. They surface in the outputs as changed now.
    ///
    /// # Errors
    /// Nothing is shown then, and it can be asked for again.
    pub async fn lift_embargoes(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        // Nearly always there is none, and nobody has to wait for the one writer.
        if self.next_embargo().await?.is_none_or(|lapses| lapses > now) {
            return Ok(0);
        }
        let at = stamp(now);
        let lifted = self.transaction("ending embargoes", async |transaction| {
            sqlx::query!(
                "UPDATE article SET pubstatus = 'usable', modified = ?1, sort_time = ?1
                 WHERE pubstatus = 'withheld'
                   AND (SELECT embargoed FROM version v WHERE v.article_id = article.article_id AND v.version = article.version) <= ?1",
                at
            )
            .execute(transaction)
            .await
            .map_err(fail("ending embargoes"))
        });
        let lifted = lifted.await?;
        self.revise();
        Ok(lifted.rows_affected())
    }

    /// When the next embargo lapses, if anything is under one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn next_embargo(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let next = sqlx::query_scalar!(
            r#"SELECT min(v.embargoed) AS "next: String" FROM article a
               JOIN version v ON v.article_id = a.article_id AND v.version = a.version WHERE a.pubstatus = 'withheld'"#
        )
        .fetch_one(self.readers())
        .await
        .map_err(self.failed("asking which embargo lapses next"))?;
        optional_instant("version", "embargoed", next.as_deref())
    }
}
