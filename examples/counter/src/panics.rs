//! Panics of every kind: payloads, nesting, and code that catches them.

use crate::state::Guard;
use std::panic::{catch_unwind, panic_any, AssertUnwindSafe};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn console_error(text: &str);
}

/// A value whose destructor panics.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("second panic, in a destructor");
    }
}

/// Print every later panic with `console.error`, as panic hooks usually do.
#[wasm_bindgen]
pub fn install_panic_hook() {
    std::panic::set_hook(Box::new(|info| console_error(&info.to_string())));
}

/// Panic with a plain text, with one guard alive.
#[wasm_bindgen]
pub fn boom() {
    let _guard = Guard;
    panic!("boom");
}

/// Panic with a text made at run time, with two guards alive.
#[wasm_bindgen]
pub fn boom_with(message: &str) {
    let _first = Guard;
    let _second = Guard;
    panic!("boom: {message}");
}

/// Panic with an owned string as payload.
#[wasm_bindgen]
pub fn boom_string(message: String) {
    let _guard = Guard;
    panic_any(message);
}

/// Panic with a JavaScript value as payload.
#[wasm_bindgen]
pub fn boom_value(value: JsValue) {
    let _guard = Guard;
    panic_any(value);
}

/// Panic with a payload that has no text.
#[wasm_bindgen]
pub fn boom_number(number: u32) {
    let _guard = Guard;
    panic_any(number);
}

/// Panic by an index out of range, as real code does.
#[wasm_bindgen]
pub fn boom_index(index: usize) -> u8 {
    let _guard = Guard;
    let data = std::hint::black_box([1_u8, 2, 3]);
    data[index]
}

/// Panic, and panic again in a destructor while unwinding.
#[wasm_bindgen]
pub fn boom_twice() {
    let _guard = Guard;
    let _bomb = Bomb;
    panic!("first panic");
}

/// Panic at the bottom of `depth` frames that each hold a guard.
#[wasm_bindgen]
pub fn boom_deep(depth: u32) {
    let _guard = Guard;
    if depth == 0 {
        panic!("the bottom");
    }
    boom_deep(std::hint::black_box(depth) - 1);
}

/// Panic inside `catch_unwind`; gives the text of the panic that was caught.
#[wasm_bindgen]
pub fn caught(message: &str) -> String {
    let result = catch_unwind(|| {
        let _guard = Guard;
        panic!("caught: {message}");
    });
    text_of(result)
}

/// Panic in a destructor that `catch_unwind` runs while unwinding from another panic.
#[wasm_bindgen]
pub fn caught_twice() -> String {
    text_of(catch_unwind(AssertUnwindSafe(boom_twice)))
}

/// Whether this thread still counts as panicking.
#[wasm_bindgen]
pub fn is_panicking() -> bool {
    std::thread::panicking()
}

fn text_of(result: std::thread::Result<()>) -> String {
    match result {
        Ok(()) => "no panic".to_owned(),
        Err(payload) => match payload.downcast::<String>() {
            Ok(text) => *text,
            Err(payload) => payload
                .downcast_ref::<&str>()
                .map_or("no text".to_owned(), |text| (*text).to_owned()),
        },
    }
}
