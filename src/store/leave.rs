//! Items leave an article together, with the versions that they brought, and are an article of their own.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;

use super::append::arrive;
use super::overrule::{OVERRULED, OverruleError};
use super::part::{brought, go, headed, keep_whole, move_version, new_article, rewrite, settled};
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
    /// What none of those that stay brought as well, by number.
    versions: Vec<&'w Kept>,
}

/// What the new article says first.
enum First<'w> {
    /// What a copy said, of which no version was made.
    Copy(&'w Showing, &'w Draft),
    Version(&'w Kept),
}

impl<'w> Leaving<'w> {
    /// These items, what they brought, and the copies of that.
    pub(super) fn of(whole: &'w Whole, items: &BTreeSet<i64>) -> Self {
        let (leave, stay): (Vec<&Showing>, Vec<&Showing>) =
            whole.showings.iter().partition(|showing| items.contains(&showing.id));
        let is_of = |showings: &[&Showing], version: &Kept| showings.iter().any(|showing| made(showing, version));
        let versions: Vec<&Kept> = whole
            .own_versions()
            .filter(|version| is_of(&leave, version) && !is_of(&stay, version))
            .collect();
        let shows_what_leaves = |copy: &&Showing| versions.iter().any(|version| copy.version == Some(version.number));
        let copies = stay
            .into_iter()
            .filter(|showing| showing.is_copy() && shows_what_leaves(showing));
        Self {
            whole,
            showings: leave.iter().copied().chain(copies).collect(),
            versions,
        }
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
        let (draft, since) = match &first {
            First::Copy(copy, own) => ((*own).clone(), copy.first_seen),
            First::Version(version) => {
                let draft = headed(self.whole.own_draft(version), None);
                let received = draft.received;
                (draft, received)
            }
        };
        let number = self.whole.number;
        let new = new_article(connection, self.whole, &draft, former, since, now).await?;
        if let First::Copy(..) = &first {
            version_of_copy(connection, new, &draft, why).await?;
        }
        let places = self.move_versions(connection, &first, new, now).await?;
        if let First::Version(_) = &first {
            rewrite(connection, new, 1, Verdict::New, why, &draft).await?;
        }
        for showing in &self.showings {
            let is_maker = match &first {
                First::Copy(copy, _) => copy.id == showing.id,
                First::Version(version) => made(showing, version),
            };
            if is_maker {
                go(connection, showing, new, Some(why)).await?;
            } else {
                keep_whole(connection, showing).await?;
                let place = showing.version.and_then(|version| places.get(&version));
                arrive(connection, new, showing, Some(place.copied().unwrap_or(1)), None).await?;
            }
        }
        settled(connection, number, new, now).await?;
        Ok(new)
    }

    fn first(&self) -> Result<First<'w>, OverruleError> {
        let whole = self.whole;
        let leaves = |version: &Kept| self.versions.iter().any(|leaving| leaving.number == version.number);
        let has_gone = |showing: &Showing| self.showings.iter().any(|leaving| leaving.id == showing.id);
        let is_left = !whole.own_versions().all(leaves) && !whole.showings.iter().all(has_gone);
        let one = self.showings.first();
        if !is_left {
            let version = whole.own_versions().next().map_or(1, |version| version.number);
            return Err(OverruleError::LastVersion {
                article: whole.number,
                version,
            });
        }
        let stands_alone = |copy: &&&Showing| !self.versions.iter().any(|version| copy.version == Some(version.number));
        let copies = self
            .showings
            .iter()
            .filter(|showing| showing.is_copy())
            .filter(stands_alone);
        let copy = copies
            .min_by_key(|copy| copy.first_seen)
            .and_then(|copy| Some((*copy, copy.own.as_ref()?)));
        match (copy, self.versions.first()) {
            (Some((copy, own)), Some(version)) if copy.first_seen < version.draft.received => {
                Ok(First::Copy(copy, own))
            }
            (_, Some(version)) => Ok(First::Version(version)),
            (Some((copy, own)), None) => Ok(First::Copy(copy, own)),
            (None, None) => Err(OverruleError::NotKept {
                sighting: one.map_or(0, |showing| showing.id),
                article: whole.number,
            }),
        }
    }

    /// Gives where each version stands now, by where it stood.
    async fn move_versions(
        &self,
        connection: &mut SqliteConnection,
        first: &First<'_>,
        new: i64,
        now: DateTime<Utc>,
    ) -> Result<BTreeMap<i64, i64>, OverruleError> {
        let begin = match first {
            First::Copy(..) => 2,
            First::Version(_) => 1,
        };
        let (mut places, mut editions) = (BTreeMap::new(), BTreeMap::new());
        for (place, version) in (begin..).zip(&self.versions) {
            let edition = *editions.entry(version.edition).or_insert(place);
            let from = (self.whole.number, version.number);
            move_version(connection, from, (new, place), edition, now).await?;
            places.insert(version.number, place);
        }
        Ok(places)
    }
}

/// Is this the item that brought the version?
fn made(showing: &Showing, version: &Kept) -> bool {
    let is_maker = showing.verdict != Verdict::Duplicate && showing.version == Some(version.number);
    is_maker || brought(showing, version)
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
