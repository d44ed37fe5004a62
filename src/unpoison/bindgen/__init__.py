"""What the Rust macros said, as data, then as Python source; runs nothing of a host."""

from unpoison.bindgen.descriptions import Descriptions
from unpoison.bindgen.interface import (
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
)
from unpoison.bindgen.linking import link, read_interface
from unpoison.bindgen.rust_types import rust_signature, rust_type
from unpoison.bindgen.schema import SECTION_NAME, Schema, read_schema

__all__ = [
    "SECTION_NAME",
    "Cast",
    "Class",
    "ClosureShim",
    "Descriptions",
    "EnumDef",
    "EnumVariant",
    "Export",
    "ExportKind",
    "Import",
    "ImportKind",
    "Interface",
    "Panics",
    "Param",
    "Schema",
    "link",
    "read_interface",
    "read_schema",
    "rust_signature",
    "rust_type",
]
