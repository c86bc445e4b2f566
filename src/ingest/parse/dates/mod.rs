//! Reads the date texts of feeds: an instant and what had to be assumed for it, or nothing.
//!
//! In: the text of a date element, and the zone of dates that name none. Out: a [`Stamp`]. Reads RFC 2822, RFC 3339, W3CDTF and ISO 8601
//! (ordinal and week dates too), asctime, RFC 850, Unix time, and what wires and blogs make of them: parts left out or in another
//! order, 12-hour clocks, month names in twenty languages, zones by any name. The rule is: **right or nothing**. What the text leaves out is assumed
//! and said ([`Assumed`](crate::article::Assumed)); a text that means two days (`03/04/2026`), contradicts itself, or holds one piece
//! that is not understood names none. So does a year outside 1990 to 2099: the raw text stays with the item, and a wrong time would be
//! worse than none.
//!
//! A text is eaten from its start, piece by piece, by the first of [`RULES`] that fits; each adds to [`Parts`], which contradict or agree.

use std::sync::LazyLock;

use chrono::{DateTime, Datelike, SubsecRound, Utc};
use chrono_tz::Tz;
use regex::{Captures, Regex};

use self::parts::{Parts, Reading, full_year};
use self::rules::{Place, RULES};
use self::zone::Zone;
use crate::article::Stamp;

mod words;
mod zone;
mod parts;
mod rules;

/// Longer texts are no dates.
const LONGEST_BYTES: usize = 200;

/// The date in the text of an element. `zone` is that of dates which name none.
#[must_use]
pub fn stamp(raw: &str, zone: Tz) -> Stamp {
    let reading = read(raw, zone);
    let (instant, assumed) = match reading {
        Some(Reading { instant, assumed }) => (Some(instant), assumed),
        None => (None, Vec::new()),
    };
    Stamp {
        raw: raw.to_owned(),
        instant,
        assumed,
    }
}

fn read(raw: &str, zone: Tz) -> Option<Reading> {
    let raw = raw.trim();
    if raw.is_empty() || raw.len() > LONGEST_BYTES {
        return None;
    }
    if let Some(instant) = standard(raw).filter(|instant| is_plausible(*instant)) {
        let assumed = Vec::new();
        return Some(Reading { instant, assumed });
    }
    let text = words::spelled(raw);
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
    let reading = match unix(text) {
        Some(instant) => Reading {
            instant,
            assumed: Vec::new(),
        },
        None => {
            // Korean is written in one zone. Every other language here is written in several.
            let korean = text.contains(|c| matches!(c, '가'..='힣'));
            let zone = if korean { Tz::Asia__Seoul } else { zone };
            short_iso(text).or_else(|| pieces(text))?.reading(zone)?
        }
    };
    is_plausible(reading.instant).then_some(reading)
}

fn is_plausible(instant: DateTime<Utc>) -> bool {
    (1990..2100).contains(&instant.year())
}

/// The two forms that feeds are told to write, RFC 2822 and RFC 3339: nearly all dates of wires. The pieces read them alike, fifty times
/// slower.
fn standard(text: &str) -> Option<DateTime<Utc>> {
    let at = DateTime::parse_from_rfc2822(text).or_else(|_| DateTime::parse_from_rfc3339(text));
    let at = at.ok()?.to_utc();
    // Fractions are dropped, as no feed means them; a leap second has more than a whole one.
    (at.timestamp_subsec_nanos() < 1_000_000_000).then(|| at.trunc_subsecs(0))
}

/// Unix time in seconds (9 or 10 digits) or milliseconds (12 or 13), with or without a fraction.
fn unix(text: &str) -> Option<DateTime<Utc>> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    let instant = match whole.len() {
        9 | 10 => DateTime::from_timestamp_secs(number),
        12 | 13 => DateTime::from_timestamp_secs(number / 1000),
        _ => None,
    };
    // `202011301234` is a date, and as milliseconds it would be in 1976.
    instant.filter(|instant| is_plausible(*instant))
}

/// The forms of ISO 8601:1988 without a century that stand alone: `031231`, `-0312`, `-03-12`. Six digits that could be `YYYYMM` too,
/// and five, which are an ordinal date or anything else, name no day.
fn short_iso(text: &str) -> Option<Parts> {
    let mut parts = Parts::default();
    if let Some(rest) = text.strip_prefix('-') {
        let month = rest.replacen('-', "", 1);
        let (year, month) = month
            .split_at_checked(2)
            .filter(|_| month.len() == 4 && digits(&month))?;
        parts.year(full_year(year.parse().ok()?)?)?;
        parts.month(month.parse().ok()?)?;
        return Some(parts);
    }
    let number: u32 = text.parse().ok().filter(|_| text.len() == 6 && digits(text))?;
    let is_year_and_month = (199_000..210_000).contains(&number) && (1..=12).contains(&(number % 100));
    if is_year_and_month {
        return None;
    }
    parts.date(full_year(number / 10_000)?, number / 100 % 100, number % 100)?;
    Some(parts)
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Reads a text piece by piece.
fn pieces(text: &str) -> Option<Parts> {
    // Comments in the sense of RFC 2822: `+0000 (Coordinated Universal Time)`.
    static COMMENT: LazyLock<Regex> = LazyLock::new(comment);
    let bare = COMMENT.replace_all(text, " ");
    let mut parts = Parts::default();
    let mut rest = bare.as_ref();
    let mut before = Place::Start;
    loop {
        rest = skip(rest);
        if rest.is_empty() {
            break;
        }
        let (eaten, after) = RULES.eat(rest, before, &parts)?;
        let had_clock = parts.has_clock();
        (parts, rest) = (eaten, after);
        before = if parts.has_clock() && !had_clock {
            Place::AfterClock
        } else {
            Place::Elsewhere
        };
    }
    if !parts.has_zone() {
        let named = |comment: Captures<'_>| Zone::named(comment[1].trim());
        if let Some(zone) = COMMENT.captures_iter(text).find_map(named) {
            parts.zone(zone)?;
        }
    }
    Some(parts)
}

#[allow(clippy::expect_used)] // a constant
fn comment() -> Regex {
    Regex::new(r"\(([^()]*)\)").expect("a constant pattern")
}

/// Drops what only parts the pieces. A dash before a digit may be the sign of a zone.
fn skip(text: &str) -> &str {
    let mut rest = text;
    loop {
        let next = rest.trim_start_matches(|c: char| {
            c.is_whitespace() || matches!(c, ',' | ';' | '|' | '·' | '@' | '.' | '\'' | '[' | ']')
        });
        match next.strip_prefix('-') {
            Some(after) if !after.starts_with(|c: char| c.is_ascii_digit()) => rest = after,
            _ => return next,
        }
    }
}

#[cfg(test)]
mod tests;
