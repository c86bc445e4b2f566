//! The text of an article's own page stands in the place of the teaser that its feed brought: a version of the same edition, with its own mark
//! and without a sighting, and all that was decided of the release is decided again on it.
//!
//! A page is believed to be that of the release only where it holds what the feed shows of it.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::SqliteConnection;

use super::StoreError;
use super::borrow::{united, with_text_of};
use super::error::fail;
use super::full_text::WantedPage;
use super::ledger::Arrival;
use super::merge::join;
use super::output::{Rules, follow};
use super::plan::{Fuller, NewVersion, Plan, Standing};
use super::postings::Postings;
use super::recall::{oldest_day, recall};
use super::row::day;
use super::whole::{Kept, Whole, whole};
use super::write::{self, AtHand};
use crate::article::{Draft, PageClass, PubStatus, SourceId, Verdict};
use crate::dedup::{Judgement, KeyKind, PageText, Reading, Recall, contradict, judge_reading, may_replace, page_text};
use crate::text::letters;

/// `text_source` of such a version: no source can be called so.
pub(super) const OF_PAGE: &str = "@page";

/// Name of the stage of such a version.
pub(super) const STAGE: &str = "page";

/// What became of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completed {
    /// There was no text to judge: as its answer says.
    Kept(PageClass),
    /// The article shows it.
    Filled {
        /// In this version.
        version: i64,
        /// For a person.
        why: String,
        /// With it the release turned out to be one that was known: the article that shows it now.
        merged: Option<i64>,
    },
    /// It says no more than the article shows.
    NoMore,
    /// It is not the page of the release.
    Unlike,
    /// It asks not to be shown before.
    Embargoed(DateTime<Utc>),
    /// The article shows another version by now, or is gone.
    Outdated,
}

impl Completed {
    /// In a word; `answered` is that of the answer.
    #[must_use]
    pub const fn class(&self, answered: PageClass) -> PageClass {
        match self {
            Self::Kept(class) => *class,
            Self::Filled { .. } => PageClass::Text,
            Self::NoMore => PageClass::NoMore,
            Self::Unlike => PageClass::Unlike,
            Self::Embargoed(_) => PageClass::Embargoed,
            Self::Outdated => answered,
        }
    }

    /// For a person; `answered` is what the answer says.
    #[must_use]
    pub fn reason<'a>(&'a self, answered: &'a str) -> &'a str {
        match self {
            Self::Kept(_) => answered,
            Self::Filled { why, .. } => why,
            Self::NoMore => "the page says no more than the feed",
            Self::Unlike => "the page does not hold what the feed shows of the release",
            Self::Embargoed(_) => "the page is under an embargo",
            Self::Outdated => "the article shows another version",
        }
    }
}

/// Shows the text of a page where it is that of the release and says more; and what postings are to be told.
pub(super) async fn complete(
    connection: &mut SqliteConnection,
    postings: &Postings,
    rules: &Rules,
    page: &WantedPage,
    brought: &Draft,
    window: TimeDelta,
    now: DateTime<Utc>,
) -> Result<(Completed, Option<u64>), StoreError> {
    let Some(article) = whole(connection, page.article, now).await? else {
        return Ok((Completed::Outdated, None));
    };
    let Some((own, shown)) = waits(&article, page.version) else {
        return Ok((Completed::Outdated, None));
    };
    let said = Reading::of(brought);
    let beneath = if is_of_page(shown) { own } else { shown };
    let kept = Reading::of(&beneath.draft);
    let (text, teaser) = ((&said.headline, &said.news), (&kept.headline, &kept.news));
    let is_shown = shown.draft.body_text == brought.body_text;
    match page_text(text, teaser, opens(&brought.body_text, &beneath.draft.body_text)) {
        PageText::Unlike => return Ok((Completed::Unlike, None)),
        PageText::NoMore => return Ok((Completed::NoMore, None)),
        // What was open does not close.
        PageText::More if is_shown || !brought.rights.allows(beneath.draft.rights) => {
            return Ok((Completed::NoMore, None));
        }
        PageText::More => {}
    }
    // What takes a correction up says so; and a page that still shows what another edition said is one that a cache kept.
    let is_of_another = article
        .versions
        .iter()
        .any(|version| version.edition != own.edition && version.draft.body_text == brought.body_text);
    if is_of_another || !may_replace(brought.kind, own.draft.kind) {
        return Ok((Completed::Unlike, None));
    }
    if let (PubStatus::Withheld, Some(until)) = (brought.pubstatus, brought.embargoed) {
        return Ok((Completed::Embargoed(until), None));
    }

    let draft = completed(&own.draft, brought, now);
    let version = article.versions.last().map_or(1, |newest| newest.number + 1);
    let reading = Reading::of(&draft);
    let others = others(connection, postings, page, &reading, window, now).await?;
    let why = format!("full text from {}", page.url);
    let plan = plan(&article, own, beneath, &draft, &reading, version, &why);
    let new = plan.postings(page.source.as_str());
    let posted = postings.add(connection, new, day(now), oldest_day(now, window)).await?;
    let at_hand = write::articles(connection, &plan, Arrival::Backlog, now).await?;
    let texts = write::renew_index(connection, &plan, &at_hand).await?;
    texts.write(connection).await?;
    let merged = judge_again(connection, postings, &article, &kept, &reading, &others, now).await?;
    match merged {
        Some(_) => follow(connection, rules, &AtHand::new(), now).await?,
        None => follow(connection, rules, &at_hand, now).await?,
    };
    Ok((Completed::Filled { version, why, merged }, posted))
}

/// What is known of other articles that share something with a text.
async fn others(
    connection: &mut SqliteConnection,
    postings: &Postings,
    page: &WantedPage,
    reading: &Reading<'_>,
    window: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Recall, StoreError> {
    postings.catch_up(connection).await?;
    let (source, texts) = (page.source.as_str(), std::slice::from_ref(reading));
    recall(connection, postings, source, texts, window, now, Some(page.article)).await
}

/// Judges a text against what is known of others, and makes one of what turns out to be one; gives the article that stays.
async fn judge_again(
    connection: &mut SqliteConnection,
    postings: &Postings,
    article: &Whole,
    teaser: &Reading<'_>,
    reading: &Reading<'_>,
    others: &Recall,
    now: DateTime<Utc>,
) -> Result<Option<i64>, StoreError> {
    let judgement = judge_reading(reading, others);
    let Some(other) = judgement.of.and_then(|other| others.get(other)) else {
        return Ok(None);
    };
    // Its own page will say more: two notices that begin alike are told apart by how they go on.
    if is_awaited(connection, other.article).await? {
        return Ok(None);
    }
    // One page may stand behind two releases by mistake; what the feeds said themselves tells them apart.
    let is_notice = matches!(judgement.verdict, Verdict::Correction | Verdict::Withdrawal);
    let own = other.newest_own().map(|own| &own.news);
    if !is_notice && own.is_some_and(|own| contradict(&teaser.news, own)) {
        return Ok(None);
    }
    join(connection, postings, &judgement, article.number, now).await
}

/// Judges an article again whose page will not be read: who found it while it waited has let it be.
pub(super) async fn give_up(
    connection: &mut SqliteConnection,
    postings: &Postings,
    rules: &Rules,
    page: &WantedPage,
    window: TimeDelta,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let Some(article) = whole(connection, page.article, now).await? else {
        return Ok(());
    };
    let Some((_, shown)) = waits(&article, page.version) else {
        return Ok(());
    };
    let reading = Reading::of(&shown.draft);
    let others = others(connection, postings, page, &reading, window, now).await?;
    if judge_again(connection, postings, &article, &reading, &reading, &others, now)
        .await?
        .is_some()
    {
        follow(connection, rules, &AtHand::new(), now).await?;
    }
    Ok(())
}

/// Does the page of an article still wait to be read?
async fn is_awaited(connection: &mut SqliteConnection, article: i64) -> Result<bool, StoreError> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM page WHERE article_id = ?1 AND due IS NOT NULL) AS "awaited!: bool""#,
        article
    )
    .fetch_one(connection)
    .await
    .map_err(fail("looking for pages that wait"))
}

/// Does a text open with another, letter by letter? What a notice says of itself may stand before.
fn opens(page: &str, teaser: &str) -> bool {
    const BEFORE: usize = 1_000;
    const FEWEST: usize = 40;
    let (page, teaser) = (letters(page), letters(teaser));
    teaser.len() >= FEWEST && page.find(&teaser).is_some_and(|at| at <= BEFORE)
}

/// Does it show the text of its own page?
pub(super) fn is_of_page(version: &Kept) -> bool {
    version.text_source.as_deref() == Some(OF_PAGE)
}

/// The version whose text is wanted, and what is shown, if that is still so.
fn waits(article: &Whole, version: i64) -> Option<(&Kept, &Kept)> {
    let own = article.own_versions().next_back()?;
    let shown = article.newest()?;
    let open = article.pubstatus() != PubStatus::Canceled && shown.verdict != Verdict::Withdrawal;
    (open && own.number == version).then_some((own, shown))
}

/// What the feed said, with the text of the page and all that the text tells. What the feed says itself stays.
fn completed(own: &Draft, brought: &Draft, now: DateTime<Utc>) -> Draft {
    let notice = if brought.revision.is_some() { brought } else { own };
    Draft {
        pubstatus: own.pubstatus,
        embargoed: own.embargoed,
        kind: notice.kind,
        revision: notice.revision.clone(),
        received: now,
        language: own.language.clone().or_else(|| brought.language.clone()),
        people: own.people.clone(),
        media: united(&own.media, &brought.media),
        rights: own.rights,
        copyright_notice: own.copyright_notice.clone(),
        repairs: united(&own.repairs, &brought.repairs),
        ..with_text_of(own, brought)
    }
}

fn plan<'d>(
    article: &Whole,
    own: &Kept,
    beneath: &Kept,
    draft: &'d Draft,
    reading: &Reading<'_>,
    version: i64,
    why: &str,
) -> Plan<'d> {
    let number = article.number;
    let words = reading.news.stored();
    let keys = reading.keys.iter().filter(|key| key.kind != KeyKind::Item);
    Plan {
        versions: vec![NewVersion {
            article: number,
            version,
            edition: beneath.edition,
            judgement: Judgement {
                verdict: Verdict::Revised,
                of: Some(number),
                stage: STAGE,
                why: why.to_owned(),
                version: Some(own.number),
                late: false,
                against: None,
            },
            content_hash: reading.content_hash.clone(),
            words: words.clone(),
            headline: None,
            text_source: Some(SourceId::new(OF_PAGE)),
            draft,
        }],
        standing: [(
            number,
            Standing {
                version,
                pubstatus: article.pubstatus(),
                // It stays where it is in the outputs: that is no news.
                published: Some(own.draft.published.unwrap_or(article.first_received)),
            },
        )]
        .into(),
        keys: keys.map(|key| (key.clone(), number)).collect(),
        shingles: reading.shingles.iter().map(|shingle| (*shingle, number)).collect(),
        fuller: vec![Fuller {
            article: number,
            version: own.number,
            words,
        }],
        ..Plan::default()
    }
}
