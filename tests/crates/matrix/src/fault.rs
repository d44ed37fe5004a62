//! The fault itself, the state that outlives it, and the count of destructors that ran.

use std::cell::Cell;
use wasm_bindgen::prelude::*;

pub const PANIC: u32 = 1;
pub const THROW: u32 = 2;
pub const ABORT: u32 = 3;
pub const SPIN: u32 = 4;

thread_local! {
    static COUNT: Cell<u32> = const { Cell::new(0) };
    static DROPS: Cell<u32> = const { Cell::new(0) };
}

#[wasm_bindgen]
extern "C" {
    /// Throws what the host likes.
    fn thrower();
}

/// A value whose destructor is counted by `drops`, and which holds memory until then.
pub struct Guard(#[allow(dead_code)] Box<[u8; 48]>);

impl Guard {
    pub fn new() -> Self {
        Guard(Box::new([1; 48]))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        DROPS.set(DROPS.get() + 1);
    }
}

/// Do what the number says: 1 panics, 2 calls the import `thrower`, 3 aborts, 4 never returns,
/// else nothing.
#[wasm_bindgen]
pub fn fault(kind: u32) -> u32 {
    match kind {
        PANIC => panic!("the fault"),
        THROW => thrower(),
        ABORT => core::arch::wasm32::unreachable(),
        SPIN => loop {
            std::hint::black_box(0);
        },
        _ => {}
    }
    kind
}

/// Add one to the counter and give its new value.
#[wasm_bindgen]
pub fn bump() -> u32 {
    COUNT.set(COUNT.get() + 1);
    COUNT.get()
}

/// How many guards were dropped since this instance started.
#[wasm_bindgen]
pub fn drops() -> u32 {
    DROPS.get()
}
