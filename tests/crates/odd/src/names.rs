//! Names that mean something to JavaScript or to Python, and members that JavaScript calls itself.

use js_sys::Function;
use wasm_bindgen::prelude::*;

/// Fields that are numbers.
#[wasm_bindgen]
pub struct Pair(pub u32, #[wasm_bindgen(getter_with_clone)] pub String);

#[wasm_bindgen]
impl Pair {
    /// Make one.
    #[wasm_bindgen(constructor)]
    pub fn new(first: u32, second: String) -> Pair {
        Pair(first, second)
    }
}

/// Names beyond ASCII.
#[wasm_bindgen]
pub struct Size {
    length: f64,
}

#[wasm_bindgen]
impl Size {
    /// Make one.
    #[wasm_bindgen(constructor)]
    pub fn new(length: f64) -> Size {
        Size { length }
    }

    #[wasm_bindgen(getter, js_name = "länge")]
    pub fn length(&self) -> f64 {
        self.length
    }

    #[wasm_bindgen(setter, js_name = "länge")]
    pub fn set_length(&mut self, length: f64) {
        self.length = length;
    }

    /// Twice as large.
    #[wasm_bindgen(js_name = "größer")]
    pub fn larger(&self) -> Size {
        Size { length: self.length * 2.0 }
    }
}

/// A name that JavaScript keeps for itself.
#[wasm_bindgen(js_name = "delete")]
pub fn delete_(count: u32) -> u32 {
    count + 1
}

/// One that Python keeps.
#[wasm_bindgen]
pub fn lambda(def: u32, with: Option<u32>) -> u32 {
    def + with.unwrap_or(0)
}

/// What JavaScript calls by itself.
#[wasm_bindgen]
pub struct Money {
    cents: i32,
}

#[wasm_bindgen]
impl Money {
    /// Make one.
    #[wasm_bindgen(constructor)]
    pub fn new(cents: i32) -> Money {
        Money { cents }
    }

    #[wasm_bindgen(js_name = toString)]
    pub fn to_text(&self) -> String {
        format!("{}.{:02}", self.cents / 100, self.cents % 100)
    }

    #[wasm_bindgen(js_name = valueOf)]
    pub fn value_of(&self) -> f64 {
        f64::from(self.cents) / 100.0
    }

    #[wasm_bindgen(js_name = toJSON)]
    pub fn to_json(&self) -> JsValue {
        let made = js_sys::Object::new();
        js_sys::Reflect::set(&made, &"cents".into(), &self.cents.into()).unwrap();
        made.into()
    }

    /// A static method.
    pub fn zero() -> Money {
        Money { cents: 0 }
    }

    /// A parameter named like what the bindings use.
    pub fn add(&mut self, this: i32, args: Option<i32>) -> i32 {
        self.cents += this + args.unwrap_or(0);
        self.cents
    }

    /// A getter that fails.
    #[wasm_bindgen(getter)]
    pub fn debt(&self) -> Result<i32, JsError> {
        if self.cents < 0 { Ok(-self.cents) } else { Err(JsError::new("no debt")) }
    }

    /// A setter that fails.
    #[wasm_bindgen(setter)]
    pub fn set_debt(&mut self, debt: i32) -> Result<(), JsError> {
        if debt < 0 {
            return Err(JsError::new("negative debt"));
        }
        self.cents = -debt;
        Ok(())
    }
}

/// An object that promises take for one of theirs.
#[wasm_bindgen]
pub struct Lazy {
    value: u32,
}

#[wasm_bindgen]
impl Lazy {
    /// Make one.
    #[wasm_bindgen(constructor)]
    pub fn new(value: u32) -> Lazy {
        Lazy { value }
    }

    /// Be awaited.
    pub fn then(&self, resolve: &Function, reject: &Function) -> Result<(), JsValue> {
        let function = if self.value == 0 { reject } else { resolve };
        function.call1(&JsValue::NULL, &self.value.into()).map(drop)
    }
}

/// Gives such an object, some time.
#[wasm_bindgen]
pub async fn lazy(value: u32) -> Lazy {
    Lazy { value }
}

/// Awaits whatever it gets.
#[wasm_bindgen]
pub async fn wait_for(value: JsValue) -> Result<JsValue, JsValue> {
    wasm_bindgen_futures::JsFuture::from(js_sys::Promise::resolve(&value)).await
}

/// Reads, writes and lists what an object has, as any JavaScript may.
#[wasm_bindgen]
pub fn reflect(object: &JsValue, key: &JsValue, value: &JsValue) -> Result<String, JsValue> {
    let has = js_sys::Reflect::has(object, key)?;
    let before = js_sys::Reflect::get(object, key)?;
    let done = js_sys::Reflect::set(object, key, value)?;
    let after = js_sys::Reflect::get(object, key)?;
    Ok(format!("{has} {before:?} {done} {after:?}"))
}

/// What an object is as text, as JSON and as a number.
#[wasm_bindgen]
pub fn as_all(object: &JsValue) -> Result<String, JsValue> {
    let text = js_sys::JsString::from(js_sys::Object::from(object.clone()).to_string());
    let json = js_sys::JSON::stringify(object)?;
    let name = js_sys::Reflect::get(object, &"constructor".into())
        .and_then(|class| js_sys::Reflect::get(&class, &"name".into()))?;
    Ok(format!("{text} {json} {} {name:?}", object.unchecked_into_f64()))
}
