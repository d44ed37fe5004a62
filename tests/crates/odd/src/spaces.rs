//! Names in namespaces, with everything that may be combined with them.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["very", "deep"], variadic, catch)]
    fn join(separator: &str, parts: Vec<JsValue>) -> Result<String, JsValue>;
    #[wasm_bindgen(js_namespace = ["very", "deep"], variadic, catch, js_name = "sum-of")]
    fn sum(first: f64, rest: &[f64]) -> Result<f64, JsValue>;

    #[wasm_bindgen(js_namespace = ["very", "deep"], js_name = "Lamp")]
    type Lamp;
    #[wasm_bindgen(constructor, js_namespace = ["very", "deep"], js_class = "Lamp", catch, variadic)]
    fn new(powers: &[u32]) -> Result<Lamp, JsValue>;
    #[wasm_bindgen(method, getter, js_namespace = ["very", "deep"], js_class = "Lamp")]
    fn power(this: &Lamp) -> u32;
    #[wasm_bindgen(method, setter, js_namespace = ["very", "deep"], js_class = "Lamp", catch)]
    fn set_power(this: &Lamp, power: u32) -> Result<(), JsValue>;
    #[wasm_bindgen(method, js_namespace = ["very", "deep"], js_class = "Lamp", final, catch, variadic)]
    fn describe(this: &Lamp, words: Vec<String>) -> Result<String, JsValue>;
    #[wasm_bindgen(method, js_namespace = ["very", "deep"], js_class = "Lamp", structural, js_name = "describe")]
    fn describe_itself(this: &Lamp, word: &str) -> String;
    #[wasm_bindgen(method, getter, js_namespace = ["very", "deep"], js_class = "Lamp", final, js_name = "power")]
    fn real_power(this: &Lamp) -> u32;
    #[wasm_bindgen(method, setter, js_namespace = ["very", "deep"], js_class = "Lamp", final, js_name = "power")]
    fn set_real_power(this: &Lamp, power: u32);
    #[wasm_bindgen(static_method_of = Lamp, js_namespace = ["very", "deep"], js_class = "Lamp")]
    fn make(power: u32) -> Option<Lamp>;
    #[wasm_bindgen(static_method_of = Lamp, js_namespace = ["very", "deep"], js_class = "Lamp", getter)]
    fn count() -> u32;

    #[wasm_bindgen(js_namespace = ["very", "deep"], js_name = "Torch")]
    type Torch;
    #[wasm_bindgen(static_method_of = Torch, js_namespace = ["very", "deep"], js_class = "Torch")]
    fn make(power: u32) -> String;

    #[wasm_bindgen(thread_local_v2, js_namespace = ["very", "deep"], js_name = "LEVEL")]
    static LEVEL: Option<u32>;
    #[wasm_bindgen(thread_local_v2, js_namespace = ["very", "deep"], js_name = "not there")]
    static NOT_THERE: Option<JsValue>;
}

/// Variadic functions of a namespace, some of which throw.
#[wasm_bindgen]
pub fn join_all(separator: &str, parts: Vec<JsValue>) -> Result<String, JsValue> {
    join(separator, parts)
}

/// The same with numbers; an error becomes a text.
#[wasm_bindgen]
pub fn sum_all(first: f64, rest: Vec<f64>) -> String {
    match sum(first, &rest) {
        Ok(value) => format!("{value}"),
        Err(error) => format!("Err {error:?}"),
    }
}

/// A class in a namespace, with members of every kind.
#[wasm_bindgen]
pub fn use_lamp(powers: Vec<u32>) -> Result<String, JsValue> {
    let lamp = Lamp::new(&powers)?;
    let before = lamp.power();
    lamp.set_power(before + 1)?;
    lamp.set_real_power(lamp.real_power() + 10);
    let real = lamp.describe(vec![String::from("a"), String::from("b")])?;
    let made = Lamp::make(3).map(|lamp| lamp.power());
    let none = Lamp::make(0).is_none();
    Ok(format!(
        "{before} {} {real} {} {made:?} {none} {} {}",
        lamp.power(),
        lamp.describe_itself("c"),
        Torch::make(4),
        Lamp::count(),
    ))
}

/// Statics of a namespace that are there or not.
#[wasm_bindgen]
pub fn levels() -> String {
    let level = LEVEL.with(|level| *level);
    format!("{level:?} {:?}", NOT_THERE.with(Option::is_some))
}

/// Two exported classes in namespaces with a static function of the same name.
#[wasm_bindgen(js_namespace = ["shapes", "round"], js_name = "Shape")]
pub struct Circle {
    pub radius: f64,
}

#[wasm_bindgen(js_namespace = ["shapes", "round"], js_class = "Shape")]
impl Circle {
    /// Make one.
    #[wasm_bindgen(constructor)]
    pub fn new(radius: f64) -> Circle {
        Circle { radius }
    }

    /// Make one of standard size.
    #[wasm_bindgen(js_name = "standard")]
    pub fn standard() -> Circle {
        Circle { radius: 1.0 }
    }

    /// Its size.
    #[wasm_bindgen(getter)]
    pub fn size(&self) -> f64 {
        self.radius * 2.0
    }
}

#[wasm_bindgen(js_namespace = ["shapes", "angular"], js_name = "Shape")]
pub struct Square {
    pub side: f64,
}

#[wasm_bindgen(js_namespace = ["shapes", "angular"], js_class = "Shape")]
impl Square {
    /// Make one of standard size.
    #[wasm_bindgen(js_name = "standard")]
    pub fn standard() -> Square {
        Square { side: 2.0 }
    }

    /// Its size.
    #[wasm_bindgen(getter)]
    pub fn size(&self) -> f64 {
        self.side
    }

    /// Set that.
    #[wasm_bindgen(setter)]
    pub fn set_size(&mut self, size: f64) {
        self.side = size;
    }
}

/// A function with the name of a class's static, in the same namespace.
#[wasm_bindgen(js_namespace = ["shapes", "round"], js_name = "standard")]
pub fn standard(radius: f64) -> f64 {
    radius
}

/// A function with a variadic last parameter.
#[wasm_bindgen(variadic, js_namespace = ["shapes"])]
pub fn total(first: f64, rest: Vec<f64>) -> f64 {
    first + rest.iter().sum::<f64>()
}

/// A circle or a square: the wrong one is refused.
#[wasm_bindgen]
pub fn radius_of(circle: &Circle) -> f64 {
    circle.radius
}
