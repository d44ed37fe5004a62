"""`crypto`: random values. Web Cryptography 10."""

from __future__ import annotations

import secrets
import uuid
from typing import Any, Final

from unpoison import js
from unpoison.web.buffers import is_array_of, size_of
from unpoison.web.dom_exception import DOMException
from unpoison.web.idl import interface
from unpoison.web.subtle_crypto import CRYPTO_KEY, SUBTLE_CRYPTO, SubtleCrypto

MAX_RANDOM_BYTES: Final = 65536
"""What one call may ask for. Web Cryptography 10.1.1."""

INTEGER_ARRAYS: Final = (
    js.BigInt64Array,
    js.BigUint64Array,
    js.Int8Array,
    js.Int16Array,
    js.Int32Array,
    js.Uint8Array,
    js.Uint8ClampedArray,
    js.Uint16Array,
    js.Uint32Array,
)


class Crypto(js.JsObject):
    """Random values of the operating system, and `subtle`."""

    __slots__ = ("subtle",)

    def __init__(self, realm: js.Realm) -> None:
        super().__init__()
        self.subtle = SubtleCrypto(realm)

    def get_random_values(self, view: Any) -> Any:
        """Fill a typed array of integers; give the same array.

        Raises DOMException "TypeMismatchError" for another array, and "QuotaExceededError" for
        more than 65536 bytes.
        """
        if not is_array_of(view, *INTEGER_ARRAYS):
            message = "The data argument must be an integer-type TypedArray"
            raise DOMException(message, "TypeMismatchError")
        size = size_of(view)
        if size > MAX_RANDOM_BYTES:
            message = f"The requested length exceeds {MAX_RANDOM_BYTES:,} bytes"
            raise DOMException(message, "QuotaExceededError")
        js.write_into(view, secrets.token_bytes(size))
        return view

    def random_uuid(self) -> str:
        """Give a random UUID, version 4."""
        return str(uuid.UUID(bytes=secrets.token_bytes(16), version=4))

    def __repr__(self) -> str:
        return "<js Crypto>"


CRYPTO: Final = interface(
    Crypto,
    operations=("getRandomValues",),
    methods={"randomUUID": Crypto.random_uuid},
    attributes=("subtle",),
)
CRYPTO_GLOBALS: Final = {
    "Crypto": CRYPTO,
    "CryptoKey": CRYPTO_KEY,
    "SubtleCrypto": SUBTLE_CRYPTO,
    "crypto": js.RealmValue(Crypto),
}
