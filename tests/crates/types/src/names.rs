//! Names that are hard for one side or the other.

use wasm_bindgen::prelude::*;

/// A function whose name is a keyword of Python.
#[wasm_bindgen(js_name = "from")]
pub fn from_number(number: u32) -> u32 {
    number
}

/// Parameters whose names are keywords or builtins of Python.
#[wasm_bindgen]
pub fn keywords(from: u32, lambda: u32, int: u32, len: u32, self_: u32) -> u32 {
    from + lambda + int + len + self_
}

/// A name in another style.
#[wasm_bindgen(js_name = "camelCase")]
pub fn camel_case(number: u32) -> u32 {
    number
}

/// A name that the Python side uses for itself.
#[wasm_bindgen]
pub fn close(number: u32) -> u32 {
    number
}

/// A doc comment with "quotes", a \backslash, and """three quotes""".
///
/// # Errors
///
/// Has `code`, a [link](https://example.org/) and a very long line that no formatter of source text could leave on a single line without breaking its limit.
#[wasm_bindgen]
pub fn documented(number: u32) -> u32 {
    number
}

#[wasm_bindgen]
pub fn undocumented(number: u32) -> u32 {
    number
}

/// A function in a namespace.
#[wasm_bindgen(js_namespace = ["math", "fast"])]
pub fn double(number: u32) -> u32 {
    number * 2
}

/// Takes any number of arguments.
#[wasm_bindgen(variadic)]
pub fn total(numbers: Vec<f64>) -> f64 {
    numbers.iter().sum()
}
