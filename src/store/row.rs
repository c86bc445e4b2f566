//! A draft as columns, and columns as the article that they are. The two sides stand in one file because they must agree.
//!
//! Times keep milliseconds; everything else comes back exactly as it went in.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use memchr::memmem;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::StoreError;
use crate::article::{Article, ArticleId, Draft, Kind, PubStatus, Rights, Section, SectionKind, SourceId};

/// What [`article_from_row`] reads: of `article a JOIN version v` (see [`NEWEST_VERSION`]).
pub(crate) const ARTICLE_COLUMNS: &str = "a.article_id, a.uri, a.story_id, a.pubstatus, a.first_received, a.modified, \
     v.version, v.received, v.source_id, v.kind, v.headline, v.subheadline, v.summary, v.dateline, v.wire, v.release_id, \
     v.issuer, v.organisations, v.cashtags, v.published, v.updated, v.embargoed, v.language, v.url, v.urls, v.guid, v.body_text, \
     v.body_html, v.sections, v.subjects, v.contacts, v.people, v.media, v.revision, v.rights, v.copyright_notice, v.repairs, \
     (SELECT count(DISTINCT g.source_id) FROM sighting g WHERE g.article_id = a.article_id) AS sources";

/// What [`article_of`] reads: all but the draft, of `article a`.
pub(super) const HEAD_COLUMNS: &str = "a.article_id, a.uri, a.story_id, a.version, a.pubstatus, a.first_received, a.modified, \
     (SELECT count(DISTINCT g.source_id) FROM sighting g WHERE g.article_id = a.article_id) AS sources";

/// The tables of a select over articles as they stand.
pub(crate) const NEWEST_VERSION: &str =
    "article a JOIN version v ON v.article_id = a.article_id AND v.version = a.version";

/// An instant as the store writes it: 24 characters, so that text order is time order.
pub(crate) fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The day of an instant in days since 1970, for tables that are small on purpose.
pub(super) fn day(at: DateTime<Utc>) -> i64 {
    at.timestamp().div_euclid(A_DAY_S)
}

/// The date of such a day.
pub(super) fn date(day: i64) -> NaiveDate {
    let midnight = DateTime::from_timestamp(day.saturating_mul(A_DAY_S), 0);
    midnight.unwrap_or_default().date_naive()
}

const A_DAY_S: i64 = 24 * 60 * 60;

pub(super) fn instant(table: &'static str, column: &'static str, text: &str) -> Result<DateTime<Utc>, StoreError> {
    DateTime::parse_from_rfc3339(text)
        .map(|at| at.with_timezone(&Utc))
        .map_err(|_| StoreError::value(table, column, text))
}

pub(super) fn optional_instant(
    table: &'static str,
    column: &'static str,
    text: Option<&str>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    text.map(|text| instant(table, column, text)).transpose()
}

/// A word of a closed vocabulary.
pub(super) fn word<T>(
    table: &'static str,
    column: &'static str,
    text: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, StoreError> {
    parse(text).ok_or_else(|| StoreError::value(table, column, text))
}

/// A value of the article schema as its JSON.
pub(super) fn json<T: Serialize>(value: &T) -> String {
    // The schema's types hold strings, numbers and lists of them: serde_json cannot fail on those.
    serde_json::to_string(value).unwrap_or_default()
}

pub(super) fn from_json<T: DeserializeOwned>(column: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::value("version", column, text))
}

/// A passage as a byte range of the body; with its text, should it not stand there.
#[derive(Debug, Serialize, Deserialize)]
struct Passage<'t> {
    kind: SectionKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    start: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<Cow<'t, str>>,
}

/// The passages of a body, as stored.
pub(super) fn passages(body_text: &str, sections: &[Section]) -> String {
    let mut from = 0;
    let passages: Vec<Passage<'_>> = sections
        .iter()
        .map(|section| {
            let start = body_text.get(from..).and_then(|rest| {
                // Nearly always it is the next line.
                let next = rest.trim_start();
                let at = if next.starts_with(&section.text) && !section.text.is_empty() {
                    Some(rest.len() - next.len())
                } else {
                    memmem::find(rest.as_bytes(), section.text.as_bytes())
                };
                at.map(|at| from + at)
            });
            let end = start.map(|start| start + section.text.len());
            from = end.unwrap_or(from);
            let text = start.is_none().then_some(Cow::Borrowed(section.text.as_str()));
            Passage {
                kind: section.kind,
                start,
                end,
                text,
            }
        })
        .collect();
    json(&passages)
}

/// The passages of a body, as read.
pub(super) fn sections(body_text: &str, stored: &str) -> Result<Vec<Section>, StoreError> {
    let passages: Vec<Passage<'_>> = from_json("sections", stored)?;
    passages
        .into_iter()
        .map(|passage| {
            let text = match (passage.start, passage.end, passage.text) {
                (Some(start), Some(end), None) => body_text.get(start..end).map(str::to_owned),
                (_, _, text) => text.map(Cow::into_owned),
            };
            let text = text.ok_or_else(|| StoreError::value("version", "sections", stored))?;
            Ok(Section {
                kind: passage.kind,
                text,
            })
        })
        .collect()
}

/// Reads one row of [`ARTICLE_COLUMNS`].
pub(crate) fn article_from_row(row: &SqliteRow) -> Result<Article, StoreError> {
    let columns = Columns(row);
    let body_text: String = columns.get("body_text")?;
    let draft = Draft {
        pubstatus: columns.word("pubstatus", PubStatus::parse)?,
        kind: columns.word("kind", Kind::parse)?,
        headline: columns.get("headline")?,
        subheadline: columns.get("subheadline")?,
        summary: columns.get("summary")?,
        dateline: columns.optional_json("dateline")?,
        wire: columns.get("wire")?,
        release_id: columns.get("release_id")?,
        source: SourceId::new(columns.get::<String>("source_id")?),
        issuer: columns.get("issuer")?,
        organisations: columns.json("organisations")?,
        cashtags: columns.json("cashtags")?,
        published: columns.optional_instant("published")?,
        updated: columns.optional_instant("updated")?,
        embargoed: columns.optional_instant("embargoed")?,
        received: columns.instant("received")?,
        language: columns.get("language")?,
        url: columns.get("url")?,
        urls: columns.json("urls")?,
        guid: columns.get("guid")?,
        body_html: columns.get("body_html")?,
        sections: sections(&body_text, columns.get("sections")?)?,
        subjects: columns.json("subjects")?,
        contacts: columns.json("contacts")?,
        people: columns.json("people")?,
        media: columns.json("media")?,
        revision: columns.optional_json("revision")?,
        rights: columns.word("rights", Rights::parse)?,
        copyright_notice: columns.get("copyright_notice")?,
        repairs: columns.json("repairs")?,
        body_text,
    };
    head(&columns, draft)
}

/// The article that shows a draft which is at hand.
pub(super) fn article_of(row: &SqliteRow, draft: Draft) -> Result<Article, StoreError> {
    let columns = Columns(row);
    let pubstatus = columns.word("pubstatus", PubStatus::parse)?;
    head(&columns, Draft { pubstatus, ..draft })
}

fn head(columns: &Columns<'_>, draft: Draft) -> Result<Article, StoreError> {
    Ok(Article {
        id: ArticleId::new(columns.get::<String>("uri")?),
        number: columns.get("article_id")?,
        story: columns.get("story_id")?,
        version: columns.get("version")?,
        first_received: columns.instant("first_received")?,
        modified: columns.instant("modified")?,
        copies: columns.get::<u32>("sources")?.saturating_sub(1),
        draft,
    })
}

/// A row whose columns are read by name, with the name in every error.
struct Columns<'r>(&'r SqliteRow);

impl<'r> Columns<'r> {
    fn get<T>(&self, column: &'static str) -> Result<T, StoreError>
    where
        T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
    {
        self.0.try_get(column).map_err(|source| StoreError::Sql {
            doing: "reading an article",
            source,
        })
    }

    fn word<T>(&self, column: &'static str, parse: impl Fn(&str) -> Option<T>) -> Result<T, StoreError> {
        word("article", column, self.get(column)?, parse)
    }

    fn instant(&self, column: &'static str) -> Result<DateTime<Utc>, StoreError> {
        instant("article", column, self.get(column)?)
    }

    fn optional_instant(&self, column: &'static str) -> Result<Option<DateTime<Utc>>, StoreError> {
        optional_instant("article", column, self.get(column)?)
    }

    fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, StoreError> {
        from_json(column, self.get(column)?)
    }

    fn optional_json<T: DeserializeOwned>(&self, column: &'static str) -> Result<Option<T>, StoreError> {
        self.get::<Option<&str>>(column)?
            .map(|text| from_json(column, text))
            .transpose()
    }
}
