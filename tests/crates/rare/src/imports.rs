//! What goes to the host: slices, variadic arguments, classes.

use crate::exports::{Level, Node, Style};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = host)]
    fn see_texts(values: &[&str]);
    #[wasm_bindgen(js_namespace = host)]
    fn see_strings(values: &[String]);
    #[wasm_bindgen(js_namespace = host)]
    fn see_bools(values: &[bool]);
    #[wasm_bindgen(js_namespace = host)]
    fn see_chars(values: &[char]);
    #[wasm_bindgen(js_namespace = host)]
    fn see_levels(values: &[Level]);
    #[wasm_bindgen(js_namespace = host)]
    fn see_styles(values: &[Style]);
    #[wasm_bindgen(js_namespace = host)]
    fn see_values(values: &[JsValue]);
    #[wasm_bindgen(js_namespace = host)]
    fn see_numbers(bytes: &[u8], wide: &[i64], none: Option<&[f32]>);
    #[wasm_bindgen(js_namespace = host)]
    fn see_text(text: &str, maybe: Option<&str>);

    #[wasm_bindgen(js_namespace = host, variadic)]
    fn sum(first: u32, rest: &[f64]) -> f64;
    #[wasm_bindgen(js_namespace = host, variadic)]
    fn join_all(values: Vec<JsValue>) -> String;

    #[wasm_bindgen(js_namespace = host)]
    fn give_nodes() -> Vec<Node>;
    #[wasm_bindgen(js_namespace = host)]
    fn give_bools() -> Vec<bool>;
    #[wasm_bindgen(js_namespace = host)]
    fn give_levels() -> Vec<Level>;
    #[wasm_bindgen(js_namespace = host)]
    fn give_texts() -> Option<Vec<String>>;
    #[wasm_bindgen(js_namespace = host, catch)]
    fn give_node() -> Result<Option<Node>, JsValue>;
    #[wasm_bindgen(js_namespace = host, catch)]
    fn give_wide() -> Result<u128, JsValue>;

    /// A class of the host.
    type Shelf;
    #[wasm_bindgen(constructor)]
    fn new(name: &str) -> Shelf;
    #[wasm_bindgen(static_method_of = Shelf)]
    fn count() -> u32;
    #[wasm_bindgen(method, getter)]
    fn name(this: &Shelf) -> String;
    #[wasm_bindgen(method, setter)]
    fn set_name(this: &Shelf, name: &str);
    #[wasm_bindgen(method)]
    fn push(this: &Shelf, item: JsValue) -> u32;
    #[wasm_bindgen(method, indexing_getter)]
    fn at(this: &Shelf, place: u32) -> JsValue;
    #[wasm_bindgen(method, indexing_setter)]
    fn put(this: &Shelf, place: u32, item: &JsValue);
    #[wasm_bindgen(method, indexing_deleter)]
    fn drop_at(this: &Shelf, place: u32);

    #[wasm_bindgen(thread_local_v2, js_namespace = host)]
    static VERSION: String;
}

/// Show the host one slice of each kind.
#[wasm_bindgen]
pub fn show_slices(value: JsValue) {
    see_texts(&["", "é", "two"]);
    see_texts(&[]);
    see_strings(&[String::from("x")]);
    see_bools(&[true, false]);
    see_chars(&['a', '😀']);
    see_levels(&[Level::High, Level::Low]);
    see_styles(&[Style::Dashed]);
    see_values(&[value.clone(), JsValue::NULL, value]);
    see_numbers(&[1, 2], &[-1], None);
    see_numbers(&[], &[], Some(&[0.5]));
    see_text("plain", None);
    see_text("", Some("given"));
}

/// Interned text crosses as the handle of the host's string.
#[wasm_bindgen]
pub fn show_interned(text: &str) -> String {
    wasm_bindgen::intern(text);
    see_text(text, Some(text));
    let copy = String::from(text);
    wasm_bindgen::unintern(text);
    copy
}

/// An interned text as a result.
#[wasm_bindgen]
pub fn interned(text: &str, give: bool) -> Option<String> {
    wasm_bindgen::intern(text);
    give.then(|| String::from(text))
}

/// Call the variadic functions.
#[wasm_bindgen]
pub fn spread(values: Vec<JsValue>) -> String {
    format!("{} {}", sum(1, &[2.0, 3.5]), join_all(values))
}

/// What the host gave, as text.
#[wasm_bindgen]
pub fn ask() -> String {
    let nodes: u32 = give_nodes().iter().map(|node| node.value).sum();
    let node = give_node().map(|node| node.map(|node| node.value));
    let wide = give_wide().unwrap_or(u128::MAX);
    format!("{nodes} {:?} {:?} {:?} {node:?} {wide}", give_bools(), give_levels(), give_texts())
}

/// Use a class of the host.
#[wasm_bindgen]
pub fn use_shelf(item: JsValue) -> JsValue {
    let shelf = Shelf::new("first");
    shelf.set_name(&format!("{} of {}", shelf.name(), VERSION.with(String::clone)));
    let length = shelf.push(item.clone());
    shelf.put(length, &item);
    shelf.drop_at(0);
    shelf.push(JsValue::from(Shelf::count()));
    shelf.push(shelf.at(1));
    shelf.into()
}
