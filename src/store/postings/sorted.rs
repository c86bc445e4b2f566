//! Postings in memory, in the order of the table: sixteen bytes each, in blocks of a few hundred.
//!
//! A `BTreeMap` of them takes almost three times as much, and how many wait decides how many of them share a page when they are written.

use super::Posting;

/// Postings of a block at most; one that is full becomes two.
const BLOCK: usize = 512;
/// Bits of the day; what is left is enough for 140 trillion articles. A number beyond that, out of a damaged log, leads nowhere.
const DAY_BITS: u32 = 16;
const DAYS: i64 = 1 << DAY_BITS;

/// Each once, with the day of those that have one.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    /// None is empty.
    blocks: Vec<Block>,
    len: usize,
}

/// Some neighbours.
#[derive(Debug)]
struct Block {
    /// Nothing of it is below, and nothing of the blocks before it is not; of the first block nothing can be. It stands beside those of the
    /// other blocks, so that a search among them does not go from one place of the memory to the next.
    fence: Posting,
    entries: Vec<Entry>,
}

/// Below everything.
const FIRST: Posting = (i64::MIN, i64::MIN);

#[derive(Debug, Clone, Copy)]
struct Entry {
    hash: i64,
    /// The article, and below it the day; 0 is none.
    article_and_day: i64,
}

impl Entry {
    fn new((hash, article): Posting, day: Option<i64>) -> Self {
        // A clock that is in 1970, or in 2149, is wrong.
        let day = day.map_or(0, |day| day.clamp(1, DAYS - 1));
        Self {
            hash,
            article_and_day: (article << DAY_BITS) | day,
        }
    }

    const fn posting(&self) -> Posting {
        (self.hash, self.article_and_day >> DAY_BITS)
    }

    fn day(&self) -> Option<i64> {
        Some(self.article_and_day & (DAYS - 1)).filter(|day| *day > 0)
    }
}

impl Sorted {
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds one. Of one that is there already the later day stays; what has none is found for good.
    pub(super) fn add(&mut self, posting: Posting, day: Option<i64>) {
        let new = Entry::new(posting, day);
        let at = self.block_of(posting);
        let Some(block) = self.blocks.get_mut(at) else {
            self.blocks.push(Block::with(FIRST, &[new]));
            self.len += 1;
            return;
        };
        let entries = &mut block.entries;
        match entries.binary_search_by_key(&posting, Entry::posting) {
            Ok(place) => {
                if let Some(known) = entries.get_mut(place) {
                    let day = known.day().zip(day).map(|(known, day)| known.max(day));
                    *known = Entry::new(posting, day);
                }
            }
            Err(place) => {
                entries.insert(place, new);
                self.len += 1;
                if entries.len() >= BLOCK {
                    let second = entries.split_off(BLOCK / 2);
                    let fence = second.first().map_or(FIRST, Entry::posting);
                    self.blocks.insert(at + 1, Block::with(fence, &second));
                }
            }
        }
    }

    /// The articles of a hash, newest first.
    pub(super) fn of(&self, hash: i64) -> impl Iterator<Item = (i64, Option<i64>)> {
        let after = self.blocks.partition_point(|block| block.fence.0 <= hash);
        let blocks = self.blocks.get(..after).unwrap_or_default().iter().rev();
        blocks
            .flat_map(move |block| {
                let end = block.entries.partition_point(|entry| entry.hash <= hash);
                block.entries.get(..end).unwrap_or_default().iter().rev()
            })
            .take_while(move |entry| entry.hash == hash)
            .map(|entry| (entry.posting().1, entry.day()))
    }

    /// Takes out the next ones from a place on, at most so many.
    pub(super) fn take(&mut self, from: Posting, most: usize) -> Vec<(Posting, Option<i64>)> {
        let mut taken = Vec::with_capacity(most.min(self.len));
        let first = self.block_of(from);
        for block in self.blocks.iter_mut().skip(first) {
            if taken.len() == most {
                break;
            }
            let entries = &mut block.entries;
            let begin = entries.partition_point(|entry| entry.posting() < from);
            let end = entries.len().min(begin.saturating_add(most - taken.len()));
            taken.extend(entries.drain(begin..end).map(|entry| (entry.posting(), entry.day())));
        }
        self.drop_empty();
        self.len -= taken.len();
        taken
    }

    /// Takes one out, if it is there.
    pub(super) fn remove(&mut self, posting: Posting) {
        let at = self.block_of(posting);
        let Some(block) = self.blocks.get_mut(at) else { return };
        if let Ok(place) = block.entries.binary_search_by_key(&posting, Entry::posting) {
            block.entries.remove(place);
            self.len -= 1;
            if block.entries.is_empty() {
                self.drop_empty();
            }
        }
    }

    fn drop_empty(&mut self) {
        self.blocks.retain(|block| !block.entries.is_empty());
        if let Some(first) = self.blocks.first_mut() {
            first.fence = FIRST;
        }
    }

    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = (Posting, Option<i64>)> {
        let entries = self.blocks.iter().flat_map(|block| &block.entries);
        entries.map(|entry| (entry.posting(), entry.day()))
    }

    /// The block in which it is or would be.
    fn block_of(&self, posting: Posting) -> usize {
        let after = self.blocks.partition_point(|block| block.fence <= posting);
        after.saturating_sub(1)
    }
}

impl Block {
    fn with(fence: Posting, entries: &[Entry]) -> Self {
        let mut block = Vec::with_capacity(BLOCK);
        block.extend_from_slice(entries);
        Self { fence, entries: block }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    enum Step {
        Add(Posting, Option<i64>),
        Take(Posting, usize),
        Remove(Posting),
        /// All of a hash.
        Forget(i64),
    }

    /// Few hashes, so that they meet, and the same many times over.
    fn step() -> impl Strategy<Value = Step> {
        let hash = prop_oneof![Just(i64::MIN), -3..3_i64, Just(i64::MAX)];
        let of = hash.clone();
        let posting = move || (of.clone(), 1..1_500_i64);
        prop_oneof![
            2_000 => (posting(), prop::option::of(1..5_i64)).prop_map(|(posting, day)| Step::Add(posting, day)),
            3 => (posting(), 0..900_usize).prop_map(|(from, most)| Step::Take(from, most)),
            200 => posting().prop_map(Step::Remove),
            1 => hash.prop_map(Step::Forget),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn it_holds_what_a_map_does(steps in prop::collection::vec(step(), 1..6_000)) {
            let (mut sorted, mut map) = (Sorted::default(), BTreeMap::<Posting, Option<i64>>::new());
            for step in steps {
                match step {
                    Step::Add(posting, day) => {
                        sorted.add(posting, day);
                        let known = map.entry(posting).or_insert(day);
                        *known = known.zip(day).map(|(known, day)| known.max(day));
                    }
                    Step::Take(from, most) => {
                        let want: Vec<_> = map.range(from..).take(most).map(|(posting, day)| (*posting, *day)).collect();
                        for (posting, _) in &want {
                            map.remove(posting);
                        }
                        prop_assert_eq!(sorted.take(from, most), want);
                    }
                    Step::Remove(posting) => {
                        sorted.remove(posting);
                        map.remove(&posting);
                    }
                    Step::Forget(hash) => {
                        let gone: Vec<Posting> = map.keys().filter(|posting| posting.0 == hash).copied().collect();
                        for posting in gone {
                            sorted.remove(posting);
                            map.remove(&posting);
                        }
                    }
                }
                prop_assert_eq!((sorted.len(), sorted.is_empty()), (map.len(), map.is_empty()));
            }
            let entries = || sorted.blocks.iter().map(|block| &block.entries);
            prop_assert!(entries().all(|block| (1..BLOCK).contains(&block.len()) && block.capacity() <= BLOCK));
            for hash in [i64::MIN, -3, -2, 0, 2, 5, i64::MAX] {
                let want: Vec<_> = map.range((hash, i64::MIN)..=(hash, i64::MAX)).rev().map(|((_, article), day)| (*article, *day)).collect();
                prop_assert_eq!(sorted.of(hash).collect::<Vec<_>>(), want);
            }
            prop_assert!(sorted.iter().eq(map));
        }
    }

    #[test]
    fn a_day_that_no_clock_should_show_is_one_all_the_same() {
        let mut sorted = Sorted::default();
        for (article, day) in [
            (1, Some(-7)),
            (2, Some(0)),
            (3, Some(i64::MAX)),
            (4, None),
            (1 << 46, Some(20_000)),
        ] {
            sorted.add((9, article), day);
        }
        let of_nine = [
            (1 << 46, Some(20_000)),
            (4, None),
            (3, Some(65_535)),
            (2, Some(1)),
            (1, Some(1)),
        ];
        assert_eq!(sorted.of(9).collect::<Vec<_>>(), of_nine);
        assert_eq!(sorted.of(8).count() + sorted.of(10).count(), 0);
    }
}
