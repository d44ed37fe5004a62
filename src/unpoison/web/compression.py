"""CompressionStream and DecompressionStream, on zlib. Compression standard."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from unpoison import js
from unpoison.web.blob import CHUNK
from unpoison.web.buffers import buffer_of
from unpoison.web.idl import interface
from unpoison.web.promises import Promise, invoked, resolved
from unpoison.web.transform_stream import Transformer, TransformSides

WINDOW_BITS: Final[Mapping[str, int]] = {"deflate": 15, "deflate-raw": -15, "gzip": 31}
"""zlib's window bits for each format of the standard."""


class CodecStream(TransformSides):
    """What both classes have: the format."""

    __slots__ = ()

    def __init__(self, realm: js.Realm, format_: object) -> None:
        name = js.to_string(format_)
        if name not in WINDOW_BITS:
            raise js.TypeError(f"{name!r} is no format of compression")
        super().__init__(realm, self._make(realm, WINDOW_BITS[name]))

    @staticmethod
    def _make(realm: js.Realm, window_bits: int) -> Transformer:
        raise NotImplementedError


class CompressionStream(CodecStream):
    """Compresses bytes."""

    __slots__ = ()

    @staticmethod
    def _make(realm: js.Realm, window_bits: int) -> Transformer:
        codec = zlib.compressobj(wbits=window_bits)

        def transform(chunk: object, controller: Any) -> Promise:
            return invoked(realm, lambda: _give(controller, codec.compress(_bytes_of(chunk))))

        def flush(controller: Any) -> Promise:
            return invoked(realm, lambda: _give(controller, codec.flush()))

        return Transformer(transform, flush, lambda _: resolved(realm))


class DecompressionStream(CodecStream):
    """Decompresses bytes; what is malformed, cut off, or followed by more is js.TypeError."""

    __slots__ = ()

    @staticmethod
    def _make(realm: js.Realm, window_bits: int) -> Transformer:
        codec = zlib.decompressobj(wbits=window_bits)

        def transform(chunk: object, controller: Any) -> Promise:
            return invoked(realm, lambda: _decompress(codec, _bytes_of(chunk), controller))

        def finish() -> None:
            if not codec.eof:
                raise js.TypeError("The compressed data ends too early")

        return Transformer(transform, lambda _: invoked(realm, finish), lambda _: resolved(realm))


def _decompress(codec: Any, data: bytes, controller: Any) -> None:
    # Chunk by chunk: a small input may stand for a very large output.
    if codec.eof and data:
        raise js.TypeError("There is more after the end of the compressed data")
    for part in _parts(codec, data):
        _give(controller, part)
    if codec.unused_data:
        raise js.TypeError("There is more after the end of the compressed data")


def _parts(codec: Any, data: bytes) -> Iterator[bytes]:
    while data:
        try:
            yield codec.decompress(data, CHUNK)
        except zlib.error as error:
            raise js.TypeError(f"The compressed data is malformed: {error}") from None
        data = codec.unconsumed_tail


def _bytes_of(chunk: object) -> bytes:
    data = js.bytes_of(chunk)
    if data is None:
        raise js.TypeError("a chunk of compression must be a BufferSource")
    return data


def _give(controller: Any, data: bytes) -> None:
    if data:
        controller.enqueue(js.Uint8Array(buffer_of(data)))


COMPRESSION_GLOBALS: Final = {
    kind.__name__: interface(kind, attributes=("readable", "writable"), construct=kind, length=1)
    for kind in (CompressionStream, DecompressionStream)
}
