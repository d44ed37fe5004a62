//! Inheritance, members of every kind, and every attribute of the macro.

mod attributes;
#[cfg(panic = "abort")]
mod copied_back;
mod family;
mod hosts;
mod members;
