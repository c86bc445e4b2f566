//! A part of an article becomes an article of its own: a version that was linked wrongly, a copy that is none, a translation that is
//! another release.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;

use super::StoreError;
use super::admit::numbers;
use super::append::dressed;
use super::complete::is_of_page;
use super::error::fail;
use super::leave::Leaving;
use super::merge::others_of_story;
use super::overrule::{
    Came, OVERRULED, OverruleError, Overruled, Overruling, Part, Past, begin, came_to, leads_to, merged_last, remember,
};
use super::part::{Place, move_showing, move_version, new_article, rewrite, settled, shows, twin};
use super::postings::{Postings, post};
use super::row::{json, stamp};
use super::whole::{Kept, Showing, Whole, whole};
use crate::article::{Draft, Verdict};

/// Splits off what is named; of an article without more words the one thing that can be.
pub(super) async fn split(
    connection: &mut SqliteConnection,
    postings: &Postings,
    part: Part,
    now: DateTime<Utc>,
) -> Result<Overruled, OverruleError> {
    let mut transaction = begin(connection).await?;
    postings.settle(&mut transaction).await?;
    let done = match part {
        Part::Article(number) => match article(&mut transaction, number, now).await {
            Err(OverruleError::Gone { number, into }) => merged(&mut transaction, number, into, now).await?,
            there => match the_one_part(&mut transaction, &there?).await? {
                Only::Translation(number) => translation(&mut transaction, number, now).await?,
                Only::Version(article, version) => split_version(&mut transaction, article, version, now).await?,
                Only::Copy(sighting) => copy(&mut transaction, sighting, now).await?,
            },
        },
        Part::Version { article, version } => split_version(&mut transaction, article, version, now).await?,
        Part::Sighting(sighting) => copy(&mut transaction, sighting, now).await?,
    };
    post(&mut transaction, &[done.article, done.other]).await?;
    remember(&mut transaction, &done, None).await?;
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

/// A translation leaves its story. The article that its story began with can give away a later version, a copy or a translation, where
/// there is one such thing alone.
async fn the_one_part(connection: &mut SqliteConnection, whole: &Whole) -> Result<Only, OverruleError> {
    let number = whole.number;
    let others = others_of_story(connection, whole.story, number).await?;
    if others.first().is_some_and(|first| *first < number) {
        return Ok(Only::Translation(number));
    }
    let headline = |draft: &Draft| draft.headline.clone().unwrap_or_default();
    let later = whole.own_versions().skip(1).map(|version| {
        let what = format!(
            "version {}, {}: {}",
            version.number,
            version.draft.kind,
            headline(&version.draft)
        );
        (Only::Version(number, version.number), what)
    });
    let copies = whole
        .showings
        .iter()
        .filter(|showing| showing.is_copy())
        .map(|showing| {
            let what = format!(
                "copy of {}: {}",
                showing.source,
                showing.headline.as_deref().unwrap_or_default()
            );
            (Only::Copy(showing.id), what)
        });
    let translations = others
        .iter()
        .map(|other| (Only::Translation(*other), format!("article {other}, a translation")));
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

/// A translation leaves its story; nothing else of it changes.
async fn translation(
    connection: &mut SqliteConnection,
    number: i64,
    now: DateTime<Utc>,
) -> Result<Overruled, OverruleError> {
    let whole = article(connection, number, now).await?;
    let others = others_of_story(connection, whole.story, number).await?;
    let Some(first) = others.first().copied() else {
        return Err(OverruleError::Nothing { article: number });
    };
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
        let there: Vec<String> = whole
            .versions
            .iter()
            .map(|version| version.number.to_string())
            .collect();
        return Err(OverruleError::NoVersion {
            article: number,
            version,
            there: there.join(", "),
        });
    };
    if let Some(lender) = whole.lender(kept) {
        return copy(connection, lender.id, now).await;
    }
    if is_of_page(kept) {
        return Err(OverruleError::PageText {
            article: number,
            version,
        });
    }
    if let Some(lender) = kept.text_source.clone() {
        return Err(OverruleError::PastLoan {
            article: number,
            version,
            lender,
        });
    }
    if whole.own_versions().count() == 1 {
        return Err(OverruleError::LastVersion {
            article: number,
            version,
        });
    }
    let draft = dressed(None, &whole.own_draft(kept), Verdict::New);
    let new = new_article(connection, &whole, &draft, None, draft.received, now).await?;
    let why = format!("version {version} of article {number}, split off by hand");
    move_version(connection, (number, version), (new, 1), 1, now).await?;
    rewrite(connection, (new, 1), Verdict::New, (OVERRULED, &why), &draft).await?;
    let mut has_maker = false;
    for showing in whole.showings.iter().filter(|showing| shows(showing, kept)) {
        has_maker |= move_showing(connection, &whole, showing, kept, new, &why).await?;
    }
    if !has_maker {
        // The item went on to another version: it has been both.
        let stay = whole.showings.iter().filter(|showing| !shows(showing, kept));
        for showing in stay.filter(|showing| whole.is_maker(showing, kept)) {
            twin(connection, showing, kept, Place::first_of(new, &why), showing.last_seen).await?;
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
        note: format!(
            "version {version} of article {number} became article {new}; {}",
            kept.said()
        ),
    })
}

/// A copy becomes an article, of what it said itself.
async fn copy(
    connection: &mut SqliteConnection,
    sighting: i64,
    now: DateTime<Utc>,
) -> Result<Overruled, OverruleError> {
    let number = sqlx::query_scalar!(
        r#"SELECT article_id AS "article!: i64" FROM sighting WHERE sighting_id = ?1"#,
        sighting
    )
    .fetch_optional(&mut *connection)
    .await
    .map_err(fail("looking for a sighting"))?;
    let Some(number) = number else {
        return Err(OverruleError::NoSighting { sighting });
    };
    let whole = article(connection, number, now).await?;
    let Some(showing) = whole.showings.iter().find(|showing| showing.id == sighting) else {
        return Err(OverruleError::NoSighting { sighting });
    };
    match (showing.is_copy(), showing.verdict, showing.version) {
        (true, _, _) => {}
        (_, Verdict::Duplicate, _) | (_, _, None) => {
            return Err(OverruleError::NotKept {
                sighting,
                article: number,
            });
        }
        (_, _, Some(version)) if whole.own_versions().count() == 1 => {
            return Err(OverruleError::LastVersion {
                article: number,
                version,
            });
        }
        (_, _, Some(version)) => {
            return Err(OverruleError::NotACopy {
                sighting,
                article: number,
                version,
            });
        }
    }
    let why = format!("sighting #{sighting} of article {number}, split off by hand");
    let leaving = Leaving::of(&whole, &BTreeSet::from([sighting]), &came_to(connection, number).await?);
    let new = leaving.become_article(connection, None, &why, now).await?;
    Ok(Overruled {
        at: now,
        what: Overruling::Split,
        article: number,
        other: new,
        version: None,
        sighting: Some(sighting),
        uri: None,
        note: format!(
            "sighting #{sighting} of article {number} became article {new}; {}",
            showing.said()
        ),
    })
}

/// The translations that came with an article go with it, as far as they are still there, and outputs that had carried it alone do so again.
async fn take_back(
    connection: &mut SqliteConnection,
    (from, story): (i64, i64),
    new: i64,
    came: &Came,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (at, translations, outputs) = (stamp(now), json(&came.translations), json(&came.outputs));
    sqlx::query!(
        "UPDATE article SET modified = ?4, story_id = (SELECT own.story_id FROM article own WHERE own.article_id = ?1)
         WHERE story_id = ?2 AND article_id IN (SELECT value FROM json_each(?3))",
        new,
        story,
        translations,
        at
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("leaving a story"))?;
    sqlx::query!(
        "UPDATE OR IGNORE member SET article_id = ?1 WHERE article_id = ?2 AND output_no IN (SELECT value FROM json_each(?3))",
        new,
        from,
        outputs
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail("carrying on outputs"))
}

/// What was merged is an article again, under its number and id: all that came with it leaves, and what its items have brought since.
async fn merged(
    connection: &mut SqliteConnection,
    number: i64,
    into: i64,
    now: DateTime<Utc>,
) -> Result<Overruled, OverruleError> {
    let nothing_left = OverruleError::NothingLeft { number, into };
    let Some(Past { uri, note, came }) = merged_last(connection, number).await? else {
        return Err(nothing_left);
    };
    let whole = article(connection, into, now).await?;
    let is_left = |showing: &&Showing| came.sightings.get(&showing.id) == Some(&showing.first_seen);
    let items: BTreeSet<i64> = whole
        .showings
        .iter()
        .filter(is_left)
        .map(|showing| showing.id)
        .collect();
    if items.is_empty() {
        return Err(nothing_left);
    }
    let why = format!("article {number}, parted by hand from article {into}, into which it had been merged");
    let leaving = Leaving::of(&whole, &items, &came_to(connection, into).await?);
    let new = leaving
        .become_article(connection, Some((number, uri)), &why, now)
        .await?;
    take_back(connection, (whole.number, whole.story), new, &came, now).await?;
    Ok(Overruled {
        at: now,
        what: Overruling::Split,
        article: into,
        other: new,
        version: None,
        sighting: None,
        uri: None,
        note: format!("article {new} left article {into} again; what had been done: {note}"),
    })
}
