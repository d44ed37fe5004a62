"""What the platform adds to objects of the web: `Headers.getAll`, `crypto.DigestStream`.

Workers docs, "Headers", "Web Crypto"; workerd, api/http.c++, api/crypto/crypto.c++.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

from unpoison import js, web
from unpoison.workers.outside import Promise

_HASHES: Final = {
    "MD5": "md5",
    "SHA-1": "sha1",
    "SHA-256": "sha256",
    "SHA-384": "sha384",
    "SHA-512": "sha512",
}


def _get_all(headers: object, name: object) -> js.Array:
    if not isinstance(headers, web.Headers):
        raise js.TypeError('Value of "this" must be of type Headers')
    if js.to_string(name).lower() != "set-cookie":
        raise js.TypeError('getAll() can only be used with the header name "Set-Cookie".')
    return headers.get_set_cookie()


class Additions:
    """The additions to prototypes of one guest: `realm.part(Additions)` makes them once."""

    def __init__(self, realm: js.Realm) -> None:
        prototype = realm.prototype(web.HEADERS)
        js.set_property(prototype, "getAll", js.ThisFunction(_get_all))


def _make_headers(realm: js.Realm) -> js.Constructor:
    realm.part(Additions)
    return realm.constructor(web.HEADERS)


class DigestStream(web.WritableStream):
    """A stream that ends as the digest of what was written to it."""

    __slots__ = ("_count", "_deferred", "_hash")

    def __init__(self, realm: js.Realm, algorithm: object) -> None:
        super().__init__(realm)
        given: Any = js.get(algorithm, "name") if js.is_reference(algorithm) else algorithm
        name = js.to_string(given).upper()
        if name not in _HASHES:
            raise web.DOMException(f"Unrecognized digest: {name}", "NotSupportedError")
        self._hash = hashlib.new(_HASHES[name])
        self._count = 0
        self._deferred = web.Deferred(realm)
        self._deferred.promise.subscribe(lambda _: None)
        sink = web.Sink(lambda _: None, self._write, self._close, self._abort)
        web.start_writing(self, sink)

    @property
    def digest(self) -> Promise:
        """A promise of the digest as an ArrayBuffer."""
        return self._deferred.promise

    @property
    def bytes_written(self) -> js.BigInt:
        """How many bytes were written."""
        return js.BigInt(self._count)

    def _write(self, chunk: object, controller: object) -> Promise:
        data = js.to_string(chunk).encode() if js.is_string(chunk) else js.bytes_of(chunk)
        if data is None:
            problem = js.TypeError("DigestStream is a byte stream but received an object of "
                                   "non-ArrayBuffer/ArrayBufferView/string type on its writable"
                                   " side.")  # fmt: skip
            self._deferred.reject(problem)
            return js.reject(self.realm.promises, problem)
        self._hash.update(data)
        self._count += len(data)
        return self._done()

    def _close(self) -> Promise:
        self._deferred.resolve(web.buffer_of(self._hash.digest()))
        return self._done()

    def _abort(self, reason: object) -> Promise:
        self._deferred.reject(reason)
        return self._done()

    def _done(self) -> Promise:
        return js.resolve(self.realm.promises, None)


DIGEST_STREAM: Final = web.interface(
    DigestStream,
    web.WRITABLE_STREAM,
    attributes=("bytesWritten", "digest"),
    construct=DigestStream,
    length=1,
)


def _make_crypto(realm: js.Realm) -> object:
    crypto = web.Crypto(realm)
    js.set_property(crypto, "DigestStream", realm.constructor(DIGEST_STREAM))
    return crypto


ADDED_GLOBALS: Final = {
    "Headers": js.RealmValue(_make_headers),
    "crypto": js.RealmValue(_make_crypto),
}
