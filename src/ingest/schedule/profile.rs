//! When a source publishes: what it brought in each hour of the week, and how fast it can come.
//!
//! In: spans between two polls with what arrived in them. Out: the items to be expected in a span to come, and two waits: until so
//! much waiting has come together that a request is worth its price, and until so many items may have come that a document could
//! turn over. Pure.
//!
//! Two figures an hour of the week, in GMT. The *rate* is a count by time observed, both forgotten at the same pace, drawn towards
//! that of the same hour on like days and that of the whole week as long as little was seen (a Gamma prior on a Poisson rate). The
//! *peak* is the fastest that items ever came between two polls. A turnover is guarded against by the peak, never by the rate: what
//! is lost is lost in the worst minute, not in the mean one. An hour takes the peaks of its two neighbours too, for a
//! summer-time shift or an early bell.

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use serde::{Deserialize, Serialize};

/// Hours of a week, from Monday 00:00 GMT.
pub(super) const HOURS: usize = 168;
/// Hours of observation of one hour of the week after which the old count weighs 1/e: two months of weeks.
const FORGETTING_HOURS: f64 = 8.0;
/// What is left of a peak after another hour (that is: week) of observation.
const PEAK_DECAY: f64 = 0.85;
/// The weight of a wider mean against own observation, in hours.
const PRIOR_HOURS: f64 = 2.0;
/// Hours of observation after which the peak of an hour on like days is believed.
const BELIEVED_HOURS: f64 = 3.0;
/// What may come in an hour in which nothing much ever came: this part of the peak of the week.
const SURPRISE: f64 = 0.1;
/// No further ahead than this.
const HORIZON_HOURS: usize = 31 * 24;

/// What is known of a source's week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Items, forgetting.
    #[serde(with = "runs")]
    items: Vec<Figure>,
    /// Hours observed, forgetting.
    #[serde(with = "runs")]
    hours: Vec<Figure>,
    /// Items a minute, at the fastest.
    #[serde(with = "runs")]
    peaks: Vec<Figure>,
}

/// A number that is kept with three digits after the point.
#[derive(Debug, Clone, Copy, Default, PartialEq, PartialOrd)]
struct Figure(f64);

impl Serialize for Figure {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rounded = self.rounded();
        if rounded == 0.0 {
            serializer.serialize_u8(0)
        } else {
            serializer.serialize_f64(rounded)
        }
    }
}

impl Figure {
    fn rounded(self) -> f64 {
        (self.0 * 1_000.0).round() / 1_000.0
    }
}

impl<'de> Deserialize<'de> for Figure {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        f64::deserialize(deserializer).map(Self)
    }
}

/// The figures of a week as JSON, written short: it is mostly zeros, and every poll reads and writes it. What stands more than once in a row
/// is `[times,figure]`.
mod runs {
    use serde::ser::SerializeSeq;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::{Figure, HOURS};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Entry {
        One(Figure),
        Run(usize, Figure),
    }

    pub(super) fn serialize<S: Serializer>(figures: &[Figure], serializer: S) -> Result<S::Ok, S::Error> {
        let mut entries = serializer.serialize_seq(None)?;
        for run in figures.chunk_by(|a, b| a.rounded() == b.rounded()) {
            match run {
                [one] => entries.serialize_element(one)?,
                [first, ..] => entries.serialize_element(&(run.len(), first))?,
                [] => {}
            }
        }
        entries.end()
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Figure>, D::Error> {
        let mut figures = Vec::with_capacity(HOURS);
        for entry in Vec::<Entry>::deserialize(deserializer)? {
            let (times, figure) = match entry {
                Entry::One(figure) => (1, figure),
                Entry::Run(times, figure) => (times, figure),
            };
            // A week has no more.
            figures.extend(std::iter::repeat_n(figure, times.min(HOURS - figures.len())));
        }
        Ok(figures)
    }
}

/// What is believed of a source of which nothing is known yet: so many items in so many hours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prior {
    /// Items.
    pub items: f64,
    /// In hours.
    pub hours: f64,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            items: vec![Figure::default(); HOURS],
            hours: vec![Figure::default(); HOURS],
            peaks: vec![Figure::default(); HOURS],
        }
    }
}

/// The rates of each hour of the week, items an hour.
#[derive(Debug, Clone)]
pub struct Rates(Vec<f64>);

impl Profile {
    /// Takes in a span in which every arrival was seen. Arrivals outside of it are put at its end.
    pub fn observe(&mut self, from: DateTime<Utc>, to: DateTime<Utc>, arrivals: &[DateTime<Utc>]) {
        for (hour, share) in pieces(from, to) {
            let keep = (-share / FORGETTING_HOURS).exp();
            let own = [(&mut self.items, 0.0, keep), (&mut self.hours, share, keep)];
            for (figures, added, keep) in own {
                if let Some(figure) = figures.get_mut(hour) {
                    figure.0 = figure.0 * keep + added;
                }
            }
            if let Some(peak) = self.peaks.get_mut(hour) {
                peak.0 *= PEAK_DECAY.powf(share);
            }
        }
        for arrival in arrivals {
            let at = if (from..=to).contains(arrival) { *arrival } else { to };
            if let Some(items) = self.items.get_mut(hour_of_week(at)) {
                items.0 += 1.0;
            }
        }
    }

    /// So many items came within a span: they can come that fast in each of its hours.
    pub fn raise(&mut self, from: DateTime<Utc>, to: DateTime<Utc>, count: usize) {
        let fastest = per_minute(count, to - from);
        for (hour, _) in pieces(from, to) {
            if let Some(peak) = self.peaks.get_mut(hour) {
                peak.0 = peak.0.max(fastest);
            }
        }
    }

    /// The rate of each hour.
    #[must_use]
    pub fn rates(&self, prior: Prior) -> Rates {
        let all = |figures: &[Figure]| figures.iter().map(|figure| figure.0).sum::<f64>();
        let week = (all(&self.items) + prior.items) / (all(&self.hours) + prior.hours);
        let rate = |hour: usize| {
            let like = |figures: &[Figure]| like_hours(hour).map(|hour| value(figures, hour)).sum::<f64>();
            let days = (like(&self.items) + PRIOR_HOURS * week) / (like(&self.hours) + PRIOR_HOURS);
            (value(&self.items, hour) + PRIOR_HOURS * days) / (value(&self.hours, hour) + PRIOR_HOURS)
        };
        Rates((0..HOURS).map(rate).collect())
    }

    /// Hours that were observed, recent ones.
    #[must_use]
    pub fn observed_hours(&self) -> f64 {
        self.hours.iter().map(|figure| figure.0).sum()
    }

    /// The fastest that items may come in an hour of the week, a minute, in a `week` that has known so many at its fastest; `None`: too
    /// little was seen of the hour.
    fn fastest(&self, hour: usize, week: f64) -> Option<f64> {
        let seen: f64 = like_hours(hour).map(|hour| value(&self.hours, hour)).sum();
        let neighbours = [hour + HOURS - 1, hour, hour + 1].map(|hour| hour % HOURS);
        let near = neighbours.into_iter().flat_map(like_hours);
        let near = near.map(|hour| value(&self.peaks, hour)).fold(0.0, f64::max);
        (seen >= BELIEVED_HOURS).then(|| near.max(SURPRISE * week))
    }

    /// How long it takes from `now` on until `budget` items may have come, at least at `recent` items a minute, at the fastest ever
    /// seen in these hours; `None`: longer than anybody plans ahead. Hours of which little is known are taken to bring `unknown`
    /// items a minute.
    #[must_use]
    pub fn until_turnover(&self, now: DateTime<Utc>, budget: f64, recent: f64, unknown: f64) -> Option<TimeDelta> {
        let week = self.peaks.iter().map(|figure| figure.0).fold(0.0, f64::max);
        let (mut left, mut minutes) = (budget, 0.0);
        for (hour, share) in pieces(now, now + TimeDelta::hours(HORIZON_HOURS as i64)) {
            let speed = self.fastest(hour, week).unwrap_or(unknown).max(recent);
            if speed * share * 60.0 >= left {
                return Some(minutes_delta(minutes + left / speed));
            }
            left -= speed * share * 60.0;
            minutes += share * 60.0;
        }
        None
    }
}

impl Rates {
    /// Items to be expected between two instants.
    #[must_use]
    pub fn expected(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> f64 {
        let to = to.min(from + TimeDelta::hours(HORIZON_HOURS as i64));
        pieces(from, to).map(|(hour, share)| self.at(hour) * share).sum()
    }

    /// How long it takes from `now` on until the items that came have waited `price` minutes together; `None`: longer than anybody
    /// plans ahead. At one steady rate this is `sqrt(2 * price / rate)`: for a given number of requests, intervals that go
    /// with the root of the rate keep the mean wait least.
    #[must_use]
    pub fn until_worth(&self, now: DateTime<Utc>, price: f64) -> Option<TimeDelta> {
        // (items so far, minutes that they waited, minutes gone)
        let (mut items, mut waited, mut gone) = (0.0, 0.0, 0.0);
        for (hour, share) in pieces(now, now + TimeDelta::hours(HORIZON_HOURS as i64)) {
            let (speed, span) = (self.at(hour) / 60.0, share * 60.0);
            let more = items * span + speed * span * span / 2.0;
            if waited + more >= price {
                // waited + items * t + speed * t^2 / 2 = price
                let left = price - waited;
                let t = 2.0 * left / (items + (items * items + 2.0 * speed * left).sqrt());
                return Some(minutes_delta(gone + t));
            }
            waited += more;
            items += speed * span;
            gone += span;
        }
        None
    }

    fn at(&self, hour: usize) -> f64 {
        self.0.get(hour).copied().unwrap_or(0.0)
    }
}

/// So many items in a span, a minute. Two polls in one second tell no speed.
pub(super) fn per_minute(count: usize, span: TimeDelta) -> f64 {
    #[allow(clippy::cast_precision_loss)] // counts of items are small
    let count = count as f64;
    count / minutes(span).max(0.5)
}

pub(super) fn minutes(span: TimeDelta) -> f64 {
    span.as_seconds_f64() / 60.0
}

pub(super) fn minutes_delta(minutes: f64) -> TimeDelta {
    #[allow(clippy::cast_possible_truncation)] // saturates, and no plan is longer than the horizon
    TimeDelta::milliseconds((minutes * 60_000.0).ceil() as i64)
}

fn value(figures: &[Figure], hour: usize) -> f64 {
    figures.get(hour).map_or(0.0, |figure| figure.0)
}

fn hour_of_week(at: DateTime<Utc>) -> usize {
    (at.weekday().num_days_from_monday() * 24 + at.hour()) as usize
}

/// The same hour on the days of the same kind: business days, or the weekend.
fn like_hours(hour: usize) -> impl Iterator<Item = usize> {
    let days = if hour / 24 < 5 { 0..5 } else { 5..7 };
    days.map(move |day| day * 24 + hour % 24)
}

/// A span by hours of the week: which hour, and how much of it in hours. Nothing if it runs backwards.
fn pieces(from: DateTime<Utc>, to: DateTime<Utc>) -> impl Iterator<Item = (usize, f64)> {
    const HOUR_MS: i64 = 3_600_000;
    let (start, end) = (from.timestamp_millis(), to.timestamp_millis());
    let first = hour_of_week(from);
    let cuts = std::iter::successors((start < end).then_some(start), move |at| {
        let next = (at.div_euclid(HOUR_MS) + 1) * HOUR_MS;
        (next < end).then_some(next)
    });
    cuts.enumerate().map(move |(index, at)| {
        let until = ((at.div_euclid(HOUR_MS) + 1) * HOUR_MS).min(end);
        #[allow(clippy::cast_precision_loss)] // below an hour
        let share = (until - at) as f64 / HOUR_MS as f64;
        ((first + index) % HOURS, share)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Prior = Prior {
        items: 1.0,
        hours: 24.0,
    };

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    /// Four weeks of hours, with `count` items at half past each hour that `when` names.
    fn four_weeks(count: usize, when: impl Fn(usize) -> bool) -> Profile {
        let mut profile = Profile::default();
        let start = at("2026-11-02T00:00:00Z"); // a Monday
        for hour in 0..4 * HOURS {
            let from = start + TimeDelta::hours(hour as i64);
            let to = from + TimeDelta::hours(1);
            let arrivals = vec![from + TimeDelta::minutes(30); if when(hour % HOURS) { count } else { 0 }];
            profile.observe(from, to, &arrivals);
            profile.raise(from, to, arrivals.len());
        }
        profile
    }

    #[test]
    fn a_rate_is_that_of_its_hour() {
        let profile = four_weeks(30, |hour| hour < 120 && hour % 24 == 13);
        let rates = profile.rates(NONE);
        for (from, to, least, most) in [
            ("2026-12-01T13:00:00Z", "2026-12-01T14:00:00Z", 20.0, 31.0),
            ("2026-12-01T12:00:00Z", "2026-12-01T13:00:00Z", 0.0, 0.5),
            ("2026-12-05T13:00:00Z", "2026-12-05T14:00:00Z", 0.0, 0.5),
            ("2026-11-30T00:00:00Z", "2026-12-07T00:00:00Z", 110.0, 200.0),
            ("2026-12-01T13:00:00Z", "2026-12-01T12:00:00Z", 0.0, 0.0),
        ] {
            let expected = rates.expected(at(from), at(to));
            assert!((least..=most).contains(&expected), "{from} to {to}: {expected}");
        }
    }

    #[test]
    fn a_request_is_worth_its_price_by_the_root_of_the_rate() {
        for (items, hours, price, minutes) in [
            (60.0, 1.0, 2.0, 2),
            (60.0, 4.0, 2.0, 4),
            (60.0, 100.0, 2.0, 20),
            (60.0, 100.0, 8.0, 40),
        ] {
            let rates = Profile::default().rates(Prior { items, hours });
            let wait = rates.until_worth(at("2026-11-25T08:00:00Z"), price).unwrap();
            assert_eq!(
                (wait.num_seconds() + 30) / 60,
                minutes,
                "{items} in {hours} h at {price}"
            );
        }
    }

    #[test]
    fn a_quiet_night_is_slept_through_until_the_morning_that_is_known() {
        let rates = four_weeks(6, |hour| hour < 120 && (8..17).contains(&(hour % 24))).rates(NONE);
        let wait = |from: &str| rates.until_worth(at(from), 3.0).unwrap().num_minutes();
        let (day, night) = (wait("2026-12-01T10:00:00Z"), wait("2026-12-01T23:00:00Z"));
        assert!((4..=12).contains(&day), "{day}");
        assert!(night > 10 * day, "{night} against {day}");
    }

    #[test]
    fn a_turnover_is_foreseen_by_the_fastest_hour_and_not_by_the_mean() {
        // 600 items within each 13:00 hour: 10 a minute. All other hours bring nothing.
        let profile = four_weeks(600, |hour| hour < 120 && hour % 24 == 13);
        for (from, recent, minutes, why) in [
            ("2026-12-01T13:00:00Z", 0.0, 1, "in the hour itself"),
            (
                "2026-12-01T12:10:00Z",
                0.0,
                1,
                "in the hour before it, for a clock may shift",
            ),
            ("2026-12-01T14:50:00Z", 0.0, 1, "and after it"),
            ("2026-12-01T11:58:00Z", 0.0, 3, "it is near"),
            ("2026-12-01T20:00:00Z", 0.0, 10, "a tenth of it may come at any hour"),
            ("2026-12-01T20:00:00Z", 5.0, 2, "it is coming now"),
        ] {
            let wait = profile.until_turnover(at(from), 10.0, recent, 0.0).unwrap();
            // Peaks fade a little from week to week.
            let got = minutes_delta(minutes_f(wait) * 0.85).num_seconds() as f64 / 60.0;
            assert!(
                (got - f64::from(minutes)).abs() <= 0.35 * f64::from(minutes) + 0.2,
                "{why}: {got}, not {minutes}"
            );
        }
        let unknown = Profile::default().until_turnover(at("2026-12-01T13:00:00Z"), 10.0, 0.0, 10.0);
        assert_eq!(unknown, Some(TimeDelta::minutes(1)), "nothing is known");
        assert_eq!(
            Profile::default().until_turnover(at("2026-12-01T13:00:00Z"), 10.0, 0.0, 0.0),
            None
        );
    }

    fn minutes_f(span: TimeDelta) -> f64 {
        minutes(span)
    }

    #[test]
    fn a_profile_comes_back_as_it_was_kept() {
        let profile = four_weeks(3, |hour| hour % 7 == 0);
        let text = serde_json::to_string(&profile).unwrap();
        let back: Profile = serde_json::from_str(&text).unwrap();
        assert!(text.len() < 6_000, "{} bytes", text.len());
        assert_eq!(serde_json::to_string(&back).unwrap(), text);

        let nothing = serde_json::to_string(&Profile::default()).unwrap();
        assert_eq!(nothing, r#"{"items":[[168,0]],"hours":[[168,0]],"peaks":[[168,0]]}"#);
        let plain = |figures: &[Figure]| figures.iter().map(|figure| figure.0).collect::<Vec<_>>();
        let before = serde_json::json!({
            "items": plain(&back.items), "hours": plain(&back.hours), "peaks": plain(&back.peaks),
        });
        assert_eq!(
            serde_json::from_value::<Profile>(before).unwrap(),
            back,
            "as it was kept before"
        );
        let endless = r#"{"items":[[9000000000000,1],2],"hours":[],"peaks":[]}"#;
        assert_eq!(serde_json::from_str::<Profile>(endless).unwrap().items.len(), HOURS);
    }
}
