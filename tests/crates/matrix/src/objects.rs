//! A fault in an accessor, a constructor, a field's clone and a destructor.

use crate::fault::{fault, Guard};
use wasm_bindgen::prelude::*;

/// What it does is chosen when it is made.
#[wasm_bindgen]
pub struct Armed {
    kind: u32,
    held: Guard,
    /// Cloned for each reader.
    #[wasm_bindgen(getter_with_clone)]
    pub field: Field,
}

/// A field whose clone faults.
#[wasm_bindgen]
pub struct Field(u32);

impl Clone for Field {
    fn clone(&self) -> Self {
        let _guard = Guard::new();
        Field(fault(self.0))
    }
}

#[wasm_bindgen]
impl Armed {
    /// Faults when asked to, with a guard alive.
    #[wasm_bindgen(constructor)]
    pub fn new(at_once: u32, kind: u32) -> Armed {
        let held = Guard::new();
        fault(at_once);
        Armed { kind, held, field: Field(kind) }
    }

    /// Faults when it is read.
    #[wasm_bindgen(getter)]
    pub fn value(&self) -> u32 {
        let _guard = Guard::new();
        let _held = &self.held;
        fault(self.kind)
    }

    /// Faults when it is set.
    #[wasm_bindgen(setter)]
    pub fn set_value(&mut self, kind: u32) {
        let _guard = Guard::new();
        self.kind = fault(kind);
    }

    /// Faults while `self` is borrowed.
    pub fn method(&mut self, kind: u32) -> u32 {
        let _guard = Guard::new();
        fault(kind)
    }

    /// Faults after `self` has moved into Rust.
    pub fn consume(self, kind: u32) -> u32 {
        let _guard = Guard::new();
        fault(kind)
    }
}

/// Faults when it is dropped.
#[wasm_bindgen]
pub struct Bomb {
    kind: u32,
    _held: Guard,
}

#[wasm_bindgen]
impl Bomb {
    /// One that faults as chosen.
    #[wasm_bindgen(constructor)]
    pub fn new(kind: u32) -> Bomb {
        Bomb { kind, _held: Guard::new() }
    }

    /// Drop it in a method that consumes it.
    pub fn consume(self) {}
}

impl Drop for Bomb {
    fn drop(&mut self) {
        fault(self.kind);
    }
}
