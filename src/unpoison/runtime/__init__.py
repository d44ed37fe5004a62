"""One supervised instance: calls in, panics and aborts out, renewal."""

from unpoison.engine import Budget
from unpoison.runtime.clock import Clock, SystemClock
from unpoison.runtime.imports import describe, signature_text
from unpoison.runtime.instance import Instance, Module, load
from unpoison.runtime.lifecycle import TRANSITIONS, Event, Lifecycle, State
from unpoison.runtime.limits import Limits
from unpoison.runtime.objects import Exports, Inspectable, Struct, StructType
from unpoison.runtime.providers import Provider, find_providers
from unpoison.runtime.views import GuestView

__all__ = [
    "TRANSITIONS",
    "Budget",
    "Clock",
    "Event",
    "Exports",
    "GuestView",
    "Inspectable",
    "Instance",
    "Lifecycle",
    "Limits",
    "Module",
    "Provider",
    "State",
    "Struct",
    "StructType",
    "SystemClock",
    "describe",
    "find_providers",
    "load",
    "signature_text",
]
