//! Exports without `#[wasm_bindgen]`: each Wasm number type, a panic, an abort and an endless loop.

use core::cell::Cell;
use wasm_bindgen::prelude::*;

thread_local! {
    static STARTED: Cell<bool> = const { Cell::new(false) };
}

/// Note that the start function ran.
#[wasm_bindgen(start)]
pub fn begin() {
    STARTED.with(|started| started.set(true));
}

/// Whether the start function ran.
#[wasm_bindgen]
pub fn has_started() -> bool {
    STARTED.with(Cell::get)
}

/// Panics for what is not negative, caught by wasm-bindgen.
#[wasm_bindgen]
pub fn described_panics(n: i32) {
    panics(n);
}

#[no_mangle]
pub extern "C" fn add_i32(a: i32, b: i32) -> i32 {
    a.wrapping_add(b)
}

#[no_mangle]
pub extern "C" fn add_i64(a: i64, b: i64) -> i64 {
    a.wrapping_add(b)
}

#[no_mangle]
pub extern "C" fn half_f32(a: f32) -> f32 {
    a / 2.0
}

#[no_mangle]
pub extern "C" fn half_f64(a: f64) -> f64 {
    a / 2.0
}

#[no_mangle]
pub extern "C" fn mixed(a: i32, b: f64, c: i64, d: f32) -> f64 {
    f64::from(a) + b + c as f64 + f64::from(d)
}

#[no_mangle]
pub extern "C" fn nothing() {}

#[no_mangle]
pub extern "C-unwind" fn panics(n: i32) -> i32 {
    assert!(n < 0, "{n} is not negative");
    n
}

#[no_mangle]
pub extern "C" fn aborts() {
    core::arch::wasm32::unreachable();
}

#[no_mangle]
pub extern "C" fn spins() {
    loop {
        core::hint::black_box(0);
    }
}
