//! Two articles are one release: the later one becomes a copy of the first, or versions of it; of two languages, a translation.

use chrono::{DateTime, Utc};
use sqlx::{Connection, SqliteConnection};

use super::StoreError;
use super::append::{arrive, as_versions, is_notice, same_item};
use super::complete::is_of_page;
use super::error::fail;
use super::overrule::{Came, Merged, OverruleError, Overruled, Overruling, begin, leads_to, remember};
use super::plan::Copy;
use super::postings::{Postings, post};
use super::row::{json, stamp};
use super::settle::{Gone, settle};
use super::whole::{Kept, Showing, Whole, whole};
use super::write::{keep_copy, unindex};
use crate::article::{ArticleId, Draft, Kind, SourceId, Verdict};
use crate::dedup::{Judgement, language_key};

/// Merges two articles, whichever is named first.
pub(super) async fn merge(
    connection: &mut SqliteConnection,
    postings: &Postings,
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
    let both = [
        there(&mut transaction, pair.0, now).await?,
        there(&mut transaction, pair.1, now).await?,
    ];
    let [first, second] = in_order(both);
    if let Some((a, b)) = languages(&first, &second).filter(|_| first.story == second.story) {
        return Ok(Merged::Already(format!(
            "articles {} ({a}) and {} ({b}) are translations of one story already",
            first.number, second.number
        )));
    }
    let done = unite(&mut transaction, postings, &first, &second, ("by hand", false), now).await?;
    transaction.commit().await.map_err(fail("keeping a merge"))?;
    Ok(Merged::Done(done))
}

/// Merges two articles by the word of the judge, in a transaction that has begun; gives the one that stays. `None` where it cannot be done: then
/// nothing is.
pub(super) async fn join(
    connection: &mut SqliteConnection,
    postings: &Postings,
    judgement: &Judgement,
    one: i64,
    now: DateTime<Utc>,
) -> Result<Option<i64>, StoreError> {
    let Some(other) = judgement.of else { return Ok(None) };
    let told = match judgement.verdict {
        Verdict::Duplicate | Verdict::Correction | Verdict::Withdrawal => Some(false),
        Verdict::Variant => Some(true),
        Verdict::New | Verdict::Seen | Verdict::Revised => None,
    };
    let Some(as_translation) = told else { return Ok(None) };
    if were_split(connection, one, other).await? {
        return Ok(None);
    }
    let (Some(one), Some(other)) = (whole(connection, one, now).await?, whole(connection, other, now).await?) else {
        return Ok(None);
    };
    let [first, second] = in_order([one, other]);
    let are_translations = languages(&first, &second).is_some();
    if are_translations != as_translation || (are_translations && first.story == second.story) {
        return Ok(None);
    }
    let by = format!(
        "with the whole text of its page (stage {}: {})",
        judgement.stage, judgement.why
    );
    // What cannot be merged stays as it is.
    let mut attempt = connection.begin().await.map_err(fail("merging two articles"))?;
    let is_notice = judgement.verdict != Verdict::Duplicate;
    match unite(&mut attempt, postings, &first, &second, (&by, is_notice), now).await {
        Ok(done) => {
            attempt.commit().await.map_err(fail("merging two articles"))?;
            Ok(Some(done.article))
        }
        Err(error) => {
            attempt.rollback().await.map_err(fail("merging two articles"))?;
            error.of_store().map_or(Ok(None), Err)
        }
    }
}

/// Did a person say that these two are not one?
async fn were_split(connection: &mut SqliteConnection, one: i64, other: i64) -> Result<bool, StoreError> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM overruled WHERE what = 'split'
             AND ((article_id = ?1 AND other_article_id = ?2) OR (article_id = ?2 AND other_article_id = ?1))) AS "split!: bool""#,
        one,
        other
    )
    .fetch_one(connection)
    .await
    .map_err(fail("looking for what was overruled"))
}

/// Was one of them a version of the other, until a person split it off? Then it is one again, whatever its text is to the other's.
async fn was_version(connection: &mut SqliteConnection, one: i64, other: i64) -> Result<bool, StoreError> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM overruled WHERE what = 'split' AND version IS NOT NULL
             AND ((article_id = ?1 AND other_article_id = ?2) OR (article_id = ?2 AND other_article_id = ?1))) AS "version!: bool""#,
        one,
        other
    )
    .fetch_one(connection)
    .await
    .map_err(fail("looking for what was overruled"))
}

/// The one that was first received stays.
fn in_order(mut both: [Whole; 2]) -> [Whole; 2] {
    both.sort_by_key(|whole| (whole.first_received, whole.number));
    both
}

/// Of two articles makes one, or translations of one story, and remembers it. `by`: whose word that is, and whether one is a notice of the other.
async fn unite(
    connection: &mut SqliteConnection,
    postings: &Postings,
    first: &Whole,
    second: &Whole,
    by: (&str, bool),
    now: DateTime<Utc>,
) -> Result<Overruled, OverruleError> {
    postings.settle(connection).await?;
    let came = came_with(connection, first, second).await?;
    let done = match languages(first, second) {
        Some(languages) => translations(connection, first, second, languages, now).await?,
        None => one_article(connection, first, second, by, now).await?,
    };
    post(connection, &[done.article, done.other]).await?;
    remember(connection, &done, came.as_ref().filter(|_| done.uri.is_some())).await?;
    Ok(done)
}

/// What comes with the second article; `None` where an item showed both, and has one sighting from now on.
async fn came_with(
    connection: &mut SqliteConnection,
    first: &Whole,
    second: &Whole,
) -> Result<Option<Came>, StoreError> {
    let mut showings = second.showings.iter();
    if showings.any(|showing| same_item(first, showing).is_some()) {
        return Ok(None);
    }
    let outputs = sqlx::query_scalar!(
        r#"SELECT m.output_no AS "output!: i64" FROM member m
           WHERE m.article_id = ?2 AND NOT EXISTS (SELECT 1 FROM member f WHERE f.article_id = ?1 AND f.output_no = m.output_no)"#,
        first.number,
        second.number
    )
    .fetch_all(&mut *connection)
    .await
    .map_err(fail("reading who carries an article"))?;
    let translations = if first.story == second.story {
        Vec::new()
    } else {
        others_of_story(connection, second.story, second.number).await?
    };
    Ok(Some(Came {
        sightings: second
            .showings
            .iter()
            .map(|showing| (showing.id, showing.first_seen))
            .collect(),
        translations,
        outputs,
    }))
}

async fn lead(connection: &mut SqliteConnection, number: i64) -> Result<i64, OverruleError> {
    leads_to(connection, number)
        .await?
        .ok_or(OverruleError::NoArticle { number })
}

async fn there(connection: &mut SqliteConnection, number: i64, now: DateTime<Utc>) -> Result<Whole, OverruleError> {
    whole(connection, number, now)
        .await?
        .ok_or(OverruleError::NoArticle { number })
}

/// Their languages, where both are known and differ.
fn languages<'w>(first: &'w Whole, second: &'w Whole) -> Option<(&'w str, &'w str)> {
    let language = |whole: &'w Whole| whole.newest().and_then(|newest| newest.draft.language.as_deref());
    language(first)
        .zip(language(second))
        .filter(|(a, b)| language_key(a) != language_key(b))
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
    let others = others_of_story(connection, first.story, first.number).await?;
    let others = others.iter().filter(|other| **other != second.number);
    let others: Vec<String> = others.map(|other| format!("article {other}")).collect();
    let along = match others.as_slice() {
        [] => String::new(),
        others => format!("; of their story is {} as well", others.join(", ")),
    };
    Ok(Overruled {
        at: now,
        what: Overruling::Merge,
        article: first.number,
        other: second.number,
        version: None,
        sighting: None,
        uri: None,
        note: format!(
            "article {} ({b}) is a translation of article {} ({a}){along}",
            second.number, first.number
        ),
    })
}

/// The other articles of a story.
pub(super) async fn others_of_story(
    connection: &mut SqliteConnection,
    story: i64,
    number: i64,
) -> Result<Vec<i64>, StoreError> {
    sqlx::query_scalar!(
        r#"SELECT article_id AS "article!: i64" FROM article WHERE story_id = ?1 AND article_id <> ?2 ORDER BY article_id"#,
        story,
        number
    )
    .fetch_all(connection)
    .await
    .map_err(fail("reading a story"))
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
    // The newest stays, though empty: no number is given twice.
    sqlx::query!(
        "DELETE FROM story WHERE story_id = ?1 AND story_id < (SELECT max(story_id) FROM story)",
        second.story
    )
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
    (by, is_notice): (&str, bool),
    now: DateTime<Utc>,
) -> Result<Overruled, OverruleError> {
    one_story(connection, first, second, now).await?;
    follow(connection, first, second).await?;
    let why = format!("article {} merged into article {} {by}", second.number, first.number);
    let own: Vec<&Kept> = second.own_versions().collect();
    let was_version = was_version(connection, first.number, second.number).await?;
    let what = match own.as_slice() {
        // With the text of its page, if that was read.
        [only] if !is_notice && !was_version && is_ordinary(first, second) => {
            let fuller = second.versions.iter().rev().find(|version| is_of_page(version));
            as_copy(connection, first, second, fuller.unwrap_or(only), &why).await?
        }
        _ => as_versions(connection, first, second, &why).await?,
    };
    carry_on(connection, first.number, second.number).await?;
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
        note: format!(
            "article {} became {what} of article {} {by}; {said}",
            second.number, first.number
        ),
    })
}

/// A copy: no notice, nor the release that a notice came before, nor another showing of one and the same item. An item that brought it must
/// be there, to keep with it what it said.
fn is_ordinary(first: &Whole, second: &Whole) -> bool {
    let notices = |whole: &Whole| whole.versions.iter().all(|version| is_notice(version.draft.kind));
    let one_item = second
        .showings
        .iter()
        .any(|showing| same_item(first, showing).is_some());
    let has_maker = second
        .showings
        .iter()
        .any(|showing| showing.verdict != Verdict::Duplicate);
    !notices(first) && !notices(second) && !one_item && has_maker
}

/// The outputs that carried the second article carry the first.
async fn carry_on(connection: &mut SqliteConnection, first: i64, second: i64) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE OR IGNORE member SET article_id = ?1 WHERE article_id = ?2",
        first,
        second
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail("carrying on outputs"))
}

/// Keys and the postings of words go with the article; those of keys and names are made anew.
async fn follow(connection: &mut SqliteConnection, first: &Whole, second: &Whole) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE OR IGNORE key SET article_id = ?1 WHERE article_id = ?2",
        first.number,
        second.number
    )
    .execute(&mut *connection)
    .await
    .map_err(fail("moving keys"))?;
    let shingles = json(&second.shingles());
    sqlx::query!(
        "UPDATE OR REPLACE posting SET article_id = ?1 WHERE (hash, article_id) IN (SELECT own.value, ?2 FROM json_each(?3) AS own)",
        first.number,
        second.number,
        shingles
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
    why: &str,
) -> Result<String, OverruleError> {
    let shown = first
        .versions
        .iter()
        .rev()
        .find(|version| version.draft.kind != Kind::Retraction);
    let Some(shown) = shown.or(first.newest()) else {
        return Err(OverruleError::NoArticle { number: first.number });
    };
    for showing in &second.showings {
        let is_maker = showing.verdict != Verdict::Duplicate;
        let own = if is_maker {
            Some(as_shown(&only.draft, showing))
        } else {
            showing.own.clone()
        };
        if let Some(own) = own {
            let is_known = has_body_of(&own, &shown.draft);
            let copy = if is_known { Copy::WithoutText } else { Copy::Whole };
            keep_copy(connection, showing.id, &own, copy).await?;
        }
        let said = is_maker.then_some((Verdict::Duplicate, why));
        arrive(connection, first.number, showing, Some(shown.number), said).await?;
    }
    Ok(format!("a copy of version {}", shown.number))
}

/// Word for word, passages and markup included.
fn has_body_of(own: &Draft, draft: &Draft) -> bool {
    own.body_text == draft.body_text && own.body_html == draft.body_html && own.sections == draft.sections
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

/// What is left of an article whose parts have gone to another.
async fn drop_row(connection: &mut SqliteConnection, article: i64) -> Result<(), StoreError> {
    unindex(connection, std::iter::once(&article)).await?;
    sqlx::query!("DELETE FROM article WHERE article_id = ?1", article)
        .execute(connection)
        .await
        .map(drop)
        .map_err(fail("dropping a merged article"))
}
