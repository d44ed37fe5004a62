"""CryptoKey, and the algorithms that a guest may name. Web Cryptography 13, 18.4."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from unpoison import js
from unpoison.web.clone import Copies, clone_value
from unpoison.web.dom_exception import DOMException
from unpoison.web.idl import interface

HASHES: Final[Mapping[str, str]] = {
    "SHA-1": "sha1",
    "SHA-256": "sha256",
    "SHA-384": "sha384",
    "SHA-512": "sha512",
}
"""The digests: their names in the standard and in hashlib."""


class CryptoKey(js.JsObject):
    """A key that only `crypto.subtle` can use; `secret` is out of a guest's sight."""

    __slots__ = ("algorithm", "extractable", "secret", "type", "usages")

    def __init__(
        self, secret: bytes, algorithm: js.Object, usages: js.Array, *, extractable: bool
    ) -> None:
        super().__init__()
        self.type = "secret"
        self.secret, self.algorithm, self.usages = secret, algorithm, usages
        self.extractable = extractable

    def __repr__(self) -> str:
        return f"<js CryptoKey {self.algorithm['name']}>"


@clone_value.register(CryptoKey)
def _(value: CryptoKey, copies: Copies) -> CryptoKey:
    algorithm, usages = copies.of(value.algorithm), copies.of(value.usages)
    made = CryptoKey(value.secret, algorithm, usages, extractable=value.extractable)
    return copies.note(value, made)  # type: ignore[no-any-return]


def algorithm_name(algorithm: Any) -> str:
    """Give the name of an algorithm, in capitals: a string, or the `name` of an object. 18.4.4.

    Raises js.TypeError when there is no name.
    """
    if js.is_reference(algorithm):
        algorithm = js.get(algorithm, "name")
        if algorithm is None:
            raise js.TypeError("Algorithm: name is required and must be a string")
    return js.to_string(algorithm).upper()


def hash_name(algorithm: Any) -> str:
    """Give the name of a digest. Raises DOMException "NotSupportedError" for another."""
    name = algorithm_name(algorithm)
    if name not in HASHES:
        raise not_supported(name)
    return name


def not_supported(what: str) -> DOMException:
    """Make the error for an algorithm or operation that is not provided."""
    message = f"Unrecognized algorithm name: unpoison's crypto.subtle has no {what}"
    return DOMException(message, "NotSupportedError")


CRYPTO_KEY: Final = interface(CryptoKey, attributes=("algorithm", "extractable", "type", "usages"))
