//! Imports per monomorphisation: one Rust function, a Wasm type per use.

use wasm_bindgen::convert::{FromWasmAbi, IntoWasmAbi};
use wasm_bindgen::describe::WasmDescribe;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(experimental_generic_mono)]
extern "C" {
    #[wasm_bindgen(js_namespace = generic, js_name = "same")]
    fn same<T>(value: T) -> T
    where
        T: IntoWasmAbi + FromWasmAbi + WasmDescribe;

    #[wasm_bindgen(js_namespace = generic, js_name = "pair", catch)]
    fn pair<A, B>(first: A, second: B) -> Result<B, JsValue>
    where
        A: IntoWasmAbi + WasmDescribe,
        B: IntoWasmAbi + FromWasmAbi + WasmDescribe;

    #[wasm_bindgen(js_namespace = generic, js_name = "tell")]
    fn tell<T>(value: T)
    where
        T: IntoWasmAbi + WasmDescribe;

    type Bag;
    #[wasm_bindgen(constructor)]
    fn new<T>(value: T) -> Bag
    where
        T: IntoWasmAbi + WasmDescribe;
    #[wasm_bindgen(method)]
    fn put<T>(this: &Bag, value: T) -> u32
    where
        T: IntoWasmAbi + WasmDescribe;
    #[wasm_bindgen(method, getter)]
    fn last<T>(this: &Bag) -> T
    where
        T: FromWasmAbi + WasmDescribe;

    /// Not generic: an ordinary import of the same block.
    #[wasm_bindgen(js_namespace = generic)]
    fn plain(value: u32) -> u32;

    #[wasm_bindgen(js_namespace = generic, js_name = "later")]
    async fn later<T>(value: T) -> JsValue
    where
        T: IntoWasmAbi + WasmDescribe;
}

/// A struct that crosses through a generic import.
#[wasm_bindgen]
#[derive(Clone)]
pub struct Coin {
    pub value: u64,
}

#[wasm_bindgen]
impl Coin {
    /// Make one.
    #[wasm_bindgen(constructor)]
    pub fn new(value: u64) -> Coin {
        Coin { value }
    }
}

/// Everything through one generic function.
#[wasm_bindgen]
pub fn through_generic(text: &str) -> Result<String, JsValue> {
    let coin = same(Coin::new(u64::MAX));
    let bag = Bag::new(1.5);
    let texts = same(vec![String::from(text), String::new()]);
    let counts = [bag.put(u128::MAX), bag.put('é'), bag.put(None::<f64>), bag.put(same(text.len()))];
    Ok(format!(
        "{} {} {:?} {:?} {} {:?} {texts:?} {counts:?} {} {} {:?}",
        same(7_u8),
        same(-7_i64),
        same(Some(2.5)),
        same(None::<u32>),
        same(i128::MIN),
        same('😀'),
        coin.value,
        plain(bag.last::<u32>()),
        pair(true, text.to_owned())?,
    ))
}

/// An error of a generic import is an `Err`.
#[wasm_bindgen]
pub fn generic_error(value: &str) -> Result<u32, JsValue> {
    tell(value.to_owned());
    pair(value.to_owned(), 4_u32)
}

/// An async generic import.
#[wasm_bindgen]
pub async fn generic_later() -> String {
    let first = later(3_u8).await;
    let second = later(String::from("x")).await;
    format!("{first:?} {second:?}")
}
