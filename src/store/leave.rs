//! Items leave an article together, with the versions that they brought, and are an article of their own.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;

use super::append::{arrive, dressed};
use super::complete::is_of_page;
use super::overrule::{OVERRULED, OverruleError};
use super::part::{go, keep_whole, move_version, new_article, rewrite, settled};
use super::plan::NewVersion;
use super::whole::{Kept, Showing, Whole};
use super::write::{insert_versions, insert_words};
use crate::article::{Draft, Verdict};
use crate::dedup::{Judgement, Reading};

/// What leaves an article.
#[derive(Debug)]
pub(super) struct Leaving<'w> {
    whole: &'w Whole,
    showings: Vec<&'w Showing>,
    /// Those that these items alone brought, by number, and the texts of their pages.
    versions: Vec<&'w Kept>,
}

/// What the new article says first.
enum First<'w> {
    /// What a copy said, of which no version was made.
    Copy(&'w Showing, Draft),
    /// A version.
    Version(&'w Kept, Draft),
}

impl First<'_> {
    const fn draft(&self) -> &Draft {
        match self {
            Self::Copy(_, draft) | Self::Version(_, draft) => draft,
        }
    }
}

impl<'w> Leaving<'w> {
    /// These items, what they brought, and the copies of that; not those that came with another article (`merged`): they hang where a person put
    /// them.
    pub(super) fn of(whole: &'w Whole, items: &BTreeSet<i64>, merged: &BTreeSet<i64>) -> Self {
        let leaves = |version: &Kept| {
            let makers = whole.makers(version);
            !makers.is_empty() && makers.iter().all(|maker| items.contains(&maker.id))
        };
        let own = |edition: i64| whole.own_versions().filter(move |version| version.edition == edition);
        let has_gone = |edition: i64| own(edition).next().is_some() && own(edition).all(leaves);
        let goes = |version: &&Kept| match version.text_source {
            None => leaves(version),
            Some(_) => is_of_page(version) && has_gone(version.edition),
        };
        let is_copy_of_it = |showing: &Showing| {
            let version = showing.version.and_then(|version| whole.version(version));
            let is_its = version.is_some_and(|version| has_gone(version.edition));
            showing.is_copy() && is_its && !merged.contains(&showing.id)
        };
        let showings = whole.showings.iter();
        Self {
            whole,
            showings: showings
                .filter(|showing| items.contains(&showing.id) || is_copy_of_it(showing))
                .collect(),
            versions: whole.versions.iter().filter(goes).collect(),
        }
    }

    /// Does this item leave?
    fn has(&self, showing: &Showing) -> bool {
        self.showings.iter().any(|leaving| leaving.id == showing.id)
    }

    /// Does this version?
    fn takes(&self, version: &Kept) -> bool {
        self.versions.iter().any(|leaving| leaving.number == version.number)
    }

    /// Makes them an article, under the number and the id that it had before, if any; gives its number.
    pub(super) async fn become_article(
        &self,
        connection: &mut SqliteConnection,
        former: Option<(i64, String)>,
        why: &str,
        now: DateTime<Utc>,
    ) -> Result<i64, OverruleError> {
        let first = self.first()?;
        let (draft, number) = (first.draft(), self.whole.number);
        let since = match &first {
            First::Copy(copy, _) => copy.first_seen,
            First::Version(_, draft) => draft.received,
        };
        let new = new_article(connection, self.whole, draft, former, since, now).await?;
        if let First::Copy(..) = &first {
            version_of_copy(connection, new, draft, why).await?;
        }
        let places = self.move_versions(connection, &first, (new, why), now).await?;
        self.let_stay(connection).await?;
        for showing in &self.showings {
            let is_maker = match &first {
                First::Copy(copy, _) => copy.id == showing.id,
                First::Version(version, _) => self.whole.is_maker(showing, version),
            };
            if is_maker {
                go(connection, showing, new, Some(why)).await?;
            } else {
                keep_whole(connection, showing).await?;
                let shown = showing.version.and_then(|version| places.of(self.whole, version));
                let said = (showing.stage == OVERRULED).then_some((showing.verdict, why));
                arrive(connection, new, showing, Some(shown.unwrap_or(1)), said).await?;
            }
        }
        settled(connection, number, new, now).await?;
        Ok(new)
    }

    /// What it was before it was merged: the first of what its items said.
    fn first(&self) -> Result<First<'w>, OverruleError> {
        let whole = self.whole;
        if whole.own_versions().all(|version| self.takes(version))
            || whole.showings.iter().all(|showing| self.has(showing))
        {
            let version = whole.own_versions().next().map_or(1, |version| version.number);
            return Err(OverruleError::LastVersion {
                article: whole.number,
                version,
            });
        }
        let stands_alone = |copy: &&&Showing| {
            let version = copy.version.and_then(|version| whole.version(version));
            !version.is_some_and(|version| self.versions.iter().any(|leaving| leaving.edition == version.edition))
        };
        let copies = self.showings.iter().filter(|showing| showing.is_copy());
        let copy = copies.filter(stands_alone).min_by_key(|copy| copy.first_seen);
        let copy = copy.and_then(|copy| Some((*copy, copy.own.as_ref()?)));
        let of_copy = |(copy, own): (&'w Showing, &Draft)| First::Copy(copy, dressed(None, own, Verdict::New));
        match (copy, self.first_version()) {
            (Some(copy), Some(version)) if copy.0.first_seen < version.draft.received => Ok(of_copy(copy)),
            (_, Some(version)) => {
                let own = whole.own_draft(version);
                Ok(First::Version(version, dressed(None, &own, Verdict::New)))
            }
            (Some(copy), None) => Ok(of_copy(copy)),
            (None, None) => Err(OverruleError::NotKept {
                sighting: self.showings.first().map_or(0, |showing| showing.id),
                article: whole.number,
            }),
        }
    }

    /// The one that was received first: others may stand before it, as a release does that came after its notice.
    fn first_version(&self) -> Option<&'w Kept> {
        let own = self.versions.iter().filter(|version| version.text_source.is_none());
        own.min_by_key(|version| version.draft.received).copied()
    }

    /// They stand one after the other, each under the headline and the names that what is before it gives it.
    async fn move_versions(
        &self,
        connection: &mut SqliteConnection,
        first: &First<'_>,
        (new, why): (i64, &str),
        now: DateTime<Utc>,
    ) -> Result<Places, OverruleError> {
        let is_before = |version: &&&Kept| matches!(first, First::Version(first, _) if version.number < first.number);
        let begin = match first {
            First::Copy(..) => 2,
            First::Version(..) => {
                let before = self.versions.iter().filter(is_before).count();
                i64::try_from(before).map_or(1, |before| 1 - before)
            }
        };
        let mut places = Places::default();
        let mut before = match first {
            First::Copy(_, draft) => Some(draft.clone()),
            First::Version(..) => None,
        };
        for (place, version) in (begin..).zip(&self.versions) {
            let edition = *places.editions.entry(version.edition).or_insert(place);
            let from = (self.whole.number, version.number);
            move_version(connection, from, (new, place), edition, now).await?;
            places.versions.insert(version.number, place);
            let is_first = place == 1;
            let verdict = if is_first { Verdict::New } else { version.verdict };
            let draft = dressed(before.as_ref(), &self.whole.own_draft(version), verdict);
            let said = if is_first || version.stage == OVERRULED {
                (OVERRULED, why)
            } else {
                (version.stage.as_str(), version.why.as_str())
            };
            rewrite(connection, (new, place), verdict, said, &draft).await?;
            before = Some(draft);
        }
        Ok(places)
    }

    /// A copy that stays while the version leaves at which it stands: it is one of what is left.
    async fn let_stay(&self, connection: &mut SqliteConnection) -> Result<(), OverruleError> {
        let whole = self.whole;
        let left = whole.own_versions().rev().find(|version| !self.takes(version));
        for showing in whole.showings.iter().filter(|showing| !self.has(showing)) {
            let stands_at = showing.version.and_then(|version| whole.version(version));
            if stands_at.is_some_and(|version| self.takes(version)) {
                keep_whole(connection, showing).await?;
                arrive(connection, whole.number, showing, left.map(|left| left.number), None).await?;
            }
        }
        Ok(())
    }
}

/// Where versions and editions stand now, by where they stood.
#[derive(Debug, Default)]
struct Places {
    versions: BTreeMap<i64, i64>,
    editions: BTreeMap<i64, i64>,
}

impl Places {
    /// Where a version stands, or the first of its edition.
    fn of(&self, whole: &Whole, version: i64) -> Option<i64> {
        let edition = || self.editions.get(&whole.version(version)?.edition);
        self.versions.get(&version).or_else(edition).copied()
    }
}

/// The first version of an article, of what a copy said.
async fn version_of_copy(
    connection: &mut SqliteConnection,
    article: i64,
    draft: &Draft,
    why: &str,
) -> Result<(), OverruleError> {
    let reading = Reading::of(draft);
    let version = NewVersion {
        article,
        version: 1,
        edition: 1,
        judgement: Judgement {
            verdict: Verdict::New,
            of: None,
            stage: OVERRULED,
            why: why.to_owned(),
            version: None,
            late: false,
            against: None,
        },
        content_hash: reading.content_hash.clone(),
        words: reading.news.stored(),
        headline: None,
        text_source: None,
        draft,
    };
    insert_versions(connection, std::iter::once((&version, draft))).await?;
    insert_words(connection, &[(article, 1, &version.words)]).await?;
    Ok(())
}
