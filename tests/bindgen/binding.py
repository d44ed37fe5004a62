"""Interfaces written by hand, and a border without a guest on which their bindings run."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from enum import Enum
from types import SimpleNamespace
from typing import Any

from unpoison.bindgen import (
    Cast,
    Class,
    ClosureShim,
    EnumDef,
    EnumVariant,
    Export,
    ExportKind,
    Import,
    ImportKind,
    Interface,
    Panics,
    Param,
    Plan,
    Scalar,
    Type,
    make_python_source,
)
from unpoison.bindgen.abi import NotBound, raw_signature
from unpoison.bindgen.plan import make_plan
from unpoison.bindgen.python_source import BORDER_NAMES
from unpoison.wasm import FuncType, Module

UNIT = Scalar("unit")
RECEIVERS = {
    ExportKind.METHOD,
    ExportKind.GETTER,
    ExportKind.SETTER,
    ExportKind.FIELD_GETTER,
    ExportKind.FIELD_SETTER,
}


def exported(
    name: str, *params: Type | tuple[str, Type], result: Type = UNIT, **more: Any
) -> Export:
    """Give an export; parameters are `a`, `b`, ... unless they have a name."""
    named = tuple(
        Param(*param) if isinstance(param, tuple) else Param("abcdefgh"[place], param)
        for place, param in enumerate(params)
    )
    kind = more.pop("kind", ExportKind.FUNCTION)
    try:
        signature = raw_signature([param.type for param in named], result, kind in RECEIVERS)
    except NotBound:
        signature = FuncType()
    fields: dict[str, Any] = {
        "symbol": f"{more.get('class_name', '')}_{kind.value}_{name}",
        "signature": signature,
        "class_name": None,
        "property": None,
    }
    return Export(
        name,
        kind=kind,
        params=named,
        result=result,
        declared_result=result,
        **fields | more,
    )


def struct(name: str, *members: Export, **more: Any) -> Class:
    """Give a class; its members are made with `exported(..., class_name=name)`."""
    fields: dict[str, Any] = {"crate": "demo", "free": None, "key": name}
    return Class(name, members=members, **fields | more)


def enumeration(name: str, *values: int | str | tuple[str, int | str], **more: Any) -> EnumDef:
    """Give an enum: numeric when its first value is, with the variants `V0`, `V1`, ..."""
    variants = tuple(
        EnumVariant(*value) if isinstance(value, tuple) else EnumVariant(_variant(value), value)
        for value in values
    )
    hole = None if isinstance(variants[0].value, str) else 99
    return EnumDef(name, "demo", variants, hole, key=name, **more)


def _variant(value: int | str) -> str:
    return value if isinstance(value, str) else f"V{value}"


def imported(name: str, *params: Type, result: Type = UNIT, **more: Any) -> Import:
    """Give an imported function."""
    named = tuple(Param("abcdefgh"[place], param) for place, param in enumerate(params))
    fields: dict[str, Any] = {
        "kind": ImportKind.FUNCTION,
        "path": (name,),
        "signature": raw_signature(params, result),
    }
    return Import(0, "env", f"shim_{name}", name=name, params=named, result=result, **fields | more)


def interface(*items: Export | Class | EnumDef | Import | Cast | ClosureShim) -> Interface:
    """Give the interface of these items."""

    def of(kind: type) -> tuple[Any, ...]:
        return tuple(item for item in items if isinstance(item, kind))

    return Interface(
        name="demo",
        schema_version="0.2.130",
        tool_version="0.2.130",
        panics=Panics.UNWIND,
        functions=of(Export),
        classes=of(Class),
        enums=of(EnumDef),
        imports=of(Import),
        casts=of(Cast),
        closures=of(ClosureShim),
        function_table=0,
    )


def plan_of(given: Interface) -> Plan:
    """Give the plan of an interface, whose imports are those of its module."""
    module = Module()
    for item in given.imports:
        module.add_import(item.wasm_module, item.wasm_name, item.signature)
    return make_plan(module, given)


def source_of(*items: Any, header: str = "Made for a test.") -> str:
    """Give the source of the bindings of these items."""
    given = interface(*items)
    return make_python_source(given, plan_of(given), header)


class Slots:
    """Typed views of one piece of memory."""

    def __init__(self, content: memoryview | bytes = bytes(1024)) -> None:
        self.memory = memory = memoryview(bytearray(content))
        self.i32, self.u32 = memory.cast("i"), memory.cast("I")
        self.i64, self.u64 = memory.cast("q"), memory.cast("Q")
        self.f32, self.f64 = memory.cast("f"), memory.cast("d")


class FakeBorder:
    """A border whose calls are answered by `answer`; `log` tells what happened in which order.

    What the real one does with a guest is done with lists here: `stored` memory, `handles`.
    """

    def __init__(self) -> None:
        from unpoison import js
        from unpoison.runtime import checks

        self.log: list[Any] = []
        self.slots = Slots()
        self.given = Slots()
        self.mail = Slots()
        self.trap: list[int] = []
        self.null, self.null_type = js.null, js.JsNull
        self.home = SimpleNamespace(alive=False, journal=None)
        self.gate = SimpleNamespace(due=False, home=self.home, last_text=None)
        self.calls = [lambda number=number: self._call(number) for number in range(64)]
        self.answer: Callable[[Slots], None] = lambda slots: None
        self.imported: list[Any] = []
        self.handles: list[Any] = []
        self.stored: list[bytes] = []
        self.hosts: list[Any] = []
        self.closures: list[Any] = []
        self.starts: list[Any] = []
        for name in ("i32", "u32", "i64", "u64", "f32", "f64"):
            setattr(self, name, getattr(self.slots, name))
        for name, reader in self._readers().items():
            setattr(self, name, reader)
        for name in BORDER_NAMES:
            if hasattr(checks, name):
                setattr(self, name, getattr(checks, name))
            elif not hasattr(self, name):
                setattr(self, name, self._logged(name))

    def _call(self, number: int) -> None:
        self.log.append(("call", number))
        self.given = Slots(self.slots.memory)
        self.slots.memory[:] = bytes(len(self.slots.memory))
        self.answer(self.slots)

    @property
    def turn(self) -> FakeBorder:
        return self

    def __getitem__(self, blocking: bool) -> bool:
        self.log.append("turn")
        return True

    def _logged(self, name: str, then: Callable[..., Any] = lambda *_: True) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            self.log.append((name, *arguments))
            return then(*arguments)

        return run

    def store(self, data: bytes, align: int) -> int:
        self.log.append("store")
        self.stored.append(bytes(data))
        return 4096 * len(self.stored)

    def move(self, value: Any) -> None:
        self.log.append(("move", value))
        value._move()

    def own(self, value: object) -> int:
        self.log.append("own")
        self.handles.append(value)
        return 1000 + len(self.handles)

    def lend(self, value: object) -> int:
        self.log.append("lend")
        return self.own(value)

    def take(self, handle: int) -> Any:
        self.log.append("take")
        return self.peek(handle)

    def peek(self, handle: int) -> Any:
        return self.handles[handle - 1001] if handle else None

    def text_at(self, pointer: int, length: int) -> str:
        data = self.stored[pointer // 4096 - 1]
        assert len(data) == length
        return data.decode()

    def numbers_at(self, pointer: int, length: int, code: str) -> array[Any]:
        found: array[Any] = array(code, self.stored[pointer // 4096 - 1])
        assert len(found) == length
        return found

    def _readers(self) -> dict[str, Callable[..., Any]]:
        """Give the readers; `take_` ones, which free what they read, are told apart by the log."""
        plain = {
            "str": self.text_at,
            "bytes": lambda pointer, length: self.numbers_at(pointer, length, "B").tobytes(),
            "numbers": self.numbers_at,
            "values": lambda pointer, length: [
                self.peek(handle) for handle in self.numbers_at(pointer, length, "I")
            ],
        }
        return {
            f"{verb}_{name}": self._logged(f"{verb}_{name}", reader)
            for name, reader in plain.items()
            for verb in ("take", "get")
        }

    def store_values(self, values: Sequence[object]) -> int:
        return self.store(array("I", [self.own(value) for value in values]).tobytes(), 4)

    @staticmethod
    def drop(value: Any) -> None:
        if value is not None:
            value._drop()

    def from_number(self, enum: Any, number: float) -> Any:
        return enum(int(number))

    def view(self, pointer: int, length: int, code: str) -> array[Any]:
        return self.numbers_at(pointer, length, code)

    def to_char(self, code: int) -> str:
        return chr(code)

    def wrap(self, cls: Any, pointer: int) -> Any:
        value = cls.__new__(cls)
        self.adopt(value, pointer)
        return value

    def adopt(self, value: Any, pointer: int) -> None:
        value._ptr, value._home, value._abandoned = pointer, self.home, None

    @staticmethod
    def export(number: int, params: str, result: str, is_short: bool) -> Callable[[Any], Any]:
        """Leave every function what it is."""
        return lambda function: function

    @staticmethod
    def closure(number: int, shim: int, params: str, result: str) -> Callable[[Any], Any]:
        """Leave every function what it is."""
        return lambda function: function

    @staticmethod
    def host_function(
        imported: object, place: int, params: str, result: str, label: str, catches: bool
    ) -> Callable[[Any], Any]:
        """Leave every function what it is."""
        return lambda function: function

    def noted(self, text: str) -> str:
        self.gate.last_text = text
        return text

    def error(self, value: object) -> Exception:
        return ValueError(value)

    def unsupported(self, item: str, type_: str, reason: str) -> Exception:
        return NotImplementedError(item, type_, reason)

    def steps(self) -> list[str]:
        """Give the names of what happened."""
        return [step if isinstance(step, str) else step[0] for step in self.log]


def bound(*items: Any) -> tuple[Any, FakeBorder]:
    """Run the bindings of these items; give the exports and the border."""
    return run_source(source_of(*items))


def run_source(source: str) -> tuple[Any, FakeBorder]:
    """Run the text of bindings; give the exports and the border."""
    namespace: dict[str, Any] = {"__name__": "bindings"}
    exec(compile(source, "<bindings>", "exec"), namespace)
    border = FakeBorder()
    return namespace["bind"](border), border


def members_of(enum: type[Enum]) -> Sequence[tuple[str, Any]]:
    """Give the names and values of an enum."""
    return [(item.name, item.value) for item in enum]
