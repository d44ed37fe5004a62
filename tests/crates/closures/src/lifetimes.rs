//! Closures that Rust keeps, drops, forgets, and that meet themselves while they run.

use crate::watch::{drops, Guard};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Calls the function that the host was given last.
    #[wasm_bindgen(js_namespace = host, js_name = "again")]
    fn again(number: u32) -> u32;
}

thread_local! {
    static SHARED: RefCell<Option<Closure<dyn Fn(u32) -> u32>>> = const { RefCell::new(None) };
    static CHANGING: RefCell<Option<Closure<dyn FnMut(u32) -> u32>>> = const { RefCell::new(None) };
}

/// A closure that Rust keeps until `drop_kept`; what is given is its function.
#[wasm_bindgen]
pub fn keep() -> JsValue {
    let guard = Guard(1);
    let closure = Closure::<dyn Fn(u32) -> u32>::new(move |number: u32| {
        let held = &guard;
        number + held.0
    });
    let value = closure.as_ref().clone();
    SHARED.set(Some(closure));
    value
}

/// Drop the closures of `keep` and `keep_changing`.
#[wasm_bindgen]
pub fn drop_kept() {
    SHARED.take();
    CHANGING.take();
}

/// Give the function of `keep` again.
#[wasm_bindgen]
pub fn kept() -> JsValue {
    SHARED.with_borrow(|kept| kept.as_ref().map_or(JsValue::NULL, |kept| kept.as_ref().clone()))
}

/// A closure that Rust forgets: it is never dropped by Rust.
#[wasm_bindgen]
pub fn forget() -> JsValue {
    let guard = Guard(1);
    let closure = Closure::<dyn Fn(u32) -> u32>::new(move |number: u32| {
        let held = &guard;
        number + held.0
    });
    let value = closure.as_ref().clone();
    closure.forget();
    value
}

/// A closure that is dropped before anyone can call it.
#[wasm_bindgen]
pub fn dropped() -> JsValue {
    let guard = Guard(1);
    let closure = Closure::<dyn Fn(u32) -> u32>::new(move |number: u32| {
        let held = &guard;
        number + held.0
    });
    closure.as_ref().clone()
}

/// A closure that drops itself while it runs: gives how many guards were dropped until then.
#[wasm_bindgen]
pub fn suicidal() -> JsValue {
    let guard = Guard(1);
    let closure = Closure::<dyn FnMut(u32) -> u32>::new(move |number: u32| {
        let held = &guard;
        CHANGING.take();
        drops() + number * held.0
    });
    let value = closure.as_ref().clone();
    CHANGING.set(Some(closure));
    value
}

/// A closure that drops itself while it runs, and panics then.
#[wasm_bindgen]
pub fn suicidal_panicking() -> JsValue {
    let guard = Guard(1);
    let closure = Closure::<dyn FnMut(u32) -> u32>::new(move |number: u32| {
        let held = &guard;
        CHANGING.take();
        panic!("dropped, then panicked at {}", number + held.0)
    });
    let value = closure.as_ref().clone();
    CHANGING.set(Some(closure));
    value
}

/// A closure that counts down to 0 through the host, which calls it again.
#[wasm_bindgen]
pub fn recursive() -> JsValue {
    Closure::<dyn Fn(u32) -> u32>::new(|number: u32| match number {
        0 => 0,
        _ => again(number - 1) + number,
    })
    .into_js_value()
}

/// As `recursive`, but it may change: the host's call of it while it runs is refused.
#[wasm_bindgen]
pub fn recursive_mut() -> JsValue {
    let mut calls = 0_u32;
    Closure::<dyn FnMut(u32) -> u32>::new(move |number: u32| {
        calls += 1;
        match number {
            0 => calls,
            _ => again(number - 1) + number,
        }
    })
    .into_js_value()
}
