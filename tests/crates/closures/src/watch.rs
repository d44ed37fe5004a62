//! What is alive: bytes of the heap, and the guards that closures hold.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use wasm_bindgen::prelude::*;

struct Counting;

thread_local! {
    static ALIVE: Cell<usize> = const { Cell::new(0) };
    static DROPS: Cell<u32> = const { Cell::new(0) };
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

/// What every closure here holds: counts when it is dropped.
pub struct Guard(pub u32);

impl Drop for Guard {
    fn drop(&mut self) {
        DROPS.set(DROPS.get() + self.0);
    }
}

/// How many bytes of the heap are allocated.
#[wasm_bindgen]
pub fn allocated() -> usize {
    ALIVE.get()
}

/// How many guards were dropped.
#[wasm_bindgen]
pub fn drops() -> u32 {
    DROPS.get()
}
