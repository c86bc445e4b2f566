//! A part of an article on its way to become one: its version, the items that show it, and what both are found by afterwards.

use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;

use super::admit::numbers;
use super::append::in_order;
use super::error::fail;
use super::full_text::move_page;
use super::overrule::{OVERRULED, leads_to};
use super::plan::Copy;
use super::postings;
use super::row::{day, json, stamp};
use super::settle::{Gone, settle};
use super::whole::{Kept, Showing, Whole, keys, whole};
use super::write::keep_copy;
use super::{StoreError, uri};
use crate::article::{Draft, Verdict};
use crate::dedup::{KeyKind, Reading};

/// The row of a new article in a story of its own; what was merged before gets back the number and the id that it had: `known`, or told by
/// what names the draft.
pub(super) async fn new_article(
    connection: &mut SqliteConnection,
    whole: &Whole,
    draft: &Draft,
    known: Option<(i64, String)>,
    received: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    let readings = [Reading::of(draft), Reading::of_shared_page(draft)];
    let candidates: Vec<String> = readings.iter().flat_map(uri::candidates).collect();
    let mut numbers = numbers(connection, candidates.iter().cloned()).await?;
    let former = match known {
        Some(known) => Some(known),
        None => former(connection, whole.number, &candidates).await?,
    };
    let (number, uri) = match former {
        Some(former) => former,
        None => {
            let number = numbers.article();
            let [reading, _] = &readings;
            (number, numbers.uri(reading, number))
        }
    };
    let story = numbers.story();
    let (at, received) = (stamp(now), stamp(received));
    sqlx::query!("INSERT INTO story (story_id, created) VALUES (?1, ?2)", story, at)
        .execute(&mut *connection)
        .await
        .map_err(fail("writing a story"))?;
    let pubstatus = draft.pubstatus.as_str();
    sqlx::query!(
        "INSERT INTO article (article_id, uri, story_id, version, pubstatus, first_received, modified, sort_time)
         VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?6)",
        number,
        uri,
        story,
        pubstatus,
        received,
        at
    )
    .execute(connection)
    .await
    .map_err(fail("writing an article"))?;
    Ok(number)
}

/// Number and id of the article that this release was before it was merged into `number`.
async fn former(
    connection: &mut SqliteConnection,
    number: i64,
    candidates: &[String],
) -> Result<Option<(i64, String)>, StoreError> {
    let wanted = json(&candidates);
    let rows = sqlx::query!(
        r#"SELECT past.other_article_id AS "former!: i64", past.uri AS "uri!: String"
           FROM json_each(?1) AS wanted CROSS JOIN overruled past ON past.uri = wanted.value
           WHERE NOT EXISTS (SELECT 1 FROM article a WHERE a.article_id = past.other_article_id)
             AND NOT EXISTS (SELECT 1 FROM article a WHERE a.uri = past.uri)
           ORDER BY past.overruled_id DESC"#,
        wanted
    )
    .fetch_all(&mut *connection)
    .await
    .map_err(fail("looking for a merge"))?;
    for row in rows {
        if leads_to(connection, row.former).await? == Some(number) {
            return Ok(Some((row.former, row.uri)));
        }
    }
    Ok(None)
}

/// Brings both articles up to date, and shares out what they are recalled by.
pub(super) async fn settled(
    connection: &mut SqliteConnection,
    number: i64,
    new: i64,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for article in [number, new] {
        if let Some(whole) = whole(connection, article, now).await? {
            in_order(connection, &whole).await?;
        }
    }
    let Some(part) = settle(connection, new, &Gone::default(), now).await? else {
        return Ok(());
    };
    let own = part.newest().map(|newest| keys(&newest.draft)).unwrap_or_default();
    for key in part.keys() {
        // Whether a page shows its release alone only the document told, and copies bring no more than what names them: both as the old
        // article had it.
        let (kind, is_own) = (key.kind.as_str(), key.kind != KeyKind::Url && own.contains(&key));
        sqlx::query!(
            "INSERT INTO key (article_id, kind, value)
             SELECT ?4, ?1, ?2
             WHERE ?5 OR EXISTS (SELECT 1 FROM key k WHERE k.kind = ?1 AND k.value = ?2 AND k.article_id = ?3)
             ON CONFLICT DO NOTHING",
            kind,
            key.value,
            number,
            new,
            is_own
        )
        .execute(&mut *connection)
        .await
        .map_err(fail("writing keys"))?;
    }
    let day = Some(day(part.first_received));
    let words: Vec<_> = part.shingles().into_iter().map(|hash| ((hash, new), day)).collect();
    postings::write(connection, &words).await?;
    settle(connection, number, &Gone::with(&part), now).await?;
    for article in [number, new] {
        bring_again(connection, article).await?;
    }
    Ok(())
}

/// What an item shows that is neither a version nor what a copy said was not kept, as a copy's edits are not: the next poll that shows it brings
/// it, and it is judged by what the article is now.
async fn bring_again(connection: &mut SqliteConnection, article: i64) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE sighting SET content_hash = (SELECT v.content_hash FROM version v
                                             WHERE v.article_id = sighting.article_id AND v.version = sighting.version)
         WHERE article_id = ?1 AND verdict <> 'duplicate'
           AND EXISTS (SELECT 1 FROM version v WHERE v.article_id = sighting.article_id AND v.version = sighting.version)
           AND content_hash NOT IN (SELECT v.content_hash FROM version v WHERE v.article_id = sighting.article_id)",
        article
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail("moving a sighting"))
}

/// Did an item show this version, first or last?
pub(super) fn shows(showing: &Showing, version: &Kept) -> bool {
    showing.version == Some(version.number) || showing.content_hash == version.content_hash
}

/// A version comes to stand at another article, as it is.
pub(super) async fn move_version(
    connection: &mut SqliteConnection,
    (from, version): (i64, i64),
    (to, new): (i64, i64),
    edition: i64,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE version SET article_id = ?3, version = ?4, edition = ?5 WHERE article_id = ?1 AND version = ?2",
        from,
        version,
        to,
        new,
        edition
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("moving a version"))?;
    sqlx::query!(
        "UPDATE news SET article_id = ?3, version = ?4 WHERE article_id = ?1 AND version = ?2",
        from,
        version,
        to,
        new
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("moving the words of a version"))?;
    move_page(connection, (from, version), (to, new), Some(now)).await
}

/// Says of a version what it is now, and under which headline and names it stands.
pub(super) async fn rewrite(
    connection: &mut SqliteConnection,
    (article, version): (i64, i64),
    verdict: Verdict,
    (stage, why): (&str, &str),
    draft: &Draft,
) -> Result<(), StoreError> {
    let verdict = verdict.as_str();
    let (organisations, subjects) = (json(&draft.organisations), json(&draft.subjects));
    sqlx::query!(
        "UPDATE version SET verdict = ?3, stage = ?4, reason = ?5, headline = ?6, wire = ?7, issuer = ?8, organisations = ?9,
                            subjects = ?10, language = ?11, url = ?12
         WHERE article_id = ?1 AND version = ?2",
        article,
        version,
        verdict,
        stage,
        why,
        draft.headline,
        draft.wire,
        draft.issuer,
        organisations,
        subjects,
        draft.language,
        draft.url
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail("moving a version"))
}

/// An item goes with the version that it shows. One that has shown another version as well stays with that one, and goes with this one too.
/// Does the new article have who brought it by that?
pub(super) async fn move_showing(
    connection: &mut SqliteConnection,
    whole: &Whole,
    showing: &Showing,
    version: &Kept,
    new: i64,
    why: &str,
) -> Result<bool, StoreError> {
    let others = || whole.versions.iter().filter(|other| other.number != version.number);
    let shown_now = others().find(|other| other.content_hash == showing.content_hash);
    let shown_first = others().find(|other| Some(other.number) == showing.version);
    let Some(stays) = shown_now.or(shown_first) else {
        let is_maker = showing.verdict != Verdict::Duplicate;
        go(connection, showing, new, is_maker.then_some(why)).await?;
        // One that nothing else shows, brought by this item before what it shows now.
        let is_shown = |other: &Kept| whole.showings.iter().any(|showing| shows(showing, other));
        if let Some(brought) = others()
            .rev()
            .find(|other| whole.is_maker(showing, other) && !is_shown(other))
        {
            let until = version.draft.received.min(showing.last_seen);
            twin(connection, showing, brought, Place::of(whole, brought), until).await?;
        }
        return Ok(is_maker);
    };
    if showing.version != Some(stays.number) {
        keep_whole(connection, showing).await?;
    }
    twin(
        connection,
        showing,
        version,
        Place::first_of(new, why),
        showing.last_seen,
    )
    .await?;
    let headline = stays.draft.headline.as_deref();
    let published = stays.draft.published.map(stamp);
    // What is left of it is what it showed before.
    let (since, until) = if stays.content_hash == showing.content_hash {
        (stamp(showing.content_since), stamp(showing.last_seen))
    } else {
        let until = version.draft.received.min(showing.last_seen);
        (stamp(stays.draft.received), stamp(until.max(showing.first_seen)))
    };
    sqlx::query!(
        "UPDATE sighting SET version = ?2, headline = ?3, content_hash = ?4, content_since = ?5, last_seen = ?6, published = ?7
         WHERE sighting_id = ?1",
        showing.id,
        stays.number,
        headline,
        stays.content_hash,
        since,
        until,
        published
    )
    .execute(connection)
    .await
    .map(|_| true)
    .map_err(fail("leaving a sighting"))
}

/// The text of a copy that is left out is that of its version: before it comes to stand at another one, it is written out.
pub(super) async fn keep_whole(connection: &mut SqliteConnection, showing: &Showing) -> Result<(), StoreError> {
    match &showing.own {
        Some(own) => keep_copy(connection, showing.id, own, Copy::Whole).await,
        None => Ok(()),
    }
}

/// A sighting follows to the first version of an article; with `why` it is what brought it.
pub(super) async fn go(
    connection: &mut SqliteConnection,
    showing: &Showing,
    new: i64,
    why: Option<&str>,
) -> Result<(), StoreError> {
    if why.is_none() {
        keep_whole(connection, showing).await?;
    }
    sqlx::query!(
        "UPDATE sighting SET article_id = ?2, version = 1, verdict = CASE WHEN ?3 IS NULL THEN verdict ELSE 'new' END,
                             stage = CASE WHEN ?3 IS NULL THEN stage ELSE ?4 END, reason = coalesce(?3, reason)
         WHERE sighting_id = ?1",
        showing.id,
        new,
        why,
        OVERRULED
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("moving a sighting"))?;
    if why.is_some() {
        sqlx::query!("DELETE FROM copy WHERE sighting_id = ?1", showing.id)
            .execute(connection)
            .await
            .map_err(fail("moving what a copy said"))?;
    }
    Ok(())
}

/// Where a version stands, and what is said of who brought it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    article: i64,
    version: i64,
    verdict: Verdict,
    stage: &'a str,
    why: &'a str,
}

impl<'a> Place<'a> {
    /// Where it stays.
    fn of(whole: &Whole, version: &'a Kept) -> Self {
        Self {
            article: whole.number,
            version: version.number,
            verdict: version.verdict,
            stage: &version.stage,
            why: &version.why,
        }
    }

    /// The first version of an article that was split off.
    pub(super) const fn first_of(article: i64, why: &'a str) -> Self {
        Self {
            article,
            version: 1,
            verdict: Verdict::New,
            stage: OVERRULED,
            why,
        }
    }
}

/// The same item of the same source shows a version of another article as well, under every name that it has; last `until` then.
pub(super) async fn twin(
    connection: &mut SqliteConnection,
    showing: &Showing,
    version: &Kept,
    place: Place<'_>,
    until: DateTime<Utc>,
) -> Result<(), StoreError> {
    let draft = &version.draft;
    let (since, until, verdict) = (stamp(draft.received), stamp(until), place.verdict.as_str());
    let (guid, url, headline) = (draft.guid.as_deref(), draft.url.as_deref(), draft.headline.as_deref());
    let published = draft.published.map(stamp);
    let twin = sqlx::query_scalar!(
        r#"INSERT INTO sighting (article_id, version, source_id, item_key, guid, url, headline, verdict, stage, reason, content_hash,
                                 published, content_since, first_seen, last_seen, first_poll_id)
           SELECT ?2, ?3, source_id, item_key, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?13, ?11, max(first_seen, ?11), max(first_seen, ?11, ?12),
                  first_poll_id
           FROM sighting WHERE sighting_id = ?1
           RETURNING sighting_id AS "sighting!: i64""#,
        showing.id,
        place.article,
        place.version,
        guid,
        url,
        headline,
        verdict,
        place.stage,
        place.why,
        version.content_hash,
        since,
        until,
        published
    )
    .fetch_one(&mut *connection)
    .await
    .map_err(fail("writing a sighting"))?;
    sqlx::query!(
        "INSERT INTO item_name (sighting_id, name) SELECT ?2, name FROM item_name WHERE sighting_id = ?1",
        showing.id,
        twin
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail("writing names of items"))
}
