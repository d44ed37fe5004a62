//! CDDL schemas, from the published crate `cddl`, unmodified.

pub use cddl::*;
