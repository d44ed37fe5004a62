//! JsonLogic rules, from the published crate `jsonlogic-rs`, unmodified.

pub use jsonlogic_rs::*;
