"""WebAssembly modules as bytes and as data; knows no host and no Rust."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from unpoison.wasm.definitions import (
    ArrayType,
    CompositeType,
    FieldType,
    FuncType,
    RecGroup,
    StructType,
    SubType,
)
from unpoison.wasm.types import (
    EMPTY_BLOCK,
    EXNREF,
    EXTERNREF,
    F32,
    F64,
    FUNCREF,
    I32,
    I64,
    V128,
    BlockType,
    ValType,
)

if TYPE_CHECKING:
    from unpoison.wasm.body import FunctionBody
    from unpoison.wasm.code import Instruction, assemble, read_instructions
    from unpoison.wasm.cursor import Cursor
    from unpoison.wasm.externs import GlobalType, Limits, MemoryType, TableType, TagType
    from unpoison.wasm.frame import Custom
    from unpoison.wasm.immediates import (
        CATCH,
        CATCH_ALL,
        CATCH_ALL_REF,
        CATCH_REF,
        Catch,
        Immediate,
        MemArg,
    )
    from unpoison.wasm.leb128 import encode_signed, encode_unsigned
    from unpoison.wasm.liveness import live_functions
    from unpoison.wasm.module import Module, i32_expression
    from unpoison.wasm.names import (
        Names,
        read_producers,
        read_target_features,
        write_names,
        write_producers,
        write_target_features,
    )
    from unpoison.wasm.opcodes import BY_CODE, BY_NAME, TABLE, Op
    from unpoison.wasm.operands import Operand, read_operands, rewrite_operands
    from unpoison.wasm.pruning import keep_functions
    from unpoison.wasm.relinking import Relinking
    from unpoison.wasm.sections import Export, ExternKind, FuncDesc, Global, Import, Table
    from unpoison.wasm.segments import Data, Element, SegmentMode

__all__ = [
    "BY_CODE",
    "BY_NAME",
    "CATCH",
    "CATCH_ALL",
    "CATCH_ALL_REF",
    "CATCH_REF",
    "EMPTY_BLOCK",
    "EXNREF",
    "EXTERNREF",
    "F32",
    "F64",
    "FUNCREF",
    "I32",
    "I64",
    "TABLE",
    "V128",
    "ArrayType",
    "BlockType",
    "Catch",
    "CompositeType",
    "Cursor",
    "Custom",
    "Data",
    "Element",
    "Export",
    "ExternKind",
    "FieldType",
    "FuncDesc",
    "FuncType",
    "FunctionBody",
    "Global",
    "GlobalType",
    "Immediate",
    "Import",
    "Instruction",
    "Limits",
    "MemArg",
    "MemoryType",
    "Module",
    "Names",
    "Op",
    "Operand",
    "RecGroup",
    "Relinking",
    "SegmentMode",
    "StructType",
    "SubType",
    "Table",
    "TableType",
    "TagType",
    "ValType",
    "assemble",
    "encode_signed",
    "encode_unsigned",
    "i32_expression",
    "keep_functions",
    "live_functions",
    "patterns",
    "read_instructions",
    "read_operands",
    "read_producers",
    "read_target_features",
    "rewrite_operands",
    "write_names",
    "write_producers",
    "write_target_features",
]

_LATER: Final[Mapping[str, tuple[str, ...]]] = {
    "body": ("FunctionBody",),
    "code": ("Instruction", "assemble", "read_instructions"),
    "cursor": ("Cursor",),
    "externs": ("GlobalType", "Limits", "MemoryType", "TableType", "TagType"),
    "frame": ("Custom",),
    "immediates": (
        "CATCH",
        "CATCH_ALL",
        "CATCH_ALL_REF",
        "CATCH_REF",
        "Catch",
        "Immediate",
        "MemArg",
    ),
    "leb128": ("encode_signed", "encode_unsigned"),
    "liveness": ("live_functions",),
    "module": ("Module", "i32_expression"),
    "names": (
        "Names",
        "read_producers",
        "read_target_features",
        "write_names",
        "write_producers",
        "write_target_features",
    ),
    "opcodes": ("BY_CODE", "BY_NAME", "TABLE", "Op"),
    "operands": ("Operand", "read_operands", "rewrite_operands"),
    "pruning": ("keep_functions",),
    "relinking": ("Relinking",),
    "sections": ("Export", "ExternKind", "FuncDesc", "Global", "Import", "Table"),
    "segments": ("Data", "Element", "SegmentMode"),
}
"""What a module that is ready to run does not need, by file: imported when it is first named."""


if not TYPE_CHECKING:  # a type checker would take every name for one of this room

    def __getattr__(name: str) -> Any:
        for file, names in _LATER.items():
            if name in names:
                value = globals()[name] = getattr(import_module(f"unpoison.wasm.{file}"), name)
                return value
        raise AttributeError(f"module 'unpoison.wasm' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
