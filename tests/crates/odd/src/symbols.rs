//! Members and imports under computed names: `[Symbol.iterator]` and its kin.

use wasm_bindgen::prelude::*;

/// Counts down.
#[wasm_bindgen]
pub struct Countdown {
    from: u32,
    closed: bool,
    tag: String,
}

#[wasm_bindgen]
impl Countdown {
    /// Make one.
    #[wasm_bindgen(constructor)]
    pub fn new(from: u32) -> Countdown {
        Countdown { from, closed: false, tag: String::from("Countdown") }
    }

    /// Walk over it.
    #[wasm_bindgen(js_name = "[Symbol.iterator]")]
    pub fn iter(&self) -> Steps {
        Steps { left: self.from }
    }

    /// Walk over it, each step a promise.
    #[wasm_bindgen(js_name = "[Symbol.asyncIterator]")]
    pub fn async_iter(&self) -> AsyncSteps {
        AsyncSteps { left: self.from }
    }

    /// Is what a number is made of.
    #[wasm_bindgen(js_name = "[Symbol.toPrimitive]")]
    pub fn primitive(&self, hint: &str) -> JsValue {
        match hint {
            "number" => JsValue::from(self.from),
            _ => JsValue::from(format!("{} from {}", hint, self.from)),
        }
    }

    /// What `Object.prototype.toString` says.
    #[wasm_bindgen(getter, js_name = "[Symbol.toStringTag]")]
    pub fn tag(&self) -> String {
        self.tag.clone()
    }

    /// Change that.
    #[wasm_bindgen(setter, js_name = "[Symbol.toStringTag]")]
    pub fn set_tag(&mut self, tag: String) {
        self.tag = tag;
    }

    /// The glue has `free` under this symbol, whatever Rust says.
    #[wasm_bindgen(js_name = "[Symbol.dispose]")]
    pub fn dispose(&mut self) {
        self.closed = true;
    }

    /// Close it, some time.
    #[wasm_bindgen(js_name = "[Symbol.asyncDispose]")]
    pub async fn close_later(self) -> String {
        format!("closed at {}", self.from)
    }

    /// Whether it was closed.
    #[wasm_bindgen(getter, js_name = "$closed")]
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Set that.
    #[wasm_bindgen(setter, js_name = "$closed")]
    pub fn set_closed(&mut self, closed: bool) {
        self.closed = closed;
    }

    /// A name that is a keyword in Python.
    pub fn pass(&self) -> u32 {
        self.from
    }

    /// A name that looks private in Python.
    #[wasm_bindgen(js_name = "_secret")]
    pub fn secret(&self) -> u32 {
        self.from * 2
    }

    /// What `instanceof` asks.
    #[wasm_bindgen(js_name = "[Symbol.hasInstance]")]
    pub fn has_instance(value: &JsValue) -> bool {
        value.as_f64() == Some(5.0)
    }

    /// A static getter under a symbol.
    #[wasm_bindgen(getter, js_name = "[Symbol.species]")]
    pub fn species() -> String {
        String::from("the species")
    }

    /// A static method with a name that Python has not.
    #[wasm_bindgen(js_name = "of$two")]
    pub fn of_two() -> Countdown {
        Countdown::new(2)
    }
}

/// An iterator that Rust makes.
#[wasm_bindgen]
pub struct Steps {
    left: u32,
}

#[wasm_bindgen]
impl Steps {
    /// The next step.
    pub fn next(&mut self) -> Step {
        let value = self.left;
        self.left = value.saturating_sub(1);
        Step { value, done: value == 0 }
    }
}

/// One step.
#[wasm_bindgen]
pub struct Step {
    pub value: u32,
    pub done: bool,
}

/// An async iterator that Rust makes.
#[wasm_bindgen]
pub struct AsyncSteps {
    left: u32,
}

#[wasm_bindgen]
impl AsyncSteps {
    /// The next step.
    pub fn next(&mut self) -> js_sys::Promise {
        let value = self.left;
        self.left = value.saturating_sub(1);
        let step = JsValue::from(Step { value, done: value == 0 });
        js_sys::Promise::resolve(&step)
    }
}

#[wasm_bindgen]
extern "C" {
    type Walk;
    #[wasm_bindgen(method, js_name = "[Symbol.iterator]")]
    fn walk(this: &Walk) -> js_sys::Iterator;
    #[wasm_bindgen(method, getter, js_name = "[Symbol.toStringTag]")]
    fn tag(this: &Walk) -> JsValue;
    #[wasm_bindgen(method, setter, js_name = "[Symbol.toStringTag]")]
    fn set_tag(this: &Walk, tag: &str);
    #[wasm_bindgen(method, catch, js_name = "deep.er.dig")]
    fn dig(this: &Walk, by: u32) -> Result<u32, JsValue>;
    #[wasm_bindgen(method, getter, js_name = "deep.er.level")]
    fn level(this: &Walk) -> Option<u32>;
    #[wasm_bindgen(method, setter, js_name = "deep.er.level")]
    fn set_level(this: &Walk, level: u32);

    #[wasm_bindgen(js_namespace = tools, js_name = "[Symbol.search]")]
    fn search(text: &str) -> u32;

    type Tool;
    #[wasm_bindgen(static_method_of = Tool, js_name = "[Symbol.hasInstance]")]
    fn has_instance(value: &JsValue) -> bool;
    #[wasm_bindgen(static_method_of = Tool, getter, js_name = "[Symbol.species]")]
    fn species() -> JsValue;
    #[wasm_bindgen(static_method_of = Tool, setter, js_name = "[Symbol.species]")]
    fn set_species(value: &JsValue);
}

/// Walk over a value of the host.
#[wasm_bindgen]
pub fn walk_over(value: &JsValue) -> Result<Vec<JsValue>, JsValue> {
    let walk: &Walk = value.unchecked_ref();
    walk.walk().into_iter().collect()
}

/// Read and write the tag of a value of the host.
#[wasm_bindgen]
pub fn retag(value: &JsValue, tag: &str) -> JsValue {
    let walk: &Walk = value.unchecked_ref();
    let before = walk.tag();
    walk.set_tag(tag);
    before
}

/// Follow a path of names.
#[wasm_bindgen]
pub fn dig(value: &JsValue, by: u32) -> Result<String, JsValue> {
    let walk: &Walk = value.unchecked_ref();
    let before = walk.level();
    walk.set_level(by);
    Ok(format!("{before:?} {:?} {}", walk.level(), walk.dig(by)?))
}

/// Functions of a namespace and of a class under symbols.
#[wasm_bindgen]
pub fn use_tools(value: &JsValue) -> String {
    let species = Tool::species();
    Tool::set_species(value);
    format!("{} {} {species:?} {:?}", search("abc"), Tool::has_instance(value), Tool::species())
}

/// How the glue shows a value of Rust to Rust.
#[wasm_bindgen]
pub fn shown(value: &JsValue) -> String {
    format!("{value:?}")
}
