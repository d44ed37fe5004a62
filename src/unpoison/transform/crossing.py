"""How a value crosses between JavaScript and an adapted module.

Source: `wasm-bindgen-cli-support` src/wit/{incoming,outgoing}.rs (behaviour); contract facts 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from unpoison.bindgen import (
    Extern,
    Ref,
    Type,
    UnionType,
    crossing_form,
    flatten,
    is_mutable_slice,
    without_absence,
)
from unpoison.wasm import EXTERNREF, ValType


class Handle(Enum):
    """What an adapter does with the handle of a value that JavaScript sees as itself."""

    TAKE = "take"  # from Rust, owned: read and freed
    SEE = "see"  # from Rust, borrowed: read
    GIVE = "give"  # to Rust, owned: a new handle
    LEND = "lend"  # to Rust, borrowed: a slot that is free again after the call


Crossing = ValType | Handle
"""A Wasm value that crosses as it is, or a handle that crosses as an externref."""


def crossings(type_: Type, *, inward: bool) -> tuple[Crossing, ...]:
    """Give what a value becomes on its way, `inward` from JavaScript to Rust.

    An optional value of JavaScript goes in as a handle (0 for None), which the glue makes. Raises
    NotBound for a type that does not cross.
    """
    flat = flatten(type_, inward=inward)
    absence, inner = without_absence(crossing_form(type_))
    match inner:
        case Extern() | UnionType() if not inward:
            return (Handle.TAKE,)
        case Ref(Extern()) if not inward:
            return (Handle.SEE,)
        case Extern() | UnionType() if not absence:
            return (Handle.GIVE,)
        case Ref(Extern()) if not absence:
            return (Handle.LEND,)
        case _ if inward and not absence and is_mutable_slice(inner):
            return (*flat[:2], Handle.GIVE)
    return flat


def value_types(crossing: Sequence[Crossing]) -> tuple[ValType, ...]:
    """Give the Wasm types that JavaScript sees."""
    return tuple(EXTERNREF if isinstance(item, Handle) else item for item in crossing)
