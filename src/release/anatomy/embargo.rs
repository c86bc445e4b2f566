//! Until when a release asks to be held back.
//!
//! In: the text of a release. Out: an instant, only from a line that says "embargo" with a full date, an hour and a zone. A line
//! that leaves one of them to the reader gives none: a guess would publish too early.

use std::sync::LazyLock;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use regex::Regex;

use super::pattern;
use crate::release::day;

/// Bytes in which an embargo line stands.
const SEARCHED: usize = 1_500;

/// The instant at which the embargo of a release lapses.
#[must_use]
pub fn embargo(text: &str) -> Option<DateTime<Utc>> {
    let head = text.get(..text.floor_char_boundary(SEARCHED))?;
    head.lines().filter(|line| is_embargo(line)).find_map(lapse)
}

fn is_embargo(line: &str) -> bool {
    static EMBARGO: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^[^A-Za-z0-9]{0,8}(?i)(?:strictly |under |news )?(?:embargo(?:ed)?[:, ]|not for (?:release|publication) (?:before|until))",
        )
    });
    EMBARGO.is_match(line)
}

fn lapse(line: &str) -> Option<DateTime<Utc>> {
    static HOUR: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?-u)\b(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-9]{2}))? ?(?:(?P<half>[AaPp])\.?[Mm]\b\.?|h(?:rs|ours)?\b)?,? ?\(?(?P<zone>[A-Z]{1,4}|Eastern|Central|Mountain|Pacific)\b",
        )
    });
    let date = (0..line.len())
        .filter(|at| line.is_char_boundary(*at) && !line[..*at].ends_with(char::is_alphanumeric))
        .find_map(|at| day::at_start(&line[at..]).and_then(|(date, _)| date.resolve(None)))?;
    HOUR.captures_iter(line).find_map(|found| {
        let number = |name: &str| found.name(name).map(|m| m.as_str().parse::<u32>());
        let hour = number("hour")?.ok()?;
        let minute = number("minute").transpose().ok()?;
        let hour = match found.name("half").map(|half| half.as_str()) {
            Some("p" | "P") if hour < 12 => hour + 12,
            Some("a" | "A") if hour == 12 => 0,
            Some(_) => hour,
            // Without a half of the day or minutes it is a number, not an hour.
            None => minute.map(|_| hour)?,
        };
        let time = NaiveTime::from_hms_opt(hour, minute.unwrap_or(0), 0)?;
        instant(date, time, found.name("zone")?.as_str())
    })
}

/// Zones with one meaning; `CST` and `IST` have several.
fn instant(date: NaiveDate, time: NaiveTime, zone: &str) -> Option<DateTime<Utc>> {
    let local = date.and_time(time);
    let hours = match zone {
        "UTC" | "GMT" | "UT" | "Z" => 0,
        "BST" | "CET" => 1,
        "CEST" => 2,
        "JST" | "KST" => 9,
        "HKT" | "SGT" => 8,
        "EST" => -5,
        "EDT" => -4,
        "CDT" => -5,
        "MST" => -7,
        "MDT" => -6,
        "PST" => -8,
        "PDT" => -7,
        "ET" | "Eastern" => return civil(local, Tz::America__New_York),
        "CT" | "Central" => return civil(local, Tz::America__Chicago),
        "MT" | "Mountain" => return civil(local, Tz::America__Denver),
        "PT" | "Pacific" => return civil(local, Tz::America__Los_Angeles),
        _ => return None,
    };
    let offset = FixedOffset::east_opt(hours * 3600)?;
    offset
        .from_local_datetime(&local)
        .single()
        .map(|instant| instant.with_timezone(&Utc))
}

fn civil(local: chrono::NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    zone.from_local_datetime(&local)
        .single()
        .map(|instant| instant.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_embargo_needs_date_hour_and_zone() {
        for (line, want) in [
            (
                "Embargoed until 4 a.m. CT/5 a.m. ET, Wednesday, October 9, 2024",
                Some("2024-10-09T09:00:00Z"),
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
            ("Embargoed until 4 a.m. CT Wednesday, October 9", None),
            ("Embargoed until 9:00, October 9, 2024", None),
            ("Embargoed until 9:00 CST, October 9, 2024", None),
            ("The embargo on steel ends at 5 p.m. ET on May 8, 2024", None),
            ("", None),
        ] {
            let want = want.map(|w| w.parse::<DateTime<Utc>>().expect("a test instant"));
            assert_eq!(embargo(line), want, "{line}");
        }
    }
}
