"""IdentityTransformStream and FixedLengthStream: bytes in, the same bytes out.

Workers docs, "TransformStream"; workerd, api/streams/internal.c++.
"""

from __future__ import annotations

from typing import Any, Final
from weakref import WeakKeyDictionary

from unpoison import js, web
from unpoison.workers.outside import Promise

NOT_BYTES: Final = (
    "This TransformStream is being used as a byte stream, but received an object of "
    "non-ArrayBuffer/ArrayBufferView type on its writable side."
)
TOO_MANY: Final = "Attempt to write too many bytes through a FixedLengthStream."
TOO_FEW: Final = "FixedLengthStream did not see all expected bytes before close()."


class IdentityTransformStream(web.TransformStream):
    """A stream of bytes; an ArrayBuffer or a view of one may be written."""

    __slots__ = ()

    def __init__(self, realm: js.Realm) -> None:
        super().__init__(realm, _Counter(realm, None).transformer())


class FixedLengthStream(IdentityTransformStream):
    """A stream of exactly so many bytes; a response with its readable side has that length."""

    __slots__ = ()

    def __init__(self, realm: js.Realm, length: object) -> None:
        count = _length(length)
        web.TransformStream.__init__(self, realm, _Counter(realm, count).transformer())
        realm.part(_Lengths).known[self.readable] = count


class _Lengths:
    """How long streams of a guest will be: `realm.part(_Lengths)`."""

    def __init__(self, realm: js.Realm) -> None:
        self.known: WeakKeyDictionary[web.ReadableStream, int] = WeakKeyDictionary()


def fixed_length(realm: js.Realm, stream: web.ReadableStream) -> int | None:
    """Give how many bytes a stream will have, None when nobody knows."""
    return realm.part(_Lengths).known.get(stream)


class _Counter:
    """Gives chunks on, and counts when `expected` is a number of bytes."""

    def __init__(self, realm: js.Realm, expected: int | None) -> None:
        self._realm = realm
        self._expected = expected
        self._seen = 0

    def transformer(self) -> web.Transformer:
        return web.Transformer(self._transform, self._flush, lambda _: self._done())

    def _transform(self, chunk: object, controller: Any) -> Promise:
        data = js.bytes_of(chunk)
        if data is None:
            return self._failed(NOT_BYTES)
        self._seen += len(data)
        if self._expected is not None and self._seen > self._expected:
            return self._failed(TOO_MANY)
        if data:
            controller.enqueue(js.Uint8Array(web.buffer_of(data)))
        return self._done()

    def _flush(self, _: object) -> Promise:
        missing = self._expected is not None and self._seen < self._expected
        return self._failed(TOO_FEW) if missing else self._done()

    def _done(self) -> Promise:
        return js.resolve(self._realm.promises, None)

    def _failed(self, problem: str) -> Promise:
        return js.reject(self._realm.promises, js.TypeError(problem))


def _length(value: object) -> int:
    number = value if js.is_bigint(value) else js.to_number(value)
    if not 0 <= number <= js.MAX_SAFE_INTEGER or number != int(number):
        raise js.TypeError("FixedLengthStream requires a non-negative integer length.")
    return int(number)


IDENTITY_GLOBALS: Final = {
    "IdentityTransformStream": web.interface(
        IdentityTransformStream, web.TRANSFORM_STREAM, construct=IdentityTransformStream, length=0
    ),
    "FixedLengthStream": web.interface(
        FixedLengthStream, web.TRANSFORM_STREAM, construct=FixedLengthStream, length=1
    ),
}
