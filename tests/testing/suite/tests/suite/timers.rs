//! Tests that wait for the timers of the host.

use core::cell::{Cell, RefCell};
use core::panic::AssertUnwindSafe;
use js_sys::{Date, Function, Promise};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{future_to_promise, spawn_local, JsFuture};
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, ms: i32) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);
    #[wasm_bindgen(js_name = setInterval)]
    fn set_interval(callback: &Closure<dyn FnMut()>, ms: i32) -> JsValue;
    #[wasm_bindgen(js_name = clearInterval)]
    fn clear_interval(timer: &JsValue);
}

pub async fn sleep(ms: i32) -> JsValue {
    let promise = Promise::new(&mut |resolve, _| {
        set_timeout(&resolve, ms);
    });
    JsFuture::from(promise).await.unwrap()
}

#[wasm_bindgen_test]
async fn waits_for_a_timer() {
    let start = Date::now();
    assert_eq!(sleep(20).await, JsValue::UNDEFINED);
    let passed = Date::now() - start;
    assert!((18.0..5000.0).contains(&passed), "{passed} ms");
}

#[wasm_bindgen_test]
async fn timers_come_in_order() {
    let order = Rc::new(RefCell::new(Vec::new()));
    for ms in [30, 10, 20] {
        let order = Rc::clone(&order);
        spawn_local(async move {
            sleep(ms).await;
            order.borrow_mut().push(ms);
        });
    }
    sleep(60).await;
    assert_eq!(*order.borrow(), [10, 20, 30]);
}

#[wasm_bindgen_test]
async fn a_cleared_timer_never_comes() {
    let called = Rc::new(Cell::new(false));
    let note = AssertUnwindSafe(Rc::clone(&called));
    let callback = Closure::once_into_js(move || {
        let note = &note;
        note.set(true);
    });
    let timer = set_timeout(callback.unchecked_ref(), 5);
    clear_timeout(&timer);
    sleep(20).await;
    assert!(!called.get());
}

#[wasm_bindgen_test]
async fn an_interval_comes_until_it_is_cleared() {
    let count = Rc::new(Cell::new(0));
    let note = Rc::clone(&count);
    let callback = Closure::<dyn FnMut()>::own_aborting(move || note.set(note.get() + 1));
    let timer = set_interval(&callback, 2);
    while count.get() < 3 {
        sleep(1).await;
    }
    clear_interval(&timer);
    let before = count.get();
    sleep(10).await;
    assert_eq!(count.get(), before);
}

#[wasm_bindgen_test]
async fn fails_after_a_timer() {
    console_log!("before the timer");
    sleep(5).await;
    console_log!("after the timer");
    assert_eq!(suite::double(2), 5, "late");
}

#[wasm_bindgen_test]
async fn gives_err_after_a_timer() -> Result<(), JsValue> {
    sleep(5).await;
    Err(JsValue::from("too late"))
}

#[wasm_bindgen_test]
#[should_panic(expected = "as it should, late")]
async fn panics_as_expected_after_a_timer() {
    sleep(5).await;
    panic!("as it should, late");
}

#[wasm_bindgen_test]
async fn waits_for_the_first_of_two() {
    let quick = future_to_promise(async {
        sleep(5).await;
        Ok(JsValue::from("quick"))
    });
    let slow = future_to_promise(async { Ok(sleep(40).await) });
    let first = JsFuture::from(Promise::race(&js_sys::Array::of2(&quick, &slow))).await;
    assert_eq!(first, Ok(JsValue::from("quick")));
}
