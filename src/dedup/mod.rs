//! Decides what a newly read release is: new, seen, a copy, or a correction.

use crate::article::Verdict;

/// What the judge said, of which article, at which stage and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The word.
    pub verdict: Verdict,
    /// The article that it refers to; `None` for `new`.
    pub of: Option<i64>,
    /// Name of the stage that decided: a row of `STAGES`.
    pub stage: &'static str,
    /// The deciding facts, for a person.
    pub why: String,
}
