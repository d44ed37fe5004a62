"""What stands for nothing: `Option`, `Nullable` and `Option<Nullable>`, in both directions.

Python's None is undefined and `js.null` is null. An Option reads both as nothing, a Nullable has
only null, an `Option<Nullable>` tells them apart. Each type has its own codes for the two: contract
facts 3.3; `wasm-bindgen` src/convert/impls.rs and slices.rs.
"""

from __future__ import annotations

from dataclasses import dataclass

from unpoison.bindgen.descriptor_types import (
    Clamped,
    EnumType,
    Nullable,
    Option,
    Ref,
    Scalar,
    StringEnumType,
    StructType,
    Type,
)

SMALL = ("i8", "u8", "i16", "u16", "bool", "char")
"""The scalars whose codes are numbers above all of their values."""

AS_DOUBLE = ("i32", "u32", "f32", "raw_pointer")
"""The scalars that cross as f64 where they may be nothing."""

NULL_HANDLE = 1025
"""The handle of null; also the length of a null string or slice."""

NONE_SMALL, NULL_SMALL = 0xFFFFFF, 0xFFFFFE
NONE_WORD, NULL_WORD = float(2**53 - 1), float(2**53 - 2)


@dataclass(frozen=True, slots=True)
class Absence:
    """Which of None (undefined) and null a value may be instead."""

    undefined: bool = False
    null: bool = False

    def __bool__(self) -> bool:
        return self.undefined or self.null

    def prepare(self, name: str) -> list[str]:
        """Give the statement that comes before all tests: an Option reads null as None."""
        if self.undefined and not self.null:
            return [f"if isinstance({name}, _null_type):\n    {name} = None"]
        return []

    def given(self, name: str) -> str:
        """Give the test that there is a value, with its `and`; nothing when there always is."""
        tests = [f"{name} is not None and "] if self.undefined else []
        return "".join(tests + ([f"not isinstance({name}, _null_type) and "] if self.null else []))

    def choose(self, name: str, none: object, null: object, value: str) -> str:
        """Give the expression for the code of None, of null, or for the value."""
        if not self:
            return value
        if self.undefined and self.null and none == null:
            return f"{none} if {' or '.join(self._tests(name))} else {value}"
        codes = [none] if self.undefined else []
        codes += [null] if self.null else []
        pairs = zip(codes, self._tests(name), strict=True)
        return "".join(f"{code} if {test} else " for code, test in pairs) + value

    def length(self, name: str, data: str, value: str) -> str:
        """Give the length of what `data` holds, which is None when there is no value."""
        if not self:
            return value
        codes = f"0 if {name} is None else {NULL_HANDLE}" if self.undefined else str(NULL_HANDLE)
        codes = codes if self.null else "0"
        return f"{value} if {data} is not None else {codes}"

    def read(self, atom: str, none: object, null: object, value: str) -> str:
        """Give the expression for the Python value of what crosses as `atom`, or its codes."""
        text = f"None if {atom} == {none} else " if self.undefined else ""
        text += f"_null if {atom} == {null} else " if self.null else ""
        return text + value

    def read_slice(self, pointer: str, length: str, value: str) -> str:
        """Give the expression for a string or slice, which is nothing when its pointer is 0."""
        if not self:
            return value
        empty = "_null" if self.null else "None"
        if self.undefined and self.null:
            empty = f"(_null if {length} == {NULL_HANDLE} else None)"
        return f"{value} if {pointer} else {empty}"

    def _tests(self, name: str) -> list[str]:
        tests = [f"{name} is None"] if self.undefined else []
        return tests + ([f"isinstance({name}, _null_type)"] if self.null else [])


ALWAYS, OPTION = Absence(), Absence(undefined=True)
NULLABLE, OPTION_NULLABLE = Absence(null=True), Absence(undefined=True, null=True)


def without_absence(type_: Type) -> tuple[Absence, Type]:
    """Give what a crossing type may be instead of a value, and the type of the value."""
    match type_:
        case Option(Nullable(inner)):
            return OPTION_NULLABLE, inner
        case Option(inner):
            return OPTION, inner
        case Nullable(inner):
            return NULLABLE, inner
    return ALWAYS, type_


def crossing_form(type_: Type) -> Type:
    """Give the type that crosses in the same way and has no needless layers.

    A reference to a number, to a reference or to an Option crosses as what it refers to; Clamped
    only says which typed array JavaScript makes.
    """
    match type_:
        case Clamped(inner):
            return crossing_form(inner)
        case Ref(Scalar() | Ref() as inner):
            return crossing_form(inner)
        case Ref(Clamped(inner), mutable, long):
            return crossing_form(Ref(inner, mutable, long))
        case Ref(Option(inner), mutable):
            return crossing_form(Option(Ref(inner, mutable)))
        case Ref(Nullable(inner), mutable):
            return crossing_form(Nullable(Ref(inner, mutable)))
        case Option(inner):
            return Option(crossing_form(inner))
        case Nullable(inner):
            return Nullable(crossing_form(inner))
    return type_


def codes(type_: Type, absence: Absence) -> tuple[object, object]:
    """Give the codes of None and of null in the first Wasm value of a type.

    Strings and slices have others: see `Absence.length`.
    """
    match type_:
        case Scalar("nonnull") if not absence.null:
            return 0, NULL_WORD
        case Scalar(kind) if kind in SMALL:
            return NONE_SMALL, NULL_SMALL
        case Scalar(kind) if kind in AS_DOUBLE or kind == "nonnull":
            return NONE_WORD, NULL_WORD
        case Scalar():
            return 0, 2  # a tag stands before the value, and is 1 with one
        case StructType() | Ref(StructType()):
            return 0, 1
        case EnumType(_, hole):
            return float(hole), NULL_WORD
        case StringEnumType(_, count):
            return count + 1, count + 2
    return 0, NULL_HANDLE
