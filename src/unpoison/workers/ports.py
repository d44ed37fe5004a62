"""What a guest's objects need of the outside; the workers themselves implement it.

A guest is one realm: an instance of a Worker, of a Durable Object, or (isolation "shared") of both.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from unpoison import js
from unpoison.workers.messages import HttpRequest, HttpResponse

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
