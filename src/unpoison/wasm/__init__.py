"""unpoison.wasm"""
