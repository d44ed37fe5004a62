"""TextEncoderStream and TextDecoderStream. Encoding standard 7.5, 7.6."""

from __future__ import annotations

from typing import Any, Final

from unpoison import js
from unpoison.web.buffers import buffer_of
from unpoison.web.idl import interface, usv_string
from unpoison.web.promises import Promise, invoked, resolved
from unpoison.web.readable_stream import ReadableStream
from unpoison.web.text_coding import TextDecoder, construct_decoder
from unpoison.web.transform_stream import Transformer, TransformStream
from unpoison.web.writable_stream import WritableStream


class TextEncoderStream(js.JsObject):
    """Turns texts into UTF-8; a surrogate pair may be split between two chunks."""

    __slots__ = ("_pending", "_transform", "realm")

    encoding = "utf-8"

    def __init__(self, realm: js.Realm) -> None:
        super().__init__()
        self.realm = realm
        self._pending = ""
        self._transform = TransformStream(
            realm, Transformer(self._encode, self._flush, lambda _: resolved(realm))
        )

    @property
    def readable(self) -> ReadableStream:
        """What comes out."""
        return self._transform.readable

    @property
    def writable(self) -> WritableStream:
        """What goes in."""
        return self._transform.writable

    def _encode(self, chunk: object, controller: Any) -> Promise:
        return invoked(self.realm, lambda: self._give(js.to_string(chunk), controller))

    def _give(self, text: str, controller: Any) -> None:
        text = self._pending + text
        # The first half of a pair waits for the chunk that may bring the second.
        self._pending = text[-1:] if text and "\ud800" <= text[-1] <= "\udbff" else ""
        data = usv_string(text[: len(text) - len(self._pending)]).encode()
        if data:
            controller.enqueue(js.Uint8Array(buffer_of(data)))

    def _flush(self, controller: Any) -> Promise:
        def finish() -> None:
            if self._pending:
                controller.enqueue(js.Uint8Array(buffer_of("\ufffd".encode())))

        return invoked(self.realm, finish)


class TextDecoderStream(js.JsObject):
    """Turns bytes into texts; a character may be split between two chunks."""

    __slots__ = ("_decoder", "_transform", "realm")

    def __init__(self, realm: js.Realm, decoder: TextDecoder) -> None:
        super().__init__()
        self.realm = realm
        self._decoder = decoder
        self._transform = TransformStream(
            realm, Transformer(self._decode, self._flush, lambda _: resolved(realm))
        )

    @property
    def encoding(self) -> str:
        """The name of the encoding."""
        return self._decoder.encoding

    @property
    def fatal(self) -> bool:
        """Whether malformed bytes fail the stream."""
        return self._decoder.fatal

    @property
    def ignore_bom(self) -> bool:
        """Whether a byte order mark is kept."""
        return self._decoder.ignore_bom

    @property
    def readable(self) -> ReadableStream:
        """What comes out."""
        return self._transform.readable

    @property
    def writable(self) -> WritableStream:
        """What goes in."""
        return self._transform.writable

    def _decode(self, chunk: object, controller: Any) -> Promise:
        def give() -> None:
            if js.bytes_of(chunk) is None:
                raise js.TypeError("a chunk to be decoded must be a BufferSource")
            text = self._decoder.decode(chunk, {"stream": True})
            if text:
                controller.enqueue(text)

        return invoked(self.realm, give)

    def _flush(self, controller: Any) -> Promise:
        def finish() -> None:
            text = self._decoder.decode()
            if text:
                controller.enqueue(text)

        return invoked(self.realm, finish)


def _construct_decoder(realm: js.Realm, label: object, options: object) -> TextDecoderStream:
    return TextDecoderStream(realm, construct_decoder(realm, label, options))


TEXT_STREAM_GLOBALS: Final = {
    "TextDecoderStream": interface(
        TextDecoderStream,
        attributes=("encoding", "fatal", "ignoreBOM", "readable", "writable"),
        construct=_construct_decoder,
        length=0,
    ),
    "TextEncoderStream": interface(
        TextEncoderStream,
        attributes=("encoding", "readable", "writable"),
        construct=TextEncoderStream,
        length=0,
    ),
}
