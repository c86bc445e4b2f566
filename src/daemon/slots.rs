//! How many polls may be under way at once, over all sites.
//!
//! In: a source that is due; how long its last poll took. Out: may it start. Those that were slow share a quarter of the places, and with
//! those that are not known yet half of them: however many servers keep us waiting to the last second of a time-out, who is known to be
//! quick does not wait with them. Pure; lives as long as the process, for who is quick shows at the first poll.

use std::collections::{HashMap, HashSet};

use chrono::TimeDelta;

use crate::article::SourceId;

/// A poll of a quick source takes no longer.
const QUICK: TimeDelta = TimeDelta::seconds(10);

/// The places, and who has one.
#[derive(Debug, Clone)]
pub(super) struct Slots {
    places: usize,
    busy: HashSet<SourceId>,
    /// Those that were polled: was the last time quick?
    quick: HashMap<SourceId, bool>,
}

impl Slots {
    /// All of them free.
    pub(super) fn new(places: usize) -> Self {
        Self {
            places,
            busy: HashSet::new(),
            quick: HashMap::new(),
        }
    }

    /// So many from now on; polls under way keep theirs.
    pub(super) fn resize(&mut self, places: usize) {
        self.places = places;
    }

    /// Is a poll of this source under way?
    pub(super) fn is_busy(&self, source: &SourceId) -> bool {
        self.busy.contains(source)
    }

    /// May a poll of this source start?
    pub(super) fn has_room_for(&self, source: &SourceId) -> bool {
        let quick = |id: &SourceId| self.quick.get(id).copied();
        let count = |which: fn(Option<bool>) -> bool| self.busy.iter().filter(|id| which(quick(id))).count();
        let (slow, not_quick) = (count(|quick| quick == Some(false)), count(|quick| quick != Some(true)));
        let (quarter, half) = (self.places.div_ceil(4), self.places.div_ceil(2));
        self.busy.len() < self.places
            && match quick(source) {
                Some(true) => true,
                None => not_quick < half,
                Some(false) => not_quick < half && slow < quarter,
            }
    }

    /// Is no place left for anybody?
    pub(super) fn is_full(&self) -> bool {
        self.busy.len() >= self.places
    }

    /// It started.
    pub(super) fn start(&mut self, source: SourceId) {
        self.busy.insert(source);
    }

    /// It ended, after so long; `None`: nobody knows.
    pub(super) fn end(&mut self, source: &SourceId, took: Option<TimeDelta>) {
        self.busy.remove(source);
        self.quick
            .insert(source.clone(), took.is_some_and(|took| took <= QUICK));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str) -> SourceId {
        SourceId::new(name)
    }

    #[test]
    fn slow_sources_leave_most_of_the_places_to_the_others() {
        for (places, want) in [(8, [2, 2, 4]), (3, [1, 1, 1]), (1, [1, 0, 0])] {
            let mut slots = Slots::new(places);
            let named = |kind: &str| {
                (0..places)
                    .map(|number| source(&format!("{kind}{number}")))
                    .collect::<Vec<_>>()
            };
            let kinds = [named("slow"), named("quick"), named("new")];
            for (ids, seconds) in kinds.iter().zip([30, 1]) {
                ids.iter()
                    .for_each(|id| slots.end(id, Some(TimeDelta::seconds(seconds))));
            }
            let mut start = |ids: &[SourceId]| {
                let before = slots.busy.len();
                for id in ids {
                    if slots.has_room_for(id) {
                        slots.start(id.clone());
                    }
                }
                slots.busy.len() - before
            };
            assert_eq!([0, 2, 1].map(|kind| start(&kinds[kind])), want, "of {places} places");
        }
    }

    #[test]
    fn who_answers_in_time_is_quick_until_it_does_not() {
        let (mut slots, [a, b]) = (Slots::new(2), ["a", "b"].map(source));
        slots.start(a.clone());
        for (took, has_room) in [(Some(30), false), (Some(10), true), (None, false)] {
            slots.end(&b, took.map(TimeDelta::seconds));
            assert_eq!(slots.has_room_for(&b), has_room, "beside another after {took:?} s");
            assert!(slots.is_busy(&a) && !slots.is_busy(&b));
        }
        slots.end(&a, Some(TimeDelta::seconds(30)));
        assert!(slots.has_room_for(&b), "who is slow may go alone");
    }
}
