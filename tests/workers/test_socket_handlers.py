"""A close that the object does not answer does not keep its client waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.workers.guests import run
from tests.workers.shop import make
from unpoison import js
from unpoison.workers.clock import ManualClock
from unpoison.workers.hibernation import Hibernation
from unpoison.workers.socket_handlers import CLOSE_SECONDS, SocketHandlers
from unpoison.workers.sockets import Data, SocketEnd, socket_pair


class Client:
    """The other end of a socket; `codes` are those of the closes that it heard."""

    def __init__(self, end: SocketEnd) -> None:
        self.end = end
        self.said: list[Data] = []
        self.codes: list[int | None] = []
        end.accept(self)

    def message(self, data: Data) -> None:
        self.said.append(data)

    def closed(self, code: int | None, reason: str, was_clean: bool) -> None:
        self.codes.append(code)

    def failed(self, error: Exception) -> None: ...


class Bench:
    """An object with one socket; `handle` is its `webSocketClose`."""

    def __init__(self, realm: js.Realm, handle: Callable[[Any], object]) -> None:
        self.clock = ManualClock()
        self.events: list[tuple[Any, Callable[[], object]]] = []
        handlers = SocketHandlers("x", lambda *event: self.events.append(event), self.clock)
        ours, theirs = socket_pair()
        self.socket = Hibernation(handlers, self.clock.time).accept(ours)
        self.client = Client(theirs)
        self._life = SimpleNamespace(
            target=SimpleNamespace(webSocketClose=lambda *arguments: handle(self.socket.end))
        )
        self._visit = SimpleNamespace(guest=SimpleNamespace(realm=realm))

    def run(self) -> None:
        """Run the only event."""
        ((call, on_over),) = self.events
        try:
            call(self._life, self._visit)
        except js.Error:
            self._life = None
        on_over()


def test_an_answer_is_what_the_client_hears() -> None:
    async def main(realm: js.Realm) -> None:
        bench = Bench(realm, lambda end: end.close(4000, "bye"))
        bench.client.end.close(1000)
        bench.run()
        await bench.clock.advance(CLOSE_SECONDS)
        assert bench.client.codes == [4000]

    run(main)


@pytest.mark.parametrize("answer", [None, "promise"])
def test_a_handler_that_does_not_answer_has_some_seconds_more(answer: str | None) -> None:
    async def main(realm: js.Realm) -> None:
        given = js.resolve(realm.promises, 1) if answer else None
        bench = Bench(realm, lambda end: given)
        bench.client.end.close(1000)
        bench.run()
        await bench.clock.advance(CLOSE_SECONDS - 1)
        assert bench.client.codes == []
        await bench.clock.advance(1)
        assert bench.client.codes == [1006]

    run(main)


@pytest.mark.parametrize("failure", ["it throws", "it is pending", "it never runs"])
def test_a_handler_that_failed_answers_nothing_any_more(failure: str) -> None:
    async def main(realm: js.Realm) -> None:
        def handle(end: SocketEnd) -> object:
            if failure == "it throws":
                raise js.Error("no")
            return js.with_resolvers(realm.promises).promise

        bench = Bench(realm, handle)
        bench.client.end.close(1000)
        if failure == "it never runs":
            bench.events[0][1]()
        else:
            bench.run()
        assert bench.client.codes == [1006]

    run(main)


def test_a_client_that_closes_while_the_object_dies_is_told() -> None:
    async def main() -> None:
        async with make() as worker:
            answer = await worker.fetch(
                "http://shop/do/a/ws?name=x", headers={"upgrade": "websocket"}
            )
            assert answer.web_socket is not None
            client = Client(answer.web_socket)
            client.end.send("abort")
            client.end.close(1000)  # it waits behind the message, or is heard by the next life
            async with asyncio.timeout(20):
                while not client.codes:
                    await asyncio.sleep(0.01)
            assert client.codes[0] in (1000, 1006)

    asyncio.run(main())
