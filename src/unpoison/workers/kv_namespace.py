"""A KV namespace, as a guest has it. Workers docs, "Workers KV"; workerd, api/kv.c++.

Reads are answered at once; a write is told when it is durable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from unpoison import js, web
from unpoison.workers.bodies import payload_of
from unpoison.workers.kv_store import MAX_VALUE, KvEntry, KvKey, KvStore
from unpoison.workers.messages import Payload, read_all
from unpoison.workers.outside import Promise, promise_of

UNKNOWN_TYPE: Final = (
    'Unknown response type. Possible types are "text", "arrayBuffer", "json", and "stream".'
)
NO_VALUE: Final = (
    "put() accepts only strings, ArrayBuffers, ArrayBufferViews, and ReadableStreams as values."
)

_CONVERSIONS: Final[Mapping[str, Callable[[js.Realm, bytes], object]]] = {
    "text": lambda realm, data: data.decode("utf-8", "replace"),
    "json": lambda realm, data: js.json_parse(data.decode("utf-8", "replace")),
    "arrayBuffer": lambda realm, data: web.buffer_of(data),
    "stream": lambda realm, data: web.Body(realm, data).stream,
}
_OF_SEVERAL: Final = ("text", "json")


class KvNamespace(js.JsObject):
    """The binding of a namespace."""

    __slots__ = ("_realm", "_store")

    def __init__(self, realm: js.Realm, store: KvStore) -> None:
        super().__init__()
        self._realm, self._store = realm, store

    def get(self, key: object, options: object) -> Promise:
        """Give a promise of a value as the type says, null for none; a Map for an array of keys."""
        return self._read(key, options, self._value)

    def get_with_metadata(self, key: object, options: object) -> Promise:
        """Give a promise of `{value, metadata}`; a Map of those for an array of keys."""
        return self._read(key, options, self._value_with_metadata)

    def put(self, key: object, value: object, options: object) -> Promise:
        """Store a value. Rejected with js.Error for what is not allowed or too large."""

        def run() -> Promise:
            name, given = js.to_string(key), self._body(value)
            settings = _put_options(options)

            async def write() -> None:
                self._store.put(name, await _bytes_of(given), **settings)
                await self._store.flush()

            return promise_of(self._realm, write, lambda _: None)

        return self._invoked(run)

    def delete(self, key: object) -> Promise:
        """Delete a key, or each of an array; they need not exist."""

        def run() -> Promise:
            keys = list(js.iterate(key)) if js.is_array(key) else [key]
            names = [js.to_string(each) for each in keys]

            async def remove() -> None:
                for name in names:
                    self._store.delete(name)
                await self._store.flush()

            return promise_of(self._realm, remove, lambda _: None)

        return self._invoked(run)

    def list(self, options: object) -> Promise:
        """Give a promise of a page of keys: `{keys, list_complete, cursor}`."""
        return self._invoked(self._list, options)

    def _list(self, options: object) -> js.Object:
        found = _options(options, "prefix", "cursor", "limit")
        page = self._store.list(
            _text(found["prefix"]), _text(found["cursor"]), _integer(found["limit"])
        )
        made = js.Object(
            {"keys": js.Array(map(_key, page.keys)), "list_complete": page.cursor is None}
        )
        if page.cursor is not None:
            made["cursor"] = page.cursor
        made["cacheStatus"] = js.null
        return made

    def _read(
        self, key: object, options: object, convert: Callable[[KvEntry | None, str], object]
    ) -> Promise:
        def run() -> object:
            kind, ttl = _get_options(options)
            if not js.is_array(key):
                return convert(self._store.get(js.to_string(key), ttl), kind)
            if kind not in _OF_SEVERAL:
                raise js.TypeError(f'"{kind}" is not a valid type. Use "json" or "text"')
            names = [js.to_string(each) for each in js.iterate(key)]
            entries = self._store.get_many(names, ttl)
            pairs = zip(names, entries, strict=True)
            return js.Map({name: convert(entry, kind) for name, entry in pairs})

        return self._invoked(run)

    def _value(self, entry: KvEntry | None, kind: str) -> object:
        return js.null if entry is None else _CONVERSIONS[kind](self._realm, entry.value)

    def _value_with_metadata(self, entry: KvEntry | None, kind: str) -> js.Object:
        metadata = None if entry is None else entry.key.metadata
        return js.Object(
            {
                "value": self._value(entry, kind),
                "metadata": js.null if metadata is None else js.json_parse(metadata),
                "cacheStatus": js.null,
            }
        )

    def _body(self, value: Any) -> Payload:
        if isinstance(value, web.ReadableStream):
            return payload_of(web.extract(self._realm, value)[0])
        data = js.bytes_of(value)
        if data is not None:
            return data
        if not js.is_string(value):
            raise js.TypeError(NO_VALUE)
        return js.well_formed(value).encode()

    def _invoked(self, run: Callable[..., object], *arguments: object) -> Promise:
        promises = self._realm.promises
        try:
            return js.resolve(promises, run(*arguments))
        except Exception as error:  # noqa: BLE001 - whatever it raises rejects the promise
            return js.reject(promises, js.from_exception(error))


async def _bytes_of(body: Payload) -> bytes:
    try:
        return await read_all(body, MAX_VALUE)
    except ValueError:
        raise js.Error(f"KV PUT failed: 413 Value length exceeds limit of {MAX_VALUE}.") from None


def _options(options: object, *names: str) -> Mapping[str, Any]:
    found = js.items_of(None if js.is_nullish(options) else options, *names)
    return {name: web.none_for(value) for name, value in found.items()}


def _get_options(options: object) -> tuple[str, int | None]:
    if js.is_string(options):
        options = js.Object({"type": options})
    found = _options(options, "type", "cacheTtl")
    kind = "text" if found["type"] is None else js.to_string(found["type"])
    if kind not in _CONVERSIONS:
        raise js.TypeError(UNKNOWN_TYPE)
    return kind, _integer(found["cacheTtl"])


def _put_options(options: object) -> dict[str, Any]:
    found = _options(options, "expiration", "expirationTtl", "metadata")
    metadata = found["metadata"]
    return {
        "expiration": _integer(found["expiration"]),
        "expiration_ttl": _integer(found["expirationTtl"]),
        "metadata": None if metadata is None else js.json_stringify(metadata),
    }


def _key(key: KvKey) -> js.Object:
    made = js.Object({"name": key.name})
    if key.expiration is not None:
        made["expiration"] = key.expiration
    if key.metadata is not None:
        made["metadata"] = js.json_parse(key.metadata)
    return made


def _text(value: object) -> str | None:
    return None if value is None else js.to_string(value)


def _integer(value: object) -> int | None:
    """Give an integer of 32 bits or more. Raises js.TypeError for what is no safe integer."""
    if value is None:
        return None
    number = js.to_number(value)
    if not -js.MAX_SAFE_INTEGER <= number <= js.MAX_SAFE_INTEGER:
        raise js.TypeError(f"{js.string_of(value)} is no integer")
    return int(number)


KV_NAMESPACE: Final = web.interface(
    KvNamespace, operations=("delete", "get", "getWithMetadata", "list", "put")
)
