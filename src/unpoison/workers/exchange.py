"""Requests of a guest: to other workers and Durable Objects, and `fetch` to the network."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from functools import partial
from typing import Any, Final, TypeVar

from unpoison import js, web
from unpoison.workers.dialing import dial
from unpoison.workers.fetch_types import Response, adopted, make_request
from unpoison.workers.messages import HttpRequest, HttpResponse, discard
from unpoison.workers.outside import Operation
from unpoison.workers.transfer import request_of, response_for

T = TypeVar("T")

MAX_DEPTH: Final = 16
"""How deep requests of workers and objects to each other may be nested. Miniflare has the same."""

TOO_DEEP: Final = (
    "Subrequest depth limit exceeded. This request recursed through Workers too many times; "
    f"workers and objects can call each other up to {MAX_DEPTH} times."
)

_DEPTH: Final[ContextVar[int]] = ContextVar("unpoison_depth", default=0)
"""How many workers and objects are above the one that runs; its tasks and timers inherit it."""
Promise = js.Promise[Any]
Answer = Callable[[HttpRequest], Awaitable[HttpResponse]]


def ask(realm: js.Realm, answer: Answer, given: object, init: object) -> Promise:
    """Be `fetch` of a stub or a service binding: who answers gets the request as it is."""
    try:
        request = make_request(realm, given, init)
        if request.signal.aborted and request.signal.cancels_fetch:
            return js.reject(realm.promises, request.signal.reason)
        if _DEPTH.get() >= MAX_DEPTH:
            raise js.Error(TOO_DEEP)
        message = request_of(request)
    except Exception as error:  # noqa: BLE001 - fetch rejects, it never throws
        return js.reject(realm.promises, js.from_exception(error))
    asking = web.Asking(
        message.method, [message.url], message.headers, message.body, request.redirect
    )
    return _watched(
        request,
        lambda: _follow(answer, asking, message),
        lambda found: response_for(realm, found, tuple(asking.urls)),
    )


async def _follow(answer: Answer, asking: web.Asking, message: HttpRequest) -> HttpResponse:
    """Ask, and ask again where that says; who answers is the same. Fetch 4.4."""
    while True:
        asked = HttpRequest(asking.method, asking.url, asking.headers, asking.content, message.cf)
        response = await _descend(answer, asked)
        location = next((text for name, text in response.headers if name == "location"), None)
        if not asking.redirected(response.status, location):
            return response
        await discard(response.body)


async def _descend(answer: Answer, request: HttpRequest) -> HttpResponse:
    depth = _DEPTH.get()
    _DEPTH.set(depth + 1)
    try:
        return await answer(request)
    finally:
        _DEPTH.set(depth)  # who asked goes on in this context


def fetch(realm: js.Realm, given: object, init: object) -> Promise:
    """Be the global `fetch`: the network, as far as it is allowed. Fetch 5.6."""
    network = realm.part(web.Network)
    try:
        request = make_request(realm, given, init)
    except Exception as error:  # noqa: BLE001 - fetch rejects, it never throws
        return js.reject(realm.promises, js.from_exception(error))
    is_stopped = request.signal.aborted and request.signal.cancels_fetch
    if network.fetcher is None or is_stopped or request.url.startswith("data:"):
        return network.fetch(request).then(adopted)
    if _is_upgrade(request):
        return _watched(
            request,
            partial(dial, network.fetcher, request),
            lambda found: response_for(realm, found, (request.url,)),
        )
    return _watched(request, partial(network.fetcher, request), _adopt)


def _adopt(response: object) -> Response:
    if not isinstance(response, web.Response) or response.type == "error":
        raise js.TypeError("fetch failed")
    return adopted(response)


def _is_upgrade(request: web.Request) -> bool:
    return (request.headers.get("upgrade") or "").lower() == "websocket"


def _watched(
    request: web.Request, run: Callable[[], Awaitable[T]], convert: Callable[[T], object]
) -> Promise:
    """Run a request until its signal says stop."""
    signal = request.signal
    operation = Operation(request.realm, run, convert)
    if not signal.cancels_fetch:
        return operation.promise

    def abort() -> None:
        operation.cancel(signal.reason)

    signal.add_algorithm(abort)
    operation.promise.when_settled(lambda _: signal.remove_algorithm(abort))
    return operation.promise


FETCH_FUNCTIONS: Final[dict[str, Any]] = {"fetch": fetch}
