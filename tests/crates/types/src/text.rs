//! Strings.

use wasm_bindgen::prelude::*;

/// Give the text back; Rust owned it.
#[wasm_bindgen]
pub fn echo_string(value: String) -> String {
    value
}

/// Give the text back; Rust borrowed it.
#[wasm_bindgen]
pub fn echo_str(value: &str) -> String {
    value.to_owned()
}

/// Give the text back, or nothing for nothing.
#[wasm_bindgen]
pub fn echo_option_string(value: Option<String>) -> Option<String> {
    value
}

/// How many bytes the text has in UTF-8.
#[wasm_bindgen]
pub fn byte_length(value: &str) -> usize {
    value.len()
}

/// Both texts, joined.
#[wasm_bindgen]
pub fn join(left: &str, right: String) -> String {
    format!("{left}{right}")
}

/// The text, or an `Err`.
#[wasm_bindgen]
pub fn result_string(value: String, fail: bool) -> Result<String, JsError> {
    if fail {
        return Err(JsError::new("asked to fail"));
    }
    Ok(value)
}
