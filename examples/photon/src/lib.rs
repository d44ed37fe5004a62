//! Image processing, from the published crate `photon-rs`, unmodified.

pub use photon_rs::*;
