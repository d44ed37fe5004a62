"""How a value of each type is written in the generated bindings: the text of both directions.

`lower` gives the text that turns a Python value into Wasm values (host to guest), `lift` the
text for the other way. The text calls functions of `unpoison.runtime.binding`, each spelled with
a leading underscore, which no generated parameter has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from unpoison.bindgen.abi import (
    INTEGER_RANGES,
    NONE_SMALL,
    NONE_WORD,
    NUMBER_FORMATS,
    SIZES,
    NotBound,
)
from unpoison.bindgen.descriptor_types import (
    Closure,
    EnumType,
    Extern,
    Function,
    Option,
    Ref,
    Result,
    Scalar,
    Slice,
    Str,
    StringEnumType,
    StructType,
    Type,
    Vector,
)

View = str
"""The typed view of the slots that holds a Wasm value: i32, u32, i64, u64, f32 or f64."""

_SMALL = ("i8", "u8", "i16", "u16", "bool", "char")
_SCALAR_VIEWS = {
    "i8": "i32", "i16": "i32", "i32": "i32", "u8": "u32", "u16": "u32", "u32": "u32",
    "i64": "i64", "u64": "u64", "f32": "f32", "f64": "f64", "bool": "i32", "char": "u32",
}  # fmt: skip
_MASKS = {"u8": 0xFF, "u16": 0xFFFF}


@dataclass(slots=True)
class Lowering:
    """The text that turns one Python value into Wasm values, by phase.

    `checks` run before anything else and touch no guest; `handles` after the guard, before
    anything is allocated; `allocations` last; `values` are (view, expression) per Wasm value.
    """

    checks: list[str] = field(default_factory=list)
    handles: list[str] = field(default_factory=list)
    allocations: list[str] = field(default_factory=list)
    values: list[tuple[View, str]] = field(default_factory=list)
    lends: bool = False
    moves: bool = False
    objects: bool = False


def lower(type_: Type, name: str, place: int) -> Lowering:
    """Give the text for a Python value called `name`; `place` makes its temporaries distinct.

    Raises NotBound for a type that this version does not bind in this direction.
    """
    match type_:
        case Scalar(kind):
            return _lower_scalar(type_, kind, name)
        case Option(inner):
            return _lower_option(type_, inner, name, place)
        case EnumType():
            return _lower_enum(type_, name)
        case StringEnumType():
            return _lower_string_enum(type_, name, place)
        case Extern() | StructType():
            return _lower_handle(type_, name, place, optional=False)
        case Ref(Extern() | StructType()):
            return _lower_handle(type_, name, place, optional=False)
        case Str() | Vector() | Ref(Str()) | Ref(Slice()):
            return _lower_memory(type_, name, place, optional=False)
    raise NotBound(type_, "values of this type cannot be given to Rust yet")


def _lower_scalar(type_: Type, kind: str, name: str) -> Lowering:
    if kind == "unit":
        return Lowering()
    if kind not in _SCALAR_VIEWS:
        raise NotBound(type_, "this number has no binding yet")
    return Lowering(checks=[_check_scalar(kind, name)], values=[(_SCALAR_VIEWS[kind], name)])


def _check_scalar(kind: str, name: str) -> str:
    if kind in INTEGER_RANGES:
        low, high = INTEGER_RANGES[kind]
        test = f"type({name}) is not int or not {low} <= {name} <= {high}"
        return f'if {test}:\n    {name} = _integer({name}, "{name}", {low}, {high})'
    if kind == "bool":
        return f'if type({name}) is not bool:\n    {name} = _boolean({name}, "{name}")'
    if kind == "char":
        return f'{name} = _char({name}, "{name}")'
    return f'if type({name}) is not float:\n    {name} = _real({name}, "{name}")'


def _unless_none(name: str, statement: str) -> str:
    body = "\n".join(f"    {line}" for line in statement.split("\n"))
    return f"if {name} is not None:\n{body}"


def _lower_option(type_: Type, inner: Type, name: str, place: int) -> Lowering:
    match inner:
        case Scalar(kind) if kind in _SCALAR_VIEWS:
            checks = [_unless_none(name, _check_scalar(kind, name))]
            return Lowering(checks=checks, values=_option_values(kind, name))
        case EnumType(_, hole):
            lowered = _lower_enum(inner, name)
            checks = [_unless_none(name, text) for text in lowered.checks]
            value = ("f64", f"{float(hole)} if {name} is None else {name}")
            return Lowering(checks=checks, values=[value])
        case StringEnumType(_, count):
            lowered = _lower_string_enum(inner, name, place)
            none = f"_v{place} = {count + 1}"
            checks = [none, *(_unless_none(name, text) for text in lowered.checks)]
            return Lowering(checks=checks, values=lowered.values)
        case Extern() | StructType() | Ref(Extern() | StructType()):
            return _lower_handle(inner, name, place, optional=True)
        case Str() | Vector() | Ref(Str()) | Ref(Slice()):
            return _lower_memory(inner, name, place, optional=True)
    raise NotBound(type_, "this Option cannot be given to Rust yet")


def _option_values(kind: str, name: str) -> list[tuple[View, str]]:
    if kind in _SMALL:
        return [(_SCALAR_VIEWS[kind], f"{NONE_SMALL} if {name} is None else {name}")]
    if kind in ("i32", "u32", "f32"):
        return [("f64", f"{NONE_WORD} if {name} is None else {name}")]
    zero = "0.0" if kind == "f64" else "0"
    return [
        ("i32", f"{name} is not None"),
        (_SCALAR_VIEWS[kind], f"{zero} if {name} is None else {name}"),
    ]


def _lower_enum(type_: EnumType, name: str) -> Lowering:
    cls = local_name(type_.name)
    check = f'if type({name}) is not {cls}:\n    {name} = _member({cls}, {name}, "{name}")'
    return Lowering(checks=[check], values=[("f64", name)])


def _lower_string_enum(type_: StringEnumType, name: str, place: int) -> Lowering:
    check = f'_v{place} = _variant({local_name(type_.name)}, {name}, "{name}")'
    return Lowering(checks=[check], values=[("u32", f"_v{place}")])


def _lower_handle(type_: Type, name: str, place: int, *, optional: bool) -> Lowering:
    value = f"_v{place}"
    result = Lowering(values=[("u32", value)])
    absent = f"0 if {name} is None else " if optional else ""
    match type_:
        case StructType(struct):
            result.checks.append(_check_object(struct, name, optional))
            result.handles.append(pointer_text(name, value, absent))
            result.moves = result.objects = True
        case Ref(StructType(struct)):
            result.checks.append(_check_object(struct, name, optional))
            result.handles.append(pointer_text(name, value, absent))
            result.objects = True
        case Ref(Extern(), _, False):
            result.allocations.append(f"{value} = {absent}_lend({name})")
            result.lends = True
        case _:
            if getattr(type_, "name", None) == "string":
                check = f'{name} = _text({name}, "{name}")'
                result.checks.append(_unless_none(name, check) if optional else check)
            absent = f"0 if {name} is None or {name} is _null else " if optional else ""
            result.allocations.append(f"{value} = {absent}_own({name})")
    return result


def _check_object(struct: str, name: str, optional: bool) -> str:
    cls = local_name(struct)
    test = f"not isinstance({name}, {cls})"
    if optional:
        test = f"{name} is not None and {test}"
    return f'if {test}:\n    raise _wrong_class({name}, "{name}", {cls})'


def _lower_memory(type_: Type, name: str, place: int, *, optional: bool) -> Lowering:
    data, pointer = f"_d{place}", f"_v{place}"
    encode, store, length = _memory_text(type_, name, data)
    absent = f"None if {name} is None else " if optional else ""
    nothing = f"0 if {data} is None else " if optional else ""
    return Lowering(
        checks=[f"{data} = {absent}{encode}"],
        allocations=[f"{pointer} = {nothing}{store}"],
        values=[("u32", pointer), ("u32", f"{nothing}{length}")],
    )


def _memory_text(type_: Type, name: str, data: str) -> tuple[str, str, str]:
    match type_:
        case Str() | Ref(Str()):
            return f'_encode({name}, "{name}")', f"_store({data}, 1)", f"len({data})"
        case Vector(inner) | Ref(Slice(inner), False):
            pass
        case _:
            raise NotBound(type_, "this kind of slice cannot be given to Rust yet")
    match inner:
        case Scalar(kind) if kind in NUMBER_FORMATS:
            fmt = NUMBER_FORMATS[kind]
            size = SIZES[fmt]
            count = f"len({data})" if size == 1 else f"len({data}) // {size}"
            return f'_numbers({name}, "{name}", "{fmt}")', f"_store({data}, {size})", count
        case Extern("string"):
            return f'_texts({name}, "{name}")', f"_store_values({data})", f"len({data})"
        case Extern() if not isinstance(type_, Ref):
            return f'_values({name}, "{name}")', f"_store_values({data})", f"len({data})"
    raise NotBound(type_, "vectors of this element type cannot be given to Rust yet")


def views(type_: Type) -> tuple[View, ...]:
    """Give the view that each Wasm value of the type is read through when it is lifted."""
    match type_:
        case Scalar("unit"):
            return ()
        case Scalar(kind) if kind in _SCALAR_VIEWS:
            return (_SCALAR_VIEWS[kind],)
        case Extern() | StructType() | StringEnumType():
            return ("u32",)
        case Ref(Extern() | StructType()):
            return ("u32",)
        case Str() | Vector() | Closure() | Function() | Ref():
            return ("u32", "u32")
        case EnumType():
            return ("f64",)
        case Option(Scalar(kind)) if kind in _SCALAR_VIEWS:
            return tuple(view for view, _ in _option_values(kind, ""))
        case Option(inner):
            return views(inner)
        case Result(inner):
            return (*views(inner), "u32", "u32")
    raise NotBound(type_, "values of this type cannot be taken from Rust yet")


def lift(type_: Type, atoms: Sequence[str], closure: Callable[[Type], int]) -> str:
    """Give the expression that makes the Python value from its Wasm values, given as texts.

    `closure` numbers the closure types. Raises NotBound for a type that is not bound.
    """
    match type_:
        case Scalar(kind):
            return _lift_scalar(type_, kind, atoms)
        case Option(inner):
            return _lift_option(type_, inner, atoms, closure)
        case Extern():
            return f"_take({atoms[0]})"
        case Ref(Extern()):
            return f"_peek({atoms[0]})"
        case StructType(name):
            return f"_wrap({local_name(name)}, {atoms[0]})"
        case EnumType(name):
            return f"{local_name(name)}(int({atoms[0]}))"
        case StringEnumType(name):
            return f"_from_variant({local_name(name)}, {atoms[0]})"
        case Closure(owned):
            verb = "_owned_closure" if owned else "_borrowed_closure"
            return f"{verb}({closure(type_)}, {atoms[0]}, {atoms[1]})"
        case Ref(Function(), mutable):
            return f"_immediate_closure({closure(type_)}, {atoms[0]}, {atoms[1]}, {mutable})"
        case Str() | Vector() | Ref(Str()) | Ref(Slice()):
            return _lift_memory(type_, atoms)
    raise NotBound(type_, "values of this type cannot be taken from Rust yet")


def _lift_scalar(type_: Type, kind: str, atoms: Sequence[str]) -> str:
    if kind == "unit":
        return "None"
    if kind not in _SCALAR_VIEWS:
        raise NotBound(type_, "this number has no binding yet")
    if kind == "bool":
        return f"{atoms[0]} != 0"
    if kind == "char":
        return f"_to_char({atoms[0]})"
    return f"{atoms[0]} & {_MASKS[kind]}" if kind in _MASKS else atoms[0]


def _lift_option(
    type_: Type, inner: Type, atoms: Sequence[str], closure: Callable[[Type], int]
) -> str:
    first = atoms[0]
    match inner:
        case Scalar(kind) if kind in _SMALL:
            return f"None if {first} == {NONE_SMALL} else {_lift_scalar(inner, kind, atoms)}"
        case Scalar("f32"):
            return f"None if {first} == {NONE_WORD} else {first}"
        case Scalar("i32" | "u32"):
            return f"None if {first} == {NONE_WORD} else int({first})"
        case Scalar("f64" | "i64" | "u64"):
            return f"{atoms[1]} if {first} else None"
        case EnumType(_, hole):
            return f"None if {first} == {float(hole)} else {lift(inner, atoms, closure)}"
        case StringEnumType(_, count):
            return f"None if {first} == {count + 1} else {lift(inner, atoms, closure)}"
        case Extern() | Ref(Extern()):
            return lift(inner, atoms, closure)
        case Str() | Vector() | StructType() | Ref(Str()) | Ref(Slice()):
            return f"{lift(inner, atoms, closure)} if {first} else None"
    raise NotBound(type_, "this Option cannot be taken from Rust yet")


def _lift_memory(type_: Type, atoms: Sequence[str]) -> str:
    place = f"{atoms[0]}, {atoms[1]}"
    match type_:
        case Str():
            return f"_take_str({place})"
        case Ref(Str()):
            return f"_get_str({place})"
        case Vector(inner):
            verb = "take"
        case Ref(Slice(inner), False):
            verb = "get"
        case _:
            raise NotBound(type_, "this kind of slice cannot be taken from Rust yet")
    match inner:
        case Scalar("u8"):
            return f"_{verb}_bytes({place})"
        case Scalar(kind) if kind in NUMBER_FORMATS:
            return f'_{verb}_numbers({place}, "{NUMBER_FORMATS[kind]}")'
        case Extern():
            return f"_{verb}_values({place})"
    raise NotBound(type_, "vectors of this element type cannot be taken from Rust yet")


def local_name(name: str) -> str:
    """Give the name by which generated code knows a class or an enum of the module."""
    return f"_{name}"


def pointer_text(name: str, target: str, absent: str = "") -> str:
    """Give the statement that takes an object's pointer, or raises when the object is stale."""
    live = f"{name}._ptr if {name}._home is _gate.home else _stale({name})"
    return f"{target} = {absent}({live})" if absent else f"{target} = {live}"
