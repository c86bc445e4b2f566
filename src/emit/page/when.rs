//! Times for people: how long ago, with the instant beside it.

use std::fmt;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

/// An instant as a page tells it: how far it is from now, with the instant itself for programs and on hover. Written as
/// HTML of digits and words of ours alone: it needs no escaping.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) at: DateTime<Utc>,
    pub(super) now: DateTime<Utc>,
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "<time datetime=\"{}\" title=\"{}\">{}</time>",
            self.at.to_rfc3339_opts(SecondsFormat::Secs, true),
            exact(self.at),
            relative(self.at, self.now)
        )
    }
}

/// An instant to the second, as a page tells it in a table; HTML as above.
#[derive(Debug, Clone, Copy)]
pub(super) struct Instant(pub(super) DateTime<Utc>);

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stamp = self.0.to_rfc3339_opts(SecondsFormat::Secs, true);
        write!(
            f,
            "<time datetime=\"{stamp}\">{}</time>",
            self.0.format("%-d %b %Y, %H:%M:%S")
        )
    }
}

/// `2 Mar 2026, 08:00 UTC`
pub(super) fn exact(at: DateTime<Utc>) -> String {
    at.format("%-d %b %Y, %H:%M UTC").to_string()
}

/// Within a week how long ago or how soon, else the day.
fn relative(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let distance = at - now;
    if distance.abs() < TimeDelta::minutes(1) {
        return "just now".to_owned();
    }
    if distance.abs() >= TimeDelta::days(7) {
        return at.format("%-d %b %Y").to_string();
    }
    // An age is told by its largest unit: one glance, no arithmetic.
    let age = match distance.abs() {
        age if age < TimeDelta::hours(1) => format!("{} min", age.num_minutes()),
        age if age < TimeDelta::days(1) => format!("{} h", age.num_hours()),
        age => format!("{} d", age.num_days()),
    };
    match distance < TimeDelta::zero() {
        true => format!("{age} ago"),
        false => format!("in {age}"),
    }
}

/// A length of time in its two largest units: `800 ms`, `4 s`, `2 min 5 s`, `3 h`, `2 d 4 h`.
pub(super) fn span(span: TimeDelta) -> String {
    let ms = span.num_milliseconds().max(0);
    let (large, small, units) = match ms {
        ..1_000 => return format!("{ms} ms"),
        1_000..60_000 => return format!("{} s", ms / 1_000),
        60_000..3_600_000 => (ms / 60_000, ms % 60_000 / 1_000, ("min", "s")),
        3_600_000..86_400_000 => (ms / 3_600_000, ms % 3_600_000 / 60_000, ("h", "min")),
        _ => (ms / 86_400_000, ms % 86_400_000 / 3_600_000, ("d", "h")),
    };
    match small {
        0 => format!("{large} {}", units.0),
        _ => format!("{large} {} {small} {}", units.0, units.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("RFC 3339")
    }

    #[test]
    fn an_age_is_told_by_its_largest_unit() {
        let now = at("2026-03-10T12:00:00Z");
        for (instant, want) in [
            ("2026-03-10T11:59:30Z", "just now"),
            ("2026-03-10T12:00:20Z", "just now"),
            ("2026-03-10T11:55:00Z", "5 min ago"),
            ("2026-03-10T12:05:59Z", "in 5 min"),
            ("2026-03-10T09:01:00Z", "2 h ago"),
            ("2026-03-08T09:01:00Z", "2 d ago"),
            ("2026-03-03T12:00:00Z", "3 Mar 2026"),
            ("2027-01-01T00:00:00Z", "1 Jan 2027"),
        ] {
            assert_eq!(relative(at(instant), now), want, "{instant}");
        }
    }

    #[test]
    fn the_instant_stands_beside_it() {
        let (at, now) = (at("2026-03-10T11:55:00.250Z"), at("2026-03-10T12:00:00Z"));
        assert_eq!(
            Moment { at, now }.to_string(),
            "<time datetime=\"2026-03-10T11:55:00Z\" title=\"10 Mar 2026, 11:55 UTC\">4 min ago</time>"
        );
    }

    #[test]
    fn a_length_is_told_by_its_two_largest_units() {
        for (ms, want) in [
            (-5, "0 ms"),
            (800, "800 ms"),
            (4_900, "4 s"),
            (125_000, "2 min 5 s"),
            (3 * 3_600_000, "3 h"),
            (52 * 3_600_000, "2 d 4 h"),
        ] {
            assert_eq!(span(TimeDelta::milliseconds(ms)), want, "{ms}");
        }
    }
}
