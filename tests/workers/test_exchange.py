"""Requests of a guest to other workers, and to the network."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.workers.guests import Chunks, lock, new, obj, run, settle
from unpoison import js, web
from unpoison.workers.environment import Service, make_env
from unpoison.workers.failures import ObjectError
from unpoison.workers.messages import HttpRequest, HttpResponse, read_all
from unpoison.workers.ports import ServicePort


class Recorder:
    """A service that keeps what it is asked and gives what it was told."""

    def __init__(self, answer: HttpResponse | Exception | None = None) -> None:
        self.asked: list[HttpRequest] = []
        self._answer = answer

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request)
        if isinstance(self._answer, Exception):
            raise self._answer
        if self._answer is None:
            await asyncio.Event().wait()
        assert self._answer is not None
        return self._answer


def fetcher(realm: js.Realm, service: ServicePort) -> object:
    return make_env(realm, {"S": Service(service)})["S"]


def test_a_service_gets_the_request_and_the_guest_the_answer() -> None:
    async def main(realm: js.Realm) -> None:
        service = Recorder(HttpResponse(418, [("a", "1")], Chunks(b"te", b"xt"), "Teapot"))
        init = obj(method="POST", body="x", headers=obj(b="2"))
        response = await realm.call_method(fetcher(realm, service), "fetch", "http://w/", init)
        assert (response.status, response.status_text) == (418, "Teapot")
        assert response.headers.get("a") == "1"
        assert await response.text() == "text"
        assert service.asked[0].method == "POST"
        assert ("b", "2") in service.asked[0].headers
        assert await read_all(service.asked[0].body, 9) == b"x"

    run(main)


class Redirecting:
    """A service that sends who asks on, a number of times."""

    def __init__(self, count: int, status: int = 302) -> None:
        self.asked: list[HttpRequest] = []
        self._count, self._status = count, status

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request)
        if len(self.asked) > self._count:
            return HttpResponse(200, body=request.url.encode())
        return HttpResponse(self._status, [("location", f"/{len(self.asked)}")])


@pytest.mark.parametrize(
    ("status", "method", "body"), [(302, "GET", None), (307, "POST", b"x"), (303, "GET", None)]
)
def test_a_redirect_is_followed_to_the_same_service(
    status: int, method: str, body: bytes | None
) -> None:
    async def main(realm: js.Realm) -> None:
        service = Redirecting(2, status)
        init = obj(method="POST", body="x")
        env = make_env(realm, {"S": Service(service)})
        response = await realm.call_method(env["S"], "fetch", "http://w/a", init)
        assert await response.text() == "http://w/2"
        assert (response.url, response.redirected) == ("http://w/2", True)
        assert [(each.method, each.body) for each in service.asked[1:]] == [(method, body)] * 2

    run(main)


@pytest.mark.parametrize(
    ("count", "mode", "problem"), [(1, "error", "unexpected redirect"), (30, "follow", "more than")]
)
def test_redirects_that_must_not_be_followed(count: int, mode: str, problem: str) -> None:
    async def main(realm: js.Realm) -> None:
        env = make_env(realm, {"S": Service(Redirecting(count))})
        with pytest.raises(js.TypeError, match=problem):
            await realm.call_method(env["S"], "fetch", "http://w/", obj(redirect=mode))

    run(main)


def test_a_redirect_is_given_to_who_asks_for_it() -> None:
    async def main(realm: js.Realm) -> None:
        env = make_env(realm, {"S": Service(Redirecting(1))})
        response = await realm.call_method(env["S"], "fetch", "http://w/", obj(redirect="manual"))
        assert (response.status, response.headers.get("location")) == (302, "/1")

    run(main)


def test_a_service_that_fails_rejects() -> None:
    async def main(realm: js.Realm) -> None:
        service = Recorder(ObjectError("PanicError: oh", remote=True))
        with pytest.raises(js.Error, match="PanicError: oh") as caught:
            await realm.call_method(fetcher(realm, service), "fetch", "http://w/")
        assert realm.get(caught.value, "remote") is True

    run(main)


@pytest.mark.parametrize("url", ["relative", "http://user:secret@w/"])
def test_a_bad_request_rejects_and_is_not_sent(url: str) -> None:
    async def main(realm: js.Realm) -> None:
        service = Recorder(HttpResponse(200))
        with pytest.raises(js.TypeError):
            await realm.call_method(fetcher(realm, service), "fetch", url)
        assert service.asked == []

    run(main)


@pytest.mark.parametrize("early", [True, False])
def test_a_signal_ends_the_request(early: bool) -> None:
    async def main(realm: js.Realm) -> None:
        service = Recorder()
        controller = new(realm, "AbortController")
        if early:
            controller.abort(js.Error("stop"))
        init = obj(signal=controller.signal)
        promise = realm.call_method(fetcher(realm, service), "fetch", "http://w/", init)
        await settle()
        controller.abort(js.Error("stop"))
        with pytest.raises(js.Error, match="stop"):
            await promise
        assert len(service.asked) == (0 if early else 1)

    run(main)


def test_fetch_to_the_network_is_off_unless_allowed() -> None:
    async def main(realm: js.Realm) -> None:
        with pytest.raises(js.TypeError, match="fetch is off"):
            await js.call(realm.global_object["fetch"], "http://w/")
        response = await js.call(realm.global_object["fetch"], "data:,hi")
        assert js.instance_of(response, realm.global_object["Response"])
        assert await response.text() == "hi"

    run(main)


def test_fetch_to_the_network_gives_a_response_of_the_guest() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(request.realm, web.Body(request.realm, b"net"), status=203)

    async def main(realm: js.Realm) -> None:
        realm.part(web.Network).fetcher = answer
        response = await js.call(realm.global_object["fetch"], "http://w/")
        assert js.instance_of(response, realm.global_object["Response"])
        assert (response.status, await response.text()) == (203, "net")

    run(main)


def test_a_request_to_the_network_waits_for_durable_writes() -> None:
    asked = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.url)
        return web.Response(request.realm)

    async def main(realm: js.Realm) -> None:
        realm.part(web.Network).fetcher = answer
        locks = lock(realm)
        locks.open.set()
        promise = js.call(realm.global_object["fetch"], "http://w/")
        await settle()
        assert asked == []
        locks.durable.set()
        await promise
        assert asked == ["http://w/"]

    run(main)


async def _never(request: web.Request) -> web.Response:
    raise AssertionError(request.url)


def test_what_answers_fetch_by_itself_opens_no_web_sockets() -> None:
    async def main(realm: js.Realm) -> None:
        realm.part(web.Network).fetcher = _never
        init = obj(headers=obj(Upgrade="websocket"))
        with pytest.raises(js.TypeError, match="opens no WebSockets"):
            await js.call(realm.global_object["fetch"], "http://w/", init)

    run(main)


class Recursive:
    """A service that asks itself before it answers; `fan` times, one after another."""

    def __init__(self, realm: js.Realm, depth: int, fan: int = 1) -> None:
        self.deepest = 0
        self._realm, self._depth, self._fan = realm, depth, fan

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        depth = int(request.url.rsplit("/", 1)[1])
        self.deepest = max(self.deepest, depth)
        if depth < self._depth:
            for _ in range(self._fan):
                url = f"http://w/{depth + 1}"
                own: Any = fetcher(self._realm, self)
                await self._realm.call_method(own, "fetch", url, None)
        return HttpResponse(200)


def test_workers_that_call_each_other_without_end_are_stopped() -> None:
    async def main(realm: js.Realm) -> None:
        service = Recursive(realm, depth=1_000)
        with pytest.raises(js.Error, match="Subrequest depth limit exceeded"):
            await realm.call_method(fetcher(realm, service), "fetch", "http://w/1", None)
        assert service.deepest == 16

    run(main)


def test_how_many_calls_follow_each_other_has_nothing_to_do_with_depth() -> None:
    async def main(realm: js.Realm) -> None:
        service = Recursive(realm, depth=3, fan=5)
        for _ in range(20):
            await realm.call_method(fetcher(realm, service), "fetch", "http://w/1", None)
        assert service.deepest == 3

    run(main)
