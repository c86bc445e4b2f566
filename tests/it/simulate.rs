//! Days of polling in virtual time: the schedule alone, against scripted sources. `cargo run --release --example simulate` plays a month of five hundred.

use chrono::{Days, NaiveDate, TimeDelta};
use dateline::article::Tier;

use crate::sim::{Source, Trouble, adaptive, press, run, run_fixed, run_floors};

#[test]
fn what_can_be_kept_is_kept_and_read_sooner_than_at_a_fixed_interval() {
    for (first, days, seed) in [((2026, 3, 4), 4, 7), ((2026, 10, 30), 4, 8)] {
        let (year, month, day) = first;
        let first = NaiveDate::from_ymd_opt(year, month, day).unwrap();
        let from = first.and_hms_opt(0, 0, 0).unwrap().and_utc();
        let to = from + Days::new(days);
        let sources = press(25, first, days, seed);
        let all: Vec<&Source> = sources.iter().collect();
        let mut ours = run(&all, from, to);
        let (_, mut fixed) = run_fixed(&all, ours.requests, from, to);
        let (lag, fixed_lag) = (ours.lag(0.5), fixed.lag(0.5));
        assert!(ours.lags.len() > 1_000, "{} items were read", ours.lags.len());
        assert_eq!(ours.avoidable, 0, "lost, of {}", ours.lags.len());
        assert!(
            fixed.avoidable > 0,
            "a fixed interval loses some: the press is no easy one"
        );
        assert_eq!(ours.unnoticed, 0, "what is lost is told");
        assert!(ours.quiet <= 2, "{} times a source was called quiet", ours.quiet);
        let floors = run_floors(&all, from, to);
        assert!(
            ours.unavoidable <= floors.unavoidable * 3 / 2 + 20,
            "{} are lost, and {} at the floors all the time",
            ours.unavoidable,
            floors.unavoidable
        );
        assert!(
            2 * lag <= fixed_lag,
            "median lag {lag} s, at a fixed interval {fixed_lag} s"
        );
    }
}

#[test]
fn no_poll_comes_before_what_a_guest_may_do() {
    let first = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
    let from = first.and_hms_opt(0, 0, 0).unwrap().and_utc();
    let to = from + Days::new(10);
    let sources = press(100, first, 10, 3);
    let guests: Vec<_> = sources.iter().filter(|source| source.tier == Tier::Guest).collect();
    assert!(guests.len() > 50);
    for source in guests {
        let most = if source.validated { 240 } else { 10 };
        // While it fails it may be asked for an answer an hour later, a day without validators or not.
        let failing = source.troubles.len() * 6;
        let requests = adaptive(source, from, to).requests;
        assert!(
            requests <= most + 1 + failing,
            "{} {}: {requests} requests in ten days",
            source.kind,
            source.id
        );
    }
}

#[test]
fn a_source_that_returns_from_the_dead_is_read_again() {
    let first = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
    let from = first.and_hms_opt(0, 0, 0).unwrap().and_utc();
    let mut sources = press(1, first, 60, 3);
    let source = &mut sources[0];
    source.troubles = vec![Trouble {
        from: from + TimeDelta::days(2),
        to: from + TimeDelta::days(40),
        class: dateline::ingest::schedule::Class::Gone,
        retry_after: None,
    }];
    let outcome = adaptive(source, from + TimeDelta::days(1), from + TimeDelta::days(42));
    let asked = adaptive(source, from + TimeDelta::days(3), from + TimeDelta::days(39)).requests;
    assert!((30..=40).contains(&asked), "{asked} polls of a source that was gone");
    assert!(outcome.lags.len() > 100, "{} items", outcome.lags.len());
}
