"""unpoison.runtime"""
