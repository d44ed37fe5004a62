"""URLSearchParams, and application/x-www-form-urlencoded. URL standard 5, 6.2."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, Protocol
from urllib.parse import quote_plus, unquote_to_bytes

from unpoison import js
from unpoison.web.idl import interface, usv_string
from unpoison.web.pairs import PairIterable

Pair = tuple[str, str]


class Owner(Protocol):
    """The URL whose query a URLSearchParams is."""

    def update_query(self, query: str) -> None:
        """Take the query of changed parameters."""


class URLSearchParams(PairIterable):
    """The parameters of a query: a list of pairs of strings.

    Python code iterates over the pairs, and uses `in`, `len()` and `==` as on such a list.
    """

    __slots__ = ("_owner", "_pairs")

    def __init__(self, pairs: Iterable[Pair] = (), owner: Owner | None = None) -> None:
        super().__init__()
        self._pairs = list(pairs)
        self._owner = owner

    @property
    def size(self) -> int:
        """The number of pairs."""
        return len(self._pairs)

    def append(self, name: object, value: object) -> None:
        """Add a pair at the end."""
        self._pairs.append((usv_string(name), usv_string(value)))
        self._update()

    def delete(self, name: object, value: object = None) -> None:
        """Remove the pairs of a name; only those with the value, when one is given."""
        unwanted = _matcher(name, value)
        self._pairs[:] = [pair for pair in self._pairs if not unwanted(pair)]
        self._update()

    def get(self, name: object) -> object:
        """Give the first value of a name, null for none."""
        return next(iter(self._values(name)), js.null)

    def get_all(self, name: object) -> js.Array:
        """Give all values of a name."""
        return js.Array(self._values(name))

    def has(self, name: object, value: object = None) -> bool:
        """Tell whether there is a pair of that name, and of the value when one is given."""
        return any(map(_matcher(name, value), self._pairs))

    def set(self, name: object, value: object) -> None:
        """Give a name one value, in the place of its first pair."""
        key, text = usv_string(name), usv_string(value)
        places = [index for index, pair in enumerate(self._pairs) if pair[0] == key]
        if not places:
            self._pairs.append((key, text))
        else:
            kept = self._pairs[places[0] + 1 :]
            rest = [pair for pair in kept if pair[0] != key]
            self._pairs[places[0] :] = [(key, text), *rest]
        self._update()

    def sort(self) -> None:
        """Sort the pairs by name, in UTF-16 code units; equal names keep their order."""
        self._pairs.sort(key=lambda pair: pair[0].encode("utf-16-be"))
        self._update()

    def to_string(self) -> str:
        """Give the query, without a question mark."""
        return serialize(self._pairs)

    def replace(self, query: str) -> None:
        """Take the parameters of a query that its URL was given."""
        self._pairs[:] = parse(query)

    def _pairs_now(self) -> list[Any]:
        return self._pairs

    def _values(self, name: object) -> list[str]:
        key = usv_string(name)
        return [value for found, value in self._pairs if found == key]

    def _update(self) -> None:
        if self._owner is not None:
            self._owner.update_query(serialize(self._pairs))

    def __iter__(self) -> Iterator[Pair]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.has(name)

    def __str__(self) -> str:
        return self.to_string()

    def __repr__(self) -> str:
        return f"URLSearchParams({self.to_string()!r})"


def parse(query: str) -> list[Pair]:
    """Give the pairs of a query. URL standard 5.1."""
    pairs = (part.partition("=") for part in query.split("&") if part)
    return [(_decoded(name), _decoded(value)) for name, _, value in pairs]


def serialize(pairs: Iterable[Pair]) -> str:
    """Give the query of pairs. URL standard 5.2."""
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in pairs)


def _decoded(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8", "replace")


def _encoded(text: str) -> str:
    # Python leaves "~" as it is and encodes "*"; the standard does the reverse.
    return quote_plus(text, safe="*").replace("~", "%7E")


def _matcher(name: object, value: object) -> Any:
    key = usv_string(name)
    if value is None:
        return lambda pair: pair[0] == key
    wanted = (key, usv_string(value))
    return lambda pair: pair == wanted


def _construct(realm: js.Realm, source: object) -> URLSearchParams:
    if source is None:
        return URLSearchParams()
    if isinstance(source, URLSearchParams) or not js.is_reference(source):
        text = source.to_string() if isinstance(source, URLSearchParams) else usv_string(source)
        return URLSearchParams(parse(text.removeprefix("?")))
    if not js.is_nullish(realm.get(source, js.Symbol.iterator)):
        return URLSearchParams(map(_pair, js.iterate(source)))
    record = {usv_string(key): usv_string(realm.get(source, key)) for key in _names(source)}
    return URLSearchParams(record.items())


def _pair(items: object) -> Pair:
    values = list(js.iterate(items)) if js.is_reference(items) else []
    if len(values) != 2:
        raise js.TypeError("Each query pair must be an iterable [name, value] tuple")
    return usv_string(values[0]), usv_string(values[1])


def _names(source: object) -> list[Any]:
    return [key for key in js.own_keys(source) if isinstance(key, str)]


URL_SEARCH_PARAMS: Final = interface(
    URLSearchParams,
    operations=(
        "append",
        "delete",
        "entries",
        "forEach",
        "get",
        "getAll",
        "has",
        "keys",
        "set",
        "sort",
        "toString",
        "values",
    ),
    attributes=("size",),
    methods={js.Symbol.iterator: "entries"},
    construct=_construct,
    length=0,
)
