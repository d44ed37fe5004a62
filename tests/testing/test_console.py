"""The console of a suite: passed on, recorded while a test runs, shown when it is asked for."""

from __future__ import annotations

import pytest

from unpoison import js
from unpoison.testing.console import METHODS, CapturedConsole


class Harness:
    def __init__(self) -> None:
        self.passed: list[tuple[str, list[object]]] = []
        self.shown: list[tuple[str, str]] = []

    def pass_on(self, method: str, arguments: list[object]) -> None:
        self.passed.append((method, arguments))

    def show(self, method: str, text: str) -> None:
        self.shown.append((method, text))


@pytest.fixture
def harness() -> Harness:
    return Harness()


@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_passed_on_and_shown(harness: Harness, method: str) -> None:
    console = CapturedConsole(harness.pass_on, harness.show)
    getattr(console, method)("a", 1.5, js.null)
    assert harness.passed == [(method, ["a", 1.5, js.null])]
    assert harness.shown == [(method, "a 1.5 null")]


def test_nothing_is_shown_that_is_captured(harness: Harness) -> None:
    CapturedConsole(harness.pass_on, None).log("a")
    assert harness.passed == [("log", ["a"])]


def test_only_what_a_test_prints_is_recorded_in_the_order_of_the_methods(harness: Harness) -> None:
    console = CapturedConsole(harness.pass_on, None)
    console.log("before")

    def run() -> None:
        console.error("e")
        console.log("one", 2)
        console.log("three")

    console.record(run)
    console.log("after")
    assert list(console.take_recorded().items()) == [("log", "one 2\nthree\n"), ("error", "e\n")]
    assert console.take_recorded() == {}


def test_recording_ends_with_a_test_that_raises(harness: Harness) -> None:
    console = CapturedConsole(harness.pass_on, None)

    def run() -> None:
        console.log("in")
        raise ValueError

    with pytest.raises(ValueError):
        console.record(run)
    console.log("out")
    assert console.take_recorded() == {"log": "in\n"}
