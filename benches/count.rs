//! Holds the pure stages to the instructions that they took before, counted by valgrind: a figure that the machine's load does not move.
//!
//! `cargo bench --bench count` compares with `benches/count.txt` and fails where a stage takes more than [`TOLERANCE`] more; `-- --write`
//! renews the file. Figures of another compiler are shown, and nothing is held against them.
#![allow(clippy::print_stdout)] // it prints its figures

mod press;
mod stage;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use self::stage::{Failure, STAGES, Stage};

/// The share by which a figure may grow: the order of a hash map alone moves it by a hundredth or two.
const TOLERANCE: f64 = 0.10;

fn main() -> Result<ExitCode, Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let ["--rounds", name, rounds] = words[..] {
        return work(name, rounds.parse()?).map(|()| ExitCode::SUCCESS);
    }
    // `cargo test --all-targets` only wants to know that it starts.
    if !words.contains(&"--bench") {
        return Ok(ExitCode::SUCCESS);
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("skipped: there is no valgrind");
        return Ok(ExitCode::SUCCESS);
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/count.txt");
    let (compiler, kept) = (compiler()?, Kept::read(&fs::read_to_string(&file).unwrap_or_default()));
    let mut text = format!("{compiler}\n");
    let mut grown = Vec::new();
    println!("{:<14} {:>12} {:>12}  instructions an item", "", "before", "now");
    for row in STAGES {
        let now = instructions(row)?;
        writeln!(text, "{} {now}", row.name)?;
        let before = kept.figures.get(row.name).copied();
        let ratio = before.map(|before| now as f64 / before as f64);
        let told = ratio.map_or_else(String::new, |ratio| format!("{ratio:.3}"));
        println!("{:<14} {:>12} {now:>12}  {told}", row.name, before.unwrap_or_default());
        if ratio.is_none_or(|ratio| ratio > 1.0 + TOLERANCE) {
            grown.push(row.name);
        }
    }
    if words.contains(&"--write") {
        fs::write(&file, text)?;
        println!("written");
    } else if kept.compiler != compiler {
        println!(
            "made by {}, kept of {}: nothing is held against them",
            compiler, kept.compiler
        );
    } else if !grown.is_empty() {
        println!(
            "grown by more than {:.0} %, or new: {}",
            TOLERANCE * 100.0,
            grown.join(", ")
        );
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// The figures that are kept: a line with the compiler, then a stage and its figure a line.
struct Kept {
    compiler: String,
    figures: BTreeMap<String, u64>,
}

impl Kept {
    fn read(text: &str) -> Self {
        let mut lines = text.lines();
        let compiler = lines.next().unwrap_or("nothing").to_owned();
        let figures = lines.filter_map(|line| {
            let (name, figure) = line.split_once(' ')?;
            Some((name.to_owned(), figure.parse().ok()?))
        });
        Self {
            compiler,
            figures: figures.collect(),
        }
    }
}

/// Instructions of an item: those of two rounds without those of one, so that what is made ready and what is made once are not among them.
fn instructions(row: &Stage) -> Result<u64, Failure> {
    let (one, two) = (counted(row.name, 1)?, counted(row.name, 2)?);
    let items = (row.make)()?.items as u64;
    Ok(two.saturating_sub(one) / items)
}

/// All instructions of this program while it works so many rounds.
fn counted(name: &str, rounds: u64) -> Result<u64, Failure> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args(["--rounds", name, &rounds.to_string()])
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let count = said.lines().find_map(|line| line.split_once("Collected : "));
    let (_, count) = count
        .filter(|_| output.status.success())
        .ok_or_else(|| format!("{name}: {said}"))?;
    Ok(count.trim().parse()?)
}

fn work(name: &str, rounds: u64) -> Result<(), Failure> {
    let row = STAGES.iter().find(|row| row.name == name).ok_or("no such stage")?;
    let pair = (row.make)()?;
    let done: usize = (0..rounds).map(|_| (pair.stage)()).sum();
    if done == 0 {
        return Err("it did nothing".into());
    }
    Ok(())
}

/// `rustc 1.95.0 (...)` and the machine's architecture.
fn compiler() -> Result<String, Failure> {
    let said = Command::new("rustc").arg("--version").output()?;
    Ok(format!(
        "{} {}",
        String::from_utf8(said.stdout)?.trim(),
        std::env::consts::ARCH
    ))
}
