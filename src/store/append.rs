//! Versions of one article become versions of another, in the order of receipt, and its sightings show them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;

use super::StoreError;
use super::error::fail;
use super::full_text::move_page;
use super::overrule::{OVERRULED, OverruleError};
use super::part::{keep_whole, rewrite};
use super::plan::{Copy, lent_headline};
use super::row::{json, stamp};
use super::whole::{Kept, Showing, Whole};
use super::write::{keep_copy, withdrawn};
use crate::article::{Draft, Kind, Verdict};

/// A release that takes the place of another, or takes it away.
pub(super) const fn is_notice(kind: Kind) -> bool {
    match kind {
        Kind::Correction | Kind::Replacement | Kind::Update | Kind::Retraction => true,
        Kind::Release | Kind::Addition | Kind::Repeat | Kind::Clarification | Kind::Advisory | Kind::Reminder => false,
    }
}

/// The sighting of an article by the item of another one.
pub(super) fn same_item<'w>(article: &'w Whole, showing: &Showing) -> Option<&'w Showing> {
    let mut showings = article.showings.iter();
    showings.find(|own| own.source == showing.source && own.item_key == showing.item_key)
}

/// A sighting comes to an article, at one of its versions. `said`: what is said of it from now on.
pub(super) async fn arrive(
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

/// By the time of receipt; a release that came after its notice stands before it. The first article keeps its numbers where nothing
/// comes between.
fn order(first: &Whole, second: &Whole) -> Order {
    let notices = first.versions.iter().all(|version| is_notice(version.draft.kind));
    let late = notices && second.versions.iter().any(|version| !is_notice(version.draft.kind));
    let mut sequence: Vec<(Option<DateTime<Utc>>, bool, i64)> = Vec::new();
    for (whole, is_second) in [(first, false), (second, true)] {
        for version in &whole.versions {
            let before_all = version.number < 1 || (late && is_second);
            let received = (!before_all).then_some(of_own(whole, version).draft.received);
            sequence.push((received, is_second, version.number));
        }
    }
    // The order within each article stays: its versions were received one after another.
    sequence
        .sort_by_key(|(received, is_second, number)| (*received, if late { !is_second } else { *is_second }, *number));
    let added = i64::try_from(second.versions.len()).unwrap_or_default();
    let own = || first.versions.iter().map(|version| version.number);
    let edge = if late {
        own().min().unwrap_or(1) - added
    } else {
        own().max().unwrap_or(0) + 1
    };
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
pub(super) async fn as_versions(
    connection: &mut SqliteConnection,
    first: &Whole,
    second: &Whole,
    why: &str,
) -> Result<String, OverruleError> {
    let order = order(first, second);
    for showing in &second.showings {
        if let Some(twin) = same_item(first, showing) {
            one_item(connection, twin, showing).await?;
        }
    }
    renumber(connection, first.number, first.number, &order.first).await?;
    renumber(connection, second.number, first.number, &order.second).await?;
    arrived(connection, first.number).await?;
    for (old, new) in &order.second {
        move_page(connection, (second.number, *old), (first.number, *new), None).await?;
    }

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
            let verdict = verdict(version, before.as_ref());
            let draft = dressed(before.as_ref(), own, verdict);
            rewrite(connection, (first.number, *place), verdict, (OVERRULED, why), &draft).await?;
            for showing in second
                .showings
                .iter()
                .filter(|showing| same_item(first, showing).is_none())
            {
                if showing.version == Some(version.number) {
                    let said = (showing.verdict != Verdict::Duplicate).then_some((verdict, why));
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
    for showing in second
        .showings
        .iter()
        .filter(|showing| showing.version.is_none() && same_item(first, showing).is_none())
    {
        arrive(connection, first.number, showing, None, None).await?;
    }
    let places: Vec<String> = order.second.values().map(i64::to_string).collect();
    Ok(match places.as_slice() {
        [one] => format!("version {one}"),
        several => format!("versions {}", several.join(", ")),
    })
}

/// Versions stand in the order of receipt, but that what comes after a notice of itself stands before it. Where the notices have left, that is no
/// reason any more.
pub(super) async fn in_order(connection: &mut SqliteConnection, whole: &Whole) -> Result<(), StoreError> {
    if whole.versions.iter().any(|version| is_notice(version.draft.kind)) {
        return Ok(());
    }
    let mut sequence: Vec<(DateTime<Utc>, i64)> = whole
        .versions
        .iter()
        .map(|version| (of_own(whole, version).draft.received, version.number))
        .collect();
    if sequence.is_sorted() {
        return Ok(());
    }
    sequence.sort_unstable();
    let numbers = whole.versions.iter().map(|version| version.number);
    let places = sequence.iter().map(|(_, number)| *number).zip(numbers).collect();
    renumber(connection, whole.number, whole.number, &places).await?;
    arrived(connection, whole.number).await
}

/// The version whose text it shows, where that came from elsewhere.
fn of_own<'w>(whole: &'w Whole, version: &'w Kept) -> &'w Kept {
    let own = whole.own_versions().rfind(|own| own.number <= version.number);
    own.unwrap_or(version)
}

/// What a version says at its new place: a withdrawal stands under the headline and names of what it withdraws, and a notice that names a company
/// alone under the headline of its release.
pub(super) fn dressed(before: Option<&Draft>, own: &Draft, verdict: Verdict) -> Draft {
    if let Some(target) = before.filter(|_| verdict == Verdict::Withdrawal) {
        return withdrawn(target, own);
    }
    let lent = lent_headline(own, before.and_then(|before| before.headline.as_deref()));
    Draft {
        headline: lent.map(str::to_owned).or_else(|| own.headline.clone()),
        ..own.clone()
    }
}

/// What a version is called that comes from another article. One that was announced by itself is now said of what stands before it.
fn verdict(version: &Kept, before: Option<&Draft>) -> Verdict {
    match (version.verdict, version.draft.kind) {
        (Verdict::Withdrawal, _) => Verdict::Withdrawal,
        (_, Kind::Retraction) if before.is_some() => Verdict::Withdrawal,
        (_, kind) if before.is_some() && is_notice(kind) => Verdict::Correction,
        (Verdict::Correction, _) => Verdict::Correction,
        (Verdict::New | Verdict::Seen | Verdict::Revised | Verdict::Duplicate | Verdict::Variant, _) => {
            Verdict::Revised
        }
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

/// What of one item orders its sightings by time. Bringing an article up to date may put `content_since` before the item was there.
fn shown_last(showing: &Showing) -> (DateTime<Utc>, DateTime<Utc>) {
    (showing.last_seen, showing.content_since.max(showing.first_seen))
}

/// One item showed both articles: one sighting, under all names, of what it showed last, with what either said as a copy.
async fn one_item(connection: &mut SqliteConnection, stays: &Showing, goes: &Showing) -> Result<(), OverruleError> {
    if goes.own.is_some() {
        if stays.own.is_some() || stays.verdict == Verdict::Withdrawal {
            return Err(OverruleError::TwoCopies {
                one: stays.id,
                other: goes.id,
            });
        }
        keep_whole(connection, goes).await?;
        sqlx::query!(
            "UPDATE copy SET sighting_id = ?1 WHERE sighting_id = ?2",
            stays.id,
            goes.id
        )
        .execute(&mut *connection)
        .await
        .map_err(fail("moving what a copy said"))?;
    }
    sqlx::query!(
        "INSERT INTO item_name (sighting_id, name) SELECT ?1, name FROM item_name WHERE sighting_id = ?2
         ON CONFLICT DO NOTHING",
        stays.id,
        goes.id
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("moving names of items"))?;
    if shown_last(goes) > shown_last(stays) {
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
    sqlx::query!(
        "UPDATE sighting SET published = (SELECT min(g.published) FROM sighting g WHERE g.sighting_id IN (?1, ?2)) WHERE sighting_id = ?1",
        stays.id,
        goes.id
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("joining sightings"))?;
    sqlx::query!("DELETE FROM sighting WHERE sighting_id = ?1", goes.id)
        .execute(connection)
        .await
        .map_err(fail("joining sightings"))?;
    Ok(())
}
