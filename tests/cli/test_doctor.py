"""`unpoison doctor`: one line per finding; only a missing engine is a failure."""

from __future__ import annotations

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
