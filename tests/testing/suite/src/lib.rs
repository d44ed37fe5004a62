//! A small library, tested inside (`tests` below) and from outside (the `tests` folder).
//!
//! ```
//! assert_eq!(suite::double(21), 42);
//! ```

/// Give twice the number.
pub fn double(number: i32) -> i32 {
    number * 2
}

#[cfg(test)]
mod tests {
    use super::double;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn doubles() {
        assert_eq!(double(4), 8);
    }

    #[wasm_bindgen_test]
    #[should_panic(expected = "attempt")]
    fn doubles_nothing_too_large() {
        assert!(double(1) == 3, "attempt to double one failed");
    }
}
