//! Weeks of polling in a second: scripted sources, the schedule's own decisions, no network and no clock.
//!
//! A [`Source`] is a list of instants at which items come, a feed that shows the newest so many of them, and what its server does: hints,
//! outages, "too many requests". [`adaptive`] polls it as the daemon would; [`fixed`] every so often. Both count what was read
//! when, and what was never read.
//!
//! **What could have been kept.** A lost item counts as avoidable if a schedule that polls at its floor all the time would surely have read it: if
//! it stood in the feed, with the server up and a poll allowed, for at least one floor. A poll is not allowed within the floor, while the
//! server asks to wait, and while failures are backed off from. Everything else that is lost, no schedule within the floors is sure to keep: it
//! came and went between two polls at the floor.

#![allow(unreachable_pub, missing_docs, clippy::unwrap_used)] // two programs share it
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss
)] // made-up figures

use chrono::{DateTime, TimeDelta, Utc};
use dateline::article::{Health, Tier};
use dateline::ingest::schedule::{
    Answer, Class, Document, Extent, Failure, Freshness, Hints, Memory, Observed, Policy, Shown, decide,
};

mod press;

pub use press::press;

/// A scripted source.
pub struct Source {
    /// Its name.
    pub id: String,
    /// What it stands for, for the table.
    pub kind: &'static str,
    pub tier: Tier,
    /// When its items come, in order.
    pub items: Vec<DateTime<Utc>>,
    /// Items that it shows: the newest.
    pub window: usize,
    /// It gives validators.
    pub validated: bool,
    /// Its items are dated.
    pub dated: bool,
    pub hints: Hints,
    pub freshness: Freshness,
    /// When it is not well, and how.
    pub troubles: Vec<Trouble>,
}

/// A time in which a source answers with a failure.
#[derive(Clone, Copy)]
pub struct Trouble {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    pub class: Class,
    /// `Retry-After`, if it is said.
    pub retry_after: Option<TimeDelta>,
}

/// What came of a run.
#[derive(Default)]
pub struct Outcome {
    pub requests: usize,
    /// Seconds from an item's coming to its reading.
    pub lags: Vec<i64>,
    /// Never read, though a schedule within the floors would surely have read it.
    pub avoidable: usize,
    /// Never read, and no schedule within the floors is sure to.
    pub unavoidable: usize,
    /// Polls that raised the alarm.
    pub gaps: usize,
    /// Polls after which something was lost, and no alarm was raised.
    pub unnoticed: usize,
    /// How often a source was told quiet or stale.
    pub quiet: usize,
}

impl Outcome {
    pub fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.lags.extend(other.lags);
        self.avoidable += other.avoidable;
        self.unavoidable += other.unavoidable;
        self.gaps += other.gaps;
        self.unnoticed += other.unnoticed;
        self.quiet += other.quiet;
    }

    /// The lag that this part of the items, 0 to 1, does not exceed, in seconds.
    pub fn lag(&mut self, part: f64) -> i64 {
        self.lags.sort_unstable();
        let at = ((self.lags.len() as f64 - 1.0) * part).round().max(0.0) as usize;
        self.lags.get(at).copied().unwrap_or(0)
    }
}

pub fn policy(source: &Source) -> Policy<'_> {
    let (floor, unvalidated_floor, ceiling, rest) = match source.tier {
        Tier::Wire => (
            TimeDelta::minutes(1),
            TimeDelta::minutes(1),
            TimeDelta::hours(1),
            TimeDelta::minutes(15),
        ),
        Tier::Guest => (
            TimeDelta::hours(1),
            TimeDelta::days(1),
            TimeDelta::days(1),
            TimeDelta::hours(4),
        ),
    };
    Policy {
        id: &source.id,
        tier: source.tier,
        cron: None,
        floor,
        unvalidated_floor,
        ceiling,
        patience: TimeDelta::days(1),
        rest,
        overlap: 0.5,
        jitter: std::time::Duration::ZERO,
    }
}

/// What is read of a source, poll by poll.
struct Reader<'s> {
    source: &'s Source,
    /// Items that came before the last document that was read.
    read: Option<usize>,
    /// Times since then in which a poll was allowed.
    allowed: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    floor: TimeDelta,
    outcome: Outcome,
}

impl<'s> Reader<'s> {
    fn new(source: &'s Source) -> Self {
        Self {
            source,
            read: None,
            allowed: Vec::new(),
            floor: policy(source).floor_for(source.validated),
            outcome: Outcome::default(),
        }
    }

    fn trouble(&self, now: DateTime<Utc>) -> Option<&Trouble> {
        self.source
            .troubles
            .iter()
            .find(|trouble| trouble.from <= now && now < trouble.to)
    }

    /// Reads the document of now: the range of items that it shows, and how many are lost. What stood there before the first poll is
    /// neither.
    fn document(&mut self, now: DateTime<Utc>) -> (std::ops::Range<usize>, usize) {
        let items = &self.source.items;
        let end = items.partition_point(|at| *at <= now);
        let start = end.saturating_sub(self.source.window);
        let mut lost = 0;
        if let Some(read) = self.read {
            for (item, came) in items.iter().enumerate().take(end).skip(read) {
                if item >= start {
                    self.outcome.lags.push((now - *came).num_seconds());
                } else {
                    lost += 1;
                    match self.was_avoidable(item) {
                        true => self.outcome.avoidable += 1,
                        false => self.outcome.unavoidable += 1,
                    }
                }
            }
        }
        self.read = Some(end);
        self.allowed.clear();
        (start..end, lost)
    }

    fn was_avoidable(&self, item: usize) -> bool {
        let items = &self.source.items;
        let (came, went) = (items[item], items[item + self.source.window]);
        self.allowed.iter().any(|(from, to)| {
            let (mut from, mut to) = ((*from).max(came), (*to).min(went));
            for trouble in &self.source.troubles {
                if trouble.from < to && from < trouble.to {
                    // Of the two parts that the trouble leaves, the longer one.
                    match trouble.from - from > to - trouble.to {
                        true => to = trouble.from,
                        false => from = trouble.to,
                    }
                }
            }
            to - from >= self.floor
        })
    }
}

/// Polls a source from `from` to `to` as the daemon would.
pub fn adaptive(source: &Source, from: DateTime<Utc>, to: DateTime<Utc>) -> Outcome {
    let policy = policy(source);
    let mut reader = Reader::new(source);
    let mut memory = Memory::default();
    let mut started = from + policy.part_of(TimeDelta::minutes(5));
    while started < to {
        reader.outcome.requests += 1;
        // The answer takes its time.
        let now = started + TimeDelta::milliseconds(300 + i64::from(started.timestamp_subsec_millis()) % 700);
        let mut lost = 0;
        let answer = match reader.trouble(started) {
            Some(trouble) => Answer::Failed(Failure {
                class: trouble.class,
                until: trouble.retry_after.map(|wait| now + wait),
            }),
            None => {
                let before = reader.read;
                let (shown, missed) = reader.document(started);
                lost = missed;
                if before == Some(shown.end) && source.validated {
                    Answer::Same
                } else if shown.is_empty() {
                    Answer::Empty(source.hints.clone())
                } else {
                    Answer::Document(document(source, shown))
                }
            }
        };
        let observed = Observed {
            due: Some(started),
            started,
            answer,
            freshness: source.freshness,
            validated: source.validated,
        };
        let decision = decide(&policy, &memory, &observed, now);
        reader.outcome.gaps += usize::from(decision.gap.is_some());
        reader.outcome.unnoticed += usize::from(lost > 0 && decision.gap.is_none());
        reader.outcome.quiet += usize::from(matches!(decision.turn, Some((_, Health::Quiet | Health::Stale))));
        memory = decision.memory;
        if let Some(not_before) = memory.not_before {
            reader.allowed.push((not_before, decision.due.at));
        }
        started = decision.due.at;
    }
    reader.outcome
}

/// Polls a source every `interval`, whatever it says.
pub fn fixed(source: &Source, interval: TimeDelta, from: DateTime<Utc>, to: DateTime<Utc>) -> Outcome {
    let mut reader = Reader::new(source);
    let mut now = from + policy(source).part_of(interval);
    while now < to {
        reader.outcome.requests += 1;
        if reader.trouble(now).is_none() {
            reader.document(now);
        }
        reader.allowed.push((now, now + interval));
        now += interval;
    }
    reader.outcome
}

fn document(source: &Source, shown: std::ops::Range<usize>) -> Document {
    let item = |index: usize| Shown {
        names: vec![u32::try_from(index).unwrap()],
        published: source.dated.then(|| source.items[index]),
        number: None,
    };
    Document {
        items: shown.rev().map(item).collect(),
        extent: Extent::Whole,
        hints: source.hints.clone(),
    }
}

/// All sources of a press, polled by their schedules.
pub fn run(press: &[&Source], from: DateTime<Utc>, to: DateTime<Utc>) -> Outcome {
    let mut all = Outcome::default();
    for source in press {
        all.add(adaptive(source, from, to));
    }
    all
}

/// All sources of a press, polled at their floors all the time: what nobody may do better than but by luck.
pub fn run_floors(press: &[&Source], from: DateTime<Utc>, to: DateTime<Utc>) -> Outcome {
    let mut all = Outcome::default();
    for source in press {
        all.add(fixed(source, policy(source).floor_for(source.validated), from, to));
    }
    all
}

/// All sources of a press, polled at one fixed interval with as many requests.
pub fn run_fixed(press: &[&Source], requests: usize, from: DateTime<Utc>, to: DateTime<Utc>) -> (TimeDelta, Outcome) {
    let whole = (to - from).num_milliseconds() * i64::try_from(press.len()).unwrap();
    let interval = TimeDelta::milliseconds(whole / i64::try_from(requests.max(1)).unwrap());
    let mut all = Outcome::default();
    for source in press {
        all.add(fixed(source, interval, from, to));
    }
    (interval, all)
}
