"""Host to guest: the text that turns a Python value into Wasm values.

The text calls functions of `unpoison.runtime.binding`, each spelled with a leading underscore,
which no generated parameter has.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from unpoison.bindgen.abi import INTEGER_RANGES, NUMBER_FORMATS, SIZES, NotBound, is_mutable_slice
from unpoison.bindgen.absence import (
    AS_DOUBLE,
    NULL_HANDLE,
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
    Scalar,
    Slice,
    Str,
    StringEnumType,
    StructType,
    Type,
    UnionType,
    Vector,
)
from unpoison.bindgen.spelling import HIGH_VIEWS, SCALAR_VIEWS, View, live_pointer, local_name

_LOW_64 = 2**64 - 1


@dataclass(slots=True)
class Lowering:
    """The text that turns one Python value into Wasm values, by phase.

    `checks` run before anything else and touch no guest; `handles` after the guard, before
    anything is allocated; `allocations` last; `values` are (view, expression) per Wasm value.
    `move` is the statement that marks a moved object, written with its name. `buffer` is a variable
    that holds a buffer of the host, which cannot be resized until it is let go.
    """

    checks: list[str] = field(default_factory=list)
    handles: list[str] = field(default_factory=list)
    allocations: list[str] = field(default_factory=list)
    values: list[tuple[View, str]] = field(default_factory=list)
    lends: bool = False
    moves: bool = False
    move: str = "_move({0})"
    objects: bool = False
    buffer: str | None = None


@dataclass(frozen=True, slots=True)
class _Value:
    """A Python value: the variable that holds it, and the literal that names it in an error.

    `place` makes its temporaries distinct.
    """

    name: str
    shown: str
    place: int


def lower(type_: Type, name: str, place: int, shown: str | None = None) -> Lowering:
    """Give the text for the Python value of a variable, which errors call `shown`, or by its name.

    `place` makes its temporaries distinct. Raises NotBound for a type that does not cross in this
    direction.
    """
    value = _Value(name, f'"{name}"' if shown is None else repr(shown), place)
    absence, inner = without_absence(crossing_form(type_))
    try:
        lowered = _lower(inner, value, absence)
    except NotBound as problem:
        raise NotBound(type_, problem.reason) from None
    lowered.checks[:0] = absence.prepare(name)
    return lowered


def _lower(type_: Type, value: _Value, absence: Absence) -> Lowering:
    name = value.name
    match type_:
        case Scalar(kind):
            return _lower_scalar(type_, kind, value, absence)
        case EnumType():
            check = _check_enum(type_, value, absence.given(name))
            code = absence.choose(name, *codes(type_, absence), name)
            return Lowering([check], values=[("f64", code)])
        case StringEnumType(enum):
            index = f"_variant({local_name(enum)}, {name}, {value.shown})"
            check = f"_v{value.place} = {absence.choose(name, *codes(type_, absence), index)}"
            return Lowering([check], values=[("u32", f"_v{value.place}")])
        case StructType() as struct:
            return _lower_object(struct, value, absence, owned=True)
        case Ref(StructType() as struct):
            return _lower_object(struct, value, absence, owned=False)
        case Extern() | UnionType() | Ref(Extern()):
            return _lower_handle(type_, value, absence)
        case Str() | Vector() | Ref(Str() | Slice()):
            return _lower_memory(type_, value, absence)
        case Closure() | Function() | Ref(Function()):
            raise NotBound(type_, "Rust takes no closure of the host; it takes a js_sys::Function")
    raise NotBound(type_, "values of this type cannot be given to Rust")


# --- numbers and enums ---


def _lower_scalar(type_: Type, kind: str, value: _Value, absence: Absence) -> Lowering:
    name = value.name
    if kind == "unit" and not absence:
        return Lowering()
    if kind == "char":
        char = f"_char({name}, {value.shown})"
        code = absence.choose(name, *codes(type_, absence), char)
        return Lowering([f"_v{value.place} = {code}"], values=[("u32", f"_v{value.place}")])
    check = _check_scalar(type_, kind, value, absence.given(name))
    return Lowering([check], values=_scalar_values(type_, kind, name, absence))


def _scalar_values(type_: Type, kind: str, name: str, absence: Absence) -> list[tuple[View, str]]:
    plain = _halves(kind, name) if kind in HIGH_VIEWS else [(SCALAR_VIEWS[kind], name)]
    if not absence:
        return plain
    none, null = codes(type_, absence)
    if kind in SMALL or (kind == "nonnull" and not absence.null):
        return [(SCALAR_VIEWS[kind], absence.choose(name, none, null, name))]
    if kind in AS_DOUBLE or kind == "nonnull":
        return [("f64", absence.choose(name, none, null, name))]
    zero = "0.0" if kind == "f64" else "0"
    present = [(view, absence.choose(name, zero, zero, value)) for view, value in plain]
    return [("i32", absence.choose(name, none, null, "1")), *present]


def _halves(kind: str, name: str) -> list[tuple[View, str]]:
    return [("u64", f"{name} & {_LOW_64}"), (HIGH_VIEWS[kind], f"{name} >> 64")]


def _check_scalar(type_: Type, kind: str, value: _Value, given: str) -> str:
    """Give the statement that checks a number or bool; `given` is a test that goes before."""
    name, shown = value.name, value.shown
    if kind in INTEGER_RANGES:
        low, high = INTEGER_RANGES[kind]
        test = f"type({name}) is not int or not {low} <= {name} <= {high}"
        test = f"{given}({test})" if given else test
        return f"if {test}:\n    {name} = _integer({name}, {shown}, {low}, {high})"
    if kind == "bool":
        return f"if {given}type({name}) is not bool:\n    {name} = _boolean({name}, {shown})"
    if kind in ("f32", "f64"):
        return f"if {given}type({name}) is not float:\n    {name} = _real({name}, {shown})"
    raise NotBound(type_, "this number does not cross on wasm32")


def _check_enum(type_: EnumType, value: _Value, given: str) -> str:
    name, cls = value.name, local_name(type_.name)
    check = f"{name} = _member({cls}, {name}, {value.shown})"
    return f"if {given}type({name}) is not {cls}:\n    {check}"


# --- handles and objects ---


def _lower_handle(type_: Type, value: _Value, absence: Absence) -> Lowering:
    name, handle = value.name, f"_v{value.place}"
    result = Lowering(values=[("u32", handle)])
    js_type = type_.inner if isinstance(type_, Ref) else type_
    if isinstance(js_type, Extern):
        _add_value_check(result, js_type.name or "", value, absence)
    none, null = 0, NULL_HANDLE
    if isinstance(type_, Ref):
        result.handles.append(f"{handle} = {absence.choose(name, none, null, f'_lend({name})')}")
        result.lends = True
    else:
        result.allocations.append(f"{handle} = {absence.choose(name, none, null, f'_own({name})')}")
    return result


def _add_value_check(lowered: Lowering, js_type: str, value: _Value, absence: Absence) -> None:
    name, check = value.name, ""
    if js_type.partition("<")[0] == "Promise":
        check = f"{name} = _promise({name})"
    elif js_type == "string":
        check = f"{name} = _text({name}, {value.shown})"
    if check:
        given = absence.given(name).removesuffix(" and ")
        lowered.checks.append(f"if {given}:\n    {check}" if given else check)


def _lower_object(struct: StructType, value: _Value, absence: Absence, *, owned: bool) -> Lowering:
    name, cls, given = value.name, local_name(struct.name), absence.given(value.name)
    test = f"not isinstance({name}, {cls})"
    if owned and struct.pointer != "_ptr":
        # A child's pointer is none of its parent's type, and it holds one for each ancestor.
        test = f'{test} or {name}._own != "{struct.pointer}"'
        test = f"({test})" if given else test
    move = "_move({0})"
    pointer = live_pointer(name, struct.pointer)
    if absence:
        pointer = absence.choose(name, *codes(struct, absence), f"({pointer})")
        move = f"if {given.removesuffix(' and ')}:\n    {move}"
    return Lowering(
        checks=[f"if {given}{test}:\n    raise _wrong_class({name}, {value.shown}, {cls})"],
        handles=[f"_v{value.place} = {pointer}"],
        values=[("u32", f"_v{value.place}")],
        moves=owned,
        move=move,
        objects=True,
    )


def receiver(pointer: str, cls: str, *, consumed: bool) -> Lowering:
    """Give the text for `self` of a method of a class; `pointer` is the one of its objects."""
    in_family = pointer != "_ptr"
    refuse = f'raise _wrong_class(self, "self", {cls})'
    check = f'if self._own != "{pointer}":\n    {refuse}'
    return Lowering(
        checks=[check] if consumed and in_family else [],
        handles=[f"_self = {live_pointer('self', pointer)}"],
        values=[("u32", "_self")],
        moves=consumed,
        objects=True,
    )


# --- strings and slices ---


def _lower_memory(type_: Type, value: _Value, absence: Absence) -> Lowering:
    name, data, pointer = value.name, f"_d{value.place}", f"_v{value.place}"
    memory = _memory_text(type_, f"{name}, {value.shown}", data)
    given = f"if {data} is not None:\n    " if absence else ""
    store = f"{memory.store} if {data} is not None else 0" if absence else memory.store
    lowered = Lowering(
        checks=[f"{data} = {absence.choose(name, None, None, memory.encode)}"],
        handles=[f"{given}{memory.take}"] if memory.take else [],
        allocations=[f"{pointer} = {store}"],
        values=[("u32", pointer), ("u32", absence.length(name, data, memory.length))],
        buffer=data if memory.encode.startswith(("_numbers(", "_writable(")) else None,
    )
    if is_mutable_slice(type_):
        # Rust writes its changes into the host's own buffer, which it therefore holds.
        lowered.allocations.append(f"_w{value.place} = _own({name})")
        lowered.values.append(("u32", f"_w{value.place}"))
    return lowered


@dataclass(frozen=True, slots=True)
class _Memory:
    """The texts that check and encode, that take objects over, that store, and that count."""

    encode: str
    store: str
    length: str
    take: str = ""


def _memory_text(type_: Type, given: str, data: str) -> _Memory:
    """Give the texts for a string or slice; `given` is the value and its name, for the checks."""
    match type_:
        case Str() | Ref(Str()):
            return _Memory(f"_encode({given})", f"_store({data}, 1)", f"len({data})")
        case Ref(Slice(Scalar(kind)), True) if kind in NUMBER_FORMATS:
            fmt = NUMBER_FORMATS[kind]
            return _cells(f'_writable({given}, "{fmt}")', data, SIZES[fmt])
        case Ref(Slice(Scalar(kind) as inner), False) if kind in NUMBER_FORMATS:
            return _vector_text(type_, inner, given, data)
        case Vector(inner):
            return _vector_text(type_, inner, given, data)
    raise NotBound(type_, "Rust borrows only slices of numbers")


def _vector_text(type_: Type, inner: Type, given: str, data: str) -> _Memory:
    match inner:
        case Scalar(kind) if kind in NUMBER_FORMATS:
            fmt = NUMBER_FORMATS[kind]
            return _cells(f'_numbers({given}, "{fmt}")', data, SIZES[fmt])
        case Scalar("bool" | "char" as kind):
            return _cells(f"_{kind}s({given})", data, 4)
        case EnumType(enum):
            return _cells(f"_members({local_name(enum)}, {given})", data, 8)
        case StringEnumType(enum):
            return _cells(f"_variants({local_name(enum)}, {given})", data, 4)
        case StructType(struct):
            encode = f"_objects({local_name(struct)}, {given})"
            return _Memory(encode, f"_store_values({data})", f"len({data})", f"_check_live({data})")
        case Extern(js_type):
            verb = "texts" if js_type == "string" else "values"
            encode = f"_{verb}({given})"
            return _Memory(encode, f"_store_values({data})", f"len({data})")
    raise NotBound(type_, "a vector of this element type does not cross")


def _cells(encode: str, data: str, size: int) -> _Memory:
    count = f"len({data})" if size == 1 else f"len({data}) // {size}"
    return _Memory(encode, f"_store({data}, {size})", count)
