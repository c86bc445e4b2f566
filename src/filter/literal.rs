//! Numbers, instants and spans of time as a filter writes them, and what it is to be before or after them.
//!
//! Whatever has an order is put on one line of whole numbers: a number is itself, an instant is milliseconds since 1970, a span is
//! milliseconds. What is written covers a piece of that line: a day is all its milliseconds, so that `=` is "within" and `>` is
//! "after the end of".

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};

use crate::article::Article;

/// How a value stands to what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// `=`: within it.
    Is,
    /// `<`: before it begins.
    Less,
    /// `<=`: before it ends.
    AtMost,
    /// `>`: after its end.
    More,
    /// `>=`: not before it begins.
    AtLeast,
}

/// What is written behind `<` and the like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Literal {
    /// `250`
    Number(i64),
    /// `1h30m`, in milliseconds.
    Span(i64),
    /// `2026-11-26`, `2026-11-26T12:00Z`: from, inclusive, and to, exclusive, in milliseconds since 1970.
    Period(i64, i64),
    /// `-7d`, `now`, `+2h`: so many milliseconds from now.
    FromNow(i64),
}

/// Values from the first, inclusive, to the second, exclusive; `None`: no bound.
pub(crate) type Bounds = (Option<i64>, Option<i64>);

impl Order {
    /// The values that stand so to this literal.
    #[must_use]
    pub(crate) fn bounds(self, literal: Literal, now: DateTime<Utc>) -> Bounds {
        let (from, to) = match literal {
            Literal::Number(at) | Literal::Span(at) => (at, at.saturating_add(1)),
            Literal::Period(from, to) => (from, to),
            Literal::FromNow(offset) => {
                let at = now.timestamp_millis().saturating_add(offset);
                (at, at.saturating_add(1))
            }
        };
        match self {
            Self::Is => (Some(from), Some(to)),
            Self::Less => (None, Some(from)),
            Self::AtMost => (None, Some(to)),
            Self::More => (Some(to), None),
            Self::AtLeast => (Some(from), None),
        }
    }

    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Is => "=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }
}

pub(super) fn is_within(value: i64, (least, below): Bounds) -> bool {
    least.is_none_or(|least| value >= least) && below.is_none_or(|below| value < below)
}

/// Why a text is none: the message and a hint.
pub(super) type Wrong = (String, String);

const UNITS_MS: &[(char, i64)] = &[
    ('w', 604_800_000),
    ('d', 86_400_000),
    ('h', 3_600_000),
    ('m', 60_000),
    ('s', 1_000),
];
const DAY_MS: i64 = 86_400_000;
/// A hundred years: what is longer is a slip.
const LONGEST_MS: i64 = 36_525 * DAY_MS;
/// Years of which releases are.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

/// A whole number.
pub(super) fn number(text: &str) -> Result<Literal, Wrong> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        let hint = "write a whole number without quotes and separators, as in 250".to_owned();
        return Err((format!("`{text}` is no whole number"), hint));
    }
    text.parse().map(Literal::Number).map_err(|_| {
        let hint = format!("the largest number is {}", i64::MAX);
        (format!("`{text}` is out of range"), hint)
    })
}

/// `90s`, `1h30m`, `-5m`.
pub(super) fn span(text: &str) -> Result<Literal, Wrong> {
    let hint = "write numbers with units (w, d, h, m, s), as in 5m or 1h30m".to_owned();
    let ms = sum(text).ok_or_else(|| (format!("`{text}` is no span of time"), hint))?;
    in_range(text, ms).map(Literal::Span)
}

/// A day, a time with its zone, `now`, or so long before (`-7d`) or after (`+2h`) now.
pub(super) fn instant(text: &str) -> Result<Literal, Wrong> {
    if text.eq_ignore_ascii_case("now") {
        return Ok(Literal::FromNow(0));
    }
    if text.starts_with(['-', '+']) {
        let hint = "write numbers with units (w, d, h, m, s), as in -7d or +1d12h".to_owned();
        let ms = sum(text).ok_or_else(|| (format!("`{text}` is no time before or after now"), hint))?;
        return in_range(text, ms).map(Literal::FromNow);
    }
    let period = match text.split_once(['T', 't']) {
        None => day(text)?,
        Some((date, _)) => {
            day(date)?;
            time(text)?
        }
    };
    Ok(Literal::Period(period.0, period.1))
}

fn day(text: &str) -> Result<(i64, i64), Wrong> {
    // chrono takes `2026-1-5` as well; what sorts as text reads as one form.
    let is_formed = text.len() == 10
        && text.bytes().enumerate().all(|(at, b)| match at {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
    let date = is_formed.then(|| text.parse::<NaiveDate>().ok()).flatten();
    let Some(date) = date else {
        let bare = sum(text).map(|_| format!("write -{text} for so long ago; "));
        let forms = "a day is written as 2026-11-26, a time as 2026-11-26T12:00Z, an age as -7d";
        let what = if is_formed { "is on no calendar" } else { "is no date" };
        return Err((format!("`{text}` {what}"), bare.unwrap_or_default() + forms));
    };
    if !YEARS.contains(&chrono::Datelike::year(&date)) {
        let hint = format!("years are {} to {}", YEARS.start(), YEARS.end());
        return Err((format!("the year of `{text}` is out of range"), hint));
    }
    let from = date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis();
    Ok((from, from + DAY_MS))
}

fn time(text: &str) -> Result<(i64, i64), Wrong> {
    let zoned = match text.strip_suffix(['Z', 'z']) {
        Some(local) => format!("{local}+00:00"),
        None => text.to_owned(),
    };
    let precise = if zoned.contains('.') { 1 } else { 1_000 };
    for (form, length_ms) in [("%Y-%m-%dT%H:%M%:z", 60_000), ("%Y-%m-%dT%H:%M:%S%.f%:z", precise)] {
        if let Ok(at) = DateTime::parse_from_str(&zoned.replace('t', "T"), form) {
            let from = at.timestamp_millis();
            return Ok((from, from + length_ms));
        }
    }
    let has_zone = text.ends_with(['Z', 'z']) || text.get(11..).is_some_and(|time| time.contains(['+', '-']));
    if has_zone {
        let hint = "write it as in 2026-11-26T12:00Z or 2026-11-26T12:00:00+01:00".to_owned();
        return Err((format!("`{text}` is no time"), hint));
    }
    Err((
        format!("`{text}` names no zone"),
        format!("write {text}Z if it is UTC, or add an offset such as +01:00"),
    ))
}

fn in_range(text: &str, ms: i64) -> Result<i64, Wrong> {
    if ms.abs() > LONGEST_MS {
        return Err((
            format!("`{text}` is out of range"),
            "at most a hundred years".to_owned(),
        ));
    }
    Ok(ms)
}

/// Adds up `-1d12h`; `None` unless it is a sign, numbers and units to the end.
fn sum(text: &str) -> Option<i64> {
    let (sign, mut rest) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    let mut total = None::<i64>;
    while !rest.is_empty() {
        let (digits, after) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let unit = after.chars().next()?;
        let (_, worth) = UNITS_MS.iter().find(|(name, _)| *name == unit)?;
        // A number that is too long for the machine is out of range as well.
        let amount = digits
            .parse::<i64>()
            .ok()
            .or_else(|| (!digits.is_empty()).then_some(i64::MAX))?;
        total = Some(total.unwrap_or_default().saturating_add(amount.saturating_mul(*worth)));
        rest = &after[unit.len_utf8()..];
    }
    total.map(|total| sign * total)
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Span(ms) => {
                f.write_str(if ms < 0 { "-" } else { "" })?;
                write_span(f, ms)
            }
            Self::FromNow(0) => f.write_str("now"),
            Self::FromNow(ms) => {
                f.write_str(if ms < 0 { "-" } else { "+" })?;
                write_span(f, ms)
            }
            Self::Period(from, to) => {
                let form = match to - from {
                    DAY_MS => "%Y-%m-%d",
                    60_000 => "%Y-%m-%dT%H:%MZ",
                    1_000 => "%Y-%m-%dT%H:%M:%SZ",
                    _ => "%Y-%m-%dT%H:%M:%S%.3fZ",
                };
                let at = DateTime::from_timestamp_millis(from).unwrap_or_default();
                write!(f, "{}", at.format(form))
            }
        }
    }
}

fn write_span(f: &mut fmt::Formatter<'_>, ms: i64) -> fmt::Result {
    let mut rest = ms.abs();
    if rest < 1_000 {
        return f.write_str("0s");
    }
    for (unit, worth) in UNITS_MS {
        if rest >= *worth {
            write!(f, "{}{unit}", rest / worth)?;
            rest %= worth;
        }
    }
    Ok(())
}

/// What an article has of a field that has an order, as a filter would write it.
pub(super) fn shown(field: &super::Field, article: &Article) -> Option<String> {
    use super::Values;
    let measure = field.measure(article)?;
    Some(match field.values {
        Values::Instant(_) => Literal::Period(measure, measure + 1).to_string(),
        Values::Span(_) => Literal::Span(measure).to_string(),
        Values::Number(_) | Values::Texts(_, _) => measure.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for (read, text) in [
            (number as fn(&str) -> Result<Literal, Wrong>, "250"),
            (number, "-3"),
            (span, "1h30m"),
            (span, "-5m"),
            (span, "1w2d3h4m5s"),
            (span, "0s"),
            (instant, "now"),
            (instant, "-1w"),
            (instant, "+2h"),
            (instant, "2026-11-26"),
            (instant, "2026-11-26T12:00Z"),
            (instant, "2026-11-26T12:00:01Z"),
            (instant, "2026-11-26T12:00:01.250Z"),
        ] {
            assert_eq!(
                read(text).map(|literal| literal.to_string()),
                Ok(text.to_owned()),
                "{text}"
            );
        }
        for (text, want) in [
            ("-7d", "-1w"),
            ("-90m", "-1h30m"),
            ("2026-11-26T13:00+01:00", "2026-11-26T12:00Z"),
            ("2026-11-26t12:00z", "2026-11-26T12:00Z"),
        ] {
            assert_eq!(
                instant(text).map(|literal| literal.to_string()),
                Ok(want.to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_not_written_so_is_refused_with_a_reason() {
        for (read, text, want) in [
            (
                number as fn(&str) -> Result<Literal, Wrong>,
                "1e3",
                "is no whole number",
            ),
            (number, "99999999999999999999", "is out of range"),
            (span, "5", "is no span of time"),
            (span, "5y", "is no span of time"),
            (span, "99999999999999999999d", "is out of range"),
            (instant, "2026-02-30", "is on no calendar"),
            (instant, "2026-2-3", "is no date"),
            (instant, "20226-02-03", "is no date"),
            (instant, "0226-02-03", "is out of range"),
            (instant, "7d", "is no date"),
            (instant, "-7y", "is no time before or after now"),
            (instant, "-200000d", "is out of range"),
            (instant, "2026-11-26T12:00", "names no zone"),
            (instant, "2026-11-26T25:00Z", "is no time"),
        ] {
            let (message, hint) = read(text).expect_err(text);
            assert!(message.contains(want) && !hint.is_empty(), "{text}: {message}");
        }
    }
}
