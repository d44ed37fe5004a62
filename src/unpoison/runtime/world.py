"""What a module finds without its embedder: JavaScript's standard library and the web's values."""

from __future__ import annotations

from collections.abc import Mapping

from unpoison import js
from unpoison.web import WEB_GLOBALS, Fetcher, Network


def make_world(
    promises: js.PromiseRealm,
    fetch: Fetcher | None = None,
    names: Mapping[str, object] | None = None,
) -> js.Realm:
    """Make the realm of one instance, with what its global object has here.

    `fetch` answers the guest's requests; without it they are refused. `names` are further rows,
    as `js.Realm` takes them; they come before the web platform's.
    """
    realm = js.make_realm(promises, {**WEB_GLOBALS, **(names or {})})
    realm.part(Network).fetcher = fetch
    return realm
