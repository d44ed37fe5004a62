"""The gates of an instance that several objects share."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.workers.guests import make_guest, settle
from unpoison.errors import StorageError
from unpoison.workers.failures import ObjectError
from unpoison.workers.shared_gates import SharedGates


class FakeLife:
    """A life whose writes are durable when a test says so, or never."""

    def __init__(self) -> None:
        self.durable: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def before_effect(self) -> None:
        await self.durable


def make(*lives: Any) -> SharedGates:
    gates = SharedGates(make_guest())
    gates.lives.update(lives)
    return gates


def test_effects_wait_for_every_object_and_leave_in_order() -> None:
    async def main() -> None:
        one, two = FakeLife(), FakeLife()
        gates, sent = make(one, two), list[str]()
        gates.after_writes(lambda: sent.append("first"))
        gates.after_writes(lambda: sent.append("second"))
        one.durable.set_result(None)
        await settle()
        assert sent == []
        two.durable.set_result(None)
        await settle()
        assert sent == ["first", "second"]

    asyncio.run(main())


def test_an_object_that_was_reset_or_whose_disk_failed_holds_back_no_other() -> None:
    async def main() -> None:
        for error in (ObjectError("reset"), StorageError("disk full")):
            life = FakeLife()
            gates, sent = make(life), list[str]()
            gates.after_writes(lambda: sent.append("effect"))  # noqa: B023
            await settle()
            life.durable.set_exception(error)
            await settle()
            assert sent == ["effect"]
            gates.after_writes(lambda: sent.append("later"))  # noqa: B023
            await settle()
            assert sent == ["effect", "later"]
            await gates.before_effect()

    asyncio.run(main())
