//! A fault inside a closure that the host calls.

use crate::fault::{fault, Guard};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

type Kept = Closure<dyn FnMut(u32) -> u32>;

thread_local! {
    static KEPT: RefCell<Option<Kept>> = const { RefCell::new(None) };
}

#[wasm_bindgen]
extern "C" {
    /// Calls the function with the number and gives its result.
    fn apply(function: &dyn Fn(u32) -> u32, kind: u32) -> u32;

    /// Calls the function with the number and gives its result.
    fn apply_mut(function: &mut dyn FnMut(u32) -> u32, kind: u32) -> u32;
}

fn body(kind: u32) -> u32 {
    let _guard = Guard::new();
    fault(kind)
}

/// A function that the host owns.
#[wasm_bindgen]
pub fn owned_closure() -> JsValue {
    let held = Guard::new();
    Closure::<dyn Fn(u32) -> u32>::new(move |kind| {
        let _held = &held;
        body(kind)
    })
    .into_js_value()
}

/// A function that Rust keeps until `drop_kept`.
#[wasm_bindgen]
pub fn kept_closure() -> JsValue {
    let held = Guard::new();
    let closure = Kept::new(move |kind| {
        let _held = &held;
        body(kind)
    });
    let value = closure.as_ref().clone();
    KEPT.set(Some(closure));
    value
}

/// Drop the function of `kept_closure`.
#[wasm_bindgen]
pub fn drop_kept() {
    KEPT.take();
}

/// A function that can be called once.
#[wasm_bindgen]
pub fn once_closure() -> JsValue {
    let held = Guard::new();
    Closure::once_into_js(move |kind: u32| {
        let _held = held;
        body(kind)
    })
}

/// Lend a function to the import `apply`.
#[wasm_bindgen]
pub fn lend_closure(kind: u32) -> u32 {
    apply(&body, kind)
}

/// Lend a function that changes what it captured to the import `apply_mut`.
#[wasm_bindgen]
pub fn lend_mut_closure(kind: u32) -> u32 {
    let mut calls = 0;
    apply_mut(
        &mut move |kind| {
            calls += 1;
            body(kind) + calls
        },
        kind,
    )
}
