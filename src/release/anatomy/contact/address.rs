//! Mail addresses and telephone numbers in a line of a contact block.
//!
//! In: a line. Out: slices of it, after hidden addresses (`press [at] acme`) are written out and lost line ends are put back as blanks.
//! A date, a span of years and a postal code are no telephone.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use crate::release::pattern;

// The last part of a host has no figures: the wires glue a telephone to it.
pub(super) static EMAIL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u)[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}"));
static PHONE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\+?\(?\+?[0-9][0-9 ().\x{A0}\x{2011}\x{2013}/-]{6,22}[0-9]"));
/// `press [at] acme [dot] example`
static HIDDEN_AT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\s?(?:\[\s?(?:at|@|ät|arroba)\s?\]|\(\s?(?:at|@|ät|arroba)\s?\)|\{\s?at\s?\})\s?"));
static HIDDEN_DOT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\s?(?:\[\s?(?:dot|\.|punkt|punto)\s?\]|\(\s?(?:dot|punkt|punto)\s?\))\s?"));
/// The first mail address, without what a lost line end glued to it: a postal code or a telephone before it, a word behind it
/// (`19087info@acme.com`, `jo@acme.netCompany`).
pub(super) fn email(line: &str) -> Option<(usize, &str)> {
    static GLUED_DOMAIN: LazyLock<Regex> = LazyLock::new(|| pattern(r"\.[a-z]{2,}(?P<word>[A-Z])[A-Za-z]*$"));
    let found = EMAIL.find(line)?;
    let mut text = found.as_str();
    if let Some(word) = GLUED_DOMAIN.captures(text).and_then(|glued| glued.name("word")) {
        text = &text[..word.start()];
    }
    let kept = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - kept.len();
    let is_code = digits >= SHORTEST_CODE && kept.starts_with(|c: char| c.is_ascii_alphabetic());
    let kept = if is_code { kept } else { text };
    Some((
        found.start() + text.len() - kept.len(),
        kept.trim_start_matches(['.', '-']),
    ))
}

/// Fewest figures before a mail address that are a postal code or a telephone.
const SHORTEST_CODE: usize = 5;

/// Has the text a mail address or a telephone number?
pub(in crate::release::anatomy) fn has_address(text: &str) -> bool {
    // Most lines of a release have neither, and are asked several times.
    if !text.contains(|c: char| c.is_ascii_digit() || matches!(c, '@' | '[' | '(' | '{')) {
        return false;
    }
    let text = plain(&text[..text.floor_char_boundary(4_000)]);
    EMAIL.is_match(&text) || phone(&text).is_some()
}

/// A line with its hidden addresses written out and links set apart.
pub(super) fn plain(line: &str) -> Cow<'_, str> {
    let mut line = Cow::Borrowed(line);
    if line.contains(['[', '(', '{']) {
        let open = HIDDEN_DOT
            .replace_all(&HIDDEN_AT.replace_all(&line, "@"), ".")
            .into_owned();
        line = Cow::Owned(open);
    }
    for glued in GLUED.iter() {
        if glued.is_match(&line) {
            line = Cow::Owned(glued.replace_all(&line, "$a $b").into_owned());
        }
    }
    line
}

/// Where a line end was lost between the lines of a block, and a blank has to stand.
static GLUED: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"(?P<a>[\p{L}0-9.)])(?P<b>www\.|https?://)",
        r"(?P<a>[\p{L}0-9.)])(?P<b>(?:E-?mail|Phone|Telephone|Tel|Mobile|Cell|Fax|Website|Web)\.?\s?:)",
        r"(?P<a>[a-z0-9])(?P<b>[PETMOFD]: )",
        r"(?P<a>[\p{L}.)])(?P<b>\+?1?[ -]?\(?\d{3}\)?[-. ]\s?\d{3}[-. ]\d{4})",
        r"(?P<a>\d{3}[-. ]\d{4})(?P<b>\p{L})",
        r"(?P<a>\p{Ll})(?P<b>(?:Director|Chief|Vice|President|CEO|CFO|Senior|Manager|Managing|Head|Executive|Founder|Investor|Media|(?:IR|PR) )\b)",
        r"\b(?P<a>LLC|Ltd\.?|Inc\.|Corp\.|GmbH)(?P<b>\p{Lu}\p{Ll})",
        r"(?x) \b (?P<a> Relations | Officer | Director | Manager | President | Inc\. | Ltd\. | LLC | Corp\. | Communications | Group
          | Advisory | Chairman | Office | CEO | CFO ) (?P<b> [A-Za-z0-9._-]+@ )",
        r"\b(?P<a>\p{Lu}\p{Ll}{2,})(?P<b>(?:media|info|press|ir|pr|contact|investors?|support|sales|hello)@)",
    ]
    .iter()
    .map(|words| pattern(words))
    .collect()
});

/// A number of North America with a postal code before it or a house number behind it, as a lost line end leaves them.
fn unglued(text: &str) -> (usize, &str) {
    static GLUED_NUMBER: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^(?:\d{5})?(?P<number>(?:\(\d{3}\)\s?|\d{3}[-. ])\d{3}[-. ]\d{4})(?:\d{1,5})?$"));
    GLUED_NUMBER
        .captures(text)
        .and_then(|glued| glued.name("number"))
        .map_or((0, text), |number| (number.start(), number.as_str()))
}

/// `208-555-0100 ext. 12`: the number with its extension.
fn extended<'l>(line: &'l str, at: usize, number: &'l str) -> &'l str {
    static EXTENSION: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?i)^,?\s*(?:ext(?:ension)?|x|durchwahl|poste|内線|分机|分機|转|轉)\b?[.:]?\s*[0-9]{1,6}\b")
    });
    let end = at + number.len();
    let more = EXTENSION.find(&line[end..]).map_or(0, |found| found.end());
    &line[at..end + more]
}

/// The first telephone number: 8 to 15 digits, no date, no span of years, no part of a word or an address.
pub(super) fn phone(line: &str) -> Option<(usize, &str)> {
    static DATE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?x)^ (?: \d{5}-\d{4} $ | (?:19|20)\d\d [-/.] \d\d [-/.] \d\d | (?:19|20)\d\d [-/.\x20–] (?: (?:19|20)\d\d | \d\d?[-/.]\d\d? )
              $ | \d{1,2} [/.] \d{1,2} [/.] (?:19|20)\d\d | \d+\.\d+ $ )",
        )
    });
    PHONE
        .find_iter(line)
        .map(|found| {
            let text = found.as_str();
            // A bracket that opens and does not close belongs to the words around.
            let kept = if text.contains('(') && !text.contains(')') {
                text.trim_start_matches('(')
            } else {
                text
            };
            let (cut, number) = unglued(kept);
            (found.start() + text.len() - kept.len() + cut, number)
        })
        .find(|(at, text)| {
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            let before = line[..*at]
                .chars()
                .next_back()
                .filter(|_| PHONE.find_iter(line).any(|found| found.start() == *at));
            let after = line[at + text.len()..].chars().next();
            let whole = !before
                .is_some_and(|c| c.is_ascii_digit() || matches!(c, '/' | '$' | '#' | '_' | '=' | '-' | '%'))
                && !after.is_some_and(|c| matches!(c, '%' | '@' | '/'));
            let vanity = text.contains('(') && !text.contains(')');
            (8..=15).contains(&digits) && whole && !vanity && !DATE.is_match(text) && !is_of_a_book(&line[..*at])
        })
        .map(|(at, text)| (at, extended(line, at, text)))
}

/// Do the words before a number say that it is a book's or a journal's?
fn is_of_a_book(before: &str) -> bool {
    let word = before
        .trim_end_matches([' ', ':', '-'])
        .rsplit(' ')
        .next()
        .unwrap_or_default();
    ["ISBN", "ISSN", "ISBN-13", "ISBN-10"].contains(&word)
}

/// Do the words before a number say that a telefax answers it?
pub(super) fn before_ends_with_fax(before: &str) -> bool {
    let before = before.trim_end_matches([' ', ':', '.', '-']).to_lowercase();
    before.ends_with("fax") || before == "f" || before.ends_with(" f")
}
