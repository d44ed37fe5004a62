//! Strings, regular expressions, JSON and dates of js-sys, as a library uses them.
use js_sys::{Array, Date, Function, JsString, Object, RegExp, JSON};
use wasm_bindgen::prelude::*;

/// The texts of the first match: all of it, then its groups.
#[wasm_bindgen]
pub fn first_match(pattern: &str, flags: &str, text: &str) -> Option<Vec<JsValue>> {
    RegExp::new(pattern, flags).exec(text).map(|found| found.to_vec().into_iter().map(JsValue::from).collect())
}

/// How often a pattern with the flag g is found, and what `RegExp.$1` says after it.
#[wasm_bindgen]
pub fn count_matches(pattern: &str, text: &str) -> Vec<JsValue> {
    let regexp = RegExp::new(pattern, "g");
    let mut count = 0;
    while regexp.exec(text).is_some() {
        count += 1;
    }
    vec![count.into(), regexp.last_index().into(), RegExp::n1().into(), RegExp::last_match().into()]
}

/// Replace what a pattern finds by what a function gives.
#[wasm_bindgen]
pub fn replace_with(text: &str, pattern: &str, replacement: &Function) -> String {
    JsString::from(text)
        .replace_by_pattern_with_function(&RegExp::new(pattern, "g"), replacement)
        .into()
}

/// The starts and texts of all matches.
#[wasm_bindgen]
pub fn all_matches(text: &str, pattern: &str) -> Result<Array, JsValue> {
    let found = Array::new();
    for each in JsString::from(text).match_all(&RegExp::new(pattern, "gu")).into_iter() {
        let each = each?;
        let index = js_sys::Reflect::get(&each, &"index".into())?;
        found.push(&Array::of2(&index, &Array::from(&each).get(0)));
    }
    Ok(found)
}

/// Split by a pattern, put together again by a text.
#[wasm_bindgen]
pub fn resplit(text: &str, pattern: &str, glue: &str) -> String {
    JsString::from(text).split_by_pattern(&RegExp::new(pattern, "")).join(glue).into()
}

/// The UTF-16 code units of a string.
#[wasm_bindgen]
pub fn units(text: &JsString) -> Vec<u16> {
    text.iter().collect()
}

/// A string of code units, which may be no valid UTF-16.
#[wasm_bindgen]
pub fn from_units(first: u32, second: u32) -> JsString {
    JsString::from_char_code2(first, second)
}

/// Whether a string is valid UTF-16, and what Rust reads of it.
#[wasm_bindgen]
pub fn read_units(text: &JsString) -> Vec<JsValue> {
    vec![text.is_valid_utf16().into(), String::from(text).into(), text.as_string().into()]
}

/// The order of two texts, as -1, 0 or 1.
#[wasm_bindgen]
pub fn compare(left: &str, right: &str) -> i32 {
    JsString::from(left).locale_compare(right, &Array::of1(&"en".into()), &Object::new())
}

/// Parse JSON and write it again, numbers doubled by a Rust closure, with indentation.
#[wasm_bindgen]
pub fn double_numbers(text: &str) -> Result<JsString, JsValue> {
    let value = JSON::parse(text)?;
    let closure = Closure::<dyn FnMut(JsValue, JsValue) -> JsValue>::new(|_key, value: JsValue| {
        value.as_f64().map_or(value, |number| (number * 2.0).into())
    });
    JSON::stringify_with_replacer_and_space(&value, closure.as_ref(), &" ".into())
}

/// The message of the error that a text is, read as JSON.
#[wasm_bindgen]
pub fn json_error(text: &str) -> Option<String> {
    let error = JSON::parse(text).err()?;
    Some(error.unchecked_into::<js_sys::Error>().message().into())
}

/// The day after a date, in local time, as text in several forms.
#[wasm_bindgen]
pub fn day_after(year: u32, month: i32, day: i32) -> Vec<JsValue> {
    let date = Date::new_with_year_month_day(year, month, day);
    date.set_date(date.get_date() + 1);
    vec![
        date.to_iso_string().into(),
        date.to_date_string().into(),
        date.to_locale_date_string("en-US", &JsValue::UNDEFINED).into(),
        date.get_time().into(),
    ]
}

/// The hours between two texts that are dates.
#[wasm_bindgen]
pub fn hours_between(first: &str, second: &str) -> f64 {
    (Date::parse(second) - Date::parse(first)) / 3_600_000.0
}

/// The year of a date that the host gives.
#[wasm_bindgen]
pub fn year_of(date: &Date) -> u32 {
    date.get_utc_full_year()
}

/// A date for the host.
#[wasm_bindgen]
pub fn make_date(milliseconds: f64) -> Date {
    Date::new(&milliseconds.into())
}

/// A text escaped for a URI and back.
#[wasm_bindgen]
pub fn through_uri(text: &str) -> Result<Vec<JsValue>, JsValue> {
    let escaped = js_sys::encode_uri_component(text);
    let back = js_sys::decode_uri_component(&String::from(&escaped))?;
    Ok(vec![escaped.into(), back.into()])
}

/// A date as a German text, which needs the tables of Intl.
#[wasm_bindgen]
pub fn in_german(milliseconds: f64) -> Result<String, JsValue> {
    Ok(make_date(milliseconds).to_locale_string("de-DE", &JsValue::UNDEFINED).into())
}
