//! Writes who showed what: sightings, what copies said, and the names of items.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::{NARROW_ROWS, WIDE_ROWS};
use crate::article::Draft;
use crate::store::StoreError;
use crate::store::admit::Poll;
use crate::store::error::fail;
use crate::store::plan::{Copy, Plan};
use crate::store::row::{json, passages, stamp};

pub(super) async fn sightings(
    connection: &mut SqliteConnection,
    poll: &Poll,
    plan: &Plan<'_>,
    poll_id: i64,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let at = stamp(now);
    let ruled: HashMap<usize, _> = plan.ruled.iter().map(|ruled| (ruled.index, &ruled.judgement)).collect();
    let known: Vec<_> = plan
        .sightings
        .iter()
        .filter_map(|s| Some((s, poll.drafts.get(s.index)?, *ruled.get(&s.index)?)))
        .collect();
    for rows in known.chunks(NARROW_ROWS) {
        let mut sql = QueryBuilder::<Sqlite>::new(
            "INSERT INTO sighting (article_id, version, source_id, item_key, guid, url, headline, verdict, stage, reason, against, \
             content_hash, published, content_since, first_seen, last_seen, first_poll_id) ",
        );
        sql.push_values(rows, |mut row, (sighting, draft, judgement)| {
            row.push_bind(sighting.article);
            row.push_bind(sighting.version);
            row.push_bind(poll.source.as_str());
            row.push_bind(sighting.item_key.as_str());
            row.push_bind(draft.guid.as_deref());
            row.push_bind(draft.url.as_deref());
            row.push_bind(draft.headline.as_deref());
            row.push_bind(judgement.verdict.as_str());
            row.push_bind(judgement.stage);
            row.push_bind(judgement.why.as_str());
            row.push_bind(judgement.against.as_ref().map(json));
            row.push_bind(sighting.content_hash.as_str());
            row.push_bind(draft.published.map(stamp));
            row.push_bind(at.as_str());
            row.push_bind(at.as_str());
            row.push_bind(at.as_str());
            row.push_bind(poll_id);
        });
        sql.push(
            " ON CONFLICT (source_id, item_key, article_id) DO UPDATE SET \
             content_since = CASE content_hash WHEN excluded.content_hash THEN content_since ELSE excluded.content_since END, \
             content_hash = excluded.content_hash, published = coalesce(min(published, excluded.published), published, excluded.published), guid = excluded.guid, url = excluded.url, \
             headline = excluded.headline, last_seen = excluded.last_seen",
        );
        sql.build()
            .execute(&mut *connection)
            .await
            .map_err(fail("writing sightings"))?;
    }
    copies(connection, poll, plan).await?;
    names(connection, poll, plan).await
}

const KEEPING: &str = "keeping what a copy said";

/// Keeps what copies said.
async fn copies(connection: &mut SqliteConnection, poll: &Poll, plan: &Plan<'_>) -> Result<(), StoreError> {
    let copies: Vec<_> = plan
        .sightings
        .iter()
        .filter_map(|sighting| {
            let (draft, sections) = said(poll.drafts.get(sighting.index)?, sighting.copy?);
            Some((&sighting.item_key, sighting.article, draft, sections))
        })
        .collect();
    let source = poll.source.as_str();
    for rows in copies.chunks(WIDE_ROWS) {
        let rows = json(&rows);
        sqlx::query!(
            // Written out once: every look at `json_each.value` would be, and these are whole texts.
            "WITH new(entry) AS MATERIALIZED (SELECT value FROM json_each(?1))
             INSERT INTO copy (sighting_id, draft, sections)
             SELECT g.sighting_id, entry ->> 2, entry ->> 3
             FROM new
             CROSS JOIN sighting g ON g.source_id = ?2 AND g.item_key = entry ->> 0 AND g.article_id = entry ->> 1
             WHERE true
             ON CONFLICT DO UPDATE SET draft = excluded.draft, sections = excluded.sections",
            rows,
            source
        )
        .execute(&mut *connection)
        .await
        .map_err(fail(KEEPING))?;
    }
    Ok(())
}

/// Keeps what the copy of a sighting said.
pub(in crate::store) async fn keep_copy(
    connection: &mut SqliteConnection,
    sighting: i64,
    draft: &Draft,
    copy: Copy,
) -> Result<(), StoreError> {
    let (draft, sections) = said(draft, copy);
    sqlx::query!(
        "INSERT INTO copy (sighting_id, draft, sections) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET draft = excluded.draft, sections = excluded.sections",
        sighting,
        draft,
        sections
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail(KEEPING))
}

/// The columns `draft` and `sections` of a copy. The text of one that says the same word for word as its version is not kept twice.
fn said(draft: &Draft, copy: Copy) -> (String, Option<String>) {
    let (body_text, body_html, sections) = match copy {
        Copy::Whole => (
            draft.body_text.clone(),
            draft.body_html.clone(),
            Some(passages(&draft.body_text, &draft.sections)),
        ),
        Copy::WithoutText => (String::new(), String::new(), None),
    };
    let draft = json(&Draft {
        body_text,
        body_html,
        sections: Vec::new(),
        ..draft.clone()
    });
    (draft, sections)
}

/// Every name that an item has shown stays a name of it.
async fn names(connection: &mut SqliteConnection, poll: &Poll, plan: &Plan<'_>) -> Result<(), StoreError> {
    let new: Vec<_> = plan
        .sightings
        .iter()
        .flat_map(|s| s.names.iter().map(move |name| (&s.item_key, s.article, name)))
        .collect();
    let source = poll.source.as_str();
    for rows in new.chunks(NARROW_ROWS) {
        let rows = json(&rows);
        sqlx::query!(
            "INSERT INTO item_name (sighting_id, name)
             SELECT g.sighting_id, new.value ->> 2
             FROM json_each(?1) AS new
             CROSS JOIN sighting g ON g.source_id = ?2 AND g.item_key = new.value ->> 0 AND g.article_id = new.value ->> 1
             WHERE true
             ON CONFLICT DO NOTHING",
            rows,
            source
        )
        .execute(&mut *connection)
        .await
        .map_err(fail("writing names of items"))?;
    }
    Ok(())
}
