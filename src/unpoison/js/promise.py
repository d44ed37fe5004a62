"""Promises: the state machine of ECMA-262 27.2 over a job queue that is handed in.

Nothing here waits, knows a loop or runs a job. What a promise needs of its surroundings is
in one `PromiseRealm`: the job queue, a tracker told of rejections nobody handles, and a
waiter that knows how `await promise` and `promise.result()` wait. The step order is the
standard's to the job, so that reactions run in the order that they have on Node:

* resolving with a promise or another thenable takes one job that calls its `then`;
* each reaction is a job of its own, in the order of the `then` calls.

A handler that raises rejects the derived promise with that value. An exception that is no
`Exception` (KeyboardInterrupt, cancellation) rejects it too and then travels out of the job.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from functools import partial
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol

from unpoison.js.exceptions import Error, TypeError, as_exception, from_exception  # noqa: A004
from unpoison.js.functions import invoke
from unpoison.js.host import Host
from unpoison.js.jobs import JobQueue
from unpoison.js.members import JsObject
from unpoison.js.objects import Object
from unpoison.js.property import get
from unpoison.js.values import JsNull, is_function, is_reference

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    T_co = TypeVar("T_co", covariant=True, default=object)
else:
    from typing import TypeVar

    T_co = TypeVar("T_co", covariant=True)

Resolver = Callable[[object], None]
Executor = Callable[[Resolver, Resolver], object]
Subscriber = Callable[["Promise"], None]


class PromiseState(Enum):
    """The states of a promise; the last two are final."""

    PENDING = "pending"
    FULFILLED = "fulfilled"
    REJECTED = "rejected"


_PENDING: Final = PromiseState.PENDING  # a member is slow to get at
_FULFILLED: Final = PromiseState.FULFILLED
_REJECTED: Final = PromiseState.REJECTED


class RejectionTracker(Protocol):
    """HostPromiseRejectionTracker, ECMA-262 27.2.1.9."""

    def rejected(self, promise: Promise) -> None:
        """Note a promise that was rejected while nothing handled it."""

    def handled(self, promise: Promise) -> None:
        """Note that a promise given to `rejected` is handled now."""


class Waiter(Protocol):
    """How a pending promise is waited for; the runtime room has the one for asyncio."""

    def settle(self, promise: Promise) -> None:
        """Do what can be done at once (run jobs) so that the promise settles, if it can."""

    def wait(self, promise: Promise[object]) -> Generator[Any, None, object]:
        """Be the body of `await promise`: end when the promise is settled.

        It subscribes with `promise.subscribe` and unsubscribes when it is cancelled.
        """

    def adopt(self, value: object) -> Promise | None:
        """Give a promise for a host's awaitable (a coroutine), None for any other value."""


@dataclass(slots=True, eq=False)
class PromiseRealm:
    """What the promises of one host share.

    `created` hears of each new promise, before an executor runs: a host that must be able
    to `abandon` them all keeps (weak) track of them, and may set another ear for new ones. `host`
    is for platform values.
    """

    jobs: JobQueue
    tracker: RejectionTracker | None = None
    waiter: Waiter | None = None
    created: Callable[[Promise], object] | None = None
    host: Host | None = None


class Capability:
    """A promise with the two functions that resolve and reject it. ECMA-262 27.2.1.1.

    The first call of either counts. ECMA-262 27.2.1.3.
    """

    __slots__ = ("__weakref__", "_resolved", "promise")

    def __init__(self, promise: Promise) -> None:
        self.promise = promise
        self._resolved = False

    def resolve(self, value: object = None) -> None:
        """Fulfil the promise, or let it follow another one."""
        if self._resolved:
            return
        self._resolved = True
        if type(value) in _PLAIN or _has_no_then(value):
            self.promise._settle(_FULFILLED, value)
        else:
            self.promise._resolve(value)

    def reject(self, reason: object = None) -> None:
        """Reject the promise."""
        if not self._resolved:
            self._resolved = True
            self.promise._settle(_REJECTED, reason)


class _Reaction:
    """What a `then` call asked for: its handlers, and the promise that it returned, if any."""

    __slots__ = ("derived", "on_fulfilled", "on_rejected")

    def __init__(
        self,
        derived: Capability | None,
        on_fulfilled: Callable[[object], object] | None,
        on_rejected: Callable[[object], object] | None,
    ) -> None:
        self.derived, self.on_fulfilled, self.on_rejected = derived, on_fulfilled, on_rejected

    def run(self, state: PromiseState, argument: object) -> None:
        """Be a NewPromiseReactionJob. ECMA-262 27.2.2.1."""
        fulfilled = state is _FULFILLED
        handler = self.on_fulfilled if fulfilled else self.on_rejected
        derived = self.derived
        if derived is None:
            if handler is not None:
                handler(argument)
        elif handler is not None:
            _settle_by_call(handler, (argument,), derived)
        elif fulfilled:
            derived.resolve(argument)
        else:
            derived.reject(argument)


class Promise(JsObject, Generic[T_co]):
    """A JavaScript Promise; `await` it, or ask for `result()` when it is settled.

    `Promise[int]` says what it is fulfilled with, to type checkers only; plain `Promise` is a
    `Promise[object]`.

    `executor(resolve, reject)` is called at once, as `new Promise(executor)` does; what it
    raises rejects the promise.
    """

    __slots__ = (
        "_handled", "_is_abandoned", "_reactions", "_realm", "_state", "_subscribers", "_value",
    )  # fmt: skip

    def __init__(self, realm: PromiseRealm, executor: Executor | None = None) -> None:
        # As JsObject's, without a call: promises are the commonest of all objects.
        self._js_own = {}
        self._js_attributes = None
        self._realm = realm
        self._state = _PENDING
        self._value: Any = None
        self._handled = self._is_abandoned = False
        self._reactions: list[_Reaction] = []
        self._subscribers: list[Subscriber] = []  # a deque takes half a kilobyte
        if realm.created is not None:
            realm.created(self)
        if executor is not None:
            _reject_when_it_raises(executor, Capability(self))

    @property
    def state(self) -> PromiseState:
        """Where the promise stands."""
        return self._state

    def then(self, on_fulfilled: object = None, on_rejected: object = None) -> Promise:
        """Register handlers and give the promise of what they return. ECMA-262 27.2.5.4.

        A handler that is no function is passed over, as in JavaScript.
        """
        derived = with_resolvers(self._realm)
        self._react(_Reaction(derived, _handler(on_fulfilled), _handler(on_rejected)))
        return derived.promise

    def react(
        self,
        on_fulfilled: Callable[[object], object] | None,
        on_rejected: Callable[[object], object] | None,
    ) -> None:
        """Register handlers of the host, whose results nobody asks for. They must not raise.

        PerformPromiseThen without a resultCapability. ECMA-262 27.2.5.4.1.
        """
        self._react(_Reaction(None, on_fulfilled, on_rejected))

    def catch(self, on_rejected: object = None) -> Promise:
        """Register a handler for a rejection. ECMA-262 27.2.5.1."""
        return self.then(None, on_rejected)

    def finally_(self, on_finally: object = None) -> Promise:
        """Register a function for either end; it hides the value unless it fails. 27.2.5.3."""
        if not is_function(on_finally):
            return self.then(on_finally, on_finally)
        settlement = _Finally(self._realm, on_finally)
        return self.then(settlement.then_finally, settlement.catch_finally)

    def result(self) -> T_co:
        """Give the value of the fulfilled promise, or raise what it was rejected with.

        A pending promise gets the jobs that are due run first; when it is pending still,
        js.Error "InvalidStateError" is raised: `await` it instead.
        """
        if self._state is _PENDING and self._realm.waiter is not None:
            self._realm.waiter.settle(self)
        if self._state is _PENDING:
            raise Error("the promise is pending; await it", name="InvalidStateError")
        if not self._handled:
            self._mark_handled()
        if self._state is _REJECTED:
            raise as_exception(self._value)
        value: T_co = self._value
        return value

    def __await__(self) -> Generator[Any, None, T_co]:
        if self._state is _PENDING and self._realm.waiter is not None:
            self._mark_handled()
            yield from self._realm.waiter.wait(self)
        return self.result()

    def subscribe(self, subscriber: Subscriber) -> None:
        """Call `subscriber(promise)` once, at the moment the promise settles, or now.

        That is earlier than any reaction, and no job: the subscriber must only take note
        and must not raise. The promise counts as handled. Any thread may subscribe.
        """
        self._mark_handled()
        self.when_settled(subscriber)

    def when_settled(self, subscriber: Subscriber) -> None:
        """Do as `subscribe`, for one who does not care what it settles to."""
        waiting = self._subscribers
        waiting.append(subscriber)
        # Asked after the appending: another thread may settle the promise meanwhile.
        if self._state is not _PENDING:
            _call_all(waiting, self)

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """Take a subscriber back; nothing happens when it was called already."""
        if subscriber in self._subscribers:
            with suppress(ValueError):  # another thread settles the promise now
                self._subscribers.remove(subscriber)

    def abandon(self, reason: object) -> bool:
        """Reject at once if pending, even when locked to another promise; tell if it was.

        For a host whose instance died: what would have settled it never comes.
        """
        was_pending = self._state is _PENDING
        if was_pending:
            self._is_abandoned = True  # before a subscriber may ask for it
        self._settle(_REJECTED, reason)
        return was_pending

    @property
    def is_abandoned(self) -> bool:
        """Whether `abandon` rejected it: no code of the guest did, in JavaScript it would hang."""
        return self._is_abandoned

    def is_rejected_with(self, reason: object) -> bool:
        """Tell whether it was rejected with that very value; no handling of the rejection."""
        return self._state is _REJECTED and self._value is reason

    def __repr__(self) -> str:
        settled = "" if self._state is _PENDING else f" {self._value!r}"
        return f"<js.Promise {self._state.value}{settled}>"

    def _resolve(self, resolution: object) -> None:
        """Do what a resolve function does with what may have a `then`. ECMA-262 27.2.1.3.2."""
        if resolution is self:
            problem = TypeError("Chaining cycle detected for promise #<Promise>")
            self._settle(_REJECTED, problem)
            return
        try:
            resolution = self._adopted(resolution)
            then = get(resolution, "then") if is_reference(resolution) else None
        except Exception as error:  # noqa: BLE001 - a getter of the host may raise anything
            self._settle(_REJECTED, from_exception(error))
            return
        if is_function(then):
            self._realm.jobs.enqueue(lambda: self._follow(resolution, then))
        else:
            self._settle(_FULFILLED, resolution)

    def _adopted(self, value: object) -> object:
        waiter = self._realm.waiter
        if waiter is None or isinstance(value, Promise) or not is_reference(value):
            return value
        promise = waiter.adopt(value)
        return value if promise is None else promise

    def _follow(self, thenable: object, then: Any) -> None:
        """Be a NewPromiseResolveThenableJob. ECMA-262 27.2.2.2."""
        _reject_when_it_raises(partial(invoke, then, thenable), Capability(self))

    def _settle(self, state: PromiseState, value: object) -> None:
        if self._state is not _PENDING:
            return  # it was abandoned
        self._state, self._value = state, value
        if state is _REJECTED:
            self._track_rejection()
        if self._subscribers:
            _call_all(self._subscribers, self)
        if self._reactions:
            reactions, self._reactions = self._reactions, []
            enqueue = self._realm.jobs.enqueue
            for reaction in reactions:
                enqueue(partial(reaction.run, state, value))

    def _track_rejection(self) -> None:
        tracker = self._realm.tracker
        if not self._handled and tracker is not None:
            tracker.rejected(self)

    def _react(self, reaction: _Reaction) -> None:
        """Be PerformPromiseThen. ECMA-262 27.2.5.4.1."""
        if self._state is _PENDING:
            self._reactions.append(reaction)
        else:
            self._realm.jobs.enqueue(partial(reaction.run, self._state, self._value))
        if not self._handled:
            self._mark_handled()

    def _mark_handled(self) -> None:
        if self._handled:
            return
        self._handled = True
        if self._state is _REJECTED and self._realm.tracker is not None:
            self._realm.tracker.handled(self)


@dataclass(frozen=True, slots=True)
class _Finally:
    """The two handlers that `finally` registers. ECMA-262 27.2.5.3, steps 5 to 8."""

    realm: PromiseRealm
    on_finally: Any

    def then_finally(self, value: object) -> object:
        return resolve(self.realm, self.on_finally()).then(lambda _: value)

    def catch_finally(self, reason: object) -> object:
        def rethrow(_: object) -> object:
            raise as_exception(reason)

        return resolve(self.realm, self.on_finally()).then(rethrow)


def when_unreachable(resolve: Any, note: Callable[[], object]) -> object:
    """Call `note` when nobody has a promise's resolving functions any more: it cannot settle.

    `resolve` is the one that an executor was given. Keep what is returned as long as you care.
    """
    return weakref.ref(resolve.__self__, lambda _: note())


def with_resolvers(realm: PromiseRealm) -> Capability:
    """Make a pending promise and its resolving functions. ECMA-262 27.2.4.9."""
    return Capability(Promise(realm))


def resolve(realm: PromiseRealm, value: object = None) -> Promise:
    """Give `Promise.resolve(value)`: a promise comes back as itself. ECMA-262 27.2.4.7."""
    if isinstance(value, Promise):
        return value
    capability = with_resolvers(realm)
    capability.resolve(value)
    return capability.promise


def reject(realm: PromiseRealm, reason: object = None) -> Promise:
    """Give `Promise.reject(reason)`. ECMA-262 27.2.4.6."""
    capability = with_resolvers(realm)
    capability.reject(reason)
    return capability.promise


_PLAIN: Final = frozenset({NoneType, JsNull, bool, int, float, str})


def _has_no_then(value: object) -> bool:
    """Tell of the commonest objects that they have no `then`, which is searched for in others.

    Nor is one awaitable: it is no object of the host's.
    """
    kind = type(value)
    if kind is Object:
        plain: Any = value
        return plain._js_attributes is None and "then" not in plain
    if not isinstance(value, JsObject) or value._js_attributes is not None:
        return False
    special, spec = value._js_special, value._js_spec
    if special is None or spec is None or "then" in special or "then" in spec.members:
        return False
    return "then" not in value._js_own and not hasattr(kind, "__await__")


def _call_all(subscribers: list[Subscriber], promise: Promise) -> None:
    """Call each subscriber once, also when two threads come here at once."""
    while subscribers:
        try:
            subscriber = subscribers.pop(0)
        except IndexError:
            return
        subscriber(promise)


def _handler(value: Any) -> Callable[[object], object] | None:
    return value if is_function(value) else None


def _settle_by_call(
    function: Callable[..., object], arguments: tuple[object, ...], derived: Capability
) -> None:
    try:
        value = function(*arguments)
    except BaseException as error:
        derived.reject(from_exception(error))
        if not isinstance(error, Exception):
            raise
    else:
        derived.resolve(value)


def _reject_when_it_raises(function: Callable[..., object], functions: Capability) -> None:
    try:
        function(functions.resolve, functions.reject)
    except BaseException as error:
        functions.reject(from_exception(error))
        if not isinstance(error, Exception):
            raise
