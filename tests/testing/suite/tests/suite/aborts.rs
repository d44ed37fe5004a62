//! Tests that end their instance, and tests around them: each must get its own verdict.
//!
//! Tests run in the reverse order of their exports, so those before and after are named for both.

use core::cell::Cell;
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

thread_local! {
    static RUNS: Cell<u32> = const { Cell::new(0) };
}

/// Count the tests that this instance has run; each abort must set it back.
fn count() {
    RUNS.with(|runs| runs.set(runs.get() + 1));
    console_log!("run {} of this instance", RUNS.with(Cell::get));
}

#[wasm_bindgen_test]
fn a_first() {
    count();
}

#[wasm_bindgen_test]
fn b_unreachable() {
    count();
    core::arch::wasm32::unreachable();
}

#[wasm_bindgen_test]
fn c_process_abort() {
    count();
    std::process::abort();
}

#[wasm_bindgen_test]
fn d_out_of_bounds() {
    count();
    let place = core::hint::black_box(0xFFFF_FFF0_usize) as *const u32;
    console_log!("{}", unsafe { place.read_volatile() });
}

#[wasm_bindgen_test]
fn e_between() {
    count();
}

#[wasm_bindgen_test]
fn f_stack_overflow() {
    count();
    console_log!("{}", deep(core::hint::black_box(1_000_000)));
}

#[inline(never)]
fn deep(n: u32) -> u64 {
    let room = core::hint::black_box([u64::from(n); 64]);
    if n == 0 {
        return room[1];
    }
    deep(n - 1) + room[n as usize % 64]
}

#[wasm_bindgen_test]
fn g_out_of_memory() {
    count();
    let layout = std::alloc::Layout::from_size_align(0x7000_0000, 8).unwrap();
    std::alloc::handle_alloc_error(layout);
}

#[wasm_bindgen_test]
async fn h_aborts_after_a_wait() {
    count();
    JsFuture::from(Promise::resolve(&JsValue::UNDEFINED)).await.unwrap();
    console_log!("after the wait");
    core::arch::wasm32::unreachable();
}

#[wasm_bindgen_test]
fn i_panics() {
    count();
    panic!("an ordinary panic");
}

#[wasm_bindgen_test]
#[should_panic]
fn j_should_panic_but_aborts() {
    count();
    core::arch::wasm32::unreachable();
}

#[wasm_bindgen_test]
#[should_panic(expected = "some words")]
fn k_should_panic_with_words_but_aborts() {
    count();
    core::arch::wasm32::unreachable();
}

#[wasm_bindgen_test]
fn l_last() {
    count();
}

#[wasm_bindgen_test]
#[ignore = "runs for ever"]
fn m_loops() {
    count();
    loop {
        core::hint::black_box(RUNS.with(Cell::get));
    }
}

#[wasm_bindgen_test]
#[ignore = "waits for ever"]
async fn n_waits_for_nothing() {
    count();
    let never = Promise::new(&mut |_, _| {});
    JsFuture::from(never).await.unwrap();
}

#[wasm_bindgen_test]
#[ignore = "waits too long"]
async fn o_waits_too_long() {
    count();
    console_log!("before the timer");
    crate::timers::sleep(60_000).await;
}
