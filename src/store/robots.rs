//! What servers allow robots, as their robots.txt says, for as long as that is believed.

use chrono::{DateTime, Utc};

use super::error::fail;
use super::row::{instant, stamp};
use super::{Store, StoreError};

/// What a server's robots.txt says (RFC 9309).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Robots {
    /// Of whom: `https://www.example.com`.
    pub origin: String,
    /// When it was asked.
    pub fetched: DateTime<Utc>,
    /// Until when that is believed.
    pub expires: DateTime<Utc>,
    /// HTTP status; `None`: there was no answer.
    pub http_status: Option<u16>,
    /// The file; where there is none, what holds instead.
    pub rules: String,
}

impl Store {
    /// What is known of a server's robots.txt, if that is still believed.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn robots(&self, origin: &str, now: DateTime<Utc>) -> Result<Option<Robots>, StoreError> {
        let now = stamp(now);
        let row = sqlx::query!(
            r#"SELECT fetched AS "fetched!: String", expires AS "expires!: String", http_status AS "http_status: u16", rules AS "rules!: String"
               FROM robots WHERE origin = ?1 AND expires > ?2 AND fetched <= ?2"#,
            origin,
            now
        )
        .fetch_optional(self.readers())
        .await
        .map_err(self.failed("reading what a robots.txt says"))?;
        row.map(|row| {
            Ok(Robots {
                origin: origin.to_owned(),
                fetched: instant("robots", "fetched", &row.fetched)?,
                expires: instant("robots", "expires", &row.expires)?,
                http_status: row.http_status,
                rules: row.rules,
            })
        })
        .transpose()
    }

    /// Keeps what a server's robots.txt says; what is believed no more is dropped on the way.
    ///
    /// # Errors
    /// Nothing is changed then.
    pub async fn keep_robots(&self, robots: &Robots) -> Result<(), StoreError> {
        const DOING: &str = "keeping what a robots.txt says";
        let (fetched, expires) = (stamp(robots.fetched), stamp(robots.expires));
        self.transaction(DOING, async |transaction| {
            sqlx::query!("DELETE FROM robots WHERE expires < ?1", fetched)
                .execute(&mut *transaction)
                .await
                .map_err(fail(DOING))?;
            sqlx::query!(
                "INSERT INTO robots (origin, fetched, expires, http_status, rules) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO UPDATE SET fetched = excluded.fetched, expires = excluded.expires, http_status = excluded.http_status,
                                           rules = excluded.rules",
                robots.origin,
                fetched,
                expires,
                robots.http_status,
                robots.rules
            )
            .execute(transaction)
            .await
            .map(drop)
            .map_err(fail(DOING))
        })
        .await
    }
}
