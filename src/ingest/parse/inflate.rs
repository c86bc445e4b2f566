//! Inflates a body that is gzip data though no header says so: a server that compresses twice, or serves `feed.xml.gz` as it lies there.
//!
//! In: the body and the most bytes that it may become, which is what a fetched body may have. Out: the bytes inside, of all members;
//! what follows the last one, such as the zeros with which some servers pad, is left alone, as gzip itself does. Only one layer is taken
//! off, and no more memory is used than the limit.

use std::borrow::Cow;
use std::io::Read;

use flate2::bufread::GzDecoder;

use super::{ParseError, Repairs};

/// Members of one body. Each costs the set-up of a decoder, however little is in it; block-wise packers begin one every 64 KiB.
const MAX_MEMBERS: usize = 4_096;

/// RFC 1952, section 2.3.1.
const MAGIC: &[u8] = b"\x1f\x8b";

/// The body itself, or what is packed in it.
pub(super) fn inflate<'a>(
    body: &'a [u8],
    max_bytes: usize,
    repairs: &mut Repairs,
) -> Result<Cow<'a, [u8]>, ParseError> {
    if !body.starts_with(MAGIC) {
        return Ok(body.into());
    }
    repairs.add("gzip-without-header");
    let mut inflated = Vec::new();
    let mut rest = body;
    let mut members = 0;
    while rest.starts_with(MAGIC) {
        members += 1;
        if members > MAX_MEMBERS {
            return Err(ParseError::not_a_feed("gzip data in thousands of parts"));
        }
        let mut member = GzDecoder::new(rest);
        // One byte more tells "all of it" from "too much".
        let room = u64::try_from(max_bytes - inflated.len()).unwrap_or(u64::MAX);
        (&mut member).take(room.saturating_add(1)).read_to_end(&mut inflated)?;
        if inflated.len() > max_bytes {
            return Err(ParseError::TooLarge(max_bytes));
        }
        rest = member.into_inner();
    }
    if rest.iter().any(|byte| *byte != 0) {
        repairs.add("trailing-junk");
    }
    if inflated.starts_with(MAGIC) {
        return Err(ParseError::not_a_feed("gzip data within gzip data"));
    }
    Ok(inflated.into())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).expect("memory");
        encoder.finish().expect("memory")
    }

    #[test]
    fn a_packed_body_is_unpacked_once_and_never_beyond_the_limit() {
        let (one, whole) = (gzip(b"<a>"), gzip(b"<a></a>"));
        let mut damaged = whole.clone();
        damaged[whole.len() - 6] ^= 1;
        for (name, body, want) in [
            ("plain", b"<a></a>".to_vec(), Ok("<a></a>")),
            ("packed", whole.clone(), Ok("<a></a>")),
            ("two members", [one, gzip(b"</a>")].concat(), Ok("<a></a>")),
            ("padded", [whole.as_slice(), &[0; 512]].concat(), Ok("<a></a>")),
            (
                "junk behind it",
                [whole.as_slice(), b"\r\n<!-- x -->"].concat(),
                Ok("<a></a>"),
            ),
            (
                "a cut member behind it",
                [whole.as_slice(), MAGIC].concat(),
                Err("the document is gzip data that is cut or damaged: try again later"),
            ),
            ("nothing in it", gzip(b"").repeat(MAX_MEMBERS), Ok("")),
            (
                "too many members",
                gzip(b"").repeat(MAX_MEMBERS + 1),
                Err("not a feed but gzip data in thousands of parts: check the source's URL"),
            ),
            ("just within the limit", gzip(&[b'x'; 10]), Ok("xxxxxxxxxx")),
            (
                "one byte too much",
                gzip(&[b'x'; 11]),
                Err(
                    "the document inflates to more than 10 bytes; raise max_body_bytes under [fetch] if that is its true size",
                ),
            ),
            (
                "a bomb",
                gzip(&vec![b' '; 50 << 20]),
                Err(
                    "the document inflates to more than 10 bytes; raise max_body_bytes under [fetch] if that is its true size",
                ),
            ),
            (
                "cut",
                whole[..whole.len() - 9].to_vec(),
                Err("the document is gzip data that is cut or damaged: try again later"),
            ),
            (
                "the magic alone",
                MAGIC.to_vec(),
                Err("the document is gzip data that is cut or damaged: try again later"),
            ),
            (
                "wrong checksum",
                damaged,
                Err("the document is gzip data that is cut or damaged: try again later"),
            ),
            (
                "packed twice",
                gzip(MAGIC),
                Err("not a feed but gzip data within gzip data: check the source's URL"),
            ),
        ] {
            let mut repairs = Repairs::default();
            let got = inflate(&body, 10, &mut repairs).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            assert_eq!(
                got.map_err(|error| error.to_string()),
                want.map(str::to_owned).map_err(str::to_owned),
                "{name}"
            );
            assert_eq!(repairs.into_names().is_empty(), !body.starts_with(MAGIC), "{name}");
        }
    }
}
