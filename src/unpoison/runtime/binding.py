"""What generated bindings import."""

from unpoison.runtime.border import Border
from unpoison.runtime.closures import RustFunction
from unpoison.runtime.js_names import renamed
from unpoison.runtime.objects import (
    Exports,
    Inspectable,
    Lineage,
    Struct,
    StructType,
    enter_async,
    exit_async,
    iterate,
    iterate_async,
    takes_this,
)

__all__ = [
    "Border",
    "Exports",
    "Inspectable",
    "Lineage",
    "RustFunction",
    "Struct",
    "StructType",
    "enter_async",
    "exit_async",
    "iterate",
    "iterate_async",
    "renamed",
    "takes_this",
]
