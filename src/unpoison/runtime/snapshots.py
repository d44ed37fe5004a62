"""The state of an idle guest as bytes: what another process, or another machine, goes on from.

    magic      16 bytes
    header     u32 length, then JSON: the module, the sizes, the handle table
    pages      zlib: for each run of pages of 4 KiB that are not all zeros the number of the first
               (u32), how many they are (u32, up to 256), and their bytes
    checksum   SHA-256 of all before it

Integers are little-endian. The pages are unpacked last, a run at a time, into the memory of a
guest that is of the same module and has the room: a file cannot take more.

A snapshot belongs to one module, and to a version of unpoison that makes the same of it: where the
mailbox lies is compared. It is data of the same kind as the module itself; one from a stranger can
make the guest do anything, and the host nothing.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
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
_MAX_FILE: Final = (_MAX_PAGES << 16) + 2 * _MAX_HEADER
_MAX_VALUES: Final = 1 << 24
_RUN: Final = struct.Struct("<II")
_MOST_RUN: Final = 256
_BLOCK: Final = PIECE << 4
_ZEROS: Final = bytes(_BLOCK)

Run = tuple[int, bytes | memoryview]
"""Where some bytes of the memory begin, and the bytes."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An idle guest: `module` is the SHA-256 of its `.wasm` in hex, `pages` the 64 KiB pages of its
    memory, which is zeros but for the `runs`; `values` and `free` are its handle table.

    The runs of one that was read are unpacked when they are asked for, and may raise SnapshotError.
    """

    module: str
    mailbox: int
    pages: int
    runs: Iterable[Run]
    values: tuple[Any, ...]
    free: tuple[int, ...]


def runs_of(memory: bytes) -> Iterator[Run]:
    """Give the pages of a memory that are not all zeros, up to 1 MB of them at a time."""
    view, first, end = memoryview(memory), 0, 0
    for page in _used_pages(memory):
        if page != end or page - first == _MOST_RUN:
            if end > first:
                yield first * PIECE, view[first * PIECE : end * PIECE]
            first = page
        end = page + 1
    if end > first:
        yield first * PIECE, view[first * PIECE : end * PIECE]


def _used_pages(memory: bytes) -> Iterator[int]:
    zero = _ZEROS[:PIECE]
    for block in range(0, len(memory), _BLOCK):
        if memory[block : block + _BLOCK] != _ZEROS:
            for start in range(block, min(block + _BLOCK, len(memory)), PIECE):
                if memory[start : start + PIECE] != zero:
                    yield start // PIECE


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
    body = b"".join([MAGIC, _LENGTH.pack(len(header)), header, _pack(snapshot.runs)])
    return body + sha256(body).digest()


def _pack(runs: Iterable[Run]) -> bytes:
    packer, parts = zlib.compressobj(1), []
    for start, data in runs:
        parts.append(packer.compress(_RUN.pack(start // PIECE, len(data) // PIECE)))
        parts.append(packer.compress(data))
    return b"".join([*parts, packer.flush()])


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


def read_snapshot_file(path: str | os.PathLike[str]) -> Snapshot:
    """Read a snapshot from a file, of which no more is read than one can have.

    Raises SnapshotError as `read_snapshot` does, and OSError.
    """
    with Path(path).open("rb") as file:
        start = file.read(len(MAGIC))
        size = os.fstat(file.fileno()).st_size
        if size > _MAX_FILE:
            raise SnapshotError(f"the snapshot is broken: no guest needs {size} bytes")
        return read_snapshot(start + file.read() if start == MAGIC else start)


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
        pages,
        PackedRuns(body[start + length :], pages),
        tuple(map(decode_value, values)),
        tuple(_integer(item, 0xFFFFFFFF) for item in header["free"]),
    )


def _integer(value: object, most: int) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError(f"{value!r} in place of a number up to {most}")
    return value


class PackedRuns:
    """The runs of a snapshot as they are in its bytes; `pages` of 64 KiB are all that there may be.

    Raises SnapshotError where they are not what they should be, while they are gone through.
    """

    __slots__ = ("_packed", "_pages")

    def __init__(self, packed: bytes, pages: int) -> None:
        self._packed = packed
        self._pages = pages * (65536 // PIECE)

    def __iter__(self) -> Iterator[Run]:
        try:
            yield from self._unpack(_Unpacker(self._packed))
        except (ValueError, zlib.error) as problem:
            raise SnapshotError(f"the snapshot is broken: {problem}") from None

    def _unpack(self, unpacker: _Unpacker) -> Iterator[Run]:
        last = 0
        while head := unpacker.read(_RUN.size):
            first, count = _RUN.unpack(head)
            if first < last or not 0 < count <= _MOST_RUN:
                raise ValueError("pages out of order")
            last = first + count
            if last > self._pages:
                raise ValueError(f"page {last - 1} is beyond the memory")
            data = unpacker.read(count * PIECE)
            if not data:
                raise ValueError("the pages end early")
            yield first * PIECE, data


class _Unpacker:
    """Unpacks so many bytes at a time, and never more."""

    __slots__ = ("_packed", "_unpacker")

    def __init__(self, packed: bytes) -> None:
        self._packed = packed
        self._unpacker = zlib.decompressobj()

    def read(self, size: int) -> bytes:
        """Give so many bytes, none at the end. Raises ValueError when there are fewer."""
        found = b""
        while len(found) < size and not self._unpacker.eof:
            fresh = self._unpacker.decompress(self._packed, size - len(found))
            self._packed = self._unpacker.unconsumed_tail
            if not fresh and not self._packed and not self._unpacker.eof:
                raise ValueError("the pages end early")
            found += fresh
        if found and len(found) < size:
            raise ValueError("the pages end early")
        if not found and self._unpacker.unused_data:
            raise ValueError("bytes after the pages")
        return found
