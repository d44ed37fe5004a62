"""Fires the cron triggers of one worker at their times."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from typing import Any

from unpoison import js
from unpoison.errors import ConfigError
from unpoison.workers.clock import Clock
from unpoison.workers.crons import CronSyntaxError, next_time
from unpoison.workers.failures import text_of

log = logging.getLogger("unpoison.workers")

Fire = Callable[[str, float], Coroutine[Any, Any, None]]
"""Runs the handler for a trigger and the time, in seconds since 1970, at which it was due."""


def check_cron(cron: str, where: str) -> None:
    """Raise ConfigError for what is no trigger; `where` is the configuration."""
    try:
        next_time(cron, 0.0)
    except CronSyntaxError as error:
        raise ConfigError(f"triggers.crons: {error}", where) from None


class CronTriggers:
    """The triggers of one worker; `name` is the worker's, for the log."""

    def __init__(self, name: str, crons: Iterable[str], clock: Clock, fire: Fire) -> None:
        self._name = name
        self._crons = tuple(crons)
        self._clock = clock
        self._fire = fire
        self._waiting: dict[str, js.Handle] = {}
        self._firing: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Fire them from now on."""
        for cron in self._crons:
            self._arm(cron)

    def stop(self) -> None:
        """Fire none any more; those that run go on."""
        for handle in self._waiting.values():
            handle.cancel()

    def _arm(self, cron: str) -> None:
        now = self._clock.time()
        due = next_time(cron, now)
        self._waiting[cron] = self._clock.call_later(due - now, partial(self._ring, cron, due))

    def _ring(self, cron: str, due: float) -> None:
        self._arm(cron)
        task = asyncio.ensure_future(self._fire(cron, due))
        self._firing.add(task)
        task.add_done_callback(partial(self._rang, cron))

    def _rang(self, cron: str, task: asyncio.Task[None]) -> None:
        self._firing.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("%s: the cron trigger %s failed: %s", self._name, cron, text_of(error))
