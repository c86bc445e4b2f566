//! How a command answers: text and JSON on standard output, one clear line and an exit code when it cannot.

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use comfy_table::{ColumnConstraint, ContentArrangement, Row, Table};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::telemetry;

/// Exit codes, one a class of failure (sysexits.h).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Ok = 0,
    /// A named thing failed: a source could not be polled, an article is not there.
    Failed = 1,
    /// The command line makes no sense (EX_USAGE).
    Usage = 64,
    /// The input is not what it should be (EX_DATAERR).
    Data = 65,
    /// The store or the network cannot be had (EX_UNAVAILABLE).
    Unavailable = 69,
    /// A file cannot be read or written (EX_IOERR).
    Io = 74,
    /// The configuration is wrong (EX_CONFIG); a service manager need not try again.
    Config = 78,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        // The discriminants are the codes.
        Self::from(exit as u8)
    }
}

/// Why a command ended early.
#[derive(Debug)]
pub struct Failure {
    /// Its class.
    pub exit: Exit,
    /// What a person reads: what failed, why, what to do.
    pub message: String,
    /// The same for a log.
    pub lines: Vec<String>,
}

impl Failure {
    /// A failure of this class.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            exit,
            lines: message.lines().map(str::to_owned).collect(),
            message,
        }
    }

    /// A failure of this class, told with its causes.
    pub fn of(exit: Exit, error: &dyn std::error::Error) -> Self {
        Self::new(exit, telemetry::chain(error))
    }
}

/// Says it on standard error.
pub(super) fn report(failure: &Failure) -> Exit {
    say(&format!("dateline: {}", failure.message));
    failure.exit
}

/// Says it in the log: where programs read, a line of another form is lost on them, and the journal wants the priority of each.
pub(super) fn log(failure: &Failure) -> Exit {
    for line in &failure.lines {
        tracing::error!("{line}");
    }
    failure.exit
}

/// A line for the person at the terminal, on standard error.
pub(super) fn say(text: &str) {
    // If standard error is gone there is nobody left to tell.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// The answer, on standard output.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    print_document(text.as_bytes())?;
    if text.ends_with('\n') {
        Ok(())
    } else {
        print_document(b"\n")
    }
}

/// A document, byte for byte, on standard output.
pub(super) fn print_document(bytes: &[u8]) -> Result<(), Failure> {
    match std::io::stdout().lock().write_all(bytes) {
        Ok(()) => Ok(()),
        // `dateline articles | head` closes the pipe when it has enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::new(Exit::Io, format!("cannot write the answer: {error}"))),
    }
}

/// The answer as JSON.
pub(super) fn print_json<T: Serialize>(value: &T) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::new(Exit::Io, format!("cannot write the answer as JSON: {error}")))?;
    print(&text)
}

/// A table that fits the terminal.
pub(super) fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table
        .load_style(comfy_table::presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(header);
    for row in rows {
        table.add_row(row);
    }
    table.to_string()
}

/// A table of one line a row: where the terminal is narrow the last column is cut.
pub(super) fn lines(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table
        .load_style(comfy_table::presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(header);
    for cells in rows {
        let mut row = Row::from(cells);
        row.max_height(1);
        table.add_row(row);
    }
    for column in 0..header.len().saturating_sub(1) {
        if let Some(column) = table.column_mut(column) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    table.to_string()
}

/// `2026-11-25 08:00:03Z`, or a dash.
pub(super) fn time(time: Option<DateTime<Utc>>) -> String {
    time.map_or_else(|| "-".to_owned(), |time| time.format("%Y-%m-%d %H:%M:%SZ").to_string())
}

/// `5.3 MiB`, `4 KiB`.
pub(super) fn bytes(bytes: u64) -> String {
    let text = indicatif::BinaryBytes(bytes).to_string();
    match text.split_once(' ') {
        Some((number, unit)) if number.contains('.') => {
            format!("{} {unit}", number.trim_end_matches('0').trim_end_matches('.'))
        }
        Some(_) | None => text,
    }
}

/// A bar of what is known beforehand, on standard error; nothing where that is no terminal.
pub(super) fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::no_length();
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {percent}%  {elapsed} gone, {eta} to go  {msg}") {
        bar.set_style(style);
    }
    bar
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn sizes_are_told_without_idle_digits() {
        for (size, want) in [
            (0, "0 B"),
            (100, "100 B"),
            (4_096, "4 KiB"),
            (1_572_864, "1.5 MiB"),
            (5_557_452, "5.3 MiB"),
            (100 << 20, "100 MiB"),
        ] {
            assert_eq!(bytes(size), want);
        }
    }
}
