//! Plays thirty days of polling five hundred scripted sources, and prints what was lost, how late the rest was read, and what it cost, beside a
//! fixed interval with the same number of requests.
//!
//! ```text
//! cargo run --release --example simulate -- [DAYS] [SOURCES] [SEED]
//! ```
//! Exit 0 if nothing was lost that could have been kept, and the median lag is at most half of the fixed interval's; else 1.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::cast_precision_loss)]
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // figures for a table

use std::process::ExitCode;

use chrono::{Days, NaiveDate};
use dateline::article::Tier;

#[path = "../sim/mod.rs"]
mod sim;

use sim::{Outcome, Source, press, run, run_fixed, run_floors};

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1).map(|word| word.parse::<u64>().unwrap());
    let days = words.next().unwrap_or(30);
    let count = words.next().unwrap_or(500);
    let seed = words.next().unwrap_or(1);
    // Over the end of summer time in Europe and America.
    let first = NaiveDate::from_ymd_opt(2026, 10, 12).unwrap();
    let from = first.and_hms_opt(0, 0, 0).unwrap().and_utc();
    let to = from + Days::new(days);
    let sources = press(usize::try_from(count).unwrap(), first, days, seed);

    println!("{count} sources, {days} days, seed {seed}");
    println!(
        "{:<22} {:>9} {:>8} {:>10} {:>12} {:>9} {:>9} {:>6} {:>10} {:>6}",
        "", "requests", "items", "lost", "unavoidable", "median", "p95", "gaps", "unnoticed", "quiet"
    );
    let part = |own: &dyn Fn(&Source) -> bool| sources.iter().filter(|source| own(source)).collect::<Vec<_>>();
    let mut kinds: Vec<&str> = sources.iter().map(|source| source.kind).collect();
    kinds.dedup();
    for kind in kinds {
        line(kind, &mut run(&part(&|source| source.kind == kind), from, to));
    }
    let beside_fixed = |name: &str, own: &[&Source]| {
        let mut adaptive = run(own, from, to);
        let (interval, mut fixed) = run_fixed(own, adaptive.requests, from, to);
        line(name, &mut adaptive);
        line(&format!("  every {} s", interval.num_seconds()), &mut fixed);
        line("  always at the floor", &mut run_floors(own, from, to));
        (adaptive, fixed)
    };
    for tier in [Tier::Wire, Tier::Guest] {
        beside_fixed(&format!("tier {tier}"), &part(&|source| source.tier == tier));
    }
    let (mut adaptive, mut fixed) = beside_fixed("all", &part(&|_| true));
    let good = adaptive.avoidable == 0 && 2 * adaptive.lag(0.5) <= fixed.lag(0.5);
    println!("{}", if good { "good" } else { "not good enough" });
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Items are those that were read or lost; lags in seconds.
fn line(name: &str, outcome: &mut Outcome) {
    let items = outcome.lags.len() + outcome.avoidable + outcome.unavoidable;
    let (median, p95) = (outcome.lag(0.5), outcome.lag(0.95));
    println!(
        "{name:<22} {:>9} {items:>8} {:>10} {:>12} {median:>9} {p95:>9} {:>6} {:>10} {:>6}",
        outcome.requests, outcome.avoidable, outcome.unavoidable, outcome.gaps, outcome.unnoticed, outcome.quiet
    );
}
