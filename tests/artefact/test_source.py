"""Paths, bytes and binary files; nothing else."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from unpoison.artefact.source import describe_source, read_source

WASM = b"\0asm\1\0\0\0"


@pytest.mark.parametrize("make", [bytes, bytearray, memoryview, io.BytesIO])
def test_bytes_and_binary_files_are_read(make: type) -> None:
    assert read_source(make(WASM)) == WASM
    assert describe_source(make(WASM)) == "<bytes>"


@pytest.mark.parametrize("make", [str, Path])
def test_paths_are_read(tmp_path: Path, make: type) -> None:
    (tmp_path / "m.wasm").write_bytes(WASM)
    assert read_source(make(tmp_path / "m.wasm")) == WASM
    assert describe_source(make(tmp_path / "m.wasm")) == "m.wasm"


def test_an_open_file_is_named_by_its_file(tmp_path: Path) -> None:
    (tmp_path / "m.wasm").write_bytes(WASM)
    with (tmp_path / "m.wasm").open("rb") as file:
        assert describe_source(file) == "m.wasm"
        assert read_source(file) == WASM


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_source(tmp_path / "none.wasm")


@pytest.mark.parametrize("wrong", [io.StringIO("text"), 7, None])
def test_anything_else_is_a_type_error(wrong: object) -> None:
    with pytest.raises(TypeError, match="binary"):
        read_source(wrong)  # type: ignore[arg-type]
