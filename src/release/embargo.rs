//! Until when a release asks to be held back.
//!
//! In: headline and text of a release, and an instant near which it was issued. Out: the first instant at which it may be shown,
//! from a line that speaks of an embargo and names a day.
//!
//! To show too early is the fault that is not forgiven, so what a line leaves open is read as late as it can be, never guessed:
//! an hour without a zone is that hour in the last zone on Earth (UTC−12), a zone with several meanings is the westernmost, a day
//! without an hour begins in the last zone, and ends there where a late part of it is told (`after the close`), of two instants of
//! one sentence the later counts, `05/08/2026` is the later of its two days. A line that names no day binds nobody, for it would
//! bind for ever; it is told all the same, unless it says that there is no embargo (`Embargo: for immediate release`). In a
//! sentence of prose an embargo counts only with its day.
//!
//! `words.rs` holds the patterns, `zone.rs` the zones.

mod words;
mod zone;

use std::ops::Range;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use regex::Captures;

use super::day;

/// Bytes in which an embargo line stands: a list of highlights may come first.
const SEARCHED: usize = 2_000;

/// Bytes of a line that belong to the embargo: a feed may put the whole text on one line.
const LONGEST: usize = 160;

/// Until when a release is held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Embargo<'t> {
    /// The first instant at which it may be shown; none where the line names no day that can be read.
    pub until: Option<DateTime<Utc>>,
    /// The words of the line, where they leave day, hour or zone open; `until` is the latest that they can mean.
    pub left_open: Option<&'t str>,
}

/// Reads the embargo of a release; `near` decides the year of a day printed without one.
#[must_use]
pub fn embargo(text: &str, near: DateTime<Utc>) -> Option<Embargo<'_>> {
    let head = text.get(..text.floor_char_boundary(SEARCHED))?;
    // Nearly no text has any of the words: one search of it all spares two of each line.
    if !words::ANY.is_match(head) {
        return None;
    }
    let rests = || {
        let starts = std::iter::once(0).chain(head.match_indices('\n').map(|(at, _)| at + 1));
        starts.filter_map(|at| head.get(at..))
    };
    let ordered: Vec<&str> = rests().filter_map(|rest| terms(rest, near)).collect();
    let read = ordered.iter().find_map(|terms| lapse(terms, near));
    let told = || head.lines().find_map(|line| prose(line, near));
    let unread = || {
        ordered.first().map(|terms| Embargo {
            until: None,
            left_open: Some(terms.trim()),
        })
    };
    read.or_else(told).or_else(unread)
}

/// What an embargo line says after the word for it: an order to the desk, at the beginning of a line. A line of the word alone
/// goes on in the next.
fn terms(text: &str, near: DateTime<Utc>) -> Option<&str> {
    let found = words::ORDER.captures(text)?;
    let start = match found.name("behind") {
        Some(behind) => behind.start(),
        None => found.get(0)?.end(),
    };
    let rest = text.get(start..)?;
    let line = rest.lines().find(|line| line.contains(char::is_alphanumeric))?;
    let end = line.as_ptr() as usize - rest.as_ptr() as usize + line.len();
    let terms = rest.get(..rest.floor_char_boundary(end.min(LONGEST)))?;
    // `Oil: embargo until …` speaks of one, `Acme: EMBARGOED UNTIL …` orders one.
    let is_order = |word: &str| !word.contains(char::is_lowercase) || word.ends_with("ed");
    if found.name("label").is_some() && found.name("word").is_some_and(|word| !is_order(word.as_str())) {
        return None;
    }
    // `Embargo 5 May`, `Embargoed Tuesday`, not `Embargo on steel lifted May 8`.
    let is_bare = words::BARE.iter().any(|group| found.name(group).is_some());
    if is_bare && !opens_with_day_or_number(terms, near) {
        return None;
    }
    let is_none = words::NONE
        .captures(terms)
        .is_some_and(|none| none.name("binding").is_none());
    (!is_none).then_some(terms)
}

/// `5 May 2027`, `Tuesday`, `noon GMT`.
fn opens_with_day_or_number(terms: &str, near: DateTime<Utc>) -> bool {
    let bare = terms.trim_start_matches(|c: char| !c.is_alphanumeric());
    let first = bare.split_whitespace().next().unwrap_or_default();
    bare.starts_with(|c: char| c.is_ascii_digit())
        || words::weekday(first).is_some()
        || words::HOUR.find(bare).is_some_and(|hour| hour.start() == 0)
        || day_at_start(bare, near).is_some()
}

/// The embargo that a sentence tells: `The study is under embargo until 9 a.m. EST on January 5, 2027.` The embargo of goods has
/// no hour.
fn prose(line: &str, near: DateTime<Utc>) -> Option<Embargo<'_>> {
    let found = words::TOLD.find(line)?;
    let before = line.get(..found.start())?;
    let sentence = before.rsplit(['.', '!', '?']).next()?;
    let terms = line.get(found.end()..)?;
    let is_last = terms.len() <= LONGEST;
    let is_first = sentence.len() == before.len();
    let terms = terms.get(..terms.floor_char_boundary(LONGEST))?;
    let is_of_goods = || words::GOODS.is_match(sentence) && hours(terms).is_empty();
    if !(is_first || is_last) || words::OFFER.is_match(sentence) || is_of_goods() {
        return None;
    }
    lapse(terms, near)
}

fn lapse(terms: &str, near: DateTime<Utc>) -> Option<Embargo<'_>> {
    let (date, span) = date(terms, near)?;
    let (before, after) = (terms.get(..span.start)?, terms.get(span.end..)?);
    // Without the date, no number of it is an hour.
    let within = |after: &str| hours(&format!("{before} | {after}"));
    let told = |hours: &[(NaiveTime, Option<String>)]| {
        let instants = hours
            .iter()
            .filter_map(|(time, zone)| zone::instant(date.and_time(*time), zone.as_deref()?));
        instants.max()
    };
    // Where the sentence tells all, an hour behind it is of something else: a call, the dateline.
    let until = told(&within(sentence(after))).or_else(|| told(&within(after)));
    if until.is_some() {
        return Some(Embargo { until, left_open: None });
    }
    let latest = within(after).iter().map(|(time, _)| *time).max();
    let is_late = || {
        [before, sentence(after)]
            .iter()
            .any(|words| words::LATE.is_match(words))
    };
    let latest = latest.unwrap_or_else(|| if is_late() { END_OF_DAY } else { NaiveTime::MIN });
    Some(Embargo {
        until: Some(everywhere(date.and_time(latest))),
        left_open: Some(terms.trim()),
    })
}

/// The text up to the end of its sentence.
fn sentence(text: &str) -> &str {
    words::STOP.find(text).map_or(text, |stop| &text[..stop.end()])
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

/// The first day that the terms name, and where; one of the week only where no other is named.
fn date(terms: &str, near: DateTime<Utc>) -> Option<(NaiveDate, Range<usize>)> {
    // Figures may stand within a run of eastern letters: `至2027年1月5日`.
    let begins = |at: &usize| {
        let is_figure = terms[*at..].starts_with(|c: char| c.is_ascii_digit());
        !terms[..*at].ends_with(|c: char| c.is_ascii_alphanumeric() || c.is_alphanumeric() && !is_figure)
    };
    (0..terms.len())
        .filter(|at| terms.is_char_boundary(*at))
        .filter(begins)
        .find_map(|at| {
            let (date, length) = day_at_start(&terms[at..], near)?;
            Some((date, at..at + length))
        })
        .or_else(|| day_by_name(terms, near))
}

/// The day that begins a text, and its length.
fn day_at_start(text: &str, near: DateTime<Utc>) -> Option<(NaiveDate, usize)> {
    day_in_figures(text, near).or_else(|| {
        let (printed, length) = day::day_at_start(text)?;
        Some((printed.nearest(near)?, length))
    })
}

/// `05/08/2026`, whose order is open: the later of its two days. `5.1.2027`, `2027. 1. 5.`, `1月5日`.
fn day_in_figures(text: &str, near: DateTime<Utc>) -> Option<(NaiveDate, usize)> {
    let found = words::FIGURES.captures(text)?;
    let number = |name: &str| found.name(name).and_then(|m| m.as_str().parse::<u32>().ok());
    let year = ["open_year", "year", "dotted_year", "short_year", "east_year"]
        .iter()
        .find_map(|name| i32::try_from(number(name)?).ok())
        .map(|year| if year < 100 { 2_000 + year } else { year });
    let on = |(month, day): (u32, u32)| match year {
        Some(year) => NaiveDate::from_ymd_opt(year, month, day),
        None => day::nearest(month, day, near),
    };
    let orders = [
        ("a", "b"),
        ("b", "a"),
        ("month", "day"),
        ("dotted_month", "dotted_day"),
        ("east_month", "east_day"),
    ];
    let days = orders
        .iter()
        .filter_map(|(month, day)| on(number(month).zip(number(day))?));
    Some((days.max()?, found.get(0)?.len()))
}

/// A day that only its name tells: the next of that name, today included; `tomorrow`.
fn day_by_name(terms: &str, near: DateTime<Utc>) -> Option<(NaiveDate, Range<usize>)> {
    let today = near.date_naive();
    let words = terms.split(|c: char| c.is_whitespace() || "-,;()（）".contains(c));
    let named = words
        .filter(|word| !word.is_empty())
        .find_map(|word| Some((word, words::weekday(word)?)));
    if let Some((word, day)) = named {
        let until = (day - i64::from(today.weekday().num_days_from_monday())).rem_euclid(7);
        let start = word.as_ptr() as usize - terms.as_ptr() as usize;
        // The hour may be glued to an eastern name: only the letters go.
        return Some((today.checked_add_signed(TimeDelta::days(until))?, start..start));
    }
    let found = words::RELATIVE.captures(terms)?;
    let is_next = found.name("next").or_else(|| found.name("next_east")).is_some();
    let date = today.checked_add_signed(TimeDelta::days(i64::from(is_next)))?;
    Some((date, found.get(0)?.range()))
}

/// The hours of a line, each with the zone that is printed after it. One zone may serve two hours (`9:00/10:00 CET`).
fn hours(terms: &str) -> Vec<(NaiveTime, Option<String>)> {
    let mut hours: Vec<(NaiveTime, Option<String>)> = words::HOUR
        .captures_iter(terms)
        .filter_map(|found| Some((hour(&found)?, found.name("zone").map(|zone| zone.as_str().to_owned()))))
        .collect();
    if hours.iter().all(|(_, zone)| zone.is_none()) {
        let zone = words::ZONE_ALONE.find(terms).map(|zone| zone.as_str().to_owned());
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
    let is_late = ["east_half", "half_before", "late"]
        .iter()
        .any(|name| found.name(name).is_some());
    let late = |hour: u32| if is_late && hour < 12 { hour + 12 } else { hour };
    if let Some(hour) = number("east") {
        return time(late(hour), number("east_minute").unwrap_or(0));
    }
    let (hour, minute) = (number("hour")?, number("minute"));
    let hour = match found.name("half").map(|half| half.as_str()) {
        Some("p" | "P") if hour < 12 => hour + 12,
        Some("a" | "A") if hour == 12 => 0,
        Some(_) => hour,
        // Without a half of the day, minutes or a word for hours it is a number.
        None if minute.is_some() || found.name("unit").or_else(|| found.name("said")).is_some() || is_late => {
            late(hour)
        }
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
            (
                "EMBARGOED FOR RELEASE 10:00 GMT, March 3, 2026",
                Some("2026-03-03T10:00:00Z"),
            ),
            (
                "EMBARGOED FOR PUBLICATION ON MARCH 3, 2026, 10:00 GMT",
                Some("2026-03-03T10:00:00Z"),
            ),
            ("Embargo noon GMT 3 March 2026", Some("2026-03-03T12:00:00Z")),
            (
                "Embargo: not for immediate release, 10:00 GMT, March 3, 2026",
                Some("2026-03-03T10:00:00Z"),
            ),
            // An hour behind a day without a year is no year.
            ("Sperrfrist: 3.3. 10 Uhr MEZ", Some("2026-03-03T09:00:00Z")),
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
            ("Embargo : aucun. PARIS, le 3 mars 2026", None),
            ("Embargo for Steel Ends March 3, 2026", None),
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
            assert_eq!(embargo(line, near).and_then(|embargo| embargo.until), want, "{line}");
        }
    }

    #[test]
    fn an_embargo_line_is_read_in_every_language_of_the_wires_whatever_its_capitals() {
        let near = "2026-11-25T12:00:00Z".parse().expect("a test instant");
        let mut wrong = Vec::new();
        let at_nine = "2027-01-05T09:00:00Z"; // 10:00 in central Europe
        for (line, want) in [
            ("Embargoed until 10:00 CET, January 5, 2027", at_nine),
            (
                "Press release – embargoed until Tuesday 5th of January 2027, 10am CET",
                at_nine,
            ),
            ("NEWS RELEASE | EMBARGOED UNTIL 5 JANUARY 2027 AT 10.00 CET", at_nine),
            ("EMBARGO DATE: 5 January 2027, 10:00 CET", at_nine),
            ("Embargo January 5, 2027, 10:00 CET", at_nine),
            ("EMBARGOED UNTIL:\n\nTuesday, January 5, 2027, 10:00 CET", at_nine),
            ("EMBARGO\n5 January 2027, 10:00 CET", at_nine),
            ("Sous embargo jusqu’au 5 janvier 2027 à 10h00 (heure de Paris)", at_nine),
            (
                "Communiqué de presse sous embargo jusqu'au mardi 5 janvier 2027, 10 heures CET",
                at_nine,
            ),
            ("Ne pas publier avant le 5 janvier 2027 à 10 h 00 CET", at_nine),
            ("Sperrfrist: Dienstag, 5. Januar 2027, 10 Uhr MEZ", at_nine),
            ("Sperrfrist 05.01.2027, 10:00 Uhr (MEZ)", at_nine),
            ("Sperrfrist: 5.1., 10 Uhr MEZ", at_nine),
            ("Gesperrt bis 05.01.27, 10.00 Uhr MEZ", at_nine),
            ("Nicht zur Veröffentlichung vor dem 5. Januar 2027, 10 Uhr MEZ", at_nine),
            ("Embargo bis zum 5. Januar 2027 um 10 Uhr MEZ", at_nine),
            ("Embargado hasta el 5 de enero de 2027 a las 10:00 CET", at_nine),
            ("Embargado hasta las 10:00 horas CET del 5 de enero de 2027", at_nine),
            (
                "Nota de prensa. Bajo embargo hasta el 5 de enero de 2027 a las 10 (hora peninsular)",
                at_nine,
            ),
            ("No publicar antes de las 10 horas CET del 5 de enero del 2027", at_nine),
            ("Embargado até 5 de janeiro de 2027, 10h00 CET", at_nine),
            ("Sob embargo até às 10h CET de 5 de janeiro de 2027", at_nine),
            ("Não divulgar antes de 5 de janeiro de 2027, 10h00 CET", at_nine),
            ("Sotto embargo fino al 5 gennaio 2027, ore 10 CET", at_nine),
            (
                "Embargo fino alle ore 10.00 (ora italiana) di martedì 5 gennaio 2027",
                at_nine,
            ),
            ("Onder embargo tot 5 januari 2027, 10:00 uur CET", at_nine),
            (
                "Embargo tot dinsdag 5 januari 2027 om 10 uur (Nederlandse tijd)",
                at_nine,
            ),
            ("Embargo till den 5 januari 2027 kl. 10.00 CET", at_nine),
            ("Under embargo till tisdag 5 januari 2027 kl 10 (svensk tid)", at_nine),
            ("Embargo indtil 5. januar 2027 kl. 10 CET", at_nine),
            ("Klausuleret til den 5. januar 2027 kl. 10.00 CET", at_nine),
            ("Sperrefrist til 5. januar 2027 klokken 10.00 CET", at_nine),
            ("Embargo 5.1.2027 klo 10 CET", at_nine),
            ("Julkaisuvapaa 5.1.2027 klo 10.00 CET", at_nine),
            ("Embargo do 5 stycznia 2027 r., godz. 10:00 CET", at_nine),
            ("禁发至2027年1月5日17:00（北京时间）", at_nine),
            ("新闻禁发期至2027年1月5日下午5时（北京时间）", at_nine),
            ("2027年1月5日17:00（北京时间）前禁止发布", at_nine),
            ("情報解禁：1月5日 18時（日本時間）", at_nine),
            ("報道解禁日時：2027年1月5日（火）午後6時 日本時間", at_nine),
            ("2027年1月5日（火）18:00（日本時間）まで報道禁止", at_nine),
            ("엠바고: 2027년 1월 5일 오후 6시 (한국시간)", at_nine),
            ("보도시점: 2027. 1. 5.(화) 18:00 KST", at_nine),
            // The hour of the afternoon, the end of the day.
            (
                "Embargado hasta las 5 de la tarde CET del 5 de enero de 2027",
                "2027-01-05T16:00:00Z",
            ),
            ("Embargoed until 24:00 CET, January 5, 2027", "2027-01-05T22:59:59Z"),
            // A day that only its name tells is the next one; 25 November was a Wednesday.
            (
                "NEWS EMBARGO: Not for publication before 10am CET Tuesday",
                "2026-12-01T09:00:00Z",
            ),
            ("Embargoed until Wednesday, 10am CET", "2026-11-25T09:00:00Z"),
            ("Sperrfrist: Freitag, 10 Uhr MEZ", "2026-11-27T09:00:00Z"),
            ("Embargado hasta el martes a las 10 CET", "2026-12-01T09:00:00Z"),
            ("情報解禁：火曜日 18時（日本時間）", "2026-12-01T09:00:00Z"),
            ("EMBARGOED UNTIL 10AM CET TOMORROW", "2026-11-26T09:00:00Z"),
        ] {
            let want = Some(want.parse::<DateTime<Utc>>().expect("a test instant"));
            let latin = line.to_uppercase();
            for shown in [
                line.to_owned(),
                latin,
                format!("/{line}/"),
                format!("[{line}]"),
                format!("({line})"),
                format!("*** {line} ***"),
            ] {
                let read = embargo(&shown, near).and_then(|embargo| embargo.until);
                if read != want {
                    wrong.push(format!("{shown}: {read:?}"));
                }
            }
        }
        assert_eq!(wrong, [""; 0]);
    }

    #[test]
    fn a_sentence_may_tell_the_embargo_of_its_text_and_not_that_of_goods() {
        let near = "2026-11-25T12:00:00Z".parse().expect("a test instant");
        for (text, is_held) in [
            (
                "The study found more. It is under embargo until 9 a.m. EST on January 5, 2027.",
                true,
            ),
            (
                "All findings are embargoed until January 5, 2027. They follow years of work.",
                true,
            ),
            ("Die Studie steht unter Embargo bis 5. Januar 2027, 10 Uhr MEZ.", true),
            ("El estudio está bajo embargo hasta el 5 de enero de 2027.", true),
            ("Crude oil stays under embargo until January 5, 2027.", false),
            (
                "The country has been under an arms embargo until January 5, 2027 at the latest.",
                false,
            ),
            ("We can send the report under embargo until January 5, 2027", false),
            (
                "The oil embargo of 1973 changed everything; by January 5, 2027 it is history.",
                false,
            ),
            ("Sin embargo, el 5 de enero de 2027 abrirá la planta.", false),
            ("EU: Embargo bis 5. Januar 2027", false),
            ("Embargo on steel lifted January 5, 2027", false),
        ] {
            let read = embargo(text, near).and_then(|embargo| embargo.until);
            assert_eq!(read.is_some(), is_held, "{text}: {read:?}");
        }
    }

    #[test]
    fn an_embargo_line_without_a_day_that_can_be_read_is_told() {
        let near = "2026-11-25T12:00:00Z".parse().expect("a test instant");
        for (text, words) in [
            ("EMBARGOED UNTIL AFTER THE MEETING", Some("AFTER THE MEETING")),
            ("Sperrfrist: Redebeginn", Some("Redebeginn")),
            ("Embargoed until January 35, 2027", Some("January 35, 2027")),
            ("Embargo: for immediate release", None),
            ("Embargo to End on March 3, 2026: Steel Opens", None),
            ("解禁された漁、2026年6月1日に", None),
            ("보도시점: 배포 즉시", None),
            ("The embargo stays in force.", None),
        ] {
            let read = embargo(text, near).filter(|embargo| embargo.until.is_none());
            assert_eq!(read.and_then(|embargo| embargo.left_open), words, "{text}");
        }
        let both = "Embargo: see below\n\nEmbargoed until 9 a.m. ET, March 3, 2027";
        assert!(
            embargo(both, near).is_some_and(|embargo| embargo.until.is_some()),
            "a day goes first"
        );
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
