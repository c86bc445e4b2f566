//! Content codings of documents that are kept: chosen by the request, worked out once.

use async_compression::Level;
use async_compression::tokio::bufread::{BrotliEncoder, GzipEncoder, ZstdEncoder};
use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use tokio::io::{AsyncRead, AsyncReadExt};

/// A content coding (RFC 9110 section 8.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// RFC 7932.
    Br,
    /// RFC 8878.
    Zstd,
    /// RFC 1952.
    Gzip,
}

impl Coding {
    /// The smallest result first.
    pub(super) const ALL: &[Self] = &[Self::Br, Self::Zstd, Self::Gzip];

    /// As in `Content-Encoding`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Br => "br",
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }

    /// The one that the client likes best, of equals the smallest; `None`: it takes the document as it is (RFC 9110 section 12.5.3).
    pub(super) fn chosen(asked: &HeaderMap) -> Option<Self> {
        let lines = asked.get_all(header::ACCEPT_ENCODING);
        let wishes: Vec<(&str, f32)> = lines
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(','))
            .map(|wish| {
                let (name, rest) = wish.split_once(';').unwrap_or((wish, ""));
                let weight = rest
                    .trim()
                    .strip_prefix("q=")
                    .map(|weight| weight.trim().parse().unwrap_or(0.0));
                (name.trim(), weight.unwrap_or(1.0))
            })
            .collect();
        let weight = |coding: Self| {
            let named = |name: &str| wishes.iter().find(|(wish, _)| wish.eq_ignore_ascii_case(name));
            named(coding.name())
                .or_else(|| named("*"))
                .map_or(0.0, |(_, weight)| *weight)
        };
        let mut best: Option<(Self, f32)> = None;
        for coding in Self::ALL.iter().copied() {
            let weight = weight(coding);
            if weight > best.map_or(0.0, |(_, best)| best) {
                best = Some((coding, weight));
            }
        }
        best.map(|(coding, _)| coding)
    }

    /// The document in this coding; nothing if it cannot be coded.
    pub(super) async fn code(self, document: &[u8]) -> Option<Bytes> {
        // Worked out once a document and sent often: better than the fastest, far from the slowest.
        match self {
            Self::Br => all(BrotliEncoder::with_quality(document, Level::Precise(5))).await,
            Self::Zstd => all(ZstdEncoder::with_quality(document, Level::Precise(6))).await,
            Self::Gzip => all(GzipEncoder::with_quality(document, Level::Precise(6))).await,
        }
    }
}

async fn all(mut coder: impl AsyncRead + Unpin) -> Option<Bytes> {
    let mut coded = Vec::new();
    coder.read_to_end(&mut coded).await.ok()?;
    Some(Bytes::from(coded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_says_which_coding() {
        for (asked, want) in [
            ("", None),
            ("identity", None),
            ("gzip", Some(Coding::Gzip)),
            ("gzip, deflate, br, zstd", Some(Coding::Br)),
            ("GZIP;q=1.0, br;q=0.5", Some(Coding::Gzip)),
            ("br;q=0, *", Some(Coding::Zstd)),
            ("*;q=0", None),
            ("gzip;q=0", None),
            ("br;q=x, gzip ; q=0.1", Some(Coding::Gzip)),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, asked.parse().expect("a header"))]);
            assert_eq!(Coding::chosen(&headers), want, "{asked}");
        }
        assert_eq!(Coding::chosen(&HeaderMap::new()), None);
    }

    #[tokio::test]
    async fn a_coded_document_is_smaller_and_says_by_its_first_bytes_what_it_is() {
        let document = "A release. ".repeat(1_000);
        for (coding, first) in [
            (Coding::Gzip, &[0x1f_u8, 0x8b][..]),
            (Coding::Zstd, &[0x28, 0xb5, 0x2f, 0xfd]),
            (Coding::Br, &[]),
        ] {
            let coded = coding.code(document.as_bytes()).await.expect("it can be coded");
            assert!(coded.len() < document.len() / 10, "{}", coding.name());
            assert!(coded.starts_with(first), "{}", coding.name());
        }
    }
}
