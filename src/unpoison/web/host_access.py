"""The host of a realm: time, macrotasks and awaitables."""

from __future__ import annotations

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
