"""unpoison.artefact"""
