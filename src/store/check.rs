//! Looks the store through: is the file whole, and does it keep what this room promises of it?

use serde::Serialize;
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::error::fail;
use super::{Store, StoreError, options};
use crate::telemetry::chain;

/// Mistakes of one check that are told.
const TOLD: usize = 10;

/// How closely the file is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// All pages, indexes and the full text (`PRAGMA integrity_check`).
    Whole,
    /// Without comparing indexes to their tables (`PRAGMA quick_check`).
    Quick,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// What must hold.
    pub what: &'static str,
    /// Where it does not: the first ten places. Empty: it holds.
    pub mistakes: Vec<String>,
}

/// What is looked at first.
const OF_THE_FILE: &str = "the file is whole";

impl Checked {
    /// What an error found that is damage; `None` for any other.
    #[must_use]
    pub fn of_damage(error: &StoreError) -> Option<Self> {
        error.is_damage().then(|| Self {
            what: OF_THE_FILE,
            mistakes: vec![chain(error)],
        })
    }
}

/// What must hold of the rows, and a statement that gives a line for each that it does not hold of.
const RULES: &[(&str, &str)] = &[
    (
        "every article has the version that it shows",
        "SELECT 'article ' || a.article_id || ' shows version ' || a.version || ', which is not there' FROM article a
         WHERE NOT EXISTS (SELECT 1 FROM version v WHERE v.article_id = a.article_id AND v.version = a.version)",
    ),
    (
        "every article shows its newest version",
        "SELECT 'article ' || a.article_id || ' shows version ' || a.version || ' and has version ' || max(v.version)
         FROM article a JOIN version v ON v.article_id = a.article_id GROUP BY a.article_id HAVING max(v.version) <> a.version",
    ),
    (
        "every version is of an edition that is there",
        "SELECT 'version ' || v.article_id || '.' || v.version || ' is of edition ' || v.edition || ', which is not there' FROM version v
         WHERE NOT EXISTS (SELECT 1 FROM version e WHERE e.article_id = v.article_id AND e.version = v.edition)",
    ),
    (
        "every article was seen in a source",
        "SELECT 'article ' || a.article_id || ' was seen nowhere' FROM article a
         WHERE NOT EXISTS (SELECT 1 FROM sighting g WHERE g.article_id = a.article_id)",
    ),
    (
        "every sighting shows a version that is there",
        "SELECT 'sighting ' || g.sighting_id || ' shows version ' || g.article_id || '.' || g.version || ', which is not there' FROM sighting g
         WHERE NOT EXISTS (SELECT 1 FROM version v WHERE v.article_id = g.article_id AND v.version = g.version)",
    ),
    (
        "every article can be found by its text",
        "SELECT 'article ' || a.article_id || ' is not in the full text' FROM article a
         WHERE a.article_id NOT IN (SELECT id FROM article_fts_docsize)",
    ),
    (
        "the full text leads to articles that are there",
        "SELECT 'the full text leads to article ' || id || ', which is not there' FROM article_fts_docsize
         WHERE id NOT IN (SELECT article_id FROM article)",
    ),
    (
        "the last poll of every source is there",
        "SELECT 'the last poll of ' || s.source_id || ' is not there' FROM source s
         WHERE s.last_poll_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM poll p WHERE p.poll_id = s.last_poll_id)",
    ),
    (
        "no change is newer than the last one that was counted",
        "SELECT 'article ' || article_id || ' has change ' || change FROM article
         WHERE change > (SELECT value FROM counter WHERE name = 'change')",
    ),
    (
        "an output gives each position once, and none that it did not count",
        "SELECT o.output_id || ' gives position ' || m.position || ' to article ' || m.article_id
         FROM member m JOIN output o ON o.output_no = m.output_no
         WHERE m.position > o.members
            OR EXISTS (SELECT 1 FROM member n
                       WHERE n.output_no = m.output_no AND n.position = m.position AND n.article_id < m.article_id)",
    ),
];

impl Store {
    /// Looks the store through. `progress` is told what comes next, with how many checks were done of how many.
    ///
    /// # Errors
    /// When the store cannot be read; that it is damaged is no error but an answer.
    pub async fn check(
        &self,
        depth: Depth,
        mut progress: impl FnMut(&'static str, usize, usize),
    ) -> Result<Vec<Checked>, StoreError> {
        // Of its own: in a connection that has read the full text before, FTS5 would check what it remembers of it.
        let opened = options(&self.path).read_only(true).connect().await;
        let mut reader = match opened.map_err(self.failed("opening it to check it")) {
            Ok(reader) => reader,
            // Not even its head can be read: that is found, and not in the way of finding.
            Err(error) => return Checked::of_damage(&error).map(|checked| vec![checked]).ok_or(error),
        };
        let of_file: [(&str, &'static str); 2] = [
            (
                OF_THE_FILE,
                match depth {
                    Depth::Whole => "PRAGMA integrity_check(10)",
                    Depth::Quick => "PRAGMA quick_check(10)",
                },
            ),
            (
                "every row has the row that it belongs to",
                "SELECT 'row ' || coalesce(rowid, '?') || ' of ' || \"table\" || ' belongs to a row of ' || parent || ' that is not there'
                 FROM pragma_foreign_key_check",
            ),
        ];
        let all: Vec<_> = of_file.into_iter().chain(RULES.iter().copied()).collect();
        let mut checked = Vec::with_capacity(all.len());
        for (done, (what, sql)) in all.iter().enumerate() {
            progress(what, done, all.len());
            let mistakes = match lines(&mut reader, sql).await.map_err(|error| self.placed(error)) {
                Ok(mistakes) => mistakes,
                Err(damaged) if damaged.is_damage() => vec![damaged.to_string()],
                Err(error) => return Err(error),
            };
            checked.push(Checked { what, mistakes });
        }
        reader.close().await.map_err(self.failed("closing it"))?;
        Ok(checked)
    }
}

async fn lines(reader: &mut SqliteConnection, sql: &'static str) -> Result<Vec<String>, StoreError> {
    let mut lines: Vec<String> = sqlx::query_scalar(sql)
        .fetch_all(reader)
        .await
        .map_err(fail("checking it"))?;
    // All that these pragmas say of a whole file.
    lines.retain(|line| line != "ok");
    let more = lines.len().saturating_sub(TOLD);
    lines.truncate(TOLD);
    lines.extend((more > 0).then(|| format!("and {more} more")));
    Ok(lines)
}
