//! The marks of wires in the beginning of a text.
//!
//! In: the beginning of a release. Out: every mark of [`WIRES`] that stands there in its own punctuation, in text order; whether
//! it signs a dateline or only stands in prose is decided by what is around it.

use std::collections::HashSet;
use std::sync::LazyLock;

use memchr::{memchr_iter, memchr3_iter};
use regex::Regex;

use crate::wire::{self, Form, WIRES, Wire, marks};

use super::super::day::{self, Printed};
use super::{is_dash, pattern};

/// A wire's mark in the text.
#[derive(Debug, Clone)]
pub(super) struct Sign {
    pub(super) wire: &'static Wire,
    pub(super) form: Form,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Of a mark that shares its brackets with the date.
    pub(super) date: Option<Printed>,
    /// Of a mark that names its relays: `/PRNewswire-AsiaNet/`.
    pub(super) via: Vec<String>,
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

/// `/PRNewswire/`, `(GLOBE NEWSWIRE)`, `(Newsfile Corp. - September 11, 2026)`, in no order.
fn enclosed_signs(head: &str) -> Vec<Sign> {
    let mut signs = Vec::new();
    // The wide bracket begins with EF, which is never within a character.
    let narrow = memchr3_iter(b'/', b'(', b'[', head.as_bytes());
    for open in narrow.chain(memchr_iter(0xEF, head.as_bytes())) {
        let Some(c) = head[open..].chars().next() else { break };
        let (close, form): (&[char], fn(Form) -> bool) = match c {
            '/' => (&['/'], |form| form == Form::Slashes),
            '(' | '（' => (&[')', '）'], |form| {
                matches!(
                    form,
                    Form::Brackets | Form::UndatedBrackets | Form::SharedBrackets | Form::Agency
                )
            }),
            '[' => (&[']'], |form| form == Form::Brackets),
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
        // `[PR Newswire](https://…)` is a link in prose.
        let is_link = c == '[' && rest.get(end..).is_some_and(|after| after.starts_with('('));
        if let Some(token) = rest
            .get(..length)
            .map(str::trim)
            .filter(|inner| !is_link && may_be_token(inner))
            .and_then(|inner| token(inner, form))
        {
            signs.push(Sign {
                start: open,
                end: inner_start + end,
                ..token
            });
        }
    }
    signs
}

/// A cheap no to most of what stands in brackets or between slashes: does it, or what follows its slash, begin with the letter
/// of a wire?
fn may_be_token(inner: &str) -> bool {
    static INITIALS: LazyLock<HashSet<char>> = LazyLock::new(|| {
        let tokens = marks().map(|(_, mark)| mark.token);
        let initials = tokens.chain(WIRES.iter().map(|wire| wire.name)).filter_map(initial);
        initials.collect()
    });
    let relayed = inner.split_once('/').map(|(_, name)| name);
    std::iter::once(inner)
        .chain(relayed)
        .filter_map(initial)
        .any(|initial| INITIALS.contains(&initial))
}

fn initial(name: &str) -> Option<char> {
    name.chars()
        .find(|c| c.is_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
}

/// Longest name of a wire in any spelling, in bytes.
const LONGEST_NAME: usize = 32;

/// The wire that a text spells in its own way: [`wire::by_loose_name`], asked only where a name can be.
fn by_loose_name(text: &str) -> Option<&'static Wire> {
    let may_be = text.len() <= LONGEST_NAME && !text.contains(':');
    may_be.then(|| wire::by_loose_name(text)).flatten()
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
    let own = marks().find(|(_, mark)| form(mark.form) && mark.token.eq_ignore_ascii_case(inner));
    if let Some((wire, mark)) = own {
        return Some(sign(wire, mark.form, None, Vec::new()));
    }
    // Between slashes or in brackets, a wire's name is its mark, however it is spelled today; a mark that stands bare stays so.
    if let Some(wire) = by_loose_name(inner)
        .filter(|_| wire::by_token(inner).is_none_or(|(_, mark)| !matches!(mark.form, Form::Bare | Form::Heading)))
    {
        let form = if form(Form::Slashes) {
            Form::Slashes
        } else {
            Form::Brackets
        };
        return Some(sign(wire, form, None, Vec::new()));
    }
    // `(Antara/PRNewswire)`: an agency that relays a wire.
    if let Some((relay, name)) = inner.split_once('/')
        && let Some(wire) = by_loose_name(name)
        && form(Form::Brackets)
    {
        return Some(sign(wire, Form::Brackets, None, vec![relay.trim().to_owned()]));
    }
    let (wire, mark, rest) = marks()
        .filter(|(_, mark)| form(mark.form))
        .filter_map(|(wire, mark)| {
            let rest = inner.get(mark.token.len()..)?;
            let token = inner.get(..mark.token.len())?;
            token.eq_ignore_ascii_case(mark.token).then_some((wire, mark, rest))
        })
        .max_by_key(|(_, mark, _)| mark.token.len())?;
    let tail = rest.trim_start_matches(|c: char| c.is_whitespace() || is_dash(c));
    if let Some((date, _)) = day::at_start(tail).filter(|(_, end)| *end == tail.len() && tail.len() < rest.len()) {
        return Some(sign(wire, mark.form, Some(date), Vec::new()));
    }
    if let Some(relay) = tail.strip_prefix("via ") {
        return Some(sign(wire, mark.form, None, vec![relay.trim().to_owned()]));
    }
    (mark.form == Form::Slashes && rest.starts_with('-')).then(|| sign(wire, mark.form, None, relays(tail)))
}

/// The relays behind a wire's mark: `AsiaNet`, `Asia-AsiaNet`, `HISPANIC PR WIRE`. `FirstCall` and `USNewswire` are desks of the wire
/// itself; a relay is another row.
fn relays(tail: &str) -> Vec<String> {
    let relay = |name: &str| {
        let (wire, _) = wire::by_token(name)?;
        Some(wire.name.to_owned())
    };
    relay(tail).map_or_else(
        || tail.split('-').filter_map(|name| relay(name.trim())).collect(),
        |relay| vec![relay],
    )
}

/// `- TheNewswire -`, `– PRISM MediaWire (…) –`, `--News Direct--`, `- [Media OutReach Newswire](https://…) -`.
fn bare_signs(head: &str) -> Vec<Sign> {
    static BARE: LazyLock<Regex> = LazyLock::new(|| {
        let mut tokens: Vec<&str> = marks()
            .filter(|(_, mark)| mark.form == Form::Bare)
            .map(|(_, mark)| mark.token)
            .collect();
        tokens.sort_by_key(|token| std::cmp::Reverse(token.len()));
        let tokens: Vec<String> = tokens.into_iter().map(regex::escape).collect();
        pattern(&format!("(?i-u:{})", tokens.join("|")))
    });
    let mut signs = Vec::new();
    for found in BARE.find_iter(head) {
        let Some((wire, _)) = wire::by_token(found.as_str()) else {
            continue;
        };
        let (before, after) = (&head[..found.start()], &head[found.end()..]);
        let before = before.trim_end_matches([' ', '\u{A0}', '[']);
        let aside = aside(after);
        let after = &after[aside..];
        if before.ends_with(is_dash) && (aside > 0 || after.trim_start().starts_with(is_dash)) {
            signs.push(Sign {
                wire,
                form: Form::Bare,
                start: before.trim_end_matches(is_dash).len(),
                end: found.end() + aside,
                date: None,
                via: Vec::new(),
            });
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
