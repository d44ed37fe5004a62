"""Lines of the log, for people and for programs."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from typing import Any

import pytest

from unpoison.errors import AbortError, AbortReason, PanicError
from unpoison.workers.logs import (
    ACCESS,
    CONSOLE,
    GATHER_SECONDS,
    LONGEST_TEXT,
    AccessLog,
    exchange_line,
    install,
)
from unpoison.workers.observers import REQUEST_ID, Exchange, Incident, Observer, Outcome


def exchange(**changes: Any) -> Exchange:
    made = Exchange("ab-1", "GET", "http://w/x?y", "127.0.0.1", 0.0, status=200, seconds=0.0021,
                    sent=3, outcome=Outcome.COMPLETE)  # fmt: skip
    for name, new in changes.items():
        setattr(made, name, new)
    return made


def lines(act: Any, **options: Any) -> list[str]:
    stream = io.StringIO()
    with install(stream, **options):
        act()
    return stream.getvalue().splitlines()


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "GET http://w/x?y 200 OK (2.1 ms)"),
        ({"seconds": 0.25, "status": 404}, "GET http://w/x?y 404 Not Found (250 ms)"),
        ({"seconds": 12.0, "status": 299}, "GET http://w/x?y 299 (12.0 s)"),
        (
            {"outcome": Outcome.CLIENT_LEFT},
            "GET http://w/x?y 200 OK (2.1 ms, client left)",
        ),
        ({"outcome": Outcome.CLIENT_LEFT, "status": 0}, "GET http://w/x?y client left (2.1 ms)"),
        ({"outcome": Outcome.REFUSED, "status": 400, "url": ""},
         "GET - 400 Bad Request (2.1 ms, refused)"),
        ({"web_socket": True, "status": 101}, "GET http://w/x?y 101 Switching Protocols (2.1 ms)"),
    ],
)  # fmt: skip
def test_an_exchange_is_one_line(changes: dict[str, Any], line: str) -> None:
    assert exchange_line(exchange(**changes)) == line
    (written,) = lines(lambda: AccessLog().exchange_closed(exchange(**changes)))
    assert written[8:] == f" info    {line}"


def test_a_failed_exchange_is_an_error_with_its_id() -> None:
    token = REQUEST_ID.set("ab-1")
    (written,) = lines(
        lambda: AccessLog().exchange_closed(exchange(status=500, outcome=Outcome.FAILED))
    )
    REQUEST_ID.reset(token)
    assert " error   GET http://w/x?y 500 Internal Server Error (2.1 ms, failed)" in written
    assert written.endswith("[ab-1]")


def test_an_abort_is_written_with_its_rust_frames() -> None:
    error = AbortError("unreachable", AbortReason.UNREACHABLE, ["shop::abort", "shop::fetch"])
    written = lines(lambda: AccessLog().incident(Incident.ABORT, error, "shop"))
    assert written[0].endswith("shop: abort (unreachable): unreachable")
    assert [line.strip() for line in written[1:]] == ["at shop::abort", "at shop::fetch"]


def test_json_lines_hold_fields() -> None:
    error = AbortError("gone", AbortReason.CPU_LIMIT, ["shop::spin"], 2)

    def act() -> None:
        token = REQUEST_ID.set("ab-1")
        log = AccessLog()
        log.incident(Incident.ABORT, error, "shop")
        log.incident(Incident.PANIC, PanicError("no\nway"), "shop")
        CONSOLE.warning("hello \x1b[2J\nworld \u20ac")
        log.exchange_closed(exchange(error=RuntimeError("why"), outcome=Outcome.FAILED))
        REQUEST_ID.reset(token)

    abort, panic, console, closed = map(json.loads, lines(act, as_json=True))
    assert abort["incident"] == "abort"
    assert (abort["reason"], abort["backtrace"]) == ("CPU limit", ["shop::spin"])
    assert panic["error"] == "no\nway"
    assert console["message"] == "hello \x1b[2J\nworld \u20ac"
    assert (console["level"], console["logger"]) == ("warning", "unpoison.console")
    assert console["request_id"] == "ab-1"
    assert closed["url"] == "http://w/x?y"
    assert (closed["status"], closed["seconds"], closed["sent"]) == (200, 0.0021, 3)
    assert closed["error"] == "RuntimeError: why"
    assert closed["time"].endswith("Z")


def test_a_guest_cannot_start_a_line_or_move_the_cursor() -> None:
    forged = "harmless\n12:00:00 error forged\r\x1b[1A\u202e\tend"
    written = lines(lambda: CONSOLE.info(forged))
    assert len(written) == 2
    assert written[1].startswith("    12:00:00 error forged\\r\\x1b[1A\\u202e\tend")


def test_a_long_text_is_cut() -> None:
    (written,) = lines(lambda: CONSOLE.info("x" * (LONGEST_TEXT + 10)))
    assert written.endswith("x... (10 more characters)")
    assert len(written) < LONGEST_TEXT + 100


def test_exceptions_are_written_below_their_message() -> None:
    def act() -> None:
        try:
            raise ValueError("inner")
        except ValueError:
            logging.getLogger("unpoison.workers.http").exception("request failed")

    written = lines(act)
    assert written[0].endswith("request failed")
    assert written[-1] == "    ValueError: inner"
    (as_json,) = lines(act, as_json=True)
    assert "ValueError: inner" in json.loads(as_json)["exception"]


def test_consoles_are_told_to_an_observer_with_their_level() -> None:
    heard: list[tuple[str, str]] = []

    class Ear(Observer):
        def console(self, level: str, text: str) -> None:
            heard.append((level, text))

    def act() -> None:
        CONSOLE.info("a %s", "b")
        CONSOLE.debug("quiet")
        CONSOLE.error("c")

    lines(act, observer=Ear())
    CONSOLE.error("after")
    assert heard == [("info", "a b"), ("error", "c")]


def test_installing_leaves_logging_as_it_was() -> None:
    root = logging.getLogger("unpoison")
    before = root.level, root.propagate, list(root.handlers), list(CONSOLE.handlers)
    lines(lambda: None, level=logging.DEBUG, observer=Observer())
    assert (root.level, root.propagate, root.handlers, CONSOLE.handlers) == before


def test_lines_of_exchanges_are_written_together_and_before_a_later_record() -> None:
    stream = Stream()

    async def act() -> None:
        with install(stream):
            log = AccessLog()
            for number in range(3):
                log.exchange_closed(exchange(url=f"http://w/{number}"))
            assert stream.writes == []
            logging.getLogger("unpoison.workers").warning("later")
            assert [text.count("\n") for text in stream.writes] == [3, 1]
            log.exchange_closed(exchange(url="http://w/3"))
            await asyncio.sleep(GATHER_SECONDS * 2)
            assert "http://w/3" in stream.writes[-1]
            log.exchange_closed(exchange(url="http://w/4"))
        assert "http://w/4" in stream.writes[-1]

    asyncio.run(act())


def test_who_else_listens_gets_a_record_of_every_exchange() -> None:
    heard: list[logging.LogRecord] = []
    ear = logging.Handler()
    ear.emit = heard.append  # type: ignore[method-assign]
    ACCESS.addHandler(ear)
    try:
        (line,) = lines(lambda: AccessLog().exchange_closed(exchange()))
    finally:
        ACCESS.removeHandler(ear)
    assert heard[0].getMessage() in line
    assert heard[0].__dict__["unpoison_fields"]["status"] == 200


class Stream(io.StringIO):
    """Notes each write."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[str] = []

    def write(self, text: str) -> int:
        self.writes.append(text)
        return super().write(text)
