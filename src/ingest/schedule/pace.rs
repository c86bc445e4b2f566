//! How fast one site is asked, whatever its sources want.
//!
//! In: the site of a source that is due ([`crate::wire::site`]), now. Out: may it start, or when to look again. Pure; lives as long as the
//! process.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

/// Polls in flight to one site, and the time between the starts of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// At once.
    pub concurrency: usize,
    /// From start to start.
    pub gap: TimeDelta,
}

/// What is under way, by site.
#[derive(Debug, Clone)]
pub struct Pace {
    limits: Limits,
    lanes: HashMap<String, Lane>,
}

#[derive(Debug, Clone, Default)]
struct Lane {
    in_flight: usize,
    started: Option<DateTime<Utc>>,
    held: Option<DateTime<Utc>>,
}

/// May a source of a site be polled now?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Yes.
    Now,
    /// When a poll of the site ends.
    AfterAnother,
    /// Not before, for the sake of the gap.
    At(DateTime<Utc>),
    /// The site asked to wait so long: all of its sources do.
    Held(DateTime<Utc>),
}

impl Pace {
    /// Nothing is under way.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            lanes: HashMap::new(),
        }
    }

    /// Other limits from now on, whatever is under way.
    pub fn limit(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// May a source of this site start?
    #[must_use]
    pub fn turn(&self, site: &str, now: DateTime<Utc>) -> Turn {
        let Some(lane) = self.lanes.get(site) else {
            return Turn::Now;
        };
        if let Some(held) = lane.held.filter(|held| *held > now) {
            return Turn::Held(held);
        }
        if lane.in_flight >= self.limits.concurrency {
            return Turn::AfterAnother;
        }
        // A start in the future is a clock that went back.
        let last = lane.started.filter(|started| *started <= now);
        match last.map(|started| started + self.limits.gap) {
            Some(free) if free > now => Turn::At(free),
            Some(_) | None => Turn::Now,
        }
    }

    /// A poll of this site starts.
    pub fn started(&mut self, site: &str, now: DateTime<Utc>) {
        let lane = self.lanes.entry(site.to_owned()).or_default();
        lane.in_flight += 1;
        lane.started = Some(now);
    }

    /// It ended.
    pub fn ended(&mut self, site: &str, now: DateTime<Utc>) {
        if let Some(lane) = self.lanes.get_mut(site) {
            lane.in_flight = lane.in_flight.saturating_sub(1);
        }
        let gap = self.limits.gap;
        self.lanes.retain(|_, lane| {
            let rests = lane.started.is_some_and(|at| at <= now && at + gap > now);
            lane.in_flight > 0 || rests || lane.held.is_some_and(|held| held > now)
        });
    }

    /// Nobody is held any more: the clock by which they were was wrong.
    pub fn let_go(&mut self) {
        self.lanes.values_mut().for_each(|lane| lane.held = None);
    }

    /// The site asked to wait.
    pub fn hold(&mut self, site: &str, until: DateTime<Utc>) {
        let lane = self.lanes.entry(site.to_owned()).or_default();
        lane.held = lane.held.max(Some(until));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + second, 0).unwrap()
    }

    fn pace(concurrency: usize, gap: i64) -> Pace {
        Pace::new(Limits {
            concurrency,
            gap: TimeDelta::seconds(gap),
        })
    }

    #[test]
    fn a_site_is_asked_one_by_one_with_a_gap() {
        let mut pace = pace(1, 5);
        assert_eq!(pace.turn("a", at(0)), Turn::Now);
        pace.started("a", at(0));
        assert_eq!(pace.turn("a", at(9)), Turn::AfterAnother, "one is under way");
        assert_eq!(pace.turn("b", at(0)), Turn::Now, "another site does not mind");
        pace.ended("a", at(2));
        assert_eq!(pace.turn("a", at(2)), Turn::At(at(5)));
        assert_eq!(pace.turn("a", at(5)), Turn::Now);
        assert_eq!(
            pace.turn("a", at(-60)),
            Turn::Now,
            "a clock that went back holds up nobody"
        );
    }

    #[test]
    fn what_one_source_is_told_holds_for_all_of_its_site() {
        let mut pace = pace(2, 0);
        pace.started("a", at(0));
        pace.hold("a", at(100));
        pace.hold("a", at(50));
        pace.ended("a", at(1));
        assert_eq!(pace.turn("a", at(99)), Turn::Held(at(100)), "the longer time counts");
        assert_eq!(pace.turn("b", at(1)), Turn::Now);
        assert_eq!(pace.turn("a", at(100)), Turn::Now);
    }

    #[test]
    fn what_is_over_is_forgotten() {
        let mut pace = pace(1, 1);
        for second in 0..2_000 {
            let site = format!("site{second}.example");
            pace.started(&site, at(second));
            pace.ended(&site, at(second));
        }
        assert!(pace.lanes.len() <= 2, "{}", pace.lanes.len());
    }

    /// 2,000 sources of one site that all want to be polled at once, taken by their due time: each gets its turn, in order, as fast as the gap
    /// lets them.
    #[test]
    fn two_thousand_sources_of_one_site_each_get_their_turn() {
        let mut pace = pace(1, 1);
        let mut waiting: Vec<usize> = (0..2_000).collect();
        let mut polled = Vec::new();
        for second in 0..2_000 {
            let now = at(second);
            let due = waiting.clone();
            for source in due {
                if pace.turn("127.0.0.1", now) == Turn::Now {
                    pace.started("127.0.0.1", now);
                    waiting.retain(|other| *other != source);
                    polled.push(source);
                }
            }
            pace.ended("127.0.0.1", now);
        }
        assert_eq!(polled, (0..2_000).collect::<Vec<_>>());
    }
}
