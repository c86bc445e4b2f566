//! Character references of HTML, one level of them.
//!
//! Only references closed by `;` count: `?a=1&copy=2` in a link survives. Unknown names stay as they are.

use std::borrow::Cow;

use web_atoms::{C1_REPLACEMENTS, NAMED_ENTITIES};

/// The longest name of the HTML standard, `CounterClockwiseContourIntegral`, has 31 letters.
const MAX_REFERENCE_BYTES: usize = 32;

/// Decodes named and numeric character references exactly once: `R&amp;amp;D` becomes `R&amp;D`.
///
/// Numbers 128 to 159 are read as windows-1252, as the HTML standard does (13.2.5.80); zero, surrogates and numbers beyond
/// Unicode become U+FFFD.
#[must_use]
pub fn decode_entities(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find('&') else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len());
    let (head, mut rest) = text.split_at(first);
    out.push_str(head);
    while !rest.is_empty() {
        let consumed = match reference(rest).and_then(|body| Some((character(body)?, body.len() + 1))) {
            Some(((first, second), consumed)) => {
                out.push(first);
                out.extend(second);
                consumed
            }
            None => {
                out.push('&');
                1
            }
        };
        rest = &rest[consumed..];
        let next = rest.find('&').unwrap_or(rest.len());
        out.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    Cow::Owned(out)
}

/// What stands behind the `&` that opens `text`, up to and with its `;`, if it has the form of a reference.
pub(crate) fn reference(text: &str) -> Option<&str> {
    let end = text.bytes().skip(1).take(MAX_REFERENCE_BYTES).position(|b| b == b';')?;
    let (name, _) = text.get(1..)?.split_at_checked(end)?;
    let formed = !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'#' | b'_' | b'.' | b'-'));
    formed.then(|| &text[1..=end + 1])
}

/// The character, for a few names two, that a reference means in HTML. `body` is what [`reference()`] gives: `eacute;`, `#8217;`.
pub(crate) fn character(body: &str) -> Option<(char, Option<char>)> {
    let Some(number) = body.strip_prefix('#') else {
        // Names without `;` and beginnings of names are in that table too.
        let (first, second) = *NAMED_ENTITIES.get(body)?;
        let first = char::from_u32(first).filter(|c| *c != '\0')?;
        return Some((first, char::from_u32(second).filter(|c| *c != '\0')));
    };
    let digits = number.strip_suffix(';')?;
    let (digits, radix) = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => (hex, 16),
        None => (digits, 10),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let character = u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    let character = character.filter(|c| *c != '\0').unwrap_or(char::REPLACEMENT_CHARACTER);
    Some((without_c1(character), None))
}

/// What a publisher means by a character from 128 to 159: windows-1252, as in every browser (HTML 13.2.5.80).
pub(crate) fn without_c1(c: char) -> char {
    let place = u32::from(c).checked_sub(0x80).and_then(|at| usize::try_from(at).ok());
    place.and_then(|at| *C1_REPLACEMENTS.get(at)?).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn references_are_decoded_once() {
        for (text, want) in [
            ("R&amp;D", "R&D"),
            ("R&amp;amp;D", "R&amp;D"),
            ("d&apos;euros &quot;x&quot; &eacute;&hellip;", "d'euros \"x\" é…"),
            ("&#8217;&#x2019;&#146;&#x92;", "’’’’"),
            (
                "&#0;&#xD800;&#x110000;&#99999999999;",
                "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}",
            ),
            (
                "AT&T; &copy=2 &bogus; &; &#; &#x; &#12a; &&amp;",
                "AT&T; &copy=2 &bogus; &; &#; &#x; &#12a; &&",
            ),
            ("&CounterClockwiseContourIntegral;", "∳"),
            ("&alpha;&Omega;&scaron;&fnof;&OElig;&thetasym;", "αΩšƒŒϑ"),
            ("&NotEqualTilde;", "≂\u{338}"),
            ("no reference", "no reference"),
            ("ends in &amp", "ends in &amp"),
            ("&é;", "&é;"),
        ] {
            assert_eq!(decode_entities(text), want, "{text}");
        }
        assert!(matches!(decode_entities("plain"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn any_text_is_decoded(text in "([&;#xa-z0-9é]|\\PC){0,80}") {
            let decoded = decode_entities(&text);
            prop_assert!(text.contains('&') || decoded == text);
        }
    }
}
