"""TextEncoderStream and TextDecoderStream. Encoding standard 7.5, 7.6."""

from __future__ import annotations

from typing import Any, Final

from unpoison import js
from unpoison.web.buffers import buffer_of
from unpoison.web.idl import interface, usv_string
from unpoison.web.promises import Promise, invoked, resolved
from unpoison.web.text_coding import TextDecoder, construct_decoder
from unpoison.web.transform_stream import Transformer, TransformSides


class TextEncoderStream(TransformSides):
    """Turns texts into UTF-8; a surrogate pair may be split between two chunks."""

    __slots__ = ("_pending",)

    encoding = "utf-8"

    def __init__(self, realm: js.Realm) -> None:
        self._pending = ""
        super().__init__(realm, Transformer(self._encode, self._flush, lambda _: resolved(realm)))

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


class TextDecoderStream(TransformSides):
    """Turns bytes into texts; a character may be split between two chunks."""

    __slots__ = ("_decoder",)

    def __init__(self, realm: js.Realm, decoder: TextDecoder) -> None:
        self._decoder = decoder
        super().__init__(realm, Transformer(self._decode, self._flush, lambda _: resolved(realm)))

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
