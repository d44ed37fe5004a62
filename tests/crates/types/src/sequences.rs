//! Vectors, boxed slices and borrowed slices.

use wasm_bindgen::prelude::*;
use wasm_bindgen::Clamped;

macro_rules! numbers {
    ($($vector:ident $option:ident $boxed:ident $slice:ident $kind:ty,)*) => { $(
        /// Give the numbers back.
        #[wasm_bindgen]
        pub fn $vector(values: Vec<$kind>) -> Vec<$kind> {
            values
        }

        /// Give the numbers back, or nothing for nothing.
        #[wasm_bindgen]
        pub fn $option(values: Option<Vec<$kind>>) -> Option<Vec<$kind>> {
            values
        }

        /// Give the boxed numbers back.
        #[wasm_bindgen]
        pub fn $boxed(values: Box<[$kind]>) -> Box<[$kind]> {
            values
        }

        /// Give the borrowed numbers back in the opposite order.
        #[wasm_bindgen]
        pub fn $slice(values: &[$kind]) -> Vec<$kind> {
            values.iter().rev().copied().collect()
        }
    )* };
}

numbers! {
    echo_vec_i8 echo_option_vec_i8 echo_box_i8 reverse_i8 i8,
    echo_vec_u8 echo_option_vec_u8 echo_box_u8 reverse_u8 u8,
    echo_vec_i16 echo_option_vec_i16 echo_box_i16 reverse_i16 i16,
    echo_vec_u16 echo_option_vec_u16 echo_box_u16 reverse_u16 u16,
    echo_vec_i32 echo_option_vec_i32 echo_box_i32 reverse_i32 i32,
    echo_vec_u32 echo_option_vec_u32 echo_box_u32 reverse_u32 u32,
    echo_vec_i64 echo_option_vec_i64 echo_box_i64 reverse_i64 i64,
    echo_vec_u64 echo_option_vec_u64 echo_box_u64 reverse_u64 u64,
    echo_vec_f32 echo_option_vec_f32 echo_box_f32 reverse_f32 f32,
    echo_vec_f64 echo_option_vec_f64 echo_box_f64 reverse_f64 f64,
}

/// Give the texts back.
#[wasm_bindgen]
pub fn echo_vec_string(values: Vec<String>) -> Vec<String> {
    values
}

/// Give the texts back, or nothing for nothing.
#[wasm_bindgen]
pub fn echo_option_vec_string(values: Option<Vec<String>>) -> Option<Vec<String>> {
    values
}

/// Give the values back.
#[wasm_bindgen]
pub fn echo_vec_value(values: Vec<JsValue>) -> Vec<JsValue> {
    values
}

/// Give the truth values back.
#[wasm_bindgen]
pub fn echo_vec_bool(values: Vec<bool>) -> Vec<bool> {
    values
}

/// Give the characters back.
#[wasm_bindgen]
pub fn echo_vec_char(values: Vec<char>) -> Vec<char> {
    values
}

/// Give the clamped bytes back.
#[wasm_bindgen]
pub fn echo_clamped(values: Clamped<Vec<u8>>) -> Clamped<Vec<u8>> {
    values
}

/// A text and two vectors at once: shows who frees what.
#[wasm_bindgen]
pub fn mixed(text: &str, bytes: &[u8], numbers: Vec<f64>) -> String {
    format!("{text} {bytes:?} {numbers:?}")
}

/// The bytes, or an `Err`.
#[wasm_bindgen]
pub fn result_bytes(values: Vec<u8>, fail: bool) -> Result<Vec<u8>, JsError> {
    if fail {
        return Err(JsError::new("asked to fail"));
    }
    Ok(values)
}
