"""The class Map: in Python, a MutableMapping with any keys. ECMA-262 24.1."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from typing import Any, Final

from unpoison.js.callbacks import callback
from unpoison.js.classes import ClassSpec, Method, register
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.functions import invoke
from unpoison.js.iteration import walking
from unpoison.js.iterator_class import MAP_ITERATOR, JsIterator
from unpoison.js.keyed import Entries, Entry, normal_key
from unpoison.js.members import JsObject
from unpoison.js.object_class import OBJECT
from unpoison.js.objects import Array
from unpoison.js.property import get
from unpoison.js.refusals import refuse_call
from unpoison.js.shown import shown
from unpoison.js.values import WELL_KNOWN_SYMBOLS, Symbol, is_function, is_nullish, is_reference


class Map(JsObject, MutableMapping[Any, Any]):
    """A JavaScript Map. `Map(mapping)` or `Map(pairs)` makes one in Python; keys keep their order.

    Any value is a key, an object by its identity: `map[[1]]` is never found again.
    """

    __module__ = "unpoison.js"
    __slots__ = ("_entries",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, items: Mapping[Any, Any] | Iterable[tuple[Any, Any]] = (), /) -> None:
        super().__init__()
        self._entries = Entries()
        self.update(items)

    def __getitem__(self, key: Any) -> Any:
        entry = self._entries.find(key)
        if entry is None:
            raise KeyError(key)
        return entry.value

    def __setitem__(self, key: Any, value: Any) -> None:
        self._entries.set(key, value)

    def __delitem__(self, key: Any) -> None:
        if not self._entries.remove(key):
            raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return self._entries.find(key) is not None

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Any]:
        return (entry.key for entry in self._entries)

    def clear(self) -> None:
        """Remove all entries."""
        self._entries.clear()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mapping) or len(self) != len(other):
            return NotImplemented if not isinstance(other, Mapping) else False
        return all(key in other and other[key] == value for key, value in self.items())

    def __repr__(self) -> str:
        return f"js.Map({{{', '.join(f'{key!r}: {value!r}' for key, value in self.items())}}})"


def _map(this: object, name: str) -> Entries:
    if not isinstance(this, Map):
        raise TypeError(
            f"Method Map.prototype.{name} called on incompatible receiver {shown(this)}"
        )
    return this._entries


def _clear(this: object) -> None:
    _map(this, "clear").clear()


def _delete(this: object, key: object) -> bool:
    return _map(this, "delete").remove(key)


def _for_each(this: object, function: object, this_argument: object = None) -> None:
    entries = _map(this, "forEach")
    apply = callback(function, this_argument)
    for entry in entries:
        apply(entry.value, entry.key, this)


def _get(this: object, key: object) -> Any:
    entry = _map(this, "get").find(key)
    return None if entry is None else entry.value


def _get_or_insert(this: object, key: object, value: object) -> Any:
    entries = _map(this, "getOrInsert")
    entry = entries.find(key)
    if entry is not None:
        return entry.value
    entries.set(key, value)
    return value


def _get_or_insert_computed(this: object, key: object, function: object) -> Any:
    entries = _map(this, "getOrInsertComputed")
    compute = callback(function)
    entry = entries.find(key)
    if entry is not None:
        return entry.value
    value = compute(normal_key(key))
    entries.set(key, value)
    return value


def _has(this: object, key: object) -> bool:
    return _map(this, "has").find(key) is not None


def _set(this: object, key: object, value: object) -> object:
    _map(this, "set").set(key, value)
    return this


def _pair(entry: Entry) -> Array:
    return Array((entry.key, entry.value))


def _walker(name: str, pick: Callable[[Entry], object]) -> Callable[[object], JsIterator]:
    return lambda this: JsIterator(map(pick, _map(this, name)), MAP_ITERATOR)


_entries = Method("entries", _walker("entries", _pair))


def fill_from(realm: Any, made: object, items: object, name: str) -> None:
    """Call the adder of a new collection for each entry of an iterable. ECMA-262 24.1.1.2."""
    adder = realm.get(made, name)
    if not is_function(adder):
        raise TypeError(
            f"'{shown(adder)}' returned for property '{name}' of object is not a function"
        )
    with walking(items) as entries:
        for entry in entries:
            if not is_reference(entry):
                raise TypeError(f"Iterator value {shown(entry)} is not an entry object")
            invoke(adder, made, get(entry, 0), get(entry, 1))


def _construct(realm: Any, items: object = None) -> Map:
    made = Map()
    if not is_nullish(items):
        fill_from(realm, made, items, "set")
    return made


def _group_by(realm: Any, items: object, function: object) -> Map:
    if is_nullish(items):
        raise TypeError("Map.groupBy called on null or undefined")
    if not is_function(function):
        raise TypeError(f"{shown(function)} is not a function")
    key_for = callback(function)
    made = Map()
    with walking(items) as values:
        for index, value in enumerate(values):
            _get_or_insert(made, key_for(value, index), Array()).append(value)
    return made


MAP: Final[ClassSpec] = ClassSpec(
    "Map",
    OBJECT,
    methods={
        "clear": _clear,
        "delete": _delete,
        "entries": _entries,
        "forEach": _for_each,
        "get": _get,
        "getOrInsert": _get_or_insert,
        "getOrInsertComputed": _get_or_insert_computed,
        "has": _has,
        "keys": _walker("keys", lambda entry: entry.key),
        "set": _set,
        "values": _walker("values", lambda entry: entry.value),
        Symbol.iterator: _entries,
    },
    getters={"size": lambda this: len(_map(this, "size"))},
    constants={Symbol.to_string_tag: "Map"},
    statics={"groupBy": _group_by},
    static_getters={WELL_KNOWN_SYMBOLS["species"]: lambda realm: realm.constructor(MAP)},
    call=refuse_call("Map"),
    construct=_construct,
    length=0,
)
register(MAP, Map)
