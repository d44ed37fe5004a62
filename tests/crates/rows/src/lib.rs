//! One export, import and closure for every row of the ABI table.
//!
//! Each row is a namespace: `plain_u32`, `option_vec_bool`, `nullable_point`. In it, `echo` gives
//! its argument back, `through` passes it to the host's function `pass` of the same namespace and
//! gives back what that returned, and `closure` gives a closure that does what `echo` does.

mod borrowed;
mod kinds;
mod results;
mod rows;
