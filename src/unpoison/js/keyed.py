"""The entries of a Map or Set: in the order of insertion, and walked while they change.

Keys are compared by SameValueZero: NaN is itself, -0 is 0, a BigInt is no Number, and objects
are themselves, also those that Python cannot hash. An entry that is removed keeps its place in
the chain, so that a walk that stands on it goes on with what followed it. ECMA-262 24.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import BuiltinMethodType, MethodType
from typing import Any, Final

from unpoison.js.values import Kind, Symbol, kind_of

NAN: Final = ("number", "NaN")


def identity(key: Any) -> object:
    """Give a hashable value that two values share when they are the same key."""
    kind = kind_of(key)
    if kind is Kind.STRING:
        return key if type(key) is str else str.__str__(key)
    if kind is Kind.NUMBER:
        return key if key == key else NAN
    if kind is Kind.BIGINT:
        return ("bigint", int(key))
    if kind is Kind.BOOLEAN:
        return ("boolean", bool(key))
    if kind in (Kind.UNDEFINED, Kind.NULL) or isinstance(key, Symbol):
        return key
    return _reference(key)


def _reference(key: Any) -> object:
    # Python makes a bound method anew at each access; in JavaScript `o.f === o.f`.
    if isinstance(key, MethodType):
        return ("method", id(key.__self__), id(key.__func__))
    if isinstance(key, BuiltinMethodType) and key.__self__ is not None:
        return ("method", id(key.__self__), key.__name__)
    return ("object", id(key))


def normal_key(key: Any) -> Any:
    """Give the key that is kept: 0 for -0."""
    return 0 if type(key) is float and key == 0 else key


class Entry:
    """A key and its value. The entry holds the key, so that its identity stays its own."""

    __slots__ = ("after", "before", "key", "removed", "value")

    def __init__(self, key: Any, value: Any) -> None:
        self.key = key
        self.value = value
        self.removed = False
        self.before: Entry = self
        self.after: Entry = self


class Entries:
    """A ring of entries with an index by key."""

    __slots__ = ("_index", "_ring")

    def __init__(self) -> None:
        self._ring = Entry(None, None)
        self._index: dict[object, Entry] = {}

    def __len__(self) -> int:
        return len(self._index)

    def find(self, key: Any) -> Entry | None:
        """Give the entry of a key."""
        return self._index.get(identity(key))

    def set(self, key: Any, value: Any) -> None:
        """Set the value of a key; a new one comes last."""
        name = identity(key)
        found = self._index.get(name)
        if found is not None:
            found.value = value
            return
        self._index[name] = entry = Entry(normal_key(key), value)
        entry.before, entry.after = self._ring.before, self._ring
        self._ring.before.after = self._ring.before = entry

    def remove(self, key: Any) -> bool:
        """Remove a key; False when there was none."""
        entry = self._index.pop(identity(key), None)
        if entry is None:
            return False
        self._unlink(entry)
        return True

    def _unlink(self, entry: Entry) -> None:
        entry.removed = True
        entry.before.after, entry.after.before = entry.after, entry.before

    def clear(self) -> None:
        """Remove all."""
        for entry in list(self._index.values()):
            self._unlink(entry)
        self._index.clear()

    def __iter__(self) -> Iterator[Entry]:
        """Walk the entries that are there when it is their turn, also those added meanwhile."""
        at = self._ring
        while True:
            while at.removed:
                at = at.before
            at = at.after
            if at is self._ring:
                return
            yield at
