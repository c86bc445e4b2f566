//! German securities numbers (Wertpapierkennnummer): six digits or capitals, without I and O, and no check digit.
//!
//! Anything of six characters looks like one, so that only its label tells it: `WKN: A1C2D3`, `WKN/ISIN: A1C2D3/DE000A1C2D30`.

use std::collections::HashSet;

use super::isin::isin;

/// Bytes behind the label in which the number must stand.
const REACH_BYTES: usize = 60;

/// The numbers of a text, each once, in order, and where they stand.
pub(super) fn wkns(text: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let mut known = HashSet::new();
    let labels = [
        "WKN",
        "Wertpapierkennnummer",
        "Wertpapier-Kennnummer",
        "Wertpapier-Kenn-Nummer",
    ];
    if !text.contains("WKN") && !text.contains("Wertpapier") {
        return found;
    }
    let mut ends: Vec<usize> = labels
        .into_iter()
        .flat_map(|label| text.match_indices(label).map(move |(at, _)| at + label.len()))
        .collect();
    ends.sort_unstable();
    for end in ends {
        for (number, at) in numbers(text, end) {
            if known.insert(number) {
                found.push((number.to_owned(), at));
            }
        }
    }
    found
}

/// The numbers right behind a label: words that may stand between are passed over, further numbers may follow.
fn numbers(text: &str, from: usize) -> Vec<(&str, usize)> {
    const BETWEEN: &[&str] = &[
        "ISIN", "Nr", "No", "Number", "Nummer", "code", "is", "lautet", "new", "neue", "the",
    ];
    let to = text.floor_char_boundary(from + REACH_BYTES);
    let mut found = Vec::new();
    if text[from..to].starts_with(char::is_alphanumeric) {
        return found;
    }
    let mut at = from;
    for part in text[from..to].split(|c: char| !c.is_alphanumeric()) {
        let start = at;
        at += part.len();
        at += text[at..].chars().next().map_or(0, char::len_utf8);
        // Cut by the reach, not by the text.
        let is_whole = start + part.len() < to || to == text.len();
        if part.is_empty() {
            continue;
        }
        if is_wkn(part) && is_whole {
            found.push((part, start));
        } else if !(found.is_empty() && BETWEEN.contains(&part) || isin(part).is_some()) {
            break;
        }
    }
    found
}

/// All that were ever given out have a digit, which no word of six letters has.
fn is_wkn(part: &str) -> bool {
    part.len() == 6
        && part
            .bytes()
            .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase() && !matches!(b, b'I' | b'O'))
        && part.bytes().any(|b| b.is_ascii_digit())
}

/// The WKN that a German ISIN holds, behind three zeros.
pub(super) fn within(isin: &str) -> Option<&str> {
    isin.strip_prefix("DE000")?.get(..6)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_the_label_tells_them() {
        for (text, want) in [
            ("(WKN: A2YN35 / ISIN: DE000A2YN355 / XETRA: CA1)", &["A2YN35"][..]),
            ("German WKN A0B1C2, ISIN US0378331005", &["A0B1C2"]),
            ("WKN/ISIN: A1C2D3/DE000A1C2D30", &["A1C2D3"]),
            ("ISIN/WKN: DE000A2YN355 / A2YN35", &["A2YN35"]),
            ("ISIN:\tDE0007203705\nWKN:\t720370\nIndizes:\tSDAX", &["720370"]),
            ("WKN: 766403, 766400", &["766403", "766400"]),
            ("under the new WKN A40ZW8 and ISIN DE000A40ZW88", &["A40ZW8"]),
            ("Wertpapierkennnummer (WKN): 593612", &["593612"]),
            ("the number (WKN) and ISIN were technically updated", &[]),
            ("WKN: GERMAN", &[]),
            ("WKN: A1C2DO", &[]),
            ("WKN: A1C2D34", &[]),
            ("A1C2D3", &[]),
            ("Order 720370 now", &[]),
        ] {
            let got: Vec<String> = wkns(text).into_iter().map(|(number, _)| number).collect();
            assert_eq!(got, want, "{text}");
        }
    }

    proptest! {
        #[test]
        fn numbers_stand_where_they_are_said_to(text in "(WKN|[:/ ,]|A1C2D3|é|\\PC){0,30}") {
            for (number, at) in wkns(&text) {
                prop_assert_eq!(&text[at..at + 6], number.as_str());
            }
        }
    }
}
