//! Judges a poll's drafts one after another, and says what the store has to write. Pure: no SQL, no clock.
//!
//! Oldest first, whatever order the document has, so that a correction never precedes its original when both arrive
//! together; and each admitted draft joins the recall before the next is judged, so that two copies in one document are
//! one article.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};

use super::uri;
use crate::article::{Draft, PubStatus, Verdict};
use crate::dedup::{
    Carrier, Items, Judgement, Key, KeyKind, Known, KnownVersion, Name, Reading, Recall, Shown, judge_reading,
};

/// What the store has to write for one poll.
#[derive(Debug, Default)]
pub(super) struct Plan<'a> {
    /// Why the guids of the document were not trusted.
    pub(super) doubt: Option<String>,
    /// Numbers of new stories.
    pub(super) stories: Vec<i64>,
    /// New articles.
    pub(super) articles: Vec<NewArticle>,
    /// New versions, of new and of known articles.
    pub(super) versions: Vec<NewVersion<'a>>,
    /// How each article with a new version stands at the end.
    pub(super) standing: BTreeMap<i64, Standing>,
    /// Articles that are under embargo no more.
    pub(super) released: Vec<i64>,
    /// One a draft, in the order of judging.
    pub(super) sightings: Vec<NewSighting>,
    /// What articles will be recalled by.
    pub(super) keys: Vec<(Key, i64)>,
    /// The judgements, in document order.
    pub(super) ruled: Vec<Ruled>,
}

#[derive(Debug)]
pub(super) struct NewArticle {
    pub(super) article: i64,
    pub(super) uri: String,
    pub(super) story: i64,
}

#[derive(Debug)]
pub(super) struct NewVersion<'a> {
    pub(super) article: i64,
    pub(super) version: i64,
    pub(super) judgement: Judgement,
    pub(super) content_hash: String,
    pub(super) draft: &'a Draft,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub(super) version: i64,
    pub(super) pubstatus: PubStatus,
    /// When the text that it shows was issued; what a first poll sorts by.
    pub(super) published: Option<DateTime<Utc>>,
}

#[derive(Debug)]
pub(super) struct NewSighting {
    pub(super) index: usize,
    pub(super) article: i64,
    pub(super) item_key: String,
    /// Names that the item is new to have.
    pub(super) names: Vec<String>,
    pub(super) content_hash: String,
}

/// The judgement of the draft at `index`.
#[derive(Debug)]
pub(super) struct Ruled {
    pub(super) index: usize,
    pub(super) judgement: Judgement,
    pub(super) article: i64,
    pub(super) story: i64,
}

/// Where the numbers of new rows start, and which ids are taken.
#[derive(Debug)]
pub(super) struct Numbers {
    pub(super) next_article: i64,
    pub(super) next_story: i64,
    pub(super) taken_uris: HashSet<String>,
}

pub(super) fn plan<'a>(readings: Vec<Reading<'a>>, mut recall: Recall, mut numbers: Numbers) -> Plan<'a> {
    recall.hold(&readings);
    let mut plan = Plan::default();
    for (index, reading) in oldest_first(readings) {
        let judgement = judge_reading(&reading, &recall);
        plan.admit(index, reading, judgement, &mut recall, &mut numbers);
    }
    plan.ruled.sort_by_key(|ruled| ruled.index);
    plan
}

/// Wires list the newest first. By time of issue, then from the end of the document; an item without a time stays beside
/// its neighbour.
fn oldest_first(readings: Vec<Reading<'_>>) -> Vec<(usize, Reading<'_>)> {
    let mut last = None;
    let mut timed: Vec<(Option<DateTime<Utc>>, usize, Reading<'_>)> = readings
        .into_iter()
        .enumerate()
        .rev()
        .map(|(index, reading)| {
            last = reading.draft.published.or(last);
            (last, index, reading)
        })
        .collect();
    timed.sort_by_key(|(published, index, _)| (*published, Reverse(*index)));
    timed.into_iter().map(|(_, index, reading)| (index, reading)).collect()
}

impl<'a> Plan<'a> {
    fn admit(
        &mut self,
        index: usize,
        reading: Reading<'a>,
        judgement: Judgement,
        recall: &mut Recall,
        numbers: &mut Numbers,
    ) {
        let of = judgement
            .of
            .and_then(|article| recall.get(article))
            .map(|known| (known.article, known.story));
        let (article, story) = match (judgement.verdict, of) {
            (Verdict::New, _) | (_, None) => {
                let story = numbers.story();
                self.stories.push(story);
                (self.new_article(&reading, story, &judgement, numbers), story)
            }
            (Verdict::Variant, Some((_, story))) => (self.new_article(&reading, story, &judgement, numbers), story),
            (Verdict::Revised | Verdict::Correction | Verdict::Withdrawal, Some((article, story))) => {
                if let Some(known) = recall.get(article) {
                    self.new_version(known, &reading, &judgement);
                }
                (article, story)
            }
            (Verdict::Seen | Verdict::Duplicate, Some((article, story))) => {
                self.show(article, reading.draft, recall);
                (article, story)
            }
        };
        let sighting = sighting(index, article, &reading, recall);
        let keys = keys_to_keep(&reading, judgement.verdict);
        self.keys.extend(keys.iter().map(|key| (key.clone(), article)));
        remember(recall, story, reading, &judgement, keys, &sighting);
        self.sightings.push(sighting);
        self.ruled.push(Ruled {
            index,
            judgement,
            article,
            story,
        });
    }

    fn new_article(&mut self, reading: &Reading<'a>, story: i64, judgement: &Judgement, numbers: &mut Numbers) -> i64 {
        let article = numbers.article();
        self.articles.push(NewArticle {
            article,
            uri: numbers.uri(reading, article),
            story,
        });
        self.push_version(article, 1, reading, judgement, reading.draft.pubstatus);
        article
    }

    fn new_version(&mut self, known: &Known, reading: &Reading<'a>, judgement: &Judgement) {
        let pubstatus = match (judgement.verdict, known.pubstatus) {
            (Verdict::Withdrawal, _) => PubStatus::Canceled,
            // What was withdrawn comes back only by a notice that says so.
            (Verdict::Revised, PubStatus::Canceled) => PubStatus::Canceled,
            (_, _) => reading.draft.pubstatus,
        };
        let version = known.versions.last().map_or(1, |v| v.number + 1);
        self.push_version(known.article, version, reading, judgement, pubstatus);
    }

    fn push_version(
        &mut self,
        article: i64,
        version: i64,
        reading: &Reading<'a>,
        judgement: &Judgement,
        pubstatus: PubStatus,
    ) {
        self.standing.insert(
            article,
            Standing {
                version,
                pubstatus,
                published: reading.draft.published,
            },
        );
        self.versions.push(NewVersion {
            article,
            version,
            judgement: judgement.clone(),
            content_hash: reading.content_hash.clone(),
            draft: reading.draft,
        });
    }

    /// The text is as it was, but its embargo has lapsed, or another source shows it openly.
    fn show(&mut self, article: i64, draft: &Draft, recall: &mut Recall) {
        if let Some(known) = recall.get_mut(article)
            && known.pubstatus == PubStatus::Withheld
            && draft.pubstatus == PubStatus::Usable
        {
            known.pubstatus = PubStatus::Usable;
            self.released.push(article);
        }
    }
}

impl Numbers {
    fn article(&mut self) -> i64 {
        self.next_article += 1;
        self.next_article - 1
    }

    fn story(&mut self) -> i64 {
        self.next_story += 1;
        self.next_story - 1
    }

    fn uri(&mut self, reading: &Reading<'_>, article: i64) -> String {
        let uri = uri::candidates(reading)
            .into_iter()
            .find(|uri| !self.taken_uris.contains(uri))
            .unwrap_or_else(|| uri::last_resort(reading, article));
        self.taken_uris.insert(uri.clone());
        uri
    }
}

/// An item that is known by a weaker name stays the item that it was, and now has the stronger one as well.
fn sighting(index: usize, article: i64, reading: &Reading<'_>, recall: &Recall) -> NewSighting {
    let text = |name: &Name| name.text.clone();
    let (item_key, names) = match recall.get(article).and_then(|known| known.item_of(reading)) {
        Some(item) => (
            item.item_key.clone(),
            item.new_names(&reading.names).map(text).collect(),
        ),
        None => (reading.item_key().to_owned(), reading.names.iter().map(text).collect()),
    };
    NewSighting {
        index,
        article,
        item_key,
        names,
        content_hash: reading.content_hash.clone(),
    }
}

/// A version brings all its keys; a copy only what names it (its page and number), lest copies of copies drift.
fn keys_to_keep(reading: &Reading<'_>, verdict: Verdict) -> Vec<Key> {
    let kept = |kind: KeyKind| match (verdict, kind) {
        (_, KeyKind::Item) => false,
        (Verdict::Seen, _) => false,
        (Verdict::Duplicate, KeyKind::Headline | KeyKind::Text) => false,
        (Verdict::Duplicate, KeyKind::Release | KeyKind::Url) => true,
        (Verdict::New | Verdict::Variant | Verdict::Revised | Verdict::Correction | Verdict::Withdrawal, _) => true,
    };
    reading.keys.iter().filter(|key| kept(key.kind)).cloned().collect()
}

/// Brings the recall up to date with what was just decided.
fn remember(
    recall: &mut Recall,
    story: i64,
    reading: Reading<'_>,
    judgement: &Judgement,
    keys: Vec<Key>,
    sighting: &NewSighting,
) {
    let (draft, article) = (reading.draft, sighting.article);
    if recall.get(article).is_none() {
        recall.add(Known {
            article,
            story,
            pubstatus: draft.pubstatus,
            wire: draft.wire.clone(),
            issuer: draft.issuer.clone(),
            language: draft.language.clone(),
            url: draft.url.clone(),
            releases: Vec::new(),
            carrier: Carrier::ThisSource,
            maker: Carrier::ThisSource,
            versions: Vec::new(),
            items: Items::default(),
        });
    }
    let names = sighting.names.iter().map(|name| Key::item(name));
    for key in names.chain(keys.iter().cloned()) {
        recall.index(key, article);
    }
    let Some(known) = recall.get_mut(article) else { return };
    known.carrier = Carrier::ThisSource;
    known
        .releases
        .extend(keys.into_iter().filter(|k| k.kind == KeyKind::Release).map(|k| k.value));
    known.items.show(Shown {
        item_key: sighting.item_key.clone(),
        names: sighting.names.clone(),
        content_hash: sighting.content_hash.clone(),
        content_since: draft.received,
        first_verdict: judgement.verdict,
    });
    if matches!(judgement.verdict, Verdict::Seen | Verdict::Duplicate) {
        return;
    }
    known.maker = Carrier::ThisSource;
    if judgement.verdict == Verdict::Withdrawal {
        known.pubstatus = PubStatus::Canceled;
    }
    known.versions.push(KnownVersion {
        number: known.versions.last().map_or(1, |v| v.number + 1),
        kind: draft.kind,
        headline_shown: draft.headline.clone().unwrap_or_default(),
        release: reading.release(),
        content_hash: reading.content_hash,
        headline: reading.headline,
        clean_headline: reading.clean_headline,
        news: reading.news,
        received: draft.received,
        published: draft.published,
    });
}
