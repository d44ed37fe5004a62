"""What generated bindings import."""

from unpoison.runtime.border import Border
from unpoison.runtime.closures import RustFunction
from unpoison.runtime.objects import Exports, Inspectable, Lineage, Struct, StructType, takes_this

__all__ = [
    "Border",
    "Exports",
    "Inspectable",
    "Lineage",
    "RustFunction",
    "Struct",
    "StructType",
    "takes_this",
]
