//! Ingest: due, fetch, parse, normalize, admit.

pub mod guard;
pub mod fetch;
pub mod parse;
