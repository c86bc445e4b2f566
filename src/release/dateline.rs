//! Where, when and by which wire a release was issued, and where its news begins.
//!
//! In: the text of a release or the description of a feed item. Out: the [`Dateline`] with the bytes that it covers; the text
//! after them is the news. Looks only at the first [`SEARCHED`] bytes: a sub-headline, a legend or a block of highlights may
//! stand before it, never the story.
//!
//! Two grammars. A *signed* dateline holds a mark of the closed table [`crate::wire::WIRES`]; places and date are read
//! leftwards from the mark, then whatever is missing rightwards. An *unsigned* one opens a paragraph, and needs a place that the
//! gazetteer vouches for, or a date. A name between slashes that is in no row (`/ Axleboy Offroad /`) is the issuer's.

use std::ops::Range;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use regex::Regex;

use crate::article::{Confidence, Dateline, Place};
use crate::wire::{Form, Wire};

use super::day::{self, Printed};
use super::place::{self, is_blank, is_zero_width};

mod signs;
mod unsigned;

use signs::{Sign, signs};
use unsigned::{line_starts, place_alone, preamble, unsigned, unsigned_after};

/// Bytes of the text that are searched.
pub const SEARCHED: usize = 1_500;

/// Paragraphs that are tried for an unsigned dateline: a headline and a legend may come first.
const UNSIGNED_PARAGRAPHS: usize = 3;

/// A dateline and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatelineMatch {
    /// What it says.
    pub dateline: Dateline,
    /// The bytes of it, separator, cashtags and white space included: `span.end` is where the news begins.
    pub span: Range<usize>,
}

/// Finds the dateline of a release. `published` decides the year of dates printed without one, and nothing else.
#[must_use]
pub fn dateline(text: &str, published: Option<DateTime<Utc>>) -> Option<DatelineMatch> {
    let head = text.get(..text.floor_char_boundary(SEARCHED))?;
    let signs = signs(head);
    let parts = signs
        .iter()
        .find_map(|sign| signed(head, sign, &signs))
        .or_else(|| {
            line_starts(head)
                .take(UNSIGNED_PARAGRAPHS)
                .find_map(|start| unsigned(head, start))
        })
        .or_else(|| place_alone(text))?;
    Some(parts.into_match(text, published))
}

/// What a reading found, before dates meet the calendar.
#[derive(Debug)]
struct Parts {
    start: usize,
    end: usize,
    places: Vec<Place>,
    date: Option<Printed>,
    wire: Option<&'static Wire>,
    via: Vec<String>,
    confidence: Confidence,
}

impl Parts {
    fn into_match(self, text: &str, published: Option<DateTime<Utc>>) -> DatelineMatch {
        let raw = text.get(self.start..self.end).unwrap_or_default();
        DatelineMatch {
            dateline: Dateline {
                raw: raw
                    .trim_matches(|c: char| c.is_whitespace() || is_zero_width(c))
                    .to_owned(),
                places: self.places,
                date: self.date.and_then(|date| date.resolve(published)),
                wire: self.wire.map(|wire| wire.name.to_owned()),
                via: self.via,
                confidence: self.confidence,
            },
            span: self.start..self.end,
        }
    }
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '–' | '—' | '―' | '_')
}

/// What may stand between the parts of a dateline.
fn is_joint(c: char) -> bool {
    is_dash(c) || is_blank_char(c) || matches!(c, ',' | '|' | '[' | ']')
}

fn is_blank_char(c: char) -> bool {
    c.is_whitespace() || is_zero_width(c)
}

#[allow(clippy::expect_used)] // the patterns are constants of this file, and the tests below compile each of them
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

/// The date that a text ends with, bare or in brackets of its own: `Oxnard, CA (December 23, 2025)`.
fn date_at_end(text: &str) -> Option<(Printed, usize)> {
    day::at_end(text).or_else(|| {
        let inner = text.strip_suffix([')', '）'])?;
        let (date, start) = day::at_end(inner)?;
        let before = inner.get(..start)?.strip_suffix(['(', '（'])?;
        Some((date, before.len()))
    })
}

/// Reads the dateline around a mark; `None` when the mark only stands in prose.
fn signed(head: &str, sign: &Sign, signs: &[Sign]) -> Option<Parts> {
    let line = head[..sign.start].rfind('\n').map_or(0, |at| at + 1);
    let line = line + preamble(&head[line..sign.start]);
    let before = head.get(line..sign.start)?;
    let glued = before.ends_with(is_dash);

    let left = before.trim_end_matches(is_joint);
    let (mut date, left) = match date_at_end(left) {
        _ if sign.date.is_some() => (sign.date, left),
        Some((date, start)) => (Some(date), &left[..start]),
        None => (None, left),
    };
    let left = left.trim_end_matches(is_joint);
    let found = place::at_end(left);
    let mut start = match (&found, date) {
        (Some(found), _) => line + found.start,
        (None, Some(_)) if sign.date.is_none() => line + left.len(),
        (None, _) => sign.start,
    };
    start += head[start..sign.start].len() - head[start..sign.start].trim_start_matches(is_joint).len();
    let covers_line = is_blank(&head[line..start]);
    let mut places = found.map(|found| found.places).unwrap_or_default();

    let mut via: Vec<String> = sign.via.iter().cloned().collect();
    let mut end = sign.end;
    let mut separated = false;
    loop {
        let rest = &head[end..];
        let joint = rest.len() - rest.trim_start_matches(|c| is_joint(c) && c != '\n').len();
        separated |= rest[..joint].contains(is_dash);
        let rest = &rest[joint..];
        let at = end + joint;
        if let Some(next) = signs
            .iter()
            .find(|next| next.start >= end && next.start <= at && next.end > at)
        {
            if next.wire.id != sign.wire.id {
                via.push(next.wire.name.to_owned());
            }
            end = next.end;
        } else if let Some((relay, length)) = relay(rest) {
            via.push(relay.to_owned());
            end = at + length;
        } else if let Some((printed, length)) =
            day::at_start(rest).filter(|(_, length)| date.is_none() && is_closed(&rest[*length..]))
        {
            date = Some(printed);
            end = at
                + length
                + usize::from(rest[length..].trim_start().starts_with('/')) * (1 + leading_blanks(&rest[length..]));
            separated |= head[..end].ends_with('/');
        } else if let Some(next) = (places.is_empty() && (separated || sign.form != Form::Bare))
            .then(|| unsigned_after(head, at, date))
            .flatten()
        {
            places = next.places;
            date = date.or(next.date);
            end = next.end;
            separated = true;
        } else {
            end = at;
            break;
        }
    }
    let closed = separated || is_blank(head[end..].split('\n').next().unwrap_or_default());
    let stands = match sign.form {
        Form::Slashes => closed || date.is_some(),
        Form::Brackets | Form::SharedBrackets | Form::Bare => closed,
        Form::UndatedBrackets => closed && (glued || covers_line),
    };
    if !stands || (places.is_empty() && date.is_none() && !covers_line) {
        return None;
    }
    if sign.form == Form::UndatedBrackets {
        end += hashtags(&head[end..]);
    }
    end += leading_blanks(&head[end..]);
    let dated = date.is_some() || sign.form == Form::UndatedBrackets;
    let confidence = if dated && !places.is_empty() {
        Confidence::High
    } else {
        Confidence::Medium
    };
    Some(Parts {
        start,
        end,
        places,
        date,
        wire: Some(sign.wire),
        via,
        confidence,
    })
}

fn leading_blanks(text: &str) -> usize {
    text.len() - text.trim_start_matches(is_blank_char).len()
}

/// Does a separator, a slash or the end follow, so that what was read is a part of the dateline and not of a sentence?
fn is_closed(rest: &str) -> bool {
    let rest = rest.trim_start_matches(|c| is_blank_char(c) && c != '\n');
    rest.is_empty() || rest.starts_with(|c: char| is_dash(c) || matches!(c, '/' | '\n' | '(' | '['))
}

/// `via IBN —`: the relay and the bytes read.
fn relay(rest: &str) -> Option<(&str, usize)> {
    static RELAY: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^via ([A-Z][A-Za-z0-9.&]*(?: [A-Z][A-Za-z0-9.&]*){0,3})\s*[-–—]"));
    let found = RELAY.captures(rest)?;
    let relay = found.get(1)?;
    Some((relay.as_str(), relay.end()))
}

/// Bytes of Business Wire's run of cashtags and hashtags: `$MX #MOSFET--`.
fn hashtags(rest: &str) -> usize {
    static TAGS: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^\s*(?:[$#@][\p{L}\p{N}_.&]+[\s,;]*)+(?:--|–|—)[\s–—-]*"));
    TAGS.find(rest).map_or(0, |found| found.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of a labelled file of the corpus, or nothing with a printed word where the corpus is not at hand.
    fn labelled(file: &str) -> Vec<serde_json::Value> {
        crate::release::tests::corpus(file)
    }

    #[test]
    fn a_date_in_brackets_and_a_wire_in_another_spelling() {
        for (text, places, date, wire) in [
            (
                "OXNARD, CA (December 23, 2025) / Noticias Newswire/ — Acme",
                "OXNARD, CA",
                "2025-12-23",
                Some("Noticias Newswire"),
            ),
            (
                "PARIS, 3 mars 2026 /PR Newswire/ -- Acme",
                "PARIS",
                "2026-03-03",
                Some("PR Newswire"),
            ),
            (
                "AUSTIN, Texas (March 3, 2026) – Acme today said",
                "AUSTIN, Texas",
                "2026-03-03",
                None,
            ),
            ("LONDON (3 March 2026) - Acme today said", "LONDON", "2026-03-03", None),
            (
                "Singapore / April 3, 2024 –In a move that",
                "Singapore",
                "2024-04-03",
                None,
            ),
            (
                "--News Direct--\n\nSingapore / April 3, 2024 –In a move",
                "Singapore",
                "2024-04-03",
                Some("News Direct"),
            ),
        ] {
            let found = dateline(text, None).expect(text).dateline;
            let names: Vec<&str> = found.places.iter().map(|place| place.text.as_str()).collect();
            let printed = found.date.map(|date| date.to_string());
            assert_eq!(
                (names, printed.as_deref(), found.wire.as_deref()),
                (vec![places], Some(date), wire),
                "{text}"
            );
        }
        for text in [
            "Acme (March 3, 2026) – the year in which it began",
            "The results (March 3, 2026) - see below",
        ] {
            assert_eq!(dateline(text, None).map(|found| found.dateline.raw), None, "{text}");
        }
    }

    #[test]
    fn labelled_datelines_are_read_exactly() {
        let rows = labelled("release/datelines.jsonl");
        let (mut right, mut positives, mut kept_negative, mut negatives) = (0, 0, 0, 0);
        for row in &rows {
            let raw = row["raw"].as_str().expect("raw");
            let got = dateline(raw, None).map(|m| m.dateline);
            if row["negative"] == true {
                negatives += 1;
                kept_negative += usize::from(got.is_none());
                if let Some(got) = got {
                    println!("not a dateline: {raw:?} read as {got:?}");
                }
                continue;
            }
            positives += 1;
            let structured = row["note"].as_str().is_some_and(|n| n.starts_with("structured"));
            let want = (
                row["places"]
                    .as_array()
                    .expect("places")
                    .iter()
                    .map(|p| p.as_str().expect("place").to_owned())
                    .collect::<Vec<_>>(),
                row["date"].as_str().map(str::to_owned),
                row["provider"].as_str().filter(|_| !structured).map(str::to_owned),
            );
            let got = got.map(|d| {
                (
                    d.places.into_iter().map(|p| p.text).collect::<Vec<_>>(),
                    d.date.map(|d| d.to_string()),
                    d.wire,
                )
            });
            if got.as_ref() == Some(&want) {
                right += 1;
            } else {
                println!("{raw:?}\n  want {want:?}\n  got  {got:?}");
            }
        }
        println!("datelines: {right}/{positives} exact, negatives {kept_negative}/{negatives}");
        if !rows.is_empty() {
            assert!(right * 100 >= positives * 97, "{right}/{positives}");
            assert_eq!(kept_negative, negatives);
        }
    }
}
