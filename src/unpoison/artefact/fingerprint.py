"""What else an artefact depends on besides the content: everything that makes or reads it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

FORMAT = 1
ROOMS = ("symbols", "wasm", "eh", "bindgen", "engine", "artefact")
PACKAGE = Path(__file__).resolve().parent.parent


def artefact_key(wasm: bytes, engine_fingerprint: str) -> bytes:
    """Give the cache key of a module: 32 bytes.

    It changes with the content, the engine and its options, the Python version (the bindings
    are kept as byte code) and the files of unpoison that make artefacts.
    """
    parts = (str(FORMAT), engine_fingerprint, sys.implementation.cache_tag, *own_files(PACKAGE))
    return sha256("\0".join((sha256(wasm).hexdigest(), *parts)).encode()).digest()


def own_files(package: Path) -> Iterator[str]:
    """Give a line per source file of the rooms that make artefacts: name, size and time.

    The version alone would not do: while unpoison is developed it stays, and the code changes.
    Times are whole seconds: a copy made by tar keeps no more, and has to find what was cached.
    """
    for room in ROOMS:
        with os.scandir(package / room) as found:
            files = sorted((f for f in found if f.name.endswith(".py")), key=lambda f: f.name)
        for file in files:
            status = file.stat()
            yield f"{room}/{file.name} {status.st_size} {int(status.st_mtime)}"
