//! Is it them, or is it us?
//!
//! In: which sites could be reached and which could not, as polls end. Out: whether our own network is out. While it is, a poll that
//! reaches nobody counts against nobody; what was held against a source before that was clear is taken back. Pure; lives as long as the
//! process, for a restart finds out within a few polls.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::article::SourceId;

/// What was seen longer ago tells nothing of now.
const MEMORY: TimeDelta = TimeDelta::minutes(15);
/// Fewer sites than this may all be down for reasons of their own.
const LEAST_SITES: usize = 3;
/// Most of the sites: three in four.
const MOST: (usize, usize) = (3, 4);

/// What is known of our own network.
#[derive(Debug, Clone, Default)]
pub struct Outage {
    /// The last word of each site: when, and was it reached.
    sites: HashMap<String, (DateTime<Utc>, bool)>,
    /// Since when it is out.
    since: Option<DateTime<Utc>>,
    /// Failures that were written down, and may turn out to be ours.
    blamed: Vec<Blamed>,
    /// Those that were taken back, as long as it is out: a poll that was under way meanwhile has read them.
    pardoned: Vec<Blamed>,
}

/// A failure that was written down against a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blamed {
    /// Against which.
    pub source: SourceId,
    /// Its site.
    pub site: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Its failures in a row before this one.
    pub failures: i64,
    /// What the schedule remembered of it before: JSON.
    pub memory: Option<String>,
}

/// What a poll's end changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It has just become clear that the network is out.
    Began,
    /// It is back, after so long.
    Ended(TimeDelta),
}

impl Outage {
    /// Is the network out?
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.since.is_some()
    }

    /// A site answered, however badly: packets go out and come back.
    pub fn reached(&mut self, site: &str, now: DateTime<Utc>) -> Option<Turn> {
        self.hear(site, true, now);
        self.blamed.retain(|blamed| blamed.site != site);
        self.since.take().map(|since| {
            self.pardoned.clear();
            // What failed during the outage says nothing of those sites.
            self.sites.retain(|_, (_, reached)| *reached);
            Turn::Ended(now - since)
        })
    }

    /// No connection to a site. A site alone does not count: most of them must fail, and the last word of each counts.
    pub fn unreached(&mut self, site: &str, now: DateTime<Utc>) -> Option<Turn> {
        self.hear(site, false, now);
        let failing: Vec<_> = self.sites.values().filter(|(_, reached)| !reached).collect();
        let most = failing.len() * MOST.1 >= self.sites.len() * MOST.0;
        if self.since.is_some() || failing.len() < LEAST_SITES || !most {
            return None;
        }
        self.since = failing.iter().map(|(at, _)| *at).min();
        Some(Turn::Began)
    }

    /// A failure to reach a source was written down; of several in a row the first tells how it had stood.
    pub fn blame(&mut self, blamed: Blamed) {
        if self.blamed.iter().all(|known| known.source != blamed.source) {
            self.blamed.push(blamed);
        }
    }

    /// What is to be taken back: all, once it is clear that the network is out.
    pub fn pardon(&mut self) -> Vec<Blamed> {
        match self.is_on() {
            true => {
                let pardoned = std::mem::take(&mut self.blamed);
                self.pardoned.extend(pardoned.iter().cloned());
                pardoned
            }
            false => Vec::new(),
        }
    }

    /// How a source had stood before it was blamed for what is ours; `None`: it was not.
    #[must_use]
    pub fn before(&self, source: &SourceId) -> Option<&Blamed> {
        let mut all = self.pardoned.iter().chain(&self.blamed);
        all.find(|blamed| blamed.source == *source)
    }

    fn hear(&mut self, site: &str, reached: bool, now: DateTime<Utc>) {
        self.blamed
            .retain(|blamed| now - blamed.at < MEMORY && blamed.at <= now);
        self.sites.retain(|_, (at, _)| now - *at < MEMORY && *at <= now);
        self.sites.insert(site.to_owned(), (now, reached));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339("2026-11-25T08:00:00Z").unwrap().to_utc() + TimeDelta::minutes(minute)
    }

    #[test]
    fn an_outage_is_when_most_sites_fail_and_is_said_once() {
        let (up, down) = (true, false);
        let none = None;
        for (heard, want, why) in [
            (
                vec![("a", down), ("b", down)],
                vec![none, none],
                "two may be down for reasons of their own",
            ),
            (
                vec![("a", down), ("b", down), ("c", down), ("d", down)],
                vec![none, none, Some(Turn::Began), none],
                "three of three, and it is said once",
            ),
            (
                vec![("a", up), ("b", up), ("c", up), ("d", down), ("e", down), ("f", down)],
                vec![none; 6],
                "half of them answer",
            ),
            (
                vec![("a", up), ("b", up), ("c", up), ("a", down), ("b", down), ("c", down)],
                vec![none, none, none, none, none, Some(Turn::Began)],
                "they answered, and fail now",
            ),
            (
                vec![("a", down), ("a", down), ("a", down), ("a", down)],
                vec![none; 4],
                "one site, however often",
            ),
            (
                vec![("a", down), ("b", down), ("c", down), ("b", up), ("b", down)],
                vec![
                    none,
                    none,
                    Some(Turn::Began),
                    Some(Turn::Ended(TimeDelta::minutes(3))),
                    none,
                ],
                "one answer ends it, and one failure does not begin the next",
            ),
        ] {
            let mut outage = Outage::default();
            let got: Vec<_> = (0..)
                .zip(&heard)
                .map(|(minute, (site, reached))| match reached {
                    true => outage.reached(site, at(minute)),
                    false => outage.unreached(site, at(minute)),
                })
                .collect();
            assert_eq!(got, want, "{why}");
        }
    }

    #[test]
    fn what_was_held_against_a_source_is_taken_back_when_the_network_was_to_blame() {
        let blamed = |source: &str, minute| Blamed {
            source: SourceId::new(source),
            site: source.to_owned(),
            at: at(minute),
            failures: minute,
            memory: None,
        };
        let mut outage = Outage::default();
        for (minute, site) in [(0, "a"), (1, "b"), (2, "a"), (3, "c")] {
            outage.unreached(site, at(minute));
            outage.blame(blamed(site, minute));
        }
        assert_eq!(
            outage.pardon(),
            [blamed("a", 0), blamed("b", 1), blamed("c", 3)],
            "each as it stood before its first failure"
        );
        assert_eq!(outage.pardon(), [], "once");
        let known = |outage: &Outage| outage.before(&SourceId::new("a")).cloned();
        assert_eq!(known(&outage), Some(blamed("a", 0)), "a poll under way is told");
        outage.reached("d", at(4));
        assert_eq!(known(&outage), None, "until the network is back");

        let mut alone = Outage::default();
        for (minute, site) in [(0, "a"), (1, "b")] {
            alone.unreached(site, at(minute));
            alone.blame(blamed(site, minute));
        }
        assert_eq!(alone.pardon(), [], "two may be down for reasons of their own");
        alone.reached("a", at(2));
        alone.unreached("c", at(3));
        alone.unreached("d", at(3));
        alone.unreached("e", at(3));
        assert_eq!(
            alone.pardon(),
            [blamed("b", 1)],
            "what answered since has earned its failure"
        );
    }

    #[test]
    fn what_failed_long_ago_tells_nothing() {
        let mut outage = Outage::default();
        for (minute, site) in [(0, "a"), (20, "b"), (40, "c"), (60, "d")] {
            assert_eq!(outage.unreached(site, at(minute)), None, "{site}");
        }
        assert!(!outage.is_on());
        assert!(outage.sites.len() <= 1, "and is forgotten");
    }
}
