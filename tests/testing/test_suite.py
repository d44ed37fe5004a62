"""What the original cannot do: tests that abort, hang or wait for nothing fail alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli._running import Ran
from tests.testing.conftest import Runner
from unpoison.wasm import Custom, Module

REASONS = {
    "b_unreachable": "unreachable",
    "c_process_abort": "unreachable",
    "d_out_of_bounds": "out of bounds",
    "f_stack_overflow": "stack overflow",
    "g_out_of_memory": "out of memory",
    "h_aborts_after_a_wait": "unreachable",
}
PASS = ("a_first", "e_between", "l_last")
SHOULD_PANIC = ("j_should_panic_but_aborts", "k_should_panic_with_words_but_aborts")


def words(ran: Ran) -> dict[str, str]:
    """Give the word behind each test's name."""
    return dict(re.findall(r"^test aborts::(\w+) \.\.\. (.+)$", ran.out, re.MULTILINE))


def expected_words(build: str) -> dict[str, str]:
    """Give the word that each test should have, in any host."""
    return {
        **dict.fromkeys(PASS, "ok"),
        **dict.fromkeys([*REASONS, "i_panics"], "FAIL"),
        # An abort is no panic, but in a panic=abort binary nobody can tell the two apart.
        SHOULD_PANIC[0]: "ok" if build == "abort" else "FAIL",
        SHOULD_PANIC[1]: "FAIL",
        "m_loops": "ignored, runs for ever",
        "n_waits_for_nothing": "ignored, waits for ever",
        "o_waits_too_long": "ignored, waits too long",
    }


def report(ran: Ran, name: str) -> str:
    """Give the report of a test that failed."""
    found = re.search(rf"^---- \S*{name} output ----\n((?: .*\n)*)", ran.out, re.MULTILINE)
    assert found is not None, name
    return found[1]


@pytest.fixture(scope="module")
def aborts() -> dict[str, Ran]:
    return {}


def run_aborts(runner: Runner, build: str, kept: dict[str, Ran]) -> Ran:
    """Run the tests that abort, once for all tests of this file."""
    if build not in kept:
        kept[build] = runner(build, "aborts::")
    return kept[build]


@pytest.mark.parametrize("build", ["unwind", "abort"])
def test_each_test_gets_its_own_verdict(
    test_runner: Runner, aborts: dict[str, Ran], build: str
) -> None:
    ran = run_aborts(test_runner, build, aborts)
    assert ran.code == 1
    assert words(ran) == expected_words(build)


@pytest.mark.parametrize("build", ["unwind", "abort"])
@pytest.mark.parametrize(("name", "reason"), REASONS.items())
def test_the_report_says_why_where_and_what_was_printed(
    test_runner: Runner, aborts: dict[str, Ran], build: str, name: str, reason: str
) -> None:
    text = report(run_aborts(test_runner, build, aborts), name)
    assert f"Rust aborted ({reason})" in text
    assert re.search(r"^ +log output:\n +run \d of this instance$", text, re.MULTILINE)
    assert re.search(r"^ {12}at \S", text, re.MULTILINE)
    assert ("after the wait" in text) is (name == "h_aborts_after_a_wait")


@pytest.mark.parametrize(
    ("build", "counts", "restarts"),
    [
        ("unwind", "3 passed; 9 failed", 8),
        ("abort", "4 passed; 8 failed", 9),
    ],
)
def test_the_summary_counts_tests_and_restarts(
    test_runner: Runner, aborts: dict[str, Ran], build: str, counts: str, restarts: int
) -> None:
    ran = run_aborts(test_runner, build, aborts)
    assert f"test result: FAILED. {counts}; 3 ignored; " in ran.out
    assert f"note: {restarts} restarts in a fresh instance" in ran.out


def test_the_test_behind_an_abort_runs_in_a_fresh_instance(test_runner: Runner) -> None:
    ran = test_runner("unwind", "aborts::", "--nocapture", "--skip", "ever")
    runs = [int(number) for number in re.findall(r"^run (\d) of this instance$", ran.out, re.M)]
    #  l  k  j  i  h  g  f  e  d  c  b  a
    assert runs == [1, 2, 1, 1, 2, 1, 1, 1, 2, 1, 1, 1]


def test_a_panic_in_an_abort_build_keeps_its_text(
    test_runner: Runner, aborts: dict[str, Ran]
) -> None:
    text = report(run_aborts(test_runner, "abort", aborts), "i_panics")
    assert "error output:\n        panicked at " in text
    assert "Rust aborted (panic)" in text


@pytest.mark.parametrize("name", ["should_panic_as_expected", "waits_and_panics_as_expected"])
def test_an_abort_build_knows_the_panic_that_a_test_expects(test_runner: Runner, name: str) -> None:
    assert test_runner("abort", "--exact", f"verdicts::{name}").code == 0


def test_an_abort_build_tells_another_panic_from_the_expected_one(test_runner: Runner) -> None:
    text = report(test_runner("abort", "otherwise"), "should_panic_otherwise")
    assert re.search(r'panic message: `"panicked at \S+:\n +quite another thing\n', text)
    assert 'expected substring: `"the right words"`' in text


def test_an_endless_loop_is_stopped_and_the_others_go_on(test_runner: Runner) -> None:
    arguments = ("--include-ignored", "--timeout", "0.5", "--exact")
    ran = test_runner("unwind", "aborts::m_loops", *arguments)
    assert "Rust aborted (time limit)" in report(ran, "m_loops")
    ran = test_runner("unwind", "aborts::", "--ignored", "--timeout", "0.3")
    assert words(ran) == dict.fromkeys(
        ["m_loops", "n_waits_for_nothing", "o_waits_too_long"], "FAIL"
    )
    assert "did not finish in 0.3 s" in report(ran, "n_waits_for_nothing")


@pytest.mark.parametrize("build", ["unwind", "abort"])
def test_a_timer_that_takes_too_long_fails_its_test_alone(test_runner: Runner, build: str) -> None:
    arguments = ("--include-ignored", "--timeout", "0.3", "--skip", "m_loops", "--skip", "n_waits")
    ran = test_runner(build, "_waits_", *arguments)
    assert words(ran) == {"o_waits_too_long": "FAIL"}
    text = report(ran, "o_waits_too_long")
    assert "did not finish in 0.3 s" in text
    assert "before the timer" in text
    assert "test verdicts" not in ran.out


def test_the_next_test_is_not_disturbed_by_a_timer_that_is_left(test_runner: Runner) -> None:
    arguments = ("--include-ignored", "--timeout", "0.5", "--skip", "m_loops", "--skip", "n_waits")
    ran = test_runner("unwind", "a", *arguments, "--skip", "g_out", "--skip", "verdicts")
    assert words(ran)["a_first"] == words(ran)["l_last"] == "ok"
    assert words(ran)["o_waits_too_long"] == "FAIL"
    assert "test timers::waits_for_a_timer ... ok\n" in ran.out
    assert "test timers::fails_after_a_timer ... FAIL\n" in ran.out


def test_a_test_that_waits_for_nothing_fails_at_once(test_runner: Runner) -> None:
    ran = test_runner("unwind", "n_waits", "--ignored")
    assert ran.code == 1
    assert "nothing is left to settle" in report(ran, "n_waits_for_nothing")


def test_ignored_tests_alone_can_be_run(test_runner: Runner) -> None:
    ran = test_runner("unwind", "--ignored", "verdicts::")
    assert ran.out.startswith("running 3 tests\n")
    assert "test verdicts::ignored_for_a_reason ... ok\n" in ran.out
    assert "test verdicts::ignored ... FAIL\n" in ran.out


# --- hosts ---


def with_section(path: Path, payload: bytes, folder: Path) -> Path:
    module = Module.parse(path.read_bytes())
    module.customs = [*module.customs, Custom("__wasm_bindgen_test_unstable", payload)]
    changed = folder / "configured.wasm"
    changed.write_bytes(module.emit())
    return changed


def test_a_suite_that_asks_for_a_browser_is_refused_or_skipped(
    test_runner: Runner,
    binaries: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = with_section(binaries["unwind"], b"\x01", tmp_path)
    refused = test_runner(path, "verdicts::passes")
    assert (refused.code, refused.out) == (1, "")
    assert "asks for a browser" in refused.err
    assert "--any-host" in refused.err
    monkeypatch.setenv("WASM_BINDGEN_TEST_ONLY_NODE", "1")
    skipped = test_runner(path, "verdicts::passes")
    assert skipped.code == 0
    assert skipped.out.startswith("skipped: ")


def test_a_suite_that_asks_for_a_browser_runs_when_told_so(
    test_runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WASM_BINDGEN_USE_BROWSER", "1")
    assert test_runner("unwind", "verdicts::passes").code == 1
    assert "1 passed" in test_runner("unwind", "verdicts::passes", "--any-host").out


# --- wrong files and wrong words ---


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "MalformedModule"), (b"\0asm", "MalformedModule"), (b"\x7fELF" * 9, "MalformedModule")],
)
def test_what_is_no_module_is_one_line(
    test_runner: Runner, tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "broken.wasm"
    path.write_bytes(content)
    ran = test_runner(path)
    assert (ran.code, ran.out) == (1, "")
    assert words in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_file_that_is_not_there_is_named(test_runner: Runner, tmp_path: Path) -> None:
    ran = test_runner(tmp_path / "nothing.wasm")
    assert ran.code == 1
    assert "nothing.wasm" in ran.err


def test_half_a_binary_is_refused(
    test_runner: Runner, binaries: dict[str, Path], tmp_path: Path
) -> None:
    whole = binaries["unwind"].read_bytes()
    path = tmp_path / "half.wasm"
    path.write_bytes(whole[: len(whole) // 2])
    ran = test_runner(path)
    assert ran.code == 1
    assert "MalformedModule" in ran.err


def test_a_binary_without_tests_has_nothing_to_run(test_runner: Runner) -> None:
    ran = test_runner(Path(__file__).parents[2] / "examples" / "stats" / "stats.legacy.wasm")
    assert (ran.code, ran.out) == (0, "no tests to run!\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--bogus"],
        ["one", "two"],
        ["--ignored", "--include-ignored"],
        ["--timeout", "0"],
        ["--timeout", "soon"],
        ["--format", "json"],
    ],
)
def test_a_wrong_option_is_a_usage_error(test_runner: Runner, arguments: list[str]) -> None:
    ran = test_runner("unwind", *arguments)
    assert (ran.code, ran.out) == (2, "")


def test_the_time_limit_may_come_from_the_environment(
    test_runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WASM_BINDGEN_TEST_TIMEOUT", "0.3")
    assert "time limit" in test_runner("unwind", "m_loops", "--ignored").out
