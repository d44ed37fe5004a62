"""unpoison.build"""
