//! The effective configuration, each value with where it comes from: for `dateline config print`.

use std::fmt::Write;

use super::Config;
use super::keys::Table;
use super::kind::Scalar;

/// One effective value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The table that it stands in.
    pub table: Table,
    /// Which of several tables of that name, from 0; `None` for a table that stands once.
    pub index: Option<usize>,
    /// The key.
    pub name: &'static str,
    /// As it would be written.
    pub value: Scalar,
    /// Who said so.
    pub origin: Origin,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The key is not set and has this default.
    Default,
    /// The key is not set; the value follows from something else, named here.
    From(&'static str),
    /// This line of the file, from 1.
    Line(usize),
}

impl Setting {
    pub(super) fn new(table: Table, index: Option<usize>, name: &'static str, value: Scalar, origin: Origin) -> Self {
        Self {
            table,
            index,
            name,
            value,
            origin,
        }
    }

    /// Whether somebody wrote it, in the file.
    pub(super) const fn is_set(&self) -> bool {
        matches!(self.origin, Origin::Line(_))
    }

    fn origin(&self, file: &str) -> String {
        match self.origin {
            Origin::Default => "default".to_owned(),
            Origin::From(source) => format!("from {source}"),
            Origin::Line(line) => format!("{file}:{line}"),
        }
    }
}

/// As TOML that [`super::parse`] reads back to the same values; each line ends with its origin as a comment.
#[must_use]
pub fn toml(config: &Config) -> String {
    let mut text = String::new();
    let mut open = None;
    for setting in &config.settings {
        let place = (setting.table, setting.index);
        if open != Some(place) {
            let gap = if open.is_some() { "\n" } else { "" };
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{gap}{}", setting.table.header());
            open = Some(place);
        }
        let value = written(&setting.value);
        let _ = writeln!(text, "{} = {value}  # {}", setting.name, setting.origin(&config.file));
    }
    text
}

/// As JSON: `{"file", "store": {"path": {"value", "origin"}}, ..., "source": [{...}], "filter": [{...}], "output": [{...}]}`.
#[must_use]
pub fn json(config: &Config) -> serde_json::Value {
    let mut root = serde_json::json!({ "file": config.file, "source": [], "filter": [], "output": [] });
    for setting in &config.settings {
        let shown = serde_json::json!({ "value": setting.value, "origin": setting.origin(&config.file) });
        let table = &mut root[setting.table.name()];
        match (setting.index, table.as_array_mut()) {
            (Some(index), Some(rows)) => {
                if rows.len() <= index {
                    rows.resize(index + 1, serde_json::json!({}));
                }
                rows[index][setting.name] = shown;
            }
            _ => table[setting.name] = shown,
        }
    }
    root
}

/// One table of a file that is still to be written.
#[must_use]
pub(crate) fn table(table: Table, pairs: &[(&str, Scalar)]) -> String {
    let mut text = format!("{}\n", table.header());
    for (name, value) in pairs {
        let _ = writeln!(text, "{name} = {}", written(value));
    }
    text
}

fn written(value: &Scalar) -> String {
    match value {
        Scalar::Integer(number) => number.to_string(),
        Scalar::Boolean(flag) => flag.to_string(),
        // Filters are full of quotes.
        Scalar::Text(text) if text.contains('"') && !text.contains(|c: char| c == '\'' || c.is_control()) => {
            format!("'{text}'")
        }
        // A JSON string is a TOML basic string, but for one control character.
        Scalar::Text(text) => serde_json::Value::from(text.as_str())
            .to_string()
            .replace('\u{7f}', "\\u007F"),
    }
}
