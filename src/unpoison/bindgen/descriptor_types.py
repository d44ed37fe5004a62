"""The types that descriptors name: one frozen dataclass per family.

Source: `wasm-bindgen` src/describe.rs and `wasm-bindgen-shared` src/tys.rs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ScalarKind = Literal[
    "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "i128", "u128",
    "i64_as_f64", "u64_as_f64", "f32", "f64", "bool", "char", "unit", "nonnull", "raw_pointer",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number, bool, char, unit or raw pointer."""

    kind: ScalarKind


@dataclass(frozen=True, slots=True)
class Str:
    """`String`, `Box<str>`, and `str` below a Ref; `cached` marks interned strings."""

    cached: bool = False


@dataclass(frozen=True, slots=True)
class Ref:
    """`&T` or `&mut T`; `long` marks the arguments of async exports (LONGREF)."""

    inner: Type
    mutable: bool = False
    long: bool = False


@dataclass(frozen=True, slots=True)
class Slice:
    """`[T]`; always below a Ref."""

    inner: Type


@dataclass(frozen=True, slots=True)
class Vector:
    """`Vec<T>` or `Box<[T]>`."""

    inner: Type


@dataclass(frozen=True, slots=True)
class Extern:
    """A JavaScript value; `name` is its TypeScript type, None for a plain `JsValue`.

    `hint` are Python annotations, given and taken, for whom `hints.py` found them.
    """

    name: str | None = None
    hint: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class EnumType:
    """A numeric enum; `hole` encodes None."""

    name: str
    hole: int
    crate: str = ""
    module_hash: int = 0


@dataclass(frozen=True, slots=True)
class StringEnumType:
    """A string enum with `count` variants."""

    name: str
    count: int
    crate: str = ""
    module_hash: int = 0


@dataclass(frozen=True, slots=True)
class UnionType:
    """A dynamic union: one of the types in `variants`, or one of the strings in `texts`.

    A descriptor has the types only; the strings come from the record.
    """

    name: str
    crate: str
    module_hash: int
    variants: tuple[Type, ...]
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StructType:
    """An exported Rust struct; `pointer` is the attribute that holds an object's pointer as one."""

    name: str
    crate: str = ""
    pointer: str = "_ptr"


@dataclass(frozen=True, slots=True)
class Undeclared:
    """A struct, enum or union that a descriptor names and no record of the module declares."""

    name: str


@dataclass(frozen=True, slots=True)
class Option:
    """`Option<T>`."""

    inner: Type


@dataclass(frozen=True, slots=True)
class Nullable:
    """`Nullable<T>`: null is told apart from undefined."""

    inner: Type


@dataclass(frozen=True, slots=True)
class Result:
    """`Result<T, E>`; the error is always a JavaScript value."""

    inner: Type


@dataclass(frozen=True, slots=True)
class Clamped:
    """`Clamped<T>`."""

    inner: Type


@dataclass(frozen=True, slots=True)
class Sequence:
    """A vector or slice with an explicit mode (SEQ_MODE)."""

    mode: int
    inner: Type


@dataclass(frozen=True, slots=True)
class Function:
    """A signature; `shim` is 0, or the function-table index of a closure's invoke shim."""

    shim: int
    params: tuple[Type, ...]
    result: Type
    inner_result: Type


@dataclass(frozen=True, slots=True)
class Closure:
    """`Closure<dyn Fn(..)>` (`mutable=False`) or `FnMut`; `owned=False` for borrowed ones."""

    owned: bool
    mutable: bool
    function: Function


Type = (
    Scalar | Str | Ref | Slice | Vector | Extern | EnumType | StringEnumType | UnionType
    | StructType | Option | Nullable | Result | Clamped | Sequence | Function | Closure
    | Undeclared
)  # fmt: skip
