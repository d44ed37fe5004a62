"""JavaScript to Rust: the text that turns a JavaScript value into Wasm values, by phase.

Whatever may run code of a user (conversions, iterators, getters) comes first, before anything of
the instance is looked at; then the guard; then what can refuse; and then nothing can fail but the
instance itself, so that nothing that was allocated has to be taken back.
"""

from __future__ import annotations

from dataclasses import dataclass, field

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
    is_mutable_slice,
    without_absence,
)
from unpoison.glue.absent import NULL_LENGTH, choose, given, length
from unpoison.glue.context import Context
from unpoison.glue.elements import TYPED_ARRAYS

_CONVERSIONS = {
    **dict.fromkeys(("i8", "i16", "i32", "u8", "u16", "bool"), "{0} | 0"),
    **dict.fromkeys(("u32", "raw_pointer", "nonnull"), "{0} >>> 0"),
    **dict.fromkeys(("f64", "i64_as_f64", "u64_as_f64"), "+{0}"),
    **dict.fromkeys(("i64", "u64"), "BigInt.asIntN(64, {0})"),
    **dict.fromkeys(("i128", "u128"), "BigInt.asIntN(128, {0})"),
    "f32": "Math.fround({0})",
    "char": "$char({0})",
}
"""How each scalar is converted. Numbers wrap as they would where Wasm converts them."""

_SMALL = ("i8", "u8", "i16", "u16", "bool", "char")
_AS_DOUBLE = ("i32", "u32", "f32", "raw_pointer", "nonnull")
_WIDE = ("i64", "u64", "i128", "u128")

_AS_ANCESTOR = "a wasm-bindgen descendant cannot be consumed by-value as its ancestor"


@dataclass(slots=True)
class Lowering:
    """The statements and expressions that turn one JavaScript value into Wasm values.

    `checks` may run code of a user; `handles` refuse objects of another instance; `allocations`
    need a live instance; `values` are evaluated in the order of the arguments, and may allocate
    when `allocates`.
    """

    checks: list[str] = field(default_factory=list)
    handles: list[str] = field(default_factory=list)
    allocations: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    allocates: bool = False


class Lowerer:
    """Lowers the values of one module."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def lower(self, type_: Type, name: str, place: int) -> Lowering:
        """Give the text for the value of a variable, which it may change.

        `place` makes temporaries distinct. Raises NotBound for a type that does not cross in this
        direction.
        """
        absence, inner = without_absence(crossing_form(type_))
        if isinstance(inner, Sequence):
            return self.lower(inner.inner, name, place)
        try:
            return self._lower(inner, name, place, absence)
        except NotBound as problem:
            raise NotBound(type_, problem.reason) from None

    def _lower(self, type_: Type, name: str, place: int, absence: Absence) -> Lowering:
        match type_:
            case Scalar(kind):
                return _lower_scalar(type_, kind, name, place, absence)
            case EnumType():
                value = choose(absence, name, codes(type_, absence), f"+{name}")
                return Lowering([f"{name} = {value};"], values=[name])
            case StringEnumType():
                variant = f"$variant({self._context.names.enum(type_)}, {name})"
                value = choose(absence, name, codes(type_, absence), variant)
                return Lowering([f"{name} = {value};"], values=[name])
            case StructType():
                return self._lower_object(type_, name, absence, owned=True)
            case Ref(StructType() as struct):
                return self._lower_object(struct, name, absence, owned=False)
            case Extern() | UnionType():
                return self._lower_value(name, absence)
            case Ref(Extern()) if not absence:
                return Lowering(values=[name])
            case Str() | Ref(Str()):
                return _lower_text(name, place, absence)
            case Vector(inner) | Ref(Slice(inner)):
                return self._lower_slice(type_, inner, name, place, absence)
            case Closure() | Function() | Ref(Function()):
                raise NotBound(type_, "Rust takes no closure of its host; it takes a Function")
        raise NotBound(type_, "values of this type cannot be given to Rust")

    def _lower_object(
        self, type_: StructType, name: str, absence: Absence, *, owned: bool
    ) -> Lowering:
        cls = self._context.class_of(type_)
        local, pointer = self._context.names.cls(type_), self._context.pointer(cls)
        check = [f"$expect({name}, {local});"]
        if owned and self._context.has_family(cls):
            text = f"expected exact instance of {local}; {_AS_ANCESTOR}"
            check.append(f'$exact({name}, "{pointer}", "{text}");')
        checks = given(absence, name, check)
        handles = given(absence, name, [f"$current({name});"]) if self._context.resets else []
        value = f"{name}.{pointer}"
        if owned:
            take = f"$take{local}" if self._context.has_family(cls) else "$take"
            value = f"{take}({name})"
        value = choose(absence, name, codes(type_, absence), value)
        return Lowering(checks, handles, values=[value])

    def _lower_value(self, name: str, absence: Absence) -> Lowering:
        if not absence:
            return Lowering(values=[name])
        value = choose(absence, name, (0, NULL_LENGTH), f"$own({name})")
        return Lowering(values=[value], allocates=True)

    def _lower_slice(
        self, type_: Type, inner: Type, name: str, place: int, absence: Absence
    ) -> Lowering:
        if is_mutable_slice(type_):
            return _lower_buffer(type_, inner, name, place, absence)
        convert, kind = self._convert(inner, name)
        check = given(absence, name, [f"{name} = {convert};"])
        handles: list[str] = []
        if isinstance(inner, StructType) and self._context.resets:
            handles = given(absence, name, [f"{name}.forEach($current);"])
        return Lowering(
            check,
            handles,
            _allocate(f"$pass_{kind}({name})", f"{name}.length", name, place, absence),
            [f"ptr{place}", f"len{place}"],
            allocates=True,
        )

    def _convert(self, inner: Type, name: str) -> tuple[str, str]:
        """Give the expression for elements that no code of a user can change any more."""
        match inner:
            case Scalar(kind) if kind in TYPED_ARRAYS:
                array = TYPED_ARRAYS[kind]
                return f"$array({name}, {array})", kind
            case Scalar("bool"):
                return f"Int32Array.from({name}, Boolean)", "i32"
            case Scalar("char"):
                return f"Int32Array.from({name}, $char)", "i32"
            case EnumType():
                return f"Float64Array.from({name})", "f64"
            case StringEnumType():
                enum = self._context.names.enum(inner)
                return f"Int32Array.from({name}, (item) => $variant({enum}, item))", "i32"
            case Extern() | StructType() | UnionType():
                return f"Array.from({name})", "values"
        raise NotBound(inner, "a vector of this element type does not cross")


def _lower_scalar(type_: Type, kind: str, name: str, place: int, absence: Absence) -> Lowering:
    if kind == "unit" and not absence:
        return Lowering()
    convert = _CONVERSIONS[kind].format(name)
    if not absence or kind in _SMALL or kind in _AS_DOUBLE:
        value = choose(absence, name, codes(type_, absence), convert)
        return Lowering([f"{name} = {value};"], values=_halves(kind, name))
    tag = f"tag{place}"
    zero = "0n" if kind in _WIDE else "0"
    checks = [
        f"const {tag} = {choose(absence, name, codes(type_, absence), '1')};",
        f"{name} = {tag} === 1 ? {convert} : {zero};",
    ]
    return Lowering(checks, values=[tag, *_halves(kind, name)])


def _halves(kind: str, name: str) -> list[str]:
    return [name, f"{name} >> 64n"] if kind in ("i128", "u128") else [name]


def _lower_text(name: str, place: int, absence: Absence) -> Lowering:
    return Lowering(
        given(absence, name, [f"$text({name});"]),
        [],
        _allocate(f"$pass_text({name})", "$length", name, place, absence),
        [f"ptr{place}", f"len{place}"],
        allocates=True,
    )


def _allocate(pass_: str, size: str, name: str, place: int, absence: Absence) -> list[str]:
    pointer = choose(absence, name, (0, 0), pass_)
    return [f"const ptr{place} = {pointer}, len{place} = {length(absence, name, size)};"]


def _lower_buffer(type_: Type, inner: Type, name: str, place: int, absence: Absence) -> Lowering:
    """Lower a `&mut [T]`, whose elements Rust copies back into the buffer that was given."""
    if absence or not isinstance(inner, Scalar) or inner.kind not in TYPED_ARRAYS:
        raise NotBound(type_, "a mutable slice of this element type does not cross")
    array = TYPED_ARRAYS[inner.kind]
    return Lowering(
        [f"$buffer({name}, {array});"],
        [],
        _allocate(f"$pass_{inner.kind}({name})", f"{name}.length", name, place, absence),
        [f"ptr{place}", f"len{place}", name],
        allocates=True,
    )
