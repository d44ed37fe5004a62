"""fetch: off unless the embedder gives something that answers requests. Fetch 5.6.

Why a request failed is in the log, too, as browsers have it in their console: Rust's HTTP crates
show their own words instead.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from unpoison import js
from unpoison.web.body import Body
from unpoison.web.headers import Headers
from unpoison.web.host_access import host_of
from unpoison.web.promises import Deferred, Promise, rejected
from unpoison.web.request import Request, make_request
from unpoison.web.response import Response

log = logging.getLogger("unpoison.fetch")

Fetcher = Callable[[Request], Awaitable[Response]]
"""What an embedder gives: it answers a request, or raises."""

OFF: Final = (
    "fetch is off; the embedder allows it with "
    'load(..., fetch=unpoison.web.Fetch(allow=["https://example.com"]))'
)


class Network:
    """What answers the requests of one realm; `realm.part(Network)`."""

    def __init__(self, realm: js.Realm) -> None:
        self.realm = realm
        self.fetcher: Fetcher | None = None

    def fetch(self, request: Request) -> Promise:
        """Give a promise of the response. Rejected with js.TypeError for a network error."""
        if request.signal.aborted:
            return rejected(self.realm, request.signal.reason)
        if request.url.startswith("data:"):
            return js.resolve(self.realm.promises, _data_response(self.realm, request.url))
        if self.fetcher is None:
            _tell(request, OFF)
            return rejected(self.realm, js.TypeError(OFF))
        return _Exchange(self.realm, request).start(self.fetcher)


class _Exchange:
    """One request under way; its signal ends it."""

    def __init__(self, realm: js.Realm, request: Request) -> None:
        self._realm = realm
        self._request = request
        self._deferred = Deferred(realm)

    def start(self, fetcher: Fetcher) -> Promise:
        signal = self._request.signal
        task = host_of(self._realm).spawn(fetcher(self._request), self._came, self._failed)

        def abort() -> None:
            task.cancel()
            self._deferred.reject(signal.reason)

        self._abort = abort
        signal.add_algorithm(abort)
        return self._deferred.promise

    def _came(self, response: object) -> None:
        self._request.signal.remove_algorithm(self._abort)
        if not isinstance(response, Response):
            self._deferred.reject(js.TypeError("fetch gave no Response"))
        elif response.type == "error":
            self._deferred.reject(js.TypeError("fetch failed"))
        else:
            self._deferred.resolve(response)

    def _failed(self, error: BaseException) -> None:
        self._request.signal.remove_algorithm(self._abort)
        cause = error.cause if isinstance(error, js.Error) else None
        _tell(self._request, error if cause is None else f"{error}: {cause}")
        if isinstance(error, js.Error):
            self._deferred.reject(error)
        else:
            self._deferred.reject(js.TypeError("fetch failed", cause=error))


def _tell(request: Request, reason: object) -> None:
    # A query may have secrets.
    log.warning("%s: %s", request.url.partition("?")[0], reason)


def _data_response(realm: js.Realm, url: str) -> Response:
    """Answer a data: URL. Fetch 6."""
    head, comma, content = url.removeprefix("data:").partition(",")
    if not comma:
        return Response(realm, status=0, type_="error")
    data = unquote_to_bytes(content.partition("#")[0])
    media = head.strip()
    if media.lower().endswith("base64") and media[:-6].rstrip().endswith(";"):
        media = media[:-6].rstrip()[:-1]
        try:
            data = base64.b64decode(data + b"=" * (-len(data) % 4), validate=True)
        except ValueError:
            raise js.TypeError("fetch failed: the data: URL is no base64") from None
    if media.startswith(";"):
        media = f"text/plain{media}"
    headers = Headers([("content-type", media or "text/plain;charset=US-ASCII")], immutable=True)
    return Response(
        realm, Body(realm, data), status_text="OK", headers=headers, type_="basic", urls=(url,)
    )


def _fetch(realm: js.Realm, given: object, init: object) -> Promise:
    try:
        return realm.part(Network).fetch(make_request(realm, given, init, Request))
    except Exception as error:  # noqa: BLE001 - fetch rejects, it never throws
        return rejected(realm, js.from_exception(error))


FETCH_FUNCTIONS: Final[dict[str, Any]] = {"fetch": _fetch}
