"""How much one object's key-value storage takes. Cloudflare docs, Durable Objects, limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from unpoison import js

READ_BYTES: Final = 128 << 20
"""What one call may give back: the memory of an isolate upstream. Ours, so that no guest makes
the host hold a whole database."""

ENTRY_BYTES: Final = 128
"""What an entry of such an answer takes beside the bytes of its key and its value."""


@dataclass(frozen=True, slots=True)
class StorageLimits:
    """Sizes in bytes (keys as UTF-8), and keys per call; None is no limit of its own."""

    key: int | None = None
    value: int | None = None
    pair: int | None = None
    keys: int | None = None

    def check_pair(self, key: bytes, value: bytes) -> None:
        """Raise js.RangeError, or upstream's "too big", for what is too long to be stored."""
        self.check_key(key)
        if self.value is not None and len(value) > self.value:
            raise js.RangeError(
                f"Values cannot be larger than {self.value} bytes. "
                f"A value of size {len(value)} was provided."
            )
        if self.pair is not None and len(key) + len(value) > self.pair:
            raise js.Error(
                "string or blob too big: SQLITE_TOOBIG (a key and its value may have "
                f"{self.pair} bytes together; these have {len(key) + len(value)})"
            )

    def check_key(self, key: bytes) -> None:
        """Raise js.RangeError for a key that is too long."""
        limit = self.pair if self.key is None else self.key
        if limit is not None and len(key) > limit:
            raise js.RangeError(
                f"Keys cannot be larger than {limit} bytes. A key of size {len(key)} was provided."
            )

    def check_count(self, operation: str, count: int) -> None:
        """Raise js.RangeError when one call has too many keys."""
        if self.keys is not None and count > self.keys:
            raise js.RangeError(f"Maximum number of keys is {self.keys}. {operation}: {count}")


SQLITE_BACKED: Final = StorageLimits(pair=2 << 20)
KEY_VALUE_BACKED: Final = StorageLimits(key=2048, value=131_072, keys=128)
