"""The state of an idle guest as bytes: what another process, or another machine, goes on from.

    magic      16 bytes
    header     u32 length, then JSON: the module, the sizes, the handle table
    pages      zlib: for each page of 4 KiB that is not all zeros its number (u32) and its bytes
    checksum   SHA-256 of all before it

Integers are little-endian. A snapshot belongs to one module, and to a version of unpoison that
makes the same of it: where the mailbox lies is compared. It is data of the same kind as the module
itself; one from a stranger can make the guest do anything, and the host nothing.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from unpoison import js
from unpoison.errors import SnapshotError

MAGIC: Final = b"unpoison snap 1\n"
PIECE: Final = 4096
"""Bytes of a page of a snapshot."""

_CHECKSUM: Final = 32
_LENGTH: Final = struct.Struct("<I")
_MAX_HEADER: Final = 1 << 28
_MAX_PAGES: Final = 1 << 16
_MAX_VALUES: Final = 1 << 24
_ZERO: Final = bytes(PIECE)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An idle guest: `module` is the SHA-256 of its `.wasm` in hex, `pages` the 64 KiB pages of its
    memory, of which `memory` has the bytes; `values` and `free` are its handle table.
    """

    module: str
    mailbox: int
    memory: bytes
    values: tuple[Any, ...]
    free: tuple[int, ...]

    @property
    def pages(self) -> int:
        """The size of the memory in pages of 64 KiB."""
        return len(self.memory) >> 16


# --- values ---

_SIMPLE: Final[tuple[type, ...]] = (bool, str)


def encode_value(value: object) -> list[object] | None:
    """Give a JavaScript value that means the same anywhere as JSON; None for any other."""
    if value is None:
        return ["undefined"]
    if value is js.null:
        return ["null"]
    if type(value) in _SIMPLE:
        return ["plain", value]
    if type(value) is float:
        return ["float", value.hex()]
    if type(value) is int:
        return ["int", str(value)]
    if type(value) is js.BigInt:
        return ["bigint", str(int(value))]
    return None


def decode_value(item: object) -> object:
    """Give the value that was encoded. Raises ValueError for anything else."""
    match item:
        case ["undefined"]:
            return None
        case ["null"]:
            return js.null
        case ["plain", bool() | str() as value]:
            return value
        case ["float", str() as text]:
            return float.fromhex(text)
        case ["int", str() as text]:
            return int(text)
        case ["bigint", str() as text]:
            return js.BigInt(int(text))
    raise ValueError("a value of no kind that there is")


def encode_values(values: Sequence[object]) -> list[list[object]]:
    """Give the handle table as JSON.

    Raises SnapshotError, which names what cannot travel: objects and functions of the host.
    """
    encoded = [encode_value(value) for value in values]
    foreign = [value for value, item in zip(values, encoded, strict=True) if item is None]
    if foreign:
        kinds = sorted({type(value).__name__ for value in foreign})
        raise SnapshotError(
            f"the guest holds {len(foreign)} value(s) of the host that cannot travel "
            f"({', '.join(kinds)}); let it drop them before the checkpoint"
        )
    return [item for item in encoded if item is not None]


# --- bytes ---


def write_snapshot(snapshot: Snapshot) -> bytes:
    """Give the bytes of a snapshot. Raises SnapshotError for values that cannot travel."""
    header = json.dumps(
        {
            "module": snapshot.module,
            "mailbox": snapshot.mailbox,
            "pages": snapshot.pages,
            "values": encode_values(snapshot.values),
            "free": list(snapshot.free),
        }
    ).encode()
    body = b"".join([MAGIC, _LENGTH.pack(len(header)), header, _pack(snapshot.memory)])
    return body + sha256(body).digest()


def _pack(memory: bytes) -> bytes:
    packer = zlib.compressobj(1)
    return b"".join(packer.compress(part) for part in _written(memory)) + packer.flush()


def _written(memory: bytes) -> Iterable[bytes]:
    for number, start in enumerate(range(0, len(memory), PIECE)):
        piece = memory[start : start + PIECE]
        if piece != _ZERO:
            yield _LENGTH.pack(number)
            yield piece


def read_snapshot(data: bytes) -> Snapshot:
    """Read a snapshot.

    Raises SnapshotError for bytes that are none, are cut short or were changed.
    """
    if not data.startswith(MAGIC):
        raise SnapshotError("this is no snapshot of this version of unpoison; save it again")
    body, checksum = data[:-_CHECKSUM], data[-_CHECKSUM:]
    if sha256(body).digest() != checksum:
        raise SnapshotError("the snapshot was cut short or changed: its checksum is another")
    try:
        return _read_body(body)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError, struct.error,
            zlib.error) as problem:  # fmt: skip
        raise SnapshotError(f"the snapshot is broken: {problem}") from None


def _read_body(body: bytes) -> Snapshot:
    start = len(MAGIC) + _LENGTH.size
    (length,) = _LENGTH.unpack_from(body, len(MAGIC))
    if length > _MAX_HEADER:
        raise ValueError(f"a header of {length} bytes")
    header = json.loads(body[start : start + length])
    pages = _integer(header["pages"], _MAX_PAGES)
    values = header["values"]
    if not isinstance(values, list) or len(values) > _MAX_VALUES:
        raise ValueError("a handle table that is none")
    return Snapshot(
        str(header["module"]),
        _integer(header["mailbox"], 0xFFFFFFFF),
        _unpack(body[start + length :], pages << 16),
        tuple(map(decode_value, values)),
        tuple(_integer(item, 0xFFFFFFFF) for item in header["free"]),
    )


def _integer(value: object, most: int) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError(f"{value!r} in place of a number up to {most}")
    return value


def _unpack(packed: bytes, size: int) -> bytes:
    """Give the memory; what is beyond its size is an error, and is never unpacked."""
    memory = bytearray(size)
    for number, piece in _pieces(packed):
        start = number * PIECE
        if start + PIECE > size:
            raise ValueError(f"page {number} is beyond the memory")
        memory[start : start + PIECE] = piece
    return bytes(memory)


def _pieces(packed: bytes) -> Iterator[tuple[int, bytes]]:
    unpacker, record, last = zlib.decompressobj(), _LENGTH.size + PIECE, -1
    pending = b""
    while not unpacker.eof:
        fresh = unpacker.decompress(packed, record - len(pending))
        packed = unpacker.unconsumed_tail
        if not fresh and not packed and not unpacker.eof:
            raise ValueError("the pages end early")
        pending += fresh
        if len(pending) == record:
            (number,) = _LENGTH.unpack_from(pending)
            if number <= last:
                raise ValueError("pages out of order")
            last = number
            yield number, pending[_LENGTH.size :]
            pending = b""
    if pending or unpacker.unused_data:
        raise ValueError("bytes after the pages")
