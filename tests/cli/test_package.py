"""Where a package goes and what is overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli._running import STATS
from unpoison.cli.package import write_package
from unpoison.errors import MalformedModule


def test_the_package_has_the_crates_name_and_the_module_itself(tmp_path: Path) -> None:
    package = write_package(STATS.read_bytes(), tmp_path / "new" / "folder")
    assert package == tmp_path / "new" / "folder" / "stats"
    assert (package / "stats.wasm").read_bytes() == STATS.read_bytes()
    assert {"__init__.py", "__init__.pyi", "py.typed"} <= {file.name for file in package.iterdir()}


def test_an_earlier_package_is_overwritten_and_files_beside_it_stay(tmp_path: Path) -> None:
    package = write_package(STATS.read_bytes(), tmp_path)
    (package / "__init__.py").write_text("old")
    (package / "mine.py").write_text("mine")
    write_package(STATS.read_bytes(), tmp_path)
    assert (package / "__init__.py").read_text() != "old"
    assert (package / "mine.py").read_text() == "mine"


def test_what_is_refused_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(MalformedModule):
        write_package(b"no module", tmp_path)
    assert list(tmp_path.iterdir()) == []
