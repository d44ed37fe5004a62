//! An allocator that counts what is alive.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use wasm_bindgen::prelude::*;

struct Counting;

thread_local! {
    static ALIVE: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALIVE.set(ALIVE.get() + layout.size());
        System.alloc(layout)
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        ALIVE.set(ALIVE.get() - layout.size());
        System.dealloc(pointer, layout);
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How many bytes of the heap are allocated.
#[wasm_bindgen]
pub fn allocated() -> usize {
    ALIVE.get()
}
