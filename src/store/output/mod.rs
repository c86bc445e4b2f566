//! Which articles each output holds: decided once, when an article is admitted or changed, and kept beside the articles.
//!
//! Every change of an article has a number that only grows (`article.change`). [`follow()`] takes the changes that the outputs do not know yet, asks
//! the rules, and writes members; it runs in the transaction of the poll that made the change, and by itself for what other processes changed. A
//! new rule is followed from then on, and what the store held before is asked piece by piece (`Store::seek_members`).
//!
//! **What an output once carried it carries on**: a correction reaches whoever had the release, also where its new headline no longer fits the
//! filter. So an article is a member if any of its versions fits; a rule that changes asks all versions again.
//!
//! A position is given once, in the order in which the output got its members: archive pages are ranges of positions, so they stay what they are.
//! `seq` moves with every change: a reader that goes on from the last one it has seen misses nothing and sees nothing twice, because one writer
//! gives the numbers in the order in which transactions end.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};

use crate::article::Article;
use crate::filter::{Filter, Matcher};

mod archive;
mod carried;
mod follow;
mod listing;
mod seek;

pub use archive::ArchivePage;
pub(super) use follow::follow;
#[cfg(test)]
pub(super) use listing::statements;
pub use listing::{Cursor, Listing, Slice};
pub use seek::Sought;

/// The rules of the outputs that are served, as the store numbers them. Without any, nothing is followed: a command that reads or imports
/// leaves that to the daemon.
#[derive(Debug, Clone, Default)]
pub(super) struct Served(Arc<RwLock<Arc<Rules>>>);

/// The rules of all outputs: what of their filters depends on an article's versions alone. The rest is asked when an output is read.
#[derive(Debug)]
pub(super) struct Rules {
    by_output: Vec<(i64, Filter)>,
    matcher: Matcher<i64>,
}

impl Default for Rules {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Rules {
    fn new(by_output: Vec<(i64, Filter)>) -> Self {
        Self {
            matcher: Matcher::new(&by_output),
            by_output,
        }
    }

    fn is_empty(&self) -> bool {
        self.by_output.is_empty()
    }

    /// The rules of these outputs alone.
    fn of(&self, outputs: &BTreeSet<i64>) -> Self {
        let of_these = self.by_output.iter().filter(|(output, _)| outputs.contains(output));
        Self::new(of_these.cloned().collect())
    }

    /// The outputs whose rule this version fits.
    fn fitting(&self, article: &Article, now: DateTime<Utc>) -> Vec<i64> {
        self.matcher.matching(article, now)
    }
}

impl Served {
    /// As they are now.
    pub(super) fn rules(&self) -> Arc<Rules> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn replace(&self, rules: Rules) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rules);
    }
}
