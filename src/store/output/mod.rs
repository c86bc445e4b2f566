//! Which articles each output holds: decided once, when an article is admitted or changed, and kept beside the articles.
//!
//! Every change of an article has a number that only grows (`article.change`). [`follow`] takes the changes that the outputs do not know yet, asks
//! the rules, and writes members; it runs in the transaction of the poll that made the change, and by itself for what other processes changed. A
//! new rule is followed from then on, and what the store held before is asked piece by piece ([`Store::seek_members`]).
//!
//! **What an output once carried it carries on**: a correction reaches whoever had the release, also where its new headline no longer fits the
//! filter. So an article is a member if any of its versions fits; a rule that changes asks all versions again.
//!
//! A position is given once, in the order in which the output got its members: archive pages are ranges of positions, so they stay what they are.
//! `seq` moves with every change: a reader that goes on from the last one it has seen misses nothing and sees nothing twice, because one writer
//! gives the numbers in the order in which transactions end.

use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};

use crate::article::Article;
use crate::filter::Filter;

mod follow;
mod listing;
mod seek;

pub(super) use follow::follow;
pub use listing::{Cursor, Listing, Slice};
pub use seek::Sought;

/// The rules of the outputs that are served, as the store numbers them. Without any, nothing is followed: a command that reads or imports
/// leaves that to the daemon.
#[derive(Debug, Clone, Default)]
pub(super) struct Served(Arc<RwLock<Arc<[Rule]>>>);

/// The rule of one output.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) output: i64,
    pub(super) filter: Filter,
}

impl Served {
    /// As they are now.
    pub(super) fn rules(&self) -> Arc<[Rule]> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn replace(&self, rules: Vec<Rule>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = rules.into();
    }
}

/// The outputs whose rule this version fits.
fn fitting<'r>(rules: &'r [Rule], article: &'r Article, _now: DateTime<Utc>) -> impl Iterator<Item = i64> + 'r {
    rules
        .iter()
        .filter(|rule| rule.filter.matches(article))
        .map(|rule| rule.output)
}
