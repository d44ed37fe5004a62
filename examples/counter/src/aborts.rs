//! Aborts of every kind: after each of them the instance is gone.

use crate::state::Guard;
use std::hint::black_box;
use wasm_bindgen::prelude::*;

/// Execute the `unreachable` instruction.
#[wasm_bindgen]
pub fn abort_now() {
    let _guard = Guard;
    core::arch::wasm32::unreachable();
}

/// Call `std::process::abort`.
#[wasm_bindgen]
pub fn abort_process() {
    let _guard = Guard;
    std::process::abort();
}

/// Read far outside of the memory, at `address`.
#[wasm_bindgen]
pub fn abort_read(address: u32) -> u32 {
    let _guard = Guard;
    // SAFETY: none; the engine's trap is what this function is for.
    unsafe { core::ptr::read_volatile(address as *const u32) }
}

/// Recurse without end on the engine's own stack; uses no memory of the module.
#[wasm_bindgen]
pub fn abort_native_stack(seed: u32) -> u32 {
    let _guard = Guard;
    descend(u64::from(seed), 1) as u32
}

/// Recurse without end with large frames, until Rust's stack in memory overflows.
#[wasm_bindgen]
pub fn abort_shadow_stack(seed: u32) -> u32 {
    let _guard = Guard;
    descend_with_frame(seed)
}

/// Allocate and keep memory until there is none.
#[wasm_bindgen]
pub fn abort_memory() {
    let _guard = Guard;
    loop {
        let block: Vec<u8> = Vec::with_capacity(1 << 20);
        std::mem::forget(black_box(block));
    }
}

/// Divide without Rust's check of the divisor: traps when it is zero.
#[wasm_bindgen]
pub fn abort_divide(dividend: i32, divisor: i32) -> i32 {
    let _guard = Guard;
    divide(dividend, divisor)
}

/// Call a function through a pointer of another type.
#[wasm_bindgen]
pub fn abort_signature(number: f64) -> f64 {
    let _guard = Guard;
    let wrong = black_box(descend as fn(u64, u64) -> u64 as usize);
    // SAFETY: none; the engine's trap is what this function is for.
    let call: fn(f64) -> f64 = unsafe { std::mem::transmute(wrong) };
    call(number)
}

/// Call a function that is not in the table.
#[wasm_bindgen]
pub fn abort_table(index: u32) {
    let _guard = Guard;
    let outside = black_box(index as usize | 0x00ff_0000);
    // SAFETY: none; the engine's trap is what this function is for.
    let call: fn() = unsafe { std::mem::transmute(outside) };
    call();
}

/// Never return.
#[wasm_bindgen]
pub fn spin() {
    let _guard = Guard;
    loop {
        black_box(0);
    }
}

#[inline(never)]
fn descend(number: u64, salt: u64) -> u64 {
    if number == u64::MAX {
        return salt;
    }
    descend(number + 1, salt ^ number).rotate_left(5) ^ number
}

#[inline(never)]
#[allow(unconditional_recursion)]
fn descend_with_frame(number: u32) -> u32 {
    let mut frame = [number; 2048];
    black_box(&mut frame);
    descend_with_frame(number.wrapping_add(1)).wrapping_add(frame[(number & 7) as usize])
}

#[inline(never)]
fn divide(dividend: i32, divisor: i32) -> i32 {
    // SAFETY: none; without it Rust would panic before the instruction could trap.
    unsafe { std::hint::assert_unchecked(divisor != 0) };
    dividend / divisor
}
