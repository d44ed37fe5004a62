"""Bytes -> artefact: wasm -> eh -> bindgen -> compiled; once per content, then from the cache."""

from __future__ import annotations

import pickle

from unpoison.artefact.cache import Cache, open_cache
from unpoison.artefact.fingerprint import artefact_key
from unpoison.artefact.records import Analysis, Artefact
from unpoison.engine import Engine
from unpoison.errors import UnsupportedModule


def analyse(wasm: bytes) -> Analysis:
    """Give the interface and the facts of a module. Raises as `prepare` does."""
    from unpoison.artefact import making  # what is in the cache needs none of the toolchain

    return making.analyse(wasm)


def prepare(wasm: bytes, engine: Engine, cache: Cache | None = None) -> Artefact:
    """Give the artefact of a module, from the cache when it was made before.

    `cache` is the user's own unless given. Raises MalformedModule for bytes that are no module,
    UnsupportedModule for a module that cannot be loaded, with which one to give instead.
    """
    store = open_cache() if cache is None else cache
    key = artefact_key(wasm, engine.fingerprint())
    artefact = _load(store.read(key), engine)
    if artefact is None:
        from unpoison.artefact import making  # as above

        artefact = making.make(wasm, engine)
        store.write(key, pickle.dumps(artefact, pickle.HIGHEST_PROTOCOL))
    return artefact


def _load(payload: bytes | None, engine: Engine) -> Artefact | None:
    if payload is None:
        return None
    # The cache checked that these are the bytes that this user's unpoison wrote; the machine
    # code in them is trusted just the same.
    artefact = pickle.loads(payload)
    assert isinstance(artefact, Artefact)
    try:
        # The same for both, and this one is small: a home folder may be shared with a
        # machine whose processor has other features.
        engine.load(artefact.entries)
    except UnsupportedModule:
        return None
    return artefact
