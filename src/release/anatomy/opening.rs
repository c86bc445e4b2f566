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
            // `Highlights` over a list names the list.
            let heads_list = line.ends_with([':', '：']) || lines.peek().is_some_and(|next| prose::is_list_item(next));
            let plain = marker(line).is_none()
                && prose::is_subheadline(line)
                && !prose::is_signature(line)
                && line.contains(' ');
            if plain && !heads_list {
                return Some(line);
            }
        }
    })
}

/// The running text of the news: what a summary is cut from. Headings, pictures, contacts and legends are left out; a text that is
/// nothing else gives its boilerplate.
#[must_use]
pub fn digest(sections: &[Section]) -> String {
    const ENOUGH_BYTES: usize = 4_000;
    let joined = |kinds: &[SectionKind]| {
        let from = sections
            .iter()
            .position(|section| section.kind == SectionKind::Lead)
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
