"""`unpoison build`: from source to a package, or what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli._running import ROOT, run

Capture = pytest.CaptureFixture[str]


def test_a_folder_without_a_crate_is_refused(capsys: Capture, tmp_path: Path) -> None:
    ran = run(capsys, "build", tmp_path)
    assert ran.code in (3, 4)  # 4 where there is no Rust at all
    assert "Traceback" not in ran.err


def test_without_a_toolchain_it_says_what_to_install(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("unpoison.build.toolchain._candidates", lambda env: iter(()))
    ran = run(capsys, "build", ROOT / "examples" / "stats", "-o", tmp_path)
    assert ran.code == 4
    assert "rustup toolchain install nightly" in ran.err


@pytest.mark.parametrize("option", [("--eh", "other"), ("--panic", "other")])
def test_an_unknown_choice_is_wrong_usage(capsys: Capture, option: tuple[str, str]) -> None:
    assert run(capsys, "build", ".", *option).code == 2


@pytest.mark.toolchain
@pytest.mark.parametrize("panic", ["unwind", "abort"])
def test_a_crate_becomes_a_package(capsys: Capture, tmp_path: Path, panic: str) -> None:
    crate = tmp_path / "stats"
    source = ROOT / "examples" / "stats"
    shutil.copytree(source, crate, ignore=shutil.ignore_patterns("target", "*.wasm"))
    ran = run(capsys, "build", crate, "--panic", panic, "-o", tmp_path / "out")
    assert ran.code == 0, ran.err
    program = "import stats; print(stats.mean([1, 2]))"
    path = f"{ROOT / 'src'}:{tmp_path / 'out'}"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "1.5\n"
