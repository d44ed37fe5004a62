"""The intrinsics of wasm-bindgen that are about values alone, by name without `__wbindgen_`.

They take and give Python forms of JavaScript values; handles, memory and control (`throw`,
`rethrow`, `reinit`, ...) are the runtime's. wasm-bindgen-cli-support 0.2.130, src/js/mod.rs,
`invoke_intrinsic`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from unpoison.js.numbers import as_int
from unpoison.js.operators import OPERATORS
from unpoison.js.property import has
from unpoison.js.text import debug_string
from unpoison.js.utf16 import well_formed
from unpoison.js.values import (
    is_bigint,
    is_boolean,
    is_falsy,
    is_function,
    is_null,
    is_nullish,
    is_number,
    is_object,
    is_string,
    is_symbol,
    is_undefined,
    typeof,
)


def number_get(value: Any) -> float | None:
    """Give the Number as a float, None when the value is no Number."""
    return float(value) if is_number(value) else None


def boolean_get(value: object) -> bool | None:
    """Give the boolean, None when the value is no boolean."""
    return value if is_boolean(value) else None


def string_get(value: object) -> str | None:
    """Give the string, None when the value is no string.

    A lone surrogate, which UTF-8 has no form for, becomes U+FFFD as in TextEncoder.
    """
    return well_formed(str.__str__(value)) if is_string(value) else None


def bigint_get_as_i64(value: object) -> int | None:
    """Give the BigInt modulo 2**64 as a signed integer, None when the value is no BigInt.

    Rust compares it with the original to see whether it fitted.
    """
    return as_int(value, 64) if is_bigint(value) else None


INTRINSICS: Final[Mapping[str, Callable[..., object]]] = {
    **OPERATORS,
    "typeof": typeof,
    "is_undefined": is_undefined,
    "is_null": is_null,
    "is_null_or_undefined": is_nullish,
    "is_object": is_object,
    "is_function": is_function,
    "is_string": is_string,
    "is_symbol": is_symbol,
    "is_bigint": is_bigint,
    "is_falsy": is_falsy,
    "in": lambda key, target: has(target, key),
    "number_get": number_get,
    "boolean_get": boolean_get,
    "string_get": string_get,
    "bigint_get_as_i64": bigint_get_as_i64,
    "debug_string": debug_string,
}
