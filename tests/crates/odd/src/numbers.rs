//! Enums and numbers at their ends.

use wasm_bindgen::prelude::*;

/// Negative and large discriminants.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Level {
    Lowest = -2147483648,
    Below = -1,
    Zero = 0,
    Highest = 2147483647,
}

/// Unsigned ones.
#[wasm_bindgen]
#[repr(u32)]
#[derive(Clone, Copy, Debug)]
pub enum Bits {
    None = 0,
    Some = 0x8000_0000,
    All = 0xFFFF_FFFF,
}

/// An enum without gaps.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug)]
pub enum Dense {
    A,
    B,
    C,
}

/// Text that is one of some.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug)]
pub enum Mode {
    Empty = "",
    Spaced = "two words",
    Astral = "é😀",
    Index = "1",
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ends)]
    fn level(value: Level) -> Level;
    #[wasm_bindgen(js_namespace = ends)]
    fn maybe_level(value: Option<Level>) -> Option<Level>;
    #[wasm_bindgen(js_namespace = ends)]
    fn mode(value: Mode) -> Mode;
    #[wasm_bindgen(js_namespace = ends)]
    fn maybe_mode(value: Option<Mode>) -> Option<Mode>;
    #[wasm_bindgen(js_namespace = ends)]
    fn letter(value: char) -> char;
    #[wasm_bindgen(js_namespace = ends)]
    fn small(value: u8) -> u8;
    #[wasm_bindgen(js_namespace = ends)]
    fn long(value: u64) -> u64;
    #[wasm_bindgen(js_namespace = ends)]
    fn wide(value: i128) -> i128;
}

#[wasm_bindgen]
pub fn next_level(value: Option<Level>) -> Option<Level> {
    match value {
        None => Some(Level::Lowest),
        Some(Level::Lowest) => Some(Level::Below),
        Some(Level::Below) => Some(Level::Zero),
        Some(Level::Zero) => Some(Level::Highest),
        Some(Level::Highest) => None,
    }
}

#[wasm_bindgen]
pub fn next_bits(value: Bits) -> Option<Bits> {
    match value {
        Bits::None => Some(Bits::Some),
        Bits::Some => Some(Bits::All),
        Bits::All => None,
    }
}

#[wasm_bindgen]
pub fn all_levels() -> Vec<Level> {
    vec![Level::Highest, Level::Lowest, Level::Below]
}

#[wasm_bindgen]
pub fn count_bits(bits: Vec<Bits>) -> Vec<u32> {
    bits.iter().map(|bits| (*bits as u32).count_ones()).collect()
}

#[wasm_bindgen]
pub fn dense(value: Dense) -> Dense {
    match value {
        Dense::A => Dense::B,
        Dense::B => Dense::C,
        Dense::C => Dense::A,
    }
}

#[wasm_bindgen]
pub fn dense_through(value: Option<Dense>) -> u32 {
    value.map_or(99, |value| value as u32)
}

#[wasm_bindgen]
pub fn next_mode(value: Option<Mode>) -> Option<Mode> {
    match value {
        None => Some(Mode::Empty),
        Some(Mode::Empty) => Some(Mode::Spaced),
        Some(Mode::Spaced) => Some(Mode::Astral),
        Some(Mode::Astral) => Some(Mode::Index),
        Some(_) => None,
    }
}

#[wasm_bindgen]
pub fn mode_name(value: Mode) -> String {
    format!("{value:?}")
}

/// What the host makes of it.
#[wasm_bindgen]
pub fn level_through(value: Level) -> String {
    format!("{:?} {:?}", level(value), maybe_level(Some(value)))
}

#[wasm_bindgen]
pub fn maybe_level_through(value: Option<Level>) -> String {
    format!("{:?}", maybe_level(value))
}

#[wasm_bindgen]
pub fn mode_through(value: Mode) -> String {
    format!("{:?} {:?}", mode(value), maybe_mode(Some(value)))
}

#[wasm_bindgen]
pub fn letter_through(value: char) -> String {
    format!("{}", u32::from(letter(value)))
}

#[wasm_bindgen]
pub fn small_through(value: u8) -> u8 {
    small(value)
}

#[wasm_bindgen]
pub fn long_through(value: u64) -> String {
    format!("{}", long(value))
}

#[wasm_bindgen]
pub fn wide_through(value: i128) -> String {
    format!("{}", wide(value))
}

#[wasm_bindgen]
pub fn echo_u64(value: u64) -> u64 {
    value
}

#[wasm_bindgen]
pub fn echo_i64(value: Option<i64>) -> Option<i64> {
    value
}

#[wasm_bindgen]
pub fn echo_f32(value: f32) -> f32 {
    value
}

#[wasm_bindgen]
pub fn echo_char(value: char) -> char {
    value
}

#[wasm_bindgen]
pub fn maybe_char(value: Option<char>) -> Option<char> {
    value
}

#[wasm_bindgen]
pub fn echo_bool(value: bool) -> bool {
    value
}

#[wasm_bindgen]
pub fn echo_text(value: String) -> String {
    value
}

#[wasm_bindgen]
pub fn length(value: &str) -> usize {
    value.len()
}

#[wasm_bindgen]
pub fn repeated(value: &str, times: usize) -> String {
    value.repeat(times)
}

#[wasm_bindgen]
pub fn empties(bytes: &[u8], words: Vec<u64>, texts: Vec<String>) -> Vec<usize> {
    vec![bytes.len(), words.len(), texts.len()]
}

#[wasm_bindgen]
pub fn empty(which: u32) -> JsValue {
    match which {
        0 => JsValue::from(Vec::<u8>::new()),
        1 => JsValue::from(Vec::<u64>::new()),
        2 => JsValue::from(Vec::<String>::new()),
        3 => JsValue::from(String::new()),
        _ => JsValue::from(js_sys::Uint8Array::new_with_length(0)),
    }
}

/// What Rust makes of a value.
#[wasm_bindgen]
pub fn as_numbers(value: &JsValue) -> String {
    format!(
        "{:?} {:?} {:?} {:?} {:?}",
        value.as_f64(),
        value.as_bool(),
        value.as_string(),
        i64::try_from(value.clone()).ok(),
        u64::try_from(value.clone()).ok(),
    )
}
