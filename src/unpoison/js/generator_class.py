"""Host generators as JavaScript's: Generator, AsyncGenerator, and the host's async iterators.

A guest may resume, end and throw into a generator that a host gives it; nothing else of it can
be reached. ECMA-262 27.1.3, 27.3, 27.5, 27.6.
"""

from __future__ import annotations

import builtins
import inspect
import types
import weakref
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any, Final

from unpoison.js.classes import ClassSpec, RealmMethod, register
from unpoison.js.exceptions import TypeError, as_exception  # noqa: A004 - JavaScript's
from unpoison.js.iterator_class import ITERATOR, PLAIN_ITERATOR, JsIterator, result
from unpoison.js.object_class import OBJECT
from unpoison.js.promise import Promise, PromiseState
from unpoison.js.shown import shown
from unpoison.js.steps import Steps, run_steps
from unpoison.js.values import Symbol


def _generator(this: object, name: str) -> Any:
    if not isinstance(this, types.GeneratorType):
        raise TypeError(f"{name} method called on incompatible receiver {shown(this)}")
    if this.gi_running:
        raise TypeError("Generator is already running")
    return this


def _resumed(resume: Callable[..., object], argument: object) -> object:
    try:
        return result(resume(argument), done=False)
    except StopIteration as end:
        return result(end.value, done=True)


def _next(this: object, value: object) -> object:
    generator = _generator(this, "next")
    # Python refuses a value for a generator that was not started; JavaScript drops it.
    is_new = inspect.getgeneratorstate(generator) == inspect.GEN_CREATED
    return _resumed(generator.send, None if is_new else value)


def _return(this: object, value: object) -> object:
    _generator(this, "return").close()
    return result(value, done=True)


def _throw(this: object, reason: object) -> object:
    return _resumed(_generator(this, "throw").throw, as_exception(reason))


GENERATOR: Final = ClassSpec(
    "Generator",
    ITERATOR,
    methods={"next": _next, "return": _return, "throw": _throw},
    constants={Symbol.to_string_tag: "Generator"},
    has_constructor=False,
)
register(GENERATOR, types.GeneratorType)


def _async_iterator(this: object, name: str) -> Any:
    if not hasattr(type(this), "__anext__"):
        raise TypeError(f"{name} method called on incompatible receiver {shown(this)}")
    return this


async def _awaited(step: Callable[[], Awaitable[object]]) -> object:
    try:
        return result(await step(), done=False)
    except StopAsyncIteration:
        return result(None, done=True)


async def _closed(generator: AsyncGenerator[Any, Any], value: object) -> object:
    await generator.aclose()
    return result(value, done=True)


def _request(realm: Any, iterator: Any, step: Callable[[], Coroutine[Any, Any, object]]) -> Promise:
    """Make a request to an async iterator, after those that are under way. 27.6.3.4."""
    requests = realm.part(_Requests)
    before = requests.last(iterator)
    made = run_steps(realm.promises, _after(realm, before, step))
    requests.note(iterator, made)
    return made


class _Requests:
    """The last request of one guest to each async iterator of the host."""

    def __init__(self, realm: Any) -> None:
        self._last: weakref.WeakKeyDictionary[Any, Promise] = weakref.WeakKeyDictionary()

    def last(self, iterator: Any) -> Promise | None:
        """Give the last request, None for none."""
        try:
            return self._last.get(iterator)
        except builtins.TypeError:
            return None

    def note(self, iterator: Any, request: Promise) -> None:
        """Remember a request; those to what Python cannot refer to weakly have no order."""
        with suppress(builtins.TypeError):
            self._last[iterator] = request


def _after(
    realm: Any, before: Promise | None, step: Callable[[], Coroutine[Any, Any, object]]
) -> Steps:
    if before is not None and before.state is PromiseState.PENDING:
        yield before.then(lambda value: None, lambda reason: None)
    if realm.promises.waiter is not None:
        return (yield step())
    return _run_at_once(step())


def _run_at_once(coroutine: Coroutine[Any, Any, object]) -> object:
    """Run a coroutine to its end without an event loop, if it waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    coroutine.close()
    raise TypeError("an async iterator of the host waits for something: it needs an event loop")


def _async_next(realm: Any, this: object, value: object) -> Promise:
    iterator = _async_iterator(this, "next")
    if not isinstance(iterator, types.AsyncGeneratorType):
        return _request(realm, iterator, lambda: _awaited(iterator.__anext__))
    # Python refuses a value for a generator that was not started; JavaScript drops it.
    sent = None if realm.part(_Requests).last(iterator) is None else value
    return _request(realm, iterator, lambda: _awaited(lambda: iterator.asend(sent)))


def _async_generator(this: object, name: str) -> Any:
    if not isinstance(this, types.AsyncGeneratorType):
        raise TypeError(f"{name} method called on incompatible receiver {shown(this)}")
    return this


def _async_return(realm: Any, this: object, value: object) -> Promise:
    generator = _async_generator(this, "return")
    return _request(realm, generator, lambda: _closed(generator, value))


def _async_throw(realm: Any, this: object, reason: object) -> Promise:
    generator = _async_generator(this, "throw")
    error = as_exception(reason)
    return _request(realm, generator, lambda: _awaited(lambda: generator.athrow(error)))


ASYNC_ITERATOR: Final = ClassSpec(
    "AsyncIterator",
    OBJECT,
    methods={Symbol.async_iterator: lambda this: this},
    has_constructor=False,
)
HOST_ASYNC_ITERATOR: Final = ClassSpec(
    "AsyncIterator",
    ASYNC_ITERATOR,
    methods={"next": RealmMethod(_async_next)},
    has_constructor=False,
)
"""The class of what has `__anext__`."""
ASYNC_GENERATOR: Final = ClassSpec(
    "AsyncGenerator",
    ASYNC_ITERATOR,
    methods={
        "next": RealmMethod(_async_next),
        "return": RealmMethod(_async_return),
        "throw": RealmMethod(_async_throw),
    },
    constants={Symbol.to_string_tag: "AsyncGenerator"},
    has_constructor=False,
)
register(ASYNC_GENERATOR, types.AsyncGeneratorType)

HOST_ITERABLE: Final = ClassSpec(
    "Object",
    OBJECT,
    methods={Symbol.iterator: lambda this: JsIterator(iter(this))},
    has_constructor=False,
)
"""The class of the host's objects that have `__iter__` and are no mappings."""
HOST_ASYNC_ITERABLE: Final = ClassSpec(
    "Object",
    OBJECT,
    methods={Symbol.async_iterator: lambda this: aiter(this)},
    has_constructor=False,
)
"""The class of the host's objects that have `__aiter__`."""


def spec_of_host_object(value: object) -> ClassSpec:
    """Give the class of a host's object by the protocols of Python that it has."""
    kind = type(value)
    if hasattr(kind, "__anext__"):
        return HOST_ASYNC_ITERATOR
    if hasattr(kind, "__aiter__"):
        return HOST_ASYNC_ITERABLE
    if hasattr(kind, "__next__"):
        return PLAIN_ITERATOR
    if getattr(kind, "__iter__", None) is not None and not isinstance(value, Mapping):
        return HOST_ITERABLE
    return OBJECT
