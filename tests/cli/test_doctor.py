"""`unpoison doctor`: one line per finding; only a missing engine is a failure."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli._running import run

Capture = pytest.CaptureFixture[str]


def test_a_healthy_machine(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("UNPOISON_CACHE_DIR", str(tmp_path / "cache"))
    ran = run(capsys, "doctor")
    assert ran.code == 0
    assert "wasmtime" in ran.out
    assert f"{tmp_path / 'cache'}: 0 modules" in ran.out
    assert "what `serve` and `dev` need is installed" in ran.out


def test_a_cache_that_is_off_or_unusable_is_a_note(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("UNPOISON_CACHE", "0")
    assert "turned off" in run(capsys, "doctor").out
    monkeypatch.setenv("UNPOISON_CACHE", "1")
    (tmp_path / "file").touch()
    monkeypatch.setenv("UNPOISON_CACHE_DIR", str(tmp_path / "file" / "cache"))
    ran = run(capsys, "doctor")
    assert ran.code == 0
    assert "cannot be used" in ran.out


def test_a_system_that_does_not_tell_written_pages_is_a_note(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr("unpoison.engine.dirty_pages.PageScan", refused)
    ran = run(capsys, "doctor")
    assert ran.code == 0
    assert "note roll-back" in ran.out
    assert "copies all of the memory before each call" in ran.out
    assert "not permitted" in ran.out


def test_a_missing_toolchain_is_a_note_that_says_what_to_install(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("unpoison.build.toolchain._candidates", lambda env: iter(()))
    ran = run(capsys, "doctor")
    assert ran.code == 0
    assert "rust (unwind)" in ran.out
    assert "rustup" in ran.out


def test_a_missing_engine_is_exit_code_4(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise ImportError("unpoison needs the package wasmtime")

    monkeypatch.setattr("unpoison.engine.Engine", missing)
    ran = run(capsys, "doctor")
    assert ran.code == 4
    assert "FAIL wasmtime" in ran.out


@pytest.fixture
def with_wrong_engine(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Give a function that runs the command line where wasmtime is a version from the future."""
    (tmp_path / "wasmtime").mkdir()
    (tmp_path / "wasmtime" / "__init__.py").touch()
    (tmp_path / "wasmtime-99.0.0.dist-info").mkdir()
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])

    def run_command(*arguments: str) -> subprocess.CompletedProcess[str]:
        program = "from unpoison.cli import main; main()"
        return subprocess.run(
            [sys.executable, "-c", program, *arguments],
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
        )

    return run_command


def test_an_engine_of_the_wrong_version_is_reported(
    with_wrong_engine: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    ran = with_wrong_engine("doctor")
    assert ran.returncode == 4
    assert "found 99.0.0" in " ".join(ran.stdout.split())
    assert "unknown until wasmtime can be loaded" in ran.stdout
    assert "Traceback" not in ran.stdout + ran.stderr


def test_a_command_that_needs_the_engine_says_so_in_one_line(
    with_wrong_engine: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    ran = with_wrong_engine("run", "examples/counter/counter.legacy.wasm", "bump")
    assert ran.returncode == 4
    assert "found 99.0.0" in " ".join(ran.stderr.split())
    assert "Traceback" not in ran.stderr
