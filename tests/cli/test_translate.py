"""`unpoison translate`: bytes in, bytes out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli._running import COUNTER, ROOT, run
from unpoison.eh import Dialect, dialect_of

Capture = pytest.CaptureFixture[str]


def test_a_legacy_module_becomes_exnref(capsys: Capture, tmp_path: Path) -> None:
    out = tmp_path / "out.wasm"
    ran = run(capsys, "translate", COUNTER, "-o", out)
    assert (ran.code, ran.out) == (0, "")
    assert "exnref" in ran.err
    assert dialect_of(out.read_bytes()) is Dialect.EXNREF


def test_translating_again_changes_nothing(capsys: Capture, tmp_path: Path) -> None:
    first, second = tmp_path / "1.wasm", tmp_path / "2.wasm"
    run(capsys, "translate", COUNTER, "-o", first)
    ran = run(capsys, "translate", first, "-o", second)
    assert "unchanged" in ran.err
    assert first.read_bytes() == second.read_bytes()


def test_what_is_no_module_is_refused_and_nothing_is_written(
    capsys: Capture, tmp_path: Path
) -> None:
    out = tmp_path / "out.wasm"
    ran = run(capsys, "translate", ROOT / "README.md", "-o", out)
    assert ran.code == 3
    assert not out.exists()


def test_an_output_that_cannot_be_written_is_wrong_usage(capsys: Capture, tmp_path: Path) -> None:
    ran = run(capsys, "translate", COUNTER, "-o", tmp_path / "none" / "out.wasm")
    assert ran.code == 2
    assert "No such file or directory" in ran.err


def test_the_output_must_be_named(capsys: Capture) -> None:
    ran = run(capsys, "translate", COUNTER)
    assert ran.code == 2
    assert "--output" in ran.err
