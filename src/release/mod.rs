//! What a press release is: its opening line, its parts, and what it says that it does to an earlier one.
//!
//! In: plain text of one release (paragraphs separated by an empty line) and, where a rule needs it, the instant of
//! publication. Out: the values of [`crate::article`]. Pure and total: any text gives an answer, hostile text a short one.
//!
//! | file | decides |
//! |---|---|
//! | `dateline.rs` | where, when and by which wire a release was issued, and where its news begins |
//! | `day.rs` | which calendar day a printed date names, in eight languages |
//! | `place.rs` | which words before a date are places; city, region and country of each |
//! | `gazetteer.rs` | the regions, countries and stand-alone cities that datelines print |
//! | `revision.rs` | whether it corrects, replaces, repeats or withdraws another release |
//! | `symbol/` | which listed securities it names, and of which organisation |
//! | `anatomy.rs` | lead, sub-headings, quotations, boilerplate, legal notices, lines to the desk, end marks |
//! | `anatomy/` | the markers by language, contacts, the issuer, the sub-headline, the embargo |

pub mod anatomy;
pub mod dateline;
mod day;
mod gazetteer;
pub mod place;
pub mod revision;
pub mod symbol;

pub use anatomy::{contacts, digest, embargo, issuer, sections, subheadline};
pub use dateline::{DatelineMatch, dateline};
pub use revision::revision;

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    /// Rows of a labelled file of the corpus; none, with a printed word, where the corpus is not at hand.
    pub(super) fn corpus(file: &str) -> Vec<serde_json::Value> {
        let rows = corpus_text(file).unwrap_or_default();
        rows.lines()
            .map(|line| serde_json::from_str(line).expect("a row"))
            .collect()
    }

    /// A file of the corpus, likewise.
    #[allow(clippy::disallowed_methods)] // the corpus is no part of the repository: the environment tells where it is
    pub(super) fn corpus_text(file: &str) -> Option<String> {
        let root = std::env::var_os("DATELINE_CORPUS").map_or_else(
            || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
            PathBuf::from,
        );
        let text = std::fs::read_to_string(root.join(file)).ok();
        if text.is_none() {
            println!("skipped: no {file} (set DATELINE_CORPUS)");
        }
        text
    }
}
