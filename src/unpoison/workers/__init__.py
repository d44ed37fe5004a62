"""Rust Workers behind HTTP: many instances, Durable Objects, their storage."""

from unpoison.workers.messages import HttpRequest, HttpResponse

__all__ = ["HttpRequest", "HttpResponse"]
