//! The constructors of owned closures: each gives a function that adds to a number, and panics
//! at 13.

use crate::watch::Guard;
use wasm_bindgen::prelude::*;

type Shared = dyn Fn(u32) -> u32;
type Changing = dyn FnMut(u32) -> u32;

/// The number and 1; panics at 13.
pub fn next(number: u32) -> u32 {
    let _entered = Guard(100);
    assert!(number != 13, "a closure panicked at {number}");
    number + 1
}

fn shared() -> impl Fn(u32) -> u32 {
    let guard = Guard(1);
    move |number| {
        let _held = &guard;
        next(number)
    }
}

fn changing() -> impl FnMut(u32) -> u32 {
    let guard = Guard(1);
    let mut sum = 0;
    move |number| {
        let _held = &guard;
        sum += number;
        next(sum)
    }
}

fn once() -> impl FnOnce(u32) -> u32 {
    let guard = Guard(1);
    move |number| {
        let _owned = guard;
        next(number)
    }
}

/// Make a closure by the constructor of this name; `undefined` when there is none.
#[wasm_bindgen]
pub fn make(constructor: &str) -> JsValue {
    match constructor {
        "new" => Closure::<Shared>::new(shared()).into_js_value(),
        "own" => Closure::<Shared>::own(shared()).into_js_value(),
        "own_aborting" => Closure::<Shared>::own_aborting(shared()).into_js_value(),
        "own_assert_unwind_safe" => {
            Closure::<Shared>::own_assert_unwind_safe(shared()).into_js_value()
        }
        "wrap" => Closure::<Shared>::wrap(Box::new(shared())).into_js_value(),
        "wrap_aborting" => {
            Closure::<Shared>::wrap_aborting(Box::new(shared()) as Box<Shared>).into_js_value()
        }
        "wrap_assert_unwind_safe" => {
            Closure::<Shared>::wrap_assert_unwind_safe(Box::new(shared()) as Box<Shared>)
                .into_js_value()
        }
        _ => JsValue::UNDEFINED,
    }
}

/// Make a closure that changes its own state, as `make` does.
#[wasm_bindgen]
pub fn make_mut(constructor: &str) -> JsValue {
    match constructor {
        "new" => Closure::<Changing>::new(changing()).into_js_value(),
        "own" => Closure::<Changing>::own(changing()).into_js_value(),
        "own_aborting" => Closure::<Changing>::own_aborting(changing()).into_js_value(),
        "own_assert_unwind_safe" => {
            Closure::<Changing>::own_assert_unwind_safe(changing()).into_js_value()
        }
        "wrap" => Closure::<Changing>::wrap(Box::new(changing())).into_js_value(),
        "wrap_aborting" => {
            Closure::<Changing>::wrap_aborting(Box::new(changing()) as Box<Changing>)
                .into_js_value()
        }
        "wrap_assert_unwind_safe" => {
            Closure::<Changing>::wrap_assert_unwind_safe(Box::new(changing()) as Box<Changing>)
                .into_js_value()
        }
        _ => JsValue::UNDEFINED,
    }
}

/// Make a closure that can be called once, as `make` does.
#[wasm_bindgen]
pub fn make_once(constructor: &str) -> JsValue {
    match constructor {
        "once" => Closure::<Changing>::once(once()).into_js_value(),
        "once_aborting" => Closure::<Changing>::once_aborting(once()).into_js_value(),
        "once_assert_unwind_safe" => {
            Closure::<Changing>::once_assert_unwind_safe(once()).into_js_value()
        }
        "once_into_js" => Closure::<Changing>::once_into_js(once()),
        _ => JsValue::UNDEFINED,
    }
}
