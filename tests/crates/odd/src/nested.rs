//! Options in vectors in options, results of classes.

use wasm_bindgen::prelude::*;

/// A number with a name.
#[wasm_bindgen(getter_with_clone)]
#[derive(Clone)]
pub struct Named {
    pub number: u32,
    pub name: Option<String>,
    pub more: Option<Vec<Named>>,
}

#[wasm_bindgen]
impl Named {
    /// Make one.
    #[wasm_bindgen(constructor)]
    pub fn new(number: u32, name: Option<String>) -> Result<Named, JsError> {
        if number > 100 {
            return Err(JsError::new(&format!("{number} is too large")));
        }
        Ok(Named { number, name, more: None })
    }

    /// One like it, perhaps.
    pub fn other(&self, number: i32) -> Result<Option<Named>, JsError> {
        match number {
            0 => Ok(None),
            1.. => Ok(Some(Named { number: number as u32, name: None, more: None })),
            _ => Err(JsError::new("negative")),
        }
    }

    /// Both in one.
    pub fn merged(self, other: Option<Named>) -> Result<Vec<Named>, JsValue> {
        match other {
            Some(other) if other.number == self.number => Err(self.into()),
            Some(other) => Ok(vec![self, other]),
            None => Ok(vec![]),
        }
    }
}

/// Values, of which some are undefined.
#[wasm_bindgen]
pub fn some_of(values: Option<Vec<JsValue>>) -> Option<Vec<JsValue>> {
    let values = values?;
    Some(values.into_iter().filter(|value| !value.is_null()).collect())
}

/// Text in every position in which it may be absent.
#[wasm_bindgen]
pub fn texts(
    first: Option<String>,
    second: Option<Vec<String>>,
) -> Result<Option<Vec<String>>, JsError> {
    match (first, second) {
        (Some(first), Some(second)) if first == "throw" => Err(JsError::new(&second.join("+"))),
        (Some(first), Some(second)) => {
            Ok(Some(second.into_iter().map(|text| format!("{first}{text}")).collect()))
        }
        (None, second) => Ok(second),
        (Some(_), None) => Ok(None),
    }
}

/// Objects in a vector that may be absent.
#[wasm_bindgen]
pub fn numbers_of(named: Option<Vec<Named>>) -> Option<Vec<u32>> {
    named.map(|named| named.iter().map(|one| one.number).collect())
}

/// An object, a vector or nothing as a value.
#[wasm_bindgen]
pub fn as_value(number: u32) -> JsValue {
    match number {
        0 => JsValue::from(None::<Named>),
        1 => JsValue::from(Named { number, name: None, more: None }),
        2 => JsValue::from(Some(String::from("two"))),
        3 => JsValue::from(vec![Named { number, name: None, more: None }]),
        4 => JsValue::from(vec![1_u8, 2]),
        5 => JsValue::from(vec![String::from("five")]),
        6 => JsValue::from(u64::MAX),
        7 => JsValue::from(i128::MIN),
        8 => JsValue::from(Some(1.5_f32)),
        9 => JsValue::from(vec![Some(1.0), None].into_iter().map(JsValue::from).collect::<Vec<_>>()),
        _ => JsValue::from(usize::MAX),
    }
}

/// A value back as an object, if it is one.
#[wasm_bindgen]
pub fn number_of(value: JsValue) -> Result<u32, JsValue> {
    use wasm_bindgen::convert::TryFromJsValue;
    Named::try_from_js_value(value).map(|named| named.number)
}

/// The same without taking it.
#[wasm_bindgen]
pub fn copy_of(value: &JsValue) -> Option<Named> {
    use wasm_bindgen::convert::TryFromJsValue;
    Named::try_from_js_value_ref(value)
}

/// A struct with itself inside.
#[wasm_bindgen]
pub fn nest(named: &Named, depth: u32) -> Named {
    let mut found = named.clone();
    for _ in 0..depth {
        found = Named { number: found.number + 1, name: None, more: Some(vec![found]) };
    }
    found
}
