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

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use dateline::article::Tier;
use dateline::ingest::schedule::{
    Answer, Class, Document, Failure, Freshness, Hints, Memory, Observed, Policy, Shown, decide,
};
use fastrand::Rng;

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
}

impl Outcome {
    pub fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.lags.extend(other.lags);
        self.avoidable += other.avoidable;
        self.unavoidable += other.unavoidable;
        self.gaps += other.gaps;
        self.unnoticed += other.unnoticed;
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
        is_whole: true,
        hints: source.hints.clone(),
    }
}

/// When a day's items come, by local time.
struct Day<'w> {
    zone: Tz,
    /// Items a business day, and a day of the weekend.
    business: f64,
    weekend: f64,
    /// How the day is spread over its hours.
    hours: &'w [f64; 24],
    /// The part that comes within three minutes of the hour, the half hour, or the closing bell.
    bell: f64,
}

/// A wire: most before the opening bell in New York, the rest until the evening.
#[rustfmt::skip]
const WIRE_HOURS: [f64; 24] = [
    1., 0., 0., 1., 2., 3., 20., 60., 220., 140., 70., 55., 45., 40., 40., 35., 130., 60., 25., 15., 10., 8., 5., 3.,
];
/// An office.
#[rustfmt::skip]
const OFFICE_HOURS: [f64; 24] = [
    0., 0., 0., 0., 0., 0., 1., 4., 12., 14., 12., 10., 6., 8., 10., 8., 6., 3., 1., 1., 0., 0., 0., 0.,
];

impl Day<'_> {
    fn items(&self, first: NaiveDate, days: u64, rng: &mut Rng) -> Vec<DateTime<Utc>> {
        let all: f64 = self.hours.iter().sum();
        let mut items = Vec::new();
        for date in (0..days).map(|day| first + Days::new(day)) {
            let a_day = if date.weekday().num_days_from_monday() < 5 {
                self.business
            } else {
                self.weekend
            };
            // Some days are busier than others.
            let a_day = a_day * (0.7 + 0.6 * rng.f64());
            for (hour, weight) in self.hours.iter().enumerate() {
                for _ in 0..poisson(a_day * weight / all, rng) {
                    let second = if rng.f64() < self.bell {
                        let start = match (hour, rng.u8(0..3)) {
                            (16, _) => 300,
                            (_, 0) => 1_800,
                            (_, _) => 0,
                        };
                        start + rng.i64(0..180)
                    } else {
                        rng.i64(0..3_600)
                    };
                    let local = date.and_hms_opt(u32::try_from(hour).unwrap(), 0, 0).unwrap();
                    // An hour that a change of the clock leaves out brings nothing.
                    if let Some(start) = self.zone.from_local_datetime(&local).earliest() {
                        items.push(start.to_utc() + TimeDelta::seconds(second));
                    }
                }
            }
        }
        items.sort_unstable();
        items
    }
}

fn poisson(mean: f64, rng: &mut Rng) -> usize {
    // Sums of exponential gaps: exact, and fast enough for means of hundreds.
    let (mut count, mut gone) = (0, 0.0);
    loop {
        gone -= (1.0 - rng.f64()).ln();
        if gone > mean {
            return count;
        }
        count += 1;
    }
}

/// A press of `count` sources, its items from `first` on for so many days, beginning two weeks earlier so that feeds are full.
pub fn press(count: usize, first: NaiveDate, days: u64, seed: u64) -> Vec<Source> {
    let mut rng = Rng::with_seed(seed);
    let before = first - Days::new(60);
    let days = days + 61;
    (0..count)
        .map(|number| source(number * 500 / count, number, before, days, &mut rng))
        .collect()
}

/// One of five hundred: the mix is the same for a smaller press.
fn source(place: usize, number: usize, first: NaiveDate, days: u64, rng: &mut Rng) -> Source {
    let zones = [
        Tz::America__New_York,
        Tz::Europe__Berlin,
        Tz::Asia__Tokyo,
        Tz::America__Los_Angeles,
    ];
    let wire = |business: f64| Day {
        zone: Tz::America__New_York,
        business,
        weekend: business / 25.0,
        hours: &WIRE_HOURS,
        bell: 0.4,
    };
    let office = |zone, business| Day {
        zone,
        business,
        weekend: business / 30.0,
        hours: &OFFICE_HOURS,
        bell: 0.2,
    };
    let zone = zones[rng.usize(0..zones.len())];
    let (kind, tier, day, window) = match place {
        0..6 => (
            "great wire",
            Tier::Wire,
            wire([1_000.0, 800.0, 570.0][place % 3]),
            [20, 20, 76][place % 3],
        ),
        6..40 => ("wire list", Tier::Wire, wire(20.0 + 180.0 * rng.f64()), 20),
        40..50 => ("busy guest", Tier::Guest, office(zone, 60.0 + 60.0 * rng.f64()), 50),
        50..110 => ("agency", Tier::Guest, office(zone, 1.0 + 5.0 * rng.f64()), 25),
        110..490 => ("newsroom", Tier::Guest, office(zone, 0.1 + 0.9 * rng.f64()), 10),
        _ => ("silent", Tier::Guest, office(zone, 0.0), 10),
    };
    let mut items = day.items(first, days, rng);
    if items.is_empty() {
        items = (0..8)
            .map(|week| at_noon(first) + TimeDelta::weeks(week))
            .take(3)
            .collect();
    }
    let header = |text: &str| Freshness::parse(Some(text), None, None, None);
    let (hints, freshness) = match number % 25 {
        3 => (
            Hints {
                ttl_s: Some(3_600),
                ..Hints::default()
            },
            Freshness::default(),
        ),
        7 if tier == Tier::Guest => (Hints::default(), header("max-age=14400")),
        11 => (Hints::default(), header("max-age=31536000")),
        15 => (Hints::default(), header("max-age=208")),
        19 => (Hints::default(), header("no-store, max-age=0")),
        21 if tier == Tier::Guest => (
            Hints {
                skip_days: vec![5, 6],
                ..Hints::default()
            },
            Freshness::default(),
        ),
        _ => (Hints::default(), Freshness::default()),
    };
    // A great wire asks for nothing that would lose its own items.
    let (hints, freshness) = if kind == "great wire" {
        (Hints::default(), Freshness::default())
    } else {
        (hints, freshness)
    };
    let troubles = if number % 8 == 2 {
        troubles(first, days, rng)
    } else {
        Vec::new()
    };
    Source {
        id: format!("{kind} {number}"),
        kind,
        tier,
        items,
        window,
        validated: tier == Tier::Wire || rng.f64() < 0.85,
        dated: rng.f64() < 0.9,
        hints,
        freshness,
        troubles,
    }
}

/// Now and then a source is down, refuses us, or asks for rest.
fn troubles(first: NaiveDate, days: u64, rng: &mut Rng) -> Vec<Trouble> {
    let start = at_noon(first);
    let mut troubles: Vec<Trouble> = (0..days / 6)
        .map(|_| {
            let from = start + TimeDelta::minutes(rng.i64(0..i64::try_from(days).unwrap() * 1_440));
            let (class, minutes, retry_after) = match rng.u8(0..5) {
                0 => (Class::Unreached, 5 + rng.i64(0..300), None),
                1 => (Class::Server, 1 + rng.i64(0..60), None),
                2 => (Class::Refused, 1 + rng.i64(0..30), None),
                3 => (Class::Throttled, 10, Some(TimeDelta::minutes(5 + rng.i64(0..60)))),
                _ => (Class::Throttled, 10, None),
            };
            Trouble {
                from,
                to: from + TimeDelta::minutes(minutes),
                class,
                retry_after,
            }
        })
        .collect();
    troubles.sort_by_key(|trouble| trouble.from);
    troubles
}

fn at_noon(date: NaiveDate) -> DateTime<Utc> {
    date.and_hms_opt(12, 0, 0).unwrap().and_utc()
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
