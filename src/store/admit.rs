//! One poll enters the store: recall, judge and write in one `BEGIN IMMEDIATE` transaction, which polls that wait behind it may share.
//!
//! With recall outside of it two polls that bring one story at once would both call it new. A deferred transaction that
//! turns from reading to writing is refused at once when another wrote meanwhile, whatever the busy timeout.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use sqlx::SqliteConnection;

use super::group::Done;
use super::ledger::{Entries, Entry};
use super::output::{Rules, follow};
use super::plan::{self, Numbers, Plan};
use super::postings::Postings;
use super::recall::{oldest_day, recall};
use super::row::{day, from_json, json};
use super::write::Texts;
use super::{Store, StoreError, ledger, uri, write};
use crate::article::{ArticleId, Draft, FullText, Health, Identity, Reject, SourceId, Tier, Validators, Verdict};
use crate::dedup::{Document, Judgement, read};

const KEEPING: &str = "keeping a poll";

/// One attempt to read one source, and all that came of it.
#[derive(Debug, Clone)]
pub struct Poll {
    /// Which source.
    pub source: SourceId,
    /// Its URL, as configured.
    pub url: String,
    /// Its wire, as configured.
    pub wire: Option<String>,
    /// When the attempt began.
    pub started: DateTime<Utc>,
    /// How long it took up to admission.
    pub elapsed_ms: i64,
    /// What came of it.
    pub outcome: Outcome,
    /// The last answer's status.
    pub http_status: Option<u16>,
    /// Size of the decoded body.
    pub bytes: Option<u64>,
    /// To ask with next time; `None` keeps those in the store.
    pub validators: Option<Validators>,
    /// Hash of the body, to tell an unchanged one; `None` keeps the one in the store.
    pub body_hash: Option<String>,
    /// In document order, all of this source.
    pub drafts: Vec<Draft>,
    /// Items that could not become a draft.
    pub rejects: Vec<Reject>,
    /// How the items of the source are told apart.
    pub identity: Identity,
    /// Whether the pages of what is new are to be read.
    pub full_text: FullText,
    /// How far back a copy or a notice may look for its original.
    pub dedup_window: TimeDelta,
    /// What had to be mended in the document, by name.
    pub repairs: Vec<String>,
    /// What failed, for a person.
    pub error: Option<String>,
    /// When to poll again.
    pub next_due: DateTime<Utc>,
    /// Why then, for a person.
    pub next_due_reason: String,
    /// What the schedule saw; `None` where nobody watched: an archive's items, say.
    pub watch: Option<Watch>,
}

/// What the schedule saw of a source in a poll, and remembers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// How the source may be polled.
    pub tier: Tier,
    /// How it does.
    pub health: Health,
    /// When something new last came.
    pub last_new: Option<DateTime<Utc>>,
    /// Items that the last document showed too; `None` where no two documents were compared.
    pub known: Option<usize>,
    /// Why items may be lost; of a document of which the store knows all nothing is.
    pub gap: Option<String>,
    /// The schedule's own memory: JSON.
    pub memory: String,
    /// The failure is that of our own network, and counts against nobody.
    pub is_ours: bool,
    /// The whole document was read.
    pub is_whole: bool,
    /// Where the feed lives.
    pub movement: Movement,
}

/// What a poll met of a feed's moves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Movement {
    /// Nothing new.
    #[default]
    None,
    /// It says that it has moved there for good.
    Said(String),
    /// It has said so for long enough: it is asked there from now on.
    Adopted(String),
    /// It says so no more.
    Unsaid,
    /// Home was asked whether the feed is there again, and has it not.
    Kept,
    /// It is asked where the configuration says again: why.
    Returned(String),
}

/// What came of a poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// A document with items.
    Ok,
    /// 304.
    NotModified,
    /// The same bytes as last time.
    Unchanged,
    /// A feed without items.
    Empty,
    /// No document.
    FetchError,
    /// A document that is no feed.
    ParseError,
    /// A fault of ours.
    Panic,
}

impl Outcome {
    /// Every value, in order.
    pub const ALL: &[Self] = &[
        Self::Ok,
        Self::NotModified,
        Self::Unchanged,
        Self::Empty,
        Self::FetchError,
        Self::ParseError,
        Self::Panic,
    ];

    /// The spelling in the store, in JSON and in logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NotModified => "not-modified",
            Self::Unchanged => "unchanged",
            Self::Empty => "empty",
            Self::FetchError => "fetch-error",
            Self::ParseError => "parse-error",
            Self::Panic => "panic",
        }
    }

    /// Reads that spelling back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|outcome| outcome.as_str() == text)
    }

    /// Did the source answer as it should?
    #[must_use]
    pub const fn is_success(self) -> bool {
        match self {
            Self::Ok | Self::NotModified | Self::Unchanged | Self::Empty => true,
            Self::FetchError | Self::ParseError | Self::Panic => false,
        }
    }
}

/// What the store made of a poll.
#[derive(Debug, Clone, PartialEq)]
pub struct Admitted {
    /// The poll's row; `None` when nothing was kept ([`Store::decide`]).
    pub poll_id: Option<i64>,
    /// How many of each.
    pub counts: Counts,
    /// One a draft, in document order.
    pub judgements: Vec<Judged>,
}

/// How many drafts were judged what, and how many items were rejected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // the verdicts' own names
pub struct Counts {
    pub new: i64,
    pub seen: i64,
    pub revised: i64,
    pub duplicate: i64,
    pub correction: i64,
    pub withdrawal: i64,
    pub variant: i64,
    pub rejected: i64,
}

impl Counts {
    fn add(&mut self, verdict: Verdict) {
        let count = match verdict {
            Verdict::New => &mut self.new,
            Verdict::Seen => &mut self.seen,
            Verdict::Revised => &mut self.revised,
            Verdict::Duplicate => &mut self.duplicate,
            Verdict::Correction => &mut self.correction,
            Verdict::Withdrawal => &mut self.withdrawal,
            Verdict::Variant => &mut self.variant,
        };
        *count += 1;
    }

    /// The store knew all that the document held, as it stands.
    #[must_use]
    pub const fn is_all_seen(&self) -> bool {
        self.seen > 0 && self.seen == self.items()
    }

    /// Everything that the document held.
    #[must_use]
    pub const fn items(&self) -> i64 {
        self.new
            + self.seen
            + self.revised
            + self.duplicate
            + self.correction
            + self.withdrawal
            + self.variant
            + self.rejected
    }
}

/// One draft, judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Its place in [`Poll::drafts`].
    pub index: usize,
    /// What was said of it.
    pub judgement: Judgement,
    /// The article that it is, or is a sighting of; `None` where that was purged.
    pub filed: Option<Filed>,
}

/// Where a draft is filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// The article.
    pub id: ArticleId,
    /// The same as a row number.
    pub article: i64,
    /// The story of that article.
    pub story: i64,
    /// The edition that it shows: `article` and `edition` are shared by all copies, and by no corrected text.
    pub edition: i64,
}

impl Store {
    /// Keeps a poll: its drafts as articles, versions and sightings, its rejects, its row, and what its source needs next.
    ///
    /// # Errors
    /// Nothing of the poll is kept then, and it can be admitted again.
    pub async fn admit(&self, poll: &Poll, now: DateTime<Utc>) -> Result<Admitted, StoreError> {
        if poll.is_quiet() {
            return self.admit_quiet(poll).await;
        }
        // All that needs no store, before anybody waits for it.
        let document = read(&poll.drafts, poll.identity);
        let mut seat = self.seat(KEEPING).await?;
        let (connection, posted) = seat.work();
        let part = self.part(connection, posted, poll, document, now).await;
        let (admitted, done) = part.map_err(|error| self.placed(error))?;
        if seat.leave(done).await? {
            return Ok(admitted);
        }
        let document = read(&poll.drafts, poll.identity);
        let (admitted, done) = self
            .transaction(KEEPING, async |transaction| {
                let (admitted, done) = self.part(transaction, None, poll, document, now).await?;
                done.texts.write(transaction).await?;
                Ok((admitted, done))
            })
            .await?;
        self.made_known(&done);
        Ok(admitted)
    }

    /// All that is done with a poll in a transaction; `posted`: the last change of the postings that others made in it.
    async fn part(
        &self,
        connection: &mut SqliteConnection,
        posted: Option<u64>,
        poll: &Poll,
        document: Document<'_>,
        now: DateTime<Utc>,
    ) -> Result<(Admitted, Done), StoreError> {
        let plan = decide(connection, &self.postings, posted, poll, document, now).await?;
        let (new, oldest) = (plan.postings(poll.source.as_str()), oldest_day(now, poll.dedup_window));
        let posted = match plan.ruled.is_empty() {
            true => None,
            false => self.postings.add(connection, new, day(now), oldest).await?,
        };
        let (admitted, followed, texts) = keep(connection, poll, &plan, &self.served.rules(), now).await?;
        let is_news = followed > 0 || admitted.counts.seen < admitted.counts.items();
        let done = Done { posted, is_news, texts };
        Ok((admitted, done))
    }

    /// What [`admit`](Self::admit) would say; keeps nothing. Numbers of new articles are those that they would get.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn decide(&self, poll: &Poll) -> Result<Admitted, StoreError> {
        let document = read(&poll.drafts, poll.identity);
        let mut reading = self.readers.begin().await.map_err(self.failed("reading for a trial"))?;
        // As this snapshot has them: what a poll adds meanwhile is none of its.
        let postings = Postings::default();
        let plan = decide(&mut reading, &postings, None, poll, document, poll.started)
            .await
            .map_err(|error| self.placed(error))?;
        let admitted = admitted(&mut reading, &plan, poll)
            .await
            .map_err(|error| self.placed(error))?;
        reading.rollback().await.map_err(self.failed("ending a trial"))?;
        Ok(admitted)
    }
}

async fn keep(
    connection: &mut SqliteConnection,
    poll: &Poll,
    plan: &Plan<'_>,
    rules: &Rules,
    now: DateTime<Utc>,
) -> Result<(Admitted, u64, Texts), StoreError> {
    let arrival = ledger::source(connection, poll).await?;
    let mut admitted = admitted(connection, plan, poll).await?;
    let doubt = plan.doubt.as_deref().map(|doubt| format!("guids-not-trusted: {doubt}"));
    let entries = Entries::one(&Entry::of(poll, admitted.counts, doubt.as_deref()));
    let poll_id = ledger::polls(connection, &entries).await?;
    ledger::rejects(connection, poll_id, &poll.rejects).await?;
    if let Some(watch) = &poll.watch {
        ledger::moves(connection, poll, &watch.movement).await?;
    }
    admitted.poll_id = Some(poll_id);
    // Nothing but items that were rejected, or a feed that moved.
    if plan.ruled.is_empty() {
        return Ok((admitted, 0, Texts::default()));
    }
    let (shown, texts) = write::plan(connection, poll, plan, poll_id, arrival, now).await?;
    let followed = follow(connection, rules, &shown, now).await?;
    Ok((admitted, followed, texts))
}

async fn decide<'p>(
    connection: &mut SqliteConnection,
    postings: &Postings,
    posted: Option<u64>,
    poll: &Poll,
    document: Document<'p>,
    now: DateTime<Utc>,
) -> Result<Plan<'p>, StoreError> {
    let Document { readings, doubt } = document;
    if readings.is_empty() {
        return Ok(Plan {
            doubt,
            ..Plan::default()
        });
    }
    // Nobody else has added any since this transaction did.
    if posted.is_none() {
        postings.catch_up(connection).await?;
    }
    let recall = recall(
        connection,
        postings,
        poll.source.as_str(),
        &readings,
        poll.dedup_window,
        now,
        None,
    )
    .await?;

    let numbers = numbers(connection, readings.iter().flat_map(uri::candidates)).await?;
    Ok(Plan {
        doubt,
        ..plan::plan(readings, recall, numbers)
    })
}

/// Where the numbers of new rows start, and which of these ids are taken. What an article had that was merged into another leads to that one,
/// and is not given again.
pub(super) async fn numbers(
    connection: &mut SqliteConnection,
    candidates: impl Iterator<Item = String>,
) -> Result<Numbers, StoreError> {
    let fail = |source| StoreError::Sql {
        doing: "numbering articles",
        source,
    };
    let wanted = json(&candidates.collect::<BTreeSet<_>>());
    let row = sqlx::query!(
        r#"SELECT max(coalesce((SELECT max(article_id) FROM article), 0),
                      coalesce((SELECT max(other_article_id) FROM overruled), 0)) + 1 AS "article!: i64",
                  coalesce((SELECT max(story_id) FROM story), 0) + 1 AS "story!: i64",
                  (SELECT json_group_array(taken.uri) FROM (
                     SELECT a.uri FROM json_each(?1) AS wanted CROSS JOIN article a ON a.uri = wanted.value
                     UNION ALL
                     SELECT past.uri FROM json_each(?1) AS wanted CROSS JOIN overruled past ON past.uri = wanted.value) AS taken) AS "taken!: String""#,
        wanted
    )
    .fetch_one(&mut *connection)
    .await
    .map_err(fail)?;
    Ok(Numbers {
        next_article: row.article,
        next_story: row.story,
        taken_uris: from_json("uri", &row.taken)?,
    })
}

async fn admitted(connection: &mut SqliteConnection, plan: &Plan<'_>, poll: &Poll) -> Result<Admitted, StoreError> {
    let ids = write::uris(connection, plan).await?;
    let mut counts = Counts {
        rejected: i64::try_from(poll.rejects.len()).unwrap_or(i64::MAX),
        ..Counts::default()
    };
    let judgements = plan
        .ruled
        .iter()
        .map(|ruled| {
            counts.add(ruled.judgement.verdict);
            Judged {
                index: ruled.index,
                judgement: ruled.judgement.clone(),
                filed: ruled.made.map(|made| Filed {
                    id: ArticleId::new(ids.get(&made.article).cloned().unwrap_or_default()),
                    article: made.article,
                    story: made.story,
                    edition: made.edition,
                }),
            }
        })
        .collect();
    Ok(Admitted {
        poll_id: None,
        counts,
        judgements,
    })
}
