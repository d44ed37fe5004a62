"""The class Symbol; its registry belongs to the realm. ECMA-262 20.4."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from unpoison.js.classes import ClassSpec, register
from unpoison.js.conversions import to_string
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.object_class import OBJECT
from unpoison.js.values import WELL_KNOWN_SYMBOLS, Symbol


def _symbol(this: object) -> Symbol:
    if not isinstance(this, Symbol):
        raise TypeError("Symbol.prototype method called on a value that is no symbol")
    return this


def _make(realm: Any, description: object) -> Symbol:
    return Symbol(None if description is None else to_string(description))


def _for(realm: Any, key: object) -> Symbol:
    text = to_string(key)
    found = realm.registry.get(text)
    if found is None:
        found = realm.registry[text] = Symbol(text)
    return found  # type: ignore[no-any-return]


def _key_for(realm: Any, symbol: object) -> str | None:
    found = _symbol(symbol)
    registered = realm.registry.get(found.description) is found
    return found.description if registered else None


STATICS: Final[Mapping[str, object]] = {"for": _for, "keyFor": _key_for, **WELL_KNOWN_SYMBOLS}
SYMBOL: Final = ClassSpec(
    "Symbol",
    OBJECT,
    methods={
        "toString": lambda this: repr(_symbol(this)),
        "valueOf": _symbol,
        Symbol.to_primitive: lambda this, hint: _symbol(this),
    },
    getters={"description": lambda this: _symbol(this).description},
    constants={Symbol.to_string_tag: "Symbol"},
    statics=STATICS,
    call=_make,
    length=0,
)
register(SYMBOL, Symbol)
