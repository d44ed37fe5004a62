"""The globals without an embedder: a console that logs."""

from __future__ import annotations

import logging

import pytest

from unpoison import js
from unpoison.runtime.jobs import Scheduler
from unpoison.runtime.world import Console, make_world


@pytest.mark.parametrize(
    ("method", "level"),
    [
        ("debug", logging.DEBUG),
        ("trace", logging.DEBUG),
        ("log", logging.INFO),
        ("info", logging.INFO),
        ("warn", logging.WARNING),
        ("error", logging.ERROR),
    ],
)
def test_each_method_logs_at_its_level(
    caplog: pytest.LogCaptureFixture, method: str, level: int
) -> None:
    with caplog.at_level(logging.DEBUG, "unpoison.console"):
        getattr(Console(), method)("two", "words")
    assert [(record.levelno, record.message) for record in caplog.records] == [(level, "two words")]


def test_other_values_are_logged_as_debug_text(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "unpoison.console"):
        Console().log("n:", 5, None, js.null, "100%")
    assert caplog.messages == ["n: 5 undefined null 100%"]


def test_each_instance_has_a_world_of_its_own() -> None:
    first, second = (make_world(Scheduler(set).realm).global_object for _ in range(2))
    assert first is not second
    assert first["console"] is not second["console"]
    assert first["Promise"] is not second["Promise"]
