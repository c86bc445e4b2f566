//! How many polls may be under way at once, over all sites.
//!
//! In: a source that is due; how long its last poll took. Out: may it start. Those that were slow share half of the places: however many
//! servers keep us waiting to the last second of a time-out, they keep nobody else waiting. Pure; lives as long as the process, for who is
//! slow shows at the first poll.

use std::collections::HashSet;

use chrono::TimeDelta;

use crate::article::SourceId;

/// A poll that takes longer is one of a slow source.
const SLOW: TimeDelta = TimeDelta::seconds(10);

/// The places, and who has one.
#[derive(Debug, Clone)]
pub(super) struct Slots {
    places: usize,
    busy: HashSet<SourceId>,
    slow: HashSet<SourceId>,
}

impl Slots {
    /// All of them free.
    pub(super) fn new(places: usize) -> Self {
        Self {
            places,
            busy: HashSet::new(),
            slow: HashSet::new(),
        }
    }

    /// Is a poll of this source under way?
    pub(super) fn is_busy(&self, source: &SourceId) -> bool {
        self.busy.contains(source)
    }

    /// May a poll of this source start?
    pub(super) fn has_room_for(&self, source: &SourceId) -> bool {
        let slow = self.busy.intersection(&self.slow).count();
        self.busy.len() < self.places && (!self.slow.contains(source) || slow < self.places.div_ceil(2))
    }

    /// It started.
    pub(super) fn start(&mut self, source: SourceId) {
        self.busy.insert(source);
    }

    /// It ended, after so long; `None`: nobody knows.
    pub(super) fn end(&mut self, source: &SourceId, took: Option<TimeDelta>) {
        self.busy.remove(source);
        match took {
            Some(took) if took > SLOW => self.slow.insert(source.clone()),
            Some(_) => self.slow.remove(source),
            None => false,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str) -> SourceId {
        SourceId::new(name)
    }

    #[test]
    fn slow_sources_leave_half_of_the_places_to_the_others() {
        for (places, want) in [(8, [4, 4]), (3, [2, 1]), (1, [1, 0])] {
            let mut slots = Slots::new(places);
            let slow: Vec<_> = (0..places).map(|number| source(&format!("slow{number}"))).collect();
            for id in &slow {
                assert!(slots.has_room_for(id), "nobody is known to be slow yet");
                slots.start(id.clone());
            }
            assert!(!slots.has_room_for(&source("quick")), "all places are taken");
            for id in &slow {
                slots.end(id, Some(TimeDelta::seconds(30)));
            }
            let mut started = [0; 2];
            let quick = (0..places).map(|number| source(&format!("quick{number}")));
            for (kind, id) in slow.iter().cloned().map(|id| (0, id)).chain(quick.map(|id| (1, id))) {
                if slots.has_room_for(&id) {
                    slots.start(id);
                    started[kind] += 1;
                }
            }
            assert_eq!(started, want, "of {places} places");
        }
    }

    #[test]
    fn who_answers_in_time_is_slow_no_longer() {
        let (mut slots, [a, b]) = (Slots::new(2), ["a", "b"].map(source));
        for (took, has_room) in [(30, false), (10, true)] {
            slots.end(&a, Some(TimeDelta::seconds(30)));
            slots.end(&b, Some(TimeDelta::seconds(took)));
            slots.start(a.clone());
            assert_eq!(slots.has_room_for(&b), has_room, "after {took} s");
            assert!(slots.is_busy(&a) && !slots.is_busy(&b));
        }
    }
}
