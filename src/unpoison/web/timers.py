"""setTimeout and its kin. HTML 8.7."""

from __future__ import annotations

import itertools
import weakref
from functools import partial
from typing import Any, Final

from unpoison import js
from unpoison.web.host_access import host_of, report
from unpoison.web.idl import integer

SHORTEST_INTERVAL: Final = 0.001
"""Seconds; an interval of none would never let anything else run. Node has the same."""


class Timer:
    """A timeout, or an interval (`repeats`), that is set."""

    def __init__(
        self, timers: Timers, function: Any, delay: float, arguments: tuple[object, ...]
    ) -> None:
        self.timers, self.function, self.delay, self.arguments = timers, function, delay, arguments
        self.repeats = False
        self.handle: js.Handle | None = None

    def start(self) -> None:
        """Wait for its time."""
        self.handle = self.timers.host.call_later(self.delay, self.run)

    def run(self) -> None:
        """Call the function; an interval waits again, whatever the function did."""
        if self.repeats:
            self.start()
        else:
            self.handle = None
        try:
            js.invoke(self.function, self.timers.realm.global_object, *self.arguments)
        except Exception as error:  # noqa: BLE001 - a timer's caller is gone
            report(self.timers.realm, error)

    def stop(self) -> None:
        """Never call the function again."""
        if self.handle is not None:
            self.handle.cancel()
        self.handle = None


class Timers:
    """The timers of one realm by their ids.

    The host holds a timer that waits, so the timers of a generation that is gone vanish here too.
    """

    def __init__(self, realm: js.Realm) -> None:
        self.realm = realm
        self.host = host_of(realm)
        self._ids = itertools.count(1)
        self._active: dict[int, weakref.ref[Timer]] = {}

    def set(
        self, function: object, timeout: object, arguments: tuple[object, ...], *, repeats: bool
    ) -> int:
        """Start a timer; give its id, a positive integer. Raises js.TypeError for no function."""
        if not js.is_function(function):
            raise js.TypeError('The "callback" argument must be of type function')
        if not (type(timeout) is int and 0 <= timeout < 1 << 31):  # as it is nearly always
            timeout = max(0, integer(timeout, 32, signed=True))
        delay = timeout / 1000
        timer = Timer(self, function, max(delay, SHORTEST_INTERVAL * repeats), arguments)
        timer.repeats = repeats
        number = next(self._ids)
        # As a WeakValueDictionary, without its Python code.
        self._active[number] = weakref.ref(timer, partial(self._active.pop, number))
        timer.start()
        return number

    def clear(self, number: object) -> None:
        """Stop a timer; nothing for what is no id of one."""
        found = self._active.pop(integer(number, 32, signed=True), None)
        timer = None if found is None else found()
        if timer is not None:
            timer.stop()


def _set(realm: js.Realm, function: object, timeout: object = None, *arguments: object) -> int:
    return realm.part(Timers).set(function, timeout, arguments, repeats=False)


def _repeat(realm: js.Realm, function: object, timeout: object = None, *arguments: object) -> int:
    return realm.part(Timers).set(function, timeout, arguments, repeats=True)


def _clear(realm: js.Realm, number: object) -> None:
    realm.part(Timers).clear(number)


TIMER_FUNCTIONS: Final = {
    "clearInterval": _clear,
    "clearTimeout": _clear,
    "setInterval": _repeat,
    "setTimeout": _set,
}
