//! Which articles a number leads to: the hash of a key, of a name of an item, or of a few words in a row.
//!
//! Hashes lie all over their index, so that each new one would change a page of its own: twenty pages an article, to be written into the log and
//! from there into the file. So what is new waits in memory, in the order of the index, until there are [`WAITING`]; from then on as many
//! as come go into the table, always the next neighbours, many to a page. Nothing is lost meanwhile: `posting_log` has them, a row a poll, and is
//! read again at the first poll, after a failure, and for what other processes wrote. (The memtable and log of a log-structured merge tree:
//! O'Neil et al., 1996.)
//!
//! A posting only says where to look. Who finds an article asks it whether it has the key, the name or the words; one that leads nowhere makes
//! what else its number leads to look more common than it is, and does no other harm.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use self::sorted::Sorted;
use super::error::fail;
use super::row::{from_json, json, word};
use super::{Store, StoreError};
use crate::dedup::{Key, KeyKind, RECALL_LIMIT};

mod sorted;

/// Postings that wait: 8 MiB or so, of the last twenty thousand articles; twice as many where the log was just read, which has what is in the
/// table since as well, and is brought to an end first: where starts come often it would grow from each to the next. Where a million articles are
/// stored, five of them then share a page that is written. In tests so few that they go into the table all the time.
const WAITING: usize = if cfg!(test) { 64 } else { 384 * 1_024 };
/// Of what it passes a poll sweeps one part of so many, or it would read the whole table in as many polls as fill the memory.
const PARTS: u64 = 3;
/// Numbers asked for at once: a feed of some thirty new items. What they lead to is bounded by it.
const ASKED: usize = if cfg!(test) { 16 } else { 2_048 };
/// Rows a statement.
const ROWS: usize = if cfg!(test) { 8 } else { 1_024 };
/// Rows that a poll puts into the table at most, if it does not bring half as many itself: after a start there are too many all at once.
const RUN: usize = if cfg!(test) { 32 } else { 1_024 };
/// Articles whose keys and names are posted in one transaction when an earlier store is opened.
const CHUNK: i64 = 2_000;

/// A number, and an article that it leads to.
pub(super) type Posting = (i64, i64);

/// Those of a poll.
#[derive(Debug, Default)]
pub(super) struct New {
    /// Of words: found for as long as a copy may look back.
    pub(super) words: BTreeSet<Posting>,
    /// Of keys and names.
    pub(super) others: BTreeSet<Posting>,
}

/// The index by number. Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Postings(Arc<Mutex<Waiting>>);

/// What waits, in the order of the table; of words with their day.
#[derive(Debug, Default)]
struct Waiting {
    postings: Sorted,
    /// The last row of the log that is among them.
    read: i64,
    /// Where the next neighbours begin.
    next: Place,
    /// Before that many times round the table nothing waits for others to come.
    drained: u64,
    /// Rows of the log, and where the neighbours began when they were added: what has been passed since is all in the table.
    log: BTreeMap<i64, Place>,
    /// Transactions that changed it so far.
    transactions: u64,
    /// The one of which nobody has said yet that it was kept.
    doubt: Option<u64>,
}

/// Where we are in the table, and which time round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    round: u64,
    at: Posting,
}

impl Default for Place {
    fn default() -> Self {
        Self {
            round: 0,
            at: (i64::MIN, i64::MIN),
        }
    }
}

/// What goes into the table now.
#[derive(Debug, Default)]
struct Run {
    postings: Vec<(Posting, Option<i64>)>,
    /// Rows of the log up to this one are done.
    done: Option<i64>,
    /// Which time round the table.
    round: u64,
}

impl Run {
    /// The part of the table that is swept with it, by hash: one of [`PARTS`] of what lies between its first and its last, another one each
    /// time round. Round the end of the table nothing is swept.
    fn part(&self) -> Option<(i64, i64)> {
        let (((first, _), _), ((last, _), _)) = (self.postings.first()?, self.postings.last()?);
        let width = u64::try_from(last.checked_sub(*first)?).ok()? / PARTS + 1;
        let begin = first.checked_add_unsigned(self.round % PARTS * width)?;
        (begin <= *last).then(|| (begin, begin.saturating_add_unsigned(width - 1).min(*last)))
    }
}

impl Postings {
    /// Reads what others have added to the log.
    pub(super) async fn catch_up(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let read = self.waiting().settled();
        let rows = sqlx::query!(
            r#"SELECT log_id AS "log_id!: i64", day AS "day!: i64", words AS "words!: Vec<u8>", others AS "others!: Vec<u8>"
               FROM posting_log WHERE log_id > ?1 ORDER BY log_id"#,
            read
        )
        .fetch_all(connection)
        .await
        .map_err(fail("reading the log of postings"))?;
        if read == 0 && !rows.is_empty() {
            self.waiting().drain();
        }
        for row in rows {
            let words = unpacked(&row.words).map(|posting| (posting, Some(row.day)));
            let all = words.chain(unpacked(&row.others).map(|posting| (posting, None)));
            self.waiting().add(row.log_id, all);
        }
        Ok(())
    }

    /// The newest articles, at most [`RECALL_LIMIT`] a number, to which these numbers lead, in the order of the articles. Words are found that
    /// were shown on `oldest` or later, in days since 1970.
    pub(super) async fn find(
        &self,
        connection: &mut SqliteConnection,
        hashes: &BTreeSet<i64>,
        oldest: i64,
    ) -> Result<Vec<Posting>, StoreError> {
        let limit = i64::try_from(RECALL_LIMIT).unwrap_or(i64::MAX);
        let mut found: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
        let all: Vec<i64> = hashes.iter().copied().collect();
        for hashes in all.chunks(ASKED) {
            let wanted = json(&hashes);
            // Hundreds of pairs: one row of them all, for each row is a message between threads.
            let pairs = sqlx::query_scalar!(
                r#"SELECT json_group_array(json_array(p.hash, p.article_id)) AS "pairs!: String"
               FROM json_each(?1) AS wanted CROSS JOIN posting p ON p.hash = wanted.value
               WHERE p.article_id IN (SELECT n.article_id FROM posting n WHERE n.hash = wanted.value AND (n.day IS NULL OR n.day >= ?2)
                                      ORDER BY n.article_id DESC LIMIT ?3)"#,
                wanted,
                oldest,
                limit
            )
            .fetch_one(&mut *connection)
            .await
            .map_err(fail("looking for what is known"))?;
            for (hash, article) in from_json::<Vec<Posting>>("pairs", &pairs)? {
                found.entry(hash).or_default().insert(article);
            }
        }
        let waiting = self.waiting();
        for hash in hashes {
            for article in waiting.find(*hash, oldest) {
                found.entry(*hash).or_default().insert(article);
            }
        }
        drop(waiting);
        let newest = |(hash, articles): (i64, BTreeSet<i64>)| {
            articles
                .into_iter()
                .rev()
                .take(RECALL_LIMIT)
                .map(move |article| (hash, article))
        };
        let mut found: Vec<Posting> = found.into_iter().flat_map(newest).collect();
        found.sort_unstable_by_key(|(hash, article)| (*article, *hash));
        Ok(found)
    }

    /// Adds the postings of a poll; `day` is today, `oldest` as in [`find`](Self::find): older ones of words are dropped on the way. What
    /// [`kept`](Self::kept) is to be told when the transaction has been committed.
    pub(super) async fn add(
        &self,
        connection: &mut SqliteConnection,
        new: New,
        day: i64,
        oldest: i64,
    ) -> Result<Option<u64>, StoreError> {
        let brought = new.words.len() + new.others.len();
        if brought == 0 && self.waiting().postings.len() <= WAITING {
            return Ok(None);
        }
        let (words, others) = (packed(&new.words), packed(&new.others));
        let row = sqlx::query_scalar!(
            r#"INSERT INTO posting_log (day, words, others) VALUES (?1, ?2, ?3) RETURNING log_id AS "log_id!: i64""#,
            day,
            words,
            others
        )
        .fetch_one(&mut *connection)
        .await
        .map_err(fail("logging postings"))?;
        let words = new.words.into_iter().map(|posting| (posting, Some(day)));
        let (transaction, mut run) = {
            let mut waiting = self.waiting();
            let transaction = waiting.begin();
            waiting.add(row, words.chain(new.others.into_iter().map(|posting| (posting, None))));
            let count = waiting.due(brought);
            (transaction, waiting.take(count))
        };
        let part = run.part();
        // Where few articles come, what has waited for so long is too old.
        run.postings.retain(|(_, day)| day.is_none_or(|day| day >= oldest));
        write(connection, &run.postings).await?;
        if let Some((first, last)) = part {
            sqlx::query!(
                "DELETE FROM posting WHERE hash BETWEEN ?1 AND ?2 AND day < ?3",
                first,
                last,
                oldest
            )
            .execute(&mut *connection)
            .await
            .map_err(fail("dropping old postings"))?;
        }
        if let Some(done) = run.done {
            sqlx::query!("DELETE FROM posting_log WHERE log_id <= ?1", done)
                .execute(connection)
                .await
                .map_err(fail("ending the log of postings"))?;
        }
        Ok(Some(transaction))
    }

    /// This transaction was committed.
    pub(super) fn kept(&self, transaction: Option<u64>) {
        let mut waiting = self.waiting();
        if waiting.doubt == transaction {
            waiting.doubt = None;
        }
    }

    /// Puts all that waits into the table, for whoever is to change postings there. Should the transaction fail, the next poll reads the log again.
    pub(super) async fn settle(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        self.catch_up(connection).await?;
        let run = {
            let mut waiting = self.waiting();
            waiting.begin();
            waiting.log.clear();
            let all = waiting.postings.len();
            waiting.take(all)
        };
        write(connection, &run.postings).await?;
        sqlx::query!("DELETE FROM posting_log")
            .execute(connection)
            .await
            .map(drop)
            .map_err(fail("ending the log of postings"))
    }

    /// Takes those of keys and names out, before their articles go; those of words go in their time. What the log still has of them leads
    /// nowhere. What [`kept`](Self::kept) is to be told.
    pub(super) async fn forget(
        &self,
        connection: &mut SqliteConnection,
        articles: &[i64],
    ) -> Result<Option<u64>, StoreError> {
        self.catch_up(connection).await?;
        let gone = of_articles(connection, articles).await?;
        let transaction = {
            let mut waiting = self.waiting();
            let transaction = waiting.begin();
            for posting in &gone {
                waiting.postings.remove(*posting);
            }
            transaction
        };
        unpost(connection, &gone).await?;
        Ok(Some(transaction))
    }

    // Every change of it is whole when it panics: no lock is left poisoned.
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// The last row of the log that is known for sure; where a transaction may have failed none is.
    fn settled(&mut self) -> i64 {
        if self.doubt.is_some() {
            *self = Self {
                transactions: self.transactions,
                ..Self::default()
            };
        }
        self.read
    }

    /// A transaction is about to change it.
    fn begin(&mut self) -> u64 {
        self.transactions += 1;
        self.doubt = Some(self.transactions);
        self.transactions
    }

    fn add(&mut self, row: i64, postings: impl Iterator<Item = (Posting, Option<i64>)>) {
        for (posting, day) in postings {
            self.postings.add(posting, day);
        }
        self.read = self.read.max(row);
        self.log.insert(row, self.next);
    }

    fn find(&self, hash: i64, oldest: i64) -> impl Iterator<Item = i64> {
        let of_hash = self.postings.of(hash);
        let found = of_hash.filter(move |(_, day)| day.is_none_or(|day| day >= oldest));
        found.take(RECALL_LIMIT).map(|(article, _)| article)
    }

    /// What is there does not wait for others to come: it was read again, and would be each time.
    fn drain(&mut self) {
        self.drained = self.next.round + 1;
    }

    /// How many are to go into the table with a poll that brings so many.
    fn due(&self, brought: usize) -> usize {
        let waits = if self.next.round < self.drained { 0 } else { WAITING };
        let excess = self.postings.len().saturating_sub(waits);
        excess.min(RUN.max(2 * brought)).next_multiple_of(ROWS)
    }

    /// Takes out the next neighbours, so many.
    fn take(&mut self, count: usize) -> Run {
        let mut run = Run {
            round: self.next.round,
            ..Run::default()
        };
        while run.postings.len() < count && !self.postings.is_empty() {
            let missing = count - run.postings.len();
            let taken = self.postings.take(self.next.at, missing);
            self.next = match taken.last() {
                Some(((hash, article), _)) if taken.len() == missing => Place {
                    round: self.next.round,
                    at: (*hash, article.saturating_add(1)),
                },
                Some(_) | None => Place {
                    round: self.next.round + 1,
                    ..Place::default()
                },
            };
            run.postings.extend(taken);
        }
        while let Some(first) = self.log.first_entry() {
            let began = *first.get();
            let passed = Place {
                round: began.round + 1,
                at: began.at,
            };
            if passed > self.next {
                break;
            }
            run.done = Some(*first.key());
            first.remove();
        }
        run
    }
}

/// Writes postings into the table; of words with their day.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    postings: &[(Posting, Option<i64>)],
) -> Result<(), StoreError> {
    for rows in postings.chunks(ROWS) {
        let mut sql = QueryBuilder::<Sqlite>::new("INSERT INTO posting (hash, article_id, day) ");
        sql.push_values(rows, |mut row, ((hash, article), day)| {
            row.push_bind(*hash);
            row.push_bind(*article);
            row.push_bind(*day);
        });
        // Of what has no day and what has one the greater is none.
        sql.push(" ON CONFLICT DO UPDATE SET day = max(day, excluded.day)");
        sql.build()
            .execute(&mut *connection)
            .await
            .map_err(fail("writing postings"))?;
    }
    Ok(())
}

fn packed(postings: &BTreeSet<Posting>) -> Vec<u8> {
    let numbers = postings.iter().flat_map(|(hash, article)| [hash, article]);
    numbers.flat_map(|number| number.to_le_bytes()).collect()
}

fn unpacked(bytes: &[u8]) -> impl Iterator<Item = Posting> {
    let (pairs, _) = bytes.as_chunks::<8>();
    let (pairs, _) = pairs.as_chunks::<2>();
    pairs
        .iter()
        .map(|[hash, article]| (i64::from_le_bytes(*hash), i64::from_le_bytes(*article)))
}

/// Posts all keys of these articles, and all names of their items: they may have changed hands.
pub(super) async fn post(connection: &mut SqliteConnection, articles: &[i64]) -> Result<(), StoreError> {
    let postings: Vec<(Posting, Option<i64>)> = of_articles(connection, articles)
        .await?
        .into_iter()
        .map(|posting| (posting, None))
        .collect();
    write(connection, &postings).await
}

/// Takes postings out of the table.
pub(super) async fn unpost(connection: &mut SqliteConnection, postings: &BTreeSet<Posting>) -> Result<(), StoreError> {
    let postings = json(postings);
    sqlx::query!(
        "DELETE FROM posting WHERE (hash, article_id) IN (SELECT gone.value ->> 0, gone.value ->> 1 FROM json_each(?1) AS gone)",
        postings
    )
    .execute(connection)
    .await
    .map(drop)
    .map_err(fail("removing postings"))
}

/// The postings of keys and names that these articles have.
pub(super) async fn of_articles(
    connection: &mut SqliteConnection,
    articles: &[i64],
) -> Result<BTreeSet<Posting>, StoreError> {
    let ids = json(&articles);
    let keys = sqlx::query!(
        r#"SELECT k.article_id AS "article!: i64", k.kind AS "kind!: String", k.value AS "value!: String"
           FROM json_each(?1) AS wanted CROSS JOIN key k ON k.article_id = wanted.value"#,
        ids
    )
    .fetch_all(&mut *connection)
    .await
    .map_err(fail("reading keys"))?;
    let mut postings = BTreeSet::new();
    for row in keys {
        let kind = word("key", "kind", &row.kind, KeyKind::parse)?;
        let key = Key { kind, value: row.value };
        postings.insert((key.hash(""), row.article));
    }
    let names = sqlx::query!(
        r#"SELECT g.article_id AS "article!: i64", g.source_id AS "source!: String", n.name AS "name!: String"
           FROM json_each(?1) AS wanted
           CROSS JOIN sighting g ON g.article_id = wanted.value
           CROSS JOIN item_name n ON n.sighting_id = g.sighting_id"#,
        ids
    )
    .fetch_all(connection)
    .await
    .map_err(fail("reading names of items"))?;
    postings.extend(
        names
            .iter()
            .map(|row| (Key::item(&row.name).hash(&row.source), row.article)),
    );
    Ok(postings)
}

impl Store {
    /// Posts the keys and names of a store of an earlier Dateline; it can be interrupted, and goes on at the next opening.
    pub(super) async fn post_all(&self) -> Result<(), StoreError> {
        const DOING: &str = "indexing what articles are known by";
        loop {
            let left =
                sqlx::query_scalar!(r#"SELECT value AS "value!: i64" FROM counter WHERE name = 'articles_to_post'"#)
                    .fetch_one(&self.writer)
                    .await
                    .map_err(self.failed(DOING))?;
            if left == 0 {
                return Ok(());
            }
            tracing::info!(left, "indexing what articles are known by, once");
            let rest = (left - CHUNK).max(0);
            self.transaction(DOING, async |transaction| {
                let articles: Vec<i64> = (rest + 1..=left).collect();
                post(transaction, &articles).await?;
                sqlx::query!("UPDATE counter SET value = ?1 WHERE name = 'articles_to_post'", rest)
                    .execute(transaction)
                    .await
                    .map(drop)
                    .map_err(fail(DOING))
            })
            .await?;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(articles: impl IntoIterator<Item = i64>, hash: impl Fn(i64) -> i64) -> Vec<(Posting, Option<i64>)> {
        articles
            .into_iter()
            .map(|article| ((hash(article), article), None))
            .collect()
    }

    proptest! {
        /// Whatever comes and goes: what was added is in memory or was taken out, in the order of the table, and no row of the log is done before all
        /// of it was taken out.
        #[test]
        fn nothing_is_lost_between_memory_and_table(
            rows in prop::collection::vec((prop::collection::vec(any::<i64>(), 0..20), 0..40_usize), 1..40)
        ) {
            let mut waiting = Waiting::default();
            let (mut table, mut log) = (BTreeSet::new(), BTreeMap::new());
            for (id, (hashes, count)) in (1..).zip(rows) {
                let postings: Vec<_> = hashes.into_iter().map(|hash| ((hash, id), None)).collect();
                log.insert(id, postings.clone());
                waiting.add(id, postings.into_iter());
                let before = waiting.postings.len();
                let run = waiting.take(count);
                prop_assert_eq!(run.postings.len(), count.min(before));
                let falls = run.postings.windows(2).filter(|pair| pair[0].0 >= pair[1].0).count();
                prop_assert!(falls <= 1, "once round the table at most");
                table.extend(run.postings.iter().map(|(posting, _)| *posting));
                if let Some(done) = run.done {
                    log.retain(|row, _| *row > done);
                }
                for (posting, _) in waiting.postings.iter() {
                    prop_assert!(log.values().flatten().any(|(logged, _)| *logged == posting), "{posting:?} is in the log");
                }
            }
            while !waiting.postings.is_empty() {
                table.extend(waiting.take(7).postings.iter().map(|(posting, _)| *posting));
            }
            let missing = log.values().flatten().filter(|(posting, _)| !table.contains(posting)).count();
            prop_assert_eq!(missing, 0);
        }
    }

    #[test]
    fn the_log_ends_when_the_table_was_gone_round_once() {
        let mut waiting = Waiting::default();
        waiting.add(1, row(0..10, |article| article * 10).into_iter());
        assert_eq!(waiting.take(5).done, None);
        // The second row comes in front of where we are, and behind.
        waiting.add(2, row(10..12, |article| if article == 10 { 5 } else { 95 }).into_iter());
        assert_eq!(waiting.take(6).done, None, "to the end, but not round it");
        assert_eq!(waiting.postings.iter().collect::<Vec<_>>(), [((5, 10), None)]);
        assert_eq!(waiting.take(1).done, Some(1));
        assert_eq!(waiting.take(1).done, None, "nothing is left to be taken");
    }

    /// Starts that come sooner than as many postings as may wait.
    #[test]
    fn a_log_that_is_read_again_and_again_has_an_end() {
        let mut log: BTreeMap<i64, Vec<Posting>> = BTreeMap::new();
        let mut polls = 0..;
        for start in 0..200 {
            let mut waiting = Waiting::default();
            for (row, postings) in &log {
                waiting.add(*row, postings.iter().map(|posting| (*posting, None)));
            }
            waiting.drain();
            for poll in polls.by_ref().take(start % 5 + 5) {
                let hash = |at: i64| (poll * 7 + at).wrapping_mul(0x9e37_79b9);
                let postings: Vec<Posting> = (0..5).map(|at| (hash(at), poll)).collect();
                waiting.add(poll, postings.iter().map(|posting| (*posting, None)));
                log.insert(poll, postings);
                let count = waiting.due(5);
                if let Some(done) = waiting.take(count).done {
                    log.retain(|row, _| *row > done);
                }
            }
            let logged = log.values().flatten().count();
            assert!(logged <= 3 * WAITING, "{logged} at start {start}");
        }
    }

    #[test]
    fn the_newest_are_found_and_of_words_the_recent_ones() {
        let mut waiting = Waiting::default();
        waiting.add(1, (1..=30).map(|article| ((7, article), Some(article))));
        waiting.add(2, [((7, 3), None), ((8, 40), None)].into_iter());
        assert_eq!(waiting.find(7, 28).collect::<Vec<_>>(), [30, 29, 28, 3]);
        assert_eq!(waiting.find(7, 0).count(), RECALL_LIMIT);
        assert_eq!(waiting.find(9, 0).count(), 0);
    }

    #[test]
    fn all_is_swept_in_turns() {
        let run = |hashes: &[i64], round| Run {
            postings: hashes.iter().map(|hash| ((*hash, 1), None)).collect(),
            done: None,
            round,
        };
        for hashes in [&[-5, 0, 1_000][..], &[3, 4], &[7], &[0, i64::MAX - 1]] {
            let mut parts: Vec<(i64, i64)> = (1..=PARTS).filter_map(|round| run(hashes, round).part()).collect();
            parts.sort_unstable();
            assert_eq!(parts.first().map(|(begin, _)| begin), hashes.first());
            assert_eq!(parts.last().map(|(_, end)| end), hashes.last());
            assert!(parts.windows(2).all(|pair| pair[0].1 + 1 == pair[1].0), "{parts:?}");
        }
        assert_eq!(run(&[], 1).part(), None);
        assert_eq!(run(&[5, i64::MAX, i64::MIN], 1).part(), None, "round the end");
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        let postings = BTreeSet::from([(i64::MIN, 1), (-1, i64::MAX), (7, 3)]);
        assert_eq!(unpacked(&packed(&postings)).collect::<BTreeSet<_>>(), postings);
        assert_eq!(unpacked(&[1, 2, 3]).count(), 0);
    }
}
