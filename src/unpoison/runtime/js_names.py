"""Names of properties as the macros write them. Source: `wasm-bindgen-cli-support` src/js/mod.rs,
`property_accessor`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from unpoison import js

PropertyKey = str | js.Symbol

_SYMBOL = re.compile(r"\[Symbol\.(\w+)\]")


def key_of(name: str) -> PropertyKey:
    """Give the key of one property: `[Symbol.iterator]` is a symbol, any other text itself.

    A symbol that JavaScript does not have reads undefined there, and is that key.
    """
    symbol = _SYMBOL.fullmatch(name)
    return name if symbol is None else js.WELL_KNOWN_SYMBOLS.get(symbol[1], "undefined")


def parts_of(name: str) -> list[str]:
    """Give the names that a name leads through: `prototype.set.call` are three properties."""
    return [name] if _SYMBOL.fullmatch(name) else name.split(".")


def renamed(names: Mapping[str, str]) -> Mapping[PropertyKey, str]:
    """Give the Python name of each property, by its key, for names as the macros write them."""
    return MappingProxyType({key_of(name): python for name, python in names.items()})
