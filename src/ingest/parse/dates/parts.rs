//! What the pieces of a date text have said so far, and the instant that they name together.
//!
//! Saying a thing twice is a contradiction, so each setter fails on the second.

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;

use super::zone::{Zone, assumed_instant};
use crate::article::Assumed;

/// The parts of a date, as far as they were read.
#[derive(Debug, Clone, Default)]
pub(super) struct Parts {
    /// Whole, from a form whose order is known.
    date: Option<NaiveDate>,
    year: Option<i32>,
    month: Option<u32>,
    /// A month or, if another word names one, a weekday: `mar` is `mardi` too.
    maybe_month: Option<u32>,
    weekday: Option<Weekday>,
    /// Numbers of one or two digits, in order: day, month, short year.
    numbers: [Option<u32>; 3],
    clock: Option<Clock>,
    /// Hours from midnight to the half of the day that is named.
    half: Option<u32>,
    offset: Option<i32>,
    zone: Option<NamedZone>,
}

/// A zone beside the time.
#[derive(Debug, Clone, Copy, PartialEq)]
enum NamedZone {
    Known(Zone),
    /// A name that means several zones, or none that we know.
    Unknown,
}

/// What a text names, and what it leaves out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reading {
    pub(super) instant: DateTime<Utc>,
    pub(super) assumed: Vec<Assumed>,
}

impl Parts {
    pub(super) fn date(&mut self, year: i32, month: u32, day: u32) -> Option<()> {
        self.whole(NaiveDate::from_ymd_opt(year, month, day)?)
    }

    pub(super) fn whole(&mut self, date: NaiveDate) -> Option<()> {
        (!self.has_date()).then_some(())?;
        set(&mut self.date, date)
    }

    pub(super) fn year(&mut self, year: i32) -> Option<()> {
        set(&mut self.year, year)
    }

    pub(super) fn month(&mut self, month: u32) -> Option<()> {
        set(&mut self.month, month)
    }

    /// A word that names a month in one language and a weekday in another. The second such word settles the first.
    pub(super) fn month_or_weekday(&mut self, month: u32) -> Option<()> {
        match self.maybe_month.replace(month) {
            Some(_) => self.month(month),
            None => Some(()),
        }
    }

    /// A weekday may be wrong, and often is: it decides only what nothing else does.
    pub(super) fn weekday(&mut self, weekday: Option<Weekday>) {
        self.weekday = self.weekday.or(weekday);
    }

    pub(super) fn number(&mut self, number: u32) -> Option<()> {
        set(self.numbers.iter_mut().find(|slot| slot.is_none())?, number)
    }

    pub(super) fn clock(&mut self, clock: Clock) -> Option<()> {
        set(&mut self.clock, clock)
    }

    pub(super) fn half(&mut self, half: u32) -> Option<()> {
        set(&mut self.half, half)
    }

    /// A second offset may only repeat the first.
    pub(super) fn offset(&mut self, minutes: i32) -> Option<()> {
        (*self.offset.get_or_insert(minutes) == minutes).then_some(())
    }

    pub(super) fn zone(&mut self, zone: Zone) -> Option<()> {
        self.named(NamedZone::Known(zone))
    }

    pub(super) fn unknown_zone(&mut self) -> Option<()> {
        self.named(NamedZone::Unknown)
    }

    /// A second name may only repeat the first.
    fn named(&mut self, zone: NamedZone) -> Option<()> {
        (*self.zone.get_or_insert(zone) == zone).then_some(())
    }

    pub(super) fn has_clock(&self) -> bool {
        self.clock.is_some()
    }

    pub(super) fn has_zone(&self) -> bool {
        self.zone.is_some() || self.offset.is_some()
    }

    pub(super) fn has_date(&self) -> bool {
        self.resolved().is_some_and(|(_, missing)| missing.is_none())
    }

    /// The instant, with `default` for a zone that is not named.
    pub(super) fn reading(&self, default: Tz) -> Option<Reading> {
        let (date, missing) = self.resolved()?;
        let clock = match (self.clock, self.half) {
            (Some(clock), Some(half)) => Some(clock.in_half(half)?),
            (None, Some(_)) => return None,
            (clock, None) => clock,
        };
        let (local, missing) = match (clock, missing) {
            (Some(clock), None) => (clock.on(date)?, None),
            (Some(_), Some(_)) => return None,
            (None, missing) => (date.and_time(NaiveTime::MIN), missing.or(Some(Assumed::Time))),
        };
        let mut assumed: Vec<Assumed> = missing.into_iter().collect();
        // A number beats the name beside it: `-0400 EST` was written by a clock that knows its offset and not its season.
        let zone = match (self.offset, self.zone) {
            (Some(minutes), _) => Some(Zone::Fixed(minutes)),
            (None, Some(NamedZone::Known(zone))) => Some(zone),
            (None, Some(NamedZone::Unknown) | None) => None,
        };
        let instant = match zone {
            Some(zone) => zone.instant(local)?,
            None => {
                assumed.push(Assumed::Zone);
                assumed_instant(local, default)?
            }
        };
        Some(Reading { instant, assumed })
    }

    /// The day, and what of it the text does not say.
    fn resolved(&self) -> Option<(NaiveDate, Option<Assumed>)> {
        let no_other = self.year.is_none() && self.month.is_none() && self.numbers[0].is_none();
        if let Some(date) = self.date {
            return no_other.then_some((date, None));
        }
        let date = |year, month, day| NaiveDate::from_ymd_opt(year, month, day);
        match (self.month.or(self.maybe_month), self.numbers, self.year) {
            (Some(month), [Some(day), None, None], Some(year)) => Some((date(year, month, day)?, None)),
            (Some(month), [Some(day), Some(year), None], None) => Some((date(full_year(year)?, month, day)?, None)),
            (Some(month), [None, ..], Some(year)) => Some((date(year, month, 1)?, Some(Assumed::Day))),
            (None, [Some(a), Some(b), None], Some(year)) => {
                Some((self.only_day([date(year, b, a), date(year, a, b), None])?, None))
            }
            (None, [Some(a), Some(b), Some(c)], None) => {
                let (year, first) = (full_year(c)?, full_year(a)?);
                Some((
                    self.only_day([date(year, b, a), date(year, a, b), date(first, b, c)])?,
                    None,
                ))
            }
            (None, [None, ..], Some(year)) if self.weekday.is_none() => Some((date(year, 1, 1)?, Some(Assumed::Month))),
            _ => None,
        }
    }

    /// Numbers whose order is not known: read if only one order gives a day, or only one gives the weekday.
    fn only_day(&self, orders: [Option<NaiveDate>; 3]) -> Option<NaiveDate> {
        let mut days: Vec<NaiveDate> = orders.into_iter().flatten().collect();
        days.sort_unstable();
        days.dedup();
        if let (Some(weekday), 2..) = (self.weekday, days.len()) {
            days.retain(|day| day.weekday() == weekday);
        }
        match days[..] {
            [day] => Some(day),
            _ => None,
        }
    }
}

/// RFC 2822, section 4.3: two digits mean 2000 to 2049, else 1950 to 1999.
pub(super) fn full_year(short: u32) -> Option<i32> {
    let year = i32::try_from(short).ok()?;
    (year < 100).then_some(if year < 50 { 2000 + year } else { 1900 + year })
}

/// A time of day as written: hour to 24, second to 60.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    hour: u32,
    minute: u32,
    second: u32,
}

impl Clock {
    pub(super) fn new(hour: u32, minute: u32, second: u32) -> Option<Self> {
        let midnight = hour == 24 && minute == 0 && second == 0;
        ((hour < 24 || midnight) && minute < 60 && second <= 60).then_some(Self { hour, minute, second })
    }

    /// In the half of the day that begins `half` hours after midnight. `14:05 PM` says one thing twice, `14:05 AM` contradicts itself.
    fn in_half(self, half: u32) -> Option<Self> {
        let hour = match self.hour {
            0..=12 => self.hour % 12 + half,
            13..=23 if half == 12 => self.hour,
            _ => return None,
        };
        Some(Self { hour, ..self })
    }

    /// Hour 24 and second 60 are the first of what follows.
    fn on(self, date: NaiveDate) -> Option<NaiveDateTime> {
        let seconds = i64::from(self.hour * 3600 + self.minute * 60 + self.second);
        date.and_time(NaiveTime::MIN)
            .checked_add_signed(Duration::seconds(seconds))
    }
}

fn set<T>(slot: &mut Option<T>, value: T) -> Option<()> {
    slot.replace(value).is_none().then_some(())
}
