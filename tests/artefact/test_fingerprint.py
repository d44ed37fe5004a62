"""What changes the key of an artefact, and what does not."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from unpoison.artefact import fingerprint
from unpoison.artefact.fingerprint import PACKAGE, ROOMS, artefact_key, own_files


def test_the_key_follows_content_engine_and_python(monkeypatch: pytest.MonkeyPatch) -> None:
    key = artefact_key(b"a", "engine 1")
    assert len(key) == 32
    assert artefact_key(b"a", "engine 1") == key
    assert artefact_key(b"b", "engine 1") != key
    assert artefact_key(b"a", "engine 2") != key
    monkeypatch.setattr(fingerprint, "FORMAT", fingerprint.FORMAT + 1)
    assert artefact_key(b"a", "engine 1") != key


@pytest.fixture
def package(tmp_path: Path) -> Path:
    for room in ROOMS:
        shutil.copytree(PACKAGE / room, tmp_path / room)
    return tmp_path


def test_a_changed_file_changes_the_key(package: Path) -> None:
    before = list(own_files(package))
    assert len(before) > len(ROOMS)
    changed = package / "bindgen" / "__init__.py"
    os.utime(changed, ns=(0, 0))
    assert list(own_files(package)) != before


def test_byte_code_does_not_matter(package: Path) -> None:
    before = list(own_files(package))
    (package / "wasm" / "leb128.pyc").write_bytes(b"")
    assert list(own_files(package)) == before


def test_a_copy_that_keeps_whole_seconds_has_the_same_key(package: Path) -> None:
    before = list(own_files(package))
    for room in ROOMS:
        for file in (package / room).rglob("*.py"):
            os.utime(file, (0, int(file.stat().st_mtime)))
    assert list(own_files(package)) == before
