//! Closures with every kind of argument and result, given to the host and borrowed by it.

use crate::exports::{Level, Node, Style};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = host)]
    fn run_plain(call: &dyn Fn(String, Option<u32>, Vec<f64>) -> String) -> String;
    #[wasm_bindgen(js_namespace = host)]
    fn run_changing(call: &mut dyn FnMut(i64, char, bool) -> Option<f64>) -> f64;
    #[wasm_bindgen(js_namespace = host)]
    fn run_typed(call: &dyn Fn(Node, Level, Option<Style>) -> Node) -> Node;
}

/// Lend closures to the host.
#[wasm_bindgen]
pub fn lend_closures() -> String {
    let text = run_plain(&|text, number, numbers| format!("{text} {number:?} {numbers:?}"));
    let mut calls = 0_u32;
    let sum = run_changing(&mut move |wide, letter, flag| {
        calls += 1;
        flag.then(|| wide as f64 + f64::from(u32::from(letter)) + f64::from(calls))
    });
    let node = run_typed(&|node, level, style| {
        Node::new(node.value + u32::from(level == Level::High), style.map(|style| format!("{style:?}")))
    });
    format!("{text}; {sum}; {} {:?}", node.value, node.maybe)
}

/// A closure that the host keeps.
#[wasm_bindgen]
pub fn keep_texts() -> JsValue {
    let call = |texts: Vec<String>, value: JsValue| -> Result<String, JsValue> {
        if texts.is_empty() {
            return Err(value);
        }
        Ok(texts.join(","))
    };
    Closure::<dyn Fn(Vec<String>, JsValue) -> Result<String, JsValue>>::new(call).into_js_value()
}

/// A closure with bytes in and out.
#[wasm_bindgen]
pub fn keep_bytes() -> JsValue {
    let call = |mut bytes: Vec<u8>, first: Option<i64>| -> Vec<u8> {
        bytes.reverse();
        bytes.extend(first.map(|first| first as u8));
        bytes
    };
    Closure::<dyn FnMut(Vec<u8>, Option<i64>) -> Vec<u8>>::new(call).into_js_value()
}
