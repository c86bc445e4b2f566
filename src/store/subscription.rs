//! Who is sent the changes of outputs by our own WebSub hub, and who has asked to be.
//!
//! A subscription keeps the last change that its callback has taken, numbered as in `member`: whatever fails or restarts, it goes on from there. It
//! may be sent a change twice, if we end between its answer and the note of it; none is left out.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use sqlx::SqliteConnection;

use super::error::fail;
use super::row::{instant, optional_instant, stamp, word};
use super::{Cursor, Store, StoreError};
use crate::article::OutputId;

/// Requests that wait for their confirmation, at most: each costs its callback a request of ours.
const MAX_REQUESTS: i64 = 1_000;

/// What of so many places one site may take: a quarter, or ten.
fn share(most: i64) -> i64 {
    (most / 4).max(10).min(most)
}

/// What is sent where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    /// URL that changes are sent to.
    pub callback: String,
    /// Its registered domain, or its address.
    pub site: String,
    /// URL of the document, as it was asked for: with a token where the output needs one.
    pub topic: String,
    /// The output of that document.
    pub output: OutputId,
    /// Its format: the extension of its URL.
    pub format: String,
    /// Signs what is sent.
    pub secret: Option<String>,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubscriptionMode {
    /// To be sent changes.
    Subscribe,
    /// To be left alone.
    Unsubscribe,
}

impl SubscriptionMode {
    /// Value of `hub.mode`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Subscribe => "subscribe",
            Self::Unsubscribe => "unsubscribe",
        }
    }

    /// Reads what [`as_str`](Self::as_str) gives.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Subscribe, Self::Unsubscribe]
            .into_iter()
            .find(|mode| mode.as_str() == text)
    }
}

/// A wish that the callback has not confirmed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionRequest {
    /// In the store.
    pub id: i64,
    /// Which wish.
    pub mode: SubscriptionMode,
    /// Whose.
    pub subscriber: Subscriber,
    /// For how long.
    pub lease: TimeDelta,
    /// Times that the callback could not be asked.
    pub failures: u32,
}

/// Whether a wish was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wished {
    /// It will be confirmed.
    Kept,
    /// There are as many subscriptions, or requests, as there may be.
    Full,
}

/// Somebody who is sent changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// In the store.
    pub id: i64,
    /// What is sent where.
    pub subscriber: Subscriber,
    /// The last change that was taken.
    pub cursor: Cursor,
    /// Since then, deliveries that were not taken.
    pub failures: u32,
    /// Why it ends.
    pub denied: Option<String>,
}

/// What became of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// There was nothing to send up to this change.
    Passed(Cursor),
    /// It was taken: everything up to this change.
    Taken(Cursor),
    /// It was not.
    Failed {
        /// Why.
        error: String,
        /// When it is tried again.
        next: DateTime<Utc>,
    },
    /// The callback is gone.
    Gone,
    /// It was told that the subscription has ended.
    Denied,
}

impl Delivery {
    /// Every outcome of a letter that was sent.
    pub const OUTCOMES: [&str; 4] = ["taken", "failed", "gone", "denied"];

    /// One of [`OUTCOMES`](Self::OUTCOMES); `None` where nothing was sent.
    #[must_use]
    pub const fn outcome(&self) -> Option<&'static str> {
        match self {
            Self::Passed(_) => None,
            Self::Taken(_) => Some("taken"),
            Self::Failed { .. } => Some("failed"),
            Self::Gone => Some("gone"),
            Self::Denied => Some("denied"),
        }
    }
}

/// A subscription as people see it: nothing in it opens anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SubscriptionRecord {
    /// In the store.
    pub id: i64,
    /// The output.
    pub output: String,
    /// Extension of its document.
    pub format: String,
    /// Where changes are sent to: the registered domain, or the address.
    pub site: String,
    /// When it was first confirmed.
    pub subscribed: DateTime<Utc>,
    /// When it ends if it is not renewed.
    pub expires: DateTime<Utc>,
    /// Deliveries that were taken.
    pub deliveries: i64,
    /// The last of them.
    pub last_delivery: Option<DateTime<Utc>>,
    /// Since then, deliveries that were not taken.
    pub failures: i64,
    /// When it is tried again.
    pub next_attempt: Option<DateTime<Utc>>,
    /// Why the last one was not taken.
    pub last_error: Option<String>,
    /// Why it ends, as soon as its callback has been told.
    pub denied: Option<String>,
    /// There are changes that it has not taken.
    pub behind: bool,
}

impl Store {
    /// Keeps a wish until its callback confirms it; a later wish of the same subscriber takes its place, and its turn. What is subscribed stays
    /// until then. `most`: subscriptions that there may be.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn wish(
        &self,
        mode: SubscriptionMode,
        subscriber: &Subscriber,
        lease: TimeDelta,
        most: usize,
        now: DateTime<Utc>,
    ) -> Result<Wished, StoreError> {
        const DOING: &str = "keeping a subscription that is asked for";
        let (received, seconds, of_site) = (stamp(now), lease.num_seconds(), share(MAX_REQUESTS));
        self.transaction(DOING, async |transaction| {
            let Subscriber {
                callback,
                site,
                topic,
                output,
                format,
                secret,
            } = subscriber;
            let before = sqlx::query!(
                r#"SELECT failures AS "failures!: i64", next_attempt FROM subscription_request WHERE callback = ?1 AND topic = ?2"#,
                callback,
                topic
            )
            .fetch_optional(&mut *transaction)
            .await
            .map_err(fail(DOING))?;
            if before.is_none() {
                let may_be_asked = sqlx::query_scalar!(
                    r#"SELECT (SELECT count(*) FROM subscription_request) < ?1
                          AND (SELECT count(*) FROM subscription_request WHERE site = ?2) < ?3 AS "may!: bool""#,
                    MAX_REQUESTS,
                    site,
                    of_site
                )
                .fetch_one(&mut *transaction)
                .await
                .map_err(fail(DOING))?;
                let is_new = mode == SubscriptionMode::Subscribe;
                if !may_be_asked || (is_new && !has_place(transaction, subscriber, most).await?) {
                    return Ok(Wished::Full);
                }
            }
            let (failures, next) = before.map_or((0, None), |before| (before.failures, before.next_attempt));
            let (mode, output) = (mode.as_str(), output.as_str());
            sqlx::query!(
                "INSERT OR REPLACE INTO subscription_request (mode, callback, site, topic, output_id, format, secret, lease_seconds, received,
                                                              failures, next_attempt)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                mode,
                callback,
                site,
                topic,
                output,
                format,
                secret,
                seconds,
                received,
                failures,
                next
            )
            .execute(transaction)
            .await
            .map_err(fail(DOING))?;
            Ok(Wished::Kept)
        })
        .await
    }

    /// The wishes whose callbacks are to be asked now, the oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn wishes(&self, now: DateTime<Utc>) -> Result<Vec<SubscriptionRequest>, StoreError> {
        let now = stamp(now);
        let rows = sqlx::query!(
            r#"SELECT request_id AS "request_id!: i64", mode, callback, site, topic, output_id, format, secret, lease_seconds, failures
               FROM subscription_request WHERE next_attempt IS NULL OR next_attempt <= ?1 ORDER BY request_id"#,
            now
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("reading what subscriptions are asked for"))?;
        rows.into_iter()
            .map(|row| {
                Ok(SubscriptionRequest {
                    id: row.request_id,
                    mode: word("subscription_request", "mode", &row.mode, SubscriptionMode::parse)?,
                    subscriber: Subscriber {
                        callback: row.callback,
                        site: row.site,
                        topic: row.topic,
                        output: OutputId::new(&row.output_id),
                        format: row.format,
                        secret: row.secret,
                    },
                    lease: TimeDelta::seconds(row.lease_seconds),
                    failures: u32::try_from(row.failures).unwrap_or(u32::MAX),
                })
            })
            .collect()
    }

    /// The callback has confirmed the wish: it is fulfilled, unless something else was wished meanwhile, or there are `most` subscriptions
    /// already. Was it? A new subscriber is sent what changes from now on, one that renews goes on where it is.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn confirmed(
        &self,
        wish: &SubscriptionRequest,
        most: usize,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        const DOING: &str = "keeping a subscription";
        self.transaction(DOING, async |transaction| {
            let still = sqlx::query!("DELETE FROM subscription_request WHERE request_id = ?1", wish.id)
                .execute(&mut *transaction)
                .await
                .map_err(fail(DOING))?;
            if still.rows_affected() == 0 {
                return Ok(false);
            }
            match wish.mode {
                SubscriptionMode::Subscribe => {
                    let has_place = has_place(transaction, &wish.subscriber, most).await?;
                    if has_place {
                        subscribe(transaction, wish, now).await?;
                    }
                    Ok(has_place)
                }
                SubscriptionMode::Unsubscribe => {
                    let Subscriber { callback, topic, .. } = &wish.subscriber;
                    sqlx::query!(
                        "DELETE FROM subscription WHERE callback = ?1 AND topic = ?2",
                        callback,
                        topic
                    )
                    .execute(transaction)
                    .await
                    .map(|_| true)
                    .map_err(fail(DOING))
                }
            }
        })
        .await
    }

    /// The callback did not confirm the wish: it is asked again at `next`, or the wish is forgotten.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn unconfirmed(&self, wish: i64, next: Option<DateTime<Utc>>) -> Result<(), StoreError> {
        const DOING: &str = "noting a subscription that was not confirmed";
        let next = next.map(stamp);
        self.transaction(DOING, async |transaction| {
            let done = match next {
                Some(next) => sqlx::query!(
                    "UPDATE subscription_request SET failures = failures + 1, next_attempt = ?2 WHERE request_id = ?1",
                    wish,
                    next
                )
                .execute(transaction)
                .await,
                None => {
                    sqlx::query!("DELETE FROM subscription_request WHERE request_id = ?1", wish)
                        .execute(transaction)
                        .await
                }
            };
            done.map(drop).map_err(fail(DOING))
        })
        .await
    }

    /// The subscriptions to send to now: those that are behind, and those that end. Who has waited longest comes first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn subscriptions_behind(&self, now: DateTime<Utc>) -> Result<Vec<Subscription>, StoreError> {
        let now = stamp(now);
        let rows = sqlx::query!(
            r#"SELECT s.subscription_id AS "subscription_id!: i64", s.callback, s.site, s.topic, s.output_id, s.format, s.secret, s.seq, s.failures,
                      s.denied, (SELECT value FROM counter WHERE name = 'epoch') AS "epoch!: i64"
               FROM subscription s LEFT JOIN output o ON o.output_id = s.output_id
               WHERE s.denied IS NOT NULL
                  OR ((s.next_attempt IS NULL OR s.next_attempt <= ?1) AND s.expires > ?1
                      AND EXISTS (SELECT 1 FROM member m WHERE m.output_no = o.output_no AND m.seq > s.seq))
               ORDER BY s.last_delivery, s.subscription_id"#,
            now
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("reading who is sent changes"))?;
        let subscriptions = rows.into_iter().map(|row| Subscription {
            id: row.subscription_id,
            subscriber: Subscriber {
                callback: row.callback,
                site: row.site,
                topic: row.topic,
                output: OutputId::new(&row.output_id),
                format: row.format,
                secret: row.secret,
            },
            cursor: Cursor::new(row.epoch, row.seq),
            failures: u32::try_from(row.failures).unwrap_or(u32::MAX),
            denied: row.denied,
        });
        Ok(subscriptions.collect())
    }

    /// Notes what became of deliveries, all or none.
    ///
    /// # Errors
    /// When the store cannot be written; they are then made again.
    pub async fn note_deliveries(&self, done: &[(i64, Delivery)], now: DateTime<Utc>) -> Result<(), StoreError> {
        const DOING: &str = "noting what was sent to subscribers";
        if done.is_empty() {
            return Ok(());
        }
        self.transaction(DOING, async |transaction| {
            for (subscription, delivery) in done {
                note(transaction, *subscription, delivery, now)
                    .await
                    .map_err(fail(DOING))?;
            }
            Ok(())
        })
        .await
    }

    /// Ends a subscription: its callback is told why. Is there one of that number?
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn deny_subscription(&self, subscription: i64, why: &str) -> Result<bool, StoreError> {
        let done = self.transaction("ending a subscription", async |transaction| {
            sqlx::query!(
                "UPDATE subscription SET denied = ?2 WHERE subscription_id = ?1",
                subscription,
                why
            )
            .execute(transaction)
            .await
            .map_err(fail("ending a subscription"))
        });
        Ok(done.await?.rows_affected() > 0)
    }

    /// Forgets the subscriptions that were not renewed in time; how many those were.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub async fn expire_subscriptions(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        const DOING: &str = "ending subscriptions that were not renewed";
        let now = stamp(now);
        let over = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM subscription WHERE expires <= ?1) AS "over!: bool""#,
            now
        )
        .fetch_one(self.readers())
        .await
        .map_err(self.failed(DOING))?;
        // Nearly always there is none, and nobody has to wait for the one writer.
        if !over {
            return Ok(0);
        }
        let ended = self.transaction(DOING, async |transaction| {
            sqlx::query!("DELETE FROM subscription WHERE expires <= ?1", now)
                .execute(transaction)
                .await
                .map_err(fail(DOING))
        });
        Ok(ended.await?.rows_affected())
    }

    /// When something of the hub is to be tried again, or a subscription ends, after `now`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn next_delivery(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
        let now = stamp(now);
        let next = sqlx::query_scalar!(
            r#"SELECT min(at) AS "next: String" FROM (
                 SELECT next_attempt AS at FROM subscription UNION ALL
                 SELECT expires FROM subscription UNION ALL
                 SELECT next_attempt FROM subscription_request) WHERE at > ?1"#,
            now
        )
        .fetch_one(self.readers())
        .await
        .map_err(self.failed("asking when to send to subscribers again"))?;
        optional_instant("subscription", "next_attempt", next.as_deref())
    }

    /// Every topic that is subscribed to, with the number of the subscription and the output.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn topics(&self) -> Result<Vec<(i64, OutputId, String)>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT subscription_id AS "subscription_id!: i64", output_id, topic FROM subscription ORDER BY subscription_id"#
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("reading who is sent changes"))?;
        let topics = rows
            .into_iter()
            .map(|row| (row.subscription_id, OutputId::new(row.output_id), row.topic));
        Ok(topics.collect())
    }

    /// Who is sent changes.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn subscriptions(&self) -> Result<Vec<SubscriptionRecord>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT s.subscription_id AS "subscription_id!: i64", s.output_id AS "output_id!: String", s.format AS "format!: String",
                      s.site AS "site!: String", s.subscribed AS "subscribed!: String", s.expires AS "expires!: String",
                      s.deliveries AS "deliveries!: i64", s.last_delivery, s.failures AS "failures!: i64", s.next_attempt,
                      s.last_error, s.denied,
                      EXISTS (SELECT 1 FROM output o JOIN member m ON m.output_no = o.output_no
                              WHERE o.output_id = s.output_id AND m.seq > s.seq) AS "behind!: bool"
               FROM v_subscription s ORDER BY s.subscription_id"#
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("reading who is sent changes"))?;
        rows.into_iter()
            .map(|row| {
                Ok(SubscriptionRecord {
                    id: row.subscription_id,
                    output: row.output_id,
                    format: row.format,
                    site: row.site,
                    subscribed: instant("subscription", "subscribed", &row.subscribed)?,
                    expires: instant("subscription", "expires", &row.expires)?,
                    deliveries: row.deliveries,
                    last_delivery: optional_instant("subscription", "last_delivery", row.last_delivery.as_deref())?,
                    failures: row.failures,
                    next_attempt: optional_instant("subscription", "next_attempt", row.next_attempt.as_deref())?,
                    last_error: row.last_error,
                    denied: row.denied,
                    behind: row.behind,
                })
            })
            .collect()
    }

    /// The outputs that hold anything, with the number of the last change of each.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn last_changes(&self) -> Result<Vec<(OutputId, i64)>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT output_id, (SELECT max(m.seq) FROM member m WHERE m.output_no = output.output_no) AS "seq: i64" FROM output"#
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("reading the last changes of outputs"))?;
        let changed = rows
            .into_iter()
            .filter_map(|row| Some((OutputId::new(&row.output_id), row.seq?)));
        Ok(changed.collect())
    }
}

/// May it be subscribed, as far as places go? One that renews has its own.
async fn has_place(
    connection: &mut SqliteConnection,
    subscriber: &Subscriber,
    most: usize,
) -> Result<bool, StoreError> {
    let Subscriber {
        callback, site, topic, ..
    } = subscriber;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let of_site = share(most);
    sqlx::query_scalar!(
        r#"SELECT (SELECT count(*) FROM subscription) < ?3 AND (SELECT count(*) FROM subscription WHERE site = ?4) < ?5
               OR EXISTS (SELECT 1 FROM subscription WHERE callback = ?1 AND topic = ?2) AS "has!: bool""#,
        callback,
        topic,
        most,
        site,
        of_site
    )
    .fetch_one(connection)
    .await
    .map_err(fail("looking for a place for a subscription"))
}

async fn subscribe(
    connection: &mut SqliteConnection,
    wish: &SubscriptionRequest,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let subscriber = &wish.subscriber;
    let expires = now.checked_add_signed(wish.lease).unwrap_or(now);
    let (output, now, expires) = (subscriber.output.as_str(), stamp(now), stamp(expires));
    sqlx::query!(
        "INSERT INTO subscription (callback, topic, output_id, format, secret, subscribed, expires, site, seq)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,
                 coalesce((SELECT max(m.seq) FROM output o JOIN member m ON m.output_no = o.output_no WHERE o.output_id = ?3), 0))
         ON CONFLICT (callback, topic) DO UPDATE SET secret = excluded.secret, expires = excluded.expires, failures = 0,
                next_attempt = NULL, last_error = NULL, denied = NULL",
        subscriber.callback,
        subscriber.topic,
        output,
        subscriber.format,
        subscriber.secret,
        now,
        expires,
        subscriber.site
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail("keeping a subscription"))
}

async fn note(
    connection: &mut SqliteConnection,
    subscription: i64,
    delivery: &Delivery,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let now = stamp(now);
    let query = match delivery {
        Delivery::Passed(cursor) => {
            let seq = cursor.seq();
            sqlx::query!(
                "UPDATE subscription SET seq = max(seq, ?2) WHERE subscription_id = ?1",
                subscription,
                seq
            )
            .execute(connection)
            .await
        }
        Delivery::Taken(cursor) => {
            let seq = cursor.seq();
            sqlx::query!(
                "UPDATE subscription SET seq = max(seq, ?2), deliveries = deliveries + 1, last_delivery = ?3, failures = 0, next_attempt = NULL,
                        last_error = NULL
                 WHERE subscription_id = ?1",
                subscription,
                seq,
                now
            )
            .execute(connection)
            .await
        }
        Delivery::Failed { error, next } => {
            let next = stamp(*next);
            sqlx::query!(
                "UPDATE subscription SET failures = failures + 1, next_attempt = ?2, last_error = ?3 WHERE subscription_id = ?1",
                subscription,
                next,
                error
            )
            .execute(connection)
            .await
        }
        Delivery::Gone => {
            sqlx::query!("DELETE FROM subscription WHERE subscription_id = ?1", subscription)
                .execute(connection)
                .await
        }
        // It may have been renewed while it was told.
        Delivery::Denied => {
            sqlx::query!(
                "DELETE FROM subscription WHERE subscription_id = ?1 AND denied IS NOT NULL",
                subscription
            )
            .execute(connection)
            .await
        }
    };
    query.map(drop)
}
