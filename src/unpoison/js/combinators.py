"""Promise.all, allSettled, any and race. ECMA-262 27.2.4.1 to 27.2.4.5."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from unpoison.js.exceptions import AggregateError, TypeError, from_exception  # noqa: A004
from unpoison.js.promise import Capability, Promise, PromiseRealm, Resolver, resolve, with_resolvers
from unpoison.js.property import call_method
from unpoison.js.values import is_reference

Subscribe = Callable[["_Collection", int, Promise], None]


class _Collection:
    """The slots that the members of a combinator fill, and what is done when all are full."""

    def __init__(self, derived: Capability, finish: Resolver) -> None:
        self.derived = derived
        self._finish = finish
        self._values: list[object] = []
        # The loop over the members holds one share, so that it cannot finish early.
        self._missing = 1

    def add(self) -> int:
        self._values.append(None)
        self._missing += 1
        return len(self._values) - 1

    def filler(self, index: int, convert: Callable[[object], object]) -> Resolver:
        """Give the function that fills a slot; only its first call counts."""
        called = False

        def fill(value: object = None) -> None:
            nonlocal called
            if not called:
                called = True
                self._values[index] = convert(value)
                self.release()

        return fill

    def release(self) -> None:
        self._missing -= 1
        if not self._missing:
            self._finish(list(self._values))


def promise_all(realm: PromiseRealm, values: object) -> Promise:
    """Give the promise of the list of all values; the first rejection rejects it."""

    def subscribe(slots: _Collection, index: int, promise: Promise) -> None:
        _then(promise, slots.filler(index, _itself), slots.derived.reject)

    derived = with_resolvers(realm)
    return _combine(realm, values, _Collection(derived, derived.resolve), subscribe)


def promise_all_settled(realm: PromiseRealm, values: object) -> Promise:
    """Give the promise of a list of {status, value or reason}; it is never rejected."""

    def subscribe(slots: _Collection, index: int, promise: Promise) -> None:
        _then(promise, slots.filler(index, _fulfilled), slots.filler(index, _rejected))

    derived = with_resolvers(realm)
    return _combine(realm, values, _Collection(derived, derived.resolve), subscribe)


def promise_any(realm: PromiseRealm, values: object) -> Promise:
    """Give the promise of the first value; js.AggregateError when all are rejected."""

    def subscribe(slots: _Collection, index: int, promise: Promise) -> None:
        _then(promise, slots.derived.resolve, slots.filler(index, _itself))

    def fail(reasons: Any) -> None:
        derived.reject(AggregateError(reasons, "All promises were rejected"))

    derived = with_resolvers(realm)
    return _combine(realm, values, _Collection(derived, fail), subscribe)


def promise_race(realm: PromiseRealm, values: object) -> Promise:
    """Give the promise that settles as the first of its members does."""

    def subscribe(slots: _Collection, index: int, promise: Promise) -> None:
        _then(promise, slots.derived.resolve, slots.derived.reject)

    slots = _Collection(with_resolvers(realm), _stay_pending)
    return _combine(realm, values, slots, subscribe)


def _combine(
    realm: PromiseRealm, values: object, slots: _Collection, subscribe: Subscribe
) -> Promise:
    try:
        for value in _members(values):
            subscribe(slots, slots.add(), resolve(realm, value))
        slots.release()
    except Exception as error:  # noqa: BLE001 - what iterating raises rejects the promise
        slots.derived.reject(from_exception(error))
    return slots.derived.promise


def _members(values: Any) -> Iterable[object]:
    if isinstance(values, str) or (is_reference(values) and isinstance(values, Iterable)):
        return values
    raise TypeError("the argument is not iterable")


def _then(promise: Promise, on_fulfilled: Resolver, on_rejected: Resolver) -> None:
    # Through the property, as the standard does: a guest may have replaced `then`.
    call_method(promise, "then", on_fulfilled, on_rejected)


def _stay_pending(values: object) -> None:
    """Be the end of a race without members: the standard has it never settle."""


def _itself(value: object) -> object:
    return value


def _fulfilled(value: object) -> object:
    return {"status": "fulfilled", "value": value}


def _rejected(reason: object) -> object:
    return {"status": "rejected", "reason": reason}
