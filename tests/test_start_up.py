"""What a fresh process imports: counted by name, since times differ between machines."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import unpoison


def modules_after(code: str) -> set[str]:
    """Give the modules that a fresh process has after `code`, without those it begins with."""
    program = (
        "import sys\nbefore = set(sys.modules)\n"
        f"{code}\nprint('\\n'.join(sorted(set(sys.modules) - before)))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return set(ran.stdout.split())


def test_the_package_imports_its_errors_only() -> None:
    loaded = {name for name in modules_after("import unpoison") if name.startswith("unpoison")}
    assert loaded == {"unpoison", "unpoison.errors"}


@pytest.mark.parametrize("name", ["ctypes", "asyncio", "apsw", "sqlite3", "click", "rich", "ssl"])
def test_the_package_imports_nothing_heavy(name: str) -> None:
    assert name not in modules_after("import unpoison; unpoison.PanicError")


@pytest.mark.parametrize("name", sorted(unpoison.__all__))
def test_each_public_name_is_there_when_it_is_named_first(name: str) -> None:
    loaded = modules_after(
        f"from unpoison import {name} as value; import unpoison\n"
        f"assert value is unpoison.{name} and {name!r} in dir(unpoison)"
    )
    assert "unpoison.errors" in loaded


@pytest.mark.parametrize("room", unpoison._ROOMS)
def test_a_room_comes_when_it_is_named_first(room: str) -> None:
    assert f"unpoison.{room}" in modules_after(f"import unpoison; unpoison.{room}.__all__")


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        unpoison.nothing  # noqa: B018


def test_a_missing_engine_does_not_break_the_import() -> None:
    code = (
        "sys.modules['wasmtime'] = None\n"
        "import importlib.util\n"
        "importlib.util.find_spec = lambda name: None\n"
        "import unpoison\n"
        "try:\n    unpoison.load\n"
        "except ImportError as error:\n"
        "    assert 'unpoison needs the package wasmtime' in str(error)\n"
        "else:\n    raise SystemExit('no error')"
    )
    assert "unpoison.errors" in modules_after(code)


# --- a module that was loaded before ---

COUNTER = Path(__file__).parent.parent / "examples" / "counter" / "counter.legacy.wasm"
LOAD = (
    f"import unpoison\nmodule = unpoison.Module.read({str(COUNTER)!r})\n"
    "module.instantiate(lazy_imports=True).exports.bump()"
)


def test_a_load_from_the_cache_imports_none_of_the_toolchain() -> None:
    modules_after(LOAD)  # it is in the cache from here on
    loaded = modules_after(LOAD)
    toolchain = {
        f"unpoison.{name}"
        for name in (
            "artefact.making", "bindgen.call_source", "bindgen.interpreter", "bindgen.linking",
            "bindgen.python_source", "bindgen.records", "bindgen.schema", "bindgen.shims",
            "bindgen.typescript", "eh", "wasm.frame", "wasm.module", "wasm.opcodes",
        )
    }  # fmt: skip
    assert loaded & toolchain == set()
    assert {"unpoison.artefact.pipeline", "unpoison.bindgen.interface"} <= loaded


@pytest.mark.parametrize("name", ["ssl", "sqlite3", "apsw", "click", "rich", "httpx", "asyncio"])
def test_a_load_from_the_cache_imports_nothing_heavy(name: str) -> None:
    modules_after(LOAD)
    assert name not in modules_after(LOAD)


def test_a_load_imports_no_reader_of_patterns_or_dates() -> None:
    modules_after(LOAD)
    readers = {
        f"unpoison.js.{name}" for name in ("regexp_parser", "regexp_compiler", "date_parsing")
    }
    assert modules_after(LOAD) & readers == set()


@pytest.mark.parametrize("room", [unpoison.bindgen, unpoison.wasm, unpoison.web])
def test_each_name_of_a_room_is_there(room: ModuleType) -> None:
    assert set(room.__all__) <= set(dir(room))
    assert all(getattr(room, name) is not None for name in room.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        room.nothing  # noqa: B018


# --- the command line ---

RUN = (
    "import sys\nfrom unpoison.cli.app import execute\n"
    "import io, contextlib\n"
    "with contextlib.redirect_stdout(io.StringIO()):\n    execute({arguments!r})"
)
HEAVY = {"asyncio", "ctypes", "ssl", "sqlite3", "rich", "inspect", "email", "http"}


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["nothing"]])
def test_help_imports_no_command_and_no_room(arguments: list[str]) -> None:
    loaded = modules_after(RUN.format(arguments=arguments))
    ours = {name for name in loaded if name.startswith("unpoison.")}
    assert ours == {
        "unpoison.cli",
        "unpoison.cli.app",
        "unpoison.cli.exits",
        "unpoison.cli.terminal",
        "unpoison.errors",
    }
    assert loaded & (HEAVY - {"inspect"}) == set()


@pytest.mark.parametrize("name", ["bind", "inspect", "run", "serve", "translate"])
def test_the_help_of_a_command_imports_that_one_and_no_room(name: str) -> None:
    loaded = modules_after(RUN.format(arguments=[name, "--help"]))
    assert f"unpoison.cli.{name}" in loaded
    rooms = {f"unpoison.{room}" for room in unpoison._ROOMS}
    assert loaded & rooms == set()


def test_bindings_for_javascript_are_made_without_what_runs_a_module(tmp_path: Path) -> None:
    arguments = ["bind", str(COUNTER), "--target", "node", "-o", str(tmp_path)]
    loaded = modules_after(RUN.format(arguments=arguments))
    assert {name for name in loaded if name.startswith("unpoison.web.")} == {
        "unpoison.web.platform_names"
    }
    assert loaded & (HEAVY - {"inspect"} | {f"unpoison.{n}" for n in ("engine", "js")}) == set()
