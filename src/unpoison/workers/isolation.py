"""Which guest serves what: one for each request and each object, or one for all of them.

`exclusive`: a guest has one request at a time, an object has a guest of its own, so that whatever
ends a guest ends one request. `shared`: one guest for everything, as on the platform.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from unpoison.workers.failures import CLOSING, OverloadedError
from unpoison.workers.guest import Guest
from unpoison.workers.life import Life
from unpoison.workers.nursery import Nursery
from unpoison.workers.outside import OpenGates
from unpoison.workers.pool import Pool
from unpoison.workers.shared_gates import SharedGates

log = logging.getLogger("unpoison.workers")

MAX_INSTANCES = 32
"""Guests for requests, in exclusive mode. One of the shop (1.6 MB of code) takes about 0.25 MiB
before its first request, and then what that request touched of its memory."""

MAX_OBJECTS = 1_000
"""Guests for Durable Objects, in exclusive mode; beyond it idle objects are evicted early."""

PATIENCE_SECONDS = 10.0
"""How long a request waits for a guest before it is answered 503."""

MAX_APART = 1_000
"""Guests that only stream a body or talk to a WebSocket, beside those for requests, in exclusive
mode: they make room when a request would have to wait, since they may last for hours."""

IDLE_SECONDS = 60.0
"""How long an unused guest is kept."""


@dataclass(frozen=True, slots=True)
class Census:
    """How many guests there are, how many serve nothing, how many borrowers wait, and how many of
    the guests are set apart."""

    live: int
    idle: int
    waiting: int
    apart: int = 0


class Isolation(Protocol):
    """Lends guests. `is_shared` tells whether one guest may have several borrowers."""

    is_shared: bool

    @property
    def wants_room(self) -> bool:
        """Whether an object waits until another one gives its guest back."""

    def warm(self) -> None:
        """Make a first guest. Raises LinkError and UnsupportedModule; a start that fails is only
        noted: the next request tries again."""

    async def for_request(self) -> Guest:
        """Lend a guest for an event of the worker. Raises OverloadedError."""

    async def for_object(self) -> Guest:
        """Lend a guest for the life of an object. Raises OverloadedError."""

    def release(self, guest: Guest) -> None:
        """Take back the guest of a request."""

    @property
    def is_crowded(self) -> bool:
        """Whether a request waits for a guest."""

    def set_apart(self, guest: Guest) -> bool:
        """Let the guest of a request that is answered, and goes on, take no place of others; False
        when there are too many of them."""

    def release_object(self, guest: Guest) -> None:
        """Take back the guest of an object."""

    def attach(self, guest: Guest, life: Life) -> None:
        """Have the gates of an object be those of its guest."""

    def detach(self, guest: Guest, life: Life) -> None:
        """Undo it."""

    def died(self, guest: Guest) -> None:
        """Hear that a guest died, within the call that died."""

    def census(self) -> Census:
        """Count the guests and who waits for one."""

    def close(self) -> None:
        """Close all guests that are not lent, and the others as they come back."""


class Exclusive:
    """A guest for each request, one for each object."""

    is_shared = False

    def __init__(
        self,
        nursery: Nursery,
        *,
        most: int = MAX_INSTANCES,
        objects: int = MAX_OBJECTS,
        make_room: Callable[[], object] = lambda: None,
        make_place: Callable[[], object] = lambda: None,
    ) -> None:
        self._nursery = nursery
        self._apart: set[Guest] = set()
        self.requests = self._pool(nursery.make, most, make_room=make_place)
        self.objects = self._pool(nursery.make_for_object, objects, least=0, make_room=make_room)

    @property
    def wants_room(self) -> bool:
        """See Isolation."""
        return self.objects.waiting > 0

    def warm(self) -> None:
        """See Isolation."""
        with suppress(OverloadedError):
            self.requests.add()

    async def for_request(self) -> Guest:
        """See Isolation."""
        self._nursery.check()
        return await self.requests.borrow()

    async def for_object(self) -> Guest:
        """See Isolation."""
        self._nursery.check()
        return await self.objects.borrow()

    def release(self, guest: Guest) -> None:
        """See Isolation. A guest that died starts again at once, before anybody waits for it."""
        if guest in self._apart:
            self._apart.discard(guest)
            if not self.requests.take_in():
                guest.close()
                return
        is_fit = guest.is_live and not guest.is_bloated
        if is_fit or self._nursery.renew(guest):
            guest.quiet()
            self.requests.give_back(guest)
        else:
            self.requests.lose(guest)

    @property
    def is_crowded(self) -> bool:
        """See Isolation."""
        return self.requests.waiting > 0

    def set_apart(self, guest: Guest) -> bool:
        """See Isolation."""
        if len(self._apart) >= MAX_APART:
            return False
        self._apart.add(guest)
        self.requests.part_with()
        return True

    def release_object(self, guest: Guest) -> None:
        """See Isolation. The next object must find nothing of this one."""
        if self._nursery.renew(guest):
            self.objects.give_back(guest)
        else:
            self.objects.lose(guest)

    def census(self) -> Census:
        """See Isolation."""
        pools = (self.requests, self.objects)
        return Census(
            sum(pool.live for pool in pools) + len(self._apart),
            sum(pool.idle for pool in pools),
            sum(pool.waiting for pool in pools),
            len(self._apart),
        )

    def close(self) -> None:
        """See Isolation."""
        self.requests.close()
        self.objects.close()

    def attach(self, guest: Guest, life: Life) -> None:
        """See Isolation. What the guest awaits may be settled by a later event of the object."""
        guest.outside.gates = life
        guest.outside.settled = partial(guest.settled, clock=life.clock)

    def detach(self, guest: Guest, life: Life) -> None:
        """See Isolation."""
        guest.outside.gates = OpenGates(guest.realm)
        guest.outside.settled = guest.settled

    def died(self, guest: Guest) -> None:
        """See Isolation: who has the guest starts it again."""

    def _pool(
        self,
        make: Callable[[], Guest],
        most: int,
        least: int = 1,
        make_room: Callable[[], object] = lambda: None,
    ) -> Pool[Guest]:
        return Pool(
            make,
            Guest.close,
            self._nursery.program.clock,
            most=most,
            patience=PATIENCE_SECONDS,
            idle=IDLE_SECONDS,
            least=least,
            make_room=make_room,
        )


class Shared:
    """One guest for all."""

    is_shared = True
    wants_room = is_crowded = False

    def __init__(self, nursery: Nursery) -> None:
        self._nursery = nursery
        self._guest: Guest | None = None
        self._lent = 0
        self._closed = False

    def warm(self) -> None:
        """See Isolation."""
        with suppress(OverloadedError):
            self._guest = self._nursery.make()

    async def for_request(self) -> Guest:
        """See Isolation."""
        return self._lend()

    async def for_object(self) -> Guest:
        """See Isolation."""
        return self._lend()

    def release(self, guest: Guest) -> None:
        """See Isolation."""
        self._lent -= 1
        self._close_when_done()

    def set_apart(self, guest: Guest) -> bool:
        """See Isolation: nobody waits for the one guest."""
        return False

    def release_object(self, guest: Guest) -> None:
        """See Isolation."""
        self.release(guest)

    def census(self) -> Census:
        """See Isolation."""
        live = int(self._guest is not None)
        return Census(live, live if not self._lent else 0, 0)

    def close(self) -> None:
        """See Isolation."""
        self._closed = True
        self._close_when_done()

    def attach(self, guest: Guest, life: Life) -> None:
        """See Isolation."""
        _gates_of(guest).lives.add(life)

    def detach(self, guest: Guest, life: Life) -> None:
        """See Isolation."""
        _gates_of(guest).lives.discard(life)

    def died(self, guest: Guest) -> None:
        """Start the guest again before any further event."""
        asyncio.get_running_loop().call_soon(self._renew, guest)

    def _lend(self) -> Guest:
        self._nursery.check()
        if self._closed:
            raise OverloadedError(CLOSING)
        guest = self._guest
        if guest is None or not (guest.is_live or self._nursery.renew(guest)):
            self._drop()
            guest = self._guest = self._nursery.make()
        self._lent += 1
        return guest

    def _renew(self, guest: Guest) -> None:
        if guest is self._guest and not guest.is_live and not self._nursery.renew(guest):
            self._drop()

    def _drop(self) -> None:
        guest, self._guest = self._guest, None
        if guest is not None:
            guest.close()

    def _close_when_done(self) -> None:
        if self._closed and not self._lent:
            self._drop()


def _gates_of(guest: Guest) -> SharedGates:
    gates = guest.outside.gates
    if not isinstance(gates, SharedGates):
        gates = guest.outside.gates = SharedGates(guest.realm)
    return gates
