//! Everything that a Python package can say about a crate: types, words, shapes.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(typescript_custom_section)]
const SHAPES: &'static str = r#"
/** Where something is. */
export interface Point {
    /** To the right. */
    x: number;
    y: number;
    label?: string;
}

export interface Area {
    readonly corners: [Point, Point] | Point[];
    mode: "fast" | "safe";
    "max-size"?: number | undefined;
    origin: Point;
    tags: Array<string>;
    extra: any;
}
"#;

#[wasm_bindgen(typescript_custom_section)]
const REFUSED: &'static str = r#"
export interface Named extends Point { name: string; }
export type Visitor = (point: Point) => number;
export type Corner = Point;
"#;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "Point")]
    pub type Point;
    #[wasm_bindgen(method, getter, structural)]
    fn x(this: &Point) -> f64;
    #[wasm_bindgen(method, getter, structural)]
    fn y(this: &Point) -> f64;
    #[wasm_bindgen(typescript_type = "Area")]
    pub type Area;
    #[wasm_bindgen(typescript_type = "Named")]
    pub type Named;
    #[wasm_bindgen(typescript_type = "Visitor")]
    pub type Visitor;
    #[wasm_bindgen(typescript_type = "Point[]")]
    pub type Points;
}

/// How sure something is.
#[wasm_bindgen]
#[derive(Clone, Copy)]
pub enum Level {
    /// A guess.
    Low = 1,
    /// Known.
    High = 2,
}

/// Which way to go.
#[wasm_bindgen]
pub enum Way {
    /// Up.
    North = "north",
    /// Down.
    South = "south",
}

/// A place that knows its name.
#[wasm_bindgen(inspectable)]
pub struct Place {
    /// What it is called.
    #[wasm_bindgen(getter_with_clone)]
    pub name: String,
    level: Level,
}

#[wasm_bindgen]
impl Place {
    /// Name a place.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(param_description = "what to call it")] name: String,
        #[wasm_bindgen(param_description = "how sure that is; a guess when left out")]
        level: Option<Level>,
    ) -> Place {
        Place {
            name,
            level: level.unwrap_or(Level::Low),
        }
    }

    /// How sure the name is.
    #[wasm_bindgen(getter)]
    pub fn level(&self) -> Level {
        self.level
    }

    /// Wait, then say the name.
    #[wasm_bindgen(return_description = "the name, in full")]
    pub async fn said(&self) -> String {
        turn().await;
        self.name.clone()
    }
}

async fn turn() {
    let _ = JsFuture::from(Promise::resolve(&JsValue::UNDEFINED)).await;
}

/// The sum of the coordinates.
///
/// Reads `x` and `y` only, so any object that has them will do.
#[wasm_bindgen]
pub fn sum(#[wasm_bindgen(param_description = "where")] point: &Point) -> f64 {
    point.x() + point.y()
}

/// Make a point.
#[wasm_bindgen]
pub fn point(x: f64, y: f64) -> Point {
    let made = Object::new();
    let _ = Reflect::set(&made, &"x".into(), &x.into());
    let _ = Reflect::set(&made, &"y".into(), &y.into());
    made.unchecked_into::<JsValue>().unchecked_into()
}

/// The diagonal.
#[wasm_bindgen]
pub fn diagonal(n: u32) -> Points {
    let made = Array::new();
    for place in 0..n {
        made.push(&point(place.into(), place.into()));
    }
    made.unchecked_into::<JsValue>().unchecked_into()
}

/// The mode of an area.
#[wasm_bindgen]
pub fn mode(area: Area) -> Option<String> {
    Reflect::get(&area, &"mode".into()).ok()?.as_string()
}

/// Shapes that Python has no words for.
#[wasm_bindgen]
pub fn unknown(named: Named, visitor: &Visitor) -> JsValue {
    drop(named);
    JsValue::from(visitor)
}

/// Types that only TypeScript knows.
#[wasm_bindgen(unchecked_return_type = "string[]", return_description = "the words")]
pub fn words(
    #[wasm_bindgen(
        unchecked_param_type = "string | undefined",
        param_description = "words with spaces between them"
    )]
    text: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "number")] most: JsValue,
) -> JsValue {
    let text = text.as_string().unwrap_or_default();
    let most = most.as_f64().unwrap_or(f64::INFINITY);
    let found = Array::new();
    for word in text.split_whitespace() {
        if f64::from(found.length()) < most {
            found.push(&word.into());
        }
    }
    found.into()
}

/// Call a function with numbers.
#[wasm_bindgen]
pub fn apply(function: &Function, numbers: Vec<f64>) -> Result<JsValue, JsValue> {
    let values: Array = numbers.into_iter().map(JsValue::from).collect();
    function.apply(&JsValue::UNDEFINED, &values)
}

/// A function that doubles.
#[wasm_bindgen]
pub fn doubler() -> Closure<dyn Fn(f64) -> f64> {
    Closure::new(|number: f64| number * 2.0)
}

/// Nothing, later.
#[wasm_bindgen]
pub async fn later() {
    turn().await;
}

/// A number, later.
#[wasm_bindgen]
pub async fn later_number(number: f64) -> f64 {
    turn().await;
    number
}

/// A large number, later.
#[wasm_bindgen]
pub async fn later_large(number: u64) -> u64 {
    turn().await;
    number
}

/// Half a number, later; an error when it is odd.
#[wasm_bindgen]
pub async fn later_half(number: u32) -> Result<u32, JsError> {
    turn().await;
    if number % 2 == 0 {
        Ok(number / 2)
    } else {
        Err(JsError::new("odd"))
    }
}

/// Text, or nothing, later.
#[wasm_bindgen]
pub async fn later_text(text: Option<String>) -> Option<String> {
    turn().await;
    text
}

/// Bytes, later.
#[wasm_bindgen]
pub async fn later_bytes(bytes: Vec<u8>) -> Vec<u8> {
    turn().await;
    bytes
}

/// Numbers, later.
#[wasm_bindgen]
pub async fn later_numbers(numbers: Vec<f64>) -> Vec<f64> {
    turn().await;
    numbers
}

/// Texts, later.
#[wasm_bindgen]
pub async fn later_texts(texts: Vec<String>) -> Vec<String> {
    turn().await;
    texts
}

/// A place, later.
#[wasm_bindgen]
pub async fn later_place(name: String) -> Place {
    turn().await;
    Place::new(name, None)
}

/// A level, later.
#[wasm_bindgen]
pub async fn later_level() -> Level {
    turn().await;
    Level::High
}

/// Levels, later.
#[wasm_bindgen]
pub async fn later_levels() -> Vec<Level> {
    turn().await;
    vec![Level::Low, Level::High]
}

/// A level, or nothing, later.
#[wasm_bindgen]
pub async fn later_level_if(known: bool) -> Option<Level> {
    turn().await;
    known.then_some(Level::High)
}

/// Places, later.
#[wasm_bindgen]
pub async fn later_places() -> Vec<Place> {
    turn().await;
    vec![Place::new("here".to_string(), None)]
}

/// A way, later.
#[wasm_bindgen]
pub async fn later_way() -> Way {
    turn().await;
    Way::South
}

/// A point, later.
#[wasm_bindgen]
pub async fn later_point() -> Point {
    turn().await;
    point(1.0, 2.0)
}

/// A promise that Rust has made itself.
#[wasm_bindgen(unchecked_return_type = "Promise<number>")]
pub fn promised() -> Promise {
    Promise::resolve(&JsValue::from(5))
}
