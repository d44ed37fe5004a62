"""`unpoison bind --target`: the files are there, run, and replace earlier ones; or nothing is."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli._running import ROOT, STATS, run
from unpoison.glue import PackageOptions

TARGETS = ("node", "web", "bundler", "module", "worker")

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("target", TARGETS)
def test_a_package_for_each_host(tmp_path: Path, capsys: Capture, target: str) -> None:
    ran = run(capsys, "bind", STATS, "--target", target, "-o", tmp_path / "pkg")
    assert (ran.code, "stats.js" in ran.err) == (0, True)
    found = {file.name for file in (tmp_path / "pkg").iterdir()}
    assert {"stats.js", "stats_bg.wasm", "stats.d.ts", "package.json"} <= found
    assert not any(name.startswith(".") for name in found)


def test_what_is_there_is_replaced_but_for_package_json(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "package.json").write_text('{"name": "mine"}')
    (tmp_path / "stats.js").write_text("old")
    for _ in range(2):
        assert run(capsys, "bind", STATS, "--target", "web", "-o", tmp_path).code == 0
    assert json.loads((tmp_path / "package.json").read_text()) == {"name": "mine"}
    assert "initSync" in (tmp_path / "stats.js").read_text()


def test_options_are_those_of_the_package(tmp_path: Path, capsys: Capture) -> None:
    chosen = ["--out-name", "numbers", "--no-typescript", "--reset-state", "--no-names"]
    assert run(capsys, "bind", STATS, "--target", "node", *chosen, "-o", tmp_path).code == 0
    assert {file.name for file in tmp_path.iterdir()} == {
        "numbers.js", "numbers_bg.wasm", "package.json",
    }  # fmt: skip
    assert "__wbg_reset_state" in (tmp_path / "numbers.js").read_text()


@pytest.mark.parametrize("option", ["--reset-state", "--no-typescript", "--out-name=x"])
def test_an_option_that_means_nothing_for_python_is_refused(
    tmp_path: Path, capsys: Capture, option: str
) -> None:
    ran = run(capsys, "bind", STATS, option, "-o", tmp_path)
    assert (ran.code, "is for JavaScript" in ran.err) == (2, True)


def test_the_help_names_the_defaults_of_a_package(capsys: Capture) -> None:
    text = " ".join(run(capsys, "bind", "--help").out.split())
    defaults = PackageOptions()
    assert f"{defaults.isolation} by default" in text
    assert f"by default {defaults.instances}." in text


def test_a_refused_module_leaves_nothing(tmp_path: Path, capsys: Capture) -> None:
    bad = tmp_path / "bad.wasm"
    bad.write_bytes(b"\0asm\1\0\0\0")
    ran = run(capsys, "bind", bad, "--target", "node", "-o", tmp_path / "pkg")
    assert (ran.code, "Traceback" in ran.err) == (3, False)
    assert not (tmp_path / "pkg").exists()


def test_a_dialect_that_cannot_be_had_is_refused(tmp_path: Path, capsys: Capture) -> None:
    exnref = ROOT / "examples" / "stats" / "stats.exnref.wasm"
    given = ["--target", "node", "--eh", "legacy", "-o", tmp_path / "pkg"]
    ran = run(capsys, "bind", exnref, *given)
    assert (ran.code, "no legacy form" in ran.err) == (3, True)


@pytest.mark.peers
def test_it_runs(tmp_path: Path, capsys: Capture) -> None:
    from tests._peers import node20

    assert run(capsys, "bind", STATS, "--target", "node", "-o", tmp_path).code == 0
    program = (
        "const s = require('./stats.js');"
        "const series = new s.Series(); series.push(2);"
        "console.log(s.mean([1.5, 2.5]), series.mean, s.repeat('ab', 2))"
    )
    done = subprocess.run(
        [node20(), "-e", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("2 2 abab\n", "")
