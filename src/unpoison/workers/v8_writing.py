"""JavaScript values to V8's wire format; a table by Python type.

The values are plain or already cloned: none of them has an accessor or another trap, so no code
of a guest runs while their bytes are written.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import singledispatch
from types import NoneType
from typing import Any, Final

from unpoison import js, web
from unpoison.workers import v8_tags as tags

_INT32: Final = range(-(2**31), 2**31)
_VIEW_TAGS: Final = {kind: tag for tag, kind in tags.VIEW_KINDS.items()}
_ERROR_TAGS: Final = {kind.__name__: tag for tag, kind in tags.ERROR_KINDS.items()}


class Writer:
    """The bytes so far, and the number of each object in them."""

    def __init__(self) -> None:
        self.data = bytearray(tags.VERSION_TAG)
        self.varint(tags.VERSION)
        self._numbers: dict[int, int] = {}

    def value(self, value: Any) -> None:
        """Write any value; an object that was written before, as a reference."""
        number = self._numbers.get(id(value)) if js.is_reference(value) else None
        if number is None:
            write_value(value, self)
        else:
            self.data += tags.REFERENCE
            self.varint(number)

    def begin(self, value: object, tag: bytes) -> None:
        """Give an object the next number and write its tag."""
        self._numbers[id(value)] = len(self._numbers)
        self.data += tag

    def has(self, value: object) -> bool:
        """Tell whether an object was written."""
        return id(value) in self._numbers

    def varint(self, number: int) -> None:
        """Write a whole number, seven bits a byte, low ones first."""
        while number > 0x7F:
            self.data.append(number & 0x7F | 0x80)
            number >>= 7
        self.data.append(number)

    def double(self, number: float) -> None:
        """Write 8 bytes."""
        self.data += struct.pack("<d", number)

    def text(self, text: str) -> None:
        """Write a string with its tag: a byte for each character, or UTF-16."""
        try:
            encoded, tag = text.encode("latin-1"), tags.ONE_BYTE
        except UnicodeEncodeError:
            encoded, tag = text.encode("utf-16-le", "surrogatepass"), tags.TWO_BYTE
            # V8 reads the characters in place, so they begin at an even offset.
            if (len(self.data) + 1 + _varint_length(len(encoded))) % 2:
                self.data += tags.PADDING
        self.data += tag
        self.varint(len(encoded))
        self.data += encoded

    def bigint(self, number: int) -> None:
        """Write sign and digits of 64 bits, without a tag."""
        digits = (abs(number).bit_length() + 63) // 64
        self.varint(digits * 8 << 1 | (number < 0))
        self.data += abs(number).to_bytes(digits * 8, "little")

    def properties(self, items: Iterable[tuple[object, object]]) -> int:
        """Write the properties that have strings as names; gives how many."""
        count = 0
        for name, value in items:
            if isinstance(name, str):
                self.name(name)
                self.value(value)
                count += 1
        return count

    def name(self, name: str) -> None:
        """Write the name of a property: an array index is a number."""
        if name.isdecimal() and _is_index(name):
            self.value(int(name))
        else:
            self.text(name)


def _is_index(name: str) -> bool:
    return name.isascii() and len(name) <= 10 and str(int(name)) == name and int(name) < 2**32 - 1


def _varint_length(number: int) -> int:
    return max(1, (number.bit_length() + 6) // 7)


@singledispatch
def write_value(value: Any, writer: Writer) -> None:
    """Write one value of a type. Raises DOMException "DataCloneError" for what has no bytes."""
    raise web.DOMException(f"#<{js.class_tag(value)}> could not be cloned.", "DataCloneError")


@write_value.register(NoneType)
def _(value: None, writer: Writer) -> None:
    writer.data += tags.UNDEFINED


@write_value.register(js.JsNull)
def _(value: js.JsNull, writer: Writer) -> None:
    writer.data += tags.NULL


@write_value.register(bool)
def _(value: bool, writer: Writer) -> None:
    writer.data += tags.TRUE if value else tags.FALSE


@write_value.register(int)
def _(value: int, writer: Writer) -> None:
    if js.is_bigint(value):
        writer.data += tags.BIGINT
        writer.bigint(value)
    elif value in _INT32:
        writer.data += tags.INT32
        writer.varint(value << 1 if value >= 0 else -value * 2 - 1)
    else:
        write_value(float(value), writer)


@write_value.register(float)
def _(value: float, writer: Writer) -> None:
    writer.data += tags.DOUBLE
    writer.double(value)


@write_value.register(str)
def _(value: str, writer: Writer) -> None:
    writer.text(value)


@write_value.register(js.Object)
def _(value: js.Object, writer: Writer) -> None:
    writer.begin(value, tags.OBJECT)
    count = writer.properties(value.items())
    writer.data += tags.OBJECT_END
    writer.varint(count)


@write_value.register(js.Array)
def _(value: js.Array, writer: Writer) -> None:
    writer.begin(value, tags.DENSE_ARRAY)
    writer.varint(len(value))
    for item in value:
        writer.value(item)
    count = writer.properties(value._js_own.items())
    writer.data += tags.DENSE_ARRAY_END
    writer.varint(count)
    writer.varint(len(value))


@write_value.register(js.Map)
def _(value: js.Map, writer: Writer) -> None:
    writer.begin(value, tags.MAP)
    for key, item in value.items():
        writer.value(key)
        writer.value(item)
    writer.data += tags.MAP_END
    writer.varint(2 * len(value))


@write_value.register(js.Set)
def _(value: js.Set, writer: Writer) -> None:
    writer.begin(value, tags.SET)
    for item in value:
        writer.value(item)
    writer.data += tags.SET_END
    writer.varint(len(value))


@write_value.register(js.Date)
def _(value: js.Date, writer: Writer) -> None:
    writer.begin(value, tags.DATE)
    writer.double(float("nan") if value.time is None else value.time)


@write_value.register(js.RegExp)
def _(value: js.RegExp, writer: Writer) -> None:
    writer.begin(value, tags.REGEXP)
    writer.text(js.get(value, "source"))
    writer.varint(sum(tags.REGEXP_BITS[letter] for letter in value.letters))


@write_value.register(js.Wrapper)
def _(value: js.Wrapper, writer: Writer) -> None:
    inner = value.value
    if isinstance(inner, bool):
        writer.begin(value, tags.TRUE_OBJECT if inner else tags.FALSE_OBJECT)
    elif isinstance(inner, str):
        writer.begin(value, tags.STRING_OBJECT)
        writer.text(inner)
    elif isinstance(inner, int) and js.is_bigint(inner):
        writer.begin(value, tags.BIGINT_OBJECT)
        writer.bigint(inner)
    else:
        writer.begin(value, tags.NUMBER_OBJECT)
        writer.double(float(inner))  # type: ignore[arg-type]


@write_value.register(js.Error)
def _(value: js.Error, writer: Writer) -> None:
    writer.begin(value, tags.ERROR)
    writer.data += _ERROR_TAGS.get(value.name, b"")
    if value.message:
        writer.data += tags.ERROR_MESSAGE
        writer.text(value.message)
    if value.cause is not None:
        writer.data += tags.ERROR_CAUSE
        writer.value(value.cause)
    writer.data += tags.ERROR_STACK
    writer.text(value.stack)
    writer.data += tags.ERROR_END


write_value.register(web.DOMException, write_value.dispatch(object))


@write_value.register(js.ArrayBuffer)
def _(value: js.ArrayBuffer, writer: Writer) -> None:
    writer.begin(value, tags.BUFFER if value.limit is None else tags.RESIZABLE_BUFFER)
    writer.varint(value.size())
    if value.limit is not None:
        writer.varint(value.limit)
    writer.data += value.view()


@write_value.register(js.TypedArray)
@write_value.register(js.DataView)
def _(value: Any, writer: Writer) -> None:
    writer.value(value.buffer)
    writer.begin(value, tags.VIEW)
    writer.data += _VIEW_TAGS[type(value)]
    writer.varint(js.get(value, "byteOffset"))
    follows = value._fixed is None
    writer.varint(0 if follows else js.get(value, "byteLength"))
    resizable = value.buffer.limit is not None
    writer.varint(tags.FOLLOWS * follows | tags.RESIZABLE * resizable)
