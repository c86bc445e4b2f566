//! Character references of HTML, one level of them.
//!
//! Only references closed by `;` count: `?a=1&copy=2` in a link survives. Unknown names stay as they are.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;
use quick_xml::escape::resolve_html5_entity;

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
        let consumed = match reference(rest) {
            Some((name, consumed)) if resolve(name, &mut out) => consumed,
            _ => {
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

/// What stands between the `&` that opens `text` and its `;`, and how many bytes the whole takes.
fn reference(text: &str) -> Option<(&str, usize)> {
    let name_len = text.bytes().skip(1).take(MAX_REFERENCE_BYTES).position(|b| b == b';')?;
    let name = text.get(1..=name_len)?;
    name.bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'#')
        .then_some((name, name_len + 2))
}

/// Appends what `name` stands for; says whether it stands for anything.
fn resolve(name: &str, out: &mut String) -> bool {
    let Some(number) = name.strip_prefix('#') else {
        return resolve_html5_entity(name).map(|value| out.push_str(value)).is_some();
    };
    let (digits, radix) = match number.strip_prefix(['x', 'X']) {
        Some(hex) => (hex, 16),
        None => (number, 10),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return false;
    }
    match u32::from_str_radix(digits, radix) {
        Ok(code @ 128..=159) => out.push_str(&WINDOWS_1252.decode_without_bom_handling(&[code as u8]).0),
        Ok(code) if code != 0 => out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)),
        Ok(_) | Err(_) => out.push(char::REPLACEMENT_CHARACTER),
    }
    true
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
