//! A counter that fails in every way a Rust module can fail.
//!
//! One file per way: each export does one thing, so that a test can name what it saw.

mod aborts;
mod closures;
mod hooks;
mod host;
mod objects;
mod panics;
mod results;
mod state;
mod tasks;
