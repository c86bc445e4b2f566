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
use super::gazetteer::area;
use super::pattern;
use super::place::{self, Standing, is_blank, is_zero_width};

mod bracketed;
mod notice;
mod signs;
mod unsigned;

use bracketed::bracketed;
use notice::notice;
use signs::{Sign, signs};
use unsigned::{line_starts, place_alone, preamble, unsigned, unsigned_after};

/// Bytes of the text that are searched.
pub const SEARCHED: usize = 2_000;

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
    let parts = bracketed(head)
        .or_else(|| first_signed(head, &signs))
        .or_else(|| notice(head))
        .or_else(|| {
            line_starts(head)
                .take(UNSIGNED_PARAGRAPHS)
                .find_map(|start| unsigned(head, start))
        })
        .or_else(|| place_alone(text))?;
    Some(parts.into_match(text, published))
}

/// The first mark that signs; if it says neither where nor when, the next one that does.
fn first_signed(head: &str, signs: &[Sign]) -> Option<Parts> {
    let mut read = signs.iter().filter_map(|sign| signed(head, sign, signs));
    let first = read.next()?;
    if first.says_something() {
        return Some(first);
    }
    read.find(Parts::says_something).or(Some(first))
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
    fn says_something(&self) -> bool {
        self.date.is_some() || !self.places.is_empty()
    }

    fn into_match(self, text: &str, published: Option<DateTime<Utc>>) -> DatelineMatch {
        let raw = text.get(self.start..self.end).unwrap_or_default();
        DatelineMatch {
            dateline: Dateline {
                raw: raw.trim_matches(is_blank_char).to_owned(),
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

/// A text without the joint at its end; a bracket that a name opened stays with it: `Damascus [Syria], `.
fn trim_joint(text: &str) -> &str {
    let trimmed = text.trim_end_matches(is_joint);
    let joint = &text[trimmed.len()..];
    let closes = joint.starts_with(']') && trimmed.rfind('[') > trimmed.rfind(']');
    &text[..trimmed.len() + usize::from(closes)]
}

fn is_blank_char(c: char) -> bool {
    c.is_whitespace() || is_zero_width(c)
}

/// The date that a text ends with, bare or in brackets of its own: `Oxnard, CA (December 23, 2025)`.
fn date_at_end(text: &str) -> Option<(Printed, usize)> {
    day::at_end(text).or_else(|| {
        let inner = text.strip_suffix([')', '）', ']'])?;
        let (date, start) = day::at_end(inner)?;
        let before = inner.get(..start)?.strip_suffix(['(', '（', '['])?;
        Some((date, before.len()))
    })
}

/// The date that a text begins with, in the forms of all wires and those of this one.
fn date_at_start(text: &str, wire: &Wire) -> Option<(Printed, usize)> {
    day::at_start(text).or_else(|| {
        (wire.id == "marketwired")
            .then(|| day::market_wire_at_start(text))
            .flatten()
    })
}

/// Reads the dateline around a mark; `None` when the mark only stands in prose.
fn signed(head: &str, sign: &Sign, signs: &[Sign]) -> Option<Parts> {
    let line = wrapped_start(head, sign.start);
    let line = line + preamble(&head[line..sign.start]);
    let before = &head.get(line..sign.start)?.replace('\n', " ");
    let glued = before.ends_with(is_dash);

    let left = trim_joint(before);
    let in_front = date_at_end(left);
    let dated = in_front.map(|(_, start)| start).or_else(|| day::undatable_at_end(left));
    let mut date = sign.date.or(in_front.map(|(date, _)| date));
    // `BOULDER, CO / March 30, 2026 –`: the slash joins place and date.
    let left = dated.map_or(left, |start| trim_joint(left[..start].trim_end_matches(['/', ' '])));
    let found = place::at_end(left);
    let mut start = match (&found, dated) {
        (Some(found), _) => line + found.start,
        (None, Some(_)) => line + left.len(),
        (None, None) => sign.start,
    };
    start += head[start..sign.start].len() - head[start..sign.start].trim_start_matches(is_joint).len();
    let covers_line = is_blank(&head[line..start]);
    let standing = found.as_ref().map(|found| found.standing);
    let known = standing == Some(Standing::Known);
    let in_capitals = known && found.as_ref().is_some_and(|found| place::in_capitals(&found.places));
    let mut places = found.map(|found| found.places).unwrap_or_default();

    let mut via = sign.via.clone();
    let mut end = sign.end;
    let mut separated = false;
    if sign.form == Form::Agency {
        let closing = agency_closing(&head[end..]);
        separated = closing > 0;
        end += closing;
    }
    loop {
        let rest = &head[end..];
        let joint = rest.len() - rest.trim_start_matches(|c| is_joint(c) && c != '\n').len();
        separated |= rest[..joint].contains(is_dash);
        let rest = &rest[joint..];
        let at = end + joint;
        if let Some(next) = signs
            .iter()
            .find(|next| next.start >= sign.end && next.start <= at && next.end > at)
        {
            if next.wire.id != sign.wire.id {
                via.push(next.wire.name.to_owned());
            }
            end = next.end;
        } else if let Some((relay, length)) = relay(rest) {
            via.push(relay.to_owned());
            end = at + length;
        } else if let Some((printed, length)) = date_at_start(rest, sign.wire).filter(|(printed, length)| {
            let after = &rest[*length..];
            // `SEATTLE (PRWEB) March 03, 2015 Acme today`: between place and news, a mark and a whole date need no separator.
            let between = sign.form == Form::Brackets && known && printed.has_year();
            date.is_none() && (is_closed(after) || (between && opens_news(after)))
        }) {
            date = Some(printed);
            end = at
                + length
                + usize::from(rest[length..].trim_start().starts_with('/')) * (1 + leading_blanks(&rest[length..]));
            separated |= head[..end].ends_with('/');
            if let Some(stop) = full_stop(&head[end..]) {
                end += stop;
                separated = true;
            }
        } else if let Some(next) = (places.is_empty() && (separated || sign.form != Form::Bare))
            .then(|| unsigned_after(head, at))
            .flatten()
        {
            // Other lines lie between a mark on a line of its own and its dateline: what is printed is the dateline.
            if !is_blank(&head[at..next.start]) {
                start = next.start;
            }
            places = next.places;
            date = date.or(next.date);
            end = next.end;
            separated = true;
        } else {
            // A bracket that no date follows opens a link of the news.
            end = at - rest_of_joint(&head[end..at]);
            break;
        }
    }
    // `Chennai, Mar 21 (PTI) The`: after a day, an agency may put nothing between its mark and the news.
    let runs_on =
        sign.form == Form::Agency && dated.is_some() && head[end..].trim_start().starts_with(char::is_uppercase);
    let closed = separated || runs_on || is_blank(head[end..].split('\n').next().unwrap_or_default());
    // `Average Precision (AP) —`: capitals may abbreviate the words before them; `(ots)` and `(Kyodo)` abbreviate none.
    let abbreviates = !head[sign.start..sign.end].contains(char::is_lowercase);
    let stands = match sign.form {
        Form::Slashes => closed || date.is_some(),
        // A feed may cut the text at the mark: `Acme, Del., Nov. 14, 2023 (GLOBE NEWSWIRE)...`.
        Form::Brackets | Form::SharedBrackets => match date {
            Some(_) => closed || !places.is_empty(),
            None => closed && (known || covers_line),
        },
        Form::Bare | Form::Heading => closed,
        Form::UndatedBrackets => closed && (glued || covers_line || in_capitals || date.is_some()),
        Form::Agency => {
            closed
                && !is_region(&head[sign.start..sign.end], &places)
                && match standing {
                    Some(Standing::Known) => covers_line || in_capitals || dated.is_some(),
                    Some(Standing::OneUnknownName | Standing::UnknownNames) => covers_line || dated.is_some(),
                    Some(Standing::Unknown) => covers_line && (dated.is_some() || !abbreviates),
                    None => covers_line && (dated.is_some() || !abbreviates || !places.is_empty()),
                }
        }
    };
    if !stands || (places.is_empty() && date.is_none() && !covers_line) {
        return None;
    }
    if sign.form == Form::UndatedBrackets {
        end += hashtags(&head[end..]);
    }
    end += leading_blanks(&head[end..]);
    let dated = date.is_some() || matches!(sign.form, Form::UndatedBrackets | Form::Agency);
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

/// `Pittsburgh (PA) –`: is what could be an agency's mark the region of the place before it?
fn is_region(mark: &str, places: &[Place]) -> bool {
    let code = area(mark.trim_matches(['(', ')']));
    code.is_some_and(|code| {
        places
            .iter()
            .any(|place| place.region.as_deref() == code.region && place.region.is_some())
    })
}

/// Where the line begins that a mark ends, with the lines above that a width or lost markup broke off it:
/// `INDIANAPOLIS\n and NEW YORK\n, July 14, 2023\n /PRNewswire/`.
fn wrapped_start(head: &str, mark: usize) -> usize {
    let mut start = mark;
    loop {
        let line = head[..start].rfind('\n').map_or(0, |at| at + 1);
        let (above, below) = (
            head[..line].trim_end_matches(['\n', '\r', ' ']),
            head[line..mark].trim_start(),
        );
        let is_paragraph = head[above.len()..line].matches('\n').count() > 1;
        let continues = below.starts_with([',', '&', '/'])
            || below.starts_with("and ")
            || above.ends_with([',', '&'])
            || above.ends_with(" and")
            || (below.is_empty() && date_at_end(above).is_some());
        if line == 0 || is_paragraph || !continues {
            return line;
        }
        start = above.len();
    }
}

/// Bytes of what ends the dateline of an agency beside a dash: `(EFE).-`, `(ANI): `, `(dpa). Die`.
fn agency_closing(rest: &str) -> usize {
    match rest.strip_prefix('.') {
        Some(after) if after.starts_with(is_dash) => 1,
        Some(_) => full_stop(rest).unwrap_or(0),
        None => usize::from(rest.starts_with(": ")),
    }
}

/// Bytes of a joint from its last opening bracket on.
fn rest_of_joint(joint: &str) -> usize {
    joint.rfind('[').map_or(0, |at| joint.len() - at)
}

fn leading_blanks(text: &str) -> usize {
    text.len() - text.trim_start_matches(is_blank_char).len()
}

/// Does a separator, a slash or the end follow, so that what was read is a part of the dateline and not of a sentence?
fn is_closed(rest: &str) -> bool {
    // `May 1st, 2015,  – Acme`: a comma too many.
    let rest = rest
        .strip_prefix(',')
        .filter(|rest| rest.trim_start().starts_with(is_dash))
        .unwrap_or(rest);
    let rest = rest.trim_start_matches(|c| is_blank_char(c) && c != '\n');
    // `[February 17, 2026](https://…)` is a link's text.
    if rest.starts_with("](") {
        return false;
    }
    rest.is_empty()
        || rest.starts_with(|c: char| is_dash(c) || matches!(c, '/' | '\n' | '(' | '[' | ']'))
        || full_stop(rest).is_some()
}

/// Does a word with a capital follow on the same line?
fn opens_news(rest: &str) -> bool {
    rest.trim_start_matches(' ').starts_with(char::is_uppercase) && rest.starts_with(' ')
}

/// Bytes of a full stop, where a sentence begins after it: `(PRWEB) March 13, 2015. Acme, a leading`.
fn full_stop(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix('.')?;
    let blanks = leading_blanks(after);
    (blanks > 0 && after[blanks..].starts_with(|c: char| !c.is_lowercase())).then_some(1 + blanks)
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
                "Pittsburgh (PA) – March 3, 2026 – Acme today said",
                "Pittsburgh (PA)",
                "2026-03-03",
                None,
            ),
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

    /// Places as printed, the date, the wire.
    type Reading = (Vec<String>, Option<String>, Option<String>);

    fn read(text: &str) -> Option<Reading> {
        let found = dateline(text, None)?.dateline;
        Some((
            found.places.into_iter().map(|place| place.text).collect(),
            found.date.map(|date| date.to_string()),
            found.wire,
        ))
    }

    fn reading(places: &[&str], date: Option<&str>, wire: Option<&str>) -> Reading {
        (
            places.iter().map(|place| (*place).to_owned()).collect(),
            date.map(str::to_owned),
            wire.map(str::to_owned),
        )
    }

    #[test]
    fn every_wire_signs_in_its_own_way() {
        for (text, places, date, wire) in [
            (
                "BREMEN, Germany, Jan. 4 /PRNewswire-FirstCall/ -- Acme",
                &["BREMEN, Germany"][..],
                None,
                "PR Newswire",
            ),
            (
                "PIERRE and MITCHELL, S.D., Jan. 4, 2021 /PRNewswire/ -- Acme",
                &["PIERRE", "MITCHELL, S.D."],
                Some("2021-01-04"),
                "PR Newswire",
            ),
            (
                "JAKARTA, 4 Agustus 2023 (Antara/PRNewswire) - Acme",
                &["JAKARTA"],
                Some("2023-08-04"),
                "PR Newswire",
            ),
            (
                "KOBE, Japan, Jan. 4, 2021 /Kyodo JBN-AsiaNet/ -- Acme",
                &["KOBE, Japan"],
                Some("2021-01-04"),
                "Kyodo JBN",
            ),
            ("/PRNewswire-PRWeb/ -- Acme today", &[], None, "PRWeb"),
            (
                "a new way to bake Reno, NV (PRWEB) January 4, 2012. Acme, a leading",
                &["Reno, NV"],
                Some("2012-01-04"),
                "PRWeb",
            ),
            (
                "WICHITA, Kan.–(BUSINESS WIRE)–Jan. 4, 1996–Acme",
                &["WICHITA, Kan."],
                Some("1996-01-04"),
                "Business Wire",
            ),
            (
                "Acme Reports a Year TULSA, Okla. -- January 4 , 2021 (BUSINESS WIRE) -- Acme",
                &["TULSA, Okla."],
                Some("2021-01-04"),
                "Business Wire",
            ),
            (
                "Acme Reports a Year. TULSA (BUSINESS WIRE) - Acme",
                &["TULSA"],
                None,
                "Business Wire",
            ),
            (
                "印尼雅加达--(BUSINESS WIRE)--(美国商业资讯)--一家",
                &["印尼雅加达"],
                None,
                "Business Wire",
            ),
            (
                "MESA, AZ -- (MARKET WIRE) -- 01/04/12 -- Acme",
                &["MESA, AZ"],
                Some("2012-01-04"),
                "Marketwired",
            ),
            (
                "MESA, AZ--(Marketwire - Jan 4, 2012) - Acme",
                &["MESA, AZ"],
                Some("2012-01-04"),
                "Marketwired",
            ),
            (
                "Key Drilling ProjectsHalifax, Nova Scotia--(Newsfile Corp. - January 4, 2021) - Acme",
                &["Halifax, Nova Scotia"],
                Some("2021-01-04"),
                "Newsfile",
            ),
            (
                "MESA, January 4, 2021 - (Newsfile Corp. - January 4, 2021) - Acme",
                &["MESA"],
                Some("2021-01-04"),
                "Newsfile",
            ),
            (
                "MESA, Ariz., Jan. 4, 2021 (GLOBE NEWSWIRE)...",
                &["MESA, Ariz."],
                Some("2021-01-04"),
                "GlobeNewswire",
            ),
            (
                "DUBAI, Uni Emirat Arab, 4 Januari 2021 (GLOBE NEWSWIRE) -- Acme",
                &["DUBAI, Uni Emirat Arab"],
                Some("2021-01-04"),
                "GlobeNewswire",
            ),
            (
                "All amounts in US dollars unless otherwise stated LIMA, News, Jan. 4, 2021 (GLOBE NEWSWIRE) -- Acme",
                &["LIMA, News"],
                Some("2021-01-04"),
                "GlobeNewswire",
            ),
            (
                "LIMA, stan Ohio, 4 stycznia 2021 r. /PRNewswire/ -- Acme",
                &["LIMA, stan Ohio"],
                Some("2021-01-04"),
                "PR Newswire",
            ),
            (
                "(TheNewswire) Mesa, Arizona - TheNewswire - le 4 janvier 2021 - Acme",
                &["Mesa, Arizona"],
                Some("2021-01-04"),
                "TheNewswire",
            ),
            (
                "MESA, Arz., Jan. 4, 2021 (GLOBE NEWSWIRE) -- Acme",
                &["MESA, Arz."],
                Some("2021-01-04"),
                "GlobeNewswire",
            ),
            (
                "MESA, AZ / ACCESS Newswire / January 4, 2021 / Acme",
                &["MESA, AZ"],
                Some("2021-01-04"),
                "ACCESS Newswire",
            ),
            (
                "MESA, AZ / January 4, 2021 – PRISM MediaWire (Press Release Service) – Acme",
                &["MESA, AZ"],
                Some("2021-01-04"),
                "PRISM MediaWire",
            ),
            (
                "MESA, AZ, January 4, 2021 [Noticias Newswire] – Acme",
                &["MESA, AZ"],
                Some("2021-01-04"),
                "Noticias Newswire",
            ),
            (
                "MESA, AZ — January 4, 20211 — (NOTICIAS NEWSWIRE) — Acme",
                &["MESA, AZ"],
                None,
                "Noticias Newswire",
            ),
            (
                "(NewMediaWire) - January 4, 2021 - DALLAS and TUCSON — Acme",
                &["DALLAS", "TUCSON"],
                Some("2021-01-04"),
                "NewMediaWire",
            ),
            (
                "Mesa, Az. USA (Newsworthy.ai) Monday Jan 4, 2021 @ 7:00 AM Pacific — Acme",
                &["Mesa, Az. USA"],
                Some("2021-01-04"),
                "Newsworthy.ai",
            ),
            ("--News Direct--\n\nAcme today said", &[], None, "News Direct"),
            (
                "--News Direct--\n\n![](https://example.org/a.png)\n\nListen: https://example.org\n\nMesa, AZ, January 4 2021 - Acme",
                &["Mesa, AZ"],
                Some("2021-01-04"),
                "News Direct",
            ),
            (
                "--News Direct--\n\nMESA, AZ / NewsDirect / January 4th, 2021 / Acme",
                &["MESA, AZ"],
                Some("2021-01-04"),
                "News Direct",
            ),
            (
                "MESA, AZ, January 4, 2021 /24-PressRelease/ -- Acme",
                &["MESA, AZ"],
                Some("2021-01-04"),
                "24-7 Press Release",
            ),
            ("Kassel (ots) - Die Acme", &["Kassel"], None, "news aktuell ots"),
            (
                "SEATTLE (PRWEB) March 03, 2015 Acme, the leader",
                &["SEATTLE"],
                Some("2015-03-03"),
                "PRWeb",
            ),
            (
                "LUXEMBOURG, March 3, 2026, 18:00 CET (GLOBE NEWSWIRE) -- Acme",
                &["LUXEMBOURG"],
                Some("2026-03-03"),
                "GlobeNewswire",
            ),
            (
                "LUXEMBOURG, 05/08/2026 (GLOBE NEWSWIRE) -- Acme",
                &["LUXEMBOURG"],
                None,
                "GlobeNewswire",
            ),
            (
                "（亞太商訊）台北，2026年11月18日 - 亞克公司",
                &["台北"],
                Some("2026-11-18"),
                "ACN Newswire",
            ),
            (
                "香港, 2026年11月18日 - (亚太商讯) - 亚克公司",
                &["香港"],
                Some("2026-11-18"),
                "ACN Newswire",
            ),
            (
                "（美国商业资讯）香港，2026年11月18日 - 亚克公司",
                &["香港"],
                Some("2026-11-18"),
                "Business Wire",
            ),
            (
                "香港 - Media OutReach Newswire - 2026年6月25日 - 亞克公司",
                &["香港"],
                Some("2026-06-25"),
                "Media OutReach",
            ),
            (
                "MEXICO CITY, MEXICO - [Media OutReach Newswire](https://example.org/) - 25 June 2026 - Acme",
                &["MEXICO CITY, MEXICO"],
                Some("2026-06-25"),
                "Media OutReach",
            ),
        ] {
            assert_eq!(read(text), Some(reading(places, date, Some(wire))), "{text}");
        }
    }

    #[test]
    fn a_dateline_without_a_wire_has_a_known_place_or_a_date() {
        for (text, places, date) in [
            (
                "Mesa, AZ – [January 4, 2021] – Acme",
                &["Mesa, AZ"][..],
                Some("2021-01-04"),
            ),
            (
                "Mesa, AZ - January 4th 2021. Acme, the",
                &["Mesa, AZ"],
                Some("2021-01-04"),
            ),
            (
                "Calgary, Alberta, Canada January 4, 2021. Acme is",
                &["Calgary, Alberta, Canada"],
                Some("2021-01-04"),
            ),
            (
                "Mesa, AZ January 4, 2021\n\nAcme has",
                &["Mesa, AZ"],
                Some("2021-01-04"),
            ),
            ("MESA, AZ, January 4, 2021  Acme has", &["MESA, AZ"], Some("2021-01-04")),
            (
                "BOSTON, MASSACHUSETTS — MONDAY, JANUARY 4, 2021\n\nAcme",
                &["BOSTON, MASSACHUSETTS"],
                Some("2021-01-04"),
            ),
            ("January 4, 2021 -- Mesa, AZ -- Acme", &["Mesa, AZ"], Some("2021-01-04")),
            ("January 4, 2021, Mesa, AZ – Acme", &["Mesa, AZ"], Some("2021-01-04")),
            (
                "January 4th, 2021- Mesa, Arizona- Acme",
                &["Mesa, Arizona"],
                Some("2021-01-04"),
            ),
            (
                "MESA, ARZIONA, January 4, 2021 — Acme",
                &["MESA, ARZIONA"],
                Some("2021-01-04"),
            ),
            (
                "San Salvador, SV, January 4, 2021 – Acme",
                &["San Salvador, SV"],
                Some("2021-01-04"),
            ),
            (
                "Washington DC, United States - January 4, 2021 / Acme Tax Law /",
                &["Washington DC, United States"],
                Some("2021-01-04"),
            ),
            (
                "Abu dhabi, United Arab Emirates - January 4, 2021 / Acme /",
                &["Abu dhabi, United Arab Emirates"],
                Some("2021-01-04"),
            ),
            (
                "(WASHINGTON, D.C.) – Today the senator asked for an answer",
                &["WASHINGTON, D.C."],
                None,
            ),
            ("SACRAMENTO – The department fined a lender", &["SACRAMENTO"], None),
            (
                "Mesa, AZ – January 4th, 2021,  – Acme",
                &["Mesa, AZ"],
                Some("2021-01-04"),
            ),
            (
                "Paris, le 4 janvier 2021\n\nAcme annonce",
                &["Paris"],
                Some("2021-01-04"),
            ),
            ("印尼雅加达", &["印尼雅加达"], None),
            ("CHICAGO —\nOver the weekend, the board", &["CHICAGO"], None),
            (
                "LUXEMBOURG, 03/03/2026, 18:00 CET – Acme",
                &["LUXEMBOURG"],
                Some("2026-03-03"),
            ),
            (
                "Luxembourg, 4 January 2021 - 18:00 CET - Acme",
                &["Luxembourg"],
                Some("2021-01-04"),
            ),
            (
                "Paris, le 4 janvier 2021 – 17h45 CET – Acme",
                &["Paris"],
                Some("2021-01-04"),
            ),
            (
                "Lyon (Rhône), le 4 janvier 2021 – Acme",
                &["Lyon (Rhône)"],
                Some("2021-01-04"),
            ),
            (
                "Lévis, le 4 janvier 2021 – Le comité annonce",
                &["Lévis"],
                Some("2021-01-04"),
            ),
            (
                "Paris, le 4 janvier 2021 La société annonce",
                &["Paris"],
                Some("2021-01-04"),
            ),
            ("Madrid, 4 de enero de 2021.- La Acme", &["Madrid"], Some("2021-01-04")),
        ] {
            assert_eq!(read(text), Some(reading(places, date, None)), "{text}");
        }
    }

    #[test]
    fn an_agency_ends_its_dateline_in_its_own_way() {
        for (text, places, wire, news) in [
            ("New Delhi (AFP) - Acme", &["New Delhi"][..], "AFP", "Acme"),
            ("HONOLULU (AP) _ Acme", &["HONOLULU"], "AP", "Acme"),
            ("Berlin (dpa). Die Acme", &["Berlin"], "dpa", "Die Acme"),
            (
                "DUISBURG/FRANKFURT (dpa-AFX) - Acme",
                &["DUISBURG", "FRANKFURT"],
                "dpa-AFX",
                "Acme",
            ),
            ("Lima, 4 ene (EFE).- La Acme", &["Lima"], "EFE", "La Acme"),
            ("Moscú, 4 ene (EFE).-La Acme", &["Moscú"], "EFE", "La Acme"),
            (
                "MADRID 27 Nov. (EUROPA PRESS) - \r\n Acme",
                &["MADRID"],
                "Europa Press",
                "Acme",
            ),
            ("Chennai, Mar 21 (PTI) The Acme", &["Chennai"], "PTI", "The Acme"),
            (
                "Damascus [Syria], June 9 (ANI): Acme",
                &["Damascus [Syria]"],
                "ANI",
                "Acme",
            ),
            (
                "NAGOYA, Japan, Jan. 4 (Yonhap) -- Acme",
                &["NAGOYA, Japan"],
                "Yonhap",
                "Acme",
            ),
            (
                "BRISBANE, Australia, Jan. 1(Xinhua) -- Acme",
                &["BRISBANE, Australia"],
                "Xinhua",
                "Acme",
            ),
            ("MOSCOW, Monday (Reuters) - Acme", &["MOSCOW"], "Reuters", "Acme"),
            ("(ANSA) - ROMA, 22 MAR - Acme", &["ROMA"], "ANSA", "Acme"),
            ("(Reuters) -Acme said on Monday", &[], "Reuters", "Acme said on Monday"),
        ] {
            let found = dateline(text, None).expect(text);
            assert_eq!(reading(places, None, Some(wire)), read(text).expect(text), "{text}");
            assert_eq!(&text[found.span.end..], news, "{text}");
        }
        for text in [
            "Access Point (AP) — the antenna of a net",
            "Power Amplifier (PA) — the dominant contributor",
            "Conformal prediction (CP) — a statistical tool",
            "Telegraphic transfer (TT) — reliable but expensive",
            "American Psychological Association (APA) — on anxiety",
            "Pakistan Tehreek-e-Insaf (PTI) – the party",
            "Unified Payments Interface (UPI) - the rail of India",
            "Telluride Association Summer Seminar (TASS) – free for juniors",
            "Account Name Inquiry (ANI): Acme verifies the name",
            "Canadian Pacific (CP) - Acme today signed a contract",
            "Officials met with NATO (AP) - leaders said so",
            "(PA) - the first of two points",
            "Pittsburgh (PA) - soon",
            "according to a report of May 8 (Reuters) the bank plans",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_dateline_that_a_width_or_lost_markup_broke_is_one() {
        for (text, places, date) in [
            (
                "LIMA\r\n and NEW YORK\r\n, Jan. 4, 2021\r\n /PRNewswire/ -- Acme",
                &["LIMA", "NEW YORK"][..],
                "2021-01-04",
            ),
            (
                "MESA and LIMA, Ohio, Jan. 4, 2021 \n /PRNewswire/ — Acme",
                &["MESA", "LIMA, Ohio"],
                "2021-01-04",
            ),
            (
                "Acme opens in LIMA\nMESA,\nAriz., Jan. 4, 2021 /PRNewswire/ -- Acme",
                &["MESA, Ariz."],
                "2021-01-04",
            ),
            (
                "Acme opens, Jan. 3, 2021\n\n/PRNewswire/ -- Acme, LIMA, Jan. 4, 2021 - Acme",
                &[],
                "",
            ),
        ] {
            let date = Some(date).filter(|date| !date.is_empty());
            assert_eq!(read(text), Some(reading(places, date, Some("PR Newswire"))), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_dateline_is_none() {
        for text in [
            "Lima, Peru | June 4–5, 2026",
            "Lima, Peru – June 4–5, 2026",
            "Lima, Peru | 25/03/2026, 18:00 | Hall 4",
            "LONDON (CityNews) – the president said so in a speech on Monday",
            "WASHINGTON (CNN) – the president said so in a speech on Monday",
            "Lima, Peru – June 27 – July 1, 2026",
            "Lima, Peru, June 27 - July 1, 2022",
            "Data Processing Agreement (DPA) - the annex",
            "Washington, D.C. – 2017",
            "Paris, France – 1889 – a tower of iron",
            "London, UK – soon",
            "Stockholm, Sweden – Arlanda International",
            "Parking Violations in Washington, D.C. – a study of September",
            "Average Precision (AP) — the mean of a curve",
            "One-Time Settlement (OTS) – your loan",
            "Acme AI (GlobeNewswire) — Revenue Exceeds a Plan",
            "Acme: the launch (Business Wire)",
            "Done at Brussels, 12 March 2014.",
            "— PRISM MediaWire (@example) [January 4, 2021](https://example.org/status/1)",
            "ACME, INC., March 3, 2026 – the day on which",
            "MEDIA ADVISORY, March 3, 2026 – the minister",
            "ORDER OF MAY 5, 2024 – the court",
            "Ohio University, Athens, Ohio – the professor said so",
            "IN THE UNITED STATES DISTRICT COURT, DALLAS, TEXAS – the plaintiff said",
            "Join us in Dallas, TX – March 3, 2026 – for the event",
            "through [PR Newswire](https://example.org/) – and others",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_raw_dateline_is_what_is_printed() {
        for (text, raw, news) in [
            ("--News Direct--\n\nAcme today", "--News Direct--", "Acme today"),
            (
                "--News Direct--\n\nMesa, AZ, January 4, 2021 – Acme",
                "--News Direct--\n\nMesa, AZ, January 4, 2021 –",
                "Acme",
            ),
            (
                "HANOI - [Media OutReach Newswire](https://example.org) - 4 January 2021 - [Acme](https://example.org/a) said",
                "HANOI - [Media OutReach Newswire](https://example.org) - 4 January 2021 -",
                "[Acme](https://example.org/a) said",
            ),
            (
                "A new oven MESA, Ariz., Jan. 4, 2021 /PRNewswire/ -- Acme",
                "MESA, Ariz., Jan. 4, 2021 /PRNewswire/ --",
                "Acme",
            ),
            (
                "MESA, Ariz.--(BUSINESS WIRE)---- $ACME #Ovens--Acme",
                "MESA, Ariz.--(BUSINESS WIRE)---- $ACME #Ovens--",
                "Acme",
            ),
        ] {
            let found = dateline(text, None).expect(text);
            assert_eq!(
                (found.dateline.raw.as_str(), &text[found.span.end..]),
                (raw, news),
                "{text}"
            );
        }
    }

    #[test]
    fn a_relay_is_no_wire_of_the_release() {
        for (text, wire, via) in [
            (
                "KOBE, Jan. 4, 2021 /PRNewswire-AsiaNet/ -- Acme",
                "PR Newswire",
                &["AsiaNet"][..],
            ),
            (
                "MIAMI, Jan. 4, 2021 /PRNewswire-HISPANIC PR WIRE/ -- Acme",
                "PR Newswire",
                &["Hispanic PR Wire"],
            ),
            (
                "MIAMI, Jan. 4, 2021 /PRNewswire-THE NEWS MARKET/ -- Acme",
                "PR Newswire",
                &["The NewsMarket"],
            ),
            (
                "KOBE, Jan. 4, 2021 /PRNewswire-Asia-AsiaNet/ -- Acme",
                "PR Newswire",
                &["AsiaNet"],
            ),
            ("KOBE, Jan. 4, 2021 /Xinhua-AsiaNet/ -- Acme", "Xinhua", &["AsiaNet"]),
            ("KOBE, Jan. 4, 2021 /PRNewswire-USNewswire/ -- Acme", "PR Newswire", &[]),
            (
                "KOBE, Jan. 4, 2021 /PRNewswire via COMTEX/ -- Acme",
                "PR Newswire",
                &["COMTEX"],
            ),
            (
                "KOBE, Jan. 4, 2021 (Antara/PRNewswire) - Acme",
                "PR Newswire",
                &["Antara"],
            ),
            (
                "MESA, Ariz., Jan. 4, 2021 (GLOBE NEWSWIRE) — via IBN — Acme",
                "GlobeNewswire",
                &["IBN"],
            ),
            (
                "MESA, Ariz., Jan. 4, 2021 (GLOBE NEWSWIRE) – PRISM MediaWire (a service) – Acme",
                "GlobeNewswire",
                &["PRISM MediaWire"],
            ),
            ("KOBE--(BUSINESS WIRE)--(ビジネスワイヤ) -- Acme", "Business Wire", &[]),
        ] {
            let found = dateline(text, None).expect(text).dateline;
            assert_eq!(
                (found.wire.as_deref(), found.via.as_slice()),
                (
                    Some(wire),
                    via.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>().as_slice()
                ),
                "{text}"
            );
        }
    }

    #[test]
    fn a_day_without_a_year_is_dated_by_the_day_of_publication() {
        for (published, want) in [
            (Some("2009-01-07T02:28:00Z"), Some("2009-01-06")),
            (Some("2009-01-05T23:00:00Z"), Some("2009-01-06")),
            (Some("2009-03-07T02:28:00Z"), None),
            (None, None),
        ] {
            let published = published.map(|p| p.parse().expect("a test instant"));
            for text in [
                "LAS VEGAS, Jan. 6 /PRNewswire-FirstCall/ -- Acme",
                "LAS VEGAS, Jan 6 - Acme said",
                "LAS VEGAS, Jan 6 (Reuters) - Acme",
            ] {
                let found = dateline(text, published).expect(text).dateline;
                assert_eq!(
                    found.date.map(|date| date.to_string()).as_deref(),
                    want,
                    "{text} {published:?}"
                );
            }
        }
        // A printed year stands, whatever the feed says: the dateline is a local day, the feed an instant elsewhere.
        let published = Some("2026-09-12T02:28:00Z".parse().expect("a test instant"));
        let found = dateline("MESA, Ariz., Sept. 11, 2026 /PRNewswire/ -- Acme", published).expect("a dateline");
        assert_eq!(
            found.dateline.date.map(|date| date.to_string()).as_deref(),
            Some("2026-09-11")
        );
    }

    #[test]
    fn the_more_it_says_the_surer_the_reading() {
        for (text, want) in [
            ("MESA, Ariz., Jan. 4, 2021 /PRNewswire/ -- Acme", Confidence::High),
            ("MESA, Ariz.--(BUSINESS WIRE)--Acme", Confidence::High),
            ("/CNW/ - Acme", Confidence::Medium),
            ("Jan. 4, 2021 /PRNewswire/ -- Acme", Confidence::Medium),
            ("Mesa, AZ – January 4, 2021 – Acme", Confidence::Low),
        ] {
            assert_eq!(
                dateline(text, None).map(|found| found.dateline.confidence),
                Some(want),
                "{text}"
            );
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
            assert!(right * 100 >= positives * 98, "{right}/{positives}");
            assert_eq!(kept_negative, negatives);
        }
    }
}
