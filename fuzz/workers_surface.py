"""Law: whatever a guest does with what a Worker sees, it gets a value or a JavaScript error.

The error may come from the call, by a promise, or be one that a callback's caller reports.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

from fuzz._wasm import main
from unpoison import js, web
from unpoison.errors import ThrownValue
from unpoison.runtime.jobs import Scheduler
from unpoison.runtime.world import make_world
from unpoison.workers.context import make_context, make_scheduled_event
from unpoison.workers.database import ObjectDatabase
from unpoison.workers.environment import Kv, Objects, Refused, Service, Variable, make_env
from unpoison.workers.failures import ObjectError
from unpoison.workers.hibernation import HibernatingSocket, Hibernation
from unpoison.workers.ids import IdSpace, ObjectId
from unpoison.workers.kv_store import KvStore
from unpoison.workers.messages import HttpRequest, HttpResponse, discard
from unpoison.workers.object_state import make_state
from unpoison.workers.refused import BINDING_CLASSES
from unpoison.workers.scope import WORKER_GLOBALS
from unpoison.workers.sql import SqlStorage
from unpoison.workers.storage import ObjectStorage
from unpoison.workers.transfer import request_for, response_of

STEPS = 120
NOW = 1_700_000_000.0
TEXTS = (
    "", "a", "é\ud83d", "websocket", "http://w/", "relative", "GET", "HEAD", "200", "json", "text",
    "stream", "set-cookie", "content-encoding", "gzip", "br", "SHA-256", "x" * 600, "\0", "error",
    "manual", "follow", "SELECT 1", "SELECT ?", "CREATE TABLE t (a)", "INSERT INTO t VALUES (?)",
    "SELECT * FROM t", "BEGIN", "prefix", "0" * 64, "ping", "pong",
)  # fmt: skip
NUMBERS = (0, 1, -1, 2.5, 101, 200, 204, 302, 599, 1000, 1006, 4000, 2**31, 2**53, 1e308,
           float("nan"), float("inf"))  # fmt: skip
NAMES = (
    "status", "headers", "webSocket", "cf", "encodeBody", "method", "body", "signal", "redirect",
    "type", "cacheTtl", "expiration", "expirationTtl", "metadata", "limit", "prefix", "cursor",
    "start", "startAfter", "end", "reverse", "jurisdiction", "done", "value", "name", "pull",
    "cancel", "write", "a",
)  # fmt: skip
GLOBALS = (
    "AbortController", "FixedLengthStream", "Headers", "Headers", "IdentityTransformStream",
    "ReadableStream", "Request", "Response", "Response", "WebSocketPair", "WebSocketPair",
    "WebSocketRequestResponsePair", "caches", "crypto", "fetch",
)  # fmt: skip
MOST = 400
"""Values that are kept for later steps."""


class Outside:
    """Everything that is not the guest: an event, a service, a namespace, an actor."""

    def __init__(self, realm: js.Realm, rng: random.Random) -> None:
        self.realm = realm
        self.rng = rng
        self.ids = IdSpace("fuzz")
        self.id = self.ids.from_name("a")
        database = ObjectDatabase(None)
        self.storage = ObjectStorage(database)
        self.sql = SqlStorage(database)
        self.hibernation = Hibernation(self, lambda: NOW)
        self.keeps_alarm = False

    def now(self) -> float:
        return NOW * 1000

    def wait_until(self, promise: js.Promise) -> None:
        promise.subscribe(lambda _: None)

    def pass_through_on_exception(self) -> None:
        """Take no notice."""

    def block_concurrency_while(self, run: Callable[[], js.Promise], *, resets: bool) -> js.Promise:
        return run()

    async def sync(self) -> None:
        """Be durable at once."""

    async def fetch(self, *given: ObjectId | HttpRequest) -> HttpResponse:
        request = given[-1]
        assert isinstance(request, HttpRequest)
        await discard(request.body)
        if self.rng.random() < 0.2:
            raise ObjectError("no", retryable=True)
        return HttpResponse(200, [("location", "/")], self.rng.choice((None, b"", b"body")))

    def message(self, socket: HibernatingSocket, data: str | bytes) -> None:
        """Take no notice."""

    def closed(self, socket: HibernatingSocket, *rest: object) -> None:
        """Take no notice."""

    def failed(self, socket: HibernatingSocket, error: Exception) -> None:
        """Take no notice."""


class Guest:
    """Calls members of what it has with what it has."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.problems: list[BaseException] = []
        scheduler = Scheduler(set)
        scheduler.report = self.note  # type: ignore[method-assign]
        self.realm = make_world(scheduler.realm, names=WORKER_GLOBALS)
        self.values: list[Any] = self._things(Outside(self.realm, rng))

    def _things(self, outside: Any) -> list[Any]:
        bindings = {
            "kv": Kv(KvStore(None, lambda: NOW)), "objects": Objects(outside),
            "service": Service(outside), "text": Variable("x"), "json": Variable({"a": [1]}),
            "refused": Refused(self.rng.choice(sorted(BINDING_CLASSES))),
        }  # fmt: skip
        env = make_env(self.realm, bindings)  # type: ignore[arg-type]
        state = make_state(self.realm, outside)
        names = self.realm.global_object
        return [
            env, state, state.storage, state.storage.sql, *env.values(),
            make_context(self.realm, outside), make_scheduled_event(self.realm, "", 0, outside),
            request_for(self.realm, HttpRequest("POST", "http://w/", [("a", "b")], b"x")),
            *(names[name] for name in GLOBALS), js.construct(names["WebSocketPair"]),
            js.construct(names["Response"], "text"), js.construct(names["Headers"]),
            js.construct(names["FixedLengthStream"], 4), *2 * (state, state.storage),
            state.storage.sql, *js.construct(names["WebSocketPair"])._js_own.values(),
        ]  # fmt: skip

    def note(self, error: BaseException) -> None:
        if not isinstance(error, js.Error | ThrownValue):
            self.problems.append(error)

    def argument(self) -> Any:
        rng = self.rng
        kind = rng.randrange(10)
        if kind < 3:
            return rng.choice(self.values)
        if kind == 3:
            return rng.choice(TEXTS)
        if kind == 9:
            return rng.choice(("http://w/", "a", "SELECT * FROM t"))
        if kind == 4:
            return rng.choice(NUMBERS)
        if kind == 5:
            names = rng.sample(NAMES, rng.randrange(4))
            return js.Object({name: self.argument() for name in names})
        if kind == 6:
            return js.Array(self.argument() for _ in range(rng.randrange(3)))
        if kind == 7:
            return self.callback()
        return rng.choice((None, js.null, True, js.BigInt(5), js.Uint8Array([1, 2]), js.Date(0),
                           web.buffer_of(b"abc"), js.Symbol("s")))  # fmt: skip

    def callback(self) -> Callable[..., Any]:
        result, fails = self.rng.choice(self.values), self.rng.random() < 0.3

        def run(*arguments: object) -> object:
            if fails:
                raise js.Error("of the guest")
            return result

        return run

    def step(self) -> None:
        target = self.rng.choice(self.values)
        arguments = [self.argument() for _ in range(self.rng.randrange(4))]
        try:
            self.keep(self.do(target, arguments))
        except (js.Error, ThrownValue):
            pass
        except RecursionError:
            pass  # cyclic values; a RangeError at the border of a real guest

    def do(self, target: Any, arguments: list[Any]) -> object:
        if js.is_function(target):
            make = js.construct if isinstance(target, js.Constructor) else js.call
            return make(target, *arguments)
        if not js.is_reference(target):
            return js.to_string(target)
        spec = js.spec_of(target)
        inherited = self.rng.random() < 0.1
        names = spec.members if inherited or spec is js.OBJECT else spec.own_members
        key = self.rng.choice([*names, *map(str, range(2))])
        if key == "constructor":
            return self.realm.get(target, key)
        found = self.realm.get(target, key)
        if js.is_function(found):
            return js.invoke(found, target, *arguments)
        if self.rng.random() < 0.2:
            self.realm.set(target, key, self.argument())
        return found

    def keep(self, value: object) -> None:
        if isinstance(value, js.Promise):
            value.then(self.keep, self.rejected)
        elif isinstance(value, web.Response) and self.rng.random() < 0.2:
            response_of(value)
        if js.is_reference(value) and len(self.values) < MOST:
            self.values.append(value)

    def rejected(self, reason: object) -> None:
        if isinstance(reason, BaseException):
            self.note(reason)


async def play(seed: int) -> None:
    guest = Guest(random.Random(seed))
    for _ in range(STEPS):
        guest.step()
        await asyncio.sleep(0)
    for _ in range(30):
        await asyncio.sleep(0)
    assert guest.problems == [], guest.problems


def check(seed: int) -> None:
    asyncio.run(asyncio.wait_for(play(seed), 20))


if __name__ == "__main__":
    main(check)
