//! Imports: values on their way out to the host and back. The host gives `host`, an object.

use crate::enums::{Color, Mode};
use crate::objects::Point;
use wasm_bindgen::prelude::*;

macro_rules! through {
    ($($name:ident $pass:ident $kind:ty,)*) => {
        #[wasm_bindgen]
        extern "C" { $(
            #[wasm_bindgen(js_namespace = host)]
            fn $pass(value: $kind) -> $kind;
        )* }

        $(
            /// Pass the value to the host and give back what it returned.
            #[wasm_bindgen]
            pub fn $name(value: $kind) -> $kind {
                $pass(value)
            }
        )*
    };
}

through! {
    through_i8 pass_i8 i8,
    through_u8 pass_u8 u8,
    through_u32 pass_u32 u32,
    through_i64 pass_i64 i64,
    through_u64 pass_u64 u64,
    through_f32 pass_f32 f32,
    through_f64 pass_f64 f64,
    through_bool pass_bool bool,
    through_char pass_char char,
    through_string pass_string String,
    through_value pass_value JsValue,
    through_color pass_color Color,
    through_mode pass_mode Mode,
    through_point pass_point Point,
    through_vec_u8 pass_vec_u8 Vec<u8>,
    through_vec_f64 pass_vec_f64 Vec<f64>,
    through_vec_string pass_vec_string Vec<String>,
    through_option_u32 pass_option_u32 Option<u32>,
    through_option_u64 pass_option_u64 Option<u64>,
    through_option_f64 pass_option_f64 Option<f64>,
    through_option_bool pass_option_bool Option<bool>,
    through_option_string pass_option_string Option<String>,
    through_option_value pass_option_value Option<JsValue>,
    through_option_color pass_option_color Option<Color>,
    through_option_mode pass_option_mode Option<Mode>,
    through_option_point pass_option_point Option<Point>,
    through_option_vec_f32 pass_option_vec_f32 Option<Vec<f32>>,
}

#[wasm_bindgen]
extern "C" {
    /// Gets text and numbers that Rust keeps; gives the length of the text.
    #[wasm_bindgen(js_namespace = host)]
    fn look(text: &str, numbers: &[f64], value: &JsValue) -> u32;

    /// May throw; every kind of result must then read as nothing.
    #[wasm_bindgen(js_namespace = host, catch)]
    fn risky_string(text: &str) -> Result<String, JsValue>;

    /// As `risky_string`, with a number of 64 bits.
    #[wasm_bindgen(js_namespace = host, catch)]
    fn risky_i64(number: i64) -> Result<Option<i64>, JsValue>;

    /// A function of a module of the host.
    #[wasm_bindgen(js_name = twice)]
    fn host_twice(number: u32) -> u32;
}

#[wasm_bindgen(raw_module = "./env.js")]
extern "C" {
    /// A function of a module of the host.
    fn module_twice(number: u32) -> u32;
}

/// Lend text, numbers and a value to the host.
#[wasm_bindgen]
pub fn lend(text: &str, numbers: &[f64], value: &JsValue) -> u32 {
    look(text, numbers, value)
}

/// Ask the host for a text; the text, or the error's debug text.
#[wasm_bindgen]
pub fn ask_string(text: &str) -> String {
    risky_string(text).unwrap_or_else(|error| format!("failed: {error:?}"))
}

/// Ask the host for a number; gives -1 when it failed.
#[wasm_bindgen]
pub fn ask_i64(number: i64) -> Option<i64> {
    risky_i64(number).unwrap_or(Some(-1))
}

/// Call a function of the host's module `./env.js`.
#[wasm_bindgen]
pub fn through_module(number: u32) -> u32 {
    module_twice(number)
}

/// Call a global function of the host under another name.
#[wasm_bindgen]
pub fn through_renamed(number: u32) -> u32 {
    host_twice(number)
}
