//! Archive pages: ranges of the positions that an output gave its members, by arithmetic alone.

use std::fmt;

/// Positions that a page may have.
const SIZES: std::ops::RangeInclusive<i64> = 1..=500;

/// A page: the positions behind those of the pages before it. A position never changes its article, so a page that was named once stays
/// what it is: the page that is still being filled has another name with every position that it gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ArchivePage {
    /// Positions of a full page.
    size: i64,
    /// From 1: the oldest.
    number: i64,
    /// Positions that it has: `size` of them if it is full.
    held: i64,
}

impl ArchivePage {
    /// Reads what [`Display`](fmt::Display) wrote: `50-3` is the third page of fifty positions each, `50-3-7` its first seven positions.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let numbers: Vec<i64> = text.split('-').map(str::parse).collect::<Result<_, _>>().ok()?;
        let (size, number, held) = match numbers[..] {
            [size, number] => (size, number, size),
            [size, number, held] if held < size => (size, number, held),
            _ => return None,
        };
        let is_one = SIZES.contains(&size) && number > 0 && held > 0;
        is_one.then_some(Self { size, number, held })
    }

    /// The newest page of so many positions; of those that are not full only where they are asked for. `None`: there is none yet.
    pub(super) fn newest(size: i64, members: i64, filling: bool) -> Option<Self> {
        let (full, rest) = (members / size, members % size);
        match (filling && rest > 0, full > 0) {
            (true, _) => Some(Self {
                size,
                number: full + 1,
                held: rest,
            }),
            (false, true) => Some(Self {
                size,
                number: full,
                held: size,
            }),
            (false, false) => None,
        }
    }

    /// Positions that are on no full page begin behind this one.
    pub(super) const fn last_full(size: i64, members: i64) -> i64 {
        members / size * size
    }

    /// Is all of it among so many positions?
    pub(super) const fn is_within(self, members: i64) -> bool {
        self.last() <= members
    }

    /// The position before its first one.
    pub(super) const fn behind(self) -> i64 {
        (self.number - 1).saturating_mul(self.size)
    }

    /// Its last position.
    pub(super) const fn last(self) -> i64 {
        self.behind().saturating_add(self.held)
    }

    /// The page with what came before.
    #[must_use]
    pub const fn before(self) -> Option<Self> {
        match self.number {
            ..=1 => None,
            number => Some(Self {
                number: number - 1,
                held: self.size,
                ..self
            }),
        }
    }

    /// The full page with what came after, if there are so many positions: of one that was not full the same when it is.
    pub(super) const fn after(self, members: i64) -> Option<Self> {
        let is_full = self.held == self.size;
        let next = Self {
            number: self.number.saturating_add(is_full as i64),
            held: self.size,
            ..self
        };
        if next.is_within(members) { Some(next) } else { None }
    }
}

impl fmt::Display for ArchivePage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { size, number, held } = self;
        write!(f, "{size}-{number}")?;
        if held < size {
            write!(f, "-{held}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> ArchivePage {
        ArchivePage::parse(text).expect(text)
    }

    #[test]
    fn a_page_is_read_back_and_nothing_else_is_one() {
        for text in ["1-1", "50-3", "50-3-7", "500-9223372036854775807", "500-1-499"] {
            assert_eq!(page(text).to_string(), text);
        }
        for text in [
            "",
            "50",
            "50-",
            "-1",
            "0-1",
            "501-1",
            "50-0",
            "50--1",
            "50-3-0",
            "50-3-50",
            "50-3-51",
            "50-3-4-5",
            "a-b",
            "50-3-x",
            "2-99999999999999999999",
        ] {
            assert_eq!(ArchivePage::parse(text), None, "{text}");
        }
    }

    #[test]
    fn pages_cover_the_positions_from_the_newest_to_the_oldest() {
        for (members, filling, pages) in [
            (0, true, &[][..]),
            (2, false, &[]),
            (2, true, &["3-1-2"]),
            (3, true, &["3-1"]),
            (7, false, &["3-2", "3-1"]),
            (7, true, &["3-3-1", "3-2", "3-1"]),
        ] {
            let newest = ArchivePage::newest(3, members, filling);
            let found: Vec<String> = std::iter::successors(newest, |page| page.before())
                .map(|page| page.to_string())
                .collect();
            assert_eq!(found, pages, "{members} {filling}");
        }
        assert_eq!((page("3-3-1").behind(), page("3-3-1").last()), (6, 7));
    }

    #[test]
    fn a_page_leads_to_the_next_one_when_that_is_full() {
        for (of, members, next) in [
            ("3-1", 5, None),
            ("3-1", 6, Some("3-2")),
            ("3-2-1", 5, None),
            ("3-2-1", 6, Some("3-2")),
            ("500-9223372036854775807", i64::MAX - 1, None),
        ] {
            let found = page(of).after(members).map(|page| page.to_string());
            assert_eq!(found.as_deref(), next, "{of} {members}");
        }
        assert!(page("3-2-1").is_within(4) && !page("3-2-1").is_within(3));
    }
}
