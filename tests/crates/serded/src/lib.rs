//! Values of every shape through serde-wasm-bindgen, in both directions.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
struct Everything {
    flag: bool,
    small: i8,
    wide: u32,
    long: i64,
    huge: u64,
    single: f32,
    double: f64,
    letter: char,
    text: String,
    none: Option<u32>,
    some: Option<String>,
    nested: Option<Option<bool>>,
    unit: (),
    pair: (u8, String),
    items: Vec<i16>,
    fixed: [bool; 2],
    names: BTreeMap<String, f64>,
    numbers: BTreeMap<u32, String>,
    set: BTreeSet<char>,
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
    marker: Marker,
    wrapped: Wrapped,
    shape: Vec<Shape>,
}

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
struct Marker;

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
struct Wrapped(u16);

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
enum Shape {
    Nothing,
    Circle(f64),
    Box(f64, f64),
    Named { name: String, sides: u8 },
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
#[serde(tag = "kind", rename_all = "camelCase")]
enum Tagged {
    OneThing { some_value: i32 },
    Other,
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Pair(u8, u8),
    Word(String),
    Empty,
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
#[serde(untagged)]
enum Loose {
    Number(f64),
    Text(String),
    List(Vec<Loose>),
    Map(BTreeMap<String, Loose>),
    Nothing,
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Strict {
    first_name: String,
    #[serde(default)]
    how_often: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    maybe: Option<bool>,
    #[serde(rename = "class")]
    kind: Option<String>,
}

#[derive(Serialize, Deserialize, Debug)]
struct Flat {
    id: u32,
    #[serde(flatten)]
    rest: BTreeMap<String, Loose>,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(with = "serde_wasm_bindgen::preserve")]
    value: JsValue,
    number: f64,
}

fn everything() -> Everything {
    Everything {
        flag: true,
        small: -128,
        wide: u32::MAX,
        long: -9007199254740991,
        huge: 9007199254740991,
        single: 0.5,
        double: -0.1,
        letter: '😀',
        text: String::from("a\0é"),
        none: None,
        some: Some(String::new()),
        nested: Some(None),
        unit: (),
        pair: (255, String::from("two")),
        items: vec![-1, 0, 32767],
        fixed: [true, false],
        names: BTreeMap::from([(String::from("a"), 1.5), (String::from("é"), f64::INFINITY)]),
        numbers: BTreeMap::from([(7, String::from("seven"))]),
        set: BTreeSet::from(['x', 'y']),
        bytes: vec![0, 255],
        marker: Marker,
        wrapped: Wrapped(9),
        shape: vec![
            Shape::Nothing,
            Shape::Circle(1.5),
            Shape::Box(1.0, 2.0),
            Shape::Named { name: String::from("n"), sides: 3 },
        ],
    }
}

fn serializer(how: &str) -> Serializer {
    match how {
        "json" => Serializer::json_compatible(),
        "objects" => Serializer::new().serialize_maps_as_objects(true),
        "null" => Serializer::new().serialize_missing_as_null(true),
        "bigint" => Serializer::new().serialize_large_number_types_as_bigints(true),
        "arrays" => Serializer::new().serialize_bytes_as_arrays(true),
        _ => Serializer::new(),
    }
}

/// Everything as a value, made in one of several ways.
#[wasm_bindgen]
pub fn give(how: &str) -> Result<JsValue, JsValue> {
    Ok(everything().serialize(&serializer(how))?)
}

/// What a value is, as one of some types: its debug text, or the error.
#[wasm_bindgen]
pub fn take(kind: &str, value: JsValue) -> Result<String, JsValue> {
    fn read<T: for<'a> Deserialize<'a> + std::fmt::Debug>(value: JsValue) -> Result<String, JsValue> {
        Ok(format!("{:?}", serde_wasm_bindgen::from_value::<T>(value)?))
    }
    match kind {
        "everything" => {
            let read: Everything = serde_wasm_bindgen::from_value(value)?;
            Ok(format!("{}", read == everything()))
        }
        "bool" => read::<bool>(value),
        "u8" => read::<u8>(value),
        "i32" => read::<i32>(value),
        "u64" => read::<u64>(value),
        "i64" => read::<i64>(value),
        "u128" => read::<u128>(value),
        "f32" => read::<f32>(value),
        "f64" => read::<f64>(value),
        "char" => read::<char>(value),
        "text" => read::<String>(value),
        "unit" => read::<()>(value),
        "option" => read::<Option<u32>>(value),
        "options" => read::<Vec<Option<String>>>(value),
        "bytes" => read::<serde_bytes::ByteBuf>(value),
        "list" => read::<Vec<i32>>(value),
        "pair" => read::<(u8, String)>(value),
        "map" => read::<BTreeMap<String, i32>>(value),
        "numbers" => read::<BTreeMap<u32, String>>(value),
        "set" => read::<BTreeSet<String>>(value),
        "shape" => read::<Shape>(value),
        "tagged" => read::<Tagged>(value),
        "adjacent" => read::<Adjacent>(value),
        "loose" => read::<Loose>(value),
        "strict" => read::<Strict>(value),
        "flat" => read::<Flat>(value),
        "marker" => read::<Marker>(value),
        "wrapped" => read::<Wrapped>(value),
        other => Err(JsValue::from(other)),
    }
}

/// A value there and back.
#[wasm_bindgen]
pub fn through(kind: &str, how: &str, value: JsValue) -> Result<JsValue, JsValue> {
    fn pass<T: for<'a> Deserialize<'a> + Serialize>(how: &str, value: JsValue) -> Result<JsValue, JsValue> {
        Ok(serde_wasm_bindgen::from_value::<T>(value)?.serialize(&serializer(how))?)
    }
    match kind {
        "tagged" => pass::<Tagged>(how, value),
        "adjacent" => pass::<Adjacent>(how, value),
        "loose" => pass::<Loose>(how, value),
        "strict" => pass::<Strict>(how, value),
        "flat" => pass::<Flat>(how, value),
        "shape" => pass::<Shape>(how, value),
        "u64" => pass::<u64>(how, value),
        "i64" => pass::<i64>(how, value),
        "u128" => pass::<u128>(how, value),
        "f32" => pass::<f32>(how, value),
        "map" => pass::<HashMap<String, u8>>(how, value),
        "numbers" => pass::<BTreeMap<u32, String>>(how, value),
        "option" => pass::<Option<u32>>(how, value),
        "bytes" => pass::<serde_bytes::ByteBuf>(how, value),
        "pairs" => pass::<Vec<(String, f64)>>(how, value),
        other => Err(JsValue::from(other)),
    }
}

/// A value that is kept as it is, beside one that is not.
#[wasm_bindgen]
pub fn keep(value: JsValue) -> Result<JsValue, JsValue> {
    let mut kept: Kept = serde_wasm_bindgen::from_value(value)?;
    kept.number += 1.0;
    Ok(serde_wasm_bindgen::to_value(&kept)?)
}
