//! Reads what stands beside each article of a list: its versions, who showed it, its translations. Names and no texts, for a whole
//! list at once: three statements, however long it is.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::row::{instant, json, optional_instant, word};
use super::{Store, StoreError};
use crate::article::{Article, ArticleId, Rights, SourceId, Verdict};
use crate::wire;

/// An article as a list shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Listed {
    /// The article.
    pub article: Article,
    /// Its versions, the first one first.
    pub versions: Vec<PastVersion>,
    /// Who showed it, the first one first.
    pub sightings: Vec<Seen>,
    /// The same release in other languages, the first one first; without those that are withheld.
    pub translations: Vec<Translation>,
    /// What it is a copy of, where a copy is listed by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy_of: Option<Original>,
}

/// The article that a copy is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Original {
    /// Its public id.
    pub id: ArticleId,
    /// Who showed it first, where, and when.
    pub seen: Seen,
}

/// A version by its names.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)] // as in the article schema
pub struct PastVersion {
    pub version: i64,
    pub verdict: Verdict,
    pub why: String,
    pub headline: Option<String>,
    pub language: Option<String>,
    pub published: Option<DateTime<Utc>>,
    pub wire: Option<String>,
    pub release_id: Option<String>,
    #[serde(skip)]
    pub source: SourceId,
    pub url: Option<String>,
}

/// One source showing one article under one name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// Who showed it.
    pub source: SourceId,
    /// Display name of the distributor: as in the article schema.
    pub wire: Option<String>,
    /// Under which guid.
    pub guid: Option<String>,
    /// At which canonical URL.
    pub url: Option<String>,
    /// Under which headline, where that is known.
    pub headline: Option<String>,
    /// What outputs may re-emit by the terms of its source, as they were when it was read; where they are not known nothing but a headline.
    pub rights: Rights,
    /// It is the notice that withdrew the release.
    #[serde(skip)]
    pub withdraws: bool,
    /// When.
    pub first_seen: DateTime<Utc>,
    /// How long after the first.
    pub behind_ms: i64,
}

/// The same release in another language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // as in the article schema
pub struct Translation {
    pub id: ArticleId,
    pub number: i64,
    pub headline: Option<String>,
    pub language: Option<String>,
}

impl Listed {
    /// An article of which nothing else is known.
    #[must_use]
    pub const fn alone(article: Article) -> Self {
        Self {
            article,
            versions: Vec::new(),
            sightings: Vec::new(),
            translations: Vec::new(),
            copy_of: None,
        }
    }

    /// The versions before the one shown.
    pub fn earlier(&self) -> impl DoubleEndedIterator<Item = &PastVersion> {
        let shown = self.article.version;
        self.versions.iter().filter(move |known| known.version < shown)
    }

    /// When it was first issued: corrections carry times of their own, and may not move it.
    #[must_use]
    pub fn published(&self) -> Option<DateTime<Utc>> {
        let first = self.versions.first();
        first.map_or(self.article.draft.published, |first| first.published)
    }

    /// The other pages that show it, each once, in the order in which they came: neither its own nor those of earlier versions of the same
    /// source, nor the notice by which it was withdrawn.
    pub fn copies(&self) -> impl Iterator<Item = (&Seen, &str)> {
        let draft = &self.article.draft;
        let of_source = self.versions.iter().filter(|version| version.source == draft.source);
        let mut known: Vec<&str> = draft
            .url
            .iter()
            .chain(of_source.filter_map(|version| version.url.as_ref()))
            .map(String::as_str)
            .collect();
        self.sightings
            .iter()
            .filter(|seen| !seen.withdraws)
            .filter_map(move |seen| {
                let page = seen.url.as_deref()?;
                let is_new = !known.contains(&page);
                if is_new {
                    known.push(page);
                }
                is_new.then_some((seen, page))
            })
    }

    /// When what is shown of it last changed.
    #[must_use]
    pub fn changed(&self) -> DateTime<Utc> {
        let copies = self.copies().map(|(seen, _)| seen.first_seen);
        copies.fold(self.article.modified, Ord::max)
    }
}

impl Store {
    /// These articles, in this order, with what stands beside each.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn listed(&self, articles: Vec<Article>) -> Result<Vec<Listed>, StoreError> {
        let numbers: Vec<i64> = articles.iter().map(|article| article.number).collect();
        let numbers = json(&numbers);
        let mut versions = self.past_versions(&numbers).await?;
        let mut sightings = self.seen(&numbers).await?;
        let mut translations = self.translations(&numbers).await?;
        let listed = articles.into_iter().map(|article| Listed {
            versions: versions.remove(&article.number).unwrap_or_default(),
            sightings: sightings.remove(&article.number).unwrap_or_default(),
            translations: translations.remove(&article.number).unwrap_or_default(),
            copy_of: None,
            article,
        });
        Ok(listed.collect())
    }

    async fn past_versions(&self, numbers: &str) -> Result<HashMap<i64, Vec<PastVersion>>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT article_id AS "article!: i64", version AS "version!: i64", verdict AS "verdict!: String", reason AS "why!: String",
                      headline AS "headline: String", language AS "language: String", published AS "published: String",
                      wire AS "wire: String", release_id AS "release_id: String", url AS "url: String", source_id AS "source_id!: String"
               FROM version WHERE article_id IN (SELECT value FROM json_each(?1)) ORDER BY article_id, version"#,
            numbers
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("reading the versions of a list"))?;
        let mut of: HashMap<i64, Vec<PastVersion>> = HashMap::new();
        for row in rows {
            of.entry(row.article).or_default().push(PastVersion {
                version: row.version,
                verdict: word("version", "verdict", &row.verdict, Verdict::parse)?,
                why: row.why,
                headline: row.headline,
                language: row.language,
                published: optional_instant("version", "published", row.published.as_deref())?,
                wire: row.wire,
                release_id: row.release_id,
                source: SourceId::new(row.source_id),
                url: row.url,
            });
        }
        Ok(of)
    }

    async fn seen(&self, numbers: &str) -> Result<HashMap<i64, Vec<Seen>>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT g.article_id AS "article!: i64", g.source_id AS "source!: String", g.guid AS "guid: String", g.url AS "url: String",
                      g.first_seen AS "first_seen!: String", coalesce(v.wire, c.draft ->> 'wire') AS "told?: String", s.wire AS "wire: String",
                      g.verdict = 'withdrawal' AS "withdraws!: bool", coalesce(g.headline, v.headline) AS "headline: String", coalesce(c.draft ->> 'rights', v.rights) AS "rights?: String"
               FROM sighting g JOIN source s ON s.source_id = g.source_id
               LEFT JOIN copy c ON c.sighting_id = g.sighting_id
               LEFT JOIN version v ON v.article_id = g.article_id AND v.version = g.version AND v.source_id = g.source_id
               WHERE g.article_id IN (SELECT value FROM json_each(?1)) ORDER BY g.article_id, g.first_seen, g.sighting_id"#,
            numbers
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("reading who showed a list"))?;
        let mut of: HashMap<i64, Vec<Seen>> = HashMap::new();
        for row in rows {
            let first_seen = instant("sighting", "first_seen", &row.first_seen)?;
            let sightings = of.entry(row.article).or_default();
            let first = sightings.first().map_or(first_seen, |first| first.first_seen);
            let configured = row.wire.as_deref().and_then(wire::by_id).map(|wire| wire.name);
            sightings.push(Seen {
                source: SourceId::new(row.source),
                wire: row
                    .told
                    .or_else(|| configured.filter(|name| !name.is_empty()).map(str::to_owned)),
                guid: row.guid,
                url: row.url,
                headline: row.headline,
                rights: row
                    .rights
                    .as_deref()
                    .and_then(Rights::parse)
                    .unwrap_or(Rights::Headline),
                withdraws: row.withdraws,
                first_seen,
                behind_ms: (first_seen - first).num_milliseconds(),
            });
        }
        Ok(of)
    }

    async fn translations(&self, numbers: &str) -> Result<HashMap<i64, Vec<Translation>>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT o.article_id AS "of!: i64", a.article_id AS "number!: i64", a.uri AS "id!: String",
                      v.headline AS "headline: String", v.language AS "language: String"
               FROM article o JOIN article a ON a.story_id = o.story_id AND a.article_id <> o.article_id
               JOIN version v ON v.article_id = a.article_id AND v.version = a.version
               WHERE o.article_id IN (SELECT value FROM json_each(?1)) AND a.pubstatus <> 'withheld' ORDER BY o.article_id, a.article_id"#,
            numbers
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("reading the translations of a list"))?;
        let mut of: HashMap<i64, Vec<Translation>> = HashMap::new();
        for row in rows {
            of.entry(row.of).or_default().push(Translation {
                id: ArticleId::new(row.id),
                number: row.number,
                headline: row.headline,
                language: row.language,
            });
        }
        Ok(of)
    }
}
