"""`console` of a suite: what a test prints is kept for its test, and shown if it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from unpoison import js

METHODS: Final = ("debug", "log", "info", "warn", "error")
"""The methods that are captured, in the order of a failure's report."""

Show = Callable[[str, str], None]
Pass = Callable[[str, list[object]], None]


class CapturedConsole:
    """The five methods that a suite captures.

    Every call goes to `pass_on` (method, Array of arguments), which gives it to the harness in the
    guest, and to `show` (method, text) when there is one. While a test runs, its text is kept too:
    an instance that dies takes what its harness has recorded along.
    """

    def __init__(self, pass_on: Pass, show: Show | None) -> None:
        self._pass_on = pass_on
        self._show = show
        self._recorded: dict[str, str] = {}
        self._recording = False

    def debug(self, *values: object) -> None:
        """Take a call of `console.debug`."""
        self._take("debug", values)

    def log(self, *values: object) -> None:
        """Take a call of `console.log`."""
        self._take("log", values)

    def info(self, *values: object) -> None:
        """Take a call of `console.info`."""
        self._take("info", values)

    def warn(self, *values: object) -> None:
        """Take a call of `console.warn`."""
        self._take("warn", values)

    def error(self, *values: object) -> None:
        """Take a call of `console.error`."""
        self._take("error", values)

    def record(self, run: Callable[[], object]) -> None:
        """Run a part of a test and keep what it prints."""
        self._recording = True
        try:
            run()
        finally:
            self._recording = False

    def take_recorded(self) -> dict[str, str]:
        """Give what was kept since the last time, by method."""
        recorded, self._recorded = self._recorded, {}
        return {method: recorded[method] for method in METHODS if method in recorded}

    def _take(self, method: str, values: tuple[object, ...]) -> None:
        if self._show is not None:
            self._show(method, " ".join(map(_shown, values)))
        if self._recording:
            line = " ".join(js.string_of(value) for value in values)
            self._recorded[method] = f"{self._recorded.get(method, '')}{line}\n"
        self._pass_on(method, list(values))


def _shown(value: object) -> str:
    return value if isinstance(value, str) else js.debug_string(value)
