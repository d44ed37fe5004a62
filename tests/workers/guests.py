"""A guest's realm under asyncio, without a module: what its objects do is seen from Python."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from unpoison import js
from unpoison.runtime.jobs import Scheduler
from unpoison.runtime.world import make_world
from unpoison.workers.outside import Outside
from unpoison.workers.ports import Release
from unpoison.workers.scope import WORKER_GLOBALS

T = TypeVar("T")


def make_guest() -> js.Realm:
    """Make the realm of one guest, with all that a Worker sees."""
    return make_world(Scheduler(set).realm, names=WORKER_GLOBALS)


def run(main: Callable[[js.Realm], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine with a new guest."""
    return asyncio.run(main(make_guest()))


def new(realm: js.Realm, name: str, *arguments: object) -> Any:
    """Do `new Name(...arguments)`."""
    return js.construct(realm.global_object[name], *arguments)


def obj(**properties: object) -> js.Object:
    """Make a plain object of a guest."""
    return js.Object(properties)


class Chunks:
    """A body of chunks; knows how many were asked for, and whether it was closed early."""

    def __init__(self, *chunks: bytes | Exception) -> None:
        self.asked = 0
        self.closed = False
        self._chunks = list(chunks)

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        self.asked += 1
        if not self._chunks:
            raise StopAsyncIteration
        chunk = self._chunks.pop(0)
        if isinstance(chunk, Exception):
            raise chunk
        return chunk

    async def aclose(self) -> None:
        self.closed = True


class Locks:
    """Gates that a test opens; what stands in `log` when an event is over is in `left_after`."""

    def __init__(self) -> None:
        self.durable = asyncio.Event()
        self.open = asyncio.Event()
        self.effects: list[Callable[[], object]] = []
        self.events: list[Callable[[], object]] = []
        self.failure: Exception | None = None
        self.held = 0
        self.log: list[object] = []
        self.left_after: list[object] | None = None

    async def before_effect(self) -> None:
        await self.durable.wait()
        if self.failure is not None:
            raise self.failure

    def after_writes(self, effect: Callable[[], object]) -> None:
        self.effects.append(effect)

    def admission(self) -> Callable[[], Awaitable[Release]]:
        return self._enter

    def deliver(self, event: Callable[[], object]) -> None:
        self.events.append(event)

    async def _enter(self) -> Release:
        await self.open.wait()
        self.held += 1
        return self._leave

    def _leave(self) -> None:
        self.held -= 1
        self.left_after = list(self.log)


def lock(realm: js.Realm) -> Locks:
    """Give a guest closed gates."""
    locks = Locks()
    realm.part(Outside).gates = locks
    return locks


async def settle(turns: int = 20) -> None:
    """Let the loop run until nothing is left to do at once."""
    for _ in range(turns):
        await asyncio.sleep(0)
