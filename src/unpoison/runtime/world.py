"""The globals that a module finds without its embedder: JavaScript's own, and a console."""

from __future__ import annotations

import logging

from unpoison import js

log = logging.getLogger("unpoison.console")


class Console:
    """`console`: each method logs to the logger `unpoison.console` at its own level."""

    def debug(self, *values: object) -> None:
        """Log at DEBUG."""
        _log(logging.DEBUG, values)

    def log(self, *values: object) -> None:
        """Log at INFO."""
        _log(logging.INFO, values)

    def info(self, *values: object) -> None:
        """Log at INFO."""
        _log(logging.INFO, values)

    def warn(self, *values: object) -> None:
        """Log at WARNING."""
        _log(logging.WARNING, values)

    def error(self, *values: object) -> None:
        """Log at ERROR."""
        _log(logging.ERROR, values)

    def trace(self, *values: object) -> None:
        """Log at DEBUG."""
        _log(logging.DEBUG, values)


def make_world(promises: js.PromiseRealm) -> js.Realm:
    """Make the realm of one instance, with what its global object has here."""
    realm = js.make_realm(promises)
    realm.global_object["console"] = Console()
    return realm


def _log(level: int, values: tuple[object, ...]) -> None:
    texts = (value if isinstance(value, str) else js.debug_string(value) for value in values)
    log.log(level, "%s", " ".join(texts))
