//! What a publisher asks of those who poll: in the header of its answer and in its document.
//!
//! In: header values as received; what `parse` read of the channel. Out: how long the answer is good for, and the hours in which
//! the publisher does not want to be asked. Pure; a value that is no value says nothing.

use chrono::{DateTime, Datelike, NaiveTime, TimeDelta, Timelike, Utc, Weekday};
use serde::{Deserialize, Serialize};

use crate::ingest::parse::FeedHead;

/// How long an answer is fresh (RFC 9111 section 4.2), by its header. 200 and 304 carry it alike.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Freshness {
    /// `Cache-Control: max-age`, in seconds.
    pub max_age: Option<u32>,
    /// `Expires`.
    pub expires: Option<DateTime<Utc>>,
    /// `Date`.
    pub date: Option<DateTime<Utc>>,
    /// `Age`, in seconds: how long a cache has held it.
    pub age: Option<u32>,
}

impl Freshness {
    /// Reads the four header values. `s-maxage` is for shared caches, which we are not; `no-store` and `no-cache` give no life,
    /// and no licence to hurry either.
    #[must_use]
    pub fn parse(cache_control: Option<&str>, expires: Option<&str>, date: Option<&str>, age: Option<&str>) -> Self {
        let directives = || cache_control.into_iter().flat_map(|text| text.split(','));
        let max_age = directives().find_map(|directive| {
            let (name, value) = directive.split_once('=')?;
            (name.trim().eq_ignore_ascii_case("max-age"))
                .then(|| seconds(value.trim().trim_matches('"')))
                .flatten()
        });
        let uncached = directives().any(|directive| {
            let name = directive.trim();
            name.eq_ignore_ascii_case("no-store") || name.eq_ignore_ascii_case("no-cache")
        });
        let instant = |text: Option<&str>| httpdate::parse_http_date(text?.trim()).ok().map(DateTime::<Utc>::from);
        Self {
            max_age: if uncached { Some(0) } else { max_age },
            expires: instant(expires),
            date: instant(date),
            age: age.and_then(|text| seconds(text.trim())),
        }
    }

    /// How much longer the answer is fresh, from `received` on: `max-age`, else `Expires` after `Date` (both by the server's
    /// clock, so that ours may be wrong), less the time it spent in a cache. `None`: nothing was said.
    #[must_use]
    pub fn lifetime(&self, received: DateTime<Utc>) -> Option<TimeDelta> {
        let whole = match (self.max_age, self.expires) {
            (Some(seconds), _) => TimeDelta::seconds(seconds.into()),
            (None, Some(expires)) => expires - self.date.unwrap_or(received),
            (None, None) => return None,
        };
        let left = whole - TimeDelta::seconds(self.age.unwrap_or(0).into());
        Some(left.max(TimeDelta::zero()))
    }
}

/// Whole seconds; a number too great to hold is a very long time (RFC 9111 section 1.2.2).
fn seconds(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u32::MAX))
}

/// What the last document said of polling. A 304 brings no document, so it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hints {
    /// RSS 2.0 `ttl`, in seconds.
    pub ttl_s: Option<u64>,
    /// `sy:updatePeriod` by `sy:updateFrequency` (RSS 1.0 syndication module), in seconds.
    pub update_s: Option<u64>,
    /// Hours of the day in GMT (RSS 2.0 `skipHours`).
    pub skip_hours: Vec<u8>,
    /// Days of the week in GMT (`skipDays`), from Monday 0.
    pub skip_days: Vec<u8>,
}

impl Hints {
    /// Those of a document.
    #[must_use]
    pub fn of(head: &FeedHead) -> Self {
        let day = |day: &Weekday| u8::try_from(day.num_days_from_monday()).unwrap_or(0);
        Self {
            ttl_s: head.ttl_seconds,
            update_s: head.update_interval_seconds,
            skip_hours: head.skip_hours.clone(),
            skip_days: head.skip_days.iter().map(day).collect(),
        }
    }

    /// The longer of what `ttl` and `sy:` ask, with the name of the one that asks.
    #[must_use]
    pub fn least(&self) -> Option<(TimeDelta, &'static str)> {
        let named = [(self.ttl_s, "ttl"), (self.update_s, "sy:updatePeriod")];
        let asked = named.into_iter().filter_map(|(seconds, name)| {
            let seconds = i64::try_from(seconds?).unwrap_or(i64::MAX);
            Some((TimeDelta::try_seconds(seconds).unwrap_or(TimeDelta::MAX), name))
        });
        asked.max_by_key(|(least, _)| *least)
    }

    /// The first instant from `at` on that lies in no hour or day to be skipped. A publisher that skips everything skips nothing.
    #[must_use]
    pub fn after_skips(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let day = |at: &DateTime<Utc>| u8::try_from(at.weekday().num_days_from_monday()).unwrap_or(0);
        let skipped = |at: &DateTime<Utc>| {
            let hour = u8::try_from(at.hour()).unwrap_or(0);
            self.skip_hours.contains(&hour) || self.skip_days.contains(&day(at))
        };
        let hour = |at: DateTime<Utc>| {
            let start = NaiveTime::from_hms_opt(at.hour(), 0, 0).unwrap_or_default();
            at.date_naive().and_time(start).and_utc()
        };
        let hours = std::iter::successors(Some(at), |at| Some(hour(*at) + TimeDelta::hours(1)));
        hours.take(8 * 24).find(|at| !skipped(at)).unwrap_or(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn how_long_an_answer_is_fresh() {
        let noon = "Wed, 25 Nov 2026 12:00:00 GMT";
        for (cache_control, expires, date, age, want) in [
            (Some("max-age=208"), None, None, None, Some(208)),
            (Some("public, MAX-AGE = \"300\""), None, None, None, Some(300)),
            (Some("max-age=300"), None, None, Some("100"), Some(200)),
            (Some("max-age=300"), None, None, Some("900"), Some(0)),
            (Some("s-maxage=900"), None, None, None, None),
            (Some("no-store, no-cache, max-age=600"), None, None, None, Some(0)),
            (Some("max-age=-5"), None, None, None, None),
            (
                Some("max-age=99999999999999"),
                None,
                None,
                None,
                Some(i64::from(u32::MAX)),
            ),
            // Our own clock says 13:00; the server's two dates are an hour apart.
            (
                None,
                Some("Wed, 25 Nov 2026 13:00:00 GMT"),
                Some(noon),
                None,
                Some(3_600),
            ),
            (None, Some("Wed, 25 Nov 2026 13:30:00 GMT"), None, None, Some(1_800)),
            (
                Some("max-age=60"),
                Some("Wed, 25 Nov 2026 13:00:00 GMT"),
                Some(noon),
                None,
                Some(60),
            ),
            (None, Some("Thu, 01 Jan 1970 00:00:00 GMT"), Some(noon), None, Some(0)),
            (None, Some("0"), Some(noon), None, None),
            (None, None, Some(noon), Some("5"), None),
        ] {
            let fresh = Freshness::parse(cache_control, expires, date, age).lifetime(at("2026-11-25T13:00:00Z"));
            assert_eq!(
                fresh.map(|left| left.num_seconds()),
                want,
                "{cache_control:?} {expires:?} {age:?}"
            );
        }
    }

    #[test]
    fn the_hours_and_days_that_a_publisher_skips() {
        let night: Vec<u8> = (0..7).collect();
        for (hours, days, from, want) in [
            (vec![], vec![], "2026-11-25T03:20:00Z", "2026-11-25T03:20:00Z"),
            (night.clone(), vec![], "2026-11-25T03:20:00Z", "2026-11-25T07:00:00Z"),
            (night.clone(), vec![], "2026-11-25T08:20:00Z", "2026-11-25T08:20:00Z"),
            // 28 November 2026 is a Saturday.
            (vec![], vec![5, 6], "2026-11-28T12:00:00Z", "2026-11-30T00:00:00Z"),
            (night, vec![5, 6], "2026-11-28T12:00:00Z", "2026-11-30T07:00:00Z"),
            (
                (0..24).collect(),
                vec![],
                "2026-11-25T03:20:00Z",
                "2026-11-25T03:20:00Z",
            ),
        ] {
            let hints = Hints {
                skip_hours: hours,
                skip_days: days,
                ..Hints::default()
            };
            assert_eq!(hints.after_skips(at(from)), at(want), "{hints:?} {from}");
        }
    }

    #[test]
    fn the_longer_wish_of_a_document_counts() {
        let hints = |ttl_s, update_s| Hints {
            ttl_s,
            update_s,
            ..Hints::default()
        };
        for (hints, want) in [
            (hints(None, None), None),
            (hints(Some(3_600), None), Some((3_600, "ttl"))),
            (hints(Some(900), Some(3_600)), Some((3_600, "sy:updatePeriod"))),
            (hints(Some(u64::MAX), None), Some((TimeDelta::MAX.num_seconds(), "ttl"))),
        ] {
            let least = hints.least().map(|(least, name)| (least.num_seconds(), name));
            assert_eq!(least, want, "{hints:?}");
        }
    }
}
