//! What a press release is: its opening line, its parts, and what it says that it does to an earlier one.
//!
//! In: plain text of one release (paragraphs separated by an empty line) and, where a rule needs it, the instant of
//! publication. Out: the values of [`crate::article`]. Pure and total: any text gives an answer, hostile text a short one.
//!
//! | file | decides |
//! |---|---|
//! | `dateline.rs` | where, when and by which wire a release was issued, and where its news begins |
//! | `dateline/signs.rs` | where the marks of wires stand |
//! | `dateline/unsigned.rs` | datelines that name no wire |
//! | `day.rs` | which calendar day a printed date names, in the languages of the wires |
//! | `place.rs` | which words before a date are places; city, region and country of each |
//! | `place/scan.rs` | where each name of a place begins and ends |
//! | `gazetteer.rs` | which region, country or stand-alone city a name is |
//! | `gazetteer/areas.rs`, `gazetteer/cities.rs` | the names that datelines print |
//! | `revision/` | whether it corrects, replaces, repeats or withdraws another release, and which |
//! | `embargo.rs` | until when it asks to be held back |
//! | `embargo/words.rs`, `embargo/zone.rs` | the patterns of its lines, the zones of its hours |
//! | `legal_form.rs` | which words are legal forms of companies |
//! | `symbol/` | which listed securities it names, and of which organisation |
//! | `anatomy.rs` | lead, sub-headings, quotations, boilerplate, legal notices, lines to the desk, end marks |
//! | `anatomy/` | the markers by language, contacts, the issuer, the sub-headline |

use regex::{Regex, RegexSet};

pub mod anatomy;
pub mod dateline;
mod day;
pub mod embargo;
mod gazetteer;
mod legal_form;
pub mod place;
pub mod revision;
pub mod symbol;

pub use anatomy::{contacts, digest, headline, headline_without_dateline, issuer, sections, subheadline};
pub use dateline::{DatelineMatch, dateline};
pub use embargo::{Embargo, embargo};
pub use revision::revision;

/// Compiles a pattern that the source itself holds: one that does not compile is a fault of the program, which a test of its file finds.
#[allow(clippy::expect_used)]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

/// Compiles such patterns, asked for in one search.
#[allow(clippy::expect_used)]
fn patterns(texts: impl Iterator<Item = String>) -> RegexSet {
    RegexSet::new(texts).expect("constant patterns")
}

#[cfg(test)]
mod tests {
    /// Rows of a labelled file of the corpus; none where the corpus is not at hand.
    pub(super) fn corpus(file: &str) -> Vec<serde_json::Value> {
        let rows = crate::text::corpus(file).unwrap_or_default();
        rows.lines()
            .map(|line| serde_json::from_str(line).expect("a row"))
            .collect()
    }
}
