"""WebSockets of a worker and of its objects, and what of other requests they notice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from tests.workers.shop import make
from unpoison.runtime import Limits
from unpoison.workers import isolation
from unpoison.workers.clock import ManualClock
from unpoison.workers.messages import HttpRequest
from unpoison.workers.outside import promise_of
from unpoison.workers.sockets import SocketEnd, SocketState, socket_pair
from unpoison.workers.worker import Worker


class Client:
    """The client's end."""

    def __init__(self, end: SocketEnd) -> None:
        self.end = end
        self.heard: list[object] = []
        self._came = asyncio.Event()
        end.accept(self)

    def message(self, data: str | bytes) -> None:
        self._note(data)

    def closed(self, code: int | None, reason: str, was_clean: bool) -> None:
        self._note((code, reason, was_clean))

    def failed(self, error: Exception) -> None:
        self._note(error)

    def _note(self, event: object) -> None:
        self.heard.append(event)
        self._came.set()

    async def next(self) -> object:
        """Give the next event, within five seconds."""
        async with asyncio.timeout(5):
            while not self.heard:
                self._came.clear()
                await self._came.wait()
        return self.heard.pop(0)


async def connect(worker: Worker, path: str) -> Client:
    response = await worker.handle(HttpRequest("GET", f"http://shop{path}"))
    assert response.status == 101
    assert response.web_socket is not None
    return Client(response.web_socket)


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(test())


@pytest.mark.parametrize("isolation", ["exclusive", "shared"])
def test_a_socket_of_the_worker_itself(isolation: str) -> None:
    async def test() -> None:
        async with make(isolation=isolation) as worker:
            client = await connect(worker, "/ws")
            client.end.send("hi")
            assert await client.next() == "hi"
            client.end.send("close")
            assert await client.next() == (4000, "as asked", True)
            client.end.close(4000)
            assert client.end.state is SocketState.CLOSED

    run(test)


def test_an_abort_of_another_request_is_not_noticed() -> None:
    async def test() -> None:
        async with make() as worker:
            client = await connect(worker, "/ws")
            assert (await worker.fetch("http://shop/abort")).status == 500
            client.end.send("still here")
            assert await client.next() == "still here"
            client.end.close(1000)

    run(test)


def test_open_sockets_take_no_instance_away_from_requests() -> None:
    async def test() -> None:
        async with make(max_instances=2) as worker:
            clients = [await connect(worker, "/ws") for _ in range(5)]
            assert (await worker.fetch("http://shop/hello/ada")).status == 200
            assert worker.population().instances_apart >= 4
            for number, client in enumerate(clients):
                client.end.send(f"I am {number}")
                assert await client.next() == f"I am {number}"
                client.end.close(1000)
            async with asyncio.timeout(5):
                while worker.population().instances_apart:
                    await asyncio.sleep(0.01)
            assert worker.population().instances_live <= 2

    run(test)


def test_a_body_that_lasts_makes_room_and_a_short_one_is_waited_for() -> None:
    async def test() -> None:
        clock = ManualClock()
        async with make(max_instances=1, clock=clock) as worker:
            stream = await worker.fetch("http://shop/stream?chunks=3&ms=900")
            reading = asyncio.ensure_future(stream.text())
            waiting = asyncio.ensure_future(worker.fetch("http://shop/hits"))
            await clock.advance(0.95)
            assert not waiting.done()
            await clock.advance(0.1)
            assert await (await waiting).text() == "1"
            await clock.advance(5)
            assert await reading == "chunk 0\nchunk 1\nchunk 2\n"
            assert worker.population().instances_live == 1

    run(test)


def test_a_request_that_waits_already_gets_the_place_of_the_next_socket() -> None:
    async def test() -> None:
        async with make(max_instances=1) as worker:
            opening = asyncio.ensure_future(connect(worker, "/ws"))
            waiting = asyncio.ensure_future(worker.fetch("http://shop/hello/ada"))
            assert (await waiting).status == 200
            (await opening).end.abort()

    run(test)


def test_beyond_the_most_that_are_set_apart_a_socket_keeps_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(isolation, "MAX_APART", 1)

    async def test() -> None:
        async with make(max_instances=1) as worker:
            clients = [await connect(worker, "/ws") for _ in range(2)]
            waiting = asyncio.ensure_future(worker.fetch("http://shop/hello/ada"))
            await asyncio.sleep(0.05)
            assert not waiting.done()
            clients[1].end.close(1000)
            assert (await waiting).status == 200
            clients[0].end.close(1000)

    run(test)


def test_an_abort_of_a_socket_that_is_set_apart_ends_that_socket() -> None:
    async def test() -> None:
        async with make(max_instances=1) as worker:
            clients = [await connect(worker, "/ws") for _ in range(3)]
            clients[0].end.send("abort")
            assert "Workers runtime canceled" in str(await clients[0].next())
            for client in clients[1:]:
                client.end.send("still here")
                assert await client.next() == "still here"
                client.end.abort()
            assert (await worker.fetch("http://shop/hello/ada")).status == 200

    run(test)


def test_an_abort_loses_the_sockets_of_its_own_guest() -> None:
    async def test() -> None:
        async with make() as worker:
            client = await connect(worker, "/ws")
            client.end.send("abort")
            assert "Workers runtime canceled" in str(await client.next())
            assert await client.next() == (1006, "", False)
            assert (await worker.fetch("http://shop/hello/ada")).status == 200

    run(test)


@pytest.mark.parametrize("isolation", ["exclusive", "shared"])
def test_a_socket_of_an_object_outlives_it(isolation: str) -> None:
    async def test() -> None:
        clock = ManualClock()
        async with make(isolation=isolation, clock=clock) as worker:
            client = await connect(worker, "/do/a/ws?name=ada")
            client.end.send("mem")
            assert await client.next() == "ada: unstored_count 2"
            await clock.advance(60)
            client.end.send("ping")
            assert await client.next() == "pong"
            client.end.send("mem")
            assert await client.next() == "ada: unstored_count 1"
            client.end.send("abort")
            client.end.send("mem")
            assert await client.next() == "ada: unstored_count 1"
            client.end.close(3000, "bye")
            assert await client.next() == (1000, "goodbye", True)

    run(test)


def test_a_message_of_an_object_leaves_when_its_writes_are_durable() -> None:
    async def test() -> None:
        async with make() as worker:
            client = await connect(worker, "/do/a/ws?name=ada")
            client.end.send("inc")
            assert await client.next() == "ada: count 1"
            response = await worker.fetch("http://shop/do/a/get")
            assert await response.text() == "1"

    run(test)


def test_each_message_has_the_cpu_time_of_an_event() -> None:
    # Workers docs, "Limits": each incoming WebSocket message resets it.
    async def test() -> None:
        async with make(limits=Limits(cpu=5.0)) as worker:
            client = await connect(worker, "/ws")
            (guest,) = worker._nursery.guests
            budgets = [guest.instance.budget]
            for _ in range(2):
                client.end.send("hello")
                assert await client.next() == "hello"
                budgets.append(guest.instance.budget)
            assert len({id(each) for each in budgets}) == 3
            client.end.abort()

    run(test)


class Silent:
    def message(self, data: str | bytes) -> None:
        raise AssertionError(data)

    def closed(self, code: int | None, reason: str, was_clean: bool) -> None: ...

    def failed(self, error: Exception) -> None: ...


def test_nothing_of_an_event_that_is_over_is_left_in_an_instance_that_is_lent_on() -> None:
    async def test() -> None:
        async with make() as worker:
            guest = await worker._guests.for_request()
            left, other = socket_pair()
            guest.outside.listen(left, Silent())
            never = asyncio.get_running_loop().create_future
            promise_of(guest.realm, lambda: never(), lambda value: value)
            assert guest.outside.is_busy
            worker._guests.release(guest)
            assert not guest.outside.is_busy
            assert (left.state, other.state) == (SocketState.CLOSED, SocketState.CLOSED)

    run(test)
