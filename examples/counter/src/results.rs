//! `Result` at the border.

use crate::state::Guard;
use wasm_bindgen::prelude::*;

/// The number, or an `Err` that holds a string when it is odd.
#[wasm_bindgen]
pub fn even(n: u32) -> Result<u32, String> {
    let _guard = Guard;
    if n % 2 == 0 {
        Ok(n)
    } else {
        Err(format!("{n} is odd"))
    }
}

/// Always an `Err` that holds an `Error` object.
#[wasm_bindgen]
pub fn fail_error(message: &str) -> Result<String, JsError> {
    Err(JsError::new(message))
}

/// Always an `Err` that holds a number.
#[wasm_bindgen]
pub fn fail_number(number: f64) -> Result<(), JsValue> {
    Err(JsValue::from(number))
}

/// Always an `Err` that holds the given value.
#[wasm_bindgen]
pub fn fail_value(value: JsValue) -> Result<Option<f64>, JsValue> {
    Err(value)
}

/// Parse a whole number, 64 bits.
#[wasm_bindgen]
pub fn parse(text: &str) -> Result<i64, JsError> {
    Ok(text.trim().parse::<i64>()?)
}
