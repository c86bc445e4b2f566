//! release/mod

pub mod symbol;
// TEMP
use crate::article::*;
/// t
pub struct DatelineMatch {
    #[allow(missing_docs)]
    pub dateline: Dateline,
    #[allow(missing_docs)]
    pub span: std::ops::Range<usize>,
}
#[allow(missing_docs)]
pub fn dateline(_: &str, _: Option<chrono::DateTime<chrono::Utc>>) -> Option<DatelineMatch> {
    None
}
#[allow(missing_docs)]
pub fn revision(_: Option<&str>, _: &str, _: Option<chrono::DateTime<chrono::Utc>>) -> Option<Revision> {
    None
}
#[allow(missing_docs)]
pub fn sections(_: &str, _: usize) -> Vec<Section> {
    vec![]
}
#[allow(missing_docs)]
pub fn contacts(_: &[Section]) -> Vec<Contact> {
    vec![]
}
#[allow(missing_docs)]
pub fn source_line(_: &str) -> Option<&str> {
    None
}
