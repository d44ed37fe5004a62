"""The right library, or one clear error."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from pathlib import Path

import pytest

from unpoison.engine import TESTED_MAJOR, VERSION, WasmtimeImportError, capi


def test_the_installed_version_is_the_tested_one() -> None:
    assert VERSION.split(".")[0] == str(TESTED_MAJOR)


@pytest.mark.parametrize("version", ["49.0.0", "51.0.0", "5.0.0", "500.0.0", "of unknown version"])
def test_another_major_version_is_refused_with_the_version_to_install(version: str) -> None:
    with pytest.raises(WasmtimeImportError, match=r'found .*pip install "wasmtime>=50,<51"'):
        capi.check_version(version)


def test_the_refusal_is_an_import_error() -> None:
    assert issubclass(WasmtimeImportError, ImportError)


def test_another_version_fails_at_import_with_that_error_alone(tmp_path: Path) -> None:
    (tmp_path / "wasmtime").mkdir()
    (tmp_path / "wasmtime" / "__init__.py").touch()
    (tmp_path / "wasmtime-51.0.0.dist-info").mkdir()
    script = f"import sys; sys.path[:0] = {[str(tmp_path), *sys.path]!r}; import unpoison.engine"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stderr.splitlines()[-1].endswith(
        "unpoison is tested with wasmtime 50, found 51.0.0; "
        'install it with: pip install "wasmtime>=50,<51"'
    )


def test_a_wheel_without_this_machine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WasmtimeImportError, match="no library for"):
        capi.library_path(tmp_path)


def test_the_python_layer_of_wasmtime_is_not_imported() -> None:
    script = "import sys, unpoison.engine; sys.exit('wasmtime' in sys.modules)"
    path = str(Path(__file__).parents[2] / "src")
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {path!r}); {script}"]
    )
    assert done.returncode == 0


def test_our_prototypes_do_not_change_those_of_wasmtime() -> None:
    import wasmtime._bindings as theirs

    function = theirs.dll.wasmtime_func_call_unchecked
    assert function.restype is not ctypes.c_void_p
    assert len(function.argtypes) == 5


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b"plain", "plain"),
        (b"outer\n\nCaused by:\n    inner\n", "outer: inner"),
        (b"outer\n\nCaused by:\n    0: one\n    1: two\0", "outer: one: 1: two"),
    ],
)
def test_a_message_of_several_lines_becomes_one(text: bytes, line: str) -> None:
    assert capi.one_line(text) == line
