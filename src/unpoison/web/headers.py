"""Headers: names and values of HTTP, sorted and combined when they are walked. Fetch 5.1."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from unpoison import js
from unpoison.web.idl import interface
from unpoison.web.pairs import PairIterable

Pair = tuple[str, str]

_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_BLANK: Final = " \t\r\n"
_BAD: Final = re.compile("[\0\r\n]")


class Headers(PairIterable):
    """A list of headers; a name may occur more than once. Python code may use it as a mapping.

    Names are lower case. Values are texts of bytes: U+0000 to U+00FF. An immutable one (of a
    response that came) refuses changes.
    """

    __slots__ = ("_pairs", "immutable")

    def __init__(self, pairs: Iterable[Pair] = (), *, immutable: bool = False) -> None:
        # As JsObject's, without a call: each request makes several.
        self._js_own = {}
        self._js_attributes = None
        self._pairs: list[Pair] = []
        self.immutable = False
        for name, value in pairs:
            self.append(name, value)
        self.immutable = immutable

    @classmethod
    def trusted(cls, pairs: Iterable[Pair], *, immutable: bool = False) -> Headers:
        """Give headers of names and values that were checked before."""
        made = cls()
        made._pairs, made.immutable = list(pairs), immutable
        return made

    def append(self, name: object, value: object) -> None:
        """Add a header; what has the name already stays. Raises js.TypeError."""
        pair = header_name(name), header_value(value)
        self._check()
        self._pairs.append(pair)

    def delete(self, name: object) -> None:
        """Remove all headers of that name."""
        key = header_name(name)
        self._check()
        self._pairs = [pair for pair in self._pairs if pair[0] != key]

    def get(self, name: object) -> Any:
        """Give the values of a name, combined; null for none."""
        found = self._values(header_name(name))
        return ", ".join(found) if found else js.null

    def get_set_cookie(self) -> js.Array:
        """Give each `set-cookie` header: they cannot be combined."""
        return js.Array(self._values("set-cookie"))

    def has(self, name: object) -> bool:
        """Tell whether there is a header of that name."""
        return bool(self._values(header_name(name)))

    def set(self, name: object, value: object) -> None:
        """Give a name one value, in the place of its first header."""
        key, text = header_name(name), header_value(value)
        self._check()
        places = [place for place, pair in enumerate(self._pairs) if pair[0] == key]
        if not places:
            self._pairs.append((key, text))
            return
        rest = [pair for pair in self._pairs[places[0] + 1 :] if pair[0] != key]
        self._pairs[places[0] :] = [(key, text), *rest]

    @property
    def raw(self) -> tuple[Pair, ...]:
        """The headers as they were given, in order."""
        return tuple(self._pairs)

    def _check(self) -> None:
        if self.immutable:
            raise js.TypeError("Headers are immutable")

    def _values(self, key: str) -> list[str]:
        return [value for name, value in self._pairs if name == key]

    def _sorted(self) -> list[Pair]:
        """Be "sort and combine". Fetch 2.2.2."""
        found: list[Pair] = []
        for name in sorted({pair[0] for pair in self._pairs}):
            values = self._values(name)
            joined = values if name == "set-cookie" else [", ".join(values)]
            found += [(name, value) for value in joined]
        return found

    def _pairs_now(self) -> list[Any]:
        return self._sorted()

    def __iter__(self) -> Iterator[Pair]:
        return iter(self._sorted())

    def __len__(self) -> int:
        return len(self._sorted())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.has(name)

    def __getitem__(self, name: str) -> str:
        found = self.get(name)
        if found is js.null:
            raise KeyError(name)
        return str(found)

    def __repr__(self) -> str:
        return f"Headers({self._sorted()!r})"


def header_name(value: object) -> str:
    """Give a header's name in lower case. Raises js.TypeError for what is no token."""
    text = js.to_string(value)
    if _TOKEN.fullmatch(text) is None:
        raise js.TypeError(f"Headers: {text!r} is an invalid header name")
    return text.lower()


def header_value(value: object) -> str:
    """Give a header's value without blanks around it. Raises js.TypeError."""
    text = js.to_string(value)
    if not text.isascii() and max(text) > "\xff":
        raise js.TypeError("Headers: a value has a character above U+00FF")
    text = text.strip(_BLANK)
    if _BAD.search(text):
        raise js.TypeError(f"Headers: {text!r} is an invalid header value")
    return text


def fill(headers: Headers, given: object, realm: js.Realm) -> Headers:
    """Add what a HeadersInit has: another Headers, pairs, or a record. Fetch 5.1."""
    if isinstance(given, Headers):
        headers._check()
        headers._pairs += given._pairs
    elif not js.is_reference(given):
        raise js.TypeError("Headers: the argument must be an object")
    elif not js.is_nullish(realm.get(given, js.Symbol.iterator)):
        for item in js.iterate(given):
            headers.append(*_pair(item))
    else:
        for key in js.own_keys(given):
            if isinstance(key, str):
                headers.append(key, realm.get(given, key))
    return headers


def _pair(item: object) -> tuple[object, object]:
    values = list(js.iterate(item)) if js.is_reference(item) else []
    if len(values) != 2:
        raise js.TypeError("Headers: each pair must have a name and a value")
    return values[0], values[1]


def _construct(realm: js.Realm, init: object) -> Headers:
    return Headers() if init is None else fill(Headers(), init, realm)


HEADERS: Final[js.ClassSpec] = interface(
    Headers,
    operations=(
        "append", "delete", "entries", "forEach", "get", "getSetCookie", "has", "keys", "set",
        "values",
    ),
    methods={js.Symbol.iterator: "entries"},
    construct=_construct,
    length=0,
)  # fmt: skip
