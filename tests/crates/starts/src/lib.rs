//! A start function that does what the host says.

use std::cell::Cell;
use wasm_bindgen::prelude::*;

thread_local! {
    static BUMPS: Cell<u32> = const { Cell::new(0) };
}

#[wasm_bindgen]
extern "C" {
    /// Asked once by each fresh start: 0 return, 1 panic, 2 abort, 3 never end, 4 return an `Err`.
    fn on_start() -> u32;
}

#[wasm_bindgen(start)]
fn start() -> Result<(), JsValue> {
    match on_start() {
        1 => panic!("the start function panicked"),
        2 => core::arch::wasm32::unreachable(),
        3 => loop {
            std::hint::black_box(0);
        },
        4 => Err(JsValue::from_str("the start function failed")),
        _ => Ok(()),
    }
}

/// Add one to the counter and give its new value.
#[wasm_bindgen]
pub fn bump() -> u32 {
    BUMPS.set(BUMPS.get() + 1);
    BUMPS.get()
}

/// Abort.
#[wasm_bindgen]
pub fn abort_now() {
    core::arch::wasm32::unreachable();
}
