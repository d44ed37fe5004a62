//! Functions of the host as `js_sys::Function`.
#![allow(deprecated)]

use js_sys::{Array, Function, JsString, Object, Reflect};
use wasm_bindgen::prelude::*;

fn numbers<const COUNT: usize>() -> [JsValue; COUNT] {
    std::array::from_fn(|index| JsValue::from(index as u32 + 1))
}

/// Call with this many arguments, 0 to 9: 1, 2 and so on.
#[wasm_bindgen]
#[rustfmt::skip]
pub fn call_with(function: &Function, this: &JsValue, count: u32) -> Result<JsValue, JsValue> {
    let [a, b, c, d, e, f, g, h, i] = &numbers::<9>();
    match count {
        0 => function.call0(this),
        1 => function.call1(this, a),
        2 => function.call2(this, a, b),
        3 => function.call3(this, a, b, c),
        4 => function.call4(this, a, b, c, d),
        5 => function.call5(this, a, b, c, d, e),
        6 => function.call6(this, a, b, c, d, e, f),
        7 => function.call7(this, a, b, c, d, e, f, g),
        8 => function.call8(this, a, b, c, d, e, f, g, h),
        _ => function.call9(this, a, b, c, d, e, f, g, h, i),
    }
}

/// Call with the values of an array.
#[wasm_bindgen]
pub fn apply(function: &Function, this: &JsValue, values: &Array) -> Result<JsValue, JsValue> {
    function.apply(this, values)
}

/// Bind `this` and up to two numbers, 1 and 2.
#[wasm_bindgen]
pub fn bind(function: &Function, this: &JsValue, count: u32) -> JsValue {
    let [a, b] = &numbers::<2>();
    match count {
        0 => function.bind0(this).into(),
        1 => function.bind1(this, a).into(),
        _ => function.bind2(this, a, b).into(),
    }
}

/// Tell whether two functions are the same one: by `Object.is` and by `===`.
#[wasm_bindgen]
pub fn same(one: &Function, other: &Function) -> Vec<u32> {
    let (one, other): (&JsValue, &JsValue) = (one, other);
    vec![u32::from(Object::is(one, other)), u32::from(one == other)]
}

/// The name, the length, the text, and whether it is a function and an object.
#[wasm_bindgen]
pub fn describe(function: &Function) -> Array {
    let value: &JsValue = function;
    [
        JsValue::from(function.name()),
        JsValue::from(function.length()),
        JsValue::from(value.is_function()),
        JsValue::from(value.is_object()),
        JsValue::from(value.has_type::<Function>()),
        value.js_typeof(),
    ]
    .into_iter()
    .collect()
}

/// The source text of a function, as its `toString` gives it.
#[wasm_bindgen]
pub fn source(function: &Function) -> JsString {
    function.to_string()
}

/// Set a property of a function and read it again.
#[wasm_bindgen]
pub fn mark(function: &Function, name: &str, value: &JsValue) -> Result<JsValue, JsValue> {
    Reflect::set(function, &JsValue::from(name), value)?;
    Reflect::get(function, &JsValue::from(name))
}

/// Call a function that fails; the message of what it threw, and that very value.
#[wasm_bindgen]
pub fn caught(function: &Function) -> Option<JsValue> {
    function.call0(&JsValue::UNDEFINED).err()
}

/// Call the value as a function; without one, give `undefined`.
#[wasm_bindgen]
pub fn call_if_function(value: JsValue) -> Result<JsValue, JsValue> {
    match value.dyn_into::<Function>() {
        Ok(function) => function.call0(&JsValue::NULL),
        Err(_) => Ok(JsValue::UNDEFINED),
    }
}
