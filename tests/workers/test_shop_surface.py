"""A real worker over what a guest sees, without anything that runs workers around it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from tests.workers.actors import Actor
from tests.workers.guests import settle
from unpoison import Instance, Module, js
from unpoison.errors import UnpoisonError
from unpoison.workers.context import make_context
from unpoison.workers.environment import Binding, Kv, Objects, Refused, Service, Variable, make_env
from unpoison.workers.failures import ObjectError, text_of
from unpoison.workers.ids import IdSpace, ObjectId
from unpoison.workers.kv_store import KvStore
from unpoison.workers.messages import HttpRequest, HttpResponse, read_all
from unpoison.workers.object_state import make_state, web_socket_for
from unpoison.workers.scope import make_scope
from unpoison.workers.sockets import SocketEnd
from unpoison.workers.transfer import request_for, response_of

SHOP = Path(__file__).resolve().parents[2] / "examples" / "shop" / "shop.legacy.wasm"


@pytest.fixture(scope="module")
def module() -> Module:
    return Module.read(SHOP)


class Event:
    """An event that keeps what it waits for."""

    def __init__(self) -> None:
        self.kept: list[js.Promise] = []

    def wait_until(self, promise: js.Promise) -> None:
        self.kept.append(promise)

    def pass_through_on_exception(self) -> None:
        raise AssertionError("the shop never asks for it")


class Shop:
    """An instance of the shop, which is its own service and has its objects beside it."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.ids = IdSpace("shop-Counter")
        self.store = KvStore(None, lambda: 1_700_000_000)
        self.bindings: dict[str, Binding] = {
            "GREETING": Variable("Good day"),
            "OPENING": Variable({"from": 8, "to": 18, "days": ["Monday"]}),
            "STORE": Kv(self.store),
            "COUNTER": Objects(self),
            "SELF": Service(_Itself(self)),
            "OTHER": Refused("d1_databases"),
        }
        self.objects: dict[ObjectId, Counter] = {}
        self.instance = instantiate(module)
        self.realm = self.instance.realm
        self.env = make_env(self.realm, self.bindings)
        self.event = Event()

    async def ask(self, method: str, path: str, body: bytes | None = None) -> HttpResponse:
        request = request_for(self.realm, HttpRequest(method, f"http://shop{path}", [], body))
        context = make_context(self.realm, self.event)
        return response_of(await self.instance.exports.fetch(request, self.env, context))

    async def text(self, path: str) -> str:
        return (await read_all((await self.ask("GET", path)).body, 1 << 20)).decode()

    async def fetch(self, id: ObjectId, request: HttpRequest) -> HttpResponse:  # noqa: A002
        """Be the NamespacePort."""
        if id not in self.objects:
            self.objects[id] = Counter(self, id)
        return await self.objects[id].fetch(request)


class _Itself:
    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        assert isinstance(request.body, bytes | None)
        path = request.url.removeprefix("http://shop")
        return await self._shop.ask(request.method, path, request.body)


class Counter:
    """An object in an instance of its own."""

    def __init__(self, shop: Shop, id: ObjectId) -> None:  # noqa: A002
        self._instance = instantiate(shop.module)
        self.realm = self._instance.realm
        self.actor = Actor(self.realm)
        self.actor.id = id
        env = make_env(self.realm, shop.bindings)
        self.guest = self._instance.exports.Counter(make_state(self.realm, self.actor), env)

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        try:
            response = await self.guest.fetch(request_for(self.realm, request))
        except (js.Error, UnpoisonError) as error:
            raise ObjectError(text_of(error), remote=True) from None
        return response_of(response)


def instantiate(module: Module) -> Instance:
    scope = make_scope()
    instance = module.instantiate(scope.imports, globals=scope.globals)
    assert scope.state["instanceId"] == 1
    return instance


def run(module: Module, main: Callable[[Shop], Coroutine[Any, Any, None]]) -> None:
    async def inside() -> None:
        await main(Shop(module))

    asyncio.run(inside())


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/hello/ada", "Hello, ada!"),
        ("/url?a=b", '/url Some("a=b")'),
        ("/var/GREETING", "Good day"),
        ("/var/NONE", "Binding `NONE` is undefined."),
        ("/object-var", '{"from":8,"to":18,"days":["Monday"]}'),
        ("/slow", "waited 20 ms"),
        ("/stream", "".join(f"chunk {number}\n" for number in range(5))),
        ("/service", "200: Hello, service!"),
        ("/do/a/inc", "1"),
        ("/do/a/tx", "done: 1 1"),
        ("/do/a/tx?fail=1", "Error: the transaction fails: 0 0"),
        ("/do/a/sql?text=hey", "Integer(1) 1"),
        ("/do/a/block", "1"),
        ("/do/a/call?to=b", "1 1"),
        ("/do/a/alarm", "true"),
        ("/do/a/panic", "Error: PanicError: the shop panics"),
    ],
)
def test_a_route_answers(module: Module, path: str, expected: str) -> None:
    async def main(shop: Shop) -> None:
        assert await shop.text(path) == expected

    run(module, main)


def test_a_body_is_streamed_through(module: Module) -> None:
    async def main(shop: Shop) -> None:
        response = await shop.ask("POST", "/pipe", b"abc" * 50_000)
        assert await read_all(response.body, 1 << 20) == b"abc" * 50_000

    run(module, main)


def test_set_cookie_headers_stay_apart(module: Module) -> None:
    async def main(shop: Shop) -> None:
        headers = (await shop.ask("GET", "/headers")).headers
        assert [text for name, text in headers if name == "set-cookie"] == [
            "basket=1; Path=/", "visit=2; Path=/",
        ]  # fmt: skip

    run(module, main)


class Client:
    """The client's end of a WebSocket."""

    def __init__(self, end: SocketEnd | None) -> None:
        assert end is not None
        self.end = end
        self.heard: list[object] = []
        end.accept(self)

    def message(self, data: str | bytes) -> None:
        self.heard.append(data)

    def closed(self, code: int | None, reason: str, was_clean: bool) -> None:
        self.heard.append((code, reason))

    def failed(self, error: Exception) -> None:
        self.heard.append(error)


def test_a_web_socket_of_the_worker_itself(module: Module) -> None:
    async def main(shop: Shop) -> None:
        response = await shop.ask("GET", "/ws")
        assert response.status == 101
        client = Client(response.web_socket)
        client.end.send("hi")
        client.end.send(b"\1\2")
        client.end.send("close")
        await settle()
        assert client.heard == ["hi", b"\1\2", (4000, "as asked")]

    run(module, main)


def test_a_web_socket_of_an_object(module: Module) -> None:
    async def main(shop: Shop) -> None:
        client = Client((await shop.ask("GET", "/do/a/ws?name=ada")).web_socket)
        counter = shop.objects[shop.ids.from_name("a")]
        client.end.send("ping")
        assert client.heard == ["pong"]
        client.end.send("hello")
        [(socket, data)] = counter.actor.heard  # type: ignore[misc]
        value = web_socket_for(counter.realm, socket)
        await counter.guest.webSocketMessage(value, data)
        assert client.heard == ["pong", "ada: hello"]
        assert await shop.text("/do/a/sockets?tag=ada") == "1 1 ada"
        client.end.close(3000, "bye")
        await counter.guest.webSocketClose(value, 3000, "bye", True)
        assert client.heard[-1] == (1000, "goodbye")
        assert await shop.text("/do/a/sockets") == "0 0 "

    run(module, main)
