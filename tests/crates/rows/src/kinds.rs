//! The types of this crate that the rows are about.

use wasm_bindgen::prelude::*;

/// A struct that Rust owns.
#[wasm_bindgen]
#[derive(Clone)]
pub struct Point {
    pub x: f64,
}

#[wasm_bindgen]
impl Point {
    /// Make one.
    #[wasm_bindgen(constructor)]
    pub fn new(x: f64) -> Point {
        Point { x }
    }
}

/// A numeric enum with a hole at 2.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Color {
    Red = 0,
    Green = 1,
    Blue = 7,
}

/// A numeric enum with a negative number.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sign {
    Minus = -1,
    Plus = 1,
}

/// A string enum.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mode {
    Fast = "fast",
    NotSoFast = "not-so-fast",
}

/// A dynamic union: two strings, a number, a flag or a point.
#[wasm_bindgen]
pub enum Shape {
    None = "none",
    All = "all",
    Size(f64),
    Filled(bool),
    At(Point),
}

/// A dynamic union whose last variant takes everything that is none of the others.
#[wasm_bindgen(fallback)]
pub enum Loose {
    Auto = "auto",
    Other(JsValue),
}

#[wasm_bindgen]
extern "C" {
    /// A class of the host.
    #[derive(Clone)]
    #[wasm_bindgen(typescript_type = "Thing")]
    pub type Thing;
}
