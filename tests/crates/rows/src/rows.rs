//! The rows whose type crosses in all four directions.

use crate::kinds::{Color, Loose, Mode, Point, Shape, Sign, Thing};
use std::ptr::NonNull;
use wasm_bindgen::prelude::*;
use wasm_bindgen::{Clamped, Nullable};

macro_rules! rows {
    ($($row:ident $kind:ty,)*) => { $(
        mod $row {
            use super::*;

            #[wasm_bindgen]
            extern "C" {
                #[wasm_bindgen(js_namespace = $row)]
                fn pass(value: $kind) -> $kind;
            }

            #[wasm_bindgen(js_namespace = $row)]
            pub fn echo(value: $kind) -> $kind {
                value
            }

            #[wasm_bindgen(js_namespace = $row)]
            pub fn through(value: $kind) -> $kind {
                pass(value)
            }

            #[wasm_bindgen(js_namespace = $row)]
            pub fn closure() -> JsValue {
                Closure::<dyn Fn($kind) -> $kind>::new(|value| value).into_js_value()
            }
        }
    )* };
}

rows! {
    plain_i8 i8,
    plain_u8 u8,
    plain_i16 i16,
    plain_u16 u16,
    plain_i32 i32,
    plain_u32 u32,
    plain_i64 i64,
    plain_u64 u64,
    plain_i128 i128,
    plain_u128 u128,
    plain_isize isize,
    plain_usize usize,
    plain_f32 f32,
    plain_f64 f64,
    plain_bool bool,
    plain_char char,
    plain_const_ptr *const u8,
    plain_mut_ptr *mut u8,
    plain_nonnull NonNull<u8>,
    plain_string String,
    plain_value JsValue,
    plain_thing Thing,
    plain_point Point,
    plain_color Color,
    plain_sign Sign,
    plain_mode Mode,
    plain_shape Shape,
    plain_loose Loose,
    plain_clamped Clamped<Vec<u8>>,
    vec_i8 Vec<i8>,
    vec_u8 Vec<u8>,
    vec_i16 Vec<i16>,
    vec_u16 Vec<u16>,
    vec_i32 Vec<i32>,
    vec_u32 Vec<u32>,
    vec_i64 Vec<i64>,
    vec_u64 Vec<u64>,
    vec_isize Vec<isize>,
    vec_usize Vec<usize>,
    vec_f32 Vec<f32>,
    vec_f64 Vec<f64>,
    vec_bool Vec<bool>,
    vec_char Vec<char>,
    vec_string Vec<String>,
    vec_value Vec<JsValue>,
    vec_thing Vec<Thing>,
    vec_point Vec<Point>,
    vec_color Vec<Color>,
    vec_sign Vec<Sign>,
    vec_mode Vec<Mode>,
    box_u8 Box<[u8]>,
    box_f64 Box<[f64]>,
    box_bool Box<[bool]>,
    box_string Box<[String]>,
    box_value Box<[JsValue]>,
    box_point Box<[Point]>,
    option_i8 Option<i8>,
    option_u8 Option<u8>,
    option_i16 Option<i16>,
    option_u16 Option<u16>,
    option_i32 Option<i32>,
    option_u32 Option<u32>,
    option_i64 Option<i64>,
    option_u64 Option<u64>,
    option_i128 Option<i128>,
    option_u128 Option<u128>,
    option_isize Option<isize>,
    option_usize Option<usize>,
    option_f32 Option<f32>,
    option_f64 Option<f64>,
    option_bool Option<bool>,
    option_char Option<char>,
    option_nonnull Option<NonNull<u8>>,
    option_string Option<String>,
    option_value Option<JsValue>,
    option_thing Option<Thing>,
    option_point Option<Point>,
    option_color Option<Color>,
    option_sign Option<Sign>,
    option_mode Option<Mode>,
    option_shape Option<Shape>,
    option_vec_u8 Option<Vec<u8>>,
    option_vec_f64 Option<Vec<f64>>,
    option_vec_bool Option<Vec<bool>>,
    option_vec_char Option<Vec<char>>,
    option_vec_string Option<Vec<String>>,
    option_vec_value Option<Vec<JsValue>>,
    option_vec_point Option<Vec<Point>>,
    option_vec_color Option<Vec<Color>>,
    option_vec_mode Option<Vec<Mode>>,
    option_box_i16 Option<Box<[i16]>>,
    nullable_i8 Nullable<i8>,
    nullable_u8 Nullable<u8>,
    nullable_i16 Nullable<i16>,
    nullable_u16 Nullable<u16>,
    nullable_i32 Nullable<i32>,
    nullable_u32 Nullable<u32>,
    nullable_i64 Nullable<i64>,
    nullable_u64 Nullable<u64>,
    nullable_i128 Nullable<i128>,
    nullable_u128 Nullable<u128>,
    nullable_usize Nullable<usize>,
    nullable_f32 Nullable<f32>,
    nullable_f64 Nullable<f64>,
    nullable_bool Nullable<bool>,
    nullable_char Nullable<char>,
    nullable_const_ptr Nullable<*const u8>,
    nullable_string Nullable<String>,
    nullable_value Nullable<JsValue>,
    nullable_thing Nullable<Thing>,
    nullable_point Nullable<Point>,
    nullable_color Nullable<Color>,
    nullable_mode Nullable<Mode>,
    nullable_shape Nullable<Shape>,
    nullable_vec_u8 Nullable<Vec<u8>>,
    nullable_vec_bool Nullable<Vec<bool>>,
    nullable_vec_string Nullable<Vec<String>>,
    nullable_vec_point Nullable<Vec<Point>>,
    nullable_vec_color Nullable<Vec<Color>>,
    both_u8 Option<Nullable<u8>>,
    both_i32 Option<Nullable<i32>>,
    both_f32 Option<Nullable<f32>>,
    both_f64 Option<Nullable<f64>>,
    both_i64 Option<Nullable<i64>>,
    both_u128 Option<Nullable<u128>>,
    both_bool Option<Nullable<bool>>,
    both_char Option<Nullable<char>>,
    both_string Option<Nullable<String>>,
    both_value Option<Nullable<JsValue>>,
    both_thing Option<Nullable<Thing>>,
    both_point Option<Nullable<Point>>,
    both_color Option<Nullable<Color>>,
    both_mode Option<Nullable<Mode>>,
    both_shape Option<Nullable<Shape>>,
    both_vec_u16 Option<Nullable<Vec<u16>>>,
    both_vec_char Option<Nullable<Vec<char>>>,
    both_vec_value Option<Nullable<Vec<JsValue>>>,
}
