//! The work behind wasm-bindgen: for unpoison, and for Node with the glue of wasm-bindgen's CLI.

use js_sys::Function;
use wasm_bindgen::handler::{schedule_reinit, set_on_abort};
use wasm_bindgen::prelude::*;
use work::Guard;

#[wasm_bindgen]
extern "C" {
    fn host(n: u32) -> u32;
    fn host_text(text: &str) -> String;
    fn host_fails();
}

/// Add one to a counter and give its new value.
#[wasm_bindgen]
pub fn bump() -> u32 {
    work::bump()
}

/// Add two numbers; wraps on overflow.
#[wasm_bindgen]
pub fn add(left: i32, right: i32) -> i32 {
    work::add(left, right)
}

/// Give a text back.
#[wasm_bindgen]
pub fn text(text: &str) -> String {
    work::text(text)
}

/// Give bytes back.
#[wasm_bindgen]
pub fn blob(data: &[u8]) -> Vec<u8> {
    work::blob(data)
}

/// Give numbers back, each doubled.
#[wasm_bindgen]
pub fn doubled(values: &[f64]) -> Vec<f64> {
    work::doubled(values)
}

/// Half of a number that may be missing.
#[wasm_bindgen]
pub fn half(number: Option<f64>) -> Option<f64> {
    work::half(number)
}

/// The number, or a text as the error.
#[wasm_bindgen]
pub fn even(number: u32) -> Result<u32, String> {
    work::even(number)
}

/// Panic with a plain text.
#[wasm_bindgen]
pub fn boom() {
    work::boom();
}

/// Let panics be quiet, or as they are by default.
#[wasm_bindgen]
pub fn set_quiet(quiet: bool) {
    work::set_quiet(quiet);
}

/// Call the host's function with a number.
#[wasm_bindgen]
pub fn call_host(n: u32) -> u32 {
    let _guard = Guard;
    host(n)
}

/// Call the host's function with a text.
#[wasm_bindgen]
pub fn call_host_text(text: &str) -> String {
    let _guard = Guard;
    host_text(text)
}

/// Call the host's function that throws, and let its exception pass.
#[wasm_bindgen]
pub fn call_host_fails() {
    let _guard = Guard;
    host_fails();
}

/// Call a function that was passed in.
#[wasm_bindgen]
pub fn apply(function: &Function, number: f64) -> Result<f64, JsValue> {
    let _guard = Guard;
    let given = function.call1(&JsValue::UNDEFINED, &number.into())?;
    given.as_f64().ok_or(JsValue::UNDEFINED)
}

/// A function of Rust that adds a number.
#[wasm_bindgen]
pub fn adder(by: f64) -> JsValue {
    Closure::<dyn Fn(f64) -> f64>::new(move |number| number + by).into_js_value()
}

/// From now on an abort asks for a fresh start.
#[wasm_bindgen]
pub fn renew_after_abort() {
    set_on_abort(schedule_reinit);
}

/// End this instance.
#[wasm_bindgen]
pub fn abort_now() {
    core::arch::wasm32::unreachable();
}

/// Adds up numbers.
#[wasm_bindgen]
#[derive(Default)]
pub struct Acc(work::Acc);

#[wasm_bindgen]
impl Acc {
    /// Start at zero.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Acc {
        Acc::default()
    }

    /// Add one number and give the sum so far.
    pub fn push(&mut self, number: f64) -> f64 {
        self.0.push(number)
    }
}
