//! A part of an article becomes an article of its own: a version that was linked wrongly, a copy that is none, a translation that is another
//! release.

use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;

use super::admit::numbers;
use super::overrule::{OVERRULED, OverruleError, Overruled, Overruling, Part, begin, leads_to, remember};
use super::plan::NewVersion;
use super::recall::period;
use super::row::{json, stamp};
use super::settle::{Gone, fail, settle};
use super::whole::{Kept, Showing, Whole, keys, whole};
use super::write::insert_versions;
use super::{StoreError, uri};
use crate::article::{Draft, Verdict};
use crate::dedup::{Judgement, KeyKind, Reading};

/// Splits off what is named; of an article without more words the one thing that can be.
pub(super) async fn split(
    connection: &mut SqliteConnection,
    part: Part,
    now: DateTime<Utc>,
) -> Result<Overruled, OverruleError> {
    let mut transaction = begin(connection).await?;
    let done = match part {
        Part::Article(number) => match the_one_part(&mut transaction, number, now).await? {
            Only::Translation(number) => translation(&mut transaction, number, now).await?,
            Only::Version(article, version) => split_version(&mut transaction, article, version, now).await?,
            Only::Copy(sighting) => copy(&mut transaction, sighting, now).await?,
        },
        Part::Version { article, version } => split_version(&mut transaction, article, version, now).await?,
        Part::Sighting(sighting) => copy(&mut transaction, sighting, now).await?,
    };
    remember(&mut transaction, &done).await?;
    transaction.commit().await.map_err(fail("keeping a split"))?;
    Ok(done)
}

/// The article of that number, or why there is none.
async fn article(connection: &mut SqliteConnection, number: i64, now: DateTime<Utc>) -> Result<Whole, OverruleError> {
    if let Some(whole) = whole(connection, number, now).await? {
        return Ok(whole);
    }
    Err(match leads_to(connection, number).await? {
        Some(into) => OverruleError::Gone { number, into },
        None => OverruleError::NoArticle { number },
    })
}

/// The only thing of an article that can be split off.
#[derive(Debug, Clone, Copy)]
enum Only {
    Translation(i64),
    Version(i64, i64),
    Copy(i64),
}

impl Only {
    fn command(self, what: &str) -> String {
        let named = match self {
            Self::Translation(article) => article.to_string(),
            Self::Version(article, version) => format!("{article}.{version}"),
            Self::Copy(sighting) => format!("s{sighting}"),
        };
        format!("  dateline story split {named:<8} {what}")
    }
}

/// A translation leaves its story. The article that its story began with can give away a later version, a copy or a translation, where there is one
/// such thing alone.
async fn the_one_part(connection: &mut SqliteConnection, number: i64, now: DateTime<Utc>) -> Result<Only, OverruleError> {
    let whole = article(connection, number, now).await?;
    let others = others_of_story(connection, whole.story, number).await?;
    if others.first().is_some_and(|first| *first < number) {
        return Ok(Only::Translation(number));
    }
    let headline = |draft: &Draft| draft.headline.clone().unwrap_or_default();
    let later = whole.versions.iter().skip(1).map(|version| {
        let what = format!("version {}, {}: {}", version.number, version.draft.kind, headline(&version.draft));
        (Only::Version(number, version.number), what)
    });
    let copies = whole.showings.iter().filter(|showing| showing.is_copy()).map(|showing| {
        let what = format!("copy of {}: {}", showing.source, showing.headline.as_deref().unwrap_or_default());
        (Only::Copy(showing.id), what)
    });
    let translations = others.iter().map(|other| (Only::Translation(*other), format!("article {other}, a translation")));
    let parts: Vec<(Only, String)> = later.chain(copies).chain(translations).collect();
    match parts.as_slice() {
        [] => Err(OverruleError::Nothing { article: number }),
        [(only, _)] => Ok(*only),
        several => Err(OverruleError::Several {
            article: number,
            commands: several.iter().map(|(part, what)| part.command(what)).collect(),
        }),
    }
}

async fn others_of_story(connection: &mut SqliteConnection, story: i64, number: i64) -> Result<Vec<i64>, StoreError> {
    sqlx::query_scalar!(
        r#"SELECT article_id AS "article!: i64" FROM article WHERE story_id = ?1 AND article_id <> ?2 ORDER BY article_id"#,
        story,
        number
    )
    .fetch_all(connection)
    .await
    .map_err(fail("reading a story"))
}

/// A translation leaves its story; nothing else of it changes.
async fn translation(
    connection: &mut SqliteConnection,
    number: i64,
    now: DateTime<Utc>,
) -> Result<Overruled, OverruleError> {
    let whole = article(connection, number, now).await?;
    let others = others_of_story(connection, whole.story, number).await?;
    let Some(first) = others.first().copied() else { return Err(OverruleError::Nothing { article: number }) };
    let story = numbers(connection, std::iter::empty()).await?.story();
    let at = stamp(now);
    sqlx::query!("INSERT INTO story (story_id, created) VALUES (?1, ?2)", story, at)
        .execute(&mut *connection)
        .await
        .map_err(fail("writing a story"))?;
    sqlx::query!(
        "UPDATE article SET modified = ?4, story_id = CASE article_id WHEN ?2 THEN ?3 ELSE story_id END WHERE story_id = ?1",
        whole.story,
        number,
        story,
        at
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("leaving a story"))?;
    let said = whole.versions.first().map(Kept::said).unwrap_or_default();
    Ok(Overruled {
        at: now,
        what: Overruling::Split,
        article: number,
        other: first,
        version: None,
        sighting: None,
        uri: None,
        note: format!("article {number} left the story of article {first}; {said}"),
    })
}

/// A version and the items that show it become an article.
async fn split_version(
    connection: &mut SqliteConnection,
    number: i64,
    version: i64,
    now: DateTime<Utc>,
) -> Result<Overruled, OverruleError> {
    let whole = article(connection, number, now).await?;
    let Some(kept) = whole.version(version) else {
        let there: Vec<String> = whole.versions.iter().map(|version| version.number.to_string()).collect();
        return Err(OverruleError::NoVersion {
            article: number,
            version,
            there: there.join(", "),
        });
    };
    if whole.versions.len() == 1 {
        return Err(OverruleError::LastVersion { article: number, version });
    }
    let draft = whole.own_draft(kept);
    let new = new_article(connection, &whole, &draft, draft.received, now).await?;
    let why = format!("version {version} of article {number}, split off by hand");
    move_version(connection, (number, version), new, &draft, &why).await?;
    for showing in whole.showings.iter().filter(|showing| shows(showing, kept)) {
        move_showing(connection, &whole, showing, kept, new, &why).await?;
    }
    if !whole.showings.iter().any(|showing| shows(showing, kept)) {
        // The item went on to another version: it has been both.
        for showing in whole.showings.iter().filter(|showing| brought(showing, kept)) {
            twin(connection, showing, kept, new, &why).await?;
        }
    }
    settled(connection, number, new, now).await?;
    Ok(Overruled {
        at: now,
        what: Overruling::Split,
        article: number,
        other: new,
        version: Some(version),
        sighting: None,
        uri: None,
        note: format!("version {version} of article {number} became article {new}; {}", kept.said()),
    })
}

/// Did an item show this version, first or last?
fn shows(showing: &Showing, version: &Kept) -> bool {
    showing.version == Some(version.number) || showing.content_hash == version.content_hash
}

/// Is it the item that brought this version, whatever it showed first and last?
fn brought(showing: &Showing, version: &Kept) -> bool {
    let draft = &version.draft;
    showing.source == draft.source.as_str() && (showing.guid == draft.guid || showing.url == draft.url)
}

async fn move_version(
    connection: &mut SqliteConnection,
    (number, version): (i64, i64),
    new: i64,
    draft: &Draft,
    why: &str,
) -> Result<(), StoreError> {
    let (organisations, subjects) = (json(&draft.organisations), json(&draft.subjects));
    sqlx::query!(
        "UPDATE version SET article_id = ?3, version = 1, edition = 1, verdict = 'new', stage = ?4, reason = ?5, headline = ?6, wire = ?7,
                            issuer = ?8, organisations = ?9, subjects = ?10, language = ?11, url = ?12
         WHERE article_id = ?1 AND version = ?2",
        number,
        version,
        new,
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
    .execute(&mut *connection)
    .await
    .map_err(fail("moving a version"))?;
    sqlx::query!(
        "UPDATE news SET article_id = ?3, version = 1 WHERE article_id = ?1 AND version = ?2",
        number,
        version,
        new
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail("moving the words of a version"))
}

/// An item goes with the version that it shows. One that has shown another version as well stays with that one, and goes with this one too.
async fn move_showing(
    connection: &mut SqliteConnection,
    whole: &Whole,
    showing: &Showing,
    version: &Kept,
    new: i64,
    why: &str,
) -> Result<(), StoreError> {
    let others = || whole.versions.iter().filter(|other| other.number != version.number);
    let shown_now = others().find(|other| other.content_hash == showing.content_hash);
    let shown_first = others().find(|other| Some(other.number) == showing.version);
    let Some(stays) = shown_now.or(shown_first) else {
        let is_maker = showing.verdict != Verdict::Duplicate;
        return go(connection, showing, new, is_maker.then_some(why)).await;
    };
    twin(connection, showing, version, new, why).await?;
    let headline = stays.draft.headline.as_deref();
    sqlx::query!(
        "UPDATE sighting SET version = ?2, headline = ?3, content_hash = ?4 WHERE sighting_id = ?1",
        showing.id,
        stays.number,
        headline,
        stays.content_hash
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail("leaving a sighting"))
}

/// A sighting follows to the first version of an article; with `why` it is what brought it.
async fn go(connection: &mut SqliteConnection, showing: &Showing, new: i64, why: Option<&str>) -> Result<(), StoreError> {
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

/// The same item of the same source shows another article as well, under every name that it has.
async fn twin(
    connection: &mut SqliteConnection,
    showing: &Showing,
    version: &Kept,
    new: i64,
    why: &str,
) -> Result<(), StoreError> {
    let draft = &version.draft;
    let since = stamp(draft.received);
    let (guid, url, headline) = (draft.guid.as_deref(), draft.url.as_deref(), draft.headline.as_deref());
    let twin = sqlx::query_scalar!(
        r#"INSERT INTO sighting (article_id, version, source_id, item_key, guid, url, headline, verdict, stage, reason, content_hash,
                                 content_since, first_seen, last_seen, first_poll_id)
           SELECT ?2, 1, source_id, item_key, ?3, ?4, ?5, 'new', ?6, ?7, ?8, ?9, max(first_seen, ?9), max(last_seen, ?9), first_poll_id
           FROM sighting WHERE sighting_id = ?1
           RETURNING sighting_id AS "sighting!: i64""#,
        showing.id,
        new,
        guid,
        url,
        headline,
        OVERRULED,
        why,
        version.content_hash,
        since
    )
    .fetch_one(&mut *connection)
    .await
    .map_err(fail("writing a sighting"))?;
    sqlx::query!(
        "INSERT INTO item_name (source_id, name, sighting_id)
         SELECT source_id, name, ?2 FROM item_name WHERE sighting_id = ?1",
        showing.id,
        twin
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail("writing names of items"))
}

/// A copy becomes an article, of what it said itself.
async fn copy(connection: &mut SqliteConnection, sighting: i64, now: DateTime<Utc>) -> Result<Overruled, OverruleError> {
    let number = sqlx::query_scalar!(
        r#"SELECT article_id AS "article!: i64" FROM sighting WHERE sighting_id = ?1"#,
        sighting
    )
    .fetch_optional(&mut *connection)
    .await
    .map_err(fail("looking for a sighting"))?;
    let Some(number) = number else { return Err(OverruleError::NoSighting { sighting }) };
    let whole = article(connection, number, now).await?;
    let Some(showing) = whole.showings.iter().find(|showing| showing.id == sighting) else {
        return Err(OverruleError::NoSighting { sighting });
    };
    let draft = match (&showing.own, showing.verdict, showing.version) {
        (Some(own), Verdict::Duplicate, _) => own.clone(),
        (_, Verdict::Duplicate, _) | (_, _, None) => return Err(OverruleError::NotKept { sighting, article: number }),
        (_, _, Some(version)) => {
            return Err(OverruleError::NotACopy {
                sighting,
                article: number,
                version,
            });
        }
    };
    let new = new_article(connection, &whole, &draft, showing.first_seen, now).await?;
    let why = format!("sighting #{sighting} of article {number}, split off by hand");
    let reading = Reading::of(&draft);
    let version = NewVersion {
        article: new,
        version: 1,
        edition: 1,
        judgement: Judgement {
            verdict: Verdict::New,
            of: None,
            stage: OVERRULED,
            why: why.clone(),
            version: None,
            late: false,
            against: None,
        },
        content_hash: reading.content_hash.clone(),
        words: reading.news.stored(),
        draft: &draft,
    };
    insert_versions(connection, &draft.source, std::iter::once((&version, &draft))).await?;
    sqlx::query!(
        "INSERT INTO news (article_id, version, words) VALUES (?1, 1, ?2)",
        new,
        version.words
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("writing the words of a version"))?;
    go(connection, showing, new, Some(&why)).await?;
    settled(connection, number, new, now).await?;
    Ok(Overruled {
        at: now,
        what: Overruling::Split,
        article: number,
        other: new,
        version: None,
        sighting: Some(sighting),
        uri: None,
        note: format!("sighting #{sighting} of article {number} became article {new}; {}", showing.said()),
    })
}

/// The row of a new article in a story of its own; what was merged before gets back the number and the id that it had.
async fn new_article(
    connection: &mut SqliteConnection,
    whole: &Whole,
    draft: &Draft,
    received: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    let readings = [Reading::of(draft), Reading::of_shared_page(draft)];
    let candidates: Vec<String> = readings.iter().flat_map(uri::candidates).collect();
    let mut numbers = numbers(connection, candidates.iter().cloned()).await?;
    let (number, uri) = match former(connection, whole.number, &candidates).await? {
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
async fn settled(connection: &mut SqliteConnection, number: i64, new: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
    let Some(part) = settle(connection, new, &Gone::default(), now).await? else { return Ok(()) };
    let own = part.newest().map(|newest| keys(&newest.draft)).unwrap_or_default();
    for key in part.keys() {
        // Whether a page shows its release alone only the document told, and copies bring no more than names them: as the old article had it.
        let (kind, is_own) = (key.kind.as_str(), key.kind != KeyKind::Url && own.contains(&key));
        sqlx::query!(
            "INSERT INTO key (kind, value, article_id)
             SELECT ?1, ?2, ?4
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
    let (period, shingles) = (period(part.first_received), json(&part.shingles()));
    sqlx::query!(
        "INSERT INTO shingle (period, hash, article_id) SELECT ?1, own.value, ?2 FROM json_each(?3) AS own WHERE true ON CONFLICT DO NOTHING",
        period,
        new,
        shingles
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("writing shingles"))?;
    settle(connection, number, &Gone::with(&part), now).await?;
    Ok(())
}
