"""`unpoison bind`: the package imports, works, is clean, and is the same each time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli._running import COUNTER, ROOT, STATS, run
from unpoison.cli.package import write_package

MODULES = sorted(
    path
    for folder in ("examples", "tests/crates")
    for path in (ROOT / folder).glob("*/*.legacy.wasm")
)
DOCUMENTED = ROOT / "tests" / "crates" / "documented" / "documented.legacy.wasm"

Capture = pytest.CaptureFixture[str]

USE_STATS = """
import stats
assert stats.mean([1.5, 2.5]) == 2.0
series = stats.Series()
series.push(2)
assert series.mean == 2.0
assert series.trend() is stats.Trend.Rising
assert stats.load().repeat("ab", 2) == "abab"
"""
USE_COUNTER = """
import counter
try:
    counter.bump()
except AttributeError as error:
    assert "load(imports=" in str(error)
else:
    raise AssertionError("no imports were given")
given = dict.fromkeys(["risky", "thrower", "reenter", "apply", "apply_mut"], lambda *_: 0)
env = {"raw_hook": lambda n: n, "raw_plain": lambda n, factor: factor}
assert counter.load(imports={**given, "env": env}).bump() == 1
"""


USE_DOCUMENTED = """
import asyncio
from array import array

import documented
from documented import Area, Named, Point, Way


async def main() -> None:
    await documented.later()
    number: float = await documented.later_number(2.5)
    large: int = await documented.later_large(2**60)
    half: int = await documented.later_half(4)
    text: str | None = await documented.later_text("x")
    data: bytes = await documented.later_bytes(b"abc")
    numbers: array[float] = await documented.later_numbers([1.5])
    texts: list[str] = await documented.later_texts(["a"])
    place: documented.Place = await documented.later_place("here")
    level: int = await documented.later_level()
    levels: list[documented.Level] = await documented.later_levels()
    some: int | None = await documented.later_level_if(True)
    places: list[documented.Place] = await documented.later_places()
    way: str = await documented.later_way()
    point: Point = await documented.later_point()
    promised: float = await documented.promised()
    said: str = await place.said()
    assert (number, large, half, text, data) == (2.5, 2**60, 2, "x", b"abc")
    assert (numbers, texts, place.name, said) == (array("d", [1.5]), ["a"], "here", "here")
    assert (level, way, promised) == (documented.Level.High, Way.south, 5)
    assert type(level) is int and type(some) is int and type(way) is str
    assert levels == [documented.Level.Low, documented.Level.High]
    assert [each.name for each in places] == ["here"]
    assert point["x"] + point["y"] == 3
    assert isinstance(place, documented.Place)


asyncio.run(main())
here: Point = {"x": 1, "y": 2}
there: Named = {"x": 1, "y": 2, "name": "there"}
area: Area = {"corners": [here], "mode": "fast", "origin": here, "tags": ["a"], "extra": None}
assert documented.sum(here) == documented.sum(there) == 3
assert documented.mode(area) == "fast"
assert documented.diagonal(2) == [{"x": 0, "y": 0}, {"x": 1, "y": 1}]
words: list[str] = documented.words("a b c", 2)
assert words == ["a", "b"]
assert documented.words(None) == []
assert documented.apply(max, [1, 2]) == 2
assert Point.__optional_keys__ == {"label"}
assert "export interface Point" in (documented.__doc__ or "")
assert "level: how sure that is" in (documented.Place.__init__.__doc__ or "")
"""
MISUSE = """
import documented

documented.sum({"x": 1})  # type: ignore[typeddict-item]
documented.mode({"mode": "other"})  # type: ignore[typeddict-item]
documented.words(1)  # type: ignore[arg-type]
documented.apply("text", [])  # type: ignore[arg-type]


async def main() -> None:
    text: str = await documented.later_number(1)  # type: ignore[assignment]
    print(text)
"""


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of every committed module, and programs that use one."""
    folder = tmp_path_factory.mktemp("typed")
    for path in MODULES:
        write_package(path.read_bytes(), folder)
    (folder / "types").rename(folder / "types_")  # that name is Python's
    (folder / "use_documented.py").write_text(USE_DOCUMENTED)
    (folder / "misuse_documented.py").write_text(MISUSE)
    return folder


@pytest.fixture
def packages(tmp_path: Path, capsys: Capture) -> Path:
    for file in (STATS, COUNTER, DOCUMENTED):
        ran = run(capsys, "bind", file, "-o", tmp_path)
        assert ran.code == 0, ran.err
        assert "import " in ran.err
        assert "note: " not in ran.err
    return tmp_path


def python(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(ROOT / "src"), str(folder)])
    environ = {**os.environ, "PYTHONPATH": path, "MYPYPATH": str(ROOT / "src")}
    return subprocess.run(
        [sys.executable, *args],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "program",
    [USE_STATS, USE_COUNTER, USE_DOCUMENTED],
    ids=["stats", "counter", "documented"],
)
def test_a_package_is_used_like_any_other(packages: Path, program: str) -> None:
    done = python(packages, "-c", program)
    assert (done.returncode, done.stderr) == (0, "")


def test_rust_documentation_is_the_docstring(packages: Path) -> None:
    program = "import stats; print(stats.mean.__doc__, stats.Series.push.__doc__)"
    assert "arithmetic mean; panics" in python(packages, "-c", program).stdout


def test_what_typescript_declares_is_documentation(packages: Path) -> None:
    stub = (packages / "documented" / "__init__.pyi").read_text()
    assert "What it declares in TypeScript:\n\n    /** Where something is. */\n" in stub
    assert "    export type Visitor = (point: Point) => number;\n" in stub


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "--isolated", "."],
        ["mypy", "--strict", "--follow-imports=silent", "."],
    ],
    ids=lambda command: command[0],
)
def test_every_package_is_clean(typed: Path, command: list[str]) -> None:
    done = python(typed, "-m", *command)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "checked",
    [
        pytest.param(["*/*.pyi", "*/_shapes.py", "documented", "use_documented.py"], id="surface"),
        pytest.param(["*", "use_documented.py"], id="everything", marks=pytest.mark.peers),
    ],
)
def test_every_package_is_clean_to_pyright(typed: Path, checked: list[str]) -> None:
    settings = {"include": checked, "exclude": ["misuse_documented.py"], "pythonVersion": "3.11"}
    settings |= {"extraPaths": [str(ROOT / "src")], "typeCheckingMode": "standard"}
    (typed / "pyrightconfig.json").write_text(json.dumps(settings))
    done = python(typed, "-m", "basedpyright", "--project", ".")
    assert done.returncode == 0, done.stdout
    assert "0 errors" in done.stdout


def test_a_name_of_pythons_own_is_noted(capsys: Capture, tmp_path: Path) -> None:
    types = ROOT / "tests" / "crates" / "types" / "types.legacy.wasm"
    ran = run(capsys, "bind", types, "-o", tmp_path)
    assert ran.code == 0
    assert "note: types is the name of a module of Python's own; rename the crate" in ran.err


def test_the_same_input_gives_the_same_bytes(packages: Path, capsys: Capture) -> None:
    files = {path: path.read_bytes() for path in packages.rglob("*") if path.is_file()}
    assert run(capsys, "bind", STATS, "-o", packages).code == 0
    assert {path: path.read_bytes() for path in files} == files


def test_a_folder_that_cannot_be_written_is_wrong_usage(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = run(capsys, "bind", STATS, "-o", tmp_path / "file" / "out")
    assert ran.code == 2
    assert "Traceback" not in ran.err
