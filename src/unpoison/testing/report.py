"""Outcomes of tests, and their text: that of `wasm-bindgen-test`, and what it has no words for.

Pure. Source: `wasm-bindgen-test` src/rt/mod.rs (State::print_results, print_failure).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from unpoison.errors import AbortError

_HARNESS = "wasm_bindgen_test::__rt::"


class Verdict(Enum):
    """How a test ended; the value is its word in the line of the test."""

    OK = "ok"
    FAILED = "FAIL"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One test's end: `word` is what stands behind its name, `details` its report if it failed."""

    name: str
    verdict: Verdict
    word: str
    details: str = ""

    @classmethod
    def passed(cls, name: str) -> Outcome:
        """Make the outcome of a test that passed."""
        return cls(name, Verdict.OK, Verdict.OK.value)

    @classmethod
    def failed(cls, name: str, details: str) -> Outcome:
        """Make the outcome of a test that failed; `details` are the lines of its report."""
        report = f"---- {name} output ----\n{indent(details)}"
        return cls(name, Verdict.FAILED, Verdict.FAILED.value, report)

    @property
    def line(self) -> str:
        """The line that says how the test ended."""
        return f"test {self.name} ... {self.word}"


def read_outcome(name: str, messages: Sequence[str], passed: bool) -> Outcome:
    """Give the outcome of a test from what the harness in the guest wrote about it.

    A benchmark has no line of its own, so that the result of the run counts.
    """
    start, report = f"test {name} ... ", f"---- {name} output ----\n"
    word = next((m.removeprefix(start) for m in messages if m.startswith(start)), "")
    details = next((m for m in messages if m.startswith(report)), "")
    if word.startswith(Verdict.IGNORED.value):
        return Outcome(name, Verdict.IGNORED, word)
    if passed:
        return Outcome.passed(name)
    return Outcome(name, Verdict.FAILED, Verdict.FAILED.value, details or report)


_EXPECTED = re.compile(r'^ {5}expected substring: `"(?P<text>.*)"`\n', re.DOTALL | re.MULTILINE)


def read_expected(details: str) -> str | None:
    """Give the text that `should_panic(expected = ...)` wants, from the report of a test without
    a panic; None when it wants none.
    """
    found = _EXPECTED.search(details)
    return None if found is None else found["text"].replace("\n    ", "\n")


def other_panic_text(message: str | None, expected: str) -> str:
    """Give the report of a test that panicked with another text, None for an unknown one."""
    said = "the instance ended without a message" if message is None else f'`"{message}"`,'
    return (
        "note: panic did not contain expected string\n"
        f"      panic message: {said}\n"
        f' expected substring: `"{expected}"`\n\n'
    )


def judged(name: str, died: Outcome, verdict: Outcome, panic: str | None) -> Outcome:
    """Give what a test came to that ended its instance by a panic that cannot unwind.

    `died` is what to say of it as such, `verdict` what the harness of a fresh instance says of a
    test that throws, `panic` the words of the panic, if they are known.
    """
    if verdict.verdict is Verdict.OK:
        return verdict
    expected = read_expected(verdict.details)
    if expected is None:
        return died
    if panic is not None and expected in panic:
        return Outcome.passed(name)
    return Outcome.failed(name, other_panic_text(panic, expected))


def abort_text(error: AbortError) -> str:
    """Give the report of an abort: what it was, and the Rust frames of the test."""
    frames = [f"    at {frame}" for frame in _own_frames(error.backtrace)]
    return "AbortError that ended the instance:\n" + indent("\n".join([str(error), *frames]))


def _own_frames(backtrace: Sequence[str]) -> Sequence[str]:
    """Give the frames above the harness; its own first one too, since a test may be part of it."""
    of_harness = (place for place, frame in enumerate(backtrace) if _HARNESS in frame)
    return backtrace[: next(of_harness, len(backtrace)) + 1]


def console_text(recorded: Mapping[str, str]) -> str:
    """Give the report of what a test printed, by method of `console`."""
    return "".join(f"{method} output:\n{indent(text)}\n" for method, text in recorded.items())


def indent(text: str) -> str:
    """Give the lines of a text, each behind four spaces and before a line feed."""
    lines = text.removesuffix("\n").split("\n") if text else []
    return "".join(f"    {line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Tally:
    """The whole suite: its outcomes, and how many tests the filters left out.

    `restarts` is how often a fresh instance had to take over.
    """

    outcomes: Sequence[Outcome]
    filtered: int
    restarts: int
    seconds: float

    @property
    def failures(self) -> list[Outcome]:
        """The outcomes of the tests that failed."""
        return [outcome for outcome in self.outcomes if outcome.verdict is Verdict.FAILED]

    def lines(self) -> Iterable[str]:
        """Give the end of the report: every failure, their names, the result."""
        failures = self.failures
        if failures:
            yield "\nfailures:\n"
            yield from (outcome.details for outcome in failures)
            yield "failures:\n"
            yield from (f"    {outcome.name}" for outcome in failures)
        if self.restarts:
            starts = "1 restart" if self.restarts == 1 else f"{self.restarts} restarts"
            yield f"\nnote: {starts} in a fresh instance, after tests that ended it"
        yield ""
        yield self._result()

    def _result(self) -> str:
        passed, ignored = (
            sum(outcome.verdict is verdict for outcome in self.outcomes)
            for verdict in (Verdict.OK, Verdict.IGNORED)
        )
        word = "FAILED" if self.failures else "ok"
        return (
            f"test result: {word}. {passed} passed; {len(self.failures)} failed; "
            f"{ignored} ignored; {self.filtered} filtered out; finished in {self.seconds:.2f}s\n"
        )
