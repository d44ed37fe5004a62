"""Where a module comes from: a path, bytes or an open binary file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

Source = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO


def read_source(source: Source) -> bytes:
    """Give the whole input as bytes.

    Raises what opening a path raises (FileNotFoundError, ...), and TypeError for anything
    that is no path, no bytes and no file opened in binary mode.
    """
    if isinstance(source, bytes):
        return source
    if isinstance(source, bytearray | memoryview):
        return bytes(source)
    if isinstance(source, str | os.PathLike):
        return Path(source).read_bytes()
    return _read_file(source)


def describe_source(source: Source) -> str:
    """Name the input in a message: its file name, or `<bytes>`."""
    if isinstance(source, str | os.PathLike):
        return Path(source).name
    name = getattr(source, "name", None)
    return Path(name).name if isinstance(name, str) else "<bytes>"


def _read_file(file: BinaryIO) -> bytes:
    read = getattr(file, "read", None)
    if read is None:
        raise TypeError(f"a module is a path, bytes or a binary file, not {type(file).__name__}")
    data = read()
    if not isinstance(data, bytes):
        raise TypeError("the file must be opened in binary mode: open(path, 'rb')")
    return data
