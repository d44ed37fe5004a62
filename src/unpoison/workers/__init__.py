"""Rust Workers behind HTTP: many instances, Durable Objects, their storage."""

from unpoison.workers.clock import Clock, ManualClock, SystemClock
from unpoison.workers.messages import HttpRequest, HttpResponse

__all__ = [
    "Clock",
    "HttpRequest",
    "HttpResponse",
    "ManualClock",
    "SystemClock",
]
