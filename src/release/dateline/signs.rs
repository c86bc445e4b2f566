//! The marks of wires in the beginning of a text.
//!
//! In: the beginning of a release. Out: every mark of [`WIRES`] that stands there in its own punctuation, in text order; whether
//! it signs a dateline or only stands in prose is decided by what is around it.

use crate::wire::{self, Form, WIRES, Wire};

use super::super::day::{self, Printed};
use super::is_dash;

/// A wire's mark in the text.
#[derive(Debug, Clone)]
pub(super) struct Sign {
    pub(super) wire: &'static Wire,
    pub(super) form: Form,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Of a mark that shares its brackets with the date.
    pub(super) date: Option<Printed>,
    /// Of a mark that names its relay: `/PRNewswire-AsiaNet/`.
    pub(super) via: Option<String>,
}

/// Longest text between two slashes or brackets that can hold a token, in bytes.
const LONGEST_TOKEN: usize = 80;

/// Every mark of the head, in text order.
pub(super) fn signs(head: &str) -> Vec<Sign> {
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
