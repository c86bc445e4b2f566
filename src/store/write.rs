//! Writes what the judge decided of a poll's drafts: many rows a statement, inside the transaction of the poll.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, QueryBuilder, Sqlite, SqliteConnection};

use super::StoreError;
use super::admit::Poll;
use super::borrow::with_text_of;
use super::error::fail;
use super::full_text::queue;
use super::ledger::Arrival;
use super::loan::{Borrowed, Lender};
use super::plan::{NewVersion, Plan, Standing};
use super::row::{ARTICLE_COLUMNS, article_from_row, day, json, passages, stamp};
use crate::article::{Draft, SourceId, Verdict};

mod index;
mod sightings;

pub(super) use index::{Texts, renew, unindex};
pub(super) use sightings::keep_copy;
use sightings::sightings;

/// Rows a statement for tables of few columns.
const NARROW_ROWS: usize = 500;
/// Rows a statement for `version` and `copy`: texts are long.
const WIDE_ROWS: usize = 50;

/// What articles show at the end of a poll that showed something else before, or nothing.
pub(super) type AtHand<'d> = BTreeMap<i64, Cow<'d, Draft>>;

/// Writes a plan; gives what it made articles show, and what is to become of the full-text index at the end of the transaction.
pub(super) async fn plan<'p>(
    connection: &mut SqliteConnection,
    poll: &Poll,
    plan: &'p Plan<'_>,
    poll_id: i64,
    arrival: Arrival,
    now: DateTime<Utc>,
) -> Result<(AtHand<'p>, Texts), StoreError> {
    let shown = articles(connection, plan, arrival, now).await?;
    sightings(connection, poll, plan, poll_id, now).await?;
    tombstones(connection, &plan.tombstones, now).await?;
    queue(connection, poll.source.as_str(), poll.full_text, plan, now).await?;
    let texts = renew_index(connection, plan, &shown).await?;
    Ok((shown, texts))
}

/// Writes the articles and versions of a plan, and what they will be found by; gives what they show.
pub(super) async fn articles<'p>(
    connection: &mut SqliteConnection,
    plan: &'p Plan<'_>,
    arrival: Arrival,
    now: DateTime<Utc>,
) -> Result<AtHand<'p>, StoreError> {
    new_articles(connection, plan, arrival, now).await?;
    let shown = versions(connection, plan).await?;
    standing(connection, plan, arrival, now).await?;
    keys(connection, plan).await?;
    look_alikes(connection, plan).await?;
    Ok(shown)
}

/// Writes what filters find articles by; gives what words will find them by.
pub(super) async fn renew_index(
    connection: &mut SqliteConnection,
    plan: &Plan<'_>,
    shown: &AtHand<'_>,
) -> Result<Texts, StoreError> {
    let new = plan.new_articles();
    renew(connection, shown.keys().filter(|article| !new.contains(article)), shown).await
}

/// Says of tombstones that they are known now; those that are not there yet are set.
pub(super) async fn tombstones(
    connection: &mut SqliteConnection,
    hashes: &BTreeSet<i64>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if hashes.is_empty() {
        return Ok(());
    }
    let (hashes, today) = (json(hashes), day(now));
    sqlx::query!(
        "INSERT INTO tombstone (hash, last_seen) SELECT value, ?2 FROM json_each(?1) WHERE true
         ON CONFLICT DO UPDATE SET last_seen = excluded.last_seen WHERE last_seen < excluded.last_seen",
        hashes,
        today
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail("writing tombstones"))
}

async fn new_articles(
    connection: &mut SqliteConnection,
    plan: &Plan<'_>,
    arrival: Arrival,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let at = stamp(now);
    for stories in plan.stories.chunks(NARROW_ROWS) {
        let mut sql = QueryBuilder::<Sqlite>::new("INSERT INTO story (story_id, created) ");
        sql.push_values(stories, |mut row, story| {
            row.push_bind(*story);
            row.push_bind(at.as_str());
        });
        sql.build()
            .execute(&mut *connection)
            .await
            .map_err(fail("writing stories"))?;
    }
    let unknown = Standing {
        version: 1,
        pubstatus: crate::article::PubStatus::Usable,
        published: None,
    };
    for articles in plan.articles.chunks(NARROW_ROWS) {
        let mut sql = QueryBuilder::<Sqlite>::new(
            "INSERT INTO article (article_id, uri, story_id, version, pubstatus, first_received, modified, sort_time) ",
        );
        sql.push_values(articles, |mut row, new| {
            let standing = plan.standing.get(&new.article).copied().unwrap_or(unknown);
            row.push_bind(new.article);
            row.push_bind(new.uri.as_str());
            row.push_bind(new.story);
            row.push_bind(standing.version);
            row.push_bind(standing.pubstatus.as_str());
            row.push_bind(stamp(new.received));
            row.push_bind(at.as_str());
            row.push_bind(stamp(arrival.sort_time(standing.published, now)));
        });
        sql.build()
            .execute(&mut *connection)
            .await
            .map_err(fail("writing articles"))?;
    }
    Ok(())
}

/// Writes versions; gives what each article shows at the end.
async fn versions<'p>(connection: &mut SqliteConnection, plan: &'p Plan<'_>) -> Result<AtHand<'p>, StoreError> {
    let (notices, plain): (Vec<&NewVersion<'_>>, Vec<&NewVersion<'_>>) = plan
        .versions
        .iter()
        .partition(|v| v.judgement.verdict == Verdict::Withdrawal);
    let mut shown = BTreeMap::new();
    let mut show = |version: &NewVersion<'_>, draft: Cow<'p, Draft>| {
        if plan
            .standing
            .get(&version.article)
            .is_some_and(|s| s.version == version.version)
        {
            shown.insert(version.article, draft);
        }
    };
    for versions in plain.chunks(WIDE_ROWS) {
        let drafts: Vec<Cow<'p, Draft>> = versions.iter().map(|v| v.shown()).collect();
        insert_versions(
            connection,
            versions.iter().zip(&drafts).map(|(v, draft)| (*v, &**draft)),
        )
        .await?;
        versions.iter().zip(drafts).for_each(|(v, draft)| show(v, draft));
    }
    for borrowed in &plan.borrowed {
        let draft = borrowed_draft(connection, borrowed).await?;
        let new = borrowed.version(&draft);
        insert_versions(connection, std::iter::once((&new, &draft))).await?;
        show(&new, Cow::Owned(draft.clone()));
    }
    // A withdrawal is written after what it withdraws.
    for notice in notices {
        let target = version(connection, notice.article, notice.version - 1).await?;
        let draft = withdrawn(&target, notice.draft);
        insert_versions(connection, std::iter::once((notice, &draft))).await?;
        show(notice, Cow::Owned(draft));
    }
    Ok(shown)
}

/// The version before, with the text of a copy.
async fn borrowed_draft(connection: &mut SqliteConnection, borrowed: &Borrowed<'_>) -> Result<Draft, StoreError> {
    let shown = version(connection, borrowed.article, borrowed.base).await?;
    let draft = match borrowed.text {
        Lender::Copy(copy) => with_text_of(&shown, copy),
        Lender::Version(lent) => with_text_of(&shown, &version(connection, borrowed.article, lent).await?),
    };
    Ok(Draft {
        received: borrowed.received,
        ..draft
    })
}

/// What a version says, if it is there.
pub(super) async fn find_version(
    connection: &mut SqliteConnection,
    article: i64,
    version: i64,
) -> Result<Option<Draft>, StoreError> {
    let sql = format!(
        "SELECT {ARTICLE_COLUMNS} FROM article a JOIN version v ON v.article_id = a.article_id \
         WHERE a.article_id = ?1 AND v.version = ?2"
    );
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(article)
        .bind(version)
        .fetch_optional(connection)
        .await
        .map_err(fail("reading a version"))?;
    row.map(|row| Ok(article_from_row(&row)?.draft)).transpose()
}

async fn version(connection: &mut SqliteConnection, article: i64, version: i64) -> Result<Draft, StoreError> {
    let found = find_version(connection, article, version).await?;
    found.ok_or(StoreError::Sql {
        doing: "reading a version",
        source: sqlx::Error::RowNotFound,
    })
}

/// The notice's text under the target's headline and names, so that the outputs that carried the release carry its
/// withdrawal as well.
pub(super) fn withdrawn(target: &Draft, notice: &Draft) -> Draft {
    Draft {
        headline: target.headline.clone().or_else(|| notice.headline.clone()),
        wire: notice.wire.clone().or_else(|| target.wire.clone()),
        issuer: target.issuer.clone().or_else(|| notice.issuer.clone()),
        organisations: target.organisations.clone(),
        subjects: target.subjects.clone(),
        language: target.language.clone().or_else(|| notice.language.clone()),
        url: target.url.clone().or_else(|| notice.url.clone()),
        ..notice.clone()
    }
}

pub(super) async fn insert_versions<'v>(
    connection: &mut SqliteConnection,
    versions: impl Iterator<Item = (&'v NewVersion<'v>, &'v Draft)>,
) -> Result<(), StoreError> {
    let mut sql = QueryBuilder::<Sqlite>::new(
        "INSERT INTO version (article_id, version, edition, verdict, stage, reason, content_hash, received, source_id, kind, headline, \
         subheadline, summary, dateline, wire, release_id, issuer, organisations, cashtags, published, updated, embargoed, language, \
         url, urls, guid, body_text, body_html, sections, subjects, contacts, people, media, revision, rights, \
         copyright_notice, repairs, text_source) ",
    );
    sql.push_values(versions, |mut row, (new, draft)| {
        row.push_bind(new.article);
        row.push_bind(new.version);
        row.push_bind(new.edition);
        row.push_bind(new.judgement.verdict.as_str());
        row.push_bind(new.judgement.stage);
        row.push_bind(new.judgement.why.as_str());
        row.push_bind(new.content_hash.as_str());
        row.push_bind(stamp(draft.received));
        row.push_bind(draft.source.as_str());
        row.push_bind(draft.kind.as_str());
        row.push_bind(draft.headline.as_deref());
        row.push_bind(draft.subheadline.as_deref());
        row.push_bind(draft.summary.as_deref());
        row.push_bind(draft.dateline.as_ref().map(json));
        row.push_bind(draft.wire.as_deref());
        row.push_bind(draft.release_id.as_deref());
        row.push_bind(draft.issuer.as_deref());
        row.push_bind(json(&draft.organisations));
        row.push_bind(json(&draft.cashtags));
        row.push_bind(draft.published.map(stamp));
        row.push_bind(draft.updated.map(stamp));
        row.push_bind(draft.embargoed.map(stamp));
        row.push_bind(draft.language.as_deref());
        row.push_bind(draft.url.as_deref());
        row.push_bind(json(&draft.urls));
        row.push_bind(draft.guid.as_deref());
        row.push_bind(draft.body_text.as_str());
        row.push_bind(draft.body_html.as_str());
        row.push_bind(passages(&draft.body_text, &draft.sections));
        row.push_bind(json(&draft.subjects));
        row.push_bind(json(&draft.contacts));
        row.push_bind(json(&draft.people));
        row.push_bind(json(&draft.media));
        row.push_bind(draft.revision.as_ref().map(json));
        row.push_bind(draft.rights.as_str());
        row.push_bind(draft.copyright_notice.as_deref());
        row.push_bind(json(&draft.repairs));
        row.push_bind(new.text_source.as_ref().map(SourceId::as_str));
    });
    sql.build()
        .execute(connection)
        .await
        .map(drop)
        .map_err(fail("writing versions"))
}

/// Brings known articles up to their new version: a correction surfaces in the outputs.
async fn standing(
    connection: &mut SqliteConnection,
    plan: &Plan<'_>,
    arrival: Arrival,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let at = stamp(now);
    let new = plan.new_articles();
    for (article, standing) in plan.standing.iter().filter(|(article, _)| !new.contains(article)) {
        let (pubstatus, sort_time) = (
            standing.pubstatus.as_str(),
            stamp(arrival.sort_time(standing.published, now)),
        );
        sqlx::query!(
            "UPDATE article SET version = ?2, pubstatus = ?3, modified = ?4, sort_time = max(sort_time, ?5) WHERE article_id = ?1",
            article,
            standing.version,
            pubstatus,
            at,
            sort_time
        )
        .execute(&mut *connection)
        .await
        .map_err(fail("bringing an article up to date"))?;
    }
    for article in &plan.canceled {
        sqlx::query!(
            "UPDATE article SET pubstatus = 'canceled', modified = ?2 WHERE article_id = ?1",
            article,
            at
        )
        .execute(&mut *connection)
        .await
        .map_err(fail("withdrawing an article"))?;
    }
    for article in &plan.released {
        sqlx::query!(
            "UPDATE article SET pubstatus = 'usable', modified = ?2, sort_time = ?2 WHERE article_id = ?1 AND pubstatus = 'withheld'",
            article,
            at
        )
        .execute(&mut *connection)
        .await
        .map_err(fail("ending an embargo"))?;
    }
    Ok(())
}

async fn keys(connection: &mut SqliteConnection, plan: &Plan<'_>) -> Result<(), StoreError> {
    for rows in plan.keys.chunks(NARROW_ROWS) {
        let mut sql = QueryBuilder::<Sqlite>::new("INSERT INTO key (article_id, kind, value) ");
        sql.push_values(rows, |mut row, (key, article)| {
            row.push_bind(*article);
            row.push_bind(key.kind.as_str());
            row.push_bind(key.value.as_str());
        });
        sql.push(" ON CONFLICT DO NOTHING");
        sql.build()
            .execute(&mut *connection)
            .await
            .map_err(fail("writing keys"))?;
    }
    Ok(())
}

/// Writes what like texts will be told by.
async fn look_alikes(connection: &mut SqliteConnection, plan: &Plan<'_>) -> Result<(), StoreError> {
    let own = plan.versions.iter().map(|v| (v.article, v.version, v.words.as_str()));
    let borrowed = plan.borrowed.iter().map(|b| (b.article, b.version, b.words.as_str()));
    let words: Vec<(i64, i64, &str)> = own.chain(borrowed).collect();
    insert_words(connection, &words).await?;
    for fuller in &plan.fuller {
        sqlx::query!(
            "UPDATE news SET fullest = ?3 WHERE article_id = ?1 AND version = ?2",
            fuller.article,
            fuller.version,
            fuller.words
        )
        .execute(&mut *connection)
        .await
        .map_err(fail("writing the words of a fuller copy"))?;
    }
    Ok(())
}

/// Writes the words of versions: article, version and the words as stored.
pub(super) async fn insert_words(
    connection: &mut SqliteConnection,
    words: &[(i64, i64, &str)],
) -> Result<(), StoreError> {
    for versions in words.chunks(WIDE_ROWS) {
        let mut sql = QueryBuilder::<Sqlite>::new("INSERT INTO news (article_id, version, words) ");
        sql.push_values(versions, |mut row, (article, version, words)| {
            row.push_bind(*article);
            row.push_bind(*version);
            row.push_bind(*words);
        });
        sql.build()
            .execute(&mut *connection)
            .await
            .map_err(fail("writing the words of versions"))?;
    }
    Ok(())
}

/// The public ids of the articles that a plan speaks of, known ones and new ones.
pub(super) async fn uris(
    connection: &mut SqliteConnection,
    plan: &Plan<'_>,
) -> Result<HashMap<i64, String>, StoreError> {
    let mut uris: HashMap<i64, String> = plan.articles.iter().map(|new| (new.article, new.uri.clone())).collect();
    let made = plan.ruled.iter().filter_map(|ruled| Some(ruled.made?.article));
    let known: BTreeSet<i64> = made.filter(|article| !uris.contains_key(article)).collect();
    if known.is_empty() {
        return Ok(uris);
    }
    let known = json(&known);
    let rows = sqlx::query!(
        r#"SELECT a.article_id AS "article!: i64", a.uri AS "uri!: String"
           FROM json_each(?1) AS wanted CROSS JOIN article a ON a.article_id = wanted.value"#,
        known
    )
    .fetch_all(connection)
    .await
    .map_err(fail("reading ids"))?;
    uris.extend(rows.into_iter().map(|row| (row.article, row.uri)));
    Ok(uris)
}
