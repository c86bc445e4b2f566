//! Logs: the subscriber, and the one printer of an error with its causes.
//!
//! Fields are stable and dotted: `source.id`, `stage`, `items.new`, `items.duplicate`, `items.rejected`, `elapsed_ms`.
//! error = a person must act; warn = degraded but going on; info = one line a poll that read a document, or lifecycle step;
//! debug = a poll of nothing new, and per item. Never a body,
//! never a query string: it may hold a token.

use std::error::Error;
use std::io::IsTerminal;

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text; with colours and times if standard error is a terminal, bare under a journal that stamps lines itself.
    Auto,
    /// Text with times.
    Text,
    /// One JSON object a line.
    Json,
}

/// Installs the subscriber on standard error: standard output belongs to a command's answer.
///
/// `level` is a filter of `tracing_subscriber::EnvFilter`: `info`, `dateline=debug`.
pub fn install(format: LogFormat, level: &str) {
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"));
    let terminal = std::io::stderr().is_terminal();
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false);
    // A second call (a test, a library user with a subscriber of its own) changes nothing.
    let _ = match format {
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
        LogFormat::Text => builder.with_ansi(terminal).try_init(),
        LogFormat::Auto if terminal => builder.with_ansi(true).try_init(),
        LogFormat::Auto => builder.with_ansi(false).without_time().try_init(),
    };
}

/// `what failed: why: why that`, on one line. A cause that its parent already tells is not told twice.
#[must_use]
pub fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !line.contains(&text) {
            line.push_str(": ");
            line.push_str(&text);
        }
        cause = error.source();
    }
    line.replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::chain;

    #[derive(Debug, thiserror::Error)]
    #[error("reading {0}")]
    struct Outer(&'static str, #[source] std::io::Error);

    #[test]
    fn a_chain_is_one_line_and_says_each_cause_once() {
        let cause = std::io::Error::other("disk\nfull");
        assert_eq!(chain(&Outer("store", cause)), "reading store: disk full");
        let cause = std::io::Error::other("reading store");
        assert_eq!(chain(&Outer("store", cause)), "reading store");
    }
}
