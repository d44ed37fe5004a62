"""Fetcher: a service binding. Workers docs, "Service bindings"."""

from __future__ import annotations

from typing import Any, Final

from unpoison import js, web
from unpoison.workers.exchange import ask
from unpoison.workers.ports import ServicePort
from unpoison.workers.refused import refuse_connect


class Fetcher(js.JsObject):
    """Sends requests to another worker."""

    __slots__ = ("_port", "_realm")

    def __init__(self, realm: js.Realm, port: ServicePort) -> None:
        super().__init__()
        self._realm, self._port = realm, port

    def fetch(self, request: object, init: object) -> js.Promise[Any]:
        """Give a promise of the answer; rejected when the other worker fails."""
        return ask(self._realm, self._port.fetch, request, init)


FETCHER: Final = web.interface(Fetcher, operations=("fetch",), methods={"connect": refuse_connect})
