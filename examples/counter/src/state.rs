//! State that a call leaves behind, and the count of destructors that ran.

use std::cell::Cell;
use wasm_bindgen::prelude::*;

thread_local! {
    static COUNT: Cell<u32> = const { Cell::new(0) };
    static DROPS: Cell<u32> = const { Cell::new(0) };
    static STARTS: Cell<u32> = const { Cell::new(0) };
}

/// A value whose destructor is counted by `drops`.
pub struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        DROPS.set(DROPS.get() + 1);
    }
}

/// Runs once for each fresh instance.
#[wasm_bindgen(start)]
fn start() {
    STARTS.set(STARTS.get() + 1);
}

/// How often the start function ran in this instance; always 1.
#[wasm_bindgen]
pub fn starts() -> u32 {
    STARTS.get()
}

/// Add one to the counter and give its new value.
#[wasm_bindgen]
pub fn bump() -> u32 {
    COUNT.set(COUNT.get() + 1);
    COUNT.get()
}

/// The counter's value, unchanged.
#[wasm_bindgen]
pub fn count() -> u32 {
    COUNT.get()
}

/// How many guards were dropped since this instance started.
#[wasm_bindgen]
pub fn drops() -> u32 {
    DROPS.get()
}

/// Greet somebody by name.
#[wasm_bindgen]
pub fn greet(name: &str) -> String {
    format!("Hello, {name}!")
}

/// Add two numbers; wraps on overflow.
#[wasm_bindgen]
pub fn add(left: i32, right: i32) -> i32 {
    left.wrapping_add(right)
}

/// Give back the very value that was passed.
#[wasm_bindgen]
pub fn echo(value: JsValue) -> JsValue {
    value
}
