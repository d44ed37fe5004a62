//! Exported `async fn`.

use crate::state::{bump, Guard};
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

async fn pass() -> Result<(), JsValue> {
    JsFuture::from(Promise::resolve(&JsValue::UNDEFINED)).await?;
    Ok(())
}

/// Wait `turns` times for a promise that is resolved already, then give the number.
#[wasm_bindgen]
pub async fn slow(turns: u32) -> Result<u32, JsValue> {
    let _guard = Guard;
    for _ in 0..turns {
        pass().await?;
    }
    Ok(turns)
}

/// Bump the counter, wait, and bump it again.
#[wasm_bindgen]
pub async fn slow_bump() -> u32 {
    bump();
    let _ = pass().await;
    bump()
}

/// Wait, then fail with a string.
#[wasm_bindgen]
pub async fn slow_fail() -> Result<u32, JsValue> {
    let _guard = Guard;
    pass().await?;
    Err(JsValue::from_str("slow failure"))
}

/// Wait, then panic.
#[wasm_bindgen]
pub async fn slow_panic() -> Result<u32, JsValue> {
    let _guard = Guard;
    pass().await?;
    panic!("slow panic");
}

/// Wait, then abort.
#[wasm_bindgen]
pub async fn slow_abort() -> Result<u32, JsValue> {
    let _guard = Guard;
    pass().await?;
    core::arch::wasm32::unreachable();
}

/// Wait, then call the import `thrower`.
#[wasm_bindgen]
pub async fn slow_throw() -> Result<u32, JsValue> {
    let _guard = Guard;
    pass().await?;
    crate::host::throw_from_host();
    Ok(0)
}
