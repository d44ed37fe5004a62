//! A fault of the host while Rust waits in an import.

use crate::fault::Guard;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Faults as the host does it: it may call `fault` itself.
    fn host(kind: u32) -> u32;

    /// The same, and Rust gets an `Err`.
    #[wasm_bindgen(catch, js_name = host)]
    fn host_caught(kind: u32) -> Result<u32, JsValue>;

    /// An iterator of the host, of whatever class.
    pub type Cursor;

    /// Gives the next value, undefined at the end.
    #[wasm_bindgen(method)]
    fn next(this: &Cursor) -> Option<f64>;
}

/// Call the import.
#[wasm_bindgen]
pub fn call_import(kind: u32) -> u32 {
    let _guard = Guard::new();
    host(kind)
}

/// Call the import and pass its error on.
#[wasm_bindgen]
pub fn call_caught(kind: u32) -> Result<u32, JsValue> {
    let _guard = Guard::new();
    host_caught(kind)
}

/// Call the import and forget its error.
#[wasm_bindgen]
pub fn swallow(kind: u32) -> u32 {
    let _guard = Guard::new();
    host_caught(kind).unwrap_or(1000)
}

/// Add up what an iterator gives by a method of its own.
#[wasm_bindgen]
pub fn sum_cursor(cursor: Cursor) -> f64 {
    let _guard = Guard::new();
    std::iter::from_fn(|| cursor.next()).sum()
}

/// Add up what JavaScript's iteration protocol gives.
#[wasm_bindgen]
pub fn sum_iterable(values: &JsValue) -> Result<f64, JsValue> {
    let _guard = Guard::new();
    let iterator = js_sys::try_iter(values)?.ok_or_else(|| JsValue::from_str("not iterable"))?;
    let mut sum = 0.0;
    for value in iterator {
        sum += value?.as_f64().unwrap_or(f64::NAN);
    }
    Ok(sum)
}
