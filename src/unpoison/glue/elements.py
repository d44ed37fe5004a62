"""The element types that JavaScript has a typed array for."""

from __future__ import annotations

from types import MappingProxyType

from unpoison.bindgen import Clamped, Nullable, Option, Ref, Sequence, Slice, Type, Vector

TYPED_ARRAYS = MappingProxyType(
    {
        "i8": "Int8Array",
        "u8": "Uint8Array",
        "i16": "Int16Array",
        "u16": "Uint16Array",
        "i32": "Int32Array",
        "u32": "Uint32Array",
        "i64": "BigInt64Array",
        "u64": "BigUint64Array",
        "f32": "Float32Array",
        "f64": "Float64Array",
        "clamped": "Uint8ClampedArray",
    }
)
"""By the kind of the scalar; `clamped` is a `Clamped<u8>`."""

ELEMENT_SIZES = MappingProxyType(
    {"i8": 1, "u8": 1, "i16": 2, "u16": 2, "i32": 4, "u32": 4, "i64": 8, "u64": 8,
     "f32": 4, "f64": 8, "clamped": 1}
)  # fmt: skip


def is_clamped(type_: Type) -> bool:
    """Tell whether JavaScript shows a vector or slice as a Uint8ClampedArray."""
    match type_:
        case Clamped():
            return True
        case Option(inner) | Nullable(inner) | Ref(inner) | Sequence(_, inner):
            return is_clamped(inner)
        case Vector(inner) | Slice(inner):
            return isinstance(inner, Clamped)
    return False
