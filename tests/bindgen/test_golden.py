"""The bindings of two real modules: as they were when somebody last read them, typed and clean."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bindgen.binding import interface, source_of
from tests.bindgen.hard_names import hard_imports, hard_items
from tests.golden.update import COMMAND, MODULES, ROOT, bindings, golden_path
from unpoison.bindgen import Import, Interface, make_package


@pytest.mark.parametrize("name", MODULES)
def test_bindings_are_those_of_the_golden_file(name: str) -> None:
    same = golden_path(name).read_text() == bindings(name)
    assert same, f"the bindings of {name} changed; `{COMMAND}` rewrites the golden files"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bindings")
    for name in MODULES:
        (folder / f"{name}_bindings.py").write_text(bindings(name))
    source = source_of(*hard_items())
    (folder / "hard_bindings.py").write_text(source)
    write_package(folder, interface(*hard_items()), source)
    imports = list(hard_imports())
    given = replace(interface(*hard_items(), *imports), name="given")
    write_package(folder, given, source, imports)
    return folder


def write_package(
    folder: Path, given: Interface, source: str, required: Sequence[Import] = ()
) -> None:
    package, files = make_package(given, source, required, b"")
    (folder / package).mkdir()
    for name, content in files.items():
        (folder / package / name).write_bytes(content)


@pytest.mark.parametrize("command", ["ruff check --isolated .", "mypy --strict ."])
def test_bindings_are_clean(folder: Path, command: str) -> None:
    environ = {**os.environ, "MYPYPATH": str(ROOT / "src")}
    if command.startswith("mypy"):
        command += f" --cache-dir={ROOT / '.mypy_cache'} --python-version=3.11"
    done = subprocess.run(
        [sys.executable, "-m", *command.split()],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
