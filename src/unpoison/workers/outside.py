"""How the values of a guest reach the outside: gates, awaitables, and what a failure becomes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final, Protocol, TypeVar
from weakref import WeakSet

from unpoison import js
from unpoison.web import Deferred, DOMException, host_of
from unpoison.workers.failures import ObjectError, text_of
from unpoison.workers.messages import lose
from unpoison.workers.ports import Gates, Release
from unpoison.workers.sockets import MAX_QUEUED_BYTES, SocketEnd, SocketListener, SocketState

T = TypeVar("T")
Promise = js.Promise[Any]

_PLAIN: Final = (js.TypeError, js.RangeError, js.SyntaxError, js.ReferenceError, js.URIError)


EVENT_BYTES: Final = 1_024
"""What a message that waits takes beside its data."""


class OpenGates:
    """Gates of a guest that has nothing to wait for."""

    def __init__(self, realm: js.Realm) -> None:
        self._host = host_of(realm)

    async def before_effect(self) -> None:
        """See Gates."""

    def after_writes(self, effect: Callable[[], object]) -> None:
        """See Gates."""
        effect()

    def admission(self) -> Callable[[], Awaitable[Release]]:
        """See Gates."""
        return _free_admission

    def deliver(self, event: Callable[[], object]) -> None:
        """See Gates."""
        self._host.enter(event)


class Unused(Protocol):
    """A WebSocket of the guest."""

    def lose(self) -> None:
        """Lose its end, if nothing was done with it."""


async def _free_admission() -> Release:
    return _nothing


def _nothing() -> None:
    """Be the release of what was never locked."""


async def _plainly(promise: Promise) -> Any:
    return await promise


class Outside:
    """The outside of one guest: `realm.part(Outside)`. Its gates are open until others are set.

    `settled` awaits a promise of the guest; who runs the guest sees there when nothing will come.
    `begin_event` gives what comes now the CPU time of one event.
    """

    def __init__(self, realm: js.Realm) -> None:
        self.gates: Gates = OpenGates(realm)
        self.settled: Callable[[Promise], Awaitable[Any]] = _plainly
        self.begin_event: Callable[[], object] = _nothing
        self._unheard = 0
        self._operations: set[Operation] = set()
        self._ends: set[SocketEnd] = set()
        self._unused: WeakSet[Unused] = WeakSet()

    @property
    def is_busy(self) -> bool:
        """Whether the guest waits for something of the outside, or listens to a WebSocket.

        Then it has not hung, though nothing of it may be due.
        """
        return bool(self._operations) or any(self._listening())

    def _listening(self) -> Iterator[SocketEnd]:
        self._ends = {end for end in self._ends if end.state is not SocketState.CLOSED}
        return iter(self._ends)

    def listen(self, end: SocketEnd, listener: SocketListener) -> None:
        """Accept an end for as long as the guest lives."""
        self._ends.add(end)
        end.accept(listener)

    def note_unused(self, socket: Unused) -> None:
        """Have a WebSocket lost with the guest, if nothing was done with it."""
        self._unused.add(socket)

    def hears(self, end: SocketEnd) -> bool:
        """Tell whether the guest listens to an end."""
        return end in self._ends

    def deliver(self, event: Callable[[], object], size: int) -> bool:
        """Run an event with a message of so many bytes when the guest may hear it.

        False when too much waits for that already; then it never runs.
        """
        size += EVENT_BYTES
        if self._unheard + size > MAX_QUEUED_BYTES:
            return False
        self._unheard += size

        def run() -> None:
            self._unheard = max(0, self._unheard - size)
            self.begin_event()
            event()

        self.gates.deliver(run)
        return True

    def leave(self) -> Callable[[Exception | None], object]:
        """Forget what the guest waits for and listens to; give what stops all that.

        What begins from now on belongs to the guest's next start.
        """
        operations, self._operations = self._operations, set()
        ends, self._ends = self._ends, set()
        unused, self._unused = list(self._unused), WeakSet()
        self._unheard = 0

        def stop(error: Exception | None) -> None:
            for operation in list(operations):
                operation.stop()
            for end in ends:
                end.abort(error)
            for socket in unused:
                socket.lose()

        return stop

    def abandon(self, error: Exception | None = None) -> None:
        """Stop all that the guest waits for and lose its WebSockets: it has died, or is lent on."""
        if self._operations or self._ends or self._unused:
            self.leave()(error)


def gates_of(realm: js.Realm) -> Gates:
    """Give the gates of a guest."""
    return realm.part(Outside).gates


class Operation:
    """Something of the outside that a guest waits for; `promise` is what the guest has.

    `run` makes the awaitable; it is called once what was written before is durable, when the
    operation is an effect. `convert` makes its value one of the guest, when the input gate lets
    that in. After `cancel(reason)` the promise is rejected with that reason.
    """

    __slots__ = (
        "_arrived", "_convert", "_deferred", "_handle", "_host", "_operations", "_release",
        "promise",
    )  # fmt: skip

    def __init__(
        self,
        realm: js.Realm,
        run: Callable[[], Awaitable[T]],
        convert: Callable[[T], object],
        *,
        is_effect: bool = True,
    ) -> None:
        gates = gates_of(realm)
        self._convert = convert
        self._deferred = Deferred(realm)
        self.promise: Promise = self._deferred.promise
        self._release: Release = _nothing
        self._arrived: object = None
        self._host = host_of(realm)
        task = self._run(gates, gates.admission(), run, is_effect=is_effect)
        self._handle = self._host.spawn(task, self._came, self._failed)
        self._operations = realm.part(Outside)._operations
        self._operations.add(self)

    def cancel(self, reason: object) -> None:
        """Stop it, and tell the guest why."""
        self.stop()
        self._deferred.reject(reason)

    def stop(self) -> None:
        """Stop it; the promise stays as it is."""
        self._operations.discard(self)
        self._handle.cancel()
        self._release()
        arrived, self._arrived = self._arrived, None
        lose(arrived)

    def _came(self, value: Any) -> None:
        self._arrived = None
        try:
            result = self._convert(value)
        except Exception as error:  # noqa: BLE001 - what a conversion raises is the result
            self._deferred.reject(js.from_exception(error))
        else:
            self._deferred.resolve(result)
        self._end()

    def _failed(self, error: BaseException) -> None:
        self._deferred.reject(guest_error(error))
        self._end()

    def _end(self) -> None:
        self._operations.discard(self)
        if self._release is not _nothing:
            self._host.enter(self._release)  # after the microtasks of this macrotask

    async def _run(
        self,
        gates: Gates,
        admit: Callable[[], Awaitable[Release]],
        run: Callable[[], Awaitable[T]],
        *,
        is_effect: bool,
    ) -> T:
        if is_effect and type(gates) is not OpenGates:
            await gates.before_effect()
        try:
            value = await run()
        except Exception:
            self._release = await admit()
            raise
        self._arrived = value
        self._release = await admit()
        return value


def promise_of(
    realm: js.Realm,
    run: Callable[[], Awaitable[T]],
    convert: Callable[[T], object],
    *,
    is_effect: bool = True,
) -> Promise:
    """Give a guest's promise of something of the outside; see Operation."""
    return Operation(realm, run, convert, is_effect=is_effect).promise


def guest_error(error: BaseException) -> js.Error:
    """Give a new error for a guest: the name, the message and the documented properties.

    Nothing of the error itself goes on: it may belong to another guest.
    """
    if isinstance(error, ObjectError):
        made = js.Error(error.message, name=error.name)
        for name, value in error.properties().items():
            js.set_property(made, name, value)
        return made
    if isinstance(error, DOMException):
        return DOMException(error.message, error.name)
    if isinstance(error, _PLAIN) and type(error) in _PLAIN:
        return type(error)(js.error_message(error))
    if isinstance(error, js.Error):
        return js.Error(js.error_message(error), name=js.error_name(error))
    return js.Error(text_of(error))
