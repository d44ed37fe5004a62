"""Bodies of requests and responses. Fetch 2.2.4, 5.2, 5.3.

A body of known bytes becomes a stream only when somebody asks for one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any, Final

from unpoison import js
from unpoison.web import multipart
from unpoison.web.blob import MAX_BYTES, Blob, decoded, stream_of
from unpoison.web.buffers import buffer_of
from unpoison.web.form_data import FormData
from unpoison.web.headers import Headers
from unpoison.web.idl import usv_string
from unpoison.web.promises import Deferred, Promise, invoked, rejected
from unpoison.web.readable_readers import ReadableStreamDefaultReader
from unpoison.web.readable_stream import ReadableStream
from unpoison.web.readable_tee import Tee
from unpoison.web.streams import stream_from
from unpoison.web.url_search_params import URLSearchParams, parse


class Body:
    """Bytes, or a stream of them."""

    __slots__ = ("_stream", "_used", "data", "realm")

    def __init__(self, realm: js.Realm, data: bytes | ReadableStream) -> None:
        self.realm = realm
        self.data = data if isinstance(data, bytes) else data.known
        self._stream = data if isinstance(data, ReadableStream) else None
        self._used = False

    @property
    def stream(self) -> ReadableStream:
        """The stream of the body, made at the first time."""
        if self._stream is None:
            assert self.data is not None
            self._stream = stream_of(self.realm, self.data)
            if self._used:
                self._stream.disturbed = True
                self._stream.close()
        return self._stream

    @property
    def used(self) -> bool:
        """Whether somebody has read of it."""
        return self._used or (self._stream is not None and self._stream.disturbed)

    @property
    def unusable(self) -> bool:
        """Whether it cannot be read from now on: used, or locked by a reader."""
        return self.used or (self._stream is not None and self._stream.locked)

    def take(self) -> bytes | None:
        """Give the bytes if they are known, which counts as reading them; None for a stream.

        It must not be unusable.
        """
        if self.data is not None:
            self._used = True
            if self._stream is not None:
                self._stream.disturbed = True
                self._stream.close()
        return self.data

    def clone(self) -> Body:
        """Give a second body of the same contents; both can be read."""
        if self._stream is None:
            assert self.data is not None
            return Body(self.realm, self.data)
        first, second = Tee(self._stream, _copied).branches
        self._stream = first
        return Body(self.realm, second)

    def read(self) -> Promise:
        """Give a promise of all bytes, as Python bytes. Rejected when it is unusable."""
        if self.unusable:
            problem = js.TypeError("Body is unusable: Body has already been read")
            return rejected(self.realm, problem)
        if self._stream is None:
            return js.resolve(self.realm.promises, self.take())
        reader = ReadableStreamDefaultReader(self.realm, self._stream)
        request = _ReadAll(self.realm, reader)
        reader.read_into(request)
        return request.deferred.promise


class _ReadAll:
    """Reads a stream to its end. Streams 4.4.3, "read all bytes"."""

    __slots__ = ("_chunks", "_reader", "_size", "deferred")

    def __init__(self, realm: js.Realm, reader: ReadableStreamDefaultReader) -> None:
        self.deferred = Deferred(realm)
        self._reader = reader
        self._chunks: list[bytes] = []
        self._size = 0

    def chunk(self, value: object) -> None:
        """See ReadRequest."""
        if not isinstance(value, js.Uint8Array | bytes | bytearray):
            self.deferred.reject(js.TypeError("Received non-Uint8Array chunk"))
            return
        data = js.bytes_of(value) or b""
        self._chunks.append(data)
        self._size += len(data)
        if self._size > MAX_BYTES:
            problem = js.RangeError(f"a body of more than {MAX_BYTES} bytes cannot be read whole")
            self.deferred.reject(problem)
            self._reader.cancel(problem)
            return
        # A microtask between two chunks, so that a long body does not nest.
        self._reader.realm.promises.jobs.enqueue(lambda: self._reader.read_into(self))

    def close(self) -> None:
        """See ReadRequest."""
        self.deferred.resolve(b"".join(self._chunks))

    def fail(self, reason: object) -> None:
        """See ReadRequest."""
        self.deferred.reject(reason)


def _copied(chunk: object) -> object:
    data = js.bytes_of(chunk)
    if data is None:
        raise js.TypeError("a chunk of a body must be a Uint8Array")
    return js.Uint8Array(buffer_of(data))


def extract(realm: js.Realm, given: Any) -> tuple[Body, str | None]:
    """Give the body that a BodyInit is, and its content type if it has one. Fetch 5.2.

    Raises js.TypeError for a stream that is locked or was read.
    """
    if isinstance(given, ReadableStream):
        if given.disturbed or given.locked:
            raise js.TypeError("Response body object should not be disturbed or locked")
        return Body(realm, given), None
    if isinstance(given, Blob):
        return Body(realm, bytes(given)), given.type or None
    if isinstance(given, FormData):
        boundary = f"----formdata-unpoison-{secrets.token_hex(12)}"
        return Body(realm, multipart.write(given, boundary)), (
            f"multipart/form-data; boundary={boundary}"
        )
    if isinstance(given, URLSearchParams):
        media = "application/x-www-form-urlencoded;charset=UTF-8"
        return Body(realm, given.to_string().encode()), media
    data = js.bytes_of(given)
    if data is not None:
        return Body(realm, data), None
    if hasattr(type(given), "__aiter__"):  # an async iterable of the host
        return Body(realm, stream_from(realm, given)), None
    return Body(realm, usv_string(given).encode()), "text/plain;charset=UTF-8"


class BodyOwner(js.JsObject):
    """What Request and Response have in common: a body, and the ways to read it. Fetch 5.3."""

    __slots__ = ("content", "headers", "realm")

    content: Body | None
    headers: Headers
    realm: js.Realm

    @property
    def body(self) -> Any:
        """The body as a stream; null for none."""
        return js.null if self.content is None else self.content.stream

    @property
    def body_used(self) -> bool:
        """Whether the body was read."""
        return self.content is not None and self.content.used

    def array_buffer(self) -> Promise:
        """Give a promise of the body as an ArrayBuffer."""
        return self._consume(buffer_of)

    def blob(self) -> Promise:
        """Give a promise of the body as a Blob of its content type."""
        return self._consume(lambda data: Blob(self.realm, data, self._media_type))

    def bytes(self) -> Promise:
        """Give a promise of the body as a Uint8Array."""
        return self._consume(lambda data: js.Uint8Array(buffer_of(data)))

    def form_data(self) -> Promise:
        """Give a promise of the body as FormData, by its content type."""
        return self._consume(self._form)

    def json(self) -> Promise:
        """Give a promise of what the body's JSON means."""
        return self._consume(lambda data: js.json_parse(decoded(data)))

    def text(self) -> Promise:
        """Give a promise of the body as text, decoded as UTF-8."""
        return self._consume(decoded)

    @property
    def _media_type(self) -> str:
        found = self.headers.get("content-type")
        return "" if found is js.null else str(found)

    def _consume(self, convert: Callable[[Any], object]) -> Promise:
        if self.content is None:
            return invoked(self.realm, convert, b"")
        return self.content.read().then(convert)

    def _form(self, data: Any) -> FormData:
        media = self._media_type
        essence = media.partition(";")[0].strip().lower()
        if essence == "multipart/form-data":
            boundary = multipart.boundary_of(media)
            if boundary is None:
                raise js.TypeError("Failed to parse body as FormData: it has no boundary")
            return multipart.read(self.realm, data, boundary)
        if essence != "application/x-www-form-urlencoded":
            raise js.TypeError(f"Failed to parse body as FormData: its type is {essence or 'none'}")
        form = FormData(self.realm)
        for name, value in parse(data.decode("utf-8", "replace")):
            form.append(name, value)
        return form


BODY_OPERATIONS: Final = ("arrayBuffer", "blob", "bytes", "formData", "json", "text")
BODY_ATTRIBUTES: Final = ("body", "bodyUsed", "headers")
Init = Mapping[str, Any]
