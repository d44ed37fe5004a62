"""What only Uint8Array has: base64 and hexadecimal text. ECMA-262 (2026) 23.3."""

from __future__ import annotations

from typing import Any, Final

from unpoison.js.base64_text import Decoded, decode, decode_hex, encode
from unpoison.js.classes import Static
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.objects import Object
from unpoison.js.property import get
from unpoison.js.shown import shown as shown_text
from unpoison.js.typed_array_making import shown
from unpoison.js.typed_arrays import Uint8Array
from unpoison.js.values import is_falsy, is_reference

ALPHABETS: Final = ("base64", "base64url")
HANDLINGS: Final = ("loose", "strict", "stop-before-partial")


def _this(this: object, method: str) -> Uint8Array:
    given = shown(this)
    if not isinstance(given, Uint8Array):
        name = f"Uint8Array.prototype.{method}"
        raise TypeError(f"Method {name} called on incompatible receiver {shown_text(this)}")
    return given


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("input argument must be a string")
    return value


def _option(options: Any, name: str, allowed: tuple[str, ...]) -> str:
    if options is not None and not is_reference(options):
        raise TypeError("invalid_argument")
    value = None if options is None else get(options, name)
    if value is None:
        return allowed[0]
    if value not in allowed:
        raise TypeError(f"invalid option {shown_text(value)}")
    return str(value)


def _read(text: object, options: object, room: int | None = None) -> Decoded:
    given = _text(text)
    alphabet = _option(options, "alphabet", ALPHABETS)
    return decode(given, alphabet, _option(options, "lastChunkHandling", HANDLINGS), room)


def _made(found: Decoded) -> Uint8Array:
    if found.error is not None:
        raise found.error
    return Uint8Array.of_data(found.data)


def _from_base64(realm: Any, text: object, options: object = None) -> Uint8Array:
    return _made(_read(text, options))


def _from_hex(realm: Any, text: object) -> Uint8Array:
    return _made(decode_hex(_text(text)))


def _stored(given: Uint8Array, found: Decoded) -> Object:
    given.write(0, found.data)
    if found.error is not None:
        raise found.error
    return Object({"read": found.read, "written": len(found.data)})


def _set_from_base64(this: object, text: object, options: object = None) -> Object:
    given = _this(this, "setFromBase64")
    found = _read(text, options, given.need("Uint8Array.prototype.setFromBase64"))
    return _stored(given, found)


def _set_from_hex(this: object, text: object) -> Object:
    given = _this(this, "setFromHex")
    found = decode_hex(_text(text), given.need("Uint8Array.prototype.setFromHex"))
    return _stored(given, found)


def _to_base64(this: object, options: object = None) -> str:
    given = _this(this, "toBase64")
    alphabet = _option(options, "alphabet", ALPHABETS)
    padded = options is None or is_falsy(get(options, "omitPadding"))
    given.need("Uint8Array.prototype.toBase64")
    return encode(given.read_bytes(), alphabet, padded=padded)


def _to_hex(this: object) -> str:
    given = _this(this, "toHex")
    given.need("Uint8Array.prototype.toHex")
    return given.read_bytes().hex()


METHODS: Final = {
    "setFromBase64": _set_from_base64,
    "setFromHex": _set_from_hex,
    "toBase64": _to_base64,
    "toHex": _to_hex,
}
STATICS: Final = {"fromBase64": Static(_from_base64, 1), "fromHex": _from_hex}
