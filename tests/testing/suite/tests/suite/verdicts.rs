//! Every verdict that needs no abort: what `wasm-bindgen-test-runner` on Node says is known.

use js_sys::{Error, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{console_error, console_log, wasm_bindgen_test};

#[wasm_bindgen_test]
fn passes() {
    assert_eq!(suite::double(2), 4);
}

#[wasm_bindgen_test]
fn panics() {
    console_log!("before the panic");
    assert_eq!(suite::double(2), 5, "twice two");
}

#[wasm_bindgen_test]
fn prints_and_panics() {
    console_log!("first line\nsecond line");
    console_error!("an error of its own");
    log_many("three", &JsValue::from(1.5), &JsValue::NULL);
    debug("a detail");
    warn("a warning");
    info("a note");
    panic!("after the output");
}

#[wasm_bindgen_test]
fn prints_and_passes() {
    console_log!("nobody sees this");
}

#[wasm_bindgen_test]
#[should_panic]
fn should_panic_and_does() {
    panic!("whatever");
}

#[wasm_bindgen_test]
#[should_panic]
fn should_panic_and_does_not() {
    console_log!("all is well");
}

#[wasm_bindgen_test]
#[should_panic(expected = "the right \"words\"")]
fn should_panic_as_expected() {
    panic!("these are the right \"words\" indeed");
}

#[wasm_bindgen_test]
#[should_panic(expected = "the right words")]
fn should_panic_otherwise() {
    panic!("quite another thing\nin two lines");
}

#[wasm_bindgen_test]
#[ignore]
fn ignored() {
    panic!("not run");
}

#[wasm_bindgen_test]
#[ignore = "takes too long"]
fn ignored_for_a_reason() {}

#[wasm_bindgen_test]
#[ignore]
#[should_panic]
fn ignored_but_should_panic() {
    panic!("run with --include-ignored");
}

#[wasm_bindgen_test]
fn gives_ok() -> Result<(), String> {
    Ok(())
}

#[wasm_bindgen_test]
fn gives_err() -> Result<(), String> {
    Err("a reason in \"quotes\"".into())
}

#[wasm_bindgen_test]
fn throws_a_text() {
    wasm_bindgen::throw_str("thrown text");
}

#[wasm_bindgen_test]
fn throws_an_error() {
    wasm_bindgen::throw_val(Error::new("thrown error").into());
}

#[wasm_bindgen_test]
fn throws_a_number() {
    wasm_bindgen::throw_val(JsValue::from(42));
}

#[wasm_bindgen_test]
async fn waits() {
    let value = JsFuture::from(Promise::resolve(&JsValue::from(7))).await;
    assert_eq!(value, Ok(JsValue::from(7)));
}

#[wasm_bindgen_test]
async fn waits_and_panics() {
    console_log!("before the wait");
    rest().await;
    console_log!("after the wait");
    panic!("late");
}

#[wasm_bindgen_test]
#[should_panic(expected = "as it should")]
async fn waits_and_panics_as_expected() {
    rest().await;
    panic!("as it should");
}

#[wasm_bindgen_test]
async fn waits_for_a_rejection() -> Result<(), JsValue> {
    JsFuture::from(Promise::reject(&JsValue::from("no"))).await?;
    Ok(())
}

#[wasm_bindgen_test(async)]
fn gives_a_future() -> impl std::future::Future<Output = ()> {
    rest()
}

mod inner {
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn passes() {}

    mod deeper {
        use wasm_bindgen_test::wasm_bindgen_test;

        #[wasm_bindgen_test]
        fn panics() {
            panic!("deep down");
        }
    }
}

async fn rest() {
    JsFuture::from(Promise::resolve(&JsValue::UNDEFINED)).await.unwrap();
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = log)]
    fn log_many(text: &str, number: &JsValue, null: &JsValue);
    #[wasm_bindgen(js_namespace = console)]
    fn debug(text: &str);
    #[wasm_bindgen(js_namespace = console)]
    fn info(text: &str);
    #[wasm_bindgen(js_namespace = console)]
    fn warn(text: &str);
}
