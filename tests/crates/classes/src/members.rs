//! Members of every kind.

use std::cell::Cell;
use std::collections::BTreeMap;
use wasm_bindgen::prelude::*;

thread_local! {
    static COUNT: Cell<u32> = const { Cell::new(7) };
}

/// A struct with indexing members and static accessors.
#[wasm_bindgen]
#[derive(Default)]
pub struct Shelf {
    items: BTreeMap<u32, String>,
}

#[wasm_bindgen]
impl Shelf {
    /// Make an empty one.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Shelf {
        Shelf::default()
    }

    /// The item in a place.
    #[wasm_bindgen(indexing_getter)]
    pub fn item(&self, place: u32) -> Option<String> {
        self.items.get(&place).cloned()
    }

    /// Put an item into a place.
    #[wasm_bindgen(indexing_setter)]
    pub fn put(&mut self, place: u32, item: String) {
        self.items.insert(place, item);
    }

    /// Take an item out.
    #[wasm_bindgen(indexing_deleter)]
    pub fn drop_item(&mut self, place: u32) {
        self.items.remove(&place);
    }

    /// A static getter.
    #[wasm_bindgen(getter)]
    pub fn count() -> u32 {
        COUNT.with(Cell::get)
    }

    /// A static setter.
    #[wasm_bindgen(setter)]
    pub fn set_count(count: u32) {
        COUNT.with(|cell| cell.set(count));
    }

    /// A static setter without a getter.
    #[wasm_bindgen(setter)]
    pub fn set_twice(count: u32) {
        COUNT.with(|cell| cell.set(2 * count));
    }

    /// A method under a computed name.
    #[wasm_bindgen(js_name = "[Symbol.toPrimitive]")]
    pub fn primitive(&self, hint: String) -> String {
        format!("a shelf as a {hint}")
    }
}

/// A struct that shows its fields.
#[wasm_bindgen(inspectable)]
pub struct Card {
    pub suit: u8,
    #[wasm_bindgen(getter_with_clone)]
    pub label: String,
    #[wasm_bindgen(readonly)]
    pub worth: f64,
    #[wasm_bindgen(js_name = "isHidden")]
    pub hidden: Option<bool>,
    #[wasm_bindgen(skip)]
    pub secret: u32,
}

#[wasm_bindgen]
impl Card {
    /// Make one.
    #[wasm_bindgen(constructor)]
    pub fn new(suit: u8) -> Card {
        Card { suit, label: String::from("ace"), worth: 11.5, hidden: None, secret: 5 }
    }

    /// Is shown too.
    #[wasm_bindgen(getter)]
    pub fn double(&self) -> u64 {
        2 * u64::from(self.suit)
    }
}

/// Gets `this` first.
#[wasm_bindgen(this)]
pub fn who(this: &JsValue, number: u32) -> String {
    format!("{this:?} {number}")
}

/// The function `who` as a value cannot be made in Rust; this calls the method of an object.
#[wasm_bindgen]
pub fn call_method(object: &JsValue, number: u32) -> Result<JsValue, JsValue> {
    Caller::unchecked(object).who(number)
}

#[wasm_bindgen]
extern "C" {
    type Caller;
    #[wasm_bindgen(method, catch)]
    fn who(this: &Caller, number: u32) -> Result<JsValue, JsValue>;
}

impl Caller {
    fn unchecked(value: &JsValue) -> Caller {
        value.clone().unchecked_into()
    }
}

/// Fields of every type.
#[wasm_bindgen(getter_with_clone)]
pub struct Fields {
    pub i8_: i8,
    pub u16_: u16,
    pub i32_: i32,
    pub u64_: u64,
    pub i128_: i128,
    pub f32_: f32,
    pub f64_: f64,
    pub bool_: bool,
    pub char_: char,
    pub text: String,
    pub value: JsValue,
    pub card: Option<Shared>,
    pub bytes: Vec<u8>,
    pub texts: Vec<String>,
    pub shared: Vec<Shared>,
    pub level: Option<u32>,
    pub wide: Option<i64>,
    pub nothing: wasm_bindgen::Nullable<f64>,
}

/// A struct that can be copied.
#[wasm_bindgen]
#[derive(Clone)]
pub struct Shared {
    pub number: u32,
}

#[wasm_bindgen]
impl Shared {
    /// Make one.
    #[wasm_bindgen(constructor)]
    pub fn new(number: u32) -> Shared {
        Shared { number }
    }
}

/// Some fields.
#[wasm_bindgen]
pub fn fields() -> Fields {
    Fields {
        i8_: -1,
        u16_: 2,
        i32_: -3,
        u64_: u64::MAX,
        i128_: i128::MIN,
        f32_: 0.5,
        f64_: -0.25,
        bool_: true,
        char_: 'é',
        text: String::from("text"),
        value: JsValue::NULL,
        card: None,
        bytes: vec![1, 2],
        texts: vec![String::from("a")],
        shared: vec![Shared { number: 1 }],
        level: None,
        wide: Some(-5),
        nothing: wasm_bindgen::Nullable::Null,
    }
}
