"""SubtleCrypto: digests and HMAC; every other algorithm is refused by name.

Web Cryptography 14, 29 (HMAC), 30 (SHA).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Any, Final

from unpoison import js
from unpoison.web.buffers import bytes_of
from unpoison.web.crypto_key import (
    CRYPTO_KEY,
    HASHES,
    CryptoKey,
    algorithm_name,
    hash_name,
    not_supported,
)
from unpoison.web.dom_exception import DOMException
from unpoison.web.idl import boolean, enforced_range, interface

__all__ = ["CRYPTO_KEY", "SUBTLE_CRYPTO", "SubtleCrypto"]

ALL_USAGES: Final = (
    "encrypt",
    "decrypt",
    "sign",
    "verify",
    "deriveKey",
    "deriveBits",
    "wrapKey",
    "unwrapKey",
)
HMAC_USAGES: Final = frozenset({"sign", "verify"})
REFUSED_OPERATIONS: Final = (
    "decrypt",
    "deriveBits",
    "deriveKey",
    "encrypt",
    "unwrapKey",
    "wrapKey",
)
BLOCK_BITS: Final = {"SHA-1": 512, "SHA-256": 512, "SHA-384": 1024, "SHA-512": 1024}
MAX_KEY_BITS: Final = 1 << 20
"""A longer HMAC key is worth no more than its digest."""


class SubtleCrypto(js.JsObject):
    """What `crypto.subtle` does; every method gives a promise."""

    __slots__ = ("_realm",)

    def __init__(self, realm: js.Realm) -> None:
        super().__init__()
        self._realm = realm

    def digest(self, algorithm: object, data: object) -> js.Promise[js.ArrayBuffer]:
        """Give the digest of bytes: SHA-1, SHA-256, SHA-384 or SHA-512."""
        return self._promise(lambda: _buffer(_digest(hash_name(algorithm), bytes_of(data, "data"))))

    def generate_key(
        self, algorithm: object, extractable: object, usages: object
    ) -> js.Promise[CryptoKey]:
        """Give a new HMAC key."""

        def make() -> CryptoKey:
            _need_hmac(algorithm)
            name = _hash_of(algorithm)
            bits = _length(algorithm, BLOCK_BITS[name])
            secret = secrets.token_bytes((bits + 7) // 8)
            return _make_key(secret, name, bits, boolean(extractable), _usages(usages))

        return self._promise(make)

    def import_key(
        self,
        format: object,  # noqa: A002 - the name of the standard
        data: Any,
        algorithm: object,
        extractable: object,
        usages: object,
    ) -> js.Promise[CryptoKey]:
        """Give an HMAC key of bytes ("raw") or of a JSON Web Key ("jwk")."""

        def make() -> CryptoKey:
            _need_hmac(algorithm)
            name = _hash_of(algorithm)
            secret = _imported(js.to_string(format), data)
            bits = _length(algorithm, len(secret) * 8)
            if not secret or (bits + 7) // 8 != len(secret):
                raise DOMException("Invalid key length", "DataError")
            return _make_key(secret, name, bits, boolean(extractable), _usages(usages))

        return self._promise(make)

    def export_key(self, format: object, key: object) -> js.Promise[object]:  # noqa: A002
        """Give the bytes of a key ("raw"), or a JSON Web Key ("jwk")."""

        def make() -> object:
            checked = _key(key)
            if not checked.extractable:
                raise DOMException("key is not extractable", "InvalidAccessError")
            kind = js.to_string(format)
            if kind not in EXPORTS:
                raise not_supported(f"export of {kind}")
            return EXPORTS[kind](checked)

        return self._promise(make)

    def sign(self, algorithm: object, key: object, data: object) -> js.Promise[js.ArrayBuffer]:
        """Give the HMAC of bytes."""
        return self._promise(lambda: _buffer(_mac(algorithm, key, "sign", data)))

    def verify(
        self, algorithm: object, key: object, signature: object, data: object
    ) -> js.Promise[bool]:
        """Tell whether a signature is the HMAC of bytes."""

        def check() -> bool:
            given = bytes_of(signature, "signature")
            return hmac.compare_digest(_mac(algorithm, key, "verify", data), given)

        return self._promise(check)

    def refuse(self, what: str) -> js.Promise[Any]:
        """Give the rejection of an operation that is not provided."""

        def fail() -> None:
            raise not_supported(what)

        return self._promise(fail)

    def _promise(self, make: Callable[[], Any]) -> js.Promise[Any]:
        made = js.with_resolvers(self._realm.promises)
        try:
            made.resolve(make())
        except Exception as error:  # noqa: BLE001 - whatever a conversion raises rejects
            made.reject(js.from_exception(error))
        return made.promise

    def __repr__(self) -> str:
        return "<js SubtleCrypto>"


def _digest(name: str, data: bytes) -> bytes:
    return hashlib.new(HASHES[name], data, usedforsecurity=False).digest()


def _buffer(data: bytes) -> js.ArrayBuffer:
    return js.ArrayBuffer.of_view(memoryview(bytearray(data)), None)


def _need_hmac(algorithm: object) -> None:
    name = algorithm_name(algorithm)
    if name != "HMAC":
        raise not_supported(name)


def _hash_of(algorithm: object) -> str:
    found = js.get(algorithm, "hash")
    if found is None:
        raise js.TypeError("HmacImportParams: hash is required")
    return hash_name(found)


def _length(algorithm: object, otherwise: int) -> int:
    length = js.get(algorithm, "length") if js.is_reference(algorithm) else None
    if length is None:
        return otherwise
    bits = enforced_range(length, MAX_KEY_BITS, "length")
    if not bits:
        raise DOMException("Zero-length key is not supported", "OperationError")
    return bits


def _usages(given: object) -> js.Array:
    names = [js.to_string(each) for each in js.iterate(given)]
    for name in names:
        if name not in ALL_USAGES:
            raise js.TypeError(f"'{name}' is not a valid enum value of type KeyUsage")
    if set(names) - HMAC_USAGES:
        raise DOMException("Unsupported key usage for an HMAC key", "SyntaxError")
    if not names:
        raise DOMException("Usages cannot be empty when creating a key", "SyntaxError")
    return js.Array(name for name in ALL_USAGES if name in names)


def _make_key(
    secret: bytes, hash_: str, bits: int, extractable: bool, usages: js.Array
) -> CryptoKey:
    algorithm = js.Object({"name": "HMAC", "length": bits, "hash": js.Object({"name": hash_})})
    return CryptoKey(secret, algorithm, usages, extractable=extractable)


def _imported(kind: str, data: Any) -> bytes:
    if kind == "raw":
        return bytes_of(data, "keyData")
    if kind != "jwk":
        raise not_supported(f"import of {kind}")
    if js.bytes_of(data) is not None or not js.is_reference(data):
        raise js.TypeError("a JSON Web Key must be an object")
    text = js.get(data, "k")
    if js.get(data, "kty") != "oct" or not isinstance(text, str):
        raise DOMException('Invalid JWK "kty" or "k" parameter', "DataError")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise DOMException('Invalid JWK "k" parameter', "DataError") from None


def _key(key: Any) -> CryptoKey:
    if not isinstance(key, CryptoKey):
        raise js.TypeError("a key must be an instance of CryptoKey")
    return key


def _mac(algorithm: object, key: object, usage: str, data: object) -> bytes:
    _need_hmac(algorithm)
    checked, octets = _key(key), bytes_of(data, "data")
    if usage not in checked.usages:
        message = f"Unable to use this key to {usage}"
        raise DOMException(message, "InvalidAccessError")
    return hmac.digest(checked.secret, octets, HASHES[checked.algorithm["hash"]["name"]])


def _jwk(key: CryptoKey) -> js.Object:
    text = base64.urlsafe_b64encode(key.secret).rstrip(b"=").decode("ascii")
    number = key.algorithm["hash"]["name"].removeprefix("SHA-")
    return js.Object(
        {
            "key_ops": js.Array(key.usages),
            "ext": key.extractable,
            "alg": f"HS{number}",
            "kty": "oct",
            "k": text,
        }
    )


EXPORTS: Final[dict[str, Callable[[CryptoKey], object]]] = {
    "jwk": _jwk,
    "raw": lambda key: _buffer(key.secret),
}


def _refusal(name: str) -> Callable[..., Any]:
    return lambda this: this.refuse(name)


SUBTLE_CRYPTO: Final = interface(
    SubtleCrypto,
    operations=("digest", "exportKey", "generateKey", "importKey", "sign", "verify"),
    methods={name: _refusal(name) for name in REFUSED_OPERATIONS},
)
