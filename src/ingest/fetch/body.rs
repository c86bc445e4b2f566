//! The body of an answer: counted as it comes, freed of its one content coding, counted again.
//!
//! In: an answer whose header was read. Out: the whole document, or why there is none. What comes over the wire and what it unfolds to
//! are both bounded: a compressed stream can be endless and unfold to nothing, or short and unfold to everything. Memory grows with
//! what arrives, never with what a header announces.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_compression::tokio::bufread::{BrotliDecoder, GzipDecoder, ZlibDecoder, ZstdDecoder};
use async_compression::zstd::DParameter;
use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::{Response, header};
use tokio::io::{AsyncBufRead, AsyncRead, AsyncReadExt};
use tokio_util::io::StreamReader;
use url::Url;

use super::error::{Cause, is_timeout};
use super::{FetchError, Fetcher, find, shown};

/// The codings that are undone; the first three are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Identity,
    Gzip,
    Brotli,
    Zstd,
    Deflate,
}

/// A zstd window of 8 MiB at most (RFC 9659).
const ZSTD_WINDOW_LOG: u32 = 23;

/// What unfolds to more than this may be so many times as long as what came: feeds are five times as long, lists of alike items fifty times.
const SUSPECT_BYTES: usize = 1 << 20;
const MAX_TIMES: usize = 250;

/// More bytes came over the wire than a document may have.
#[derive(Debug, thiserror::Error)]
#[error("more bytes than a document may have")]
struct Flood;

impl Coding {
    /// `None` for what was not asked for, and for several on top of each other.
    fn parse(text: &str) -> Option<Self> {
        Some(match text.trim().to_ascii_lowercase().as_str() {
            "" | "identity" => Self::Identity,
            "gzip" | "x-gzip" => Self::Gzip,
            "br" => Self::Brotli,
            "zstd" => Self::Zstd,
            "deflate" => Self::Deflate,
            _ => return None,
        })
    }

    fn undo(self, coded: impl AsyncBufRead + Send + 'static) -> Pin<Box<dyn AsyncRead + Send>> {
        match self {
            Self::Identity => Box::pin(coded),
            Self::Gzip => {
                let mut decoder = GzipDecoder::new(coded);
                // RFC 1952 section 2.2: a file is a series of members.
                decoder.multiple_members(true);
                Box::pin(decoder)
            }
            Self::Brotli => Box::pin(BrotliDecoder::new(coded)),
            Self::Zstd => {
                let window = [DParameter::window_log_max(ZSTD_WINDOW_LOG)];
                let mut decoder = ZstdDecoder::with_params(coded, &window);
                decoder.multiple_members(true);
                Box::pin(decoder)
            }
            Self::Deflate => Box::pin(ZlibDecoder::new(coded)),
        }
    }
}

impl Fetcher {
    /// The whole decoded body.
    pub(super) async fn body(&self, response: Response, url: &Url) -> Result<Vec<u8>, FetchError> {
        let mut codings = response.headers().get_all(header::CONTENT_ENCODING).iter();
        let said = codings.next().map_or_else(String::new, |coding| {
            String::from_utf8_lossy(coding.as_bytes()).into_owned()
        });
        let coding = Coding::parse(&said)
            .filter(|_| codings.next().is_none())
            .ok_or_else(|| FetchError::UnknownEncoding(shown(url), said))?;
        let limit = self.max_body_bytes;
        if response.content_length().is_some_and(|length| length > limit as u64) {
            return Err(FetchError::TooLarge(shown(url), limit));
        }

        let mut wire = response.bytes_stream();
        let first = match wire.try_next().await {
            // Nothing is nothing in every coding.
            Ok(None) => return Ok(Vec::new()),
            Ok(Some(first)) => first,
            Err(error) => return Err(self.broken(&error, url)),
        };
        let came = Arc::new(AtomicUsize::new(0));
        let counted = stream::iter([Ok(first)]).chain(wire).map({
            let came = Arc::clone(&came);
            move |chunk| {
                let chunk = chunk.map_err(io::Error::other)?;
                let so_far = came.fetch_add(chunk.len(), Ordering::Relaxed) + chunk.len();
                if so_far > limit {
                    Err(io::Error::other(Flood))
                } else {
                    Ok(chunk)
                }
            }
        });
        let mut decoded = coding.undo(StreamReader::new(counted)).take(limit as u64 + 1);
        let mut bytes = Vec::new();
        decoded
            .read_to_end(&mut bytes)
            .await
            .map_err(|error| self.unread(&error, url))?;
        let times = bytes.len() / came.load(Ordering::Relaxed).max(1);
        if bytes.len() > limit {
            Err(FetchError::TooLarge(shown(url), limit))
        } else if bytes.len() > SUSPECT_BYTES && times > MAX_TIMES {
            Err(FetchError::Bomb(shown(url), times))
        } else {
            Ok(bytes)
        }
    }

    /// Names a failure within the body: the transport's, or a decoder's.
    fn unread(&self, error: &io::Error, url: &Url) -> FetchError {
        let inner = error.get_ref();
        if inner.is_some_and(|inner| inner.is::<Flood>()) {
            return FetchError::TooLarge(shown(url), self.max_body_bytes);
        }
        match inner.and_then(|inner| inner.downcast_ref::<reqwest::Error>()) {
            Some(error) => self.broken(error, url),
            None => FetchError::Decoding(shown(url), Cause::new(error)),
        }
    }

    fn broken(&self, error: &reqwest::Error, url: &Url) -> FetchError {
        let (place, cause) = (shown(url), Cause::of(error));
        if is_timeout(error) {
            FetchError::ReadTimeout(place, self.read_timeout)
        } else if find::<hyper::Error>(error).is_some() {
            FetchError::Cut(place, cause)
        } else {
            FetchError::NoAnswer(place, cause)
        }
    }
}
