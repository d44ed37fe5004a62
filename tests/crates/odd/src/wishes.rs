//! Imports of rare shapes, and closures of rare types.

use wasm_bindgen::prelude::*;

use crate::callbacks::Token;
use crate::numbers::Mode;

#[wasm_bindgen]
extern "C" {
    // Names that are reached in other ways.
    #[wasm_bindgen(js_namespace = globalThis, js_name = onTop)]
    fn on_top(value: u32) -> u32;
    #[wasm_bindgen(js_namespace = Math)]
    fn log2(value: f64) -> f64;
    #[wasm_bindgen(js_namespace = Math, variadic)]
    fn max(values: &[f64]) -> f64;
    #[wasm_bindgen(js_namespace = Array, js_name = isArray)]
    fn is_array(value: &JsValue) -> bool;
    #[wasm_bindgen(js_namespace = ["globalThis", "JSON"], catch)]
    fn parse(text: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = parseInt)]
    fn parse_int(text: &str, radix: Option<u8>) -> f64;
    #[wasm_bindgen(js_name = String)]
    fn text_of(value: u64) -> String;

    // Statics of rare types.
    #[wasm_bindgen(thread_local_v2, js_namespace = wishes)]
    static WORDS: Vec<String>;
    #[wasm_bindgen(thread_local_v2, js_namespace = wishes)]
    static BIG: Option<u64>;
    #[wasm_bindgen(thread_local_v2, js_namespace = wishes)]
    static CALL: js_sys::Function;
    #[wasm_bindgen(thread_local_v2, js_name = Infinity)]
    static INFINITY: f64;

    // Arguments and results.
    #[wasm_bindgen(js_namespace = wishes)]
    fn maybe_texts(first: Option<&str>, rest: &[&str]) -> Option<Vec<String>>;
    #[wasm_bindgen(js_namespace = wishes, catch)]
    fn maybe_token(value: Option<Token>) -> Result<Option<Token>, JsValue>;
    #[wasm_bindgen(js_namespace = wishes)]
    fn modes(values: Vec<Mode>) -> Option<Box<[Mode]>>;
    #[wasm_bindgen(js_namespace = wishes)]
    fn many(a: u8, b: i16, c: f32, d: bool, e: char, f: i64, g: &str, h: Vec<u8>, i: Option<f64>, j: u128, k: JsValue) -> String;
    #[wasm_bindgen(js_namespace = wishes, catch)]
    fn nothing(value: ()) -> Result<(), JsValue>;

    // Closures.
    #[wasm_bindgen(js_namespace = wishes)]
    fn with_text(work: &dyn Fn(String) -> String) -> String;
    #[wasm_bindgen(js_namespace = wishes)]
    fn with_bytes(work: &mut dyn FnMut(Vec<u8>, Option<u32>) -> Option<Vec<u8>>) -> JsValue;
    #[wasm_bindgen(js_namespace = wishes)]
    fn with_eight(work: &dyn Fn(u8, i8, u16, i16, u32, i32, f32, f64) -> f64) -> f64;
    #[wasm_bindgen(js_namespace = wishes)]
    fn with_closure(work: &Closure<dyn FnMut(JsValue) -> Result<JsValue, JsValue>>) -> JsValue;
    #[wasm_bindgen(js_namespace = wishes)]
    fn take_closure(work: Closure<dyn Fn(Option<Token>, Mode) -> Option<Mode>>);

    // A class of the host whose members are numbers, and which is a function too.
    #[wasm_bindgen(extends = js_sys::Object)]
    #[derive(Clone, Debug)]
    type Grid;
    #[wasm_bindgen(constructor)]
    fn new() -> Grid;
    #[wasm_bindgen(method, indexing_getter)]
    fn at(this: &Grid, index: i32) -> Option<f64>;
    #[wasm_bindgen(method, indexing_setter)]
    fn put(this: &Grid, index: i32, value: f64);
    #[wasm_bindgen(method, indexing_deleter)]
    fn remove(this: &Grid, index: i32);
    #[wasm_bindgen(method, getter, js_name = "0")]
    fn first(this: &Grid) -> Option<f64>;
    #[wasm_bindgen(method, setter, js_name = "class")]
    fn set_class(this: &Grid, class: &str);
    #[wasm_bindgen(method, getter, js_name = "class")]
    fn class(this: &Grid) -> Option<String>;
    #[wasm_bindgen(method, variadic, js_name = "apply-all", catch)]
    fn apply_all(this: &Grid, first: u32, rest: Box<[JsValue]>) -> Result<Grid, JsValue>;
}

/// Names of the standard that are declared by hand.
#[wasm_bindgen]
pub fn by_hand(value: &JsValue) -> Result<String, JsValue> {
    Ok(format!(
        "{} {} {} {} {:?} {} {} {}",
        on_top(4),
        log2(8.0),
        max(&[1.0, 3.0, 2.0]),
        is_array(value),
        parse("[1,{\"a\":null}]")?,
        parse_int("ff", Some(16)),
        parse_int("12", None),
        text_of(u64::MAX),
    ))
}

/// An error of such a name.
#[wasm_bindgen]
pub fn parse_badly() -> Result<JsValue, JsValue> {
    parse("{")
}

/// Statics.
#[wasm_bindgen]
pub fn rare_statics() -> Result<String, JsValue> {
    let words = WORDS.with(|words| words.join(","));
    let called = CALL.with(|call| call.call1(&JsValue::UNDEFINED, &2.into()))?;
    Ok(format!("{words} {:?} {called:?} {}", BIG.with(|big| *big), INFINITY.with(|value| *value)))
}

/// Arguments and results.
#[wasm_bindgen]
pub fn rare_arguments() -> Result<String, JsValue> {
    let texts = maybe_texts(Some("a"), &["b", "", "é😀"]);
    let none = maybe_texts(None, &[]);
    let token = maybe_token(Some(Token::new(String::from("t"))))?.map(|token| token.uses());
    let gone = maybe_token(None)?.is_none();
    let modes = modes(vec![Mode::Astral, Mode::Empty]).map(|modes| format!("{modes:?}"));
    let many = many(255, -1, 0.5, true, '😀', i64::MIN, "é", vec![1, 2], None, u128::MAX, JsValue::NULL);
    nothing(())?;
    Ok(format!("{texts:?} {none:?} {token:?} {gone} {modes:?} {many}"))
}

/// Closures that are lent.
#[wasm_bindgen]
pub fn rare_closures() -> String {
    let text = with_text(&|text| text.chars().rev().collect());
    let bytes = with_bytes(&mut |bytes, more| {
        more.map(|more| bytes.iter().map(|byte| byte.wrapping_add(more as u8)).collect())
    });
    let eight = with_eight(&|a, b, c, d, e, f, g, h| {
        f64::from(a) + f64::from(b) + f64::from(c) + f64::from(d) + f64::from(e) + f64::from(f) + f64::from(g) + h
    });
    format!("{text} {bytes:?} {eight}")
}

/// Closures that are given.
#[wasm_bindgen]
pub fn given_closures() -> JsValue {
    let token = Token::new(String::from("inside"));
    let work = Closure::<dyn FnMut(JsValue) -> Result<JsValue, JsValue>>::new(move |value: JsValue| {
        let _ = token.uses();
        if value.is_null() { Err(value) } else { Ok(value) }
    });
    let result = with_closure(&work);
    take_closure(Closure::<dyn Fn(Option<Token>, Mode) -> Option<Mode>>::new(|token: Option<Token>, mode| {
        token.map(|_| mode)
    }));
    result
}

/// A class with numbers for names.
#[wasm_bindgen]
pub fn use_grid() -> Result<String, JsValue> {
    let grid = Grid::new();
    grid.put(0, 1.5);
    grid.put(-1, 2.5);
    grid.put(7, f64::NAN);
    grid.remove(7);
    let class = grid.class();
    grid.set_class("wide");
    let same = grid.apply_all(1, Box::new([JsValue::from(2), JsValue::UNDEFINED]))?;
    Ok(format!(
        "{:?} {:?} {:?} {:?} {class:?} {:?} {} {}",
        grid.at(0),
        grid.at(-1),
        grid.at(7),
        grid.first(),
        grid.class(),
        same.loose_eq(&grid),
        js_sys::Object::keys(&grid).join(","),
    ))
}
