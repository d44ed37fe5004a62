"""Names and documentation that mean something in Python, and an interface made of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.bindgen.binding import enumeration, exported, imported, struct
from unpoison.bindgen import (
    Clamped,
    EnumType,
    Export,
    ExportKind,
    Extern,
    Import,
    Option,
    Result,
    Scalar,
    Str,
    StringEnumType,
    StructType,
    Type,
    Vector,
)
from unpoison.bindgen.naming import TEXT_NAMES
from unpoison.bindgen.python_source import BORDER_NAMES

EXPORTS = [
    "len", "type", "int", "str", "bytes", "float", "bool", "object", "list", "array", "Sequence",
    "Buffer", "Promise", "property", "staticmethod", "isinstance", "Exception", "self", "from",
    "__init__", "__dict__", "__class__", "__secret", "_calls", "_border", "_store", "_binding",
    "bind", "Exports", "super", "print", "None", "mro", "é", "a-b", "a_b", "", "Callable",
    "Awaitable", "Mapping", "Literal", "JsNull", "dict",
]  # fmt: skip

MEMBERS = [
    "free", "_free", "_ptr", "_home", "_abandoned", "_runtime", "__init__", "__del__", "__slots__",
    "int", "str", "property", "staticmethod", "Color", "Point", "Exports", "self", "class", "x",
]  # fmt: skip

TYPES = [
    *sorted(TEXT_NAMES),
    *BORDER_NAMES,
    "Border",
    "Struct",
    "Exports",
    "RustFunction",
    "bind",
    "IntEnum",
    "StrEnum",
    "TypeAlias",
    "len",
    "type",
    "from",
    "_x",
    "Enum",
    "Color",
    "a-b",
]

DOCS = [
    '"',
    '""',
    '"""',
    '""""',
    "\\",
    '\\"',
    '\\"""',
    "a\tb\0c\x1b\u2028\u202e",
    "'''",
    "{}",
    " x",
    "x ",
    '"""\\',
]

U32 = Scalar("u32")
POINT = StructType("Point", "demo")
COLOR = EnumType("Color", 99, "demo")
MODE = StringEnumType("Mode", 2, "demo")

KINDS: tuple[Type, ...] = (
    U32,
    Scalar("f32"),
    Scalar("char"),
    Scalar("bool"),
    Scalar("i128"),
    Scalar("nonnull"),
    Scalar("raw_pointer"),
    Str(),
    Vector(Scalar("u8")),
    Vector(Scalar("f64")),
    Vector(Extern("string")),
    Vector(Extern(None)),
    Vector(POINT),
    Vector(COLOR),
    Vector(MODE),
    Vector(Scalar("bool")),
    Vector(Scalar("char")),
    Clamped(Vector(Scalar("u8"))),
    POINT,
    COLOR,
    MODE,
    Extern(None),
    Extern("Promise"),
    Extern("string"),
    Extern("Promise<Array<string> | null>"),
    Extern("Record<string, 'object' | 1>"),
    Extern("Function"),
)
"""One type of each kind that can be given in both directions."""


def hard_items() -> Iterator[Any]:
    """Give an interface with every kind of type below every hard name."""
    for place, name in enumerate(EXPORTS):
        kind = KINDS[place % len(KINDS)]
        yield exported(name, kind, Str(), result=kind, docs=(DOCS[place % len(DOCS)],))
    for place, kind in enumerate(KINDS):
        yield exported(f"plain{place}", kind, result=Result(kind))
        yield exported(f"option{place}", Option(kind), result=Option(kind))
        yield imported(f"plain{place}", kind, result=kind)
        yield imported(f"option{place}", Option(kind), result=Option(kind), catch=True)
    yield struct("Point", *_members())
    yield enumeration("Color", 0, 1)
    yield enumeration("Mode", "a", "b")
    for name in TYPES:
        if name != "Color":
            yield enumeration(name, "title", "encode", module_hash=5)


def hard_imports() -> Iterator[Import]:
    """Give a function that an embedder must give for every hard name."""
    for place, name in enumerate(EXPORTS):
        kind = KINDS[place % len(KINDS)]
        yield imported(name, kind, Str(), result=Option(kind))


def _members() -> Iterator[Export]:
    made = ExportKind.CONSTRUCTOR
    yield exported("new", result=POINT, class_name="Point", kind=made)
    only = {"kind": ExportKind.SETTER, "property": "only"}
    yield exported("set_only", Str(), class_name="Point", **only)
    for place, name in enumerate(MEMBERS):
        kind = (ExportKind.METHOD, ExportKind.STATIC)[place % 2]
        yield exported(name, U32, result=U32, class_name="Point", kind=kind)
        read = {"kind": ExportKind.GETTER, "property": f"{name}p"}
        write = {"kind": ExportKind.SETTER, "property": f"{name}p"}
        yield exported(f"set_{name}", U32, class_name="Point", **write)
        yield exported(f"get_{name}", result=U32, class_name="Point", **read)
