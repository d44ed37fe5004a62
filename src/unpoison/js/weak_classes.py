"""The classes WeakMap, WeakSet, WeakRef and FinalizationRegistry. ECMA-262 24.3, 24.4, 26.1, 26.2.

The callbacks of a registry run as promise jobs, never where Python happens to collect an object.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, Final

from unpoison.js.callbacks import callback
from unpoison.js.classes import ClassSpec, register
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.functions import invoke
from unpoison.js.iteration import walking
from unpoison.js.map_class import fill_from
from unpoison.js.members import JsObject
from unpoison.js.object_class import OBJECT
from unpoison.js.refusals import refuse_call
from unpoison.js.shown import shown
from unpoison.js.values import Symbol, is_function, is_nullish, same_value
from unpoison.js.weak import ABSENT, WeakEntries, can_be_held_weakly, weak_reference


class _WeakCollection(JsObject):
    """What WeakMap and WeakSet have in common: entries that keep no key alive."""

    __slots__ = ("entries",)

    def __init__(self, registry: dict[str, Symbol] | None = None) -> None:
        super().__init__()
        self.entries = WeakEntries({} if registry is None else registry)


class WeakMap(_WeakCollection):
    """A JavaScript WeakMap: values by objects that it does not keep alive."""

    __module__ = "unpoison.js"
    __slots__ = ()

    def __repr__(self) -> str:
        return "<js.WeakMap>"


class WeakSet(_WeakCollection):
    """A JavaScript WeakSet: objects that it does not keep alive."""

    __module__ = "unpoison.js"
    __slots__ = ()

    def __repr__(self) -> str:
        return "<js.WeakSet>"


class WeakRef(JsObject):
    """A JavaScript WeakRef: `deref()` gives the value, undefined when it is gone."""

    __module__ = "unpoison.js"
    __slots__ = ("deref",)

    def __init__(self, target: object) -> None:
        super().__init__()
        self.deref: Callable[[], Any] = weak_reference(target)

    def __repr__(self) -> str:
        return "<js.WeakRef>"


class FinalizationRegistry(JsObject):
    """A JavaScript FinalizationRegistry, whose callback runs as a job after a value has gone."""

    __module__ = "unpoison.js"
    __slots__ = ("_cells", "_clean", "_jobs", "registry")

    def __init__(self, realm: Any, clean: Callable[[object], object]) -> None:
        super().__init__()
        self._jobs, self._clean = realm.promises.jobs, clean
        self.registry: dict[str, Symbol] = realm.registry
        self._cells: dict[int, _Cell] = {}

    def add(self, target: object, held: object, token: object) -> None:
        """Have the callback called with `held` after the target has gone."""
        cell = _Cell(held, None if token is None else weak_reference(token))
        mine, key = weakref.ref(self), id(cell)

        def ended(_: object) -> None:
            registry = mine()
            if registry is not None and key in registry._cells:
                registry._jobs.enqueue(lambda: registry._finish(key))

        cell.target = weak_reference(target, ended)
        self._cells[key] = cell

    def remove(self, token: object) -> bool:
        """Forget what was registered with a token; False when there was none."""
        found = [key for key, cell in self._cells.items() if cell.has_token(token)]
        for key in found:
            del self._cells[key]
        return bool(found)

    def _finish(self, key: int) -> None:
        cell = self._cells.pop(key, None)
        if cell is not None:
            self._clean(cell.held)

    def __repr__(self) -> str:
        return "<js.FinalizationRegistry>"


class _Cell:
    """One registration."""

    __slots__ = ("held", "target", "token")

    def __init__(self, held: object, token: Callable[[], Any] | None) -> None:
        self.held, self.token = held, token
        self.target: Callable[[], Any] | None = None

    def has_token(self, token: object) -> bool:
        return self.token is not None and same_value(self.token(), token)


def _receiver(this: object, kind: type[Any], name: str) -> Any:
    if not isinstance(this, kind):
        raise TypeError(
            f"Method {kind.__name__}.prototype.{name} called on incompatible receiver {shown(this)}"
        )
    return this


def _entries(this: object, kind: type[WeakMap | WeakSet], name: str) -> WeakEntries:
    return _receiver(this, kind, name).entries  # type: ignore[no-any-return]


def _map_with(this: object, name: str, key: object) -> WeakEntries:
    """Give the entries of a WeakMap to which a key is to be added."""
    entries = _entries(this, WeakMap, name)
    if not entries.takes(key):
        raise TypeError("Invalid value used as weak map key")
    return entries


def _require(value: object, registry: dict[str, Symbol], message: str) -> None:
    if not can_be_held_weakly(value, registry):
        raise TypeError(message)


def _get(this: object, key: object) -> Any:
    found = _entries(this, WeakMap, "get").find(key)
    return None if found is ABSENT else found


def _set(this: object, key: object, value: object) -> object:
    _map_with(this, "set", key).set(key, value)
    return this


def _get_or_insert(this: object, key: object, value: object) -> Any:
    entries = _map_with(this, "getOrInsert", key)
    if entries.find(key) is ABSENT:
        entries.set(key, value)
    return entries.find(key)


def _get_or_insert_computed(this: object, key: object, function: object) -> Any:
    entries = _map_with(this, "getOrInsertComputed", key)
    compute = callback(function)
    if entries.find(key) is ABSENT:
        entries.set(key, compute(key))
    return entries.find(key)


def _add(this: object, value: object) -> object:
    entries = _entries(this, WeakSet, "add")
    if not entries.takes(value):
        raise TypeError("Invalid value used in weak set")
    entries.set(value, True)
    return this


def _has(kind: type[WeakMap | WeakSet]) -> Callable[..., bool]:
    return lambda this, key: _entries(this, kind, "has").find(key) is not ABSENT


def _delete(kind: type[WeakMap | WeakSet]) -> Callable[..., bool]:
    return lambda this, key: _entries(this, kind, "delete").remove(key)


def _make_map(realm: Any, items: object = None) -> WeakMap:
    made = WeakMap(realm.registry)
    if not is_nullish(items):
        fill_from(realm, made, items, "set")
    return made


def _make_set(realm: Any, items: object = None) -> WeakSet:
    made = WeakSet(realm.registry)
    if not is_nullish(items):
        adder = realm.get(made, "add")
        with walking(items) as values:
            for value in values:
                invoke(adder, made, value)
    return made


def _make_reference(realm: Any, target: object) -> WeakRef:
    _require(target, realm.registry, "WeakRef: invalid target")
    return WeakRef(target)


def _make_registry(realm: Any, clean: object) -> FinalizationRegistry:
    if not is_function(clean):
        raise TypeError("FinalizationRegistry: cleanup must be callable")
    return FinalizationRegistry(realm, callback(clean))


def _register(this: object, target: object, held: object, token: object = None) -> None:
    registry = _receiver(this, FinalizationRegistry, "register")
    name = "FinalizationRegistry.prototype.register"
    _require(target, registry.registry, f"{name}: invalid target")
    if same_value(target, held):
        raise TypeError(f"{name}: target and holdings must not be same")
    if token is not None:
        _require(token, registry.registry, f"Invalid unregisterToken ('{shown(token)}')")
    registry.add(target, held, token)


def _unregister(this: object, token: object) -> bool:
    registry = _receiver(this, FinalizationRegistry, "unregister")
    _require(token, registry.registry, f"Invalid unregisterToken ('{shown(token)}')")
    return registry.remove(token)  # type: ignore[no-any-return]


WEAK_MAP: Final = ClassSpec(
    "WeakMap",
    OBJECT,
    methods={
        "delete": _delete(WeakMap),
        "get": _get,
        "getOrInsert": _get_or_insert,
        "getOrInsertComputed": _get_or_insert_computed,
        "has": _has(WeakMap),
        "set": _set,
    },
    constants={Symbol.to_string_tag: "WeakMap"},
    call=refuse_call("WeakMap"),
    construct=_make_map,
)
WEAK_SET: Final = ClassSpec(
    "WeakSet",
    OBJECT,
    methods={"add": _add, "delete": _delete(WeakSet), "has": _has(WeakSet)},
    constants={Symbol.to_string_tag: "WeakSet"},
    call=refuse_call("WeakSet"),
    construct=_make_set,
)
WEAK_REF: Final = ClassSpec(
    "WeakRef",
    OBJECT,
    methods={"deref": lambda this: _receiver(this, WeakRef, "deref").deref()},
    constants={Symbol.to_string_tag: "WeakRef"},
    call=refuse_call("WeakRef"),
    construct=_make_reference,
)
FINALIZATION_REGISTRY: Final = ClassSpec(
    "FinalizationRegistry",
    OBJECT,
    methods={"register": _register, "unregister": _unregister},
    constants={Symbol.to_string_tag: "FinalizationRegistry"},
    call=refuse_call("FinalizationRegistry"),
    construct=_make_registry,
)
register(WEAK_MAP, WeakMap)
register(WEAK_SET, WeakSet)
register(WEAK_REF, WeakRef)
register(FINALIZATION_REGISTRY, FinalizationRegistry)
