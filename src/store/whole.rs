//! An article with everything that the store has of it, read inside the transaction that will change it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use super::StoreError;
use super::complete::is_of_page;
use super::row::{ARTICLE_COLUMNS, article_from_row, from_json, instant, sections, word};
use crate::article::{Draft, Kind, PubStatus, SourceId, Verdict};
use crate::dedup::{Against, Key, KeyKind, Reading};

/// One article, its versions and who showed it.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) number: i64,
    pub(super) uri: String,
    pub(super) story: i64,
    pub(super) first_received: DateTime<Utc>,
    /// By number; never empty.
    pub(super) versions: Vec<Kept>,
    /// By the time at which they were first seen.
    pub(super) showings: Vec<Showing>,
}

/// A version as stored.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) number: i64,
    pub(super) edition: i64,
    pub(super) verdict: Verdict,
    pub(super) stage: String,
    pub(super) why: String,
    pub(super) content_hash: String,
    /// The source whose text it shows, where that is a copy's.
    pub(super) text_source: Option<String>,
    /// With the status that it has by itself: withheld until its embargo lapses.
    pub(super) draft: Draft,
}

/// A sighting as stored.
#[derive(Debug)]
pub(super) struct Showing {
    pub(super) id: i64,
    pub(super) version: Option<i64>,
    pub(super) source: String,
    pub(super) item_key: String,
    pub(super) guid: Option<String>,
    pub(super) url: Option<String>,
    pub(super) headline: Option<String>,
    pub(super) verdict: Verdict,
    pub(super) stage: String,
    pub(super) why: String,
    pub(super) against: Option<Against>,
    pub(super) content_hash: String,
    pub(super) content_since: DateTime<Utc>,
    pub(super) first_seen: DateTime<Utc>,
    pub(super) last_seen: DateTime<Utc>,
    /// What it said, text included, where that is kept: of copies, and of notices that stand under the headline of what they withdraw.
    pub(super) own: Option<Draft>,
}

impl Showing {
    /// A copy that was merged, and can become an article of its own.
    pub(super) fn is_copy(&self) -> bool {
        self.verdict == Verdict::Duplicate && self.own.is_some()
    }

    /// What was said of it, for a person.
    pub(super) fn said(&self) -> String {
        format!("it had been: {}, stage {}: {}", self.verdict, self.stage, self.why)
    }
}

impl Kept {
    /// What was said of it, for a person.
    pub(super) fn said(&self) -> String {
        format!("it had been: {}, stage {}: {}", self.verdict, self.stage, self.why)
    }
}

impl Whole {
    /// Its version of that number.
    pub(super) fn version(&self, number: i64) -> Option<&Kept> {
        self.versions.iter().find(|version| version.number == number)
    }

    /// Those that show a text of their own; a borrowed one goes with its copy.
    pub(super) fn own_versions(&self) -> impl DoubleEndedIterator<Item = &Kept> {
        self.versions.iter().filter(|version| version.text_source.is_none())
    }

    /// The items that brought a version: those of which that was said; of a silent change those whose item it is, by its guid or else its page.
    pub(super) fn makers(&self, version: &Kept) -> Vec<&Showing> {
        let draft = &version.draft;
        let same = |one: &Option<String>, other: &Option<String>| one.is_some() && one == other;
        let of_source = |showing: &&Showing| showing.source == draft.source.as_str();
        let is_said =
            |showing: &&Showing| showing.verdict != Verdict::Duplicate && showing.version == Some(version.number);
        let said: Vec<&Showing> = self.showings.iter().filter(is_said).collect();
        if !said.is_empty() {
            return said;
        }
        let has_guid = |showing: &&Showing| same(&showing.guid, &draft.guid);
        let by_guid: Vec<&Showing> = self.showings.iter().filter(of_source).filter(has_guid).collect();
        if !by_guid.is_empty() {
            return by_guid;
        }
        let has_page = |showing: &&Showing| same(&showing.url, &draft.url);
        self.showings.iter().filter(of_source).filter(has_page).collect()
    }

    /// Is this one of them?
    pub(super) fn is_maker(&self, showing: &Showing, version: &Kept) -> bool {
        self.makers(version).iter().any(|maker| maker.id == showing.id)
    }

    /// The version that it shows.
    pub(super) fn newest(&self) -> Option<&Kept> {
        self.versions.last()
    }

    /// The copy whose text a version shows; `None` where that copy went, and of versions that show their own.
    pub(super) fn lender(&self, version: &Kept) -> Option<&Showing> {
        let source = version.text_source.as_deref()?;
        let mut copies = self
            .showings
            .iter()
            .filter(|showing| showing.is_copy() && showing.source == source);
        copies.find(|copy| {
            copy.own
                .as_ref()
                .is_some_and(|own| own.body_text == version.draft.body_text)
        })
    }

    /// Does a version show a text that nobody lends any more? What is shown now needs the very copy; a text of the past, which that copy
    /// may have replaced by another one since, any copy of its source.
    pub(super) fn is_bereft(&self, version: &Kept) -> bool {
        let Some(source) = version.text_source.as_deref() else {
            return false;
        };
        if is_of_page(version) {
            // It goes with the teaser whose page it is.
            return !self.own_versions().any(|own| own.edition == version.edition);
        }
        let is_shown = self.newest().is_some_and(|newest| newest.number == version.number);
        if is_shown {
            return self.lender(version).is_none();
        }
        let mut showings = self.showings.iter();
        !showings.any(|showing| showing.is_copy() && showing.source == source)
    }

    /// What a version said itself: a withdrawal stands under the headline and the names of what it withdraws, and a notice that names a company
    /// alone under the headline of its release.
    pub(super) fn own_draft(&self, version: &Kept) -> Draft {
        let brought =
            |showing: &&Showing| showing.version == Some(version.number) && showing.verdict == version.verdict;
        let maker = self.showings.iter().find(brought);
        let stands_under_another = version.verdict == Verdict::Withdrawal || version.draft.is_headed_by_its_mark();
        match maker.filter(|_| stands_under_another) {
            Some(Showing { own: Some(own), .. }) => own.clone(),
            Some(showing) => Draft {
                headline: showing.headline.clone(),
                url: showing.url.clone(),
                ..version.draft.clone()
            },
            None => version.draft.clone(),
        }
    }

    /// May it be shown? What the plan of a poll says step by step, said of all versions at once: a withdrawal cancels, a notice brings
    /// back, and an embargo ends when a copy of the newest version shows the release openly.
    pub(super) fn pubstatus(&self) -> PubStatus {
        let mut status = PubStatus::Usable;
        let mut is_after_release = false;
        for version in &self.versions {
            let kind = version.draft.kind;
            let withdraws = version.verdict == Verdict::Withdrawal || (kind == Kind::Retraction && is_after_release);
            let stays = version.verdict == Verdict::Revised && status == PubStatus::Canceled;
            status = if withdraws || stays {
                PubStatus::Canceled
            } else {
                version.draft.pubstatus
            };
            is_after_release |= kind != Kind::Retraction;
        }
        let newest = self.newest().map(|newest| newest.edition);
        let is_of_newest = |showing: &&Showing| {
            let version = showing.version.and_then(|version| self.version(version));
            version.is_none_or(|version| Some(version.edition) == newest)
        };
        let mut copies = self
            .showings
            .iter()
            .filter(|showing| showing.is_copy())
            .filter(is_of_newest)
            .filter_map(|copy| copy.own.as_ref());
        if status == PubStatus::Withheld && copies.any(|own| own.pubstatus == PubStatus::Usable) {
            return PubStatus::Usable;
        }
        status
    }

    /// What it can be recalled by, as far as its versions and copies tell.
    pub(super) fn keys(&self) -> BTreeSet<Key> {
        let versions = self.versions.iter().flat_map(|version| keys(&version.draft));
        let copies = self
            .showings
            .iter()
            .filter_map(|showing| showing.own.as_ref())
            .flat_map(keys);
        let pages = self.showings.iter().flat_map(|showing| {
            keys(&Draft {
                headline: showing.headline.clone(),
                url: showing.url.clone(),
                ..Draft::empty(SourceId::new(&showing.source), showing.first_seen)
            })
        });
        versions
            .chain(copies)
            .chain(pages.filter(|key| key.kind == KeyKind::Url))
            .collect()
    }

    /// The numbers by which look-alikes find it.
    pub(super) fn shingles(&self) -> BTreeSet<i64> {
        let versions = self.versions.iter().map(|version| &version.draft);
        let copies = self.showings.iter().filter_map(|showing| showing.own.as_ref());
        versions
            .chain(copies)
            .flat_map(|draft| Reading::of(draft).shingles)
            .collect()
    }
}

/// The keys that a release can have, whether its page shows it alone or not.
pub(super) fn keys(draft: &Draft) -> BTreeSet<Key> {
    let readings = [Reading::of(draft), Reading::of_shared_page(draft)];
    let keys = readings.into_iter().flat_map(|reading| reading.keys);
    keys.filter(|key| key.kind != KeyKind::Item).collect()
}

/// The article of that number.
pub(super) async fn whole(
    connection: &mut SqliteConnection,
    number: i64,
    now: DateTime<Utc>,
) -> Result<Option<Whole>, StoreError> {
    const DOING: &str = "reading all of an article";
    let fail = |source| StoreError::Sql { doing: DOING, source };
    let sql = format!(
        "SELECT {ARTICLE_COLUMNS}, v.edition, v.verdict, v.stage, v.reason, v.content_hash, v.text_source \
         FROM article a JOIN version v ON v.article_id = a.article_id WHERE a.article_id = ?1 ORDER BY v.version"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(number)
        .fetch_all(&mut *connection)
        .await
        .map_err(fail)?;
    let mut head = None;
    let mut versions = Vec::new();
    for row in &rows {
        let mut article = article_from_row(row)?;
        article.draft.pubstatus = by_embargo(&article.draft, now);
        versions.push(Kept {
            number: article.version,
            edition: row.try_get("edition").map_err(fail)?,
            verdict: word(
                "version",
                "verdict",
                row.try_get("verdict").map_err(fail)?,
                Verdict::parse,
            )?,
            stage: row.try_get("stage").map_err(fail)?,
            why: row.try_get("reason").map_err(fail)?,
            content_hash: row.try_get("content_hash").map_err(fail)?,
            text_source: row.try_get("text_source").map_err(fail)?,
            draft: article.draft.clone(),
        });
        head = Some(article);
    }
    let Some(head) = head else { return Ok(None) };
    let showings = showings(connection, number, &versions, now).await?;
    Ok(Some(Whole {
        number,
        uri: head.id.as_str().to_owned(),
        story: head.story,
        first_received: head.first_received,
        versions,
        showings,
    }))
}

async fn showings(
    connection: &mut SqliteConnection,
    number: i64,
    versions: &[Kept],
    now: DateTime<Utc>,
) -> Result<Vec<Showing>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT g.sighting_id AS "id!: i64", g.version AS "version: i64", g.source_id AS "source!: String",
                  g.item_key AS "item_key!: String", g.guid AS "guid: String", g.url AS "url: String",
                  g.headline AS "headline: String", g.verdict AS "verdict!: String", g.stage AS "stage!: String",
                  g.reason AS "why!: String", g.against AS "against: String", g.content_hash AS "content_hash!: String",
                  g.content_since AS "content_since!: String",
                  g.first_seen AS "first_seen!: String", g.last_seen AS "last_seen!: String",
                  c.draft AS "draft?: String", c.sections AS "sections: String"
           FROM sighting g LEFT JOIN copy c ON c.sighting_id = g.sighting_id
           WHERE g.article_id = ?1 ORDER BY g.first_seen, g.sighting_id"#,
        number
    )
    .fetch_all(&mut *connection)
    .await
    .map_err(|source| StoreError::Sql {
        doing: "reading who showed an article",
        source,
    })?;
    rows.into_iter()
        .map(|row| {
            let own = row
                .draft
                .map(|draft| own(&draft, row.sections.as_deref(), row.version, versions, now));
            Ok(Showing {
                id: row.id,
                version: row.version,
                source: row.source,
                item_key: row.item_key,
                guid: row.guid,
                url: row.url,
                headline: row.headline,
                verdict: word("sighting", "verdict", &row.verdict, Verdict::parse)?,
                stage: row.stage,
                why: row.why,
                against: row
                    .against
                    .as_deref()
                    .map(|text| from_json("against", text))
                    .transpose()?,
                content_hash: row.content_hash,
                content_since: instant("sighting", "content_since", &row.content_since)?,
                first_seen: instant("sighting", "first_seen", &row.first_seen)?,
                last_seen: instant("sighting", "last_seen", &row.last_seen)?,
                own: own.transpose()?,
            })
        })
        .collect()
}

/// What is kept of a copy, with the text of the version that it is a copy of where its own was left out.
fn own(
    stored: &str,
    passages: Option<&str>,
    version: Option<i64>,
    versions: &[Kept],
    now: DateTime<Utc>,
) -> Result<Draft, StoreError> {
    let mut draft: Draft = from_json("draft", stored)?;
    match passages {
        Some(passages) => draft.sections = sections(&draft.body_text, passages)?,
        None => {
            let same = versions.iter().find(|kept| Some(kept.number) == version);
            if let Some(text) = same.or(versions.last()).map(|kept| &kept.draft) {
                draft.body_text.clone_from(&text.body_text);
                draft.body_html.clone_from(&text.body_html);
                draft.sections.clone_from(&text.sections);
            }
        }
    }
    draft.pubstatus = by_embargo(&draft, now);
    Ok(draft)
}

fn by_embargo(draft: &Draft, now: DateTime<Utc>) -> PubStatus {
    match draft.embargoed {
        Some(lapses) if lapses > now => PubStatus::Withheld,
        Some(_) | None => PubStatus::Usable,
    }
}
