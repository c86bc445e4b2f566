//! release/mod

pub mod symbol;
