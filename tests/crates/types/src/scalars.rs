//! Numbers, bool and char, each alone and as an `Option`.

use wasm_bindgen::prelude::*;

macro_rules! scalars {
    ($($echo:ident $option:ident $kind:ty,)*) => { $(
        /// Give the value back.
        #[wasm_bindgen]
        pub fn $echo(value: $kind) -> $kind {
            value
        }

        /// Give the value back, or nothing for nothing.
        #[wasm_bindgen]
        pub fn $option(value: Option<$kind>) -> Option<$kind> {
            value
        }
    )* };
}

scalars! {
    echo_i8 echo_option_i8 i8,
    echo_u8 echo_option_u8 u8,
    echo_i16 echo_option_i16 i16,
    echo_u16 echo_option_u16 u16,
    echo_i32 echo_option_i32 i32,
    echo_u32 echo_option_u32 u32,
    echo_i64 echo_option_i64 i64,
    echo_u64 echo_option_u64 u64,
    echo_i128 echo_option_i128 i128,
    echo_u128 echo_option_u128 u128,
    echo_isize echo_option_isize isize,
    echo_usize echo_option_usize usize,
    echo_f32 echo_option_f32 f32,
    echo_f64 echo_option_f64 f64,
    echo_bool echo_option_bool bool,
    echo_char echo_option_char char,
}

/// Every option at once, as text: shows that none of them shifts another one.
#[wasm_bindgen]
#[allow(clippy::too_many_arguments)]
pub fn all_options(
    a: Option<f32>,
    b: Option<i64>,
    c: Option<i8>,
    d: Option<f64>,
    e: Option<char>,
    f: Option<bool>,
    g: Option<String>,
    h: Option<Vec<u16>>,
    i: Option<u64>,
) -> String {
    format!("{a:?} {b:?} {c:?} {d:?} {e:?} {f:?} {g:?} {h:?} {i:?}")
}

/// A pointer, which is a number to the host.
#[wasm_bindgen]
pub fn echo_pointer(value: *const u8) -> *const u8 {
    value
}

/// Nothing in, nothing out.
#[wasm_bindgen]
pub fn nothing() {}

/// The number, or an `Err`: results of each shape.
#[wasm_bindgen]
pub fn result_i64(value: i64, fail: bool) -> Result<i64, JsError> {
    if fail {
        return Err(JsError::new("asked to fail"));
    }
    Ok(value)
}

/// An optional number, or an `Err`.
#[wasm_bindgen]
pub fn result_option_f64(value: Option<f64>, fail: bool) -> Result<Option<f64>, JsError> {
    if fail {
        return Err(JsError::new("asked to fail"));
    }
    Ok(value)
}

/// Nothing, or an `Err`.
#[wasm_bindgen]
pub fn result_unit(fail: bool) -> Result<(), JsError> {
    if fail {
        return Err(JsError::new("asked to fail"));
    }
    Ok(())
}
