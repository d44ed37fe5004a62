//! The abort hook, and a fresh start asked for by the library.

use crate::host::{print, through_host, throw_from_host};
use std::cell::Cell;
use wasm_bindgen::handler::{schedule_reinit, set_on_abort};
use wasm_bindgen::prelude::*;

thread_local! {
    static KIND: Cell<u32> = const { Cell::new(0) };
}

/// Choose what the abort hook does; gives the kind that was chosen before.
///
/// 1 logs three lines; 2 logs, then asks for a fresh start; 3 panics; 4 calls the import
/// `thrower`; 5 aborts; 6 calls the import `reenter`; 7 only asks for a fresh start;
/// 8 asks for a fresh start, then logs; 9 asks for a fresh start, then panics.
#[wasm_bindgen]
pub fn install_hook(kind: u32) -> u32 {
    set_on_abort(hook);
    KIND.replace(kind)
}

/// Ask for a fresh start in normal code: the next entry makes it.
#[wasm_bindgen]
pub fn ask_reinit() {
    schedule_reinit();
}

fn hook() {
    match KIND.get() {
        1 => log_lines(),
        2 => {
            log_lines();
            schedule_reinit();
        }
        3 => panic!("a panic in the hook"),
        4 => throw_from_host(),
        5 => core::arch::wasm32::unreachable(),
        6 => print(&format!("reenter gave {}", through_host(6))),
        7 => schedule_reinit(),
        8 => {
            schedule_reinit();
            log_lines();
        }
        9 => {
            schedule_reinit();
            panic!("a panic in the hook, after it asked");
        }
        _ => {}
    }
}

fn log_lines() {
    for line in 1..=3 {
        print(&format!("hook, line {line}"));
    }
}
