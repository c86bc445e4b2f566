//! Cron expressions as crontab(5) means them, and the next instant at which one is due.
//!
//! In: the text of a schedule; then a time zone and an instant. Out: a [`Crontab`], or a [`CrontabError`] that names the
//! field, the value and what is allowed; then the first due instant strictly after the given one. Never reads the clock.
//!
//! # What is accepted
//! Five fields (`minute hour day-of-month month day-of-week`), six with the seconds first, or `@hourly`, `@daily`,
//! `@midnight`, `@weekly`, `@monthly`, `@yearly`, `@annually`. A field is a list of `*`, `a`, `a-b`, each with `/step`;
//! `a/step` means `a` to the end of the field. Months and days of the week also have names of three letters. Sunday is
//! 0 or 7.
//!
//! Days: a field that starts with `*` does not restrict (so `*/2` does not, as in Vixie cron). If both day fields restrict,
//! a day that fits **either** is due; if one begins with `*`, it has to fit both.
//!
//! # Clock changes
//! The fields are read on the wall clock of the zone. A time that the spring change skips is due at the first minute
//! after the gap; a time that the autumn change repeats is due in both passes. A poll is idempotent, so a second one costs
//! a request, while a skipped one could lose releases.
//!
//! # Why not the `cron` crate alone
//! It takes no five fields, counts Sunday as 1 (so that `1-5` silently means Sunday to Thursday), joins the two day fields
//! with AND, and around clock changes returns instants that are already past. It is only asked for the next fit on a clock
//! without changes.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use chrono::{DateTime, LocalResult, NaiveDateTime, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use cron::Schedule;

/// A parsed expression. Two are equal if they are due at the same times, however they are written.
#[derive(Debug, Clone)]
pub struct Crontab {
    text: String,
    /// Due when any of them is: one, or two where both day fields restrict and either may fit.
    any: Vec<Schedule>,
}

/// Why a text is no cron expression, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CrontabError {
    /// The bytes of the expression that are wrong.
    pub span: Range<usize>,
    /// Field, value and what is allowed.
    pub message: String,
    /// What to write instead, where that is known.
    pub hint: Option<String>,
}

impl Crontab {
    /// Reads an expression.
    ///
    /// # Errors
    /// The first thing in it that crontab(5) does not know, or that cannot be meant: a reversed range, a step longer
    /// than its field.
    pub fn parse(text: &str) -> Result<Self, CrontabError> {
        let words = words(text);
        let expanded = match words.as_slice() {
            [] => {
                return Err(CrontabError::whole(
                    text,
                    "an empty schedule",
                    "write five fields, as in `*/5 * * * *`",
                ));
            }
            [(_, word), ..] if word.starts_with('@') => shorthand(text)?,
            [_, _, _, _, _] => [&[(0..0, "0")], words.as_slice()].concat(),
            [_, _, _, _, _, _] => words,
            [_, _, _, _, _, _, (seventh, _), ..] => {
                return Err(CrontabError {
                    span: seventh.start..text.trim_end().len(),
                    message: format!("{} fields, allowed are 5, or 6 with seconds first", words.len()),
                    hint: Some("leave out the year".to_owned()),
                });
            }
            _ => {
                let message = format!(
                    "{} of 5 fields: minute hour day-of-month month day-of-week",
                    words.len()
                );
                return Err(CrontabError::whole(
                    text,
                    message,
                    "write `*` for every field that does not matter",
                ));
            }
        };
        let mut sets = [0_u64; FIELDS.len()];
        for ((set, field), (span, word)) in sets.iter_mut().zip(FIELDS).zip(&expanded) {
            *set = field.set(word, span.start)?;
        }
        let restricts = |index: usize| expanded.get(index).is_some_and(|(_, word)| !word.starts_with('*'));
        let ignored: &[_] = match restricts(DAY_OF_MONTH) && restricts(DAY_OF_WEEK) {
            true => &[Some(DAY_OF_WEEK), Some(DAY_OF_MONTH)],
            false => &[None],
        };
        let any = ignored
            .iter()
            .map(|ignored| schedule(text, sets, *ignored))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            text: text.trim().to_owned(),
            any,
        })
    }

    /// The first due instant strictly after `after`; `None` if there is none until the year 2100 (`0 0 30 2 *`).
    ///
    /// Later `after` never gives an earlier answer, and the answer is never past.
    #[must_use]
    pub fn next_after(&self, tz: Tz, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.any
            .iter()
            .filter_map(|schedule| next_after(schedule, tz, after))
            .min()
    }
}

impl PartialEq for Crontab {
    fn eq(&self, other: &Self) -> bool {
        self.any == other.any
    }
}

impl fmt::Display for Crontab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl CrontabError {
    fn whole(text: &str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            span: 0..text.len(),
            message: message.into(),
            hint: Some(hint.into()),
        }
    }
}

/// One field of an expression. `names[i]` stands for the number `least + i`.
struct Field {
    name: &'static str,
    least: u8,
    /// The last number that `*` stands for.
    last: u8,
    /// The greatest number that may be written: Sunday is also 7.
    most: u8,
    names: &'static [&'static str],
}

/// The six fields, in the order of the `cron` crate.
const FIELDS: [Field; 6] = [
    field("second", 0, 59, 59, &[]),
    field("minute", 0, 59, 59, &[]),
    field("hour", 0, 23, 23, &[]),
    field("day-of-month", 1, 31, 31, &[]),
    field("month", 1, 12, 12, &MONTHS),
    field("day-of-week", 0, 6, 7, &DAYS),
];
const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const fn field(name: &'static str, least: u8, last: u8, most: u8, names: &'static [&'static str]) -> Field {
    Field {
        name,
        least,
        last,
        most,
        names,
    }
}

const DAY_OF_MONTH: usize = 3;
const DAY_OF_WEEK: usize = 5;

/// What each `@word` is short for, as listed in crontab(5).
const SHORTHANDS: [(&str, [&str; 6]); 7] = [
    ("@hourly", ["0", "0", "*", "*", "*", "*"]),
    ("@daily", ["0", "0", "0", "*", "*", "*"]),
    ("@midnight", ["0", "0", "0", "*", "*", "*"]),
    ("@weekly", ["0", "0", "0", "*", "*", "0"]),
    ("@monthly", ["0", "0", "0", "1", "*", "*"]),
    ("@yearly", ["0", "0", "0", "1", "1", "*"]),
    ("@annually", ["0", "0", "0", "1", "1", "*"]),
];

/// A word of the expression and its bytes.
type Word<'a> = (Range<usize>, &'a str);

fn words(text: &str) -> Vec<Word<'_>> {
    let start = |word: &str| word.as_ptr().addr() - text.as_ptr().addr();
    text.split_whitespace()
        .map(|word| (start(word)..start(word) + word.len(), word))
        .collect()
}

fn shorthand(text: &str) -> Result<Vec<Word<'static>>, CrontabError> {
    let word = text.trim().to_ascii_lowercase();
    if let Some((_, fields)) = SHORTHANDS.iter().find(|(name, _)| *name == word) {
        return Ok(fields.iter().map(|field| (0..0, *field)).collect());
    }
    let known = SHORTHANDS.map(|(name, _)| name).join(", ");
    Err(match word.split_whitespace().next().unwrap_or_default() {
        "@every" => CrontabError::whole(
            text,
            "`@every` is not crontab(5): it would count from the start of the daemon",
            "name the minutes instead: `@every 10m` is `*/10 * * * *`",
        ),
        "@reboot" => CrontabError::whole(
            text,
            "`@reboot` names no time",
            "leave it out: a source that has never been polled is due at once",
        ),
        _ => CrontabError::whole(
            text,
            format!("unknown word `{}`", text.trim()),
            format!("known are {known}"),
        ),
    })
}

impl Field {
    /// Reads one field to the set of its numbers, bit by bit. `offset`: where `word` starts in the expression.
    fn set(&self, word: &str, offset: usize) -> Result<u64, CrontabError> {
        let mut set = 0;
        let mut start = offset;
        for part in word.split(',') {
            set |= self.part(part, start)?;
            start += part.len() + 1;
        }
        // Sunday has two numbers, one of them behind the last; 0 stays.
        let behind = self.most > self.last && set & 1 << self.most != 0;
        Ok(if behind {
            set & !(1 << self.most) | 1 << self.least
        } else {
            set
        })
    }

    /// Reads `*`, `a` or `a-b`, each with or without `/step`.
    fn part(&self, part: &str, offset: usize) -> Result<u64, CrontabError> {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some((step, offset + range.len() + 1))),
            None => (part, None),
        };
        let (first, last) = match (range.split_once('-'), step) {
            _ if range == "*" => (self.least, self.last),
            (Some((first, last)), _) => self.range(first, last, range, offset)?,
            (None, None) => {
                let only = self.number(range, offset)?;
                (only, only)
            }
            // Sunday as 7 with a step is that one day.
            (None, Some(_)) => {
                let first = self.number(range, offset)?;
                (first, self.last.max(first))
            }
        };
        let step = step.map_or(Ok(1), |(step, offset)| self.step(step, offset))?;
        Ok((first..=last).step_by(step).fold(0, |set, number| set | 1 << number))
    }

    fn range(&self, first: &str, last: &str, range: &str, offset: usize) -> Result<(u8, u8), CrontabError> {
        let low = self.number(first, offset)?;
        let high = match self.number(last, offset + first.len() + 1)? {
            // `fri-sun`: the name is the 0 of Sunday, the range means its 7.
            0 if last.eq_ignore_ascii_case("sun") && low > 0 => 7,
            high => high,
        };
        if low <= high {
            return Ok((low, high));
        }
        Err(CrontabError {
            span: offset..offset + range.len(),
            message: format!("{}: the range `{range}` runs backwards", self.name),
            hint: Some(format!(
                "write it as two: `{first}-{},{}-{last}`",
                self.last, self.least
            )),
        })
    }

    fn number(&self, text: &str, offset: usize) -> Result<u8, CrontabError> {
        let named = || {
            self.names
                .iter()
                .zip(self.least..)
                .find(|(name, _)| name.eq_ignore_ascii_case(text))
        };
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = match digits {
            true => text
                .parse()
                .ok()
                .filter(|number| (self.least..=self.most).contains(number)),
            false => named().map(|(_, number)| number),
        };
        number.ok_or_else(|| CrontabError {
            span: offset..offset + text.len(),
            message: format!("{}: `{text}` is not allowed, allowed is {}", self.name, self.allowed()),
            hint: match text {
                "?" => Some("crontab(5) has no `?`; write `*`".to_owned()),
                "" => Some("a value is missing here".to_owned()),
                _ => None,
            },
        })
    }

    fn allowed(&self) -> String {
        match (self.names.first(), self.names.last()) {
            (Some(first), Some(last)) => format!("{}-{} or {first}-{last}", self.least, self.most),
            _ => format!("{}-{}", self.least, self.most),
        }
    }

    fn step(&self, text: &str, offset: usize) -> Result<usize, CrontabError> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let most = usize::from(self.last - self.least) + 1;
        let step = text
            .parse::<usize>()
            .ok()
            .filter(|step| digits && (1..=most).contains(step));
        step.ok_or_else(|| CrontabError {
            span: offset..offset + text.len(),
            message: format!("{}: a step of `{text}` is not allowed, allowed is 1-{most}", self.name),
            hint: match text.parse::<usize>() {
                Ok(0) | Err(_) => None,
                Ok(_) => Some("a step starts anew with each field; name the times one by one instead".to_owned()),
            },
        })
    }
}

/// Writes the sets in the dialect of the `cron` crate; `ignored` is the day field that shall not restrict.
fn schedule(text: &str, sets: [u64; 6], ignored: Option<usize>) -> Result<Schedule, CrontabError> {
    let dialect = FIELDS.iter().zip(sets).enumerate().map(|(index, (field, set))| {
        let full = (field.least..=field.last).fold(0, |all, number| all | 1_u64 << number);
        if set == full || ignored == Some(index) {
            return "*".to_owned();
        }
        // The crate counts the days of the week from 1.
        let shift = u8::from(index == DAY_OF_WEEK);
        let numbers = (field.least..=field.most).filter(|number| set & 1 << number != 0);
        numbers
            .map(|number| (number + shift).to_string())
            .collect::<Vec<_>>()
            .join(",")
    });
    let dialect = dialect.collect::<Vec<_>>().join(" ");
    Schedule::from_str(&dialect).map_err(|cause| {
        CrontabError::whole(
            text,
            format!("not understood: {cause}"),
            "please report this expression",
        )
    })
}

/// The wrapper that makes one schedule right over clock changes: every fit on the wall clock becomes no, one or two
/// instants, and the least one after `after` wins.
fn next_after(schedule: &Schedule, tz: Tz, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let wall = after.with_timezone(&tz).naive_local();
    // In the first pass of a repeated hour, wall times that were already shown come again.
    let from = match tz.from_local_datetime(&wall) {
        LocalResult::Ambiguous(first, second) if after < second => wall - (second - first),
        LocalResult::Ambiguous(..) | LocalResult::Single(_) | LocalResult::None => wall,
    };
    let mut least = None::<DateTime<Utc>>;
    for fit in schedule.after(&from.and_utc()) {
        let Some((first, second)) = instants(tz, fit.naive_utc()) else {
            continue;
        };
        let due = [first, second].into_iter().filter(|instant| *instant > after).min();
        least = [least, due].into_iter().flatten().min();
        // First passes are in order, so that no later fit can be due before this one.
        if first > after {
            break;
        }
    }
    least
}

/// The first and the last instant at which the wall clock shows `wall`; the first minute after the gap if it never does.
fn instants(tz: Tz, wall: NaiveDateTime) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    match tz.from_local_datetime(&wall) {
        LocalResult::Single(only) => Some((only.to_utc(), only.to_utc())),
        LocalResult::Ambiguous(first, second) => Some((first.to_utc(), second.to_utc())),
        LocalResult::None => {
            let minute = wall.with_second(0)?;
            // The longest gap on record is the day that Samoa skipped in 2011.
            let after = (1..=2 * 24 * 60).map(|minutes| minute + TimeDelta::minutes(minutes));
            let first = after
                .filter_map(|wall| tz.from_local_datetime(&wall).earliest())
                .next()?
                .to_utc();
            Some((first, first))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::America::New_York;
    use chrono_tz::Australia::Lord_Howe;
    use chrono_tz::Europe::Zurich;
    use proptest::prelude::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn due(cron: &str, tz: Tz, after: &str, count: usize) -> Vec<String> {
        let crontab = Crontab::parse(cron).unwrap();
        let first = crontab.next_after(tz, at(after));
        let all = std::iter::successors(first, |last| crontab.next_after(tz, *last));
        all.take(count)
            .map(|due| due.with_timezone(&tz).format("%a %F %T %z").to_string())
            .collect()
    }

    #[test]
    fn the_answers_that_crontab_5_gives() {
        // 2026-01-01 is a Thursday.
        for (cron, want) in [
            ("*/5 * * * *", ["Thu 2026-01-01 00:05:00", "Thu 2026-01-01 00:10:00"]),
            ("0/20 * * * *", ["Thu 2026-01-01 00:20:00", "Thu 2026-01-01 00:40:00"]),
            (
                "5,35 9-10 * * *",
                ["Thu 2026-01-01 09:05:00", "Thu 2026-01-01 09:35:00"],
            ),
            ("30 15 10 * * *", ["Thu 2026-01-01 10:15:30", "Fri 2026-01-02 10:15:30"]),
            ("0 9 * * 1-5", ["Thu 2026-01-01 09:00:00", "Fri 2026-01-02 09:00:00"]),
            ("0 9 * * 0", ["Sun 2026-01-04 09:00:00", "Sun 2026-01-11 09:00:00"]),
            ("0 9 * * 7", ["Sun 2026-01-04 09:00:00", "Sun 2026-01-11 09:00:00"]),
            ("0 9 * * 5-7", ["Fri 2026-01-02 09:00:00", "Sat 2026-01-03 09:00:00"]),
            (
                "0 9 * * Sat-SUN",
                ["Sat 2026-01-03 09:00:00", "Sun 2026-01-04 09:00:00"],
            ),
            (
                "0 9 * * sun-mon",
                ["Sun 2026-01-04 09:00:00", "Mon 2026-01-05 09:00:00"],
            ),
            ("0 9 * * 1-5/2", ["Fri 2026-01-02 09:00:00", "Mon 2026-01-05 09:00:00"]),
            ("0 9 * * 7/2", ["Sun 2026-01-04 09:00:00", "Sun 2026-01-11 09:00:00"]),
            (
                "*/60 */24 * * *",
                ["Fri 2026-01-02 00:00:00", "Sat 2026-01-03 00:00:00"],
            ),
            (
                "0 9 * FEB,apr mon",
                ["Mon 2026-02-02 09:00:00", "Mon 2026-02-09 09:00:00"],
            ),
            // Both days restrict: either.
            ("0 9 13 * 5", ["Fri 2026-01-02 09:00:00", "Fri 2026-01-09 09:00:00"]),
            ("0 9 2,3 * FRI", ["Fri 2026-01-02 09:00:00", "Sat 2026-01-03 09:00:00"]),
            ("0 9 31 * 1-7", ["Thu 2026-01-01 09:00:00", "Fri 2026-01-02 09:00:00"]),
            // One begins with a star: both. Odd days that are Fridays.
            ("0 9 */2 * FRI", ["Fri 2026-01-09 09:00:00", "Fri 2026-01-23 09:00:00"]),
            ("0 0 29 2 *", ["Tue 2028-02-29 00:00:00", "Sun 2032-02-29 00:00:00"]),
            ("0 0 31 * *", ["Sat 2026-01-31 00:00:00", "Tue 2026-03-31 00:00:00"]),
            ("@hourly", ["Thu 2026-01-01 01:00:00", "Thu 2026-01-01 02:00:00"]),
            ("@daily", ["Fri 2026-01-02 00:00:00", "Sat 2026-01-03 00:00:00"]),
            ("@Midnight", ["Fri 2026-01-02 00:00:00", "Sat 2026-01-03 00:00:00"]),
            ("@weekly", ["Sun 2026-01-04 00:00:00", "Sun 2026-01-11 00:00:00"]),
            ("@monthly", ["Sun 2026-02-01 00:00:00", "Sun 2026-03-01 00:00:00"]),
            ("@yearly", ["Fri 2027-01-01 00:00:00", "Sat 2028-01-01 00:00:00"]),
            (" @annually ", ["Fri 2027-01-01 00:00:00", "Sat 2028-01-01 00:00:00"]),
        ] {
            let want = want.map(|time| format!("{time} +0000"));
            assert_eq!(due(cron, Tz::UTC, "2026-01-01T00:00:00Z", 2), want, "{cron}");
        }
    }

    #[test]
    fn clock_changes_skip_nothing_and_repeat_the_repeated_hour() {
        for (cron, tz, after, want) in [
            // New York skips 02:00-03:00 on 2026-03-08 and repeats 01:00-02:00 on 2026-11-01.
            (
                "30 2 * * *",
                New_York,
                "2026-03-08T05:00:00Z",
                ["03-08 03:00 -0400", "03-09 02:30 -0400"].as_slice(),
            ),
            (
                "*/30 * * * *",
                New_York,
                "2026-03-08T06:20:00Z",
                &["03-08 01:30 -0500", "03-08 03:00 -0400", "03-08 03:30 -0400"],
            ),
            (
                "*/20 * * * *",
                New_York,
                "2026-11-01T04:50:00Z",
                &[
                    "11-01 01:00 -0400",
                    "11-01 01:20 -0400",
                    "11-01 01:40 -0400",
                    "11-01 01:00 -0500",
                    "11-01 01:20 -0500",
                    "11-01 01:40 -0500",
                    "11-01 02:00 -0500",
                ],
            ),
            (
                "15 1 * * *",
                New_York,
                "2026-11-01T04:00:00Z",
                &["11-01 01:15 -0400", "11-01 01:15 -0500", "11-02 01:15 -0500"],
            ),
            // From the middle of the first pass, behind the wall time that comes again.
            (
                "15 1 * * *",
                New_York,
                "2026-11-01T05:50:00Z",
                &["11-01 01:15 -0500", "11-02 01:15 -0500"],
            ),
            // Zurich skips 02:00-03:00 on 2026-03-29 and repeats 02:00-03:00 on 2026-10-25.
            (
                "0 2 * * *",
                Zurich,
                "2026-03-29T00:00:00Z",
                &["03-29 03:00 +0200", "03-30 02:00 +0200"],
            ),
            (
                "45 2 * * 0",
                Zurich,
                "2026-10-24T12:00:00Z",
                &["10-25 02:45 +0200", "10-25 02:45 +0100", "11-01 02:45 +0100"],
            ),
            // Either of two days, over the gap.
            (
                "30 2 1 * SUN",
                Zurich,
                "2026-03-29T00:59:59Z",
                &["03-29 03:00 +0200", "04-01 02:30 +0200"],
            ),
        ] {
            let found = due(cron, tz, after, want.len());
            let found: Vec<_> = found
                .iter()
                .map(|time| format!("{} {}", &time[9..20], &time[24..]))
                .collect();
            let found: Vec<_> = found
                .iter()
                .map(|time| time.trim_start_matches('-').to_owned())
                .collect();
            assert_eq!(found, want, "{cron} {tz} after {after}");
        }
    }

    #[test]
    fn a_day_that_never_comes_is_answered_at_once() {
        let never = Crontab::parse("0 0 30 2 *").unwrap();
        assert_eq!(never.next_after(Tz::UTC, at("2026-01-01T00:00:00Z")), None);
        assert_eq!(never.next_after(New_York, at("1970-01-01T00:00:00Z")), None);
    }

    #[test]
    fn equal_is_what_is_due_at_the_same_times() {
        let parse = |text| Crontab::parse(text).unwrap();
        assert_eq!(parse("*/15 * * * *"), parse("0 0,15,30,45 * * * 0-7"));
        assert_eq!(parse("@weekly"), parse("0 0 * * sun"));
        assert_ne!(parse("0 0 1 * 1"), parse("0 0 1 * *"));
        assert_eq!(parse("  */15 *  * * * ").to_string(), "*/15 *  * * *");
    }

    #[test]
    fn errors_name_field_value_and_what_is_allowed() {
        for (cron, span, want, hint) in [
            ("", "", "an empty schedule", "write five fields, as in `*/5 * * * *`"),
            (
                "5 * *",
                "5 * *",
                "3 of 5 fields: minute hour day-of-month month day-of-week",
                "write `*` for every field that does not matter",
            ),
            (
                "0 0 0 1 1 * 2027",
                "2027",
                "7 fields, allowed are 5, or 6 with seconds first",
                "leave out the year",
            ),
            ("75 * * * *", "75", "minute: `75` is not allowed, allowed is 0-59", ""),
            ("0 24 * * *", "24", "hour: `24` is not allowed, allowed is 0-23", ""),
            (
                "0 0 0 * *",
                "0",
                "day-of-month: `0` is not allowed, allowed is 1-31",
                "",
            ),
            (
                "0 0 1 13 *",
                "13",
                "month: `13` is not allowed, allowed is 1-12 or jan-dec",
                "",
            ),
            (
                "0 0 * * 8",
                "8",
                "day-of-week: `8` is not allowed, allowed is 0-7 or sun-sat",
                "",
            ),
            (
                "0 0 * * fry",
                "fry",
                "day-of-week: `fry` is not allowed, allowed is 0-7 or sun-sat",
                "",
            ),
            ("61 * * * * *", "61", "second: `61` is not allowed, allowed is 0-59", ""),
            (
                "1,,2 * * * *",
                "",
                "minute: `` is not allowed, allowed is 0-59",
                "a value is missing here",
            ),
            (
                "-5 * * * *",
                "",
                "minute: `` is not allowed, allowed is 0-59",
                "a value is missing here",
            ),
            ("+5 * * * *", "+5", "minute: `+5` is not allowed, allowed is 0-59", ""),
            ("٣ * * * *", "٣", "minute: `٣` is not allowed, allowed is 0-59", ""),
            (
                "0 0 ? * 1",
                "?",
                "day-of-month: `?` is not allowed, allowed is 1-31",
                "crontab(5) has no `?`; write `*`",
            ),
            (
                "0 22-2 * * *",
                "22-2",
                "hour: the range `22-2` runs backwards",
                "write it as two: `22-23,0-2`",
            ),
            (
                "*/0 * * * *",
                "0",
                "minute: a step of `0` is not allowed, allowed is 1-60",
                "",
            ),
            (
                "*/90 * * * *",
                "90",
                "minute: a step of `90` is not allowed, allowed is 1-60",
                "a step starts anew with each field; name the times one by one instead",
            ),
            (
                "*/5/2 * * * *",
                "5/2",
                "minute: a step of `5/2` is not allowed, allowed is 1-60",
                "",
            ),
            (
                "@every 10m",
                "@every 10m",
                "`@every` is not crontab(5): it would count from the start of the daemon",
                "name the minutes instead: `@every 10m` is `*/10 * * * *`",
            ),
            (
                "@reboot",
                "@reboot",
                "`@reboot` names no time",
                "leave it out: a source that has never been polled is due at once",
            ),
            (
                "@fortnightly",
                "@fortnightly",
                "unknown word `@fortnightly`",
                "known are @hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually",
            ),
        ] {
            let error = Crontab::parse(cron).expect_err(cron);
            assert_eq!(
                (error.to_string().as_str(), error.hint.as_deref().unwrap_or("")),
                (want, hint),
                "{cron}"
            );
            assert_eq!(&cron[error.span], span, "{cron}");
        }
    }

    /// A well-formed expression, any of them.
    fn expression() -> impl Strategy<Value = String> {
        let field = |least: u8, most: u8| {
            prop_oneof![
                Just("*".to_owned()),
                (1..=most.min(20)).prop_map(|step| format!("*/{step}")),
                (least..=most).prop_map(|only| only.to_string()),
                (least..=most, least..=most).prop_map(|(a, b)| format!("{}-{}", a.min(b), a.max(b))),
            ]
        };
        (field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 7))
            .prop_map(|(minute, hour, day, month, weekday)| format!("{minute} {hour} {day} {month} {weekday}"))
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_next_is_always_later_and_in_order(
            cron in expression(),
            zone in 0..chrono_tz::TZ_VARIANTS.len(),
            second in 946_684_800_i64..2_840_140_800,
            later in 0_i64..200_000,
        ) {
            let crontab = Crontab::parse(&cron).unwrap();
            let tz = chrono_tz::TZ_VARIANTS[zone];
            let after = DateTime::from_timestamp(second, 0).unwrap();
            if let Some(next) = crontab.next_after(tz, after) {
                prop_assert!(next > after);
                let then = crontab.next_after(tz, after + TimeDelta::seconds(later));
                prop_assert!(then.is_none_or(|then| then >= next));
                // Nothing is due in between.
                prop_assert_eq!(crontab.next_after(tz, next - TimeDelta::seconds(1)), Some(next));
            }
        }

        #[test]
        fn around_clock_changes_it_agrees_with_looking_at_every_minute(
            step in 1_u32..=60,
            hour in prop_oneof![Just(None), (0_u32..4).prop_map(Some)],
            (tz, change) in prop_oneof![
                Just((New_York, "2026-03-08T07:00:00Z")),
                Just((New_York, "2026-11-01T06:00:00Z")),
                Just((Zurich, "2026-03-29T01:00:00Z")),
                Just((Zurich, "2026-10-25T01:00:00Z")),
                // Half an hour each.
                Just((Lord_Howe, "2026-10-03T15:30:00Z")),
                Just((Lord_Howe, "2026-04-04T15:00:00Z")),
            ],
            before in 0_i64..150,
        ) {
            let text = format!("*/{step} {} * * *", hour.map_or("*".to_owned(), |hour| hour.to_string()));
            let after = at(change) - TimeDelta::minutes(before);
            let wall = |instant: DateTime<Utc>| instant.with_timezone(&tz).naive_local();
            let fits = |wall: NaiveDateTime| wall.minute().is_multiple_of(step) && hour.is_none_or(|hour| hour == wall.hour());
            let due = |instant: DateTime<Utc>| {
                // What the clock skipped since the minute before is due now.
                let shown_before = wall(instant - TimeDelta::minutes(1));
                let skipped = (1..).map(|minutes| shown_before + TimeDelta::minutes(minutes));
                fits(wall(instant)) || skipped.take_while(|skipped| *skipped < wall(instant)).any(fits)
            };
            let minutes = (1..=300).map(|minutes| after + TimeDelta::minutes(minutes));
            let want = minutes.filter(|instant| due(*instant)).collect::<Vec<_>>();
            let crontab = Crontab::parse(&text).unwrap();
            let found = std::iter::successors(crontab.next_after(tz, after), |last| crontab.next_after(tz, *last));
            let found = found.take_while(|instant| *instant <= after + TimeDelta::minutes(300)).collect::<Vec<_>>();
            prop_assert_eq!(found, want, "{} {}", text, tz);
        }

        #[test]
        fn any_text_gives_a_crontab_or_a_place_inside_it(text in "[-0-9*/,@? a-zé]{0,40}") {
            if let Err(error) = Crontab::parse(&text) {
                prop_assert!(text.get(error.span).is_some());
            }
        }
    }
}
