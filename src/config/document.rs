//! Walks a TOML document by hand, so that one look finds every problem and remembers where each value came from.

use std::fmt::Display;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{Absent, KEYS, Key, Table};
use super::kind::{Fault, Scalar, nearest};
use super::print::{Origin, Setting};
use super::problem::{Lines, Problem};

/// Collects what a walk finds.
#[derive(Debug)]
pub(super) struct Document<'a> {
    lines: Lines<'a>,
    /// Lines whose TOML is broken: what else is wrong there follows from that.
    broken: Vec<usize>,
    problems: Vec<Problem>,
    settings: Vec<Setting>,
}

/// One table, as it stands in the file, or as it does not.
#[derive(Debug)]
pub(super) struct Section<'d> {
    table: Table,
    /// Which of several, from 0.
    index: Option<usize>,
    values: Option<&'d DeTable<'d>>,
    /// The header.
    header: Range<usize>,
}

impl Section<'_> {
    fn get<T>(&self, key: &Key<T>) -> Option<&Spanned<DeValue<'_>>> {
        self.values?.get(key.row.name)
    }
}

impl<'a> Document<'a> {
    /// Takes a parse that went on after errors.
    pub(super) fn new(file: &'a str, text: &'a str, errors: &[toml::de::Error]) -> Self {
        let mut document = Self {
            lines: Lines::new(file, text),
            broken: Vec::new(),
            problems: Vec::new(),
            settings: Vec::new(),
        };
        for error in errors {
            let span = error.span().unwrap_or_default();
            let problem = document.lines.problem(span, None, error.message().to_owned());
            // One slip often draws several messages; the first is the cause.
            if !document.broken.contains(&problem.line) {
                document.broken.push(problem.line);
                document.problems.push(problem);
            }
        }
        document
    }

    /// What was found: the settings, or the problems in file order.
    pub(super) fn finish(mut self) -> Result<Vec<Setting>, Vec<Problem>> {
        if self.problems.is_empty() {
            return Ok(self.settings);
        }
        self.problems.sort_by_key(|problem| (problem.line, problem.column));
        Err(self.problems)
    }

    /// Reports the names at the top of the file that are no tables.
    pub(super) fn check_tables(&mut self, root: &DeTable<'_>) {
        for (name, _) in root
            .iter()
            .filter(|(name, _)| Table::ALL.iter().all(|table| table.name() != name.get_ref()))
        {
            let word = name.get_ref();
            let near = nearest(word, Table::ALL.map(Table::name));
            let near = Table::ALL.iter().find(|table| Some(table.name()) == near);
            let home = KEYS.iter().find(|row| row.name == word).map(|row| row.table);
            let fault = Fault::new(format!("`{word}` is no table of the configuration"));
            let hint = match (home, near) {
                (Some(home), _) => format!("`{word}` belongs below {}", home.header()),
                (None, Some(near)) => format!("did you mean {}?", near.header()),
                (None, None) => format!("known are {}", Table::ALL.map(Table::header).join(" ")),
            };
            self.blame(name.span(), word.to_string(), fault.hint(hint));
        }
    }

    /// The table of that name, which stands once or not at all.
    pub(super) fn section<'d>(&mut self, root: &'d DeTable<'d>, table: Table) -> Section<'d> {
        let absent = Section {
            table,
            index: None,
            values: None,
            header: 0..0,
        };
        match root.get(table.name()) {
            None => absent,
            Some(value) => self.opened(value, table, None).unwrap_or(absent),
        }
    }

    /// The tables of that name, in file order.
    pub(super) fn sections<'d>(&mut self, root: &'d DeTable<'d>, table: Table) -> Vec<Section<'d>> {
        let Some(value) = root.get(table.name()) else {
            return Vec::new();
        };
        let Some(rows) = value.get_ref().as_array() else {
            let fault = Fault::new(format!("expected {}, found {}", table.header(), found(value.get_ref())));
            self.blame(
                value.span(),
                table.name().to_owned(),
                fault.hint(format!("write {}", table.header())),
            );
            return Vec::new();
        };
        let rows = rows.iter().enumerate();
        rows.filter_map(|(index, row)| self.opened(row, table, Some(index)))
            .collect()
    }

    fn opened<'d>(
        &mut self,
        value: &'d Spanned<DeValue<'d>>,
        table: Table,
        index: Option<usize>,
    ) -> Option<Section<'d>> {
        let DeValue::Table(values) = value.get_ref() else {
            let fault = Fault::new(format!("expected {}, found {}", table.header(), found(value.get_ref())));
            self.blame(
                value.span(),
                table.name().to_owned(),
                fault.hint(format!("write {}", table.header())),
            );
            return None;
        };
        let names = || KEYS.iter().filter(|row| row.table == table).map(|row| row.name);
        for (name, _) in values
            .iter()
            .filter(|(name, _)| names().all(|known| known != name.get_ref()))
        {
            let word = name.get_ref();
            let elsewhere = KEYS.iter().find(|row| row.name == word).map(|row| row.table);
            let hint = match (elsewhere, nearest(word, names())) {
                (Some(home), _) => format!("`{word}` belongs below {}", home.header()),
                (None, Some(near)) => format!("did you mean `{near}`?"),
                (None, None) => format!("known are {}", names().collect::<Vec<_>>().join(", ")),
            };
            let fault = Fault::new(format!("unknown key below {}", table.header()));
            self.blame(name.span(), format!("{}.{word}", table.name()), fault.hint(hint));
        }
        Some(Section {
            table,
            index,
            values: Some(values),
            header: value.span(),
        })
    }

    /// The checked value of a key, or its default. `None` if it is unset or a problem.
    pub(super) fn get<T>(&mut self, section: &Section<'_>, key: &Key<T>) -> Option<T> {
        let Some(value) = section.get(key) else {
            return match key.row.absent {
                Absent::Is(toml) => self.default(section, key, toml),
                Absent::From(_) | Absent::Unset => None,
                Absent::Required => {
                    self.missing(section, key);
                    None
                }
            };
        };
        let given = scalar(value.get_ref());
        let read = match &given {
            Some(given) => key.kind.read(given),
            None => Err(key.kind.expected(&found(value.get_ref()))),
        };
        match read {
            Ok(read) => {
                let line = self.lines.line(value.span().start);
                self.settings.extend(
                    given.map(|given| {
                        Setting::new(section.table, section.index, key.row.name, given, Origin::Line(line))
                    }),
                );
                Some(read)
            }
            Err(fault) => {
                self.fault(section, key, fault);
                None
            }
        }
    }

    /// The checked value of a key, or the one that follows from elsewhere, written as `shown`.
    pub(super) fn get_or<T>(&mut self, section: &Section<'_>, key: &Key<T>, otherwise: T, shown: &dyn Display) -> T {
        if let (None, Absent::From(origin)) = (section.get(key), key.row.absent) {
            let shown = Scalar::Text(shown.to_string());
            self.settings.push(Setting::new(
                section.table,
                section.index,
                key.row.name,
                shown,
                Origin::From(origin),
            ));
        }
        self.get(section, key).unwrap_or(otherwise)
    }

    /// Reports a key whose value is right in itself.
    pub(super) fn fault<T>(&mut self, section: &Section<'_>, key: &Key<T>, fault: Fault) {
        let (span, decoded) = match section.get(key) {
            Some(value) => (value.span(), value.get_ref().as_str()),
            None => (section.header.clone(), None),
        };
        let written = self.lines.slice(span.clone());
        // A text without escapes stands in the file as it is, behind its quotes.
        let inner = decoded
            .filter(|text| !text.is_empty())
            .and_then(|text| written.find(text));
        let place = match (inner, &fault.span) {
            (Some(offset), Some(part)) => span.start + offset + part.start..span.start + offset + part.end,
            _ => span,
        };
        self.blame(place, format!("{}.{}", section.table.name(), key.row.name), fault);
    }

    /// The line, from 1, where the file sets this key.
    pub(super) fn line<T>(&self, section: &Section<'_>, key: &Key<T>) -> Option<usize> {
        section.get(key).map(|value| self.lines.line(value.span().start))
    }

    fn default<T>(&mut self, section: &Section<'_>, key: &Key<T>, toml: &str) -> Option<T> {
        let value = DeValue::parse(toml).ok().and_then(|value| scalar(value.get_ref()))?;
        let read = key.kind.read(&value).ok()?;
        self.settings.push(Setting::new(
            section.table,
            section.index,
            key.row.name,
            value,
            Origin::Default,
        ));
        Some(read)
    }

    fn missing<T>(&mut self, section: &Section<'_>, key: &Key<T>) {
        // A broken line may well be the one that is missed.
        if self.broken.is_empty() {
            let fault = Fault::new(format!("missing below {}", section.table.header()));
            let hint = format!("add `{} = ...`: {}", key.row.name, key.row.doc.trim());
            self.fault(section, key, fault.hint(hint));
        }
    }

    fn blame(&mut self, span: Range<usize>, key: String, fault: Fault) {
        let mut problem = self.lines.problem(span, Some(key), fault.message);
        problem.hint = fault.hint;
        if fault.secret {
            problem.conceal();
        }
        if !self.broken.contains(&problem.line) {
            self.problems.push(problem);
        }
    }
}

fn scalar(value: &DeValue<'_>) -> Option<Scalar> {
    match value {
        DeValue::String(text) => Some(Scalar::Text(text.to_string())),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .ok()
            .map(Scalar::Integer),
        DeValue::Boolean(flag) => Some(Scalar::Boolean(*flag)),
        DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

fn found(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(_) => "text in quotes".to_owned(),
        DeValue::Integer(number) => format!("the number {number}"),
        DeValue::Float(number) => format!("the number {number}"),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(_) => "a date".to_owned(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}
