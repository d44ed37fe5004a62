//! Timers and HTTP requests of the published crates `gloo-timers` and `gloo-net`, unmodified.
//!
//! Their callbacks are not `UnwindSafe`, so this is built with panic=abort.

use gloo_net::http::Request;
use gloo_timers::callback::Interval;
use gloo_timers::future::TimeoutFuture;
use serde::Deserialize;
use wasm_bindgen::prelude::*;

/// Calls a function again and again, until it is freed.
#[wasm_bindgen]
pub struct Ticker {
    _interval: Interval,
}

#[wasm_bindgen]
impl Ticker {
    /// Call `callback` with 1, 2, 3, ... every so many milliseconds.
    #[wasm_bindgen(constructor)]
    pub fn new(millis: u32, callback: js_sys::Function) -> Ticker {
        let mut count = 0;
        let interval = Interval::new(millis, move || {
            count += 1;
            let _ = callback.call1(&JsValue::UNDEFINED, &JsValue::from(count));
        });
        Ticker { _interval: interval }
    }
}

/// Wait for so many milliseconds, then give them back.
#[wasm_bindgen]
pub async fn pause(millis: u32) -> u32 {
    TimeoutFuture::new(millis).await;
    millis
}

#[derive(Deserialize)]
struct Weather {
    city: String,
    celsius: f64,
}

/// Ask a service for the weather and say it in words.
#[wasm_bindgen]
pub async fn weather(url: String) -> Result<String, JsValue> {
    let fail = |error: gloo_net::Error| JsValue::from(js_sys::Error::new(&error.to_string()));
    let response = Request::get(&url).header("accept", "application/json").send().await.map_err(fail)?;
    if !response.ok() {
        return Err(js_sys::Error::new(&format!("the service answered {}", response.status())).into());
    }
    let weather: Weather = response.json().await.map_err(fail)?;
    Ok(format!("{:.1} °C in {}", weather.celsius, weather.city))
}
