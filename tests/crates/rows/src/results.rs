//! Results: of every shape, in each position.

use crate::kinds::{Color, Mode, Point, Shape, Thing};
use wasm_bindgen::prelude::*;
use wasm_bindgen::Nullable;

macro_rules! results {
    ($($row:ident $kind:ty,)*) => { $(
        mod $row {
            use super::*;

            #[wasm_bindgen]
            extern "C" {
                #[wasm_bindgen(js_namespace = $row, catch)]
                fn risk(value: $kind) -> Result<$kind, JsValue>;
            }

            #[wasm_bindgen(js_namespace = $row)]
            pub fn attempt(value: $kind, error: Option<JsValue>) -> Result<$kind, JsValue> {
                match error {
                    Some(error) => Err(error),
                    None => Ok(value),
                }
            }

            #[wasm_bindgen(js_namespace = $row)]
            pub fn through(value: $kind) -> Result<$kind, JsValue> {
                risk(value)
            }

            #[wasm_bindgen(js_namespace = $row)]
            pub fn closure() -> JsValue {
                let attempt = |value, error| attempt(value, error);
                Closure::<dyn Fn($kind, Option<JsValue>) -> Result<$kind, JsValue>>::new(attempt)
                    .into_js_value()
            }
        }
    )* };
}

results! {
    result_u8 u8,
    result_i32 i32,
    result_i64 i64,
    result_u128 u128,
    result_f32 f32,
    result_f64 f64,
    result_bool bool,
    result_char char,
    result_string String,
    result_value JsValue,
    result_thing Thing,
    result_point Point,
    result_color Color,
    result_mode Mode,
    result_shape Shape,
    result_vec_u8 Vec<u8>,
    result_vec_bool Vec<bool>,
    result_vec_string Vec<String>,
    result_vec_point Vec<Point>,
    result_option_u32 Option<u32>,
    result_option_u64 Option<u64>,
    result_option_f64 Option<f64>,
    result_option_string Option<String>,
    result_option_value Option<JsValue>,
    result_option_point Option<Point>,
    result_option_vec_f64 Option<Vec<f64>>,
    result_nullable_i64 Nullable<i64>,
    result_nullable_string Nullable<String>,
    result_nullable_point Nullable<Point>,
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = result_unit, catch)]
    fn risk(fail: bool) -> Result<(), JsValue>;
}

#[wasm_bindgen(js_namespace = result_unit)]
pub fn attempt(error: Option<JsValue>) -> Result<(), JsValue> {
    error.map_or(Ok(()), Err)
}

#[wasm_bindgen(js_namespace = result_unit)]
pub fn through(fail: bool) -> Result<(), JsValue> {
    risk(fail)
}

#[wasm_bindgen(js_namespace = result_unit)]
pub fn closure() -> JsValue {
    Closure::<dyn Fn(Option<JsValue>) -> Result<(), JsValue>>::new(attempt).into_js_value()
}

/// A struct with a Result in each kind of member.
#[wasm_bindgen]
pub struct Risky {
    level: u32,
}

fn check(level: u32) -> Result<u32, JsError> {
    if level > 9 {
        return Err(JsError::new("too high"));
    }
    Ok(level)
}

#[wasm_bindgen]
impl Risky {
    #[wasm_bindgen(constructor)]
    pub fn new(level: u32) -> Result<Risky, JsError> {
        check(level).map(|level| Risky { level })
    }

    pub fn made(level: u32) -> Result<Option<Risky>, JsError> {
        let level = check(level)?;
        Ok((level > 0).then_some(Risky { level }))
    }

    pub fn raise(&mut self, by: u32) -> Result<(), JsError> {
        self.level = check(self.level + by)?;
        Ok(())
    }

    pub fn into_level(self) -> Result<u32, JsError> {
        check(self.level)
    }

    #[wasm_bindgen(getter)]
    pub fn odd(&self) -> Result<u32, JsError> {
        if self.level % 2 == 0 {
            return Err(JsError::new("even"));
        }
        Ok(self.level)
    }

    #[wasm_bindgen(setter)]
    pub fn set_odd(&mut self, level: u32) -> Result<(), JsError> {
        self.level = check(level)?;
        Ok(())
    }
}
