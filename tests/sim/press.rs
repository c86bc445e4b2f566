//! Made-up sources: when their items come, how many they show, what their servers do.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use dateline::article::Tier;
use dateline::ingest::schedule::{Class, Freshness, Hints};
use fastrand::Rng;

use super::{Source, Trouble};

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
