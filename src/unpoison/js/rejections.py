"""Rejections that nobody handles: told when nobody can handle them any more.

An engine tells of them when the microtasks are done. In Python a promise may be kept in a variable
and awaited later, and that is no mistake: so a rejection is told, once, when its promise is
collected, or when the host asks for all. ECMA-262 27.2.1.9; HTML 8.1.7.5 (unhandled rejections).
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import partial
from typing import Final

from unpoison.js.promise import Promise

MAX_KEPT: Final = 1000
"""How many rejections may wait: an error's frames may hold its promise, and so each other."""


class UnhandledRejections:
    """A RejectionTracker; `report` is given the reason of each unhandled rejection, once.

    When a thousand promises are kept unhandled, the oldest is told too. `report` may be called in
    the middle of anything: wherever a promise is collected.
    """

    def __init__(self, report: Callable[[object], object]) -> None:
        self._report = report
        self._reasons: dict[int, tuple[weakref.ref[Promise], object]] = {}

    def rejected(self, promise: Promise) -> None:
        """See RejectionTracker."""
        watch = weakref.ref(promise, partial(self._collected, id(promise)))
        self._reasons[id(promise)] = (watch, promise._value)
        if len(self._reasons) > MAX_KEPT:
            self._collected(next(iter(self._reasons)))

    def handled(self, promise: Promise) -> None:
        """See RejectionTracker."""
        self._reasons.pop(id(promise), None)

    def report_all(self) -> None:
        """Report those whose promise still is there: the host goes away."""
        for key in list(self._reasons):
            self._collected(key)

    def _collected(self, key: int, _: object = None) -> None:
        entry = self._reasons.pop(key, None)
        if entry is not None:
            self._report(entry[1])
