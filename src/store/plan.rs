//! Judges a poll's drafts one after another, and says what the store has to write. Pure: no SQL, no clock.
//!
//! Oldest first, whatever order the document has, so that a correction never precedes its original when both arrive
//! together; and each admitted draft joins the recall before the next is judged, so that two copies in one document are
//! one article.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{DateTime, Utc};

use super::loan::{Borrowed, Loan, loan};
use super::postings::New;
use super::uri;
use crate::article::{Draft, Kind, PubStatus, SourceId, Verdict};
use crate::dedup::{Judgement, Key, Known, KnownVersion, Mark, Reading, Recall, edition, judge_reading, marks};

mod remember;

use remember::{keys_to_keep, remember, sighting};

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
    /// New versions with the texts of copies.
    pub(super) borrowed: Vec<Borrowed<'a>>,
    /// How each article with a new version stands at the end.
    pub(super) standing: BTreeMap<i64, Standing>,
    /// Articles that turn out to be withdrawn: the notice came first.
    pub(super) canceled: Vec<i64>,
    /// Articles that are under embargo no more.
    pub(super) released: Vec<i64>,
    /// One a draft that is of an article, in the order of judging.
    pub(super) sightings: Vec<NewSighting>,
    /// What articles will be recalled by.
    pub(super) keys: Vec<(Key, i64)>,
    /// What like texts will find them by.
    pub(super) shingles: Vec<(i64, i64)>,
    /// Fuller texts that copies brought.
    pub(super) fuller: Vec<Fuller>,
    /// Tombstones of purged articles that the document still shows.
    pub(super) tombstones: BTreeSet<i64>,
    /// The judgements, in document order.
    pub(super) ruled: Vec<Ruled>,
}

#[derive(Debug)]
pub(super) struct NewArticle {
    pub(super) article: i64,
    pub(super) uri: String,
    pub(super) story: i64,
    /// When its first version was read.
    pub(super) received: DateTime<Utc>,
}

#[derive(Debug)]
pub(super) struct NewVersion<'a> {
    pub(super) article: i64,
    pub(super) version: i64,
    pub(super) judgement: Judgement,
    /// The first version with the same news.
    pub(super) edition: i64,
    pub(super) content_hash: String,
    /// The words to compare, as stored.
    pub(super) words: String,
    /// The headline under which it stands, where its own is no more than a notice's mark.
    pub(super) headline: Option<String>,
    /// The source of the copy whose text it shows.
    pub(super) text_source: Option<SourceId>,
    pub(super) draft: &'a Draft,
}

impl<'a> NewVersion<'a> {
    /// What it says, under the headline under which it stands.
    pub(super) fn shown(&self) -> Cow<'a, Draft> {
        match &self.headline {
            Some(headline) => Cow::Owned(Draft {
                headline: Some(headline.clone()),
                ..self.draft.clone()
            }),
            None => Cow::Borrowed(self.draft),
        }
    }
}

/// A fuller text of a version than it has itself.
#[derive(Debug)]
pub(super) struct Fuller {
    pub(super) article: i64,
    pub(super) version: i64,
    pub(super) words: String,
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
    /// The version that it shows.
    pub(super) version: i64,
    /// What is kept of a copy.
    pub(super) copy: Option<Copy>,
}

/// What is kept of a copy, so that its merge can be undone; and of a withdrawal, which stands under the headline of its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Copy {
    /// All of it.
    Whole,
    /// All but the text, which is that of the version.
    WithoutText,
}

/// The judgement of the draft at `index`.
#[derive(Debug)]
pub(super) struct Ruled {
    pub(super) index: usize,
    pub(super) judgement: Judgement,
    /// `None`: its article was purged.
    pub(super) made: Option<Made>,
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
    /// The numbers of the articles that it makes.
    pub(super) fn new_articles(&self) -> BTreeSet<i64> {
        self.articles.iter().map(|new| new.article).collect()
    }

    /// By which numbers what this source brought will be found.
    pub(super) fn postings(&self, source: &str) -> New {
        let keys = self.keys.iter().map(|(key, article)| (key.hash(source), *article));
        let names = self.sightings.iter().flat_map(|sighting| {
            let names = sighting.names.iter();
            names.map(|name| (Key::item(name).hash(source), sighting.article))
        });
        New {
            words: self.shingles.iter().copied().collect(),
            others: keys.chain(names).collect(),
        }
    }

    fn admit(
        &mut self,
        index: usize,
        reading: Reading<'a>,
        judgement: Judgement,
        recall: &mut Recall,
        numbers: &mut Numbers,
    ) {
        let known = judgement.of.and_then(|article| recall.get(article));
        let mut made = match (judgement.verdict, known) {
            (Verdict::Seen, None) => {
                self.tombstones.extend(
                    marks(&reading)
                        .filter(|mark| recall.purged(*mark).is_some())
                        .map(Mark::hash),
                );
                self.ruled.push(Ruled {
                    index,
                    judgement,
                    made: None,
                });
                return;
            }
            (Verdict::New, _) | (_, None) => {
                let story = numbers.story();
                self.stories.push(story);
                self.new_article(&reading, story, &judgement, numbers)
            }
            (Verdict::Variant, Some(known)) => self.new_article(&reading, known.story, &judgement, numbers),
            (Verdict::Revised | Verdict::Correction | Verdict::Withdrawal, Some(known)) => {
                self.new_version(known, &reading, &judgement)
            }
            (Verdict::Seen | Verdict::Duplicate, Some(known)) => self.shown(known, &reading, &judgement),
        };
        let loan = known.and_then(|known| loan(known, &reading, &judgement, &made));
        if judgement.of.is_some() && matches!(judgement.verdict, Verdict::Seen | Verdict::Duplicate) {
            self.show(&made, reading.draft, recall);
        }
        if let Some(loan) = &loan {
            (made.version, made.edition) = (loan.shorter, loan.known.edition);
        }
        let mut sighting = sighting(index, &made, &reading, &judgement, recall);
        if let Some(Loan { known: lent, .. }) = &loan {
            // What keeps two notices apart that begin alike has its say at the shorter text too.
            self.fuller.push(Fuller {
                article: made.article,
                version: made.version,
                words: lent.news.stored(),
            });
            if made.text == Text::Known {
                made.text = Text::OfCopy;
            }
            if made.text == Text::OfCopy {
                sighting.copy = Some(Copy::Whole);
            }
        }
        let keys = keys_to_keep(&reading, judgement.verdict);
        self.keys.extend(keys.iter().map(|key| (key.clone(), made.article)));
        if made.text != Text::Known {
            self.shingles
                .extend(reading.shingles.iter().map(|shingle| (*shingle, made.article)));
        }
        self.ruled.push(Ruled {
            index,
            judgement: judgement.clone(),
            made: Some(made),
        });
        remember(recall, &made, reading, &judgement, keys, &sighting);
        self.sightings.push(sighting);
        if let Some(loan) = loan {
            self.borrow(&made, loan, recall);
        }
    }

    fn new_article(&mut self, reading: &Reading<'a>, story: i64, judgement: &Judgement, numbers: &mut Numbers) -> Made {
        let article = numbers.article();
        self.articles.push(NewArticle {
            article,
            uri: numbers.uri(reading, article),
            story,
            received: reading.draft.received,
        });
        let made = Made {
            article,
            story,
            version: 1,
            edition: 1,
            pubstatus: reading.draft.pubstatus,
            text: Text::OfVersion,
        };
        self.stand(&made, reading.draft);
        self.push_version(&made, reading, judgement, headline_of(reading, None));
        made
    }

    fn new_version(&mut self, known: &Known, reading: &Reading<'a>, judgement: &Judgement) -> Made {
        let pubstatus = match (judgement.verdict, known.pubstatus) {
            (Verdict::Withdrawal, _) => PubStatus::Canceled,
            // What was withdrawn comes back only by a notice that says so.
            (Verdict::Revised, PubStatus::Canceled) => PubStatus::Canceled,
            (_, _) => reading.draft.pubstatus,
        };
        let newest = known.versions.last();
        let number = newest.map_or(1, |newest| newest.number + 1);
        let mut made = Made {
            article: known.article,
            story: known.story,
            version: number,
            edition: newest.map_or(number, |newest| edition(reading, newest, number)),
            pubstatus,
            text: Text::OfVersion,
        };
        if judgement.late {
            made.version = known.first_version - 1;
            made.edition = made.version;
            // What a notice withdraws is withdrawn, though it came later.
            let withdrawn = newest.is_some_and(|newest| newest.kind == Kind::Retraction);
            made.pubstatus = if withdrawn {
                PubStatus::Canceled
            } else {
                known.pubstatus
            };
            if withdrawn {
                self.canceled.push(known.article);
            }
        } else {
            self.stand(&made, reading.draft);
        }
        self.push_version(&made, reading, judgement, headline_of(reading, newest));
        made
    }

    /// A sighting of what is known; a fuller text than we have serves to compare.
    fn shown(&mut self, known: &Known, reading: &Reading<'a>, judgement: &Judgement) -> Made {
        let shown = known
            .versions
            .iter()
            .find(|v| Some(v.number) == judgement.version)
            .or(known.versions.last());
        let (version, edition) = shown.map_or((1, 1), |shown| (shown.number, shown.edition));
        let is_fuller = judgement.verdict == Verdict::Duplicate
            && shown.is_some_and(|shown| shown.is_less_than(reading, judgement));
        if is_fuller {
            self.fuller.push(Fuller {
                article: known.article,
                version,
                words: reading.news.stored(),
            });
        }
        Made {
            article: known.article,
            story: known.story,
            version,
            edition,
            pubstatus: known.pubstatus,
            text: if is_fuller { Text::OfCopy } else { Text::Known },
        }
    }

    /// The article shows this version now.
    fn stand(&mut self, made: &Made, draft: &Draft) {
        self.standing.insert(
            made.article,
            Standing {
                version: made.version,
                pubstatus: made.pubstatus,
                published: draft.published,
            },
        );
    }

    fn push_version(&mut self, made: &Made, reading: &Reading<'a>, judgement: &Judgement, headline: Option<&str>) {
        self.versions.push(NewVersion {
            article: made.article,
            version: made.version,
            edition: made.edition,
            judgement: judgement.clone(),
            content_hash: reading.content_hash.clone(),
            words: reading.news.stored(),
            headline: headline.map(str::to_owned),
            text_source: None,
            draft: reading.draft,
        });
    }

    /// The article shows the text of a copy now.
    fn borrow(&mut self, made: &Made, loan: Loan<'a>, recall: &mut Recall) {
        let (version, published) = (loan.known.number, loan.known.published);
        self.standing.insert(
            made.article,
            Standing {
                version,
                pubstatus: PubStatus::Usable,
                published,
            },
        );
        if let Some(known) = recall.get_mut(made.article) {
            if let Some(shorter) = known.versions.iter_mut().find(|version| version.number == made.version) {
                shorter.fullest = Some(loan.known.news.clone());
            }
            known.pubstatus = PubStatus::Usable;
            known.versions.push(loan.known);
        }
        self.borrowed.push(loan.borrowed);
    }

    /// The text is as it was, but its embargo has lapsed, or another source shows it openly.
    fn show(&mut self, made: &Made, draft: &Draft, recall: &mut Recall) {
        if let Some(known) = recall.get_mut(made.article)
            && known.versions.last().is_none_or(|newest| newest.number == made.version)
            && known.pubstatus == PubStatus::Withheld
            && draft.pubstatus == PubStatus::Usable
        {
            known.pubstatus = PubStatus::Usable;
            self.released.push(made.article);
        }
    }
}

impl Numbers {
    pub(super) fn article(&mut self) -> i64 {
        self.next_article += 1;
        self.next_article - 1
    }

    pub(super) fn story(&mut self) -> i64 {
        self.next_story += 1;
        self.next_story - 1
    }

    pub(super) fn uri(&mut self, reading: &Reading<'_>, article: i64) -> String {
        let uri = uri::candidates(reading)
            .into_iter()
            .find(|uri| !self.taken_uris.contains(uri))
            .unwrap_or_else(|| uri::last_resort(reading, article));
        self.taken_uris.insert(uri.clone());
        uri
    }
}

/// Where a draft went.
#[derive(Debug, Clone, Copy)]
pub(super) struct Made {
    pub(super) article: i64,
    pub(super) story: i64,
    pub(super) version: i64,
    pub(super) edition: i64,
    /// Of the article, after it.
    pub(super) pubstatus: PubStatus,
    text: Text,
}

/// What becomes of the words of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Text {
    /// They are those of a new version.
    OfVersion,
    /// A fuller text of a version.
    OfCopy,
    /// Nothing new.
    Known,
}

/// The headline of the release that a notice speaks of, where it has none of its own: `/CORRECTION -- Acme Corp./`.
fn headline_of<'h>(reading: &Reading<'h>, target: Option<&'h KnownVersion>) -> Option<&'h str> {
    lent_headline(reading.draft, target.map(|target| target.headline.shown.as_str()))
}

/// The same, by the headline of the release.
pub(super) fn lent_headline<'h>(draft: &'h Draft, target: Option<&'h str>) -> Option<&'h str> {
    if !draft.is_headed_by_its_mark() || draft.kind == Kind::Retraction {
        return None;
    }
    let known = target.filter(|headline| !headline.is_empty());
    known.or_else(|| draft.revision.as_ref()?.target_headline.as_deref())
}
