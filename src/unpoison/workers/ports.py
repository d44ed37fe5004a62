"""What a guest's objects need of the outside; the workers themselves implement it.

A guest is one realm: an instance of a Worker, of a Durable Object, or (isolation "shared") of both.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from unpoison import js
from unpoison.workers.hibernation import Hibernation
from unpoison.workers.ids import IdSpace, ObjectId
from unpoison.workers.messages import HttpRequest, HttpResponse
from unpoison.workers.sql import SqlStorage
from unpoison.workers.storage import ObjectStorage

Release = Callable[[], object]
"""Lets the next event in; the second time nothing."""


class Gates(Protocol):
    """The gates of a guest: what may come in now, and what may go out.

    In a realm that several objects share, they are the gates of all of them.
    """

    async def before_effect(self) -> None:
        """Return once all writes so far are durable. Raises when they never will be."""

    def after_writes(self, effect: Callable[[], object]) -> None:
        """Run an effect that cannot wait by itself: now, or once all writes so far are durable.

        Effects run in the order of the calls; none runs when the writes fail.
        """

    def admission(self) -> Callable[[], Awaitable[Release]]:
        """Note an operation that begins now; who comes to tell the guest its end calls and awaits
        the result, and releases it when the guest has run.

        An operation that begins in a critical section ends in it. Raises what broke the gate.
        """

    def deliver(self, event: Callable[[], object]) -> None:
        """Run an event of the guest (a WebSocket message) as a macrotask when it may come in."""


class EventPort(Protocol):
    """The event that a guest handles: a request, a scheduled time, a call of an object."""

    def wait_until(self, promise: js.Promise) -> None:
        """Keep the event alive until a promise of the guest is settled."""

    def pass_through_on_exception(self) -> None:
        """Note that a failure should be answered by the origin server."""


class ServicePort(Protocol):
    """Another worker of the same configuration."""

    def fetch(self, request: HttpRequest) -> Awaitable[HttpResponse]:
        """Give the answer to a request. Raises ObjectError for a failure of the service."""


class NamespacePort(Protocol):
    """The Durable Objects of one class."""

    ids: IdSpace

    def fetch(self, id: ObjectId, request: HttpRequest) -> Awaitable[HttpResponse]:  # noqa: A002
        """Give the answer of an object. Raises ObjectError for a failure of it.

        Calls for one object reach it in the order of the calls.
        """


class ActorPort(Protocol):
    """One Durable Object, as the guest in it sees it.

    `sql` is None for a class that is not backed by SQLite. `keeps_alarm` says that deleteAll()
    leaves the alarm alone (compatibility dates before 2026-02-24).
    """

    id: ObjectId
    hibernation: Hibernation
    keeps_alarm: bool

    @property
    def storage(self) -> ObjectStorage:
        """The stored data."""

    @property
    def sql(self) -> SqlStorage | None:
        """SQL on it."""

    def now(self) -> float:
        """Give the time of the object's clock in milliseconds since 1970."""

    def wait_until(self, promise: js.Promise) -> None:
        """Keep the object from eviction until a promise of it is settled."""

    def block_concurrency_while(self, run: Callable[[], js.Promise], *, resets: bool) -> js.Promise:
        """Run something of the guest as a critical section; give a promise of its end.

        `run` is called when the section begins. A rejection resets the object when `resets`;
        otherwise it only rejects the promise given back.
        """

    async def sync(self) -> None:
        """Return once all writes so far are durable."""
