"""The Python source of the host side: one function per import and per cast.

Each reads its arguments from the mailbox first, since anything that runs later may use the
mailbox again, then calls, then writes the result there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

from unpoison.bindgen.abi import NUMBER_FORMATS, NotBound, flatten, is_mutable_slice
from unpoison.bindgen.absence import crossing_form, without_absence
from unpoison.bindgen.compiled_form import argument_letter, import_form
from unpoison.bindgen.descriptor_types import (
    Clamped,
    Extern,
    Function,
    Ref,
    Scalar,
    Slice,
    Str,
    Type,
    Vector,
)
from unpoison.bindgen.interface import Cast, Import, ImportKind
from unpoison.bindgen.lifting import lift, views
from unpoison.bindgen.lowering import Lowering, lower
from unpoison.bindgen.plan import check_cast, check_import
from unpoison.bindgen.rust_types import rust_type
from unpoison.bindgen.spelling import local_name
from unpoison.bindgen.text import Text, docstring
from unpoison.wasm import F32, F64, I32, I64, ValType

T = TypeVar("T", Import, Cast)
Lift = Callable[[Type, Sequence[str], Callable[[Type], int]], str]

UNIT = Scalar("unit")
MAIL_STEP = {"i32": 2, "u32": 2, "f32": 2, "i64": 1, "u64": 1, "f64": 1}
"""Elements of a typed view per 8-byte mailbox cell."""

_RAW_VIEWS = {I32: "i32", I64: "i64", F32: "f32", F64: "f64"}
_VIEW_OF: dict[ValType, str] = {I32: "u32", I64: "i64", F32: "f32", F64: "f64"}


class HostSource:
    """Adds the host functions of one module to a text."""

    def __init__(self, text: Text, closure: Callable[[Type], int]) -> None:
        self.text = text
        self.closure = closure

    def add_all(self, hosts: Sequence[Import | Cast | str]) -> list[str]:
        """Add every host function in order and give their names."""
        self.text.add("_imported = _border.imported")
        names: list[str] = []
        for number, host in enumerate(hosts):
            name = f"_host_{number}"
            self.text.add("", *_decorators(number, host), f"def {name}() -> None:")
            with self.text.indented():
                self._add(number, host)
            names.append(name)
        self.text.add("")
        return names

    def _add(self, number: int, host: Import | Cast | str) -> None:
        if isinstance(host, str):
            self._refuse(host, "fn()", "it has a meaning for the linker only")
        elif host.unsupported is not None:
            self._refuse(_label(host), *host.unsupported)
        elif isinstance(host, Cast):
            self._try(number, host, self._add_cast)
        elif host.kind in (ImportKind.CLASS_WRAP, ImportKind.CLASS_UNWRAP):
            self._add_class_function(host)
        elif host.result is None or host.kind is ImportKind.RAW:
            self._add_raw(number, host)
        else:
            self._try(number, host, self._add_import)

    def _refuse(self, item: str, type_: str, reason: str) -> None:
        self.text.add(f"raise _unsupported({item!r}, {type_!r}, {reason!r})")

    def _try(self, number: int, host: T, add: Callable[[int, T], list[str]]) -> None:
        try:
            lines = add(number, host)
        except NotBound as problem:
            self._refuse(_label(host), rust_type(problem.type), problem.reason)
        else:
            self.text.add_lines(lines)

    def _add_class_function(self, host: Import) -> None:
        """Add what makes a handle of a struct's pointer, or takes the pointer out of an object."""
        cls = local_name(host.class_name or "")
        wraps = host.kind is ImportKind.CLASS_WRAP
        self.text.add(*docstring([f"{'Wrap' if wraps else 'Unwrap'} a {host.class_name}."]))
        value = f"_own(_wrap({cls}, _given))" if wraps else f"_unwrap({cls}, _peek(_given))"
        self.text.add("_given = _mail.u32[0]", f"_mail.u32[0] = {value}")

    def _add_raw(self, number: int, host: Import) -> None:
        params = host.signature.params
        self.text.add(*docstring([f"{host.wasm_module}.{host.wasm_name}: numbers only."]))
        arguments = ", ".join(
            f"_mail.{_RAW_VIEWS[value]}[{MAIL_STEP[_RAW_VIEWS[value]] * place}]"
            for place, value in enumerate(params)
        )
        target = "_r = " if host.signature.results else ""
        self.text.add(f"{target}_imported[{number}]({arguments})")
        for place, value in enumerate(host.signature.results):
            view = _RAW_VIEWS[value]
            self.text.add_lines([_check_raw(value, host.wasm_name)])
            self.text.add(f"_mail.{view}[{MAIL_STEP[view] * place}] = _r")

    def _add_import(self, number: int, host: Import) -> list[str]:
        check_import(host)
        assert host.result is not None
        types = [param.type for param in host.params]
        lines, lifted = self._lift_all(types)
        result = "result"
        lowered = lower(host.result, result, 0, f"{_label(host)}: {result}")
        # What is no value is no argument either.
        given = [name for name, type_ in zip(lifted, types, strict=True) if type_ != UNIT]
        lent = [name for name, type_ in zip(lifted, types, strict=True) if _is_immediate(type_)]
        if host.variadic and given:
            given[-1] = f"*{given[-1]}"
        target = f"{result} = " if lowered.values else ""
        call = [f"{target}_imported[{number}]({', '.join(given)})", *lowered.checks]
        call += lowered.handles
        if lent:
            call = ["try:", *_indent(call), "finally:", *(f"    _drop({name})" for name in lent)]
        if host.catch:
            zero = _zeros(host.result)
            caught = "except Exception as _error_caught:  # noqa: BLE001"
            call = ["try:", *_indent(call), caught]
            call += _indent(["_catch(_error_caught)", *zero, "return"])
        return [*docstring([f"{_label(host)}."]), *lines, *call, *_deliver(lowered, result)]

    def _add_cast(self, number: int, cast: Cast) -> list[str]:
        check_cast(cast)
        is_js_value = isinstance(cast.target, Extern)
        lines, lifted = self._lift_all([cast.source], _lift_shown if is_js_value else lift)
        value = lifted[0] if lifted else "None"
        if is_js_value:
            value = _as_js_value(cast.source, value)
        lowered = lower(cast.target, "value", 0)
        if isinstance(cast.source, Ref) and isinstance(cast.source.inner, Str):
            # Whether a panic's payload was text or a JsValue is told by this, see panic_error.
            lines.append("_gate.last_text = _x0")
        label = docstring([f"Cast {rust_type(cast.source)} to {rust_type(cast.target)}."])
        steps = [f"value = {value}", *lowered.checks, *lowered.handles]
        return [*label, *lines, *steps, *_deliver(lowered, "value")]

    def _lift_all(self, types: Sequence[Type], lift: Lift = lift) -> tuple[list[str], list[str]]:
        lines: list[str] = []
        pending: list[tuple[Type, list[str]]] = []
        cell = 0
        for type_ in types:
            atoms = []
            for view in views(type_):
                lines.append(f"_c{cell} = _mail.{view}[{MAIL_STEP[view] * cell}]")
                atoms.append(f"_c{cell}")
                cell += 1
            pending.append((type_, atoms))
        names = []
        for place, (type_, atoms) in enumerate(pending):
            lines.append(f"_x{place} = {lift(type_, atoms, self.closure)}")
            names.append(f"_x{place}")
        return lines, names


def _decorators(number: int, host: Import | Cast | str) -> list[str]:
    """Give the line that makes an answer a compiled one, if it can be that."""
    if isinstance(host, str) or host.unsupported is not None:
        return []
    if isinstance(host, Cast):
        return _cast_decorators(host)
    form = import_form(host)
    if form is None:
        return []
    try:
        if host.result is not None:
            check_import(host)
    except NotBound:
        return []
    label = f"{_label(host)}: result"
    return [
        f'@_host_function(_imported, {number}, "{form[0]}", "{form[1]}", {label!r}, {host.catch})'
    ]


_CAST_FUNCTIONS: Final[Mapping[str, str]] = {"d": "_number", "f": "_number", "s": "_noted"}
"""By the letter of what is cast to a JsValue: what makes the value of the host."""


def _cast_decorators(cast: Cast) -> list[str]:
    letter = argument_letter(cast.source)
    function = _CAST_FUNCTIONS.get(letter or "")
    if function is None or not isinstance(cast.target, Extern) or cast.target.name:
        return []
    try:
        check_cast(cast)
    except NotBound:
        return []
    return [f'@_host_function(({function},), 0, "{letter}", "o", "cast: result", False)']


def _check_raw(value: ValType, name: str) -> str:
    bits = 64 if value in (I64, F64) else 32
    if value in (F32, F64):
        return f"if type(_r) is not float:\n    _r = _raw_float(_r, {name!r}, {bits})"
    half = 2 ** (bits - 1)
    test = f"type(_r) is not int or not {-half} <= _r < {half}"
    return f"if {test}:\n    _r = _raw_integer(_r, {name!r}, {bits})"


def _deliver(lowered: Lowering, name: str) -> list[str]:
    lines = [*lowered.allocations]
    if lowered.moves:
        lines.append(f"_move({name})")
    for cell, (view, expression) in enumerate(lowered.values):
        lines.append(f"_mail.{view}[{MAIL_STEP[view] * cell}] = {expression}")
    return lines


def _zeros(result: Type) -> list[str]:
    return [
        f"_mail.{_VIEW_OF[value]}[{MAIL_STEP[_VIEW_OF[value]] * cell}] = 0"
        for cell, value in enumerate(flatten(result))
    ]


def _as_js_value(source: Type, value: str) -> str:
    match source:
        case Scalar("f32" | "f64"):
            return f"_number({value})"
        case Scalar("i64" | "u64" | "i128" | "u128"):
            return f"_bigint({value})"
        case Vector(Scalar(kind)) if kind in NUMBER_FORMATS:
            return f'_typed_array({value}, "{NUMBER_FORMATS[kind]}")'
        case Clamped(Vector(Scalar("u8"))):
            return f'_typed_array({value}, "C")'
    return value


def _lift_shown(type_: Type, atoms: Sequence[str], closure: Callable[[Type], int]) -> str:
    """Lift a slice of numbers as a typed array that shows the guest's memory."""
    match type_:
        case Ref(Slice(Scalar(kind))) if kind in NUMBER_FORMATS:
            return f'_show({", ".join(atoms)}, "{NUMBER_FORMATS[kind]}")'
        case Clamped(Ref(Slice(Scalar("u8")))):
            return f'_show({", ".join(atoms)}, "C")'
    return lift(type_, atoms, closure)


def _is_immediate(type_: Type) -> bool:
    """Tell whether a value is good until the import returns only: a closure or a view."""
    _, form = without_absence(crossing_form(type_))
    closure = form.inner if isinstance(form, Ref) else form
    return isinstance(closure, Function) or is_mutable_slice(form)


def _indent(lines: Sequence[str]) -> list[str]:
    return [f"    {part}" for line in lines for part in line.split("\n")]


def _label(host: Import | Cast) -> str:
    if isinstance(host, Cast):
        return "cast"
    path = ".".join(host.path) or host.name
    return path if host.class_name is None else f"{host.class_name}.{host.name}"
