//! Why an article is what it is: what was said of each version and sighting, against what, with which figures.

use std::borrow::Cow;
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::complete::STAGE as OF_PAGE;
use super::overrule::{OVERRULED, Overruled, Overruling};
use super::row::instant;
use super::{PageRecord, Sighting, Store, StoreError, Version};
use crate::article::{Article, ArticleId, Draft, SourceId, Verdict};
use crate::dedup::{Against, Change, Comparison, Headlines, STAGES, changes};

/// All that is known of how one article came to be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The article as it stands.
    pub article: Article,
    /// Who carried it, the first one first.
    pub carriers: Vec<Carried>,
    /// Under which names it is known.
    pub known_by: KnownBy,
    /// What was said of each version, the first one first.
    pub versions: Vec<Said>,
    /// What was said of each sighting when it was first seen, the first one first.
    pub sightings: Vec<Said>,
    /// What a person overruled.
    pub overruled: Vec<Overruled>,
    /// What came of its page, where that was wanted.
    pub page: Option<PageRecord>,
}

/// A source that carried it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Carried {
    /// Which.
    pub source: SourceId,
    /// The wire behind it, if known.
    pub wire: Option<String>,
    /// When it first showed it.
    pub first_seen: DateTime<Utc>,
    /// How long after the first.
    pub behind_ms: i64,
}

/// Names of an article.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct KnownBy {
    /// Public ids: its own, and those of articles that were merged into it.
    pub ids: Vec<ArticleId>,
    /// Numbers of articles that were merged into it.
    pub merged: Vec<i64>,
    /// Wire and number (`prnewswire:302898756`), those of corrections and copies included.
    pub releases: Vec<String>,
    /// Every guid, with the source that gave it.
    pub guids: Vec<Guid>,
    /// Every page.
    pub urls: Vec<String>,
}

/// A guid means something within its source alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[allow(missing_docs)] // its own names
pub struct Guid {
    pub source: SourceId,
    pub guid: String,
}

/// What was said of one version or of one sighting.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Said {
    /// Number of the sighting; `None` for a version.
    pub sighting: Option<i64>,
    /// The version, or the version that the sighting showed first.
    pub version: Option<i64>,
    /// Who brought it.
    pub source: SourceId,
    /// Its headline.
    pub headline: Option<String>,
    /// When it came.
    pub at: DateTime<Utc>,
    /// When it was last seen; `None` for a version.
    pub last_seen: Option<DateTime<Utc>>,
    /// The word.
    pub verdict: Verdict,
    /// The stage that decided.
    pub stage: String,
    /// What that stage looks at.
    pub stage_doc: &'static str,
    /// The deciding facts.
    pub why: String,
    /// What it was said against; of what is new, the likeliest one that it is not.
    pub counterpart: Option<Counterpart>,
    /// How the two texts compare, where they had to be compared, and what became another with an edited version.
    pub figures: Option<Figures>,
}

/// The version at the other end of a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // as in `Article`
pub struct Counterpart {
    pub article: i64,
    pub version: i64,
    pub headline: Option<String>,
    pub source: SourceId,
    pub wire: Option<String>,
    /// Its headline without a notice's mark.
    #[serde(skip)]
    unmarked: Option<String>,
}

/// Two texts beside each other, in figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// How the two headlines stand to each other; `None` where one has none.
    pub headlines: Option<Headlines>,
    /// Share of the shorter text that the longer has, in percent.
    pub score_percent: f64,
    /// Numbers, dates and names that both have in the same places.
    pub agreed: usize,
    /// Contradictions in facts.
    pub contradictions: usize,
    /// What changed, at most a dozen.
    pub changes: Vec<Change>,
}

impl Figures {
    fn of(comparison: &Comparison, headlines: Option<Headlines>) -> Self {
        Self {
            headlines,
            score_percent: (comparison.coverage * 1000.0).round() / 10.0,
            agreed: comparison.agreed,
            contradictions: comparison.facts(),
            changes: comparison.changes.clone(),
        }
    }
}

impl Store {
    /// Explains an article.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn explain(&self, article: Article) -> Result<Explanation, StoreError> {
        let number = article.number;
        let family = self.family(&article).await?;
        let overruled = self.overruled(number).await?;
        let mut versions = Vec::new();
        for version in &family.versions {
            let maker = family.sightings.iter().find(|sighting| {
                sighting.version == Some(version.article.version) && sighting.verdict == version.verdict
            });
            let against = maker.and_then(|maker| maker.against.as_ref());
            let draft = &version.article.draft;
            let counterpart = self
                .counterpart(against, version.verdict, version.article.version, &family)
                .await?;
            let comparison = match against {
                Some(against) => Some(Cow::Borrowed(&against.comparison)),
                None => changed(version, counterpart.as_ref(), &family.versions).map(Cow::Owned),
            };
            versions.push(Said {
                sighting: None,
                version: Some(version.article.version),
                source: draft.source.clone(),
                headline: draft.headline.clone(),
                at: version.article.modified,
                last_seen: None,
                verdict: version.verdict,
                stage: version.stage.clone(),
                stage_doc: stage_doc(&version.stage),
                why: version.why.clone(),
                figures: comparison
                    .map(|comparison| Figures::of(&comparison, headlines(unmarked(draft), counterpart.as_ref()))),
                counterpart,
            });
        }
        let mut sightings = Vec::new();
        for sighting in &family.sightings {
            let against = sighting.against.as_ref();
            let version = sighting.version.unwrap_or(article.version);
            let counterpart = self.counterpart(against, sighting.verdict, version, &family).await?;
            sightings.push(Said {
                sighting: Some(sighting.id),
                version: sighting.version,
                source: sighting.source.clone(),
                headline: sighting.headline.clone(),
                at: sighting.first_seen,
                last_seen: Some(sighting.last_seen),
                verdict: sighting.verdict,
                stage: sighting.stage.clone(),
                stage_doc: stage_doc(&sighting.stage),
                why: sighting.why.clone(),
                figures: against.map(|against| {
                    let headlines = headlines(sighting.headline.as_deref(), counterpart.as_ref());
                    Figures::of(&against.comparison, headlines)
                }),
                counterpart,
            });
        }
        Ok(Explanation {
            carriers: self.carriers(number).await?,
            known_by: self
                .known_by(&article, &family.versions, &family.sightings, &overruled)
                .await?,
            article,
            versions,
            sightings,
            overruled,
            page: self.page_record(number).await?,
        })
    }

    /// What a verdict was said against: what the texts were compared with, else what the word itself means.
    async fn counterpart(
        &self,
        against: Option<&Against>,
        verdict: Verdict,
        number: i64,
        family: &super::Family,
    ) -> Result<Option<Counterpart>, StoreError> {
        if let Some(against) = against {
            return self.now_at(against.article, against.version).await;
        }
        let own = |version: &Version| version.article.version;
        let versions = || family.versions.iter();
        Ok(match verdict {
            Verdict::New => None,
            Verdict::Variant => family.translations.first().map(counterpart_of),
            Verdict::Seen | Verdict::Duplicate => versions()
                .find(|version| own(version) == number)
                .map(|version| counterpart_of(&version.article)),
            Verdict::Revised | Verdict::Correction | Verdict::Withdrawal => {
                // The text of a page says the same as the teaser that it stands for.
                let is_own = |version: &&Version| version.stage != OF_PAGE;
                let before = versions().rev().filter(is_own).find(|version| own(version) < number);
                let after = || versions().find(|version| own(version) > number);
                before.or_else(after).map(|version| counterpart_of(&version.article))
            }
        })
    }

    /// Where a version of that time stands now: it may have been split off, or its article merged into another.
    async fn now_at(&self, article: i64, version: i64) -> Result<Option<Counterpart>, StoreError> {
        let Some(found) = self.find(&article.to_string()).await? else {
            return Ok(None);
        };
        let versions = self.versions(found.article.number).await?;
        if let Some(there) = versions
            .iter()
            .find(|there| there.article.version == version && found.former.is_none())
        {
            return Ok(Some(counterpart_of(&there.article)));
        }
        let past = self.overruled(article).await?;
        let split = past
            .iter()
            .rev()
            .find(|past| past.what == Overruling::Split && past.article == article && past.version == Some(version));
        let moved = match split {
            Some(split) => self.find(&split.other.to_string()).await?,
            None => None,
        };
        Ok(Some(counterpart_of(&moved.unwrap_or(found).article)))
    }

    async fn carriers(&self, article: i64) -> Result<Vec<Carried>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT g.source_id AS "source!: String", min(g.first_seen) AS "first_seen!: String",
                      coalesce(max(v.wire), max(c.draft ->> 'wire'), max(s.wire)) AS "wire: String"
               FROM sighting g JOIN source s ON s.source_id = g.source_id
               LEFT JOIN copy c ON c.sighting_id = g.sighting_id
               LEFT JOIN version v ON v.article_id = g.article_id AND v.version = g.version AND v.source_id = g.source_id
               WHERE g.article_id = ?1 GROUP BY g.source_id ORDER BY 2, 1"#,
            article
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("reading who carried an article"))?;
        let mut carriers: Vec<Carried> = Vec::new();
        for row in rows {
            let first_seen = instant("sighting", "first_seen", &row.first_seen)?;
            let first = carriers.first().map_or(first_seen, |first| first.first_seen);
            carriers.push(Carried {
                source: SourceId::new(row.source),
                wire: row.wire,
                first_seen,
                behind_ms: (first_seen - first).num_milliseconds(),
            });
        }
        Ok(carriers)
    }

    async fn known_by(
        &self,
        article: &Article,
        versions: &[Version],
        sightings: &[Sighting],
        overruled: &[Overruled],
    ) -> Result<KnownBy, StoreError> {
        let releases = sqlx::query_scalar!(
            r#"SELECT k.value AS "value!: String" FROM key k
               WHERE k.article_id = ?1 AND k.kind = 'release' ORDER BY k.value"#,
            article.number
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("reading the numbers of an article"))?;
        let mut guids: BTreeSet<Guid> = BTreeSet::new();
        let mut urls: BTreeSet<String> = BTreeSet::new();
        for sighting in sightings {
            guids.extend(sighting.guid.clone().map(|guid| Guid {
                source: sighting.source.clone(),
                guid,
            }));
            urls.extend(sighting.url.clone());
        }
        for draft in versions.iter().map(|version| &version.article.draft) {
            guids.extend(draft.guid.clone().map(|guid| Guid {
                source: draft.source.clone(),
                guid,
            }));
            urls.extend(draft.url.iter().chain(&draft.urls).cloned());
        }
        let mut merged = Vec::new();
        let mut ids = vec![article.id.clone()];
        for past in overruled {
            // One that was split off again has its number and id back.
            let Some(uri) = &past.uri else { continue };
            if self.article(past.other).await?.is_none() && !merged.contains(&past.other) {
                merged.push(past.other);
                ids.push(uri.clone());
            }
        }
        Ok(KnownBy {
            ids,
            merged,
            releases,
            guids: guids.into_iter().collect(),
            urls: urls.into_iter().collect(),
        })
    }
}

/// What became another with a version that nothing had to be compared for: the item or a number had told whose it is.
fn changed(version: &Version, counterpart: Option<&Counterpart>, versions: &[Version]) -> Option<Comparison> {
    let article = &version.article;
    let counterpart = counterpart.filter(|counterpart| counterpart.article == article.number)?;
    match version.verdict {
        Verdict::Revised | Verdict::Correction => {}
        Verdict::New | Verdict::Seen | Verdict::Duplicate | Verdict::Withdrawal | Verdict::Variant => return None,
    }
    let mut versions = versions.iter().map(|version| &version.article);
    let before = versions.find(|before| before.version == counterpart.version)?;
    Some(changes(&article.draft, &before.draft))
}

/// The headline without a notice's mark.
fn unmarked(draft: &Draft) -> Option<&str> {
    let clean = draft
        .revision
        .as_ref()
        .and_then(|revision| revision.clean_headline.as_deref());
    clean.or(draft.headline.as_deref())
}

fn headlines(headline: Option<&str>, counterpart: Option<&Counterpart>) -> Option<Headlines> {
    let other = counterpart.and_then(|counterpart| counterpart.unmarked.as_deref());
    headline.zip(other).map(|(one, other)| Headlines::of(one, other))
}

fn counterpart_of(article: &Article) -> Counterpart {
    Counterpart {
        article: article.number,
        version: article.version,
        headline: article.draft.headline.clone(),
        source: article.draft.source.clone(),
        wire: article.draft.wire.clone(),
        unmarked: unmarked(&article.draft).map(str::to_owned),
    }
}

/// What a stage looks at.
fn stage_doc(name: &str) -> &'static str {
    let stage = STAGES.iter().find(|stage| stage.name == name);
    stage.map_or_else(
        || match name {
            OVERRULED => "a person said it, or the judge when it had the whole text",
            OF_PAGE => "the release's own page",
            _ => "no stage had anything to say",
        },
        |stage| stage.doc,
    )
}
