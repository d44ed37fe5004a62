"""The gates of a guest that several objects share: what one of them wrote holds back all.

Which object a turn of such a guest belongs to cannot be told, so nothing comes in later for it,
and nothing goes out before everything is durable.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

from unpoison import js
from unpoison.errors import StorageError
from unpoison.workers.failures import ObjectError
from unpoison.workers.life import Life
from unpoison.workers.outside import OpenGates
from unpoison.workers.ports import Release


class SharedGates:
    """See ports.Gates. `lives` are the objects that are in the guest."""

    def __init__(self, realm: js.Realm) -> None:
        self.lives: set[Life] = set()
        self._open = OpenGates(realm)
        self._effects: deque[Callable[[], object]] = deque()
        self._sending: asyncio.Task[None] | None = None

    async def before_effect(self) -> None:
        """See Gates. What a life that ended has not committed is gone: nothing depends on it."""
        for life in list(self.lives):
            with suppress(ObjectError, StorageError):
                await life.before_effect()

    def after_writes(self, effect: Callable[[], object]) -> None:
        """See Gates."""
        self._effects.append(effect)
        if self._sending is None:
            self._sending = asyncio.ensure_future(self._send())

    async def _send(self) -> None:
        try:
            while self._effects:
                await self.before_effect()
                self._effects.popleft()()
        finally:
            self._sending = None

    def admission(self) -> Callable[[], Awaitable[Release]]:
        """See Gates."""
        return self._open.admission()

    def deliver(self, event: Callable[[], object]) -> None:
        """See Gates."""
        self._open.deliver(event)
