"""Finds what a name means: in what the embedder gave, then in the global object of the guest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from keyword import iskeyword
from typing import Any, Final, NamedTuple

from unpoison import js
from unpoison.bindgen import Import, ImportKind, python_name
from unpoison.runtime.js_names import PropertyKey, key_of, parts_of

ABSENT: Final = object()
"""What a look-up gives for a name that nobody has (undefined is a value)."""


class Found(NamedTuple):
    """A value, what it was found on (`this` of a call), and whether the embedder gave it."""

    value: Any
    parent: Any = None
    given: bool = False

    @property
    def is_absent(self) -> bool:
        """Whether there is no such name."""
        return self.value is ABSENT


_NOWHERE: Final = Found(ABSENT)


class Lookup:
    """What the embedder of one instance gave (a mapping, or an object with attributes), and the
    realm of its guest. What a path means is looked for once."""

    def __init__(self, given: object, realm: js.Realm) -> None:
        self.given = given
        self.realm = realm
        self._found: dict[tuple[str, ...], Found] = {}

    def find(self, host: Import) -> Found:
        """Give what an import's path means."""
        if host.kind is ImportKind.RAW:
            return self.path((host.wasm_module, host.name))
        if host.js_module is None:
            return self._global(host, host.path)
        for module in (host.js_module, *host.js_module_names):
            found = self._walk(self.given, (module, *host.path), given=True)
            if not found.is_absent:
                return found
        return _NOWHERE

    def find_class(self, host: Import) -> Found:
        """Give the class of the global object that a member belongs to."""
        return self._global(host, host.path[:-1])

    def _global(self, host: Import, path: Sequence[str]) -> Found:
        tried = (self.path((root, *path[1:])) for root in (*path[:1], *host.prefixed))
        return next((found for found in tried if not found.is_absent), _NOWHERE)

    def path(self, path: Sequence[str]) -> Found:
        """Give what a path of names means: the embedder's word counts first."""
        key = tuple(path)
        found = self._found.get(key)
        if found is None:
            found = self._walk(self.given, key, given=True)
            if found.is_absent and key[:1] == ("globalThis",) and len(key) > 1:
                found = self.path(key[1:])  # what the embedder gave stands for globals
            elif found.is_absent:
                found = self._walk(self.realm.global_object, key, given=False)
            self._found[key] = found
        return found

    def _walk(self, root: object, path: Sequence[str], *, given: bool) -> Found:
        found = _follow(root, path)
        if found is _NOWHERE and any("." in name for name in path):
            # `js_name = "prototype.set.call"`: the glue evaluates the text.
            found = _follow(root, [part for name in path for part in parts_of(name)])
        return Found(found.value, found.parent, given) if found is not _NOWHERE else found


def _follow(root: object, path: Sequence[str]) -> Found:
    value, parent = root, None
    for name in path:
        value, parent = _member(value, name), value
        if value is ABSENT:
            return _NOWHERE
    return Found(value, parent)


def _member(value: Any, name: str) -> Any:
    key = key_of(name) if name[:1] == "[" else name
    if isinstance(value, js.JsObject | js.Method):
        return _property(value, key)
    found = _own_member(value, key)
    if found is ABSENT and (iskeyword(name) or not name.isidentifier()):
        found = _own_member(value, python_name(name))  # as the stub of a package calls it
    return found


def _own_member(value: Any, key: PropertyKey) -> Any:
    if isinstance(value, Mapping) and (key in value or isinstance(key, str)):
        return value.get(key, ABSENT)
    if not isinstance(key, str):
        return _property(value, key) if js.is_reference(value) else ABSENT
    return getattr(value, key, ABSENT)


def _property(value: object, key: PropertyKey) -> Any:
    found = js.get(value, key)
    return found if found is not None or js.has(value, key) else ABSENT
