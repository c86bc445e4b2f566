//! Until when a release asks to be held back.
//!
//! In: headline and text of a release, and an instant near which it was issued. Out: the first instant at which it may be shown,
//! from a line that speaks of an embargo and names a day.
//!
//! To show too early is the fault that is not forgiven, so what a line leaves open is read as late as it can be, never guessed:
//! an hour without a zone is that hour in the last zone on Earth (UTC−12), a zone with several meanings is the westernmost, a day
//! without an hour begins in the last zone, and ends there where a late part of it is told (`after the close`), of two instants of one
//! sentence the later counts, `05/08/2026` is the later of its two days. A line
//! that names no day binds nobody (`Embargo: for immediate release`), for it would bind for ever.

use std::ops::Range;
use std::sync::LazyLock;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use regex::{Captures, Regex};

use super::{day, pattern};

/// Bytes in which an embargo line stands: a list of highlights may come first.
const SEARCHED: usize = 2_000;

/// Bytes of a line that belong to the embargo: a feed may put the whole text on one line.
const LONGEST: usize = 160;

/// Until when a release is held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Embargo<'t> {
    /// The first instant at which it may be shown.
    pub until: DateTime<Utc>,
    /// The words of the line, where they leave hour or zone open and `until` is the latest that they can mean.
    pub left_open: Option<&'t str>,
}

/// Reads the embargo of a release; `near` decides the year of a day printed without one.
#[must_use]
pub fn embargo(text: &str, near: DateTime<Utc>) -> Option<Embargo<'_>> {
    let head = text.get(..text.floor_char_boundary(SEARCHED))?;
    head.lines().filter_map(terms).find_map(|terms| lapse(terms, near))
}

/// What an embargo line says after the word for it.
fn terms(line: &str) -> Option<&str> {
    // Words of the line itself may stand before; a sentence about an embargo has others.
    static EMBARGO: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?ix)^\W{0,8}
            (?:(?:strictly|under|strict|press|media|news|release|communiqué|pressemitteilung|medienmitteilung|information|international
                 |transmission|of|material|in|this|is|for|sous|bajo|sob|sotto|met|onder|med|note|please|observe|respect|bitte|à)\b\W{1,4}){0,10}
            (?:
              embargo(?:ed|é|ado|ata|ato|ierte?|frist)?
                (?:(?:\s+(?:date|time|date\W{1,3}time|ends?|lifts?|until))?\s*[:：–—-]\s*
                  |\s+(?:for\s+(?:release|publication|broadcast)\s+)?(?:until|till|til|jusqu\W?(?:au|à|le)|hasta|até|fino|tot|bis|ends?|lifts?|expires?)\b
                  |\s+(?:(?:to|for|on)\s+)?(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b|(?P<bare>)))
            | (?:not\s+for|no|hold\s+for)\s+(?:release|publication|broadcast|use)\s*(?:before|until|prior\s+to)\b
            | hold\s+for\s+release(?:\s*[:：–—-]|\s+(?:on|at)\b|\s+(?P<bare_hold>))
            | hold\s+until\b
            | do\s+not\s+(?:publish|release|use|distribute|broadcast)\s+(?:before|until)\b
            | sperrfrist\b\W{0,3}(?:bis\b)?
            | gesperrt\s+bis\b
            | ne\s+pas\s+(?:publier|diffuser)\s+avant\b
            | no\s+(?:publicar|difundir)\s+antes\b
            | (?:情報)?解禁(?:日時?)?(?:\s*[:：]|\s|(?P<bare_east>))
            )",
        )
    });
    // `To be lifted at 9 a.m.` and `no earlier than 9 a.m.` bind.
    static NONE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?ix)^\W*
            (?: .{0,20}\bimmediate(?:ly)?\b
            | (?:.{0,20}\s)?not\s(?:applicable|under|subject|embargoed)\b | nicht\sgesperrt\b
            | (?:there\sis\s)?(?:no|kein|sans|sin|nessun|geen|ingen)\s(?:embargo|sperrfrist)\b
            | (?:no|none|nil|n/a|non|nein|nej|nee|keine?|aucun|ninguno|nessuno|geen|ingen|なし)\s*(?:[.,;|!)]|$)
            | (?:(?:is|was|has\sbeen|ist|wurde)\s)?(?:lifted|aufgehoben|entfällt)\b
            )",
        )
    });
    let found = EMBARGO.captures(line)?;
    let terms = line.get(found.get(0)?.end()..)?;
    // `Embargoed 9 a.m.` tells its terms at once, `Embargo on steel` none.
    let is_bare = ["bare", "bare_hold", "bare_east"]
        .iter()
        .any(|name| found.name(name).is_some());
    if is_bare && !(terms.starts_with(|c: char| c.is_ascii_digit()) || day::day_at_start(terms).is_some()) {
        return None;
    }
    let terms = terms.get(..terms.floor_char_boundary(LONGEST))?;
    (!NONE.is_match(terms)).then_some(terms)
}

fn lapse(terms: &str, near: DateTime<Utc>) -> Option<Embargo<'_>> {
    let (date, span) = date(terms, near)?;
    let (before, after) = (terms.get(..span.start)?, terms.get(span.end..)?);
    // Without the date, no number of it is an hour.
    let within = |after: &str| hours(&format!("{before} | {after}"));
    let told = |hours: &[(NaiveTime, Option<String>)]| {
        let instants = hours
            .iter()
            .filter_map(|(time, zone)| instant(date.and_time(*time), zone.as_deref()?));
        instants.max()
    };
    // Where the sentence tells all, an hour behind it is of something else: a call, the dateline.
    let until = told(&within(sentence(after))).or_else(|| told(&within(after)));
    if let Some(until) = until {
        return Some(Embargo { until, left_open: None });
    }
    let latest = within(after).iter().map(|(time, _)| *time).max();
    let latest = latest.unwrap_or(if is_late(before) || is_late(sentence(after)) {
        END_OF_DAY
    } else {
        NaiveTime::MIN
    });
    Some(Embargo {
        until: everywhere(date.and_time(latest)),
        left_open: Some(terms.trim()),
    })
}

/// The text up to the end of its sentence: a full stop after a year, a zone or a longer word.
fn sentence(text: &str) -> &str {
    static STOP: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|[0-9]{4}|\p{Lu}{2}|\p{L}{4})[)\]]?\.\s+\p{Lu}"));
    STOP.find(text).map_or(text, |stop| &text[..stop.end()])
}

/// Do the terms tell a late part of the day instead of an hour: `after the close of trading`, `end of day`?
fn is_late(terms: &str) -> bool {
    static LATE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:after|end|close|closing|later|afternoon|evening|night|cob|eob|eod|nach|ende|abends?|après|soir|fin|después|tarde|noche)\b",
        )
    });
    LATE.is_match(terms)
}

/// Of the two midnights of a day, the later.
const END_OF_DAY: NaiveTime = match NaiveTime::from_hms_opt(23, 59, 59) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

/// The instant at which a local time has come in every zone.
fn everywhere(local: NaiveDateTime) -> DateTime<Utc> {
    const LAST_ZONE: TimeDelta = TimeDelta::hours(12);
    local.checked_add_signed(LAST_ZONE).unwrap_or(local).and_utc()
}

/// The first day that the terms name, and where.
fn date(terms: &str, near: DateTime<Utc>) -> Option<(NaiveDate, Range<usize>)> {
    (0..terms.len())
        .filter(|at| terms.is_char_boundary(*at) && !terms[..*at].ends_with(char::is_alphanumeric))
        .find_map(|at| {
            let (date, length) = either_day(&terms[at..]).or_else(|| {
                let (printed, length) = day::day_at_start(&terms[at..])?;
                Some((printed.nearest(near)?, length))
            })?;
            Some((date, at..at + length))
        })
}

/// A day in figures whose order is open, `05/08/2026`: the later of its two.
fn either_day(text: &str) -> Option<(NaiveDate, usize)> {
    static FIGURES: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?-u)^(?P<a>[0-9]{1,2})[/-](?P<b>[0-9]{1,2})[/-](?P<year>(?:20)?[0-9]{2})\b"));
    let found = FIGURES.captures(text)?;
    let (year, a, b) = (
        found["year"].parse::<i32>().ok()?,
        found["a"].parse().ok()?,
        found["b"].parse().ok()?,
    );
    let year = if year < 100 { 2000 + year } else { year };
    let days = [NaiveDate::from_ymd_opt(year, a, b), NaiveDate::from_ymd_opt(year, b, a)];
    Some((days.into_iter().flatten().max()?, found.get(0)?.len()))
}

/// The hours of a line, each with the zone that is printed after it. One zone may serve two hours (`9:00/10:00 CET`).
fn hours(terms: &str) -> Vec<(NaiveTime, Option<String>)> {
    static HOUR: LazyLock<Regex> = LazyLock::new(|| {
        pattern(&format!(
            r"(?x)(?:
              (?-u:\b)(?P<military>[0-2][0-9][0-5][0-9]) (?-u:\b|(?i:h))
            | (?:(?P<afternoon>午後|午后|下午|오후)\s?)? (?P<east>[0-9]{{1,2}}) \s? [時时點点시] (?: \s? (?P<east_minute>[0-9]{{1,2}}) \s? [分분] )?
            | (?-u:\b)(?P<hour>[0-9]{{1,2}}) (?: [:.h] (?P<minute>[0-9]{{2}}) (?: [:.] [0-9]{{2}} )? )? (?: \s? (?P<half>[AaPp]) \.? \s? [Mm]\b \.? )?
            | (?i:(?:12\s?)? (?P<noon>noon|midday|mittag|midi|mediodía) | (?:12\s?)? (?P<midnight>midnight|mitternacht|minuit|medianoche))
            )
            (?P<unit> \s? (?i:hrs?|hours?|uhr|horas?|heures?|h|ore|kl)\b \.? )?
            \s? ,? \s? (?:[(（]\s?)? (?P<zone>{ZONE})?"
        ))
    });
    let mut hours: Vec<(NaiveTime, Option<String>)> = HOUR
        .captures_iter(terms)
        .filter_map(|found| Some((hour(&found)?, found.name("zone").map(|zone| zone.as_str().to_owned()))))
        .collect();
    // A zone that stands before or away from the hour (`London time: 9:00`).
    if hours.iter().all(|(_, zone)| zone.is_none()) {
        static ALONE: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("(?x)(?:{ZONE})")));
        let zone = ALONE.find(terms).map(|zone| zone.as_str().to_owned());
        hours.iter_mut().for_each(|(_, own)| own.clone_from(&zone));
    }
    hours
}

fn hour(found: &Captures<'_>) -> Option<NaiveTime> {
    let number = |name: &str| found.name(name).and_then(|m| m.as_str().parse::<u32>().ok());
    if found.name("noon").is_some() {
        return NaiveTime::from_hms_opt(12, 0, 0);
    }
    if found.name("midnight").is_some() {
        return Some(END_OF_DAY);
    }
    if let Some(military) = number("military") {
        // A bare number is no hour.
        let is_hour = found.get(0)?.as_str().contains(char::is_alphabetic);
        return is_hour.then(|| time(military / 100, military % 100)).flatten();
    }
    if let Some(hour) = number("east") {
        let is_afternoon = found.name("afternoon").is_some() && hour < 12;
        let hour = if is_afternoon { hour + 12 } else { hour };
        return time(hour, number("east_minute").unwrap_or(0));
    }
    let (hour, minute) = (number("hour")?, number("minute"));
    let hour = match found.name("half").map(|half| half.as_str()) {
        Some("p" | "P") if hour < 12 => hour + 12,
        Some("a" | "A") if hour == 12 => 0,
        Some(_) => hour,
        // Without a half of the day, minutes or a word for hours it is a number.
        None if minute.is_some() || found.name("unit").is_some() => hour,
        None => return None,
    };
    time(hour, minute.unwrap_or(0))
}

/// An hour of the clock; 24:00 ends the day.
fn time(hour: u32, minute: u32) -> Option<NaiveTime> {
    if (hour, minute) == (24, 0) {
        return Some(END_OF_DAY);
    }
    NaiveTime::from_hms_opt(hour, minute, 0)
}

/// Names of zones as lines print them, as a pattern.
const ZONE: &str = r"
      \b(?:UTC|GMT)(?:\s?[+-]\s?[0-9]{1,2}(?::?[0-9]{2})?)?\b
    | \b(?:CET/CEST|CEST/CET|MEZ/MESZ|EST/EDT|EDT/EST)\b
    | \b(?:UTC?|Z|CEST|CET|MESZ|MEZ|EEST|EET|WEST|WET|BST|IST|MSK|JST|KST|HKT|SGT|AEST|AEDT|AWST|NZST|NZDT|SAST|EST|EDT|ET|CST|CDT|CT|MST|MDT|MT|PST|PDT|PT|AKST|AKDT|HST|AST|ADT|HE|HAE|HNE)\b
    | \b(?:US\s|U\.S\.\s)?(?i:eastern|central\ european|central|mountain|pacific)(?:\s(?i:standard|daylight))?(?:\s(?i:time))?\b
    | \b(?i:new\ york|london|uk|british|paris|madrid|berlin|tokyo)\ (?i:summer\ )?(?i:time)\b
    | (?i:heure|hora)\ (?i:de\ |d['’])(?i:paris|madrid|l['’]est|new\ york|nueva\ york)
    | 日本時間 | 北京时间 | 北京時間";

/// The instant of a local time in a zone as printed. Zones with several meanings (`CST`, `IST`, `AST`) are the westernmost.
fn instant(local: NaiveDateTime, zone: &str) -> Option<DateTime<Utc>> {
    let zone = zone
        .trim_matches(|c: char| c.is_whitespace() || c == '(')
        .to_uppercase();
    let name = zone.trim_start_matches("US ").trim_start_matches("U.S. ");
    let minutes = match name {
        "UTC" | "GMT" | "UT" | "Z" | "WET" => 0,
        "BST" | "CET" | "MEZ" | "WEST" | "IST" => 60,
        "CEST" | "MESZ" | "EET" | "SAST" => 120,
        "EEST" | "MSK" => 180,
        "HKT" | "SGT" | "AWST" | "北京时间" | "北京時間" => 480,
        "JST" | "KST" | "日本時間" | "TOKYO TIME" => 540,
        "AEST" => 600,
        "AEDT" => 660,
        "NZST" => 720,
        "NZDT" => 780,
        "AST" => -240,
        "ADT" => -180,
        "EST" | "HNE" => -300,
        "EDT" | "HAE" => -240,
        "CST" => -360,
        "CDT" => -300,
        "MST" => -420,
        "MDT" => -360,
        "PST" => -480,
        "PDT" => -420,
        "AKST" => -540,
        "AKDT" => -480,
        "HST" => -600,
        _ if name.starts_with("UTC") || name.starts_with("GMT") => offset_minutes(name)?,
        _ => return civil(local, place(name)?),
    };
    FixedOffset::east_opt(minutes * 60)?
        .from_local_datetime(&local)
        .single()
        .map(|instant| instant.to_utc())
}

/// `UTC+5:30`, `GMT-4`.
fn offset_minutes(name: &str) -> Option<i32> {
    let digits: String = name.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = if digits.len() > 2 {
        digits.split_at(digits.len() - 2)
    } else {
        (digits.as_str(), "0")
    };
    let minutes = hours.parse::<i32>().ok()? * 60 + minutes.parse::<i32>().ok()?;
    Some(if name.contains('-') { -minutes } else { minutes })
}

/// Zones that keep the daylight saving of their place, by what their names begin with.
#[rustfmt::skip]
const PLACES: &[(Tz, &[&str])] = &[
    (Tz::Europe__Berlin, &["CET/", "CEST/", "MEZ/", "CENTRAL EUROPEAN", "BERLIN"]),
    (Tz::Europe__Paris, &["PARIS", "MADRID"]),
    (Tz::America__New_York, &["ET", "EASTERN", "EST/", "EDT/", "NEW YORK", "NUEVA YORK", "L'EST", "HE"]),
    (Tz::America__Chicago, &["CT", "CENTRAL"]),
    (Tz::America__Denver, &["MT", "MOUNTAIN"]),
    (Tz::America__Los_Angeles, &["PT", "PACIFIC"]),
    (Tz::Europe__London, &["LONDON", "UK", "BRITISH"]),
];

fn place(name: &str) -> Option<Tz> {
    // `heure de Paris`, `hora d'…`
    let name = name.replace('’', "'");
    let name = ["HEURE DE ", "HORA DE ", "HEURE D'", "HORA D'"]
        .iter()
        .find_map(|words| name.strip_prefix(words))
        .unwrap_or(&name)
        .trim_start();
    let begins = |(_, names): &&(Tz, &[&str])| names.iter().any(|start| name.starts_with(start));
    PLACES.iter().find(begins).map(|(zone, _)| *zone)
}

/// Of an hour that comes twice, the later.
fn civil(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    zone.from_local_datetime(&local)
        .latest()
        .map(|instant| instant.to_utc())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_embargo_line_names_the_first_instant_at_which_a_release_may_be_shown() {
        let near = "2026-02-20T12:00:00Z".parse().expect("a test instant");
        for (line, want) in [
            (
                "Embargoed until 4 a.m. CT/5 a.m. ET, Wednesday, March 4, 2026",
                Some("2026-03-04T10:00:00Z"),
            ),
            (
                "EMBARGOED UNTIL: January 8, 2026, 00:01 GMT",
                Some("2026-01-08T00:01:00Z"),
            ),
            (
                "Embargo until 12:30 p.m. EST on Jan. 8, 2026",
                Some("2026-01-08T17:30:00Z"),
            ),
            ("Embargoed until 8 May 2024, 09:00 CEST", Some("2024-05-08T07:00:00Z")),
            ("EMBARGOED UNTIL 00:01 GMT 3 March 2026", Some("2026-03-03T00:01:00Z")),
            (
                "STRICTLY EMBARGOED UNTIL 00:01HRS BST TUESDAY 25 AUGUST 2026",
                Some("2026-08-24T23:01:00Z"),
            ),
            (
                "NOT FOR RELEASE BEFORE 8:00 AM EST ON MARCH 3, 2026",
                Some("2026-03-03T13:00:00Z"),
            ),
            (
                "UNDER EMBARGO UNTIL NOON ET, MARCH 3, 2026",
                Some("2026-03-03T17:00:00Z"),
            ),
            (
                "*** EMBARGOED for publication until 8am UK time on Thursday 27th August 2026",
                Some("2026-08-27T07:00:00Z"),
            ),
            ("EMBARGO: 1pm BST 11 June 2026", Some("2026-06-11T12:00:00Z")),
            ("EMBARGOED UNTIL 2026-06-11 09:00 UTC", Some("2026-06-11T09:00:00Z")),
            ("Embargoed until 21/08/2026 @ 08:59am GMT", Some("2026-08-21T08:59:00Z")),
            (
                "Embargoed until 0001 hrs GMT 3 March 2026",
                Some("2026-03-03T00:01:00Z"),
            ),
            (
                "Embargoed until 9:00 a.m. Eastern Time, July 8, 2026",
                Some("2026-07-08T13:00:00Z"),
            ),
            ("Embargoed until 9:00 UTC+2, July 8, 2026", Some("2026-07-08T07:00:00Z")),
            (
                "Transmission of material in this release is embargoed until 8:30 a.m. (ET) Friday, March 6, 2026",
                Some("2026-03-06T13:30:00Z"),
            ),
            ("Sperrfrist: 3. März 2026, 10:00 Uhr MEZ", Some("2026-03-03T09:00:00Z")),
            (
                "Sous embargo jusqu'au 3 mars 2026 à 6h00 (heure de Paris)",
                Some("2026-03-03T05:00:00Z"),
            ),
            (
                "Embargo hasta el 3 de marzo de 2026 a las 10:00 CET",
                Some("2026-03-03T09:00:00Z"),
            ),
            (
                "情報解禁日時：2026年3月3日 10時00分（日本時間）",
                Some("2026-03-03T01:00:00Z"),
            ),
            // Two hours that disagree: the later.
            (
                "Embargoed until 4:15 p.m. CT/5:15 p.m. CT, Tuesday, March 3, 2026",
                Some("2026-03-03T23:15:00Z"),
            ),
            // No year: the nearest day of that name.
            (
                "Embargoed until 4 a.m. CT Wednesday, March 4",
                Some("2026-03-04T10:00:00Z"),
            ),
            (
                "Embargoed until 4 a.m. CT Wednesday, Dec. 30",
                Some("2025-12-30T10:00:00Z"),
            ),
            // What is left open is read as late as it can be.
            ("Embargoed until 9:00, March 3, 2026", Some("2026-03-03T21:00:00Z")),
            ("Sperrfrist: 3. März 2026, 10:00 Uhr", Some("2026-03-03T22:00:00Z")),
            ("Sous embargo jusqu'au 3 mars 2026 à 6h00", Some("2026-03-03T18:00:00Z")),
            ("EMBARGOED UNTIL MARCH 3, 2026", Some("2026-03-03T12:00:00Z")),
            ("Embargoed until 9:00 CST, March 3, 2026", Some("2026-03-03T15:00:00Z")),
            (
                "Embargoed until midnight ET, March 3, 2026",
                Some("2026-03-04T04:59:59Z"),
            ),
            ("Embargoed until 05/08/2026 09:00 GMT", Some("2026-08-05T09:00:00Z")),
            // Of two clock times at the end of summer time, the later.
            (
                "Embargoed until 1:30 a.m. ET, November 1, 2026",
                Some("2026-11-01T06:30:00Z"),
            ),
            (
                "Embargoed until 9:00 a.m. (heure de Madrid), March 3, 2026",
                Some("2026-03-03T08:00:00Z"),
            ),
            (
                "Sous embargo jusqu'au 3 mars 2026 à 6h00 (heure de l’Est)",
                Some("2026-03-03T11:00:00Z"),
            ),
            (
                "情報解禁日時：2026年3月3日 午後2時（日本時間）",
                Some("2026-03-03T05:00:00Z"),
            ),
            // The day ends with its last hour, and a late part of a day is no morning.
            ("Sperrfrist: 3. März 2026, 24:00 Uhr MEZ", Some("2026-03-03T22:59:59Z")),
            ("Embargoed until end of day March 3, 2026", Some("2026-03-04T11:59:59Z")),
            (
                "Embargoed until after the close of trading on March 3, 2026",
                Some("2026-03-04T11:59:59Z"),
            ),
            (
                "Embargoed until March 3, 2026. BOISE -- After a year, Acme said",
                Some("2026-03-03T12:00:00Z"),
            ),
            // What the sentence tells binds, not the hour of a call behind it.
            (
                "Embargoed until 9:00 a.m. ET, March 3, 2026. BOISE, March 3, 2026 -- Acme holds a call at 5:00 p.m. ET",
                Some("2026-03-03T14:00:00Z"),
            ),
            (
                "Embargoed until March 3, 2026. Time: 9:00 a.m. ET",
                Some("2026-03-03T14:00:00Z"),
            ),
            // Other words for it.
            ("HOLD FOR RELEASE: March 3, 2026, 9 AM ET", Some("2026-03-03T14:00:00Z")),
            ("Embargoed for 10:00 GMT, March 3, 2026", Some("2026-03-03T10:00:00Z")),
            ("EMBARGO TIME: 10:00 GMT, March 3, 2026", Some("2026-03-03T10:00:00Z")),
            (
                "Embargoed Tuesday 10:00 GMT, March 3, 2026",
                Some("2026-03-03T10:00:00Z"),
            ),
            ("Embargoed March 3, 2026, 10:00 GMT", Some("2026-03-03T10:00:00Z")),
            (
                "Please observe embargo until 10:00 GMT, March 3, 2026",
                Some("2026-03-03T10:00:00Z"),
            ),
            (
                "Embargo: to be lifted at 10:00 GMT, March 3, 2026",
                Some("2026-03-03T10:00:00Z"),
            ),
            (
                "Embargo: no earlier than 10:00 GMT, March 3, 2026",
                Some("2026-03-03T10:00:00Z"),
            ),
            (
                "Sperrfrist: keine Veröffentlichung vor dem 3. März 2026, 10:00 Uhr MEZ",
                Some("2026-03-03T09:00:00Z"),
            ),
            ("Embargoed until 6:00 a.m. EDT on 8/7/26", Some("2026-08-07T10:00:00Z")),
            ("Embargoed until 05-08-2026 09:00 GMT", Some("2026-08-05T09:00:00Z")),
            (
                "Embargoed until 9:00 GMT, March 3, 2026, or call 020-13-34-56",
                Some("2026-03-03T09:00:00Z"),
            ),
            // No day, or no embargo.
            ("Embargo to End on March 3, 2026: Steel Opens", None),
            ("Embargo: None. BOISE, March 3, 2026 -- Acme said", None),
            ("Embargo: not applicable. March 3, 2026", None),
            ("Embargo: for release immediately, March 3, 2026", None),
            ("Embargo: this release is not under embargo. March 3, 2026", None),
            ("Embargo: keiner, kein Embargo", None),
            ("Sperrfrist: keine. 3. März 2026", None),
            ("解禁された漁、2026年6月1日に", None),
            ("Hold Before Nov. 3 Vote", None),
            ("Embargo: For immediate release", None),
            ("Embargoed until further notice", None),
            ("Embargoed until after the meeting at 9 a.m. ET", None),
            ("The embargo on steel ends at 5 p.m. ET on May 8, 2026", None),
            ("Embargo on steel lifted May 8, 2026", None),
            ("We can send the report under embargo until May 8, 2026", None),
            ("FOR IMMEDIATE RELEASE March 3, 2026", None),
            (
                "Not for release, publication or distribution in the United States. March 3, 2026",
                None,
            ),
            ("", None),
        ] {
            let want = want.map(|w| w.parse::<DateTime<Utc>>().expect("a test instant"));
            assert_eq!(embargo(line, near).map(|embargo| embargo.until), want, "{line}");
        }
    }

    #[test]
    fn a_line_that_leaves_hour_or_zone_open_says_so() {
        for (line, want) in [
            ("Embargoed until 9 a.m. ET, March 3, 2026", None),
            ("Embargoed until 9 a.m., March 3, 2026", Some("9 a.m., March 3, 2026")),
            ("Embargoed until March 3, 2026", Some("March 3, 2026")),
        ] {
            let read = embargo(line, DateTime::UNIX_EPOCH).expect("an embargo");
            assert_eq!(read.left_open, want, "{line}");
        }
    }

    #[test]
    fn an_embargo_line_may_stand_below_a_list_but_not_deep_in_the_text() {
        let near = "2026-02-20T12:00:00Z".parse().expect("a test instant");
        let line = "Embargoed until 9 a.m. ET, March 3, 2026";
        for (before, found) in [(0, true), (1_500, true), (3_000, false)] {
            let text = format!("{}\n\n{line}\n\nNEW YORK", "* News.\n".repeat(before / 8));
            assert_eq!(embargo(&text, near).is_some(), found, "{before}");
        }
    }

    proptest! {
        #[test]
        fn no_line_makes_a_reading_panic(line in r"\PC{0,80}") {
            let _ = embargo(&format!("Embargoed until {line}"), DateTime::UNIX_EPOCH);
        }
    }
}
