"""unpoison.engine"""
