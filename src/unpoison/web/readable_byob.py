"""The reader that brings its own buffers. Streams standard 4.5."""

from __future__ import annotations

from collections import deque
from typing import Any, Final, cast

from unpoison import js
from unpoison.web.idl import enforced_range, interface
from unpoison.web.promises import Promise, rejected
from unpoison.web.readable_bytes import BYOB, ReadableByteStreamController
from unpoison.web.readable_readers import RELEASED, GenericReader, PromiseRequest
from unpoison.web.readable_stream import ERRORED, ReadableStream


class ReadableStreamBYOBReader(GenericReader):
    """Reads into buffers that it is given."""

    __slots__ = ()

    kind = BYOB

    def __init__(self, realm: js.Realm, stream: ReadableStream) -> None:
        if not stream.controller.is_bytes:
            raise js.TypeError("a BYOB reader needs a stream of bytes")
        super().__init__(realm, stream)

    def read(self, view: Any, options: object = None) -> Promise:
        """Fill a view: a promise of `{value, done}`, whose value shows the same bytes, moved.

        `min` of the options is the least number of elements.
        """
        try:
            least = _least(view, options)
        except js.Error as error:
            return rejected(self.realm, error)
        stream = self.stream
        if stream is None:
            return rejected(self.realm, js.TypeError(RELEASED))
        request = ViewRequest(self.realm)
        stream.disturbed = True
        if stream.state == ERRORED:
            request.fail(stream.stored_error)
        else:
            cast(ReadableByteStreamController, stream.controller).pull_into(view, least, request)
        return request.deferred.promise

    def closed_now(self) -> None:
        """The stream closed; buffers that wait are given back by the source's last answer."""
        self.closed_deferred.resolve(None)

    def cancelled(self) -> None:
        """The stream is cancelled: who waits gets no buffer back. Streams 4.9.2."""
        requests, self.requests = self.requests, deque()
        for request in requests:
            request.close_with(None)


class ViewRequest(PromiseRequest):
    """A read-into request."""

    __slots__ = ()

    def close_with(self, view: object) -> None:
        """There is no more; the buffer is given back in an empty view."""
        self.deferred.resolve(js.iterator_result(view, done=True))


def _least(view: Any, options: object) -> int:
    is_view = isinstance(view, js.DataView) or js.typed_array_of(view) is not None
    if not is_view:
        raise js.TypeError('The "view" argument must be an ArrayBufferView')
    if not js.get(view, "byteLength") or not js.get(js.get(view, "buffer"), "byteLength"):
        raise js.TypeError("View or Viewed ArrayBuffer is zero-length or detached")
    found = js.items_of(None if js.is_nullish(options) else options, "min")["min"]
    least = 1 if found is None else enforced_range(found, js.MAX_SAFE_INTEGER, "min")
    if not least:
        raise js.TypeError("min must be greater than 0")
    length = js.get(view, "byteLength" if isinstance(view, js.DataView) else "length")
    if least > length:
        raise js.RangeError("min is larger than the view")
    return least


def _construct(realm: js.Realm, stream: object) -> ReadableStreamBYOBReader:
    if not isinstance(stream, ReadableStream):
        raise js.TypeError("The stream argument must be a ReadableStream")
    return ReadableStreamBYOBReader(realm, stream)


BYOB_READER: Final = interface(
    ReadableStreamBYOBReader,
    operations=("cancel", "read", "releaseLock"),
    attributes=("closed",),
    construct=_construct,
)
