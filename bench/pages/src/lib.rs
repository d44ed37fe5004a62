use std::sync::Mutex;
use wasm_bindgen::prelude::*;

const PAGE: usize = 4096;

static HELD: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static PLACE: Mutex<usize> = Mutex::new(0);

/// Hold so many bytes, none of them zero.
#[wasm_bindgen]
pub fn hold(bytes: usize) {
    *HELD.lock().unwrap() = vec![1; bytes];
}

/// Write into so many pages, far from each other.
#[wasm_bindgen]
pub fn touch(pages: usize) {
    let mut held = HELD.lock().unwrap();
    let step = held.len() / pages / PAGE * PAGE;
    for page in 0..pages {
        let byte = &mut held[page * step];
        *byte = byte.wrapping_add(1);
    }
}

/// Write into so many pages, other ones each time, until all that is held was written.
#[wasm_bindgen]
pub fn wander(pages: usize) {
    let mut held = HELD.lock().unwrap();
    let mut place = PLACE.lock().unwrap();
    for _ in 0..pages {
        *place = if *place + PAGE < held.len() { *place + PAGE } else { 0 };
        let byte = &mut held[*place];
        *byte = byte.wrapping_add(1);
    }
}

/// Write into so many pages, and abort.
#[wasm_bindgen]
pub fn fail(pages: usize) {
    touch(pages);
    std::process::abort();
}
