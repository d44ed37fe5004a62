//! Rows of the ABI table that few modules use: slices of texts and of encoded cells, interned
//! strings, closures with every kind of argument, variadic imports, methods of host classes.

mod closures;
mod exports;
mod imports;
