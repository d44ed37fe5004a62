//! The rows of types that are lent: each crosses in one direction only.

use crate::kinds::{Color, Mode, Point, Thing};
use wasm_bindgen::prelude::*;
use wasm_bindgen::Nullable;

/// What an export borrows; it gives the debug text of what it got.
macro_rules! given {
    ($($name:ident $kind:ty,)*) => { $(
        #[wasm_bindgen(js_namespace = given)]
        pub fn $name(value: $kind) -> String {
            format!("{:?}", value)
        }
    )* };
}

given! {
    str_ &str,
    slice_i8 &[i8],
    slice_u8 &[u8],
    slice_i16 &[i16],
    slice_u16 &[u16],
    slice_i32 &[i32],
    slice_u32 &[u32],
    slice_i64 &[i64],
    slice_u64 &[u64],
    slice_isize &[isize],
    slice_usize &[usize],
    slice_f32 &[f32],
    slice_f64 &[f64],
    value &JsValue,
}

#[wasm_bindgen(js_namespace = given)]
pub fn thing(value: &Thing) -> JsValue {
    value.clone().into()
}

#[wasm_bindgen(js_namespace = given)]
pub fn point(value: &Point) -> f64 {
    value.x
}

#[wasm_bindgen(js_namespace = given)]
pub fn changed_point(value: &mut Point) {
    value.x += 1.0;
}

/// A closure that borrows its first argument.
macro_rules! lent_to {
    ($($name:ident $kind:ty, $value:ident => $result:expr;)*) => { $(
        #[wasm_bindgen]
        pub fn $name() -> JsValue {
            Closure::<dyn Fn(&$kind) -> String>::new(|$value: &$kind| $result).into_js_value()
        }
    )* };
}

lent_to! {
    lent_to_value JsValue, value => format!("{value:?}");
    lent_to_point Point, value => value.x.to_string();
}

/// What an import is lent; `see` shows the host one or more values.
macro_rules! shown {
    ($($name:ident($given:ident) $kind:ty: $($value:expr),*;)*) => { $(
        mod $name {
            use super::*;

            #[wasm_bindgen]
            extern "C" {
                #[wasm_bindgen(js_namespace = $name)]
                fn see(value: $kind);
            }

            #[wasm_bindgen(js_namespace = $name)]
            pub fn show($given: JsValue) {
                let _ = &$given;
                $( see($value); )*
            }
        }
    )* };
}

fn thing_of(value: &JsValue) -> Thing {
    value.clone().unchecked_into()
}

shown! {
    shown_str(given) &str: "", "é😀";
    shown_string(given) &String: &String::from("owned");
    shown_boxed_str(given) &Box<str>: &Box::from("boxed");
    shown_option_str(given) Option<&str>: None, Some(""), Some("x");
    shown_nullable_str(given) Nullable<&str>: Nullable::Null, Nullable::Value("x");
    shown_both_str(given) Option<Nullable<&str>>: None, Some(Nullable::Null), Some(Nullable::Value("x"));
    shown_value(given) &JsValue: &given, &JsValue::NULL, &JsValue::UNDEFINED;
    shown_option_value(given) Option<&JsValue>: None, Some(&given);
    shown_nullable_value(given) Nullable<&JsValue>: Nullable::Null, Nullable::Value(&given);
    shown_thing(given) &Thing: &thing_of(&given);
    shown_ref_u32(given) &u32: &7;
    shown_ref_f64(given) &f64: &0.5;
    shown_ref_u128(given) &u128: &u128::MAX;
    shown_ref_bool(given) &bool: &true;
    shown_ref_char(given) &char: &'é';
    shown_ref_ref_str(given) &&str: &"twice";
    shown_ref_option(given) &Option<u32>: &None, &Some(5);
    shown_ref_nullable(given) &Nullable<i64>: &Nullable::Null, &Nullable::Value(-5);
    shown_option_ref(given) Option<&u8>: None, Some(&8);
    shown_slice_i8(given) &[i8]: &[-1, 2], &[];
    shown_slice_u8(given) &[u8]: &[1, 255], &[];
    shown_slice_i16(given) &[i16]: &[-1, 2];
    shown_slice_u16(given) &[u16]: &[1, 65535];
    shown_slice_i32(given) &[i32]: &[-1, 2];
    shown_slice_u32(given) &[u32]: &[1, u32::MAX];
    shown_slice_i64(given) &[i64]: &[-1, i64::MAX];
    shown_slice_u64(given) &[u64]: &[1, u64::MAX];
    shown_slice_f32(given) &[f32]: &[0.5, -0.0];
    shown_slice_f64(given) &[f64]: &[0.5, f64::INFINITY];
    shown_slice_bool(given) &[bool]: &[true, false], &[];
    shown_slice_char(given) &[char]: &['a', '😀'];
    shown_slice_str(given) &[&str]: &["", "é"], &[];
    shown_slice_string(given) &[String]: &[String::from("x")];
    shown_slice_value(given) &[JsValue]: &[given.clone(), JsValue::NULL];
    shown_slice_thing(given) &[Thing]: &[thing_of(&given)];
    shown_slice_color(given) &[Color]: &[Color::Blue, Color::Red];
    shown_slice_mode(given) &[Mode]: &[Mode::NotSoFast];
    shown_option_slice(given) Option<&[u8]>: None, Some(&[]), Some(&[3]);
    shown_nullable_slice(given) Nullable<&[f64]>: Nullable::Null, Nullable::Value(&[0.5]);
    shown_option_slice_bool(given) Option<&[bool]>: None, Some(&[true]);
    shown_option_slice_str(given) Option<&[&str]>: None, Some(&["a"]);
    shown_both_slice(given) Option<Nullable<&[u16]>>: None, Some(Nullable::Null), Some(Nullable::Value(&[9]));
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = modes)]
    fn copy(#[wasm_bindgen(slice = copy)] value: &[u8]);
    #[wasm_bindgen(js_namespace = modes)]
    fn array(#[wasm_bindgen(slice = array)] value: &[u8]);
    #[wasm_bindgen(js_namespace = modes)]
    fn view(#[wasm_bindgen(slice = view)] value: &[u8]);
    #[wasm_bindgen(js_namespace = modes)]
    fn vec_array(#[wasm_bindgen(vec = array)] value: Vec<f64>);
    #[wasm_bindgen(js_namespace = modes)]
    fn vec_copy(#[wasm_bindgen(vec = copy)] value: Option<Vec<i32>>);
    #[wasm_bindgen(js_namespace = modes, slice_to_array)]
    fn to_array(value: &[i16]);
}

/// Show the host one slice in each mode.
#[wasm_bindgen]
pub fn show_modes() {
    copy(&[1, 2]);
    array(&[1, 2]);
    view(&[1, 2]);
    vec_array(vec![0.5]);
    vec_copy(Some(vec![-1]));
    vec_copy(None);
    to_array(&[-3]);
}

/// A slice that the host changes in place; gives what it holds then.
macro_rules! changed {
    ($($name:ident $change:ident $kind:ty,)*) => {
        #[wasm_bindgen]
        extern "C" { $(
            #[wasm_bindgen(js_namespace = change)]
            fn $name(value: &mut [$kind]);
        )* }

        $(
            #[wasm_bindgen]
            pub fn $change() -> Vec<$kind> {
                let mut numbers = vec![1 as $kind, 2 as $kind, 3 as $kind];
                $name(&mut numbers);
                numbers
            }
        )*
    };
}

changed! {
    i8s change_i8 i8,
    u8s change_u8 u8,
    i16s change_i16 i16,
    u16s change_u16 u16,
    i32s change_i32 i32,
    u32s change_u32 u32,
    i64s change_i64 i64,
    u64s change_u64 u64,
    f32s change_f32 f32,
    f64s change_f64 f64,
}
