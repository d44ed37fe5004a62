//! A call with an argument of each kind that leaves something behind when it is given up.

use wasm_bindgen::prelude::*;

/// An object that Rust takes over.
#[wasm_bindgen]
pub struct Token(u32);

#[wasm_bindgen]
impl Token {
    /// Make one of this number.
    #[wasm_bindgen(constructor)]
    pub fn new(number: u32) -> Token {
        Token(number)
    }

    /// The number.
    #[wasm_bindgen(getter)]
    pub fn number(&self) -> u32 {
        self.0
    }
}

/// Take everything: the sum of all lengths and numbers.
#[wasm_bindgen]
pub fn take_all(
    text: &str,
    value: JsValue,
    token: Token,
    bytes: Vec<u8>,
    lent: &JsValue,
    values: Vec<JsValue>,
    texts: Vec<String>,
    borrowed: &Token,
    changed: &mut [u8],
    last: u32,
) -> u32 {
    let truths = [&value, lent]
        .into_iter()
        .chain(&values)
        .filter(|value| value.is_truthy())
        .count();
    let texts = texts.iter().map(String::len).sum::<usize>() + text.len();
    changed.fill(7);
    truths as u32 + texts as u32 + bytes.len() as u32 + token.0 + borrowed.0 + last
}
