//! Every way to fail, at once (`/panic`) and after an await (`/panic/after`), or never to answer;
//! and what a signal of the runtime says of the CPU limit.

use std::hint::black_box;
use std::time::Duration;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use worker::{signal, Delay, Request, Response, Result, Router};

use crate::request_routes::number;
use crate::Route;

const KINDS: [&str; 6] = ["panic", "abort", "oom", "recurse", "loop", "throw"];

const NEAR_TURNS: u64 = 20_000_000_000;

#[wasm_bindgen]
extern "C" {
    /// Declared without `catch`: what it throws is no Rust error.
    #[wasm_bindgen(js_name = decodeURIComponent)]
    fn decode_uri_component(text: &str) -> String;
}

pub fn add(mut router: Router<'_, worker::Context>) -> Router<'_, worker::Context> {
    for kind in KINDS {
        router = router
            .get(&format!("/{kind}"), at_once)
            .get_async(&format!("/{kind}/after"), after_await);
    }
    router
        .get_async("/hang", |_, _| hang())
        .get("/signals", |_, _| Response::ok(signal::is_registered().to_string()))
        .get("/near", near)
}

/// Waits for a promise that nobody settles.
pub async fn hang() -> Result<Response> {
    let never = Promise::new(&mut |_, _| ());
    wasm_bindgen_futures::JsFuture::from(never).await?;
    Response::ok("it came")
}

/// Computes until the runtime says that the CPU limit is near, for some seconds at most.
fn near(_: Request, _: Route) -> Result<Response> {
    let mut turns = 0_u64;
    while !signal::is_near_cpu_limit() && turns < NEAR_TURNS {
        turns = black_box(turns + 1);
    }
    Response::ok((turns < NEAR_TURNS).to_string())
}

fn at_once(request: Request, _: Route) -> Result<Response> {
    fail(request.path().trim_start_matches('/'))
}

async fn after_await(request: Request, _: Route) -> Result<Response> {
    Delay::from(Duration::from_millis(number(&request, "ms", 20))).await;
    let path = request.path();
    fail(path.trim_start_matches('/').trim_end_matches("/after"))
}

/// Fail in the way that is named; gives an error when there is no such way.
pub fn fail<T>(kind: &str) -> Result<T> {
    match kind {
        "panic" => panic!("the shop panics"),
        "abort" => core::arch::wasm32::unreachable(),
        "oom" => exhaust_memory(),
        "recurse" => Err(format!("recursion came back with {}", recurse(1)).into()),
        "loop" => spin(),
        "throw" => Err(decode_uri_component("%").into()),
        other => Err(format!("no such failure: {other}").into()),
    }
}

fn exhaust_memory() -> ! {
    loop {
        std::mem::forget(black_box(Vec::<u8>::with_capacity(1 << 20)));
    }
}

#[allow(unconditional_recursion)]
fn recurse(depth: u64) -> u64 {
    let frame = black_box([depth; 16]);
    recurse(black_box(depth + 1)) + frame[3]
}

fn spin() -> ! {
    let mut turns = 0_u64;
    loop {
        turns = black_box(turns.wrapping_add(1));
    }
}
