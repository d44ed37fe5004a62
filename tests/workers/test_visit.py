"""One event, from its entry until nothing of it is left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.workers.guests import Chunks, settle
from unpoison import js
from unpoison.workers.clock import ManualClock
from unpoison.workers.messages import HttpResponse, discard
from unpoison.workers.sockets import socket_pair
from unpoison.workers.visit import WAIT_UNTIL_SECONDS, Visit


class FakeGuest:
    """A guest that a visit can wait for; `promises` are futures that a test settles."""

    is_live = False
    outside: Any

    async def settled(self, promise: Any) -> Any:
        return await promise


class Bench:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.ends: list[Visit] = []
        guest: Any = FakeGuest()
        guest.outside = guest
        self.visit = Visit(guest, self.clock, self.ends.append)

    def keep(self) -> asyncio.Future[None]:
        """Have the guest call `waitUntil`; give what settles the promise."""
        promise: Any = asyncio.get_running_loop().create_future()
        self.visit.wait_until(promise)
        return promise


def run(test: Callable[[Bench], Any]) -> None:
    async def main() -> None:
        await test(Bench())

    asyncio.run(main())


def test_it_ends_once_with_the_answer_when_nothing_else_is_left() -> None:
    async def test(bench: Bench) -> None:
        bench.visit.close()
        assert bench.ends == [bench.visit]

    run(test)


def test_it_lasts_until_a_promise_is_settled_whatever_it_is_settled_with() -> None:
    async def test(bench: Bench) -> None:
        well, badly = bench.keep(), bench.keep()
        bench.visit.close()
        well.set_result(None)
        await settle()
        assert bench.ends == []
        badly.set_exception(js.Error("no"))
        await settle()
        assert bench.ends == [bench.visit]

    run(test)


def test_a_context_of_an_event_that_is_over_keeps_nothing_alive() -> None:
    # The guest is lent to another event by then: to end this one again would lend it twice.
    async def test(bench: Bench) -> None:
        bench.visit.close()
        with pytest.raises(js.Error, match="an event that is over"):
            bench.keep()
        await settle()
        assert bench.ends == [bench.visit]

    run(test)


def test_promises_are_given_up_some_seconds_after_the_answer_is_sent() -> None:
    async def test(bench: Bench) -> None:
        body = Chunks(b"1")
        response = bench.visit.answered(HttpResponse(200, body=body))
        await bench.clock.advance(2 * WAIT_UNTIL_SECONDS)
        bench.keep()
        assert isinstance(response.body, object)
        assert [chunk async for chunk in response.body] == [b"1"]  # type: ignore[union-attr]
        await bench.clock.advance(WAIT_UNTIL_SECONDS - 1)
        bench.keep()
        assert bench.ends == []
        await bench.clock.advance(1)
        assert bench.ends == [bench.visit]

    run(test)


def test_nothing_is_added_to_promises_that_are_given_up() -> None:
    async def test(bench: Bench) -> None:
        first = bench.keep()
        bench.visit.close()
        refused: list[Exception] = []

        def add(_: object) -> None:
            try:
                bench.keep()
            except js.Error as error:
                refused.append(error)

        first.add_done_callback(add)
        await bench.clock.advance(WAIT_UNTIL_SECONDS)
        assert (bench.ends, len(refused)) == ([bench.visit], 1)

    run(test)


def test_a_reader_that_is_cancelled_has_the_event_last_until_the_body_is_closed() -> None:
    async def test(bench: Bench) -> None:
        class Endless(Chunks):
            async def __anext__(self) -> bytes:
                await asyncio.get_running_loop().create_future()
                raise AssertionError

        response = bench.visit.answered(HttpResponse(200, body=Endless()))
        body: Any = response.body
        reading = asyncio.ensure_future(anext(body))
        await settle()
        reading.cancel()
        await settle()
        assert bench.ends == []
        await discard(body)
        assert bench.ends == [bench.visit]

    run(test)


def test_it_lasts_as_long_as_a_socket_that_the_guest_hears() -> None:
    async def test(bench: Bench) -> None:
        client, own = socket_pair()
        guest: Any = bench.visit.guest
        guest.outside = type("Outside", (), {"hears": lambda self, end: end is own})()
        bench.visit.answered(HttpResponse(101, web_socket=client))
        assert bench.ends == []
        client.abort()
        assert bench.ends == [bench.visit]

    run(test)
