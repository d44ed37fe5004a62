//! A fault in a task, in a promise's callback, and in what a task awaits.

use crate::fault::{bump, fault, Guard};
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{spawn_local, JsFuture};

#[wasm_bindgen]
extern "C" {
    /// An async function of the host, without and with `catch`.
    async fn answer(kind: u32) -> JsValue;

    #[wasm_bindgen(catch, js_name = answer)]
    async fn answer_caught(kind: u32) -> Result<JsValue, JsValue>;

    /// The reader of a stream, of whatever class.
    pub type Reader;

    /// Gives the next chunk as `{done, value}`.
    #[wasm_bindgen(method, catch)]
    async fn read(this: &Reader) -> Result<JsValue, JsValue>;
}

async fn pass() {
    let _ = JsFuture::from(Promise::resolve(&JsValue::UNDEFINED)).await;
}

/// Wait for `turns` resolved promises, then fault; gives the number of the task.
#[wasm_bindgen]
pub async fn task(number: u32, turns: u32, kind: u32) -> u32 {
    let _guard = Guard::new();
    for _ in 0..turns {
        pass().await;
    }
    fault(kind);
    number
}

/// The same as a task without a promise; it counts the counter up at its end.
#[wasm_bindgen]
pub fn spawn(turns: u32, kind: u32) {
    spawn_local(async move {
        let _guard = Guard::new();
        for _ in 0..turns {
            pass().await;
        }
        fault(kind);
        bump();
    });
}

/// Spawn a task from inside an async function, then give the number.
#[wasm_bindgen]
pub async fn spawn_inside(number: u32, kind: u32) -> u32 {
    spawn(0, kind);
    pass().await;
    number
}

/// Wait for a promise that the host gave.
#[wasm_bindgen]
pub async fn wait_for(promise: Promise) -> Result<JsValue, JsValue> {
    let _guard = Guard::new();
    JsFuture::from(promise).await
}

/// Wait for a value that may be a promise, then fault.
#[wasm_bindgen]
pub async fn wait_then_fault(value: JsValue, kind: u32) -> Result<JsValue, JsValue> {
    let _guard = Guard::new();
    let value = JsFuture::from(Promise::resolve(&value)).await?;
    fault(kind);
    Ok(value)
}

/// Wait for the import `answer`.
#[wasm_bindgen]
pub async fn ask(kind: u32) -> JsValue {
    let _guard = Guard::new();
    answer(kind).await
}

/// Wait for the import `answer`; its rejection is an `Err`.
#[wasm_bindgen]
pub async fn ask_caught(kind: u32) -> Result<JsValue, JsValue> {
    let _guard = Guard::new();
    answer_caught(kind).await
}

/// Give a promise's own continuation, a closure that faults.
#[wasm_bindgen]
pub fn then_fault(promise: &Promise, kind: u32) -> Promise {
    let held = Guard::new();
    let callback = Closure::once_into_js(move |_: JsValue| -> u32 {
        let _held = held;
        fault(kind)
    });
    js_sys::Reflect::get(promise, &JsValue::from_str("then"))
        .and_then(|then| then.unchecked_into::<js_sys::Function>().call1(promise, &callback))
        .unwrap_throw()
        .unchecked_into()
}

/// Yield `times` times by waking itself, without any promise; then give the number.
#[wasm_bindgen]
pub async fn yielding(number: u32, times: u32) -> u32 {
    let mut left = times;
    std::future::poll_fn(move |context| {
        if left == 0 {
            return std::task::Poll::Ready(());
        }
        left -= 1;
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
    number
}

/// Add up the numbers that a reader gives until it is done.
#[wasm_bindgen]
pub async fn sum_stream(reader: Reader) -> Result<f64, JsValue> {
    let _guard = Guard::new();
    let mut sum = 0.0;
    loop {
        let chunk = reader.read().await?;
        if js_sys::Reflect::get(&chunk, &JsValue::from_str("done"))?.is_truthy() {
            return Ok(sum);
        }
        let value = js_sys::Reflect::get(&chunk, &JsValue::from_str("value"))?;
        sum += value.as_f64().unwrap_or(f64::NAN);
    }
}
