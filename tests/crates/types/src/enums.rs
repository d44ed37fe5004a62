//! Numeric and string enums.

use wasm_bindgen::prelude::*;

/// A colour.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Color {
    /// Like blood.
    Red = 0,
    /// Like grass.
    Green = 1,
    /// Like the sky.
    Blue = 7,
}

/// A direction with negative numbers.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sign {
    /// Down.
    Minus = -1,
    /// Up.
    Plus = 1,
}

/// How to do it.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mode {
    /// At once.
    Fast = "fast",
    /// Later.
    NotSoFast = "not-so-fast",
}

/// Give the colour back.
#[wasm_bindgen]
pub fn echo_color(value: Color) -> Color {
    value
}

/// Give the colour back, or nothing for nothing.
#[wasm_bindgen]
pub fn echo_option_color(value: Option<Color>) -> Option<Color> {
    value
}

/// The colour's name in Rust.
#[wasm_bindgen]
pub fn color_name(value: Color) -> String {
    format!("{value:?}")
}

/// Give the sign back.
#[wasm_bindgen]
pub fn echo_sign(value: Sign) -> Sign {
    value
}

/// Give the sign back, or nothing for nothing.
#[wasm_bindgen]
pub fn echo_option_sign(value: Option<Sign>) -> Option<Sign> {
    value
}

/// Give the mode back.
#[wasm_bindgen]
pub fn echo_mode(value: Mode) -> Mode {
    value
}

/// Give the mode back, or nothing for nothing.
#[wasm_bindgen]
pub fn echo_option_mode(value: Option<Mode>) -> Option<Mode> {
    value
}

/// The mode's name in Rust.
#[wasm_bindgen]
pub fn mode_name(value: Mode) -> String {
    format!("{value:?}")
}

/// Give the colours back.
#[wasm_bindgen]
pub fn echo_vec_color(values: Vec<Color>) -> Vec<Color> {
    values
}

/// The colour, or an `Err`.
#[wasm_bindgen]
pub fn result_color(value: Color, fail: bool) -> Result<Color, JsError> {
    if fail {
        return Err(JsError::new("asked to fail"));
    }
    Ok(value)
}
