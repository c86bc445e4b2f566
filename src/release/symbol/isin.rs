//! International securities identification numbers (ISO 6166).

use std::collections::HashSet;
use std::ops::Range;

/// Bytes around a number in which the word ISIN must stand.
const LABEL_REACH_BYTES: usize = 60;

/// An ISIN, checked: two letters, nine letters or digits, and the check digit that they give. Surrounding space is
/// dropped, lower case accepted.
#[must_use]
pub fn isin(text: &str) -> Option<String> {
    let code = text.trim().to_ascii_uppercase();
    let bytes = code.as_bytes();
    let well_formed = bytes.len() == 12
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..11].iter().all(u8::is_ascii_alphanumeric)
        && bytes[11].is_ascii_digit();
    (well_formed && checksum(bytes) == 0).then_some(code)
}

/// ISO 6166 annex C: letters stand for 10 to 35; every second digit from the right is doubled (Luhn); zero when right.
fn checksum(code: &[u8]) -> u32 {
    let digits = code.iter().rev().flat_map(|&byte| {
        let value = u32::from(if byte.is_ascii_digit() {
            byte - b'0'
        } else {
            byte - b'A' + 10
        });
        [Some(value % 10), (value > 9).then_some(value / 10)]
    });
    let sum: u32 = digits
        .flatten()
        .enumerate()
        .map(|(place, digit)| {
            if place % 2 == 1 {
                digit * 2 / 10 + digit * 2 % 10
            } else {
                digit
            }
        })
        .sum();
    sum % 10
}

/// The ISINs that a text names, each once, in order, and where they stand: the check digit must be right and the word ISIN must
/// stand near, for one code in ten of any other kind has a right check digit too.
pub(super) fn isins(text: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    // A notice of a thousand warrants is a real one.
    let mut known = HashSet::new();
    if !text.contains("ISIN") && !text.contains("isin") && !text.contains("Isin") {
        return found;
    }
    let bytes = text.as_bytes();
    let word_at = |at: usize| bytes[at..].iter().take_while(|b| b.is_ascii_alphanumeric()).count();
    let mut at = 0;
    while at < bytes.len() {
        let len = word_at(at);
        // Some put a space behind the country: `FR 0010242511`.
        let spaced = len == 2 && bytes.get(at + 2) == Some(&b' ') && word_at(at + 3) == 10;
        let len = if spaced { 13 } else { len };
        let code = (len == 12 || spaced).then(|| text.get(at..at + len)).flatten();
        let is_printed_in_capitals = |code: &&str| !code.bytes().any(|b| b.is_ascii_lowercase());
        let code = code
            .filter(is_printed_in_capitals)
            .filter(|_| has_label(bytes, at..at + len));
        if let Some(code) = code
            .and_then(|code| isin(&code.replace(' ', "")))
            .filter(|code| known.insert(code.clone()))
        {
            found.push((code, at));
        }
        at += len.max(1);
    }
    found
}

fn has_label(bytes: &[u8], code: Range<usize>) -> bool {
    let window = code.start.saturating_sub(LABEL_REACH_BYTES)..bytes.len().min(code.end + LABEL_REACH_BYTES / 2);
    let is_label = |at: usize, word: &[u8]| {
        // "raising", "comprising": in small letters it must begin a word.
        let begins = || at == 0 || !bytes[at - 1].is_ascii_alphabetic();
        word == b"ISIN" || word.eq_ignore_ascii_case(b"isin") && begins()
    };
    let words = bytes[window.clone()].windows(4).enumerate();
    words.into_iter().any(|(at, word)| is_label(window.start + at, word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn check_digits_decide() {
        for (text, want) in [
            ("US0378331005", Some("US0378331005")),
            ("us0378331005 ", Some("US0378331005")),
            ("US7046991078", Some("US7046991078")),
            ("DE000A2YN355", Some("DE000A2YN355")),
            ("NO0005052605", Some("NO0005052605")),
            ("US0378331006", None),
            ("US037833100", None),
            ("120378331005", None),
            ("US03783310O5", None),
            ("", None),
            ("ÜS037833105", None),
        ] {
            assert_eq!(isin(text).as_deref(), want, "{text}");
        }
    }

    #[test]
    fn a_text_must_say_isin() {
        for (text, want) in [
            ("(WKN: A2YN35 / ISIN: DE000A2YN355 / XETRA: CA1)", &["DE000A2YN355"][..]),
            (
                "ISIN US0378331005, ISIN US0378331005 and US7046991078.",
                &["US0378331005", "US7046991078"],
            ),
            ("Order US0378331005 now", &[]),
            ("isin: US0378331005, raising", &["US0378331005"]),
            ("comprising US0378331005, by advertising", &[]),
            ("ISIN: US0378331006", &[]),
            ("ISINé US0378331005", &["US0378331005"]),
            ("ISIN code: FR 0010242511", &["FR0010242511"]),
            ("ISIN: FR 001024251 1", &[]),
        ] {
            let got: Vec<String> = isins(text).into_iter().map(|(code, _)| code).collect();
            assert_eq!(got, want, "{text}");
        }
    }

    proptest! {
        #[test]
        fn one_digit_wrong_is_always_noticed(body in "[A-Z]{2}[A-Z0-9]{9}", shift in 1u8..10) {
            let right = (0..10).map(|digit| format!("{body}{digit}")).find(|code| isin(code).is_some());
            let right = right.expect("one of ten digits is right");
            let wrong = (right.as_bytes()[11] - b'0' + shift) % 10;
            let code = format!("{body}{wrong}");
            prop_assert_eq!(isin(&code), None);
        }

        #[test]
        fn any_text_is_searched(text in "(ISIN|US0378331005|\\PC){0,30}") {
            let _ = isins(&text);
        }
    }
}
