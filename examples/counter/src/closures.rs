//! Rust closures that the host holds, and host functions that Rust calls.

use crate::state::Guard;
use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Calls the function with the number and gives its result.
    fn apply(function: &dyn Fn(i32) -> i32, number: i32) -> i32;

    /// Calls the function with the number and gives its result.
    fn apply_mut(function: &mut dyn FnMut(i32) -> i32, number: i32) -> i32;
}

thread_local! {
    static KEPT: RefCell<Option<Closure<dyn FnMut() -> u32>>> = const { RefCell::new(None) };
}

/// A function that adds a fixed number.
#[wasm_bindgen]
pub fn adder(step: i32) -> JsValue {
    Closure::<dyn Fn(i32) -> i32>::new(move |number: i32| number.wrapping_add(step)).into_js_value()
}

/// A function that counts its calls.
#[wasm_bindgen]
pub fn ticker() -> JsValue {
    let mut ticks = 0_u32;
    Closure::<dyn FnMut() -> u32>::new(move || {
        ticks += 1;
        ticks
    })
    .into_js_value()
}

/// A function that joins text to what it is given.
#[wasm_bindgen]
pub fn joiner(prefix: String) -> JsValue {
    Closure::<dyn Fn(String) -> String>::new(move |text: String| format!("{prefix}{text}"))
        .into_js_value()
}

/// A function that panics.
#[wasm_bindgen]
pub fn panicking_closure() -> JsValue {
    Closure::<dyn Fn(i32) -> i32>::new(|number: i32| -> i32 {
        let _guard = Guard;
        panic!("a closure panicked at {number}")
    })
    .into_js_value()
}

/// A function whose panic ends the instance.
#[wasm_bindgen]
pub fn aborting_closure() -> JsValue {
    Closure::<dyn Fn(i32) -> i32>::own_aborting(|number: i32| -> i32 {
        panic!("an aborting closure panicked at {number}")
    })
    .into_js_value()
}

/// A function that holds a guard; `drops` counts when it is freed.
#[wasm_bindgen]
pub fn guarded_closure() -> JsValue {
    let guard = Guard;
    Closure::<dyn Fn()>::new(move || {
        let _held = &guard;
    })
    .into_js_value()
}

/// A function whose destructor panics.
#[wasm_bindgen]
pub fn fragile_closure() -> JsValue {
    let bomb = crate::objects::Fragile { mode: 2 };
    Closure::<dyn Fn() -> u32>::new(move || {
        let whole = &bomb; // else only the field would be captured, and the rest dropped here
        whole.mode
    })
    .into_js_value()
}

/// A function that can be called once.
#[wasm_bindgen]
pub fn once_closure() -> JsValue {
    let guard = Guard;
    Closure::once_into_js(move || {
        drop(guard);
        7_u32
    })
}

/// A function that Rust keeps, and drops in `drop_kept`; it counts the counter up.
#[wasm_bindgen]
pub fn kept_closure() -> JsValue {
    let guard = Guard;
    let closure = Closure::<dyn FnMut() -> u32>::new(move || {
        let _held = &guard;
        crate::state::bump()
    });
    let value = closure.as_ref().clone();
    KEPT.set(Some(closure));
    value
}

/// Drop the function of `kept_closure`, and with it the guard that it holds.
#[wasm_bindgen]
pub fn drop_kept() {
    KEPT.take();
}

/// Lend a function to the import `apply`.
#[wasm_bindgen]
pub fn call_apply(number: i32, step: i32) -> i32 {
    apply(&move |value| value + step, number)
}

/// Lend a function that adds up what it is given to the import `apply_mut`.
#[wasm_bindgen]
pub fn call_apply_mut(number: i32) -> i32 {
    let mut sum = number;
    apply_mut(
        &mut move |value| {
            sum += value;
            sum
        },
        number,
    )
}

/// Lend a function that panics to the import `apply`, with a guard alive.
#[wasm_bindgen]
pub fn call_apply_panicking(number: i32) -> i32 {
    let _guard = Guard;
    apply(&|value| -> i32 { panic!("a lent closure panicked at {value}") }, number)
}

/// Call a host function with one value; passes its error on.
#[wasm_bindgen]
pub fn call_function(function: &js_sys::Function, value: JsValue) -> Result<JsValue, JsValue> {
    let _guard = Guard;
    AssertUnwindSafe(function).call1(&JsValue::UNDEFINED, &value)
}
