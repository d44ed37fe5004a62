"""The global scope of a Worker, its environment and the contexts of events."""

from __future__ import annotations

from tests.workers.guests import run
from unpoison import js
from unpoison.workers.context import make_context, make_scheduled_event
from unpoison.workers.environment import Service, Variable, make_env
from unpoison.workers.messages import HttpRequest, HttpResponse
from unpoison.workers.scope import STATE_NAME, make_scope


class Event:
    """An event that remembers what it is told."""

    def __init__(self) -> None:
        self.kept: list[js.Promise] = []
        self.passes = False

    def wait_until(self, promise: js.Promise) -> None:
        self.kept.append(promise)

    def pass_through_on_exception(self) -> None:
        self.passes = True


class Echo:
    """A service that answers with what it was asked."""

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, body=f"{request.method} {request.url}".encode())


def test_each_scope_has_a_state_of_its_own() -> None:
    first, second = make_scope(), make_scope()
    first.state["instanceId"] = 7
    assert second.state == {"criticalError": False, "instanceId": 0}
    assert second.globals[STATE_NAME] is second.state


def test_self_is_the_global_object() -> None:
    async def main(realm: js.Realm) -> None:
        assert realm.global_object["self"] is realm.global_object

    run(main)


def test_variables_are_strings_or_objects() -> None:
    async def main(realm: js.Realm) -> None:
        env = make_env(realm, {"A": Variable("text"), "B": Variable({"n": [1]}), "C": Variable(2)})
        assert realm.get(env, "A") == "text"
        assert realm.get(realm.get(env, "B"), "n") == js.Array([1])
        assert realm.get(env, "C") == 2
        names = [realm.get(realm.get(env[key], "constructor"), "name") for key in "AB"]
        assert names == ["String", "Object"]

    run(main)


def test_a_service_binding_is_a_fetcher() -> None:
    async def main(realm: js.Realm) -> None:
        fetcher = make_env(realm, {"S": Service(Echo())})["S"]
        assert realm.get(realm.get(fetcher, "constructor"), "name") == "Fetcher"
        response = await realm.call_method(fetcher, "fetch", "http://w/a")
        assert await response.text() == "GET http://w/a"

    run(main)


def test_a_context_keeps_promises() -> None:
    async def main(realm: js.Realm) -> None:
        event = Event()
        context = make_context(realm, event, {"who": "me"})
        assert realm.get(realm.get(context, "props"), "who") == "me"
        assert realm.get(make_context(realm, event), "props") == {}
        promise = js.resolve(realm.promises, 1)
        realm.call_method(context, "waitUntil", promise)
        realm.call_method(context, "waitUntil", 2)
        realm.call_method(context, "passThroughOnException")
        assert event.kept[0] is promise
        assert await event.kept[1] == 2
        assert event.passes

    run(main)


def test_a_scheduled_event_has_its_time() -> None:
    async def main(realm: js.Realm) -> None:
        event = Event()
        scheduled = make_scheduled_event(realm, "* * * * *", 1_700_000_000_000.0, event)
        names = ("cron", "scheduledTime", "type")
        found = [realm.get(scheduled, name) for name in names]
        assert found == ["* * * * *", 1_700_000_000_000, "scheduled"]
        realm.call_method(scheduled, "noRetry")
        realm.call_method(scheduled, "waitUntil", 1)
        assert len(event.kept) == 1

    run(main)


def test_the_time_of_a_scheduled_event_may_be_any_number() -> None:
    async def main(realm: js.Realm) -> None:
        scheduled = make_scheduled_event(realm, "", 0, Event())
        assert realm.get(scheduled, "scheduledTime") == 0

    run(main)
