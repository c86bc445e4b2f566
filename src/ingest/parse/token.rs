//! Reads the smallest pieces of markup as leniently as they can be read: where a tag ends, what its attributes are, what a reference means.
//!
//! In: text from a `<` or `&` on. Out: what stands there, or that it is no markup. Every function looks at each byte once, or at a
//! bounded window, so that 200 000 bare ampersands cost what 200 000 letters cost.

use quick_xml::escape::resolve_html5_entity;

/// Where a start tag ends.
pub(super) enum TagEnd {
    /// At this `>`.
    At(usize),
    /// The `<` begins no tag.
    NoTag,
    /// The document ends first.
    Cut,
}

/// Finds the end of the start tag that begins with `<`. A value may hold `>`, but no tag may hold `<` (XML 1.0, section 3.1), so that
/// a forgotten quote costs one tag and not the rest of the document.
pub(super) fn tag_end(rest: &str) -> TagEnd {
    let name_end = rest[1..].find(|c| !is_name_char(c)).map_or(rest.len(), |end| end + 1);
    let starts_name = rest[1..].starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | ':'));
    let ends_name = rest[name_end..]
        .chars()
        .next()
        .is_none_or(|c| c.is_ascii_whitespace() || matches!(c, '>' | '/'));
    if !starts_name || !ends_name {
        return TagEnd::NoTag;
    }
    let mut quote = None;
    let mut before = b' ';
    for (at, byte) in rest.bytes().enumerate().skip(name_end) {
        match (byte, quote) {
            (b'<', _) => return TagEnd::NoTag,
            (b'>', None) => return TagEnd::At(at),
            (b'"' | b'\'', None) if before == b'=' => quote = Some(byte),
            (_, Some(open)) if byte == open => quote = None,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
    }
    TagEnd::Cut
}

/// Splits the attributes of a start tag, and says whether XML would have accepted their form.
pub(super) fn split_attributes(source: &str) -> (Vec<(&str, &str)>, bool) {
    let mut attributes = Vec::new();
    let mut well_formed = true;
    let mut rest = source;
    loop {
        let trimmed = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        well_formed &= !rest[..rest.len() - trimmed.len()].contains('/');
        if trimmed.is_empty() {
            return (attributes, well_formed);
        }
        well_formed &= trimmed.len() < rest.len();
        let name_end = trimmed
            .find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '/'))
            .unwrap_or(trimmed.len());
        let (name, after) = trimmed.split_at(name_end);
        let Some(value) = after.trim_start().strip_prefix('=') else {
            // HTML's `<option selected>`.
            well_formed = false;
            attributes.push((name, name));
            rest = after;
            continue;
        };
        let value = value.trim_start();
        let quoted = value
            .chars()
            .next()
            .filter(|c| matches!(c, '"' | '\''))
            .and_then(|quote| value[1..].split_once(quote));
        if let Some((inner, after)) = quoted {
            attributes.push((name, inner));
            rest = after;
        } else {
            well_formed = false;
            let end = value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len());
            attributes.push((name, value[..end].trim_matches(['"', '\''])));
            rest = &value[end..];
        }
    }
}

/// Attributes that would make a namespace-aware reader or feed-rs refuse the document.
pub(super) fn is_attribute_allowed(name: &str, value: &str) -> bool {
    let named = name.starts_with(|c: char| c.is_alphabetic() || c == '_') && name.chars().all(is_name_char);
    let reserved = match name.strip_prefix("xmlns") {
        Some(":" | ":xml" | ":xmlns") => true,
        Some("") => is_reserved_namespace(value),
        Some(prefixed) => prefixed.starts_with(':') && is_reserved_namespace(value),
        None => false,
    };
    // feed-rs resolves xml:base itself and gives up on a bad one.
    let bad_base = name == "xml:base"
        && !matches!(
            url::Url::parse(value),
            Ok(_) | Err(url::ParseError::RelativeUrlWithoutBase)
        );
    named && !reserved && !bad_base
}

fn is_reserved_namespace(uri: &str) -> bool {
    matches!(
        uri,
        "http://www.w3.org/XML/1998/namespace" | "http://www.w3.org/2000/xmlns/"
    )
}

/// The longest reference looked for: the longest name of HTML, `CounterClockwiseContourIntegral`, has 31 letters.
const LONGEST_REFERENCE_BYTES: usize = 40;

/// What stands behind an `&`.
pub(super) enum Reference<'a> {
    /// A reference that XML defines.
    Proper,
    /// A number that XML reads otherwise or not at all.
    Number(char),
    /// What HTML means by a name. A name counts only with its `;`: `?a=1&copy=2` is a query.
    Html(&'static str),
    /// A name that only the document itself may define.
    Name(&'a str),
    /// An ampersand that means itself.
    None,
}

/// Reads the reference at the start of `text`: its length in bytes and its meaning.
pub(super) fn reference(text: &str) -> (usize, Reference<'_>) {
    let window = &text.as_bytes()[..text.len().min(LONGEST_REFERENCE_BYTES)];
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'#' | b'_' | b'.' | b'-');
    let end = 1 + window[1..]
        .iter()
        .position(|byte| !is_name(byte))
        .unwrap_or(window.len() - 1);
    if window.get(end) != Some(&b';') {
        return (1, Reference::None);
    }
    let meaning = match &text[1..end] {
        "amp" | "lt" | "gt" | "quot" | "apos" => Reference::Proper,
        "" => Reference::None,
        name => match name.strip_prefix('#') {
            Some(number) => numeric(number),
            None => resolve_html5_entity(name).map_or(Reference::Name(name), Reference::Html),
        },
    };
    match meaning {
        Reference::None => (1, Reference::None),
        meaning => (end + 1, meaning),
    }
}

/// `38`, `x26`; `X26` is HTML's. Numbers 128 to 159 are windows-1252, as in every browser.
fn numeric(number: &str) -> Reference<'static> {
    let hexadecimal = number.strip_prefix(['x', 'X']);
    let digits = hexadecimal.unwrap_or(number);
    let radix = if hexadecimal.is_some() { 16 } else { 10 };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return Reference::None;
    }
    match u32::from_str_radix(digits, radix).ok() {
        Some(code) => match char::from_u32(code).map(without_c1).filter(|c| is_xml_char(*c)) {
            Some(c) if number.starts_with('X') || u32::from(c) != code => Reference::Number(c),
            Some(_) => Reference::Proper,
            None => Reference::Number('\u{fffd}'),
        },
        None => Reference::Number('\u{fffd}'),
    }
}

/// What a publisher means by a character from 128 to 159: windows-1252, as in every browser (HTML 13.2.5.80).
pub(super) fn without_c1(c: char) -> char {
    let Ok(byte @ 0x80..=0x9F) = u8::try_from(c) else {
        return c;
    };
    let text = encoding_rs::WINDOWS_1252
        .decode_without_bom_handling(&[byte])
        .0
        .chars()
        .next();
    text.unwrap_or(c)
}

/// XML 1.0, section 2.2.
pub(super) fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// What element and attribute names are made of, a little less than XML allows.
fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_as_feeds_write_them() {
        for (source, want, well_formed) in [
            ("", vec![], true),
            (" a=\"b\" c = 'd'", vec![("a", "b"), ("c", "d")], true),
            ("\n  a=\"it's\"\n", vec![("a", "it's")], true),
            (" a=b c", vec![("a", "b"), ("c", "c")], false),
            (" a=\"b\"c=\"d\"", vec![("a", "b"), ("c", "d")], false),
            (" a=\"b", vec![("a", "b")], false),
            (" a= / b=''", vec![("a", "/"), ("b", "")], false),
            (" =x", vec![("", "x")], false),
        ] {
            assert_eq!(split_attributes(source), (want, well_formed), "{source}");
        }
    }

    #[test]
    fn what_begins_a_tag_and_where_it_ends() {
        for (text, want) in [
            ("<a>", Some(2)),
            ("<a b='>'/>", Some(9)),
            ("<a:b c=\"it's\">x", Some(13)),
            ("<a it's>", Some(7)),
            ("< a>", None),
            ("<3>", None),
            ("<a<b>", None),
            ("<a b=\"c>d<e>", None),
            ("<a@b.example>", None),
        ] {
            let got = match tag_end(text) {
                TagEnd::At(end) => Some(end),
                TagEnd::NoTag => None,
                TagEnd::Cut => panic!("{text} is not cut"),
            };
            assert_eq!(got, want, "{text}");
        }
        assert!(matches!(tag_end("<a b='c"), TagEnd::Cut));
        assert!(matches!(tag_end("<a"), TagEnd::Cut));
    }
}
