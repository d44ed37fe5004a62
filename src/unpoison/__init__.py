"""unpoison: run Rust wasm-bindgen modules from Python, and keep them alive."""

import importlib
from types import ModuleType

from unpoison import js
from unpoison.errors import (
    AbortError,
    AbortReason,
    BorrowError,
    LinkError,
    MalformedModule,
    PanicError,
    StaleHandleError,
    TerminatedError,
    ThrownError,
    ThrownValue,
    UnpoisonError,
    UnsupportedItem,
    UnsupportedModule,
    WrongThreadError,
)
from unpoison.runtime import Instance, Limits, Module, load

__all__ = [
    "AbortError",
    "AbortReason",
    "BorrowError",
    "Instance",
    "Limits",
    "LinkError",
    "MalformedModule",
    "Module",
    "PanicError",
    "StaleHandleError",
    "TerminatedError",
    "ThrownError",
    "ThrownValue",
    "UnpoisonError",
    "UnsupportedItem",
    "UnsupportedModule",
    "WrongThreadError",
    "js",
    "load",
]


def __getattr__(name: str) -> ModuleType:
    """Import `unpoison.workers` when it is first named: most programs serve nothing."""
    if name == "workers":
        return importlib.import_module("unpoison.workers")
    raise AttributeError(f"module 'unpoison' has no attribute {name!r}")
