"""`cargo test` with our runner, from source: every build of the suite, debug as cargo builds it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests import _peers
from tests.testing.building import SUITE, cargo_command, suite_environment
from tests.testing.original import recorded, run_original, verdicts
from unpoison.build import Dialect, Panic, find_toolchain
from unpoison.errors import ToolError

VARIANTS: dict[str, tuple[Panic, Dialect]] = {
    "legacy": ("unwind", "legacy"),
    "exnref": ("unwind", "exnref"),
    "abort": ("abort", "legacy"),
}
RUNNER = f"{sys.executable} -m unpoison test-runner"

pytestmark = [pytest.mark.toolchain, pytest.mark.timeout(3600)]

every_variant = pytest.mark.parametrize("variant", VARIANTS)


def cargo(variant: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Let cargo test the suite with our runner; what it builds stays in the suite's folder."""
    panic, eh = VARIANTS[variant]
    debian = {"RUSTC": "/usr/bin/rustc", "CARGO": "/usr/bin/cargo"}
    try:
        rust = find_toolchain(panic, os.environ | debian)
    except ToolError as error:
        _peers.missing(f"a Rust that builds for wasm32: {error}")
    flags = suite_environment(rust, panic, eh, target_of(variant))
    environment = {
        **flags,
        # rustdoc is given none of rustc's flags, and links a doctest with the std that they made.
        "CARGO_ENCODED_RUSTDOCFLAGS": flags["CARGO_ENCODED_RUSTFLAGS"],
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER": RUNNER,
        "RUSTDOC": str(rust.rustc.with_name("rustdoc")),
        "PYTHONPATH": str(_peers.ROOT / "src"),
    }
    return subprocess.run(
        cargo_command(rust, panic, target_of(variant), *options),
        cwd=SUITE,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def target_of(variant: str) -> Path:
    return Path(os.environ.get("UNPOISON_SUITE_TARGET", SUITE / "target")) / variant


def binary_of(variant: str) -> Path:
    """Give the newest binary of the suite that cargo built in debug mode."""
    folder = target_of(variant) / "wasm32-unknown-unknown" / "debug" / "deps"
    return max(folder.glob("suite-*.wasm"), key=lambda path: (path.stat().st_mtime, path.name))


def verdicts_of(lines: Iterable[str], module: str) -> list[str]:
    """Give the verdicts of the tests of a module, in no order: that depends on the build."""
    return sorted(line for line in verdicts(lines) if line.startswith(f"test {module}::"))


@every_variant
def test_cargo_runs_every_binary_and_fails_for_the_one_that_fails(variant: str) -> None:
    done = cargo(variant, "--no-fail-fast", "--tests")
    assert done.returncode == 101, done.stderr[-2000:]
    assert "test tests::doubles ... ok" in done.stdout
    assert "test tests::doubles_nothing_too_large ... ok" in done.stdout
    assert "no tests to run!" in done.stdout
    lines = done.stdout.splitlines()
    known = recorded()["unwind"]["--skip aborts::"].out
    assert verdicts_of(lines, "verdicts") == verdicts_of(known, "verdicts")
    assert len(verdicts_of(lines, "aborts")) == 14
    assert re.search(r"^note: \d+ restarts in a fresh instance", done.stdout, re.MULTILINE)


@every_variant
def test_cargo_passes_filters_on_and_is_content_when_all_pass(variant: str) -> None:
    done = cargo(variant, "--tests", "--", "passes", "--nocapture")
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Invoking test: verdicts::inner::passes" in done.stdout
    assert "; 34 filtered out" in done.stdout


@every_variant
def test_cargo_lists_tests(variant: str) -> None:
    done = cargo(variant, "--test", "suite", "--", "--list", "--format", "terse", "inner")
    assert sorted(done.stdout.splitlines()) == [
        "verdicts::inner::deeper::panics: test",
        "verdicts::inner::passes: test",
    ]


@every_variant
def test_documentation_tests_are_no_tests_of_this_runner(variant: str) -> None:
    done = cargo(variant, "--doc")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


@pytest.mark.parametrize("variant", ["legacy", "abort"])
def test_a_debug_build_gets_the_verdicts_of_the_original(variant: str) -> None:
    done = cargo(variant, "--test", "suite", "--", "--skip", "aborts::")
    there = run_original(binary_of(variant), ("--skip", "aborts::"))
    here = [line for line in done.stdout.splitlines() if line.startswith("test verdicts")]
    assert here == [line for line in there.out if line.startswith("test verdicts")]


def test_a_benchmark_is_measured_and_compared_with_its_last_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    baseline = tmp_path / "baseline.json"
    monkeypatch.setenv("WASM_BINDGEN_BENCH_RESULT", str(baseline))
    outputs = [cargo("abort", "--bench", "doubling", "--", "--bench") for _ in range(2)]
    for done in outputs:
        assert done.returncode == 0, done.stderr[-2000:]
        assert re.search(r"double\s+time:\s+\[", done.stdout + done.stderr)
    assert b'"double"' in baseline.read_bytes()
    assert "change:" in outputs[1].stdout + outputs[1].stderr
