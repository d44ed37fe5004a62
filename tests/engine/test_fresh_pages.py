"""What the system says about pages."""

from __future__ import annotations

import ctypes
import mmap
import sys
from pathlib import Path

import pytest

from unpoison.engine.fresh_pages import runs_in_memory, runs_in_use, runs_of_files
from unpoison.engine.shadow import Shadow

SIZE = mmap.PAGESIZE
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc, mincore")


def test_pages_in_use_are_those_that_are_not_zeros() -> None:
    shadow = Shadow()
    shadow.reserve(100 * SIZE)
    ctypes.memset(shadow.address + 3 * SIZE + 7, 1, 1)
    ctypes.memset(shadow.address + 99 * SIZE + 7, 1, 1)
    found = [((place - shadow.address) // SIZE, length)
             for place, length in runs_in_use(shadow.address, 100 * SIZE)]  # fmt: skip
    assert found == [(3, SIZE), (99, SIZE)]
    shadow.close()


@needs_linux
def test_pages_in_memory_are_those_that_were_used() -> None:
    shadow = Shadow()
    shadow.reserve(100 * SIZE)
    ctypes.memset(shadow.address + 3 * SIZE, 0, 2 * SIZE)
    runs = list(runs_in_memory(shadow.address, 100 * SIZE))
    assert runs == [(shadow.address + 3 * SIZE, 2 * SIZE)]
    shadow.close()


@needs_linux
def test_what_is_mapped_from_a_file_is_found(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(3 * SIZE))
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        cell = ctypes.c_char.from_buffer(mapped)
        base = ctypes.addressof(cell)
        del cell
        assert list(runs_of_files(base + SIZE, SIZE)) == [(base + SIZE, SIZE)]
    shadow = Shadow()
    assert not list(runs_of_files(shadow.address, SIZE))
    shadow.close()
