//! Measures the reading of releases against labelled rows, one JSON object a line; prints every miss, then a table.
//!
//! ```text
//! cargo run --release --example eval -- datelines|symbols|revisions|embargoes FILE.jsonl
//! ```
//! Rows: `datelines` have `raw`, `places` (as printed), `date`, `provider`, `negative`; `symbols` have `raw`, `kind` (`text` or
//! `globenewswire_category`) and `symbols` (`mic`, `symbol`); `revisions` have `raw`, `kind`, `clean_headline` and, where there is text, `opening`,
//! `published`, `target_headline`, `target_date`, `target_wire`; `embargoes` have `raw`, `published` and `until`. Exit 0, or 2 if called wrongly.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::process::ExitCode;

use chrono::{DateTime, SecondsFormat, Utc};
use dateline::article::{Kind, Symbol};
use dateline::release::{self, symbol};
use serde_json::Value;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [what, file] = words.as_slice() else {
        eprintln!("usage: eval datelines|symbols|revisions|embargoes FILE.jsonl");
        return ExitCode::from(2);
    };
    let judge = match what.as_str() {
        "datelines" => datelines,
        "symbols" => symbols,
        "revisions" => revisions,
        "embargoes" => embargoes,
        other => {
            eprintln!("{other:?} is none of datelines, symbols, revisions, embargoes");
            return ExitCode::from(2);
        }
    };
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(why) => {
            eprintln!("{file}: {why}");
            return ExitCode::from(2);
        }
    };
    let mut score = Score::default();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str::<Value>(line) {
            Ok(row) => judge(&row, &mut score),
            Err(why) => {
                eprintln!("{file}:{number}: {why}");
                return ExitCode::from(2);
            }
        }
    }
    score.print(what);
    ExitCode::SUCCESS
}

/// Rows read exactly of all rows, by group; rows that hold nothing, and were read as nothing, are a group of their own.
#[derive(Default)]
struct Score(BTreeMap<String, (usize, usize)>);

/// The group of rows that hold nothing.
const NEGATIVES: &str = "negatives";

impl Score {
    fn count<T: PartialEq + Debug>(&mut self, group: &str, raw: &str, want: &Option<T>, got: &Option<T>) {
        let hit = got == want;
        let group = if want.is_some() { group } else { NEGATIVES };
        let (right, total) = self.0.entry(group.to_owned()).or_default();
        *right += usize::from(hit);
        *total += 1;
        if !hit {
            println!("{raw:?}\n  want {want:?}\n  got  {got:?}");
        }
    }

    fn print(mut self, what: &str) {
        let (refused, negatives) = self.0.remove(NEGATIVES).unwrap_or_default();
        for (group, (right, total)) in &self.0 {
            println!("{group:<24} {right:>4}/{total}");
        }
        let (right, total) = self.0.values().fold((0, 0), |sum, row| (sum.0 + row.0, sum.1 + row.1));
        println!("{what}: {right}/{total} exact, negatives {refused}/{negatives} refused");
    }
}

fn text<'a>(row: &'a Value, key: &str) -> Option<&'a str> {
    row[key].as_str()
}

fn datelines(row: &Value, score: &mut Score) {
    let raw = text(row, "raw").unwrap_or_default();
    // A place alone in an element of NewsML names no wire in its text.
    let structured = text(row, "note").is_some_and(|note| note.starts_with("structured"));
    let places = || {
        row["places"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|place| place.as_str().map(str::to_owned))
    };
    let want = (row["negative"] != true).then(|| {
        (
            places().collect::<Vec<_>>(),
            text(row, "date").map(str::to_owned),
            text(row, "provider").filter(|_| !structured).map(str::to_owned),
        )
    });
    let got = release::dateline(raw, None).map(|found| {
        let dateline = found.dateline;
        (
            dateline.places.into_iter().map(|place| place.text).collect::<Vec<_>>(),
            dateline.date.map(|date| date.to_string()),
            dateline.wire,
        )
    });
    score.count(text(row, "provider").unwrap_or("no wire"), raw, &want, &got);
}

fn symbols(row: &Value, score: &mut Score) {
    let raw = text(row, "raw").unwrap_or_default();
    let listed = row["symbols"].as_array().into_iter().flatten();
    let want: Vec<String> = listed
        .map(|symbol| {
            format!(
                "{}:{}",
                text(symbol, "mic").unwrap_or("?"),
                text(symbol, "symbol").unwrap_or("?")
            )
        })
        .collect();
    let got: Vec<String> = match text(row, "kind") {
        Some("globenewswire_category") => symbol::symbol_from_label(raw).iter().map(Symbol::key).collect(),
        _ => symbol::symbols(raw)
            .iter()
            .map(|mention| mention.symbol.key())
            .collect(),
    };
    let some = |keys: Vec<String>| Some(keys).filter(|keys| !keys.is_empty());
    let market = text(&row["symbols"][0], "mic").unwrap_or_default();
    score.count(market, raw, &some(want), &some(got));
}

fn revisions(row: &Value, score: &mut Score) {
    let raw = text(row, "raw").unwrap_or_default();
    let kind = match text(row, "kind") {
        None | Some("none") => None,
        Some("correct_replace") => Some(Kind::Replacement),
        Some("disregard" | "kill" | "withdrawal") => Some(Kind::Retraction),
        Some("retransmission") => Some(Kind::Repeat),
        Some(kind) => {
            let known = Kind::parse(kind);
            if known.is_none() {
                println!("{raw:?}: no kind is called {kind:?}; the row counts as a negative");
            }
            known
        }
    };
    let published = text(row, "published").and_then(|instant| instant.parse().ok());
    // What a row does not speak of is not judged.
    let spoken_of = |key: &str, value: Option<String>| row.get(key).map(|_| value);
    let told = |key: &str| spoken_of(key, text(row, key).map(str::to_owned));
    let want = kind.map(|kind| {
        (
            kind,
            text(row, "clean_headline").map(str::to_owned),
            told("target_headline"),
            told("target_date"),
            told("target_wire"),
        )
    });
    let opening = text(row, "opening").unwrap_or_default();
    let got = release::revision(Some(raw), opening, published).map(|revision| {
        (
            revision.kind,
            revision.clean_headline,
            spoken_of("target_headline", revision.target_headline),
            spoken_of("target_date", revision.target_date.map(|date| date.to_string())),
            spoken_of("target_wire", revision.target_wire),
        )
    });
    score.count(kind.map_or("", Kind::as_str), raw, &want, &got);
}

fn embargoes(row: &Value, score: &mut Score) {
    let raw = text(row, "raw").unwrap_or_default();
    let published = text(row, "published").and_then(|instant| instant.parse().ok());
    let instant = |instant: DateTime<Utc>| instant.to_rfc3339_opts(SecondsFormat::Secs, true);
    let got = release::embargo(raw, published.unwrap_or_default())
        .and_then(|embargo| embargo.until)
        .map(instant);
    score.count("embargoes", raw, &text(row, "until").map(str::to_owned), &got);
}
