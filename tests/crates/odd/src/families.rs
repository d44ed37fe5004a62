//! Classes of the host that extend one another, and what a cast to them finds.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[derive(Clone)]
    type Base;
    #[wasm_bindgen(method)]
    fn who(this: &Base) -> String;

    #[wasm_bindgen(extends = Base)]
    #[derive(Clone)]
    type Middle;
    #[wasm_bindgen(method, js_name = "who")]
    fn who_middle(this: &Middle) -> String;

    #[wasm_bindgen(extends = Middle, extends = Base)]
    #[derive(Clone)]
    type Leaf;
    #[wasm_bindgen(constructor)]
    fn new(name: &str) -> Leaf;
    #[wasm_bindgen(method, r#final, js_class = "Base", js_name = "who")]
    fn who_base(this: &Leaf) -> String;

    /// A class that the host may not have.
    #[wasm_bindgen(vendor_prefix = webkit, vendor_prefix = moz)]
    type Fancy;
    #[wasm_bindgen(constructor, catch)]
    fn new(n: u32) -> Result<Fancy, JsValue>;
    #[wasm_bindgen(static_method_of = Fancy, catch)]
    fn make(n: u32) -> Result<Fancy, JsValue>;
    #[wasm_bindgen(method, getter, r#final)]
    fn size(this: &Fancy) -> u32;

    #[wasm_bindgen(typescript_type = "Array<[string, number]>")]
    type Pairs;
    #[wasm_bindgen(typescript_type = "{ kind: 'a' } | null", is_type_of = is_kind)]
    type Kind;
}

fn is_kind(value: &JsValue) -> bool {
    js_sys::Reflect::get(value, &"kind".into()).is_ok_and(|kind| kind == "a")
}

/// What a value is, and what a failed cast gives back.
#[wasm_bindgen]
pub fn casts(value: JsValue) -> String {
    let given = value.clone();
    let found = match value.dyn_into::<Leaf>() {
        Ok(leaf) => {
            let middle: &Middle = leaf.as_ref();
            let base: &Base = middle.as_ref();
            format!("leaf {} {} {}", base.who(), middle.who_middle(), leaf.who_base())
        }
        Err(value) => match value.dyn_into::<Middle>() {
            Ok(middle) => format!("middle {} {}", middle.who(), middle.clone().dyn_into::<Leaf>().is_ok()),
            Err(value) if value == given => match value.dyn_ref::<Base>() {
                Some(base) => format!("base {}", base.who()),
                None => String::from("none"),
            },
            Err(_) => String::from("another value"),
        },
    };
    format!("{found} {} {}", given.is_instance_of::<Fancy>(), given.has_type::<Kind>())
}

/// Make one, and pass it on as its grandparent.
#[wasm_bindgen]
pub fn leaf(name: &str) -> JsValue {
    let base: Base = Leaf::new(name).into();
    base.into()
}

/// A class under one of three names.
#[wasm_bindgen]
pub fn fancy(n: u32) -> Result<u32, JsValue> {
    let made = Fancy::new(n)?;
    Ok(made.size() + Fancy::make(n)?.size())
}

/// A static function of that class.
#[wasm_bindgen]
pub fn fancy_made(n: u32) -> Result<JsValue, JsValue> {
    Fancy::make(n).map(Into::into)
}

/// Types that only TypeScript knows.
#[wasm_bindgen]
pub fn first_pair(pairs: &Pairs) -> Option<Kind> {
    let pairs: &js_sys::Array = pairs.unchecked_ref();
    pairs.get(0).dyn_into::<Kind>().ok()
}
