//! The attributes that change names, documentation or TypeScript only.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &'static str = "export type Celsius = number;";

/// A function with a described parameter.
#[wasm_bindgen(
    unchecked_return_type = "Celsius",
    return_description = "the temperature in degrees Celsius"
)]
pub fn warm(
    #[wasm_bindgen(unchecked_param_type = "Celsius", param_description = "how warm it is")]
    now: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "Celsius", js_name = "byDegrees")]
    by: JsValue,
) -> JsValue {
    let by = by.as_f64().unwrap_or(1.0);
    JsValue::from(now.as_f64().unwrap_or_default() + by)
}

/// Is not declared in TypeScript.
#[wasm_bindgen(skip_typescript)]
pub fn untyped() -> u32 {
    1
}

/// Has no JSDoc.
#[wasm_bindgen(skip_jsdoc)]
pub fn undescribed() -> u32 {
    2
}

/// Is not declared in TypeScript.
#[wasm_bindgen(skip_typescript)]
pub struct Untyped {
    #[wasm_bindgen(skip_typescript)]
    pub number: u32,
}

#[wasm_bindgen]
impl Untyped {
    /// Make one.
    #[wasm_bindgen(constructor, skip_typescript)]
    pub fn new() -> Untyped {
        Untyped { number: 3 }
    }
}

/// An enum under another name.
#[wasm_bindgen(js_name = "Speed")]
#[derive(Clone, Copy)]
pub enum Velocity {
    Slow = 1,
    Fast = 2,
}

/// An enum that is not exported by itself.
#[wasm_bindgen(private)]
#[derive(Clone, Copy)]
pub enum Hidden {
    A = 0,
    B = 1,
}

/// The next speed.
#[wasm_bindgen]
pub fn faster(speed: Velocity) -> Velocity {
    match speed {
        Velocity::Slow | Velocity::Fast => Velocity::Fast,
    }
}

/// Takes the private enum.
#[wasm_bindgen]
pub fn reveal(hidden: Hidden) -> bool {
    matches!(hidden, Hidden::B)
}

/// A struct that is not exported by itself.
#[wasm_bindgen(private)]
pub struct Internal {
    pub number: u32,
}

/// Makes the private struct.
#[wasm_bindgen]
pub fn internal(number: u32) -> Internal {
    Internal { number }
}
