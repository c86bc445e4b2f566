//! Datelines that name no wire: they open a paragraph, and need a place that the gazetteer vouches for, or a date.

use std::sync::LazyLock;

use regex::Regex;

use crate::article::Confidence;

use super::super::day::{self, Printed};
use super::super::place::{self, Standing, is_blank};
use super::{Parts, date_at_end, is_closed, is_joint, leading_blanks, pattern};

/// Bytes of the starts of non-empty lines, past what importers and feeds put before the text itself.
pub(super) fn line_starts(head: &str) -> impl Iterator<Item = usize> {
    head.split_inclusive('\n')
        .scan(0, |offset, line| {
            let start = *offset;
            *offset += line.len();
            Some((start, line))
        })
        .filter(|(_, line)| !is_blank(line))
        .map(|(start, line)| start + preamble(line))
}

/// Bytes of ` date 2024-05-08 `, `FOR IMMEDIATE RELEASE:` or an image at the start of a line.
pub(super) fn preamble(line: &str) -> usize {
    static PREAMBLE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^[\s\x{200B}-\x{200D}\x{FEFF}*]*(?:date [0-9]{4}-[0-9]{2}-[0-9]{2}\s+|(?i-u:for immediate release)\s*[:.–—-]?\s*|!\[[^\]\n]{0,200}\]\([^)\n]{0,500}\)\s*)?",
        )
    });
    PREAMBLE.find(line).map_or(0, |found| found.end())
}

/// Reads places (and a date) that follow a mark: on the same line after a date, or on a line of their own.
pub(super) fn unsigned_after(head: &str, at: usize, date: Option<Printed>) -> Option<Parts> {
    let blanks = leading_blanks(&head[at..]);
    let parts = unsigned(head, at + blanks)?;
    let same_line = !head[at..at + blanks].contains('\n');
    (same_line || date.or(parts.date).is_some()).then_some(parts)
}

/// Reads a dateline that opens a line and names no wire: `Austin, Texas – July 15, 2024 – LifeWorks`.
pub(super) fn unsigned(head: &str, start: usize) -> Option<Parts> {
    static SEPARATOR: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s*(?:--+|[–—―]|\s[-_]\s)\s*"));
    let line = head.get(start..)?.split('\n').next()?;
    let line = line.get(..line.floor_char_boundary(160))?;
    let separator = SEPARATOR.find(line)?;
    let before = &line[..separator.start()];
    let (mut date, left) = match date_at_end(before) {
        Some((date, at)) => (Some(date), &before[..at]),
        None => (None, before),
    };
    // `Singapore / April 3, 2024 –`: the slash joins place and date.
    let found = place::at_end(left.trim_end_matches(|c| is_joint(c) || c == '/'))
        .filter(|found| is_blank(&left[..found.start]))?;
    let date_in_front = date.is_some();
    let mut end = separator.end();
    if date.is_none()
        && let Some((printed, length)) =
            day::at_start(&line[end..]).filter(|(_, length)| is_closed(&line[end + length..]))
    {
        date = Some(printed);
        end += length;
        if let Some(found) = SEPARATOR.find(&line[end..]).filter(|found| found.start() == 0) {
            end += found.end();
        }
    }
    end += issuer(&line[end..]);
    let has_city = found.places.iter().any(|place| place.city.is_some());
    let in_capitals = !left.chars().take_while(|c| *c != ',').any(char::is_lowercase);
    let prints_area = left.contains(',');
    let stands = match found.standing {
        Standing::Known => date.is_some() || (has_city && (in_capitals || prints_area)),
        Standing::OneUnknownName => date_in_front,
        Standing::Unknown => false,
    };
    let end = start + end;
    stands.then_some(Parts {
        start,
        end,
        places: found.places,
        date,
        wire: None,
        via: Vec::new(),
        confidence: Confidence::Low,
    })
}

/// Bytes of an issuer between slashes: `/ Axleboy Offroad /`.
fn issuer(rest: &str) -> usize {
    static ISSUER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*/[^/\n]{2,100}/\s*"));
    ISSUER.find(rest).map_or(0, |found| found.end())
}

/// Reads a text that is a known place and nothing else: the `DateLine` element of NewsML.
pub(super) fn place_alone(text: &str) -> Option<Parts> {
    const LONGEST: usize = 80;
    let inner = text.trim();
    let found = place::at_end(inner).filter(|found| {
        inner.len() <= LONGEST
            && found.start == 0
            && found.standing == Standing::Known
            && found.places.iter().all(|p| p.city.is_some())
    })?;
    let start = text.len() - text.trim_start().len();
    Some(Parts {
        start,
        end: text.len(),
        places: found.places,
        date: None,
        wire: None,
        via: Vec::new(),
        confidence: Confidence::Low,
    })
}
