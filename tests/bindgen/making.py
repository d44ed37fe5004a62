"""Schema sections, descriptor words and small modules, written for the tests of the room."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from unpoison.bindgen import SECTION_NAME
from unpoison.bindgen import records as r
from unpoison.wasm import (
    FUNCREF,
    I32,
    Custom,
    ExternKind,
    FunctionBody,
    FuncType,
    GlobalType,
    Limits,
    MemoryType,
    Module,
    TableType,
    encode_unsigned,
    i32_expression,
)

ROOT = Path(__file__).resolve().parent.parent.parent
COUNTER = ROOT / "examples" / "counter"
CRATES = ROOT / "tests" / "crates"

CRATE = "demo-0123456789abcdef"
HASH = "0123456789abcdef"
PLACEHOLDER = "__wbindgen_placeholder__"

NO_VALUES = FuncType()

BUILDS = ("legacy", "exnref", "abort")


@cache
def counter(build: str = "legacy") -> bytes:
    """Give the example module as rustc built it."""
    return (COUNTER / f"counter.{build}.wasm").read_bytes()


@cache
def crate(name: str, build: str = "legacy") -> bytes:
    """Give the module of a test crate as rustc built it."""
    return (CRATES / name / f"{name}.{build}.wasm").read_bytes()


def sections(data: bytes) -> list[bytes]:
    """Give the payloads of a module's schema sections."""
    return [c.payload for c in Module.parse(data).customs if c.name == SECTION_NAME]


# --- the encoder of the schema, the mirror of unpoison.bindgen.schema ---


def encode(value: Any, hint: Any = None) -> bytes:
    """Give the bytes of a record, or of a value with that annotation."""
    hint = type(value) if hint is None else hint
    if hint is bool:
        return bytes([value])
    if hint is int:
        return encode_unsigned(value)
    if hint is str:
        return encode_unsigned(len(value.encode())) + value.encode()
    if get_origin(hint) is tuple:
        items = b"".join(encode(item, get_args(hint)[0]) for item in value)
        return encode_unsigned(len(value)) + items
    if isinstance(hint, UnionType):
        return _encode_union(value, [h for h in get_args(hint) if h is not NoneType], hint)
    if isinstance(value, Enum):
        return bytes([list(type(value)).index(value)])
    assert is_dataclass(value)
    hints = get_type_hints(type(value))
    return b"".join(encode(getattr(value, f.name), hints[f.name]) for f in fields(value))


def _encode_union(value: Any, present: list[Any], hint: Any) -> bytes:
    optional = len(present) < len(get_args(hint))
    if value is None:
        return b"\0"
    start = b"\1" if optional else b""
    if len(present) == 1:
        return start + encode(value, present[0])
    return start + bytes([present.index(type(value))]) + encode(value)


def section(*programs: r.Program, schema: str = "0.2.130", version: str = "0.2.130") -> bytes:
    """Give the payload of a section with these programs."""
    handshake = json.dumps({"schema_version": schema, "version": version}).encode()
    return b"".join(sized(handshake) + sized(encode(program)) for program in programs)


def sized(block: bytes) -> bytes:
    return len(block).to_bytes(4, "little") + block


# --- records with everything that a test does not care about filled in ---


def program(**given: Any) -> r.Program:
    empty: dict[str, Any] = {
        "exports": (), "enums": (), "imports": (), "structs": (), "typescript": (),
        "local_modules": (), "inline_js": (), "crate": CRATE, "module_path": "demo",
        "package_json": None, "linked_modules": (),
    }  # fmt: skip
    return r.Program(**empty | given)


def function(name: str, *args: str, **given: Any) -> r.Function:
    arguments = tuple(r.Argument(arg, None, False, None) for arg in args)
    rest: dict[str, Any] = {
        "is_async": False, "jspi": False, "generate_typescript": True, "generate_jsdoc": True,
        "variadic": False, "result_override": None, "result_description": None,
    }  # fmt: skip
    return r.Function(args=arguments, name=name, **rest | given)


FREE = r.Operation(True, r.Regular())
METHOD = r.Operation(False, r.Regular())


def export(name: str, *args: str, **given: Any) -> r.Export:
    rest: dict[str, Any] = {
        "class_name": None, "comments": (), "consumed": False, "js_namespace": None,
        "method_kind": FREE, "start": r.StartKind.NONE,
    }  # fmt: skip
    return r.Export(function=function(name, *args), **rest | given)


def struct(name: str, *struct_fields: r.StructField, **given: Any) -> r.Struct:
    rest: dict[str, Any] = {
        "comments": (), "is_inspectable": False, "generate_typescript": True,
        "js_namespace": None, "private": False, "extends": None, "extends_js_class": None,
        "extends_js_namespace": None,
    }  # fmt: skip
    return r.Struct(name, struct_fields, **rest | given)


def field(name: str, readonly: bool = False) -> r.StructField:
    return r.StructField(name, readonly, (), True, True)


def imported(kind: r.ImportKind, **given: Any) -> r.Import:
    rest: dict[str, Any] = {
        "module": None, "js_namespace": None, "reexport": None, "generate_typescript": True,
    }  # fmt: skip
    return r.Import(kind=kind, **rest | given)


def import_function(shim: str, name: str, *args: str, **given: Any) -> r.ImportFunction:
    rest: dict[str, Any] = {
        "catch": False, "variadic": False, "assert_no_shim": False, "suspending": False,
        "method": None, "structural": True, "generic_per_mono": False,
    }  # fmt: skip
    return r.ImportFunction(shim=shim, function=function(name, *args), **rest | given)


# --- words ---

U8, I32_TAG, U32, F64_TAG, UNIT = 1, 4, 5, 13, 33


def text_words(text: str) -> list[int]:
    """Give a string operand."""
    return [len(text), *map(ord, text)]


def function_words(params: Iterable[list[int]], result: list[int], shim: int = 0) -> list[int]:
    """Give a FUNCTION descriptor."""
    params = list(params)
    flat = [word for param in params for word in param]
    return [15, shim, len(params), *flat, *result, *result]


# --- modules ---


class Guest:
    """A module that describes what it is told to; imports come first, as in any module."""

    def __init__(self, *imports: tuple[str, str, FuncType], marker: bool = True) -> None:
        self.module = Module()
        self.describe = self._import("__wbindgen_describe", FuncType((I32,), ()))
        if marker:
            signature = FuncType((I32, I32), (I32,))
            self.marker = self._import("__wbindgen_describe_generic_import", signature)
        for source, name, signature in imports:
            self.module.add_import(source, name, signature)
        self.module.add_memory(MemoryType(Limits(1)))
        self.function("__externref_table_alloc", FuncType((), (I32,)), [("i32.const", 0)])

    def _import(self, name: str, signature: FuncType) -> int:
        return self.module.add_import(PLACEHOLDER, name, signature)

    def function(
        self,
        name: str | None,
        signature: FuncType = NO_VALUES,
        code: Iterable[tuple[Any, ...]] = (("unreachable",),),
        locals_: Iterable[tuple[int, Any]] = (),
    ) -> int:
        """Add a function, exported under a name if there is one, and give its index."""
        body = FunctionBody.assemble(locals_, [*code, ("end",)])
        index = self.module.add_function(signature, body)
        if name is not None:
            self.module.add_export(name, ExternKind.FUNCTION, index)
        return index

    def saying(self, words: Iterable[int]) -> list[tuple[Any, ...]]:
        """Give code that describes these words."""
        code: list[tuple[Any, ...]] = []
        for word in words:
            code += [("i32.const", word - (word >> 31 << 32)), ("call", self.describe)]
        return code

    def describes(self, name: str, words: Iterable[int]) -> int:
        """Add a describe function."""
        return self.function(f"__wbindgen_describe_{name}", FuncType(), self.saying(words))

    def offers(self, symbol: str, signature: FuncType, words: Iterable[int]) -> None:
        """Add an export together with its describe function."""
        self.function(symbol, signature)
        self.describes(symbol, words)

    def table(self, *functions: int, start: int = 1) -> None:
        """Add the function table with these functions from a slot on."""
        self.module.add_table(TableType(FUNCREF, Limits(start + len(functions))))
        self.module.add_elements(0, start, functions)

    def stack_pointer(self, value: int = 65536) -> int:
        """Add a global as lld adds the stack pointer."""
        return self.module.add_global(GlobalType(I32, True), i32_expression(value))

    def with_schema(self, *programs: r.Program) -> Module:
        """Give the module with a schema section of these programs."""
        custom = Custom(SECTION_NAME, section(*programs))
        self.module.customs = [*self.module.customs, custom]
        return Module.parse(self.module.emit())
