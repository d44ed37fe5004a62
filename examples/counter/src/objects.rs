//! Classes: borrows, moves, destructors, and accessors that fail.

use crate::host::through_host;
use crate::state::Guard;
use std::cell::Cell;
use wasm_bindgen::prelude::*;

thread_local! {
    static ACCS: Cell<u32> = const { Cell::new(0) };
}

/// How many accumulators are alive.
#[wasm_bindgen]
pub fn live_accs() -> u32 {
    ACCS.get()
}

/// Adds up numbers.
#[wasm_bindgen]
pub struct Acc {
    /// How many numbers were pushed.
    pub pushes: u32,
    /// A name for people.
    #[wasm_bindgen(getter_with_clone)]
    pub label: String,
    total: f64,
}

#[wasm_bindgen]
impl Acc {
    /// Start at zero.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Acc {
        Acc::made(0.0)
    }

    /// Start at a given total.
    pub fn starting_at(total: f64) -> Acc {
        Acc::made(total)
    }

    /// Start at a given total, or fail when it is negative.
    pub fn checked(total: f64) -> Result<Acc, JsError> {
        if total < 0.0 {
            return Err(JsError::new("negative total"));
        }
        Ok(Acc::made(total))
    }

    /// Add one number.
    pub fn push(&mut self, number: f64) {
        self.pushes += 1;
        self.total += number;
    }

    /// The sum so far.
    #[wasm_bindgen(getter)]
    pub fn total(&self) -> f64 {
        self.total
    }

    /// Replace the sum; panics for a number that is not finite.
    #[wasm_bindgen(setter)]
    pub fn set_total(&mut self, total: f64) {
        assert!(total.is_finite(), "total must be finite, got {total}");
        self.total = total;
    }

    /// End it and give its sum.
    pub fn finish(self) -> f64 {
        self.total
    }

    /// End it with a panic.
    pub fn finish_badly(self) -> f64 {
        panic!("finish failed at {}", self.total);
    }

    /// A new one with half of the sum, or nothing when the sum is zero.
    pub fn half(&self) -> Option<Acc> {
        (self.total != 0.0).then(|| Acc::made(self.total / 2.0))
    }

    /// Add the sum of another one.
    pub fn absorb(&mut self, other: &Acc) {
        self.total += other.total;
    }

    /// Take another one over and add its sum; gives the new sum.
    pub fn swallow(&mut self, other: Option<Acc>) -> f64 {
        self.total += other.map_or(0.0, |acc| acc.total);
        self.total
    }

    /// Call the import `reenter` while this is borrowed mutably, then add what it gave.
    pub fn push_through(&mut self, n: u32) -> f64 {
        let _guard = Guard;
        self.total += f64::from(through_host(n));
        self.total
    }

    /// Call the import `reenter` while this is borrowed for reading.
    pub fn look_through(&self, n: u32) -> f64 {
        self.total + f64::from(through_host(n))
    }

    /// Panic while this is borrowed mutably.
    pub fn boom(&mut self) {
        self.total += 1.0;
        panic!("boom at {}", self.total);
    }

    fn made(total: f64) -> Acc {
        ACCS.set(ACCS.get() + 1);
        Acc {
            pushes: 0,
            label: String::new(),
            total,
        }
    }
}

impl Drop for Acc {
    fn drop(&mut self) {
        ACCS.set(ACCS.get() - 1);
    }
}

/// Add the sums of two accumulators; both may be the same one.
#[wasm_bindgen]
pub fn sum_of(left: &Acc, right: &Acc) -> f64 {
    left.total + right.total
}

/// Take two accumulators over and give one with both sums.
#[wasm_bindgen]
pub fn merge(left: Acc, right: Acc) -> Acc {
    Acc::made(left.total + right.total)
}

/// Panics when it is copied, when it is dropped, or never: `mode` 1, 2, or anything else.
#[wasm_bindgen]
pub struct Fragile {
    /// When it panics.
    pub mode: u32,
}

#[wasm_bindgen]
impl Fragile {
    /// Make one.
    #[wasm_bindgen(constructor)]
    pub fn new(mode: u32) -> Fragile {
        Fragile { mode }
    }

    /// End it inside of a call.
    pub fn consume(self) {}
}

impl Clone for Fragile {
    fn clone(&self) -> Self {
        assert!(self.mode != 1, "a copy that panics");
        Fragile { mode: 0 }
    }
}

impl Drop for Fragile {
    fn drop(&mut self) {
        assert!(self.mode != 2, "a destructor that panics");
    }
}

/// Holds a fragile thing in a field: reading it copies, writing it drops the old one.
#[wasm_bindgen]
pub struct Shelf {
    /// The fragile thing.
    #[wasm_bindgen(getter_with_clone)]
    pub item: Fragile,
}

#[wasm_bindgen]
impl Shelf {
    /// Put a thing on a new shelf.
    #[wasm_bindgen(constructor)]
    pub fn new(item: Fragile) -> Shelf {
        Shelf { item }
    }

    /// The mode of the thing, without a copy.
    pub fn peek(&self) -> u32 {
        self.item.mode
    }
}

/// Its destructor is counted by `drops`.
#[wasm_bindgen]
pub struct Counted {
    _guard: Guard,
}

#[wasm_bindgen]
impl Counted {
    /// Make one.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Counted {
        Counted { _guard: Guard }
    }
}

/// Its destructor aborts.
#[wasm_bindgen]
pub struct Fatal {
    _private: (),
}

#[wasm_bindgen]
impl Fatal {
    /// Make one.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Fatal {
        Fatal { _private: () }
    }
}

impl Drop for Fatal {
    fn drop(&mut self) {
        core::arch::wasm32::unreachable();
    }
}
