//! emit/mod
