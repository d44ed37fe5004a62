//! A library that needs nothing from its host, for the package that `unpoison bind` writes.

use std::cell::Cell;
use wasm_bindgen::prelude::*;

thread_local! {
    static CALLS: Cell<u32> = const { Cell::new(0) };
}

/// How a text is changed.
#[wasm_bindgen]
#[derive(Clone, Copy)]
pub enum Style {
    /// As it is.
    Plain = 0,
    /// In capital letters.
    Loud = 1,
}

/// Give the text in a style.
#[wasm_bindgen]
pub fn styled(text: &str, style: Style) -> String {
    match style {
        Style::Plain => text.to_owned(),
        Style::Loud => text.to_uppercase(),
    }
}

/// How often this was called in this instance.
#[wasm_bindgen]
pub fn calls() -> u32 {
    CALLS.with(|calls| {
        calls.set(calls.get() + 1);
        calls.get()
    })
}

/// End the instance.
#[wasm_bindgen]
pub fn abort() {
    core::arch::wasm32::unreachable();
}

/// Panic.
#[wasm_bindgen]
pub fn panic(message: &str) {
    panic!("{message}");
}

/// Holds words.
#[wasm_bindgen]
pub struct Words {
    words: Vec<String>,
    /// A name for people.
    #[wasm_bindgen(getter_with_clone)]
    pub label: Option<String>,
}

#[wasm_bindgen]
impl Words {
    /// Start with the words of a text.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &str) -> Words {
        Words {
            words: text.split_whitespace().map(str::to_owned).collect(),
            label: None,
        }
    }

    /// Add a word and give how many there are.
    pub fn add(&mut self, word: String) -> usize {
        self.words.push(word);
        self.words.len()
    }

    /// The longest word, if there is one.
    #[wasm_bindgen(getter)]
    pub fn longest(&self) -> Option<String> {
        self.words.iter().max_by_key(|word| word.chars().count()).cloned()
    }

    /// The length of each word.
    pub fn lengths(&self) -> Vec<u32> {
        self.words.iter().map(|word| word.chars().count() as u32).collect()
    }
}
