//! What is rarely combined: names, symbols, generic imports, nesting, re-entrancy.

mod callbacks;
mod families;
mod later;
mod mono;
mod names;
mod nested;
mod numbers;
mod spaces;
mod symbols;
mod wishes;
