//! Slices of the host that Rust changes; only without unwinding, as `&mut` is not UnwindSafe.

use wasm_bindgen::prelude::*;

macro_rules! reversed {
    ($($name:ident $kind:ty,)*) => { $(
        #[wasm_bindgen]
        pub fn $name(value: &mut [$kind]) {
            value.reverse();
        }
    )* };
}

reversed! {
    reverse_i8 i8,
    reverse_u8 u8,
    reverse_i16 i16,
    reverse_u16 u16,
    reverse_i32 i32,
    reverse_u32 u32,
    reverse_i64 i64,
    reverse_u64 u64,
    reverse_f32 f32,
    reverse_f64 f64,
}

/// Panics in the midst of it, which ends the instance: nothing is copied back.
#[wasm_bindgen]
pub fn double_until_zero(value: &mut [u32]) {
    for number in value.iter_mut() {
        assert!(*number != 0, "zero");
        *number *= 2;
    }
}

/// With other arguments around it.
#[wasm_bindgen]
pub fn fill(text: &str, value: &mut [u8], byte: u8) -> String {
    value.fill(byte);
    text.to_owned()
}
