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
    Clamped,
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
_AS_DOUBLE = ("i32", "u32", "f32", "raw_pointer")
_SCALAR_VIEWS = {
    "i8": "i32", "i16": "i32", "i32": "i32", "u8": "u32", "u16": "u32", "u32": "u32",
    "i64": "i64", "u64": "u64", "f32": "f32", "f64": "f64", "bool": "i32", "char": "u32",
    "raw_pointer": "u32", "nonnull": "u32",
}  # fmt: skip
_HIGH_VIEWS = {"i128": "i64", "u128": "u64"}
_LOW_64 = 2**64 - 1
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
            return _lower_scalar(type_, kind, name, place)
        case Clamped(inner):
            return lower(inner, name, place)
        case Option(inner):
            return _lower_option(type_, inner, name, place)
        case EnumType():
            return Lowering([_check_enum(type_, name)], values=[("f64", name)])
        case StringEnumType():
            check = f"_v{place} = {_variant_text(type_, name)}"
            return Lowering([check], values=[("u32", f"_v{place}")])
        case Extern() | StructType():
            return _lower_handle(type_, name, place, optional=False)
        case Ref(Extern() | StructType()):
            return _lower_handle(type_, name, place, optional=False)
        case Str() | Vector() | Ref(Str()) | Ref(Slice()):
            return _lower_memory(type_, name, place, optional=False)
    raise NotBound(type_, "values of this type cannot be given to Rust yet")


def _lower_scalar(type_: Type, kind: str, name: str, place: int) -> Lowering:
    if kind == "unit":
        return Lowering()
    if kind == "char":
        return Lowering([f'_v{place} = _char({name}, "{name}")'], values=[("u32", f"_v{place}")])
    check = [_check_scalar(type_, kind, name)]
    if kind in _HIGH_VIEWS:
        return Lowering(check, values=_halves(kind, name))
    return Lowering(check, values=[(_SCALAR_VIEWS[kind], name)])


def _halves(kind: str, name: str) -> list[tuple[View, str]]:
    return [("u64", f"{name} & {_LOW_64}"), (_HIGH_VIEWS[kind], f"{name} >> 64")]


def _check_scalar(type_: Type, kind: str, name: str, given: str = "") -> str:
    """Give the statement that checks a number or bool; `given` is a test that goes before."""
    if kind in INTEGER_RANGES:
        low, high = INTEGER_RANGES[kind]
        test = f"type({name}) is not int or not {low} <= {name} <= {high}"
        test = f"{given}({test})" if given else test
        return f'if {test}:\n    {name} = _integer({name}, "{name}", {low}, {high})'
    if kind == "bool":
        return f'if {given}type({name}) is not bool:\n    {name} = _boolean({name}, "{name}")'
    if kind in ("f32", "f64"):
        return f'if {given}type({name}) is not float:\n    {name} = _real({name}, "{name}")'
    raise NotBound(type_, "this number has no binding yet")


def _given(name: str) -> str:
    return f"{name} is not None and "


def _unless_none(name: str, statement: str) -> str:
    return f"if {name} is not None:\n    {statement}"


def _lower_option(type_: Type, inner: Type, name: str, place: int) -> Lowering:
    match inner:
        case Scalar("char"):
            value = f'{NONE_SMALL} if {name} is None else _char({name}, "{name}")'
            return Lowering([f"_v{place} = {value}"], values=[("u32", f"_v{place}")])
        case Scalar(kind) if kind != "unit":
            check = _check_scalar(type_, kind, name, _given(name))
            return Lowering([check], values=_option_values(kind, name))
        case EnumType(_, hole):
            value = f"{float(hole)} if {name} is None else {name}"
            return Lowering([_check_enum(inner, name, _given(name))], values=[("f64", value)])
        case StringEnumType(_, count):
            index = _variant_text(inner, name)
            check = f"_v{place} = {count + 1} if {name} is None else {index}"
            return Lowering([check], values=[("u32", f"_v{place}")])
        case Clamped(clamped):
            return _lower_option(type_, clamped, name, place)
        case Extern() | StructType() | Ref(Extern() | StructType()):
            return _lower_handle(inner, name, place, optional=True)
        case Str() | Vector() | Ref(Str()) | Ref(Slice()):
            return _lower_memory(inner, name, place, optional=True)
    raise NotBound(type_, "this Option cannot be given to Rust yet")


def _option_values(kind: str, name: str) -> list[tuple[View, str]]:
    if kind in _SMALL:
        return [(_SCALAR_VIEWS[kind], f"{NONE_SMALL} if {name} is None else {name}")]
    if kind in _AS_DOUBLE:
        return [("f64", f"{NONE_WORD} if {name} is None else {name}")]
    if kind == "nonnull":
        return [("u32", f"0 if {name} is None else {name}")]
    zero = "0.0" if kind == "f64" else "0"
    values = _halves(kind, name) if kind in _HIGH_VIEWS else [(_SCALAR_VIEWS[kind], name)]
    present = [(view, f"{zero} if {name} is None else {value}") for view, value in values]
    return [("i32", f"{name} is not None"), *present]


def _check_enum(type_: EnumType, name: str, given: str = "") -> str:
    cls = local_name(type_.name)
    return f'if {given}type({name}) is not {cls}:\n    {name} = _member({cls}, {name}, "{name}")'


def _variant_text(type_: StringEnumType, name: str) -> str:
    return f'_variant({local_name(type_.name)}, {name}, "{name}")'


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
        case Ref(Extern(kind)):
            _add_text_check(result, kind, name, optional)
            absent = _absent_value(name, optional)
            result.handles.append(f"{value} = {absent}_lend({name})")
            result.lends = True
        case Extern(kind):
            _add_text_check(result, kind, name, optional)
            result.allocations.append(f"{value} = {_absent_value(name, optional)}_own({name})")
    return result


def _add_text_check(lowered: Lowering, kind: str | None, name: str, optional: bool) -> None:
    if kind is not None and kind.startswith("Promise"):
        lowered.checks.append(f"{name} = _promise({name})")
    if kind == "string":
        check = f'{name} = _text({name}, "{name}")'
        lowered.checks.append(_unless_none(name, check) if optional else check)


def _absent_value(name: str, optional: bool) -> str:
    return f"0 if {name} is None or {name} is _null else " if optional else ""


def _check_object(struct: str, name: str, optional: bool) -> str:
    cls = local_name(struct)
    test = f"not isinstance({name}, {cls})"
    if optional:
        test = f"{name} is not None and {test}"
    return f'if {test}:\n    raise _wrong_class({name}, "{name}", {cls})'


def _lower_memory(type_: Type, name: str, place: int, *, optional: bool) -> Lowering:
    data, pointer = f"_d{place}", f"_v{place}"
    memory = _memory_text(type_, name, data)
    absent = f"None if {name} is None else " if optional else ""
    nothing = f"0 if {data} is None else " if optional else ""
    return Lowering(
        checks=[f"{data} = {absent}{memory.encode}"],
        handles=[_unless_none(data, memory.take) if optional else memory.take]
        if memory.take
        else [],
        allocations=[f"{pointer} = {nothing}{memory.store}"],
        values=[("u32", pointer), ("u32", f"{nothing}{memory.length}")],
    )


@dataclass(frozen=True, slots=True)
class _Memory:
    """The texts that check and encode, that take objects over, that store, and that count."""

    encode: str
    store: str
    length: str
    take: str = ""


def _memory_text(type_: Type, name: str, data: str) -> _Memory:
    match type_:
        case Str() | Ref(Str()):
            return _Memory(f'_encode({name}, "{name}")', f"_store({data}, 1)", f"len({data})")
        case Vector(inner):
            pass
        case Ref(Slice(Scalar(kind) as inner), False) if kind in NUMBER_FORMATS:
            pass
        case _:
            raise NotBound(type_, "this kind of slice cannot be given to Rust yet")
    match inner:
        case Scalar(kind) if kind in NUMBER_FORMATS:
            fmt = NUMBER_FORMATS[kind]
            return _cells(f'_numbers({name}, "{name}", "{fmt}")', data, SIZES[fmt])
        case Scalar("bool" | "char" as kind):
            return _cells(f'_{kind}s({name}, "{name}")', data, 4)
        case EnumType(enum):
            return _cells(f'_members({local_name(enum)}, {name}, "{name}")', data, 8)
        case StringEnumType(enum):
            return _cells(f'_variants({local_name(enum)}, {name}, "{name}")', data, 4)
        case StructType(struct):
            encode = f'_objects({local_name(struct)}, {name}, "{name}")'
            return _Memory(encode, f"_store_values({data})", f"len({data})", f"_check_live({data})")
        case Extern(js_type):
            verb = "texts" if js_type == "string" else "values"
            encode = f'_{verb}({name}, "{name}")'
            return _Memory(encode, f"_store_values({data})", f"len({data})")
    raise NotBound(type_, "vectors of this element type cannot be given to Rust yet")


def _cells(encode: str, data: str, size: int) -> _Memory:
    count = f"len({data})" if size == 1 else f"len({data}) // {size}"
    return _Memory(encode, f"_store({data}, {size})", count)


def views(type_: Type) -> tuple[View, ...]:
    """Give the view that each Wasm value of the type is read through when it is lifted."""
    match type_:
        case Scalar("unit"):
            return ()
        case Scalar(kind) if kind in _SCALAR_VIEWS:
            return (_SCALAR_VIEWS[kind],)
        case Scalar(kind) if kind in _HIGH_VIEWS:
            return ("u64", _HIGH_VIEWS[kind])
        case Clamped(inner):
            return views(inner)
        case Extern() | StructType() | StringEnumType():
            return ("u32",)
        case Ref(Extern() | StructType()):
            return ("u32",)
        case Str() | Vector() | Closure() | Function() | Ref():
            return ("u32", "u32")
        case EnumType():
            return ("f64",)
        case Option(Scalar(kind)) if kind in _SCALAR_VIEWS or kind in _HIGH_VIEWS:
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
        case Clamped(inner):
            return lift(inner, atoms, closure)
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
    if kind in _HIGH_VIEWS:
        return f"{atoms[0]} | {atoms[1]} << 64"
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
    if not atoms:
        raise NotBound(type_, "this Option cannot be taken from Rust yet")
    first = atoms[0]
    match inner:
        case Scalar(kind) if kind in _SMALL:
            return f"None if {first} == {NONE_SMALL} else {_lift_scalar(inner, kind, atoms)}"
        case Scalar("f32"):
            return f"None if {first} == {NONE_WORD} else {first}"
        case Scalar("i32" | "u32" | "raw_pointer"):
            return f"None if {first} == {NONE_WORD} else int({first})"
        case Scalar("nonnull"):
            return f"{first} or None"
        case Scalar("f64" | "i64" | "u64" | "i128" | "u128" as kind):
            return f"{_lift_scalar(inner, kind, atoms[1:])} if {first} else None"
        case EnumType(_, hole):
            return f"None if {first} == {float(hole)} else {lift(inner, atoms, closure)}"
        case StringEnumType(_, count):
            return f"None if {first} == {count + 1} else {lift(inner, atoms, closure)}"
        case Extern() | Ref(Extern()):
            return lift(inner, atoms, closure)
        case Str(True) | Ref(Str(True)):
            return lift(inner, atoms, closure)  # the handle of None is 0, which is undefined
        case Str() | Vector() | StructType() | Clamped() | Ref(Str()) | Ref(Slice()):
            return f"{lift(inner, atoms, closure)} if {first} else None"
    raise NotBound(type_, "this Option cannot be taken from Rust yet")


def _uncached(type_: Type) -> Type:
    return Ref(Str()) if isinstance(type_, Ref) else Str()


def _lift_memory(type_: Type, atoms: Sequence[str]) -> str:
    place = f"{atoms[0]}, {atoms[1]}"
    match type_:
        case Str(True) | Ref(Str(True)):
            # An interned string has no pointer: its length is the handle of the string.
            return f"{_lift_memory(_uncached(type_), atoms)} if {atoms[0]} else _peek({atoms[1]})"
        case Str():
            return f"_take_str({place})"
        case Ref(Str()):
            return f"_get_str({place})"
        case Vector(Str() | Ref(Str())) | Ref(Slice(Str() | Ref(Str()))):
            return f"_get_texts({place})"
        case Vector(inner):
            verb = "take"
        case Ref(Slice(inner)):
            # A slice of encoded cells is a fresh buffer, which the host frees.
            in_place = Scalar | Extern
            encoded = inner in (Scalar("bool"), Scalar("char")) or not isinstance(inner, in_place)
            verb = "take" if encoded else "get"
        case _:
            raise NotBound(type_, "this kind of slice cannot be taken from Rust yet")
    match inner:
        case Scalar("u8"):
            return f"_{verb}_bytes({place})"
        case Scalar(kind) if kind in NUMBER_FORMATS:
            return f'_{verb}_numbers({place}, "{NUMBER_FORMATS[kind]}")'
        case Scalar("bool"):
            return f'[_cell != 0 for _cell in _take_numbers({place}, "I")]'
        case Scalar("char"):
            return f'[_to_char(_cell) for _cell in _take_numbers({place}, "I")]'
        case EnumType(enum):
            return f'[{local_name(enum)}(int(_cell)) for _cell in _take_numbers({place}, "d")]'
        case StringEnumType(enum):
            cell = f"_from_variant({local_name(enum)}, _cell)"
            return f'[{cell} for _cell in _take_numbers({place}, "I")]'
        case Extern() | StructType() if verb == "get" or isinstance(type_, Vector):
            return f"_{verb}_values({place})"
    raise NotBound(type_, "vectors of this element type cannot be taken from Rust yet")


def local_name(name: str) -> str:
    """Give the name by which generated code knows a class or an enum of the module.

    The names of the runtime begin with `_` and a small letter, and are not among these.
    """
    return f"_{name}" if name[0].isupper() else f"_cls_{name}"


def pointer_text(name: str, target: str, absent: str = "") -> str:
    """Give the statement that takes an object's pointer, or raises when the object is stale."""
    live = f"{name}._ptr if {name}._home is _gate.home else _stale({name})"
    return f"{target} = {absent}({live})" if absent else f"{target} = {live}"
