//! map

pub mod article;
pub mod clock;
pub mod text;
pub mod wire;
pub mod release;
pub mod crontab;
pub mod filter;
pub mod dedup;
pub mod config;
pub mod store;
pub mod ingest;
pub mod emit;
