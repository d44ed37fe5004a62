//! Calls into the host: with and without `catch`, plain ones, and through reentrancy.

use crate::state::Guard;
use std::panic::{catch_unwind, AssertUnwindSafe};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// May throw; Rust gets an `Err`.
    #[wasm_bindgen(catch)]
    fn risky(n: u32) -> Result<u32, JsValue>;

    /// May throw; Rust does not catch.
    fn thrower();

    /// May call any export before it returns.
    fn reenter(n: u32) -> u32;

    #[wasm_bindgen(js_namespace = console, js_name = log)]
    fn console_log(text: &str);
}

#[link(wasm_import_module = "env")]
extern "C-unwind" {
    fn raw_hook(n: i32) -> i32;
}

#[link(wasm_import_module = "env")]
extern "C" {
    fn raw_plain(n: i32, factor: f64) -> f64;
}

/// Call `thrower` and forget what it does.
pub fn throw_from_host() {
    thrower();
}

/// Call `reenter`.
pub fn through_host(n: u32) -> u32 {
    reenter(n)
}

/// Print one line.
pub fn print(text: &str) {
    console_log(text);
}

/// Print one line with `console.log`.
#[wasm_bindgen]
pub fn log(text: &str) {
    print(text);
}

/// Call the import `risky` and pass its error on.
#[wasm_bindgen]
pub fn call_risky(n: u32) -> Result<u32, JsValue> {
    let _guard = Guard;
    risky(n)
}

/// Call the import `risky`; gives the debug text of its error.
#[wasm_bindgen]
pub fn risky_text(n: u32) -> String {
    match risky(n) {
        Ok(value) => format!("Ok({value})"),
        Err(error) => format!("Err({error:?})"),
    }
}

/// Call the import `risky`; gives the error itself as a value.
#[wasm_bindgen]
pub fn risky_value(n: u32) -> JsValue {
    risky(n).map_or_else(|error| error, JsValue::from)
}

/// Call the import `risky`; whether its error is an `Error` to Rust.
#[wasm_bindgen]
pub fn risky_is_error(n: u32) -> bool {
    risky(n).is_err_and(|error| error.has_type::<js_sys::Error>())
}

/// Call the import `risky`; gives the `name` and the `message` of its error, on two lines.
#[wasm_bindgen]
pub fn risky_parts(n: u32) -> String {
    match risky(n) {
        Ok(value) => value.to_string(),
        Err(error) => {
            let error: js_sys::Error = error.unchecked_into();
            format!("{}\n{}", String::from(error.name()), String::from(error.message()))
        }
    }
}

/// Call the import `risky`; gives the `cause` of its error.
#[wasm_bindgen]
pub fn risky_cause(n: u32) -> JsValue {
    match risky(n) {
        Ok(_) => JsValue::UNDEFINED,
        Err(error) => error.unchecked_into::<js_sys::Error>().cause(),
    }
}

/// Call the import `risky` and go on whatever it does; gives how often it failed, of `times`.
#[wasm_bindgen]
pub fn risky_failures(times: u32) -> u32 {
    (0..times).map(|n| u32::from(risky(n).is_err())).sum()
}

/// Call the import `thrower` with a guard alive.
#[wasm_bindgen]
pub fn call_thrower() {
    let _guard = Guard;
    thrower();
}

/// Call the import `thrower` inside `catch_unwind`; true when Rust caught what it threw.
#[wasm_bindgen]
pub fn catch_thrower() -> bool {
    catch_unwind(AssertUnwindSafe(|| {
        let _guard = Guard;
        thrower();
    }))
    .is_err()
}

/// Call the plain `"C-unwind"` import between two values with destructors.
#[wasm_bindgen]
pub fn call_raw(n: i32) -> i32 {
    let first = Guard;
    // SAFETY: the host's function takes and gives numbers only.
    let result = unsafe { raw_hook(n) };
    let second = Guard;
    drop(first);
    drop(second);
    result
}

/// Call the plain `"C-unwind"` import below `depth` frames that each hold a guard.
#[wasm_bindgen]
pub fn call_raw_deep(depth: u32) -> i32 {
    let _guard = Guard;
    if depth == 0 {
        return call_raw(0);
    }
    call_raw_deep(std::hint::black_box(depth) - 1) + 1
}

/// Call the plain `"C-unwind"` import inside `catch_unwind`; true when Rust caught what it threw.
#[wasm_bindgen]
pub fn catch_raw(n: i32) -> bool {
    catch_unwind(|| {
        let _guard = Guard;
        // SAFETY: as in `call_raw`.
        unsafe { raw_hook(n) }
    })
    .is_err()
}

/// Call the plain `extern "C"` import.
#[wasm_bindgen]
pub fn call_plain(n: i32, factor: f64) -> f64 {
    // SAFETY: the host's function takes and gives numbers only.
    unsafe { raw_plain(n, factor) }
}

/// Call the import `reenter`, which may call exports, with a guard alive.
#[wasm_bindgen]
pub fn call_back(n: u32) -> u32 {
    let _guard = Guard;
    reenter(n) + 1
}

/// Call the import `risky`, which may call exports; gives 1000 when it failed.
#[wasm_bindgen]
pub fn call_back_caught(n: u32) -> u32 {
    let _guard = Guard;
    risky(n).unwrap_or(1000)
}

/// Throw a text as an `Error`, with a guard alive.
#[wasm_bindgen]
pub fn throw_text(message: &str) {
    let _guard = Guard;
    wasm_bindgen::throw_str(message);
}

/// Throw a value as it is, with a guard alive.
#[wasm_bindgen]
pub fn throw_value(value: JsValue) {
    let _guard = Guard;
    wasm_bindgen::throw_val(value);
}
