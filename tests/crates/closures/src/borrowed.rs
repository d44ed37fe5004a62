//! Closures that borrow from the function that made them, and closures passed to imports.

use crate::owned::next;
use crate::watch::Guard;
use std::cell::Cell;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Calls the function with the number; gives its result.
    #[wasm_bindgen(js_namespace = host, js_name = "call", catch)]
    fn call_value(function: &JsValue, number: u32) -> Result<u32, JsValue>;
    #[wasm_bindgen(js_namespace = host, js_name = "call", catch)]
    fn call_shared(function: &dyn Fn(u32) -> u32, number: u32) -> Result<u32, JsValue>;
    #[wasm_bindgen(js_namespace = host, js_name = "call", catch)]
    fn call_changing(function: &mut dyn FnMut(u32) -> u32, number: u32) -> Result<u32, JsValue>;
    #[wasm_bindgen(js_namespace = host, js_name = "call", catch)]
    fn call_closure(function: &Closure<dyn Fn(u32) -> u32>, number: u32) -> Result<u32, JsValue>;
    #[wasm_bindgen(js_namespace = host, js_name = "call", catch)]
    fn call_owned(function: Closure<dyn FnMut(u32) -> u32>, number: u32) -> Result<u32, JsValue>;
    #[wasm_bindgen(js_namespace = host, js_name = "callOptional", catch)]
    fn call_optional(
        function: Option<&Closure<dyn Fn(u32) -> u32>>,
        number: u32,
    ) -> Result<Option<u32>, JsValue>;
}

/// Lend a closure by the constructor of this name to the host's `call`, with this number.
///
/// The result is what the host gave, and what the closure counted in a local of this function.
#[wasm_bindgen]
pub fn lend(constructor: &str, number: u32) -> Result<Vec<u32>, JsValue> {
    let guard = Guard(1);
    let calls = Cell::new(0_u32);
    let shared = |number: u32| {
        let _held = &guard;
        calls.set(calls.get() + 1);
        next(number)
    };
    let result = match constructor {
        "borrow" => {
            let plain = |number: u32| next(number + 100);
            let closure = Closure::<dyn Fn(u32) -> u32>::borrow(&plain);
            call_value(closure.as_js_value(), number)
        }
        "borrow_aborting" => {
            let closure = Closure::<dyn Fn(u32) -> u32>::borrow_aborting(&shared);
            call_value(closure.as_js_value(), number)
        }
        "borrow_assert_unwind_safe" => {
            let closure = Closure::<dyn Fn(u32) -> u32>::borrow_assert_unwind_safe(&shared);
            call_value(closure.as_js_value(), number)
        }
        "dyn Fn" => call_shared(&next, number),
        "&Closure" => {
            let closure = Closure::<dyn Fn(u32) -> u32>::new(next);
            call_closure(&closure, number)
        }
        "Option<&Closure>" => {
            let closure = Closure::<dyn Fn(u32) -> u32>::new(next);
            call_optional(Some(&closure), number).map(Option::unwrap_or_default)
        }
        "None" => call_optional(None, number).map(Option::unwrap_or_default),
        _ => return lend_mut(constructor, number),
    };
    Ok(vec![result?, calls.get()])
}

/// The constructors of closures that change what they borrow.
fn lend_mut(constructor: &str, number: u32) -> Result<Vec<u32>, JsValue> {
    let mut calls = 0_u32;
    let mut changing = |number: u32| {
        calls += 1;
        next(number)
    };
    let result = match constructor {
        "borrow_mut" => {
            let mut own = 0_u32;
            let mut plain = move |number: u32| {
                own += 100;
                next(number + own)
            };
            let closure = Closure::<dyn FnMut(u32) -> u32>::borrow_mut(&mut plain);
            call_value(closure.as_js_value(), number)
        }
        "borrow_mut_aborting" => {
            let closure = Closure::<dyn FnMut(u32) -> u32>::borrow_mut_aborting(&mut changing);
            call_value(closure.as_js_value(), number)
        }
        "borrow_mut_assert_unwind_safe" => {
            let closure =
                Closure::<dyn FnMut(u32) -> u32>::borrow_mut_assert_unwind_safe(&mut changing);
            call_value(closure.as_js_value(), number)
        }
        "dyn FnMut" => {
            let mut own = 0_u32;
            let mut plain = move |number: u32| {
                own += 100;
                next(number + own)
            };
            call_changing(&mut plain, number)
        }
        "Closure" => call_owned(Closure::new(next), number),
        other => Err(JsValue::from(format!("no constructor {other}"))),
    };
    Ok(vec![result?, calls])
}
