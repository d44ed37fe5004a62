"""What the Rust macros said, as data, then as Python source; runs nothing of a host."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from unpoison.bindgen.abi import SIZES, NotBound, flatten, is_mutable_slice, layout, raw_signature
from unpoison.bindgen.absence import Absence, codes, crossing_form, without_absence
from unpoison.bindgen.descriptor_types import (
    Clamped,
    Closure,
    EnumType,
    Extern,
    Function,
    Nullable,
    Option,
    Ref,
    Result,
    Scalar,
    Sequence,
    Slice,
    Str,
    StringEnumType,
    StructType,
    Type,
    Undeclared,
    UnionType,
    Vector,
)
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
    UnionDef,
)
from unpoison.bindgen.plan import (
    BEGIN_ANEW,
    CHANGING,
    DEPTH,
    DESTROY_CLOSURE,
    ENTRY_STACK_POINTER,
    EXN_STORE,
    FREE,
    GUEST,
    HANDLE_BATCH,
    HOOK_SIGNATURE,
    HOST,
    INSIDE,
    LEFT_BY_DEPTH,
    LEFT_BY_ERROR,
    LEFT_BY_FIELD_PANIC,
    LEFT_BY_FOREIGN,
    LEFT_BY_PANIC,
    LEFT_BY_THROW,
    LEFT_BY_TRAP,
    LEFT_BY_WORD,
    LEFT_NORMALLY,
    MAILBOX,
    MALLOC,
    MAX_DEPTH,
    PAGES,
    REALLOC,
    STACK_POINTER,
    STATUS_RETURNED,
    STATUS_THROWN,
    STUB,
    TABLE_ALLOC,
    TABLE_DEALLOC,
    Entry,
    Plan,
    bound_exports,
    check_cast,
    check_export,
    check_import,
    first_free_handle,
    mailbox_bytes,
    takes_self,
)
from unpoison.bindgen.short_memory import SHORT

if TYPE_CHECKING:
    from unpoison.bindgen.annotations import signature_text
    from unpoison.bindgen.descriptions import Descriptions
    from unpoison.bindgen.families import find_parents
    from unpoison.bindgen.import_shapes import declared_imports
    from unpoison.bindgen.linking import link, read_interface
    from unpoison.bindgen.module_facts import table_functions
    from unpoison.bindgen.naming import parameter_names, python_name
    from unpoison.bindgen.package_source import make_package
    from unpoison.bindgen.python_source import make_python_source
    from unpoison.bindgen.refusals import mark_unsupported
    from unpoison.bindgen.rust_types import rust_signature, rust_type
    from unpoison.bindgen.schema import SECTION_NAME, Schema, read_schema
    from unpoison.bindgen.shims import Shims, make_shims
    from unpoison.bindgen.type_walk import nested_types

__all__ = [
    "BEGIN_ANEW",
    "CHANGING",
    "DEPTH",
    "DESTROY_CLOSURE",
    "ENTRY_STACK_POINTER",
    "EXN_STORE",
    "FREE",
    "GUEST",
    "HANDLE_BATCH",
    "HOOK_SIGNATURE",
    "HOST",
    "INSIDE",
    "LEFT_BY_DEPTH",
    "LEFT_BY_ERROR",
    "LEFT_BY_FIELD_PANIC",
    "LEFT_BY_FOREIGN",
    "LEFT_BY_PANIC",
    "LEFT_BY_THROW",
    "LEFT_BY_TRAP",
    "LEFT_BY_WORD",
    "LEFT_NORMALLY",
    "MAILBOX",
    "MALLOC",
    "MAX_DEPTH",
    "PAGES",
    "REALLOC",
    "SECTION_NAME",
    "SHORT",
    "SIZES",
    "STACK_POINTER",
    "STATUS_RETURNED",
    "STATUS_THROWN",
    "STUB",
    "TABLE_ALLOC",
    "TABLE_DEALLOC",
    "Absence",
    "Cast",
    "Clamped",
    "Class",
    "Closure",
    "ClosureShim",
    "Descriptions",
    "Entry",
    "EnumDef",
    "EnumType",
    "EnumVariant",
    "Export",
    "ExportKind",
    "Extern",
    "Function",
    "Import",
    "ImportKind",
    "Interface",
    "NotBound",
    "Nullable",
    "Option",
    "Panics",
    "Param",
    "Plan",
    "Ref",
    "Result",
    "Scalar",
    "Schema",
    "Sequence",
    "Shims",
    "Slice",
    "Str",
    "StringEnumType",
    "StructType",
    "Type",
    "Undeclared",
    "UnionDef",
    "UnionType",
    "Vector",
    "bound_exports",
    "check_cast",
    "check_export",
    "check_import",
    "codes",
    "crossing_form",
    "declared_imports",
    "find_parents",
    "first_free_handle",
    "flatten",
    "is_mutable_slice",
    "layout",
    "link",
    "mailbox_bytes",
    "make_package",
    "make_python_source",
    "make_shims",
    "mark_unsupported",
    "nested_types",
    "parameter_names",
    "python_name",
    "raw_signature",
    "read_interface",
    "read_schema",
    "rust_signature",
    "rust_type",
    "signature_text",
    "table_functions",
    "takes_self",
    "without_absence",
]

_LATER: Final[Mapping[str, tuple[str, ...]]] = {
    "annotations": ("signature_text",),
    "descriptions": ("Descriptions",),
    "families": ("find_parents",),
    "import_shapes": ("declared_imports",),
    "linking": ("link", "read_interface"),
    "module_facts": ("table_functions",),
    "naming": ("parameter_names", "python_name"),
    "package_source": ("make_package",),
    "python_source": ("make_python_source",),
    "refusals": ("mark_unsupported",),
    "rust_types": ("rust_signature", "rust_type"),
    "schema": ("SECTION_NAME", "Schema", "read_schema"),
    "shims": ("Shims", "make_shims"),
    "type_walk": ("nested_types",),
}
"""What a module that is ready to run does not need, by file: imported when it is first named."""


if not TYPE_CHECKING:  # a type checker would take every name for one of this room

    def __getattr__(name: str) -> Any:
        for file, names in _LATER.items():
            if name in names:
                value = globals()[name] = getattr(import_module(f"unpoison.bindgen.{file}"), name)
                return value
        raise AttributeError(f"module 'unpoison.bindgen' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
