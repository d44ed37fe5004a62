//! Imports of every kind: classes, statics, names, attributes.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// A class of the host with a parent.
    #[wasm_bindgen(js_name = "Lamp")]
    #[derive(Clone)]
    type Light;
    #[wasm_bindgen(extends = Light, js_name = "Torch", no_deref)]
    type Flashlight;

    #[wasm_bindgen(constructor, js_class = "Lamp", catch)]
    fn new(power: u32) -> Result<Light, JsValue>;
    #[wasm_bindgen(constructor, js_class = "Torch")]
    fn new(power: u32) -> Flashlight;

    #[wasm_bindgen(static_method_of = Light, js_class = "Lamp")]
    fn count() -> u32;
    #[wasm_bindgen(static_method_of = Light, js_class = "Lamp", variadic)]
    fn sum(powers: &[f64]) -> f64;
    #[wasm_bindgen(static_method_of = Light, js_class = "Lamp", getter)]
    fn brand() -> String;
    #[wasm_bindgen(static_method_of = Light, js_class = "Lamp", setter)]
    fn set_brand(brand: &str);
    #[wasm_bindgen(static_method_of = Light, js_class = "Lamp", indexing_getter)]
    fn entry(name: &str) -> JsValue;
    #[wasm_bindgen(static_method_of = Light, js_class = "Lamp", indexing_setter)]
    fn set_entry(name: &str, value: &JsValue);
    #[wasm_bindgen(static_method_of = Light, js_class = "Lamp", indexing_deleter)]
    fn delete_entry(name: &str);

    #[wasm_bindgen(method, js_class = "Lamp", getter)]
    fn power(this: &Light) -> u32;
    #[wasm_bindgen(method, js_class = "Lamp", setter)]
    fn set_power(this: &Light, power: u32);
    #[wasm_bindgen(method, js_class = "Lamp", getter = on, structural)]
    fn is_on(this: &Light) -> bool;
    #[wasm_bindgen(method, js_class = "Lamp", setter = on, structural)]
    fn switch(this: &Light, on: bool);
    #[wasm_bindgen(method, js_class = "Lamp", catch, js_name = "dimBy")]
    fn dim(this: &Light, by: u32) -> Result<u32, JsValue>;
    #[wasm_bindgen(method, js_class = "Lamp", r#final)]
    fn describe(this: &Light) -> String;
    #[wasm_bindgen(method, js_class = "Lamp", variadic)]
    fn blink(this: &Light, times: Vec<u32>) -> u32;
    #[wasm_bindgen(method, js_class = "Lamp", indexing_getter)]
    fn part(this: &Light, name: &str) -> Option<u32>;
    #[wasm_bindgen(method, js_class = "Lamp", indexing_setter, catch)]
    fn set_part(this: &Light, name: &str, value: u32) -> Result<(), JsValue>;
    #[wasm_bindgen(method, js_class = "Lamp", indexing_deleter)]
    fn remove_part(this: &Light, name: &str);

    #[wasm_bindgen(thread_local_v2, js_name = "VERSION")]
    static THE_VERSION: String;
    #[wasm_bindgen(thread_local_v2)]
    static SETTINGS: JsValue;
    #[wasm_bindgen(thread_local_v2)]
    static MISSING: Option<String>;
    #[wasm_bindgen(thread_local_v2, js_namespace = ["deep", "er"])]
    static DEPTH: u32;

    #[wasm_bindgen(js_namespace = ["deep", "er"], js_name = "dig")]
    fn dig_deep(by: u32) -> u32;
    #[wasm_bindgen(js_name = "not-a-name")]
    fn oddly_named() -> u32;
    #[wasm_bindgen(vendor_prefix = webkit, js_name = "Prefixed")]
    type Prefixed;
    #[wasm_bindgen(method)]
    fn go(this: &Prefixed);

    #[wasm_bindgen(is_type_of = JsValue::is_string, typescript_type = "string")]
    type Text;
}

/// Use everything that a class of the host has; gives what was read, line by line.
#[wasm_bindgen]
pub fn use_light() -> Result<String, JsValue> {
    let light = Light::new(40)?;
    light.set_power(light.power() + 2);
    light.switch(!light.is_on());
    let dimmed = light.dim(2)?;
    light.set_part("bulb", 3)?;
    let part = light.part("bulb");
    light.remove_part("bulb");
    Ok(format!(
        "{} {} {dimmed} {part:?} {:?} {} {}",
        light.power(),
        light.is_on(),
        light.part("bulb"),
        light.describe(),
        light.blink(vec![1, 2, 3]),
    ))
}

/// Use what belongs to the class itself.
#[wasm_bindgen]
pub fn use_class(value: &JsValue) -> String {
    Light::set_brand(&format!("{}!", Light::brand()));
    Light::set_entry("kept", value);
    let kept = Light::entry("kept");
    Light::delete_entry("kept");
    let gone = Light::entry("kept");
    format!("{} {} {} {kept:?} {gone:?}", Light::count(), Light::sum(&[1.0, 2.5]), Light::brand())
}

/// An error of the host's constructor is an `Err`.
#[wasm_bindgen]
pub fn bad_light() -> Result<JsValue, JsValue> {
    Light::new(0).map(Into::into)
}

/// Which classes a value belongs to.
#[wasm_bindgen]
pub fn kinds_of(value: &JsValue) -> String {
    let kinds = [
        ("light", value.is_instance_of::<Light>()),
        ("torch", value.is_instance_of::<Flashlight>()),
        ("text", value.has_type::<Text>()),
        ("prefixed", value.is_instance_of::<Prefixed>()),
    ];
    let holding: Vec<&str> = kinds.iter().filter(|kind| kind.1).map(|kind| kind.0).collect();
    holding.join(" ")
}

/// A torch, as the light that it also is.
#[wasm_bindgen]
pub fn torch(power: u32) -> u32 {
    let torch = Flashlight::new(power);
    let light: &Light = torch.as_ref();
    light.power()
}

/// The statics of the host.
#[wasm_bindgen]
pub fn statics() -> String {
    let version = THE_VERSION.with(String::clone);
    let missing = MISSING.with(Option::clone);
    format!("{version} {:?} {missing:?} {}", SETTINGS.with(JsValue::clone), DEPTH.with(|d| *d))
}

/// Functions under other names.
#[wasm_bindgen]
pub fn named() -> u32 {
    dig_deep(3) + oddly_named()
}

/// Never called: a class that only some browsers have.
#[wasm_bindgen]
pub fn go(prefixed: &Prefixed) {
    prefixed.go();
}
