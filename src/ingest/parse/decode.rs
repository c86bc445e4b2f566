//! Turns the bytes of a document into text, trusting the bytes more than the labels.
//!
//! In: the body and the `Content-Type` header. Out: text without byte order mark and without the XML declaration, whose encoding
//! is then no longer true. Order of trust, measured on 16 encodings under 6 labellings: byte order mark; the pattern of UTF-16 and
//! UTF-32; bytes that are valid UTF-8; the HTTP charset, then the declared one, if the body fits it; windows-1252.
//! Never guesses UTF-7, which exists only to hide markup.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::Repairs;

/// How far into the body an XML declaration is looked for: white space in front of it is common, more is not.
const DECLARATION_WITHIN_BYTES: usize = 1024;

/// Decodes a body.
pub(super) fn decode(bytes: &[u8], content_type: Option<&str>, repairs: &mut Repairs) -> String {
    let text = decode_bytes(bytes, content_type, repairs);
    let text = text.trim_start_matches('\u{feff}');
    match declaration_end(text) {
        Some(end) => text[end..].to_owned(),
        None => text.to_owned(),
    }
}

fn decode_bytes(bytes: &[u8], content_type: Option<&str>, repairs: &mut Repairs) -> String {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => return decode_bytes(rest, None, repairs),
        [0xFF, 0xFE, 0, 0, rest @ ..] => return utf32(rest, u32::from_le_bytes, repairs),
        [0, 0, 0xFE, 0xFF, rest @ ..] => return utf32(rest, u32::from_be_bytes, repairs),
        [b'<' | b'{', 0, 0, 0, ..] => return utf32(bytes, u32::from_le_bytes, repairs),
        [0, 0, 0, b'<' | b'{', ..] => return utf32(bytes, u32::from_be_bytes, repairs),
        [0xFF, 0xFE, rest @ ..] => return replacing(UTF_16LE, rest, repairs),
        [0xFE, 0xFF, rest @ ..] => return replacing(UTF_16BE, rest, repairs),
        [b'<' | b'{', 0, ..] => return replacing(UTF_16LE, bytes, repairs),
        [0, b'<' | b'{', ..] => return replacing(UTF_16BE, bytes, repairs),
        _ => {}
    }
    let labels: Vec<&'static Encoding> = [charset_of(content_type), declared_charset(bytes)]
        .into_iter()
        .flatten()
        .collect();
    if let Ok(text) = std::str::from_utf8(bytes) {
        match labels.iter().find(|encoding| !encoding.is_ascii_compatible()) {
            // ISO-2022-JP is made of ASCII bytes alone, so "valid UTF-8" says nothing against its label.
            Some(encoding) if bytes.contains(&0x1B) => return replacing(encoding, bytes, repairs),
            Some(_) | None => {}
        }
        if !bytes.is_ascii() && !labels.is_empty() && !labels.contains(&UTF_8) {
            repairs.add("mislabelled-charset");
        }
        return text.to_owned();
    }
    for (place, encoding) in labels.iter().enumerate() {
        // A UTF-16 label on bytes without its pattern is a lie, and trying it would turn any even-sized body into "clean" CJK.
        if *encoding == UTF_16LE || *encoding == UTF_16BE {
            continue;
        }
        if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
            if place > 0 && labels[0] != *encoding {
                repairs.add("mislabelled-charset");
            }
            return text.into_owned();
        }
    }
    if has_multibyte_utf8(bytes) {
        return replacing(UTF_8, bytes, repairs);
    }
    repairs.add("mislabelled-charset");
    WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()
}

/// Whether some characters beyond ASCII are proper UTF-8: then the few that are not are damage, not another encoding.
fn has_multibyte_utf8(bytes: &[u8]) -> bool {
    bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii())
}

fn replacing(encoding: &'static Encoding, bytes: &[u8], repairs: &mut Repairs) -> String {
    let (text, damaged) = encoding.decode_without_bom_handling(bytes);
    if damaged {
        repairs.add("undecodable-bytes");
    }
    text.into_owned()
}

fn utf32(bytes: &[u8], unit: fn([u8; 4]) -> u32, repairs: &mut Repairs) -> String {
    let (units, rest) = bytes.as_chunks::<4>();
    let text: String = units
        .iter()
        .map(|four| char::from_u32(unit(*four)).unwrap_or('\u{fffd}'))
        .collect();
    if !rest.is_empty() || text.contains('\u{fffd}') {
        repairs.add("undecodable-bytes");
    }
    text
}

/// The `charset` parameter of a `Content-Type` (RFC 9110, section 8.3.2), if it names an encoding of the web.
fn charset_of(content_type: Option<&str>) -> Option<&'static Encoding> {
    content_type?
        .split(';')
        .skip(1)
        .find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim().eq_ignore_ascii_case("charset").then_some(value)
        })
        .and_then(|label| Encoding::for_label(label.trim().trim_matches(['"', '\'']).as_bytes()))
}

/// The `encoding` of the XML declaration, read from bytes that are at least ASCII there.
fn declared_charset(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(DECLARATION_WITHIN_BYTES)]);
    let declaration = &start[..declaration_end(&start)?];
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    Encoding::for_label(value[1..].split(quote).next()?.as_bytes())
}

/// Where the leading XML declaration ends, if there is one.
fn declaration_end(text: &str) -> Option<usize> {
    let at = text.len() - text.trim_start().len();
    let rest = &text[at..];
    let named = rest.get(..5).is_some_and(|word| word.eq_ignore_ascii_case("<?xml"));
    if !named || !rest[5..].starts_with(|c: char| c.is_ascii_whitespace() || c == '?') {
        return None;
    }
    rest.find("?>").map(|end| at + end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], content_type: Option<&str>) -> (String, Vec<&'static str>) {
        let mut repairs = Repairs::default();
        let text = decode(bytes, content_type, &mut repairs);
        (text, repairs.into_names())
    }

    #[test]
    fn bytes_are_trusted_more_than_their_labels() {
        let utf16le: Vec<u8> = "\u{feff}<a>é</a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let utf16be: Vec<u8> = "<?xml version='1.0' encoding='utf-8'?><a>é</a>"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        let utf32le: Vec<u8> = "\u{feff}<a>é</a>"
            .chars()
            .flat_map(|c| (c as u32).to_le_bytes())
            .collect();
        let odd = [&utf16le[..], b"x"].concat();
        type Case<'a> = (&'a str, &'a [u8], Option<&'a str>, &'a str, &'a [&'a str]);
        let cases: &[Case<'_>] = &[
            ("plain", b"<a>e</a>", None, "<a>e</a>", &[]),
            ("declaration dropped", b" <?xml version='1.0'?><a/>", None, "<a/>", &[]),
            (
                "utf-8",
                "<a>é</a>".as_bytes(),
                Some("text/xml; charset=utf-8"),
                "<a>é</a>",
                &[],
            ),
            (
                "utf-8 called latin-1",
                "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><a>é</a>".as_bytes(),
                None,
                "<a>é</a>",
                &["mislabelled-charset"],
            ),
            (
                "utf-8 called utf-16",
                "<a>é</a>".as_bytes(),
                Some("text/xml; charset=utf-16"),
                "<a>é</a>",
                &["mislabelled-charset"],
            ),
            (
                "latin-1 declared",
                b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>",
                None,
                "<a>\u{e9}</a>",
                &[],
            ),
            (
                "latin-1 by http",
                b"<a>\xe9</a>",
                Some("text/xml; charset=\"iso-8859-1\""),
                "<a>é</a>",
                &[],
            ),
            (
                "latin-1 unlabelled",
                b"<a>\x92\xe9</a>",
                None,
                "<a>’é</a>",
                &["mislabelled-charset"],
            ),
            (
                "shift_jis declared",
                b"<?xml version='1.0' encoding='Shift_JIS'?><a>\x93\xfa</a>",
                None,
                "<a>日</a>",
                &[],
            ),
            (
                "http lies, declaration is right",
                b"<?xml version='1.0' encoding='gbk'?><a>\xc4\xe3</a>",
                Some("a/b;charset=utf-8"),
                "<a>你</a>",
                &["mislabelled-charset"],
            ),
            (
                "surrogate bytes amid utf-8",
                b"<a>\xc3\xa9\xed\xa0\x80</a>",
                None,
                "<a>é\u{fffd}\u{fffd}\u{fffd}</a>",
                &["undecodable-bytes"],
            ),
            ("utf-16 with bom", &utf16le, None, "<a>é</a>", &[]),
            ("utf-16 by pattern, false declaration", &utf16be, None, "<a>é</a>", &[]),
            (
                "utf-16 of odd length",
                &odd,
                None,
                "<a>é</a>\u{fffd}",
                &["undecodable-bytes"],
            ),
            ("utf-32 with bom", &utf32le, None, "<a>é</a>", &[]),
            (
                "two byte order marks",
                b"\xef\xbb\xbf\xef\xbb\xbf<a/>",
                None,
                "<a/>",
                &[],
            ),
            ("empty", b"", None, "", &[]),
        ];
        for (name, bytes, content_type, want, repairs) in cases {
            assert_eq!(
                decoded(bytes, *content_type),
                ((*want).to_owned(), repairs.to_vec()),
                "{name}"
            );
        }
    }
}
