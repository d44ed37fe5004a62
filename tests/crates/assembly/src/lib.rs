//! State beside the memory: a global and an entry of the function table, which only assembly has.

#![feature(asm_experimental_arch)]

use std::arch::{global_asm, wasm32};

use wasm_bindgen::prelude::*;

global_asm!(
    ".globaltype kept_total, i64",
    ".globl kept_total",
    "kept_total:",
    ".globl add_to_kept_total",
    ".type add_to_kept_total,@function",
    "add_to_kept_total:",
    ".functype add_to_kept_total (i64) -> (i64)",
    "global.get kept_total",
    "local.get 0",
    "i64.add",
    "global.set kept_total",
    "global.get kept_total",
    "end_function",
    ".tabletype __indirect_function_table, funcref",
    ".globl exchange_functions",
    ".type exchange_functions,@function",
    "exchange_functions:",
    ".functype exchange_functions (i32, i32) -> ()",
    ".local funcref",
    "local.get 0",
    "table.get __indirect_function_table",
    "local.set 2",
    "local.get 0",
    "local.get 1",
    "table.get __indirect_function_table",
    "table.set __indirect_function_table",
    "local.get 1",
    "local.get 2",
    "table.set __indirect_function_table",
    "end_function",
);

extern "C" {
    fn add_to_kept_total(more: i64) -> i64;
    fn exchange_functions(one: usize, other: usize);
}

fn first() -> u32 {
    1
}

fn second() -> u32 {
    2
}

static ORDER: [fn() -> u32; 2] = [first, second];

/// Adds to the global; gives what it is then.
#[wasm_bindgen]
pub fn add(more: i64) -> i64 {
    unsafe { add_to_kept_total(more) }
}

/// Has each of two entries of the table be the other one.
#[wasm_bindgen]
pub fn exchange() {
    let [one, other] = ORDER;
    unsafe { exchange_functions(one as usize, other as usize) }
}

/// What the two functions give, called through the table.
#[wasm_bindgen]
pub fn order() -> Vec<u32> {
    ORDER.iter().map(|function| std::hint::black_box(*function)()).collect()
}

/// Does both, and fails.
#[wasm_bindgen]
pub fn change_and_fail() {
    add(1_000);
    exchange();
    wasm32::unreachable()
}
