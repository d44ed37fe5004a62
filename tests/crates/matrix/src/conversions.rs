//! A fault while an argument, or a result, is converted.

use crate::fault::{fault, Guard};
use wasm_bindgen::convert::{FromWasmAbi, IntoWasmAbi};
use wasm_bindgen::describe::{inform, WasmDescribe, U32};
use wasm_bindgen::prelude::*;

/// Faults while it is made of what the host gave.
pub struct Taken(u32);

impl WasmDescribe for Taken {
    fn describe() {
        inform(U32);
    }
}

impl FromWasmAbi for Taken {
    type Abi = u32;

    unsafe fn from_abi(kind: u32) -> Self {
        let _guard = Guard::new();
        Taken(fault(kind))
    }
}

/// Faults while it is handed to the host.
pub struct Given(u32);

impl WasmDescribe for Given {
    fn describe() {
        inform(U32);
    }
}

impl IntoWasmAbi for Given {
    type Abi = u32;

    fn into_abi(self) -> u32 {
        let _guard = Guard::new();
        fault(self.0)
    }
}

/// Take a text and then an argument whose conversion faults.
#[wasm_bindgen]
pub fn convert_argument(text: String, taken: Taken) -> String {
    format!("{text}{}", taken.0)
}

/// Give a result whose conversion faults.
#[wasm_bindgen]
pub fn convert_result(kind: u32) -> Given {
    Given(kind)
}

/// Take numbers that the host reads one by one out of a sequence of its own.
#[wasm_bindgen]
pub fn convert_sequence(numbers: Vec<f64>) -> f64 {
    numbers.iter().sum()
}
