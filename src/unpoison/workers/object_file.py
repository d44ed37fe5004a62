"""The file of one Durable Object over all its lives: open once at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from unpoison.errors import StorageError
from unpoison.workers.durability import Durability

log = logging.getLogger("unpoison.workers")


class ObjectFile:
    """The stored side of one object while somebody uses it; `make` makes it, `name` is for the log.

    `stored` is None while nobody does. What was closed is durable, and may still be on its way to
    the disk: who uses the file awaits `closed` first.
    """

    def __init__(self, name: str, make: Callable[[], Durability]) -> None:
        self.stored: Durability | None = None
        self._name = name
        self._make = make
        self._closing: asyncio.Task[None] | None = None

    @property
    def is_settled(self) -> bool:
        """Whether everything written is durable."""
        return self.stored is None or self.stored.is_settled

    def use(self) -> Durability:
        """Give the stored side; a new one in place of one that broke."""
        if self.stored is not None and self.stored.database.broken is not None:
            self.close()
        if self.stored is None:
            self.stored = self._make()
        return self.stored

    def rollback(self) -> None:
        """Undo what was not committed."""
        if self.stored is not None:
            self.stored.rollback()

    def close(self) -> None:
        """Begin to close the file; what was written is durable then."""
        stored, self.stored = self.stored, None
        if stored is not None:
            self._closing = asyncio.ensure_future(self._close(self._closing, stored))

    async def closed(self) -> None:
        """Return when nothing of before has the file open."""
        while self._closing is not None:
            closing = self._closing
            await asyncio.shield(closing)
            if closing is self._closing:
                self._closing = None

    async def _close(self, earlier: asyncio.Task[None] | None, stored: Durability) -> None:
        if earlier is not None:
            await earlier
        try:
            await stored.close()
        except StorageError as error:
            log.error("%s: %s", self._name, error)
