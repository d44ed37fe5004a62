"""Blob and File: bytes that do not change. File API 3, 4."""

from __future__ import annotations

import re
from typing import Any, Final

from unpoison import js
from unpoison.web.buffers import buffer_of
from unpoison.web.clone import Copies, clone_value
from unpoison.web.host_access import host_of
from unpoison.web.idl import integer, interface, usv_string
from unpoison.web.promises import Promise, resolved
from unpoison.web.readable_pulling import Source
from unpoison.web.readable_stream import ReadableStream
from unpoison.web.streams import make_readable
from unpoison.web.underlying import nothing

MAX_BYTES: Final = 1 << 29
"""Bytes of one body or Blob: as much as an ArrayBuffer may have."""

CHUNK: Final = 1 << 16
"""Bytes that a stream of bytes gives at once."""

_LINE_ENDS: Final = re.compile("\r\n|\r|\n")


class Blob(js.JsObject):
    """Bytes with a media type. `bytes(blob)` gives them to Python code."""

    __slots__ = ("_data", "realm", "type")

    def __init__(self, realm: js.Realm, data: bytes = b"", type_: str = "") -> None:
        super().__init__()
        self.realm = realm
        self._data = data
        self.type = "" if any(not " " <= unit <= "~" for unit in type_) else type_.lower()

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return len(self._data)

    def slice(self, start: object = None, end: object = None, type: object = None) -> Blob:  # noqa: A002
        """Give a part as a Blob; places count from the end when they are negative."""
        first = _place(start, 0, self.size)
        last = _place(end, self.size, self.size)
        media = "" if type is None else js.to_string(type)
        return Blob(self.realm, self._data[first : max(first, last)], media)

    def array_buffer(self) -> Promise:
        """Give a promise of the bytes as an ArrayBuffer."""
        return resolved(self.realm, buffer_of(self._data))

    def bytes(self) -> Promise:
        """Give a promise of the bytes as a Uint8Array."""
        return resolved(self.realm, js.Uint8Array(buffer_of(self._data)))

    def text(self) -> Promise:
        """Give a promise of the bytes as text, decoded as UTF-8."""
        return resolved(self.realm, decoded(self._data))

    def stream(self) -> ReadableStream:
        """Give the bytes as a stream."""
        return stream_of(self.realm, self._data)

    def __bytes__(self) -> Any:
        return self._data

    def __len__(self) -> int:
        return self.size

    def __repr__(self) -> str:
        return f"<js {type(self).__name__}, {self.size} bytes{f', {self.type}' * bool(self.type)}>"


class File(Blob):
    """A Blob with a name and a time, in milliseconds since 1970."""

    __slots__ = ("last_modified", "name")

    def __init__(
        self,
        realm: js.Realm,
        data: bytes = b"",
        type_: str = "",
        *,
        name: str = "",
        last_modified: int | None = None,
    ) -> None:
        super().__init__(realm, data, type_)
        self.name = name
        self.last_modified = (
            int(host_of(realm).wall_time() * 1000) if last_modified is None else last_modified
        )

    @property
    def webkit_relative_path(self) -> str:
        """The empty text: no directory was chosen."""
        return ""


@clone_value.register(Blob)
def _(value: Blob, copies: Copies) -> Blob:
    return value  # its bytes do not change, so that one object serves as its own copy


def decoded(data: bytes) -> str:
    """Be "UTF-8 decode": without a byte order mark, errors replaced. Encoding standard 6."""
    return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")


def stream_of(realm: js.Realm, data: bytes) -> ReadableStream:
    """Give bytes as a stream of Uint8Array chunks."""
    rest = [memoryview(data)]

    def pull(controller: Any) -> Promise:
        chunk, rest[0] = rest[0][:CHUNK], rest[0][CHUNK:]
        if chunk:
            controller.enqueue(js.Uint8Array(buffer_of(bytes(chunk))))
        if not rest[0]:
            controller.close_now()
        return resolved(realm)

    stream = make_readable(realm, Source(nothing, pull, lambda _: resolved(realm)), 0)
    stream.known = data
    return stream


def part_bytes(part: object, *, native: bool = False) -> bytes:
    """Give the bytes of a BlobPart: a Blob, a buffer, or text. File API 3.1."""
    if isinstance(part, Blob):
        return bytes(part)
    given = js.bytes_of(part)
    if given is not None:
        return given
    text = usv_string(part)
    return (_LINE_ENDS.sub("\n", text) if native else text).encode()


def _place(value: object, default: int, size: int) -> int:
    if value is None:
        return default
    place = integer(value, 64, signed=True)
    return max(0, size + place) if place < 0 else min(place, size)


def _parts(parts: object, options: object) -> tuple[bytes, str]:
    found = js.items_of(None if js.is_nullish(options) else options, "endings", "type")
    endings = "transparent" if found["endings"] is None else js.to_string(found["endings"])
    if endings not in ("transparent", "native"):
        raise js.TypeError(f"{endings!r} is no value of the option endings")
    if parts is None:
        data = b""
    elif not js.is_reference(parts):
        raise js.TypeError("The sources must be a sequence")
    else:
        data = b"".join(part_bytes(p, native=endings == "native") for p in js.iterate(parts))
    if len(data) > MAX_BYTES:
        raise js.RangeError(f"a Blob of more than {MAX_BYTES} bytes is not supported")
    return data, "" if found["type"] is None else js.to_string(found["type"])


def _construct_blob(realm: js.Realm, parts: object, options: object) -> Blob:
    return Blob(realm, *_parts(parts, options))


def _construct_file(realm: js.Realm, parts: object, name: object, options: object) -> File:
    if parts is None or name is None:
        raise js.TypeError("File needs its parts and its name")
    data, media = _parts(parts, options)
    found = js.items_of(None if js.is_nullish(options) else options, "lastModified")
    modified = found["lastModified"]
    when = None if modified is None else integer(modified, 64, signed=True)
    return File(realm, data, media, name=usv_string(name), last_modified=when)


BLOB: Final = interface(
    Blob,
    operations=("arrayBuffer", "bytes", "slice", "stream", "text"),
    attributes=("size", "type"),
    construct=_construct_blob,
    length=0,
)
FILE: Final = interface(
    File,
    BLOB,
    attributes=("lastModified", "name", "webkitRelativePath"),
    construct=_construct_file,
    length=2,
)
