"""unpoison.bindgen"""
