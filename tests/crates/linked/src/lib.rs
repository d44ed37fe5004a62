//! Names that a host may not have: snippets, modules, names of the web platform.

use wasm_bindgen::prelude::*;
use wasm_bindgen::JsCast;

#[wasm_bindgen(module = "/src/js/local.js")]
extern "C" {
    fn double(n: u32) -> u32;

    type Counter;
    #[wasm_bindgen(constructor)]
    fn new(n: u32) -> Counter;
    #[wasm_bindgen(method)]
    fn next(this: &Counter) -> u32;
}

#[wasm_bindgen(inline_js = "export function first() { return 'one'; }")]
extern "C" {
    fn first() -> String;
}

#[wasm_bindgen(inline_js = "export const answer = 42; export function second(s) { return s; }")]
extern "C" {
    fn second(text: &str) -> String;

    #[wasm_bindgen(thread_local_v2, js_name = answer)]
    static ANSWER: u32;
}

#[wasm_bindgen(module = "left-pad")]
extern "C" {
    #[wasm_bindgen(js_name = default)]
    fn left_pad(text: &str, width: u32) -> String;
}

#[wasm_bindgen]
extern "C" {
    /// A name of the browser, declared by this crate itself.
    #[wasm_bindgen(catch)]
    fn alert(text: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(js_namespace = console, js_name = log)]
    fn log_final(text: &str);
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Array)]
    type Items;
    /// Not structural: what the prototype has is called, whatever the receiver has.
    #[wasm_bindgen(method, final, js_class = "Array")]
    fn join(this: &Items, separator: &str) -> String;
    #[wasm_bindgen(method, structural, js_class = "Array", js_name = join)]
    fn join_of_receiver(this: &Items, separator: &str) -> String;
}

#[wasm_bindgen]
pub fn snippets() -> String {
    let counter = Counter::new(double(3));
    counter.next();
    format!("{} {} {} {}", first(), second("two"), ANSWER.with(|n| *n), counter.next())
}

#[wasm_bindgen]
pub fn padded(text: &str) -> String {
    left_pad(text, 5)
}

#[wasm_bindgen]
pub fn has_window() -> bool {
    web_sys::window().is_some()
}

#[wasm_bindgen]
pub fn title() -> Result<String, JsValue> {
    let window = web_sys::window().ok_or_else(|| JsValue::from_str("no window"))?;
    Ok(window.document().unwrap().title())
}

#[wasm_bindgen]
pub fn is_element(value: &JsValue) -> bool {
    value.is_instance_of::<web_sys::Element>()
}

#[wasm_bindgen]
pub fn tag_of(element: &web_sys::Element) -> String {
    element.tag_name()
}

#[wasm_bindgen]
pub fn canvas_of(document: &web_sys::Document) -> Result<JsValue, JsValue> {
    Ok(document.create_element("canvas")?.into())
}

#[wasm_bindgen]
pub fn alerted(text: &str) -> Result<(), JsValue> {
    alert(text)
}

/// Make a document, which no host without a browser can.
#[wasm_bindgen]
pub fn new_document() -> Result<JsValue, JsValue> {
    web_sys::Document::new().map(Into::into)
}

#[wasm_bindgen]
pub fn profiled(name: &str) {
    web_sys::console::time_with_label(name);
    log_final(name);
}

#[wasm_bindgen]
pub fn joined(items: JsValue, structural: bool) -> String {
    let items: Items = items.unchecked_into();
    if structural { items.join_of_receiver("-") } else { items.join("-") }
}
