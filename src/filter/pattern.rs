//! Regular expressions of `=~`: linear in the text, bounded in memory, compiled once when the filter is read.

use std::fmt;
use std::ops::Range;

use regex::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;

/// Longest pattern, bytes: what is longer wants to be a list or several tests.
const MAX_BYTES: usize = 2_048;
/// Bytes of a compiled pattern.
const MAX_COMPILED_BYTES: usize = 1 << 20;
/// Bytes that one search may use to be fast; beyond it is slower, and still linear.
const MAX_CACHE_BYTES: usize = 1 << 20;
/// Deepest nesting of groups and repetitions.
const MAX_NESTING: u32 = 50;

/// A compiled regular expression. Two are equal when they are written alike.
#[derive(Debug, Clone)]
pub struct Pattern(Regex);

impl Pattern {
    /// Compiles it: Unicode, without regard to letter case; `^` and `$` are the ends of the text.
    ///
    /// # Errors
    /// Where in the pattern and why, in the words of the regex engine.
    pub(super) fn new(text: &str) -> Result<Self, (Range<usize>, String)> {
        if text.len() > MAX_BYTES {
            return Err((
                0..text.len(),
                format!("a pattern may have {MAX_BYTES} bytes, this one has {}", text.len()),
            ));
        }
        let mut parser = ParserBuilder::new();
        // `regex` tells the same as a drawing over several lines; here place and reason are told apart.
        if let Err(error) = parser
            .case_insensitive(true)
            .nest_limit(MAX_NESTING)
            .build()
            .parse(text)
        {
            let (span, reason) = match &error {
                regex_syntax::Error::Parse(error) => (error.span(), error.kind().to_string()),
                regex_syntax::Error::Translate(error) => (error.span(), error.kind().to_string()),
                // The enum is open: other errors have no place.
                other => return Err((0..text.len(), other.to_string())),
            };
            return Err((span.start.offset..span.end.offset, reason));
        }
        let built = RegexBuilder::new(text)
            .case_insensitive(true)
            .nest_limit(MAX_NESTING)
            .size_limit(MAX_COMPILED_BYTES)
            .dfa_size_limit(MAX_CACHE_BYTES)
            .build();
        built.map(Self).map_err(|error| {
            let is_large = matches!(error, regex::Error::CompiledTooBig(_));
            let reason = if is_large {
                "this pattern unfolds to too much".to_owned()
            } else {
                error.to_string()
            };
            (0..text.len(), reason)
        })
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Pattern {}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
