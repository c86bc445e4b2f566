//! The forms of the pieces of dates, and what each says.
//!
//! # Adding a form
//! One row in [`RULES`], before those that would eat its beginning; a text in the tests that has it, and one that nearly has.

use std::sync::LazyLock;

use chrono::{NaiveDate, Weekday};
use regex::{Captures, Regex, RegexSet};

use super::parts::{Clock, Parts, full_year};
use super::words;
use super::zone::{self, Zone};

/// Where a piece stands: some words mean something in one place alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Place {
    Start,
    AfterClock,
    Elsewhere,
}

/// All rules, and all their forms as one automaton: it tells in one pass which of them fit.
pub(super) struct Rules {
    forms: RegexSet,
    rules: Vec<Rule>,
}

impl Rules {
    #[allow(clippy::expect_used)] // the patterns are the constants below
    fn new(rows: &[(&str, Take)]) -> Self {
        let forms: Vec<String> = rows.iter().map(|(form, _)| format!("^(?:{form})")).collect();
        let rule = |(form, (_, take)): (&String, &(&str, Take))| Rule {
            form: Regex::new(form).expect("a constant pattern"),
            take: *take,
        };
        Self {
            rules: forms.iter().zip(rows).map(rule).collect(),
            forms: RegexSet::new(forms).expect("constant patterns"),
        }
    }

    /// The parts with what the first fitting rule reads at the start of `text`, and the rest; `None` if no rule fits.
    pub(super) fn eat<'t>(&self, text: &'t str, place: Place, parts: &Parts) -> Option<(Parts, &'t str)> {
        let fitting = self.forms.matches(text);
        let mut fitting = fitting.iter().filter_map(|index| self.rules.get(index));
        fitting.find_map(|rule| rule.eat(text, place, parts))
    }
}

/// A form of a piece, and what it says.
struct Rule {
    form: Regex,
    take: Take,
}

type Take = fn(&mut Parts, &Piece<'_>) -> Option<()>;

impl Rule {
    fn eat<'t>(&self, text: &'t str, place: Place, parts: &Parts) -> Option<(Parts, &'t str)> {
        let groups = self.form.captures(text)?;
        let (piece, rest) = text.split_at(groups.get(0)?.end());
        let ends = |kind: fn(&char) -> bool| piece.ends_with(|c| kind(&c)) && rest.starts_with(|c| kind(&c));
        let torn = ends(char::is_ascii_digit) || ends(char::is_ascii_alphabetic);
        let broken_off = rest.starts_with(':') && piece.ends_with(|c: char| c.is_ascii_digit());
        if torn || broken_off {
            return None;
        }
        let mut parts = parts.clone();
        (self.take)(&mut parts, &Piece { groups, place, rest })?;
        Some((parts, rest))
    }
}

/// What a rule matched.
struct Piece<'t> {
    groups: Captures<'t>,
    place: Place,
    rest: &'t str,
}

impl Piece<'_> {
    /// The text of a group, empty if it took no part.
    fn text(&self, group: usize) -> &str {
        self.groups.get(group).map_or("", |found| found.as_str())
    }

    fn number(&self, group: usize) -> Option<u32> {
        self.text(group).parse().ok()
    }

    /// The year in a group of four digits or two.
    fn year(&self, group: usize) -> Option<i32> {
        match self.text(group) {
            short if short.len() == 2 => full_year(short.parse().ok()?),
            year => year.parse().ok(),
        }
    }

    /// Hour, minute and second in three groups, of which the last two may be empty.
    fn clock(&self, hour: usize) -> Option<Clock> {
        let part = |group| {
            let text = self.text(group);
            if text.is_empty() { Some(0) } else { text.parse().ok() }
        };
        Clock::new(part(hour)?, part(hour + 1)?, part(hour + 2)?)
    }
}

/// The forms of pieces, first fit first taken. They see the text in the spelling of [`words::spelled`].
pub(super) static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let rows: &[(&str, Take)] = &[
        (
            r"(\d{4}|\d{2}) ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日号號일]",
            |parts, piece| parts.date(piece.year(1)?, piece.number(2)?, piece.number(3)?),
        ),
        (r"(\d{4}|\d{2}) ?[年년] ?(\d{1,2}) ?[月월]", |parts, piece| {
            parts.year(piece.year(1)?)?;
            parts.month(piece.number(2)?)
        }),
        // 20261005181500, 20261005
        (r"((?:19|20)\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?", |parts, piece| {
            parts.date(piece.year(1)?, piece.number(2)?, piece.number(3)?)?;
            parts.clock(piece.clock(4)?)
        }),
        (r"(\d{4})(\d\d)(\d\d)", |parts, piece| {
            parts.date(piece.year(1)?, piece.number(2)?, piece.number(3)?)
        }),
        // 2026-10-05, 2026/10/5, 2026. 10. 5.; Google once wrote 2026-010-05
        (
            r"(\d{4})(?:[-/.]|\. )0?(\d{1,2})(?:[-/.]|\. )(\d{1,2})",
            |parts, piece| parts.date(piece.year(1)?, piece.number(2)?, piece.number(3)?),
        ),
        // 2026-W41-1, 2026-278
        (r"(\d{4})-?w(\d\d)(?:-?(\d))?", |parts, piece| {
            let day = if piece.text(3).is_empty() { 1 } else { piece.number(3)? };
            let day = Weekday::try_from(u8::try_from(day.checked_sub(1)?).ok()?).ok()?;
            parts.whole(NaiveDate::from_isoywd_opt(piece.year(1)?, piece.number(2)?, day)?)
        }),
        (r"(\d{4})-?(\d{3})", |parts, piece| {
            parts.whole(NaiveDate::from_yo_opt(piece.year(1)?, piece.number(2)?)?)
        }),
        // 26. 10. 5. puts the year first in Korea and Hungary, the day in Croatia
        (r"(\d{1,2})\. ?(\d{1,2})\. ?(\d\d?)\.", |parts, piece| {
            parts.number(piece.number(1)?)?;
            parts.number(piece.number(2)?)?;
            parts.number(piece.number(3)?)
        }),
        // 24.12.2026 is a day first wherever it can be; 24/12/2026 only where it must be
        (r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4}|\d\d)", |parts, piece| {
            let (year, a, b) = (piece.year(3)?, piece.number(1)?, piece.number(2)?);
            parts.date(year, b, a).or_else(|| parts.date(year, a, b))
        }),
        (r"(\d\d)-(\d\d)-(\d\d)", |parts, piece| {
            parts.date(piece.year(1)?, piece.number(2)?, piece.number(3)?)
        }),
        (r"(\d{1,2})[-/](\d{1,2})[-/](\d{4}|\d\d)", |parts, piece| {
            parts.number(piece.number(1)?)?;
            parts.number(piece.number(2)?)?;
            number(parts, piece.text(3))
        }),
        // 2026-10, 10/2026
        (r"(\d{4})[-/.](\d{1,2})", |parts, piece| {
            parts.year(piece.year(1)?)?;
            parts.month(piece.number(2)?)
        }),
        (r"(\d{1,2})[-/.](\d{4})", |parts, piece| {
            parts.month(piece.number(1)?)?;
            parts.year(piece.year(2)?)
        }),
        // 05-Oct-2026, 2026-október-5, 05/Oct/2026:18:15, 5-Oct-26
        (r"(\d{1,4})[-/.](\p{L}+)\.?[-/.](\d{1,4}):?", |parts, piece| {
            parts.month(words::month(piece.text(2))?)?;
            number(parts, piece.text(1))?;
            number(parts, piece.text(3))
        }),
        (r"(\p{L}+)\.?[-/](\d{1,2})[-/](\d{4})", |parts, piece| {
            parts.month(words::month(piece.text(1))?)?;
            number(parts, piece.text(2))?;
            number(parts, piece.text(3))
        }),
        // 18:15, T18:15:00.123, 6:15pm, 6:15 p. m.
        (
            r"(?:t ?)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,]\d+)?)?(?: ?([apπμ])\.? ?[mμ]\b\.?|([ap])\b)?",
            |parts, piece| {
                parts.clock(piece.clock(1)?)?;
                half(parts, piece.text(4))?;
                half(parts, piece.text(5))
            },
        ),
        (r"(\d{1,2}) ?([ap])\.? ?m\b\.?", |parts, piece| {
            parts.clock(Clock::new(piece.number(1)?, 0, 0)?)?;
            half(parts, piece.text(2))
        }),
        // T1815, T18
        (r"t(\d\d)(\d\d)?(\d\d)?(?:[.,]\d+)?", |parts, piece| {
            parts.clock(piece.clock(1)?)
        }),
        // 18h15, 18 h 15 min, 18 Uhr, 18時15分, 6시 15분 10초
        (
            r"(\d{1,2}) ?(?:h|hrs|uhr|u|uur|[時时点點시])(?: ?(\d{1,2})(?: ?(?:(?:m|min|mn)\b|[分분]))?(?: ?(\d{1,2}) ?(?:(?:s|sec)\b|[秒초]))?)?",
            |parts, piece| parts.clock(piece.clock(1)?),
        ),
        // kl. 18.15, 18.15 Uhr, 5.10.2026 18.15
        (
            r"(?:klo|kl|kello|ore|alle|godz|ob|um)\.? ?(\d{1,2})[.:](\d\d)(?:[.:](\d\d))?",
            |parts, piece| parts.clock(piece.clock(1)?),
        ),
        (r"(\d{1,2})\.(\d\d)() ?(?:uhr|uur|h)", |parts, piece| {
            parts.clock(piece.clock(1)?)
        }),
        (r"(\d{1,2})\.(\d\d)(?:\.(\d\d))?", |parts, piece| {
            let clock = piece.clock(1).filter(|_| parts.has_date())?;
            parts.clock(clock)
        }),
        // America/New_York, EST5EDT
        (
            r"[a-z]+(?:_[a-z]+)*/[a-z0-9_+-]+(?:/[a-z_-]+)?|[a-z]{3}\d[a-z]{3}",
            |parts, piece| parts.zone(Zone::place(piece.text(0)).or_else(|| Zone::named(piece.text(0)))?),
        ),
        (r"[a-z]+(?: [a-z]+){0,3} time", |parts, piece| {
            parts.zone(Zone::named(piece.text(0))?)
        }),
        // +02:00, +0200, +530, +2; after a bare date only with its minutes, or 2013-01-27-01 would be one
        (
            r"([+-])(?:(\d{1,2}):(\d\d)(?::00)?|(\d\d)(\d\d)|(\d)(\d\d)|(\d{1,2}))",
            |parts, piece| {
                let (hours, minutes) = (2..9)
                    .step_by(2)
                    .fold(("", ""), |found, group| match piece.text(group) {
                        "" => found,
                        hours => (hours, if group == 8 { "" } else { piece.text(group + 1) }),
                    });
                if minutes.is_empty() && !parts.has_clock() && !parts.has_zone() {
                    return None;
                }
                parts.offset(zone::offset(piece.text(1), hours, minutes)?)
            },
        ),
        // 5, 5th, 1er, 2026
        (
            r"(\d+)(?:st|nd|rd|th|er|ere|re|eme|e|o|a|º|-?го|-?е|η|ησ)?",
            |parts, piece| number(parts, piece.text(1)),
        ),
        (
            r"(?:(午前|上午|清晨|早上|凌晨|오전)|(午後|下午|오후))",
            |parts, piece| half(parts, if piece.text(1).is_empty() { "p" } else { "a" }),
        ),
        // PM 6:15, PM 6시 15분; German has "am 5. Oktober"
        (r"([ap])m", |parts, piece| {
            let after = piece.rest.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
            (parts.has_date() && after.starts_with([':', '시', '时', '時'])).then_some(())?;
            half(parts, piece.text(1))
        }),
        (
            r"(?:[月火水木金土日]曜日?|(?:星期|禮拜|礼拜|周|週)[一二三四五六日天]|[월화수목금토일]요일)",
            |parts, piece| {
                parts.weekday(east_asian_weekday(piece.text(0)));
                Some(())
            },
        ),
        (r"\p{L}(?:\.\p{L})+", |parts, piece| {
            word(parts, &piece.text(0).replace('.', ""), piece)
        }),
        (r"\p{L}+", |parts, piece| word(parts, piece.text(0), piece)),
    ];
    Rules::new(rows)
});

/// A number on its own: a day, a month, a year of two, three (RFC 2822, section 4.3) or four digits.
fn number(parts: &mut Parts, digits: &str) -> Option<()> {
    match digits.len() {
        1 | 2 => parts.number(digits.parse().ok()?),
        3 => parts.year(1900 + digits.parse::<i32>().ok()?),
        4 => parts.year(digits.parse().ok()?),
        _ => None,
    }
}

/// `a` and `π` stand before noon, `p` and `μ` after it.
fn half(parts: &mut Parts, letter: &str) -> Option<()> {
    match letter {
        "a" | "π" => parts.half(0),
        "p" | "μ" => parts.half(12),
        _ => Some(()),
    }
}

fn word(parts: &mut Parts, word: &str, piece: &Piece<'_>) -> Option<()> {
    let zone = Zone::named(word);
    if let Some(zone) = zone.filter(|_| parts.has_clock()) {
        return parts.zone(zone);
    }
    match (words::month(word), words::weekday(word)) {
        (Some(month), None) => return parts.month(month),
        (Some(month), Some(_)) => return parts.month_or_weekday(month),
        (None, Some(weekday)) => {
            parts.weekday(weekday);
            return Some(());
        }
        (None, None) => {}
    }
    let is_latin = word.bytes().all(|b| b.is_ascii_lowercase());
    match (piece.place, word.len()) {
        // RFC 2822, section 4.3: the letters of the military zones were used wrongly so often that they mean -0000.
        (Place::AfterClock, 1) if is_latin && word != "j" => parts.offset(0),
        _ if words::is_filler(word) => Some(()),
        _ if zone.is_some() => parts.zone(zone?),
        (Place::AfterClock, 3..=5) if is_latin => parts.unknown_zone(),
        // A weekday, in whatever language.
        (Place::Start, 2..) if piece.rest.starts_with([',', '.']) => Some(()),
        _ => None,
    }
}

/// The weekday of `金曜日`, `星期五` or `금요일`, by its one telling character.
fn east_asian_weekday(text: &str) -> Option<Weekday> {
    const TELLING: [(Weekday, &str); 7] = [
        (Weekday::Mon, "月一월"),
        (Weekday::Tue, "火二화"),
        (Weekday::Wed, "水三수"),
        (Weekday::Thu, "木四목"),
        (Weekday::Fri, "金五금"),
        (Weekday::Sat, "土六토"),
        (Weekday::Sun, "日天일"),
    ];
    let telling = match text.char_indices().nth(1) {
        Some((_, '曜' | '요')) => text.chars().next(),
        _ => text.chars().last(),
    };
    let row = TELLING
        .iter()
        .find(|(_, marks)| telling.is_some_and(|c| marks.contains(c)));
    row.map(|(weekday, _)| *weekday)
}
