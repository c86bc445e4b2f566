//! The body of a release as a page shows it: the news open, what stands in every release of its issuer folded.

use crate::article::{Section, SectionKind};
use crate::text::{below_heading, blocks, html_to_text, letters};

/// A run of the body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// What a folded run is called; `None`: it is shown.
    pub(super) label: Option<&'static str>,
    /// Sanitised HTML.
    pub(super) html: String,
}

/// The body in order. `html` is sanitised; `sections` are those of its text. Where the two do not agree, nothing is folded:
/// news is never hidden by mistake.
pub(super) fn parts(html: &str, sections: &[Section]) -> Vec<Part> {
    let html = below_heading(html, 1);
    let mut told = Told::of(sections);
    let mut parts: Vec<Part> = Vec::new();
    for block in blocks(&html) {
        let label = told.label(&letters(&html_to_text(block)));
        match parts.last_mut() {
            Some(part) if part.label == label => part.html.push_str(block),
            Some(_) | None => parts.push(Part {
                label,
                html: block.to_owned(),
            }),
        }
    }
    parts
}

/// The letters of the sections that were not yet met, and what each run of them is.
struct Told {
    text: String,
    /// Up to which byte of `text`, and whether that is folded.
    ends: Vec<(usize, Option<&'static str>)>,
    at: usize,
}

impl Told {
    fn of(sections: &[Section]) -> Self {
        let (mut text, mut ends) = (String::new(), Vec::with_capacity(sections.len()));
        for section in sections {
            text.push_str(&letters(&section.text));
            ends.push((text.len(), fold(section.kind)));
        }
        Self { text, ends, at: 0 }
    }

    /// What the next block is, by its letters. A block without any belongs to what stands around it.
    fn label(&mut self, block: &str) -> Option<&'static str> {
        let start = self.at;
        if !self.text.get(start..).is_some_and(|rest| rest.starts_with(block)) {
            // From here on the sections speak of another text.
            self.at = usize::MAX;
            return None;
        }
        self.at += block.len();
        let mut met = self.ends.iter().filter(|(end, _)| *end > start);
        let (end, first) = met.next()?;
        let mut rest = met.take_while(|_| *end < self.at);
        // One passage of news in a block keeps all of it open.
        match (block.is_empty(), first) {
            (false, Some(label)) if rest.all(|(_, label)| label.is_some()) => Some(label),
            _ => None,
        }
    }
}

fn fold(kind: SectionKind) -> Option<&'static str> {
    match kind {
        SectionKind::About => Some("About the issuer"),
        SectionKind::ForwardLooking => Some("Forward-looking statements"),
        SectionKind::Disclaimer => Some("Legal notices"),
        SectionKind::Contact => Some("Contacts"),
        SectionKind::Dateline
        | SectionKind::Lead
        | SectionKind::Body
        | SectionKind::Subhead
        | SectionKind::Quote
        | SectionKind::Media
        | SectionKind::Source
        | SectionKind::Instruction
        | SectionKind::End => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sections(kinds: &[(SectionKind, &str)]) -> Vec<Section> {
        kinds
            .iter()
            .map(|(kind, text)| Section {
                kind: *kind,
                text: (*text).to_owned(),
            })
            .collect()
    }

    #[test]
    fn what_is_folded() {
        use SectionKind::{About, Body, Contact, Lead};
        let html = "<h1>News</h1><p>BERN -- We bought.</p><p>About us</p><p>We are.</p><p>Call 1</p>";
        let news = "<h2>News</h2><p>BERN -- We bought.</p>";
        let about = "<p>About us</p><p>We are.</p>";
        for (kinds, want) in [
            (
                sections(&[
                    (Body, "News"),
                    (Lead, "BERN -- We bought."),
                    (About, "About us\n\nWe are."),
                    (Contact, "Call 1"),
                ]),
                vec![
                    (None, news),
                    (Some("About the issuer"), about),
                    (Some("Contacts"), "<p>Call 1</p>"),
                ],
            ),
            (
                sections(&[
                    (Body, "News"),
                    (Lead, "BERN -- We sold."),
                    (About, "About us\n\nWe are."),
                ]),
                vec![(
                    None,
                    "<h2>News</h2><p>BERN -- We bought.</p><p>About us</p><p>We are.</p><p>Call 1</p>",
                )],
            ),
            (
                sections(&[
                    (Body, "News"),
                    (Lead, "BERN -- We"),
                    (About, "bought."),
                    (About, "About us"),
                    (Body, "We are."),
                ]),
                vec![
                    (None, news),
                    (Some("About the issuer"), "<p>About us</p>"),
                    (None, "<p>We are.</p><p>Call 1</p>"),
                ],
            ),
            (
                sections(&[]),
                vec![(
                    None,
                    "<h2>News</h2><p>BERN -- We bought.</p><p>About us</p><p>We are.</p><p>Call 1</p>",
                )],
            ),
        ] {
            let parts = parts(html, &kinds);
            let have: Vec<_> = parts.iter().map(|part| (part.label, part.html.as_str())).collect();
            assert_eq!(have, want, "{kinds:?}");
        }
    }
}
