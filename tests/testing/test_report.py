"""The words of a report: lines of tests, failures, the result."""

from __future__ import annotations

import pytest

from unpoison.errors import AbortError, AbortReason
from unpoison.testing.report import (
    Outcome,
    Tally,
    Verdict,
    abort_text,
    console_text,
    indent,
    other_panic_text,
    read_expected,
    read_outcome,
)

REPORT = "---- t output ----\n    JS exception that was thrown:\n        Error: no\n"


@pytest.mark.parametrize(
    ("messages", "passed", "verdict", "line"),
    [
        (["running 1 test", "test t ... ok"], True, Verdict.OK, "test t ... ok"),
        (["test t ... FAIL", REPORT], False, Verdict.FAILED, "test t ... FAIL"),
        (["test t ... ignored"], True, Verdict.IGNORED, "test t ... ignored"),
        (["test t ... ignored, slow"], True, Verdict.IGNORED, "test t ... ignored, slow"),
        ([], True, Verdict.OK, "test t ... ok"),
        ([], False, Verdict.FAILED, "test t ... FAIL"),
    ],
)
def test_what_the_harness_wrote_is_an_outcome(
    messages: list[str], passed: bool, verdict: Verdict, line: str
) -> None:
    outcome = read_outcome("t", messages, passed)
    assert (outcome.verdict, outcome.line) == (verdict, line)


def test_the_report_of_a_failure_is_kept_to_the_letter() -> None:
    assert read_outcome("t", ["test t ... FAIL", REPORT], False).details == REPORT


def test_a_failure_of_ours_has_the_form_of_the_harness() -> None:
    text = "log output:\n    a line\n\nwhy\n"
    assert Outcome.failed("t", text).details == (
        "---- t output ----\n    log output:\n        a line\n    \n    why\n"
    )


@pytest.mark.parametrize("expected", ["words", 'in "quotes"', "two\nlines", '`"`\n odd'])
def test_the_expected_text_is_read_from_the_report_of_the_harness(expected: str) -> None:
    report = Outcome.failed("t", other_panic_text("", expected)).details
    assert read_expected(report) == expected


@pytest.mark.parametrize("report", ["", REPORT, "expected substring: no"])
def test_other_reports_expect_nothing(report: str) -> None:
    assert read_expected(report) is None


def test_a_panic_without_a_text_is_said_to_have_none() -> None:
    text = other_panic_text(None, "words")
    assert "without a message" in text
    assert '`"words"`' in text


def test_an_abort_is_reported_with_the_frames_of_the_test() -> None:
    frames = ["core::panic", "suite::test", "wasm_bindgen_test::__rt::poll", "std::catch_unwind"]
    error = AbortError("Rust aborted (unreachable): why", AbortReason.UNREACHABLE, frames)
    assert abort_text(error).splitlines() == [
        "AbortError that ended the instance:",
        "    Rust aborted (unreachable): why",
        "        at core::panic",
        "        at suite::test",
        "        at wasm_bindgen_test::__rt::poll",
    ]


def test_console_output_stands_under_its_method() -> None:
    assert console_text({"log": "a\nb\n", "error": "c\n"}) == (
        "log output:\n    a\n    b\n\nerror output:\n    c\n\n"
    )


@pytest.mark.parametrize(
    ("text", "indented"),
    [("", ""), ("a", "    a\n"), ("a\n", "    a\n"), ("a\n\nb\n", "    a\n    \n    b\n")],
)
def test_every_line_is_indented(text: str, indented: str) -> None:
    assert indent(text) == indented


def tally(*outcomes: Outcome, restarts: int = 0) -> list[str]:
    return list(Tally(outcomes, 3, restarts, 1.239).lines())


def test_a_suite_that_passes_has_one_line() -> None:
    ignored = Outcome("i", Verdict.IGNORED, "ignored")
    assert tally(Outcome.passed("a"), ignored) == [
        "",
        "test result: ok. 1 passed; 0 failed; 1 ignored; 3 filtered out; finished in 1.24s\n",
    ]


def test_failures_are_shown_and_then_named() -> None:
    lines = tally(Outcome.failed("a", "why\n"), Outcome.passed("b"), Outcome.failed("c", ""))
    assert lines == [
        "\nfailures:\n",
        "---- a output ----\n    why\n",
        "---- c output ----\n",
        "failures:\n",
        "    a",
        "    c",
        "",
        "test result: FAILED. 1 passed; 2 failed; 0 ignored; 3 filtered out; finished in 1.24s\n",
    ]


@pytest.mark.parametrize(("restarts", "words"), [(1, "1 restart in"), (2, "2 restarts in")])
def test_restarts_are_counted(restarts: int, words: str) -> None:
    assert any(words in line for line in tally(Outcome.passed("a"), restarts=restarts))
