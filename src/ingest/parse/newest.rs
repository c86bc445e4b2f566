//! Keeps the newest items of a document that has too many, whichever end of it they stand at.
//!
//! Feeds begin with the newest item; some begin with the oldest, and some pin an old one to the top. Memory stays within twice the limit.

use chrono::{DateTime, Utc};

/// Items on their way, each with its place in the document and, once someone had to ask, its time.
#[derive(Debug)]
pub(super) struct Newest<T> {
    max: usize,
    kept: Vec<(usize, Option<DateTime<Utc>>, T)>,
    /// How many of those, from the front, have been asked for their time.
    dated: usize,
    seen: usize,
    /// The time of the item before: an item without one was written beside its neighbour.
    before: Option<DateTime<Utc>>,
}

impl<T> Newest<T> {
    /// At most `max` of them, from 1.
    pub(super) fn new(max: usize) -> Self {
        Self {
            max: max.max(1),
            kept: Vec::new(),
            dated: 0,
            seen: 0,
            before: None,
        }
    }

    /// Adds the next item of the document. `issued` is asked only of a document that has too many.
    pub(super) fn push(&mut self, item: T, issued: impl Fn(&T) -> Option<DateTime<Utc>>) {
        self.kept.push((self.seen, None, item));
        self.seen += 1;
        if self.kept.len() >= 2 * self.max {
            self.prune(issued);
        }
    }

    fn prune(&mut self, issued: impl Fn(&T) -> Option<DateTime<Utc>>) {
        if self.kept.len() <= self.max {
            return;
        }
        for (_, time, item) in self.kept.iter_mut().skip(self.dated) {
            self.before = issued(item).or(self.before);
            *time = self.before;
        }
        // Newest first; of equal age, and where nothing has a time, as the document has them.
        self.kept.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        self.kept.truncate(self.max);
        self.kept.sort_by_key(|(place, _, _)| *place);
        self.dated = self.kept.len();
    }

    /// The newest in document order, each with its place, and whether there were more.
    pub(super) fn finish(mut self, issued: impl Fn(&T) -> Option<DateTime<Utc>>) -> (Vec<(usize, T)>, bool) {
        self.prune(issued);
        let more = self.seen > self.kept.len();
        (
            self.kept.into_iter().map(|(place, _, item)| (place, item)).collect(),
            more,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stay_in_document_order() {
        let day = |day: u32| DateTime::from_timestamp_secs(86_400 * i64::from(day));
        for (days, want) in [
            (vec![9, 8, 7, 6, 5], vec![0, 1]),
            (vec![5, 6, 7, 8, 9], vec![3, 4]),
            (vec![1, 9, 8, 7, 6, 5], vec![1, 2]),
            (vec![5, 5, 5, 5, 5], vec![0, 1]),
            (vec![5, 0, 9, 0, 7], vec![2, 3]),
            (vec![0, 0, 0, 0, 0], vec![0, 1]),
            (vec![7, 8], vec![0, 1]),
            (vec![], vec![]),
        ] {
            let issued = |number: &u32| Some(*number).filter(|number| *number > 0).and_then(day);
            let mut newest = Newest::new(2);
            for number in &days {
                newest.push(*number, issued);
            }
            let (kept, more) = newest.finish(issued);
            let places: Vec<usize> = kept.into_iter().map(|(place, _)| place).collect();
            assert_eq!((places, more), (want, days.len() > 2), "{days:?}");
        }
    }
}
