"""Ids of Durable Objects: 32 bytes, of which the second half proves the namespace.

The first 16 bytes (the base) come from a name or are random; the other 16 are the start of
HMAC-SHA256(key, base), where key = SHA-256(unique key of the namespace). So an id that was made
in another namespace is refused, and equal names give equal ids in workerd and here.
Source: workerd, server/actor-id-impl.c++.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Final

from unpoison import js

BASE_LENGTH: Final = 16
ID_LENGTH: Final = 32
KEPT: Final = 1024
"""Digests that are kept."""
_HEX: Final = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class ObjectId:
    """An id: its 32 bytes, and the name that it was made from, if any. The name is no part of it:
    ids are equal when their bytes are."""

    raw: bytes
    name: str | None = field(default=None, compare=False)

    def __str__(self) -> str:
        """Give the 64 hex digits; file names and the guest's `toString()` are these."""
        return self.raw.hex()


class IdSpace:
    """The ids of one namespace; its unique key is `<worker name>-<class name>` by default."""

    def __init__(self, unique_key: str) -> None:
        self.unique_key = unique_key
        key = hashlib.sha256(unique_key.encode()).digest()
        # The same few ids are asked for over and over.
        self._hmac = lru_cache(maxsize=KEPT)(partial(hmac.digest, key, digest="sha256"))

    def from_name(self, name: str) -> ObjectId:
        """Give the id of a name: always the same one. Lone surrogates count as U+FFFD."""
        text = js.well_formed(name)
        return ObjectId(self._complete(self._hmac(text.encode())[:BASE_LENGTH]), text)

    def new_unique(self) -> ObjectId:
        """Give an id that nobody has; 128 random bits."""
        return ObjectId(self._complete(secrets.token_bytes(BASE_LENGTH)))

    def from_string(self, text: str) -> ObjectId:
        """Give the id that `str` gave. Raises js.TypeError when it is none of this namespace."""
        if _HEX.fullmatch(text) is None:
            raise js.TypeError("Invalid Durable Object ID: must be 64 hex digits")
        raw = bytes.fromhex(text)
        if not hmac.compare_digest(self._complete(raw[:BASE_LENGTH]), raw):
            raise js.TypeError("Durable Object ID is not valid for this namespace.")
        return ObjectId(raw)

    def _complete(self, base: bytes) -> bytes:
        return base + self._hmac(base)[: ID_LENGTH - BASE_LENGTH]
