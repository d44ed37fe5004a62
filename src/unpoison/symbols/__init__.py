"""Symbols of Rust made readable."""

from unpoison.symbols.demangling import demangle

__all__ = ["demangle"]
