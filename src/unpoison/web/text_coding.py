"""TextEncoder and TextDecoder. Encoding standard 7."""

from __future__ import annotations

from typing import Any, Final

from unpoison import js
from unpoison.web.buffers import bytes_of, is_array_of, size_of
from unpoison.web.encodings import Decoder, encoding_for, make_decoder
from unpoison.web.idl import boolean, interface, usv_string

BYTE_ORDER_MARK: Final = "\ufeff"


class TextEncoder(js.JsObject):
    """Encodes strings in UTF-8."""

    __slots__ = ()

    encoding = "utf-8"

    def encode(self, text: object = None) -> js.Uint8Array:
        """Give the bytes of a string; lone surrogates are U+FFFD."""
        return js.Uint8Array.of_data(b"" if text is None else usv_string(text).encode())

    def encode_into(self, source: object, destination: Any) -> js.Object:
        """Write as many whole characters as a Uint8Array has place for.

        Gives `read`, the UTF-16 units of the string that were written, and `written`, the bytes.
        """
        if not is_array_of(destination, js.Uint8Array):
            raise js.TypeError('The "dest" argument must be an instance of Uint8Array')
        text = usv_string(source)
        data = text.encode()
        size = size_of(destination)
        if len(data) > size:
            text = data[:size].decode("utf-8", "ignore")  # what is cut off is no character
            data = text.encode()
        js.write_into(destination, data)
        units = len(text.encode("utf-16-le")) // 2
        return js.Object({"read": units, "written": len(data)})

    def __repr__(self) -> str:
        return "<js TextEncoder>"


class TextDecoder(js.JsObject):
    """Decodes bytes of an encoding; `fatal` refuses malformed bytes instead of U+FFFD.

    Raises js.RangeError for a label of no encoding, and of one that is not provided here.
    """

    __slots__ = ("_decoder", "_seen_start", "_streaming", "encoding", "fatal", "ignore_bom")

    def __init__(
        self, label: str = "utf-8", *, fatal: bool = False, ignore_bom: bool = False
    ) -> None:
        super().__init__()
        self.encoding = encoding_for(label)
        self.fatal, self.ignore_bom = fatal, ignore_bom
        self._streaming = False
        self._start()

    def _start(self) -> None:
        self._decoder: Decoder = make_decoder(self.encoding, fatal=self.fatal)
        self._seen_start = False

    def decode(self, data: Any = None, options: object = None) -> str:
        """Give the text of bytes; with `{stream: true}` they go on in the next call.

        Raises js.TypeError for malformed bytes when the decoder is fatal.
        """
        octets = b"" if data is None else bytes_of(data, "list")
        if not self._streaming:
            self._start()
        self._streaming = boolean(js.items_of(options, "stream")["stream"])
        try:
            text = self._decoder.decode(octets, not self._streaming)
        except UnicodeDecodeError:
            self._streaming = False
            message = f"The encoded data was not valid for encoding {self.encoding}"
            raise js.TypeError(message) from None
        return self._without_mark(text)

    def _without_mark(self, text: str) -> str:
        if self._seen_start or not text:
            return text
        self._seen_start = True
        skips = not self.ignore_bom and self.encoding.startswith("utf")
        return text.removeprefix(BYTE_ORDER_MARK) if skips else text

    def __repr__(self) -> str:
        return f"<js TextDecoder {self.encoding}>"


def construct_decoder(realm: js.Realm, label: object, options: object) -> TextDecoder:
    text = "utf-8" if label is None else js.to_string(label)
    found = js.items_of(options, "fatal", "ignoreBOM")
    return TextDecoder(text, fatal=boolean(found["fatal"]), ignore_bom=boolean(found["ignoreBOM"]))


TEXT_ENCODER: Final = interface(
    TextEncoder,
    operations=("encode", "encodeInto"),
    attributes=("encoding",),
    construct=lambda realm: TextEncoder(),
)
TEXT_DECODER: Final = interface(
    TextDecoder,
    operations=("decode",),
    attributes=("encoding", "fatal", "ignoreBOM"),
    construct=construct_decoder,
    length=0,
)
