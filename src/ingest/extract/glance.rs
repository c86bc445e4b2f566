//! What a page shows at a glance: what walls are told by.

use dom_query::{Document, NodeRef};

use super::furniture;
use super::lean::Lean;
use super::tree::outermost;
use super::wall::Seen;
use crate::text;

/// Bytes of what a page says that are searched for the words of walls.
const SAID_BYTES: usize = 64 << 10;

/// Elements whose text is no prose.
const NO_PROSE: &[&str] = &["a", "button", "footer", "header", "label", "nav"];

/// Words beside a dialog that show that it hangs over a page, and is not the page.
const BESIDE_DIALOG: usize = 40;

/// What a page shows at a glance.
pub(super) fn seen<'a>(document: &Document, lean: &Lean, source: &'a str, status: Option<u16>) -> Seen<'a> {
    let body = document.body();
    let (said, prose_words) = body.map(|body| said(&body, |_| false)).unwrap_or_default();
    let beside = body
        .map(|body| self::said(&body, furniture::is_dialog))
        .filter(|(_, words)| *words >= BESIDE_DIALOG);
    let hangs_over = |node: &NodeRef<'_>| node.ancestors_it(None).any(|above| furniture::is_dialog(&above));
    let mut titles: Vec<String> = Vec::new();
    for selector in ["title", "h1", "h2"] {
        let found = outermost(document, selector);
        let shown = found
            .iter()
            .filter(|node| beside.is_none() || !hangs_over(node))
            .take(2);
        titles.extend(shown.map(|node| text::plain_title(&node.inner_html()).to_lowercase()));
    }
    titles.retain(|title| !title.is_empty());
    titles.dedup();
    let (shown, prose_words) = beside.unwrap_or((said, prose_words));
    let without_script = &lean.without_script[..lean.without_script.floor_char_boundary(SAID_BYTES)];
    let all = format!("{} {shown} {}", titles.join(" "), text::html_to_text(without_script));
    let all = all.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    Seen {
        titles,
        markup: source,
        said: all.replace('’', "'"),
        prose_words,
        status,
        scripted: lean.scripted,
    }
}

/// The beginning of what is said below an element, and how many words of it are prose; without some elements.
fn said(root: &NodeRef<'_>, leaves_out: impl Fn(&NodeRef<'_>) -> bool) -> (String, usize) {
    let mut said = String::new();
    let mut prose_words = 0;
    let mut waiting = vec![(*root, true)];
    while let Some((node, is_prose)) = waiting.pop() {
        if node.is_text() {
            let line = node.text();
            if said.len() < SAID_BYTES {
                said.push(' ');
                said.push_str(&line);
            }
            if is_prose {
                prose_words += words(&line);
            }
        } else if !leaves_out(&node) {
            let is_prose = is_prose && !NO_PROSE.iter().any(|name| node.has_name(name));
            waiting.extend(node.children_it(true).map(|child| (child, is_prose)));
        }
    }
    (said, prose_words)
}

/// Words, where they are written apart; elsewhere a word is two characters.
fn words(line: &str) -> usize {
    let unspaced = line
        .chars()
        .filter(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}'))
        .count();
    line.split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .count()
        + unspaced / 2
}
