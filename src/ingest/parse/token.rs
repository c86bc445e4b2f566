//! Reads the smallest pieces of markup as leniently as they can be read: where a tag ends, what its attributes are, what a reference means.
//!
//! In: text from a `<` or `&` on. Out: what stands there, or that it is no markup. Every function looks at each byte once, or at a
//! bounded window, so that 200 000 bare ampersands cost what 200 000 letters cost.

use memchr::{memchr, memmem};

use crate::text::{self, character};

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
    let bytes = rest.as_bytes();
    let plain = bytes[1..]
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b':')
        .count();
    let name_end = rest[1 + plain..]
        .find(|c| !is_name_char(c))
        .map_or(rest.len(), |end| 1 + plain + end);
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
    for (at, byte) in bytes.iter().copied().enumerate().skip(name_end) {
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

/// How many bytes of a processing instruction follow its `<?`. One without `?>` ends at `>`, and at the latest where the next markup begins:
/// Word writes `<?xml:namespace prefix = o />`, and publishers forget the last `?`.
pub(super) fn instruction_end(body: &str) -> usize {
    let next = memchr(b'<', body.as_bytes()).unwrap_or(body.len());
    let window = &body[..next];
    let proper = memmem::find(window.as_bytes(), b"?>").map(|end| end + "?>".len());
    let short = || memchr(b'>', window.as_bytes()).map(|end| end + 1);
    proper.or_else(short).unwrap_or(next)
}

/// What stands behind an `&`.
pub(super) enum Reference<'a> {
    /// A reference that XML defines.
    Proper,
    /// A number that XML reads otherwise or not at all.
    Number(char),
    /// What HTML means by a name. A name counts only with its `;`: `?a=1&copy=2` is a query.
    Html(char, Option<char>),
    /// A name that only the document itself may define.
    Name(&'a str),
    /// An ampersand that means itself.
    None,
}

/// Reads the reference at the start of `text`: its length in bytes and its meaning.
pub(super) fn reference(text: &str) -> (usize, Reference<'_>) {
    let Some(body) = text::reference(text) else {
        return (1, Reference::None);
    };
    let name = body.trim_end_matches(';');
    let meaning = match (name, character(body)) {
        ("amp" | "lt" | "gt" | "quot" | "apos", _) => Reference::Proper,
        (_, Some((c, second))) => match name.strip_prefix('#') {
            None => Reference::Html(c, second),
            Some(number) if numeric(number) == Some(c) => Reference::Proper,
            Some(_) => Reference::Number(
                Some(c)
                    .filter(|c| is_xml_char(*c))
                    .unwrap_or(char::REPLACEMENT_CHARACTER),
            ),
        },
        (name, None) if name.starts_with('#') => return (1, Reference::None),
        (name, None) => Reference::Name(name),
    };
    (body.len() + 1, meaning)
}

/// What XML 1.0 (section 4.1) reads: `38`, `x26`.
fn numeric(number: &str) -> Option<char> {
    let code = match number.strip_prefix('x') {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => number.parse(),
    };
    char::from_u32(code.ok()?).filter(|c| is_xml_char(*c))
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
