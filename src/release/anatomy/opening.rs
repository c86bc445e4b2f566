//! What stands over the dateline, and the words that a summary is made of.

use super::marker::marker;
use super::prose;
use crate::article::{Section, SectionKind};
use crate::text::fold;

/// Most characters of a sub-headline: two lines of 200.
const LONGEST: usize = 400;

/// The headline in the text before the dateline: the first of its headings. Of a feed's item the title is the headline; this is for a release
/// that is nothing but its text.
#[must_use]
pub fn headline(before: &str) -> Option<String> {
    headings(before).next().map(str::to_owned)
}

/// The headline of a text without a dateline: its first paragraph, if that is one heading with nothing below it, or with a longer
/// paragraph below.
#[must_use]
pub fn headline_without_dateline(text: &str) -> Option<String> {
    let is_desk = |paragraph: &&str| !matches!(marker(paragraph), Some(SectionKind::Instruction | SectionKind::Media));
    let mut paragraphs = super::paragraphs(text)
        .into_iter()
        .map(|range| &text[range])
        .filter(is_desk);
    let first = paragraphs.next()?;
    let mut lines = first.lines().map(str::trim).filter(|line| !is_keyword_line(line));
    let (line, None) = (lines.next()?, lines.next()) else {
        return None;
    };
    let below = paragraphs.find(|paragraph| !prose::is_list_item(paragraph));
    let stands_over = below.is_none_or(|below| below.chars().count() > line.chars().count());
    let is_sentence = line.ends_with(['.', '。', '…', ',', ';', '，', '；']);
    (stands_over && !is_sentence && is_heading(line, None)).then(|| line.to_owned())
}

/// `EQS-Ad-hoc: Acme AG / Schlagwort(e): Prognose`: what EQS puts over a headline.
fn is_keyword_line(line: &str) -> bool {
    line.starts_with("EQS-")
        || line.starts_with("DGAP-")
        || line.contains("Schlagwort(e):")
        || line.contains("Key word(s):")
}

/// The sub-headline in the text before the dateline: its headings, without the headline said again.
#[must_use]
pub fn subheadline(before: &str, headline: Option<&str>) -> Option<String> {
    let headline = fold(headline.unwrap_or_default());
    let mut lines: Vec<&str> = Vec::new();
    let mut length = 0;
    for line in headings(before) {
        let folded = fold(line);
        if !headline.is_empty() && (headline.starts_with(&folded) || folded == headline) {
            continue;
        }
        length += line.chars().count() + 1;
        if length > LONGEST + 1 {
            break;
        }
        lines.push(line);
    }
    (!lines.is_empty()).then(|| lines.join(" "))
}

/// The headings of a text: its lines without legal legends, lines to the desk, pictures, bylines and list items.
fn headings(text: &str) -> impl Iterator<Item = &str> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
    std::iter::from_fn(move || {
        loop {
            let line = lines.next()?;
            if is_heading(line, lines.peek().copied()) {
                return Some(line);
            }
        }
    })
}

fn is_heading(line: &str, next: Option<&str>) -> bool {
    // `Highlights` over a list names the list.
    let over_list = next.is_some_and(prose::is_list_item);
    let heads_list = line.ends_with([':', '：']) || (over_list && names_list(line));
    let unspaced = line
        .chars()
        .filter(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}'))
        .count()
        >= SHORTEST_UNSPACED;
    marker(line).is_none()
        && prose::is_subheadline(line)
        && !prose::is_signature(line)
        && !is_keyword_line(line)
        && (line.contains(' ') || unspaced)
        && !heads_list
}

/// Fewest characters of a headline in a script that sets no blanks.
const SHORTEST_UNSPACED: usize = 6;

/// What stands over a list and is no headline: a word or two, or a few with the word for such lists.
fn names_list(line: &str) -> bool {
    #[rustfmt::skip]
    const LISTS: &[&str] = &[
        "highlights", "findings", "facts", "points", "takeaways", "summary", "features", "benefits", "results", "news", "glance", "contents",
        "faits", "punkte", "überblick", "puntos", "destacados", "要点", "摘要", "亮点",
    ];
    let low = line.to_lowercase();
    let words = low.split_whitespace().count();
    let unspaced = words == 1 && !line.is_ascii();
    let listed = low.split_whitespace().any(|word| LISTS.contains(&word))
        || (unspaced && LISTS.iter().any(|word| low.contains(word)));
    (words <= 2 && !unspaced) || (words <= 5 && listed)
}

/// The running text of the news: what a summary is cut from. Headings, pictures, contacts and legends are left out; a text that is
/// nothing else gives its boilerplate.
#[must_use]
pub fn digest(sections: &[Section]) -> String {
    const ENOUGH_BYTES: usize = 4_000;
    let joined = |kinds: &[SectionKind]| {
        let from = sections
            .iter()
            .position(|section| matches!(section.kind, SectionKind::Lead | SectionKind::Quote))
            .unwrap_or(0);
        let mut text = String::new();
        for section in sections
            .iter()
            .skip(from)
            .filter(|section| kinds.contains(&section.kind))
        {
            if text.len() > ENOUGH_BYTES {
                break;
            }
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            text.push_str(&section.text);
        }
        text
    };
    let news = joined(&[SectionKind::Lead, SectionKind::Body, SectionKind::Quote]);
    if news.is_empty() {
        joined(&[SectionKind::Subhead, SectionKind::About])
    } else {
        news
    }
}
