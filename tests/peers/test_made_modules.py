"""What the toolchain makes of each module: Binaryen's validator takes it, and it is small.

wasm-bindgen's CLI leaves out dead functions as well; what its glue does in JavaScript, ours does
in the entries module.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from bench.sides.bind import main as make_modules
from tests._peers import ROOT, binaryen, wasm_bindgen

pytestmark = pytest.mark.peers

FILES = sorted([*ROOT.glob("examples/*/*.wasm"), *ROOT.glob("tests/crates/*/*.wasm")])
MOST = 1.3
"""Bytes of both modules beside the CLI's one; the most have modules of hundreds of tiny exports."""

SMALL, OWN = 32_768, 1_536
"""Bytes of a small module, and of what our host calls in one that the CLI's glue does not; larger
ones save more elsewhere."""

COUNTING = 128
"""Bytes of the two functions that count the guest's pages, which the CLI's module has not."""

REFUSED_BY_CLI = frozenset({"rare.noref.wasm"})
"""Its transformation of exceptions wants reference types."""


@pytest.fixture(scope="module", params=FILES, ids=lambda file: file.name)
def given(request: pytest.FixtureRequest) -> Path:
    file: Path = request.param
    return file


@pytest.fixture(scope="module")
def made(given: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    folder = tmp_path_factory.mktemp("made")
    make_modules(given, folder)
    return {"guest": folder / "ours.wasm", "entries": folder / "ours_entries.wasm"}


def test_binaryen_takes_both_modules(made: Mapping[str, Path]) -> None:
    program = binaryen() / "bin" / "wasm-opt"
    for file in made.values():  # `-g` has it read the names, too
        command = [str(program), "-all", "-g", str(file), "-o", str(file.with_suffix(".checked"))]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[:2000]


def test_they_are_smaller_than_the_module_and_about_as_the_cli_makes_it(
    given: Path, made: Mapping[str, Path], tmp_path: Path
) -> None:
    guest, entries = (made[name].stat().st_size for name in ("guest", "entries"))
    assert guest + entries < given.stat().st_size
    command = [wasm_bindgen(), str(given), "--target", "nodejs", "--no-typescript"]
    command += ["--out-name", "glue", "--out-dir", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode != 0) == (given.name in REFUSED_BY_CLI), done.stderr[:2000]
    if done.returncode == 0:
        theirs = (tmp_path / "glue_bg.wasm").stat().st_size
        assert guest < theirs + (OWN if theirs < SMALL else COUNTING)
        assert guest + entries < MOST * theirs
