//! Every type that crosses the border, in each direction that it can take.
//!
//! `echo_*` takes a value and gives it back; `through_*` passes it to a function of the host and
//! gives back what that returned.

mod enums;
mod names;
mod objects;
mod scalars;
mod sequences;
mod text;
mod through;
mod values;
