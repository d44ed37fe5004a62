"""V8's wire format to JavaScript values. The bytes are trusted in nothing."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping
from typing import Any, Final

from unpoison import js, web
from unpoison.workers import v8_tags as tags

MAX_HOLES: Final = 1 << 16
"""Elements that one sparse array may have; they cost memory here."""


class Reader:
    """The bytes, the place in them, and the objects by number."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._objects: list[object] = []
        self._version = tags.VERSION

    def document(self) -> Any:
        """Read the header and one value, and no byte more."""
        if self._take(1) != tags.VERSION_TAG:
            raise self.error("no version")
        self._version = self.varint()
        if not tags.OLDEST <= self._version <= tags.VERSION:
            raise self.error(f"version {self._version}")
        value = self.value()
        if self._at != len(self._data):
            raise self.error("bytes after the value")
        return value

    def error(self, reason: str) -> web.DOMException:
        """Make the one error that bytes can cause."""
        return web.DOMException(
            f"Unable to deserialize cloned data: {reason} at offset {self._at} of "
            f"{len(self._data)}; it is damaged, or no value that was stored",
            "DataCloneError",
        )

    def value(self) -> Any:
        """Read any value."""
        tag = self.tag()
        read = READERS.get(tag)
        if read is None:
            raise self.error(f"tag {tag!r}")
        return read(self)

    def tag(self) -> bytes:
        """Read a tag, past padding."""
        tag = self._take(1)
        while tag == tags.PADDING:
            tag = self._take(1)
        return tag

    def next_is(self, tag: bytes) -> bool:
        """Tell whether a tag comes next; moves past it if so."""
        at = self._at
        while self._data[at : at + 1] == tags.PADDING:
            at += 1
        found = self._data[at : at + 1] == tag
        if found:
            self._at = at + 1
        return found

    def note(self, value: Any) -> Any:
        """Give an object the next number."""
        self._objects.append(value)
        return value

    def noted(self, number: int) -> Any:
        """Give the object of a number."""
        if number >= len(self._objects):
            raise self.error(f"reference to object {number}")
        return self._objects[number]

    def varint(self) -> int:
        """Read a whole number below 2**64."""
        number = shift = 0
        while True:
            byte = self._take(1)[0]
            number |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return number
            if shift > 63:
                raise self.error("a number of more than ten bytes")

    def length(self) -> int:
        """Read how many follow of something that takes a byte at least."""
        length = self.varint()
        if length > len(self._data) - self._at:
            raise self.error(f"length {length}")
        return length

    def double(self) -> float:
        """Read 8 bytes."""
        return float(struct.unpack("<d", self._take(8))[0])

    def data(self, size: int) -> bytes:
        """Read bytes."""
        return self._take(size)

    def text(self) -> str:
        """Read a string of any of the three encodings, with its tag."""
        read = STRINGS.get(self.tag())
        if read is None:
            raise self.error("no string")
        return read(self)

    def bigint(self) -> js.BigInt:
        """Read sign and digits."""
        field = self.varint()
        number = int.from_bytes(self._take(field >> 1), "little")
        return js.BigInt(-number if field & 1 else number)

    def has_flags(self) -> bool:
        """Tell whether views have flags."""
        return self._version >= 14

    def count(self, expected: int) -> None:
        """Read a count that must be what was read."""
        if self.varint() != expected:
            raise self.error("a wrong count")

    def properties(self, target: Any, end: bytes) -> int:
        """Read properties into an object until a tag; gives how many."""
        count = 0
        while not self.next_is(end):
            key = self.value()
            if js.is_number(key):
                key = js.number_to_string(key)
            if not isinstance(key, str):
                raise self.error("a property name that is no string")
            self._set(target, key, self.value())
            count += 1
        return count

    def _set(self, target: Any, key: str, value: object) -> None:
        if isinstance(target, js.Object):
            target[key] = value  # an own property, also for the name __proto__
        elif not key.isdecimal() and key != "length":
            js.set_property(target, key, value)
        elif key == "length" or int(key) >= len(target):
            raise self.error(f"property {key} of an array of {len(target)}")
        else:
            target[int(key)] = value

    def _take(self, size: int) -> bytes:
        end = self._at + size
        if end > len(self._data):
            raise self.error("the data ends")
        taken = self._data[self._at : end]
        self._at = end
        return taken


def _int32(reader: Reader) -> int:
    number = reader.varint()
    return number >> 1 if not number & 1 else -(number >> 1) - 1


def _utf8(reader: Reader) -> str:
    return reader.data(reader.length()).decode()


def _one_byte(reader: Reader) -> str:
    return reader.data(reader.length()).decode("latin-1")


def _two_byte(reader: Reader) -> str:
    return reader.data(reader.length()).decode("utf-16-le", "surrogatepass")


def _object(reader: Reader) -> js.Object:
    made = reader.note(js.Object())
    reader.count(reader.properties(made, tags.OBJECT_END))
    return made  # type: ignore[no-any-return]


def _dense_array(reader: Reader) -> js.Array:
    length = reader.length()
    made = reader.note(js.Array())
    for _ in range(length):
        made.append(None if reader.next_is(tags.HOLE) else reader.value())
    reader.count(reader.properties(made, tags.DENSE_ARRAY_END))
    reader.count(length)
    return made  # type: ignore[no-any-return]


def _sparse_array(reader: Reader) -> js.Array:
    length = reader.varint()
    if length > MAX_HOLES:
        raise reader.error(f"a sparse array of {length} elements")
    made = reader.note(js.Array([None] * length))
    reader.count(reader.properties(made, tags.SPARSE_ARRAY_END))
    reader.count(length)
    return made  # type: ignore[no-any-return]


def _map(reader: Reader) -> js.Map:
    made = reader.note(js.Map())
    count = 0
    while not reader.next_is(tags.MAP_END):
        key = reader.value()
        made[key] = reader.value()
        count += 2
    reader.count(count)
    return made  # type: ignore[no-any-return]


def _set_of(reader: Reader) -> js.Set:
    made = reader.note(js.Set())
    count = 0
    while not reader.next_is(tags.SET_END):
        made.add(reader.value())
        count += 1
    reader.count(count)
    return made  # type: ignore[no-any-return]


def _date(reader: Reader) -> Any:
    time = reader.double()
    return reader.note(js.Date(time if math.isfinite(time) else None))


def _regexp(reader: Reader) -> Any:
    source, bits = reader.text(), reader.varint()
    letters = [letter for letter, bit in tags.REGEXP_BITS.items() if bits & bit]
    if bits & ~sum(tags.REGEXP_BITS.values()):
        raise reader.error(f"flags {bits:#x} of a regular expression")
    return reader.note(js.RegExp(source, "".join(letters)))


def _error(reader: Reader) -> Any:
    tag = reader.tag()
    made = reader.note(tags.ERROR_KINDS.get(tag, js.Error)())
    if tag in tags.ERROR_KINDS:
        tag = reader.tag()
    while tag != tags.ERROR_END:
        if tag == tags.ERROR_MESSAGE:
            made.message = reader.text()
        elif tag == tags.ERROR_CAUSE:
            made.cause = reader.value()
        elif tag == tags.ERROR_STACK:
            made.stack = reader.text()
        else:
            raise reader.error(f"part {tag!r} of an Error")
        tag = reader.tag()
    return made


def _buffer(reader: Reader) -> Any:
    content = bytearray(reader.data(reader.length()))
    return _viewed(reader, reader.note(js.ArrayBuffer.of_view(memoryview(content), None)))


def _resizable_buffer(reader: Reader) -> Any:
    length, limit = reader.varint(), reader.varint()
    content = reader.data(length)
    if length > limit:
        raise reader.error(f"a buffer of {length} bytes that may have {limit}")
    made = js.ArrayBuffer(0, limit=limit)
    made.resize(length)
    made.write(0, content)
    return _viewed(reader, reader.note(made))


def _reference(reader: Reader) -> Any:
    return _viewed(reader, reader.noted(reader.varint()))


def _viewed(reader: Reader, value: Any) -> Any:
    """A view comes right after its buffer, or the reference to it."""
    if not isinstance(value, js.ArrayBuffer) or not reader.next_is(tags.VIEW):
        return value
    tag = reader.data(1)
    kind = tags.VIEW_KINDS.get(tag)
    if kind is None:
        raise reader.error(f"view {tag!r}")
    offset, size = reader.varint(), reader.varint()
    flags = reader.varint() if reader.has_flags() else 0
    if bool(flags & tags.RESIZABLE) is (value.limit is None):
        raise reader.error("a view of another buffer")
    if flags & tags.FOLLOWS:
        return reader.note(kind(value, offset))
    item = kind.element.size if issubclass(kind, js.TypedArray) else 1
    if size % item:
        raise reader.error(f"a view of {size} bytes")
    return reader.note(kind(value, offset, size // item))


STRINGS: Final[Mapping[bytes, Callable[[Reader], str]]] = {
    tags.UTF8: _utf8,
    tags.ONE_BYTE: _one_byte,
    tags.TWO_BYTE: _two_byte,
}

READERS: Final[Mapping[bytes, Callable[[Reader], Any]]] = {
    **STRINGS,
    tags.UNDEFINED: lambda reader: None,
    tags.NULL: lambda reader: js.null,
    tags.TRUE: lambda reader: True,
    tags.FALSE: lambda reader: False,
    tags.INT32: _int32,
    tags.UINT32: Reader.varint,
    tags.DOUBLE: lambda reader: js.number_to_python(reader.double()),
    tags.BIGINT: Reader.bigint,
    tags.REFERENCE: _reference,
    tags.OBJECT: _object,
    tags.DENSE_ARRAY: _dense_array,
    tags.SPARSE_ARRAY: _sparse_array,
    tags.DATE: _date,
    tags.TRUE_OBJECT: lambda reader: reader.note(js.Wrapper(True)),
    tags.FALSE_OBJECT: lambda reader: reader.note(js.Wrapper(False)),
    tags.NUMBER_OBJECT: lambda reader: reader.note(
        js.Wrapper(js.number_to_python(reader.double()))
    ),
    tags.BIGINT_OBJECT: lambda reader: reader.note(js.Wrapper(reader.bigint())),
    tags.STRING_OBJECT: lambda reader: reader.note(js.Wrapper(reader.text())),
    tags.REGEXP: _regexp,
    tags.MAP: _map,
    tags.SET: _set_of,
    tags.BUFFER: _buffer,
    tags.RESIZABLE_BUFFER: _resizable_buffer,
    tags.ERROR: _error,
}
