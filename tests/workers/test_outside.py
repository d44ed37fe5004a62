"""How the values of a guest reach the outside."""

from __future__ import annotations

import asyncio

import pytest

from tests.workers.guests import lock, run, settle
from unpoison import js, web
from unpoison.errors import AbortError, AbortReason
from unpoison.workers import outside
from unpoison.workers.failures import ObjectError
from unpoison.workers.messages import HttpResponse
from unpoison.workers.outside import Operation, Outside, guest_error, promise_of
from unpoison.workers.sockets import SocketState, socket_pair
from unpoison.workers.web_socket import WebSocket


async def give(value: object) -> object:
    return value


async def fail(error: Exception) -> object:
    raise error


def test_a_promise_of_the_outside_has_the_converted_value() -> None:
    async def main(realm: js.Realm) -> object:
        return await promise_of(realm, lambda: give(20), lambda value: value + 1)

    assert run(main) == 21


def test_what_a_conversion_raises_rejects() -> None:
    async def main(realm: js.Realm) -> None:
        with pytest.raises(js.RangeError, match="odd"):
            await promise_of(realm, lambda: give(1), lambda _: _throw(js.RangeError("odd")))

    run(main)


def _throw(error: Exception) -> object:
    raise error


def test_an_effect_waits_for_durable_writes_and_anything_else_does_not() -> None:
    async def main(realm: js.Realm) -> None:
        locks = lock(realm)
        locks.open.set()
        ran = []
        effect = promise_of(realm, lambda: give(ran.append("effect")), lambda _: None)
        promise_of(realm, lambda: give(ran.append("look")), lambda _: None, is_effect=False)
        await settle()
        assert ran == ["look"]
        locks.durable.set()
        await effect
        assert ran == ["look", "effect"]

    run(main)


def test_an_effect_never_happens_when_the_writes_fail() -> None:
    async def main(realm: js.Realm) -> None:
        locks = lock(realm)
        locks.open.set()
        locks.failure = ObjectError("disk full", is_reset=True)
        locks.durable.set()
        ran: list[str] = []
        with pytest.raises(js.Error, match="disk full") as caught:
            await promise_of(realm, lambda: give(ran.append("effect")), lambda _: None)
        assert realm.get(caught.value, "durableObjectReset") is True
        assert ran == []

    run(main)


@pytest.mark.parametrize("error", [None, js.TypeError("no")])
def test_the_end_comes_in_when_the_input_gate_lets_it(error: Exception | None) -> None:
    async def main(realm: js.Realm) -> None:
        locks = lock(realm)
        locks.durable.set()
        promise = promise_of(realm, lambda: fail(error) if error else give(1), lambda value: value)
        note = locks.log.append
        promise.then(lambda _: note("then"), lambda _: note("catch")).then(lambda _: note("later"))
        await settle()
        assert promise.state is js.PromiseState.PENDING
        locks.open.set()
        await settle()
        assert locks.held == 0
        assert locks.left_after == ["catch" if error else "then", "later"]

    run(main)


def test_an_operation_can_be_cancelled() -> None:
    async def main(realm: js.Realm) -> None:
        cancelled = asyncio.Event()

        async def forever() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.set()

        operation = Operation(realm, forever, lambda _: None)
        await settle()
        assert realm.part(Outside).is_busy
        operation.cancel(js.Error("stop"))
        with pytest.raises(js.Error, match="stop"):
            await operation.promise
        await cancelled.wait()
        assert not realm.part(Outside).is_busy

    run(main)


def test_a_guest_that_is_gone_loses_the_sockets_with_which_it_did_nothing() -> None:
    async def main(realm: js.Realm) -> None:
        pairs = [socket_pair() for _ in range(2)]
        unused, given = (WebSocket(realm, theirs) for _, theirs in pairs)
        given.take()
        realm.part(Outside).abandon()
        assert [ours.state is SocketState.CLOSED for ours, _ in pairs] == [True, False]
        assert unused.ready_state == 3

    run(main)


@pytest.mark.parametrize("is_open", [False, True])
def test_the_socket_of_an_answer_that_comes_too_late_is_lost(is_open: bool) -> None:
    async def main(realm: js.Realm) -> None:
        locks = lock(realm)
        locks.durable.set()
        ours, theirs = socket_pair()
        answer = HttpResponse(101, web_socket=theirs)
        operation = Operation(realm, lambda: give(answer), lambda _: None)
        if is_open:
            operation._host.enter(lambda: locks.open.set())
            await asyncio.sleep(0)
        else:
            await settle()  # it waits for the input gate
        operation.stop()
        await settle()
        assert ours.state is SocketState.CLOSED

    run(main)


def test_who_is_cancelled_in_the_gate_holds_no_lock() -> None:
    async def main(realm: js.Realm) -> None:
        locks = lock(realm)
        locks.durable.set()
        locks.open.set()
        operation = Operation(realm, lambda: give(1), lambda value: value)
        operation.promise.subscribe(lambda _: None)
        while not locks.held:
            await asyncio.sleep(0)
        operation.cancel(js.Error("stop"))
        await settle()
        assert locks.held == 0

    run(main)


def test_a_dead_guest_waits_for_nothing_and_loses_its_web_sockets() -> None:
    class Listener:
        def __init__(self) -> None:
            self.heard: list[object] = []

        def message(self, data: object) -> None:
            self.heard.append(data)

        def closed(self, code: object, reason: object, was_clean: object) -> None:
            self.heard.append(code)

        def failed(self, error: object) -> None:
            self.heard.append(error)

    async def main(realm: js.Realm) -> None:
        outside = realm.part(Outside)
        inner, outer = socket_pair()
        mine, theirs = Listener(), Listener()
        outer.accept(theirs)
        outside.listen(inner, mine)
        operation = Operation(realm, asyncio.Event().wait, lambda _: None)
        await settle()
        error = OSError("died")
        outside.abandon(error)
        assert not outside.is_busy
        assert (mine.heard, theirs.heard) == ([], [error, 1006])
        await settle()
        assert operation.promise.state is js.PromiseState.PENDING

    run(main)


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (js.TypeError("a"), js.TypeError, "TypeError: a"),
        (js.Error("a", name="Own"), js.Error, "Own: a"),
        (web.DOMException("a", "DataError"), web.DOMException, "DataError: a"),
        (ObjectError("a", name="RangeError"), js.Error, "RangeError: a"),
        (ValueError("a"), js.Error, "ValueError: a"),
    ],
)
def test_an_error_of_the_outside_is_a_new_one_in_the_guest(
    error: Exception, kind: type[js.Error], text: str
) -> None:
    made = guest_error(error)
    assert made is not error
    assert type(made) is kind
    assert text in js.error_text(made)


def test_the_properties_of_a_failed_call_are_there() -> None:
    made = guest_error(ObjectError("a", remote=True, retryable=True, overloaded=True))
    assert [js.get(made, name) for name in ("remote", "retryable", "overloaded")] == [True] * 3
    assert js.get(made, "durableObjectReset") is None


def test_an_abort_is_told_in_upstreams_words() -> None:
    error = AbortError("unreachable executed", AbortReason.UNREACHABLE)
    assert "Workers runtime canceled" in js.error_message(guest_error(error))


def test_messages_that_wait_for_the_guest_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "MAX_QUEUED_BYTES", 3 * (outside.EVENT_BYTES + 100))

    async def main(realm: js.Realm) -> None:
        locks = lock(realm)
        client, own = socket_pair()
        socket = WebSocket(realm, own)
        socket.accept()
        for _ in range(3):
            client.send("x" * 100)
        assert (len(locks.events), own.state) == (3, SocketState.OPEN)
        while locks.events:
            locks.events.pop()()
        for _ in range(4):
            client.send("x" * 100)
        assert (len(locks.events), own.state) == (3, SocketState.CLOSED)

    run(main)
