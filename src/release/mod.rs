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
//! | `needle.rs` | which patterns of a table a line may fit at all |
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
mod needle;
pub mod place;
pub mod revision;
pub mod symbol;

pub use anatomy::{contacts, digest, headline, headline_without_dateline, issuer, sections, subheadline};
pub use dateline::{DatelineMatch, dateline};
pub use embargo::{Embargo, embargo};
pub use revision::revision;

/// Letters, digits and the low line of the alphabets in which our patterns have words: Latin, Greek and Cyrillic.
const WORD: &str = "0-9A-Z_a-zªºÀ-ÖØ-öø-ɏͰ-ҁҊ-ԯḀ-ỿ";

/// The same with `\w` and `\W` of those alphabets. Those of Unicode are tables of seven hundred ranges, and each mention of one is a copy: they
/// made up most of what a process holds before it has read anything, and again for each thread that reads.
fn lean(text: &str) -> String {
    text.replace(r"\w", &format!("[{WORD}]"))
        .replace(r"\W", &format!("[^{WORD}]"))
}

/// Compiles a pattern that the source itself holds: one that does not compile is a fault of the program, which a test of its file finds.
#[allow(clippy::expect_used)]
fn pattern(text: &str) -> Regex {
    Regex::new(&lean(text)).expect("a constant pattern")
}

/// Compiles such patterns, asked for in one search.
#[allow(clippy::expect_used)]
fn patterns(texts: impl Iterator<Item = String>) -> RegexSet {
    RegexSet::new(texts.map(|text| lean(&text))).expect("constant patterns")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_one_in_the_alphabets_of_our_patterns() {
        for (text, want) in [
            ("Mitteilung", true),
            ("ÉNONCÉS", true),
            ("Διευκρίνιση", true),
            ("релиз", true),
            ("năm", true),
            ("a-b", false),
            ("l’avis", false),
            ("新聞", false),
        ] {
            assert_eq!(pattern(r"^\w+$").is_match(text), want, "{text}");
            assert_eq!(pattern(r"[\W&&\S]").is_match(text), !want, "{text}");
        }
    }

    /// Rows of a labelled file of the corpus; none where the corpus is not at hand.
    pub(super) fn corpus(file: &str) -> Vec<serde_json::Value> {
        let rows = crate::text::corpus(file).unwrap_or_default();
        rows.lines()
            .map(|line| serde_json::from_str(line).expect("a row"))
            .collect()
    }
}
