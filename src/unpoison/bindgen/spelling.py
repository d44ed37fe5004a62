"""How generated code spells what it shares: names of classes, views, pointers of objects."""

from __future__ import annotations

View = str
"""The typed view of the slots that holds a Wasm value: i32, u32, i64, u64, f32 or f64."""

SCALAR_VIEWS = {
    "i8": "i32", "i16": "i32", "i32": "i32", "u8": "u32", "u16": "u32", "u32": "u32",
    "i64": "i64", "u64": "u64", "f32": "f32", "f64": "f64", "bool": "i32", "char": "u32",
    "raw_pointer": "u32", "nonnull": "u32",
}  # fmt: skip
HIGH_VIEWS = {"i128": "i64", "u128": "u64"}
"""The view of the upper half; the lower one is u64."""


def local_name(name: str) -> str:
    """Give the name by which generated code knows a class or an enum of the module.

    The names of the runtime begin with `_` and a small letter, and are not among these.
    """
    return f"_{name}" if name[0].isupper() else f"_cls_{name}"


def live_pointer(name: str, pointer: str = "_ptr") -> str:
    """Give the expression for the pointer of an object that can be used, else it raises."""
    return f"{name}.{pointer} if {name}._home is _gate.home else _stale({name})"
