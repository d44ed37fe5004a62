//! Every way that wasm-bindgen has to make a closure, functions of the host called from Rust, and the
//! attributes of the macro that no other crate here has.

mod attributes;
mod borrowed;
mod callables;
mod crossing;
mod lifetimes;
mod owned;
mod results;
mod watch;
