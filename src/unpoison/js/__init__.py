"""unpoison.js"""
