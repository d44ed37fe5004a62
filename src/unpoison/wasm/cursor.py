"""A bounds-checked reader that always knows its offset, and the writers that mirror it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from unpoison.errors import MalformedModule
from unpoison.wasm import leb128
from unpoison.wasm.limits import MAX_NAME_SIZE

T = TypeVar("T")


class Cursor:
    """Reads `data` from `position` up to `end`.

    Positions are offsets into `data`; `base` is added in errors, so that bytes cut out of a
    module still report where they stood. `where` names the place (section, function).
    Every read raises MalformedModule when the range ends first.
    """

    __slots__ = ("base", "data", "end", "position", "where")

    def __init__(
        self,
        data: bytes,
        position: int = 0,
        end: int | None = None,
        *,
        where: str | None = None,
        base: int = 0,
    ) -> None:
        self.data = data
        self.position = position
        self.end = len(data) if end is None else end
        self.where = where
        self.base = base

    @property
    def remaining(self) -> int:
        """Bytes not read yet."""
        return self.end - self.position

    def error(self, reason: str, at: int | None = None) -> MalformedModule:
        """Give the error for a fault at position `at`, by default the current one."""
        position = self.position if at is None else at
        return MalformedModule(reason, offset=self.base + position, where=self.where)

    def read_u8(self) -> int:
        """Give the next byte."""
        position = self.position
        if position >= self.end:
            raise self.error("unexpected end")
        self.position = position + 1
        return self.data[position]

    def peek_u8(self) -> int:
        """Give the next byte without moving past it."""
        if self.position >= self.end:
            raise self.error("unexpected end")
        return self.data[self.position]

    def read_flag(self, what: str) -> bool:
        """Give a byte that must be 0 or 1."""
        byte = self.read_u8()
        if byte > 1:
            raise self.error(f"{byte:#04x} is not a {what}", self.position - 1)
        return byte == 1

    def read_bytes(self, size: int) -> bytes:
        """Give the next `size` bytes."""
        start = self.position
        if size > self.end - start:
            raise self.error(f"unexpected end: {size} bytes wanted, {self.end - start} left")
        self.position = start + size
        return self.data[start : start + size]

    def read_u32(self) -> int:
        """Give the next unsigned integer, 0 to 2**32 - 1. Core spec 5.2.2."""
        position = self.position
        if position < self.end:
            byte = self.data[position]
            if byte < 0x80:
                self.position = position + 1
                return byte
        return self._read_leb(leb128.read_unsigned, 32)

    def read_u64(self) -> int:
        """Give the next unsigned integer, 0 to 2**64 - 1."""
        return self._read_leb(leb128.read_unsigned, 64)

    def read_s32(self) -> int:
        """Give the next signed integer of 32 bits."""
        return self._read_leb(leb128.read_signed, 32)

    def read_s33(self) -> int:
        """Give the next signed integer of 33 bits (block types, heap types)."""
        return self._read_leb(leb128.read_signed, 33)

    def read_s64(self) -> int:
        """Give the next signed integer of 64 bits."""
        return self._read_leb(leb128.read_signed, 64)

    def read_count(self, what: str, limit: int) -> int:
        """Give the length of a vector of `what`.

        Raises MalformedModule when it is over `limit`, or over the bytes that are left, so
        that nothing is ever allocated for items that cannot be there.
        """
        start = self.position
        count = self.read_u32()
        if count > limit:
            raise self.error(f"{count} {what}; the limit is {limit}", start)
        if count > self.end - self.position:
            left = self.end - self.position
            raise self.error(f"{count} {what} announced with {left} bytes left", start)
        return count

    def read_vector(self, read: Callable[[Cursor], T], what: str, limit: int) -> list[T]:
        """Give a vector of `what`; see `read_count` for what is refused."""
        return [read(self) for _ in range(self.read_count(what, limit))]

    def read_name(self) -> str:
        """Give the next name. Raises MalformedModule when it is not UTF-8. Core spec 5.2.4."""
        start = self.position
        raw = self.read_bytes(self.read_count("bytes of a name", MAX_NAME_SIZE))
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            raise self.error("a name is not valid UTF-8", start) from error

    def expect_end(self) -> None:
        """Raise MalformedModule unless everything was read."""
        if self.position != self.end:
            raise self.error(f"{self.end - self.position} bytes too many")

    def _read_leb(self, read: Callable[[bytes, int, int, int], tuple[int, int]], bits: int) -> int:
        try:
            value, self.position = read(self.data, self.position, self.end, bits)
        except MalformedModule as error:
            raise self.error(error.reason) from None
        return value


def write_name(out: bytearray, name: str) -> None:
    """Append a name. Raises UnicodeEncodeError (a ValueError) when it has lone surrogates."""
    write_sized(out, name.encode())


def write_sized(out: bytearray, payload: bytes | bytearray) -> None:
    """Append `payload` after its length."""
    leb128.write_unsigned(out, len(payload))
    out += payload


def write_vector(out: bytearray, items: Iterable[T], write: Callable[[bytearray, T], None]) -> None:
    """Append a vector: the number of items, then the items."""
    everything = list(items)
    leb128.write_unsigned(out, len(everything))
    for item in everything:
        write(out, item)
