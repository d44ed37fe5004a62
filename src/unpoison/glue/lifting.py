"""Rust to JavaScript: the expression that makes a JavaScript value from its Wasm values."""

from __future__ import annotations

from collections.abc import Sequence as Texts

from unpoison.bindgen import (
    Absence,
    Closure,
    EnumType,
    Extern,
    Function,
    NotBound,
    Ref,
    Scalar,
    Sequence,
    Slice,
    Str,
    StringEnumType,
    StructType,
    Type,
    UnionType,
    Vector,
    codes,
    crossing_form,
    without_absence,
)
from unpoison.glue.absent import read, read_slice
from unpoison.glue.context import Context
from unpoison.glue.elements import TYPED_ARRAYS, is_clamped

_ARRAY_MODE, _COPY_MODE, _MODE_BITS = 2, 1, 3

_PLAIN = ("i8", "i16", "i32", "u8", "u16", "i64", "f32", "f64")
_SMALL = ("i8", "u8", "i16", "u16", "bool", "char")
_AS_DOUBLE = ("i32", "u32", "f32", "raw_pointer")


class Lifter:
    """Lifts the values of one module."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def lift(self, type_: Type, atoms: Texts[str], *, by_index: bool = False) -> str:
        """Give the expression for the value that crosses as `atoms`, which are evaluated again.

        A value of JavaScript crosses as itself, `by_index` as the index of its slot. Raises
        NotBound for a type that does not cross in this direction.
        """
        form, mode = crossing_form(type_), 0
        if isinstance(form, Sequence):
            mode, form = form.mode & _MODE_BITS, crossing_form(form.inner)
        absence, inner = without_absence(form)
        try:
            if isinstance(inner, Vector) or (isinstance(inner, Ref) and _is_slice(inner)):
                value = self._lift_slice(inner, atoms, mode, clamped=is_clamped(type_))
                return read_slice(absence, atoms[0], atoms[1], value)
            return self._lift(inner, atoms, absence, by_index=by_index)
        except NotBound as problem:
            raise NotBound(type_, problem.reason) from None

    def _lift(self, type_: Type, atoms: Texts[str], absence: Absence, *, by_index: bool) -> str:
        match type_:
            case Scalar(kind):
                return _lift_scalar(type_, kind, atoms, absence)
            case Extern() | UnionType():
                return f"$take_value({atoms[0]})" if by_index else atoms[0]
            case Ref(Extern()) if not by_index:
                return atoms[0]
            case StructType():
                value = f"$wrap{self._context.names.cls(type_)}({atoms[0]})"
                return read(absence, atoms[0], codes(type_, absence), value)
            case EnumType():
                return read(absence, atoms[0], codes(type_, absence), atoms[0])
            case StringEnumType():
                value = f"{self._context.names.enum(type_)}[{atoms[0]}]"
                return read(absence, atoms[0], codes(type_, absence), value)
            case Closure() | Function() | Ref(Function()) if not absence:
                number = self._context.closure(type_)
                return f"$closure{number}({atoms[0]}, {atoms[1]})"
            case Str(cached) | Ref(Str(cached)):
                verb = "get" if isinstance(type_, Ref) else "take"
                value = f"${verb}_text({atoms[0]}, {atoms[1]})"
                if cached:
                    # An interned string has no pointer: its length is the handle of the string,
                    # and those of undefined and null say what is absent.
                    return f"{atoms[0]} === 0 ? $see_value({atoms[1]}) : {value}"
                return read_slice(absence, atoms[0], atoms[1], value)
        raise NotBound(type_, "values of this type do not come from Rust")

    def _lift_slice(self, type_: Type, atoms: Texts[str], mode: int, *, clamped: bool) -> str:
        """Lift a vector, which is taken, or a slice, which is lent; cells are fresh in any case."""
        place = f"{atoms[0]}, {atoms[1]}"
        match type_:
            case Vector(inner):
                inner, is_vector = crossing_form(inner), True
            case Ref(Slice(inner)):
                inner, is_vector = crossing_form(inner), False
            case _:
                raise NotBound(type_, "this kind of slice does not come from Rust")
        match inner:
            case Scalar(kind) if kind in TYPED_ARRAYS:
                verb = "take" if is_vector else "get"
                value = f"${verb}_{'clamped' if clamped else kind}({place})"
                if mode == _ARRAY_MODE:
                    return f"Array.from({value})"
                return f"{value}.slice()" if mode == _COPY_MODE and not is_vector else value
            case Scalar("bool"):
                return f"Array.from($take_i32({place}), Boolean)"
            case Scalar("char"):
                return f"Array.from($take_i32({place}), (item) => String.fromCodePoint(item))"
            case EnumType():
                return f"Array.from($take_f64({place}))"
            case StringEnumType():
                enum = self._context.names.enum(inner)
                return f"Array.from($take_i32({place}), (item) => {enum}[item])"
            case Str() | Ref(Str()) if not is_vector:
                return f"$take_texts({place})"
            case Ref(Extern()) if not is_vector:
                return f"Array.from($take_u32({place}), $see_value)"
            case Extern() | UnionType() | StructType() if is_vector:
                return f"$take_values({place})"
            case Extern() if not is_vector:
                return f"$get_values({place})"
        raise NotBound(type_, "a vector of this element type does not come from Rust")


def _is_slice(type_: Ref) -> bool:
    return isinstance(type_.inner, Slice)


def _lift_scalar(type_: Type, kind: str, atoms: Texts[str], absence: Absence) -> str:
    if kind == "unit" and not absence:
        return "undefined"
    if not absence:
        return _lift_number(type_, kind, atoms)
    if kind in _SMALL or (kind == "nonnull" and not absence.null):
        value = _lift_number(type_, kind, atoms)
    elif kind in _AS_DOUBLE or kind == "nonnull":
        value = atoms[0]
    else:
        value = _lift_number(type_, kind, atoms[1:])
    return read(absence, atoms[0], codes(type_, absence), value)


def _lift_number(type_: Type, kind: str, atoms: Texts[str]) -> str:
    if kind in _PLAIN:
        return atoms[0]
    match kind:
        case "u32" | "raw_pointer" | "nonnull":
            return f"{atoms[0]} >>> 0"
        case "u64":
            return f"BigInt.asUintN(64, {atoms[0]})"
        case "i128":
            return f"BigInt.asUintN(64, {atoms[0]}) | ({atoms[1]} << 64n)"
        case "u128":
            high = f"BigInt.asUintN(64, {atoms[1]})"
            return f"BigInt.asUintN(64, {atoms[0]}) | ({high} << 64n)"
        case "bool":
            return f"{atoms[0]} !== 0"
        case "char":
            return f"String.fromCodePoint({atoms[0]})"
    raise NotBound(type_, "this number does not cross on wasm32")
