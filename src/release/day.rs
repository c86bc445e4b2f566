//! Which calendar day a printed date names.
//!
//! In: text at whose start or end a date may stand. Out: day, month and, if printed, year. Knows the forms of datelines in
//! English, French, German, Spanish, Portuguese, Italian, Dutch, the Nordic languages, Polish, Romanian, Turkish, Indonesian,
//! Chinese, Japanese and Korean.
//! Of dates with slashes it reads those of one wire, and those that are one day in every country: 05/08/2024 is two days, 25/08/2024 one,
//! and 07.05.2024 is one wherever it is written.

use std::sync::LazyLock;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use regex::{Captures, Regex};

use super::pattern;

/// A date as printed; newswires of the 2000s left the year out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Printed {
    month: u32,
    day: u32,
    year: Option<i32>,
}

impl Printed {
    /// Does it print its year?
    pub(super) fn has_year(self) -> bool {
        self.year.is_some()
    }

    /// The day in the calendar. Without a printed year it is the year that puts the day within a week of `published`; without
    /// either, none.
    pub(super) fn resolve(self, published: Option<DateTime<Utc>>) -> Option<NaiveDate> {
        if let Some(year) = self.year {
            return NaiveDate::from_ymd_opt(year, self.month, self.day);
        }
        let published = published?;
        let within_a_week = |date: &NaiveDate| (*date - published.date_naive()).abs() <= TimeDelta::days(7);
        self.nearest(published).filter(within_a_week)
    }

    /// The day in the calendar. Without a printed year it is the year that puts the day nearest to `near`.
    pub(super) fn nearest(self, near: DateTime<Utc>) -> Option<NaiveDate> {
        match self.year {
            Some(year) => NaiveDate::from_ymd_opt(year, self.month, self.day),
            None => nearest(self.month, self.day, near),
        }
    }
}

/// The day of that month in the year that puts it nearest to `near`.
pub(super) fn nearest(month: u32, day: u32, near: DateTime<Utc>) -> Option<NaiveDate> {
    let near = near.date_naive();
    (near.year() - 1..=near.year() + 1)
        .filter_map(|year| NaiveDate::from_ymd_opt(year, month, day))
        .min_by_key(|date| (*date - near).abs())
}

/// Month names by number, lower case; a printed month is one of them or an abbreviation of at least three letters.
const MONTHS: [&[&str]; 12] = [
    &[
        "january",
        "ianuarie",
        "janvier",
        "januar",
        "enero",
        "janeiro",
        "gennaio",
        "januari",
        "stycznia",
        "ocak",
        "tammikuuta",
    ],
    &[
        "february",
        "lutego",
        "şubat",
        "helmikuuta",
        "februarie",
        "février",
        "fevrier",
        "februar",
        "febrero",
        "fevereiro",
        "febbraio",
        "februari",
    ],
    &[
        "march",
        "marca",
        "maret",
        "mart",
        "maaliskuuta",
        "martie",
        "mars",
        "märz",
        "maerz",
        "marzo",
        "março",
        "marco",
        "maart",
        "marts",
    ],
    &[
        "april",
        "kwietnia",
        "nisan",
        "huhtikuuta",
        "aprilie",
        "avril",
        "abril",
        "aprile",
    ],
    &[
        "may",
        "maja",
        "mayıs",
        "toukokuuta",
        "mai",
        "mayo",
        "maio",
        "maggio",
        "mei",
        "maj",
    ],
    &[
        "june",
        "czerwca",
        "haziran",
        "kesäkuuta",
        "iunie",
        "juin",
        "juni",
        "junio",
        "junho",
        "giugno",
    ],
    &[
        "july",
        "lipca",
        "temmuz",
        "heinäkuuta",
        "iulie",
        "juillet",
        "juli",
        "julio",
        "julho",
        "luglio",
    ],
    &[
        "august", "sierpnia", "agustus", "ağustos", "elokuuta", "août", "aout", "agosto", "augustus", "augusti",
    ],
    &[
        "september",
        "września",
        "eylül",
        "syyskuuta",
        "septembrie",
        "septembre",
        "septiembre",
        "setiembre",
        "setembro",
        "settembre",
    ],
    &[
        "october",
        "października",
        "ekim",
        "lokakuuta",
        "octombrie",
        "octobre",
        "oktober",
        "octubre",
        "outubro",
        "ottobre",
    ],
    &[
        "november",
        "listopada",
        "kasım",
        "marraskuuta",
        "noiembrie",
        "novembre",
        "noviembre",
        "novembro",
    ],
    &[
        "december",
        "grudnia",
        "aralık",
        "joulukuuta",
        "decembrie",
        "décembre",
        "decembre",
        "dezember",
        "diciembre",
        "dezembro",
        "dicembre",
        "desember",
    ],
];

fn month(name: &str) -> Option<u32> {
    let name = name.to_lowercase();
    let position = MONTHS.iter().position(|names| {
        names.contains(&name.as_str())
            || (name.chars().count() >= 3 && names.iter().any(|full| full.starts_with(&name)))
    })?;
    u32::try_from(position + 1).ok()
}

/// Month first, day first, year first, dotted, slashed, and the `16-Jan-2024` of PR Newswire's notices; then what may trail a date in a
/// dateline: the Chinese word for a dispatch, or the Polish one for a year.
const DATE: &str = r"(?x:
  (?P<printed>
    (?: (?i:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?i:day)? [,.]? \s{1,3} )?
    (?P<month1>\p{L}{3,}) [.,]? \s{1,3} (?P<day1>[0-9]{1,2}) (?i:st|nd|rd|th)? \b (?: \s{0,3} [,\ ] \s{0,3} (?P<year1>[0-9]{4}) )?
  | (?: \b (?i: le | el | il | a | den ) \s{1,3} )? (?P<day2>[0-9]{1,2}) (?: \. | º | ° | (?i: er | st | nd | rd | th ) )?
    \s{1,3} (?: (?i: de | of ) \s{1,3} )? (?P<month2>\p{L}{3,}) \.? (?: ,? \s{1,3} (?: (?i: del? | of ) \s{1,3} )? (?P<year2>[0-9]{4}) (?: \s r\. )? )?
  | (?P<year3>[0-9]{4}) \s{0,2} [年년] \s{0,2} (?P<month3>[0-9]{1,2}) \s{0,2} [月월] \s{0,2} (?P<day3>[0-9]{1,2}) \s{0,2} [日일]
    (?: \s{0,2} [电電讯訊] )?
  | (?P<year4>[0-9]{4}) - (?P<month4>[0-9]{2}) - (?P<day4>[0-9]{2})
  | (?P<day5>[0-9]{1,2}) \. (?P<month5>[0-9]{1,2}) \. (?P<year5>[0-9]{4})
  | (?P<day6>[0-9]{1,2}) - (?P<month6>[A-Za-z]{3,9}) - (?P<year6>[0-9]{4})
  | \b (?P<slashed1>[0-9]{1,2}) / (?P<slashed2>[0-9]{1,2}) / (?P<year7>[0-9]{4}) \b
  )
)";

/// An hour with its zone: `18:00 CET`, `17h45`, `10:00 CET/CEST`, `5:45 p.m. ET`, `10.00 Uhr MEZ`.
const HOUR: &str = r"(?x:
  (?: [0-9]{1,2} [:.h] [0-9]{2} (?: : [0-9]{2} )? (?: \s? [AaPp] \.? [Mm] \b \.? )?
    | [0-9]{1,2} \s? (?: [AaPp] \.? [Mm] \b \.? | h \b | Uhr \b ) )
  (?: \s{1,3} Uhr \b )?
  (?: \s{1,3} (?: [ECMP][SD]?T | CES?T | EES?T | WES?T | MES?Z | HEC | GMT | UTC | BST | IST | SGT | HKT | JST | KST | SAST | AW?E?[SD]T
    | NZ[SD]T ) (?: / [A-Z]{3,4} )? \b )?
)";

/// What joins an hour to the date before it: ` @ 7:00 AM Europe/Zurich`, `, 18:00 CET`, ` – 17h45`, ` (10:00 CET)`.
fn trailing_hour() -> String {
    format!(
        r"(?x: \s{{0,3}} @ \s{{0,3}} [0-9]{{1,2}} : [0-9]{{2}} (?: \s? [AaPp][Mm] )? (?: \s [A-Z][A-Za-z/_]{{1,30}} )?
        | (?: \s{{0,3}} , )? \s{{1,3}} (?: \( {HOUR} \) | (?: (?: [-–—|/] | at | à | um ) \s{{1,3}} )? {HOUR} ) )"
    )
}

fn printed(found: &Captures<'_>) -> Option<Printed> {
    let number = |name: &str| found.name(name).and_then(|m| m.as_str().parse::<u32>().ok());
    let (month, day, year) = if let Some(name) = found.name("month1") {
        (month(name.as_str())?, number("day1")?, number("year1"))
    } else if let Some(name) = found.name("month2") {
        (month(name.as_str())?, number("day2")?, number("year2"))
    } else if let Some(number_of_month) = number("month3") {
        (number_of_month, number("day3")?, number("year3"))
    } else if let Some(number_of_month) = number("month4") {
        (number_of_month, number("day4")?, number("year4"))
    } else if let Some(number_of_month) = number("month5") {
        (number_of_month, number("day5")?, number("year5"))
    } else if let Some(name) = found.name("month6") {
        (month(name.as_str())?, number("day6")?, number("year6"))
    } else {
        let (month, day) = slashed(number("slashed1")?, number("slashed2")?)?;
        (month, day, number("year7"))
    };
    let year = year.and_then(|y| i32::try_from(y).ok());
    // 2000 was a leap year: a day without a year is judged by the longest February.
    NaiveDate::from_ymd_opt(year.unwrap_or(2000), month, day)?;
    (year.is_none_or(|y| (1900..2200).contains(&y))).then_some(Printed { month, day, year })
}

/// Month and day of two numbers that are one day whichever country wrote them.
fn slashed(one: u32, other: u32) -> Option<(u32, u32)> {
    const MONTHS: u32 = 12;
    match (one > MONTHS, other > MONTHS) {
        (false, true) => Some((one, other)),
        (true, false) => Some((other, one)),
        (false, false) => (one == other).then_some((one, other)),
        (true, true) => None,
    }
}

/// Longer than any date above with its hour, in bytes.
const WINDOW: usize = 120;

/// The date that ends `text`, with the byte at which it begins.
pub(super) fn at_end(text: &str) -> Option<(Printed, usize)> {
    static END: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("{DATE}(?:{})?$", trailing_hour())));
    let offset = text.ceil_char_boundary(text.len().saturating_sub(WINDOW));
    let found = END.captures(text.get(offset..)?)?;
    Some((printed(&found)?, offset + found.get(0)?.start()))
}

/// The date that begins `text`, with the byte at which it ends, its hour included.
pub(super) fn at_start(text: &str) -> Option<(Printed, usize)> {
    let found = start(text)?;
    Some((printed(&found)?, found.get(0)?.end()))
}

/// The same without the hour.
pub(super) fn day_at_start(text: &str) -> Option<(Printed, usize)> {
    let found = start(text)?;
    Some((printed(&found)?, found.name("printed")?.end()))
}

/// Bytes of the hour that begins `text`, behind a date.
pub(super) fn hour_at_start(text: &str) -> usize {
    static START: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("^{}", trailing_hour())));
    let text = &text[..text.floor_char_boundary(WINDOW)];
    START.find(text).map_or(0, |found| found.end())
}

fn start(text: &str) -> Option<Captures<'_>> {
    static START: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("^{DATE}(?:{})?", trailing_hour())));
    START.captures(text.get(..text.floor_char_boundary(WINDOW))?)
}

/// The date of Market Wire that begins `text`: `02/15/12`, always month, day, year.
pub(super) fn market_wire_at_start(text: &str) -> Option<(Printed, usize)> {
    static SLASHED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^([0-9]{2})/([0-9]{2})/(?:20)?([0-9]{2})\b"));
    let found = SLASHED.captures(text)?;
    let number = |group: usize| found.get(group).and_then(|m| m.as_str().parse::<u32>().ok());
    let (month, day, year) = (number(1)?, number(2)?, 2000 + i32::try_from(number(3)?).ok()?);
    NaiveDate::from_ymd_opt(year, month, day)?;
    let year = Some(year);
    Some((Printed { month, day, year }, found.get(0)?.end()))
}

/// The byte at which a date begins that ends `text` and names no day of a calendar: a misprint (`November 17, 20225`,
/// `Feb. 30, 2024`), numbers that may be two days (`05/08/2024`), or a day of the week.
pub(super) fn undatable_at_end(text: &str) -> Option<usize> {
    static UNDATABLE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(&format!(
            r"(?x) (?: (?P<month>\p{{L}}{{3,12}}) \.? \s{{1,3}} [0-9]{{1,3}} (?:st|nd|rd|th)? \s? ,? \s{{0,3}} [0-9]{{2,6}}
            | \b [0-9]{{1,2}} / [0-9]{{1,2}} / [0-9]{{4}}
            | \b (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day ) (?:{})? $",
            trailing_hour()
        ))
    });
    let offset = text.ceil_char_boundary(text.len().saturating_sub(WINDOW));
    let found = UNDATABLE.captures(text.get(offset..)?)?;
    if let Some(name) = found.name("month") {
        month(name.as_str())?;
    }
    Some(offset + found.get(0)?.start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_datelines_in_every_form() {
        for (text, want) in [
            ("Oct. 5, 2026", Some("2026-10-05")),
            ("Oct.  05, 2026", Some("2026-10-05")),
            ("June 26th, 2025", Some("2025-06-26")),
            ("April 17 2025", Some("2025-04-17")),
            ("JULY 30, 2026", Some("2026-07-30")),
            ("8 June 2026", Some("2026-06-08")),
            ("8. Mai 2024", Some("2024-05-08")),
            ("26 de octubre de 2011", Some("2011-10-26")),
            ("26 mai 2020", Some("2020-05-26")),
            ("le 3 nov. 2026", Some("2026-11-03")),
            ("le 1er février 2024", Some("2024-02-01")),
            ("a 4 de mayo de 2024", Some("2024-05-04")),
            ("1º de março de 2025", Some("2025-03-01")),
            ("4 grudnia 2023 r.", Some("2023-12-04")),
            ("23 Februari 2016", Some("2016-02-23")),
            ("4 Ağustos 2023", Some("2023-08-04")),
            ("WEDNESDAY, MAY 20, 2026", Some("2026-05-20")),
            ("April, 25th, 2024", Some("2024-04-25")),
            ("November 2 , 2021", Some("2021-11-02")),
            ("2018年9月20日电", Some("2018-09-20")),
            ("2024 年 2 月 22 日", Some("2024-02-22")),
            ("2024년 5월 8일", Some("2024-05-08")),
            ("Friday Apr 11, 2025 @ 7:00 AM Europe/Zurich", Some("2025-04-11")),
            ("07.05.2024", Some("2024-05-07")),
            ("16-Jan-2024", Some("2024-01-16")),
            ("August 6, 2025 12:15", Some("2025-08-06")),
            ("March 3, 2026, 18:00 CET", Some("2026-03-03")),
            ("3 March 2026 at 5:45 p.m. ET", Some("2026-03-03")),
            ("le 3 mars 2026 – 17h45", Some("2026-03-03")),
            ("3. März 2026 / 10:00 Uhr", Some("2026-03-03")),
            ("03.03.2026 / 10:00 CET/CEST", Some("2026-03-03")),
            ("3 March 2026 (07:00 GMT)", Some("2026-03-03")),
            ("03/03/2026, 18:00 CET", Some("2026-03-03")),
            ("25/03/2026", Some("2026-03-25")),
            ("03/25/2026", Some("2026-03-25")),
            ("25/13/2026", None),
            ("3RD MARCH 2026", Some("2026-03-03")),
            ("Feb. 30, 2024", None),
            ("March 2026", None),
            ("Room 51, 2024", None),
            ("05/08/2024", None),
        ] {
            let end = at_end(text).filter(|(_, at)| *at == 0).map(|(date, _)| date);
            let start = at_start(text).filter(|(_, at)| *at == text.len()).map(|(date, _)| date);
            let want: Option<NaiveDate> = want.map(|w| w.parse().expect("a test date"));
            assert_eq!(end.and_then(|d| d.resolve(None)), want, "at the end: {text}");
            assert_eq!(start.and_then(|d| d.resolve(None)), want, "at the start: {text}");
        }
    }

    #[test]
    fn a_date_takes_no_letter_from_the_word_before_it() {
        for text in ["Grenoble 4 mai 2024", "Panama 4 de mayo de 2024", "Aalen 4. Mai 2024"] {
            let (_, at) = at_end(text).expect(text);
            assert_eq!(text[at..].chars().next(), Some('4'), "{text}");
        }
    }

    #[test]
    fn a_misprinted_date_or_a_weekday_is_known_as_one_and_means_no_day() {
        for (text, start) in [
            ("MIAMI, FL — November 17, 20225", Some("MIAMI, FL — ".len())),
            ("LONDON, Feb. 30, 2024", Some("LONDON, ".len())),
            ("LONDON, Monday", Some("LONDON, ".len())),
            ("LONDON, 05/08/2024, 18:00 CET", Some("LONDON, ".len())),
            ("LONDON, Room 30, 2024", None),
            ("LONDON", None),
        ] {
            assert_eq!(at_end(text).map(|(_, at)| at), None, "{text}");
            assert_eq!(undatable_at_end(text), start, "{text}");
        }
    }

    #[test]
    fn market_wire_writes_month_day_year() {
        for (text, want) in [
            ("02/15/12 -- Acme", Some("2012-02-15")),
            ("02/15/2012 -- Acme", Some("2012-02-15")),
            ("15/02/12 -- Acme", None),
            ("2/15", None),
        ] {
            let date = market_wire_at_start(text).and_then(|(date, _)| date.resolve(None));
            assert_eq!(date.map(|date| date.to_string()).as_deref(), want, "{text}");
        }
    }

    #[test]
    fn a_year_left_out_is_the_one_within_a_week_of_publication() {
        let (date, _) = at_end("Jan. 2").expect("a date");
        for (published, want) in [
            (Some("2009-01-03T10:00:00Z"), Some("2009-01-02")),
            (Some("2008-12-30T10:00:00Z"), Some("2009-01-02")),
            (Some("2009-02-03T10:00:00Z"), None),
            (None, None),
        ] {
            let published = published.map(|p| p.parse().expect("a test instant"));
            assert_eq!(
                date.resolve(published),
                want.map(|w| w.parse().expect("a test date")),
                "{published:?}"
            );
        }
    }
}
