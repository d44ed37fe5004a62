//! What the benchmarks call: plain Rust that knows no border.
//!
//! Each function does next to nothing, so that a call measures the border and not the work.

use std::cell::Cell;

thread_local! {
    static COUNT: Cell<u32> = const { Cell::new(0) };
    static DROPS: Cell<u32> = const { Cell::new(0) };
}

/// A value with a destructor that cannot be left out.
pub struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        DROPS.set(DROPS.get().wrapping_add(1));
    }
}

/// Add one to a counter and give its new value.
pub fn bump() -> u32 {
    COUNT.set(COUNT.get().wrapping_add(1));
    COUNT.get()
}

/// Add two numbers; wraps on overflow.
pub fn add(left: i32, right: i32) -> i32 {
    left.wrapping_add(right)
}

/// Give a text back, as a copy.
pub fn text(text: &str) -> String {
    text.to_owned()
}

/// Give bytes back, as a copy.
pub fn blob(data: &[u8]) -> Vec<u8> {
    data.to_vec()
}

/// Give numbers back, each doubled.
pub fn doubled(values: &[f64]) -> Vec<f64> {
    values.iter().map(|value| value * 2.0).collect()
}

/// Half of a number that may be missing.
pub fn half(number: Option<f64>) -> Option<f64> {
    number.map(|number| number / 2.0)
}

/// The number, or a text that says that it is odd.
pub fn even(number: u32) -> Result<u32, String> {
    if number % 2 == 0 {
        Ok(number)
    } else {
        Err(format!("{number} is odd"))
    }
}

/// Panic with a plain text, with one guard alive.
pub fn boom() {
    let _guard = Guard;
    panic!("boom");
}

/// Let panics be quiet, or print as they do by default.
pub fn set_quiet(quiet: bool) {
    if quiet {
        std::panic::set_hook(Box::new(|_| {}));
    } else {
        drop(std::panic::take_hook());
    }
}

/// Adds up numbers.
#[derive(Default)]
pub struct Acc {
    total: f64,
}

impl Acc {
    /// Add one number and give the sum so far.
    pub fn push(&mut self, number: f64) -> f64 {
        self.total += number;
        self.total
    }
}
