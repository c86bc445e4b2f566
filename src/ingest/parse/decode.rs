//! Turns the bytes of a document into text, trusting the bytes more than the labels.
//!
//! In: the body and the `Content-Type` header. Out: text without byte order mark and without the XML declaration, whose encoding
//! is then no longer true. Order of trust, measured on 16 encodings under 6 labellings: byte order mark; the pattern of UTF-16 and
//! UTF-32; bytes that are UTF-8; the HTTP charset, then the declared one, if the body fits it; what a detector makes of the bytes,
//! which is windows-1252 when they tell nothing. Never guesses UTF-7, which exists only to hide markup.

use std::borrow::Cow;
use std::ops::Range;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::Repairs;
use super::token::instruction_end;

/// How far into the body an XML declaration is looked for: white space or a warning of PHP in front of it is common, more is not.
const DECLARATION_WITHIN_BYTES: usize = 4096;

/// How much text beyond ASCII the detector is given: a title is often enough, a page always is.
const DETECTED_BYTES: usize = 64 << 10;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Decodes a body; one in UTF-8, which is nearly every one, without a copy.
pub(super) fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>, repairs: &mut Repairs) -> Cow<'a, str> {
    match decode_bytes(bytes, content_type, repairs) {
        Cow::Borrowed(text) => undeclared(text).into(),
        Cow::Owned(text) => undeclared(&text).to_owned().into(),
    }
}

/// The text without byte order marks and without the declaration that leads it.
fn undeclared(text: &str) -> &str {
    let text = text.trim_start_matches('\u{feff}');
    match declaration(text) {
        Some(found) if text[..found.start].trim().is_empty() => &text[found.end..],
        Some(_) | None => text,
    }
}

fn decode_bytes<'a>(bytes: &'a [u8], content_type: Option<&str>, repairs: &mut Repairs) -> Cow<'a, str> {
    match bytes {
        [0xFF, 0xFE, 0, 0, rest @ ..] => return utf32(rest, u32::from_le_bytes, repairs).into(),
        [0, 0, 0xFE, 0xFF, rest @ ..] => return utf32(rest, u32::from_be_bytes, repairs).into(),
        [first, 0, 0, 0, ..] if opens(*first) => return utf32(bytes, u32::from_le_bytes, repairs).into(),
        [0, 0, 0, first, ..] if opens(*first) => return utf32(bytes, u32::from_be_bytes, repairs).into(),
        [0xFF, 0xFE, rest @ ..] => return replacing(UTF_16LE, rest, repairs),
        [0xFE, 0xFF, rest @ ..] => return replacing(UTF_16BE, rest, repairs),
        [first, 0, ..] if opens(*first) => return replacing(UTF_16LE, bytes, repairs),
        [0, first, ..] if opens(*first) => return replacing(UTF_16BE, bytes, repairs),
        _ => {}
    }
    let mut text = bytes;
    while let Some(rest) = text.strip_prefix(BYTE_ORDER_MARK) {
        text = rest;
    }
    let marked = text.len() < bytes.len();
    let claims = [
        content_type.filter(|_| !marked).and_then(charset_of),
        declared_charset(text),
    ];
    let labels: Vec<&'static Encoding> = claims.into_iter().flatten().collect();
    match joined_surrogates(text, repairs) {
        Cow::Borrowed(text) => decode_labelled(text, &labels, repairs),
        Cow::Owned(text) => decode_labelled(&text, &labels, repairs).into_owned().into(),
    }
}

/// What a document may begin with: markup, JSON, or white space in front of them.
fn opens(byte: u8) -> bool {
    matches!(byte, b'<' | b'{' | b'[' | b' ' | b'\n' | b'\r' | b'\t')
}

fn decode_labelled<'a>(bytes: &'a [u8], labels: &[&'static Encoding], repairs: &mut Repairs) -> Cow<'a, str> {
    let (proper, damaged) = match std::str::from_utf8(bytes) {
        Ok(_) => (1, 0),
        Err(_) => utf8_evidence(bytes),
    };
    // Made of ASCII bytes alone, so "valid UTF-8" says nothing against its label.
    if labels.contains(&ISO_2022_JP) && bytes.contains(&0x1B) && bytes.is_ascii() {
        return replacing(ISO_2022_JP, bytes, repairs);
    }
    // No other encoding gives so much proper UTF-8 by chance; what is damaged in it was pasted or cut.
    if proper > 4 * damaged {
        if !bytes.is_ascii() && !labels.is_empty() && !labels.contains(&UTF_8) {
            repairs.add("mislabelled-charset");
        }
        return replacing(UTF_8, bytes, repairs);
    }
    for encoding in labels {
        // A UTF-16 label on bytes without its pattern is a lie, and trying it would turn any even-sized body into "clean" CJK.
        if *encoding == UTF_16LE || *encoding == UTF_16BE {
            continue;
        }
        if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
            if labels[0] != *encoding {
                repairs.add("mislabelled-charset");
            }
            return text;
        }
    }
    if proper > 0 && proper >= damaged {
        return replacing(UTF_8, bytes, repairs);
    }
    repairs.add(if labels.is_empty() {
        "guessed-charset"
    } else {
        "mislabelled-charset"
    });
    replacing(detect(bytes), bytes, repairs)
}

/// How many characters beyond ASCII are proper UTF-8, and at how many places the bytes are not. A character cut off by the end is neither.
fn utf8_evidence(bytes: &[u8]) -> (usize, usize) {
    let mut evidence = (0, 0);
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        evidence.0 += chunk.valid().bytes().filter(|byte| *byte >= 0xC0).count();
        at += chunk.valid().len() + chunk.invalid().len();
        let cut_off = at == bytes.len() && std::str::from_utf8(chunk.invalid()).is_err_and(|e| e.error_len().is_none());
        evidence.1 += usize::from(!chunk.invalid().is_empty() && !cut_off);
    }
    evidence
}

/// Writes the surrogates of CESU-8, three bytes each, as the one character that a pair means; a single one means nothing and becomes
/// U+FFFD. Only in text that would be UTF-8 otherwise: elsewhere these bytes are letters.
fn joined_surrogates<'a>(bytes: &'a [u8], repairs: &mut Repairs) -> Cow<'a, [u8]> {
    if std::str::from_utf8(bytes).is_ok() {
        return bytes.into();
    }
    let is_surrogate = |window: &[u8]| matches!(window, [0xED, 0xA0..=0xBF, 0x80..=0xBF]);
    let surrogates = bytes.windows(3).filter(|window| is_surrogate(window)).count();
    // UTF-8 breaks at each of the three bytes.
    if surrogates == 0 || utf8_evidence(bytes).1 > 3 * surrogates {
        return bytes.into();
    }
    repairs.add("surrogates");
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        if !rest.get(..3).is_some_and(is_surrogate) {
            out.push(*first);
            rest = tail;
            continue;
        }
        let unit = |at: usize| {
            let three = rest.get(at..at + 3).filter(|three| is_surrogate(three))?;
            Some(0xD000 | u16::from(three[1] & 0x3F) << 6 | u16::from(three[2] & 0x3F))
        };
        let pair = unit(0).into_iter().chain(unit(3));
        let c = char::decode_utf16(pair).next().and_then(Result::ok);
        out.extend_from_slice(c.unwrap_or('\u{fffd}').encode_utf8(&mut [0; 4]).as_bytes());
        rest = &rest[if c.is_some() { 6 } else { 3 }..];
    }
    out.into()
}

/// What the bytes look like, of the encodings of the web but UTF-8, which they are not, and ISO-2022-JP, which can hide markup.
fn detect(bytes: &[u8]) -> &'static Encoding {
    // A text whose every byte beyond ASCII stands alone among ASCII and is a sign in windows-1252 (£, €, quotation marks, bullets, no letter)
    // has too little for statistics, which would read a pound as a Polish letter.
    let is_sign = |byte: &u8| byte.is_ascii() || (0x80..0xC0).contains(byte);
    let alone = |pair: &[u8]| pair[0].is_ascii() || pair[1].is_ascii();
    if bytes.iter().all(is_sign) && bytes.windows(2).all(alone) {
        return WINDOWS_1252;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut room = DETECTED_BYTES;
    // Neither byte is ever part of a character in these encodings.
    for piece in bytes.split_inclusive(|byte| matches!(byte, b'<' | b'"')) {
        let Some(start) = piece.iter().position(|byte| !byte.is_ascii()) else {
            continue;
        };
        // The letters in front of a character tell what it may be.
        let piece = &piece[start.saturating_sub(32)..];
        let piece = &piece[..piece.len().min(room)];
        detector.feed(piece, false);
        room -= piece.len();
        if room == 0 {
            break;
        }
    }
    detector.guess(None, Utf8Detection::Deny)
}

fn replacing<'a>(encoding: &'static Encoding, bytes: &'a [u8], repairs: &mut Repairs) -> Cow<'a, str> {
    let (text, damaged) = encoding.decode_without_bom_handling(bytes);
    if damaged {
        repairs.add("undecodable-bytes");
    }
    text
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
fn charset_of(content_type: &str) -> Option<&'static Encoding> {
    content_type
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
    let declaration = &start[declaration(&start)?];
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    Encoding::for_label(value[1..].split(quote).next()?.as_bytes())
}

/// Where the first XML declaration stands.
fn declaration(text: &str) -> Option<Range<usize>> {
    let start = &text[..text.floor_char_boundary(DECLARATION_WITHIN_BYTES)];
    let at = start.match_indices("<?").map(|(at, _)| at).find(|at| {
        let rest = &text[*at..];
        rest.get(..5).is_some_and(|word| word.eq_ignore_ascii_case("<?xml"))
            && rest[5..].starts_with(|c: char| c.is_ascii_whitespace() || c == '?')
    })?;
    Some(at..at + "<?".len() + instruction_end(&text[at + "<?".len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], content_type: Option<&str>) -> (String, Vec<&'static str>) {
        let mut repairs = Repairs::default();
        let text = decode(bytes, content_type, &mut repairs);
        (text.into_owned(), repairs.into_names())
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
                &["guessed-charset"],
            ),
            (
                "a pound and a dash among ASCII",
                b"<a>\xa35 million \x96 up</a>",
                None,
                "<a>£5 million – up</a>",
                &["guessed-charset"],
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
                "<a>é\u{fffd}</a>",
                &["surrogates"],
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
            (
                "both surrogates of a character",
                b"<a>\xed\xa0\xbd\xed\xb8\x80</a>",
                None,
                "<a>😀</a>",
                &["surrogates"],
            ),
            (
                "surrogates in the wrong order",
                b"<a>\xed\xb8\x80\xed\xa0\xbd</a>",
                None,
                "<a>\u{fffd}\u{fffd}</a>",
                &["surrogates"],
            ),
            (
                "overlong forms",
                b"<a>\xc0\xbcscript\xe0\x80\xbe</a>",
                Some("text/xml; charset=utf-8"),
                "<a>À¼scriptà€¾</a>",
                &["mislabelled-charset"],
            ),
            (
                "utf-7",
                b"<?xml version='1.0' encoding='utf-7'?><a>+ADw-b+AD4-</a>",
                Some("text/xml; charset=utf-7"),
                "<a>+ADw-b+AD4-</a>",
                &[],
            ),
            (
                "iso-2022-jp declared",
                b"<?xml version='1.0' encoding='iso-2022-jp'?><a>\x1b$BF|\x1b(B</a>",
                None,
                "<a>日</a>",
                &[],
            ),
            (
                "iso-2022-jp not declared",
                b"<a>\x1b$B<b>\x1b(B</a>",
                None,
                "<a>\u{1b}$B<b>\u{1b}(B</a>",
                &[],
            ),
            (
                "an escape in utf-8 called utf-16",
                b"<a>\x1b</a>",
                Some("text/xml; charset=utf-16"),
                "<a>\u{1b}</a>",
                &[],
            ),
            (
                "utf-8 with some bytes of another encoding, called latin-1",
                b"<a>\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 \x92</a>",
                Some("text/xml; charset=iso-8859-1"),
                "<a>ééééé \u{fffd}</a>",
                &["mislabelled-charset", "undecodable-bytes"],
            ),
            (
                "utf-8 that ends within a character, called latin-1",
                b"<a>\xc3\xa9\xe2\x80",
                Some("text/xml; charset=iso-8859-1"),
                "<a>é\u{fffd}",
                &["mislabelled-charset", "undecodable-bytes"],
            ),
            (
                "latin-1 that ends like the start of a character",
                b"<a>\xe9",
                Some("text/xml; charset=iso-8859-1"),
                "<a>é",
                &[],
            ),
            (
                "a declaration behind a warning",
                b"<b>Warning</b>\n<?xml version='1.0' encoding='koi8-r'?><a>\xed</a>",
                None,
                "<b>Warning</b>\n<?xml version='1.0' encoding='koi8-r'?><a>М</a>",
                &[],
            ),
            ("utf-16 behind a line end", b"\n\0<\0a\0/\0>\0", None, "\n<a/>", &[]),
            (
                "a byte order mark in front of windows-1252",
                b"\xef\xbb\xbf<?xml version='1.0' encoding='windows-1252'?><a>\x92</a>",
                Some("text/xml; charset=utf-8"),
                "<a>’</a>",
                &[],
            ),
        ];
        for (name, bytes, content_type, want, repairs) in cases {
            assert_eq!(
                decoded(bytes, *content_type),
                ((*want).to_owned(), repairs.to_vec()),
                "{name}"
            );
        }
    }

    #[test]
    fn texts_without_a_true_label_are_recognised() {
        let russian = "Компания сообщила о выпуске новой продукции";
        let japanese = "新製品の発売についてのお知らせ";
        for (encoding, text) in [
            (encoding_rs::WINDOWS_1251, russian),
            (encoding_rs::KOI8_R, russian),
            (encoding_rs::SHIFT_JIS, japanese),
            (encoding_rs::EUC_JP, japanese),
            (encoding_rs::GBK, "公司发布新产品的公告"),
            (encoding_rs::BIG5, "公司發布新產品的公告"),
            (encoding_rs::EUC_KR, "신제품 출시에 관한 안내"),
            (WINDOWS_1252, "Société générale – communiqué"),
        ] {
            for document in [
                format!("<a>{}<title>{text}</title></a>", "<b>plain</b>".repeat(20_000)),
                format!("<?xml version='1.0' encoding='utf-8'?><a>{text}</a>"),
                format!("{{\"title\": \"{text}\"}}"),
            ] {
                let bytes = encoding.encode(&document).0;
                let (decoded, repairs) = decoded(&bytes, None);
                assert!(decoded.contains(text), "{}: {decoded:.200}", encoding.name());
                assert_eq!(repairs.len(), 1, "{}: {repairs:?}", encoding.name());
            }
        }
    }

    #[test]
    fn large_bodies_of_bytes_that_mean_little_take_linear_time() {
        for unit in [
            &b"\xef\xbb\xbf"[..],
            b"\xed\xa0\xbd",
            b"\xc3",
            b"\xff\xfe<",
            b"<?xml ",
            b"\x82\xa0\"",
        ] {
            // nextest ends a test that hangs; quadratic time on this size would be minutes.
            let (text, _) = decoded(&unit.repeat(300_000), None);
            assert!(!text.contains("<script"));
        }
    }
}
