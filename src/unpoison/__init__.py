"""unpoison: run Rust wasm-bindgen modules from Python, and keep them alive."""
