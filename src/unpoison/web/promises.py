"""Promises as the standards of the platform speak of them. Web IDL 3.2.23, 3.7.3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from unpoison import js

Promise = js.Promise[Any]
Reaction = Callable[[Any], object]


def resolved(realm: js.Realm, value: object = None) -> Promise:
    """Give a promise resolved with a value; a promise comes back as itself."""
    return js.resolve(realm.promises, value)


def rejected(realm: js.Realm, reason: object) -> Promise:
    """Give a promise rejected with a JavaScript value."""
    return js.reject(realm.promises, reason)


def invoked(realm: js.Realm, function: Callable[..., object], *arguments: object) -> Promise:
    """Call a function and give a promise of what it returns, rejected with what it raises."""
    try:
        return js.resolve(realm.promises, function(*arguments))
    except Exception as error:  # noqa: BLE001 - whatever it throws rejects the promise
        return rejected(realm, js.from_exception(error))


def upon(
    promise: Promise, fulfilled: Reaction | None = None, failed: Reaction | None = None
) -> None:
    """React to a promise whose rejection is handled here; the reactions must not raise."""
    promise.react(fulfilled, failed if failed is not None else _ignore)


def transformed(
    promise: Promise, fulfilled: Reaction | None = None, failed: Reaction | None = None
) -> Promise:
    """Give the promise of what the reactions return."""
    return promise.then(fulfilled, failed)


def mark_handled(promise: Promise) -> None:
    """Say that a rejection of the promise is nobody's mistake."""
    promise.subscribe(_ignore)


def _ignore(_: object) -> None:
    return None


class Deferred(js.Capability):
    """A promise that its owner settles. Settling it twice does nothing."""

    __slots__ = ()

    def __init__(self, realm: js.Realm) -> None:
        self.promise = js.Promise(realm.promises)
        self._resolved = False

    @classmethod
    def done(cls, realm: js.Realm) -> Deferred:
        """Give one that is fulfilled with undefined already."""
        made = cls(realm)
        made.resolve(None)
        return made

    @classmethod
    def failed(cls, realm: js.Realm, reason: object) -> Deferred:
        """Give one that is rejected already; the rejection counts as handled."""
        made = cls(realm)
        made.reject(reason)
        mark_handled(made.promise)
        return made

    @property
    def pending(self) -> bool:
        """Whether it is not settled."""
        return self.promise.state is js.PromiseState.PENDING
