//! Statistics over numbers; needs nothing from its host.

use wasm_bindgen::prelude::*;

/// The arithmetic mean; panics for an empty list.
#[wasm_bindgen]
pub fn mean(numbers: &[f64]) -> f64 {
    assert!(!numbers.is_empty(), "the mean of no numbers");
    numbers.iter().sum::<f64>() / numbers.len() as f64
}

/// The middle number of a list, or nothing for an empty one.
#[wasm_bindgen]
pub fn median(mut numbers: Vec<f64>) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied()
}

/// Repeat a text.
#[wasm_bindgen]
pub fn repeat(text: &str, times: u32) -> String {
    text.repeat(times as usize)
}

/// Read whole numbers that are separated by commas.
#[wasm_bindgen]
pub fn parse(text: &str) -> Result<Vec<i32>, JsError> {
    Ok(text
        .split(',')
        .map(|word| word.trim().parse())
        .collect::<Result<_, _>>()?)
}

/// Which way a series goes.
#[wasm_bindgen]
#[derive(Clone, Copy)]
pub enum Trend {
    Falling = -1,
    Flat = 0,
    Rising = 1,
}

/// A running mean.
#[wasm_bindgen]
#[derive(Default)]
pub struct Series {
    sum: f64,
    /// How many numbers were added.
    #[wasm_bindgen(readonly)]
    pub count: u32,
    last: f64,
    before: f64,
}

#[wasm_bindgen]
impl Series {
    /// Start without numbers.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Series {
        Series::default()
    }

    /// Add one number.
    pub fn push(&mut self, number: f64) {
        self.sum += number;
        self.count += 1;
        (self.before, self.last) = (self.last, number);
    }

    /// The mean so far; panics without numbers.
    #[wasm_bindgen(getter)]
    pub fn mean(&self) -> f64 {
        assert!(self.count > 0, "the mean of no numbers");
        self.sum / f64::from(self.count)
    }

    /// Where the last number stands to the one before it.
    pub fn trend(&self) -> Trend {
        match self.last.total_cmp(&self.before) {
            std::cmp::Ordering::Less => Trend::Falling,
            std::cmp::Ordering::Equal => Trend::Flat,
            std::cmp::Ordering::Greater => Trend::Rising,
        }
    }
}
