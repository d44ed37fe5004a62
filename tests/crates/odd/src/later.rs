//! Async functions with arguments and results of every kind.

use wasm_bindgen::prelude::*;

use crate::callbacks::Token;
use crate::nested::Named;
use crate::numbers::{Level, Mode};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = waits, catch)]
    async fn text(value: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = waits)]
    async fn number(value: u32) -> js_sys::Number;
    #[wasm_bindgen(js_namespace = waits, js_name = "setTimeout")]
    fn set_timeout(callback: &js_sys::Function, ms: u32) -> JsValue;
}

/// Text that lives on while it waits.
#[wasm_bindgen]
pub async fn shout(value: String, times: Option<u32>) -> Result<String, JsValue> {
    let mut found = String::new();
    for _ in 0..times.unwrap_or(1) {
        let part = text(&value).await?;
        found += &part.as_string().unwrap_or_default();
    }
    Ok(found)
}

/// Many objects, some time.
#[wasm_bindgen]
pub async fn many(names: Vec<String>) -> Result<Vec<Named>, JsError> {
    let mut found = Vec::new();
    for (place, name) in names.into_iter().enumerate() {
        let number = number(place as u32).await.value_of() as u32;
        found.push(Named::new(number, Some(name))?);
    }
    Ok(found)
}

/// A slice, and an object that is borrowed only now.
#[wasm_bindgen]
pub async fn measure(bytes: Vec<u8>, mode: Option<Mode>, level: Level) -> Option<Level> {
    let sum = bytes.iter().map(|byte| u32::from(*byte)).sum();
    let seen = number(sum).await.value_of();
    (seen == f64::from(sum) && mode.is_some()).then_some(level)
}

/// An object that is taken over, and given back at the end.
#[wasm_bindgen]
pub async fn keep(token: Token, fail: bool) -> Result<Token, JsValue> {
    let answer = text("keep").await?;
    if fail { Err(answer) } else { Ok(token) }
}

/// Nothing, some time.
#[wasm_bindgen]
pub async fn nothing() {
    number(1).await;
}

/// An unsigned number that may be absent.
#[wasm_bindgen]
pub async fn maybe(value: Option<u64>) -> Option<u64> {
    number(1).await;
    value.map(|value| value + 1)
}

/// A promise of the host that is awaited by hand, with a timer.
#[wasm_bindgen]
pub async fn sleep(ms: u32) -> Result<JsValue, JsValue> {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        set_timeout(&resolve, ms);
    });
    wasm_bindgen_futures::JsFuture::from(promise).await
}

/// Panics after it has waited.
#[wasm_bindgen]
pub async fn panic_later(value: String) -> u32 {
    number(1).await;
    panic!("{value} panics");
}
