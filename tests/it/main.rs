//! What needs a socket, a file or a process. One binary, so that it links once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // every fn here serves a test

mod made;
mod filter;
mod http;
