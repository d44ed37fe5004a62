"""unpoison.cli"""
