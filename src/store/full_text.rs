//! The queue of pages that are read for the whole text of a release, and what their sites think of us.
//!
//! An article is queued in the transaction that makes it; what waits survives restarts. Which page may be asked when is decided by the
//! schedule and by `ingest`; what its text makes of the article, by [`complete`](super::complete).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use sqlx::SqliteConnection;
use url::Url;

use super::complete::{Completed, complete, give_up};
use super::error::fail;
use super::plan::Plan;
use super::row::{instant, json, optional_instant, stamp, word};
use super::{Store, StoreError, write};
use crate::article::{Draft, FullText, PageClass, SourceId, Validators, Verdict};
use crate::dedup::{address, is_site_root};
use crate::wire;

/// For how long a page is worth asking: what is older is no news, and what did not come by then does not come.
const WORTH: TimeDelta = TimeDelta::days(7);

/// A page that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedPage {
    /// Row number of the article.
    pub article: i64,
    /// The version whose text is wanted.
    pub version: i64,
    /// Whose item it is.
    pub source: SourceId,
    /// Where it is asked.
    pub url: String,
    /// The page that the article links to.
    pub home: String,
    /// By which it is paced.
    pub site: String,
    /// Redirects that led there.
    pub hops: u32,
    /// Times that it was asked, redirects apart.
    pub tries: u32,
    /// Pages of the site that were refused, in a row.
    pub refusals: u32,
    /// When it is given up.
    pub until: DateTime<Utc>,
    /// Of the page whose text the article shows now; else empty.
    pub validators: Validators,
}

/// What came of asking for a page.
#[derive(Debug, Clone)]
pub struct PageAnswer {
    /// In a word.
    pub class: PageClass,
    /// For a person.
    pub reason: String,
    /// The rule of robots.txt by which it might be asked, or not.
    pub robots: Option<String>,
    /// HTTP status.
    pub http_status: Option<u16>,
    /// To ask with another time; of a text alone.
    pub validators: Validators,
    /// When to ask again; `None`: no more.
    pub due: Option<DateTime<Utc>>,
    /// Where to ask then, where it lives elsewhere.
    pub moved: Option<Url>,
    /// No page of the site is asked before.
    pub site_held: Option<DateTime<Utc>>,
    /// The site refuses us.
    pub is_refusal: bool,
    /// What the page says, understood.
    pub draft: Option<Draft>,
}

/// One row of `v_page`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // the view's columns, documented with it
pub struct PageRecord {
    pub url: String,
    pub class: Option<PageClass>,
    pub reason: Option<String>,
    pub robots: Option<String>,
    pub http_status: Option<i64>,
    pub tries: i64,
    pub asked: Option<DateTime<Utc>>,
    pub due: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct New<'a> {
    article: i64,
    version: i64,
    url: &'a str,
    site: String,
    until: String,
}

/// Queues the pages of what a poll made that is young enough, and lets go of those whose article shows something else now. A page that was asked
/// within the hour is left alone for that long, however often its item changes. What several items link to is the page of none, nor is a
/// site's front page.
pub(super) async fn queue(
    connection: &mut SqliteConnection,
    source: &str,
    full_text: FullText,
    plan: &Plan<'_>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let new = plan.new_articles();
    let changed = plan.versions.iter().map(|version| version.article);
    let changed: BTreeSet<i64> = changed.filter(|article| !new.contains(article)).collect();
    let_go(connection, &changed).await?;
    if full_text == FullText::Off {
        return Ok(());
    }
    let own = plan.versions.iter().filter(|version| {
        let is_young = version.draft.published.is_none_or(|published| now - published < WORTH);
        is_young && !version.judgement.late && version.judgement.verdict != Verdict::Withdrawal
    });
    let mut links: BTreeMap<&str, usize> = BTreeMap::new();
    for url in plan.versions.iter().filter_map(|version| version.draft.url.as_deref()) {
        *links.entry(url).or_default() += 1;
    }
    let wanted: Vec<New<'_>> = own
        .filter_map(|version| {
            let url = version.draft.url.as_deref().filter(|url| links.get(url) == Some(&1))?;
            let page = Url::parse(url).ok().filter(|_| !is_site_root(address(url)))?;
            let until = version.draft.published.unwrap_or(now).min(now) + WORTH;
            Some(New {
                article: version.article,
                version: version.version,
                url,
                site: wire::site(&page),
                until: stamp(until),
            })
        })
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let (wanted, due) = (json(&wanted), stamp(now));
    sqlx::query!(
        "INSERT INTO page (article_id, version, source_id, url, site, due, until)
         SELECT new.value ->> 'article', new.value ->> 'version', ?2, new.value ->> 'url', new.value ->> 'site', ?3, new.value ->> 'until'
         FROM json_each(?1) AS new
         WHERE NOT EXISTS (SELECT 1 FROM page o WHERE o.url = new.value ->> 'url' AND o.article_id <> new.value ->> 'article')
         ON CONFLICT DO UPDATE SET
           version = excluded.version, source_id = excluded.source_id, until = min(until, excluded.until), hops = 0, tries = 0,
           due = max(excluded.due, coalesce(strftime('%Y-%m-%dT%H:%M:%fZ', asked, '+1 hour'), '')),
           etag = iif(url = excluded.url, etag, NULL), last_modified = iif(url = excluded.url, last_modified, NULL),
           url = excluded.url, site = excluded.site",
        wanted,
        source,
        due
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail("queueing pages"))
}

/// The page of a version that moves to another article goes with it; where its text stays behind it is `due` anew.
pub(super) async fn move_page(
    connection: &mut SqliteConnection,
    (from, version): (i64, i64),
    (to, new): (i64, i64),
    due: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    let due = due.map(stamp);
    sqlx::query!(
        "UPDATE OR REPLACE page SET article_id = ?3, version = ?4, due = coalesce(?5, due), tries = iif(?5 IS NULL, tries, 0)
         WHERE article_id = ?1 AND version = ?2",
        from,
        version,
        to,
        new,
        due
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail("moving a page"))
}

/// The pages of these articles are asked no more.
async fn let_go(connection: &mut SqliteConnection, articles: &BTreeSet<i64>) -> Result<(), StoreError> {
    if articles.is_empty() {
        return Ok(());
    }
    let articles = json(articles);
    sqlx::query!(
        "UPDATE page SET due = NULL WHERE article_id IN (SELECT value FROM json_each(?1)) AND due IS NOT NULL",
        articles
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail("letting go of pages"))
}

impl Store {
    /// Of each site that may be asked the page that came last of those that are due, but for these sites: what is new is news.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn due_pages(&self, busy: &BTreeSet<String>, now: DateTime<Utc>) -> Result<Vec<WantedPage>, StoreError> {
        const MOST: i64 = 64;
        let (now, busy) = (stamp(now), json(busy));
        let rows = sqlx::query!(
            r#"WITH RECURSIVE waiting (site) AS (
                 SELECT min(site) FROM page WHERE due IS NOT NULL
                 UNION ALL
                 SELECT (SELECT min(p.site) FROM page p WHERE p.due IS NOT NULL AND p.site > waiting.site) FROM waiting WHERE waiting.site IS NOT NULL)
               SELECT p.article_id AS "article!: i64", p.version AS "version!: i64", p.source_id AS "source!: String", p.url AS "url!: String",
                      coalesce(o.url, p.url) AS "home!: String",
                      p.site AS "site!: String", p.hops AS "hops!: u32", p.tries AS "tries!: u32", p.until AS "until!: String",
                      coalesce(s.refusals, 0) AS "refusals!: u32", p.etag AS "etag: String", p.last_modified AS "last_modified: String",
                      v.text_source AS "text_source?: String"
               FROM waiting
               CROSS JOIN page p ON p.article_id = (SELECT q.article_id FROM page q WHERE q.site = waiting.site AND q.due IS NOT NULL
                                                    AND q.due <= ?1 AND q.until > ?1 ORDER BY q.due DESC LIMIT 1)
               LEFT JOIN page_site s ON s.site = p.site
               LEFT JOIN article a ON a.article_id = p.article_id
               LEFT JOIN version v ON v.article_id = a.article_id AND v.version = a.version
               LEFT JOIN version o ON o.article_id = p.article_id AND o.version = p.version
               WHERE coalesce(s.not_before, '') <= ?1 AND p.site NOT IN (SELECT value FROM json_each(?2)) ORDER BY p.due DESC LIMIT ?3"#,
            now,
            busy,
            MOST
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("looking for pages that are due"))?;
        rows.into_iter()
            .map(|row| {
                let is_shown = row.text_source.as_deref() == Some(super::complete::OF_PAGE);
                Ok(WantedPage {
                    article: row.article,
                    version: row.version,
                    source: SourceId::new(row.source),
                    url: row.url,
                    home: row.home,
                    site: row.site,
                    hops: row.hops,
                    tries: row.tries,
                    refusals: row.refusals,
                    until: instant("page", "until", &row.until)?,
                    validators: Validators {
                        etag: row.etag.filter(|_| is_shown),
                        last_modified: row.last_modified.filter(|_| is_shown),
                    },
                })
            })
            .collect()
    }

    /// When the next page is due, of those that are not.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn next_page(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
        let now = stamp(now);
        let next = sqlx::query_scalar!(
            r#"SELECT min(next) AS "next: String" FROM (
                 SELECT min(due) AS next FROM page WHERE due IS NOT NULL AND due > ?1
                 UNION ALL
                 SELECT min(not_before) FROM page_site WHERE not_before > ?1)"#,
            now
        )
        .fetch_one(self.readers())
        .await
        .map_err(self.failed("looking for the next page"))?;
        optional_instant("page", "due", next.as_deref())
    }

    /// What a version says, for whoever is to read its page.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn draft(&self, article: i64, version: i64) -> Result<Option<Draft>, StoreError> {
        let mut reader = self
            .readers()
            .acquire()
            .await
            .map_err(self.failed("reading a version"))?;
        write::find_version(&mut reader, article, version)
            .await
            .map_err(|error| self.placed(error))
    }

    /// What came of the page of an article.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn page_record(&self, article: i64) -> Result<Option<PageRecord>, StoreError> {
        let row = sqlx::query!(
            r#"SELECT url AS "url!: String", class AS "class: String", reason AS "reason: String", robots AS "robots: String",
                      http_status AS "http_status: i64", tries AS "tries!: i64", asked AS "asked: String", due AS "due: String"
               FROM v_page WHERE article_id = ?1"#,
            article
        )
        .fetch_optional(self.readers())
        .await
        .map_err(self.failed("reading what came of a page"))?;
        row.map(|row| {
            let class = row.class.as_deref();
            Ok(PageRecord {
                url: row.url,
                class: class
                    .map(|text| word("page", "class", text, PageClass::parse))
                    .transpose()?,
                reason: row.reason,
                robots: row.robots,
                http_status: row.http_status,
                tries: row.tries,
                asked: optional_instant("page", "asked", row.asked.as_deref())?,
                due: optional_instant("page", "due", row.due.as_deref())?,
            })
        })
        .transpose()
    }

    /// Keeps what came of a page, its text included, in one transaction: all that is decided of a release is decided again on it.
    ///
    /// # Errors
    /// Nothing is changed then; the page stays due.
    pub async fn keep_page(
        &self,
        page: &WantedPage,
        answer: &PageAnswer,
        window: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<Completed, StoreError> {
        let rules = self.served.rules();
        let (completed, posted) = self
            .transaction("keeping what came of a page", async |transaction| {
                let done = match &answer.draft {
                    Some(draft) => complete(transaction, &self.postings, &rules, page, draft, window, now).await?,
                    None => (Completed::Kept(answer.class), None),
                };
                record(transaction, page, answer, &done.0, now).await?;
                let is_given_up = matches!(done.0, Completed::Kept(_) | Completed::Unlike)
                    && answer.due.is_none_or(|due| due >= page.until);
                if is_given_up && answer.class != PageClass::Text {
                    give_up(transaction, &self.postings, &rules, page, window, now).await?;
                }
                Ok(done)
            })
            .await?;
        self.postings.kept(posted);
        if matches!(completed, Completed::Filled { .. }) {
            self.revise();
        }
        Ok(completed)
    }
}

/// Writes what came of it beside the article, and what its site thinks of us.
async fn record(
    connection: &mut SqliteConnection,
    page: &WantedPage,
    answer: &PageAnswer,
    completed: &Completed,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    const DOING: &str = "writing what came of a page";
    let due = match completed {
        Completed::Kept(_) | Completed::Unlike => answer.due,
        Completed::Embargoed(until) => Some(*until),
        // What an outdated one shows by now has a page of its own, or wants none.
        Completed::Filled { .. } | Completed::NoMore | Completed::Outdated => None,
    };
    let (class, reason) = (completed.class(answer.class), completed.reason(&answer.reason));
    let is_asked = !matches!(class, PageClass::Robots | PageClass::Off);
    let due = due.filter(|due| *due < page.until).map(stamp);
    let (class, asked) = (class.as_str(), is_asked.then(|| stamp(now)));
    // What fails where a redirect led to is asked at home the next time.
    let (place, hops) = match &answer.moved {
        Some(moved) => (moved.as_str(), page.hops + 1),
        None if due.is_some() => (page.home.as_str(), 0),
        None => (page.url.as_str(), page.hops),
    };
    let site = Url::parse(place).map_or_else(|_| page.site.clone(), |place| wire::site(&place));
    // What was only sent elsewhere was not asked in vain.
    let tries = page.tries + u32::from(is_asked && answer.moved.is_none());
    sqlx::query!(
        "UPDATE page SET url = ?3, site = ?4, hops = ?5, due = ?6, tries = ?7, asked = coalesce(?8, asked), class = ?9, reason = ?10,
                robots = coalesce(?11, robots), http_status = ?12, etag = ?13, last_modified = ?14
         WHERE article_id = ?1 AND version = ?2",
        page.article,
        page.version,
        place,
        site,
        hops,
        due,
        tries,
        asked,
        class,
        reason,
        answer.robots,
        answer.http_status,
        answer.validators.etag,
        answer.validators.last_modified
    )
    .execute(&mut *connection)
    .await
    .map_err(fail(DOING))?;
    let (now, not_before) = (stamp(now), stamp(answer.site_held.unwrap_or(now)));
    sqlx::query!(
        "INSERT INTO page_site (site, not_before, refusals) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET not_before = max(not_before, excluded.not_before),
                                   refusals = CASE WHEN ?3 THEN refusals + 1 WHEN ?4 THEN 0 ELSE refusals END",
        page.site,
        not_before,
        answer.is_refusal,
        answer.draft.is_some()
    )
    .execute(&mut *connection)
    .await
    .map_err(fail(DOING))?;
    sqlx::query!(
        "UPDATE page SET due = NULL WHERE site = ?1 AND due IS NOT NULL AND until <= ?2",
        page.site,
        now
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail(DOING))
}
