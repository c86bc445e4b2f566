//! Datelines that name no wire: they open a paragraph, and need a place that the gazetteer vouches for, or a date.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::article::{Confidence, Place};

use super::super::day::{self, Printed};
use super::super::place::{self, Standing, is_blank};
use super::{
    Parts, UNSIGNED_PARAGRAPHS, date_at_end, full_stop, is_closed, is_dash, is_joint, leading_blanks, pattern,
};

/// Bytes of the starts of non-empty lines, past what importers and feeds put before the text itself.
pub(super) fn line_starts(head: &str) -> impl Iterator<Item = usize> {
    head.split_inclusive('\n')
        .scan(0, |offset, line| {
            let start = *offset;
            *offset += line.len();
            Some((start, line))
        })
        .map(|(start, line)| (start + preamble(line), start + line.len()))
        .filter(|(start, end)| !is_blank(&head[*start..*end]))
        .map(|(start, _)| start)
}

/// Bytes of ` date 2024-05-08 `, `FOR IMMEDIATE RELEASE:` or an image at the start of a line.
pub(super) fn preamble(line: &str) -> usize {
    static WORDS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"^(?:date [0-9]{4}-[0-9]{2}-[0-9]{2}\s+|(?i-u:for immediate release)\s*[:.–—-]?\s*)")
    });
    // Its counts make it long: it is compiled when a line opens so.
    static IMAGE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^!\[[^\]\n]{0,200}\]\([^)\n]{0,500}\)\s*"));
    let is_blank = |c: char| c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200d}' | '\u{feff}' | '*');
    let text = line.trim_start_matches(is_blank);
    let opening: &Regex = if text.starts_with("![") { &IMAGE } else { &WORDS };
    let opening = opening.find(text).map_or(0, |found| found.end());
    line.len() - text.len() + opening
}

/// Reads places (and a date) that follow a mark: on the same line after a date, or on one of the next lines.
pub(super) fn unsigned_after(head: &str, at: usize) -> Option<Parts> {
    let blanks = leading_blanks(&head[at..]);
    if !head[at..at + blanks].contains('\n') {
        return read(head, at + blanks, true);
    }
    line_starts(&head[at..])
        .take(UNSIGNED_PARAGRAPHS)
        .find_map(|start| unsigned(head, at + start))
}

/// Reads a dateline that opens a line and names no wire.
pub(super) fn unsigned(head: &str, start: usize) -> Option<Parts> {
    read(head, start, false)
}

/// Reads a dateline that opens a line below the head of a notice.
pub(super) fn announced(head: &str, start: usize) -> Option<Parts> {
    read(head, start, true)
}

/// `announced`: a mark stands before it, so that a known place needs no proof that news follows, and one
/// name with a whole date needs no gazetteer.
fn read(head: &str, start: usize, announced: bool) -> Option<Parts> {
    let line = head.get(start..)?.split('\n').next()?;
    let line = line.get(..line.floor_char_boundary(LONGEST))?;
    // `CHICAGO —`, and the news on the next line.
    let next = head[start + line.len()..].trim_start();
    let parts = place_first(line, next, announced)
        .or_else(|| date_first(line))
        .or_else(|| date_last(line))?;
    Some(Parts {
        start: start + parts.start,
        end: start + parts.end,
        ..parts
    })
}

/// Bytes of a line that can hold a dateline.
const LONGEST: usize = 160;

/// The dash that ends the dateline.
fn separator(line: &str) -> Option<Range<usize>> {
    static SEPARATOR: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s*(?:--+|[–—―]|\s[-_]\s|\.-\s)\s*"));
    SEPARATOR.find(line).map(|found| found.range())
}

/// `Austin, Texas – July 15, 2024 – LifeWorks`, `TORONTO, Feb. 20, 2019 - Acme`, `SANTA ANA, Calif. – A man`.
/// `next`: what the lines below begin with.
fn place_first(line: &str, next: &str, announced: bool) -> Option<Parts> {
    let separator = separator(line)?;
    let before = &line[..separator.start];
    let (mut date, left) = match date_at_end(before) {
        Some((date, at)) => (Some(date), &before[..at]),
        None => (None, before),
    };
    if date.is_some_and(|date| !date.has_year()) && is_range(&line[separator.start..]) {
        return None;
    }
    // `Singapore / April 3, 2024 –`: the slash joins place and date. `(WASHINGTON, D.C.) – Today`: brackets of senators.
    let names = left.trim_end_matches(|c| is_joint(c) || c == '/');
    let names = names
        .strip_prefix('(')
        .and_then(|names| names.strip_suffix(')'))
        .unwrap_or(names);
    let found = place::at_end(names).filter(|found| is_blank(&names[..found.start]))?;
    let in_front = date;
    let mut end = separator.end;
    if date.is_some() {
        end += hour(&line[separator.start..], end - separator.start);
    }
    if date.is_none() {
        // `Dallas, TX – [November 7, 2024] – Acme`.
        let bracket = usize::from(line[end..].starts_with(['[', '(']));
        let rest = &line[end + bracket..];
        let follows = day::at_start(rest).filter(|(printed, length)| {
            let after = &rest[*length..];
            is_closed(after) && (printed.has_year() || !is_range(after))
        });
        if let Some((printed, length)) = follows {
            date = Some(printed);
            end += bracket + length;
            end += usize::from(bracket > 0 && line[end..].starts_with([']', ')']));
            end += closing(&line[end..]);
        }
    }
    end += issuer(&line[end..]);
    let rest = &line[separator.end..];
    let news = if is_blank(rest) { next } else { rest };
    let has_city = found.places.iter().any(|place| place.city.is_some());
    let stands = match found.standing {
        Standing::Known => {
            date.is_some()
                || (has_city
                    && (place::in_capitals(&found.places) || left.contains(','))
                    && !place::opens_with_stranger(&found.places)
                    && (announced || is_sentence(news)))
        }
        Standing::OneUnknownName => in_front.is_some(),
        Standing::UnknownNames => in_front.is_some_and(Printed::has_year),
        Standing::Unknown => {
            let town = is_letter(&found.places, &before[left.len()..]) || (announced && is_one_name(&found.places));
            in_front.is_some_and(Printed::has_year) && town
        }
    };
    stands.then(|| parts(end, found.places, date))
}

/// Bytes of an hour between dashes, from the end of the first on: ` - 18:00 CET - Acme`.
fn hour(rest: &str, dash: usize) -> usize {
    let end = day::hour_at_start(rest);
    let closed = end + closing(&rest[end..]);
    if end > dash && closed > end { closed - dash } else { 0 }
}

/// Does the dash that follows a day lead to another, and separate nothing: `June 4–5`, `June 27 - July 1`?
fn is_range(rest: &str) -> bool {
    let day = rest.strip_prefix(is_dash);
    let date = rest.trim_start().strip_prefix(is_dash);
    day.is_some_and(|after| after.starts_with(|c: char| c.is_ascii_digit()))
        || date.is_some_and(|after| day::at_start(after.trim_start()).is_some())
}

/// `Lévis, le 14 novembre 2026`: one name, and the date of a French letter or release with its article.
fn is_letter(places: &[Place], date: &str) -> bool {
    is_one_name(places) && date.starts_with("le ")
}

fn is_one_name(places: &[Place]) -> bool {
    matches!(places, [place] if !place.text.contains(char::is_whitespace))
}

/// Does news follow, and no year, venue or heading? `Washington, D.C. – 2017`, `Stockholm, Sweden – Arlanda International`.
fn is_sentence(rest: &str) -> bool {
    const SHORT: usize = 3;
    const LONG: usize = 7;
    let words: Vec<&str> = rest.split_whitespace().take(LONG).collect();
    let opens_with_year = words
        .first()
        .is_some_and(|word| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit()));
    let has_small_word = words.iter().any(|word| word.starts_with(char::is_lowercase));
    !opens_with_year && (words.len() == LONG || (words.len() >= SHORT && has_small_word))
}

/// `May 15, 2025 -- Boston, MA -- Acme`, `May 20, 2025, Orem, UT – Acme`.
fn date_first(line: &str) -> Option<Parts> {
    const LONGEST_DATE: usize = 30;
    year(line).filter(|year| *year <= LONGEST_DATE)?;
    let (date, length) = day::at_start(line).filter(|(date, _)| date.has_year())?;
    let rest = &line[length..];
    let joint = rest.len() - rest.trim_start_matches(is_joint).len();
    let (start, rest) = (length + joint, &rest[joint..]);
    // `Boca Raton, Florida- Acme`: a hyphen that only a space follows.
    let end = separator(rest).or_else(|| {
        let found = rest
            .match_indices('-')
            .find(|(at, _)| leading_blanks(&rest[at + 1..]) > 0)?;
        Some(found.0..found.0 + 1)
    })?;
    let names = rest[..end.start].trim_end();
    let found = place::at_end(names).filter(|found| is_blank(&names[..found.start]))?;
    let stands = joint > 0
        && found.standing == Standing::Known
        && found.places.iter().all(|place| place.city.is_some())
        && (place::in_capitals(&found.places) || names.contains(','));
    let end = start + end.end;
    stands.then(|| parts(end + leading_blanks(&line[end..]), found.places, Some(date)))
}

/// `Edmonton, Alberta April 24, 2025. Acme`, `Paris, le 3 mars 2026 La société`, `New York, NY December 2, 2025` on a line of its
/// own: no dash ends it.
fn date_last(line: &str) -> Option<Parts> {
    let year = year(line)?;
    let (date, start) = day::at_end(&line[..year]).filter(|(date, _)| date.has_year())?;
    let at = start..year;
    let names = line[..at.start].trim_end_matches(is_joint);
    let rest = &line[at.end..];
    let blanks = leading_blanks(rest);
    let found = place::at_end(names).filter(|found| is_blank(&names[..found.start]))?;
    let letter = is_letter(&found.places, &line[start..]) && !rest[blanks..].starts_with(char::is_lowercase);
    let closed = match full_stop(rest) {
        Some(stop) => Some(stop),
        None => (rest[blanks..].is_empty() || blanks > 1 || letter).then_some(blanks),
    }?;
    // `Paris, 3 mars 2026` is the whole line; a sentence could begin so.
    let alone = rest[blanks..].is_empty();
    let stands = letter
        || (found.standing == Standing::Known
            && found.places.iter().all(|place| place.city.is_some())
            && (alone || place::in_capitals(&found.places) || names.contains(',')));
    stands.then(|| parts(at.end + closed, found.places, Some(date)))
}

/// The byte at which the first year of a line ends: four digits.
fn year(line: &str) -> Option<usize> {
    let digits = line
        .as_bytes()
        .chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit());
    digits
        .scan(0, |end, run| {
            *end += run.len();
            Some((*end, run))
        })
        .find(|(_, run)| run.len() == 4 && run[0].is_ascii_digit())
        .map(|(end, _)| end)
}

/// Bytes of what ends a date: a dash, or the full stop before a sentence.
fn closing(rest: &str) -> usize {
    separator(rest)
        .filter(|found| found.start == 0)
        .map(|found| found.end)
        .or_else(|| full_stop(rest))
        .unwrap_or(0)
}

fn parts(end: usize, places: Vec<Place>, date: Option<Printed>) -> Parts {
    Parts {
        start: 0,
        end,
        places,
        date,
        wire: None,
        via: Vec::new(),
        confidence: Confidence::Low,
    }
}

/// Bytes of an issuer between slashes: `/ Axleboy Offroad /`.
fn issuer(rest: &str) -> usize {
    static ISSUER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*/[^/\n]{2,100}/\s*"));
    ISSUER.find(rest).map_or(0, |found| found.end())
}

/// Reads a text that is a known place and nothing else: the `DateLine` element of NewsML.
pub(super) fn place_alone(text: &str) -> Option<Parts> {
    const LONGEST_PLACE: usize = 80;
    let inner = Some(text.trim()).filter(|inner| inner.len() <= LONGEST_PLACE)?;
    let found = place::at_end(inner).filter(|found| {
        found.start == 0 && found.standing == Standing::Known && found.places.iter().all(|p| p.city.is_some())
    })?;
    let start = text.len() - text.trim_start().len();
    Some(Parts {
        start,
        ..parts(text.len(), found.places, None)
    })
}
