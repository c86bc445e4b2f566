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
use crate::wire::{self, Form, WIRES, Wire};

use super::day::{self, Printed};
use super::place::{self, Standing, is_blank, is_zero_width};

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

/// A wire's mark in the text.
#[derive(Debug, Clone)]
struct Sign {
    wire: &'static Wire,
    form: Form,
    start: usize,
    end: usize,
    /// Of a mark that shares its brackets with the date.
    date: Option<Printed>,
    /// Of a mark that names its relay: `/PRNewswire-AsiaNet/`.
    via: Option<String>,
}

/// Longest text between two slashes or brackets that can hold a token, in bytes.
const LONGEST_TOKEN: usize = 80;

/// Every mark of the head, in text order.
fn signs(head: &str) -> Vec<Sign> {
    let mut signs = enclosed_signs(head);
    signs.extend(bare_signs(head));
    signs.sort_by_key(|sign| sign.start);
    signs
}

/// `/PRNewswire/`, `(GLOBE NEWSWIRE)`, `(Newsfile Corp. - September 11, 2026)`.
fn enclosed_signs(head: &str) -> Vec<Sign> {
    let mut signs = Vec::new();
    for (open, c) in head.char_indices() {
        let (close, form): (&[char], fn(Form) -> bool) = match c {
            '/' => (&['/'], |form| form == Form::Slashes),
            '(' | '（' => (&[')', '）'], |form| {
                matches!(form, Form::Brackets | Form::UndatedBrackets | Form::SharedBrackets)
            }),
            _ => continue,
        };
        let inner_start = open + c.len_utf8();
        let Some(rest) = head.get(inner_start..head.floor_char_boundary(inner_start + LONGEST_TOKEN)) else {
            continue;
        };
        let Some((length, end)) = rest
            .char_indices()
            .find(|(_, c)| close.contains(c))
            .map(|(at, c)| (at, at + c.len_utf8()))
        else {
            continue;
        };
        if let Some(token) = rest.get(..length).and_then(|inner| token(inner.trim(), form)) {
            signs.push(Sign {
                start: open,
                end: inner_start + end,
                ..token
            });
        }
    }
    signs
}

/// Reads what stands between slashes or brackets: a token of the table, alone or with its relay or its date.
fn token(inner: &str, form: fn(Form) -> bool) -> Option<Sign> {
    let sign = |wire, form, date, via| Sign {
        wire,
        form,
        start: 0,
        end: 0,
        date,
        via,
    };
    if let Some((wire, mark)) = wire::by_token(inner).filter(|(_, mark)| form(mark.form)) {
        return Some(sign(wire, mark.form, None, None));
    }
    // Between slashes or in brackets, a wire's name is its mark, however it is spelled today; a mark that stands bare stays so.
    if let Some(wire) =
        wire::by_loose_name(inner).filter(|_| wire::by_token(inner).is_none_or(|(_, mark)| mark.form != Form::Bare))
    {
        let form = if form(Form::Slashes) {
            Form::Slashes
        } else {
            Form::Brackets
        };
        return Some(sign(wire, form, None, None));
    }
    let (wire, mark, rest) = WIRES
        .iter()
        .flat_map(|wire| wire.marks.iter().map(move |mark| (wire, mark)))
        .filter(|(_, mark)| form(mark.form))
        .filter_map(|(wire, mark)| {
            let rest = inner.get(mark.token.len()..)?;
            let token = inner.get(..mark.token.len())?;
            token.eq_ignore_ascii_case(mark.token).then_some((wire, mark, rest))
        })
        .max_by_key(|(_, mark, _)| mark.token.len())?;
    let tail = rest.trim_start_matches(|c: char| c.is_whitespace() || is_dash(c));
    if let Some((date, _)) = day::at_start(tail).filter(|(_, end)| *end == tail.len() && tail.len() < rest.len()) {
        return Some(sign(wire, mark.form, Some(date), None));
    }
    if let Some(relay) = tail.strip_prefix("via ") {
        return Some(sign(wire, mark.form, None, Some(relay.trim().to_owned())));
    }
    // `/PRNewswire-FirstCall/`, `/PRNewswire-USNewswire/`: desks of the wire itself; a relay is another row.
    (mark.form == Form::Slashes && rest.starts_with('-')).then(|| {
        let relay = wire::by_token(tail).map(|(relay, _)| relay.name.to_owned());
        sign(wire, mark.form, None, relay)
    })
}

/// `- TheNewswire -`, `– PRISM MediaWire (…) –`, `--News Direct--`, `- [Media OutReach Newswire](https://…) -`.
fn bare_signs(head: &str) -> Vec<Sign> {
    let lower = head.to_ascii_lowercase();
    let mut signs = Vec::new();
    for (wire, mark) in WIRES
        .iter()
        .flat_map(|wire| wire.marks.iter().map(move |mark| (wire, mark)))
    {
        if mark.form != Form::Bare {
            continue;
        }
        for (at, found) in lower.match_indices(&mark.token.to_ascii_lowercase()) {
            let (before, after) = (&head[..at], &head[at + found.len()..]);
            let before = before.trim_end_matches([' ', '\u{A0}', '[']);
            let aside = aside(after);
            let after = &after[aside..];
            if before.ends_with(is_dash) && (aside > 0 || after.trim_start().starts_with(is_dash)) {
                let end = at + found.len() + aside;
                signs.push(Sign {
                    wire,
                    form: Form::Bare,
                    start: before.len(),
                    end,
                    date: None,
                    via: None,
                });
            }
        }
    }
    signs
}

/// Bytes of the link or remark behind a bare mark: `](https://…)`, ` (Press Release Service – …)`; an unclosed one, cut off
/// by a feed, reaches to the end.
fn aside(after: &str) -> usize {
    let inner = after.strip_prefix(']').unwrap_or(after).trim_start();
    if !inner.starts_with('(') {
        return 0;
    }
    let open = after.len() - inner.len();
    inner.find(')').map_or(after.len(), |close| open + close + 1)
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

/// Bytes of the starts of non-empty lines, past what importers and feeds put before the text itself.
fn line_starts(head: &str) -> impl Iterator<Item = usize> {
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
fn preamble(line: &str) -> usize {
    static PREAMBLE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^[\s\x{200B}-\x{200D}\x{FEFF}*]*(?:date [0-9]{4}-[0-9]{2}-[0-9]{2}\s+|(?i-u:for immediate release)\s*[:.–—-]?\s*|!\[[^\]\n]{0,200}\]\([^)\n]{0,500}\)\s*)?",
        )
    });
    PREAMBLE.find(line).map_or(0, |found| found.end())
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

/// Reads places (and a date) that follow a mark: on the same line after a date, or on a line of their own.
fn unsigned_after(head: &str, at: usize, date: Option<Printed>) -> Option<Parts> {
    let blanks = leading_blanks(&head[at..]);
    let parts = unsigned(head, at + blanks)?;
    let same_line = !head[at..at + blanks].contains('\n');
    (same_line || date.or(parts.date).is_some()).then_some(parts)
}

/// Reads a dateline that opens a line and names no wire: `Austin, Texas – July 15, 2024 – LifeWorks`.
fn unsigned(head: &str, start: usize) -> Option<Parts> {
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
fn place_alone(text: &str) -> Option<Parts> {
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
