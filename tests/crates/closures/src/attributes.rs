//! The attributes of the macro that leave no other trace in a module than that it works.
#![allow(deprecated)]

use js_sys::JsString;
use wasm_bindgen as bindings;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(wasm_bindgen = bindings, js_sys = js_sys)]
extern "C" {
    /// A class of the host.
    #[wasm_bindgen(no_upcast, no_promising, no_into_js_generic)]
    type Plain;

    #[wasm_bindgen(js_namespace = host)]
    fn plain(number: u32) -> Plain;

    #[wasm_bindgen(method, getter)]
    fn number(this: &Plain) -> u32;

    #[wasm_bindgen(js_namespace = host, assert_no_shim)]
    fn sum(one: f64, other: f64) -> f64;

    #[wasm_bindgen(reexport, js_namespace = host)]
    fn exported_again(number: u32) -> u32;

    #[wasm_bindgen(thread_local, js_namespace = host)]
    static OLD: JsValue;
}

#[rustfmt::skip] // it would drop the text
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, static_string)]
    static GREETING: JsString = "grüß dich";
}

/// Use each of them.
#[wasm_bindgen]
pub fn attributes() -> String {
    let number = plain(1).number();
    let old = OLD.with(JsValue::as_string).unwrap_or_default();
    let greeting = GREETING.with(|text| String::from(text));
    format!("{number} {} {} {old} {greeting}", sum(0.25, 0.5), exported_again(2))
}
