//! Logs: the subscriber, and the one printer of an error with its causes; and what is counted ([`Metrics`]).
//!
//! Fields are stable and dotted: `source.id`, `stage`, `items.new`, `items.duplicate`, `items.rejected`, `elapsed_ms`.
//! error = a person must act; warn = degraded but going on; info = one line a poll that read a document, or lifecycle step;
//! debug = a poll of nothing new, and per item. Never a body,
//! never a query string: it may hold a token.

use std::error::Error;
use std::fmt;
use std::io::IsTerminal;

use clap::ValueEnum;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::{Format, FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::{FmtContext, format};
use tracing_subscriber::registry::LookupSpan;

use crate::config;

mod metrics;

pub use metrics::{CONTENT_TYPE, Gauges, Lane, Metrics, Standing};

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text; with times if standard error is a terminal (and colours) or a file, bare where another stamps the lines; for the journal of systemd
    /// with their priority, so that `journalctl -p warning` finds them.
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
        LogFormat::Auto if config::is_journal() => builder.event_format(Prioritised::new()).try_init(),
        LogFormat::Auto if is_file() => builder.with_ansi(false).try_init(),
        LogFormat::Auto => builder.with_ansi(false).without_time().try_init(),
    };
}

/// Do programs read the lines, not a person who started this by hand?
#[must_use]
pub fn is_for_programs(format: LogFormat) -> bool {
    match format {
        LogFormat::Json => true,
        LogFormat::Auto => !std::io::stderr().is_terminal() && config::is_journal(),
        LogFormat::Text => false,
    }
}

/// Is standard error a file? Nobody stamps the lines there; a pipe leads to somebody who does (a container's log, a supervisor).
fn is_file() -> bool {
    std::fs::metadata("/dev/stderr").is_ok_and(|stderr| stderr.is_file())
}

/// A line of text after its priority, as sd-daemon(3) has it: `<4>`.
struct Prioritised(Format<format::Full, ()>);

impl Prioritised {
    fn new() -> Self {
        Self(
            format()
                .without_time()
                .with_target(false)
                .with_level(false)
                .with_ansi(false),
        )
    }
}

impl<S, N> FormatEvent<S, N> for Prioritised
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        write!(writer, "<{}>", priority(*event.metadata().level()))?;
        self.0.format_event(context, writer, event)
    }
}

/// Of syslog(3).
fn priority(level: Level) -> u8 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        Level::DEBUG | Level::TRACE => 7,
    }
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
