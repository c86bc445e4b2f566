//! Fetches one document: conditional, bounded, guarded.

use chrono::{DateTime, Utc};
use url::Url;

/// What a server gave to ask "has it changed?" with, byte for byte as received.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag`
    pub etag: Option<String>,
    /// `Last-Modified`
    pub last_modified: Option<String>,
}

/// A document, complete.
#[derive(Debug, Clone)]
pub struct Payload {
    /// Decoded of its content coding, not of its character set.
    pub bytes: Vec<u8>,
    /// `Content-Type`, as received.
    pub content_type: Option<String>,
    /// Where it came from, after redirects.
    pub url: Url,
    /// HTTP status.
    pub status: u16,
    /// To ask with next time.
    pub validators: Validators,
}

/// The answer of a server that answered well.
#[derive(Debug, Clone)]
pub enum Fetched {
    /// 304: nothing changed. The validators to ask with next time (the server may send new ones).
    NotModified(Validators),
    /// A document.
    Body(Payload),
}

/// What to do after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Back off and try again.
    Retry,
    /// The server named a time; not before.
    WaitUntil(DateTime<Utc>),
    /// Only the operator can mend this (410, a blocked address): slow to the ceiling, keep saying so.
    GiveUp,
}
