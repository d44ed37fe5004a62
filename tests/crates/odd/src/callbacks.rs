//! Closures that hold classes, and calls within calls.

use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;

use wasm_bindgen::prelude::*;

thread_local! {
    static DROPPED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// What was dropped since the last time, in order.
#[wasm_bindgen]
pub fn dropped() -> Vec<String> {
    DROPPED.with(|dropped| dropped.take())
}

/// Something that notes when it is dropped.
#[wasm_bindgen]
pub struct Token {
    name: String,
    uses: u32,
}

impl Drop for Token {
    fn drop(&mut self) {
        DROPPED.with(|dropped| dropped.borrow_mut().push(self.name.clone()));
    }
}

#[wasm_bindgen]
impl Token {
    /// Make one.
    #[wasm_bindgen(constructor)]
    pub fn new(name: String) -> Token {
        Token { name, uses: 0 }
    }

    /// How often it was used.
    #[wasm_bindgen(getter)]
    pub fn uses(&self) -> u32 {
        self.uses
    }

    /// Use it; the callback may use it too, or may not.
    pub fn use_with(&mut self, callback: &js_sys::Function) -> Result<JsValue, JsValue> {
        self.uses += 1;
        callback.call1(&JsValue::UNDEFINED, &JsValue::from(self.uses))
    }

    /// Look at it; the callback may look at it too.
    pub fn look_with(&self, callback: &js_sys::Function) -> Result<JsValue, JsValue> {
        callback.call1(&JsValue::UNDEFINED, &JsValue::from(self.uses))
    }

    /// Give it to a closure that lives on.
    pub fn into_closure(self) -> JsValue {
        Closure::<dyn FnMut(u32) -> String>::new(move |by: u32| {
            // What a panic would leave is its own affair.
            format!("{} {}", self.name, by + self.uses)
        })
        .into_js_value()
    }

    /// Give it to a closure that can be called once.
    pub fn into_once(self) -> JsValue {
        Closure::once_into_js(move || {
            let token = self;
            token
        })
    }
}

/// A closure over two objects that it shares with another closure.
#[wasm_bindgen]
pub fn counter_pair(token: Token) -> js_sys::Array {
    let shared = AssertUnwindSafe(Rc::new(RefCell::new(token)));
    let other = AssertUnwindSafe(Rc::clone(&shared));
    let up = Closure::<dyn FnMut() -> u32>::new(move || {
        let shared = &shared;
        shared.borrow_mut().uses += 1;
        shared.borrow().uses
    });
    let read = Closure::<dyn Fn() -> u32>::new(move || {
        let other = &other;
        other.borrow().uses
    });
    js_sys::Array::of(&[up.into_js_value(), read.into_js_value()])
}

/// Calls back while a closure of Rust runs that the host calls again.
#[wasm_bindgen]
pub fn nested_calls(callback: &js_sys::Function, depth: u32) -> Result<String, JsValue> {
    if depth == 0 {
        return Ok(String::from("."));
    }
    let inner = callback.call1(&JsValue::UNDEFINED, &JsValue::from(depth - 1))?;
    Ok(format!("{depth}{}", inner.as_string().unwrap_or_default()))
}

/// Gives an object to a callback and takes back what it gives.
#[wasm_bindgen]
pub fn hand_over(name: &str, callback: &js_sys::Function) -> Result<String, JsValue> {
    let token = Token::new(name.to_owned());
    let back = callback.call1(&JsValue::NULL, &token.into())?;
    Ok(format!("{:?}", back.as_string()))
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = calls, catch)]
    fn with_token(token: Token) -> Result<Token, JsValue>;
    #[wasm_bindgen(js_namespace = calls)]
    fn with_closure(work: &dyn Fn(Token) -> Option<Token>) -> u32;
    #[wasm_bindgen(js_namespace = calls)]
    fn with_mut(work: &mut dyn FnMut(u32) -> u32) -> u32;
    #[wasm_bindgen(js_namespace = calls, catch)]
    fn with_result(work: &dyn Fn(u32) -> Result<u32, JsError>) -> Result<u32, JsValue>;
}

/// An object goes to the host and comes back.
#[wasm_bindgen]
pub fn round_trip(name: &str) -> Result<Token, JsValue> {
    with_token(Token::new(name.to_owned()))
}

/// A closure that takes objects over.
#[wasm_bindgen]
pub fn lend_closure() -> u32 {
    with_closure(&|token| (token.uses == 0).then(|| Token { name: token.name.clone(), uses: 1 }))
}

/// A closure that changes what is around it.
#[wasm_bindgen]
pub fn lend_mut(start: u32) -> String {
    let mut sum = start;
    let mut changed = AssertUnwindSafe(&mut sum);
    let last = with_mut(&mut move |by| {
        **changed += by;
        **changed
    });
    format!("{sum} {last}")
}

/// A closure that fails.
#[wasm_bindgen]
pub fn lend_result() -> Result<u32, JsValue> {
    with_result(&|n| if n % 2 == 0 { Ok(n / 2) } else { Err(JsError::new("odd")) })
}

/// A panic while the host's values are held.
#[wasm_bindgen]
pub fn panic_with(values: Vec<JsValue>, token: Token) -> usize {
    let held = values.clone();
    assert!(token.uses > 0, "{} was not used, {} values", token.name, held.len());
    values.len()
}
