"""FormData: the entries of a form. XMLHttpRequest standard 4."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from unpoison import js
from unpoison.web.blob import Blob, File
from unpoison.web.idl import interface, usv_string
from unpoison.web.pairs import PairIterable

Entry = tuple[str, "str | File"]


class FormData(PairIterable):
    """Names with texts or files, in order; a name may occur more than once."""

    __slots__ = ("_entries", "realm")

    def __init__(self, realm: js.Realm) -> None:
        super().__init__()
        self.realm = realm
        self._entries: list[Entry] = []

    def append(self, name: object, value: object, *file_name: object) -> None:
        """Add an entry; a Blob becomes a File, of the name `blob` unless one is given."""
        self._entries.append(self._entry(name, value, file_name))

    def delete(self, name: object) -> None:
        """Remove all entries of that name."""
        key = usv_string(name)
        self._entries = [entry for entry in self._entries if entry[0] != key]

    def get(self, name: object) -> Any:
        """Give the first value of a name; null for none."""
        return next(iter(self._values(name)), js.null)

    def get_all(self, name: object) -> js.Array:
        """Give all values of a name."""
        return js.Array(self._values(name))

    def has(self, name: object) -> bool:
        """Tell whether there is an entry of that name."""
        return bool(self._values(name))

    def set(self, name: object, value: object, *file_name: object) -> None:
        """Give a name one value, in the place of its first entry."""
        entry = self._entry(name, value, file_name)
        places = [place for place, found in enumerate(self._entries) if found[0] == entry[0]]
        if not places:
            self._entries.append(entry)
            return
        rest = [found for found in self._entries[places[0] + 1 :] if found[0] != entry[0]]
        self._entries[places[0] :] = [entry, *rest]

    def _entry(self, name: object, value: object, file_name: tuple[object, ...]) -> Entry:
        key = usv_string(name)
        if not isinstance(value, Blob):
            if file_name:
                raise js.TypeError("FormData: a value with a file name must be a Blob")
            return key, usv_string(value)
        if file_name and file_name[0] is not None:
            return key, _renamed(value, usv_string(file_name[0]))
        return key, value if isinstance(value, File) else _renamed(value, "blob")

    def _values(self, name: object) -> list[str | File]:
        key = usv_string(name)
        return [value for found, value in self._entries if found == key]

    def _pairs_now(self) -> list[Any]:
        return self._entries

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"FormData({self._entries!r})"


def _renamed(blob: Blob, name: str) -> File:
    modified = blob.last_modified if isinstance(blob, File) else None
    return File(blob.realm, bytes(blob), blob.type, name=name, last_modified=modified)


def _construct(realm: js.Realm, form: object) -> FormData:
    if form is not None:
        raise js.TypeError("FormData: there is no form element on this host")
    return FormData(realm)


FORM_DATA: Final = interface(
    FormData,
    operations=(
        "append", "delete", "entries", "forEach", "get", "getAll", "has", "keys", "set", "values",
    ),
    methods={js.Symbol.iterator: "entries"},
    construct=_construct,
    length=0,
)  # fmt: skip
