"""What a module finds without its embedder: JavaScript's standard library and the web's values."""

from __future__ import annotations

from unpoison import js
from unpoison.web import WEB_GLOBALS


def make_world(promises: js.PromiseRealm) -> js.Realm:
    """Make the realm of one instance, with what its global object has here."""
    return js.make_realm(promises, WEB_GLOBALS)
