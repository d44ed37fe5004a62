"""unpoison: run Rust wasm-bindgen modules from Python, and keep them alive."""

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
