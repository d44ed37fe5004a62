//! What the host calls: results of every shape, names that meet, kinds of members.

use wasm_bindgen::prelude::*;
use wasm_bindgen::Clamped;

/// How much.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Level {
    Low = 1,
    High = 2_147_483_647,
}

/// Strings that are no identifiers, or that `str` has already.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Style {
    Nothing = "",
    Dashed = "a-b",
    Dotted = "a.b",
    Title = "title",
    First = "1st",
}

/// A struct whose members have names that Python's side uses.
#[wasm_bindgen]
#[derive(Clone)]
pub struct Node {
    pub value: u32,
    #[wasm_bindgen(getter_with_clone)]
    pub maybe: Option<String>,
    #[wasm_bindgen(getter_with_clone)]
    pub levels: Vec<Level>,
    pub wide: i128,
    pub _ptr: u8,
}

#[wasm_bindgen]
impl Node {
    #[wasm_bindgen(constructor)]
    pub fn new(value: u32, maybe: Option<String>) -> Node {
        Node { value, maybe, levels: vec![Level::Low], wide: -1, _ptr: 3 }
    }

    /// A setter that stands before its getter.
    #[wasm_bindgen(setter)]
    pub fn set_next(&mut self, next: Option<Node>) {
        self.value = next.map_or(0, |next| next.value);
    }

    #[wasm_bindgen(getter)]
    pub fn next(&self) -> Option<Node> {
        (self.value > 0).then(|| Node::new(self.value - 1, None))
    }

    /// Written only.
    #[wasm_bindgen(setter)]
    pub fn set_twice(&mut self, value: u32) {
        self.value = 2 * value;
    }

    /// A method called like the one that frees.
    #[wasm_bindgen(js_name = "free")]
    pub fn release(&self) -> u32 {
        self.value
    }

    /// Consumes the node.
    pub fn into_value(self) -> u32 {
        self.value
    }

    /// Takes another node with it.
    pub fn merge(&mut self, other: Node, again: &Node) {
        self.value += other.value + again.value;
    }

    /// A class attribute would have to run code.
    #[wasm_bindgen(static_method_of = Node, getter)]
    pub fn total() -> u32 {
        7
    }

    pub fn len(&self, r#type: &str, int: Option<u32>) -> usize {
        r#type.len() + int.unwrap_or(0) as usize
    }
}

#[wasm_bindgen]
pub fn results(kind: u32) -> Result<Vec<String>, JsValue> {
    match kind {
        0 => Ok(vec![String::from("a"), String::new()]),
        1 => Err(JsValue::from_str("text")),
        2 => Err(JsValue::from(5)),
        _ => Err(JsValue::UNDEFINED),
    }
}

#[wasm_bindgen]
pub fn maybe_nodes(count: Option<u32>) -> Result<Option<Vec<Node>>, JsValue> {
    Ok(count.map(|count| (0..count).map(|value| Node::new(value, None)).collect()))
}

#[wasm_bindgen]
pub fn wide_result(value: u128, fail: bool) -> Result<u128, JsError> {
    if fail {
        return Err(JsError::new("too wide"));
    }
    Ok(value)
}

#[wasm_bindgen]
pub fn level_result(value: Option<Level>) -> Result<Option<Level>, JsError> {
    Ok(value)
}

#[wasm_bindgen]
pub fn style_text(value: Option<Style>) -> String {
    format!("{value:?}")
}

#[wasm_bindgen]
pub fn borrowed_node(value: Option<Node>, node: &mut Node) -> u32 {
    node.value += value.map_or(100, |other| other.value);
    node.value
}

#[wasm_bindgen]
pub fn clamped_sum(values: Clamped<Vec<u8>>) -> u32 {
    values.0.iter().map(|&value| u32::from(value)).sum()
}

#[wasm_bindgen(variadic)]
pub fn count_values(first: &str, rest: Vec<JsValue>) -> String {
    format!("{first} {}", rest.len())
}

#[wasm_bindgen(variadic)]
pub fn join_texts(rest: Vec<String>) -> String {
    rest.join("+")
}

#[wasm_bindgen(js_namespace = ["left"], js_name = "meet")]
pub fn meet_left() -> u32 {
    1
}

#[wasm_bindgen(js_namespace = ["right"], js_name = "meet")]
pub fn meet_right() -> u32 {
    2
}

#[wasm_bindgen(js_name = "type")]
pub fn type_of(len: &str, int: Vec<u16>) -> usize {
    len.len() + int.len()
}

#[wasm_bindgen(js_name = "__init__")]
pub fn dunder() -> u32 {
    9
}
