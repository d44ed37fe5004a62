"""The class Symbol; its registry belongs to the realm. ECMA-262 20.4."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from unpoison.js.classes import ClassSpec, register
from unpoison.js.conversions import to_string
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.object_class import OBJECT
from unpoison.js.shown import shown
from unpoison.js.values import WELL_KNOWN_SYMBOLS, Symbol
from unpoison.js.wrapper import Wrapper


def _symbol(this: object, name: str) -> Symbol:
    value = this.value if isinstance(this, Wrapper) else this
    if not isinstance(value, Symbol):
        raise TypeError(f"Symbol.prototype.{name} requires that 'this' be a Symbol")
    return value


def _make(realm: Any, description: object) -> Symbol:
    return Symbol(None if description is None else to_string(description))


def _for(realm: Any, key: object) -> Symbol:
    text = to_string(key)
    found = realm.registry.get(text)
    if found is None:
        found = realm.registry[text] = Symbol(text)
    return found  # type: ignore[no-any-return]


def _key_for(realm: Any, symbol: object) -> str | None:
    if not isinstance(symbol, Symbol):
        raise TypeError(f"{shown(symbol)} is not a symbol")
    found = symbol
    registered = realm.registry.get(found.description) is found
    return found.description if registered else None


STATICS: Final[Mapping[str, object]] = {"for": _for, "keyFor": _key_for, **WELL_KNOWN_SYMBOLS}
SYMBOL: Final = ClassSpec(
    "Symbol",
    OBJECT,
    methods={
        "toString": lambda this: repr(_symbol(this, "toString")),
        "valueOf": lambda this: _symbol(this, "valueOf"),
        Symbol.to_primitive: lambda this, hint: _symbol(this, " [ @@toPrimitive ]"),
    },
    getters={"description": lambda this: _symbol(this, "description").description},
    constants={Symbol.to_string_tag: "Symbol"},
    statics=STATICS,
    call=_make,
    length=0,
)
register(SYMBOL, Symbol)
