//! Closures that give a Result or an Option, and closures of every number of parameters.

use crate::watch::Guard;
use js_sys::Array;
use wasm_bindgen::prelude::*;

fn half(number: u32) -> Option<u32> {
    (number % 2 == 0).then_some(number / 2)
}

/// A closure that throws the string `odd` at odd numbers.
#[wasm_bindgen]
pub fn fallible() -> JsValue {
    Closure::<dyn Fn(u32) -> Result<u32, JsValue>>::new(|number| {
        half(number).ok_or_else(|| JsValue::from("odd"))
    })
    .into_js_value()
}

/// A closure that throws an Error at odd numbers, and gives text.
#[wasm_bindgen]
pub fn fallible_text() -> JsValue {
    let guard = Guard(1);
    let call = move |number: u32| -> Result<String, JsError> {
        let _held = &guard;
        let half = half(number).ok_or_else(|| JsError::new(&format!("{number} is odd")))?;
        Ok(half.to_string())
    };
    Closure::<dyn FnMut(u32) -> Result<String, JsError>>::new(call).into_js_value()
}

/// A closure that gives the half of even numbers only.
#[wasm_bindgen]
pub fn optional() -> JsValue {
    Closure::<dyn Fn(Option<u32>) -> Option<u32>>::new(|number: Option<u32>| number.and_then(half))
        .into_js_value()
}

/// A closure that gives the text of a number that is there.
#[wasm_bindgen]
pub fn optional_text() -> JsValue {
    Closure::<dyn Fn(Option<String>) -> Option<String>>::new(|text: Option<String>| {
        text.map(|text| text.to_uppercase())
    })
    .into_js_value()
}

/// A closure that takes its argument by reference.
#[wasm_bindgen]
pub fn by_reference() -> JsValue {
    Closure::<dyn Fn(&JsValue) -> bool>::new(|value: &JsValue| value.is_undefined()).into_js_value()
}

type Any = JsValue;

fn list(values: &[&Any]) -> Any {
    values.iter().copied().collect::<Array>().into()
}

/// A closure of this many parameters, 0 to 8, that gives the list of its arguments.
#[wasm_bindgen]
#[rustfmt::skip]
pub fn of_parameters(count: u32) -> Any {
    match count {
        0 => Closure::<dyn Fn() -> Any>::new(|| list(&[])).into_js_value(),
        1 => Closure::<dyn Fn(Any) -> Any>::new(|a| list(&[&a])).into_js_value(),
        2 => Closure::<dyn Fn(Any, Any) -> Any>::new(|a, b| list(&[&a, &b])).into_js_value(),
        3 => Closure::<dyn Fn(Any, Any, Any) -> Any>::new(|a, b, c| list(&[&a, &b, &c]))
            .into_js_value(),
        4 => Closure::<dyn Fn(Any, Any, Any, Any) -> Any>::new(|a, b, c, d| {
            list(&[&a, &b, &c, &d])
        }).into_js_value(),
        5 => Closure::<dyn Fn(Any, Any, Any, Any, Any) -> Any>::new(|a, b, c, d, e| {
            list(&[&a, &b, &c, &d, &e])
        }).into_js_value(),
        6 => Closure::<dyn Fn(Any, Any, Any, Any, Any, Any) -> Any>::new(|a, b, c, d, e, f| {
            list(&[&a, &b, &c, &d, &e, &f])
        }).into_js_value(),
        7 => Closure::<dyn Fn(Any, Any, Any, Any, Any, Any, Any) -> Any>::new(
            |a, b, c, d, e, f, g| list(&[&a, &b, &c, &d, &e, &f, &g]),
        ).into_js_value(),
        8 => Closure::<dyn Fn(Any, Any, Any, Any, Any, Any, Any, Any) -> Any>::new(
            |a, b, c, d, e, f, g, h| list(&[&a, &b, &c, &d, &e, &f, &g, &h]),
        ).into_js_value(),
        _ => Any::UNDEFINED,
    }
}
