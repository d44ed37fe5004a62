"""Makes the guests of one worker, and starts them again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from functools import partial
from weakref import WeakSet

from unpoison.errors import AbortError, LinkError, PanicError, UnsupportedModule
from unpoison.workers.environment import Binding
from unpoison.workers.failures import OverloadedError, text_of
from unpoison.workers.guest import Guest
from unpoison.workers.observers import Incident, Observer
from unpoison.workers.program import ObjectRecovery, Program
from unpoison.workers.restarts import Restarts

log = logging.getLogger("unpoison.workers")


class Nursery:
    """Makes the guests of one worker and starts them again, with pauses when that goes wrong."""

    def __init__(
        self, name: str, program: Program, bindings: Mapping[str, Binding], observer: Observer
    ) -> None:
        self.name = name
        self.program = program
        self._bindings = bindings
        self.observer = observer
        self.restarts = Restarts()
        self.guests: WeakSet[Guest] = WeakSet()
        self.on_death: Callable[[Guest, AbortError], object] = lambda guest, error: None

    def make_for_object(self) -> Guest:
        """Make a guest for a Durable Object; see `make`."""
        return self.make(self.program.object_recovery)

    def make(self, recovery: ObjectRecovery = "reinit") -> Guest:
        """Make a guest. Raises OverloadedError during a pause and when it cannot be started,
        LinkError and UnsupportedModule when it never can."""
        self.check()
        try:
            guest = Guest(
                partial(self.program.instantiate, recovery=recovery),
                self._bindings,
                self.program.limits,
                self._died,
                self._strayed,
                rolls_back=recovery == "rollback",
            )
        except (LinkError, UnsupportedModule):
            raise  # no later start could succeed
        except Exception as error:
            raise self._failed(error) from error
        self.guests.add(guest)
        return guest

    def renew(self, guest: Guest) -> bool:
        """Start a guest afresh; False when that failed, and it is of no use any more."""
        begin = time.perf_counter()
        try:
            guest.renew()
        except Exception as error:  # noqa: BLE001 - whatever a start raises
            self._failed(error)
            return False
        self.observer.renewed(self.name, time.perf_counter() - begin)
        return True

    def note(self, error: BaseException | None) -> None:
        """Note how a request ended: None for well."""
        if error is None:
            self.restarts.succeeded()
        elif isinstance(error, AbortError):
            pause = self.restarts.aborted(self._now())
            if pause:
                log.error("%s: every request aborts; 503 for %g seconds", self.name, pause)

    def check(self) -> None:
        """Raise OverloadedError during a pause."""
        remaining = self.restarts.remaining(self._now())
        if remaining:
            raise OverloadedError(
                f"the worker {self.name} keeps dying; its next start is in {remaining:.1f} seconds"
            )

    def _failed(self, error: Exception) -> OverloadedError:
        pause = self.restarts.failed_to_start(self._now())
        self.observer.incident(Incident.START_FAILED, error, self.name)
        log.error("%s cannot be started, next try in %g seconds: %s", self.name, pause, error)
        return OverloadedError(f"the worker {self.name} cannot be started: {error}")

    def _died(self, guest: Guest, error: AbortError) -> None:
        kind = Incident.UNDONE if error.rolled_back else Incident.ABORT
        self.observer.incident(kind, error, self.name)
        self.on_death(guest, error)

    def _strayed(self, what: str, error: BaseException) -> None:
        if isinstance(error, AbortError):
            return  # told of when it died
        if isinstance(error, PanicError):
            self.observer.incident(Incident.PANIC, error, self.name)
        log.error("%s: %s: %s", self.name, what, text_of(error))

    def _now(self) -> float:
        return self.program.clock.monotonic()
