//! Two articles are one release: the later one becomes a copy of the first, or versions of it; of two languages, a translation.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;

use super::StoreError;
use super::overrule::{Merged, OVERRULED, OverruleError, Overruled, Overruling, begin, leads_to, remember};
use super::plan::Copy;
use super::row::{json, stamp};
use super::settle::{Gone, fail, periods, settle};
use super::whole::{Kept, Showing, Whole, whole};
use super::write::{keep_copy, withdrawn};
use crate::article::{ArticleId, Draft, Kind, SourceId, Verdict};
use crate::dedup::language_key;

/// Merges two articles, whichever is named first.
pub(super) async fn merge(
    connection: &mut SqliteConnection,
    one: i64,
    other: i64,
    now: DateTime<Utc>,
) -> Result<Merged, OverruleError> {
    let mut transaction = begin(connection).await?;
    let pair = (lead(&mut transaction, one).await?, lead(&mut transaction, other).await?);
    if pair.0 == pair.1 {
        let article = pair.0;
        return Ok(Merged::Already(match (one == article, other == article) {
            (true, true) => format!("article {article} is one article"),
            (true, false) => format!("article {other} was merged into article {article} before"),
            (false, true) => format!("article {one} was merged into article {article} before"),
            (false, false) => format!("articles {one} and {other} were merged into article {article} before"),
        }));
    }
    let first = there(&mut transaction, pair.0.min(pair.1), now).await?;
    let second = there(&mut transaction, pair.0.max(pair.1), now).await?;
    let done = match languages(&first, &second) {
        Some((a, b)) if first.story == second.story => {
            return Ok(Merged::Already(format!(
                "articles {} ({a}) and {} ({b}) are translations of one story already",
                first.number, second.number
            )));
        }
        Some(languages) => translations(&mut transaction, &first, &second, languages, now).await?,
        None => one_article(&mut transaction, &first, &second, now).await?,
    };
    remember(&mut transaction, &done).await?;
    transaction.commit().await.map_err(fail("keeping a merge"))?;
    Ok(Merged::Done(done))
}

async fn lead(connection: &mut SqliteConnection, number: i64) -> Result<i64, OverruleError> {
    leads_to(connection, number).await?.ok_or(OverruleError::NoArticle { number })
}

async fn there(connection: &mut SqliteConnection, number: i64, now: DateTime<Utc>) -> Result<Whole, OverruleError> {
    whole(connection, number, now).await?.ok_or(OverruleError::NoArticle { number })
}

/// Their languages, where both are known and differ.
fn languages<'w>(first: &'w Whole, second: &'w Whole) -> Option<(&'w str, &'w str)> {
    let language = |whole: &'w Whole| whole.newest().and_then(|newest| newest.draft.language.as_deref());
    language(first).zip(language(second)).filter(|(a, b)| language_key(a) != language_key(b))
}

/// Both stories become one; no text changes.
async fn translations(
    connection: &mut SqliteConnection,
    first: &Whole,
    second: &Whole,
    (a, b): (&str, &str),
    now: DateTime<Utc>,
) -> Result<Overruled, StoreError> {
    one_story(connection, first, second, now).await?;
    Ok(Overruled {
        at: now,
        what: Overruling::Merge,
        article: first.number,
        other: second.number,
        version: None,
        sighting: None,
        uri: None,
        note: format!("article {} ({b}) is a translation of article {} ({a})", second.number, first.number),
    })
}

async fn one_story(
    connection: &mut SqliteConnection,
    first: &Whole,
    second: &Whole,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if first.story == second.story {
        return Ok(());
    }
    let at = stamp(now);
    sqlx::query!(
        "UPDATE article SET story_id = ?1, modified = ?3 WHERE story_id IN (?1, ?2)",
        first.story,
        second.story,
        at
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("joining stories"))?;
    sqlx::query!("DELETE FROM story WHERE story_id = ?1", second.story)
        .execute(connection)
        .await
        .map(drop)
        .map_err(fail("joining stories"))
}

/// The second article goes; all that it holds becomes a part of the first.
async fn one_article(
    connection: &mut SqliteConnection,
    first: &Whole,
    second: &Whole,
    now: DateTime<Utc>,
) -> Result<Overruled, StoreError> {
    one_story(connection, first, second, now).await?;
    follow(connection, first, second, now).await?;
    let what = match second.versions.as_slice() {
        [only] if is_ordinary(first, second) => as_copy(connection, first, second, only).await?,
        _ => as_versions(connection, first, second).await?,
    };
    drop_row(connection, second.number).await?;
    settle(connection, first.number, &Gone::default(), now).await?;
    let said = second.versions.first().map(Kept::said).unwrap_or_default();
    Ok(Overruled {
        at: now,
        what: Overruling::Merge,
        article: first.number,
        other: second.number,
        version: None,
        sighting: None,
        uri: Some(ArticleId::new(&second.uri)),
        note: format!("article {} became {what} of article {}; {said}", second.number, first.number),
    })
}

/// A release that takes the place of another, or takes it away.
const fn is_notice(kind: Kind) -> bool {
    match kind {
        Kind::Correction | Kind::Replacement | Kind::Update | Kind::Retraction => true,
        Kind::Release | Kind::Addition | Kind::Repeat | Kind::Clarification | Kind::Advisory | Kind::Reminder => false,
    }
}

/// A copy: no notice, nor the release that a notice came before, nor another showing of one and the same item.
fn is_ordinary(first: &Whole, second: &Whole) -> bool {
    let notices = |whole: &Whole| whole.versions.iter().all(|version| is_notice(version.draft.kind));
    let one_item = second.showings.iter().any(|showing| same_item(first, showing).is_some());
    !notices(first) && !notices(second) && !one_item
}

/// The sighting of an article by the item of another one.
fn same_item<'w>(article: &'w Whole, showing: &Showing) -> Option<&'w Showing> {
    let mut showings = article.showings.iter();
    showings.find(|own| own.source == showing.source && own.item_key == showing.item_key)
}

/// Keys and shingles go with the article.
async fn follow(
    connection: &mut SqliteConnection,
    first: &Whole,
    second: &Whole,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE OR IGNORE key SET article_id = ?1 WHERE article_id = ?2",
        first.number,
        second.number
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("moving keys"))?;
    let (shingles, periods) = (json(&second.shingles()), periods(second.first_received, now));
    sqlx::query!(
        "UPDATE OR REPLACE shingle SET article_id = ?1 WHERE (period, hash, article_id) IN
           (SELECT periods.value, own.value, ?2 FROM json_each(?3) AS own CROSS JOIN json_each(?4) AS periods)",
        first.number,
        second.number,
        shingles,
        periods
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail("moving shingles"))
}

/// Its sightings become copies of what the first article shows; its draft is kept with them.
async fn as_copy(
    connection: &mut SqliteConnection,
    first: &Whole,
    second: &Whole,
    only: &Kept,
) -> Result<String, StoreError> {
    let shown = first.versions.iter().rev().find(|version| version.draft.kind != Kind::Retraction);
    let Some(shown) = shown.or(first.newest()) else { return Ok(String::new()) };
    let why = format!("article {} merged into article {} by hand", second.number, first.number);
    for showing in &second.showings {
        let is_maker = showing.verdict != Verdict::Duplicate;
        let own = if is_maker { Some(as_shown(&only.draft, showing)) } else { showing.own.clone() };
        if let Some(own) = own {
            let is_known = own.body_text == shown.draft.body_text;
            let copy = if is_known { Copy::WithoutText } else { Copy::Whole };
            keep_copy(connection, showing.id, &own, copy).await?;
        }
        let said = is_maker.then_some((Verdict::Duplicate, why.as_str()));
        arrive(connection, first.number, showing, Some(shown.number), said).await?;
    }
    Ok(format!("a copy of version {}", shown.number))
}

/// A version as one of the items that showed it said it.
fn as_shown(draft: &Draft, showing: &Showing) -> Draft {
    Draft {
        source: SourceId::new(&showing.source),
        guid: showing.guid.clone(),
        url: showing.url.clone(),
        ..draft.clone()
    }
}

/// A sighting comes to an article, at one of its versions. `said`: what is said of it from now on.
async fn arrive(
    connection: &mut SqliteConnection,
    article: i64,
    showing: &Showing,
    version: Option<i64>,
    said: Option<(Verdict, &str)>,
) -> Result<(), StoreError> {
    let (verdict, why) = (said.map(|(verdict, _)| verdict.as_str()), said.map(|(_, why)| why));
    sqlx::query!(
        "UPDATE sighting SET article_id = ?2, version = ?3, verdict = coalesce(?4, verdict),
                             stage = CASE WHEN ?4 IS NULL THEN stage ELSE ?5 END, reason = coalesce(?6, reason)
         WHERE sighting_id = ?1",
        showing.id,
        article,
        version,
        verdict,
        OVERRULED,
        why
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail("moving a sighting"))
}

/// Where each version of both articles comes to stand.
struct Order {
    first: BTreeMap<i64, i64>,
    second: BTreeMap<i64, i64>,
}

/// By the time of receipt; a release that came after its notice stands before it. The first article keeps its numbers where nothing comes between.
fn order(first: &Whole, second: &Whole) -> Order {
    let notices = first.versions.iter().all(|version| is_notice(version.draft.kind));
    let late = notices && second.versions.iter().any(|version| !is_notice(version.draft.kind));
    let mut sequence: Vec<(Option<DateTime<Utc>>, bool, i64)> = Vec::new();
    for (whole, is_second) in [(first, false), (second, true)] {
        for version in &whole.versions {
            let before_all = version.number < 1 || (late && is_second);
            let received = (!before_all).then_some(version.draft.received);
            sequence.push((received, is_second, version.number));
        }
    }
    // The order within each article stays: its versions were received one after another.
    sequence.sort_by_key(|(received, is_second, number)| (*received, if late { !is_second } else { *is_second }, *number));
    let added = i64::try_from(second.versions.len()).unwrap_or_default();
    let own = || first.versions.iter().map(|version| version.number);
    let edge = if late { own().min().unwrap_or(1) - added } else { own().max().unwrap_or(0) + 1 };
    let mut numbers: Vec<i64> = own().chain(edge..edge + added).collect();
    numbers.sort_unstable();
    let mut order = Order {
        first: BTreeMap::new(),
        second: BTreeMap::new(),
    };
    for ((_, is_second, old), new) in sequence.into_iter().zip(numbers) {
        let places = if is_second { &mut order.second } else { &mut order.first };
        places.insert(old, new);
    }
    order
}

/// Its versions become versions of the first article, and its sightings show them.
async fn as_versions(connection: &mut SqliteConnection, first: &Whole, second: &Whole) -> Result<String, StoreError> {
    let order = order(first, second);
    let why = format!("article {} merged into article {} by hand", second.number, first.number);
    for showing in &second.showings {
        if let Some(twin) = same_item(first, showing) {
            one_item(connection, twin, showing).await?;
        }
    }
    renumber(connection, first.number, first.number, &order.first).await?;
    renumber(connection, second.number, first.number, &order.second).await?;
    arrived(connection, first.number).await?;

    let mut lines: BTreeMap<i64, (&Kept, Draft, bool)> = BTreeMap::new();
    for (whole, places, is_second) in [(first, &order.first, false), (second, &order.second, true)] {
        for version in &whole.versions {
            if let Some(place) = places.get(&version.number) {
                lines.insert(*place, (version, whole.own_draft(version), is_second));
            }
        }
    }
    let mut before: Option<Draft> = None;
    for (place, (version, own, is_second)) in &lines {
        if *is_second {
            let verdict = verdict(version, before.is_some());
            let draft = match before.as_ref().filter(|_| verdict == Verdict::Withdrawal) {
                Some(target) => withdrawn(target, own),
                None => own.clone(),
            };
            rewrite(connection, first.number, *place, verdict, &why, &draft).await?;
            for showing in second.showings.iter().filter(|showing| same_item(first, showing).is_none()) {
                if showing.version == Some(version.number) {
                    let said = (showing.verdict != Verdict::Duplicate).then_some((verdict, why.as_str()));
                    if verdict == Verdict::Withdrawal && said.is_some() {
                        keep_copy(connection, showing.id, own, Copy::WithoutText).await?;
                    }
                    arrive(connection, first.number, showing, Some(*place), said).await?;
                }
            }
            before = Some(draft);
        } else {
            before = Some(version.draft.clone());
        }
    }
    // A sighting of a store of an earlier Dateline does not say which version it showed.
    for showing in second.showings.iter().filter(|showing| showing.version.is_none() && same_item(first, showing).is_none()) {
        arrive(connection, first.number, showing, None, None).await?;
    }
    let places: Vec<String> = order.second.values().map(i64::to_string).collect();
    Ok(match places.as_slice() {
        [one] => format!("version {one}"),
        several => format!("versions {}", several.join(", ")),
    })
}

/// What a version is called that comes from another article. One that was announced by itself is now said of what stands before it.
fn verdict(version: &Kept, has_before: bool) -> Verdict {
    match (version.verdict, version.draft.kind) {
        (Verdict::Withdrawal, _) => Verdict::Withdrawal,
        (_, Kind::Retraction) if has_before => Verdict::Withdrawal,
        (_, kind) if has_before && is_notice(kind) => Verdict::Correction,
        (Verdict::Correction, _) => Verdict::Correction,
        (Verdict::New | Verdict::Seen | Verdict::Revised | Verdict::Duplicate | Verdict::Variant, _) => Verdict::Revised,
    }
}

/// Numbers that no version has, to move through.
const APART: i64 = 1 << 40;

async fn renumber(
    connection: &mut SqliteConnection,
    from: i64,
    to: i64,
    places: &BTreeMap<i64, i64>,
) -> Result<(), StoreError> {
    let map = json(&places.iter().collect::<Vec<_>>());
    sqlx::query!(
        "UPDATE version SET article_id = ?2,
                version = ?4 + (SELECT place.value ->> 1 FROM json_each(?3) AS place WHERE place.value ->> 0 = version),
                edition = coalesce((SELECT place.value ->> 1 FROM json_each(?3) AS place WHERE place.value ->> 0 = edition), edition)
         WHERE article_id = ?1 AND version < ?4 / 2",
        from,
        to,
        map,
        APART
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("renumbering versions"))?;
    sqlx::query!(
        "UPDATE news SET article_id = ?2,
                version = ?4 + (SELECT place.value ->> 1 FROM json_each(?3) AS place WHERE place.value ->> 0 = version)
         WHERE article_id = ?1 AND version < ?4 / 2",
        from,
        to,
        map,
        APART
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("renumbering versions"))?;
    if from != to {
        return Ok(());
    }
    sqlx::query!(
        "UPDATE sighting SET version = (SELECT place.value ->> 1 FROM json_each(?2) AS place WHERE place.value ->> 0 = version)
         WHERE article_id = ?1",
        from,
        map
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail("renumbering versions"))
}

async fn arrived(connection: &mut SqliteConnection, article: i64) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE version SET version = version - ?2 WHERE article_id = ?1 AND version > ?2 / 2",
        article,
        APART
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("renumbering versions"))?;
    sqlx::query!(
        "UPDATE news SET version = version - ?2 WHERE article_id = ?1 AND version > ?2 / 2",
        article,
        APART
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail("renumbering versions"))
}

/// Says of a version what it is now, and under which headline and names it stands.
async fn rewrite(
    connection: &mut SqliteConnection,
    article: i64,
    version: i64,
    verdict: Verdict,
    why: &str,
    draft: &Draft,
) -> Result<(), StoreError> {
    let verdict = verdict.as_str();
    let (organisations, subjects) = (json(&draft.organisations), json(&draft.subjects));
    sqlx::query!(
        "UPDATE version SET verdict = ?3, stage = ?4, reason = ?5, headline = ?6, wire = ?7, issuer = ?8, organisations = ?9, subjects = ?10,
                            language = ?11, url = ?12
         WHERE article_id = ?1 AND version = ?2",
        article,
        version,
        verdict,
        OVERRULED,
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

/// One item showed both articles: one sighting, under all names, of what it showed last.
async fn one_item(connection: &mut SqliteConnection, stays: &Showing, goes: &Showing) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO item_name (source_id, name, sighting_id)
         SELECT source_id, name, ?1 FROM item_name WHERE sighting_id = ?2
         ON CONFLICT DO NOTHING",
        stays.id,
        goes.id
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("moving names of items"))?;
    if goes.last_seen > stays.last_seen {
        let at = stamp(goes.last_seen);
        sqlx::query!(
            "UPDATE sighting SET last_seen = ?3, content_hash = ?4, headline = ?5,
                    content_since = (SELECT content_since FROM sighting g WHERE g.sighting_id = ?2)
             WHERE sighting_id = ?1",
            stays.id,
            goes.id,
            at,
            goes.content_hash,
            goes.headline
        )
        .execute(&mut *connection)
        .await
        .map_err(fail("joining sightings"))?;
    }
    sqlx::query!("DELETE FROM sighting WHERE sighting_id = ?1", goes.id)
        .execute(connection)
        .await
        .map(drop)
        .map_err(fail("joining sightings"))
}

/// What is left of an article whose parts have gone to another.
async fn drop_row(connection: &mut SqliteConnection, article: i64) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM article_fts WHERE rowid = ?1", article)
        .execute(&mut *connection)
        .await
        .map_err(fail("renewing the full-text index"))?;
    sqlx::query!("DELETE FROM article WHERE article_id = ?1", article)
        .execute(connection)
        .await
        .map(drop)
        .map_err(fail("dropping a merged article"))
}
