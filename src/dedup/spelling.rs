//! The many spellings of one word: addresses, numbers and their units, counts, months, weekdays, and capitals that make no name.

use super::reading::is_unspaced;
use crate::text::is_mark;

/// Top-level domains of addresses that are written without `http` or `www`.
const DOMAINS: &[&str] = &[
    "com", "org", "net", "io", "gov", "ai", "edu", "co", "info", "biz", "eu", "uk", "de", "fr", "ca",
];

/// Bytes of the URL or e-mail address that starts here.
pub(super) fn address_length(rest: &str) -> Option<usize> {
    if !rest.as_bytes().first()?.is_ascii_alphanumeric() {
        return None;
    }
    let end = |from: &str| {
        from.find(|c: char| c.is_whitespace() || "<>()[]\"\u{201c}\u{201d}".contains(c))
            .unwrap_or(from.len())
    };
    if ["http://", "https://", "www."]
        .iter()
        .any(|start| starts_with_ignore_case(rest, start))
    {
        return Some(end(rest));
    }
    // RFC 5321: 64 bytes of name, 255 of domain.
    let name = rest
        .bytes()
        .take(320)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'+'))
        .count();
    let (name, after) = rest.split_at_checked(name)?;
    if let Some(host) = after.strip_prefix('@') {
        let host = host
            .bytes()
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
            .count();
        return (host > 0).then_some(name.len() + 1 + host);
    }
    let host = name.trim_end_matches('.');
    let (label, domain) = host.rsplit_once('.')?;
    let is_host = !label.is_empty() && DOMAINS.contains(&domain) && label.bytes().any(|b| b.is_ascii_alphabetic());
    is_host.then(|| {
        if host.len() == name.len() && after.starts_with('/') {
            name.len() + end(after)
        } else {
            host.len()
        }
    })
}

fn starts_with_ignore_case(text: &str, start: &str) -> bool {
    text.as_bytes()
        .get(..start.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
}

/// Bytes of the number that starts here, with its thousands and decimals: `1,234.50`.
pub(super) fn number_length(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let digits = |from: usize| bytes.iter().skip(from).take_while(|b| b.is_ascii_digit()).count();
    let mut at = digits(0);
    loop {
        let further = digits(at + 1);
        match bytes.get(at) {
            Some(b'.') if further > 0 => at += 1 + further,
            Some(b',') if further == 3 => at += 1 + further,
            Some(_) | None => return at,
        }
    }
}

/// `05` is 5, `1,234.50` is 1234.5.
pub(super) fn number(digits: &str, out: &mut String) {
    out.clear();
    out.extend(digits.chars().filter(|c| *c != ','));
    if out.contains('.') {
        out.truncate(out.trim_end_matches('0').trim_end_matches('.').len());
    }
    let zeros = out.len() - out.trim_start_matches('0').len();
    let before_point = out.find('.').unwrap_or(out.len());
    out.drain(..zeros.min(before_point.saturating_sub(1)));
}

/// Bytes of the ASCII word that starts here, where what follows makes it neither an address nor a longer word: nearly all words are such.
pub(super) fn plain_length(rest: &str) -> Option<usize> {
    let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let goes_on = |b: &u8| !b.is_ascii() || matches!(b, b'.' | b'-' | b'_' | b'+' | b'@' | b':' | b'\'');
    (length > 0 && !rest.as_bytes().get(length).is_some_and(goes_on)).then_some(length)
}

/// Spells the word that starts here in lower case, without apostrophes and hidden characters; gives its length in bytes.
pub(super) fn spell(rest: &str, out: &mut String) -> usize {
    out.clear();
    // Nearly all words are plain letters and digits.
    let plain = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let (start, further) = rest.split_at(plain);
    out.push_str(start);
    out.make_ascii_lowercase();
    if further.starts_with(|c: char| c.is_ascii() && c != '\'') {
        return plain;
    }
    let mut chars = further.char_indices().map(|(at, c)| (plain + at, c)).peekable();
    while let Some((at, c)) = chars.next() {
        if c.is_alphanumeric() && !(is_unspaced(c)) {
            out.extend(c.to_lowercase());
        } else if is_mark(c) {
            out.push(c);
        } else if !(matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '\u{ad}' | '\u{200b}')
            && chars.peek().is_some_and(|(_, next)| next.is_alphabetic()))
        {
            return at;
        }
    }
    rest.len()
}

/// What a number is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Percent,
    /// So many zeros.
    Zeros(usize),
}

pub(super) fn unit(word: &str) -> Option<Unit> {
    Some(match word {
        "k" | "thousand" => Unit::Zeros(3),
        "m" | "mn" | "mln" | "mm" | "million" | "millions" | "mio" | "millionen" => Unit::Zeros(6),
        "b" | "bn" | "bln" | "billion" | "billions" | "milliards" | "milliarden" | "mrd" => Unit::Zeros(9),
        "trillion" | "trillions" | "tn" => Unit::Zeros(12),
        "pct" => Unit::Percent,
        _ => return None,
    })
}

/// `3.5` with six zeros is `3500000`.
pub(super) fn scaled(number: &str, zeros: usize) -> String {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let (moved, rest) = part.split_at(part.len().min(zeros));
    let mut out = format!("{whole}{moved}{}", "0".repeat(zeros - moved.len()));
    let leading = out.len() - out.trim_start_matches('0').len();
    out.drain(..leading.min(out.len() - 1));
    if !rest.is_empty() {
        out.push('.');
        out.push_str(rest);
    }
    out
}

/// Words with a capital letter at the start of a sentence or in a title that are no names, and legal forms, which come and go.
pub(super) const NO_NAMES: &[&str] = &[
    "a",
    "an",
    "the",
    "this",
    "that",
    "these",
    "those",
    "it",
    "its",
    "we",
    "our",
    "he",
    "she",
    "they",
    "his",
    "her",
    "their",
    "you",
    "your",
    "i",
    "my",
    "in",
    "on",
    "at",
    "for",
    "of",
    "to",
    "and",
    "or",
    "but",
    "as",
    "by",
    "with",
    "from",
    "into",
    "after",
    "before",
    "during",
    "since",
    "under",
    "over",
    "about",
    "is",
    "are",
    "was",
    "were",
    "has",
    "have",
    "will",
    "if",
    "when",
    "while",
    "where",
    "there",
    "here",
    "all",
    "both",
    "each",
    "such",
    "no",
    "not",
    "also",
    "however",
    "today",
    "additionally",
    "dr",
    "mr",
    "mrs",
    "ms",
    "prof",
    "inc",
    "corp",
    "corporation",
    "company",
    "ltd",
    "limited",
    "llc",
    "plc",
    "ag",
    "se",
    "gmbh",
    "sa",
    "nv",
    "ab",
    "asa",
    "oyj",
    "spa",
    "lp",
    "llp",
    "co",
];

/// Counts and ranks that are spelt out: `three` is as much a fact as `3`. `One` is more often a pronoun.
pub(super) fn number_word(word: &str) -> Option<&'static str> {
    Some(match word {
        "two" | "second" => "2",
        "three" | "third" => "3",
        "four" | "fourth" => "4",
        "five" | "fifth" => "5",
        "six" | "sixth" => "6",
        "seven" | "seventh" => "7",
        "eight" | "eighth" => "8",
        "nine" | "ninth" => "9",
        "ten" | "tenth" => "10",
        "eleven" | "eleventh" => "11",
        "twelve" | "twelfth" => "12",
        "first" => "1",
        "twenty" => "20",
        "thirty" => "30",
        "forty" => "40",
        "fifty" => "50",
        "sixty" => "60",
        "seventy" => "70",
        "eighty" => "80",
        "ninety" => "90",
        _ => return None,
    })
}

pub(super) fn month(word: &str) -> Option<&'static str> {
    Some(match word {
        "january" | "jan" => "january",
        "february" | "feb" => "february",
        "march" | "mar" => "march",
        "april" | "apr" => "april",
        "may" => "may",
        "june" | "jun" => "june",
        "july" | "jul" => "july",
        "august" | "aug" => "august",
        "september" | "sept" | "sep" => "september",
        "october" | "oct" => "october",
        "november" | "nov" => "november",
        "december" | "dec" => "december",
        _ => return None,
    })
}

pub(super) fn weekday(word: &str) -> Option<&'static str> {
    Some(match word {
        "monday" | "mon" => "monday",
        "tuesday" | "tues" | "tue" => "tuesday",
        "wednesday" | "wed" => "wednesday",
        "thursday" | "thurs" | "thur" | "thu" => "thursday",
        "friday" | "fri" => "friday",
        "saturday" | "sat" => "saturday",
        "sunday" | "sun" => "sunday",
        _ => return None,
    })
}
