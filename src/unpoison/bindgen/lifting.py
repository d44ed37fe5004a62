"""Guest to host: the text that makes a Python value from Wasm values."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Texts

from unpoison.bindgen.abi import NUMBER_FORMATS, NotBound
from unpoison.bindgen.absence import (
    ALWAYS,
    AS_DOUBLE,
    SMALL,
    Absence,
    codes,
    crossing_form,
    without_absence,
)
from unpoison.bindgen.descriptor_types import (
    Closure,
    EnumType,
    Extern,
    Function,
    Ref,
    Result,
    Scalar,
    Sequence,
    Slice,
    Str,
    StringEnumType,
    StructType,
    Type,
    UnionType,
    Vector,
)
from unpoison.bindgen.spelling import HIGH_VIEWS, SCALAR_VIEWS, View, local_name

_MASKS = {"u8": 0xFF, "u16": 0xFFFF}
_ARRAY_MODE = 2

NumberClosure = Callable[[Type], int]


def views(type_: Type) -> tuple[View, ...]:
    """Give the view that each Wasm value of the type is read through when it is lifted."""
    match crossing_form(type_):
        case Result(inner):
            return (*views(inner), "u32", "u32")
        case Sequence(_, inner):
            return views(inner)
        case form:
            absence, inner = without_absence(form)
            found = _views(inner, absence)
    if found is None:
        raise NotBound(type_, "values of this type do not come from Rust")
    return found


def _views(type_: Type, absence: Absence) -> tuple[View, ...] | None:
    match type_:
        case Scalar("unit") if not absence:
            return ()
        case Scalar(kind) if kind in SCALAR_VIEWS or kind in HIGH_VIEWS:
            return _scalar_views(kind, absence)
        case Extern() | UnionType() | StructType() | StringEnumType():
            return ("u32",)
        case Ref(Extern() | StructType()):
            return ("u32",)
        case Str() | Vector() | Closure() | Function() | Ref():
            return ("u32", "u32")
        case EnumType():
            return ("f64",)
    return None


def _scalar_views(kind: str, absence: Absence) -> tuple[View, ...]:
    plain = ("u64", HIGH_VIEWS[kind]) if kind in HIGH_VIEWS else (SCALAR_VIEWS[kind],)
    if not absence or kind in SMALL or (kind == "nonnull" and not absence.null):
        return plain
    return ("f64",) if kind in AS_DOUBLE or kind == "nonnull" else ("i32", *plain)


def lift(type_: Type, atoms: Texts[str], closure: NumberClosure) -> str:
    """Give the expression that makes the Python value from its Wasm values, given as texts.

    `closure` numbers the closure types. Raises NotBound for a type that is not bound.
    """
    form, as_list = crossing_form(type_), False
    if isinstance(form, Sequence):
        as_list = form.mode & 3 == _ARRAY_MODE
        form = crossing_form(form.inner)
    absence, inner = without_absence(form)
    try:
        return _lift(inner, atoms, closure, absence, as_list=as_list)
    except NotBound as problem:
        raise NotBound(type_, problem.reason) from None


def _lift(
    type_: Type,
    atoms: Texts[str],
    closure: NumberClosure,
    absence: Absence,
    *,
    as_list: bool = False,
) -> str:
    match type_:
        case Scalar(kind):
            return _lift_scalar(type_, kind, atoms, absence)
        case Extern() | UnionType():
            return f"_take({atoms[0]})"
        case Ref(Extern()):
            return f"_peek({atoms[0]})"
        case StructType() | EnumType() | StringEnumType():
            return absence.read(atoms[0], *codes(type_, absence), _lift_named(type_, atoms[0]))
        case Closure() | Function() | Ref(Function()) if not absence:
            return _lift_closure(type_, atoms, closure(type_))
        case Str(True) | Ref(Str(True)):
            # An interned string has no pointer: its length is the handle of the string, and
            # those of undefined and null say what is absent.
            plain = Ref(Str()) if isinstance(type_, Ref) else Str()
            return f"{_lift_memory(plain, atoms)} if {atoms[0]} else _peek({atoms[1]})"
        case Str() | Vector() | Ref(Str() | Slice()):
            value = _lift_memory(type_, atoms)
            value = f"list({value})" if as_list and _is_typed(type_) else value
            return absence.read_slice(atoms[0], atoms[1], value)
    raise NotBound(type_, "values of this type do not come from Rust")


def _lift_scalar(type_: Type, kind: str, atoms: Texts[str], absence: Absence) -> str:
    if kind == "unit" and not absence:
        return "None"
    if kind not in SCALAR_VIEWS and kind not in HIGH_VIEWS:
        raise NotBound(type_, "this number does not cross on wasm32")
    if not absence:
        return _lift_number(kind, atoms)
    none, null = codes(type_, absence)
    if kind in SMALL or (kind == "nonnull" and not absence.null):
        value = _lift_number(kind, atoms)
    elif kind in AS_DOUBLE or kind == "nonnull":
        value = atoms[0] if kind == "f32" else f"int({atoms[0]})"
    else:
        value = _lift_number(kind, atoms[1:])
    return absence.read(atoms[0], none, null, value)


def _lift_number(kind: str, atoms: Texts[str]) -> str:
    if kind in HIGH_VIEWS:
        return f"{atoms[0]} | {atoms[1]} << 64"
    if kind == "bool":
        return f"{atoms[0]} != 0"
    if kind == "char":
        return f"_to_char({atoms[0]})"
    return f"{atoms[0]} & {_MASKS[kind]}" if kind in _MASKS else atoms[0]


def _lift_named(type_: StructType | EnumType | StringEnumType, atom: str) -> str:
    cls = local_name(type_.name)
    match type_:
        case StructType():
            return f"_wrap({cls}, {atom})"
        case EnumType():
            return f"_from_number({cls}, {atom})"
    return f"_from_variant({cls}, {atom})"


def _lift_closure(type_: Type, atoms: Texts[str], number: int) -> str:
    arguments = f"{number}, {atoms[0]}, {atoms[1]}"
    match type_:
        case Closure(True):
            return f"_owned_closure({arguments})"
        case Closure():
            return f"_borrowed_closure({arguments})"
    return f"_immediate_closure({arguments})"


# --- strings and slices ---


def _is_typed(type_: Type) -> bool:
    """Tell whether JavaScript has a typed array for it, which a mode can turn into an Array."""
    match type_:
        case Vector(Scalar(kind)) | Ref(Slice(Scalar(kind))):
            return kind in NUMBER_FORMATS
    return False


def _lift_memory(type_: Type, atoms: Texts[str]) -> str:
    place = f"{atoms[0]}, {atoms[1]}"
    match type_:
        case Str():
            return f"_take_str({place})"
        case Ref(Str()):
            return f"_get_str({place})"
        case Vector(inner):
            return _lift_elements(type_, inner, place, "take")
        case Ref(Slice(Scalar(kind)), True) if kind in NUMBER_FORMATS:
            return f'_view({place}, "{NUMBER_FORMATS[kind]}")'
        case Ref(Slice(inner), False):
            return _lift_elements(type_, inner, place, "get")
    raise NotBound(type_, "this kind of slice does not come from Rust")


def _lift_elements(type_: Type, inner: Type, place: str, verb: str) -> str:
    """Give the list or array; `verb` is take for what Rust hands over, get for what it lends.

    A slice of encoded cells is a fresh buffer in either case, which the host frees.
    """
    match inner:
        case Scalar("u8"):
            return f"_{verb}_bytes({place})"
        case Scalar(kind) if kind in NUMBER_FORMATS:
            return f'_{verb}_numbers({place}, "{NUMBER_FORMATS[kind]}")'
        case Str() | Ref(Str()):
            return f"_get_texts({place})"
        case Scalar("bool" | "char") | StringEnumType():
            return f"[{_lift(inner, ['_cell'], _no_closure, ALWAYS)} for _cell in {_cells(place)}]"
        case Ref(Extern()):
            return f"[_peek(_cell) for _cell in {_cells(place)}]"
        case EnumType():
            cells = f'_take_numbers({place}, "d")'
            return f"[{_lift_named(inner, '_cell')} for _cell in {cells}]"
        case Extern():
            return f"_{verb}_values({place})"
        case StructType() if verb == "take":
            return f"_take_values({place})"
    raise NotBound(type_, "a vector of this element type does not come from Rust")


def _cells(place: str) -> str:
    return f'_take_numbers({place}, "I")'


def _no_closure(type_: Type) -> int:
    raise NotBound(type_, "no element is a closure")
