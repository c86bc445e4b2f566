//! What stands over the dateline, and the words that a summary is made of.

use super::marker::marker;
use super::prose;
use crate::article::{Section, SectionKind};
use crate::text::fold;

/// Most characters of a sub-headline: two lines of 200.
const LONGEST: usize = 400;

/// The sub-headline in the text before the dateline: its headings, without legal legends, lines to the desk, pictures, bylines, list items
/// and the headline said again.
#[must_use]
pub fn subheadline(before: &str, headline: Option<&str>) -> Option<String> {
    let headline = fold(headline.unwrap_or_default());
    let mut lines: Vec<&str> = Vec::new();
    let mut length = 0;
    let mut rest = before.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
    while let Some(line) = rest.next() {
        // `Highlights` over a list names the list.
        let heads_list = line.ends_with([':', '：']) || rest.peek().is_some_and(|next| prose::is_list_item(next));
        let plain =
            marker(line).is_none() && prose::is_subheadline(line) && !prose::is_signature(line) && line.contains(' ');
        if heads_list || !plain {
            continue;
        }
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
