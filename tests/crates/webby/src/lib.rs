//! The web platform's values as Rust uses them through web-sys.

use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::atomic::{AtomicI32, Ordering::Relaxed};

use js_sys::{Array, Function, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    console, AbortController, AbortSignal, AddEventListenerOptions, Crypto, CustomEvent,
    CustomEventInit, DomException, Event, EventTarget, Performance, TextDecoder,
    TextDecoderOptions, TextEncoder, Url, UrlSearchParams,
};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = crypto)]
    static CRYPTO: Crypto;

    #[wasm_bindgen(thread_local_v2, js_name = performance)]
    static PERFORMANCE: Performance;

    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, milliseconds: i32) -> i32;

    #[wasm_bindgen(js_name = setInterval)]
    fn set_interval(callback: &Function, milliseconds: i32) -> i32;

    #[wasm_bindgen(js_name = clearInterval)]
    fn clear_interval(id: i32);

    #[wasm_bindgen(js_name = structuredClone, catch)]
    fn structured_clone(value: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch)]
    fn atob(text: &str) -> Result<String, JsValue>;

    #[wasm_bindgen(catch)]
    fn btoa(text: &str) -> Result<String, JsValue>;
}

/// The parts of a URL: href, origin, host, path and the value of `q` in its query.
#[wasm_bindgen]
pub fn url_parts(text: &str, base: Option<String>) -> Result<Vec<String>, JsValue> {
    let url = match base {
        Some(base) => Url::new_with_base(text, &base)?,
        None => Url::new(text)?,
    };
    let query = url.search_params().get("q").unwrap_or_default();
    Ok(vec![url.href(), url.origin(), url.host(), url.pathname(), query])
}

/// A URL with one more parameter and another path.
#[wasm_bindgen]
pub fn extend_url(url: &Url, name: &str, value: &str) -> String {
    url.search_params().append(name, value);
    url.set_pathname("/new path");
    url.href()
}

/// The sorted query of pairs.
#[wasm_bindgen]
pub fn sorted_query(pairs: &Array) -> Result<String, JsValue> {
    let params = UrlSearchParams::new_with_str_sequence_sequence(pairs)?;
    params.sort();
    Ok(params.to_string().into())
}

/// Text through TextEncoder and back through TextDecoder.
#[wasm_bindgen]
pub fn recode(text: &str) -> Result<String, JsValue> {
    let bytes = TextEncoder::new()?.encode_with_input(text);
    TextDecoder::new()?.decode_with_u8_array(&bytes)
}

/// Bytes of an encoding; malformed ones are an error.
#[wasm_bindgen]
pub fn decode(label: &str, bytes: &[u8]) -> Result<String, JsValue> {
    let options = TextDecoderOptions::new();
    options.set_fatal(true);
    TextDecoder::new_with_label_and_options(label, &options)?.decode_with_u8_array(bytes)
}

/// How `atob` and `btoa` see a text; an error is told by its name and code.
#[wasm_bindgen]
pub fn base64(text: &str) -> Vec<String> {
    let told = |result: Result<String, JsValue>| match result {
        Ok(text) => text,
        Err(error) => match error.dyn_into::<DomException>() {
            Ok(error) => format!("{} {}", error.name(), error.code()),
            Err(_) => "another error".into(),
        },
    };
    vec![told(atob(text)), told(btoa(text))]
}

/// Random bytes, written straight into our memory.
#[wasm_bindgen]
pub fn random(count: usize) -> Result<Vec<u8>, JsValue> {
    let mut bytes = vec![0; count];
    CRYPTO.with(|crypto| crypto.get_random_values_with_u8_array(&mut bytes))?;
    Ok(bytes)
}

/// A random UUID.
#[wasm_bindgen]
pub fn uuid() -> String {
    CRYPTO.with(Crypto::random_uuid)
}

/// The digest of bytes.
#[wasm_bindgen]
pub async fn digest(algorithm: String, data: Vec<u8>) -> Result<Vec<u8>, JsValue> {
    let subtle = CRYPTO.with(Crypto::subtle);
    let promise = subtle.digest_with_str_and_u8_array(&algorithm, &data)?;
    Ok(Uint8Array::new(&JsFuture::from(promise).await?).to_vec())
}

/// Wait for some milliseconds; gives how many passed on the clock.
#[wasm_bindgen]
pub async fn sleep(milliseconds: i32) -> Result<f64, JsValue> {
    let before = PERFORMANCE.with(Performance::now);
    let promise = Promise::new(&mut |resolve, _| {
        set_timeout(&resolve, milliseconds);
    });
    JsFuture::from(promise).await?;
    Ok(PERFORMANCE.with(Performance::now) - before)
}

/// Count the ticks of an interval until there are enough.
#[wasm_bindgen]
pub async fn count_ticks(enough: i32) -> Result<i32, JsValue> {
    let ticks = Rc::new(AtomicI32::new(0));
    let id = Rc::new(AtomicI32::new(0));
    let kept = Array::new();
    let promise = Promise::new(&mut |resolve: Function, _| {
        kept.push(&resolve);
    });
    let (counted, shared) = (ticks.clone(), id.clone());
    let resolve: Function = kept.get(0).unchecked_into();
    let tick = Closure::<dyn FnMut()>::own_assert_unwind_safe(move || {
        if counted.fetch_add(1, Relaxed) + 1 == enough {
            clear_interval(shared.load(Relaxed));
            resolve.call0(&JsValue::UNDEFINED).unwrap();
        }
    });
    let tick: Function = tick.into_js_value().unchecked_into();
    id.store(set_interval(&tick, 1), Relaxed);
    JsFuture::from(promise).await?;
    Ok(ticks.load(Relaxed))
}

/// A target that counts its events; a negative detail panics in the listener.
#[wasm_bindgen]
pub struct Counter {
    target: AssertUnwindSafe<EventTarget>,
    sum: Rc<AtomicI32>,
    _listener: AssertUnwindSafe<Closure<dyn FnMut(Event)>>,
}

#[wasm_bindgen]
impl Counter {
    #[wasm_bindgen(constructor)]
    pub fn new(once: bool) -> Result<Counter, JsValue> {
        let sum = Rc::new(AtomicI32::new(0));
        let shared = sum.clone();
        let listener = Closure::<dyn FnMut(Event)>::own_assert_unwind_safe(move |event: Event| {
            let detail = event.unchecked_into::<CustomEvent>().detail().as_f64().unwrap();
            assert!(detail >= 0.0, "a negative detail");
            shared.fetch_add(detail as i32, Relaxed);
        });
        let target = EventTarget::new()?;
        let options = AddEventListenerOptions::new();
        options.set_once(once);
        target.add_event_listener_with_callback_and_add_event_listener_options(
            "add",
            listener.as_ref().unchecked_ref(),
            &options,
        )?;
        let (target, _listener) = (AssertUnwindSafe(target), AssertUnwindSafe(listener));
        Ok(Counter { target, sum, _listener })
    }

    /// Dispatch an event with a detail; gives the sum of all.
    pub fn add(&self, detail: i32) -> Result<i32, JsValue> {
        let init = CustomEventInit::new();
        init.set_detail(&detail.into());
        let event = CustomEvent::new_with_event_init_dict("add", &init)?;
        self.target.dispatch_event(&event)?;
        Ok(self.sum.load(Relaxed))
    }

    /// The target, for others to listen to.
    #[wasm_bindgen(getter)]
    pub fn target(&self) -> EventTarget {
        self.target.clone()
    }
}

/// Abort a controller; gives what its signal says before and after.
#[wasm_bindgen]
pub fn abort(reason: &JsValue) -> Result<Array, JsValue> {
    let controller = AbortController::new()?;
    let signal = controller.signal();
    let before = signal.aborted();
    controller.abort_with_reason(reason);
    Ok(Array::of3(&before.into(), &signal.aborted().into(), &signal.reason()))
}

/// Wait until a signal is aborted; gives the reason.
#[wasm_bindgen]
pub async fn when_aborted(signal: AbortSignal) -> Result<JsValue, JsValue> {
    let promise = Promise::new(&mut |resolve, _| signal.set_onabort(Some(&resolve)));
    JsFuture::from(promise).await?;
    Ok(signal.reason())
}

/// A deep copy of any value.
#[wasm_bindgen]
pub fn clone(value: &JsValue) -> Result<JsValue, JsValue> {
    structured_clone(value)
}

/// Say things on the console in most of its ways.
#[wasm_bindgen]
pub fn talk() {
    console::group_1(&"report".into());
    console::log_2(&"%s is here".into(), &"Rust".into());
    console::count_with_label("calls");
    console::group_end();
    console::warn_1(&JsValue::from(5));
    console::assert_with_condition_and_data_1(false, &"no".into());
}

/// Measure a mark by the clock of the host.
#[wasm_bindgen]
pub fn measured() -> Result<f64, JsValue> {
    PERFORMANCE.with(|performance| {
        performance.mark("start")?;
        performance.measure_with_start_mark("work", "start")?;
        let entries = performance.get_entries_by_name("work");
        Ok(entries.get(0).unchecked_into::<web_sys::PerformanceEntry>().duration())
    })
}

/// Whether there is a window, which there is not.
#[wasm_bindgen]
pub fn has_window() -> bool {
    web_sys::window().is_some()
}
