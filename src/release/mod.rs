//! release/mod
