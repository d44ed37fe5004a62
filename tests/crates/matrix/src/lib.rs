//! Every kind of crossing between Rust and its host, with a fault at that very point.
//!
//! A fault is a number that the host chooses: nothing, a panic, an exception of the host, or an
//! abort. One file per kind of crossing; each holds a guard, so that a test sees whose
//! destructors ran, and the allocator counts, so that it sees what is left.

mod asynchronous;
mod closures;
mod conversions;
mod fault;
mod imports;
mod memory;
mod objects;
