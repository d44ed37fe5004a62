"""`unpoison run`: one call, its result, and the exit code of each way it can end."""

from __future__ import annotations

import pytest

from tests.cli._running import COUNTER, ROOT, STATS, run

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    ("args", "printed"),
    [
        (["mean", "[1.5, 2.5]"], "2.0\n"),
        (["repeat", "ab", "3"], "ababab\n"),
        (["parse", "1, 2"], "[1, 2]\n"),
        (["median", "[]"], ""),
    ],
)
def test_the_result_is_printed(capsys: Capture, args: list[str], printed: str) -> None:
    ran = run(capsys, "run", STATS, *args)
    assert (ran.code, ran.out, ran.err) == (0, printed, "")


def test_a_panic_is_one_line_and_exit_code_1(capsys: Capture) -> None:
    ran = run(capsys, "run", STATS, "mean", "[]")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "unpoison: PanicError: the mean of no numbers\n"


def test_a_thrown_error_is_one_line_and_exit_code_1(capsys: Capture) -> None:
    ran = run(capsys, "run", STATS, "parse", "1, x")
    assert ran.code == 1
    assert ran.err == "unpoison: Error: invalid digit found in string\n"


def test_missing_imports_are_listed_with_exit_code_3(capsys: Capture) -> None:
    ran = run(capsys, "run", COUNTER, "bump")
    assert ran.code == 3
    assert "risky: (n: u32)" in ran.err
    assert "env.raw_hook: (i32) -> i32" in ran.err


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["nope"], "the module exports: mean, median, parse, repeat"),
        (["Series"], "class"),
        (["Series.push", "1"], "class"),
        (["mean"], "the export takes numbers: &[f64]"),
        (["mean", "x"], "'x' is not a &[f64]"),
        (["repeat", "ab", "-1"], "times must be from 0"),
        (["repeat", "\udc80", "1"], "text"),
    ],
)
def test_wrong_usage_is_exit_code_2(capsys: Capture, args: list[str], told: str) -> None:
    ran = run(capsys, "run", STATS, *args)
    assert ran.code == 2
    assert told in ran.err
    assert "Traceback" not in ran.err


def test_a_file_that_is_not_there_is_exit_code_2(capsys: Capture) -> None:
    ran = run(capsys, "run", "nope.wasm", "mean")
    assert ran.code == 2
    assert "nope.wasm" in ran.err


def test_a_file_that_is_no_module_is_exit_code_3(capsys: Capture) -> None:
    ran = run(capsys, "run", ROOT / "README.md", "mean")
    assert ran.code == 3
    assert ran.err.startswith("unpoison: MalformedModule: ")
