//! What needs a socket, a file or a process. One binary, so that it links once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // every fn here serves a test

mod server;
#[path = "../sim/mod.rs"]
mod sim;
mod made;
mod chapters;
mod fetch;
mod filter;
mod full_text;
mod site;
mod http;
mod listed;
mod outputs;
mod websub;
mod page;
mod pages;
mod browser;
mod wires;
mod ninjs;
mod cli;
mod care;
mod place;
mod identity;
mod daemon;
mod deploy;
mod polite;
mod moved;
mod simulate;
