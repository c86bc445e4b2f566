//! What is wrong with a configuration: every problem, each with its place and what to do.

use std::fmt;
use std::io;
use std::ops::Range;

/// Problems that a log tells one by one.
const LOGGED: usize = 10;

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error("cannot read the configuration {file}: {source}; {}", remedy(.source))]
    Unreadable {
        /// The path, as given.
        file: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file was read and holds problems: all of them, in file order, at least one.
    #[error("{}", joined(.problems))]
    Invalid {
        /// In file order.
        problems: Vec<Problem>,
    },
}

impl ConfigError {
    /// For a log: a line a problem, of many the first ones.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let problems = self.problems();
        let mut lines: Vec<String> = problems.iter().take(LOGGED).map(Problem::line).collect();
        match problems.len() {
            0 => lines.push(self.to_string()),
            count if count > LOGGED => lines.push(format!("and {} more: `dateline check` shows all", count - LOGGED)),
            _ => {}
        }
        lines
    }

    /// Is there no such file?
    #[must_use]
    pub fn is_of_no_file(&self) -> bool {
        matches!(self, Self::Unreadable { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }

    /// The problems; none if the file could not be read at all.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Unreadable { .. } => &[],
            Self::Invalid { problems } => problems,
        }
    }
}

fn remedy(source: &io::Error) -> &'static str {
    if source.kind() == io::ErrorKind::PermissionDenied {
        "let this user read it and its folder, or run this as root (sudo)"
    } else {
        "name a readable file with --config or $DATELINE_CONFIG"
    }
}

fn joined(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n\n")
}

/// One mistake. `Display` is the form for people: place, what is wrong, the line with a caret, and a hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, as given.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// Dotted, as in `source.schedule`; `None` where the TOML itself is broken.
    pub key: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do, where that is known.
    pub hint: Option<String>,
    /// The line itself, control characters replaced.
    excerpt: String,
    /// How many characters the caret marks, at least 1.
    marked: usize,
}

impl Problem {
    /// On one line: place, what is wrong, and the hint.
    #[must_use]
    pub fn line(&self) -> String {
        match &self.hint {
            Some(hint) => format!("{} (hint: {hint})", self.head()),
            None => self.head(),
        }
    }

    /// Place, key and what is wrong.
    fn head(&self) -> String {
        let Self {
            file,
            line,
            column,
            message,
            ..
        } = self;
        match &self.key {
            Some(key) => format!("{file}:{line}:{column}: {key}: {message}"),
            None => format!("{file}:{line}:{column}: {message}"),
        }
    }

    /// Hides the marked characters.
    pub(super) fn conceal(&mut self) {
        let marked = self.column - 1..self.column - 1 + self.marked;
        let stars = self
            .excerpt
            .chars()
            .enumerate()
            .map(|(at, c)| if marked.contains(&at) { '*' } else { c });
        self.excerpt = stars.collect();
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line, column, excerpt, ..
        } = self;
        let number = line.to_string();
        let gutter = " ".repeat(number.len());
        // Tabs stay tabs, so that the caret stands below what it marks.
        let indent = excerpt
            .chars()
            .take(column - 1)
            .map(|c| if c == '\t' { '\t' } else { ' ' });
        let indent = indent.collect::<String>();
        let carets = "^".repeat(self.marked);
        let head = self.head();
        write!(
            f,
            "{head}\n{gutter} |\n{number} | {excerpt}\n{gutter} | {indent}{carets}"
        )?;
        match &self.hint {
            Some(hint) => write!(f, "\n{gutter} = hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// The text of a file, and where its lines start.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    file: &'a str,
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(file: &'a str, text: &'a str) -> Self {
        let starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        Self { file, text, starts }
    }

    /// The line, from 1, that holds this byte.
    pub(super) fn line(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte)
    }

    /// The text of these bytes.
    pub(super) fn slice(&self, bytes: Range<usize>) -> &'a str {
        self.text.get(bytes).unwrap_or_default()
    }

    /// A problem with these bytes. Of a span over several lines the first one is shown.
    pub(super) fn problem(&self, bytes: Range<usize>, key: Option<String>, message: String) -> Problem {
        let line = self.line(bytes.start);
        let start = self.starts.get(line - 1).copied().unwrap_or_default();
        let row = self.slice(start..self.text.len()).lines().next().unwrap_or_default();
        let clamp = |byte: usize| row.floor_char_boundary(byte.saturating_sub(start));
        let (from, to) = (clamp(bytes.start), clamp(bytes.end));
        Problem {
            file: self.file.to_owned(),
            line,
            column: row.get(..from).map_or(0, |before| before.chars().count()) + 1,
            key,
            message,
            hint: None,
            excerpt: row
                .chars()
                .map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c })
                .collect(),
            marked: row.get(from..to).map_or(0, |marked| marked.chars().count()).max(1),
        }
    }
}
