//! Every way in which Rust names what its host gives.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// A class of the host.
    pub type Thermometer;

    #[wasm_bindgen(constructor, catch)]
    fn new(place: &str) -> Result<Thermometer, JsValue>;

    #[wasm_bindgen(method)]
    fn measure(this: &Thermometer, times: u32) -> Vec<f64>;

    #[wasm_bindgen(method, catch, js_name = measureOrFail)]
    fn measure_or_fail(this: &Thermometer) -> Result<f64, JsValue>;

    #[wasm_bindgen(method, getter)]
    fn place(this: &Thermometer) -> String;

    #[wasm_bindgen(method, setter)]
    fn set_place(this: &Thermometer, place: &str);

    #[wasm_bindgen(static_method_of = Thermometer, js_name = absoluteZero)]
    fn absolute_zero() -> f64;

    #[wasm_bindgen(thread_local_v2, js_name = VERSION)]
    static VERSION: String;

    #[wasm_bindgen(js_namespace = ["lab", "tools"], js_name = weigh)]
    fn weigh(name: Option<&str>, parts: &[f32], raw: Vec<u8>) -> Option<f64>;

    #[wasm_bindgen(variadic)]
    fn gather(first: u32, rest: Vec<u32>) -> u32;

    fn pick(values: Vec<String>) -> Option<String>;

    fn measure_later(n: u32) -> js_sys::Promise;

    fn keep(value: JsValue) -> JsValue;

    fn split(text: String) -> Vec<String>;

    fn letter(value: char) -> char;

    fn wide(value: i64, other: u64) -> i64;

    fn is_odd(value: u8) -> bool;
}

#[wasm_bindgen(raw_module = "./lab.js")]
extern "C" {
    #[wasm_bindgen(js_name = openLab)]
    fn open_lab(day: u32) -> String;
}

/// Make a thermometer and give where it is.
#[wasm_bindgen]
pub fn place_of(place: &str) -> Result<String, JsValue> {
    Ok(Thermometer::new(place)?.place())
}

/// The mean of some measurements.
#[wasm_bindgen]
pub fn mean(thermometer: &Thermometer, times: u32) -> f64 {
    let values = thermometer.measure(times);
    values.iter().sum::<f64>() / values.len() as f64
}

/// Measure, or give the error.
#[wasm_bindgen]
pub fn measured(thermometer: &Thermometer) -> Result<f64, JsValue> {
    thermometer.measure_or_fail()
}

/// Move a thermometer.
#[wasm_bindgen]
pub fn relocate(thermometer: &Thermometer, place: &str) {
    thermometer.set_place(place);
}

/// Whether a value is a thermometer to Rust.
#[wasm_bindgen]
pub fn is_thermometer(value: &JsValue) -> bool {
    value.has_type::<Thermometer>()
}

/// What the host's static method gives.
#[wasm_bindgen]
pub fn zero() -> f64 {
    Thermometer::absolute_zero()
}

/// The host's static value.
#[wasm_bindgen]
pub fn version() -> String {
    VERSION.with(Clone::clone)
}

/// Call a function in a namespace.
#[wasm_bindgen]
pub fn weighed(name: Option<String>, parts: Vec<f32>) -> Option<f64> {
    weigh(name.as_deref(), &parts, vec![1, 2, 255])
}

/// Call a variadic function.
#[wasm_bindgen]
pub fn gathered(first: u32, rest: Vec<u32>) -> u32 {
    gather(first, rest)
}

/// Hand over a vector of strings.
#[wasm_bindgen]
pub fn picked(count: u32) -> Option<String> {
    pick((0..count).map(|n| format!("item {n}")).collect())
}

/// Take a vector of strings.
#[wasm_bindgen]
pub fn split_and_count(text: String) -> usize {
    split(text).iter().map(|part| part.chars().count()).sum()
}

/// Pass values of small types through the host.
#[wasm_bindgen]
pub fn through(value: char, number: i64) -> String {
    format!("{} {} {}", letter(value), wide(number, u64::MAX), is_odd(7))
}

/// Call a function of a module.
#[wasm_bindgen]
pub fn opened(day: u32) -> String {
    open_lab(day)
}

/// Keep a value at the host.
#[wasm_bindgen]
pub fn kept(value: JsValue) -> JsValue {
    keep(value)
}

/// Wait for a promise of the host.
#[wasm_bindgen]
pub async fn measured_later(n: u32) -> Result<f64, JsValue> {
    let value = wasm_bindgen_futures::JsFuture::from(measure_later(n)).await?;
    value.as_f64().ok_or_else(|| JsValue::from_str("not a number"))
}

/// Print with web-sys.
#[wasm_bindgen]
pub fn print(text: &str) {
    web_sys::console::log_1(&JsValue::from_str(text));
}

/// Print panics as libraries do.
#[wasm_bindgen]
pub fn print_panics() {
    console_error_panic_hook::set_once();
}

/// Panic.
#[wasm_bindgen]
pub fn boom(message: &str) {
    panic!("{message}");
}

/// Use a class of js-sys: the sum of 1 to n through a host's array.
#[wasm_bindgen]
pub fn array_sum(n: u32) -> f64 {
    let array = js_sys::Array::new();
    for value in 1..=n {
        array.push(&JsValue::from(value));
    }
    array.iter().filter_map(|value| value.as_f64()).sum()
}
