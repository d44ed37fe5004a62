"""The host of a realm: time, macrotasks and awaitables."""

from __future__ import annotations

import math
from typing import Final

from unpoison import js


def host_of(realm: js.Realm) -> js.Host:
    """Give the host of a realm. Raises js.Error "NotSupportedError" when it has none."""
    host = realm.promises.host
    if host is None:
        raise js.Error("this realm was made without a host", name="NotSupportedError")
    return host


def report(realm: js.Realm, error: BaseException) -> None:
    """Tell the host of an error that nobody can catch. HTML 8.1.4.6."""
    host_of(realm).report(error)


class Clock:
    """When a realm began: by the host's clock, and as a date. High Resolution Time 4."""

    RESOLUTION: Final = 0.005
    """Milliseconds: the finest step that a guest sees, as in an isolated browser."""

    def __init__(self, realm: js.Realm) -> None:
        self._host = host_of(realm)
        self._start = self._host.now()
        self.origin = self._host.wall_time() * 1000

    def milliseconds(self) -> float:
        """Give the milliseconds since the realm began."""
        passed = (self._host.now() - self._start) * 1000
        return math.floor(passed / self.RESOLUTION) * self.RESOLUTION


def milliseconds(realm: js.Realm) -> int | float:
    """Give the milliseconds since the realm began: `performance.now()`."""
    return js.number_to_python(realm.part(Clock).milliseconds())
