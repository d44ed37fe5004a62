"""Bytes -> artefact: wasm -> eh -> bindgen -> compiled; once per content, then from the cache."""

from __future__ import annotations

import pickle

from unpoison.artefact.cache import Cache, Kept, open_cache
from unpoison.artefact.fingerprint import artefact_key
from unpoison.artefact.records import Analysis, Artefact, Bindings
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
        code = artefact.guest.serialize(), artefact.entries.serialize()
        store.write(key, pickle.dumps(artefact.bindings, pickle.HIGHEST_PROTOCOL), code)
    return artefact


def _load(kept: Kept | None, engine: Engine) -> Artefact | None:
    if kept is None:
        return None
    # The cache checked that these are the bytes that this user's unpoison wrote; the machine
    # code beside them is trusted just the same.
    bindings = pickle.loads(kept.payload)
    assert isinstance(bindings, Bindings)
    try:
        guest, entries = map(engine.load, kept.files)
    except UnsupportedModule:
        # A home folder may be shared with a machine whose processor has other features; and
        # another process may have removed the file.
        return None
    return Artefact(bindings, guest, entries)
