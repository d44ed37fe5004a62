"""The context of an event, and what a scheduled event is. Workers docs, "Context (ctx)"."""

from __future__ import annotations

from typing import Final

from unpoison import js, web
from unpoison.workers.ports import EventPort
from unpoison.workers.transfer import value_of_json


class ExecutionContext(js.JsObject):
    """What a handler is given beside the event and `env`; `props` is an object."""

    __slots__ = ("_event", "_realm", "props")

    def __init__(self, realm: js.Realm, event: EventPort, props: object | None) -> None:
        super().__init__()
        self._realm = realm
        self._event = event
        self.props = js.Object() if props is None else value_of_json(props)

    def wait_until(self, promise: object) -> None:
        """Keep the event alive until a promise is settled; another value is settled already."""
        self._event.wait_until(js.resolve(self._realm.promises, promise))

    def pass_through_on_exception(self) -> None:
        """Have a failure answered by the origin server."""
        self._event.pass_through_on_exception()


class ScheduledController(js.JsObject):
    """The time that a cron trigger fired for: `scheduled_time` is in milliseconds since 1970."""

    __slots__ = ("_event", "_realm", "cron", "scheduled_time", "type")

    def __init__(self, realm: js.Realm, cron: str, scheduled_time: float, event: EventPort) -> None:
        super().__init__()
        self._realm = realm
        self._event = event
        self.type = "scheduled"
        self.cron = cron
        self.scheduled_time = js.number_to_python(float(scheduled_time))

    def wait_until(self, promise: object) -> None:
        """See ExecutionContext."""
        self._event.wait_until(js.resolve(self._realm.promises, promise))

    def no_retry(self) -> None:
        """Say that a failure is not to be tried again; a cron trigger never is here."""


EXECUTION_CONTEXT: Final = web.interface(
    ExecutionContext,
    operations=("passThroughOnException", "waitUntil"),
    attributes=("props",),
)
SCHEDULED_CONTROLLER: Final = web.interface(
    ScheduledController,
    operations=("noRetry", "waitUntil"),
    attributes=("cron", "scheduledTime", "type"),
)


def make_context(
    realm: js.Realm, event: EventPort, props: object | None = None
) -> ExecutionContext:
    """Make the third argument of a handler; `props` is a JSON object."""
    return ExecutionContext(realm, event, props)


def make_scheduled_event(
    realm: js.Realm, cron: str, scheduled_time: float, event: EventPort
) -> ScheduledController:
    """Make the first argument of `scheduled`; the time is in milliseconds since 1970."""
    return ScheduledController(realm, cron, scheduled_time, event)
