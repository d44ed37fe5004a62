"""unpoison.eh"""
