//! Reads a part of an output: its newest articles, an archive page, or what has changed since.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Utc};
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use super::ArchivePage;
use crate::article::{Article, Order, PubStatus};
use crate::clock;
use crate::config::Output;
use crate::filter::Filter;
use crate::store::error::fail;
use crate::store::row::{ARTICLE_COLUMNS, article_from_row, stamp};
use crate::store::{Store, StoreError};

/// Which slice of an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slice {
    /// The newest articles, at most so many. All that the output shows are more where no archive page holds the rest yet.
    Newest(usize),
    /// An archive page.
    Archive(ArchivePage),
    /// What has changed after a cursor, the oldest change first, at most so many.
    Since(Cursor, usize),
}

/// Where a reader of changes is: it has seen everything up to there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cursor {
    /// Names the store: numbers of another one mean nothing here.
    epoch: i64,
    /// The last change seen.
    seq: i64,
}

/// A slice of an output, of one moment of the store.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// The newest first; by change, the oldest first.
    pub articles: Vec<Article>,
    /// To go on from.
    pub cursor: Cursor,
    /// The newest archive page. Where the age of what the newest articles are is limited it need not be full: they and it and those before
    /// it are everything.
    pub newest_page: Option<ArchivePage>,
    /// Of an archive page the next one, if that is full.
    pub next_page: Option<ArchivePage>,
    /// There are changes after these.
    pub has_more: bool,
}

impl Cursor {
    /// Reads what [`Display`](fmt::Display) wrote; `0` is the beginning of any store.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "0" {
            return Some(Self { epoch: 0, seq: 0 });
        }
        let (epoch, seq) = text.split_once('-')?;
        let number = |digits: &str| i64::from_str_radix(digits, 36).ok().filter(|number| *number >= 0);
        Some(Self {
            epoch: number(epoch)?,
            seq: number(seq)?,
        })
    }

    pub(in crate::store) const fn new(epoch: i64, seq: i64) -> Self {
        Self { epoch, seq }
    }

    pub(in crate::store) const fn seq(self) -> i64 {
        self.seq
    }

    /// A store that was restored from a backup has the name of the one that it is a copy of, and has not come as far.
    fn is_of(self, store: Self) -> bool {
        self.seq == 0 || (self.epoch == store.epoch && self.seq <= store.seq)
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // No store has this name: it is the beginning of any.
        if self.epoch == 0 && self.seq == 0 {
            return f.write_str("0");
        }
        base36(self.epoch, f)?;
        f.write_str("-")?;
        base36(self.seq, f)
    }
}

fn base36(number: i64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    use fmt::Write as _;
    let mut digits = Vec::new();
    let mut rest = number.unsigned_abs();
    loop {
        digits.push(char::from_digit((rest % 36) as u32, 36).unwrap_or('0'));
        rest /= 36;
        if rest == 0 {
            break;
        }
    }
    digits.iter().rev().try_for_each(|digit| f.write_char(*digit))
}

/// Positions of an archive page of an output that shows so many articles: half of them, so that what no full page holds yet is nearly always
/// among those that it shows anyway.
const fn page_size(limit: usize) -> i64 {
    // A limit is at most 1,000.
    let half = (limit / 2) as i64;
    if half > 0 { half } else { 1 }
}

/// Members looked at for the newest articles of an output whose filter must be asked again.
const LOOKED_AT: usize = 5_000;

/// What of a filter must be asked when an output is read.
struct Rest {
    filter: Filter,
    now: DateTime<Utc>,
}

impl Rest {
    fn fits(&self, member: &Member) -> bool {
        self.filter.matches(&member.article, self.now)
    }
}

/// What the store knows of an output.
struct Head {
    number: i64,
    members: i64,
    /// Its members are those of the filter that it has now.
    is_complete: bool,
    /// Shows what was withdrawn.
    withdrawn: bool,
}

/// A member as read.
struct Member {
    article: Article,
    seq: i64,
    sort_time: String,
}

impl Store {
    /// A slice of an output. `None`: the cursor is of another store, or there is no such page.
    ///
    /// What is under embargo is in no part; when its hour comes that is a change. While the members of a new rule are still being sought the
    /// newest articles are chosen by the filter itself.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn listing(
        &self,
        output: &Output,
        slice: Slice,
        now: DateTime<Utc>,
    ) -> Result<Option<Listing>, StoreError> {
        const DOING: &str = "reading an output";
        let rest = Rest {
            filter: output.filter.unsettled(),
            now,
        };
        let oldest = oldest(output, now);
        let mut moment = self.readers().begin().await.map_err(self.failed(DOING))?;
        let read = async {
            let end = end(&mut moment).await?;
            let head = head(&mut moment, output).await?;
            let size = page_size(output.limit);
            let members = head.as_ref().map_or(0, |head| head.members);
            let (articles, seq, has_more) = match (slice, &head) {
                (Slice::Archive(page), _) if !page.is_within(members) => return Ok(None),
                (Slice::Since(cursor, _), _) if !cursor.is_of(end) => return Ok(None),
                (Slice::Newest(_), Some(head)) if !head.is_complete => {
                    (Vec::new(), last(&mut moment, head).await?, false)
                }
                (Slice::Newest(limit), Some(head)) => {
                    let unarchived = (limit >= output.limit).then_some(size);
                    newest(&mut moment, head, &rest, limit, oldest, unarchived).await?
                }
                (Slice::Archive(page), Some(head)) => archive(&mut moment, head, &rest, page).await?,
                (Slice::Since(cursor, limit), Some(head)) => since(&mut moment, head, &rest, cursor.seq, limit).await?,
                (Slice::Newest(_) | Slice::Archive(_) | Slice::Since(..), None) => (Vec::new(), 0, false),
            };
            let is_complete = head.is_some_and(|head| head.is_complete);
            let listing = Listing {
                articles,
                cursor: Cursor { epoch: end.epoch, seq },
                newest_page: ArchivePage::newest(size, members, oldest.is_some()),
                next_page: match slice {
                    Slice::Archive(page) => page.after(members),
                    Slice::Newest(_) | Slice::Since(..) => None,
                },
                has_more,
            };
            Ok(Some((listing, is_complete)))
        };
        let read = read.await.map_err(|error: StoreError| self.placed(error))?;
        moment.rollback().await.map_err(self.failed(DOING))?;
        let Some((mut listing, is_complete)) = read else {
            return Ok(None);
        };
        if let Slice::Newest(limit) = slice {
            if !is_complete {
                listing.articles = self.select(&output.filter.shown(), limit, now).await?;
                listing.articles.retain(|article| {
                    (output.withdrawn || article.draft.pubstatus != PubStatus::Canceled)
                        && oldest.is_none_or(|oldest| article.modified >= oldest)
                });
            }
            if output.sort == Order::Published {
                listing.articles.sort_by_key(|article| {
                    Reverse((
                        article.draft.published.unwrap_or(article.first_received),
                        article.number,
                    ))
                });
            }
        }
        Ok(Some(listing))
    }
}

/// The time before which nothing is shown.
fn oldest(output: &Output, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    now.checked_sub_signed(clock::span(output.max_age?))
}

/// The last change of the store.
async fn end(connection: &mut SqliteConnection) -> Result<Cursor, StoreError> {
    sqlx::query_as!(
        Cursor,
        r#"SELECT e.value AS "epoch!: i64", c.value AS "seq!: i64" FROM counter e, counter c WHERE e.name = 'epoch' AND c.name = 'change'"#
    )
    .fetch_one(connection)
    .await
    .map_err(fail("reading the last change of the store"))
}

async fn head(connection: &mut SqliteConnection, output: &Output) -> Result<Option<Head>, StoreError> {
    let (id, rule) = (output.id.as_str(), output.filter.settled().text);
    sqlx::query_as!(
        Head,
        r#"SELECT output_no AS "number!: i64", members AS "members!: i64",
                  (sought IS NULL AND rule = ?2) AS "is_complete!: bool", ?3 AS "withdrawn!: bool"
           FROM output WHERE output_id = ?1"#,
        id,
        rule,
        output.withdrawn
    )
    .fetch_optional(connection)
    .await
    .map_err(fail("reading an output"))
}

/// Articles, the change that a reader of them has seen, and whether there are more.
type Read = (Vec<Article>, i64, bool);

/// The last change of an output.
async fn last(connection: &mut SqliteConnection, head: &Head) -> Result<i64, StoreError> {
    sqlx::query_scalar!(
        r#"SELECT coalesce(max(seq), 0) AS "seq!: i64" FROM member WHERE output_no = ?1"#,
        head.number
    )
    .fetch_one(connection)
    .await
    .map_err(fail("reading an output"))
}

async fn newest(
    connection: &mut SqliteConnection,
    head: &Head,
    rest: &Rest,
    limit: usize,
    oldest: Option<DateTime<Utc>>,
    unarchived: Option<i64>,
) -> Result<Read, StoreError> {
    let seq = last(connection, head).await?;
    let (mut read, mut looked_at): (Vec<Member>, usize) = (Vec::new(), 0);
    let mut reached: Option<(String, i64)> = None;
    while read.len() < limit && looked_at < LOOKED_AT {
        let page = members(connection, newest_sql(head, limit, oldest, reached.take())).await?;
        looked_at += page.len();
        reached = page
            .last()
            .map(|member| (member.sort_time.clone(), member.article.number));
        let is_last = page.len() < limit;
        read.extend(page.into_iter().filter(|member| rest.fits(member)));
        if is_last {
            break;
        }
    }
    read.truncate(limit);
    if let Some(size) = unarchived {
        let seen: BTreeSet<i64> = read.iter().map(|member| member.article.number).collect();
        let others = members(connection, unarchived_sql(head, size, oldest));
        // None of them is newer than the last of those that are read.
        let others = others.await?.into_iter().filter(|member| rest.fits(member));
        read.extend(others.filter(|member| !seen.contains(&member.article.number)));
    }
    Ok((articles(read), seq, false))
}

async fn archive(
    connection: &mut SqliteConnection,
    head: &Head,
    rest: &Rest,
    page: ArchivePage,
) -> Result<Read, StoreError> {
    let read = members(connection, archive_sql(head, page)).await?;
    let read = read.into_iter().filter(|member| rest.fits(member));
    Ok((articles(read.collect()), 0, false))
}

async fn since(
    connection: &mut SqliteConnection,
    head: &Head,
    rest: &Rest,
    seq: i64,
    limit: usize,
) -> Result<Read, StoreError> {
    let mut read = members(connection, since_sql(head, seq, limit)).await?;
    let has_more = read.len() > limit;
    read.truncate(limit);
    let last = match has_more {
        true => read.last().map_or(seq, |member| member.seq),
        // Past what may not be shown as well: when it may, that is a change.
        false => last(connection, head).await?.max(seq),
    };
    read.retain(|member| rest.fits(member));
    Ok((articles(read), last, has_more))
}

fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn articles(members: Vec<Member>) -> Vec<Article> {
    members.into_iter().map(|member| member.article).collect()
}

fn newest_sql(
    head: &Head,
    limit: usize,
    oldest: Option<DateTime<Utc>>,
    reached: Option<(String, i64)>,
) -> QueryBuilder<Sqlite> {
    let mut sql = members_sql(head);
    if let Some(oldest) = oldest {
        sql.push(" AND m.sort_time >= ").push_bind(stamp(oldest));
    }
    if let Some((sort_time, article)) = reached {
        sql.push(" AND (m.sort_time, m.article_id) < (")
            .push_bind(sort_time)
            .push(", ")
            .push_bind(article)
            .push(")");
    }
    sql.push(" ORDER BY m.sort_time DESC, m.article_id DESC LIMIT ")
        .push_bind(rows(limit));
    sql
}

/// By position, of which there are few: `+` keeps the index of times out of it.
fn unarchived_sql(head: &Head, size: i64, oldest: Option<DateTime<Utc>>) -> QueryBuilder<Sqlite> {
    let mut sql = members_sql(head);
    sql.push(" AND m.position > ")
        .push_bind(ArchivePage::last_full(size, head.members));
    if let Some(oldest) = oldest {
        sql.push(" AND +m.sort_time >= ").push_bind(stamp(oldest));
    }
    sql.push(" ORDER BY +m.sort_time DESC, m.article_id DESC");
    sql
}

fn archive_sql(head: &Head, page: ArchivePage) -> QueryBuilder<Sqlite> {
    let mut sql = members_sql(head);
    sql.push(" AND m.position > ")
        .push_bind(page.behind())
        .push(" AND m.position <= ")
        .push_bind(page.last())
        .push(" ORDER BY m.position DESC");
    sql
}

/// One more than asked for: is there any?
fn since_sql(head: &Head, seq: i64, limit: usize) -> QueryBuilder<Sqlite> {
    let mut sql = members_sql(head);
    sql.push(" AND m.seq > ")
        .push_bind(seq)
        .push(" ORDER BY m.seq LIMIT ")
        .push_bind(rows(limit.saturating_add(1)));
    sql
}

/// Selects the members of an output that may be shown.
fn members_sql(head: &Head) -> QueryBuilder<Sqlite> {
    let mut sql = QueryBuilder::new("SELECT ");
    sql.push(ARTICLE_COLUMNS)
        .push(
            ", m.seq, m.sort_time FROM member m CROSS JOIN article a ON a.article_id = m.article_id \
             JOIN version v ON v.article_id = a.article_id AND v.version = a.version \
             WHERE a.pubstatus <> 'withheld' AND m.output_no = ",
        )
        .push_bind(head.number);
    if !head.withdrawn {
        sql.push(" AND a.pubstatus <> 'canceled'");
    }
    sql
}

async fn members(connection: &mut SqliteConnection, mut sql: QueryBuilder<Sqlite>) -> Result<Vec<Member>, StoreError> {
    const DOING: &str = "reading an output";
    let rows = sql.build().fetch_all(connection).await.map_err(fail(DOING))?;
    rows.iter()
        .map(|row| {
            Ok(Member {
                article: article_from_row(row)?,
                seq: row.try_get("seq").map_err(fail(DOING))?,
                sort_time: row.try_get("sort_time").map_err(fail(DOING))?,
            })
        })
        .collect()
}

/// Every statement that reads members, for the test of their plans.
#[cfg(test)]
pub(in crate::store) fn statements() -> Vec<String> {
    let head = Head {
        number: 1,
        members: 70,
        is_complete: true,
        withdrawn: false,
    };
    let page = ArchivePage::newest(50, head.members, false);
    let (oldest, reached) = (DateTime::UNIX_EPOCH, (stamp(DateTime::UNIX_EPOCH), 7));
    let made = [
        newest_sql(&head, 10, None, None),
        newest_sql(&head, 10, Some(oldest), None),
        newest_sql(&head, 10, None, Some(reached)),
        unarchived_sql(&head, 50, Some(oldest)),
        since_sql(&head, 7, 10),
    ];
    let made = made.into_iter().chain(page.map(|page| archive_sql(&head, page)));
    made.map(QueryBuilder::into_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_nothing_else_is() {
        for (epoch, seq) in [(0, 0), (1, 0), (1, 1), (1_099_511_627_775, i64::MAX), (35, 36)] {
            let cursor = Cursor { epoch, seq };
            assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        }
        assert_eq!(Cursor::parse("0").map(|cursor| cursor.seq), Some(0));
        for text in [
            "",
            "-",
            "1",
            "a-",
            "-a",
            "a--1",
            "a-b-c",
            "a b",
            "\u{e4}-1",
            "zzzzzzzzzzzzzzzz-1",
        ] {
            assert_eq!(Cursor::parse(text), None, "{text}");
        }
    }

    #[test]
    fn half_of_what_is_shown_is_a_page() {
        assert_eq!([1, 2, 3, 100, 1_000].map(page_size), [1, 1, 1, 50, 500]);
    }
}
