//! Structs: fields of several types, `Option`, `Vec` and `Result` of them.

use crate::enums::Color;
use wasm_bindgen::prelude::*;

/// A point of a picture.
#[wasm_bindgen]
#[derive(Clone)]
pub struct Point {
    /// To the right, in pixels.
    pub x: f64,
    /// Down, in pixels.
    pub y: f64,
    /// Its colour.
    pub color: Color,
    /// A big number.
    pub id: u64,
    /// Nothing, or a depth.
    pub depth: Option<f64>,
    /// Cannot be written.
    #[wasm_bindgen(readonly)]
    pub born: u32,
    /// A text, copied when read.
    #[wasm_bindgen(getter_with_clone)]
    pub label: String,
    /// Another name in JavaScript.
    #[wasm_bindgen(js_name = "isHidden")]
    pub hidden: bool,
    /// Not seen by the host.
    #[wasm_bindgen(skip)]
    pub secret: u32,
}

#[wasm_bindgen]
impl Point {
    /// Make one.
    #[wasm_bindgen(constructor)]
    pub fn new(x: f64, y: f64) -> Result<Point, JsError> {
        if x.is_nan() || y.is_nan() {
            return Err(JsError::new("not a number"));
        }
        Ok(Point::at(x, y))
    }

    /// The point where both coordinates are zero.
    pub fn origin() -> Point {
        Point::at(0.0, 0.0)
    }

    /// Its distance from another one.
    pub fn distance(&self, other: &Point) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// A new one in the middle.
    #[wasm_bindgen(js_name = "midPoint")]
    pub fn mid_point(&self, other: &Point) -> Point {
        Point::at((self.x + other.x) / 2.0, (self.y + other.y) / 2.0)
    }

    /// Both coordinates.
    #[wasm_bindgen(getter)]
    pub fn pair(&self) -> Vec<f64> {
        vec![self.x, self.y]
    }

    /// Set both coordinates.
    #[wasm_bindgen(setter)]
    pub fn set_pair(&mut self, pair: Vec<f64>) -> Result<(), JsError> {
        let [x, y] = pair[..] else {
            return Err(JsError::new("a pair has two numbers"));
        };
        (self.x, self.y) = (x, y);
        Ok(())
    }

    fn at(x: f64, y: f64) -> Point {
        Point {
            x,
            y,
            color: Color::Red,
            id: u64::MAX,
            depth: None,
            born: 1999,
            label: String::from("point"),
            hidden: false,
            secret: 0,
        }
    }
}

/// Give the point back.
#[wasm_bindgen]
pub fn echo_point(value: Point) -> Point {
    value
}

/// Give the point back, or nothing for nothing.
#[wasm_bindgen]
pub fn echo_option_point(value: Option<Point>) -> Option<Point> {
    value
}

/// Give the points back.
#[wasm_bindgen]
pub fn echo_vec_point(values: Vec<Point>) -> Vec<Point> {
    values
}

/// A point as a JavaScript value.
#[wasm_bindgen]
pub fn point_value(x: f64) -> JsValue {
    JsValue::from(Point::at(x, 0.0))
}

/// An optional point, or an `Err`.
#[wasm_bindgen]
pub fn result_point(present: bool, fail: bool) -> Result<Option<Point>, JsError> {
    if fail {
        return Err(JsError::new("asked to fail"));
    }
    Ok(present.then(Point::origin))
}
