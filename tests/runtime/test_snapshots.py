"""The bytes of a snapshot: what is written is read, and nothing else is."""

from __future__ import annotations

import hashlib
import json
import os
import struct
import tracemalloc
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.snapshots import check
from unpoison import js
from unpoison.errors import SnapshotError
from unpoison.runtime.snapshots import (
    MAGIC,
    PIECE,
    Snapshot,
    read_snapshot,
    read_snapshot_file,
    runs_of,
    write_snapshot,
)

PAGE = 1 << 16
SMALL = Snapshot("ab" * 32, 1000, 1, (), (None, js.null), (1030, 1031))

VALUES = st.one_of(
    st.none(), st.just(js.null), st.booleans(), st.text(), st.floats(), st.integers(),
    st.integers().map(js.BigInt),
)  # fmt: skip


@st.composite
def memories(draw: st.DrawFn) -> bytes:
    memory = bytearray(PAGE * draw(st.integers(0, 3)))
    for _ in range(draw(st.integers(0, 5)) if memory else 0):
        place = draw(st.integers(0, len(memory) - 1))
        memory[place : place + 4] = draw(st.binary(min_size=4, max_size=4))
    return bytes(memory[: len(memory) // PAGE * PAGE])


def expanded(snapshot: Snapshot) -> bytes:
    """Give all of the memory."""
    memory = bytearray(snapshot.pages * PAGE)
    for start, data in snapshot.runs:
        memory[start : start + len(data)] = data
    return bytes(memory)


@settings(deadline=None)
@given(
    memory=memories(),
    values=st.lists(VALUES, max_size=6),
    free=st.lists(st.integers(0, 0xFFFFFFFF), max_size=6),
    mailbox=st.integers(0, 0xFFFFFFFF),
)
def test_what_is_written_is_read(
    memory: bytes, values: list[object], free: list[int], mailbox: int
) -> None:
    pages = len(memory) // PAGE
    runs = tuple(runs_of(memory))
    snapshot = Snapshot("cd" * 32, mailbox, pages, runs, tuple(values), tuple(free))
    again = read_snapshot(write_snapshot(snapshot))
    assert repr(again.values) == repr(snapshot.values)
    assert [type(value) for value in again.values] == [type(value) for value in values]
    assert replace(again, values=(), runs=tuple(again.runs)) == replace(snapshot, values=())
    assert expanded(again) == memory


def test_zeros_take_no_room() -> None:
    assert (
        len(write_snapshot(replace(SMALL, pages=1000, runs=tuple(runs_of(bytes(1000 * PAGE))))))
        < 500
    )


@pytest.mark.parametrize("value", [object(), [], {}, lambda: None, js.Error("x"), b"bytes"])
def test_a_value_that_cannot_travel_is_named(value: object) -> None:
    with pytest.raises(SnapshotError, match=rf"1 value\(s\).*{type(value).__name__}"):
        write_snapshot(replace(SMALL, values=(1.0, value)))


def test_bytes_that_are_none_are_refused() -> None:
    for data in (b"", b"\0asm", MAGIC[:-2] + b"9\n" + bytes(100)):
        with pytest.raises(SnapshotError, match="no snapshot of this version"):
            read_snapshot(data)


def test_each_cut_and_each_change_is_seen() -> None:
    data = write_snapshot(SMALL)
    for end in range(len(MAGIC), len(data)):
        with pytest.raises(SnapshotError):
            read_snapshot(data[:end])
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1
        with pytest.raises(SnapshotError):
            read_snapshot(bytes(changed))


def signed(header: Any, pages: bytes) -> bytes:
    """Give a snapshot with a good checksum, whatever it says."""
    text = json.dumps(header).encode()
    body = MAGIC + struct.pack("<I", len(text)) + text + pages
    return body + hashlib.sha256(body).digest()


GOOD: dict[str, Any] = {"module": "x", "mailbox": 0, "pages": 1, "values": [], "free": []}
NOTHING = zlib.compress(b"")


def piece(number: int, count: int = 1) -> bytes:
    return struct.pack("<II", number, count) + b"\1" * PIECE * count


HOSTILE = {
    "more pages than there can be": (GOOD | {"pages": 1 << 17}, NOTHING),
    "no number of pages": (GOOD | {"pages": "1"}, NOTHING),
    "a page beyond": (GOOD, zlib.compress(piece(16))),
    "pages out of order": (GOOD, zlib.compress(piece(1) + piece(1))),
    "pages one over the other": (GOOD, zlib.compress(piece(1, 2) + piece(2))),
    "a run of no pages": (GOOD, zlib.compress(piece(1, 0))),
    "a run that is too long": (GOOD | {"pages": 99}, zlib.compress(piece(1, 257))),
    "a run that ends beyond": (GOOD, zlib.compress(piece(15, 2))),
    "a head that is cut": (GOOD, zlib.compress(piece(1)[:6])),
    "half a page": (GOOD, zlib.compress(piece(1)[:100])),
    "cut": (GOOD, zlib.compress(piece(1))[:-8]),
    "more after the pages": (GOOD, NOTHING + b"more"),
    "no zlib": (GOOD, b"pages"),
    "a bomb": (GOOD, zlib.compress(bytes(1 << 24))),
    "a value of no kind": (GOOD | {"values": [["object", 1]]}, NOTHING),
    "a table that is none": (GOOD | {"values": 7}, NOTHING),
    "a free slot that is none": (GOOD | {"free": [-1]}, NOTHING),
    "no header": ([], NOTHING),
    "nothing in the header": ({}, NOTHING),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_is_refused_though_it_is_signed(name: str) -> None:
    with pytest.raises(SnapshotError, match="broken"):
        tuple(read_snapshot(signed(*HOSTILE[name])).runs)


def test_long_runs_are_cut_into_pieces_of_a_megabyte() -> None:
    memory = bytearray(b"\1" * (40 * PAGE))
    memory[PIECE : 2 * PIECE] = bytes(PIECE)
    assert [(start // PIECE, len(data) // PIECE) for start, data in runs_of(bytes(memory))] == [
        (0, 1), (2, 256), (258, 256), (514, 126)
    ]  # fmt: skip


def test_a_file_that_says_it_is_large_takes_no_room_when_it_is_read() -> None:
    bomb = zlib.compress(b"".join(struct.pack("<II", place, 256) + bytes(256 * PIECE)
                                  for place in range(0, 64 * 256, 256)))  # fmt: skip
    data = signed(GOOD | {"pages": 1 << 16}, bomb)
    tracemalloc.start()
    snapshot = read_snapshot(data)
    for start, run in snapshot.runs:
        assert len(run) == 1 << 20, start
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20


def test_a_header_that_is_longer_than_the_file_is_refused() -> None:
    body = MAGIC + struct.pack("<I", 0xFFFFFFF0)
    with pytest.raises(SnapshotError, match="broken"):
        read_snapshot(body + hashlib.sha256(body).digest())


def test_a_file_is_looked_at_before_all_of_it_is_read(tmp_path: Path) -> None:
    good, endless, huge = tmp_path / "good", tmp_path / "endless", tmp_path / "huge"
    good.write_bytes(write_snapshot(SMALL))
    assert read_snapshot_file(good).mailbox == SMALL.mailbox
    endless.symlink_to("/dev/zero")
    with pytest.raises(SnapshotError, match="no snapshot of this version"):
        read_snapshot_file(endless)
    huge.write_bytes(MAGIC)
    os.truncate(huge, 1 << 40)
    with pytest.raises(SnapshotError, match="no guest needs 1099511627776 bytes"):
        read_snapshot_file(huge)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_one_error(data: bytes) -> None:
    body = MAGIC + data
    for attempt in (data, body, body + hashlib.sha256(body).digest()):
        with pytest.raises(SnapshotError):
            read_snapshot(attempt)


def test_the_law_of_the_fuzzer() -> None:
    for seed in range(100):
        check(seed)
