//! The parts of a release: lead, sub-headings, quotations, boilerplate, contacts, the SOURCE line.
//!
//! In: the body text, its paragraphs separated by an empty line, and where its dateline stands. Out: [`Section`]s in text order, each a
//! verbatim slice of the body, none empty, none overlapping, that hold all of it but white space and rules drawn over a line.
//! What fits no rule is [`SectionKind::Body`].
//!
//! Boilerplate, legal notices and contacts are blocks: they run from their marker to the next marker, or to what cannot belong to them.
//!
//! | file | decides |
//! |---|---|
//! | `marker.rs` | which line declares which part: the table, by language |
//! | `about.rs` | the heads of boilerplate and the names in them |
//! | `inline.rs` | where a paragraph that holds several parts is cut |
//! | `prose.rs` | quotation, sub-heading or plain text |
//! | `contact.rs` | whom to call |
//! | `issuer.rs` | who issued the release |
//! | `opening.rs` | the sub-headline over the dateline, and the words that a summary is made of |

use std::ops::Range;

use crate::article::{Section, SectionKind};

mod about;
mod contact;
mod inline;
mod issuer;
mod marker;
mod opening;
mod prose;

pub use contact::contacts;
pub use issuer::issuer;
pub use opening::{digest, headline, headline_without_dateline, subheadline};

use marker::marker;

/// A paragraph of a contact block has at most so many characters.
const LONGEST_CONTACT: usize = 400;

/// Splits a body into its parts. `dateline` is where that stands, see [`DatelineMatch::span`](super::dateline::DatelineMatch); empty
/// without one.
#[must_use]
pub fn sections(body_text: &str, dateline: Range<usize>) -> Vec<Section> {
    let start = body_text.floor_char_boundary(dateline.start);
    let news_start = body_text.floor_char_boundary(dateline.end).max(start);
    let mut line = start..news_start;
    let mut cut: Vec<Range<usize>> = Vec::new();
    for paragraph in paragraphs(body_text) {
        let before = paragraph.start..paragraph.end.min(start);
        let mut news = paragraph.start.max(news_start)..paragraph.end;
        if paragraph.start < news_start && !news.is_empty() {
            news.start += prose::clock(&body_text[news.clone()]);
            line.end = news.start;
        }
        let parts = [before, news].into_iter().map(|part| trimmed(body_text, part));
        cut.extend(
            parts
                .filter(|part| !part.is_empty())
                .flat_map(|part| pieces(body_text, part)),
        );
    }
    let mut parts = label(body_text, &cut, news_start);
    let line = trimmed(body_text, line);
    if !line.is_empty() {
        let at = parts.partition_point(|(_, part)| part.start < line.start);
        parts.insert(at, (SectionKind::Dateline, line));
    }
    parts
        .into_iter()
        .map(|(kind, range)| Section {
            kind,
            text: body_text[range].to_owned(),
        })
        .collect()
}

/// A range without the white space at its ends; empty where it ends before it begins.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let Some(part) = text.get(range.clone()) else {
        return range.start..range.start;
    };
    let start = range.start + part.len() - part.trim_start().len();
    start..start + part.trim().len()
}

/// The kind of each part. Pieces of one block are one part.
fn label(body_text: &str, pieces: &[Range<usize>], news_start: usize) -> Vec<(SectionKind, Range<usize>)> {
    let kinds: Vec<Option<SectionKind>> = pieces.iter().map(|piece| marker(&body_text[piece.clone()])).collect();
    let mut parts: Vec<(SectionKind, Range<usize>)> = Vec::new();
    let mut block = None;
    let mut lead_seen = false;
    let mut news_begun = false;
    for (at, (range, kind)) in pieces.iter().zip(&kinds).enumerate() {
        let text = &body_text[range.clone()];
        let next = pieces.get(at + 1).map(|next| &body_text[next.clone()]);
        // A paragraph that the dateline opens is the news, whatever it begins with.
        let after_dateline = news_start > 0 && range.start >= news_start && !news_begun;
        news_begun |= range.start >= news_start;
        if let Some(kind) =
            kind.filter(|kind| !after_dateline || matches!(kind, SectionKind::Media | SectionKind::Instruction))
        {
            match parts.last_mut() {
                // A heading and the statement below it are one notice.
                Some((last, part)) if block == Some(kind) && *last == kind && is_notice(kind) => part.end = range.end,
                _ => parts.push((kind, range.clone())),
            }
            block = is_block(kind).then_some(kind);
            continue;
        }
        if lead_seen && block != Some(SectionKind::Contact) && contact::is_bare_address(text) {
            parts.push((SectionKind::Contact, range.clone()));
            block = Some(SectionKind::Contact);
            continue;
        }
        if let (Some(kind), Some((_, last))) = (block, parts.last_mut()) {
            if !after_dateline && belongs(kind, text, next) {
                last.end = range.end;
                continue;
            }
            block = None;
        }
        let is_news = range.start >= news_start;
        let leads_in = prose::is_list_item(text) && goes_on(body_text, &pieces[at + 1..], &kinds[at + 1..]);
        let after_quote = parts.last().is_some_and(|(last, _)| *last == SectionKind::Quote);
        let kind = if !is_news && prose::is_subheadline(text) {
            SectionKind::Subhead
        } else if after_quote && contact::is_signed(text) {
            SectionKind::Body
        } else {
            prose::paragraph(text, next)
        };
        // A quotation may open the news; a line between a headline and its dateline cannot.
        let opens_news = is_news
            && !lead_seen
            && !leads_in
            && ((after_dateline && !prose::is_signature(text))
                || (kind == SectionKind::Body && prose::opens_news(text)));
        lead_seen |= opens_news;
        parts.push((if opens_news { SectionKind::Lead } else { kind }, range.clone()));
    }
    if !lead_seen {
        // Nothing but short lines: the first of them is the news.
        let first = parts
            .iter_mut()
            .find(|(kind, part)| *kind == SectionKind::Body && part.start >= news_start);
        if let Some((kind, _)) = first {
            *kind = SectionKind::Lead;
        }
    }
    parts
}

/// Does running text follow a list before any other part begins?
fn goes_on(body_text: &str, pieces: &[Range<usize>], kinds: &[Option<SectionKind>]) -> bool {
    pieces
        .iter()
        .zip(kinds)
        .take_while(|(_, kind)| kind.is_none_or(|kind| !is_block(kind)))
        .filter(|(_, kind)| kind.is_none())
        .map(|(piece, _)| &body_text[piece.clone()])
        .any(|text| !prose::is_list_item(text) && prose::opens_news(text))
}

const fn is_block(kind: SectionKind) -> bool {
    matches!(kind, SectionKind::About | SectionKind::Contact) || is_notice(kind)
}

const fn is_notice(kind: SectionKind) -> bool {
    matches!(kind, SectionKind::ForwardLooking | SectionKind::Disclaimer)
}

/// Does a paragraph without a marker go on with the block before it?
fn belongs(block: SectionKind, text: &str, next: Option<&str>) -> bool {
    let is_table = text.contains('\t');
    if block == SectionKind::Contact {
        return contact::is_contact_line(text) && text.chars().nth(LONGEST_CONTACT).is_none();
    }
    !is_table
        && !prose::is_capital_line(text)
        && !prose::is_signature(text)
        && !prose::is_quote(text)
        && !prose::is_subhead(text, next)
}

/// The pieces of a paragraph that holds several parts.
fn pieces(body_text: &str, paragraph: Range<usize>) -> Vec<Range<usize>> {
    let text = &body_text[paragraph.clone()];
    let mut from = 0;
    let mut pieces = Vec::new();
    for to in inline::cuts(text).into_iter().chain([text.len()]) {
        let piece = &text[from..to];
        let start = paragraph.start + from + piece.len() - piece.trim_start().len();
        let end = paragraph.start + from + piece.trim_end().len();
        if start < end {
            pieces.push(start..end);
        }
        from = to;
    }
    pieces
}

/// The trimmed paragraphs of a text.
fn paragraphs(text: &str) -> Vec<Range<usize>> {
    let mut paragraphs: Vec<Range<usize>> = Vec::new();
    let mut offset = 0;
    let mut open = false;
    for line in text.split_inclusive('\n') {
        let start = offset + line.len() - line.trim_start().len();
        let end = offset + line.trim_end().len();
        offset += line.len();
        if start >= end {
            open = false;
        } else if open && let Some(last) = paragraphs.last_mut() {
            last.end = end;
        } else {
            paragraphs.push(start..end);
            open = true;
        }
    }
    paragraphs
}

#[cfg(test)]
mod tests;
