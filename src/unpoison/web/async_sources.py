"""Sources of host code: async iterables of Python and of the guest. Streams 4.9.1, `from`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any

from unpoison import js
from unpoison.web.host_access import host_of
from unpoison.web.promises import Deferred, Promise, invoked, resolved, transformed
from unpoison.web.readable_controller import ReadableStreamDefaultController
from unpoison.web.readable_pulling import Source
from unpoison.web.underlying import nothing

_END = object()


def source_of_iterable(realm: js.Realm, values: Any) -> Source:
    """Give the source that reads an async or a plain iterable.

    Raises js.TypeError for what is neither.
    """
    if hasattr(type(values), "__aiter__") and not isinstance(values, js.JsObject):
        return _python_source(realm, values.__aiter__())
    method = None if js.is_nullish(values) else js.get(values, js.Symbol.async_iterator)
    if js.is_function(method):
        return _guest_source(realm, js.invoke(method, values))
    if isinstance(values, Iterable | str) or js.is_reference(values):
        return _plain_source(realm, js.iterate(values))
    raise js.TypeError("ReadableStream.from called on a value that is not iterable")


def _source(pull: Callable[[Any], Promise], cancel: Callable[[object], Promise]) -> Source:
    return Source(nothing, pull, cancel)


def _plain_source(realm: js.Realm, items: Iterator[Any]) -> Source:
    def pull(controller: ReadableStreamDefaultController) -> Promise:
        def step() -> object:
            value = next(items, _END)
            if value is _END:
                controller.close_now()
                return None
            return transformed(resolved(realm, value), controller.enqueue)

        return invoked(realm, step)

    def cancel(reason: object) -> Promise:
        close = getattr(items, "close", None)
        return invoked(realm, close) if close is not None else resolved(realm)

    return _source(pull, cancel)


def _guest_source(realm: js.Realm, iterator: Any) -> Source:
    step = js.get(iterator, "next")

    def took(controller: ReadableStreamDefaultController, result: object) -> None:
        if not js.is_reference(result):
            raise js.TypeError("The result of the async iterator's next is not an object")
        if js.is_falsy(js.get(result, "done")):
            controller.enqueue(js.get(result, "value"))
        else:
            controller.close_now()

    def pull(controller: ReadableStreamDefaultController) -> Promise:
        result = invoked(realm, js.invoke, step, iterator)
        return transformed(result, lambda value: took(controller, value))

    def cancel(reason: object) -> Promise:
        method = js.get(iterator, "return")
        if method is None:
            return resolved(realm)
        return transformed(invoked(realm, js.invoke, method, iterator, reason), lambda _: None)

    return _source(pull, cancel)


def _python_source(realm: js.Realm, items: AsyncIterator[Any]) -> Source:
    def pull(controller: ReadableStreamDefaultController) -> Promise:
        deferred = Deferred(realm)

        def came(value: object) -> None:
            if value is _END:
                controller.close_now()
            else:
                controller.enqueue(value)
            deferred.resolve(None)

        host_of(realm).spawn(
            _next(items), came, lambda error: deferred.reject(js.from_exception(error))
        )
        return deferred.promise

    def cancel(reason: object) -> Promise:
        close = getattr(items, "aclose", None)
        if close is None:
            return resolved(realm)
        deferred = Deferred(realm)
        host_of(realm).spawn(
            close(),
            lambda _: deferred.resolve(None),
            lambda error: deferred.reject(js.from_exception(error)),
        )
        return deferred.promise

    return _source(pull, cancel)


async def _next(items: AsyncIterator[Any]) -> object:
    try:
        return await items.__anext__()
    except StopAsyncIteration:
        return _END
