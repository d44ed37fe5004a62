"""unpoison: run Rust wasm-bindgen modules from Python, and keep them alive.

Importing it imports the errors only; the rest comes when it is first named. So a program that
imports it and does not use it pays next to nothing, and `unpoison doctor` can say what is wrong
with an engine that cannot be loaded.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

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

if TYPE_CHECKING:
    from unpoison import artefact as artefact
    from unpoison import bindgen as bindgen
    from unpoison import build as build
    from unpoison import eh as eh
    from unpoison import engine as engine
    from unpoison import js
    from unpoison import runtime as runtime
    from unpoison import testing as testing
    from unpoison import wasm as wasm
    from unpoison import web as web
    from unpoison import workers as workers
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


_ROOMS: Final = (
    "artefact",
    "bindgen",
    "build",
    "eh",
    "engine",
    "js",
    "runtime",
    "testing",
    "wasm",
    "web",
    "workers",
)
_OF_RUNTIME: Final = ("Instance", "Limits", "Module", "load")


if not TYPE_CHECKING:  # a type checker would take every name for one of the package

    def __getattr__(name: str) -> Any:
        """Import what is named for the first time (PEP 562). Raises WasmtimeImportError."""
        if name in _ROOMS:
            return import_module(f"unpoison.{name}")
        if name in _OF_RUNTIME:
            value = globals()[name] = getattr(import_module("unpoison.runtime"), name)
            return value
        raise AttributeError(f"module 'unpoison' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_ROOMS})
