//! Typed arrays, buffers, atomics, numbers and views into this module's memory, through js-sys.

use js_sys::{
    Array, ArrayBuffer, Atomics, BigInt, BigInt64Array, BigUint64Array, DataView, Float32Array,
    Float64Array, Function, Int16Array, Int32Array, Int8Array, Math, Number, SharedArrayBuffer,
    Uint16Array, Uint32Array, Uint8Array, Uint8ClampedArray, WebAssembly,
};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use wasm_bindgen::JsCast;

thread_local! {
    static BYTES: RefCell<Vec<u8>> = RefCell::new((0..16).collect());
}

fn own_buffer() -> JsValue {
    wasm_bindgen::memory().unchecked_into::<WebAssembly::Memory>().buffer()
}

/// The sum of a typed array's elements, copied out by `to_vec`.
#[wasm_bindgen]
pub fn sum_bytes(bytes: &Uint8Array) -> u32 {
    bytes.to_vec().iter().map(|&byte| u32::from(byte)).sum()
}

/// Each kind of typed array, made from a Rust slice.
#[wasm_bindgen]
pub fn one_of_each() -> Array {
    let made = Array::new();
    made.push(&Int8Array::from(&[-1i8, 2][..]));
    made.push(&Uint8Array::from(&[1u8, 255][..]));
    made.push(&Uint8ClampedArray::from(&[1u8, 255][..]));
    made.push(&Int16Array::from(&[-1i16, 2][..]));
    made.push(&Uint16Array::from(&[1u16, 65535][..]));
    made.push(&Int32Array::from(&[-1i32, 2][..]));
    made.push(&Uint32Array::from(&[1u32, u32::MAX][..]));
    made.push(&BigInt64Array::from(&[-1i64, 2][..]));
    made.push(&BigUint64Array::from(&[1u64, u64::MAX][..]));
    made.push(&Float32Array::from(&[1.5f32, -0.25][..]));
    made.push(&Float64Array::from(&[1.5f64, 0.1][..]));
    made
}

/// Copies to a Rust vector and back for each width; gives the doubled numbers.
#[wasm_bindgen]
pub fn doubled(numbers: &Float64Array) -> Float64Array {
    let mut copy = vec![0.0; numbers.length() as usize];
    numbers.copy_to(&mut copy);
    for number in &mut copy {
        *number *= 2.0;
    }
    let made = Float64Array::new_with_length(copy.len() as u32);
    made.copy_from(&copy);
    made
}

/// Changes what the caller holds, in place.
#[wasm_bindgen]
pub fn fill(bytes: &Uint8Array, value: u8) {
    bytes.fill(value, 1, bytes.length());
}

/// Writes Rust's bytes over what the caller holds.
#[wasm_bindgen]
pub fn overwrite(bytes: &Uint8Array) {
    let source: Vec<u8> = (0..bytes.length() as u8).rev().collect();
    bytes.copy_from(&source);
}

/// A view of this module's own bytes, without copying.
#[wasm_bindgen]
pub fn view() -> Uint8Array {
    BYTES.with(|bytes| unsafe { Uint8Array::view(&bytes.borrow()) })
}

/// The same bytes, as a view that may be written.
#[wasm_bindgen]
pub fn view_mut() -> Uint8Array {
    BYTES.with(|bytes| {
        let mut bytes = bytes.borrow_mut();
        unsafe { Uint8Array::view_mut_raw(bytes.as_mut_ptr(), bytes.len()) }
    })
}

/// The same bytes again, as a part of the memory's buffer.
#[wasm_bindgen]
pub fn view_of_buffer() -> Uint8Array {
    BYTES.with(|bytes| {
        let bytes = bytes.borrow();
        Uint8Array::new_with_byte_offset_and_length(
            &own_buffer(),
            bytes.as_ptr() as u32,
            bytes.len() as u32,
        )
    })
}

/// The same bytes as words of four bytes.
#[wasm_bindgen]
pub fn words() -> Uint32Array {
    BYTES.with(|bytes| {
        let bytes = bytes.borrow();
        let start = bytes.as_ptr() as u32;
        assert_eq!(start % 4, 0);
        Uint32Array::new_with_byte_offset_and_length(&own_buffer(), start, bytes.len() as u32 / 4)
    })
}

/// One of the bytes, as Rust sees it.
#[wasm_bindgen]
pub fn byte_at(index: usize) -> u8 {
    BYTES.with(|bytes| bytes.borrow()[index])
}

/// The buffer of this module's memory.
#[wasm_bindgen]
pub fn buffer() -> JsValue {
    own_buffer()
}

/// This module's memory.
#[wasm_bindgen]
pub fn own_memory() -> JsValue {
    wasm_bindgen::memory()
}

/// Whether the memory is a `WebAssembly.Memory`, and its buffer an `ArrayBuffer`.
#[wasm_bindgen]
pub fn memory_is_memory() -> bool {
    wasm_bindgen::memory().dyn_into::<WebAssembly::Memory>().is_ok()
        && own_buffer().dyn_into::<ArrayBuffer>().is_ok()
}

/// Grows the memory from inside; gives the pages before.
#[wasm_bindgen]
pub fn grow(pages: usize) -> usize {
    core::arch::wasm32::memory_grow(0, pages)
}

/// Grows the memory by its JavaScript object; gives the pages before.
#[wasm_bindgen]
pub fn grow_by_object(pages: u32) -> u32 {
    wasm_bindgen::memory().unchecked_into::<WebAssembly::Memory>().grow(pages)
}

/// Takes a view, grows the memory, and gives the view's length then.
#[wasm_bindgen]
pub fn length_after_growing() -> u32 {
    let bytes = view();
    grow(1);
    bytes.length()
}

/// Calls a function with a view of this module's bytes.
#[wasm_bindgen]
pub fn call_with_view(function: &Function) -> Result<JsValue, JsValue> {
    function.call1(&JsValue::NULL, &view())
}

/// Sets and reads numbers of each kind at odd places.
#[wasm_bindgen]
pub fn data_view(buffer: &ArrayBuffer) -> Array {
    let view = DataView::new(buffer, 1, buffer.byte_length() as usize - 1);
    view.set_int8(0, -1);
    view.set_uint16(1, 258);
    view.set_int32_endian(3, -2, true);
    view.set_float32(7, 1.5);
    view.set_float64_endian(11, 0.1, true);
    let read = Array::new();
    read.push(&view.get_uint8(0).into());
    read.push(&view.get_uint16_endian(1, true).into());
    read.push(&view.get_uint32_endian(3, true).into());
    read.push(&view.get_float32(7).into());
    read.push(&view.get_float64_endian(11, true).into());
    read.push(&view.byte_offset().into());
    read
}

/// What Atomics does on shared memory, and how many waiters there are.
#[wasm_bindgen]
pub fn atomics() -> Result<Array, JsValue> {
    let shared = SharedArrayBuffer::new(8);
    let numbers = Int32Array::new(&shared);
    let seen = Array::new();
    seen.push(&Atomics::add(&numbers, 0, 5)?.into());
    seen.push(&Atomics::compare_exchange(&numbers, 0, 5, 9)?.into());
    seen.push(&Atomics::load(&numbers, 0)?.into());
    seen.push(&Atomics::notify(&numbers, 0)?.into());
    Ok(seen)
}

/// Numbers as text, in the ways that Number has.
#[wasm_bindgen]
pub fn number_texts(number: f64) -> Result<Array, JsValue> {
    let value = Number::from(number);
    let texts = Array::new();
    texts.push(&value.to_fixed(2)?.into());
    texts.push(&value.to_precision(3)?.into());
    texts.push(&value.to_exponential(1)?.into());
    texts.push(&value.to_string(2)?.into());
    texts.push(&value.to_locale_string("en-US").into());
    Ok(texts)
}

/// BigInts wrapped to a width, and as text.
#[wasm_bindgen]
pub fn bigint_texts(value: &BigInt) -> Result<Array, JsValue> {
    let texts = Array::new();
    texts.push(&BigInt::as_int_n(8.0, value).to_string(10)?.into());
    texts.push(&BigInt::as_uint_n(8.0, value).to_string(16)?.into());
    Ok(texts)
}

/// What the functions of Math give for a number.
#[wasm_bindgen]
pub fn maths(number: f64) -> Array {
    let made = Array::new();
    for result in [
        Math::round(number),
        Math::trunc(number),
        Math::sign(number),
        f64::from(Math::fround(number)),
        f64::from(Math::clz32(number as i32)),
        Math::max(number, 1.0),
        Math::hypot(number, 4.0),
    ] {
        made.push(&result.into());
    }
    made
}

/// A slice that Rust lends to a function of the host.
#[wasm_bindgen]
extern "C" {
    fn scramble(bytes: &mut [u8]);
}

/// Lets the host change a slice, and gives it.
#[wasm_bindgen]
pub fn scrambled() -> Vec<u8> {
    let mut bytes = vec![1, 2, 3, 4];
    scramble(&mut bytes);
    bytes
}

/// Typed arrays of a vector that Rust hands over.
#[wasm_bindgen]
pub fn from_vectors() -> Array {
    let made = Array::new();
    made.push(&JsValue::from(vec![1u8, 2]));
    made.push(&JsValue::from(vec![1.5f64]));
    made
}
