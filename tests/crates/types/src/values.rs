//! JavaScript values.

use wasm_bindgen::prelude::*;

/// Give the very same value back.
#[wasm_bindgen]
pub fn echo_value(value: JsValue) -> JsValue {
    value
}

/// Give the very same value back; Rust borrowed it.
#[wasm_bindgen]
pub fn echo_value_ref(value: &JsValue) -> JsValue {
    value.clone()
}

/// Give the very same value back, or nothing for nothing.
#[wasm_bindgen]
pub fn echo_option_value(value: Option<JsValue>) -> Option<JsValue> {
    value
}

/// What Rust's tests and conversions say about the value, one word for each that holds.
#[wasm_bindgen]
pub fn value_facts(value: &JsValue) -> String {
    let facts = [
        ("undefined", value.is_undefined()),
        ("null", value.is_null()),
        ("object", value.is_object()),
        ("function", value.is_function()),
        ("string", value.is_string()),
        ("symbol", value.is_symbol()),
        ("bigint", value.is_bigint()),
        ("truthy", value.is_truthy()),
        ("bool", value.as_bool().is_some()),
        ("number", value.as_f64().is_some()),
    ];
    let holding: Vec<&str> = facts.iter().filter(|fact| fact.1).map(|fact| fact.0).collect();
    holding.join(" ")
}

/// The value's debug text.
#[wasm_bindgen]
pub fn value_debug(value: &JsValue) -> String {
    format!("{value:?}")
}

/// The number in the value.
#[wasm_bindgen]
pub fn value_number(value: &JsValue) -> Option<f64> {
    value.as_f64()
}

/// The text in the value.
#[wasm_bindgen]
pub fn value_string(value: &JsValue) -> Option<String> {
    value.as_string()
}

/// A number as a value.
#[wasm_bindgen]
pub fn number_value(number: f64) -> JsValue {
    JsValue::from(number)
}

/// A 64-bit number as a value.
#[wasm_bindgen]
pub fn bigint_value(number: i64) -> JsValue {
    JsValue::from(number)
}

/// A text as a value.
#[wasm_bindgen]
pub fn string_value(text: &str) -> JsValue {
    JsValue::from_str(text)
}

/// Undefined, null, true, false: by number.
#[wasm_bindgen]
pub fn constant_value(which: u32) -> JsValue {
    match which {
        0 => JsValue::UNDEFINED,
        1 => JsValue::NULL,
        2 => JsValue::TRUE,
        _ => JsValue::FALSE,
    }
}

/// Whether the two values are the same, as `===` says.
#[wasm_bindgen]
pub fn same(left: &JsValue, right: &JsValue) -> bool {
    left == right
}
